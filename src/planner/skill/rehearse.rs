//! Goes through a demonstration with a skill, without a browser: does it choose what the person chose?

use lamassu_contract::{Call, Observation, Page, Row};

use super::{Demonstration, Moment, Player, lesson, player::Position};
use crate::planner::{Planned, Proposal, Reply, Turn, View};

/// What a page is like when it is gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pages {
    /// As it was recorded.
    Recorded,
    /// With all ids, classes and other words for programs renamed.
    Renamed,
}

/// One thing that the person did, and what the skill would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// What the person did.
    pub shown: Call,
    /// What the skill would do; else why it would do nothing.
    pub chosen: Result<Call, String>,
}

impl Compared {
    /// Whether both are the same.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.chosen.as_ref() == Ok(&self.shown)
    }
}

/// Holds what `player` would do against each thing that was done in `demonstration`.
#[must_use]
pub fn rehearse(player: &Player, demonstration: &Demonstration, pages: Pages) -> Vec<Compared> {
    let mut turns = vec![opened(player, demonstration)];
    let mut compared = Vec::new();
    let moments = &demonstration.moments;
    for (index, moment) in moments.iter().enumerate() {
        if !counts(index, moment, moments.get(index + 1)) {
            continue;
        }
        let page = match pages {
            Pages::Recorded => moment.page.clone(),
            Pages::Renamed => renamed(moment.page.clone()),
        };
        let planned = plan(player, demonstration, &turns, &page);
        let chosen = match &planned.proposal {
            Proposal::Act(calls) => {
                calls.first().filter(|call| call.verb != "wait").cloned().ok_or(planned.why.clone())
            }
            Proposal::Pass(why) | Proposal::Ask(why) => Err(why.clone()),
            Proposal::Done { .. } => Err("it would be done".to_owned()),
        };
        let lost = chosen.is_err();
        compared.push(Compared { shown: moment.call.clone(), chosen });
        if lost {
            break;
        }
        turns.push(landed(planned));
    }
    compared
}

/// Whether a moment is a step: not the opening, no mere look, and not corrected at once.
fn counts(index: usize, moment: &Moment, next: Option<&Moment>) -> bool {
    let reads = ["look", "find", "read", "extract", "screenshot", "wait", "tabs"].contains(&moment.call.verb.as_str());
    let opens = index == 0 && moment.call.verb == "open";
    let corrected = next.is_some_and(|next| {
        matches!(next.call.verb.as_str(), "fill" | "select")
            && next.call.verb == moment.call.verb
            && next.call.args.get("target") == moment.call.args.get("target")
    });
    !reads && !opens && !corrected
}

fn landed(planned: Planned) -> Turn {
    Turn { planned, results: vec![Reply::Landed(Observation::from_tool("browser", ""))] }
}

/// The first turn of a run: the page is opened.
fn opened(player: &Player, demonstration: &Demonstration) -> Turn {
    let goal = demonstration.said();
    landed(player.plan(&View { goal: &goal, at: Some(&demonstration.at), ..lesson::view(demonstration, &[]) }))
}

fn plan(player: &Player, demonstration: &Demonstration, turns: &[Turn], page: &Page) -> Planned {
    let now = [lesson::seen(page)];
    // What stands in its places is the goal.
    let goal = demonstration.said();
    player.plan(&View { goal: &goal, at: Some(&demonstration.at), turns, ..lesson::view(demonstration, &now) })
}

/// The page with other words for programs on every row.
#[must_use]
pub fn renamed(mut page: Page) -> Page {
    let change = |row: &mut Row| {
        if let Some(detail) = &mut row.detail {
            let words: Vec<_> = detail.marks.split_whitespace().map(other_word).collect();
            detail.marks = words.join(" ");
        }
    };
    page.table.rows.iter_mut().chain(&mut page.more).for_each(change);
    page
}

/// Another word for each word, and the same one for the same.
fn other_word(word: &str) -> String {
    let sum = word.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    format!("z{sum:x}")
}

/// The notes of a run that was played: the positions, in order.
#[must_use]
pub fn positions<'a>(memos: impl Iterator<Item = &'a serde_json::Value>) -> Vec<Position> {
    use serde::Deserialize as _;
    memos.filter_map(|memo| Position::deserialize(memo).ok()).collect()
}
