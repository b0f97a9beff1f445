//! How a run ended.

use lamassu_contract::Refusal;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::planner::Usage;

/// How a run ended. The numbers are the command line's exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Status {
    /// The goal is reached.
    Done = 0,
    /// It is not, and the run cannot go on.
    Failed = 1,
    /// The policy or a person refused what it takes.
    Refused = 3,
    /// Steps, time or tokens ran out.
    BudgetSpent = 4,
    /// Nobody can tell whether an action happened; the run can be resumed.
    InDoubt = 5,
    /// It waits for a person; the run can be resumed.
    Waiting = 6,
    /// The planner says that the goal is reached, and what was seen does not bear it out.
    Unverified = 7,
}

impl Status {
    /// The process exit code.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        self as u8
    }

    /// The words for people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::BudgetSpent => "budget spent",
            Self::InDoubt => "in doubt",
            Self::Waiting => "waiting for a person",
            Self::Unverified => "unverified",
        }
    }
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Report {
    /// The run's id.
    pub run: String,
    /// How it ended.
    pub status: Status,
    /// Why, in a sentence.
    pub reason: String,
    /// The answer; null unless the run is done or unverified.
    pub answer: Value,
    /// How many actions were tried.
    pub steps: u64,
    /// What was refused, in order.
    pub refusals: Vec<Refusal>,
    /// Numbers of the answer that were seen nowhere as such: counted or added up, or made up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reckoned: Vec<String>,
    /// What the planner cost.
    pub usage: Usage,
    /// How long the run took, in milliseconds, without the time it lay aside.
    pub millis: u64,
    /// The hash at the head of the record. Kept elsewhere, it proves later that nothing was cut off.
    pub head: String,
}

impl Report {
    /// The answer as a `T`.
    ///
    /// # Errors
    ///
    /// [`AnswerError`] if the run did not reach its goal, or the answer is not a `T`.
    pub fn answer<T: DeserializeOwned>(&self) -> Result<T, AnswerError> {
        if self.status != Status::Done {
            return Err(AnswerError::NotDone { status: self.status, reason: self.reason.clone() });
        }
        serde_json::from_value(self.answer.clone()).map_err(AnswerError::Shape)
    }
}

/// Why there is no answer of the wanted type.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The run did not reach its goal.
    #[error("the run has no answer: {}: {reason}", status.as_str())]
    NotDone {
        /// How it ended.
        status: Status,
        /// Why.
        reason: String,
    },
    /// The answer has another shape; give the goal an output schema.
    #[error("the answer has another shape: {0}")]
    Shape(serde_json::Error),
}
