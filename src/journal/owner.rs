//! One process at a time: a lock that dies with its holder, and an epoch that fences it.

use std::fs::File;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{JournalError, folder::Folder, schema};

/// The right to append to a run, until it is dropped or the process dies.
#[derive(Debug)]
pub(super) struct Claim {
    /// The number of this attempt; every append checks that it is still the newest.
    pub(super) epoch: i64,
    _lock: File,
}

/// Takes the right to append to `run`.
pub(super) fn claim(folder: &Folder, connection: &Connection, run: &str) -> Result<Claim, JournalError> {
    let error = |error| JournalError::sql(&folder.file(schema::FILE), &error).of_run(run);
    let Some(lock) = folder.lock(&lock_of(run))? else {
        let pid = "SELECT pid FROM owners WHERE run = ?1";
        let pid = connection.query_row(pid, [run], |row| row.get(0)).optional().map_err(error)?;
        return Err(JournalError::Owned { run: run.to_owned(), pid: pid.unwrap_or_default() });
    };
    let take = "INSERT INTO owners (run, epoch, pid) VALUES (?1, 1, ?2)
        ON CONFLICT (run) DO UPDATE SET epoch = epoch + 1, pid = excluded.pid RETURNING epoch";
    // A statement that returns a row has not been committed yet; a full disk shows only then.
    let transaction = connection.unchecked_transaction().map_err(error)?;
    let epoch = transaction.query_row(take, params![run, std::process::id()], |row| row.get(0)).map_err(error)?;
    transaction.commit().map_err(error)?;
    Ok(Claim { epoch, _lock: lock })
}

/// Whether somebody works on `run` now.
pub(super) fn is_live(folder: &Folder, run: &str) -> bool {
    folder.is_locked(&lock_of(run))
}

fn lock_of(run: &str) -> String {
    format!("locks/{run}.lock")
}
