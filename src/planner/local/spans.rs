//! Words of an instruction that stand together for one thing: a quoted text, a day, a name, one item of a list.

use super::{
    dates::{self, Day},
    instruction::{Instruction, Kind, Span, Word},
    words::{self, Verb},
};

/// Words behind which a value follows.
const LEADS: &[&str] = &[
    "named", "called", "titled", "saying", "says", "text", "message", "by", "from", "to", "with", "as", "for", "of",
    "username", "password", "name", "namens", "mit", "von", "an", "als", "nach", "word", "value", "into", "in", "on",
    "at",
];

/// Every span of an instruction; `quotes` says where its quoted texts stand, in bytes.
pub(super) fn spans(told: &Instruction, quotes: &[(usize, usize)]) -> Vec<Span> {
    let mut found = Vec::new();
    for (number, (start, end)) in quotes.iter().enumerate() {
        let inside = |word: &&(usize, &Word)| word.1.quote == number + 1;
        let indexed: Vec<_> = told.words.iter().enumerate().collect();
        let mut within = indexed.iter().filter(inside);
        let Some((from, _)) = within.next() else {
            continue;
        };
        let to = within.next_back().map_or(*from, |(last, _)| *last) + 1;
        found.push(span(told, Kind::Quoted, told.text.get(*start..*end).unwrap_or_default(), (*from, to)));
    }
    days(told, &mut found);
    addresses(told, &mut found);
    keyed(told, &mut found);
    items(told, &mut found);
    propers(told, &mut found);
    numbers(told, &mut found);
    phrases(told, &mut found);
    sought_before(told, &mut found);
    let solid: Vec<(usize, usize)> = found
        .iter()
        .filter(|span| matches!(span.kind, Kind::Day(_) | Kind::Time))
        .map(|span| (span.from, span.to))
        .collect();
    found.retain(|span| {
        let cut =
            |(from, to): &(usize, usize)| *from < span.to && span.from < *to && !(span.from <= *from && *to <= span.to);
        !matches!(span.kind, Kind::Phrase | Kind::Item | Kind::Proper) || !solid.iter().any(cut)
    });
    found.sort_by_key(|span| (span.from, std::cmp::Reverse(span.to), span.kind == Kind::Item));
    found.dedup_by(|one, other| one.text == other.text && one.from == other.from);
    found
}

/// A span with what stands around it.
fn span(told: &Instruction, kind: Kind, text: &str, (from, to): (usize, usize)) -> Span {
    let clause = told.words.get(from).map_or(0, |word| word.clause);
    let near = |index: usize| {
        told.words.get(index).filter(|word| word.quote == 0 && word.clause == clause && word.verb.is_none())
    };
    let mut hints = Vec::new();
    let names_field = |hints: &[String]| hints.iter().any(|hint| words::kind_fits(hint, "textbox") == Some(true));
    for index in (from.saturating_sub(4)..from).rev() {
        match near(index) {
            None if names_field(&hints) && told.words.get(index).is_some_and(|word| word.quote > 0) => {
                hints.extend(told.words.get(index).map(|word| word.stem.clone()))
            }
            Some(_) if told.gap(index, index + 1).contains(['.', ';']) => {}
            Some(word) => hints.push(word.bare.clone().unwrap_or_else(|| word.stem.clone())),
            None => {
                // What somebody is answered with is a message.
                let reply = words::concept("reply");
                let answers = told.words.get(index).is_some_and(|word| word.concepts.contains(&reply));
                hints.extend(answers.then(|| "message".to_owned()));
                break;
            }
        }
    }
    let follows = told.words.get(to).is_some_and(|word| {
        matches!(word.stem.as_str(), "into" | "in" | "as" | "for" | "to" | "a" | "on" | "als" | "from")
    });
    if follows {
        for index in to..(to + 5).min(told.words.len()) {
            match near(index) {
                Some(word) if !told.gap(index - 1, index).contains(['.', ';', ',']) => hints.push(word.stem.clone()),
                None if names_field(&hints) && told.words.get(index).is_some_and(|word| word.quote > 0) => {
                    hints.extend(told.words.get(index).map(|word| word.stem.clone()))
                }
                _ => break,
            }
        }
    }
    hints.extend(changed(told, from));
    hints.retain(|hint| {
        !words::is_stop(hint) || matches!(hint.as_str(), "to" | "from" | "subject" | "an" | "von" | "nach")
    });
    Span { kind, text: text.trim().to_owned(), from, to, hints }
}

/// What a value is put in for: `change the phone number of Ada to 0664`.
fn changed(told: &Instruction, from: usize) -> Vec<String> {
    let towards = |word: &Word| word.quote == 0 && matches!(word.stem.as_str(), "to" | "auf");
    let Some(end) = from.checked_sub(1).filter(|at| told.words.get(*at).is_some_and(towards)) else {
        return Vec::new();
    };
    let clause = told.words.get(end).map_or(0, |word| word.clause);
    let verb = told.words.iter().position(|word| word.clause == clause && changes(word));
    let said = verb.and_then(|verb| told.words.get(verb + 1..end)).unwrap_or_default();
    let plain = said.iter().filter(|word| word.quote == 0 && !word.proper && !word.stop);
    plain.map(|word| word.bare.clone().unwrap_or_else(|| word.stem.clone())).collect()
}

/// Whether a word asks for something to become something else.
fn changes(word: &Word) -> bool {
    let edit = words::concept("edit");
    word.quote == 0
        && (word.verb == Some(Verb::Choose) || word.verb == Some(Verb::Other) && word.concepts.contains(&edit))
}

fn days(told: &Instruction, found: &mut Vec<Span>) {
    let count = told.words.len();
    for from in 0..count {
        for length in [5, 4, 3, 2, 1] {
            let to = from + length;
            if to > count {
                continue;
            }
            let text = told.slice(from, to);
            let day = Day::parse(text).or_else(|| worded_day(told, from, to));
            if let Some(day) = day {
                found.push(span(told, Kind::Day(day), text, (from, to)));
                break;
            }
            if length <= 3 && dates::clock(text).is_some() {
                found.push(span(told, Kind::Time, text, (from, to)));
                break;
            }
        }
    }
}

/// `May 10, 2016`, `10 May 2016`, `10. Mai 2016`, `2016년 5월 10일`.
fn worded_day(told: &Instruction, from: usize, to: usize) -> Option<Day> {
    let parts: Vec<_> =
        told.words.get(from..to)?.iter().map(|word| told.text.get(word.start..word.end).unwrap_or_default()).collect();
    let month = parts.iter().find_map(|part| dates::month(part))?;
    if parts.len() != 3 {
        return None;
    }
    let digits = |part: &&str| part.trim_end_matches(|letter: char| !letter.is_ascii_digit()).parse::<u32>().ok();
    let numbers: Vec<_> = parts.iter().filter(|part| dates::month(part).is_none()).filter_map(digits).collect();
    let [one, other] = numbers.as_slice() else { return None };
    let (year, day) = if *one > 31 { (*one, *other) } else { (*other, *one) };
    (year > 31).then(|| Day::new(i32::try_from(year).ok()?, month, day)).flatten()
}

/// `ada@example.org`
fn addresses(told: &Instruction, found: &mut Vec<Span>) {
    let mut from = 0;
    while from < told.words.len() {
        let joined = |at: usize| matches!(told.gap(at - 1, at), "@" | "." | "-" | "+" | "_" | "");
        let to = (from + 1..told.words.len()).find(|at| !joined(*at)).unwrap_or(told.words.len());
        let text = told.slice(from, to);
        if told.words.get(from).is_some_and(|word| word.quote == 0) && text.contains('@') && text.contains('.') {
            found.push(span(told, Kind::Keyed, text, (from, to)));
        }
        from = to;
    }
}

/// Whether a sentence ends in the gap between two words; the point in `ada@example.org` ends none.
fn ends_sentence(gap: &str) -> bool {
    gap.contains([';', '!', '?', '\n']) || gap.contains('.') && gap.chars().count() > 1
}

/// `from: Boston`, `subject: lunch on friday`, `named Ada`.
fn keyed(told: &Instruction, found: &mut Vec<Span>) {
    for index in 0..told.words.len().saturating_sub(1) {
        let (Some(word), Some(next)) = (told.words.get(index), told.words.get(index + 1)) else { continue };
        if word.quote > 0 || next.quote > 0 {
            continue;
        }
        let timed = word.stem.ends_with(|last: char| last.is_ascii_digit()) && told.gap(index, index + 1) == ":";
        let colon = !timed && told.gap(index, index + 1).trim_start().starts_with([':', '=']);
        if colon {
            let to = end_of(told, index + 1, Kind::Keyed);
            // `Complete the form: last name: Ada`: what is followed by a colon is a key itself.
            let key = |at: usize| told.gap(at, at + 1).trim_start().starts_with(':');
            let plain = |at: usize| told.words.get(at).is_some_and(|word| !word.proper && !word.stop);
            if key(to - 1) || to == index + 2 && plain(index + 1) && plain(to) && key(to) {
                continue;
            }
            found.push(span(told, Kind::Keyed, told.slice(index + 1, to), (index + 1, to)));
        }
    }
}

/// Where a phrase that begins with the word `from` ends.
fn end_of(told: &Instruction, from: usize, kind: Kind) -> usize {
    let keyed = kind == Kind::Keyed;
    let mut to = from + 1;
    while let Some(word) = told.words.get(to) {
        let gap = told.gap(to - 1, to);
        let sign = ends_sentence(gap) || gap.contains(['"', '“']) || !keyed && gap.contains(',') || gap.contains(':');
        let next_key = told.gap(to, to + 1).trim_start().starts_with(':');
        let leads_on = |at: usize| {
            told.words.get(at).is_none_or(|next| next.verb.is_some())
                || (at..at + 2).any(|at| told.gap(at, at + 1).trim_start().starts_with(':'))
        };
        let stops = match word.stem.as_str() {
            "into" => true,
            "and" | "then" | "und" | "dann" | "with" | "mit" if keyed => leads_on(to + 1),
            // `to: Cork on 11/29/2016`: a day is a value of its own.
            "on" | "at" | "am" | "um" if keyed => {
                told.words.get(to + 1).is_some_and(|next| next.stem.starts_with(|letter: char| letter.is_ascii_digit()))
            }
            "and" | "then" | "with" | "from" | "to" | "on" | "und" | "as" | "in" | "mit" | "als" => !keyed,
            _ => false,
        };
        let comma = keyed && gap.contains(',') && !word.proper;
        if sign || next_key || comma || stops && !word.proper || word.quote > 0 {
            break;
        }
        to += 1;
    }
    to
}

/// `a, b and c`
fn items(told: &Instruction, found: &mut Vec<Span>) {
    let count = told.words.len();
    let mut from = 0;
    for index in 0..count {
        let ends = index + 1 == count
            || told.words.get(index + 1).is_some_and(|next| {
                next.quote > 0
                    || next.clause != told.words.get(index).map_or(0, |word| word.clause)
                        && !told.gap(index, index + 1).contains(',')
            });
        let gap = told.gap(index, index + 1);
        let comma = gap.contains(',');
        let and = told.words.get(index + 1).is_some_and(|next| matches!(next.stem.as_str(), "and" | "or" | "und"));
        if comma || and || ends {
            let start = (from..=index)
                .rev()
                .take_while(|at| {
                    told.words.get(*at).is_some_and(|word| word.quote == 0 && word.verb.is_none_or(|_| *at != from))
                })
                .last();
            if let Some(start) = start {
                let start = if told
                    .words
                    .get(start)
                    .is_some_and(|word| word.stop && matches!(word.stem.as_str(), "and" | "or" | "und"))
                {
                    start + 1
                } else {
                    start
                };
                let verb =
                    told.words.get(index).is_some_and(|word| word.verb.is_some() && words::is_hangul(&word.stem));
                if start <= index && index - start < 6 && !verb {
                    found.push(span(told, Kind::Item, told.slice(start, index + 1), (start, index + 1)));
                }
            }
            from = index + 1 + usize::from(and && !comma);
        }
        if gap.contains(['.', ';', ':']) {
            from = index + 1;
        }
    }
}

fn propers(told: &Instruction, found: &mut Vec<Span>) {
    let mut from = 0;
    while from < told.words.len() {
        let starts = |index: usize| {
            told.words.get(index).is_some_and(|word| word.quote == 0 && word.proper && word.verb.is_none())
        };
        let first = from == 0 || told.gap(from - 1, from).contains(['.', '!', '?']);
        if !starts(from)
            || first && !starts(from + 1) && told.words.get(from).is_some_and(|word| word.stem.parse::<f64>().is_err())
        {
            from += 1;
            continue;
        }
        // `auf den Namen Vera Blum`: a German noun has a capital letter too.
        let noun = from > 0
            && told.words.get(from - 1).is_some_and(|word| is_article(&word.stem))
            && told.words.get(from).is_some_and(|word| !word.concepts.is_empty());
        if noun && starts(from + 1) {
            from += 1;
            continue;
        }
        // `Send Email from Ada to Bruno`: what is sent is no name.
        let letter = words::concept("email");
        if !starts(from + 1) && told.words.get(from).is_some_and(|word| word.concepts.contains(&letter)) {
            from += 1;
            continue;
        }
        let mut to = from + 1;
        while starts(to) && !told.gap(to - 1, to).contains(['.', ';', ':', ',', '"']) {
            to += 1;
        }
        // `rename it to Winter garden`: what it is to be called goes on to the end.
        let becomes = from > 1
            && told.words.get(from - 1).is_some_and(|word| matches!(word.stem.as_str(), "to" | "in"))
            && told.words.iter().take(from).any(|word| word.governed.is_some() && changes(word));
        let goes_on = |at: usize| {
            told.words.get(at).is_some_and(|word| word.quote == 0 && word.verb.is_none() && !word.stop)
                && told.gap(at - 1, at) == " "
        };
        while becomes && goes_on(to) {
            to += 1;
        }
        // `Send Ada Bruno's letter`: the one who is given to, and the one whose it is.
        let owns = |at: usize| told.slice(at, at + 1).ends_with("'s") || told.slice(at, at + 1).ends_with("’s");
        let gives = |at: usize| told.words.get(at).is_some_and(|word| word.verb == Some(Verb::Other));
        let to_whom = |at: usize| told.words.get(at).is_some_and(|word| word.stem == "to") && at > 0 && gives(at - 1);
        if to - from == 2 && owns(to - 1) && from > 0 && (gives(from - 1) || to_whom(from - 1)) {
            found.push(span(told, Kind::Proper, told.slice(from, from + 1), (from, from + 1)));
            from += 1;
        }
        if told.words.get(from..to).is_some_and(|run| run.iter().all(is_number)) {
            from = to;
            continue;
        }
        found.push(span(
            told,
            Kind::Proper,
            told.slice(from, to).trim_end_matches("'s").trim_end_matches("’s"),
            (from, to),
        ));
        from = to;
    }
}

fn numbers(told: &Instruction, found: &mut Vec<Span>) {
    for (index, word) in told.words.iter().enumerate() {
        let named = words::number(&word.stem).filter(|_| word.quote == 0 && counts(told, index));
        if let Some(number) = named {
            let mut span = span(told, Kind::Number, &number.to_string(), (index, index + 1));
            span.hints.push("quantity".to_owned());
            found.push(span);
        }
        if !is_number(word) {
            continue;
        }
        if index > 0 && told.words.get(index - 1).is_some_and(is_number) && told.gap(index - 1, index) == " " {
            // `0664 1234` is one number, though none to count with.
            if let Some(last) = found.iter_mut().rev().find(|span| span.kind == Kind::Number && span.to == index) {
                last.to += 1;
                last.text = told.slice(last.from, last.to).to_owned();
                last.hints.retain(|hint| hint != "quantity");
            }
            continue;
        }
        let before = told.text.get(..word.start).and_then(|before| before.strip_suffix(['-', '−']));
        let minus = before.is_some_and(|before| !before.ends_with(char::is_alphanumeric));
        let text = if minus { format!("-{}", word.stem) } else { word.stem.clone() };
        let mut span = span(told, Kind::Number, &text, (index, index + 1));
        if counts(told, index) {
            span.hints.push("quantity".to_owned());
        }
        // In `with 100 seats` the number is one of seats.
        let of = told.words.get(index + 1).filter(|next| {
            next.quote == 0
                && !next.stop
                && next.verb.is_none()
                && !is_number(next)
                && told.gap(index, index + 1).trim().is_empty()
        });
        span.hints.extend(of.map(|noun| noun.stem.clone()));
        found.push(span);
    }
}

fn is_number(word: &Word) -> bool {
    word.quote == 0 && word.stem.replace(',', "").parse::<f64>().is_ok()
}

/// Whether a number says how many of what follows are wanted: `add 3 mugs`.
fn counts(told: &Instruction, index: usize) -> bool {
    let (Some(word), Some(next)) = (told.words.get(index), told.words.get(index + 1)) else { return false };
    let near =
        told.gap(index, index + 1).trim().is_empty() && told.gap(index.saturating_sub(1), index).trim().is_empty();
    let before = index.checked_sub(1).and_then(|before| told.words.get(before));
    near && word.governed == Some(Verb::Other)
        && before.is_some_and(|before| before.verb == Some(Verb::Other))
        && next.quote == 0
        && !next.stop
}

/// What follows a word such as `with` or `named`, up to the next sign or clause.
fn phrases(told: &Instruction, found: &mut Vec<Span>) {
    for (index, word) in told.words.iter().enumerate() {
        let value = told.words.get(index + 1).is_some_and(|next| next.quote == 0);
        let typed = word.governed.is_some() && word.verb.is_some();
        if word.quote > 0 || !value || !(LEADS.contains(&word.stem.as_str()) || typed) {
            continue;
        }
        let to = end_of(told, index + 1, Kind::Phrase);
        let articles = |at: &usize| told.words.get(*at).is_some_and(|word| is_article(&word.stem));
        let from = (index + 1..to.saturating_sub(1)).find(|at| !articles(at)).unwrap_or(index + 1);
        if to - index <= 12 {
            let mut phrase = span(told, Kind::Phrase, told.slice(from, to), (from, to));
            if matches!(word.stem.as_str(), "as" | "als") && signs_in(told, word.clause) {
                phrase.kind = Kind::Keyed;
                phrase.hints.extend(["username", "user", "email"].map(str::to_owned));
                found.retain(|other| (other.from, other.to) != (from, to));
            }
            found.push(phrase);
        }
    }
}

/// What stands before a Korean verb that searches or types: `gardening 검색`.
fn sought_before(told: &Instruction, found: &mut Vec<Span>) {
    for (index, word) in told.words.iter().enumerate().filter(|(_, word)| words::is_hangul(&word.stem)) {
        let seeks = matches!(word.verb, Some(Verb::Seek | Verb::Type));
        let own = |at: &usize| {
            told.words
                .get(*at)
                .is_some_and(|other| other.clause == word.clause && other.quote == 0 && other.verb.is_none())
        };
        let from = (0..index).rev().take_while(own).last();
        if let Some(from) = from.filter(|from| seeks && index - from <= 5) {
            let last = told.words.get(index - 1).and_then(|word| Some(word.stem.len() - word.bare.as_ref()?.len()));
            let text = told.slice(from, index);
            let text = text.get(..text.len() - last.unwrap_or(0)).unwrap_or(text);
            found.push(span(told, Kind::Phrase, text, (from, index)));
        }
    }
}

fn is_article(stem: &str) -> bool {
    matches!(stem, "the" | "a" | "an" | "der" | "die" | "das" | "den" | "dem" | "ein" | "eine" | "einen")
}

/// Whether a clause asks to sign in.
fn signs_in(told: &Instruction, clause: usize) -> bool {
    let login = words::concept("login");
    told.words.iter().any(|word| word.clause == clause && word.quote == 0 && word.concepts.contains(&login))
}

#[cfg(test)]
mod tests {
    use super::super::{fields::sought, instruction::Instruction};

    #[test]
    fn what_stands_beside_the_verb_is_searched_for() {
        let goals = [
            "Suche nach Lampen, filtere nach der Art Spiel.",
            "search for espresso cup",
            "gardening 검색 후 언어를 영어로 하세요",
        ];
        let found = goals.map(|goal| {
            let told = Instruction::read(goal);
            let spans: Vec<_> =
                told.spans.iter().filter(|span| sought(&told, span)).map(|span| span.text.clone()).collect();
            spans.join("|")
        });
        assert_eq!(found, ["nach Lampen|Lampen", "for espresso cup|espresso cup", "gardening"]);
    }
}
