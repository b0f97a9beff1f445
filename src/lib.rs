//! Lamassu is a runtime for large action models in which no action runs that the policy has not
//! judged.
//!
//! A [`planner`] proposes, each step is described by a tool, judged by the [`policy`], written to
//! the [`journal`] and only then done. The [`runtime`] is the one place where they meet.
//!
//! ```
//! use lamassu::{Agent, Call, Goal, Pack, Script, files::{FilesTool, Limits}};
//!
//! # async fn example(folder: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! let agent = Agent::builder()
//!     .planner(Script::calls(vec![Call::new("files", "read").with("path", "notes.txt")]))
//!     .tool(FilesTool::open(folder, Limits::default())?)
//!     .pack(Pack::ready("read-only"))
//!     .build()?;
//! let report = agent.run(Goal::new("read my notes")).await?;
//! assert!(report.refusals.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! Where to look:
//!
//! - [`Agent`] and its builder: what an app needs.
//! - [`Goal`]: what is wanted, what it may cost, what the answer must look like.
//! - [`Tool`], [`Action`], [`Gate`]: the contract, for tools of your own.
//! - [`Pack`]: rules to judge by. [`Approver`]: whom to ask.

pub mod goal;
pub mod journal;
pub mod planner;
pub mod policy;
pub mod runtime;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "console")]
pub mod console;
#[cfg(feature = "story")]
mod story;

#[cfg(feature = "browser")]
pub use lamassu_browser as browser;
pub use lamassu_contract::*;
pub use lamassu_files as files;
pub use lamassu_http as http;

pub use goal::{Budget, Goal, Step, Task};
pub use journal::Store;
#[cfg(feature = "model")]
pub use planner::model::Model;
pub use planner::{Planned, Planner, Proposal, View, cascade::Cascade, local::Local, script::Script};
pub use policy::Pack;
pub use runtime::{Agent, Approver, Event, Report, Request, Ruling, RunError, Status};
