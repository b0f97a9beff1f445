//! How far the run has come, rebuilt from what earlier turns noted: a planner keeps nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::planner::{Proposal, Reply, Turn};

/// What is noted beside each proposal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What the page looked like when it was proposed.
    pub print: u64,
    /// The verb of the call.
    pub verb: String,
    /// The control it was upon; 0 if upon none.
    pub identity: u64,
    /// The row, card or item that this stood in.
    pub record: u32,
    /// What was put in or chosen.
    pub value: String,
    /// The words of the instruction that it took care of.
    pub took: Vec<usize>,
    /// Whether it sent something off.
    pub submitted: bool,
    /// The chance that the planner gave it among all that could have been done.
    pub share: f32,
    /// What the control is called.
    #[serde(default)]
    pub name: String,
}

/// What has been done so far.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// The words of the instruction that have been taken care of.
    pub taken: BTreeSet<usize>,
    /// How often each control was acted on, with the verb.
    pub acted: BTreeMap<(u64, String), u32>,
    /// What had no effect on the page as it is now.
    pub dead: BTreeSet<(u64, String)>,
    /// What the controls that were pressed are called.
    pub pressed: BTreeSet<String>,
    /// The controls in the order in which they were acted on.
    pub order: Vec<u64>,
    /// The last note, if its act happened.
    pub last: Option<Note>,
    /// What has been typed or chosen.
    pub values: Vec<String>,
    /// Whether the last act changed anything that can be seen.
    pub stirred: bool,
    /// How many acts in a row changed nothing.
    pub idle: u32,
    /// The records that were acted in.
    pub records: BTreeSet<u32>,
    /// How many acts there were.
    pub acts: usize,
    /// Whether what was filled in has been sent off since.
    pub sent: bool,
    /// The least of the chances that were taken.
    pub least: Option<f32>,
    /// Everything that was refused or failed, as `(identity, verb)`.
    pub refused: BTreeSet<(u64, String)>,
    /// What ends it: something was refused, or nobody can tell whether it happened.
    pub barred: Option<String>,
}

impl Progress {
    /// What `turns` have come to, when the page now looks like `print`.
    #[must_use]
    pub fn of(turns: &[Turn], print: u64) -> Self {
        let mut progress = Self::default();
        let noted: Vec<(Note, &Turn)> =
            turns.iter().filter_map(|turn| Some((Note::deserialize(&turn.planned.memo).ok()?, turn))).collect();
        for (index, (note, turn)) in noted.iter().enumerate() {
            let after = noted.get(index + 1).map_or(print, |(next, _)| next.print);
            progress.add(note, turn, after, print);
        }
        progress
    }

    fn add(&mut self, note: &Note, turn: &Turn, after: u64, now: u64) {
        if !matches!(turn.planned.proposal, Proposal::Act(_)) || note.verb == "open" {
            return;
        }
        let key = (note.identity, note.verb.clone());
        self.acts += 1;
        match turn.results.first() {
            Some(Reply::Landed(_)) => self.landed(note, after, now),
            reply => {
                self.barred = match reply {
                    Some(Reply::Refused(refusal)) => Some(refusal.to_string()),
                    Some(Reply::InDoubt(failure)) => Some(format!("nobody can tell whether it happened: {failure}")),
                    _ => self.barred.take(),
                };
                self.refused.insert(key);
                self.stirred = false;
                self.last = None;
            }
        }
    }

    fn landed(&mut self, note: &Note, after: u64, now: u64) {
        let key = (note.identity, note.verb.clone());
        *self.acted.entry(key.clone()).or_default() += 1;
        self.taken.extend(note.took.iter().copied());
        self.order.push(note.identity);
        if note.verb == "click" {
            self.pressed.insert(note.name.clone());
        }
        self.records.insert(note.record);
        self.stirred = after != note.print;
        self.idle = if self.stirred { 0 } else { self.idle + 1 };
        if !self.stirred && note.print == now {
            self.dead.insert(key);
        }
        if !note.value.is_empty() {
            self.values.push(note.value.clone());
            self.sent = false;
        }
        if note.submitted {
            self.sent = true;
        }
        self.least = Some(self.least.map_or(note.share, |least| least.min(note.share)));
        self.last = Some(note.clone());
    }

    /// Whether all words from one up to another have been taken care of.
    #[must_use]
    pub fn has(&self, from: usize, to: usize) -> bool {
        (from..to).all(|word| self.taken.contains(&word))
    }

    /// How often the control was acted on in this way.
    #[must_use]
    pub fn times(&self, identity: u64, verb: &str) -> u32 {
        self.acted.get(&(identity, verb.to_owned())).copied().unwrap_or(0)
    }
}
