//! The words that planner, policy, tools and runtime share, and the gate between them.
//!
//! This crate is the trusted core: small enough to read in one sitting, and without any
//! input or output of its own. One step reads, from top to bottom:
//!
//! 1. A planner asks for a [`Call`]; a [`Tool`] describes it as an [`Action`] with facts.
//! 2. [`Provenance`] labels every argument with where its text came from.
//! 3. The [`Gate`] asks the [`Policy`] and answers [`Verdict::Go`], [`Verdict::Hold`] or
//!    [`Verdict::Stop`].
//! 4. Only `Go` carries a [`Permit`], and [`Tool::run`] takes one by value. There is no other
//!    way to act.
//! 5. The tool answers with an [`Outcome`]: not sent, landed, or perhaps landed.

mod action;
mod call;
mod canonical;
mod gate;
mod label;
mod observation;
mod page;
mod policy;
mod provenance;
mod resource;
mod seat;
mod secret;
mod text;
mod tool;

pub use action::{Action, Argument, Digest, Effect, NotAnAction};
pub use call::{Call, Kind, Verb};
pub use canonical::canonical;
pub use gate::{Gate, Held, Judge, Permit, Refusal, Verdict};
pub use label::{Label, Source};
pub use observation::{Exchange, Observation, Picture};
pub use page::{Advice, Change, Detail, Page, Row, Table};
pub use policy::{
    Approval, Autonomy, Decision, Limits, Mode, Policy, PolicyError, Question, Rule, SecretUse, Spent, Standing, money,
};
pub use provenance::{Claims, Provenance, Trace};
pub use resource::{Element, Field, File, FileKind, Form, Resource, Zone};
pub use secret::{Secret, SecretError, Vault};
pub use text::{has_placeholder, is_hidden, names_secret, visible};
pub use tool::{Candidate, Failure, FailureKind, Outcome, Reconciled, Tool};

/// The one boxed-future alias that crosses crates.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
