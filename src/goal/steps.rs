//! `[[steps]]`: each a table with one verb and perhaps a `note`, read into calls.

use std::collections::BTreeMap;

use lamassu_contract::Call;
use serde_json::{Map, Value};

use super::{
    Step,
    document::{Entry, Section, either, hint},
    error::TaskError,
    inputs::Inputs,
    secrets::SecretSource,
    words::{Field, Fixed, Kind, WORDS, Word},
};

/// Reads steps with what they may refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) secrets: &'a BTreeMap<String, SecretSource>,
}

impl Reader<'_> {
    /// All steps of the file; a `take` of several properties is several steps.
    pub(super) fn steps(self, root: &Section<'_>) -> Result<Vec<Step>, TaskError> {
        let Some(entry) = root.get("steps") else { return Ok(Vec::new()) };
        let mut steps = Vec::new();
        for (index, section) in entry.sections()?.iter().enumerate() {
            self.step(index + 1, section, &mut steps)?;
        }
        Ok(steps)
    }

    fn step(self, number: usize, section: &Section<'_>, steps: &mut Vec<Step>) -> Result<(), TaskError> {
        let verb = verb(section)?;
        let note = section.get("note").map(|note| self.inputs.text(&note)).transpose()?.unwrap_or_default();
        let file = verb.document.file().file_name().unwrap_or_default().display();
        let name = format!("step {number} `{}` ({file} line {})", verb.source(), verb.line());
        let step = |call, take| Step { call, name: name.clone(), note: note.clone(), take };
        match WORDS.iter().find(|word| word.name == verb.name) {
            Some(word) => steps.push(step(self.call(word, &verb)?, None)),
            None if verb.name == "call" => steps.push(step(self.any_call(&verb)?, None)),
            None => {
                let taken: Vec<_> = verb.section()?.entries().collect();
                if taken.is_empty() {
                    return Err(verb.blame("expected a pattern, such as `{ order = 'Order ([0-9]+)' }`"));
                }
                for entry in taken {
                    let pattern = self.inputs.text(&entry)?;
                    let find = Call::new("browser", "find").with("pattern", pattern);
                    steps.push(step(find, Some(entry.name.to_owned())));
                }
            }
        }
        Ok(())
    }

    fn call(self, word: &Word, verb: &Entry<'_>) -> Result<Call, TaskError> {
        let mut call = Call::new(word.tool, word.verb);
        if let Some((arg, value)) = word.fixed {
            let value = match value {
                Fixed::Text(text) => Value::from(text),
                Fixed::Flag(on) => Value::from(on),
            };
            call = call.with(arg, value);
        }
        if verb.is_table() {
            return self.fields(word, &verb.section()?, call);
        }
        if verb.is_true() && word.stands_alone() {
            return Ok(call);
        }
        match word.bare() {
            Some(field) => Ok(call.with(field.arg, self.value(field, verb)?)),
            None if word.fields.is_empty() => Err(verb.wrong("`true`")),
            None => Err(verb.wrong(&shape(word))),
        }
    }

    fn fields(self, word: &Word, section: &Section<'_>, mut call: Call) -> Result<Call, TaskError> {
        let names: Vec<_> = word.fields.iter().map(|field| field.name).collect();
        section.allow(&names)?;
        for field in word.fields {
            match section.get(field.name) {
                Some(entry) => call = call.with(field.arg, self.value(field, &entry)?),
                None if field.needed => return Err(section.blame(format!("expected {}", shape(word)))),
                None => {}
            }
        }
        let chosen = word.one_of.iter().filter(|name| section.get(name).is_some()).count();
        if !word.one_of.is_empty() && chosen != 1 {
            let found = if chosen == 0 { "none" } else { "more than one" };
            return Err(section.blame(format!("expected one of {}, found {found}", either(word.one_of))));
        }
        Ok(call)
    }

    fn value(self, field: &Field, entry: &Entry<'_>) -> Result<Value, TaskError> {
        match field.kind {
            Kind::Text => self.inputs.text(entry).map(Value::from),
            Kind::Address => Ok(entry.address(&self.inputs.text(entry)?)?.as_str().into()),
            Kind::Count => entry.count().map(Value::from),
            Kind::Flag => entry.flag().map(Value::from),
            Kind::Json => entry.json(&|text| self.inputs.text(text)),
            Kind::Secret => self.secret(entry).map(Value::from),
        }
    }

    /// `call = { tool = "...", verb = "...", args = { ... } }`
    fn any_call(self, verb: &Entry<'_>) -> Result<Call, TaskError> {
        let section = verb.section()?;
        section.allow(&["tool", "verb", "args"])?;
        let tool = section.need("tool", "the name of a tool")?;
        let verb = section.need("verb", "the name of a verb")?;
        let mut args = Map::new();
        for arg in section.section("args")?.iter().flat_map(Section::entries) {
            let value = match arg.name {
                "secret" => self.secret(&arg).map(Value::from),
                _ => arg.json(&|text| self.inputs.text(text)),
            };
            args.insert(arg.name.to_owned(), value?);
        }
        Ok(Call { args, ..Call::new(tool.plain()?, verb.plain()?) })
    }

    fn secret(self, entry: &Entry<'_>) -> Result<String, TaskError> {
        let name = entry.plain()?;
        if self.secrets.contains_key(name) {
            return Ok(name.to_owned());
        }
        let names: Vec<_> = self.secrets.keys().map(String::as_str).collect();
        let hint = if names.is_empty() { format!("declare it as `[secrets.{name}]`") } else { hint(name, &names) };
        Err(entry.blame(format!("there is no secret `{name}`; {hint}")))
    }
}

/// The one verb of a step.
fn verb<'a>(section: &Section<'a>) -> Result<Entry<'a>, TaskError> {
    let verbs: Vec<_> = section.entries().filter(|entry| entry.name != "note").collect();
    let known: Vec<_> = WORDS.iter().map(|word| word.name).chain(["take", "call"]).collect();
    if let Some(entry) = verbs.iter().find(|entry| !known.contains(&entry.name)) {
        return Err(entry.blame_key(format!("unknown verb; {}", hint(entry.name, &known))));
    }
    match verbs.as_slice() {
        [] => Err(section.blame("a step needs a verb, such as `click = \"...\"`")),
        [verb] => Ok(verb.clone()),
        [first, second, ..] => Err(second.blame_key(format!(
            "a step has one verb, and this one has `{}` already; begin another with `[[steps]]`",
            first.name
        ))),
    }
}

/// What a word's table looks like: ``a table with `field` and `with` or `secret` ``.
fn shape(word: &Word) -> String {
    let needed = word.fields.iter().filter(|field| field.needed).map(|field| format!("`{}`", field.name));
    let choice = (!word.one_of.is_empty()).then(|| either(word.one_of));
    format!("a table with {}", needed.chain(choice).collect::<Vec<_>>().join(" and "))
}
