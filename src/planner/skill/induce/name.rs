//! What parameters are called: by where they go.

use super::{
    super::Argument,
    deed::{Deed, Field, Told},
};
use crate::planner::local::words::{is_stop, stems};

/// Words of attributes that say nothing about what an element is.
const EMPTY: [&str; 22] = [
    "a", "btn", "button", "link", "item", "li", "row", "col", "card", "name", "title", "text", "input", "field",
    "form", "id", "span", "div", "label", "list", "box", "control",
];

/// A name for what fills `field` of `deed`, where it stands in the goal from the word `from` on; none of `taken`.
pub(super) fn name(told: &Told, deed: &Deed, (field, from): (Field, usize), taken: &[String]) -> String {
    let words = match field {
        Field::Value => of_field(deed),
        Field::Name | Field::Record => of_thing(told, deed, from),
    };
    let plain: Vec<String> =
        words.iter().map(|word| word.chars().filter(|letter| letter.is_alphanumeric()).collect()).collect();
    let name = plain.into_iter().filter(|word| !word.is_empty()).take(2).collect::<Vec<_>>().join("_");
    // `item` is the thing that a round of a loop is about.
    let name = if name.is_empty() || name == "item" || name.starts_with(|letter: char| letter.is_ascii_digit()) {
        "value".to_owned()
    } else {
        name
    };
    unique(&name, taken)
}

/// The same name, or one with a number behind it, if it is taken.
pub(super) fn unique(name: &str, taken: &[String]) -> String {
    let more = (2..).map(|number| format!("{name}_{number}"));
    std::iter::once(name.to_owned()).chain(more).find(|name| !taken.contains(name)).unwrap_or_default()
}

/// What the field is called.
fn of_field(deed: &Deed) -> Vec<String> {
    let Some(seen) = &deed.seen else { return Vec::new() };
    let element = &seen.element;
    let own = [element.stems.as_slice(), &element.label, &element.marks];
    let telling = |words: &&&[String]| words.iter().any(|word| !is_stop(word));
    let words = own.iter().find(telling).map(|words| words.iter().filter(|word| !is_stop(word)).cloned().collect());
    words.unwrap_or_else(|| {
        let argument = deed.with.as_ref().map_or(Argument::Text, |(argument, _)| *argument);
        vec![argument.as_str().to_owned()]
    })
}

/// What the element is by its attributes, else what the goal calls it.
fn of_thing(told: &Told, deed: &Deed, from: usize) -> Vec<String> {
    let Some(seen) = &deed.seen else { return Vec::new() };
    let telling = |word: &&String| {
        !EMPTY.contains(&word.as_str())
            && !seen.element.stems.contains(word)
            && word.chars().all(char::is_alphabetic)
            && word.len() > 2
    };
    let by_mark = seen.element.marks.iter().find(telling).cloned();
    let before = told.goal.words.get(..from).unwrap_or_default().iter().rev();
    let noun = before.take(3).find(|word| {
        !word.stop && word.verb.is_none() && word.quote == 0 && word.stem.chars().all(char::is_alphabetic)
    });
    let noun = noun.map(|word| word.stem.clone());
    let role = || stems(&seen.element.role).into_iter().next();
    noun.or(by_mark).or_else(role).into_iter().collect()
}
