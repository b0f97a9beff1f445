//! Whether a text stands in what a run has seen, word for word.

use lamassu_contract::Observation;
use serde_json::Value;

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

    /// Where `text` stands now or stood in what came back; the newest place of several.
    pub(super) fn place(self, text: &str) -> Option<String> {
        let text = words(text);
        let results = self.turns.iter().rev().flat_map(|turn| &turn.results).filter_map(|reply| match reply {
            Reply::Landed(seen) => Some(seen),
            _ => None,
        });
        let holds = |seen: &&Observation| !text.is_empty() && words(&seen.everything()).contains(&text);
        self.now.iter().chain(results).find(holds).map(|seen| seen.label().to_string())
    }

    /// Whether `text` stands there, or stood in an earlier look.
    pub(super) fn holds(self, text: &str) -> bool {
        let looks = self.turns.iter().filter_map(|turn| turn.planned.memo.get("seen")?.as_array()).flatten();
        let mut looks = looks.filter_map(|look| look.get("text").and_then(Value::as_str));
        let wanted = words(text);
        self.place(text).is_some() || !wanted.is_empty() && looks.any(|look| words(look).contains(&wanted))
    }
}

/// `text` with its words spaced alike.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::planner::{Planned, Proposal};

    #[test]
    fn an_earlier_look_is_held_but_is_no_place_any_more() {
        let mut planned = Planned::from(Proposal::Act(Vec::new()));
        planned.memo = json!({ "seen": [{ "from": "page:https://shop.test", "text": "Size:\n550 ml" }] });
        let turns = [Turn { planned, results: vec![Reply::Landed(Observation::from_tool("browser", "went  back"))] }];
        let seen = Seen { turns: &turns, now: &[] };
        let held = ["Size: 550 ml", "went back", "", "Size: 350 ml"].map(|text| (seen.holds(text), seen.place(text)));
        let came = Some("tool:browser".to_owned());
        assert_eq!(held, [(true, None), (true, came), (false, None), (false, None)]);
    }
}
