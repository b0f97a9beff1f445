//! Going through what was recorded before it is kept.

use std::{collections::BTreeMap, fmt, ops::RangeInclusive};

use serde_json::Value;

use crate::{
    Page,
    browser::Act,
    planner::skill::{Demonstration, Moment},
    visible,
};

const HELP: &str = "     d 3, d 2-4    leave acts out
     u             undo the last change
     p 3 [NAME]    make what was typed or chosen a parameter, or take that back
     n 3 NAME      put the secret NAME in the place of what was typed, and forget that
     s             save, after a last question
     q             quit; nothing is kept";

/// What was recorded, and what is left of it.
#[derive(Debug)]
pub(super) struct Review {
    now: Draft,
    /// What it was before each change.
    before: Vec<Draft>,
}

#[derive(Debug, Clone, PartialEq)]
struct Draft {
    acts: Vec<Act>,
    end: Option<Page>,
    inputs: BTreeMap<String, String>,
}

/// What a line of the person's comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    Save,
    Quit,
    /// The list is another one.
    Changed,
    /// It is not; this is to be said.
    Words(String),
}

impl Review {
    pub(super) fn new(acts: Vec<Act>, end: Option<Page>, inputs: BTreeMap<String, String>) -> Self {
        Self { now: Draft { acts, end, inputs }, before: Vec::new() }
    }

    pub(super) fn acts(&self) -> &[Act] {
        &self.now.acts
    }

    pub(super) fn end(&self) -> Option<&Page> {
        self.now.end.as_ref()
    }

    pub(super) fn inputs(&self) -> &BTreeMap<String, String> {
        &self.now.inputs
    }

    /// What is left, as a demonstration of how `goal` is reached that begins at `at`.
    pub(super) fn demonstration(&self, goal: &str, at: &str) -> Demonstration {
        let moments = self.acts().iter().map(|Act { page, call }| Moment { page: page.clone(), call: call.clone() });
        Demonstration {
            goal: goal.to_owned(),
            at: at.to_owned(),
            inputs: self.inputs().clone(),
            moments: moments.collect(),
            end: self.end().cloned(),
        }
    }

    /// How the page was at the end, in words.
    pub(super) fn ending(&self) -> String {
        let page = self.end().or(self.now.acts.last().map(|act| &act.page));
        page.map_or_else(|| "no page".to_owned(), |page| format!("\"{}\" {}", visible(&page.title), page.url))
    }

    /// Does what a line says.
    pub(super) fn hear(&mut self, line: &str) -> Said {
        let words: Vec<_> = line.split_whitespace().collect();
        let changed = match *words.as_slice() {
            ["s" | "save"] if self.now.acts.is_empty() => {
                Err("nothing is left to save; `u` takes a change back".into())
            }
            ["s" | "save"] => return Said::Save,
            ["q" | "quit"] => return Said::Quit,
            ["u" | "undo"] => return self.undo(),
            ["d" | "delete", numbers] => self.delete(numbers),
            ["p" | "parameter", number] => self.parameter(number, None),
            ["p" | "parameter", number, name] => self.parameter(number, Some(name)),
            ["n" | "name", number, name] => self.name_secret(number, name),
            ["?" | "help"] | [] => return Said::Words(HELP.to_owned()),
            _ => Err(format!("`{}` is none of these; `?` explains them", visible(line.trim()))),
        };
        match changed {
            Ok(draft) => {
                self.before.push(std::mem::replace(&mut self.now, draft));
                Said::Changed
            }
            Err(words) => Said::Words(format!("     {words}")),
        }
    }

    fn undo(&mut self) -> Said {
        match self.before.pop() {
            Some(draft) => {
                self.now = draft;
                Said::Changed
            }
            None => Said::Words("     nothing was changed".to_owned()),
        }
    }

    fn delete(&self, numbers: &str) -> Result<Draft, String> {
        let range = self.range(numbers)?;
        let mut draft = self.now.clone();
        draft.acts.drain(range);
        Ok(draft)
    }

    fn parameter(&self, number: &str, name: Option<&str>) -> Result<Draft, String> {
        let act = self.act(number)?;
        let value = typed(act).ok_or("nothing was typed or chosen there")?;
        let mut draft = self.now.clone();
        let known = draft.inputs.iter().find(|(_, known)| known.as_str() == value).map(|(name, _)| name.clone());
        match (known, name) {
            (Some(known), None) => drop(draft.inputs.remove(&known)),
            (_, name) => {
                let name = name.map_or_else(|| made_name(act), str::to_owned);
                if draft.inputs.contains_key(&name) {
                    return Err(format!("there is an input `{name}`; give another name: `p {number} NAME`"));
                }
                draft.inputs.insert(name, value.to_owned());
            }
        }
        Ok(draft)
    }

    /// The text is taken out of every page too.
    fn name_secret(&self, number: &str, name: &str) -> Result<Draft, String> {
        let act = self.act(number)?;
        if act.call.verb != "fill" {
            return Err("a secret goes into a field; nothing was filled there".to_owned());
        }
        let text = act.call.args.get("text").and_then(Value::as_str).map(str::to_owned);
        let index = self.range(number)?;
        let mut draft = self.now.clone();
        for act in draft.acts.get_mut(index).into_iter().flatten() {
            act.call.args.remove("text");
            act.call = act.call.clone().with("secret", name);
        }
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            draft.forget(&text);
        }
        Ok(draft)
    }

    fn act(&self, number: &str) -> Result<&Act, String> {
        let index = *self.range(number)?.start();
        self.now.acts.get(index).ok_or_else(|| self.numbers())
    }

    /// `3` or `2-4`, as places in the list.
    fn range(&self, numbers: &str) -> Result<RangeInclusive<usize>, String> {
        let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
        let place = |number: &str| number.parse::<usize>().ok()?.checked_sub(1);
        match (place(first), place(last)) {
            (Some(first), Some(last)) if first <= last && last < self.now.acts.len() => Ok(first..=last),
            _ => Err(self.numbers()),
        }
    }

    fn numbers(&self) -> String {
        format!("give a number from 1 to {}, or two with a `-` between", self.now.acts.len())
    }
}

impl Draft {
    /// Leaves `text` out of everything that was seen and done.
    fn forget(&mut self, text: &str) {
        for act in &mut self.acts {
            let kept = (hidden(&act.page, text), hidden(&act.call, text));
            if let (Some(page), Some(call)) = kept {
                *act = Act { page, call };
            }
        }
        self.end = self.end.take().and_then(|page| hidden(&page, text));
        self.inputs.retain(|_, value| value != text);
    }
}

/// A copy in which every text has dots in the place of `text`.
fn hidden<T: serde::Serialize + serde::de::DeserializeOwned>(whole: &T, text: &str) -> Option<T> {
    let mut value = serde_json::to_value(whole).ok()?;
    hide(&mut value, text);
    serde_json::from_value(value).ok()
}

fn hide(value: &mut Value, text: &str) {
    match value {
        Value::String(found) => *found = found.replace(text, "••••"),
        Value::Array(values) => values.iter_mut().for_each(|value| hide(value, text)),
        Value::Object(map) => map.values_mut().for_each(|value| hide(value, text)),
        _ => {}
    }
}

impl fmt::Display for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, act) in self.now.acts.iter().enumerate() {
            let mut line = format!("{:>4} {}", index + 1, visible(&act.words()));
            let value = typed(act);
            let named = self.now.inputs.iter().find(|(_, known)| Some(known.as_str()) == value);
            if let Some((name, _)) = named {
                line.push_str(&format!("  (the input `{}`)", visible(name)));
            } else if value.is_some_and(may_be_secret) {
                line.push_str(&format!("  (this may be a secret; `n {} NAME` leaves it out)", index + 1));
            }
            writeln!(f, "{line}")?;
        }
        write!(f, "     it ended at {}", self.ending())
    }
}

/// What was typed or chosen.
fn typed(act: &Act) -> Option<&str> {
    ["text", "option"].iter().find_map(|name| act.call.args.get(*name)?.as_str())
}

/// A name for what was typed: the field's.
fn made_name(act: &Act) -> String {
    let name = act.row("target").map(|row| row.name.to_lowercase()).unwrap_or_default();
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("_");
    if name.is_empty() { "value".to_owned() } else { name }
}

/// Whether a text looks like a key, a password or the number of a card. Words, addresses and dates do not.
pub(in crate::cli) fn may_be_secret(text: &str) -> bool {
    let has = |kind: fn(&char) -> bool| text.chars().any(|letter| kind(&letter));
    let digits: Vec<_> = text.chars().filter_map(|letter| letter.to_digit(10)).collect();
    let only_digits = text.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, ' ' | '-'));
    if only_digits {
        return (13..=19).contains(&digits.len()) && adds_up(&digits);
    }
    let whole = !text.contains(char::is_whitespace) && !text.contains("://") && !text.contains('@');
    let mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase) || has(char::is_ascii_punctuation);
    whole && text.len() >= 10 && has(char::is_ascii_digit) && has(char::is_ascii_alphabetic) && mixed
}

/// The check digit of cards. Source: ISO/IEC 7812-1, Luhn's formula.
fn adds_up(digits: &[u32]) -> bool {
    let one = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) => twice / 10 + twice % 10,
    };
    digits.iter().rev().enumerate().map(one).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Call, Row, Table};

    fn page(value: &str) -> Page {
        let row = Row { reference: 1, role: "textbox".into(), name: "Ship to".into(), ..Row::default() };
        let row = Row { value: Some(value.into()), ..row };
        let table = Table { rows: vec![row], notes: vec![] };
        Page {
            url: "https://shop.test/".parse().unwrap(),
            title: "Shop".into(),
            table,
            text: String::new(),
            more: vec![],
        }
    }

    fn review() -> Review {
        let fill = |text: &str| Call::new("browser", "fill").with("target", "[1]").with("text", text);
        let acts = [("", fill("Ada")), ("Ada", fill("hunter2!Xy")), ("hunter2!Xy", Call::new("browser", "back"))];
        let acts = acts.map(|(value, call)| Act { page: page(value), call });
        Review::new(acts.to_vec(), Some(page("hunter2!Xy")), BTreeMap::new())
    }

    #[test]
    fn acts_are_left_out_and_come_back() {
        let mut review = review();
        assert_eq!((review.hear("d 1-2"), review.acts().len()), (Said::Changed, 1));
        assert_eq!((review.hear("u"), review.acts().len()), (Said::Changed, 3));
        assert_eq!(review.hear("d 4"), Said::Words("     give a number from 1 to 3, or two with a `-` between".into()));
    }

    #[test]
    fn what_was_typed_becomes_a_parameter_and_a_text_again() {
        let mut review = review();
        review.hear("p 1");
        assert_eq!(review.inputs().get("ship_to").map(String::as_str), Some("Ada"));
        review.hear("p 1");
        assert!(review.inputs().is_empty());
    }

    #[test]
    fn a_text_that_is_named_a_secret_is_nowhere_any_more() {
        let mut review = review();
        assert!(review.to_string().contains("2 fill textbox \"Ship to\" with hunter2!Xy  (this may be a secret"));
        review.hear("n 2 pin");
        let left = serde_json::json!([
            review.acts().iter().map(|act| (&act.page, &act.call)).collect::<Vec<_>>(),
            review.end()
        ]);
        assert!(!left.to_string().contains("hunter2"), "{left}");
        assert!(review.to_string().contains("with the secret `pin`"));
    }

    #[test]
    fn nothing_is_left_to_save_once_all_is_deleted() {
        let mut review = review();
        review.hear("d 1-3");
        assert!(matches!(review.hear("s"), Said::Words(_)));
    }

    #[test]
    fn cards_and_keys_look_like_secrets_and_other_texts_do_not() {
        let secrets = ["4111 1111 1111 1111", "sk_live4eC39HqLyj", "Tr0ub4dor&3x"].map(may_be_secret);
        let others = ["4111 1111 1111 1112", "ada@example.com", "two words 12", "2026-11-26", "Main Street 5", "12345"];
        assert_eq!((secrets, others.map(may_be_secret)), ([true; 3], [false; 6]));
    }
}
