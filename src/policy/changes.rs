//! Single changes of a question, each with the sentence that says it.

use lamassu_contract::{Action, Effect, Resource};
use serde_json::{Value, json};
use url::Url;

use super::{
    Backtest, Parameters, host,
    manifest::Kind,
    recorded::{Recorded, Word},
    why,
};

/// A place that no run has been to.
const ELSEWHERE: &str = "https://elsewhere.invalid";
/// More than any budget.
const VERY_MANY: u64 = 1 << 50;

/// A question with what is filled in.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) recorded: Recorded,
    pub(super) parameters: Parameters,
}

/// One change.
#[derive(Debug, Clone)]
pub(super) struct Change {
    sentence: String,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// The action has this value at this place of its record.
    At(String, Value),
    /// The request has this method, and reaches as far as one of this method does.
    Method(&'static str, Effect),
    /// A page, form or link, or an address, is of another site.
    Elsewhere(&'static str),
    /// Has not read this.
    Unread(Option<String>),
    /// Has read this.
    Read(String),
    /// A parameter has this entry too.
    Named(String, String),
    /// A parameter lacks this entry.
    Unnamed(String, String),
    /// The secrets may be used where they would go.
    Bound(Vec<String>),
    /// They may be used nowhere.
    Unbound,
    /// So much has been used.
    Used(Count, u64),
}

/// What is counted in a run.
#[derive(Debug, Clone, Copy)]
enum Count {
    Steps,
    Seconds,
    Tokens,
}

impl Count {
    fn word(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Seconds => "seconds",
            Self::Tokens => "tokens",
        }
    }
}

impl Change {
    fn new(sentence: impl Into<String>, what: What) -> Self {
        Self { sentence: sentence.into(), what }
    }

    /// The changed case; none if the change makes no sense there.
    pub(super) fn made(&self, case: &Case) -> Option<Case> {
        let mut case = case.clone();
        let Case { recorded, parameters } = &mut case;
        match &self.what {
            What::At(place, value) => recorded.action = with(&recorded.action, place, value.clone())?,
            What::Method(method, effect) => {
                let action = with(&recorded.action, "/facts/method", json!(method))?;
                let action = with(&action, "/effect", json!(effect))?;
                // A GET request has nothing in it.
                let empty = (*method == "GET").then(|| with(&action, "/facts/bodyBytes", json!(0))).flatten();
                recorded.action = empty.unwrap_or(action);
            }
            What::Elsewhere(place) => recorded.action = elsewhere(&recorded.action, place)?,
            What::Unread(Some(source)) => drop(recorded.standing.tainted_by.remove(source)),
            What::Unread(None) => recorded.standing.tainted_by.clear(),
            What::Read(source) => drop(recorded.standing.tainted_by.insert(source.clone())),
            What::Named(name, entry) => parameters.entry(name.clone()).or_default().push(entry.clone()),
            What::Unnamed(name, entry) => parameters.get_mut(name)?.retain(|known| known != entry),
            What::Bound(origins) => {
                recorded.secrets.iter_mut().for_each(|secret| secret.origins.extend(origins.iter().cloned()));
            }
            What::Unbound => recorded.secrets.iter_mut().for_each(|secret| secret.origins.clear()),
            What::Used(Count::Steps, used) => recorded.standing.steps = *used,
            What::Used(Count::Seconds, used) => recorded.standing.seconds = *used,
            What::Used(Count::Tokens, used) => recorded.standing.tokens = *used,
        }
        Some(case)
    }

    /// The condition in words. A count is narrowed down to where it turns.
    pub(super) fn when(&self, backtest: &Backtest, base: &Case, word: Word) -> String {
        let What::Used(count, end) = self.what else { return self.sentence.clone() };
        let start = used(&base.recorded, count);
        let turns = |used: u64| {
            let case = Self::new("", What::Used(count, used)).made(base);
            case.and_then(|case| why::judge(backtest, &case)).is_some_and(|(now, _)| now != word)
        };
        // The first count on the way from `start` to `end` that turns it; rules draw one line.
        let (mut stays, mut turned) = (start, end);
        while stays.abs_diff(turned) > 1 {
            let middle = stays.midpoint(turned);
            *(if turns(middle) { &mut turned } else { &mut stays }) = middle;
        }
        let than = if end < start { "at most" } else { "as many as" };
        format!("{than} {turned} {} had been used, not {start}", count.word())
    }
}

fn used(recorded: &Recorded, count: Count) -> u64 {
    match count {
        Count::Steps => recorded.standing.steps,
        Count::Seconds => recorded.standing.seconds,
        Count::Tokens => recorded.standing.tokens,
    }
}

/// The changes that may turn a verdict of `word`: towards more if it is a denial or waits, else
/// towards less.
pub(super) fn of(backtest: &Backtest, case: &Case, word: Word) -> Vec<Change> {
    if word == Word::Allow { for_less(case) } else { for_more(backtest, case) }
}

fn for_more(backtest: &Backtest, case: &Case) -> Vec<Change> {
    let Recorded { action, standing, .. } = &case.recorded;
    let mut changes = Vec::new();
    for (name, argument) in action.args().iter().filter(|(_, argument)| !argument.label.is_trusted()) {
        let sentence = format!("`{name}` came from the user, not from {}", argument.label);
        changes.push(Change::new(sentence, label(name, "goal")));
    }
    for source in &standing.tainted_by {
        changes.push(Change::new(format!("the run had not read {source}"), What::Unread(Some(source.clone()))));
    }
    if standing.tainted_by.len() > 1 {
        changes.push(Change::new("the run had read nothing from outside", What::Unread(None)));
    }
    changes.extend(names(backtest, action));
    let weaker = [Effect::Egress, Effect::Write, Effect::Read].into_iter().filter(|effect| *effect < action.effect());
    changes.extend(weaker.map(effect));
    let all = places(action).into_iter().map(|(_, origin)| origin).collect::<Vec<_>>();
    for secret in &case.recorded.secrets {
        let sentence = format!("the secret `{}` were bound to {}", secret.name, all.join(" and "));
        changes.push(Change::new(sentence, What::Bound(all.clone())));
    }
    if let Some(method) = action.facts().get("method").and_then(Value::as_str).filter(|method| *method != "GET") {
        let what = What::Method("GET", Effect::Egress);
        changes.push(Change::new(format!("it were a GET request without a body, not {method}"), what));
    }
    changes.extend(flags(action, Word::Deny));
    changes.extend(closer(action));
    let counts =
        [Count::Steps, Count::Seconds, Count::Tokens].into_iter().filter(|count| used(&case.recorded, *count) > 0);
    changes.extend(counts.map(|count| Change::new("", What::Used(count, 0))));
    changes
}

fn for_less(case: &Case) -> Vec<Change> {
    let action = &case.recorded.action;
    let mut changes = Vec::new();
    for (name, argument) in action.args() {
        if argument.label.is_trusted() {
            changes.push(Change::new(format!("the planner had made `{name}` up"), label(name, "model")));
        }
        let read = json!([{ "kind": "page", "of": ELSEWHERE }]);
        let what = What::At(format!("/args/{}/label", escaped(name)), read);
        changes.push(Change::new(format!("`{name}` had been read from some page"), what));
    }
    if case.recorded.standing.tainted_by.is_empty() {
        let what = What::Read(format!("page:{ELSEWHERE}"));
        changes.push(Change::new("the run had read something from outside", what));
    }
    for (name, entry) in case.parameters.iter().flat_map(|(name, list)| list.iter().map(move |entry| (name, entry))) {
        let what = What::Unnamed(name.clone(), entry.clone());
        changes.push(Change::new(format!("`{entry}` were not among `{name}`"), what));
    }
    let stronger = [Effect::Egress, Effect::Consequential, Effect::Irreversible];
    changes.extend(stronger.into_iter().filter(|effect| *effect > action.effect()).map(effect));
    for (pointer, what) in
        [("/resource/url", "it"), ("/resource/element/form/action", "its form"), ("/resource/element/link", "its link")]
    {
        changes.push(Change::new(format!("{what} led to another site"), What::Elsewhere(pointer)));
    }
    changes.push(Change::new("it stood in a frame of another site", What::Elsewhere("/resource/element/origin")));
    changes.push(Change::new("the page were of another site", What::Elsewhere("/resource/element/page")));
    if !case.recorded.secrets.is_empty() {
        changes.push(Change::new("the secret were not bound to this place", What::Unbound));
    }
    if action.facts().get("method").and_then(Value::as_str) == Some("GET") {
        changes.push(Change::new("it were a POST request", What::Method("POST", Effect::Consequential)));
    }
    changes.extend(flags(action, Word::Allow));
    for count in [Count::Steps, Count::Seconds, Count::Tokens] {
        changes.push(Change::new("", What::Used(count, VERY_MANY)));
    }
    changes
}

/// Facts that are true or false, the other way round: towards less if a verdict of `word` is to
/// become milder, else towards more.
fn flags(action: &Action, word: Word) -> impl Iterator<Item = Change> {
    let are = word != Word::Allow;
    let words = [
        ("submits", "it did not send the form", "it sent the form"),
        ("replaces", "nothing stood there already", "something stood there already"),
    ];
    let facts = action.facts();
    let found = words.into_iter().filter(move |(name, ..)| facts.get(*name) == Some(&json!(are)));
    found.map(move |(name, not, yes)| fact(if are { not } else { yes }, name, json!(!are)))
}

/// A form or a link that stays on its own page's site, or is not there.
fn closer(action: &Action) -> Vec<Change> {
    let Resource::Element(element) = action.resource() else { return Vec::new() };
    let mut changes = Vec::new();
    if element.form.is_some() {
        let what = What::At("/resource/element/form/action".to_owned(), json!(element.page));
        changes.push(Change::new("its form were sent to the site of the page", what));
        let what = What::At("/resource/element/form".to_owned(), Value::Null);
        changes.push(Change::new("it belonged to no form", what));
    }
    if element.link.is_some() {
        let what = What::At("/resource/element/link".to_owned(), json!(element.page));
        changes.push(Change::new("it led to the site of the page", what));
    }
    if element.page.origin().ascii_serialization() != element.origin {
        let what = What::At("/resource/element/origin".to_owned(), json!(element.page.origin().ascii_serialization()));
        changes.push(Change::new("it did not stand in a frame of another site", what));
    }
    changes
}

/// Every parameter with one more entry: an origin, or the host, that the action touches.
fn names(backtest: &Backtest, action: &Action) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, kind) in backtest.parameters() {
        let mut entries: Vec<String> = match kind {
            Kind::Sites => places(action).into_iter().map(|(_, origin)| origin).collect(),
            Kind::Hosts => hosts(action),
        };
        entries.dedup();
        for entry in entries {
            let sentence = format!("`{entry}` were among `{name}`");
            changes.push(Change::new(sentence, What::Named(name.clone(), entry)));
        }
    }
    changes
}

/// The origins that an action touches, each with what it is of.
pub(super) fn places(action: &Action) -> Vec<(&'static str, String)> {
    let of = |url: &Url| host::origin(url).map(|origin| origin.id);
    let found = match action.resource() {
        Resource::Url(url) => vec![("url", of(url))],
        Resource::Element(element) => vec![
            ("frame", host::spelled(&element.origin).map(|origin| origin.id)),
            ("page", of(&element.page)),
            ("form", element.form.as_ref().and_then(|form| of(&form.action))),
            ("link", element.link.as_ref().and_then(of)),
        ],
        Resource::Address { .. } | Resource::File(_) | Resource::Thing { .. } => Vec::new(),
    };
    let mut known = std::collections::BTreeSet::new();
    found
        .into_iter()
        .filter_map(|(of, origin)| Some((of, origin?)))
        .filter(|(_, id)| known.insert(id.clone()))
        .collect()
}

fn hosts(action: &Action) -> Vec<String> {
    match action.resource() {
        Resource::Address { host, .. } => host::host(host).into_iter().collect(),
        Resource::Url(url) => host::origin(url).map(|origin| origin.host).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn label(argument: &str, kind: &str) -> What {
    What::At(format!("/args/{}/label", escaped(argument)), json!([{ "kind": kind }]))
}

fn effect(effect: Effect) -> Change {
    Change::new(format!("its effect were `{effect}`"), What::At("/effect".to_owned(), json!(effect)))
}

fn fact(sentence: &str, name: &str, value: Value) -> Change {
    Change::new(sentence, What::At(format!("/facts/{name}"), value))
}

/// A name as a JSON pointer writes it.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The action with another value at `place` of its record.
fn with(action: &Action, place: &str, value: Value) -> Option<Action> {
    let mut written = action.to_value();
    *written.pointer_mut(place)? = value;
    Action::from_value(&written).ok()
}

/// The action with the address or origin at `place` moved to another site.
fn elsewhere(action: &Action, place: &str) -> Option<Action> {
    let written = action.to_value();
    let known = Url::parse(written.pointer(place)?.as_str()?).ok()?;
    let moved = if place.ends_with("/origin") {
        ELSEWHERE.to_owned()
    } else {
        let mut moved = Url::parse(ELSEWHERE).ok()?;
        moved.set_path(known.path());
        moved.to_string()
    };
    with(action, place, json!(moved))
}
