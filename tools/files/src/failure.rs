//! What the operating system says, in words a planner can act on.

use std::io::{Error, ErrorKind};

use lamassu_contract::{Failure, FailureKind};

use crate::name::quoted;

/// Something went wrong while changing a file. The difference decides whether it may be repeated.
#[derive(Debug)]
pub enum Mishap {
    /// Nothing has changed, and that is certain.
    Before(Failure),
    /// Something may have changed.
    During(Failure),
}

impl From<Failure> for Mishap {
    fn from(failure: Failure) -> Self {
        Self::Before(failure)
    }
}

/// What `error`, met at `path`, means.
pub(crate) fn explain(path: &str, error: &Error) -> Failure {
    use ErrorKind as Cause;
    let path = quoted(path);
    let (kind, message) = match error.kind() {
        Cause::NotFound => (FailureKind::NotFound, format!("there is no {path}; list the folder")),
        Cause::AlreadyExists => (FailureKind::Stale, format!("{path} has appeared since it was looked at; look again")),
        Cause::PermissionDenied => {
            (FailureKind::OutOfBounds, format!("the operating system does not let this program touch {path}"))
        }
        Cause::ReadOnlyFilesystem => (FailureKind::OutOfBounds, format!("{path} is on a read-only file system")),
        Cause::StorageFull => {
            (FailureKind::Limit, format!("the disk is full, so {path} could not be written; free some space first"))
        }
        Cause::QuotaExceeded => (
            FailureKind::Limit,
            format!("the disk quota is used up, so {path} could not be written; free some space first"),
        ),
        Cause::FileTooLarge => (FailureKind::Limit, format!("{path} would be larger than the system allows")),
        Cause::DirectoryNotEmpty => {
            (FailureKind::Invalid, format!("the folder {path} is not empty; delete what is in it first"))
        }
        Cause::NotADirectory | Cause::IsADirectory => {
            (FailureKind::Stale, format!("{path} is not what it was; look again"))
        }
        Cause::CrossesDevices => {
            (FailureKind::Invalid, format!("{path} is on another file system; read it and write it there"))
        }
        Cause::InvalidInput => {
            (FailureKind::Invalid, format!("the file system does not do this with {path}; look at what is there"))
        }
        Cause::InvalidFilename => {
            (FailureKind::Invalid, format!("the file system does not take the name {path}; use a plainer one"))
        }
        _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            (FailureKind::OutOfBounds, format!("{path} is a link, and links are never followed"))
        }
        _ => (FailureKind::Lost, format!("the file system failed at {path}: {error}")),
    };
    Failure::new(kind, message)
}

/// `path` is not what was judged.
pub(crate) fn stale(path: &str) -> Failure {
    Failure::new(FailureKind::Stale, format!("{} has changed since it was looked at; look again", quoted(path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::io::Errno;

    #[test]
    fn every_cause_has_its_kind() {
        let causes = [
            (Errno::NOENT, FailureKind::NotFound),
            (Errno::EXIST, FailureKind::Stale),
            (Errno::ACCESS, FailureKind::OutOfBounds),
            (Errno::ROFS, FailureKind::OutOfBounds),
            (Errno::LOOP, FailureKind::OutOfBounds),
            (Errno::NOSPC, FailureKind::Limit),
            (Errno::DQUOT, FailureKind::Limit),
            (Errno::FBIG, FailureKind::Limit),
            (Errno::NOTEMPTY, FailureKind::Invalid),
            (Errno::XDEV, FailureKind::Invalid),
            (Errno::IO, FailureKind::Lost),
        ];
        let seen = causes.map(|(cause, _)| (cause, explain("a", &Error::from(cause)).kind));
        assert_eq!(seen, causes);
    }
}
