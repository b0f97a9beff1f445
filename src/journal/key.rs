//! The key that signs records. It never leaves its folder.

use std::fmt;

use lamassu_contract::canonical;
use ring::{
    rand::{SecureRandom as _, SystemRandom},
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use serde_json::json;

use super::{
    JournalError,
    folder::{Durability, Folder},
};

const FILE: &str = "key";

/// An Ed25519 key pair.
pub(super) struct Key {
    pair: Ed25519KeyPair,
}

impl Key {
    /// Makes the key of `folder` if it has none yet.
    pub(super) fn make(folder: &Folder) -> Result<(), JournalError> {
        if folder.file(FILE).exists() {
            return Ok(());
        }
        let mut seed = [0; 32];
        let random = SystemRandom::new().fill(&mut seed);
        random.map_err(|_| problem(folder, "cannot be made: the system gives no random numbers"))?;
        folder.replace(FILE, format!("{}\n", hex(&seed)).as_bytes(), Durability::Power)
    }

    /// The key of `folder`.
    pub(super) fn load(folder: &Folder) -> Result<Self, JournalError> {
        let Some(text) = folder.read(FILE)? else {
            return Err(problem(folder, "is missing; put it back, or move the folder away to begin a new record"));
        };
        if folder.is_open_to_others(FILE) {
            return Err(problem(folder, "may be used by others; `chmod 600` it"));
        }
        let seed = std::str::from_utf8(&text).ok().and_then(|text| bytes_of(text.trim()));
        let pair = seed.and_then(|seed| Ed25519KeyPair::from_seed_unchecked(&seed).ok());
        pair.map(|pair| Self { pair }).ok_or_else(|| problem(folder, "is damaged; put a copy back"))
    }

    /// Signs that record `seq` of `run` has this hash.
    pub(super) fn sign(&self, run: &str, seq: u64, hash: &str) -> String {
        hex(self.pair.sign(&message(run, seq, hash)).as_ref())
    }

    /// Whether this key signed that record `seq` of `run` has this hash.
    pub(super) fn signed(&self, run: &str, seq: u64, hash: &str, signature: &str) -> bool {
        let public = UnparsedPublicKey::new(&ED25519, self.pair.public_key());
        bytes_of(signature).is_some_and(|signature| public.verify(&message(run, seq, hash), &signature).is_ok())
    }

    /// The public half.
    pub(super) fn public(&self) -> String {
        hex(self.pair.public_key().as_ref())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("public", &self.public()).finish_non_exhaustive()
    }
}

fn message(run: &str, seq: u64, hash: &str) -> Vec<u8> {
    canonical(&json!(["lamassu-head-1", run, seq, hash]))
}

fn problem(folder: &Folder, problem: &str) -> JournalError {
    JournalError::Key { path: folder.file(FILE), problem: problem.to_owned() }
}

/// `bytes` in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let pairs = (0..hex.len()).step_by(2).map(|start| hex.get(start..start + 2));
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}
