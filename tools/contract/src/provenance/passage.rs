//! One thing that was seen, in the records that it is made of.

use serde_json::Value;

use super::{forms::Text, words};
use crate::{Observation, Source};

/// What one source showed at one step.
#[derive(Debug)]
pub(super) struct Passage {
    pub(super) source: Source,
    pub(super) step: u64,
    /// Whether the goal points at all of it.
    pub(super) pointed: bool,
    whole: Record,
    records: Vec<Record>,
}

/// What belongs together: an object, an item, a paragraph.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) text: Text,
    fields: Vec<Text>,
    /// Whether it tells somebody what to do.
    pub(super) instructs: bool,
    /// Whether it has several words of the goal.
    pub(super) about: bool,
    /// Whether it has words of the goal that few other texts have.
    pub(super) beside: bool,
}

/// Where in a passage something stands.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) record: &'a Record,
    /// Whether it is the whole of a field.
    pub(super) field: bool,
}

impl Passage {
    pub(super) fn new(source: Source, step: u64, observation: &Observation) -> Self {
        let everything = observation.everything();
        let mut records = Vec::new();
        match serde_json::from_str::<Value>(&observation.content) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => objects(&value, &mut records),
            _ => paragraphs(&everything, &mut records),
        }
        objects(&observation.data, &mut records);
        Self { source, step, pointed: false, whole: Record::around(&everything, &[]), records }
    }

    /// The same, with what `note` says of each of its records.
    pub(super) fn noted(mut self, note: impl Fn(&mut Record)) -> Self {
        self.records.iter_mut().chain([&mut self.whole]).for_each(note);
        self
    }

    /// The same, as something that the goal points at.
    pub(super) fn pointed(self) -> Self {
        Self { pointed: true, ..self }
    }

    /// Whether it says all that `other` says, of the same source.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.source == other.source
            && self.pointed == other.pointed
            && self.whole.text.as_str().contains(other.whole.text.as_str())
    }

    /// Every place where `text` stands in it.
    pub(super) fn find<'a>(&'a self, text: &Text) -> Vec<Place<'a>> {
        if !self.whole.text.holds(text) {
            return Vec::new();
        }
        let holding = self.records.iter().filter(|record| record.text.holds(text));
        let places: Vec<_> = holding.map(|record| Place { record, field: record.has(text) }).collect();
        if places.is_empty() { vec![Place { record: &self.whole, field: false }] } else { places }
    }
}

impl Record {
    fn new(fields: &[String]) -> Self {
        Self::around(&fields.join("\n"), fields)
    }

    fn around(text: &str, fields: &[String]) -> Self {
        // Of `Ann <ann@shop.test>` the mailbox is a field by itself.
        let mailbox = |field: &String| {
            let inner = field.split_once('<')?.1.split_once('>')?.0;
            inner.contains('@').then(|| Text::new(inner))
        };
        let mailboxes = fields.iter().filter_map(mailbox);
        let fields = fields.iter().map(|field| Text::new(field)).chain(mailboxes).collect();
        let instructs = words::instructs(text);
        Self { text: Text::new(text), fields, instructs, about: false, beside: false }
    }

    fn has(&self, text: &Text) -> bool {
        self.fields.iter().any(|field| field.holds(text) && text.holds(field))
    }
}

/// The objects of `value` that have something of their own to say.
fn objects(value: &Value, records: &mut Vec<Record>) {
    let mut own = Vec::new();
    let mut note = |value: &Value| match value {
        Value::Array(_) | Value::Object(_) => objects(value, records),
        Value::String(text) => own.push(text.clone()),
        Value::Null => {}
        other => own.push(other.to_string()),
    };
    match value {
        Value::Array(values) if values.iter().all(|value| !value.is_object() && !value.is_array()) => {
            values.iter().for_each(|value| records.extend(scalar(value)));
        }
        Value::Array(values) => values.iter().for_each(&mut note),
        Value::Object(map) => {
            map.values().for_each(&mut note);
            // Lists of plain values belong to the object that they stand in.
            for list in map.values().filter_map(Value::as_array) {
                own.extend(list.iter().filter(|item| !item.is_object() && !item.is_array()).map(plain));
            }
        }
        _ => {}
    }
    if !own.is_empty() {
        records.push(Record::new(&own));
    }
}

fn scalar(value: &Value) -> Option<Record> {
    (!value.is_null()).then(|| Record::new(&[plain(value)]))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Items and paragraphs of running text. A line such as `email: ann@shop.test` is a field.
fn paragraphs(text: &str, records: &mut Vec<Record>) {
    let (mut block, mut fields) = (String::new(), Vec::new());
    for line in text.lines().chain([""]) {
        let (item, line) = item(line);
        if (line.is_empty() || item || line.starts_with('[')) && !block.is_empty() {
            records.push(Record::around(&block, &fields));
            block.clear();
            fields.clear();
        }
        let value =
            line.split_once(": ").filter(|(key, _)| key.split_whitespace().count() <= 3).map(|(_, value)| value);
        // A word that has a line to itself, such as a file of a folder, is a field.
        let value = value.or_else(|| (!line.contains(char::is_whitespace)).then_some(line));
        // So is what the rest of a line is about.
        let key = line.split_once([':', '(', '|', '—', '–', '=']).map(|(key, _)| key.trim());
        let key = key.filter(|key| !key.is_empty() && !key.contains(char::is_whitespace));
        // And the cells of a table.
        let cells = line.matches('|').count().min(1) * line.len();
        let cells = line.get(..cells).unwrap_or_default().split('|').filter(|cell| !cell.trim().is_empty());
        fields.extend(
            value.into_iter().chain(key).chain(cells).map(|value| value.trim().trim_matches(['"', '\'']).to_owned()),
        );
        if !line.is_empty() {
            block.push_str(line);
            block.push('\n');
        }
    }
}

/// A line without the sign that makes it an item of a list, and whether it had one.
fn item(line: &str) -> (bool, &str) {
    let line = line.trim();
    let numbered = line.split_once(['.', ')']).filter(|(number, rest)| {
        (1..=3).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit()) && rest.starts_with(' ')
    });
    let rest = ["- ", "* ", "• "].iter().find_map(|sign| line.strip_prefix(sign)).or(numbered.map(|(_, rest)| rest));
    (rest.is_some(), rest.unwrap_or(line).trim())
}
