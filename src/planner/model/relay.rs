//! Several models in a row, of which the first that answers decides.

use lamassu_contract::BoxFuture;

use crate::planner::{Planned, Planner, PlannerError, View};

use super::{Model, data};

/// Asks one model after the other until one makes a proposal.
///
/// Each proposal begins with the first again: an endpoint that was out of reach may be back.
#[derive(Debug)]
pub struct Relay {
    first: Model,
    then: Vec<Model>,
}

impl Relay {
    /// A relay of `first` alone.
    #[must_use]
    pub fn new(first: Model) -> Self {
        Self { first, then: Vec::new() }
    }

    /// The same relay, which asks `next` when those before it cannot be reached, refuse, or make no sense.
    #[must_use]
    pub fn then(mut self, next: Model) -> Self {
        self.then.push(next);
        self
    }

    async fn plan(&self, view: &View<'_>) -> Result<Planned, PlannerError> {
        let mut problem = match self.first.propose(view).await {
            Err(error) if !self.then.is_empty() => format!("`{}`: {error}", self.first.config.model),
            result => return result,
        };
        for model in &self.then {
            let name = &model.config.model;
            match model.propose(view).await {
                Ok(planned) => {
                    let why = data::line(&format!("{name} in place of {problem}. {}", planned.why), 400);
                    return Ok(Planned { why, ..planned });
                }
                Err(error) => problem = format!("{problem}; `{name}`: {error}"),
            }
        }
        Err(PlannerError::Unreachable(format!("no model has answered; {problem}")))
    }
}

impl Planner for Relay {
    fn name(&self) -> &'static str {
        "model"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        Box::pin(self.plan(view))
    }
}
