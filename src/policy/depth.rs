//! Rules that are too deep to be read: what reads them goes as deep as they do, and a program whose stack is
//! used up cannot say so any more.

use super::{fault::Fault, text::Text};

/// How many brackets may be open at once.
const BRACKETS: usize = 50;
/// How many operators, accesses and `if`s one rule may have.
const OPERATORS: usize = 1_000;

/// The first place at which `text` gets too deep, if it does. Texts in quotes and comments do not count.
pub(super) fn too_deep(text: &Text) -> Option<Fault> {
    let (mut open, mut operators) = (0_usize, 0_usize);
    for (at, word) in (Words { text: &text.body, at: 0 }) {
        match word {
            "(" | "[" | "{" => open += 1,
            ")" | "]" | "}" => open = open.saturating_sub(1),
            ";" => operators = 0,
            word if is_operator(word) => operators += 1,
            _ => {}
        }
        if open > BRACKETS {
            return Some(Fault::at(
                text,
                at,
                format!("more than {BRACKETS} brackets are open here; take the rule apart"),
            ));
        }
        if operators > OPERATORS {
            return Some(Fault::at(text, at, format!("this rule has more than {OPERATORS} operators; take it apart")));
        }
    }
    None
}

/// How many operators, accesses and `if`s the text of a rule has.
pub(super) fn operators(rule: &str) -> usize {
    Words { text: rule, at: 0 }.filter(|(_, word)| is_operator(word)).count()
}

fn is_operator(word: &str) -> bool {
    matches!(word, "if" | "!" | "-" | "." | "&" | "|" | "<" | ">" | "=" | "+" | "*")
}

/// The words and signs of a text, with where they stand.
struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Words<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.text.get(self.at..)?;
            let first = rest.chars().next()?;
            let length = match first {
                '"' => quoted(rest),
                '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
                first if first.is_alphanumeric() || first == '_' => {
                    rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len())
                }
                first => first.len_utf8(),
            };
            let at = self.at;
            self.at += length;
            if first != '"' && !rest.starts_with("//") {
                return Some((at, rest.get(..length)?));
            }
        }
    }
}

/// The length of the text in quotes that `text` begins with.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}
