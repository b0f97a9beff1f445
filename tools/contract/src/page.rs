//! A look at a page, in the words that planners read.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use url::Url;

/// Bytes of an address or a title that are shown.
const HEADING: usize = 300;

/// A look at one page. Displayed, it is what a planner reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The canonical address.
    pub url: Url,
    /// The page's own title, escaped.
    pub title: String,
    /// What could be acted on.
    pub table: Table,
    /// The visible text, shortened and escaped.
    pub text: String,
    /// What could be acted on too but has no place in the table, in the order of the page; nothing
    /// unless details are asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Row>,
}

impl Page {
    /// What is different from `last`, an earlier look at the same document, for a planner that has kept it:
    /// `+` stands before new rows and lines, `~` before rows that are not what they were, and `-` before the
    /// numbers of rows, and the lines, that are gone. The words are `nothing changed` if nothing is.
    #[must_use]
    pub fn since(&self, last: &Self) -> String {
        let mut out = Vec::new();
        if self.url != last.url {
            out.push(format!("page: {}", self.url));
        }
        if self.title != last.title {
            out.push(format!("title: \"{}\"", self.title));
        }
        let before: HashMap<_, _> = last.table.rows.iter().map(|row| (row.reference, row.unmarked())).collect();
        for row in self.table.rows.iter().map(Row::unmarked) {
            match before.get(&row.reference) {
                None => out.push(format!("+ {row}")),
                Some(old) if *old != row => out.push(format!("~ {row}")),
                Some(_) => {}
            }
        }
        let now: HashSet<_> = self.table.rows.iter().map(|row| row.reference).collect();
        let gone = last.table.rows.iter().map(|row| row.reference).filter(|reference| !now.contains(reference));
        let gone: String = gone.map(|reference| format!(" [{reference}]")).collect();
        if !gone.is_empty() {
            out.push(format!("-{gone}"));
        }
        let notes = self.table.notes.iter().filter(|note| !last.table.notes.contains(note));
        out.extend(notes.map(|note| format!("+ ({note})")));
        out.extend(missing(&last.text, &self.text).map(|line| format!("- {line}")));
        out.extend(missing(&self.text, &last.text).map(|line| format!("+ {line}")));
        if out.is_empty() { "nothing changed".to_owned() } else { out.join("\n") }
    }

    /// Writes beside each row what the policy would say to acting on it, as `advice` has it by reference.
    pub(crate) fn advise(&mut self, advice: &HashMap<u32, Advice>) {
        for row in self.table.rows.iter_mut().chain(&mut self.more) {
            row.advice = advice.get(&row.reference).copied();
        }
    }

    pub(crate) fn map_text(mut self, change: &dyn Fn(&str) -> String) -> Self {
        let url = change(self.url.as_str());
        if url != self.url.as_str() {
            // In a host it leaves no address; then nothing of it can stay.
            self.url = Url::parse(&url).or_else(|_| Url::parse("about:blank#redacted")).unwrap_or(self.url);
        }
        self.title = change(&self.title);
        self.text = change(&self.text);
        for row in self.table.rows.iter_mut().chain(&mut self.more) {
            row.role = change(&row.role);
            row.name = change(&row.name);
            row.context = change(&row.context);
            row.value = row.value.take().map(|value| change(&value));
            row.options.iter_mut().for_each(|option| *option = change(option));
            if let Some(detail) = &mut row.detail {
                for text in [&mut detail.marks, &mut detail.label, &mut detail.around] {
                    *text = change(text);
                }
            }
        }
        for note in &mut self.table.notes {
            *note = change(note);
        }
        self
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page: {}\ntitle: \"{}\"\n{}", shortened(self.url.as_str()), shortened(&self.title), self.table)?;
        if self.text.is_empty() { Ok(()) } else { writeln!(f, "text:\n{}", self.text) }
    }
}

fn shortened(text: &str) -> String {
    if text.len() <= HEADING { text.to_owned() } else { format!("{}…", &text[..text.floor_char_boundary(HEADING)]) }
}

/// The lines of `text` that `other` has not, or has less often.
fn missing<'a>(text: &'a str, other: &str) -> impl Iterator<Item = &'a str> {
    let mut left = HashMap::<String, usize>::new();
    other.lines().for_each(|line| *left.entry(line.to_owned()).or_default() += 1);
    text.lines().filter(move |line| match left.get_mut(*line) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    })
}

/// What could be acted on, one row each, in the order of the page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The candidates.
    pub rows: Vec<Row>,
    /// What was left out, in words; one line each.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))?;
        self.notes.iter().try_for_each(|note| writeln!(f, "({note})"))
    }
}

/// One candidate: `[7] button "Add to cart" (Blue mug)`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The number a call refers to it by, while the page stands.
    pub reference: u32,
    /// The ARIA role.
    pub role: String,
    /// The accessible name, escaped.
    pub name: String,
    /// The row or group it stands in, escaped; empty if there is none.
    #[serde(default)]
    pub context: String,
    /// The current value of a field, escaped; absent for what has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// States that matter, such as `checked`, `expanded`, `disabled`, `required`, `invalid`, `selected`;
    /// and `above`, `below` or `offscreen` for what has to be scrolled to, which acting does by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<String>,
    /// What can be chosen in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// How it differs from the last look at the same document; absent if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// What the policy would say to acting on it; absent if it would let it be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Advice>,
    /// What a program wants to know of it beside; absent unless details are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Box<Detail>>,
}

/// What a program wants to know of a row beside what is read: how it is made and where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Its place among all rows of the page, from 0.
    pub order: u32,
    /// Its tag, with the type of an input behind a slash, such as `input/text`.
    pub tag: String,
    /// Words of its attributes and of the pictures in it; they are meant for programs.
    pub marks: String,
    /// The text right before it.
    pub label: String,
    /// The number of the row, card or item that it stands in; 0 if there is none.
    pub record: u32,
    /// The text of that row, card or item.
    pub around: String,
    /// Its background, such as `#ff8000`; empty if that is not opaque.
    pub colour: String,
    /// Left, top, width and height in pixels of the window.
    pub place: [i32; 4],
    /// How many pixels it can still be scrolled down inside.
    pub below: u32,
}

/// What the policy would say to acting on a row, as far as that can be told beforehand. The gate
/// judges whatever is asked for all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Advice {
    /// A person would be asked first.
    Asks,
    /// It would be refused whatever is filled in, so it is not offered: the row is there to be read.
    Refused,
}

/// How a row differs from the last look at the same document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It was not there.
    New,
    /// It was there with another name, value, state or other options.
    Changed,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "new",
            Self::Changed => "changed",
        })
    }
}

impl Row {
    /// The row without its mark, which tells of one look and not of the next.
    fn unmarked(&self) -> Self {
        Self { change: None, detail: None, ..self.clone() }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.advice {
            Some(Advice::Refused) => f.write_str("[-]")?,
            _ => write!(f, "[{}]", self.reference)?,
        }
        write!(f, " {} \"{}\"", self.role, self.name)?;
        if !self.context.is_empty() {
            write!(f, " ({})", self.context)?;
        }
        if let Some(value) = self.value.as_ref().filter(|value| !value.is_empty()) {
            write!(f, " = \"{value}\"")?;
        }
        if !self.options.is_empty() {
            write!(f, " of {}", self.options.join(" | "))?;
        }
        self.states.iter().try_for_each(|state| write!(f, " {state}"))?;
        if self.advice == Some(Advice::Asks) {
            f.write_str(" asks")?;
        }
        self.change.iter().try_for_each(|change| write!(f, " {change}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(reference: u32, role: &str, name: &str) -> Row {
        Row { reference, role: role.to_owned(), name: name.to_owned(), ..Row::default() }
    }

    fn page(rows: Vec<Row>, text: &str) -> Page {
        Page {
            url: Url::parse("https://shop.test/").unwrap(),
            title: "Shop".to_owned(),
            table: Table { rows, notes: Vec::new() },
            text: text.to_owned(),
            more: Vec::new(),
        }
    }

    #[test]
    fn a_row_says_how_it_has_changed() {
        let changes = [None, Some(Change::New), Some(Change::Changed)];
        let rows = changes.map(|change| Row { change, ..row(7, "button", "Add") }.to_string());
        assert_eq!(rows, ["[7] button \"Add\"", "[7] button \"Add\" new", "[7] button \"Add\" changed"]);
    }

    #[test]
    fn a_row_that_would_be_refused_has_no_number_and_one_that_asks_says_so() {
        let mut page = page(vec![row(1, "link", "Home"), row(2, "button", "Pay"), row(3, "link", "Partner")], "words");
        page.advise(&HashMap::from([(2, Advice::Asks), (3, Advice::Refused)]));
        let expected = "page: https://shop.test/\ntitle: \"Shop\"\n[1] link \"Home\"\n[2] button \"Pay\" asks\n\
            [-] link \"Partner\"\ntext:\nwords\n";
        assert_eq!(page.to_string(), expected);
    }

    #[test]
    fn what_is_different_is_told_row_by_row_and_line_by_line() {
        let last =
            page(vec![row(1, "link", "Home"), row(2, "button", "Add"), row(3, "button", "Old")], "# Shop\none\none");
        let mut next = page(
            vec![
                row(1, "link", "Home"),
                Row { states: vec!["disabled".to_owned()], change: Some(Change::Changed), ..row(2, "button", "Add") },
                Row { change: Some(Change::New), ..row(4, "link", "Checkout") },
            ],
            "# Shop\none\n1 item",
        );
        next.table.notes.push("below: 3 more".to_owned());
        next.url = Url::parse("https://shop.test/#cart").unwrap();
        next.title = "Shop (1)".to_owned();
        let expected = "page: https://shop.test/#cart\ntitle: \"Shop (1)\"\n~ [2] button \"Add\" disabled\n\
            + [4] link \"Checkout\"\n- [3]\n+ (below: 3 more)\n- one\n+ 1 item";
        assert_eq!(next.since(&last), expected);
    }

    #[test]
    fn a_mark_alone_is_no_difference() {
        let last = page(vec![Row { change: Some(Change::New), ..row(1, "link", "Home") }], "words");
        assert_eq!(page(vec![row(1, "link", "Home")], "words").since(&last), "nothing changed");
    }
}
