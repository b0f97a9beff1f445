//! The browser tool behind a gate that lets everything through: what the tool itself costs.

use std::sync::Arc;

use lamassu::{
    Call, Decision, Gate, Observation, Outcome, Policy, PolicyError, Question, Tool as _, Vault, Verdict,
    browser::{BrowserTool, Options},
};

use crate::scene;

/// One browser session behind a gate.
#[derive(Debug)]
pub(crate) struct Lab {
    tool: BrowserTool,
    gate: Gate,
}

/// Permits everything.
#[derive(Debug)]
struct Everything;

impl Policy for Everything {
    fn decide(&self, _: &Question<'_>) -> Result<Decision, PolicyError> {
        Ok(Decision { allowed: true, rules: Vec::new() })
    }
}

/// A gate that permits everything.
pub(crate) fn open_gate() -> Gate {
    Gate::new(Arc::new(Everything), Arc::new(Vault::default()))
}

pub(crate) fn call(verb: &str) -> Call {
    Call::new("browser", verb)
}

impl Lab {
    /// A session as it is started for anyone.
    pub(crate) fn new() -> Self {
        Self { tool: BrowserTool::new(Options::default()), gate: open_gate() }
    }

    /// Describes, judges and runs one call.
    pub(crate) async fn run(&self, call: &Call) -> Observation {
        let action = self.tool.describe(call).await.unwrap_or_else(|failure| panic!("{call:?}: {failure}"));
        let Verdict::Go(permit) = self.gate.judge(action, &scene::standing()) else {
            panic!("{call:?} is not allowed")
        };
        match permit.spend(&self.tool).await {
            Outcome::Landed(observation) => observation,
            outcome => panic!("{call:?}: {outcome:?}"),
        }
    }

    pub(crate) async fn open(&self, url: &str) {
        self.run(&call("open").with("url", url)).await;
    }

    /// Looks at the page with `goal` in mind.
    pub(crate) async fn look(&self, goal: &str) -> Observation {
        self.run(&self.tool.look(goal).unwrap()).await
    }

    pub(crate) async fn close(self) {
        self.tool.close().await;
    }
}
