//! What can go wrong with the record, by what can be done about it.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::Finding;

/// Why the record cannot be written or read. Nothing runs that is not on record.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk is full. What was recorded before is intact.
    #[error("the disk under `{}` is full; free some space and {}", folder.display(), again(run))]
    Full {
        /// The folder of the record.
        folder: PathBuf,
        /// The run that could not go on; empty if there is none yet.
        run: String,
    },
    /// Another process, or another agent of this one, works on the run.
    #[error("run `{run}` is being worked on by process {pid}; wait until it ends, or stop it")]
    Owned {
        /// The run.
        run: String,
        /// The process that holds it.
        pid: u32,
    },
    /// Another process took the run over; this one must stop.
    #[error("run `{run}` was taken over by another process, so this one stops; see `lamassu runs show {run}`")]
    Fenced {
        /// The run.
        run: String,
    },
    /// An earlier attempt made another step here.
    #[error(
        "record {seq} of run `{run}` is `{recorded}` where `{asked}` was expected; \
         resume it with the version, task and settings it began with"
    )]
    Mismatch {
        /// The run.
        run: String,
        /// Which record.
        seq: u64,
        /// The step that is on record.
        recorded: String,
        /// The step that was asked for.
        asked: String,
    },
    /// A recorded value has another shape than the program expects.
    #[error(
        "record {seq} of run `{run}` has another shape than expected: {problem}; \
         resume it with the version it began with"
    )]
    Shape {
        /// The run.
        run: String,
        /// Which record.
        seq: u64,
        /// What does not fit.
        problem: String,
    },
    /// A value cannot be recorded as it is.
    #[error(
        "what `{name}` returned cannot be recorded: {problem}; `lamassu resume {run}` goes on from the last record"
    )]
    Unfit {
        /// The run.
        run: String,
        /// The step.
        name: String,
        /// Why not.
        problem: String,
    },
    /// An effect was asked for that does not directly follow its intent.
    #[error("the effect `{name}` of run `{run}` does not directly follow its intent; nothing was done")]
    NoIntent {
        /// The run.
        run: String,
        /// The effect.
        name: String,
    },
    /// An earlier step of this attempt was not recorded, so nothing may follow it.
    #[error("run `{run}` stopped at a step that was not recorded; `lamassu resume {run}` goes on from the last record")]
    Stopped {
        /// The run.
        run: String,
    },
    /// Somebody changed the record.
    #[error("the record of run `{run}` is broken and cannot be built upon: {finding}; see `lamassu runs verify {run}`")]
    Broken {
        /// The run.
        run: String,
        /// What was found first.
        finding: Finding,
    },
    /// There is no such run.
    #[error("there is no run `{asked}`; see `lamassu runs ls`")]
    NoRun {
        /// What was asked for.
        asked: String,
    },
    /// Several runs are meant.
    #[error("`{asked}` could be {}; type more of it", quoted(runs))]
    Ambiguous {
        /// What was asked for.
        asked: String,
        /// The runs it could be.
        runs: Vec<String>,
    },
    /// The question has another answer already.
    #[error("`{name}` of run `{run}` was answered before; the first answer stays")]
    Answered {
        /// The run.
        run: String,
        /// The question.
        name: String,
    },
    /// The record was made by a newer version.
    #[error(
        "the record in `{}` was made by a newer lamassu (format {found}, this one knows {known}); upgrade lamassu",
        folder.display()
    )]
    Newer {
        /// The folder of the record.
        folder: PathBuf,
        /// The format that was found.
        found: i64,
        /// The newest format that is known.
        known: i64,
    },
    /// The file of the record is damaged.
    #[error(
        "`{}` is damaged: {problem}; put a copy back, or move the folder away to begin a new record",
        path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What the engine says.
        problem: String,
    },
    /// A file or folder cannot be used.
    #[error(
        "`{}` cannot be used: {problem}; check its owner and mode, or choose another folder for the record",
        path.display()
    )]
    Unusable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
    /// The signing key cannot be used.
    #[error("the signing key `{}` {problem}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// What is kept beside the record under this hash is missing or is something else.
    #[error("`blob:{hash}` {problem}")]
    Blob {
        /// The hash.
        hash: String,
        /// What is wrong.
        problem: String,
    },
    /// Other processes kept the record busy for too long.
    #[error("the record in `{}` is kept busy by another process; try again", folder.display())]
    Busy {
        /// The folder of the record.
        folder: PathBuf,
    },
    /// The engine failed in another way.
    #[error("the record in `{}` cannot be used: {problem}", folder.display())]
    Engine {
        /// The folder of the record.
        folder: PathBuf,
        /// What the engine says.
        problem: String,
    },
}

impl JournalError {
    /// What an error with the file or folder at `path` means.
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded => {
                Self::Full { folder: path.parent().unwrap_or(path).to_owned(), run: String::new() }
            }
            _ => Self::Unusable { path: path.to_owned(), problem: error.to_string() },
        }
    }

    /// What an error of SQLite means, for the record at `path`.
    pub(super) fn sql(path: &Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        // The file that connections share could not grow.
        const SHARED_FILE_FULL: i32 = rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
        let folder = path.parent().unwrap_or(path).to_owned();
        let problem = error.to_string();
        match error.sqlite_error().map(|error| (error.code, error.extended_code)) {
            Some((Code::DiskFull, _) | (_, SHARED_FILE_FULL)) => Self::Full { folder, run: String::new() },
            Some((Code::DatabaseCorrupt | Code::NotADatabase, _)) => Self::Corrupt { path: path.to_owned(), problem },
            Some((Code::DatabaseBusy | Code::DatabaseLocked, _)) => Self::Busy { folder },
            Some((Code::CannotOpen | Code::PermissionDenied | Code::ReadOnly, _)) => {
                Self::Unusable { path: path.to_owned(), problem }
            }
            _ => Self::Engine { folder, problem },
        }
    }

    /// The same error, which says how to go on with `run`.
    pub(super) fn of_run(self, run: &str) -> Self {
        match self {
            Self::Full { folder, .. } => Self::Full { folder, run: run.to_owned() },
            other => other,
        }
    }
}

fn again(run: &str) -> String {
    if run.is_empty() { "try again".to_owned() } else { format!("`lamassu resume {run}`") }
}

fn quoted(runs: &[String]) -> String {
    runs.iter().map(|run| format!("`{run}`")).collect::<Vec<_>>().join(" or ")
}
