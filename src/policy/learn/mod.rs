//! Least privilege from recorded runs: the pack that permits what they did, and as little else as
//! the user wants.

mod cases;
mod page;
mod rules;
pub(super) mod shape;
mod shown;
pub(super) mod text;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use lamassu_contract::{Effect, FileKind, Resource, Verb};
use serde_json::Value;

use super::{
    CedarPolicy, PackError, Parameters,
    backtest::by,
    cedar,
    recorded::{Bindings, Recorded, Unjudged, Word},
    schema::Schema,
    text::{Files, Text},
};

pub use shown::Shown;

/// How far what was done is taken for what may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum General {
    /// These elements by role and name, these paths, these files.
    Exact,
    /// Any element of these forms, addresses below the same first part of the path, files of these
    /// folders.
    Form,
    /// These verbs anywhere at these origins, forms and links no further than they led; files of
    /// these folders.
    Site,
}

/// Something that was done.
#[derive(Debug, Clone)]
struct Deed {
    recorded: Recorded,
    /// As strong as its verb is at least.
    effect: Effect,
    /// Whether a person had to agree.
    asked: bool,
}

impl Deed {
    /// Whether it wrote a file where none was.
    fn makes_a_file(&self) -> bool {
        let action = &self.recorded.action;
        let absent = matches!(action.resource(), Resource::File(file) if file.kind == FileKind::Absent);
        absent && action.call().name() == "files.write"
    }
}

/// Gathers what runs did.
#[derive(Debug)]
pub struct Learner {
    name: String,
    general: General,
    schema: Schema,
    verbs: Vec<(String, Vec<Verb>)>,
    deeds: Vec<Deed>,
    assets: BTreeSet<String>,
    private: BTreeSet<String>,
    left_out: BTreeMap<String, usize>,
}

/// A pack as the text of its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// `pack.toml`.
    pub manifest: String,
    /// `rules.cedar`.
    pub rules: String,
    /// `cases.toml`.
    pub cases: String,
    /// How many things that were done it was learned from.
    pub deeds: usize,
    /// How many of its rules permit.
    pub permits: usize,
    /// How many of its rules make a person be asked.
    pub asks: usize,
    /// How many cases it passes, its own and none else.
    pub passed: usize,
    /// What the user has to know.
    pub notes: Vec<String>,
}

/// Why nothing was learned.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// Nothing that was done is on record.
    #[error("these runs did nothing that a rule could permit; see `lamassu runs show RUN`")]
    Nothing,
    /// The name cannot stand in the ids of rules.
    #[error("`{0}` cannot be a pack's name; take letters, digits and `-`, or give another with `--name`")]
    Name(String),
    /// What was learned does not load.
    #[error("what was learned does not load, which is a mistake of the program: {0}")]
    Pack(#[from] PackError),
    /// What was learned does not permit what was done.
    #[error("what was learned would decide {now} where the run had {was}, which is a mistake of the program: {action}")]
    Unfaithful {
        /// The action in one line.
        action: String,
        /// The word in the run.
        was: Word,
        /// The word now.
        now: Word,
    },
}

impl Learner {
    /// Begins to learn a pack called `name`. `verbs` are those of the tools there are.
    ///
    /// # Errors
    ///
    /// [`LearnError::Name`]; [`LearnError::Pack`] if the verbs do not fit the schema.
    pub fn new(name: &str, general: General, verbs: &[(String, Vec<Verb>)]) -> Result<Self, LearnError> {
        let reserved = ["guard", "base", "gate", "person"].contains(&name);
        if reserved || name.is_empty() || name.chars().any(|c| !c.is_ascii_alphanumeric() && !"-_".contains(c)) {
            return Err(LearnError::Name(name.to_owned()));
        }
        Ok(Self {
            name: name.to_owned(),
            general,
            schema: Schema::new(verbs)?,
            verbs: verbs.to_vec(),
            deeds: Vec::new(),
            assets: BTreeSet::new(),
            private: BTreeSet::new(),
            left_out: BTreeMap::new(),
        })
    }

    /// Takes note of what was filled in when a run was recorded.
    pub fn filled(&mut self, parameters: &Parameters) {
        self.assets.extend(parameters.get("assets").into_iter().flatten().cloned());
        self.private.extend(parameters.get("private").into_iter().flatten().cloned());
    }

    /// Takes note of the recorded judgement `value`. If it waited, `agreed` is who agreed to it.
    pub fn judged(&mut self, value: &Value, agreed: Option<&str>, bindings: &Bindings) {
        let recorded = match Recorded::read(value, bindings) {
            Ok(recorded) => recorded,
            Err(Unjudged::NotAsked | Unjudged::Consent) => return,
            Err(problem) => return self.leave_out(problem.to_string()),
        };
        let done = recorded.word == Word::Allow || (recorded.word == Word::Ask && agreed.is_some());
        if !done {
            return;
        }
        let name = recorded.action.call().name();
        let Some(least) = self.schema.effect(&name) else {
            return self.leave_out(format!("`{name}` is of a tool that is unknown here"));
        };
        if shape::Scope::of(&recorded.action, self.general).is_none() {
            return self.leave_out(format!("`{name}` touches nothing that a rule could name"));
        }
        let effect = recorded.action.effect().max(least);
        let asked = recorded.word == Word::Ask;
        self.deeds.push(Deed { recorded, effect, asked });
    }

    fn leave_out(&mut self, why: String) {
        *self.left_out.entry(why).or_default() += 1;
    }

    /// The pack that permits what was noted. It has been loaded, passes its cases, and permits
    /// everything that was done.
    ///
    /// # Errors
    ///
    /// [`LearnError`] if there is nothing to learn from.
    pub fn learn(mut self) -> Result<Learned, LearnError> {
        self.heed_guards()?;
        if self.deeds.is_empty() {
            return Err(LearnError::Nothing);
        }
        let units = rules::units(&self.deeds, self.general);
        let page = page::Page::of(&self.deeds, &self.assets);
        let (rules, permits, asks) = rules::text(&self.name, &units, page.as_ref());
        let cases = cases::text(&self.deeds, self.general, &units, page.as_ref());
        let manifest = self.manifest(page.as_ref());
        let text = |name: &str, body: &str| Text { name: name.to_owned(), body: body.to_owned() };
        let files = Files {
            manifest: text("pack.toml", &manifest),
            rules: vec![text("rules.cedar", &rules)],
            cases: text("cases.toml", &cases),
        };
        let passed = self.tried(&files)?;
        let (deeds, notes) = (self.deeds.len(), self.notes());
        Ok(Learned { manifest, rules, cases, deeds, permits, asks, passed, notes })
    }

    /// Leaves out what the guards forbid whatever a pack says. A run under a policy of an app's own
    /// may have done such things, and a record in which a secret is redacted seems to.
    fn heed_guards(&mut self) -> Result<(), LearnError> {
        let (book, _) = cedar::book(&anything(), &self.verbs)?;
        let policy = CedarPolicy::new(Arc::clone(&book), book.manifest().groups(&Parameters::new())?);
        let deeds = std::mem::take(&mut self.deeds);
        for deed in deeds {
            match deed.recorded.judge(&policy) {
                (Word::Allow, _) => self.deeds.push(deed),
                (_, rules) => self.leave_out(format!("it is denied whatever a pack says {}", by(&rules))),
            }
        }
        Ok(())
    }

    /// Loads the pack and holds it against what was done.
    fn tried(&self, files: &Files) -> Result<usize, LearnError> {
        let (book, report) = cedar::book(files, &self.verbs)?;
        let groups = book.manifest().groups(&Parameters::new())?;
        let policy = CedarPolicy::new(Arc::clone(&book), groups);
        for deed in &self.deeds {
            let (now, _) = deed.recorded.judge(&policy);
            if now == Word::Deny || (deed.asked && now == Word::Allow) {
                let action = deed.recorded.line().to_owned();
                return Err(LearnError::Unfaithful { action, was: deed.recorded.word, now });
            }
        }
        Ok(report.cases)
    }

    fn manifest(&self, page: Option<&page::Page>) -> String {
        let how = match self.general {
            General::Exact => "exactly what they did",
            General::Form => "what they did, on the forms and below the paths they used",
            General::Site => "what they did, anywhere on the sites they used",
        };
        let about =
            format!("Learned from recorded runs: {how}. What a person agreed to, a person is asked about again.");
        let mut text = format!("name = {}\nabout = {}\n", text::toml(&self.name), text::toml(&about));
        if page.is_some() && !self.assets.is_empty() {
            let entries: Vec<_> = self.assets.iter().map(|entry| text::toml(entry)).collect();
            let about =
                "hosts that the pages may load pictures, styles, fonts and scripts from, as in the recorded runs";
            text.push_str(&format!(
                "\n[parameters.assets]\nabout = {}\nkind = \"sites\"\ndefault = [{}]\n",
                text::toml(about),
                entries.join(", ")
            ));
        }
        text
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<_> =
            self.left_out.iter().map(|(why, count)| format!("{count} left out because {why}")).collect();
        if self.deeds.iter().any(Deed::makes_a_file) {
            notes.push(
                "a file was made; to replace it next time reaches further, and is not permitted: remove it before, or \
                 learn from a run that replaced it"
                    .to_owned(),
            );
        }
        if !self.private.is_empty() {
            let hosts: Vec<_> = self.private.iter().map(|host| text::toml(host)).collect();
            notes.push(format!(
                "hosts that are not on the public internet are named by whoever runs the task: `private = [{}]` under `[policy]`",
                hosts.join(", ")
            ));
        }
        notes
    }
}

/// A pack that permits all that the guards do not forbid.
fn anything() -> Files {
    let text = |body: &str| Text { name: "anything".to_owned(), body: body.to_owned() };
    Files {
        manifest: text("name = \"anything\"\nabout = \"everything but what the guards forbid\"\n"),
        rules: vec![text("@id(\"anything\")\npermit (principal, action, resource);\n")],
        cases: text("[[case]]\nname = \"a read\"\ncall = \"files.read\"\non.file = \"a\"\nexpect = \"allow\"\n"),
    }
}
