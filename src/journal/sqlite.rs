//! The embedded engine: one file of SQLite, in WAL mode, forced to the disk at every append.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use lamassu_contract::BoxFuture;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;

use super::{
    Answer, Durable, Finding, Job, JournalError, Stepped,
    folder::Folder,
    id,
    owner::{self, Claim},
    schema,
};

/// One attempt at one run.
#[derive(Debug)]
pub(super) struct Sqlite {
    desk: Arc<Desk>,
    /// How many steps this attempt has come past.
    passed: tokio::sync::Mutex<u64>,
    naps: AtomicU64,
}

/// What the blocking calls need. The claim is let go only when the last of them is over.
#[derive(Debug)]
pub(super) struct Desk {
    folder: Folder,
    run: String,
    pub(super) connection: Mutex<Connection>,
    claim: Claim,
    /// How many steps earlier attempts recorded.
    recorded: u64,
}

impl Sqlite {
    /// Takes up `run`, which must be in the file, from its beginning.
    pub(super) fn claim(folder: &Folder, run: &str) -> Result<Self, JournalError> {
        let connection = schema::connect(folder)?;
        let claim = owner::claim(folder, &connection, run)?;
        let count = connection.query_row("SELECT count(*) FROM records WHERE run = ?1", [run], |row| row.get(0));
        let recorded = count.map_err(|error| JournalError::sql(&folder.file(schema::FILE), &error).of_run(run))?;
        let desk =
            Desk { folder: folder.clone(), run: run.to_owned(), connection: Mutex::new(connection), claim, recorded };
        Ok(Self { desk: Arc::new(desk), passed: tokio::sync::Mutex::default(), naps: AtomicU64::new(0) })
    }

    /// What its blocking calls use.
    #[cfg(test)]
    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk, &Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let desk = Arc::clone(&self.desk);
        let done = tokio::task::spawn_blocking(move || {
            let connection = desk.connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&desk, &connection)
        });
        done.await.unwrap_or_else(|_| Err(JournalError::Stopped { run: self.desk.run.clone() }))
    }
}

impl Desk {
    fn error(&self, error: &rusqlite::Error) -> JournalError {
        JournalError::sql(&self.folder.file(schema::FILE), error).of_run(&self.run)
    }

    fn read(&self, connection: &Connection, seq: u64, asked: String) -> Result<Value, JournalError> {
        let run = self.run.clone();
        let row = "SELECT name, value FROM records WHERE run = ?1 AND seq = ?2";
        let row = connection.query_row(row, params![run, seq], |row| Ok((row.get(0)?, row.get(1)?))).optional();
        let Some((recorded, text)): Option<(String, String)> = row.map_err(|error| self.error(&error))? else {
            return Err(JournalError::Broken { run, finding: Finding::Missing { seq } });
        };
        if recorded != asked {
            return Err(JournalError::Mismatch { run, seq, recorded, asked });
        }
        serde_json::from_str(&text).map_err(|_| JournalError::Broken { run, finding: Finding::Garbled { seq } })
    }

    /// Appends in one transaction with the check that this attempt is still the newest.
    fn append(&self, connection: &Connection, seq: u64, name: &str, value: &Value) -> Result<(), JournalError> {
        let append = "INSERT INTO records (run, seq, name, value) SELECT ?1, ?2, ?3, ?4
            WHERE (SELECT epoch FROM owners WHERE run = ?1) = ?5";
        let row = params![self.run, seq, name, value.to_string(), self.claim.epoch];
        match connection.execute(append, row).map_err(|error| self.error(&error))? {
            0 => Err(JournalError::Fenced { run: self.run.clone() }),
            _ => Ok(()),
        }
    }

    fn answer(&self, connection: &Connection, name: &str) -> Result<Answer, JournalError> {
        let answer = "SELECT value FROM answers WHERE run = ?1 AND name = ?2";
        let text: Option<String> = connection
            .query_row(answer, params![self.run, name], |row| row.get(0))
            .optional()
            .map_err(|error| self.error(&error))?;
        let Some(text) = text else { return Ok(Answer::Parked) };
        let value = serde_json::from_str(&text).map_err(|_| JournalError::Broken {
            run: self.run.clone(),
            finding: Finding::Answer { name: name.to_owned() },
        });
        value.map(Answer::Given)
    }

    fn alarm(&self, connection: &Connection, nap: u64, duration: Duration) -> Result<u64, JournalError> {
        let until = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let until = i64::try_from(id::now()).unwrap_or(i64::MAX).saturating_add(until);
        let set = "INSERT INTO alarms (run, nap, until) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        connection.execute(set, params![self.run, nap, until]).map_err(|error| self.error(&error))?;
        let get = "SELECT until FROM alarms WHERE run = ?1 AND nap = ?2";
        connection.query_row(get, params![self.run, nap], |row| row.get(0)).map_err(|error| self.error(&error))
    }
}

impl Durable for Sqlite {
    fn step(&self, name: String, job: Job) -> BoxFuture<'_, Result<Stepped, JournalError>> {
        Box::pin(async move {
            let mut passed = self.passed.lock().await;
            let seq = *passed + 1;
            let stepped = if seq <= self.desk.recorded {
                let read = move |desk: &Desk, connection: &Connection| desk.read(connection, seq, name);
                Stepped::Replayed(self.blocking(read).await?)
            } else {
                let Some(value) = job.await else { return Ok(Stepped::Abandoned) };
                let append = move |desk: &Desk, connection: &Connection| {
                    desk.append(connection, seq, &name, &value).map(|()| value)
                };
                Stepped::Fresh(self.blocking(append).await?)
            };
            *passed = seq;
            Ok(stepped)
        })
    }

    fn signal(&self, name: String) -> BoxFuture<'_, Result<Answer, JournalError>> {
        Box::pin(self.blocking(move |desk, connection| desk.answer(connection, &name)))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(async move {
            let nap = self.naps.fetch_add(1, Ordering::SeqCst);
            let until = self.blocking(move |desk, connection| desk.alarm(connection, nap, duration)).await?;
            tokio::time::sleep(Duration::from_millis(until.saturating_sub(id::now()))).await;
            Ok(())
        })
    }
}
