//! Several models, of which the one that a step is for decides, or the next that answers.

use lamassu_contract::BoxFuture;
use serde_json::Value;

use crate::{
    goal::Role,
    planner::{Planned, Planner, PlannerError, View},
};

use super::{
    Model, data, dual,
    ways::{self, Circles},
};

/// Asks one model after the other until one makes a proposal.
///
/// Each proposal begins with the first again: an endpoint that was out of reach may be back. What leads nowhere is
/// shown to the model as a picture if one reads pictures, then another model is asked, then a person.
#[derive(Debug)]
pub struct Relay {
    // INVARIANT: never empty.
    models: Vec<Model>,
    /// Whether who plans reads nothing.
    dual: bool,
}

impl Relay {
    /// A relay of `first` alone.
    #[must_use]
    pub fn new(first: Model) -> Self {
        Self { models: vec![first], dual: false }
    }

    /// The same relay, which asks `next` when those before it cannot be reached, refuse, or make no sense, and
    /// first when a step is in its roles.
    #[must_use]
    pub fn then(mut self, next: Model) -> Self {
        self.models.push(next);
        self
    }

    /// The same relay, in which the model that plans sees no text of pages, files or tools: models with the role
    /// [`Role::Read`] read for it, one value at a time, and have no tools.
    #[must_use]
    pub fn dual(mut self) -> Self {
        self.dual = true;
        self
    }

    async fn plan(&self, view: &View<'_>) -> Result<Planned, PlannerError> {
        let circles = Circles::of(view);
        let mut models = self.models.iter();
        if let Some(planned) = models.find_map(|model| model.wanted(view)) {
            return Ok(planned);
        }
        if let Some(question) = circles.question(&self.models, view) {
            return Ok(Planned { why: "nothing that was tried leads on".to_owned(), ..question.into() });
        }
        let role = if self.dual { Role::Plan } else { ways::role(view) };
        let order = ways::order(&self.models, role, &circles);
        self.ask(view, &order, &reason(role, &order, &self.models, &circles)).await
    }

    async fn proposal(&self, model: &Model, view: &View<'_>) -> Result<Planned, PlannerError> {
        if !self.dual {
            return model.propose(view).await;
        }
        let readers = ways::order(&self.models, Role::Read, &Circles::default());
        dual::plan(model, &readers, view).await
    }

    /// The proposal of the first of `order` that makes one, with why it was asked.
    async fn ask(&self, view: &View<'_>, order: &[&Model], reason: &str) -> Result<Planned, PlannerError> {
        let mut problems: Vec<String> = Vec::new();
        let mut last = None;
        for model in order {
            let name = &model.config.model;
            match self.proposal(model, view).await {
                Ok(planned) => {
                    let place = match problems.is_empty() {
                        true => reason.to_owned(),
                        false => format!("{name} in place of {}. ", problems.join("; ")),
                    };
                    let why = data::line(format!("{place}{}", planned.why).trim_end(), 400);
                    return Ok(by(name, Planned { why, ..planned }));
                }
                Err(error) => {
                    problems.push(format!("`{name}`: {error}"));
                    last = Some(error);
                }
            }
        }
        match last {
            Some(error) if problems.len() == 1 => Err(error),
            _ => Err(PlannerError::Unreachable(format!("no model has answered; {}", problems.join("; ")))),
        }
    }
}

/// Why the first of `order` is asked, if that is not the first of all.
fn reason(role: Role, order: &[&Model], all: &[Model], circles: &Circles<'_>) -> String {
    let name = |model: &Model| model.config.model.clone();
    match (order.first().map(|model| name(model)), all.first().map(name)) {
        (Some(first), Some(usual)) if first != usual => match circles.reason() {
            Some(reason) => format!("{first}: {reason}. "),
            None => format!("{first}, to {role}. "),
        },
        _ => String::new(),
    }
}

/// `planned` with the name of its model in the notes, for when it leads nowhere.
fn by(name: &str, mut planned: Planned) -> Planned {
    if let Value::Object(memo) = &mut planned.memo {
        memo.insert("model".to_owned(), name.into());
    }
    planned
}

impl Planner for Relay {
    fn name(&self) -> &'static str {
        "model"
    }

    fn takes_other_ways(&self) -> bool {
        true
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        Box::pin(self.plan(view))
    }
}
