//! What a tool is, and what it answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Action, BoxFuture, Call, Observation, Page, Permit, Refusal, Verb};

/// Something that can act. It describes before it acts, and acts only with a permit.
pub trait Tool: Send + Sync {
    /// The name that calls use.
    fn name(&self) -> &str;

    /// What it can be asked for.
    fn verbs(&self) -> Vec<Verb>;

    /// Resolves `call` to facts. It looks, never touches, and sends nothing.
    ///
    /// # Errors
    ///
    /// A [`Failure`] that tells the planner what to ask for instead.
    fn describe<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Action, Failure>>;

    /// Does what the permit says, with the canonical values inside it.
    fn run(&self, permit: Permit) -> BoxFuture<'_, Outcome>;

    /// The call that shows where things stand, such as a look at the page; it is judged like any
    /// other before each proposal. `goal` is what the user wants, for a look that cannot show all
    /// there is and has to choose.
    fn look(&self, goal: &str) -> Option<Call> {
        let _ = goal;
        None
    }

    /// What could be done next with the rows of `page`, as this tool has just shown it. It only looks.
    fn candidates<'a>(&'a self, page: &'a Page) -> BoxFuture<'a, Vec<Candidate>> {
        let _ = page;
        Box::pin(async { Vec::new() })
    }

    /// The call that brings things back to where `last` was seen, if they are not there: a run that
    /// is taken up again begins with a new browser.
    fn restore(&self, last: &Observation) -> Option<Call> {
        let _ = last;
        None
    }

    /// After a crash between intent and outcome: looks whether the recorded `action` (see
    /// [`Action::to_value`]) reached the world. It changes nothing.
    fn reconcile<'a>(&'a self, action: &'a Value) -> BoxFuture<'a, Reconciled> {
        let _ = action;
        Box::pin(async { Reconciled::Unknown })
    }

    /// Lets go of what it holds: browsers, connections. Called once, when the run ends.
    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// One thing that could be done next.
#[derive(Debug)]
pub struct Candidate {
    /// The row of the table that it stands in.
    pub reference: u32,
    /// What doing it would be; what would have to be filled in is left empty.
    pub action: Action,
}

/// Whether the effect reached the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[must_use]
#[expect(clippy::large_enum_variant, reason = "there is one for each action, and it is read at once")]
pub enum Outcome {
    /// It certainly did not.
    NotSent(Failure),
    /// It did, and this is what was seen.
    Landed(Observation),
    /// Nobody can tell. It is never repeated blindly.
    MayHaveLanded(Failure),
}

/// What looking at the world after a crash has shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[must_use]
pub enum Reconciled {
    /// The effect is there.
    Landed(String),
    /// The effect is not there.
    NotSent(String),
    /// Looking cannot tell; a person must.
    Unknown,
}

/// Why something did not happen, for the planner to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What can be done about it.
    pub kind: FailureKind,
    /// What happened, and the next move if there is one.
    pub message: String,
    /// The refusal, if the policy stopped what followed from the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

/// What can be done about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The call is malformed: ask for something else.
    Invalid,
    /// What it names is not there: look again.
    NotFound,
    /// What it names has changed since the last look: look again.
    Stale,
    /// The tool's own walls forbid it, whatever the policy says.
    OutOfBounds,
    /// It took too long or was too large.
    Limit,
    /// The other side answered with an error or not at all.
    Remote,
    /// The tool is gone: a browser died, a disk is full. The run cannot go on with it.
    Lost,
    /// The policy stopped what followed from the action.
    Refused,
}

impl Failure {
    /// A failure of `kind`.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), refusal: None }
    }

    /// The call is malformed.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Invalid, message)
    }

    /// The policy stopped what followed from the action.
    #[must_use]
    pub fn refused(refusal: Refusal) -> Self {
        Self { kind: FailureKind::Refused, message: refusal.to_string(), refusal: Some(refusal) }
    }
}
