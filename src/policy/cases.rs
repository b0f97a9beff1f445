//! `cases.toml`: what the rules are meant to decide, tried every time they are loaded.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::Arc,
};

use lamassu_contract::{
    Action, Approval, Call, Decision, Effect, Element, File, FileKind, Form, Gate, Mode, Observation, Policy as _,
    PolicyError, Provenance, Question, Resource, Rule, Secret, SecretUse, Standing, Vault, Verdict,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use toml::Spanned;
use url::Url;

use super::{
    cedar::{Book, CedarPolicy},
    fault::{Fault, PackError},
    manifest::Parameters,
    text::Text,
};

/// What `cases.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    /// What the parameters are in all cases.
    #[serde(default)]
    parameters: Parameters,
    #[serde(default)]
    case: Vec<Case>,
}

/// One action and the verdict it is meant to get.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: Spanned<String>,
    /// `tool.verb`.
    call: String,
    on: On,
    /// The strongest group of the verb, unless it is said.
    effect: Option<Effect>,
    #[serde(default)]
    args: BTreeMap<String, Given>,
    #[serde(default)]
    facts: Map<String, Value>,
    /// Argument to the origins that the secret it stands for may be used at.
    #[serde(default)]
    secrets: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    tainted_by: BTreeSet<String>,
    expect: Expected,
    /// A rule that must be among those that decided; empty if no rule may.
    rule: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expected {
    Allow,
    Ask,
    Deny,
}

impl Expected {
    fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Ask => "ask",
            Self::Deny => "deny",
        }
    }
}

/// An argument: the user's own value, or one with where it was read.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Given {
    Read(Read),
    Text(String),
    Number(i64),
    Flag(bool),
}

/// A value and its source, such as `page:https://evil.test` or `model`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    value: Value,
    from: String,
}

/// What is acted on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum On {
    Url(Url),
    File(String),
    Folder(String),
    Link(String),
    Element(Box<Part>),
    Address { ip: IpAddr, host: String },
    Thing { kind: String, id: String },
}

/// Something on a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    page: Url,
    /// The frame's origin; the page's, unless it is said.
    frame: Option<String>,
    role: String,
    name: String,
    link: Option<Url>,
    /// Where its form is sent, by POST.
    form: Option<Url>,
    #[serde(default)]
    secret_field: bool,
}

/// What the rules decide on one case, whatever it expects.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) name: String,
    pub(super) alone: Decision,
    /// With the consent of a person a second ago.
    pub(super) consented: Decision,
}

/// Runs every case of `text` and counts them.
pub(super) fn run(text: &Text, book: &Arc<Book>) -> Result<usize, PackError> {
    let (cases, policy) = read(text, book)?;
    let wrong = |case: &Case| {
        let (got, rules) = case.judge(book, &policy);
        let problem = case.complain(got, &rules)?;
        Some(Fault::at(text, case.name.span().start, problem))
    };
    let faults: Vec<_> = cases.case.iter().filter_map(wrong).collect();
    if faults.is_empty() { Ok(cases.case.len()) } else { Err(PackError::Faulty(faults)) }
}

/// Every case of `text`, with and without a consent.
pub(super) fn tried(text: &Text, book: &Arc<Book>) -> Result<Vec<Tried>, PackError> {
    let (cases, policy) = read(text, book)?;
    Ok(cases.case.iter().map(|case| case.tried(book, &policy)).collect())
}

fn read(text: &Text, book: &Arc<Book>) -> Result<(Cases, Arc<CedarPolicy>), PackError> {
    let cases: Cases = toml::from_str(&text.body).map_err(|error| Fault::toml(text, &error))?;
    if cases.case.is_empty() {
        return Err(Fault::at(text, 0, "there is no `[[case]]`; say what the rules are meant to decide").into());
    }
    let groups = book.manifest().groups(&cases.parameters)?;
    Ok((cases, Arc::new(CedarPolicy::new(Arc::clone(book), groups))))
}

impl Case {
    fn tried(&self, book: &Book, policy: &CedarPolicy) -> Tried {
        let (action, standing) = (self.action(book), self.standing());
        let used = |(name, origins): (&String, &Vec<String>)| SecretUse {
            argument: name.clone(),
            name: name.clone(),
            origins: origins.clone(),
        };
        let secrets: Vec<_> = self.secrets.iter().map(used).collect();
        let consent = Approval { by: "user".to_owned(), digest: action.digest(), at: standing.now - 1000 };
        let decide = |approval| {
            let question = Question { action: &action, secrets: &secrets, standing: &standing, approval };
            let failed = |error: PolicyError| Rule::new("gate.error", error.to_string());
            policy.decide(&question).unwrap_or_else(|error| Decision { allowed: false, rules: vec![failed(error)] })
        };
        Tried { name: self.name.get_ref().clone(), alone: decide(None), consented: decide(Some(&consent)) }
    }

    fn judge(&self, book: &Book, policy: &Arc<CedarPolicy>) -> (Expected, Vec<Rule>) {
        let secrets = self.secrets.iter();
        let vault = secrets.fold(Vault::default(), |vault, (name, origins)| {
            vault.with(name, origins.iter().fold(Secret::new(""), |secret, origin| secret.at(origin)))
        });
        let gate = Gate::new(Arc::<CedarPolicy>::clone(policy), Arc::new(vault));
        match gate.judge(self.action(book), &self.standing()) {
            Verdict::Go(permit) => (Expected::Allow, permit.rules().to_vec()),
            Verdict::Hold(held) => (Expected::Ask, held.rules().to_vec()),
            Verdict::Stop(refusal) => (Expected::Deny, refusal.rules),
        }
    }

    /// What is wrong with the verdict, if anything is. An error is never what was meant.
    fn complain(&self, got: Expected, rules: &[Rule]) -> Option<String> {
        let named = match self.rule.as_deref() {
            Some("") => rules.is_empty(),
            Some(id) => rules.iter().any(|rule| rule.id == id),
            None => !rules.iter().any(|rule| rule.id == "gate.error"),
        };
        if got == self.expect && named {
            return None;
        }
        let by = |ids: &[&str]| {
            if ids.is_empty() { "no rule".to_owned() } else { format!("`{}`", ids.join("`, `")) }
        };
        let mut problem = format!("the case `{}` expects {}", self.name.get_ref(), self.expect.as_str());
        if let Some(id) = &self.rule {
            problem.push_str(&format!(" by {}", by(&if id.is_empty() { vec![] } else { vec![id.as_str()] })));
        }
        let ids: Vec<_> = rules.iter().map(|rule| rule.id.as_str()).collect();
        problem.push_str(&format!(", got {} by {}", got.as_str(), by(&ids)));
        if let Some(error) = rules.iter().find(|rule| rule.id == "gate.error") {
            problem.push_str(&format!(": {}", error.because));
        }
        Some(problem)
    }

    fn action(&self, book: &Book) -> Action {
        let (tool, verb) = self.call.split_once('.').unwrap_or((&self.call, ""));
        let call = Call::new(tool, verb);
        let effect = self.effect.or_else(|| book.schema().effect(&self.call)).unwrap_or(Effect::Irreversible);
        let mut action = Action::new(&call, effect, self.on.resource());
        for (name, given) in &self.args {
            action = action.arg(name, given.value());
        }
        for (name, value) in &self.facts {
            action = action.fact(name, value.clone());
        }
        for name in self.secrets.keys() {
            action = action.uses_secret(name, name);
        }
        action.traced(&self.provenance())
    }

    /// A run that has been told and has read what the arguments say.
    fn provenance(&self) -> Provenance {
        let told: Vec<_> = self.args.values().filter(|given| given.from() == "goal").map(Given::text).collect();
        let mut run = Provenance::new(&told.join("\n"), &BTreeMap::new());
        for given in self.args.values() {
            if let Some(observation) = observation(given.from(), given.text()) {
                run.witness(&observation);
            }
        }
        run
    }

    fn standing(&self) -> Standing {
        Standing {
            run: "case".to_owned(),
            agent: "lamassu".to_owned(),
            user: "user".to_owned(),
            mode: Mode::Script,
            steps: 1,
            tokens: 0,
            seconds: 1,
            tainted_by: self.tainted_by.clone(),
            now: 1_700_000_000_000,
        }
    }
}

impl Given {
    fn value(&self) -> Value {
        match self {
            Self::Read(read) => read.value.clone(),
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
        }
    }

    fn from(&self) -> &str {
        if let Self::Read(read) = self { &read.from } else { "goal" }
    }

    fn text(&self) -> String {
        let value = self.value();
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }
}

/// What was seen at `from`, such as `page:https://evil.test`. From anywhere else: the model's own.
fn observation(from: &str, text: String) -> Option<Observation> {
    let (kind, place) = from.split_once(':')?;
    match kind {
        "page" => Some(Observation::from_page(place, text)),
        "url" => Some(Observation::from_url(&Url::parse(place).ok()?, text)),
        "file" => Some(Observation::from_file(place, text)),
        "tool" => Some(Observation::from_tool(place, text)),
        _ => None,
    }
}

impl On {
    fn resource(&self) -> Resource {
        let file = |path: &str, kind| Resource::File(File { path: path.to_owned(), kind, size: 1, links: 1 });
        match self {
            Self::Url(url) => Resource::Url(url.clone()),
            Self::File(path) => file(path, FileKind::Regular),
            Self::Folder(path) => file(path, FileKind::Folder),
            Self::Link(path) => file(path, FileKind::Link),
            Self::Element(part) => Resource::Element(Box::new(part.element())),
            Self::Address { ip, host } => Resource::Address { ip: *ip, port: 443, host: host.clone() },
            Self::Thing { kind, id } => Resource::thing(kind, id),
        }
    }
}

impl Part {
    fn element(&self) -> Element {
        let origin = || self.page.origin().ascii_serialization();
        Element {
            page: self.page.clone(),
            origin: self.frame.clone().unwrap_or_else(origin),
            role: self.role.clone(),
            name: self.name.clone(),
            link: self.link.clone(),
            form: self.form.clone().map(|action| Form { action, method: "post".to_owned() }),
            secret_field: self.secret_field,
        }
    }
}
