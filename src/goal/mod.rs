//! What the user wants: a goal, made in code or read from a task file.
//!
//! Everything here is pure. It reads no file and no environment, knows no planner, tool or policy,
//! and never holds the value of a secret, only where one is kept.

mod document;
mod error;
mod inputs;
mod model;
mod output;
mod prices;
mod replay;
mod secrets;
mod steps;
mod task;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use lamassu_contract::{Call, Limits};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

pub use error::{Place, TaskError};
pub use inputs::Input;
pub use model::{Images, Role};
pub use prices::PriceTable;
pub use replay::recorded;
pub use secrets::{SecretPlace, SecretSource};
pub use task::{Answers, BrowserChoice, BrowserKind, ModelChoice, PlannerKind, PolicyChoice, Task};

/// What the user wants, and what it may cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// The goal in the user's words.
    pub text: String,
    /// Where to begin.
    pub at: Option<Url>,
    /// What the user filled in, by name.
    pub inputs: BTreeMap<String, String>,
    /// The JSON Schema that an answer must satisfy.
    pub output: Option<Value>,
    /// What the run may cost.
    pub budget: Budget,
    /// Everything the user wrote apart from the inputs: the goal, where to begin, and the steps of
    /// a task file. Text that stands here is traced to the goal, so nothing else may be put in.
    pub told: String,
}

impl Goal {
    /// A goal in the user's words, with the default budget.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let told = text.clone();
        Self { text, at: None, inputs: BTreeMap::new(), output: None, budget: Budget::default(), told }
    }

    /// The same goal, to be begun at `url`.
    #[must_use]
    pub fn at(mut self, url: Url) -> Self {
        self.tell(url.as_str());
        self.at = Some(url);
        self
    }

    /// The same goal with one more value from the user. It counts as the user's word wherever the
    /// run uses it; it is not substituted into the text.
    #[must_use]
    pub fn input(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.inputs.insert(name.into(), value.into());
        self
    }

    /// The same goal, whose answer must satisfy the JSON Schema `schema`.
    #[must_use]
    pub fn output(mut self, schema: Value) -> Self {
        self.output = Some(schema);
        self
    }

    /// The same goal with another budget.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    fn tell(&mut self, text: &str) {
        self.told.push('\n');
        self.told.push_str(text);
    }
}

/// What a run may cost. Whichever of steps, seconds, tokens and money is spent first ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Actions tried.
    pub steps: u64,
    /// Seconds since the run began.
    pub seconds: u64,
    /// Model tokens, read and written.
    pub tokens: u64,
    /// What else is limited; nothing by default. The guards that stand beside every pack hold an
    /// agent to it, so that with a policy of its own only `money` is kept.
    #[serde(default)]
    pub limits: Limits,
}

impl Default for Budget {
    fn default() -> Self {
        Self { steps: 100, seconds: 600, tokens: 200_000, limits: Limits::default() }
    }
}

/// One step of a script: a call, with what to say of it and whether its result is part of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What to ask for.
    pub call: Call,
    /// How errors name it: ``step 4 `click = 'button "Pay"'` (order.toml line 23)``.
    pub name: String,
    /// The author's reason; empty if they gave none.
    #[serde(default)]
    pub note: String,
    /// The property of the answer that its first match becomes.
    #[serde(default)]
    pub take: Option<String>,
}

impl Step {
    /// A step that errors call `name`.
    #[must_use]
    pub fn new(name: impl Into<String>, call: Call) -> Self {
        Self { call, name: name.into(), note: String::new(), take: None }
    }
}

impl From<Call> for Step {
    fn from(call: Call) -> Self {
        Self::new(format!("`{}`", call.name()), call)
    }
}
