//! Which parts of a demonstration stand in its goal: what was typed, what was pressed, and whose row it was in.

use super::{
    super::template::Form,
    deed::{Deed, Field, Seen, Source, Told, Use},
};
use crate::planner::local::{
    instruction::{Instruction, Kind, Word},
    words::stems,
};

/// How much speaks for a word of the goal being a value and no name of a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// There is one demonstration, so it has to look like a value.
    One,
    /// There are several, and what varies among them is a value.
    Several,
}

/// Binds what can be bound in all deeds.
pub(super) fn bind(told: &mut Told, care: Care) {
    let mut deeds = std::mem::take(&mut told.deeds);
    for deed in &mut deeds {
        deed.uses = uses(told, deed, care);
    }
    // The longest words for a thing are meant wherever parts of them stand.
    let mut ranges: Vec<(usize, usize)> = deeds.iter().flat_map(|deed| &deed.uses).filter_map(range).collect();
    ranges.sort_by_key(|(from, to)| (std::cmp::Reverse(to - from), *from));
    let mut kept: Vec<(usize, usize)> = Vec::new();
    for (from, to) in ranges {
        if kept.iter().all(|known| *known == (from, to) || known.1 <= from || to <= known.0) {
            kept.push((from, to));
        }
    }
    for deed in &mut deeds {
        deed.uses.retain(|own| range(own).is_none_or(|range| kept.contains(&range)));
    }
    told.deeds = deeds;
}

fn range(own: &Use) -> Option<(usize, usize)> {
    match own.source {
        Source::Goal(from, to) => Some((from, to)),
        Source::Input(_) | Source::Item => None,
    }
}

fn uses(told: &Told, deed: &Deed, care: Care) -> Vec<Use> {
    let mut found = Vec::new();
    if let Some((argument, value)) = &deed.with
        && matches!(argument.as_str(), "text" | "option")
    {
        found.extend(given(told, value).or_else(|| whole(&told.goal, value)).map(|(source, form)| Use {
            field: Field::Value,
            source,
            form,
            words: (0, 0),
        }));
    }
    let Some(seen) = &deed.seen else { return found };
    let is_field = seen.element.is_field() || seen.element.is_list();
    if !is_field {
        found.extend(in_name(told, seen, care));
    }
    let in_name = found.iter().any(|own| own.field == Field::Name);
    if !in_name || seen.alike > 1 {
        found.extend(in_record(told, seen, care));
    }
    found
}

/// An input with this value.
fn given(told: &Told, value: &str) -> Option<(Source, Form)> {
    let (name, said) = told.inputs.iter().find(|(_, said)| !said.trim().is_empty() && said.trim() == value.trim())?;
    // What stands in the goal too is a part of that.
    whole(&told.goal, said).or_else(|| Some((Source::Input(name.clone()), Form::Said)))
}

/// The words of the goal that are all of `value`, in this form or another one.
fn whole(goal: &Instruction, value: &str) -> Option<(Source, Form)> {
    let day = goal.spans.iter().find_map(|span| Some((span, Form::between(span, value.trim())?)));
    if let Some((span, form)) = day {
        return Some((Source::Goal(span.from, span.to), form));
    }
    let quoted = goal.spans.iter().find(|span| span.kind == Kind::Quoted && span.text == value.trim());
    if let Some(span) = quoted {
        return Some((Source::Goal(span.from, span.to), Form::Said));
    }
    let wanted = stems(value);
    if wanted.is_empty() {
        return None;
    }
    let at = goal.words.windows(wanted.len()).position(|run| run.iter().zip(&wanted).all(|(word, own)| word.is(own)));
    let digits = || {
        let plain = value.replace(',', "");
        plain.parse::<f64>().ok()?;
        goal.words.iter().position(|word| word.stem.replace(',', "") == plain)
    };
    at.map(|from| (Source::Goal(from, from + wanted.len()), Form::Said))
        .or_else(|| digits().map(|from| (Source::Goal(from, from + 1), Form::Digits)))
}

fn in_name(told: &Told, seen: &Seen, care: Care) -> Option<Use> {
    let ((from, to), at) = run(&told.goal, &seen.element.stems, care)?;
    Some(Use { field: Field::Name, source: Source::Goal(from, to), form: Form::Said, words: (at, at + to - from) })
}

/// The words of the goal that tell this record from the others.
fn in_record(told: &Told, seen: &Seen, care: Care) -> Option<Use> {
    if seen.others.is_empty() {
        return None;
    }
    let around = if seen.element.around.is_empty() { &seen.element.context } else { &seen.element.around };
    let ((from, to), _) = run(&told.goal, around, care)?;
    let said = told.goal.words.get(from..to)?;
    let says = |text: &[String]| said.iter().all(|word| text.iter().any(|own| word.is(own)));
    let shared = seen.others.iter().filter(|text| says(text)).count();
    (shared == 0).then_some(Use {
        field: Field::Record,
        source: Source::Goal(from, to),
        form: Form::Said,
        words: (0, 0),
    })
}

/// The longest run of words of the goal that is a run of `text` too and may be a value: where it stands in the
/// goal, and where it begins in the text.
fn run(goal: &Instruction, text: &[String], care: Care) -> Option<((usize, usize), usize)> {
    let mut best: Option<((usize, usize), usize)> = None;
    for from in 0..goal.words.len() {
        for at in 0..text.len() {
            let pairs = goal.words.iter().skip(from).zip(text.iter().skip(at));
            let quote = goal.words.get(from).map_or(0, |word| word.quote);
            let length = pairs.take_while(|(word, own)| word.is(own) && word.quote == quote).count();
            let (first, last) = trimmed(goal, from, from + length);
            let longest = best.map_or(0, |((from, to), _)| to - from);
            if last > first && last - first > longest && is_value(goal, (first, last), care) {
                best = Some(((first, last), at + first - from));
            }
        }
    }
    best
}

/// The same run without words at its ends that say little.
fn trimmed(goal: &Instruction, from: usize, to: usize) -> (usize, usize) {
    let says_little =
        |index: usize| goal.words.get(index).is_some_and(|word| word.quote == 0 && word.stop && !word.proper);
    let first = (from..to).find(|index| !says_little(*index)).unwrap_or(to);
    let last = (first..to).rev().find(|index| !says_little(*index)).map_or(first, |index| index + 1);
    (first, last)
}

/// Whether these words of the goal may be filled in with others.
fn is_value(goal: &Instruction, (from, to): (usize, usize), care: Care) -> bool {
    if care == Care::Several {
        return true;
    }
    let words = goal.words.get(from..to).unwrap_or_default();
    let number = |word: &Word| word.stem.chars().next().is_some_and(|letter| letter.is_ascii_digit());
    let is_name = |index: usize, word: &Word| word.proper && from + index > 0;
    // Words such as `cart` or `delete` name controls, unless they are a part of a longer name.
    let of_controls = |word: &&Word| word.verb.is_some() || !word.concepts.is_empty();
    words.iter().enumerate().any(|(index, word)| word.quote > 0 || number(word) || is_name(index, word))
        || words.iter().filter(of_controls).count() * 2 < words.len()
}
