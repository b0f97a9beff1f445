//! A planner that asks a language model, at any endpoint that speaks chat completions.
//!
//! This is the only module that knows what a vendor is. It turns a view into a prompt and a reply
//! into a proposal; whether what is proposed may happen is decided elsewhere, so nothing here
//! trusts the model or anything it read. It never knows of policy, record or tools.

mod arguments;
mod config;
mod data;
mod endpoint;
mod functions;
mod line;
mod prompt;
#[cfg(test)]
mod tests;
mod wire;

use lamassu_contract::BoxFuture;
use serde_json::json;
use tokio::time::Instant;

use crate::planner::{Planned, Planner, PlannerError, Proposal, Usage, View};

use self::{
    functions::Functions,
    line::{Fault, Line},
    wire::Message,
};

pub use self::config::Config;

/// How many replies in a row may make no sense.
const TRIES: usize = 3;

/// Asks a language model what to do next.
#[derive(Debug)]
pub struct Model {
    config: Config,
    line: Line,
}

impl Model {
    /// The model that `config` describes. Nothing is sent before the first proposal.
    ///
    /// # Errors
    ///
    /// [`PlannerError::Setup`] if the base URL or the key cannot be used.
    pub fn new(config: Config) -> Result<Self, PlannerError> {
        if config.model.trim().is_empty() {
            return Err(PlannerError::Setup("the model has no name; name one with `--model`".to_owned()));
        }
        let line = Line::new(&config)?;
        Ok(Self { config, line })
    }

    async fn plan(&self, view: &View<'_>) -> Result<Planned, PlannerError> {
        let functions = Functions::of(view);
        let offers = functions.offers();
        let deadline = Instant::now() + self.config.patience;
        let mut usage = Usage::default();
        let mut problem = None;
        for _ in 0..TRIES {
            let messages = prompt::messages(view, &functions, problem.as_deref());
            let request = json!({ "model": self.config.model, "messages": messages, "tools": offers, "stream": false });
            let reply = match self.line.send(&request, deadline).await {
                Err(Fault::End(error)) => return Err(error),
                Err(Fault::Garbled(problem)) => Err(problem),
                Ok(completion) => {
                    usage += wire::usage(&completion);
                    wire::message(&completion, view.turns.len())
                }
            };
            match reply.and_then(|message| Ok((functions.read(&message)?, message))) {
                Ok((proposal, message)) => return Ok(planned(proposal, &message, usage)),
                Err(wrong) => problem = Some(wrong),
            }
        }
        Err(PlannerError::Nonsense(problem.unwrap_or_default()))
    }
}

impl Planner for Model {
    fn name(&self) -> &'static str {
        "model"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        Box::pin(self.plan(view))
    }
}

fn planned(proposal: Proposal, message: &Message, usage: Usage) -> Planned {
    Planned { why: data::line(&message.text, 300), usage, memo: json!({ "message": &message.kept }), ..proposal.into() }
}
