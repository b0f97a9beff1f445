//! One browser for many runs, and a planner that stops when the page says that its episode is over.

use std::sync::{Arc, Mutex};

use lamassu::{
    Action, BoxFuture, Call, Candidate, Failure, Observation, Outcome, Page, Permit, Planned, Planner, Proposal,
    Reconciled, Tool, Verb, View,
    browser::BrowserTool,
    planner::{
        PlannerError,
        local::{Local, adapter::Shown},
        skill::rehearse::{Pages, renamed},
    },
};
use serde_json::Value;

use crate::site::Site;

/// A browser that stays open when a run ends, and what its pages look like to the planner.
#[derive(Debug, Clone)]
pub(crate) struct Kept(pub(crate) Arc<BrowserTool>, pub(crate) Pages);

impl Tool for Kept {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn verbs(&self) -> Vec<Verb> {
        self.0.verbs()
    }

    fn describe<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Action, Failure>> {
        self.0.describe(call)
    }

    fn run(&self, permit: Permit) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            match self.0.run(permit).await {
                Outcome::Landed(mut seen) if self.1 == Pages::Renamed => {
                    seen.page = seen.page.map(renamed);
                    Outcome::Landed(seen)
                }
                outcome => outcome,
            }
        })
    }

    fn look(&self, goal: &str) -> Option<Call> {
        self.0.look(goal)
    }

    fn candidates<'a>(&'a self, page: &'a Page) -> BoxFuture<'a, Vec<Candidate>> {
        self.0.candidates(page)
    }

    fn restore(&self, last: &Observation) -> Option<Call> {
        self.0.restore(last)
    }

    fn reconcile<'a>(&'a self, action: &'a Value) -> BoxFuture<'a, Reconciled> {
        self.0.reconcile(action)
    }
}

/// The local planner, which is not asked any more once the episode is over, with what it chose from.
pub(crate) struct Watched {
    pub(crate) planner: Local,
    pub(crate) site: Site,
    pub(crate) shown: Arc<Mutex<Vec<Shown>>>,
}

impl Planner for Watched {
    fn name(&self) -> &str {
        self.planner.name()
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        Box::pin(async move {
            if self.site.told().over {
                return Ok(Proposal::Done { answer: Value::Null, evidence: "the episode is over".to_owned() }.into());
            }
            let planned = self.planner.propose(view).await?;
            if let Proposal::Act(calls) = &planned.proposal {
                let shown = calls.iter().filter_map(|call| self.planner.shown(view, call));
                self.shown.lock().unwrap().extend(shown);
            }
            Ok(planned)
        })
    }
}
