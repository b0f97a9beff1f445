//! An engine without a disk, for runs that nobody resumes and for tests of the port.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use lamassu_contract::BoxFuture;
use serde_json::Value;

use super::{Answer, Durable, Job, JournalError, Stepped, id};

/// Keeps what jobs return as long as it lives.
#[derive(Debug, Default)]
pub struct Memory {
    log: Arc<Mutex<Log>>,
    next: AtomicUsize,
    naps: AtomicUsize,
}

#[derive(Debug, Default)]
struct Log {
    steps: Vec<(String, Value)>,
    answers: Vec<(String, Value)>,
    alarms: Vec<u64>,
}

impl Memory {
    /// A later attempt at the same run.
    #[must_use]
    pub fn again(&self) -> Self {
        Self { log: Arc::clone(&self.log), ..Self::default() }
    }

    /// Answers the question `name`. The first answer stays.
    pub fn answer(&self, name: &str, value: Value) {
        let mut log = self.log();
        if log.answers.iter().all(|(known, _)| known != name) {
            log.answers.push((name.to_owned(), value));
        }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Durable for Memory {
    fn step(&self, name: String, job: Job) -> BoxFuture<'_, Result<Stepped, JournalError>> {
        Box::pin(async move {
            let place = self.next.load(Ordering::SeqCst);
            let recorded = self.log().steps.get(place).cloned();
            let stepped = match recorded {
                Some((recorded, value)) if recorded == name => Stepped::Replayed(value),
                Some((recorded, _)) => {
                    let seq = place as u64 + 1;
                    return Err(JournalError::Mismatch { run: "in memory".to_owned(), seq, recorded, asked: name });
                }
                None => {
                    let Some(value) = job.await else { return Ok(Stepped::Abandoned) };
                    self.log().steps.push((name, value.clone()));
                    Stepped::Fresh(value)
                }
            };
            self.next.fetch_add(1, Ordering::SeqCst);
            Ok(stepped)
        })
    }

    fn signal(&self, name: String) -> BoxFuture<'_, Result<Answer, JournalError>> {
        let given = self.log().answers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        Box::pin(async move { Ok(given.map_or(Answer::Parked, Answer::Given)) })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(async move {
            let place = self.naps.fetch_add(1, Ordering::SeqCst);
            let until = {
                let mut log = self.log();
                if log.alarms.len() <= place {
                    log.alarms.push(id::now().saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)));
                }
                log.alarms.get(place).copied().unwrap_or_default()
            };
            tokio::time::sleep(Duration::from_millis(until.saturating_sub(id::now()))).await;
            Ok(())
        })
    }
}
