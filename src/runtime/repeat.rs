//! Noticing a run that goes round in circles.
//!
//! Three things are counted: the same call while things stand the same, other calls of which none changes anything, and
//! two standings that take turns. First the planner is told, with what was tried; then the run ends. What is gone
//! through one by one, such as the items of a list, comes back to the same place by the same call, which is no circle:
//! new calls have led to what was not seen before.

use std::collections::{HashMap, HashSet};

use lamassu_contract::{Call, Digest, Observation};
use serde_json::json;

/// From the same call this many times on the planner is told each time.
const NUDGE: u32 = 3;
/// After the same call this many times the run is ended.
const END: u32 = 6;
/// After so many steps that change nothing, or come back to where they were, the planner is told.
const STILL: usize = 5;
/// After so many more it is told again: each time another way is taken.
const AGAIN: usize = 2;
/// After so many the run is ended.
const STUCK: usize = 11;
/// So many of the latest calls are named.
const NAMED: usize = 5;

/// What a run has tried since something changed.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    counts: HashMap<Digest, u32>,
    /// Every call that was made, and every standing.
    made: HashSet<Digest>,
    known: HashSet<Digest>,
    /// Whether a call was made, since things were last looked at, that was not made before.
    ventured: bool,
    /// The same for calls that merely tell more, since the latest one that does not.
    told: HashMap<Digest, u32>,
    /// The standings before the latest steps, newest last.
    stood: Vec<Digest>,
    /// The latest calls, newest last, in a line each.
    tried: Vec<String>,
    /// How many steps ago things changed to what had not been seen just before.
    still: usize,
}

/// What a call is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hope {
    /// That something changes.
    Change,
    /// That more is told of what stands there, that it prepares what comes after it in the same proposal, or nothing:
    /// it stands in a list.
    None,
}

impl Hope {
    /// What `call` is made for, the `index`-th of its proposal. How things stand is looked at before the first alone.
    pub(crate) fn of(call: &Call, index: usize) -> Self {
        if tells(call) || index > 0 { Self::None } else { Self::Change }
    }
}

/// Whether `call` merely tells more of what stands there.
fn tells(call: &Call) -> bool {
    ["look", "read", "find", "extract", "screenshot", "list"].contains(&call.verb.as_str())
}

/// What to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Circle {
    No,
    /// The planner is told this.
    Nudge(String),
    /// The run ends, for this reason.
    End(String),
}

impl Repeats {
    /// Takes note of `call`, which is to be made while things stand as `now` shows.
    pub(crate) fn count(&mut self, call: &Call, now: &[Observation], hope: Hope) -> Circle {
        let seen: Vec<_> = now.iter().map(|look| &look.content).collect();
        let standing = Digest::of(&json!(seen));
        if self.known.insert(standing) && std::mem::take(&mut self.ventured) {
            self.counts.clear();
        }
        self.ventured |= self.made.insert(Digest::of(&json!(call)));
        if !tells(call) {
            self.told.clear();
        }
        let counts = if tells(call) { &mut self.told } else { &mut self.counts };
        let count = counts.entry(Digest::of(&json!([call, seen]))).or_default();
        *count += 1;
        let count = *count;
        self.tried.push(line(call));
        // Where nothing can be looked at, nothing can be seen to change.
        let hopes = hope == Hope::Change && !now.is_empty();
        if hopes {
            let known = self.stood.iter().rev().take(2).any(|before| *before == standing);
            self.still = if known { self.still + 1 } else { 0 };
            self.stood.push(standing);
        }
        if count >= END {
            return Circle::End(format!("`{}` was asked for again and again while nothing changed", call.name()));
        }
        if self.still >= STUCK {
            return Circle::End(format!("{STUCK} steps have led nowhere; the last were {}", self.latest()));
        }
        if count >= NUDGE {
            return Circle::Nudge(format!("{} was asked for {count} times while nothing changed", line(call)));
        }
        if hopes && self.still >= STILL && (self.still - STILL).is_multiple_of(AGAIN) {
            return Circle::Nudge(format!("the last {} steps have led nowhere new: {}", self.still, self.latest()));
        }
        Circle::No
    }

    fn latest(&self) -> String {
        self.tried.iter().rev().take(NAMED).rev().cloned().collect::<Vec<_>>().join(", ")
    }
}

/// A call in a few words.
fn line(call: &Call) -> String {
    let args: Vec<_> = call.args.values().filter_map(|value| value.as_str()).collect();
    let words: String = format!("{} {}", call.verb, args.join(" ")).chars().take(60).collect();
    format!("`{}`", words.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> [Observation; 1] {
        [Observation::from_page("https://shop.test", text)]
    }

    fn click(target: usize) -> Call {
        Call::new("browser", "click").with("target", target.to_string())
    }

    /// The steps, from 1, at which the planner was told and the run ended.
    fn marks(steps: impl Iterator<Item = (Call, [Observation; 1])>) -> (Vec<usize>, Option<usize>) {
        let (mut repeats, mut told) = (Repeats::default(), Vec::new());
        for (index, (call, now)) in steps.enumerate() {
            match repeats.count(&call, &now, Hope::of(&call, 0)) {
                Circle::No => {}
                Circle::Nudge(_) => told.push(index + 1),
                Circle::End(_) => return (told, Some(index + 1)),
            }
        }
        (told, None)
    }

    #[test]
    fn the_same_call_on_the_same_page_is_nudged_then_ended() {
        assert_eq!(marks((0..9).map(|_| (click(7), page("a page")))), (vec![3, 4, 5], Some(6)));
    }

    #[test]
    fn the_same_call_on_another_page_is_no_circle() {
        assert_eq!(marks((0..30).map(|at| (click(7), page(&format!("page {at}"))))), (vec![], None));
    }

    #[test]
    fn other_calls_that_change_nothing_are_nudged_then_ended() {
        assert_eq!(marks((0..30).map(|at| (click(at), page("a page")))), (vec![6, 8, 10], Some(12)));
    }

    #[test]
    fn two_pages_in_turn_are_nudged_then_ended() {
        let pages = ["a page", "another"];
        let steps = (0..30).map(|at| (click(at), page(pages[at % 2])));
        assert_eq!(marks(steps), (vec![7, 9, 11], Some(13)));
    }

    #[test]
    fn going_through_a_list_is_no_circle() {
        let steps = (0..30).map(|at| match at % 3 {
            0 => (click(100 + at), page("a list")),
            1 => (click(7), page(&format!("item {at}"))),
            _ => (click(9), page("added; back to the list")),
        });
        assert_eq!(marks(steps), (vec![], None));
    }

    #[test]
    fn the_same_ways_to_changing_pages_are_nudged_then_ended() {
        let steps = (0..30).map(|at| match at % 2 {
            0 => (click(7), page("a page")),
            _ => (click(9), page(&format!("an advertisement {at}"))),
        });
        assert_eq!(marks(steps), (vec![9, 11, 13], Some(15)));
    }

    #[test]
    fn looking_again_after_an_act_is_no_circle() {
        let picture = || Call::new("browser", "screenshot");
        let steps = (0..20).map(|at| if at % 2 == 0 { picture() } else { click(at) });
        let here_and_there = steps.enumerate().map(|(at, call)| (call, page(&format!("page {}", at % 6))));
        assert_eq!(marks(here_and_there), (vec![], None));
        assert_eq!(marks((0..9).map(|_| (picture(), page("a page")))), (vec![3, 4, 5], Some(6)));
    }

    #[test]
    fn reading_on_is_no_circle() {
        let read = |at: usize| Call::new("browser", "read").with("offset", at);
        assert_eq!(marks((0..30).map(|at| (read(at), page("a page")))), (vec![], None));
    }
}
