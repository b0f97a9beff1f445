use std::{
    fmt,
    sync::{Arc, Mutex},
};

use lamassu_contract::{
    Action, Call, Decision, Effect, Gate, Judge, Mode, Policy, PolicyError, Question, Resource, Rule, Standing, Vault,
    Verdict,
};

/// A policy that is a function, and remembers what it was asked.
pub(crate) struct Rules {
    allow: Box<dyn Fn(&Action) -> bool + Send + Sync>,
    asked: Mutex<Vec<String>>,
}

impl Rules {
    /// Requests by `allow`; any address may be dialled.
    pub(crate) fn requests(allow: impl Fn(&Action) -> bool + Send + Sync + 'static) -> Arc<Self> {
        Self::all(move |action| action.call().tool == "egress" || allow(action))
    }

    /// Any request; addresses by `allow`.
    pub(crate) fn addresses(allow: impl Fn(&str) -> bool + Send + Sync + 'static) -> Arc<Self> {
        Self::all(move |action| match action.resource() {
            Resource::Address { ip, .. } => allow(&ip.to_string()),
            _ => true,
        })
    }

    pub(crate) fn open() -> Arc<Self> {
        Self::all(|_| true)
    }

    fn all(allow: impl Fn(&Action) -> bool + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { allow: Box::new(allow), asked: Mutex::default() })
    }

    /// Somebody who judges by these rules.
    pub(crate) fn judge(self: &Arc<Self>) -> Judge {
        self.seated().1
    }

    /// The same, with the gate where these rules sit.
    pub(crate) fn seated(self: &Arc<Self>) -> (Gate, Judge) {
        let action = Action::new(&Call::new("test", "open"), Effect::Egress, Resource::thing("Test", "page"));
        let standing = Standing { now: 1_000_000, ..Standing::new("r", "a", "u", Mode::Script) };
        let gate = Gate::new(self.clone(), Arc::new(Vault::default()));
        match gate.judge(action, &standing) {
            Verdict::Go(permit) => (gate, permit.judge().clone()),
            other => panic!("expected a permit, got {other:?}"),
        }
    }

    /// What was judged of requests and addresses, in order: the summary, with the facts behind it.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Policy for Rules {
    fn decide(&self, question: &Question<'_>) -> Result<Decision, PolicyError> {
        let action = question.action;
        if action.call().tool == "test" {
            return Ok(Decision { allowed: true, rules: Vec::new() });
        }
        // A denied action is judged twice; the second time is not a new question.
        if question.approval.is_none() {
            let facts = facts_of(action);
            self.asked.lock().unwrap().push(format!("{} {facts}", action.line()));
        }
        let allowed = (self.allow)(action);
        let rules = if allowed { Vec::new() } else { vec![Rule::new("test.deny", "the test says <no>")] };
        Ok(Decision { allowed, rules })
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rules")
    }
}

/// The text of the fact `name`, or nothing.
pub(crate) fn fact<'a>(action: &'a Action, name: &str) -> &'a str {
    action.facts().get(name).and_then(|value| value.as_str()).unwrap_or_default()
}

fn facts_of(action: &Action) -> String {
    let facts = action.facts().iter().map(|(name, value)| format!("{name}={}", value.to_string().trim_matches('"')));
    // Other crates in the same build decide in which order a map of JSON comes.
    let mut facts: Vec<_> = facts.collect();
    facts.sort();
    facts.join(" ")
}
