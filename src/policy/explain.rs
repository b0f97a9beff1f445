//! A recorded judgement in words.

use std::{collections::BTreeMap, fmt::Write as _};

use lamassu_contract::{Argument, Resource, Rule, Standing, visible};
use serde::Deserialize;
use serde_json::{Map, Value};

/// As the runtime records it.
#[derive(Debug, Deserialize)]
struct Judgement {
    action: Option<Judged>,
    call: Option<Asked>,
    standing: Option<Standing>,
    verdict: String,
    #[serde(default)]
    rules: Vec<Rule>,
    approved_by: Option<String>,
    failure: Option<Failed>,
}

/// What [`Action::to_value`](lamassu_contract::Action::to_value) wrote, as far as it is told.
#[derive(Debug, Deserialize)]
struct Judged {
    summary: String,
    call: Asked,
    effect: String,
    resource: Resource,
    #[serde(default)]
    args: BTreeMap<String, Argument>,
    #[serde(default)]
    secrets: BTreeMap<String, String>,
    #[serde(default)]
    facts: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    tool: String,
    verb: String,
}

#[derive(Debug, Deserialize)]
struct Failed {
    message: String,
}

/// How much of a value is shown.
const SHOWN: usize = 80;

/// Says what was asked for, upon what, where each argument came from, and which rules decided
/// and why. `recorded` is an object with `action` (as [`Action::to_value`](lamassu_contract::Action::to_value)), `standing`,
/// `verdict` (`go`, `hold`, `stop` or `invalid`), `rules` and `approved_by`.
#[must_use]
pub fn explain(recorded: &Value) -> String {
    match Judgement::deserialize(recorded) {
        Ok(judgement) => judgement.words(),
        Err(error) => format!("this is not the record of a judgement: {error}"),
    }
}

impl Judgement {
    fn words(&self) -> String {
        let mut out = String::new();
        // `write!` to a string cannot fail; so in the whole file.
        match (&self.action, &self.call) {
            (Some(action), _) => action.words(&mut out),
            (None, Some(call)) => drop(writeln!(out, "asked: {}.{}", call.tool, call.verb)),
            (None, None) => {}
        }
        if let Some(standing) = &self.standing {
            let _ = writeln!(out, "run: step {}, for {}, by {}", standing.steps, standing.user, standing.agent);
            if !standing.tainted_by.is_empty() {
                let places: Vec<_> = standing.tainted_by.iter().map(String::as_str).collect();
                let _ = writeln!(out, "  it had read from {}", places.join(", "));
            }
        }
        let _ = writeln!(out, "verdict: {}", self.verdict());
        for rule in &self.rules {
            let why = if rule.because.is_empty() { "its author gave no reason" } else { &rule.because };
            let _ = writeln!(out, "  rule `{}`: {why}", rule.id);
        }
        out.truncate(out.trim_end().len());
        out
    }

    fn verdict(&self) -> String {
        match (self.verdict.as_str(), &self.approved_by, &self.failure) {
            ("go", Some(person), _) => format!("allowed, because {person} agreed to it"),
            ("go", None, _) => "allowed".to_owned(),
            ("hold", ..) => "held until a person agrees to it".to_owned(),
            ("stop", ..) if self.rules.is_empty() => "refused, because no rule allows it".to_owned(),
            ("stop", ..) => "refused".to_owned(),
            ("invalid", _, Some(failure)) => {
                format!("not judged, because the call makes no sense: {}", failure.message)
            }
            (other, ..) => other.to_owned(),
        }
    }
}

impl Judged {
    fn words(&self, out: &mut String) {
        let _ = writeln!(out, "asked: {}", self.summary);
        let _ = writeln!(out, "  action {}.{} with the effect `{}`", self.call.tool, self.call.verb, self.effect);
        let _ = writeln!(out, "  upon {}", self.resource);
        for (name, argument) in &self.args {
            let trust = if argument.label.is_trusted() { "the user's own" } else { "not the user's own" };
            let _ = writeln!(out, "  argument `{name}` = {}: {trust}, from {}", short(&argument.value), argument.label);
        }
        for (name, secret) in &self.secrets {
            let _ = writeln!(out, "  argument `{name}` stands for the secret `{secret}`");
        }
        for (name, value) in &self.facts {
            let _ = writeln!(out, "  fact `{name}` = {}", short(value));
        }
        self.targets(out);
    }

    /// What a rule may have looked at besides the resource's own name.
    fn targets(&self, out: &mut String) {
        let Resource::Element(element) = &self.resource else { return };
        if let Some(form) = &element.form {
            let _ = writeln!(out, "  its form is sent to {} by {}", form.action, form.method);
        }
        if let Some(link) = &element.link {
            let _ = writeln!(out, "  it leads to {link}");
        }
        let page = element.page.origin().ascii_serialization();
        if page != element.origin {
            let _ = writeln!(out, "  it stands in a frame of {} on a page of {page}", element.origin);
        }
    }
}

/// `value` in a line, with nothing in it that a reader would not see.
fn short(value: &Value) -> String {
    let text = visible(&value.to_string());
    if text.chars().count() <= SHOWN {
        return text;
    }
    format!("{}…", text.chars().take(SHOWN).collect::<String>())
}
