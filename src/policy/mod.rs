//! What may be done: Cedar rules behind the contract's `Policy`.
//!
//! A [`Pack`] is a folder with rules (`*.cedar`), what the user fills in (`pack.toml`) and cases
//! that say what the rules are meant to decide (`cases.toml`). [`CedarPolicy::load`] parses and
//! validates all of it, beside the guards that stand whatever a pack says, and runs the cases;
//! one mistake anywhere and nothing is loaded. [`check`] tells what is in a pack, [`test`] whether
//! each of its rules matters, `Prover` what holds for every request, [`explain`] why a recorded
//! judgement fell as it did.
//!
//! Deciding looks at the question alone. Whatever goes wrong in it is an error, and the gate
//! makes every error a denial. This module knows nothing of planners, of the record, or of how
//! anything is done.

mod backdrop;
mod backtest;
mod builtin;
mod cases;
mod cedar;
mod changes;
mod check;
mod consent;
mod context;
mod depth;
mod entities;
mod eval;
mod explain;
mod fault;
mod foreign;
mod host;
mod index;
mod learn;
mod manifest;
mod pack;
#[cfg(feature = "prove")]
mod prove;
mod reads;
mod recorded;
mod rules;
mod schema;
#[cfg(test)]
mod tests;
mod text;
mod trial;
mod why;

pub use backtest::{Backtest, Bench, Flip, Found};
pub use cedar::CedarPolicy;
pub use check::{Report, check};
pub use consent::{Consents, consent_to};
pub use eval::{Judged, Judgement, Sessions};
pub use explain::explain;
pub use fault::{Fault, PackError};
#[cfg(all(feature = "cli", feature = "browser"))]
pub(crate) use host::site;
pub use learn::{General, LearnError, Learned, Learner, Shown};
pub use manifest::Parameters;
pub use pack::Pack;
#[cfg(feature = "prove")]
pub use prove::{Finding, Outcome, Proof, ProveError, Prover};
pub use recorded::{Bindings, Recorded, Unjudged, Word};
pub use trial::{Check, Trial, test};
pub use why::{Turn, Why, why};
