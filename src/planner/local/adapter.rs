//! What a few demonstrations of one task teach: a linear model over what the controls were like, beside the
//! score that holds everywhere. It is fitted in milliseconds, because each decision keeps what was not done too.

use serde::{Deserialize, Serialize};

use super::{candidates::Candidate, hash, ranker::softmax, situation::Situation};

/// How many places marks are hashed into.
const PLACES: usize = 2048;
/// Passes over the demonstrations.
const PASSES: usize = 40;
const RATE: f32 = 0.3;
/// How strongly weights are held near nothing, so that one demonstration does not outweigh what holds everywhere.
const HOLD: f32 = 0.02;

/// One decision of a demonstration: all that could have been done, and what was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Of each candidate its marks and its general score.
    pub candidates: Vec<(Vec<u32>, f32)>,
    /// Which of them was done.
    pub chosen: usize,
}

/// What was learned from demonstrations of one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adapter {
    weights: Vec<f32>,
}

impl Adapter {
    /// Learns from decisions of one or more demonstrations of the same task.
    #[must_use]
    pub fn fit(decisions: &[Shown]) -> Self {
        let mut adapter = Self { weights: vec![0.0; PLACES] };
        for _ in 0..PASSES {
            decisions.iter().for_each(|decision| adapter.learn(decision));
        }
        adapter
    }

    /// What the demonstrations add to the score of a candidate with these marks.
    #[must_use]
    pub fn bonus(&self, marks: &[u32]) -> f32 {
        marks.iter().filter_map(|mark| self.weights.get(place(*mark))).sum()
    }

    fn learn(&mut self, decision: &Shown) {
        let scores: Vec<f32> = decision.candidates.iter().map(|(marks, score)| score + self.bonus(marks)).collect();
        let shares = softmax(&scores);
        for (index, ((marks, _), share)) in decision.candidates.iter().zip(&shares).enumerate() {
            let push = share - if index == decision.chosen { 1.0 } else { 0.0 };
            for mark in marks {
                if let Some(weight) = self.weights.get_mut(place(*mark)) {
                    *weight -= RATE * (push + HOLD * *weight) / 4.0;
                }
            }
        }
    }
}

fn place(mark: u32) -> usize {
    usize::try_from(mark).unwrap_or(0) % PLACES
}

/// What a candidate is like, for telling it again on another day.
///
/// What is bound to the instruction, such as a name that stands in it or a value that is typed, is a slot: its text
/// is left out, since the next instruction has another.
#[must_use]
pub fn marks(now: &Situation<'_>, candidate: &Candidate) -> Vec<u32> {
    let verb = candidate.note.verb.as_str();
    let last = now.progress.last.as_ref().map_or("", |last| last.verb.as_str());
    let mut found = vec![
        hashed(&["verb", verb]),
        hashed(&["after", verb, last]),
        hashed(&["step", verb, &now.progress.acts.min(9).to_string()]),
    ];
    let Some(element) = candidate.element.and_then(|index| now.element(index)) else { return found };
    let bound = |word: &String| now.told.words.iter().any(|told| told.is(word));
    found.push(hashed(&["role", verb, &element.role]));
    found.push(hashed(&["tag", verb, &element.tag]));
    found.extend(element.marks.iter().map(|mark| hashed(&["mark", verb, mark])));
    found.extend(element.label.iter().rev().take(3).map(|word| hashed(&["label", verb, word])));
    if !element.stems.iter().any(bound) {
        found.push(hashed(&["name", verb, &element.stems.join(" ")]));
        found.push(hashed(&["name at", verb, &element.stems.join(" "), last]));
    }
    let slot = candidate.position.is_some() || !candidate.note.took.is_empty();
    found.push(hashed(&["slot", verb, if slot { "bound" } else { "free" }]));
    found
}

/// Stays the same from build to build, since adapters are kept.
fn hashed(parts: &[&str]) -> u32 {
    let [.., one, two, three, four] = hash::of(parts.iter().copied()).to_be_bytes();
    u32::from_be_bytes([one, two, three, four])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_preferred_afterwards_and_what_was_not_is_not() {
        let decision = Shown { candidates: vec![(vec![1, 2], 1.0), (vec![1, 3], 0.0), (vec![1, 4], 0.5)], chosen: 1 };
        let adapter = Adapter::fit(&[decision]);
        assert!(adapter.bonus(&[1, 3]) > 1.0 + adapter.bonus(&[1, 2]));
    }
}
