//! Where a run stands: the fold of its record, and nothing else.

use std::{collections::BTreeSet, sync::Arc};

use lamassu_contract::{Call, Observation, Provenance, Refusal, Standing};

use super::{agent::Parts, repeat::Repeats};
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
    pub(super) steps: u64,
    pub(super) looks: u64,
    pub(super) usage: Usage,
    pub(super) refusals: Vec<Refusal>,
    pub(super) clock: Clock,
    pub(super) wrong_answers: u32,
}

impl State {
    pub(super) fn new(goal: &Goal) -> Self {
        Self {
            turns: Arc::default(),
            now: Arc::default(),
            provenance: Provenance::new(&goal.told, &goal.inputs),
            repeats: Repeats::default(),
            steps: 0,
            looks: 0,
            usage: Usage::default(),
            refusals: Vec::new(),
            clock: Clock::default(),
            wrong_answers: 0,
        }
    }

    /// What the policy is told.
    pub(super) fn standing(&self, parts: &Parts, run: &str) -> Standing {
        Standing {
            run: run.to_owned(),
            agent: parts.name.clone(),
            user: parts.user.clone(),
            mode: parts.mode,
            steps: self.steps,
            tokens: self.usage.input + self.usage.output,
            seconds: self.clock.spent / 1000,
            tainted_by: self.provenance.taints().map(ToString::to_string).collect::<BTreeSet<_>>(),
            now: self.clock.now,
        }
    }

    /// A look came back.
    pub(super) fn saw(&mut self, now: Vec<Observation>) {
        now.iter().for_each(|look| self.provenance.witness(look, self.steps));
        self.now = Arc::new(now);
    }

    /// A proposal came back.
    pub(super) fn planned(&mut self, planned: Planned) {
        self.usage += planned.usage;
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
            Proposal::Act(calls) => calls.get(turn.results.len()).cloned(),
            _ => None,
        }
    }

    /// Something came of the latest proposal.
    pub(super) fn replied(&mut self, reply: Reply) {
        let answered = self.answered();
        match &reply {
            Reply::Landed(observation) => match answered {
                Some(call) => self.provenance.witness_of(&call, observation, self.steps),
                None => self.provenance.witness(observation, self.steps),
            },
            Reply::Refused(refusal) => self.refusals.push(refusal.clone()),
            Reply::Failed(failure) => self.refused(failure.refusal.as_ref()),
            Reply::InDoubt(_) | Reply::Said(_) => {}
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
            self.spent += entry.at.saturating_sub(self.now);
        }
        self.now = entry.at;
        self.replayed = !entry.fresh;
        self.taken_up |= self.replayed;
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
}
