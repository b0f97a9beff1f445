//! Text that somebody hostile may have written.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// `text` with everything that a reader would not see as it is written as an escape: control
/// characters, bidirectional marks, invisible characters.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// Whether `character` changes what a reader sees without being seen itself.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{061c}' | '\u{feff}' | '\u{00ad}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether some text of `value` holds what looks like a placeholder for a secret, such as
/// `{secret pin}` or `{{secret.pin}}`, perhaps percent-encoded. Placeholders are never filled in:
/// a secret is used by its name, as an argument of its own.
#[must_use]
pub fn names_secret(value: &Value) -> bool {
    match value {
        Value::String(text) => has_placeholder(text),
        Value::Array(values) => values.iter().any(names_secret),
        Value::Object(map) => map.iter().any(|(key, value)| has_placeholder(key) || names_secret(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether `text` holds a placeholder, see [`names_secret`].
#[must_use]
pub fn has_placeholder(text: &str) -> bool {
    let decoded = percent_decode_str(text).decode_utf8_lossy();
    decoded.split('{').skip(1).any(|rest| {
        let rest = rest.trim_start().to_lowercase();
        let Some(rest) = rest.strip_prefix("secret") else { return false };
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        let name = rest.trim_start_matches([' ', '+', '\t', '\n', '.', ':']);
        name.len() < rest.len() && name.starts_with(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_placeholder_is_seen() {
        let texts = [
            "a {secret pin}",
            "{{secret.pin}}",
            "{{ SECRET.pin }}",
            "%7Bsecret%20pin%7D",
            "{secret:pin}",
            "${{secrets.PIN}}",
        ];
        assert!(texts.iter().all(|text| has_placeholder(text)));
    }

    #[test]
    fn ordinary_words_are_no_placeholder() {
        let texts = ["the secret pin", "{secretary}", "{ secrets }", "{pin}"];
        assert!(!texts.iter().any(|text| has_placeholder(text)));
    }
}
