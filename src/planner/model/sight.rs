//! What stood before a model at each turn, and how it is told again: the last whole look and what changed since.
//!
//! A planner keeps nothing, so each proposal's memo holds the look that it was made by. Whether a look is told whole
//! or by its differences follows from the looks before it alone, and so is decided the same way in every later
//! request; what an endpoint has cached stays true.

use lamassu_contract::{Observation, Page, Row};
use serde::{Deserialize, Serialize};

use super::data;

/// So many words of the attributes of what has no name are told.
const HINTS: usize = 4;
/// So many characters of the text that goes with it.
const LABEL: usize = 60;
/// Differences add up to the length of a whole look, or to so many bytes, before the next whole one.
const PATIENCE: usize = 3_000;

/// One look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Sight {
    /// Where it came from.
    pub(super) from: String,
    /// All of it.
    text: String,
    /// The page, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<Page>,
}

impl Sight {
    pub(super) fn of(look: &Observation) -> Self {
        let Some(mut page) = look.page.clone() else {
            return Self { from: look.label().to_string(), text: look.content.clone(), page: None };
        };
        // What a look tells beside the page, such as what was refused meanwhile.
        let beside = look.content.strip_prefix(page.to_string().trim_end()).unwrap_or_default().trim_end().to_owned();
        page.more.clear();
        page.table.rows.iter_mut().for_each(hint);
        let text = format!("{}{beside}", page.to_string().trim_end());
        Self { from: look.label().to_string(), text, page: Some(page) }
    }

    /// All of it, or its first `limit` characters.
    fn whole(&self, limit: usize) -> String {
        if self.text.trim().is_empty() {
            return format!("Now, from {}: nothing", data::line(&self.from, 300));
        }
        let (head, left) = data::split(&self.text, limit);
        let block = data::block(&format!("Now, from {}", self.from), head);
        if left == 0 { block } else { format!("{block}\n({left} more characters are left out)") }
    }

    /// About how long it is when it is told whole.
    fn length(&self) -> usize {
        self.text.len() + data::MARK.len() * self.text.lines().count()
    }

    /// What differs from `last`, if both are looks at one page.
    fn since(&self, last: &Self) -> Option<String> {
        let (page, before) = (self.page.as_ref()?, last.page.as_ref()?);
        if page.url.path() != before.url.path() || self.from != last.from {
            return None;
        }
        let mut text = page.since(before);
        if let Some(beside) =
            self.text.strip_prefix(page.to_string().trim_end()).filter(|beside| !beside.trim().is_empty())
        {
            text.push_str(beside);
        }
        Some(data::block("Changed", &text))
    }
}

/// Says of a row without a name what is known of it beside: the text that goes with it, and the words of its
/// attributes. Details are of no other use to a model.
fn hint(row: &mut Row) {
    let Some(detail) = row.detail.take().filter(|_| row.name.trim().is_empty()) else { return };
    let marks: Vec<_> = detail.marks.split_whitespace().take(HINTS).collect();
    let (label, around) = (detail.label.trim(), detail.around.trim());
    // In a record, the text before a control may be the end of the record before.
    let label = match detail.record {
        0 => label,
        _ if around.contains(label) => label,
        _ if row.context.is_empty() => around,
        _ => "",
    };
    let label = data::line(label, LABEL);
    let parts = [row.context.as_str(), &label, &marks.join(" ")];
    let mut told: Vec<&str> = Vec::with_capacity(parts.len());
    for part in parts {
        if !part.is_empty() && !told.iter().any(|before| before.contains(part)) {
            told.push(part);
        }
    }
    row.context = told.join(", ");
}

/// How each of `looks` is told, of which the last is how things stand now: at most so many characters of a whole one.
/// What stood there before the last whole look is left out.
pub(super) fn told(looks: &[Vec<Sight>], limit: usize) -> Vec<String> {
    let mut told: Vec<Option<String>> = Vec::with_capacity(looks.len());
    let (mut last, mut base, mut spent): (Option<&Sight>, usize, usize) = (None, 0, 0);
    for (index, sights) in looks.iter().enumerate() {
        let only = if let [sight] = sights.as_slice() { Some(sight) } else { None };
        let changes = only.zip(last).and_then(|(sight, last)| sight.since(last));
        let whole: usize = sights.iter().map(Sight::length).sum();
        let changes = changes.filter(|text| text.len() * 2 <= whole && spent + text.len() <= whole.max(PATIENCE));
        match &changes {
            Some(text) => spent += text.len(),
            None if !sights.is_empty() => (base, spent) = (index, 0),
            None => {}
        }
        told.push(changes);
        last = only.or(if sights.is_empty() { last } else { None });
    }
    // Where the run was before, the results of its calls tell. A whole look is only written out where it is told.
    let whole = |sights: &[Sight]| sights.iter().map(|sight| sight.whole(limit)).collect::<Vec<_>>().join("\n");
    let told = told.into_iter().zip(looks).enumerate();
    told.map(|(index, (changes, sights))| match changes {
        _ if index < base => String::new(),
        Some(changes) => changes,
        None => whole(sights),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use lamassu_contract::{Detail, Table};
    use url::Url;

    use super::*;

    fn look(path: &str, names: &[&str]) -> Vec<Sight> {
        let rows = names.iter().zip(1..).map(|(name, reference)| Row {
            reference,
            role: "button".to_owned(),
            name: (*name).to_owned(),
            ..Row::default()
        });
        let page = Page {
            url: Url::parse("https://shop.test/").unwrap().join(path).unwrap(),
            title: "Shop".to_owned(),
            table: Table { rows: rows.collect(), notes: Vec::new() },
            text: "a text that is long enough to make the whole look longer than what differs".to_owned(),
            more: Vec::new(),
        };
        vec![Sight::of(&Observation::from_page("https://shop.test", page.to_string()).with_page(page))]
    }

    #[test]
    fn looks_at_one_page_are_told_by_their_differences() {
        let looks = [look("a", &["Add", "Buy"]), look("a", &["Add", "Pay"]), look("a", &["Add", "Pay"])];
        let told = told(&looks, 40_000);
        assert!(told[0].starts_with("Now, from page:https://shop.test:\n| page: https://shop.test/a\n"), "{told:?}");
        assert_eq!(told[1..], ["Changed:\n| ~ [2] button \"Pay\"", "Changed:\n| nothing changed"].map(str::to_owned));
    }

    #[test]
    fn what_has_no_name_is_told_by_its_label_and_its_marks() {
        let mut sights = look("a", &[""]);
        let mut page = sights.remove(0).page.unwrap();
        let detail = Detail { marks: "send forward icon".to_owned(), label: "to:".to_owned(), ..Detail::default() };
        page.table.rows[0].detail = Some(Box::new(detail));
        let sight = Sight::of(&Observation::from_page("https://shop.test", page.to_string()).with_page(page));
        assert!(sight.text.contains("[1] button \"\" (to:, send forward icon)\n"), "{}", sight.text);
    }

    /// What is said of a row without a name.
    fn hinted(context: &str, detail: Detail) -> String {
        let mut row = Row { context: context.to_owned(), detail: Some(Box::new(detail)), ..Row::default() };
        hint(&mut row);
        row.context
    }

    #[test]
    fn nothing_is_said_twice_and_nothing_of_another_record() {
        let detail = |record: u32, label: &str, around: &str| Detail {
            marks: "icon".to_owned(),
            label: label.to_owned(),
            around: around.to_owned(),
            record,
            ..Detail::default()
        };
        let said = [
            hinted("8am", detail(0, "8am", "")),
            hinted("", detail(3, "Bob", "Ann")),
            hinted("Ann", detail(3, "Bob", "Ann and more")),
            hinted("", detail(3, "to:", "to: from:")),
        ];
        assert_eq!(said, ["8am, icon", "Ann, icon", "Ann, icon", "to:, icon"]);
    }

    #[test]
    fn another_page_is_told_whole_and_the_one_before_no_more() {
        let looks = [look("a", &["Add"]), look("a", &["Buy"]), look("b", &["Pay"])];
        let told = told(&looks, 40_000);
        assert_eq!(told[..2], ["", ""]);
        assert!(told[2].contains("| [1] button \"Pay\""), "{told:?}");
    }
}
