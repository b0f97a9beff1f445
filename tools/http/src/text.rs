//! Text of others, made fit to stand in our lines.

/// How much of a planner's text an error repeats, in characters.
const QUOTED: usize = 120;

/// `text` in backticks, on one line and not too long.
pub(crate) fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(QUOTED).collect();
    let end = if shown.len() < text.len() { "..." } else { "" };
    format!("`{}{end}`", one_line(&shown))
}

/// `text` with every control character as an escape.
pub(crate) fn one_line(text: &str) -> String {
    escaped(text, "")
}

/// `text` with every control character but line ends and tabs as an escape.
pub(crate) fn lines(text: &str) -> String {
    escaped(&text.replace("\r\n", "\n"), "\n\t")
}

/// The first `limit` bytes of `text`, or a little less: characters stay whole.
pub(crate) fn head(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

fn escaped(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && !kept.contains(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}
