//! Who makes agents for the console. It knows no task file and no command line.

use std::collections::BTreeMap;

use lamassu_contract::{Autonomy, BoxFuture, Verb};
use serde::{Deserialize, Serialize};

use super::Seat;
use crate::{goal::Input, runtime::Report};

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

    /// The task files that runs can be begun from; none if it knows of no such thing.
    fn tasks(&self) -> Vec<TaskFile> {
        Vec::new()
    }

    /// What a run of a task file would do.
    ///
    /// # Errors
    ///
    /// [`HostError`] with what is wrong in the file, and where.
    fn plan(&self, errand: &Errand) -> Result<Plan, HostError> {
        Err(HostError(format!("there is no task file `{}` here", errand.task)))
    }

    /// The agent of a task file.
    ///
    /// # Errors
    ///
    /// [`HostError`] if there can be no such agent.
    fn send(&self, errand: Errand, seat: Seat) -> Result<Course, HostError> {
        let _ = seat;
        Err(HostError(format!("there is no task file `{}` here", errand.task)))
    }

    /// What the recorded `run` did that a skill can be learned from.
    ///
    /// # Errors
    ///
    /// [`HostError`] if it cannot be told, or no skills are learned here.
    fn example(&self, run: &str) -> Result<Example, HostError> {
        Err(HostError(format!("no skills are learned here of `{run}` or another run")))
    }

    /// Learns a skill from a part of a recorded run; says what it does, step by step.
    ///
    /// # Errors
    ///
    /// [`HostError`] if nothing can be learned of that.
    fn learn(&self, run: &str, lesson: Lesson) -> Result<Vec<String>, HostError> {
        Err(HostError(format!("no skill `{}` is learned here of `{run}`", lesson.name)))
    }

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

/// A task file that somebody wants done.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errand {
    /// The file, as [`Host::tasks`] calls it.
    pub task: String,
    /// What is filled in, by the name of the input.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
    /// How much is done without asking; as the file says if absent.
    #[serde(default)]
    pub autonomy: Option<Autonomy>,
}

/// A task file in the list.
#[derive(Debug, Clone, Serialize)]
pub struct TaskFile {
    /// What it is called by.
    pub name: String,
    /// What is to be filled in.
    pub inputs: Vec<Input>,
    /// What is wrong with it, and where, if it cannot be read.
    pub problem: Option<String>,
}

/// What a run would do, in words.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// What is wanted.
    pub goal: String,
    /// What is said of how: name and value.
    pub about: Vec<(String, String)>,
    /// The steps, if it has any of its own.
    pub steps: Vec<String>,
}

/// What a recorded run did, for somebody who chooses what of it a skill is learned from.
#[derive(Debug, Clone, Serialize)]
pub struct Example {
    /// What was wanted.
    pub goal: String,
    /// What landed, in order.
    pub acts: Vec<Act>,
}

/// One thing that landed.
#[derive(Debug, Clone, Serialize)]
pub struct Act {
    /// The number of its step.
    pub step: u64,
    /// What was done, in words.
    pub words: String,
    /// Who did it by hand, or put it in the place of what was asked for.
    pub by: Option<String>,
    /// Whether what was typed looks like a secret, which a skill would keep as it stands.
    pub secret: bool,
}

/// What a skill is learned from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// What the skill is called; one that there is learns from this too.
    pub name: String,
    /// What it reaches.
    pub goal: String,
    /// The numbers of the steps that show how.
    pub steps: Vec<u64>,
}

/// Why there is no agent.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct HostError(pub String);
