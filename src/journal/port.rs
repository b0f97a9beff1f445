//! What the runtime needs of an engine, whichever it is.

use std::time::Duration;

use lamassu_contract::BoxFuture;
use serde_json::Value;

use super::JournalError;

/// What a step does. `None` means that it gave up: nothing is recorded and the step may be tried
/// again under the same name.
pub type Job = BoxFuture<'static, Option<Value>>;

/// An engine that keeps what jobs return, for one attempt at one run.
///
/// The steps of a run are asked for in the same order by every attempt. Whatever an attempt needs
/// from outside (time, randomness, the world) it gets from a job.
pub trait Durable: Send + Sync {
    /// The recorded value of this step. If there is none yet, runs `job` and records what it
    /// returns before answering.
    ///
    /// # Errors
    ///
    /// [`JournalError::Mismatch`] if an earlier attempt made another step here; any other
    /// [`JournalError`] if the value cannot be read or kept. The run must stop.
    fn step(&self, name: String, job: Job) -> BoxFuture<'_, Result<Stepped, JournalError>>;

    /// What was answered from outside under `name`. The first answer stays.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the engine cannot be asked.
    fn signal(&self, name: String) -> BoxFuture<'_, Result<Answer, JournalError>>;

    /// Waits until `duration` has passed since the first attempt came here.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the time to wake up cannot be read or kept.
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, Result<(), JournalError>>;
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Stepped {
    /// The job ran, and this is now on record.
    Fresh(Value),
    /// An earlier attempt recorded this; the job did not run.
    Replayed(Value),
    /// The job gave up; nothing is on record.
    Abandoned,
}

/// What came of waiting for an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Somebody answered.
    Given(Value),
    /// Nobody has yet. The run is put aside and can be resumed.
    Parked,
}
