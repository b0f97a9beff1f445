//! A skill as a file that people can read and change: `NAME.skill.toml`.

use std::{collections::BTreeMap, fmt};

use lamassu_contract::is_hidden;
use serde::Deserialize;
use url::Url;

use super::{Argument, Description, Each, Ending, Kind, Parameter, Skill, SkillError, Step, Template};

/// The version of the form that is written and read.
const VERSION: u64 = 1;
/// What of an element may turn out to be another one.
const ATTRIBUTES: [&str; 5] = ["name", "role", "tag", "label", "marks"];
/// The largest file that is read, in bytes.
const LARGEST: usize = 1_000_000;
/// What a step may do to an element, and must be done to one.
pub(super) const UPON: [&str; 6] = ["click", "double_click", "hover", "fill", "select", "check"];
/// What a step may do without one.
pub(super) const ALONE: [&str; 9] = ["press", "scroll", "open", "wait", "back", "forward", "reload", "dialog", "tabs"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "version")]
    _version: u64,
    skill: String,
    goal: String,
    at: String,
    sites: Vec<String>,
    demonstrations: usize,
    #[serde(default)]
    ran: u64,
    #[serde(default)]
    worked: u64,
    #[serde(default)]
    parameters: BTreeMap<String, WrittenParameter>,
    steps: Vec<WrittenStep>,
    #[serde(default)]
    end: WrittenEnd,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenParameter {
    kind: String,
    #[serde(default)]
    examples: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    verb: String,
    text: Option<String>,
    option: Option<String>,
    key: Option<String>,
    secret: Option<String>,
    url: Option<String>,
    on: Option<String>,
    to: Option<String>,
    seconds: Option<String>,
    accept: Option<String>,
    #[serde(default)]
    optional: bool,
    each: Option<String>,
    element: Option<WrittenElement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenElement {
    role: String,
    names: Vec<String>,
    record: Option<String>,
    #[serde(default)]
    label: String,
    #[serde(default)]
    context: String,
    #[serde(default)]
    tag: String,
    #[serde(default)]
    marks: String,
    #[serde(default)]
    place: (usize, usize),
    #[serde(default)]
    changes: BTreeMap<String, u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEnd {
    address: Option<String>,
    line: Option<String>,
}

/// A file that is being read, for complaints.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

impl Skill {
    /// Reads the text of the skill file `file`.
    ///
    /// # Errors
    ///
    /// [`SkillError::Version`] if another version wrote it, [`SkillError::File`] with the line if it makes no
    /// sense.
    pub fn read(text: &str, file: &str) -> Result<Self, SkillError> {
        let reader = Reader { file, text };
        if text.len() > LARGEST {
            return Err(reader.wrong("", format!("it has {} bytes; at most {LARGEST} are read", text.len())));
        }
        let table: toml::Table = toml::from_str(text).map_err(|error| reader.garbled(&error))?;
        match table.get("version") {
            Some(found) if found.as_integer() == i64::try_from(VERSION).ok() => {}
            Some(found) => {
                let found = found.as_integer().map_or_else(|| "another kind".to_owned(), |found| found.to_string());
                return Err(SkillError::Version { file: file.to_owned(), found, known: VERSION });
            }
            None => return Err(reader.wrong("", "it has no `version`, so it is no skill".to_owned())),
        }
        let written: Written = toml::from_str(text).map_err(|error| reader.garbled(&error))?;
        reader.skill(written)
    }
}

impl Reader<'_> {
    fn garbled(&self, error: &toml::de::Error) -> SkillError {
        let start = error.span().map_or(0, |span| span.start);
        self.at(start, error.message().lines().next().unwrap_or_default().to_owned())
    }

    fn at(&self, start: usize, problem: String) -> SkillError {
        let before = self.text.get(..start).unwrap_or_default();
        SkillError::File { file: self.file.to_owned(), line: before.matches('\n').count() + 1, problem }
    }

    /// A complaint about `part`, in the line where that stands.
    fn wrong(&self, part: &str, problem: String) -> SkillError {
        self.at(self.text.find(&quoted(part)).or_else(|| self.text.find(part)).unwrap_or(0), problem)
    }

    fn skill(&self, written: Written) -> Result<Skill, SkillError> {
        if !is_name(&written.skill) {
            return Err(SkillError::Name(written.skill));
        }
        let parameters: BTreeMap<_, _> = written
            .parameters
            .into_iter()
            .map(|(name, own)| Ok((name, self.parameter(own)?)))
            .collect::<Result<_, _>>()?;
        let steps: Vec<_> = written.steps.into_iter().map(|step| self.step(step)).collect::<Result<_, _>>()?;
        if steps.is_empty() {
            return Err(self.wrong("steps", "a skill without steps does nothing".to_owned()));
        }
        let line = written.end.line.map(|line| self.template(&line)).transpose()?;
        let skill = Skill {
            name: written.skill,
            goal: self.template(&written.goal)?,
            sites: self.sites(written.sites, &written.at)?,
            at: written.at,
            parameters,
            steps,
            end: Ending { address: written.end.address, line },
            demonstrations: written.demonstrations,
            ran: written.ran,
            worked: written.worked,
        };
        self.declared(&skill)?;
        Ok(skill)
    }

    fn parameter(&self, written: WrittenParameter) -> Result<Parameter, SkillError> {
        let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == written.kind).ok_or_else(|| {
            let problem = format!("there is no kind `{}`; there are `text`, `number`, `day` and `list`", written.kind);
            self.wrong(&written.kind, problem)
        })?;
        Ok(Parameter { kind, examples: written.examples })
    }

    fn sites(&self, sites: Vec<String>, at: &str) -> Result<Vec<String>, SkillError> {
        for site in &sites {
            let origin = Url::parse(site).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            if origin.is_none_or(|url| url.origin().ascii_serialization() != *site) {
                return Err(self.wrong(site, format!("`{site}` is no site; write it like `https://shop.example`")));
            }
        }
        let begins = Url::parse(at).ok().map(|url| url.origin().ascii_serialization());
        if !begins.is_some_and(|origin| sites.contains(&origin)) {
            return Err(self.wrong(at, format!("it begins at `{at}`, which is not at one of its `sites`")));
        }
        Ok(sites)
    }

    fn template(&self, text: &str) -> Result<Template, SkillError> {
        Template::parse(text).map_err(|problem| self.wrong(text, problem))
    }

    fn step(&self, written: WrittenStep) -> Result<Step, SkillError> {
        let given = [
            written.text,
            written.option,
            written.key,
            written.secret,
            written.url,
            written.on,
            written.to,
            written.seconds,
            written.accept,
        ];
        let mut given = Argument::ALL.into_iter().zip(given).filter_map(|(name, value)| Some((name, value?)));
        let with = given.next();
        if let Some((more, value)) = given.next() {
            let problem = format!("`{}` is one thing too many for a `{}`", more.as_str(), written.verb);
            return Err(self.wrong(&value, problem));
        }
        let element = written.element.map(|element| self.element(element)).transpose()?;
        let with = with.map(|(name, value)| Ok::<_, SkillError>((name, self.template(&value)?))).transpose()?;
        if !takes(&written.verb, element.is_some(), with.as_ref().map(|(name, _)| *name)) {
            let problem = format!("a `{}` cannot be done with what is given here", written.verb);
            return Err(self.wrong(&written.verb, problem));
        }
        let each = written
            .each
            .map(|each| {
                read_each(&each).ok_or_else(|| {
                    let known = "`record`, `of {list}`, `of {number} times` or `of the first {number} records`";
                    self.wrong(&each, format!("`each` cannot be `{each}`; write {known}"))
                })
            })
            .transpose()?;
        Ok(Step { verb: written.verb, element, with, optional: written.optional, each })
    }

    fn element(&self, written: WrittenElement) -> Result<Description, SkillError> {
        let names: Vec<_> = written.names.iter().map(|name| self.template(name)).collect::<Result<_, _>>()?;
        if let Some(name) = written.changes.keys().find(|name| !ATTRIBUTES.contains(&name.as_str())) {
            return Err(self.wrong(name, format!("an element has no `{name}` that could change")));
        }
        if names.is_empty() {
            return Err(
                self.wrong("names", "an element needs a name; write `names = [\"\"]` if it has none".to_owned())
            );
        }
        Ok(Description {
            role: written.role,
            names,
            label: written.label,
            record: written.record.map(|record| self.template(&record)).transpose()?,
            context: written.context,
            tag: written.tag,
            marks: written.marks,
            place: written.place,
            changes: written.changes,
        })
    }

    /// That every place has its parameter.
    fn declared(&self, skill: &Skill) -> Result<(), SkillError> {
        let missing = |template: &Template, item: bool| {
            let unknown = |name: &&str| !skill.parameters.contains_key(*name) && !(item && *name == "item");
            template.places().find(unknown).map(str::to_owned)
        };
        let mut found =
            missing(&skill.goal, false).or_else(|| skill.end.line.as_ref().and_then(|line| missing(line, false)));
        for step in &skill.steps {
            let item = matches!(step.each, Some(Each::Item(_)));
            let names = step.element.iter().flat_map(|element| element.names.iter().chain(&element.record));
            let all = names.chain(step.with.iter().map(|(_, value)| value));
            found = found.or_else(|| all.into_iter().find_map(|template| missing(template, item)));
            let counted = match &step.each {
                Some(Each::Item(name) | Each::Times(name) | Each::Record(Some(name))) => Some(name),
                _ => None,
            };
            found = found.or_else(|| counted.filter(|name| !skill.parameters.contains_key(*name)).cloned());
        }
        found.map_or(Ok(()), |name| {
            let problem = format!("there is no parameter `{name}`; declare it under `[parameters.{name}]`");
            Err(self.wrong(&format!("{{{name}"), problem))
        })
    }
}

/// Whether a call of `verb` makes sense with this.
fn takes(verb: &str, element: bool, with: Option<Argument>) -> bool {
    match verb {
        "click" | "double_click" | "hover" => element && with.is_none(),
        "fill" => element && matches!(with, Some(Argument::Text | Argument::Secret)),
        "select" => element && with == Some(Argument::Option),
        "check" => element && matches!(with, None | Some(Argument::On)),
        "press" => with == Some(Argument::Key),
        "open" => !element && with == Some(Argument::Url),
        "scroll" => matches!(with, None | Some(Argument::To)),
        "wait" => !element && matches!(with, None | Some(Argument::Text | Argument::Seconds)),
        "dialog" => !element && with == Some(Argument::Accept),
        "back" | "forward" | "reload" => !element && with.is_none(),
        _ => false,
    }
}

fn read_each(text: &str) -> Option<Each> {
    let inside = |rest: &str| Some(rest.strip_prefix('{')?.strip_suffix('}')?.to_owned());
    if text == "record" {
        return Some(Each::Record(None));
    }
    let rest = text.strip_prefix("of ")?;
    if let Some(rest) = rest.strip_prefix("the first ").and_then(|rest| rest.strip_suffix(" records")) {
        return Some(Each::Record(Some(inside(rest)?)));
    }
    match rest.strip_suffix(" times") {
        Some(rest) => Some(Each::Times(inside(rest)?)),
        None => Some(Each::Item(inside(rest)?)),
    }
}

/// Whether a skill can be called so; its files are named by it.
#[must_use]
pub(super) fn is_name(name: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    !name.is_empty() && name.len() <= 64 && name.chars().all(fits)
}

/// A TOML string on one line.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            // What cannot be seen is spelled out, so that a reader is not deceived.
            _ if letter.is_control() || is_hidden(letter) => out.push_str(&format!("\\U{:08X}", u32::from(letter))),
            _ => out.push(letter),
        }
    }
    out.push('"');
    out
}

fn list<T: ToString>(items: &[T]) -> String {
    let items: Vec<_> = items.iter().map(|item| quoted(&item.to_string())).collect();
    format!("[{}]", items.join(", "))
}

impl fmt::Display for Skill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "version = {VERSION}\nskill = {}\ngoal = {}", quoted(&self.name), quoted(&self.goal.to_string()))?;
        writeln!(f, "at = {}\nsites = {}", quoted(&self.at), list(&self.sites))?;
        writeln!(f, "demonstrations = {}\nran = {}\nworked = {}", self.demonstrations, self.ran, self.worked)?;
        for (name, parameter) in &self.parameters {
            writeln!(
                f,
                "\n[parameters.{name}]\nkind = {}\nexamples = {}",
                quoted(parameter.kind.as_str()),
                list(&parameter.examples)
            )?;
        }
        for (number, step) in (1..).zip(&self.steps) {
            // A comment ends with its line.
            let told: String =
                step.told().chars().filter(|letter| !letter.is_control() && !is_hidden(*letter)).collect();
            writeln!(f, "\n# {number}. {told}\n[[steps]]")?;
            write_step(f, step)?;
        }
        if self.end != Ending::default() {
            writeln!(f, "\n[end]")?;
            self.end.address.iter().try_for_each(|address| writeln!(f, "address = {}", quoted(address)))?;
            self.end.line.iter().try_for_each(|line| writeln!(f, "line = {}", quoted(&line.to_string())))?;
        }
        Ok(())
    }
}

fn write_step(f: &mut fmt::Formatter<'_>, step: &Step) -> fmt::Result {
    writeln!(f, "verb = {}", quoted(&step.verb))?;
    if let Some((name, value)) = &step.with {
        writeln!(f, "{} = {}", name.as_str(), quoted(&value.to_string()))?;
    }
    if step.optional {
        writeln!(f, "optional = true")?;
    }
    step.each.iter().try_for_each(|each| writeln!(f, "each = {}", quoted(&each.to_string())))?;
    let Some(element) = &step.element else { return Ok(()) };
    writeln!(f, "[steps.element]\nrole = {}\nnames = {}", quoted(&element.role), list(&element.names))?;
    element.record.iter().try_for_each(|record| writeln!(f, "record = {}", quoted(&record.to_string())))?;
    let texts =
        [("label", &element.label), ("context", &element.context), ("tag", &element.tag), ("marks", &element.marks)];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(f, "{name} = {}", quoted(text))?;
    }
    writeln!(f, "place = [{}, {}]", element.place.0, element.place.1)?;
    if !element.changes.is_empty() {
        let changes: Vec<_> = element.changes.iter().map(|(name, count)| format!("{name} = {count}")).collect();
        writeln!(f, "changes = {{ {} }}", changes.join(", "))?;
    }
    Ok(())
}
