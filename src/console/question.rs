//! What a person is asked, in the form in which the page shows it, and what they say.

use lamassu_contract::{Action, Autonomy, Call, Digest, Resource, Rule, Verb, visible};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    journal::{Kind, Record},
    runtime::Request,
    story::told::{self, Argument},
};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Matter {
    /// Whether a held action may be done.
    Hold,
    /// What the planner wants to know.
    Ask,
    /// Whether an action in doubt has happened.
    Settle,
}

/// A question. Every text in it can be shown as it is.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Question {
    /// The same for the same question, before and after a restart.
    pub(super) id: String,
    pub(super) run: String,
    pub(super) matter: Matter,
    /// The number of the step; 0 if it is of none.
    pub(super) step: u64,
    /// Since when it waits, and until when, in milliseconds since 1970; the end is absent while the run is
    /// put aside.
    pub(super) since: u64,
    pub(super) until: Option<u64>,
    /// What is asked about, in a line.
    pub(super) line: String,
    verb: String,
    effect: String,
    on: String,
    /// The planner's reason.
    why: String,
    args: Vec<Argument>,
    /// Argument and name of each secret.
    secrets: Vec<(String, String)>,
    rules: Vec<Rule>,
    /// What else the policy was told of it.
    facts: Vec<(String, String)>,
    /// What would be sent where, if it is a form or a request.
    sends: Vec<(&'static str, String)>,
    /// The level under which a held action is asked about.
    pub(super) autonomy: Option<Autonomy>,
    pub(super) plan: Option<String>,
    pub(super) always: Option<String>,
    /// What the call can be changed in.
    fields: Vec<Field>,
    /// The row of the table that it is done to.
    pub(super) target: Option<u32>,
    /// The digest that an answer is bound to.
    pub(super) digest: String,
    #[serde(skip)]
    pub(super) call: Option<Call>,
}

/// One argument, as a form asks for it.
#[derive(Debug, Clone, Serialize)]
struct Field {
    name: String,
    about: String,
    /// The type of its JSON Schema; `json` for any.
    kind: String,
    needed: bool,
    value: Value,
}

/// What somebody says to a question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", tag = "say")]
pub(super) enum Said {
    Approve,
    Plan,
    Always,
    Edit { args: serde_json::Map<String, Value> },
    Reject { why: String },
    Level { autonomy: Autonomy },
    Stop,
    Answer { text: String },
    Settle { landed: bool },
}

impl Said {
    /// In a word, for those who did not say it.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Plan => "approved as a plan",
            Self::Always => "approved, and will not be asked again",
            Self::Edit { .. } => "edited",
            Self::Reject { .. } => "rejected",
            Self::Level { .. } => "changed the level",
            Self::Stop => "stopped the run",
            Self::Answer { .. } => "answered",
            Self::Settle { landed: true } => "said that it happened",
            Self::Settle { landed: false } => "said that it did not happen",
        }
    }
}

/// When a question was asked and in which run.
pub(super) struct Occasion<'a> {
    pub(super) run: &'a str,
    pub(super) step: u64,
    pub(super) since: u64,
    pub(super) tools: &'a [(String, Vec<Verb>)],
}

impl Question {
    /// A question about the held action of `request`.
    pub(super) fn held(request: &Request, occasion: &Occasion<'_>) -> Self {
        let digest = request.digest.to_string();
        let plain = Self::about(Matter::Hold, &digest, request.action.line(), occasion);
        Self {
            why: visible(&request.why),
            rules: shown(&request.rules),
            autonomy: Some(request.autonomy),
            plan: request.plan.as_ref().map(ToString::to_string),
            always: request.always.as_deref().map(lines),
            ..plain.of_action(&request.action, request.action.call(), occasion.tools)
        }
    }

    /// What the planner asks.
    pub(super) fn asked(question: &str, occasion: &Occasion<'_>) -> Self {
        let digest = Digest::of(&json!(question)).to_string();
        Self::about(Matter::Ask, &digest, question, occasion)
    }

    /// Whether the recorded action `value` has happened.
    pub(super) fn doubtful(value: &Value, occasion: &Occasion<'_>) -> Self {
        let line = value.get("summary").and_then(Value::as_str).unwrap_or_default();
        let question = Self::about(Matter::Settle, &Digest::of(value).to_string(), line, occasion);
        Self { args: told::arguments(&json!({ "action": value })), ..question }
    }

    /// What a run waits for that ends with `records`, if it waits for something.
    pub(super) fn parked(records: &[Record], occasion: &Occasion<'_>) -> Option<Self> {
        let last = records.last()?;
        let (value, occasion) = (&last.value, Occasion { since: last.at, ..*occasion });
        match last.kind {
            Kind::Proposal => {
                let question = value.pointer("/proposal/ask").and_then(Value::as_str)?;
                Some(Self::asked(question, &occasion))
            }
            Kind::Judgement if told::text(value, "/verdict") == "hold" => Self::held_before(records, &occasion),
            // What was allowed has no outcome, or one that nobody can tell.
            Kind::Judgement if told::text(value, "/verdict") == "go" => {
                value.get("action").map(|action| Self::doubtful(action, &occasion))
            }
            Kind::Outcome if value.pointer("/tried/outcome/may_have_landed").is_some() => {
                let judged = records.iter().rev().find(|record| record.kind == Kind::Judgement)?;
                judged.value.get("action").map(|action| Self::doubtful(action, &occasion))
            }
            _ => None,
        }
    }

    fn held_before(records: &[Record], occasion: &Occasion<'_>) -> Option<Self> {
        let value = &records.last()?.value;
        let action = Action::from_value(value.get("action")?).ok()?;
        let why = records.iter().rev().find(|record| record.kind == Kind::Proposal);
        let plain = Self::about(Matter::Hold, &told::text(value, "/digest"), action.line(), occasion);
        let rules = value.get("rules").cloned().and_then(|rules| serde_json::from_value::<Vec<Rule>>(rules).ok());
        Some(Self {
            why: why.map(|record| told::text(&record.value, "/why")).unwrap_or_default(),
            rules: shown(&rules.unwrap_or_default()),
            autonomy: value.pointer("/standing/autonomy").and_then(Value::as_str).and_then(Autonomy::named),
            ..plain.of_action(&action, action.call(), occasion.tools)
        })
    }

    fn about(matter: Matter, digest: &str, line: &str, occasion: &Occasion<'_>) -> Self {
        let word = match matter {
            Matter::Hold => "hold",
            Matter::Ask => "ask",
            Matter::Settle => "settle",
        };
        let short: String = digest.chars().take(16).collect();
        Self {
            id: format!("{}.{word}.{short}", occasion.run),
            run: occasion.run.to_owned(),
            matter,
            step: occasion.step,
            since: occasion.since,
            until: None,
            line: visible(line),
            verb: String::new(),
            effect: String::new(),
            on: String::new(),
            why: String::new(),
            args: Vec::new(),
            secrets: Vec::new(),
            rules: Vec::new(),
            facts: Vec::new(),
            sends: Vec::new(),
            autonomy: None,
            plan: None,
            always: None,
            fields: Vec::new(),
            target: None,
            digest: digest.to_owned(),
            call: None,
        }
    }

    fn of_action(self, action: &Action, call: &Call, tools: &[(String, Vec<Verb>)]) -> Self {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Self {
            verb: call.name(),
            effect: action.effect().to_string(),
            on: visible(&action.resource().to_string()),
            args: told::arguments(&json!({ "action": action.to_value() })),
            secrets: action.secrets().iter().map(|(name, secret)| (visible(name), visible(secret))).collect(),
            facts: action.facts().iter().map(|(name, value)| (visible(name), visible(&text(value)))).collect(),
            sends: sends(action),
            fields: fields(call, tools),
            call: Some(call.clone()),
            ..self
        }
    }
}

fn shown(rules: &[Rule]) -> Vec<Rule> {
    rules.iter().map(|rule| Rule { id: visible(&rule.id), because: visible(&rule.because) }).collect()
}

/// Text of several lines, with nothing in it that cannot be seen.
fn lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// Where something goes, and how much of it.
fn sends(action: &Action) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    match action.resource() {
        Resource::Element(element) => {
            let form = element.form.as_ref().map(|form| format!("{} {}", form.method.to_uppercase(), form.action));
            rows.extend(form.map(|form| ("form", form)));
            rows.extend(element.link.as_ref().map(|link| ("leads to", link.to_string())));
            rows.push(("page", element.page.to_string()));
        }
        Resource::Url(url) => {
            let method = action.facts().get("method").and_then(Value::as_str).unwrap_or("GET");
            rows.push(("request", format!("{method} {url}")));
        }
        _ => {}
    }
    rows.into_iter().map(|(name, value)| (name, visible(&value))).collect()
}

/// The arguments that the verb of `call` takes, with those that it has.
fn fields(call: &Call, tools: &[(String, Vec<Verb>)]) -> Vec<Field> {
    let verbs = tools.iter().filter(|(tool, _)| *tool == call.tool).flat_map(|(_, verbs)| verbs);
    let Some(verb) = verbs.into_iter().find(|verb| verb.name == call.verb) else { return Vec::new() };
    let needed = verb.schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let properties = verb.schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties
        .map(|(name, schema)| Field {
            name: name.clone(),
            about: told::text(schema, "/description"),
            kind: schema.get("type").and_then(Value::as_str).unwrap_or("json").to_owned(),
            needed: needed.contains(&json!(name)),
            value: call.args.get(name).cloned().unwrap_or_default(),
        })
        .collect()
}
