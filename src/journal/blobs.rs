//! What is too big for the record: pictures and pages, kept beside it by their hash.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};

use super::{
    JournalError,
    folder::{Durability, Folder},
    key::hex,
};

/// Keeps bytes by their SHA-256. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    place: Place,
    /// What was kept since the last record was made; the next one will name it.
    kept: Arc<Mutex<Vec<String>>>,
}

#[derive(Debug, Clone)]
enum Place {
    Folder(Folder),
    Memory(Arc<Mutex<BTreeMap<String, Vec<u8>>>>),
}

impl Blobs {
    pub(super) fn in_folder(folder: Folder) -> Self {
        Self { place: Place::Folder(folder), kept: Arc::default() }
    }

    pub(super) fn in_memory() -> Self {
        Self { place: Place::Memory(Arc::default()), kept: Arc::default() }
    }

    /// Keeps `bytes`; they are on the disk when this returns. The hash comes back, and the record
    /// of the step under way will vouch for it.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if they cannot be written.
    pub fn keep(&self, bytes: &[u8]) -> Result<String, JournalError> {
        let hash = hash_of(bytes);
        match &self.place {
            // What is there and whole need not be written again.
            Place::Folder(_) if self.read(&hash).is_ok() => {}
            Place::Folder(folder) => folder.replace(&name(&hash), bytes, Durability::Power)?,
            Place::Memory(map) => {
                map.lock().unwrap_or_else(PoisonError::into_inner).insert(hash.clone(), bytes.to_vec());
            }
        }
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(hash.clone());
        Ok(hash)
    }

    /// Keeps what `text` says in base64, and gives back `blob:` and its hash.
    ///
    /// # Errors
    ///
    /// [`JournalError::Blob`] if it is not base64; else as for [`Blobs::keep`].
    pub fn keep_base64(&self, text: &str) -> Result<String, JournalError> {
        let bytes = STANDARD.decode(text).map_err(|error| JournalError::Blob {
            hash: String::new(),
            problem: format!("cannot be kept, since it is not base64: {error}"),
        })?;
        Ok(format!("blob:{}", self.keep(&bytes)?))
    }

    /// The bytes of this hash, which may have `blob:` before it.
    ///
    /// # Errors
    ///
    /// [`JournalError::Blob`] if there are none, or they have another hash.
    pub fn read(&self, hash: &str) -> Result<Vec<u8>, JournalError> {
        let hash = hash.strip_prefix("blob:").unwrap_or(hash);
        let problem = |problem: &str| JournalError::Blob { hash: hash.to_owned(), problem: problem.to_owned() };
        // A hash becomes part of a path, so it must be nothing but a hash.
        if hash.len() != 64 || !hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(problem("is not the name of anything kept"));
        }
        let bytes = match &self.place {
            Place::Folder(folder) => folder.read(&name(hash))?,
            Place::Memory(map) => map.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned(),
        };
        match bytes {
            None => Err(problem("is missing")),
            Some(bytes) if hash_of(&bytes) == hash => Ok(bytes),
            Some(_) => Err(problem("was changed")),
        }
    }

    /// The bytes of this hash in base64.
    ///
    /// # Errors
    ///
    /// As for [`Blobs::read`].
    pub fn read_base64(&self, hash: &str) -> Result<String, JournalError> {
        self.read(hash).map(|bytes| STANDARD.encode(bytes))
    }

    /// What was kept since the last call.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn hash_of(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

fn name(hash: &str) -> String {
    format!("blobs/{}/{hash}", hash.get(..2).unwrap_or_default())
}
