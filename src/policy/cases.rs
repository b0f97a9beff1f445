//! `cases.toml`: what the rules are meant to decide, tried every time they are loaded.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::Arc,
};

use lamassu_contract::{
    Action, Approval, Autonomy, Call, Decision, Effect, Element, Field, File, FileKind, Form, Gate, Kind, Limits, Mode,
    Observation, Policy as _, PolicyError, Provenance, Question, Resource, Rule, Secret, Spent, Standing, Vault, Verb,
    Verdict,
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
    /// Verbs of a tool called `case` that there is for the cases alone.
    #[serde(default)]
    verbs: BTreeMap<String, Made>,
    #[serde(default)]
    case: Vec<Case>,
}

/// A verb that is made up.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Made {
    effect: Effect,
    args: Vec<String>,
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
    /// Argument to what the secret that it stands for is bound to.
    #[serde(default)]
    secrets: BTreeMap<String, Bound>,
    #[serde(default)]
    tainted_by: BTreeSet<String>,
    /// The tools whose words are the user's own affair.
    #[serde(default)]
    keeps: Vec<String>,
    /// How much the run does without asking.
    #[serde(default)]
    autonomy: Autonomy,
    /// What the run has used up.
    #[serde(default)]
    spent: Spent,
    /// What it may use up.
    #[serde(default)]
    limits: Limits,
    /// What the user has said besides the arguments that are their own.
    #[serde(default)]
    goal: String,
    expect: Expected,
    /// A rule that must be among those that decided; empty if no rule may.
    rule: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Expected {
    Allow,
    Ask,
    Deny,
}

impl Expected {
    pub(super) fn as_str(self) -> &'static str {
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

/// What a secret is bound to: origins alone, or more.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Bound {
    Origins(Vec<String>),
    More(Binding),
}

/// The origins of a secret, with the kind of field or the header that it may go into.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Binding {
    /// Its name, if a rule asks for it.
    name: Option<String>,
    at: Vec<String>,
    field: Option<Field>,
    header: Option<String>,
}

impl Bound {
    /// The name of the secret that stands for `argument`.
    fn name<'a>(&'a self, argument: &'a str) -> &'a str {
        match self {
            Self::More(Binding { name: Some(name), .. }) => name,
            _ => argument,
        }
    }

    fn secret(&self) -> Secret {
        let at = |origins: &[String]| origins.iter().fold(Secret::new(""), |secret, origin| secret.at(origin));
        match self {
            Self::Origins(origins) => at(origins),
            Self::More(Binding { at: origins, field, header, .. }) => {
                let secret = field.iter().fold(at(origins), |secret, field| secret.field(*field));
                header.iter().fold(secret, |secret, header| secret.header(header))
            }
        }
    }
}

/// A value and its source, such as `page:https://evil.test` or `model`, and the text that it stood
/// in there if it was not all there was.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    value: Value,
    from: String,
    within: Option<String>,
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
    /// Where its form is sent.
    form: Option<Url>,
    /// How its form is sent; by POST, unless it is said.
    method: Option<String>,
    #[serde(default)]
    secret_field: bool,
    field: Option<Field>,
}

/// The verbs that `text` makes up for its cases.
pub(super) fn verbs(text: &Text) -> Result<(String, Vec<Verb>), PackError> {
    let cases: Cases = toml::from_str(&text.body).map_err(|error| Fault::toml(text, &error))?;
    let made = cases.verbs.iter().map(|(name, made)| {
        let verb = Verb::new(name, made.effect, "made up for the cases");
        made.args.iter().fold(verb, |verb, arg| verb.takes(arg, Kind::Json, "made up for the cases"))
    });
    Ok(("case".to_owned(), made.collect()))
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

/// What the gate says of `action`, and by which rules. What it permits is not done.
pub(super) fn verdict(
    policy: &Arc<CedarPolicy>,
    vault: Vault,
    action: Action,
    standing: &Standing,
) -> (Expected, Vec<Rule>) {
    let gate = Gate::new(Arc::<CedarPolicy>::clone(policy), Arc::new(vault));
    match gate.judge(action, standing) {
        Verdict::Go(permit) => (Expected::Allow, permit.rules().to_vec()),
        Verdict::Hold(held) => (Expected::Ask, held.rules().to_vec()),
        Verdict::Stop(refusal) => (Expected::Deny, refusal.rules),
    }
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
        let vault = self.vault();
        let used = |(argument, name): (&String, &String)| vault.would_use(argument, name);
        let secrets: Vec<_> = action.secrets().iter().filter_map(used).collect();
        let consent = Approval { by: "user".to_owned(), digest: action.digest(), at: standing.now - 1000 };
        let decide = |approval| {
            let question = Question { action: &action, secrets: &secrets, standing: &standing, approval };
            let failed = |error: PolicyError| Rule::new("gate.error", error.to_string());
            policy.decide(&question).unwrap_or_else(|error| Decision { allowed: false, rules: vec![failed(error)] })
        };
        Tried { name: self.name.get_ref().clone(), alone: decide(None), consented: decide(Some(&consent)) }
    }

    fn judge(&self, book: &Book, policy: &Arc<CedarPolicy>) -> (Expected, Vec<Rule>) {
        verdict(policy, self.vault(), self.action(book), &self.standing())
    }

    fn vault(&self) -> Vault {
        let secrets = self.secrets.iter();
        secrets.fold(Vault::default(), |vault, (argument, bound)| vault.with(bound.name(argument), bound.secret()))
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
        for (argument, bound) in &self.secrets {
            action = action.uses_secret(argument, bound.name(argument));
        }
        action.traced(&self.provenance())
    }

    /// A run that has been told and has read what the arguments say.
    fn provenance(&self) -> Provenance {
        let told: Vec<_> = self.args.values().filter(|given| given.from() == "goal").map(Given::text).collect();
        let told = std::iter::once(self.goal.clone()).chain(told).collect::<Vec<_>>();
        let mut run = Provenance::new(&told.join("\n"), &BTreeMap::new());
        self.keeps.iter().for_each(|tool| run.keep(tool));
        for given in self.args.values() {
            if let Some(observation) = observation(given.from(), given.seen()) {
                run.witness(&observation, 1);
            }
        }
        run
    }

    fn standing(&self) -> Standing {
        Standing {
            steps: 1,
            autonomy: self.autonomy,
            seconds: 1,
            tainted_by: self.tainted_by.clone(),
            now: 1_700_000_000_000,
            spent: self.spent.clone(),
            limits: self.limits,
            ..Standing::new("case", "lamassu", "user", Mode::Script)
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

    /// The text that it was read in.
    fn seen(&self) -> String {
        match self {
            Self::Read(Read { within: Some(text), .. }) => text.clone(),
            _ => self.text(),
        }
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
        let method = self.method.clone().unwrap_or_else(|| "post".to_owned());
        Element {
            page: self.page.clone(),
            origin: self.frame.clone().unwrap_or_else(origin),
            role: self.role.clone(),
            name: self.name.clone(),
            link: self.link.clone(),
            form: self.form.clone().map(|action| Form { action, method }),
            secret_field: self.secret_field,
            field: self.field,
        }
    }
}
