//! Where a run stands: the fold of its record, and nothing else.

use std::{collections::BTreeSet, sync::Arc};

use lamassu_contract::{
    Autonomy, Call, Effect, Exchange, Limits, Observation, Provenance, Refusal, Resource, Spent, Standing,
};
use serde_json::Value;

use super::{
    Part, Used, agent::Parts, court::Judged, evidence, hands, plan::Agreed, reins::Rest, repeat::Repeats,
    wording::Heard,
};
use crate::{
    goal::Goal,
    journal::Entry,
    planner::{Planned, Proposal, Reply, Turn, Usage},
};

/// Everything a run knows.
pub(super) struct State {
    pub(super) turns: Arc<Vec<Turn>>,
    pub(super) now: Arc<Vec<Observation>>,
    pub(super) provenance: Provenance,
    pub(super) repeats: Repeats,
    /// The words that it was told or has observed.
    pub(super) heard: Heard,
    pub(super) steps: u64,
    pub(super) looks: u64,
    pub(super) usage: Usage,
    pub(super) refusals: Vec<Refusal>,
    pub(super) clock: Clock,
    pub(super) wrong_answers: u32,
    /// An answer that was sent back because nothing bears it out, and why.
    pub(super) doubted: Option<(Value, String)>,
    /// Whether the planner was told that little is left of a budget.
    pub(super) warned: bool,
    /// Numbers of the answer that stand nowhere.
    pub(super) reckoned: Vec<String>,
    /// What was sent and not accepted, and has not been accepted since.
    pub(super) failed: Vec<Exchange>,
    /// Whether anything was done that may have changed something.
    pub(super) has_acted: bool,
    /// Where somebody is signed in: see [`Standing::signed_in`].
    signed_in: BTreeSet<String>,
    /// What people have agreed to beforehand.
    pub(super) plans: Vec<Agreed>,
    /// Who acts by hand, if somebody does.
    pub(super) by_hand: Option<String>,
    /// When it was held since that was last on record.
    pub(super) rests: Vec<Rest>,
    /// How many changes of the policy were on record or came before this attempt.
    pub(super) changes: usize,
    /// How much is done without asking.
    pub(super) autonomy: Autonomy,
    spent: Spent,
    limits: Limits,
}

/// How far an action came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// It landed, or nobody can tell that it did not.
    World,
    /// It had no effect, but something may have been sent.
    Network,
}

impl State {
    pub(super) fn new(goal: &Goal, autonomy: Autonomy) -> Self {
        let mut heard = Heard::default();
        [&goal.text, &goal.told].into_iter().chain(goal.inputs.values()).for_each(|text| heard.take(text));
        Self {
            turns: Arc::default(),
            now: Arc::default(),
            provenance: Provenance::new(&goal.told, &goal.inputs),
            repeats: Repeats::default(),
            heard,
            steps: 0,
            looks: 0,
            usage: Usage::default(),
            refusals: Vec::new(),
            clock: Clock::default(),
            wrong_answers: 0,
            doubted: None,
            warned: false,
            reckoned: Vec::new(),
            failed: Vec::new(),
            has_acted: false,
            signed_in: BTreeSet::new(),
            plans: Vec::new(),
            by_hand: None,
            rests: Vec::new(),
            changes: 0,
            autonomy,
            spent: Spent::default(),
            limits: goal.budget.limits,
        }
    }

    /// What the policy is told.
    pub(super) fn standing(&self, parts: &Parts, run: &str) -> Standing {
        Standing {
            run: run.to_owned(),
            agent: parts.name.clone(),
            user: self.by_hand.clone().unwrap_or_else(|| parts.user.clone()),
            mode: parts.mode,
            autonomy: self.autonomy,
            steps: self.steps,
            tokens: self.usage.tokens(),
            seconds: self.clock.spent / 1000,
            tainted_by: self.provenance.taints().map(ToString::to_string).collect::<BTreeSet<_>>(),
            signed_in: self.signed_in.clone(),
            now: self.clock.now,
            spent: Spent { money: self.money(), ..self.spent.clone() },
            limits: self.limits,
        }
    }

    /// What the planner has cost, in millionths of the currency.
    pub(super) fn money(&self) -> u64 {
        self.usage.money.unwrap_or(0)
    }

    /// What has been used of what `goal` allows.
    pub(super) fn used(&self, goal: &Goal) -> Used {
        let part = |used, limit| Part { used, limit: Some(limit) };
        Used {
            steps: part(self.steps, goal.budget.steps),
            seconds: part(self.clock.spent / 1000, goal.budget.seconds),
            tokens: part(self.usage.tokens(), goal.budget.tokens),
            money: self.usage.money.map(|used| Part { used, limit: goal.budget.limits.money }),
        }
    }

    /// What was judged went out into the world, or may have.
    pub(super) fn went_out(&mut self, parts: &Parts, judged: &Judged, reached: Reached) {
        let fact = |name: &str| judged.action.pointer(name).and_then(Value::as_u64).unwrap_or(0);
        self.spent.bytes_sent = self.spent.bytes_sent.saturating_add(fact("/facts/sentBytes"));
        // Rules take no action for weaker than its verb.
        let effect = judged.effect().max(parts.toolbox.effect(&judged.call));
        self.has_acted |= effect > Some(Effect::Read) && reached == Reached::World;
        if effect >= Some(Effect::Consequential) && reached == Reached::World {
            self.spent.consequential += 1;
        }
        let resource = judged.action.get("resource").cloned().and_then(|value| serde_json::from_value(value).ok());
        let named = judged.action.pointer("/args/url").is_some();
        let sends = match &resource {
            Some(Resource::Url(_)) => named || effect >= Some(Effect::Egress),
            Some(Resource::Element(_)) => effect >= Some(Effect::Egress),
            _ => false,
        };
        self.signs_in(judged, resource.as_ref());
        if let Some(host) = resource.as_ref().and_then(Resource::host).filter(|_| sends) {
            *self.spent.requests.entry(host.to_owned()).or_default() += 1;
        }
    }

    /// Takes note of where a secret was used, or somebody is signed in by other means.
    fn signs_in(&mut self, judged: &Judged, resource: Option<&Resource>) {
        let attached = judged.action.pointer("/facts/attached").and_then(Value::as_bool) == Some(true);
        if attached || judged.call.name() == "browser.restore_session" {
            self.signed_in.insert("*".to_owned());
        } else if !judged.secrets.is_empty() {
            self.signed_in.insert(resource.and_then(Resource::host).unwrap_or("*").to_owned());
        }
    }

    /// A look came back.
    pub(super) fn saw(&mut self, now: Vec<Observation>) {
        for look in &now {
            self.provenance.witness(look, self.steps);
            self.heard.take(&look.everything());
        }
        self.now = Arc::new(now);
    }

    /// A proposal came back.
    pub(super) fn planned(&mut self, planned: Planned) {
        self.usage += planned.usage;
        self.by_hand = hands::by_hand(&planned);
        Arc::make_mut(&mut self.turns).push(Turn { planned, results: Vec::new() });
    }

    /// Something was refused; the same refusal again is no news.
    pub(super) fn refused(&mut self, refusal: Option<&Refusal>) {
        self.refusals.extend(refusal.filter(|refusal| self.refusals.last() != Some(refusal)).cloned());
    }

    /// The call that the next reply answers.
    fn answered(&self) -> Option<Call> {
        let turn = self.turns.last()?;
        match &turn.planned.proposal {
            Proposal::Act(calls) => {
                // What the runtime has to say in between answers no call.
                let answers = turn.results.iter().filter(|reply| !matches!(reply, Reply::Said(_) | Reply::Stuck(_)));
                calls.get(answers.count()).cloned()
            }
            _ => None,
        }
    }

    /// Whether the latest proposal is a question to a person.
    fn has_asked(&self) -> bool {
        self.turns.last().is_some_and(|turn| matches!(turn.planned.proposal, Proposal::Ask(_)))
    }

    /// Something came of the latest proposal.
    pub(super) fn replied(&mut self, reply: Reply) {
        let answered = self.answered();
        if let Reply::Landed(observation) = &reply {
            evidence::weigh(&mut self.failed, observation);
            self.heard.take(&observation.everything());
        }
        match &reply {
            Reply::Landed(observation) => match answered {
                Some(call) => self.provenance.witness_of(&call, observation, self.steps),
                None => self.provenance.witness(observation, self.steps),
            },
            Reply::Refused(refusal) => self.refusals.push(refusal.clone()),
            Reply::Failed(failure) => self.refused(failure.refusal.as_ref()),
            // What a person answers counts; what the runtime has to say repeats the planner's own words.
            Reply::Said(words) if self.has_asked() => self.heard.take(words),
            Reply::InDoubt(_) | Reply::Said(_) | Reply::Stuck(_) => {}
        }
        if let Some(turn) = Arc::make_mut(&mut self.turns).last_mut() {
            turn.results.push(reply);
        }
    }
}

/// Time as the record tells it, in milliseconds; what lies between two attempts does not count.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// The time of the newest record, since 1970.
    pub(super) now: u64,
    /// How long the run has been worked on.
    pub(super) spent: u64,
    /// Whether the newest record was read.
    replayed: bool,
    /// Whether any was: an earlier attempt worked on this run.
    taken_up: bool,
}

impl Clock {
    /// A record was read, or written just now.
    pub(super) fn tick<T>(&mut self, entry: &Entry<T>) {
        let taken_up_again = entry.fresh && self.replayed;
        if self.now != 0 && !taken_up_again {
            self.spent = self.spent.saturating_add(entry.at.saturating_sub(self.now));
        }
        self.now = entry.at;
        self.replayed = !entry.fresh;
        self.taken_up |= self.replayed;
    }

    /// A record was read, or written just now, for which a person was waited for. That is no time of the run.
    pub(super) fn wait<T>(&mut self, entry: &Entry<T>) {
        let spent = self.spent;
        self.tick(entry);
        self.spent = spent;
    }

    /// So long the run was held before the newest record.
    pub(super) fn rest(&mut self, rests: &[Rest]) {
        let millis = rests.iter().fold(0_u64, |sum, rest| sum.saturating_add(rest.millis));
        self.spent = self.spent.saturating_sub(millis);
    }

    /// Whether an earlier attempt worked on this run.
    pub(super) fn taken_up(&self) -> bool {
        self.taken_up
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, Entry};

    #[test]
    fn time_between_attempts_does_not_count() {
        let mut clock = Clock::default();
        for (at, fresh) in [(1_000, false), (1_500, false), (90_000, true), (90_200, true)] {
            clock.tick(&Entry { value: (), fresh, seq: 0, at });
        }
        assert_eq!((clock.now, clock.spent), (90_200, 700));
    }

    #[test]
    fn a_clock_that_jumps_takes_nothing_back() {
        let mut clock = Clock::default();
        let mut spent = Vec::new();
        for at in [10_000, 11_000, 3_000, 3_500, u64::MAX, 4_000, u64::MAX] {
            clock.tick(&Entry { value: (), fresh: true, seq: 0, at });
            spent.push(clock.spent);
        }
        let far = u64::MAX - 3_500 + 1_500;
        assert_eq!(spent, [0, 1_000, 1_000, 1_500, far, far, u64::MAX]);
    }
}
