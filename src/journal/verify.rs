//! Going over a record again: is it whole, and is it the one that was written?

use std::{fmt, sync::Arc};

use super::{
    Blobs, JournalError, Store,
    chain::Chain,
    head::{Head, Heads, Seen},
    key::Key,
    owner,
    read::Row,
};

/// What was found when a record was gone over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Verified {
    /// The run.
    pub run: String,
    /// How many records are good, from the first.
    pub records: u64,
    /// The hash of the last good one.
    pub head: String,
    /// What is wrong, if anything.
    pub finding: Option<Finding>,
}

/// What is wrong with a record, the first thing first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// There is no record of this number, but there are later ones.
    Missing {
        /// The number.
        seq: u64,
    },
    /// A record cannot be read.
    Garbled {
        /// Its number.
        seq: u64,
    },
    /// A record is not what it was when it was written.
    Changed {
        /// Its number.
        seq: u64,
    },
    /// A record stands in the place of another.
    Misplaced {
        /// Where it stands.
        seq: u64,
        /// Where it says that it belongs.
        claims: u64,
    },
    /// The run's title, time or origin is not what it was when it began.
    Origin,
    /// A record does not follow from the one before it.
    Unlinked {
        /// Its number.
        seq: u64,
    },
    /// A record was not signed with the key of this folder.
    Unsigned {
        /// Its number.
        seq: u64,
    },
    /// A record is kept under another step's name.
    Renamed {
        /// Its number.
        seq: u64,
    },
    /// What was kept beside a record is missing or was changed.
    Blob {
        /// The record's number.
        seq: u64,
        /// What is wrong.
        problem: String,
    },
    /// The answer to a question cannot be read.
    Answer {
        /// The question.
        name: String,
    },
    /// The record ends before its signed head.
    Cut {
        /// How many records there are.
        records: u64,
        /// How many there were.
        head: u64,
    },
    /// The signed head names another record.
    OtherHead {
        /// Its number.
        seq: u64,
    },
    /// The head is gone.
    NoHead,
    /// The head cannot be read or was not signed with the key of this folder.
    ForgedHead,
    /// The head that was given is not in this record.
    Replaced {
        /// The head that was given.
        expected: String,
    },
}

impl Verified {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.finding.is_none()
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.finding {
            None => write!(f, "{} records, whole and signed; head {}", self.records, self.head),
            Some(finding) => finding.fmt(f),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { seq } => write!(f, "record {seq} is missing"),
            Self::Garbled { seq } => write!(f, "record {seq} cannot be read"),
            Self::Changed { seq } => write!(f, "record {seq} was changed after it was written"),
            Self::Misplaced { seq, claims } => write!(f, "record {claims} stands in the place of record {seq}"),
            Self::Origin => f.write_str("what the run began with was changed afterwards"),
            Self::Unlinked { seq } => write!(f, "record {seq} does not follow from the one before it"),
            Self::Unsigned { seq } => write!(f, "record {seq} was not signed with the key of this folder"),
            Self::Renamed { seq } => write!(f, "record {seq} is kept under another name than it was written"),
            Self::Blob { seq, problem } => write!(f, "what record {seq} keeps beside it: {problem}"),
            Self::Answer { name } => write!(f, "the answer to `{name}` cannot be read"),
            Self::Cut { records, head } => {
                write!(f, "the tail was cut off: {records} records are left of at least {head}")
            }
            Self::OtherHead { seq } => write!(f, "the record was replaced: its signed head names another record {seq}"),
            Self::NoHead => write!(f, "the signed head is gone, so the tail may have been cut off"),
            Self::ForgedHead => write!(f, "the head beside the record is damaged or was signed with another key"),
            Self::Replaced { expected } => {
                write!(f, "the head `{expected}` is not in it: the record was replaced or its tail was cut off")
            }
        }
    }
}

impl Store {
    /// Goes over the record of `run`: every link, every signature, everything kept beside it, and
    /// the signed head. `expected` is a head that was kept elsewhere, as runs print it at their
    /// end; it must be in the record.
    ///
    /// What is wrong is not an error but a [`Finding`].
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the file or the key cannot be read.
    pub fn verify(&self, run: &str, expected: Option<&str>) -> Result<Verified, JournalError> {
        let key = Arc::new(Key::load(self.folder())?);
        let heads = Heads::new(self.folder().clone(), Arc::clone(&key));
        // The head first: a run that goes on meanwhile may only be longer than it.
        let live = owner::is_live(self.folder(), run);
        let head = heads.read(run)?;
        let chain = Chain::new(run, self.origin_hash(run)?, Some(key));
        let mut audit = Audit::new(chain, head, expected);
        let blobs = Blobs::in_folder(self.folder().clone());
        let broken = self.each_row(run, &mut |row| audit.row(&row, &blobs))?;
        let finding = broken.or_else(|| audit.end().filter(|finding| !(live && *finding == Finding::NoHead)));
        Ok(Verified { run: run.to_owned(), records: audit.chain.seq(), head: audit.chain.head().to_owned(), finding })
    }

    /// Whether `run` may be built upon: everything that [`Store::verify`] looks at but what is kept
    /// beside it. A head that is gone or half written is let pass, since a loss of power can
    /// do that.
    pub(super) fn check(&self, run: &str, key: &Arc<Key>) -> Result<(), JournalError> {
        let head = Heads::new(self.folder().clone(), Arc::clone(key)).read(run)?;
        let chain = Chain::new(run, self.origin_hash(run)?, Some(Arc::clone(key)));
        let mut audit = Audit::new(chain, head, None);
        let broken = self.each_row(run, &mut |row| audit.link(&row).map(drop).err())?;
        let finding = broken.or_else(|| audit.end());
        match finding.filter(|finding| !matches!(finding, Finding::NoHead | Finding::ForgedHead)) {
            None => Ok(()),
            Some(finding) => Err(JournalError::Broken { run: run.to_owned(), finding }),
        }
    }
}

/// A record that is being gone over.
struct Audit {
    chain: Chain,
    head: Seen,
    /// Whether the record that the head names was come past, and had its hash.
    met: bool,
    expected: Option<String>,
}

impl Audit {
    fn new(chain: Chain, head: Seen, expected: Option<&str>) -> Self {
        let expected = expected.map(|head| head.trim().to_lowercase());
        Self { chain, head, met: false, expected }
    }

    fn row(&mut self, row: &Row, blobs: &Blobs) -> Option<Finding> {
        let record = match self.link(row) {
            Ok(record) => record,
            Err(finding) => return Some(finding),
        };
        let missing = record.blobs.iter().find_map(|hash| blobs.read(hash).err());
        missing.map(|error| Finding::Blob { seq: row.seq, problem: error.to_string() })
    }

    /// Takes one row on.
    fn link(&mut self, row: &Row) -> Result<super::Record, Finding> {
        let seq = self.chain.seq() + 1;
        if row.seq != seq {
            return Err(Finding::Missing { seq });
        }
        let record = row.record()?;
        self.chain.accept(&record)?;
        if record.name != row.name {
            return Err(Finding::Renamed { seq });
        }
        if let Seen::Head(head) = &self.head
            && head.seq == seq
        {
            if head.hash != record.hash {
                return Err(Finding::OtherHead { seq });
            }
            self.met = true;
        }
        if self.expected.as_ref() == Some(&record.hash) {
            self.expected = None;
        }
        Ok(record)
    }

    /// What is wrong with the record as a whole.
    fn end(&mut self) -> Option<Finding> {
        let records = self.chain.seq();
        if let Some(expected) = self.expected.take() {
            return Some(Finding::Replaced { expected });
        }
        match &self.head {
            Seen::Head(Head { seq, .. }) if !self.met => Some(Finding::Cut { records, head: *seq }),
            Seen::Head(_) => None,
            Seen::Forged => Some(Finding::ForgedHead),
            // A crash right after the first record leaves no head.
            Seen::Nothing if records <= 1 => None,
            Seen::Nothing => Some(Finding::NoHead),
        }
    }
}
