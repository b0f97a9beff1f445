//! What to do next: a planner reads a view and proposes.
//!
//! A planner has no memory of its own between proposals. Everything it needs is in the [`View`],
//! so that a run which is resumed from its record goes on as if nothing had happened. It never
//! knows of policy, record or tools: only of what may be asked for and what came back.

pub mod cascade;
pub mod local;
#[cfg(feature = "model")]
pub mod model;
pub mod script;
pub mod skill;

use std::{collections::BTreeMap, fmt};

use lamassu_contract::{BoxFuture, Call, Failure, Observation, Picture, Refusal, Verb};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Decides what to do next.
pub trait Planner: Send + Sync {
    /// A short name for the record, such as `script`.
    fn name(&self) -> &str;

    /// Whether it goes through a list that was written beforehand, however things stand. Such a planner comes to an
    /// end by itself, so that steps which lead nowhere are none of its circles.
    fn is_listed(&self) -> bool {
        false
    }

    /// Whether it reads that it is [stuck](Reply::Stuck) and takes another way by itself. In the place of a planner
    /// that does not, a cascade asks the next one.
    fn takes_other_ways(&self) -> bool {
        false
    }

    /// Reads the view and proposes. It must not act.
    ///
    /// # Errors
    ///
    /// A [`PlannerError`] ends the run: it says what the user can do about it.
    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>>;
}

/// What a planner sees.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// What the user wants.
    pub goal: &'a str,
    /// Where to begin, if the user said so.
    pub at: Option<&'a str>,
    /// What the user filled in, by name.
    pub inputs: &'a BTreeMap<String, String>,
    /// The JSON Schema that an answer must satisfy, if there is one.
    pub output: Option<&'a Value>,
    /// What can be asked for.
    pub tools: &'a [Offer],
    /// What the policy says of itself, in a line; empty if it says nothing. It is there to save asking in vain.
    pub rules: &'a str,
    /// The names of the secrets that may be used, never their values.
    pub secrets: &'a [String],
    /// What was proposed so far and what came of it.
    pub turns: &'a [Turn],
    /// How things stand now: the page, for a browser. Redacted and labelled.
    pub now: &'a [Observation],
    /// The pictures that were taken in the newest turn, whole. In `turns` a picture stands by its hash.
    pub pictures: &'a [Picture],
}

/// One tool as it is offered to a planner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// The tool's name.
    pub tool: String,
    /// What it can be asked for.
    pub verbs: Vec<Verb>,
}

/// One proposal and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// What was proposed.
    pub planned: Planned,
    /// What came of it. For [`Proposal::Act`] one entry for each call that was tried, in order;
    /// calls after the last entry were not tried. For the others at most one.
    pub results: Vec<Reply>,
}

/// What came of one call or question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one for each call")]
pub enum Reply {
    /// It happened, and this was seen.
    Landed(Observation),
    /// It did not happen.
    Failed(Failure),
    /// Nobody can tell whether it happened.
    InDoubt(Failure),
    /// The policy or a person refused it.
    Refused(Refusal),
    /// What a person answered, or what the runtime has to say, such as why an answer was not taken.
    Said(String),
    /// What the latest calls tried leads nowhere, and this is what they were: another way is needed.
    Stuck(String),
}

/// A proposal with what it cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// What to do.
    pub proposal: Proposal,
    /// The planner's reason in a sentence; empty if it gave none.
    #[serde(default)]
    pub why: String,
    /// What it cost.
    #[serde(default)]
    pub usage: Usage,
    /// What the runtime measured while it was made.
    #[serde(default)]
    pub effort: Effort,
    /// The planner's own notes. They are recorded and come back in the next view, unread.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub memo: Value,
}

impl From<Proposal> for Planned {
    fn from(proposal: Proposal) -> Self {
        Self { proposal, why: String::new(), usage: Usage::default(), effort: Effort::default(), memo: Value::Null }
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposal {
    /// Make these calls in order, until one is refused, fails, or moves the page.
    Act(Vec<Call>),
    /// Ask the person.
    Ask(String),
    /// The goal is reached.
    Done {
        /// The answer; it must satisfy the goal's output schema.
        answer: Value,
        /// What shows that it is so, in a sentence.
        evidence: String,
    },
    /// This planner does not know what to do, and why.
    Pass(String),
}

/// Model tokens, and what they cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read.
    pub input: u64,
    /// Of those, tokens that the endpoint had cached.
    #[serde(default)]
    pub cached: u64,
    /// Tokens written.
    pub output: u64,
    /// Of those, tokens that a model thought with.
    #[serde(default, skip_serializing_if = "is_none")]
    pub reasoning: u64,
    /// What they cost, in millionths of the currency; nothing if nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<u64>,
}

impl Usage {
    /// Tokens read and written.
    #[must_use]
    pub fn tokens(self) -> u64 {
        self.input + self.output
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks in this way")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        // What a part of it cost says nothing of the whole.
        self.money = match (self.tokens(), other.tokens()) {
            (0, _) => other.money,
            (_, 0) => self.money,
            _ => self.money.zip(other.money).map(|(own, more)| own + more),
        };
        self.input += other.input;
        self.cached += other.cached;
        self.output += other.output;
        self.reasoning += other.reasoning;
    }
}

/// What it took to make a proposal, or what a meter reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// Microseconds that passed.
    pub micros: u64,
    /// Microseconds of processor time of this program; nothing if that is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor: Option<u64>,
    /// Microjoules that the machine's processors took meanwhile; nothing if there is no meter for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy: Option<u64>,
}

impl Effort {
    /// What was added since `before` was read. A counter that began anew tells nothing.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        let part = |now: Option<u64>, before: Option<u64>| now?.checked_sub(before?);
        Self {
            micros: self.micros.saturating_sub(before.micros),
            processor: part(self.processor, before.processor),
            energy: part(self.energy, before.energy),
        }
    }
}

/// What model tokens cost, in millionths of the currency for a million of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prices {
    /// Tokens read.
    pub input: u64,
    /// Tokens read that the endpoint had cached; as the others if absent.
    pub cached: Option<u64>,
    /// Tokens written.
    pub output: u64,
}

impl Prices {
    /// What `usage` costs, in millionths of the currency; a part of one counts as one.
    #[must_use]
    pub fn of(self, usage: Usage) -> u64 {
        let cost = |tokens: u64, price: u64| u128::from(tokens) * u128::from(price);
        let cached = usage.cached.min(usage.input);
        let all = cost(usage.input - cached, self.input)
            .saturating_add(cost(cached, self.cached.unwrap_or(self.input)))
            .saturating_add(cost(usage.output, self.output));
        u64::try_from(all.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

/// Why a planner could not propose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum PlannerError {
    /// The endpoint cannot be reached or answers too late; says what was tried.
    #[error("{0}")]
    Unreachable(String),
    /// The endpoint answered with an error that trying again does not cure.
    #[error("the model endpoint answered {status}: {message}")]
    Endpoint {
        /// The HTTP status.
        status: u16,
        /// What it said, shortened, and the next move if there is one.
        message: String,
    },
    /// Three replies in a row made no sense.
    #[error("the model's replies made no sense three times in a row; the last problem: {0}")]
    Nonsense(String),
    /// The planner was set up wrongly.
    #[error("{0}")]
    Setup(String),
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Act(calls) => {
                let names: Vec<_> = calls.iter().map(Call::name).collect();
                write!(f, "{}", names.join(", "))
            }
            Self::Ask(question) => write!(f, "asks: {question}"),
            Self::Done { evidence, .. } => write!(f, "done: {evidence}"),
            Self::Pass(why) => write!(f, "passes: {why}"),
        }
    }
}
