//! Loops: the same deeds again and again, over the things of a list, so often as a number says, or over the
//! records of the page.

use super::deed::{Deed, Field, Over, Round, Source, Told};
use crate::planner::local::instruction::{Instruction, Kind};

/// The longest block of deeds that is taken for one round.
const LONGEST: usize = 4;

/// Puts loops in the place of what was done again and again.
pub(super) fn fold(told: &mut Told) {
    let mut folded: Vec<Deed> = Vec::new();
    let mut rest: &[Deed] = &told.deeds;
    let mut loops = 0;
    while let Some(first) = rest.first() {
        let found = (1..=LONGEST).find_map(|length| Some((length, round(&told.goal, rest, length, loops)?)));
        let Some((length, round)) = found else {
            folded.push(first.clone());
            rest = rest.get(1..).unwrap_or_default();
            continue;
        };
        loops += 1;
        let block = rest.get(..length).unwrap_or_default();
        folded.extend(block.iter().map(|deed| inside(deed, &round)));
        rest = rest.get(length * round.rounds..).unwrap_or_default();
    }
    told.deeds = folded;
}

/// The loop that `deeds` begin with, if blocks of this length are one.
fn round(goal: &Instruction, deeds: &[Deed], length: usize, number: usize) -> Option<Round> {
    let blocks: Vec<_> = deeds.chunks_exact(length).collect();
    let first = blocks.first()?;
    let like = |block: &&&[Deed]| block.iter().zip(first.iter()).all(|(one, other)| repeats(one, other));
    let rounds = blocks.iter().take_while(like).count();
    if rounds < 2 {
        return None;
    }
    let blocks = blocks.get(..rounds)?;
    let made = |over, said| Some(Round { over, rounds, said, number });
    if let Some(said) = items(goal, blocks) {
        return made(Over::Items, Some(said));
    }
    if blocks.iter().flat_map(|block| block.iter()).any(|deed| !deed.uses.is_empty()) {
        return None;
    }
    let said = count(goal, rounds);
    if let Some(alike) = records(blocks) {
        return match (alike == rounds, said) {
            (true, said) => made(Over::EveryRecord, said),
            (false, Some(said)) => made(Over::Records, Some(said)),
            (false, None) => None,
        };
    }
    made(Over::Times, Some(said?))
}

/// Whether one deed does again what another one did.
fn repeats(one: &Deed, other: &Deed) -> bool {
    let bound = one.bound(Field::Value).is_some() && other.bound(Field::Value).is_some();
    one.is_like(other) && (bound || one.with == other.with)
}

/// The words of the goal that list what the rounds are about, one thing each.
fn items(goal: &Instruction, blocks: &[&[Deed]]) -> Option<(usize, usize)> {
    let mut things: Vec<(usize, usize)> = Vec::new();
    for block in blocks {
        let mut sources: Vec<_> = block.iter().flat_map(|deed| &deed.uses).map(|own| &own.source).collect();
        sources.dedup();
        let [Source::Goal(from, to)] = sources.as_slice() else { return None };
        things.push((*from, *to));
    }
    let (mut from, mut to) = *things.first()?;
    let mut sorted = things.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let listed = sorted.windows(2).all(|pair| match pair {
        [(_, end), (begin, _)] => {
            let between = goal.words.get(*end..*begin).unwrap_or_default();
            end <= begin && between.iter().all(|word| matches!(word.stem.as_str(), "and" | "or" | "und"))
        }
        _ => true,
    });
    for (first, last) in &sorted {
        from = from.min(*first);
        to = to.max(*last);
    }
    (listed && sorted.len() == blocks.len()).then_some((from, to))
}

/// How many records have such an element, if each round was in another one.
fn records(blocks: &[&[Deed]]) -> Option<usize> {
    let seen: Vec<_> = blocks.iter().filter_map(|block| block.first()?.seen.as_ref()).collect();
    let mut texts: Vec<_> =
        seen.iter().filter(|seen| seen.element.record != 0).map(|seen| &seen.element.around).collect();
    texts.sort();
    texts.dedup();
    (texts.len() == blocks.len()).then(|| seen.first().map_or(0, |seen| seen.alike))
}

/// Where the goal says this number.
fn count(goal: &Instruction, number: usize) -> Option<(usize, usize)> {
    let said = goal.spans.iter().find(|span| span.kind == Kind::Number && span.text.parse() == Ok(number))?;
    Some((said.from, said.to))
}

/// A deed of the first round, as one of every round.
fn inside(deed: &Deed, round: &Round) -> Deed {
    let mut deed = deed.clone();
    if round.over == Over::Items {
        deed.uses.iter_mut().for_each(|own| own.source = Source::Item);
    }
    deed.each = Some(round.clone());
    deed
}

/// Makes a deed that was done for one thing of the goal one that is done for each of a list of one.
pub(super) fn of_one(deed: &mut Deed, number: usize) {
    let said = deed.uses.iter().find_map(|own| match own.source {
        Source::Goal(from, to) => Some((from, to)),
        _ => None,
    });
    if said.is_some() {
        deed.uses.iter_mut().for_each(|own| own.source = Source::Item);
        deed.each = Some(Round { over: Over::Items, rounds: 1, said, number });
    }
}
