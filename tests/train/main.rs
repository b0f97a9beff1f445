//! Trains the embedded action model on generated pages: `make train`.
//!
//! Families of pages and instructions are made from a seed, without a browser; the planner's own code reads
//! them, so that training and inference see the same features. Two runs give the same weights, bit for bit.
//! `train --check` writes nothing and fails if the weights in the source are not those that come out.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a tool that cannot go on should stop, and its output is a table"
)]

mod adam;
mod chance;
mod families;
mod lesson;
mod sketch;

use std::collections::BTreeMap;

use lamassu::planner::local::{ranker::Ranker, weights};

use chance::Chance;
use families::{FAMILIES, HELD_OUT};
use lesson::{Decision, lessons};

const SEED: u64 = 20_240_601;
/// Episodes of each family to learn from.
const EPISODES: usize = 220;
/// Episodes of each family to judge by.
const JUDGED: usize = 60;
/// Passes over everything that is learned from.
const PASSES: usize = 6;

fn main() {
    let check = std::env::args().any(|word| word == "--check");
    let mut chance = Chance::new(SEED);
    let mut learned: Vec<Decision> =
        FAMILIES.iter().flat_map(|family| lessons(family, EPISODES, &mut chance)).collect();
    let judged: Vec<_> = FAMILIES
        .iter()
        .chain(HELD_OUT)
        .map(|family| (family.name, lessons(family, JUDGED, &mut Chance::new(SEED ^ 0x5EED))))
        .collect();
    println!("{} decisions of {} families to learn from", learned.len(), FAMILIES.len());
    let before = Ranker::default();
    let ranker = adam::train(before.clone(), &mut learned, PASSES, &mut chance);
    println!("\n{:24} {:>9} {:>8} {:>8}", "family", "decisions", "before", "after");
    let mut held = BTreeMap::new();
    for (name, decisions) in &judged {
        let (old, new) = (right(&before, decisions), right(&ranker, decisions));
        let mark = if HELD_OUT.iter().any(|family| family.name == *name) { "*" } else { "" };
        println!("{:24} {:>9} {:>7.1}% {:>7.1}%", format!("{name}{mark}"), decisions.len(), old, new);
        if !mark.is_empty() {
            held.insert(*name, (old, new));
        }
    }
    println!("* held out: never learned from");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/planner/local/weights.bin");
    let bytes = weights::pack(&ranker);
    for (name, (old, new)) in held {
        assert!(new >= old - 3.0, "`{name}` was held out and got worse: {old:.1} % before, {new:.1} % after");
    }
    if check {
        assert!(std::fs::read(path).unwrap() == bytes, "the weights in the source are others; run `make train`");
        println!("the weights in the source are these");
    } else {
        std::fs::write(path, &bytes).unwrap();
        println!("{} bytes written to src/planner/local/weights.bin", bytes.len());
    }
}

/// The share of decisions in which the best candidate is a right one, in percent.
fn right(ranker: &Ranker, decisions: &[Decision]) -> f64 {
    let hits = decisions.iter().filter(|decision| {
        let best =
            decision.candidates.iter().max_by(|one, other| ranker.score(&one.0).total_cmp(&ranker.score(&other.0)));
        best.is_some_and(|(_, right)| *right)
    });
    100.0 * hits.count() as f64 / decisions.len().max(1) as f64
}
