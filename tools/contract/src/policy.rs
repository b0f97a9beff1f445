//! What decides, and what it is asked.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::{Action, Digest, Field};

/// Decides whether an action may run. It looks at nothing but the question.
pub trait Policy: Send + Sync + fmt::Debug {
    /// Answers `question`.
    ///
    /// # Errors
    ///
    /// Any error is a denial; the [`Gate`](crate::Gate) sees to that.
    fn decide(&self, question: &Question<'_>) -> Result<Decision, PolicyError>;
}

/// Everything a decision may depend on.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What would be done.
    pub action: &'a Action,
    /// The secrets it would use, with where each is bound to.
    pub secrets: &'a [SecretUse],
    /// Where the run stands.
    pub standing: &'a Standing,
    /// A person's consent to exactly this action, if there is one.
    pub approval: Option<&'a Approval>,
}

/// One secret that an action would use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretUse {
    /// The argument it would stand for.
    pub argument: String,
    /// Its name.
    pub name: String,
    /// The origins it may be used at.
    pub origins: Vec<String>,
    /// The only kind of field it may go into.
    #[serde(default)]
    pub field: Option<Field>,
    /// The only header it may go into, in lower case.
    #[serde(default)]
    pub header: Option<String>,
}

/// Who watches a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nobody: a shell, CI.
    Script,
    /// An app that embeds the library.
    Library,
    /// A person who sees every action.
    Supervised,
}

/// How much an agent does without asking: `principal.autonomy` in a policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Autonomy {
    /// It says what it would do, and only reads.
    Suggest,
    /// A person is asked about every action, besides those that only look at what is there.
    Ask,
    /// A person is asked about what the policy holds.
    #[default]
    Guard,
    /// Nobody is asked; what the policy holds is refused.
    Auto,
}

impl Autonomy {
    /// All of them, from the least to the most.
    pub const ALL: [Self; 4] = [Self::Suggest, Self::Ask, Self::Guard, Self::Auto];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suggest => "suggest",
            Self::Ask => "ask",
            Self::Guard => "guard",
            Self::Auto => "auto",
        }
    }

    /// The level that `word` names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }
}

/// Where a run stands when a question is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The run's id.
    pub run: String,
    /// The agent's name.
    pub agent: String,
    /// On whose behalf.
    pub user: String,
    /// Who watches.
    pub mode: Mode,
    /// How much it does without asking.
    #[serde(default)]
    pub autonomy: Autonomy,
    /// Steps taken so far.
    pub steps: u64,
    /// Model tokens used so far.
    pub tokens: u64,
    /// Seconds since the run began.
    pub seconds: u64,
    /// The untrusted places it has read from, as `page:https://shop.test`.
    pub tainted_by: BTreeSet<String>,
    /// The hosts where it has used a secret, whose pages may be for the user's eyes alone; `*` for all of
    /// them, where somebody was signed in before.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub signed_in: BTreeSet<String>,
    /// The time, in milliseconds since 1970.
    pub now: u64,
    /// What it has used up of what is limited.
    #[serde(default)]
    pub spent: Spent,
    /// What is limited, and to how much.
    #[serde(default)]
    pub limits: Limits,
}

impl Standing {
    /// A run of `agent` for `user` that has just begun, at time 0 and without limits.
    #[must_use]
    pub fn new(run: &str, agent: &str, user: &str, mode: Mode) -> Self {
        Self {
            run: run.to_owned(),
            agent: agent.to_owned(),
            user: user.to_owned(),
            mode,
            autonomy: Autonomy::default(),
            steps: 0,
            tokens: 0,
            seconds: 0,
            tainted_by: BTreeSet::new(),
            signed_in: BTreeSet::new(),
            now: 0,
            spent: Spent::default(),
            limits: Limits::default(),
        }
    }
}

/// What a run has used up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spent {
    /// What the planner has cost, in millionths of the currency.
    pub money: u64,
    /// Bytes sent in requests that tools made, headers included.
    pub bytes_sent: u64,
    /// Requests sent, by host.
    pub requests: BTreeMap<String, u64>,
    /// Actions of at least [`Effect::Consequential`](crate::Effect) that landed or may have.
    pub consequential: u64,
}

/// Millionths of the currency as a decimal number, such as `0.50`.
#[must_use]
pub fn money(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    let digits = text.trim_end_matches('0').len().max(text.len() - 4);
    text.get(..digits).unwrap_or_default().to_owned()
}

/// What a run may use up. What is absent is not limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// What the planner may cost, in millionths of the currency.
    pub money: Option<u64>,
    /// Bytes sent in requests that tools make, headers included.
    pub bytes_sent: Option<u64>,
    /// Requests sent to any one host.
    pub requests_per_host: Option<u64>,
    /// Actions of at least [`Effect::Consequential`](crate::Effect).
    pub consequential: Option<u64>,
}

/// A named person's consent to one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Who consented.
    pub by: String,
    /// What they consented to.
    pub digest: Digest,
    /// When, in milliseconds since 1970.
    pub at: u64,
}

/// One rule that had a say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rule {
    /// Its id, such as `web-forms.act`.
    pub id: String,
    /// Why it is there, in the words of its author; empty if they gave none.
    #[serde(default)]
    pub because: String,
}

impl Rule {
    /// A rule of this id, with its reason.
    #[must_use]
    pub fn new(id: impl Into<String>, because: impl Into<String>) -> Self {
        Self { id: id.into(), because: because.into() }
    }
}

/// A policy's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether the action may run.
    pub allowed: bool,
    /// The rules that decided: the permits of an allowed action, the forbids of a denied one.
    /// Empty for a denial means that no rule allowed it.
    pub rules: Vec<Rule>,
}

/// Why a policy could not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PolicyError(pub String);
