//! What an observer of a run is told, in order. Terminal, JSON and apps are readers of it.

use lamassu_contract::{Autonomy, Effect, Page, Resource, Rule};
use serde::Serialize;

use super::Status;

/// Something that happened in a run. All text is redacted.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
#[non_exhaustive]
pub enum Event {
    /// The run began, or was taken up again.
    Began {
        /// The run's id.
        run: String,
        /// The goal.
        goal: String,
        /// Who plans.
        planner: String,
    },
    /// How much is done without asking from now on.
    Level {
        /// The level.
        autonomy: Autonomy,
    },
    /// A page was looked at, before the next proposal.
    Looked {
        /// How it stands.
        page: Box<Page>,
    },
    /// Something was used of the budget.
    Spent {
        /// All that has been used so far.
        used: Used,
    },
    /// The run is held between two steps.
    Paused {
        /// Who holds it.
        by: String,
    },
    /// It goes on.
    WentOn,
    /// The planner proposed something.
    Proposed {
        /// What, in a line.
        proposal: String,
        /// Its reason; empty if it gave none.
        why: String,
    },
    /// An action was judged.
    Judged {
        /// The step's number within the run, from 1.
        step: u64,
        /// What it would do, in a line.
        action: String,
        /// What it would touch; absent if the call could not be resolved to an action.
        on: Option<Box<Resource>>,
        /// How far it reaches; absent if the call could not be resolved to an action.
        effect: Option<Effect>,
        /// `go`, `hold`, `stop`, or `invalid` for a call that makes no sense.
        verdict: &'static str,
        /// The rules that decided.
        rules: Vec<Rule>,
    },
    /// A person ruled on a held action.
    Ruled {
        /// The step's number.
        step: u64,
        /// What they said, in a line.
        ruling: String,
    },
    /// An action came to an end.
    Acted {
        /// The step's number.
        step: u64,
        /// `landed`, `not_sent`, `may_have_landed`, or `rehearsed` for what was only judged.
        outcome: &'static str,
        /// What was seen, or why it did not happen, in a line.
        seen: String,
        /// How long it took, in milliseconds.
        millis: u64,
    },
    /// A pack was read again.
    Reloaded {
        /// Its name or folder.
        pack: String,
        /// Which policy judges from now on, counted from 1; the one before, if there is a problem.
        generation: u64,
        /// Why the pack was not taken.
        problem: Option<String>,
    },
    /// The runtime has something to say.
    Noted {
        /// What.
        text: String,
    },
    /// The run ended or was put aside.
    Ended {
        /// How.
        status: Status,
        /// Why, in a sentence.
        reason: String,
    },
}

/// What a run has used so far of what its goal allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Used {
    /// Actions that were tried.
    pub steps: Part,
    /// Seconds that the run was worked on.
    pub seconds: Part,
    /// Model tokens.
    pub tokens: Part,
    /// What the planner has cost, in millionths of the currency; absent if nobody said what tokens cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money: Option<Part>,
}

/// How much of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What has been used.
    pub used: u64,
    /// What may be; absent if there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}
