//! Whether a text stands in what a run has seen, word for word.

use lamassu_contract::Observation;

use crate::planner::{Reply, Turn, View};

/// What a run has seen that its view still holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    turns: &'a [Turn],
    now: &'a [Observation],
}

impl<'a> Seen<'a> {
    pub(super) fn of(view: &View<'a>) -> Self {
        Self { turns: view.turns, now: view.now }
    }

    /// Where `text` stands, however its words are spaced; the newest place of several.
    pub(super) fn place(self, text: &str) -> Option<String> {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = words(text);
        let results = self.turns.iter().rev().flat_map(|turn| &turn.results).filter_map(|reply| match reply {
            Reply::Landed(seen) => Some(seen),
            _ => None,
        });
        let holds = |seen: &&Observation| !text.is_empty() && words(&seen.everything()).contains(&text);
        self.now.iter().chain(results).find(holds).map(|seen| seen.label().to_string())
    }
}
