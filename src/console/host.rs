//! Who makes agents for the console. It knows no task file and no command line.

use std::collections::BTreeMap;

use lamassu_contract::{Autonomy, BoxFuture, Verb};
use serde::Deserialize;

use super::Seat;
use crate::runtime::Report;

/// Makes the agents of runs that are begun or taken up from the page.
pub trait Host: Send + Sync {
    /// An agent that reaches for what `wish` says, with `seat` as its approver, reins, lens and observer.
    ///
    /// # Errors
    ///
    /// [`HostError`] if there can be no such agent.
    fn begin(&self, wish: Wish, seat: Seat) -> Result<Course, HostError>;

    /// The agent of the recorded `run`, made anew.
    ///
    /// # Errors
    ///
    /// [`HostError`] if it cannot be made.
    fn resume(&self, run: &str, seat: Seat) -> Result<Course, HostError>;

    /// What its agents can be asked for: the verbs of every tool, by the tool's name.
    fn tools(&self) -> Vec<(String, Vec<Verb>)>;
}

/// A run that has not begun yet; what comes of it, or in words why it cannot go on.
pub type Course = BoxFuture<'static, Result<Report, String>>;

/// What somebody asks for on the page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// What is wanted.
    pub goal: String,
    /// Where to begin; its site is the one that may be acted on.
    pub at: String,
    /// Who plans: `local`, `model` or `cascade`; the cascade if absent.
    #[serde(default)]
    pub planner: Option<String>,
    /// The pack that judges; the host's own choice if absent.
    #[serde(default)]
    pub pack: Option<String>,
    /// Entries of the pack's parameters.
    #[serde(default)]
    pub parameters: BTreeMap<String, Vec<String>>,
    /// How much is done without asking.
    #[serde(default)]
    pub autonomy: Autonomy,
}

/// Why there is no agent.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct HostError(pub String);
