//! Showing names: they are written by whoever made the file, so they are never shown raw.

/// The most characters of a name or path that a message repeats.
const LONGEST: usize = 300;

/// `name` with everything escaped that could forge a line or turn the reading direction.
///
/// Joiners stay, since names in several scripts need them. A backslash is doubled, so that an
/// escape cannot be confused with a name that spells one.
pub(crate) fn shown(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            _ if character.is_control() || is_deceptive(character) => out.extend(character.escape_unicode()),
            _ => out.push(character),
        }
    }
    out
}

/// `path` between backticks, shortened in the middle, with no backtick of its own.
pub(crate) fn quoted(path: &str) -> String {
    let path = shown(path).replace('`', "\\u{60}");
    let count = path.chars().count();
    if count <= LONGEST {
        return format!("`{path}`");
    }
    let head: String = path.chars().take(LONGEST / 2).collect();
    let tail: String = path.chars().skip(count - LONGEST / 2).collect();
    format!("`{head}...{tail}`")
}

/// Marks that turn the reading direction, break lines, or cannot be seen.
fn is_deceptive(character: char) -> bool {
    matches!(character,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_a_line_or_turn_the_text() {
        let names = ["a\nfile 1 b", "invoice\u{202e}fdp.exe", "\u{1b}[2Jx", r"\u{202e}", "می\u{200c}خواهم"];
        let seen = names.map(shown);
        let expected = [r"a\u{a}file 1 b", r"invoice\u{202e}fdp.exe", r"\u{1b}[2Jx", r"\\u{202e}", "می\u{200c}خواهم"];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_long_path_keeps_both_ends_and_a_backtick_cannot_end_the_quote() {
        let path = format!("a`b{}z", "-".repeat(1000));
        let seen = quoted(&path);
        assert!(seen.starts_with(r"`a\u{60}b--") && seen.ends_with("--z`") && seen.len() < 320, "{seen}");
    }
}
