//! The file `record.db`: how it is opened and what is in it.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{JournalError, folder::Folder, key::Key};

/// The file's name.
pub(super) const FILE: &str = "record.db";

/// The format that this version writes.
const FORMAT: i64 = 1;

/// How long to wait while another process writes.
const PATIENCE: Duration = Duration::from_secs(10);

/// `records` is what engines must keep and nothing else. `owners` fences: the epoch grows with
/// every attempt, and only the newest may append.
const TABLES: &str = "
    CREATE TABLE runs (run TEXT PRIMARY KEY, began INTEGER NOT NULL, title TEXT NOT NULL,
        origin TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE owners (run TEXT PRIMARY KEY REFERENCES runs, epoch INTEGER NOT NULL, pid INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
    CREATE TABLE records (run TEXT NOT NULL REFERENCES runs, seq INTEGER NOT NULL, name TEXT NOT NULL,
        value TEXT NOT NULL, PRIMARY KEY (run, seq)) STRICT;
    CREATE TABLE answers (run TEXT NOT NULL REFERENCES runs, name TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (run, name)) STRICT, WITHOUT ROWID;
    CREATE TABLE alarms (run TEXT NOT NULL REFERENCES runs, nap INTEGER NOT NULL, until INTEGER NOT NULL,
        PRIMARY KEY (run, nap)) STRICT, WITHOUT ROWID;
";

/// Makes the key and the file in `folder` if they are not there yet, and checks the format.
pub(super) fn set_up(folder: &Folder) -> Result<(), JournalError> {
    // Two processes that make the file at the same time would fail on each other.
    let _lock = folder.wait_for("locks/open.lock")?;
    let path = folder.file(FILE);
    if !path.exists() {
        // The key first: a record without its key could never be built upon.
        Key::make(folder)?;
        folder.touch(FILE)?;
    }
    let mut connection = connect(folder)?;
    let error = |error| JournalError::sql(&path, &error);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(error)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(error)?;
    match found {
        FORMAT => Ok(()),
        0 => {
            transaction.execute_batch(TABLES).map_err(error)?;
            transaction.pragma_update(None, "user_version", FORMAT).map_err(error)?;
            transaction.commit().map_err(error)
        }
        _ => Err(JournalError::Newer { folder: folder.path().to_owned(), found, known: FORMAT }),
    }
}

/// A connection to the file in `folder`, which must be there.
pub(super) fn connect(folder: &Folder) -> Result<Connection, JournalError> {
    let path = folder.file(FILE);
    open(&path).map_err(|error| JournalError::sql(&path, &error))
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // On macOS a plain fsync does not reach the disk.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}
