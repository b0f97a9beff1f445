//! Records, each of which holds the hash of the one before it.

use std::{fmt, sync::Arc};

use lamassu_contract::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Finding, key::Key};

/// What the first record of a run has instead of a hash before it: a hash of what was known when
/// the run began, so that this too cannot be changed afterwards.
pub(super) fn origin(run: &str, began: u64, title: &str, origin: &Value) -> String {
    Digest::of(&json!(["lamassu-origin-1", run, began, title, origin])).to_string()
}

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What the run set out to do.
    Begin,
    /// How things stood.
    Look,
    /// What the planner proposed.
    Proposal,
    /// How an action was judged. If it may run, this is the intent.
    Judgement,
    /// What a person said about a held action.
    Approval,
    /// What came of an action.
    Outcome,
    /// What was found out about an action in doubt.
    Resolved,
    /// What a person answered.
    Answer,
    /// A remark.
    Note,
    /// How the run ended.
    End,
}

impl Kind {
    /// The lower-case name, as the record writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Look => "look",
            Self::Proposal => "proposal",
            Self::Judgement => "judgement",
            Self::Approval => "approval",
            Self::Outcome => "outcome",
            Self::Resolved => "resolved",
            Self::Answer => "answer",
            Self::Note => "note",
            Self::End => "end",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One record as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its number in the run, from 1.
    pub seq: u64,
    /// What it is about.
    pub kind: Kind,
    /// The step's name, unique in the run, such as `judgement-3`.
    pub name: String,
    /// When it was made, in milliseconds since 1970.
    pub at: u64,
    /// The hash of the record before it.
    pub prev: String,
    /// What the step returned.
    pub value: Value,
    /// The hashes of what is kept beside the record for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blobs: Vec<String>,
    /// SHA-256 over the run's id and everything above, in hexadecimal.
    pub hash: String,
    /// The signature of the hash; empty on an engine that has no key.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signature: String,
}

impl Record {
    /// The record as an engine keeps it. The value is moved, not copied: it may be large.
    pub(super) fn into_value(mut self) -> Value {
        let value = self.value.take();
        // Serialising cannot fail: every map key is a string.
        let mut record = serde_json::to_value(self).unwrap_or_default();
        if let Some(place) = record.get_mut("value") {
            *place = value;
        }
        record
    }

    fn digest(&self, run: &str) -> String {
        let Self { seq, kind, name, at, prev, value, blobs, .. } = self;
        let value = Digest::of(value);
        Digest::of(&json!(["lamassu-record-1", run, seq, kind, name, at, prev, value, blobs])).to_string()
    }
}

/// The end of a run's chain, to which the next record is linked.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    run: Arc<str>,
    seq: u64,
    head: String,
    key: Option<Arc<Key>>,
}

impl Chain {
    /// The empty chain of `run`, which begins at the hash `origin`. With a key, its records are
    /// signed.
    pub(super) fn new(run: &str, origin: String, key: Option<Arc<Key>>) -> Self {
        Self { run: run.into(), seq: 0, head: origin, key }
    }

    /// The run's id.
    pub(super) fn run(&self) -> &str {
        &self.run
    }

    /// How many records there are.
    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    /// The hash of the last one.
    pub(super) fn head(&self) -> &str {
        &self.head
    }

    /// `record` with its number, link, hash and signature.
    pub(super) fn seal(&self, mut record: Record) -> Record {
        record.seq = self.seq + 1;
        record.prev.clone_from(&self.head);
        record.hash = record.digest(&self.run);
        let sign = |key: &Arc<Key>| key.sign(&self.run, record.seq, &record.hash);
        record.signature = self.key.as_ref().map(sign).unwrap_or_default();
        record
    }

    /// Takes `record` on, if it is the next one and signed.
    pub(super) fn accept(&mut self, record: &Record) -> Result<(), Finding> {
        let signed = |key: &Arc<Key>| key.signed(&self.run, record.seq, &record.hash, &record.signature);
        let signed = self.key.as_ref().is_none_or(signed);
        let mut next = self.clone();
        next.follow(record)?;
        if !signed {
            return Err(Finding::Unsigned { seq: next.seq });
        }
        *self = next;
        Ok(())
    }

    /// Takes `record` on, if it is the next one. It was sealed just now, so its signature need not
    /// be looked at.
    pub(super) fn follow(&mut self, record: &Record) -> Result<(), Finding> {
        let seq = self.seq + 1;
        if record.seq != seq {
            return Err(Finding::Misplaced { seq, claims: record.seq });
        }
        if record.hash != record.digest(&self.run) {
            return Err(Finding::Changed { seq });
        }
        if record.prev != self.head {
            return Err(if seq == 1 { Finding::Origin } else { Finding::Unlinked { seq } });
        }
        self.seq = seq;
        self.head.clone_from(&record.hash);
        Ok(())
    }
}
