//! What an app builds once and asks to reach goals.

use std::sync::Arc;

use lamassu_contract::{Autonomy, Effect, Mode, Vault};

use super::{
    AgentBuilder, Approver, Event, Report,
    hands::Hands,
    law::{Change, Law},
    mask::Mask,
    reins::Reins,
    run::Run,
    toolbox::Toolbox,
};
use crate::{
    goal::Goal,
    journal::{Journal, JournalError, Ledger},
    planner::{Effort, Planner, PlannerError, Prices},
    policy::{Consents, Pack, PackError},
};

/// A planner, tools, a policy and a record, ready to reach goals.
///
/// Cheap to clone; the clones share everything.
#[derive(Clone)]
pub struct Agent {
    pub(super) parts: Arc<Parts>,
}

/// Keeps the text of the standing consents, all of it.
pub(super) type Keep = Box<dyn Fn(&str) -> std::io::Result<()> + Send + Sync>;

/// Reads how much processor time and energy has been used so far.
pub(super) type Meter = Box<dyn Fn() -> Effort + Send + Sync>;

/// What an agent is made of.
pub(super) struct Parts {
    pub(super) name: String,
    pub(super) user: String,
    pub(super) mode: Mode,
    pub(super) planner: Arc<dyn Planner>,
    pub(super) toolbox: Toolbox,
    pub(super) law: Law,
    pub(super) mask: Mask,
    pub(super) approver: Arc<dyn Approver>,
    /// What people have agreed to beforehand, and how more of it is kept.
    pub(super) consents: Consents,
    pub(super) keep: Keep,
    pub(super) ledger: Ledger,
    pub(super) events: Box<dyn Fn(&Event) + Send + Sync>,
    pub(super) reins: Reins,
    pub(super) hands: Hands,
    pub(super) prices: Option<Prices>,
    pub(super) meter: Meter,
    pub(super) autonomy: Autonomy,
    pub(super) origin: serde_json::Value,
}

impl Parts {
    /// Whether an action of `effect` is only judged and not done.
    pub(super) fn rehearses(&self, effect: Option<Effect>) -> bool {
        self.autonomy == Autonomy::Suggest && effect > Some(Effect::Read)
    }

    pub(super) fn vault(&self) -> &Vault {
        self.law.vault()
    }
}

impl Agent {
    /// Begins to build an agent.
    pub fn builder() -> AgentBuilder {
        AgentBuilder::default()
    }

    /// Makes one attempt at `goal`.
    ///
    /// A refusal, a spent budget or a doubt is not an error but a [`Status`] of the report.
    ///
    /// # Errors
    ///
    /// [`RunError`] if the run cannot go on and nothing it could report would be true: the record
    /// cannot be written, or the planner cannot be asked. The record stays as it is.
    pub async fn run(&self, goal: impl Into<Goal>) -> Result<Report, RunError> {
        let goal = goal.into();
        let journal = self.parts.ledger.begin(&goal.text, &self.parts.origin).await?;
        self.drive(goal, journal).await
    }

    /// Takes up the run `id` where its record ends. `goal` must be the one it began with.
    ///
    /// Finished steps are not run again. An action that was begun and has no outcome is in doubt:
    /// its tool looks, then the [`Approver`] is asked, and it is never repeated blindly.
    ///
    /// # Errors
    ///
    /// As for [`Agent::run`]; also if there is no such run, it is being worked on by another
    /// process, or its record does not fit the goal.
    pub async fn resume(&self, id: &str, goal: impl Into<Goal>) -> Result<Report, RunError> {
        let journal = self.parts.ledger.resume(id).await?;
        self.drive(goal.into(), journal).await
    }

    /// Judges by `pack` from now on, in runs that are under way too, and says which policy that is,
    /// counted from 1. It is read, validated and tried on its cases first, which takes a moment.
    ///
    /// What the policy before has permitted and what was not begun yet is refused, and a person's consent
    /// that was asked for under it does not count; an action that has begun is not called back. Every run
    /// has it on record at its next look, and each judgement the mark of the policy that it was made by.
    ///
    /// # Errors
    ///
    /// [`PackError`] if the pack does not load. Then the last policy stays, and observers and the record
    /// are told why.
    pub fn reload(&self, pack: Pack) -> Result<u64, PackError> {
        let (Change { pack, generation, problem }, result) = self.parts.law.reload(pack);
        (self.parts.events)(&Event::Reloaded { pack, generation, problem });
        result
    }

    async fn drive(&self, goal: Goal, journal: Journal) -> Result<Report, RunError> {
        let mut run = Run::new(Arc::clone(&self.parts), goal, journal);
        let report = run.drive().await;
        for tool in self.parts.toolbox.all() {
            tool.close().await;
        }
        if let Ok(Report { status, reason, .. }) = &report {
            (self.parts.events)(&Event::Ended { status: *status, reason: reason.clone() });
        }
        report
    }
}

impl std::fmt::Debug for Agent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Agent").field("name", &self.parts.name).finish_non_exhaustive()
    }
}

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The record cannot be written or read. Nothing ran that is not on record.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The planner cannot be asked. The run can be resumed once that is mended.
    #[error("{error}; the record is intact: `lamassu resume {run}` goes on from here")]
    Planner {
        /// The run's id.
        run: String,
        /// What is wrong.
        error: PlannerError,
    },
    /// The record was made with another goal.
    #[error("run `{run}` began with another goal or task file; resume it with the one it began with")]
    OtherGoal {
        /// The run's id.
        run: String,
    },
}
