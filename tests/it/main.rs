//! Behaviour of the whole, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test that cannot go on should stop, and tests set the scene from outside"
)]

#[cfg(feature = "browser")]
mod attack;
mod bad_inputs;
mod budget;
mod command;
#[cfg(feature = "console")]
mod console;
mod evidence;
mod faults;
mod hostile;
mod labels;
mod layers;
#[cfg(feature = "model")]
mod model;
mod past;
mod reload;
mod report;
mod resume;
mod runtime;
mod secrets;
mod seeing;
mod sessions;
#[cfg(feature = "browser")]
mod shop;
mod skills;
mod support;
#[cfg(feature = "browser")]
mod teach;
mod terminal;
