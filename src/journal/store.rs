//! A folder with the records of many runs.

use std::{path::Path, sync::Arc};

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;

use super::{
    Blobs, Journal, JournalError, chain::Chain, folder::Folder, head, head::Heads, id, key::Key, schema, sqlite::Sqlite,
};

/// How often a new id is minted before giving up.
const MINTS: u32 = 8;

/// The records of many runs in one folder, which several processes may use at once. Cheap to clone.
///
/// In the folder: `record.db` (SQLite), `key` (signs records), `heads/`, `blobs/` and `locks/`.
/// All of it is made for its owner only.
#[derive(Debug, Clone)]
pub struct Store {
    folder: Arc<Folder>,
}

impl Store {
    /// The records in `folder`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the folder cannot be used, or what is in it is damaged or newer.
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        let folder = Folder::open(folder)?;
        schema::set_up(&folder)?;
        Ok(Self { folder: Arc::new(folder) })
    }

    /// Begins the record of a new run, which lists show as `title`. `origin` is kept for whoever
    /// takes the run up again; see [`Store::origin`]. The first record vouches for both.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if it cannot be written.
    pub async fn begin(&self, title: &str, origin: &Value) -> Result<Journal, JournalError> {
        let (store, title, origin) = (self.clone(), title.to_owned(), origin.to_string());
        blocking(move || {
            let key = store.key()?;
            let run = store.add(&title, &origin)?;
            store.journal(&run, key)
        })
        .await
    }

    /// Takes up the record of `run` from its beginning; see [`Store::find`] for what may be given.
    ///
    /// # Errors
    ///
    /// [`JournalError::Owned`] if somebody works on it, [`JournalError::Broken`] if the record was
    /// tampered with; any other if there is no such run or it cannot be read.
    pub async fn resume(&self, run: &str) -> Result<Journal, JournalError> {
        let (store, run) = (self.clone(), run.to_owned());
        blocking(move || {
            let run = store.find(&run)?;
            store.known(&run)?;
            let key = store.key()?;
            let journal = store.journal(&run, Arc::clone(&key))?;
            // Under the lock, so that nobody appends while it is gone over.
            store.check(&run, &key)?;
            Ok(journal)
        })
        .await
    }

    /// Answers the question `name` of `run`, which waits for it or will ask it. The first answer
    /// stays.
    ///
    /// # Errors
    ///
    /// [`JournalError::Answered`] if there is another answer already; any other if there is no such
    /// run or it cannot be written.
    pub fn answer(&self, run: &str, name: &str, value: &Value) -> Result<(), JournalError> {
        self.known(run)?;
        let connection = self.connect()?;
        let text = value.to_string();
        let add = "INSERT INTO answers (run, name, value) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        connection.execute(add, params![run, name, text]).map_err(|error| self.error(&error))?;
        let get = "SELECT value FROM answers WHERE run = ?1 AND name = ?2";
        let kept: String =
            connection.query_row(get, params![run, name], |row| row.get(0)).map_err(|error| self.error(&error))?;
        if kept == text {
            return Ok(());
        }
        Err(JournalError::Answered { run: run.to_owned(), name: name.to_owned() })
    }

    /// The run that is meant by `asked`: an id, the beginning or the end of one that fits no other,
    /// or `last` for the newest.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoRun`] or [`JournalError::Ambiguous`] with the runs it could be.
    pub fn find(&self, asked: &str) -> Result<String, JournalError> {
        let none = || JournalError::NoRun { asked: asked.to_owned() };
        let mut runs = self.ids()?;
        if asked == "last" {
            return runs.pop().ok_or_else(none);
        }
        let typed = id::typed(asked).ok_or_else(none)?;
        // A run whose rows are gone still has a head, and can be verified.
        runs.extend(head::runs(&self.folder));
        runs.sort_unstable();
        runs.dedup();
        runs.retain(|run| run.starts_with(&typed) || run.ends_with(&typed));
        match runs.as_slice() {
            [] => Err(none()),
            [run] => Ok(run.clone()),
            _ => Err(JournalError::Ambiguous { asked: asked.to_owned(), runs }),
        }
    }

    /// What is kept beside the records.
    #[must_use]
    pub fn blobs(&self) -> Blobs {
        Blobs::in_folder(Folder::clone(&self.folder))
    }

    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(super) fn key(&self) -> Result<Arc<Key>, JournalError> {
        Key::load(&self.folder).map(Arc::new)
    }

    pub(super) fn connect(&self) -> Result<Connection, JournalError> {
        schema::connect(&self.folder)
    }

    pub(super) fn error(&self, error: &rusqlite::Error) -> JournalError {
        JournalError::sql(&self.folder.file(schema::FILE), error)
    }

    /// Fails if there is no run of exactly this id.
    pub(super) fn known(&self, run: &str) -> Result<(), JournalError> {
        let connection = self.connect()?;
        let found = connection.query_row("SELECT 1 FROM runs WHERE run = ?1", [run], |_| Ok(())).optional();
        found.map_err(|error| self.error(&error))?.ok_or_else(|| JournalError::NoRun { asked: run.to_owned() })
    }

    fn ids(&self) -> Result<Vec<String>, JournalError> {
        let connection = self.connect()?;
        let list = || -> rusqlite::Result<Vec<String>> {
            connection.prepare("SELECT run FROM runs ORDER BY run")?.query_map([], |row| row.get(0))?.collect()
        };
        list().map_err(|error| self.error(&error))
    }

    fn add(&self, title: &str, origin: &str) -> Result<String, JournalError> {
        let connection = self.connect()?;
        let add = "INSERT INTO runs (run, began, title, origin) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
        for _ in 0..MINTS {
            let run = id::mint();
            let added = connection.execute(add, params![run, id::now(), title, origin]);
            if added.map_err(|error| self.error(&error))? == 1 {
                return Ok(run);
            }
        }
        Err(JournalError::Busy { folder: self.folder.path().to_owned() })
    }

    fn journal(&self, run: &str, key: Arc<Key>) -> Result<Journal, JournalError> {
        let engine = Sqlite::claim(&self.folder, run)?;
        self.journal_on(run, engine, key)
    }

    pub(super) fn journal_on(&self, run: &str, engine: Sqlite, key: Arc<Key>) -> Result<Journal, JournalError> {
        let heads = Heads::new(Folder::clone(&self.folder), Arc::clone(&key));
        let chain = Chain::new(run, self.origin_hash(run)?, Some(key));
        Ok(Journal::with(Arc::new(engine), chain, Some(heads), self.blobs()))
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
) -> Result<T, JournalError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}
