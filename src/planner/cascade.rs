//! Planners in a row: the cheapest that knows what to do decides, and a person is asked when none does.
//!
//! Each proposal says who made it. A planner that comes later is asked only about what those before it
//! have passed on, and once it has acted, the ones that know of none but their own acts pass by themselves.

use std::sync::Arc;

use lamassu_contract::BoxFuture;

use super::{Planned, Planner, PlannerError, Proposal, Reply, Turn, View};

/// How often a person is asked what to do before the run is given up.
const QUESTIONS: usize = 3;

/// Asks one planner after the other.
#[derive(Clone)]
pub struct Cascade {
    planners: Vec<Arc<dyn Planner>>,
}

impl Cascade {
    /// A cascade that begins with `first`.
    #[must_use]
    pub fn new(first: impl Planner + 'static) -> Self {
        Self { planners: vec![Arc::new(first)] }
    }

    /// The same cascade, which asks `next` when all planners before it have passed.
    #[must_use]
    pub fn then(mut self, next: impl Planner + 'static) -> Self {
        self.planners.push(Arc::new(next));
        self
    }

    async fn plan(&self, view: &View<'_>) -> Result<Planned, PlannerError> {
        let mut reasons = Vec::new();
        let tried = view.turns.last().map_or("", |turn| turn.planned.why.as_str());
        for planner in &self.planners {
            if is_stuck(view) && tried.starts_with(planner.name()) && !planner.takes_other_ways() {
                reasons = vec![named(planner.name(), "what it tried leads nowhere")];
                continue;
            }
            let planned = planner.propose(view).await?;
            match planned.proposal {
                Proposal::Pass(reason) => reasons.push(named(planner.name(), &reason)),
                _ => return Ok(Planned { why: named(planner.name(), &planned.why), ..planned }),
            }
        }
        let reasons = reasons.join("; ");
        let asked = view.turns.iter().filter(|turn| matches!(turn.planned.proposal, Proposal::Ask(_))).count();
        if asked >= QUESTIONS || view.turns.last().is_some_and(unanswered) {
            return Ok(Proposal::Pass(format!("handed over: {reasons}")).into());
        }
        let question =
            format!("{reasons}. What is to be done next? Say it in a few words, such as: click \"Continue\"");
        Ok(Planned { why: "person: no planner knows what to do".to_owned(), ..Proposal::Ask(question).into() })
    }
}

/// Whether the latest turn led nowhere.
fn is_stuck(view: &View<'_>) -> bool {
    view.turns.last().is_some_and(|turn| turn.results.iter().any(|reply| matches!(reply, Reply::Stuck(_))))
}

/// Whether a person was asked and has said nothing.
fn unanswered(turn: &Turn) -> bool {
    let said = |reply: &Reply| matches!(reply, Reply::Said(words) if !words.trim().is_empty());
    matches!(turn.planned.proposal, Proposal::Ask(_)) && !turn.results.iter().any(said)
}

/// A reason with the name of who gives it, once.
fn named(name: &str, reason: &str) -> String {
    if reason.starts_with(name) { reason.to_owned() } else { format!("{name}: {reason}") }
}

impl Planner for Cascade {
    fn name(&self) -> &'static str {
        "cascade"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        Box::pin(self.plan(view))
    }
}

impl std::fmt::Debug for Cascade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.planners.iter().map(|planner| planner.name())).finish()
    }
}
