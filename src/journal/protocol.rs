//! What stands above the port and is the same on every engine: the chain, and who may act.

use std::{
    convert::Infallible,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    Answer, Blobs, Durable, Finding, Job, JournalError, Kind, Record, Stepped,
    chain::{self, Chain},
    head::Heads,
    id,
};

/// How deep a value may nest. What is recorded must be readable again, and readers of JSON stop at
/// 128 levels.
const DEPTH: usize = 120;

/// The record of one attempt at one run.
///
/// Steps are made one after the other. An attempt that takes up an old run makes the same steps
/// again and gets the recorded values, until the record ends.
pub struct Journal {
    engine: Arc<dyn Durable>,
    chain: Chain,
    heads: Option<Heads>,
    blobs: Blobs,
    /// The last record that an earlier attempt made and this one has come to.
    replayed: u64,
    // INVARIANT: set while a step is under way, and for good once one was not recorded.
    stopped: bool,
}

/// A step's value, as it is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<T> {
    /// What the step returned.
    pub value: T,
    /// Whether this attempt made the record; else an earlier one did, and nothing ran.
    pub fresh: bool,
    /// The number of the record.
    pub seq: u64,
    /// When it was made, in milliseconds since 1970.
    pub at: u64,
}

/// What is known of an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Effected<T> {
    /// The outcome is on record, from the effect itself or from [`Journal::resolve`].
    Done(Entry<T>),
    /// An earlier attempt may have done it, and nothing was done now. Find out, then record what
    /// was found with [`Journal::resolve`].
    InDoubt,
}

impl Journal {
    /// The record of a run on `engine`, from its beginning. It has no key, so its records are
    /// linked and not signed.
    #[must_use]
    pub fn new(run: &str, engine: Arc<dyn Durable>) -> Self {
        let origin = chain::origin(run, 0, "", &Value::Null);
        Self::with(engine, Chain::new(run, origin, None), None, Blobs::in_memory())
    }

    /// The record of a new run that is gone when this is dropped.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::new(&id::mint(), Arc::new(super::Memory::default()))
    }

    pub(super) fn with(engine: Arc<dyn Durable>, chain: Chain, heads: Option<Heads>, blobs: Blobs) -> Self {
        Self { engine, chain, heads, blobs, replayed: 0, stopped: false }
    }

    /// The run's id.
    #[must_use]
    pub fn run(&self) -> &str {
        self.chain.run()
    }

    /// The hash of the newest record. Kept elsewhere, it proves later that nothing was cut off.
    #[must_use]
    pub fn head(&self) -> String {
        self.chain.head().to_owned()
    }

    /// Where big things are kept beside the record.
    #[must_use]
    pub fn blobs(&self) -> Blobs {
        self.blobs.clone()
    }

    /// The recorded value of the step `name`; if there is none, runs `job` and records its value.
    ///
    /// Names are unique in the run and the same in every attempt, such as `judgement-3`.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the record does not fit or cannot be written. Nothing may follow; every
    /// later step fails with [`JournalError::Stopped`].
    pub async fn step<T, F>(&mut self, kind: Kind, name: &str, job: F) -> Result<Entry<T>, JournalError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        match self.try_step(kind, name, async move { Ok::<T, Infallible>(job.await) }).await? {
            Ok(entry) => Ok(entry),
            Err(never) => match never {},
        }
    }

    /// Like [`Journal::step`], but if `job` fails nothing is recorded, and the step may be tried
    /// again, now or by a later attempt.
    ///
    /// # Errors
    ///
    /// As for [`Journal::step`]. The inner error is the job's own.
    pub async fn try_step<T, E, F>(
        &mut self,
        kind: Kind,
        name: &str,
        job: F,
    ) -> Result<Result<Entry<T>, E>, JournalError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        E: Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        self.record(&[kind], name, Box::pin(job)).await
    }

    /// Does `job`, an effect on the world, whose `intent` is the newest record. Only the attempt
    /// that recorded the intent does it; one that finds an intent without an outcome does nothing.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoIntent`] if `intent` is not the newest record, so that one intent cannot
    /// serve twice; else as for [`Journal::step`].
    pub async fn effect<I, T, F>(&mut self, intent: &Entry<I>, name: &str, job: F) -> Result<Effected<T>, JournalError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        if intent.seq == 0 || intent.seq != self.chain.seq() {
            return Err(JournalError::NoIntent { run: self.run().to_owned(), name: name.to_owned() });
        }
        let ours = self.chain.seq() > self.replayed;
        let job = Box::pin(async move { if ours { Ok(job.await) } else { Err(()) } });
        match self.record(&[Kind::Outcome, Kind::Resolved], name, job).await? {
            Ok(entry) => Ok(Effected::Done(entry)),
            Err(()) => Ok(Effected::InDoubt),
        }
    }

    /// Records what was found out about the effect `name`, which was in doubt. If `job` fails the
    /// effect stays in doubt.
    ///
    /// # Errors
    ///
    /// As for [`Journal::try_step`].
    pub async fn resolve<T, E, F>(&mut self, name: &str, job: F) -> Result<Result<Entry<T>, E>, JournalError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        E: Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        // It takes the place of the outcome, so that every later attempt finds it there.
        self.record(&[Kind::Resolved, Kind::Outcome], name, Box::pin(job)).await
    }

    /// What was answered from outside under `name`; `None` if nobody has answered yet and the run
    /// must be put aside.
    ///
    /// # Errors
    ///
    /// As for [`Journal::step`].
    pub async fn signal(&mut self, name: &str) -> Result<Option<Entry<Value>>, JournalError> {
        self.still_going()?;
        match self.engine.signal(name.to_owned()).await? {
            Answer::Parked => Ok(None),
            Answer::Given(value) => self.step(Kind::Answer, name, async move { value }).await.map(Some),
        }
    }

    /// Waits until `duration` has passed since the first attempt came here.
    ///
    /// # Errors
    ///
    /// As for [`Journal::step`].
    pub async fn sleep(&mut self, duration: Duration) -> Result<(), JournalError> {
        self.still_going()?;
        self.engine.sleep(duration).await
    }

    /// One step. A fresh record is of the first of `kinds`; a recorded one may be of any.
    async fn record<T, E, F>(&mut self, kinds: &[Kind], name: &str, job: F) -> Result<Result<Entry<T>, E>, JournalError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        E: Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        self.still_going()?;
        let excuse = Arc::new(Mutex::new(None));
        let place = Arc::clone(&excuse);
        let draft = Draft {
            chain: self.chain.clone(),
            blobs: self.blobs.clone(),
            kind: kinds.first().copied().unwrap_or(Kind::Note),
            name: name.to_owned(),
        };
        let job = Box::pin(async move {
            let sealed = match job.await {
                Ok(value) => draft.seal(&value).map_err(Excuse::Unfit),
                Err(error) => Err(Excuse::Own(error)),
            };
            sealed.map_err(|excuse| *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(excuse)).ok()
        });
        self.stopped = true;
        let Some(Entry { value, fresh, seq, at }) = self.append(kinds, name, job).await? else {
            let excuse = excuse.lock().unwrap_or_else(PoisonError::into_inner).take();
            return match excuse {
                Some(Excuse::Own(error)) => {
                    self.stopped = false;
                    Ok(Err(error))
                }
                // The job ran and left no trace, so nothing may follow it.
                Some(Excuse::Unfit(problem)) => {
                    Err(JournalError::Unfit { run: self.run().to_owned(), name: name.to_owned(), problem })
                }
                None => Err(self.stop()),
            };
        };
        let value = self.shaped(seq, value)?;
        self.stopped = false;
        Ok(Ok(Entry { value, fresh, seq, at }))
    }

    /// What the engine has or makes for this step.
    async fn append(&mut self, kinds: &[Kind], name: &str, job: Job) -> Result<Option<Entry<Value>>, JournalError> {
        let (value, fresh) = match self.engine.step(name.to_owned(), job).await? {
            Stepped::Abandoned => return Ok(None),
            Stepped::Fresh(value) => (value, true),
            Stepped::Replayed(value) => (value, false),
        };
        let seq = self.chain.seq() + 1;
        let record: Record = serde_json::from_value(value).map_err(|_| self.broken(Finding::Garbled { seq }))?;
        let taken = if fresh { self.chain.follow(&record) } else { self.chain.accept(&record) };
        taken.map_err(|finding| self.broken(finding))?;
        if !kinds.contains(&record.kind) || record.name != name {
            let asked = format!("{} {name}", kinds.first().map_or("", |kind| kind.as_str()));
            let recorded = format!("{} {}", record.kind, record.name);
            return Err(JournalError::Mismatch { run: self.run().to_owned(), seq, recorded, asked });
        }
        if fresh {
            self.publish(&record).await?;
        } else {
            self.replayed = seq;
        }
        let Record { at, value, .. } = record;
        Ok(Some(Entry { value, fresh, seq, at }))
    }

    /// Writes the new head beside the record.
    async fn publish(&self, record: &Record) -> Result<(), JournalError> {
        let Some(heads) = self.heads.clone() else { return Ok(()) };
        let head = heads.of(self.run(), record);
        let written = tokio::task::spawn_blocking(move || heads.write(&head)).await;
        written.unwrap_or_else(|_| Err(self.stop())).map_err(|error| error.of_run(self.run()))
    }

    fn shaped<T: DeserializeOwned>(&self, seq: u64, value: Value) -> Result<T, JournalError> {
        let shape = |error: serde_json::Error| JournalError::Shape {
            run: self.run().to_owned(),
            seq,
            problem: error.to_string(),
        };
        serde_json::from_value(value).map_err(shape)
    }

    fn still_going(&self) -> Result<(), JournalError> {
        if self.stopped { Err(self.stop()) } else { Ok(()) }
    }

    fn stop(&self) -> JournalError {
        JournalError::Stopped { run: self.run().to_owned() }
    }

    fn broken(&self, finding: Finding) -> JournalError {
        JournalError::Broken { run: self.run().to_owned(), finding }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("chain", &self.chain).field("stopped", &self.stopped).finish_non_exhaustive()
    }
}

/// Why a job left nothing to record.
enum Excuse<E> {
    Own(E),
    Unfit(String),
}

/// A record that waits for its value.
struct Draft {
    chain: Chain,
    blobs: Blobs,
    kind: Kind,
    name: String,
}

impl Draft {
    fn seal(self, value: &impl Serialize) -> Result<Value, String> {
        let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
        if is_deeper(&value, DEPTH) {
            return Err(format!("it nests deeper than {DEPTH} levels"));
        }
        let record = Record {
            seq: 0,
            kind: self.kind,
            name: self.name,
            at: id::now(),
            prev: String::new(),
            value,
            blobs: self.blobs.take(),
            hash: String::new(),
            signature: String::new(),
        };
        Ok(self.chain.seal(record).into_value())
    }
}

fn is_deeper(value: &Value, limit: usize) -> bool {
    let Some(limit) = limit.checked_sub(1) else { return true };
    match value {
        Value::Array(values) => values.iter().any(|value| is_deeper(value, limit)),
        Value::Object(map) => map.values().any(|value| is_deeper(value, limit)),
        _ => false,
    }
}
