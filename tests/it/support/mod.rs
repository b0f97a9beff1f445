//! What the tests set the scene with.

pub(crate) mod command;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use lamassu::{
    Action, Agent, Approver, BoxFuture, Call, Decision, Effect, Failure, Kind, Observation, Outcome, Permit, Policy,
    PolicyError, Proposal, Question, Request, Resource, Rule, Ruling, Tool, Verb, View,
    planner::{Planned, Planner, PlannerError},
    runtime::AgentBuilder,
};

/// A tool that counts how often it was rung.
#[derive(Debug, Default, Clone)]
pub(crate) struct Bell {
    pub(crate) rung: Arc<AtomicU32>,
    /// What somebody has scratched into it, which comes back as a fact.
    pub(crate) scratched: &'static str,
}

impl Bell {
    pub(crate) fn count(&self) -> u32 {
        self.rung.load(Ordering::SeqCst)
    }
}

impl Tool for Bell {
    fn name(&self) -> &str {
        "bell"
    }

    fn verbs(&self) -> Vec<Verb> {
        vec![
            Verb::new("ring", Effect::Write, "Rings the bell.").takes("times", Kind::Integer, "how often").takes(
                "secret",
                Kind::Text,
                "the secret to ring with",
            ),
            Verb::new("listen", Effect::Read, "Listens."),
            Verb::new("jam", Effect::Write, "Rings and breaks down in the middle."),
            Verb::new("melt", Effect::Irreversible, "Melts down, though it is described as mere writing."),
        ]
    }

    fn describe<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Action, Failure>> {
        let effect = if call.verb == "listen" { Effect::Read } else { Effect::Write };
        let action = Action::new(call, effect, Resource::thing("Bell", &format!("front{}", self.scratched)));
        let action = match call.optional_text("secret") {
            Ok(Some(secret)) => action.uses_secret("secret", secret),
            _ => action,
        };
        Box::pin(async move { Ok(action) })
    }

    fn run(&self, permit: Permit) -> BoxFuture<'_, Outcome> {
        let verb = permit.action().call().verb.clone();
        if verb != "listen" {
            self.rung.fetch_add(1, Ordering::SeqCst);
        }
        let heard = format!("dong {}", *permit.secret("secret").unwrap_or_default());
        Box::pin(async move {
            match verb.as_str() {
                "jam" => Outcome::MayHaveLanded(Failure::new(lamassu::FailureKind::Remote, "the rope tore")),
                _ => Outcome::Landed(Observation::from_tool("bell", heard)),
            }
        })
    }
}

/// A planner that proposes from a list, then says that it is done; it keeps what it was shown.
#[derive(Debug, Default, Clone)]
pub(crate) struct Listed {
    proposals: Arc<Mutex<VecDeque<Proposal>>>,
    pub(crate) views: Arc<Mutex<Vec<String>>>,
}

impl Listed {
    pub(crate) fn new(proposals: impl IntoIterator<Item = Proposal>) -> Self {
        Self { proposals: Arc::new(Mutex::new(proposals.into_iter().collect())), views: Arc::default() }
    }

    /// Everything the planner was shown, in one text.
    pub(crate) fn shown(&self) -> String {
        self.views.lock().unwrap().join("\n")
    }
}

impl Planner for Listed {
    fn name(&self) -> &str {
        "listed"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        self.views.lock().unwrap().push(format!("{view:?}"));
        let next = self.proposals.lock().unwrap().pop_front();
        let done = || Proposal::Done { answer: serde_json::Value::Null, evidence: "the list is empty".to_owned() };
        let next = next.unwrap_or_else(done);
        Box::pin(async { Ok(next.into()) })
    }
}

/// A policy in a function: `Some(true)` allows, `Some(false)` needs consent, `None` denies.
#[derive(Debug)]
pub(crate) struct Rules(pub(crate) fn(&Question<'_>) -> Option<bool>);

impl Policy for Rules {
    fn decide(&self, question: &Question<'_>) -> Result<Decision, PolicyError> {
        let allowed = (self.0)(question).is_some_and(|free| free || question.approval.is_some());
        let rules = if allowed { vec![Rule::new("test.allow", "")] } else { Vec::new() };
        Ok(Decision { allowed, rules })
    }
}

/// A person whose answers are known beforehand.
#[derive(Clone)]
pub(crate) struct Scripted {
    pub(crate) says: fn(&Request) -> Ruling,
    pub(crate) settles: Option<lamassu::runtime::Settled>,
}

impl Approver for Scripted {
    fn rule<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Ruling> {
        Box::pin(async { (self.says)(request) })
    }

    fn settle<'a>(&'a self, _: &'a serde_json::Value) -> BoxFuture<'a, Option<lamassu::runtime::Settled>> {
        Box::pin(async { self.settles })
    }
}

pub(crate) fn approve(_: &Request) -> Ruling {
    Ruling::Approve { by: "ada".to_owned() }
}

pub(crate) fn ring() -> Call {
    Call::new("bell", "ring")
}

pub(crate) fn act(calls: impl IntoIterator<Item = Call>) -> Proposal {
    Proposal::Act(calls.into_iter().collect())
}

/// An agent with a bell, rules and a planner.
pub(crate) fn agent(bell: &Bell, planner: &Listed, rules: fn(&Question<'_>) -> Option<bool>) -> AgentBuilder {
    Agent::builder().planner(planner.clone()).tool(bell.clone()).policy(Rules(rules))
}
