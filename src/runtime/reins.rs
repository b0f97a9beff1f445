//! Holding a run between two steps: pausing, one step at a time, stopping.
//!
//! What is under way is always finished first, so that nothing half-done is called done.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::{sync::watch, time::Instant};

/// How a run goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gait {
    /// Step after step.
    #[default]
    Go,
    /// Not before somebody says so.
    Pause,
    /// One step, and then it pauses.
    Step,
    /// Not at all: it ends before its next step.
    Stop,
}

/// The reins of the runs of an agent. A clone holds the same runs.
#[derive(Debug, Clone, Default)]
pub struct Reins(Arc<watch::Sender<Pull>>);

/// What somebody wishes.
#[derive(Debug, Clone, Default)]
struct Pull {
    gait: Gait,
    by: String,
}

/// A time in which a run was held, as the record keeps it. It does not count as time of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rest {
    /// Who held it.
    pub(super) by: String,
    /// For how long, in milliseconds.
    pub(super) millis: u64,
}

/// Who stopped a run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stopped(pub(super) String);

impl Reins {
    /// From now on the runs go on as `gait` says, because `by` wishes it. A stop is for good.
    pub fn pull(&self, gait: Gait, by: &str) {
        self.0.send_if_modified(|pull| {
            let taken = pull.gait != Gait::Stop;
            if taken {
                *pull = Pull { gait, by: by.to_owned() };
            }
            taken
        });
    }

    /// How the runs go on now.
    #[must_use]
    pub fn gait(&self) -> Gait {
        self.0.borrow().gait
    }

    /// Waits until the next step may be taken; `told` hears who holds the run if it is held. What comes
    /// back is how long it was held, if it was.
    pub(super) async fn next(&self, told: impl FnOnce(&str)) -> Result<Option<Rest>, Stopped> {
        let mut pulls = self.0.subscribe();
        let Pull { gait, by } = pulls.borrow_and_update().clone();
        match gait {
            Gait::Go => return Ok(None),
            Gait::Step => {
                self.take_step();
                return Ok(None);
            }
            Gait::Stop => return Err(Stopped(by)),
            Gait::Pause => told(&by),
        }
        let began = Instant::now();
        // The sender lives in these very reins, so that waiting does not fail.
        let _ = pulls.wait_for(|pull| pull.gait != Gait::Pause).await;
        match self.gait() {
            Gait::Stop => return Err(Stopped(pulls.borrow().by.clone())),
            Gait::Step => self.take_step(),
            Gait::Go | Gait::Pause => {}
        }
        let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Some(Rest { by, millis }))
    }

    /// Waits until somebody stops the runs.
    pub(super) async fn stopped(&self) {
        // The sender lives in these very reins, so that waiting does not fail.
        let _ = self.0.subscribe().wait_for(|pull| pull.gait == Gait::Stop).await;
    }

    /// The one step is being taken; after it the run pauses, unless somebody wished for something else.
    fn take_step(&self) {
        self.0.send_if_modified(|pull| {
            let stepping = pull.gait == Gait::Step;
            if stepping {
                pull.gait = Gait::Pause;
            }
            stepping
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Gait, Reins, Stopped};

    #[tokio::test]
    async fn one_step_is_one_step() {
        let reins = Reins::default();
        reins.pull(Gait::Step, "ada");
        assert_eq!((reins.next(|_| ()).await, reins.gait()), (Ok(None), Gait::Pause));
    }

    #[tokio::test]
    async fn a_pause_lasts_until_somebody_ends_it_and_says_who_began_it() {
        let reins = Reins::default();
        reins.pull(Gait::Pause, "ada");
        let other = reins.clone();
        let mut heard = String::new();
        let rest = reins.next(|by| {
            by.clone_into(&mut heard);
            other.pull(Gait::Go, "ben");
        });
        let rest = rest.await.map(|rest| rest.map(|rest| rest.by));
        assert_eq!((rest, heard.as_str()), (Ok(Some("ada".to_owned())), "ada"));
    }

    #[tokio::test]
    async fn a_stop_is_for_good() {
        let reins = Reins::default();
        reins.pull(Gait::Stop, "ada");
        reins.pull(Gait::Go, "ben");
        assert_eq!(reins.next(|_| ()).await, Err(Stopped("ada".to_owned())));
    }
}
