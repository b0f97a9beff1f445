//! What an instruction says: its words, the clauses they stand in, and the spans that may be values.

use super::{
    dates::Day,
    verbs::{self, Piece, Placed},
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
    /// Whether it is in a language whose words are known here.
    pub familiar: bool,
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
    /// Whether the instruction says that it is not to be.
    pub barred: bool,
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

impl Word {
    /// Whether it is the word `own` of a page.
    #[must_use]
    pub fn is(&self, own: &str) -> bool {
        self.stem == own
            || self.bare.as_deref() == Some(own)
            || words::bare(own).is_some_and(|own| self.stem == own || self.bare.as_ref() == Some(&own))
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
        let within = |start: usize| quotes.iter().position(|(from, to)| start >= *from && start < *to);
        let (places, familiar) = places(text, &cut, |start| within(start).is_some());
        let mut ended = false;
        for ((start, word), place) in cut.into_iter().zip(places) {
            let quote = within(start).map_or(0, |index| index + 1);
            if std::mem::take(&mut ended) {
                clause += 1;
                governed = None;
            }
            let stem = words::stem(word);
            let before = all.last();
            let gap = text.get(last_end..start).filter(|_| before.is_none_or(|word| !is_short(&word.stem)));
            let gap = gap.unwrap_or_default();
            let breaks = quote == 0
                && (gap.contains(['.', ';', '!', '?', '\n', ','])
                    || before.is_none_or(|word| joins(&word.stem))
                    || before.is_some_and(|word| word.quote > 0));
            let verb = (quote == 0 && !place.noun).then(|| asked_for(word, gap, before)).flatten();
            let verb = place.verb.or(verb);
            ended = place.ends;
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
                concepts: meanings(&stem, place.form.as_deref()),
                stop: is_idle(word),
                bare: place.form.or_else(|| words::bare(&stem)),
                proper: word.chars().next().is_some_and(|letter| letter.is_uppercase() || letter.is_ascii_digit()),
                barred: false,
                stem,
            });
            last_end = start + word.len();
        }
        together(&mut all);
        things(&mut all);
        govern_from_behind(&mut all);
        bar(&mut all);
        let mut instruction = Self { text: text.to_owned(), words: all, spans: Vec::new(), familiar };
        instruction.spans = super::spans::spans(&instruction, &quotes);
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
        // The point of an abbreviation ends nothing.
        if self.words.get(before).is_some_and(|word| word.quote == 0 && is_short(&word.stem)) {
            return "";
        }
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

/// What a word asks for by itself, behind the gap and the word before it.
fn asked_for(word: &str, gap: &str, before: Option<&Word>) -> Option<Verb> {
    let verb = words::verb(&word.to_lowercase()).or_else(|| words::verb(&words::stem(word)))?;
    // What begins with a capital letter in mid-clause is a name, such as `Submit` or `WAS`.
    let capital = word.chars().next().is_some_and(char::is_uppercase);
    let begins = gap.contains(['.', ';', '!', '?', '\n', ':']) || before.is_none();
    // A noun of the same form follows an article: `the search`, `a check`.
    let thing = before.is_some_and(|word| {
        matches!(word.stem.as_str(), "the" | "a" | "an" | "der" | "die" | "das" | "den" | "my" | "your")
    });
    ((!capital || begins) && !thing).then_some(verb)
}

/// Whether a word says little by itself; one in capital letters is a name.
fn is_idle(word: &str) -> bool {
    words::is_stop(&word.to_lowercase()) && !(word.chars().count() > 1 && word.chars().all(char::is_uppercase))
}

/// What the places of the words in `text` say of them, and whether its language is known.
fn places(text: &str, cut: &[(usize, &str)], quoted: impl Fn(usize) -> bool) -> (Vec<Placed>, bool) {
    let (mut end, mut short) = (0, false);
    let pieces: Vec<Piece<'_>> = cut
        .iter()
        .map(|(start, word)| {
            let gap = text.get(end..*start).filter(|_| !short).unwrap_or_default();
            end = start + word.len();
            short = is_short(&word.to_lowercase());
            Piece { word, gap, quoted: quoted(*start) }
        })
        .collect();
    (verbs::placed(&pieces), verbs::is_familiar(&pieces))
}

/// The groups of meaning of a word, or of the form in which a page would show it.
fn meanings(stem: &str, form: Option<&str>) -> Vec<u8> {
    let shown = form.map(words::concepts).filter(|found| !found.is_empty());
    shown.unwrap_or_else(|| words::concepts(stem)).to_vec()
}

/// Gives words before the verb of their clause what that verb asks for.
fn govern_from_behind(all: &mut [Word]) {
    // In Korean, and often in German, the verb stands at the end of its clause.
    for index in (0..all.len().saturating_sub(1)).rev() {
        let next = all
            .get(index + 1)
            .and_then(|next| next.governed.filter(|_| all.get(index).is_some_and(|word| word.clause == next.clause)));
        if let Some(word) = all.get_mut(index)
            && word.governed.is_none()
        {
            word.governed = next;
        }
    }
}

/// Words that mean something else together: `sign in`, `turn off`, `put it into the cart`.
fn together(all: &mut [Word]) {
    for index in 0..all.len() {
        let Some(word) = all.get(index).filter(|word| word.quote == 0) else { continue };
        let rest = all.iter().skip(index + 1).take_while(|next| next.clause == word.clause && next.quote == 0);
        let says = |wanted: &[&str]| rest.clone().any(|next| wanted.contains(&next.stem.as_str()));
        let cart = words::concept("cart");
        let (verb, meaning) = match word.stem.as_str() {
            "sign" | "log" if all.get(index + 1).is_some_and(|next| next.stem == "in") => (Verb::Other, Some("login")),
            "melde" if says(&["an", "ein"]) => (Verb::Other, Some("login")),
            "turn" | "switch" | "schalte" if says(&["off", "aus"]) => (Verb::Clear, None),
            "turn" | "switch" | "schalte" if says(&["on", "ein", "an"]) => (Verb::Tick, None),
            "put" | "lege" | "place" if rest.clone().any(|next| next.concepts.contains(&cart)) => {
                (Verb::Other, Some("add"))
            }
            _ => continue,
        };
        if let Some(word) = all.get_mut(index) {
            word.verb = Some(verb);
            word.concepts.extend(meaning.map(words::concept));
        }
        let clause = all.get(index).map_or(0, |word| word.clause);
        all.iter_mut().skip(index).filter(|word| word.clause == clause).for_each(|word| word.governed = Some(verb));
    }
}

/// Marks what the instruction says is not to be done: `and close no ticket`, `without sending it`.
fn bar(all: &mut [Word]) {
    const NOT: [&str; 9] = ["not", "don't", "don’t", "never", "no", "kein", "keine", "keinen", "nicht"];
    let verb = |index: Option<usize>| index.and_then(|at| all.get(at)).is_some_and(|word| word.verb.is_some());
    let mut barred = Vec::new();
    for (index, word) in all.iter().enumerate().filter(|(_, word)| word.quote == 0 && !word.proper) {
        let next = all.get(index + 1).filter(|next| next.clause == word.clause && next.quote == 0);
        let thing = next.is_some_and(|next| !next.stop && words::kind_fits(&next.stem, "button").is_none());
        let negates = match word.stem.as_str() {
            "without" | "ohne" => true,
            "no" | "kein" | "keine" | "keinen" => verb(index.checked_sub(1)) && thing,
            stem => NOT.contains(&stem) && (verb(index.checked_sub(1)) || verb(Some(index + 1))),
        };
        if negates {
            let from = if matches!(word.stem.as_str(), "without" | "ohne") { index } else { 0 };
            barred.push((word.clause, from));
        }
    }
    for (clause, from) in barred {
        all.iter_mut().skip(from).filter(|word| word.clause == clause).for_each(|word| word.barred = true);
    }
}

/// `the book` and `my order` are things, whatever they would ask for as verbs.
fn things(all: &mut [Word]) {
    for index in 1..all.len() {
        let before = all.get(index - 1).map(|word| word.stem.clone()).unwrap_or_default();
        let article = matches!(before.as_str(), "the" | "a" | "my" | "this" | "that" | "your" | "das" | "mein" | "dem");
        let thing = |word: &&mut Word| word.quote == 0 && matches!(word.stem.as_str(), "book" | "order" | "buch");
        if let Some(word) = all.get_mut(index).filter(thing).filter(|_| article) {
            word.concepts.clear();
        }
    }
}

/// Whether a word is short for another one and has a point behind it.
fn is_short(stem: &str) -> bool {
    matches!(stem, "dr" | "mr" | "mrs" | "ms" | "prof" | "st" | "nr" | "hr" | "fr" | "vs" | "approx" | "ca")
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
