//! A person who acts in the planner's place: their calls are proposals like any other, on record and judged
//! under their name, until they hand back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lamassu_contract::Call;
use serde::Deserialize as _;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::planner::{Planned, Proposal};

/// What a person says that was not asked whether it can be done: nobody, or somebody else, has taken over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotYours {
    /// Nobody has taken over.
    #[error("take over first")]
    Nobody,
    /// Somebody else has.
    #[error("{0} has taken over; they have to hand back first")]
    Other(String),
    /// The last call has not been taken up yet.
    #[error("one thing after the other: the last one is not done yet")]
    Busy,
}

/// The hands of a person on the runs of an agent. A clone is the same one.
#[derive(Debug, Clone, Default)]
pub struct Hands(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    grip: Mutex<Grip>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Grip {
    /// Who acts.
    by: Option<String>,
    next: Option<Planned>,
}

impl Hands {
    /// From the next proposal on, `by` acts. A planner that is thinking is not waited for.
    ///
    /// # Errors
    ///
    /// [`NotYours::Other`] if somebody else does already.
    pub fn take_over(&self, by: &str) -> Result<(), NotYours> {
        let mut grip = self.grip();
        match &grip.by {
            Some(other) if other != by => return Err(NotYours::Other(other.clone())),
            _ => grip.by = Some(by.to_owned()),
        }
        drop(grip);
        self.0.changed.notify_one();
        Ok(())
    }

    /// What `by` wants to be done next.
    ///
    /// # Errors
    ///
    /// [`NotYours`] if they have not taken over, or their last call waits.
    pub fn act(&self, by: &str, call: Call) -> Result<(), NotYours> {
        let why = format!("{by}: by hand");
        let planned = Planned { why, memo: json!({ "by_hand": by }), ..Proposal::Act(vec![call]).into() };
        self.put(by, planned, Some(by.to_owned()))
    }

    /// The planner goes on, and is told `note`.
    ///
    /// # Errors
    ///
    /// [`NotYours`] as for [`Hands::act`].
    pub fn hand_back(&self, by: &str, note: &str) -> Result<(), NotYours> {
        let memo = json!({ "by_hand": by, "handed_back": format!("{by} has acted by hand and hands back: {note}") });
        let planned = Planned { why: format!("{by}: hands back"), memo, ..Proposal::Act(Vec::new()).into() };
        self.put(by, planned, None)
    }

    /// Who acts now, if somebody does.
    #[must_use]
    pub fn by(&self) -> Option<String> {
        self.grip().by.clone()
    }

    fn put(&self, by: &str, planned: Planned, then: Option<String>) -> Result<(), NotYours> {
        let mut grip = self.grip();
        match &grip.by {
            None => return Err(NotYours::Nobody),
            Some(other) if other != by => return Err(NotYours::Other(other.clone())),
            Some(_) if grip.next.is_some() => return Err(NotYours::Busy),
            Some(_) => *grip = Grip { by: then, next: Some(planned) },
        }
        drop(grip);
        self.0.changed.notify_one();
        Ok(())
    }

    /// Waits until somebody has taken over, and then for what they want; never ends while nobody has.
    pub(super) async fn next(&self) -> Planned {
        loop {
            if let Some(planned) = self.grip().next.take() {
                return planned;
            }
            self.0.changed.notified().await;
        }
    }

    /// Waits until somebody has taken over.
    pub(super) async fn taken(&self) {
        while self.grip().by.is_none() && self.grip().next.is_none() {
            self.0.changed.notified().await;
        }
    }

    fn grip(&self) -> MutexGuard<'_, Grip> {
        self.0.grip.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes out of `planned`, which a planner has made, what only a person's proposals say.
pub(super) fn own(mut planned: Planned) -> Planned {
    if let Some(memo) = planned.memo.as_object_mut() {
        memo.remove("by_hand");
        memo.remove("handed_back");
    }
    planned
}

/// No proposal, in a run that is to end.
pub(super) fn nothing() -> Planned {
    Planned { why: "the run is to end".to_owned(), ..Proposal::Act(Vec::new()).into() }
}

/// Who made `planned` by hand, if somebody did.
pub(super) fn by_hand(planned: &Planned) -> Option<String> {
    text(planned, "by_hand")
}

/// What somebody says who hands back with `planned`.
pub(super) fn handed_back(planned: &Planned) -> Option<String> {
    text(planned, "handed_back")
}

fn text(planned: &Planned, name: &str) -> Option<String> {
    String::deserialize(planned.memo.get(name).unwrap_or(&Value::Null)).ok()
}
