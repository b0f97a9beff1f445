//! What a field is made to hold.

use super::{
    dates,
    fields::own_words,
    instruction::{Kind, Span},
    scene::Element,
    words,
};

/// Whether a browser would not even take the value.
pub(super) fn cannot_hold(element: &Element, span: &Span) -> bool {
    matches!(element.tag.as_str(), "input/date" | "input/time" | "input/number" | "input/range")
        && type_fits(element, span) == Some(false)
}

/// Whether a field has a name that tells what it is for.
pub(super) fn is_called(element: &Element) -> bool {
    let telling = |word: &String| !words::is_stop(word) && words::kind_fits(word, "").is_none() && word.len() > 1;
    element.stems.iter().chain(element.label.iter()).any(telling)
}

/// Whether a field is the bound of a filter, such as `At least`: a number is not for it that nobody calls a bound.
pub(super) fn bounds(element: &Element) -> bool {
    element.stems.iter().any(|word| is_bound(word))
}

pub(super) fn is_bound(word: &str) -> bool {
    const BOUNDS: &str = "least most min max minimum maximum under over below above between less more up mindesten höchsten \
        unter über bis mehr 최소 최대 이상 이하";
    BOUNDS.split_whitespace().any(|known| known == word) || word.ends_with("이상") || word.ends_with("이하")
}

/// The value as the field wants it.
pub(super) fn written(element: &Element, span: &Span) -> String {
    match (element.tag.as_str(), span.kind) {
        ("input/date", Kind::Day(day)) => day.iso(),
        ("input/time", Kind::Time) => dates::clock(&span.text).unwrap_or_else(|| span.text.clone()),
        _ => span.text.clone(),
    }
}

/// Whether a field is made for such a value; nothing if that cannot be told.
pub(super) fn type_fits(element: &Element, span: &Span) -> Option<bool> {
    let number = span.text.replace(',', "").parse::<f64>().is_ok();
    let mail = span.text.contains('@') && span.text.contains('.');
    match element.tag.as_str() {
        "input/date" => Some(matches!(span.kind, Kind::Day(_))),
        "input/time" => Some(span.kind == Kind::Time),
        "input/number" | "input/range" => Some(number),
        "input/email" => Some(mail),
        _ if element.role == "spinbutton" => Some(number),
        _ if matches!(span.kind, Kind::Day(_)) => Some(
            element.means("date") || element.marks.iter().any(|mark| matches!(mark.as_str(), "date" | "datepicker")),
        )
        .filter(|fits| *fits),
        _ if mail => {
            Some(own_words(element).any(|own| matches!(own.as_str(), "email" | "mail" | "e"))).filter(|fits| *fits)
        }
        _ => None,
    }
}
