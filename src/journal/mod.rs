//! The record: every step of a run, durable before anything follows from it.
//!
//! [`Durable`] is the port: a job runs once, its value is kept, and replayed ever after. There are
//! two engines, one file of SQLite in a [`Store`] and [`Memory`] for runs that nobody resumes.
//! Above the port stands [`Journal`], which is the same on every engine: the hash chain, the
//! signatures, and the rule that an effect belongs to the attempt that wrote its intent.
//!
//! This room never knows what a value means: not the goal, not the policy, not a tool.
//!
//! # What the record proves, and what not
//!
//! Each [`Record`] holds the hash of the one before it and is signed with a key in the folder
//! (mode 600). [`Store::verify`] finds a flipped byte, a record that was deleted, swapped or
//! appended by someone without the key, and a tail that was cut off below the signed head in
//! `heads/`. Who can write the whole folder can put an older record back together with its older
//! head; who can also read the key can write another history and sign it. Against both helps only
//! a head kept where they cannot reach: every run prints its head at the end, and `verify` takes it.

mod blobs;
mod chain;
mod error;
mod folder;
mod head;
mod id;
mod key;
mod ledger;
mod memory;
mod owner;
mod port;
mod protocol;
mod read;
mod schema;
mod sqlite;
mod store;
mod verify;

#[cfg(test)]
mod tests;

pub use blobs::Blobs;
pub use chain::{Kind, Record};
pub use error::JournalError;
pub use ledger::Ledger;
pub use memory::Memory;
pub use port::{Answer, Durable, Job, Stepped};
pub use protocol::{Effected, Entry, Journal};
pub use read::RunRow;
pub use store::Store;
pub use verify::{Finding, Verified};
