//! Strings as Cedar and TOML write them.

/// A Cedar string.
pub(in crate::policy) fn cedar(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A Cedar pattern for `like`: `text`, then anything.
pub(super) fn beginning(text: &str) -> String {
    format!("\"{}*\"", escaped(text).replace('*', "\\*"))
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            // What cannot be seen is spelled out, so that a reader is not deceived.
            _ if character.is_control() || lamassu_contract::is_hidden(character) => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    out
}

/// The entity `id` of the type `kind`.
pub(in crate::policy) fn entity(kind: &str, id: &str) -> String {
    format!("Lamassu::{kind}::{}", cedar(id))
}

/// A TOML string on one line.
pub(super) fn toml(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            _ if character.is_control() || lamassu_contract::is_hidden(character) => {
                out.push_str(&format!("\\U{:08X}", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// `text` as part of a rule's id.
pub(in crate::policy) fn slug(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    let parts: String = text.chars().map(plain).collect();
    parts.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
