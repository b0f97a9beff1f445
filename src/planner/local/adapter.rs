//! What a few demonstrations of one task teach: a linear model over what the controls were like, beside the
//! score that holds everywhere. It is fitted in milliseconds, because each decision keeps what was not done too.

use serde::{Deserialize, Serialize};

use super::{candidates::Candidate, hash, ranker::softmax, scene::Element, situation::Situation};

/// How many places marks are hashed into.
const PLACES: usize = 2048;
/// Passes over the demonstrations.
const PASSES: usize = 40;
const RATE: f32 = 0.3;
/// How strongly weights are held near nothing, so that one demonstration does not outweigh what holds everywhere.
const HOLD: f32 = 0.02;
/// The most that demonstrations say for or against a candidate.
const MOST: f32 = 7.0;

/// One decision of a demonstration: all that could have been done, and what was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// All that could have been done.
    pub candidates: Vec<Seen>,
    /// Which of them was done.
    pub chosen: usize,
}

/// A candidate of a demonstration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// What it is like.
    pub marks: Vec<u32>,
    /// Its general score.
    pub score: f32,
    /// Its general score on a page without ids, classes and the like.
    pub bare: f32,
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
        for pass in 0..PASSES {
            // Ids, classes and the like change from one version of a page to the next, so what is right without them
            // is learned as well.
            decisions.iter().for_each(|decision| match pass % 2 {
                0 => adapter.learn(decision, |_| true, |seen| seen.score),
                _ => adapter.learn(decision, |mark| !is_frail(*mark), |seen| seen.bare),
            });
        }
        adapter
    }

    /// What the demonstrations add to the score of a candidate with these marks.
    #[must_use]
    pub fn bonus(&self, marks: &[u32]) -> f32 {
        self.sum(marks.iter()).clamp(-MOST, MOST)
    }

    fn sum<'a>(&self, marks: impl Iterator<Item = &'a u32>) -> f32 {
        marks.filter_map(|mark| self.weights.get(place(*mark))).sum()
    }

    fn learn(&mut self, decision: &Shown, kept: fn(&u32) -> bool, general: fn(&Seen) -> f32) {
        let sum = |seen: &Seen| general(seen) + self.sum(seen.marks.iter().filter(|mark| kept(mark)));
        let scores: Vec<f32> = decision.candidates.iter().map(sum).collect();
        let shares = softmax(&scores);
        for (index, (seen, share)) in decision.candidates.iter().zip(&shares).enumerate() {
            let push = share - if index == decision.chosen { 1.0 } else { 0.0 };
            for mark in seen.marks.iter().filter(|mark| kept(mark)) {
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
    // That a link was pressed whose name the goal says speaks for no other link. What only an id or a class says does
    // not count here, since these change.
    let said = if element.stems.iter().any(bound) { "said" } else { "" };
    found.push(hashed(&["role", verb, &element.role, said]));
    found.push(hashed(&["tag", verb, &element.tag, said]));
    found.extend(element.marks.iter().map(|mark| hashed(&["mark", verb, mark]) | FRAIL));
    found.extend(shapes(now, element).map(|shape| hashed(&["shape", verb, &shape])));
    found.extend(element.label.iter().rev().take(3).map(|word| hashed(&["label", verb, word])));
    if !element.stems.iter().any(bound) {
        found.push(hashed(&["name", verb, &element.stems.join(" ")]));
        found.push(hashed(&["name at", verb, &element.stems.join(" "), last]));
    }
    let slot = candidate.position.is_some() || !candidate.note.took.is_empty();
    found.push(hashed(&["slot", verb, if slot { "bound" } else { "free" }]));
    found
}

/// Where an element stands and how large it is, which is left when all that is called by programs is renamed.
fn shapes(now: &Situation<'_>, element: &Element) -> impl Iterator<Item = String> {
    let inside = now.scene.records.get(&element.record).map(Vec::as_slice).unwrap_or_default();
    let at = inside.iter().position(|at| now.element(*at).is_some_and(|own| own.identity == element.identity));
    let (first, last) = (at.unwrap_or(0), inside.len().saturating_sub(at.unwrap_or(0)));
    let [_, _, width, height] = element.place.map(|length| length / 8);
    let size = (element.record != 0 || element.stems.is_empty()).then(|| format!("size {width} {height}"));
    let stands = at.map(|_| [format!("in row {first}"), format!("from the end {last}")]);
    stands.into_iter().flatten().chain(size).chain([format!("colour {}", element.colour)])
}

/// Set in what stands for a word that programs call an element by, and in nothing else.
const FRAIL: u32 = 1;

fn is_frail(mark: u32) -> bool {
    mark & FRAIL != 0
}

/// Stays the same from build to build, since adapters are kept.
fn hashed(parts: &[&str]) -> u32 {
    let [.., one, two, three, four] = hash::of(parts.iter().copied()).to_be_bytes();
    u32::from_be_bytes([one, two, three, four]) & !FRAIL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_preferred_afterwards_and_what_was_not_is_not() {
        let seen = |mark, score| Seen { marks: vec![2, mark], score, bare: score };
        let decision = Shown { candidates: vec![seen(4, 1.0), seen(6, 0.0), seen(8, 0.5)], chosen: 1 };
        let adapter = Adapter::fit(&[decision]);
        assert!(adapter.bonus(&[2, 6]) > 1.0 + adapter.bonus(&[2, 4]));
    }

    #[test]
    fn what_only_an_id_tells_is_learned_without_it_too() {
        let (id, place) = (1 | FRAIL, 4);
        let chosen = Seen { marks: vec![id, place], score: 5.0, bare: 0.0 };
        let other = Seen { marks: vec![6], score: 0.0, bare: 2.0 };
        let adapter = Adapter::fit(&[Shown { candidates: vec![chosen, other], chosen: 0 }]);
        assert!(adapter.bonus(&[place]) > 2.0 + adapter.bonus(&[6]));
    }
}
