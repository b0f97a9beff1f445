//! The forms under which a text is compared: as it is written, without what only spaces it, and as
//! the numbers and dates that it has.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;

use crate::text::is_hidden;

/// From so many letters and digits on, a text is compared without what stands between them.
const LOOSE: usize = 4;
/// Number words that people write instead of digits.
const NUMBERS: [(&str, u64); 43] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("dozen", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("once", 1),
    ("twice", 2),
    ("ein", 1),
    ("eine", 1),
    ("einen", 1),
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("fünf", 5),
    ("zehn", 10),
    ("zwölf", 12),
    ("하나", 1),
    ("둘", 2),
    ("셋", 3),
    ("넷", 4),
];
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// German months whose beginnings differ.
const MONATE: [(&str, u32); 4] = [("mär", 3), ("mai", 5), ("okt", 10), ("dez", 12)];

/// A text in the forms under which it is compared.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    /// In lower case and one form of each letter, with single spaces.
    exact: String,
    /// Its letters and digits alone.
    compact: String,
    /// Where words begin and end in `compact`, in order.
    edges: Vec<usize>,
    numbers: BTreeSet<String>,
    /// As `2026-03-09`, and as `03-09` where no year is said.
    dates: BTreeSet<String>,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let seen: String = text.nfkc().filter(|letter| !is_hidden(*letter) || letter.is_whitespace()).collect();
        let exact = seen.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let (mut compact, mut edges) = (String::new(), Vec::new());
        for word in words(&exact) {
            edges.push(compact.len());
            compact.push_str(word);
            edges.push(compact.len());
        }
        edges.dedup();
        let numbers = numbers(&exact);
        let dates = dates(&exact);
        Self { exact, compact, edges, numbers, dates }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.exact.is_empty()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.exact
    }

    /// Whether the text `part` stands in this one, in one form or another.
    pub(super) fn holds(&self, part: &Self) -> bool {
        self.writes(part)
            || (part.is_number() && !part.numbers.is_disjoint(&self.numbers))
            || (part.is_date() && part.dates.iter().any(|date| self.says(date)))
            || (part.compact.len() >= LOOSE && !is_name(&part.exact) && self.spells(&part.compact))
    }

    /// Whether it is one number and nothing else.
    pub(super) fn is_number(&self) -> bool {
        let bare = self.exact.trim_matches([' ', '+', '-', '$', '€', '£', '%']);
        !bare.is_empty() && bare.chars().all(|letter| letter.is_ascii_digit() || ".,'".contains(letter))
    }

    /// Whether it says this day, perhaps without its year.
    fn says(&self, date: &str) -> bool {
        self.dates.contains(date) || date.get(5..).is_some_and(|day| self.dates.contains(day))
    }

    fn is_date(&self) -> bool {
        !self.dates.is_empty() && words(&self.exact).count() <= 3
    }

    /// Whether `part` stands here as it is written, and not as a part of something longer.
    fn writes(&self, part: &Self) -> bool {
        let kind = if is_name(&part.exact) { Kind::Name } else { Kind::Words };
        self.exact.match_indices(part.exact.as_str()).any(|(start, _)| {
            let (before, after) = self.exact.split_at(start);
            let after = after.get(part.exact.len()..).unwrap_or_default();
            ends(before.chars().rev(), kind) && ends(after.chars(), kind)
        })
    }

    /// Whether `compact` stands here from the beginning of a word to the end of one.
    fn spells(&self, compact: &str) -> bool {
        let edge = |at: usize| self.edges.binary_search(&at).is_ok();
        self.compact.match_indices(compact).any(|(start, _)| edge(start) && edge(start + compact.len()))
    }
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    Words,
}

/// Whether a word has ended where `rest` goes on. A name goes on behind a dot, a hyphen or an at sign.
fn ends(mut rest: impl Iterator<Item = char>, kind: Kind) -> bool {
    match (rest.next(), rest.next()) {
        (Some(next), _) if next.is_alphanumeric() => false,
        (Some('.' | '-' | '_' | '@'), Some(beyond)) if kind == Kind::Name => !beyond.is_alphanumeric(),
        _ => true,
    }
}

/// Whether a text is the name of a mailbox, a host, an address or a file, of which every sign counts.
pub(super) fn is_name(text: &str) -> bool {
    if text.contains(' ') || text.chars().all(|letter| letter.is_ascii_digit() || ".,+-".contains(letter)) {
        return false;
    }
    let joins = |window: &[char]| matches!(window, [one, '.' | '@' | '/' | ':' | '\\' | '_', two] if one.is_alphanumeric() && two.is_alphanumeric());
    text.contains("://")
        || text.starts_with(['/', '~', '@', '#'])
        || text.chars().collect::<Vec<_>>().windows(3).any(joins)
}

/// The runs of letters and digits of `text`.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn numbers(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for run in text.split(|letter: char| !(letter.is_ascii_digit() || ".,'".contains(letter))) {
        found.extend(number(run.trim_matches(['.', ',', '\''])));
    }
    found.extend(spoken(text).iter().map(ToString::to_string));
    found
}

/// The numbers in words, those of several words as one: "two hundred and fifty" is 250, and not 2.
fn spoken(text: &str) -> Vec<u64> {
    let mut found = Vec::new();
    // Thousands, and what is not yet multiplied.
    let (mut high, mut low): (u64, Option<u64>) = (0, None);
    for word in words(text).chain([""]) {
        let number = NUMBERS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number);
        let before = low.unwrap_or(0);
        match (word, number) {
            ("hundred", _) if before < 100 => low = Some(before.max(1) * 100),
            ("thousand", _) if high == 0 => (high, low) = (before.max(1) * 1000, Some(0)),
            ("and", _) if low.is_some_and(|low| low % 100 == 0) => {}
            (_, Some(number)) if low.is_some() && goes_on(before, number) => low = Some(before + number),
            (_, number) => {
                found.extend(low.map(|low| high + low));
                (high, low) = (0, number);
            }
        }
    }
    found
}

/// Whether a number word goes on with what was said before, as in "twenty three" or "two hundred six".
fn goes_on(before: u64, number: u64) -> bool {
    let tens = before % 100;
    number < 100 && (tens == 0 || tens >= 20 && tens.is_multiple_of(10) && number < 10)
}

/// What a number may mean: `1,234` is one thousand and something, or one and something.
fn number(run: &str) -> Vec<String> {
    if !run.starts_with(|letter: char| letter.is_ascii_digit()) || run.len() > 40 {
        return Vec::new();
    }
    let (dots, commas) = (run.matches('.').count(), run.matches(',').count());
    let plain = |thousands: &[char], decimal: Option<char>| {
        let bare: String = run.chars().filter(|letter| !thousands.contains(letter)).collect();
        let bare = decimal.map_or(bare.clone(), |sign| bare.replace(sign, "."));
        let bare = if bare.contains('.') { bare.trim_end_matches('0').trim_end_matches('.') } else { bare.as_str() };
        let bare = bare.trim_start_matches('0');
        if bare.is_empty() || bare.starts_with('.') { format!("0{bare}") } else { bare.to_owned() }
    };
    let grouped = |sign: char| run.rsplit(sign).next().is_some_and(|last| last.len() == 3) && !run.starts_with('0');
    match (dots, commas) {
        (0, 0) => vec![plain(&['\''], None)],
        (1, 0) if grouped('.') => vec![plain(&['\''], None), plain(&['.', '\''], None)],
        (1, 0) => vec![plain(&['\''], None)],
        (0, 1) if grouped(',') => vec![plain(&[',', '\''], None), plain(&['\''], Some(','))],
        (0, 1) => vec![plain(&['\''], Some(','))],
        (_, 0) => vec![plain(&['.', '\''], None)],
        (0, _) => vec![plain(&[',', '\''], None)],
        _ if run.rfind('.') > run.rfind(',') => vec![plain(&[',', '\''], None)],
        _ => vec![plain(&['.', '\''], Some(','))],
    }
}

fn dates(text: &str) -> BTreeSet<String> {
    let all: Vec<_> = words(text).collect();
    let mut found = BTreeSet::new();
    let mut add = |year: Option<u32>, month: u32, day: u32| {
        if (1..=12).contains(&month) && (1..=31).contains(&day) {
            found.extend(year.map(|year| format!("{year:04}-{month:02}-{day:02}")));
            if year.is_none() {
                found.insert(format!("{month:02}-{day:02}"));
            }
        }
    };
    for (index, window) in all.iter().enumerate() {
        let next = |ahead: usize| all.get(index + ahead).copied().unwrap_or_default();
        let (one, two, three) = (*window, next(1), next(2));
        if let (Some(year), Some(month), Some(day)) = (year(one), small(two), small(three)) {
            add(Some(year), month, day);
        }
        if let (Some(first), Some(second), Some(year)) = (small(one), small(two), year(three)) {
            add(Some(year), second, first);
            add(Some(year), first, second);
        }
        if let (Some(day), Some(month)) = (day(one), month(two)) {
            add(year(three), month, day);
        }
        if let (Some(month), Some(day)) = (month(one), day(two)) {
            add(year(three), month, day);
        }
    }
    found
}

fn year(word: &str) -> Option<u32> {
    word.parse().ok().filter(|year| word.len() == 4 && (1900..2200).contains(year))
}

fn small(word: &str) -> Option<u32> {
    word.parse().ok().filter(|_| word.len() <= 2)
}

fn day(word: &str) -> Option<u32> {
    small(word.trim_end_matches("st").trim_end_matches("nd").trim_end_matches("rd").trim_end_matches("th"))
}

fn month(word: &str) -> Option<u32> {
    if !word.starts_with(char::is_alphabetic) {
        return None;
    }
    let german = MONATE.iter().find(|(name, _)| word.starts_with(name)).map(|(_, number)| *number);
    let english = MONTHS.iter().position(|name| word.starts_with(name)).and_then(|index| u32::try_from(index + 1).ok());
    german.or(english)
}

#[cfg(test)]
mod tests {
    use super::Text;

    fn holds(text: &str, part: &str) -> bool {
        Text::new(text).holds(&Text::new(part))
    }

    #[test]
    fn the_same_thing_is_seen_in_another_spelling() {
        let pairs = [
            ("pay DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
            ("pay DE89370400440532013000", "de89-3704-0044-0532-0130-00"),
            ("ship to 12 Harbour Road, Galway", "12 harbour  road galway"),
            ("transfer 1,250.00 to her", "1250"),
            ("überweise 1.250,00", "1250"),
            ("order two mugs", "2"),
            ("send two hundred and fifty euros", "250"),
            ("send twelve thousand six hundred twenty three", "12623"),
            ("send a hundred and one", "101"),
            ("on 3 March 2026", "2026-03-03"),
            ("on March 3rd, 2026", "03/03/2026"),
            ("meet on May 20", "2024-05-20"),
            ("write to ann@shop.test.", "Ann@Shop.test"),
            ("look at https://shop.test/orders", "shop.test"),
            ("call +49 30 901820", "+4930901820"),
        ];
        let missed: Vec<_> = pairs.iter().filter(|(text, part)| !holds(text, part)).collect();
        assert!(missed.is_empty(), "{missed:?}");
    }

    #[test]
    fn another_thing_that_looks_like_it_is_not_taken_for_it() {
        let pairs = [
            ("write to ann@shop.test", "annshop.test"),
            ("write to bobsmith@bank.test", "bob-smith@bank.test"),
            ("write to bob@bank.test.au", "bob@bank.test"),
            ("look at example.com", "example.com.evil.test"),
            ("look at notexample.com", "example.com"),
            ("pay two thousand", "1000"),
            ("pay two hundred and fifty", "2"),
            ("pay 125", "12"),
            ("pay 1250", "125"),
            ("order a mugshot", "mug"),
            ("order 1 2 3", "12"),
            ("on 3 March 2026", "2026-03-04"),
        ];
        let taken: Vec<_> = pairs.iter().filter(|(text, part)| holds(text, part)).collect();
        assert!(taken.is_empty(), "{taken:?}");
    }
}
