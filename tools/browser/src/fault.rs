//! What can go wrong between us and a page, and what it means for an action.

use lamassu_contract::{Failure, FailureKind, Outcome};

/// The words of browsers and drivers for a document that is no more.
const GONE: [&str; 9] = [
    "no such execution context",
    "Cannot find context",
    "context was destroyed",
    "context with specified id",
    "Inspected target navigated",
    "No frame for given id",
    "Document was unloaded",
    "document unloaded",
    "Browsing context has been discarded",
];
/// And for a browser that is no more.
const DEAD: [&str; 6] =
    ["disconnected", "not reachable", "session deleted", "tab crashed", "invalid session id", "browser has closed"];

/// Why the browser did not answer as it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The driver or the browser is gone; this session cannot be used again.
    #[error("the browser is gone: {0}; start the run again")]
    Lost(String),
    /// A dialog of the page is open and blocks it.
    #[error("the page shows a dialog that says \"{0}\"; answer it with `dialog`")]
    Dialog(String),
    /// The document went away while it was asked.
    #[error("the page moved while it was looked at; look again")]
    Moved,
    /// The tab was closed, perhaps by the page itself.
    #[error("this tab has been closed; `tabs` lists the others")]
    Closed,
    /// The next page did not come in time; loading it has been stopped.
    #[error("the next page did not come in time; try again later")]
    Slow,
    /// The page or the driver answered with an error.
    #[error("the browser answered: {0}")]
    Answer(String),
}

impl Fault {
    /// What the words of a browser or a driver mean.
    pub(crate) fn understood(words: &str) -> Self {
        let says = |known: &[&str]| known.iter().any(|known| words.contains(known));
        match words {
            _ if says(&DEAD) => Self::Lost(words.to_owned()),
            _ if says(&GONE) => Self::Moved,
            _ => Self::Answer(words.to_owned()),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let kind = match fault {
            Fault::Lost(_) => FailureKind::Lost,
            Fault::Dialog(_) => FailureKind::Invalid,
            Fault::Moved | Fault::Closed => FailureKind::Stale,
            Fault::Slow => FailureKind::Limit,
            Fault::Answer(_) => FailureKind::Remote,
        };
        Self::new(kind, fault.to_string())
    }
}

/// What a fault means once an effect has been started.
pub(crate) fn in_doubt(fault: Fault) -> Outcome {
    Outcome::MayHaveLanded(fault.into())
}

/// What a failure means as long as nothing has been started.
pub(crate) fn not_sent(failure: impl Into<Failure>) -> Outcome {
    Outcome::NotSent(failure.into())
}
