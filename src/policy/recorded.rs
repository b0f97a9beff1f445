//! A judgement as the runtime records it, taken apart so that it can be judged again.

use std::{collections::BTreeMap, fmt};

use lamassu_contract::{Action, Approval, Policy, Question, Rule, SecretUse, Standing};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::CedarPolicy;

/// A verdict in the word that cases use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// It may be done.
    Allow,
    /// It may be done if a person agrees.
    Ask,
    /// It may not be done.
    Deny,
}

impl Word {
    /// The lower-case word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Ask => "ask",
            Self::Deny => "deny",
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where each secret of a run is bound to, by its name.
pub type Bindings = BTreeMap<String, Vec<String>>;

/// What was asked, and how it was decided.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub(super) action: Action,
    pub(super) secrets: Vec<SecretUse>,
    pub(super) standing: Standing,
    /// How it was decided then.
    pub word: Word,
    /// By which rules.
    pub rules: Vec<Rule>,
}

/// Why a record cannot be judged again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unjudged {
    /// No rule was asked about it: the call made no sense, or a tool's own walls stopped it.
    #[error("no rule was asked about it")]
    NotAsked,
    /// A person said something, or it was a consent: the question is on record before it.
    #[error("it is a person's consent; the question stands before it")]
    Consent,
    /// An older record does not say where the secret is bound to.
    #[error("it is unknown where the secret `{0}` was bound to")]
    UnknownSecret(String),
    /// It is not a judgement as this version writes it.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
}

/// As the runtime records it.
#[derive(Deserialize)]
struct Judgement {
    action: Value,
    #[serde(default)]
    secrets: Vec<SecretUse>,
    standing: Standing,
    verdict: String,
    #[serde(default)]
    rules: Vec<Rule>,
    approved_by: Option<String>,
}

impl Recorded {
    /// Reads a recorded judgement. `bindings` helps with older records, which do not say where a
    /// secret is bound to.
    ///
    /// # Errors
    ///
    /// [`Unjudged`] if there is no question in it that could be asked again.
    pub fn read(value: &Value, bindings: &Bindings) -> Result<Self, Unjudged> {
        let judgement = Judgement::deserialize(value).map_err(|error| Unjudged::Unreadable(error.to_string()))?;
        if judgement.approved_by.is_some() {
            return Err(Unjudged::Consent);
        }
        // A gate that lacks the secret, or is shown a record, asks no rule.
        let by_gate = judgement.rules.iter().any(|rule| ["gate.secret", "gate.recorded"].contains(&rule.id.as_str()));
        let word = match judgement.verdict.as_str() {
            _ if judgement.action.is_null() || by_gate => return Err(Unjudged::NotAsked),
            "go" => Word::Allow,
            "hold" => Word::Ask,
            "stop" => Word::Deny,
            _ => return Err(Unjudged::NotAsked),
        };
        let action = Action::from_value(&judgement.action).map_err(|error| Unjudged::Unreadable(error.to_string()))?;
        let secrets = uses(&action, judgement.secrets, bindings)?;
        Ok(Self { action, secrets, standing: judgement.standing, word, rules: judgement.rules })
    }

    /// What was asked for, in one line.
    #[must_use]
    pub fn line(&self) -> &str {
        self.action.line()
    }

    /// What `policy` says, and by which rules: once as things were and, if that is denied, once as
    /// if a person had consented. So does the [`Gate`](lamassu_contract::Gate).
    #[must_use]
    pub fn judge(&self, policy: &CedarPolicy) -> (Word, Vec<Rule>) {
        let question =
            Question { action: &self.action, secrets: &self.secrets, standing: &self.standing, approval: None };
        let (allowed, rules) = decide(policy, &question);
        if allowed {
            return (Word::Allow, rules);
        }
        let consent = Approval { by: self.standing.user.clone(), digest: self.action.digest(), at: self.standing.now };
        match decide(policy, &Question { approval: Some(&consent), ..question }) {
            (true, _) => (Word::Ask, rules),
            (false, _) => (Word::Deny, rules),
        }
    }
}

/// An error is a denial.
fn decide(policy: &CedarPolicy, question: &Question<'_>) -> (bool, Vec<Rule>) {
    match policy.decide(question) {
        Ok(decision) => (decision.allowed, decision.rules),
        Err(error) => (false, vec![Rule::new("gate.error", error.to_string())]),
    }
}

fn uses(action: &Action, known: Vec<SecretUse>, bindings: &Bindings) -> Result<Vec<SecretUse>, Unjudged> {
    if known.len() == action.secrets().len() {
        return Ok(known);
    }
    let uses = action.secrets().iter().map(|(argument, name)| {
        let origins = bindings.get(name).ok_or_else(|| Unjudged::UnknownSecret(name.clone()))?.clone();
        Ok(SecretUse { argument: argument.clone(), name: name.clone(), origins, field: None, header: None })
    });
    uses.collect()
}
