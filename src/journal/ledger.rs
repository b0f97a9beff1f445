//! Where the records of an agent's runs go.

use serde_json::Value;

use super::{Journal, JournalError, Store};

/// The place for records.
#[derive(Debug, Clone, Default)]
pub enum Ledger {
    /// In memory, gone with the run. Nothing can be resumed.
    #[default]
    Memory,
    /// In a folder.
    Store(Store),
}

impl Ledger {
    /// Begins the record of a new run, which lists show as `title`. `origin` is kept for whoever
    /// takes the run up again; see [`Store::origin`].
    ///
    /// # Errors
    ///
    /// As for [`Store::begin`].
    pub async fn begin(&self, title: &str, origin: &Value) -> Result<Journal, JournalError> {
        match self {
            Self::Memory => Ok(Journal::in_memory()),
            Self::Store(store) => store.begin(title, origin).await,
        }
    }

    /// Takes up the record of `run`.
    ///
    /// # Errors
    ///
    /// As for [`Store::resume`]; in memory there is nothing to take up.
    pub async fn resume(&self, run: &str) -> Result<Journal, JournalError> {
        match self {
            Self::Memory => Err(JournalError::NoRun { asked: run.to_owned() }),
            Self::Store(store) => store.resume(run).await,
        }
    }
}
