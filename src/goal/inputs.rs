//! What the user fills in: `{{name}}` in a text becomes the input's value.
//!
//! Filling in happens after parsing, once, in text alone: a value can neither add a key nor bring
//! in another `{{name}}`, and a secret has no text to fill in.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    document::{Entry, Section, hint},
    error::TaskError,
};

/// What a task file has filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// What it is, for people; empty if the file does not say.
    pub about: String,
    /// What it is if nobody says; without it, somebody has to.
    pub default: Option<String>,
}

/// The inputs that a task file declares, in its order.
pub(super) fn declared(root: &Section<'_>) -> Result<Vec<Input>, TaskError> {
    root.section("inputs")?.iter().flat_map(Section::entries).map(|entry| input(&entry)).collect()
}

/// The value of every input of a task file.
#[derive(Debug)]
pub(super) struct Inputs {
    values: BTreeMap<String, String>,
}

impl Inputs {
    /// Reads `[inputs]`; values that were `given` come before defaults.
    pub(super) fn read(root: &Section<'_>, given: &BTreeMap<String, String>) -> Result<Self, TaskError> {
        let declared = root.section("inputs")?;
        let entries: Vec<_> = declared.iter().flat_map(Section::entries).collect();
        let names: Vec<_> = entries.iter().map(|entry| entry.name).collect();
        if let Some(name) = given.keys().find(|name| !names.contains(&name.as_str())) {
            let problem = format!("there is no input `{name}`; {}", hint(name, &names));
            return Err(root.document.fault("inputs".to_owned(), problem));
        }
        let values = entries.iter().map(|entry| Ok((entry.name.to_owned(), value(entry, given)?)));
        Ok(Self { values: values.collect::<Result<_, _>>()? })
    }

    pub(super) fn into_values(self) -> BTreeMap<String, String> {
        self.values
    }

    /// The text of `entry`, filled in.
    pub(super) fn text(&self, entry: &Entry<'_>) -> Result<String, TaskError> {
        let mut filled = String::new();
        let mut rest = entry.raw()?;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((blank, tail)) = after.split_once("}}") else {
                return Err(entry.blame_part("{{", "`{{` without `}}`; to write it as it stands, put it in an input"));
            };
            filled.push_str(before);
            filled.push_str(self.value(entry, blank)?);
            rest = tail;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn value(&self, entry: &Entry<'_>, blank: &str) -> Result<&str, TaskError> {
        let (name, part) = (blank.trim(), format!("{{{{{blank}}}}}"));
        if let Some(secret) = name.strip_prefix("secret.") {
            return Err(entry.blame_part(&part, no_secret(secret)));
        }
        self.values.get(name).map(String::as_str).ok_or_else(|| {
            let names: Vec<_> = self.values.keys().map(String::as_str).collect();
            entry.blame_part(&part, format!("there is no input `{name}`; {}", hint(name, &names)))
        })
    }
}

fn input(entry: &Entry<'_>) -> Result<Input, TaskError> {
    entry.check_name()?;
    let (about, default) = if entry.is_table() {
        let section = entry.section()?;
        section.allow(&["about", "default"])?;
        (section.get("about").map(|about| about.plain()).transpose()?, section.get("default"))
    } else {
        (None, Some(entry.clone()))
    };
    let text = default.as_ref().map(Entry::scalar).transpose()?;
    let blanks = text.iter().flat_map(|text| text.split("{{").skip(1));
    if let Some(secret) = blanks.filter_map(|blank| blank.trim_start().strip_prefix("secret.")).next() {
        return Err(entry.blame(no_secret(secret.split("}}").next().unwrap_or_default().trim())));
    }
    Ok(Input { name: entry.name.to_owned(), about: about.unwrap_or_default().to_owned(), default: text })
}

fn value(entry: &Entry<'_>, given: &BTreeMap<String, String>) -> Result<String, TaskError> {
    let Input { name, about, default } = input(entry)?;
    given.get(&name).cloned().or(default).ok_or_else(|| {
        let about = if about.is_empty() { about } else { format!(" ({about})") };
        entry.blame_key(format!("no value was given{about} and there is no default; add `--input {name}=...`"))
    })
}

fn no_secret(name: &str) -> String {
    format!("a secret cannot be substituted into text; use `secret = \"{name}\"` in a `fill` step")
}
