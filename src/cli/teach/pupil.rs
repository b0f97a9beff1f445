//! A planner that opens where it begins, and then watches until there is nothing more to see.

use serde_json::{Value, json};

use crate::{
    BoxFuture, Call,
    planner::{Planned, Planner, PlannerError, Proposal, Reply, View},
};

pub(super) struct Pupil;

impl Planner for Pupil {
    fn name(&self) -> &'static str {
        "teach"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        let proposal = match view.turns.last().and_then(|turn| turn.results.last()) {
            None => Proposal::Act(vec![Call::new("browser", "open").with("url", view.at.unwrap_or_default())]),
            Some(Reply::Landed(seen)) if seen.data.get("over").is_some_and(|over| *over == true) => {
                Proposal::Done { answer: Value::Null, evidence: seen.content.clone() }
            }
            Some(Reply::Landed(_) | Reply::Said(_) | Reply::Stuck(_)) => {
                let watch = Call::new("browser", "watch").with("after", json!(view.turns.len() - 1));
                Proposal::Act(vec![watch])
            }
            Some(Reply::Failed(failure) | Reply::InDoubt(failure)) => Proposal::Pass(failure.message.clone()),
            Some(Reply::Refused(refusal)) => Proposal::Pass(refusal.to_string()),
        };
        Box::pin(async { Ok(proposal.into()) })
    }
}
