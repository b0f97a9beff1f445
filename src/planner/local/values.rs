//! Values that are not in the instruction but follow from it and the page: the n-th word, the text
//! that is shown, a guess between bounds, counts and sums, and which of several records is the most.

use super::{
    instruction::{Instruction, Kind, Span},
    progress::Progress,
    scene::Scene,
    words::{self, Verb},
};

/// Which of several is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Most {
    /// What is compared.
    pub unit: Unit,
    /// Whether the least is asked for.
    pub least: bool,
    /// The word that asks for it.
    pub word: usize,
}

/// What records are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// An amount of money.
    Money,
    /// A length of time.
    Length,
    /// A time of day.
    Clock,
    /// A day.
    Day,
    /// Any number.
    Number,
}

const MOST: &[(&str, Unit, bool)] = &[
    ("cheapest lowest-priced günstigste billigste günstigsten billigsten inexpensive 저렴한 싼", Unit::Money, true),
    ("priciest costliest teuerste teuersten dearest 비싼", Unit::Money, false),
    ("shortest fastest quickest kürzeste schnellste kürzesten schnellsten 짧은 빠른", Unit::Length, true),
    ("longest slowest längste längsten 긴", Unit::Length, false),
    ("earliest früheste soonest frühesten 이른", Unit::Clock, true),
    ("oldest älteste ältesten älteste", Unit::Day, true),
    ("newest neueste neuesten", Unit::Day, false),
    ("latest späteste spätesten 늦은", Unit::Clock, false),
    (
        "lowest smallest least fewest minimum min kleinste niedrigste kleinsten wenigsten 작은 낮은 최소",
        Unit::Number,
        true,
    ),
    (
        "highest largest biggest greatest most maximum max top größte höchste größten höchsten meisten 큰 높은 최대",
        Unit::Number,
        false,
    ),
];

/// What the instruction asks to be compared, if anything.
#[must_use]
pub(super) fn most(told: &Instruction) -> Option<Most> {
    if let Some(word) = due_first(told) {
        return Some(Most { unit: Unit::Day, least: true, word });
    }
    // `at least 3` is a bound and compares nothing.
    let bound = |index: usize| {
        let before = index.checked_sub(1).and_then(|before| told.words.get(before));
        let number = told.words.get(index + 1).is_some_and(|next| next.stem.parse::<f64>().is_ok());
        number || before.is_some_and(|before| before.stem == "at")
    };
    let mut words = told.words.iter().enumerate().filter(|(index, word)| word.quote == 0 && !bound(*index));
    words.find_map(|(index, word)| {
        let next = told.words.get(index + 1).map_or("", |next| next.stem.as_str());
        let (unit, least) = MOST
            .iter()
            .find(|(names, ..)| names.split(' ').any(|name| name == word.stem))
            .map(|(_, unit, least)| (*unit, *least))?;
        let price = ["price", "priced", "cost", "expensive", "preis", "가격"].contains(&next);
        let unit = if price { Unit::Money } else { unit };
        let least = if next == "expensive" && word.stem == "least" { true } else { least };
        Some(Most { unit, least, word: index })
    })
}

/// `due first`, `expires next`: the word that compares by day.
fn due_first(told: &Instruction) -> Option<usize> {
    const DUE: [&str; 9] = ["due", "expire", "expiring", "end", "ending", "fällig", "ablaufen", "abläuft", "만료"];
    const FIRST: [&str; 5] = ["first", "next", "soonest", "zuerst", "먼저"];
    let at = |list: &[&str]| told.words.iter().position(|word| word.quote == 0 && list.contains(&word.stem.as_str()));
    let (due, first) = (at(&DUE)?, at(&FIRST)?);
    (due.abs_diff(first) <= 2).then_some(first)
}

/// The amount of `unit` that a text tells, if it tells one.
#[must_use]
pub(super) fn amount(text: &str, unit: Unit) -> Option<f64> {
    match unit {
        Unit::Money => money(text),
        Unit::Length => length(text),
        Unit::Clock => clock(text).or_else(|| day(text)),
        Unit::Day => day(text).or_else(|| numbers(text).last().copied()),
        Unit::Number => numbers(text).first().copied(),
    }
}

fn money(text: &str) -> Option<f64> {
    const SIGNS: [&str; 9] = ["$", "€", "£", "¥", "₩", "EUR", "USD", "원", "CHF"];
    for sign in SIGNS {
        if let Some(at) = text.find(sign) {
            let after = text.get(at + sign.len()..).unwrap_or_default().trim_start();
            let before = text.get(..at).unwrap_or_default().trim_end();
            if after.starts_with(|letter: char| letter.is_ascii_digit()) {
                return numbers(after).first().copied();
            }
            let start = before
                .rfind(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | ',')))
                .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
            if let Some(number) = before.get(start..).and_then(|digits| numbers(digits).first().copied()) {
                return Some(number);
            }
        }
    }
    None
}

/// The first day that a text tells, in days.
fn day(text: &str) -> Option<f64> {
    let read = Instruction::read(text);
    read.spans.iter().find_map(|span| match span.kind {
        Kind::Day(day) => Some(f64::from(day.year) * 372.0 + f64::from(day.month) * 31.0 + f64::from(day.day)),
        _ => None,
    })
}

/// `2h 30m`, `2 hours`, `45 min`.
fn length(text: &str) -> Option<f64> {
    let lower = text.to_lowercase();
    let mut total = None;
    let mut rest = lower.as_str();
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let tail = rest.get(at..).unwrap_or_default();
        let end = tail.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(tail.len());
        let number: Option<f64> = tail.get(..end).and_then(|digits| digits.parse().ok());
        let unit = tail.get(end..).unwrap_or_default().trim_start();
        let factor = match unit {
            unit if unit.starts_with('d') && !unit.starts_with("de") => Some(1440.0),
            unit if unit.starts_with('h') || unit.starts_with("std") || unit.starts_with("시간") => Some(60.0),
            unit if unit.starts_with('m') && !unit.starts_with("mo") || unit.starts_with('분') => Some(1.0),
            _ => None,
        };
        if let (Some(number), Some(factor)) = (number, factor) {
            total = Some(total.unwrap_or(0.0) + number * factor);
        }
        rest = tail.get(end.max(1)..).unwrap_or_default();
    }
    total
}

fn clock(text: &str) -> Option<f64> {
    let cut: Vec<_> = text.split_whitespace().collect();
    for (index, piece) in cut.iter().enumerate() {
        let joined = format!(
            "{piece}{}",
            cut.get(index + 1).filter(|next| matches!(next.to_lowercase().as_str(), "am" | "pm")).unwrap_or(&"")
        );
        let time = super::dates::clock(joined.trim_matches(|letter: char| !letter.is_alphanumeric()));
        if let Some((hours, minutes)) = time.as_deref().and_then(|time| time.split_once(':')) {
            return Some(hours.parse::<f64>().ok()? * 60.0 + minutes.parse::<f64>().ok()?);
        }
    }
    None
}

/// The numbers of a text, in order; `1,250.50` and `1.250,50` are one number each.
#[must_use]
pub(super) fn numbers(text: &str) -> Vec<f64> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let negative = rest.get(..at).is_some_and(|before| {
            before.ends_with('-') && !before.trim_end_matches('-').ends_with(char::is_alphanumeric)
        });
        let tail = rest.get(at..).unwrap_or_default();
        let end =
            tail.find(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != ',').unwrap_or(tail.len());
        let digits = tail.get(..end).unwrap_or_default().trim_end_matches(['.', ',']);
        if let Some(number) = plain(digits) {
            found.push(if negative { -number } else { number });
        }
        rest = tail.get(end.max(1)..).unwrap_or_default();
    }
    found
}

fn plain(digits: &str) -> Option<f64> {
    let point = digits.rfind(['.', ',']);
    let grouped = |at: usize| digits.len() - at == 4;
    let text: String = match point {
        Some(at) if grouped(at) && digits.matches(['.', ',']).count() > 0 && !(digits.starts_with('0')) => {
            digits.replace(['.', ','], "")
        }
        Some(at) => {
            let (whole, part) = digits.split_at(at);
            format!("{}.{}", whole.replace(['.', ','], ""), part.get(1..).unwrap_or_default())
        }
        None => digits.to_owned(),
    };
    text.parse().ok()
}

/// Values that may be typed beside those that the instruction names.
#[must_use]
pub(super) fn derived(told: &Instruction, scene: &Scene, progress: &Progress) -> Vec<Span> {
    let mut found = Vec::new();
    found.extend(shifted_day(told));
    found.extend(word_of_text(told, scene));
    found.extend(guess(told, scene, progress));
    let given = |span: &Span| match span.kind {
        Kind::Keyed => true,
        Kind::Quoted => told.words.get(span.from).is_some_and(|word| word.governed == Some(Verb::Type)),
        _ => false,
    };
    if found.is_empty() && !told.spans.iter().any(given) {
        found.extend(shown_text(told, scene));
        found.extend(counted(told, scene));
    }
    found
}

fn made(text: String, from: usize, to: usize) -> Span {
    Span { kind: Kind::Derived, text, from, to, hints: Vec::new() }
}

/// `3 days after 05/10/2016`, `a week before May 10, 2016`.
fn shifted_day(told: &Instruction) -> Option<Span> {
    let (start, day) = told.spans.iter().find_map(|span| match span.kind {
        Kind::Day(day) => Some((span, day)),
        _ => None,
    })?;
    let before = |back: usize| start.from.checked_sub(back).and_then(|at| told.words.get(at));
    let sign = match before(1)?.stem.as_str() {
        "after" | "nach" => 1,
        "before" | "vor" => -1,
        _ => return None,
    };
    let length = match before(2)?.stem.as_str() {
        "day" | "tag" | "tage" => 1,
        "week" | "woche" | "wochen" => 7,
        _ => return None,
    };
    let count = before(3).and_then(|word| word.stem.parse::<i64>().ok()).unwrap_or(1);
    let day = day.plus(sign * length * count)?;
    let text = format!("{:02}/{:02}/{}", day.month, day.day, day.year);
    Some(Span {
        kind: Kind::Day(day),
        text,
        from: start.from.saturating_sub(3),
        to: start.to,
        hints: start.hints.clone(),
    })
}

/// `the 3rd word in the paragraph`
fn word_of_text(told: &Instruction, scene: &Scene) -> Option<Span> {
    let at = told.words.iter().position(|word| {
        word.quote == 0 && matches!(word.stem.as_str(), "word" | "wort" | "단어" | "단어를" | "letter")
    })?;
    let number =
        at.checked_sub(1).and_then(|before| told.words.get(before)).and_then(|word| words::ordinal(&word.stem))?;
    let names: Vec<_> = scene.elements.iter().map(|element| element.name.as_str()).collect();
    let text: Vec<_> = scene
        .lines
        .iter()
        .filter(|line| !line.starts_with('#') && !names.contains(&line.as_str()))
        .map(String::as_str)
        .collect();
    let text = text.join(" ");
    let all: Vec<_> = text.split_whitespace().collect();
    let index = if number < 0 { all.len().checked_sub(1)? } else { usize::try_from(number).ok()?.checked_sub(1)? };
    let word = all.get(index)?.trim_matches(|letter: char| !letter.is_alphanumeric());
    Some(made(word.to_owned(), at - 1, at + 1))
}

/// A number between two bounds, narrowed down by what the page says of the last guess.
fn guess(told: &Instruction, scene: &Scene, progress: &Progress) -> Option<Span> {
    let at = told.words.iter().position(|word| {
        word.quote == 0 && matches!(word.stem.as_str(), "guess" | "rate" | "errate" | "맞춰" | "맞혀")
    })?;
    let bounds = numbers(&told.text.replace('-', " "));
    let (mut low, mut high) = (*bounds.first()?, *bounds.get(1)?);
    let tried: Vec<f64> = progress.values.iter().filter_map(|value| value.parse().ok()).collect();
    // Each guess but the last was followed by another one, which shows what was said of it.
    for pair in tried.windows(2) {
        let [one, next] = pair else { continue };
        if next > one { low = one + 1.0 } else { high = one - 1.0 }
    }
    if let Some(last) = tried.last().filter(|_| !progress.sent) {
        return Some(made(format!("{last}"), at, at + 1));
    }
    let text = scene.lines.join("\n").to_lowercase();
    if let Some(last) = tried.last() {
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if says(&["lower", "smaller", "less", "too high", "too big", "kleiner", "niedriger", "작", "낮"]) {
            high = last - 1.0;
        } else if says(&[
            "higher",
            "greater",
            "larger",
            "bigger",
            "too low",
            "too small",
            "größer",
            "höher",
            "크",
            "높",
        ]) {
            low = last + 1.0;
        } else {
            // Nothing has been said of it yet.
            return (low <= high).then(|| made(format!("{last}"), at, at + 1));
        }
    }
    let middle = ((low + high) / 2.0).floor();
    (low <= high).then(|| made(format!("{middle}"), at, at + 1))
}

/// A text that the page shows to be typed: `type the text below`.
fn shown_text(told: &Instruction, scene: &Scene) -> Vec<Span> {
    const POINTS: [&str; 12] = [
        "below",
        "above",
        "shown",
        "displayed",
        "following",
        "unten",
        "oben",
        "angezeigten",
        "아래",
        "위",
        "captcha",
        "screen",
    ];
    let Some(at) = told.words.iter().position(|word| word.quote == 0 && POINTS.contains(&word.stem.as_str())) else {
        return Vec::new();
    };
    if !told.words.iter().any(|word| word.verb == Some(Verb::Type)) {
        return Vec::new();
    }
    let known = |line: &&String| {
        !line.trim_end().ends_with(':') && !scene.elements.iter().any(|element| element.name == **line)
    };
    let lines = scene.lines.iter().filter(|line| !line.starts_with('#') && line.len() < 200).filter(known);
    lines.take(4).map(|line| made(joined(line.trim_start_matches("- ")), at, at + 1)).collect()
}

/// A text of which every letter or two stands in a box of its own, without the gaps between those.
fn joined(line: &str) -> String {
    let parts: Vec<&str> = line.split(' ').collect();
    let split = parts.len() > 1
        && parts.iter().all(|part| part.chars().count() <= 3)
        && parts.iter().any(|part| part.chars().count() == 1);
    if split { parts.concat() } else { line.to_owned() }
}

/// `how many X`: the controls or lines whose words are X.
fn counted(told: &Instruction, scene: &Scene) -> Option<Span> {
    let at = told
        .words
        .windows(2)
        .position(|pair| matches!(pair, [one, other] if one.stem == "how" && other.stem == "many"))?;
    let wanted: Vec<_> = told
        .words
        .iter()
        .skip(at + 2)
        .take_while(|word| word.verb.is_none() && !matches!(word.stem.as_str(), "are" | "is" | "there" | "do"))
        .filter(|word| !word.stop)
        .collect();
    if wanted.is_empty() {
        return None;
    }
    let holds = |stems: &[String]| wanted.iter().all(|word| stems.iter().any(|own| word.is(own)));
    let controls = scene.elements.iter().filter(|element| holds(&element.stems) || holds(&element.marks)).count();
    let lines = scene.lines.iter().filter(|line| holds(&words::stems(line))).count();
    Some(made(controls.max(lines).to_string(), at, at + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_counted_from_another() {
        let told = ["Set the date to 3 days after 02/27/2024", "the week before May 10, 2016"].map(Instruction::read);
        let found = told.iter().map(|told| shifted_day(told).unwrap().text).collect::<Vec<_>>();
        assert_eq!(found, ["03/01/2024", "05/03/2016"]);
    }

    #[test]
    fn numbers_are_read_in_either_spelling() {
        assert_eq!(numbers("1,250.50 and 1.250,50, -3 or 7."), [1250.5, 1250.5, -3.0, 7.0]);
    }

    #[test]
    fn amounts_are_read_by_their_unit() {
        let found = [
            amount("from $1,020", Unit::Money),
            amount("12,50 €", Unit::Money),
            amount("2h 30m", Unit::Length),
            amount("at 3:05 pm", Unit::Clock),
        ];
        assert_eq!(found, [Some(1020.0), Some(12.5), Some(150.0), Some(905.0)]);
    }
}
