//! A TOML file read key by key, where every complaint knows its place.
//!
//! It knows nothing of what a task is.

use std::{ops::Range, path::Path};

use serde_json::{Number, Value};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use url::Url;

use super::error::{Place, TaskError, visible};

/// The largest file that is read, in bytes.
const LARGEST: usize = 1_000_000;

/// A file's text and name.
#[derive(Debug)]
pub(super) struct Document<'a> {
    file: &'a Path,
    text: &'a str,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl<'a> Document<'a> {
    pub(super) fn new(text: &'a str, file: &'a Path) -> Result<Self, TaskError> {
        let document = Self { file, text, ends: text.match_indices('\n').map(|(end, _)| end).collect() };
        if text.len() <= LARGEST {
            return Ok(document);
        }
        let problem = format!("the file has {} bytes; at most {LARGEST} are read", text.len());
        Err(document.fault(String::new(), problem))
    }

    pub(super) fn parse(&self) -> Result<Spanned<DeTable<'a>>, TaskError> {
        DeTable::parse(self.text).map_err(|error| TaskError {
            place: error.span().map(|span| Place::of(self.text, &span)),
            ..self.fault(String::new(), format!("not valid TOML: {}", error.message()))
        })
    }

    pub(super) fn root(&'a self, table: &'a Spanned<DeTable<'a>>) -> Section<'a> {
        Section { document: self, path: String::new(), span: table.span(), table: table.get_ref() }
    }

    /// A complaint about the file as a whole.
    pub(super) fn fault(&self, key: String, problem: String) -> TaskError {
        let [key, problem] = [key, problem].map(|text| text.chars().map(visible).collect());
        TaskError { file: self.file.to_owned(), place: None, key, problem }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn file(&self) -> &'a Path {
        self.file
    }

    fn fault_at(&self, span: &Range<usize>, key: &str, problem: String) -> TaskError {
        TaskError { place: Some(Place::of(self.text, span)), ..self.fault(key.to_owned(), problem) }
    }
}

/// One table of the file.
#[derive(Debug, Clone)]
pub(super) struct Section<'a> {
    pub(super) document: &'a Document<'a>,
    path: String,
    span: Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Section<'a> {
    /// The entry `key`, if it is there.
    pub(super) fn get(&self, key: &str) -> Option<Entry<'a>> {
        self.entries().find(|entry| entry.name == key)
    }

    /// The entry `key`, which must be there.
    pub(super) fn need(&self, key: &str, expected: &str) -> Result<Entry<'a>, TaskError> {
        self.get(key).ok_or_else(|| {
            let path = joined(&self.path, key);
            self.document.fault_at(&self.span, &path, format!("missing; expected {expected}"))
        })
    }

    /// The table `key`, if it is there.
    pub(super) fn section(&self, key: &str) -> Result<Option<Section<'a>>, TaskError> {
        self.get(key).map(|entry| entry.section()).transpose()
    }

    /// All entries, in the order of the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        let mut entries: Vec<_> = self.table.iter().collect();
        entries.sort_unstable_by_key(|(key, _)| key.span().start);
        let (document, path) = (self.document, self.path.clone());
        entries.into_iter().map(move |(key, value)| Entry {
            document,
            path: joined(&path, key.get_ref()),
            name: key.get_ref(),
            key: key.span(),
            value,
        })
    }

    /// Complains about the first key that is not one of `keys`.
    pub(super) fn allow(&self, keys: &[&str]) -> Result<(), TaskError> {
        match self.entries().find(|entry| !keys.contains(&entry.name)) {
            None => Ok(()),
            Some(entry) => Err(entry.blame_key(format!("unknown key; {}", hint(entry.name, keys)))),
        }
    }

    /// A complaint about the table.
    pub(super) fn blame(&self, problem: impl Into<String>) -> TaskError {
        self.document.fault_at(&self.span, &self.path, problem.into())
    }
}

/// One key with its value.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) name: &'a str,
    path: String,
    key: Range<usize>,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Entry<'a> {
    /// The text, as it stands.
    pub(super) fn raw(&self) -> Result<&'a str, TaskError> {
        self.value.get_ref().as_str().ok_or_else(|| self.wrong("text"))
    }

    /// The text of a key in which nothing is filled in.
    pub(super) fn plain(&self) -> Result<&'a str, TaskError> {
        let text = self.raw()?;
        if text.contains("{{") {
            return Err(self.blame("an input cannot be filled in here; write the text itself"));
        }
        if text.is_empty() {
            return Err(self.blame("expected text, found nothing"));
        }
        Ok(text)
    }

    pub(super) fn flag(&self) -> Result<bool, TaskError> {
        self.value.get_ref().as_bool().ok_or_else(|| self.wrong("`true` or `false`"))
    }

    /// A whole number above 0.
    pub(super) fn count(&self) -> Result<u64, TaskError> {
        let number = self.value.get_ref().as_integer().and_then(|number| whole(number.as_str(), number.radix()));
        match number.and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0) {
            Some(number) => Ok(number),
            None => Err(self.wrong("a whole number above 0")),
        }
    }

    /// A whole number, 0 too.
    pub(super) fn tally(&self) -> Result<u64, TaskError> {
        let number = self.value.get_ref().as_integer().and_then(|number| whole(number.as_str(), number.radix()));
        number.and_then(|number| u64::try_from(number).ok()).ok_or_else(|| self.wrong("a whole number"))
    }

    /// An amount of money such as `"0.50"`, in millionths. It is text, since no binary fraction is 0.10.
    pub(super) fn money(&self) -> Result<u64, TaskError> {
        let expected = "an amount in quotes with at most six decimals, such as `\"0.50\"`";
        let text = self.raw().map_err(|_| self.wrong(expected))?;
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let amount = (digits(whole) && digits(decimals) && decimals.len() <= 6)
            .then(|| format!("{whole}{decimals:0<6}").parse().ok())
            .flatten();
        amount.ok_or_else(|| self.blame(format!("expected {expected}, found `{text}`")))
    }

    /// A text, number or flag, written as text.
    pub(super) fn scalar(&self) -> Result<String, TaskError> {
        match self.value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Boolean(flag) => Ok(flag.to_string()),
            DeValue::Integer(_) | DeValue::Float(_) => {
                self.json(&|entry| entry.scalar()).map(|value| value.to_string())
            }
            _ => Err(self.wrong("text or a number")),
        }
    }

    pub(super) fn section(&self) -> Result<Section<'a>, TaskError> {
        match self.value.get_ref().as_table() {
            Some(table) => Ok(self.inner(table)),
            None => Err(self.wrong("a table")),
        }
    }

    /// The items of a list; a single value counts as a list of one.
    pub(super) fn items(&self) -> Vec<Entry<'a>> {
        let item = |value| Entry { value, ..self.clone() };
        self.value.get_ref().as_array().map_or_else(|| vec![self.clone()], |list| list.iter().map(item).collect())
    }

    /// The tables of a list of tables.
    pub(super) fn sections(&self) -> Result<Vec<Section<'a>>, TaskError> {
        if self.value.get_ref().as_array().is_none() {
            return Err(self.wrong("a list of tables"));
        }
        self.items().iter().map(Entry::section).collect()
    }

    pub(super) fn is_table(&self) -> bool {
        self.value.get_ref().is_table()
    }

    pub(super) fn is_true(&self) -> bool {
        self.value.get_ref().as_bool() == Some(true)
    }

    /// The value as JSON, with every text in it read by `text`.
    pub(super) fn json(&self, text: &dyn Fn(&Self) -> Result<String, TaskError>) -> Result<Value, TaskError> {
        match self.value.get_ref() {
            DeValue::String(_) => text(self).map(Value::String),
            DeValue::Boolean(flag) => Ok(Value::Bool(*flag)),
            DeValue::Datetime(date) => Ok(Value::String(date.to_string())),
            DeValue::Integer(number) => {
                whole(number.as_str(), number.radix()).map(Value::from).ok_or_else(|| self.wrong("a smaller number"))
            }
            DeValue::Float(number) => {
                let number = number.as_str().parse().ok().and_then(Number::from_f64);
                number.map(Value::Number).ok_or_else(|| self.wrong("a finite number"))
            }
            DeValue::Array(_) => self.items().iter().map(|item| item.json(text)).collect(),
            DeValue::Table(table) => {
                let pair = |entry: Entry<'a>| Ok((entry.name.to_owned(), entry.json(text)?));
                self.inner(table).entries().map(pair).collect()
            }
        }
    }

    /// The name of a thing, which text may refer to.
    pub(super) fn check_name(&self) -> Result<(), TaskError> {
        let fits = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
        if !self.name.is_empty() && self.name.chars().all(fits) {
            return Ok(());
        }
        Err(self.blame_key("expected a name of letters, digits, `_` and `-`"))
    }

    /// `text`, which this entry gave, as a web address.
    pub(super) fn address(&self, text: &str) -> Result<Url, TaskError> {
        let problem = match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => return Ok(url),
            Ok(url) => format!("its scheme is `{}`", url.scheme()),
            Err(error) => error.to_string(),
        };
        Err(self.blame(format!("expected an address such as `https://shop.test/`, found `{text}`: {problem}")))
    }

    /// The value with its key as it stands in the file, its first line, shortened.
    pub(super) fn source(&self) -> String {
        let whole = self.document.text().get(self.key.start..self.value.span().end).unwrap_or_default();
        let line = whole.lines().next().unwrap_or_default();
        let shown: String = line.chars().filter(|character| !character.is_control()).take(60).collect();
        if shown.len() < whole.len() { format!("{}...", shown.trim_end()) } else { shown }
    }

    /// The line its key stands in, from 1.
    pub(super) fn line(&self) -> usize {
        self.document.ends.partition_point(|end| *end < self.key.start) + 1
    }

    /// A complaint about the value.
    pub(super) fn blame(&self, problem: impl Into<String>) -> TaskError {
        self.document.fault_at(&self.value.span(), &self.path, problem.into())
    }

    /// A complaint about `part` of the value, if it can be found in the source.
    pub(super) fn blame_part(&self, part: &str, problem: impl Into<String>) -> TaskError {
        let span = self.value.span();
        let start = self.document.text().get(span.clone()).and_then(|source| source.find(part));
        let span = start.map_or(span.clone(), |start| span.start + start..span.start + start + part.len());
        self.document.fault_at(&span, &self.path, problem.into())
    }

    /// A complaint about the key.
    pub(super) fn blame_key(&self, problem: impl Into<String>) -> TaskError {
        self.document.fault_at(&self.key, &self.path, problem.into())
    }

    /// A complaint that the value is not `expected`.
    pub(super) fn wrong(&self, expected: &str) -> TaskError {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "text".to_owned(),
            DeValue::Integer(number) => format!("`{number}`"),
            DeValue::Float(number) => format!("`{number}`"),
            DeValue::Boolean(flag) => format!("`{flag}`"),
            DeValue::Datetime(_) => "a date".to_owned(),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        };
        self.blame(format!("expected {expected}, found {found}"))
    }

    fn inner(&self, table: &'a DeTable<'a>) -> Section<'a> {
        Section { document: self.document, path: self.path.clone(), span: self.value.span(), table }
    }
}

/// What `word` may have been meant to be, or all there is.
pub(super) fn hint(word: &str, known: &[&str]) -> String {
    if known.is_empty() {
        return "none is declared".to_owned();
    }
    let near = known.iter().map(|name| (strsim::osa_distance(word, name), name)).min();
    match near {
        Some((distance, name)) if distance <= 2 && distance < name.chars().count() => format!("did you mean `{name}`?"),
        _ => format!("expected {}", either(known)),
    }
}

/// The names in back-ticks, the last after an `or`.
pub(super) fn either(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => format!("`{name}`"),
        [first @ .., last] => format!("`{}` or `{last}`", first.join("`, `")),
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn whole(digits: &str, radix: u32) -> Option<i64> {
    i64::from_str_radix(digits, radix).ok()
}
