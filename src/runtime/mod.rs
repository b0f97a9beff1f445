//! Drives steps: the only place where planner, gate, tools and journal meet.
//!
//! [`Agent`] is what an app builds once; [`Agent::run`] is one attempt at a goal. The step itself
//! is in `step.rs` and reads from top to bottom like the design.

mod agent;
mod approver;
mod builder;
mod consult;
mod counts;
mod court;
mod effect;
mod event;
mod evidence;
mod hands;
mod law;
mod mask;
#[cfg(feature = "story")]
mod past;
mod plan;
mod reins;
mod repeat;
mod report;
mod run;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod toolbox;
mod wording;

pub use agent::{Agent, RunError};
pub use approver::{Approver, Deny, Request, Ruling, Settled};
pub use builder::{AgentBuilder, BuildError};
pub use event::{Event, Part, Used};
pub use hands::{Hands, NotYours};
#[cfg(feature = "story")]
pub(crate) use past::Past;
pub use plan::Plan;
pub use reins::{Gait, Reins};
pub use report::{AnswerError, Report, Status};
