//! Noticing a run that goes round in circles.

use std::collections::HashMap;

use lamassu_contract::{Call, Digest, Observation};
use serde_json::json;

/// After this many times the planner is told.
const NUDGE: u32 = 3;
/// After this many times the run is ended.
const END: u32 = 5;

/// Counts the same call made while things stand the same.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    counts: HashMap<Digest, u32>,
}

/// What to do about a repeated call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Circle {
    No,
    Nudge,
    End,
}

impl Repeats {
    pub(crate) fn count(&mut self, call: &Call, now: &[Observation]) -> Circle {
        let seen: Vec<_> = now.iter().map(|look| &look.content).collect();
        let count = self.counts.entry(Digest::of(&json!([call, seen]))).or_default();
        *count += 1;
        match *count {
            NUDGE => Circle::Nudge,
            count if count >= END => Circle::End,
            _ => Circle::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_call_on_the_same_page_is_nudged_then_ended() {
        let mut repeats = Repeats::default();
        let page = [Observation::from_page("https://shop.test", "a page")];
        let seen: Vec<_> = (0..5).map(|_| repeats.count(&Call::new("browser", "back"), &page)).collect();
        assert_eq!(seen, [Circle::No, Circle::No, Circle::Nudge, Circle::No, Circle::End]);
    }

    #[test]
    fn the_same_call_on_another_page_is_no_circle() {
        let mut repeats = Repeats::default();
        let seen: Vec<_> = (0..9)
            .map(|page| [Observation::from_page("https://shop.test", format!("page {page}"))])
            .map(|page| repeats.count(&Call::new("browser", "scroll"), &page))
            .collect();
        assert!(seen.iter().all(|circle| *circle == Circle::No));
    }
}
