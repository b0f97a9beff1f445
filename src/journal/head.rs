//! Signed heads beside the record: they show that no tail was cut off.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    JournalError, Record,
    folder::{Durability, Folder},
    key::Key,
};

/// The newest record of a run, by number and hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    run: String,
    pub(super) seq: u64,
    pub(super) hash: String,
    signature: String,
    /// The public half of the key, for those who keep heads elsewhere.
    key: String,
}

/// What stands in the place of a run's head.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Head(Head),
    Nothing,
    Forged,
}

/// Writes and reads heads.
#[derive(Debug, Clone)]
pub(super) struct Heads {
    folder: Folder,
    key: Arc<Key>,
}

impl Heads {
    pub(super) fn new(folder: Folder, key: Arc<Key>) -> Self {
        Self { folder, key }
    }

    /// The head that `record` is.
    pub(super) fn of(&self, run: &str, record: &Record) -> Head {
        Head {
            run: run.to_owned(),
            seq: record.seq,
            hash: record.hash.clone(),
            signature: record.signature.clone(),
            key: self.key.public(),
        }
    }

    /// Writes `head` in the place of the one before it.
    ///
    /// It is not forced to the disk: after a loss of power it may be older than the record, whose
    /// own signatures vouch for the rest.
    pub(super) fn write(&self, head: &Head) -> Result<(), JournalError> {
        let text = serde_json::to_vec(head).unwrap_or_default();
        self.folder.replace(&name(&head.run), &text, Durability::Process)
    }

    /// The head of `run`.
    pub(super) fn read(&self, run: &str) -> Result<Seen, JournalError> {
        let Some(text) = self.folder.read(&name(run))? else { return Ok(Seen::Nothing) };
        let Ok(head) = serde_json::from_slice::<Head>(&text) else { return Ok(Seen::Forged) };
        let ours = head.run == run && self.key.signed(run, head.seq, &head.hash, &head.signature);
        Ok(if ours { Seen::Head(head) } else { Seen::Forged })
    }
}

/// The runs that have a head.
pub(super) fn runs(folder: &Folder) -> Vec<String> {
    let names = folder.names("heads").into_iter();
    names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect()
}

fn name(run: &str) -> String {
    format!("heads/{run}.json")
}
