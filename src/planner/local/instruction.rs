//! What an instruction says: its words, the clauses they stand in, and the spans that may be values.

use super::{
    dates::{self, Day},
    words::{self, Verb},
};

/// An instruction, read.
#[derive(Debug, Clone, Default)]
pub struct Instruction {
    /// What was read.
    pub text: String,
    /// Its words, in order.
    pub words: Vec<Word>,
    /// What may be typed, chosen or looked for, in order.
    pub spans: Vec<Span>,
}

/// One word of an instruction.
#[derive(Debug, Clone, Default)]
pub struct Word {
    /// As it is compared.
    pub stem: String,
    /// The same without a particle, where it may have one.
    pub bare: Option<String>,
    /// Where it stands, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
    /// The number of the quoted span it stands in, from 1; 0 if it is the user's own word.
    pub quote: usize,
    /// The number of its clause.
    pub clause: usize,
    /// What it asks for, if it is a verb.
    pub verb: Option<Verb>,
    /// What the clause it stands in asks for.
    pub governed: Option<Verb>,
    /// The groups of meaning it belongs to.
    pub concepts: Vec<u8>,
    /// Whether it says little by itself.
    pub stop: bool,
    /// Whether it begins with a capital letter or is a number.
    pub proper: bool,
}

/// Words that stand together for one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// What it is taken for.
    pub kind: Kind,
    /// The text, as it would be typed.
    pub text: String,
    /// The first of its words.
    pub from: usize,
    /// The word after its last one.
    pub to: usize,
    /// What the words around say that it is, such as `username`.
    pub hints: Vec<String>,
}

/// What a span is taken for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Between quotes.
    Quoted,
    /// Behind a colon, or a word such as `named`.
    Keyed,
    /// A number.
    Number,
    /// A day.
    Day(Day),
    /// A time of day.
    Time,
    /// A name: words that begin with capital letters.
    Proper,
    /// One of several with commas between them.
    Item,
    /// The words up to the next sign or verb.
    Phrase,
    /// Found out from the page.
    Derived,
}

const QUOTES: &[(char, char)] =
    &[('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('`', '`'), ('「', '」'), ('\'', '\''), ('‘', '’')];

/// Words behind which a value follows.
const LEADS: &[&str] = &[
    "named", "called", "titled", "saying", "says", "text", "message", "by", "from", "to", "with", "as", "for", "of",
    "username", "password", "name", "namens", "mit", "von", "an", "als", "nach", "word", "value", "into", "in", "on",
    "at",
];

impl Word {
    /// Whether it is the word `own` of a page.
    #[must_use]
    pub fn is(&self, own: &str) -> bool {
        self.stem == own || self.bare.as_deref() == Some(own)
    }
}

impl Instruction {
    /// Reads `text`.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let quotes = quotes(text);
        let cut = words::cut(text);
        let mut all: Vec<Word> = Vec::with_capacity(cut.len());
        let (mut clause, mut governed, mut last_end) = (0, None, 0);
        for (start, word) in cut {
            let quote = quotes.iter().position(|(from, to)| start >= *from && start < *to).map_or(0, |index| index + 1);
            let lower = word.to_lowercase();
            let stem = words::stem(word);
            let gap = text.get(last_end..start).unwrap_or_default();
            let before = all.last();
            let breaks = quote == 0
                && (gap.contains(['.', ';', '!', '?', '\n', ','])
                    || before.is_none_or(|word| joins(&word.stem))
                    || before.is_some_and(|word| word.quote > 0));
            let verb = (quote == 0).then(|| words::verb(&lower).or_else(|| words::verb(&stem))).flatten();
            // What begins with a capital letter in mid-clause is a name, such as `Submit` or `WAS`.
            let capital = word.chars().next().is_some_and(char::is_uppercase);
            let begins = gap.contains(['.', ';', '!', '?', '\n', ':']) || before.is_none();
            let verb = verb.filter(|_| !capital || begins);
            // A noun of the same form follows an article: `the search`, `a check`.
            let verb = verb.filter(|_| {
                before.is_none_or(|word| {
                    !matches!(word.stem.as_str(), "the" | "a" | "an" | "der" | "die" | "das" | "den" | "my" | "your")
                })
            });
            if verb.is_some() && breaks && !all.is_empty()
                || gap.contains(['.', ';', '!', '?', '\n']) && quote == 0 && gap.chars().count() > 1
            {
                clause += 1;
                governed = None;
            }
            if let Some(verb) = verb
                && (governed.is_none() || breaks)
            {
                governed = Some(verb);
            }
            all.push(Word {
                start,
                end: start + word.len(),
                quote,
                clause,
                verb,
                governed,
                concepts: words::concepts(&stem),
                stop: words::is_stop(&lower) && !(word.chars().count() > 1 && word.chars().all(char::is_uppercase)),
                bare: words::bare(&stem),
                proper: word.chars().next().is_some_and(|letter| letter.is_uppercase() || letter.is_ascii_digit()),
                stem,
            });
            last_end = start + word.len();
        }
        // In Korean, and often in German, the verb stands at the end of its clause.
        for index in (0..all.len().saturating_sub(1)).rev() {
            let next = all.get(index + 1).and_then(|next| {
                next.governed.filter(|_| all.get(index).is_some_and(|word| word.clause == next.clause))
            });
            if let Some(word) = all.get_mut(index)
                && word.governed.is_none()
            {
                word.governed = next;
            }
        }
        let mut instruction = Self { text: text.to_owned(), words: all, spans: Vec::new() };
        instruction.spans = spans(&instruction, &quotes);
        instruction
    }

    /// The text from one word up to another.
    #[must_use]
    pub fn slice(&self, from: usize, to: usize) -> &str {
        let start = self.words.get(from).map_or(0, |word| word.start);
        let end = to.checked_sub(1).and_then(|last| self.words.get(last)).map_or(start, |word| word.end);
        self.text.get(start..end).unwrap_or_default()
    }

    /// What stands between two words that follow each other.
    #[must_use]
    pub fn gap(&self, before: usize, after: usize) -> &str {
        let start = self.words.get(before).map_or(0, |word| word.end);
        let end = self.words.get(after).map_or(self.text.len(), |word| word.start);
        self.text.get(start..end).unwrap_or_default()
    }

    /// Whether any of the user's own words is `stem`.
    #[must_use]
    pub fn says(&self, stem: &str) -> bool {
        self.words.iter().any(|word| word.quote == 0 && word.stem == stem)
    }

    /// Whether any of the user's own words belongs to the group of meaning of `word`.
    #[must_use]
    pub fn means(&self, word: &str) -> bool {
        let group = words::concept(word);
        self.words.iter().any(|word| word.quote == 0 && word.concepts.contains(&group))
    }
}

fn joins(stem: &str) -> bool {
    matches!(
        stem,
        "and"
            | "then"
            | "to"
            | "und"
            | "dann"
            | "please"
            | "bitte"
            | "so"
            | "or"
            | "after"
            | "그리고"
            | "now"
            | "could"
            | "you"
            | "can"
            | "i"
            | "want"
            | "just"
            | "finally"
    )
}

/// Where the quoted texts stand, in bytes, without their quotes.
fn quotes(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some((at, open)) =
        text.get(rest..).and_then(|tail| tail.char_indices().find(|(at, letter)| opens(text, rest + at, *letter)))
    {
        let start = rest + at + open.len_utf8();
        let closers: Vec<_> = QUOTES.iter().filter(|(one, _)| *one == open).map(|(_, other)| *other).collect();
        let end = text.get(start..).and_then(|tail| {
            tail.char_indices().find(|(at, letter)| closers.contains(letter) && closes(text, start + at, *letter))
        });
        match end {
            Some((length, close)) => {
                found.push((start, start + length));
                rest = start + length + close.len_utf8();
            }
            None => rest = start,
        }
    }
    found
}

/// An apostrophe inside a word is no quote.
fn opens(text: &str, at: usize, letter: char) -> bool {
    QUOTES.iter().any(|(open, _)| *open == letter)
        && !(matches!(letter, '\'' | '’' | '‘')
            && text.get(..at).and_then(|before| before.chars().last()).is_some_and(char::is_alphanumeric))
}

fn closes(text: &str, at: usize, letter: char) -> bool {
    let after = text.get(at + letter.len_utf8()..).and_then(|after| after.chars().next());
    !(matches!(letter, '\'' | '’') && after.is_some_and(char::is_alphanumeric))
}

fn spans(told: &Instruction, quotes: &[(usize, usize)]) -> Vec<Span> {
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
    keyed(told, &mut found);
    items(told, &mut found);
    propers(told, &mut found);
    numbers(told, &mut found);
    phrases(told, &mut found);
    found.sort_by_key(|span| (span.from, std::cmp::Reverse(span.to)));
    found.dedup_by(|one, other| one.text == other.text && one.from == other.from);
    found
}

/// A span with what stands around it.
fn span(told: &Instruction, kind: Kind, text: &str, (from, to): (usize, usize)) -> Span {
    let clause = told.words.get(from).map_or(0, |word| word.clause);
    let near = |index: usize| {
        told.words.get(index).filter(|word| word.quote == 0 && word.clause.abs_diff(clause) <= 0 && word.verb.is_none())
    };
    let mut hints = Vec::new();
    let names_field = |hints: &[String]| hints.iter().any(|hint| words::kind_fits(hint, "textbox") == Some(true));
    for index in (from.saturating_sub(4)..from).rev() {
        match near(index) {
            None if names_field(&hints) && told.words.get(index).is_some_and(|word| word.quote > 0) => {
                hints.extend(told.words.get(index).map(|word| word.stem.clone()))
            }
            Some(word) if told.gap(index, index + 1).contains(['.', ';']) => {}
            Some(word) => hints.push(word.bare.clone().unwrap_or_else(|| word.stem.clone())),
            None => break,
        }
    }
    let follows = told.words.get(to).is_some_and(|word| {
        matches!(word.stem.as_str(), "into" | "in" | "as" | "for" | "to" | "a" | "on" | "als" | "into" | "from")
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
    hints.retain(|hint| {
        !words::is_stop(hint) || matches!(hint.as_str(), "to" | "from" | "subject" | "an" | "von" | "nach")
    });
    Span { kind, text: text.trim().to_owned(), from, to, hints }
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
        let colon = told.gap(index, index + 1).trim_start().starts_with([':', '=']);
        if colon {
            let to = end_of(told, index + 1, true);
            found.push(span(told, Kind::Keyed, told.slice(index + 1, to), (index + 1, to)));
        }
    }
}

/// Where a phrase that begins with the word `from` ends.
fn end_of(told: &Instruction, from: usize, keyed: bool) -> usize {
    let mut to = from + 1;
    while let Some(word) = told.words.get(to) {
        let gap = told.gap(to - 1, to);
        let sign = ends_sentence(gap) || gap.contains(['"', '“']) || !keyed && gap.contains(',') || gap.contains(':');
        let next_key = told.gap(to, to + 1).trim_start().starts_with(':');
        let stops = matches!(
            word.stem.as_str(),
            "and" | "then" | "with" | "from" | "to" | "on" | "und" | "as" | "into" | "in" | "mit"
        );
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
                if start <= index && index - start < 6 {
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
        let mut to = from + 1;
        while starts(to) && !told.gap(to - 1, to).contains(['.', ';', ':', ',', '"']) {
            to += 1;
        }
        // `Send Ada Bruno's letter`: the one who is given to, and the one whose it is.
        let owns = |at: usize| told.slice(at, at + 1).ends_with("'s") || told.slice(at, at + 1).ends_with("’s");
        if to - from == 2
            && owns(to - 1)
            && from > 0
            && told.words.get(from - 1).is_some_and(|word| word.verb == Some(Verb::Other))
        {
            found.push(span(told, Kind::Proper, told.slice(from, from + 1), (from, from + 1)));
            from += 1;
        }
        if to - from == 1 && told.words.get(from).is_some_and(|word| word.stem.parse::<f64>().is_ok()) {
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
        if word.quote > 0 || word.stem.replace(',', "").parse::<f64>().is_err() {
            continue;
        }
        let before = told.text.get(..word.start).and_then(|before| before.strip_suffix(['-', '−']));
        let minus = before.is_some_and(|before| !before.ends_with(char::is_alphanumeric));
        let text = if minus { format!("-{}", word.stem) } else { word.stem.clone() };
        found.push(span(told, Kind::Number, &text, (index, index + 1)));
    }
}

/// What follows a word such as `with` or `named`, up to the next sign or clause.
fn phrases(told: &Instruction, found: &mut Vec<Span>) {
    for (index, word) in told.words.iter().enumerate() {
        let value = told.words.get(index + 1).is_some_and(|next| next.quote == 0);
        let typed = word.governed.is_some() && word.verb.is_some();
        if word.quote > 0 || !value || !(LEADS.contains(&word.stem.as_str()) || typed) {
            continue;
        }
        let to = end_of(told, index + 1, false);
        if to - index <= 12 {
            found.push(span(told, Kind::Phrase, told.slice(index + 1, to), (index + 1, to)));
        }
    }
}
