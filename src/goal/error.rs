//! What is wrong with a file the user wrote, shown where it stands.

use std::{fmt, ops::Range, path::PathBuf};

/// How much of a line is shown around the place.
const SHOWN: usize = 100;

/// What is wrong with a task file, and where. `Display` shows the line with the place underlined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct TaskError {
    /// The file, as it was named by the caller.
    pub file: PathBuf,
    /// Where in the file; none if it is about the file as a whole or about what was given with it.
    pub place: Option<Place>,
    /// The key as a path, such as `budget.steps`; empty if no key is to blame.
    pub key: String,
    /// What was expected, what was found, and the next move if there is one.
    pub problem: String,
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(place) = &self.place {
            write!(f, ":{}:{}", place.line, place.column)?;
        }
        if !self.key.is_empty() {
            write!(f, ": `{}`", self.key)?;
        }
        write!(f, ": {}", self.problem)?;
        self.place.as_ref().map_or(Ok(()), |place| write!(f, "\n{place}"))
    }
}

/// A place in a text. `Display` shows its line with the place underlined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    shown: String,
    indent: u32,
    width: u32,
}

impl Place {
    pub(super) fn of(text: &str, span: &Range<usize>) -> Self {
        let start = text.floor_char_boundary(span.start);
        let end = text.floor_char_boundary(span.end.max(start));
        let (before, after) = text.split_at(start);
        let lead = before.rsplit('\n').next().unwrap_or_default();
        let rest = after.lines().next().unwrap_or_default();
        let inside = text.get(start..end).unwrap_or_default().lines().next().unwrap_or_default();
        let column = lead.chars().count();
        let skipped = column.saturating_sub(SHOWN / 2);
        let shown: String = lead.chars().chain(rest.chars()).skip(skipped).take(SHOWN).map(visible).collect();
        let indent = column - skipped;
        let width = inside.chars().count().min(shown.chars().count().saturating_sub(indent)).max(1);
        Self {
            line: small(before.matches('\n').count() + 1),
            column: small(column + 1),
            shown: shown.trim_end().to_owned(),
            indent: small(indent),
            width: small(width),
        }
    }

    /// The place that a parser calls line `line` and column `column`, both from 1.
    pub(super) fn at(text: &str, line: usize, column: usize) -> Self {
        let skipped = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
        let start = (skipped + column.saturating_sub(1)).min(text.len());
        Self::of(text, &(start..start))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.to_string();
        let margin = " ".repeat(line.len());
        let (indent, width) = (" ".repeat(self.indent as usize), "^".repeat(self.width as usize));
        write!(f, "{margin} |\n{line} | {}\n{margin} | {indent}{width}", self.shown)
    }
}

/// A file of at most a million bytes has no more lines than fit.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// One column for each character, and nothing that a terminal obeys.
pub(super) fn visible(character: char) -> char {
    match character {
        '\t' => ' ',
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}' => {
            char::REPLACEMENT_CHARACTER
        }
        character if character.is_control() => char::REPLACEMENT_CHARACTER,
        character => character,
    }
}
