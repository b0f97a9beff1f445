//! Words as people write them on pages and in instructions: how they are cut, which are the same,
//! and what the common ones of interfaces mean in English, German and Korean.

use std::{
    collections::{HashMap, HashSet},
    hash::BuildHasherDefault,
    sync::LazyLock,
};

use unicode_segmentation::UnicodeSegmentation as _;

use super::{
    hash::Fnv,
    lexicon::{CONCEPTS, KINDS, PARTICLES, SIGNS, STOP, VERBS},
};

/// What a verb asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Press something.
    Click,
    /// Put text into a field.
    Type,
    /// Choose among things.
    Choose,
    /// Tick a box.
    Tick,
    /// Clear a box.
    Clear,
    /// Make something open or visible.
    Open,
    /// Move the mouse over something.
    Hover,
    /// Scroll.
    Scroll,
    /// Drag something somewhere.
    Drag,
    /// Look for something.
    Seek,
    /// Say what something is.
    Tell,
    /// Wait until something is so.
    Wait,
    /// Anything that an interface has a word for, such as delete or reply.
    Other,
}

/// The words of a text with where each stands, in bytes. A sign that no text is made of is a word of its own.
#[must_use]
pub(super) fn cut(text: &str) -> Vec<(usize, &str)> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    for (at, piece) in text.split_word_bound_indices() {
        let worded = piece.chars().any(char::is_alphanumeric);
        if worded {
            // `e.g` and `10.5` stay whole; `a_b` and `a.b` are two words.
            let number = piece.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ','));
            if number || !piece.contains(['.', '_', ':']) {
                let (word, particle) = attached(piece);
                found.push((at, word));
                found.extend((!particle.is_empty()).then_some((at + word.len(), particle)));
            } else {
                let mut start = 0;
                for part in piece.split(['.', '_', ':']) {
                    if !part.is_empty() {
                        found.push((at + start, part));
                    }
                    start += part.len() + 1;
                }
            }
        } else if piece.chars().all(|letter| !letter.is_whitespace() && !is_punctuation(letter)) {
            found.push((at, piece));
        }
    }
    found
}

/// A word in other letters than Hangul, and the Korean particle that is attached to it: `Film을`.
fn attached(piece: &str) -> (&str, &str) {
    if piece.is_ascii() {
        return (piece, "");
    }
    let at = piece.find(|letter: char| ('가'..='힣').contains(&letter)).filter(|at| *at > 0);
    let cut = at.and_then(|at| piece.split_at_checked(at)).filter(|(_, tail)| PARTICLES.contains(tail));
    cut.unwrap_or((piece, ""))
}

fn is_punctuation(letter: char) -> bool {
    matches!(
        letter,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '"'
            | '\''
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '/'
            | '-'
            | '–'
            | '—'
            | '|'
            | '“'
            | '”'
            | '„'
            | '‘'
            | '’'
            | '`'
            | '_'
            | '='
            | '$'
            | '€'
            | '£'
            | '%'
            | '&'
            | '@'
            | '*'
            | '\\'
            | '·'
            | '•'
            | '。'
            | '、'
            | '「'
            | '」'
            | '『'
            | '』'
            | '¿'
            | '¡'
            | '\u{fe0f}'
            | '\u{200d}'
    )
}

/// The form in which two words are compared: lower case, without the common endings.
#[must_use]
pub(super) fn stem(word: &str) -> String {
    let lower = word.to_lowercase();
    let bare = lower.strip_suffix("'s").or_else(|| lower.strip_suffix("’s")).unwrap_or(&lower);
    if let Some(short) = inflected(bare) {
        return short.to_owned();
    }
    // `cookies` and `cookie`, `entries` and `entry` come to the same.
    if bare.len() > 4 && (bare.ends_with("ies") || bare.ends_with("ie")) {
        return format!("{}y", bare.trim_end_matches('s').strip_suffix("ie").unwrap_or(bare));
    }
    if bare.len() > 4
        && (bare.ends_with("xes") || bare.ends_with("ches") || bare.ends_with("shes") || bare.ends_with("sses"))
    {
        return bare.strip_suffix("es").unwrap_or(bare).to_owned();
    }
    if bare.len() > 3 && bare.ends_with('s') && !bare.ends_with("ss") && !bare.ends_with("us") && !bare.ends_with("is")
    {
        return bare.strip_suffix('s').unwrap_or(bare).to_owned();
    }
    bare.to_owned()
}

/// The stems of a text.
#[must_use]
pub(in crate::planner) fn stems(text: &str) -> Vec<String> {
    cut(text).into_iter().map(|(_, word)| stem(word)).collect()
}

/// What a lone sign stands for.
#[must_use]
pub(super) fn sign(text: &str) -> Option<&'static str> {
    SIGNS.iter().find(|(sign, _)| text.trim() == *sign).map(|(_, word)| *word)
}

/// A Korean verb that is made of a noun, without its ending: `취소하세요` is `취소`.
fn inflected(word: &str) -> Option<&str> {
    const ENDINGS: [&str; 19] = [
        "해주세요",
        "하십시오",
        "하세요",
        "하시오",
        "합니다",
        "할까요",
        "하려면",
        "했습니다",
        "하기",
        "하고",
        "하며",
        "해서",
        "하여",
        "해줘",
        "해라",
        "한다",
        "하는",
        "할",
        "해",
    ];
    if !is_hangul(word) {
        return None;
    }
    let long = |noun: &&str| noun.chars().count() > 1;
    ENDINGS.iter().find_map(|ending| word.strip_suffix(ending).filter(long))
}

/// Whether a Korean word has the ending of a verb that is made of a noun.
#[must_use]
pub(super) fn acts(word: &str) -> bool {
    inflected(word).is_some()
}

#[must_use]
pub(super) fn is_hangul(word: &str) -> bool {
    word.chars().next().is_some_and(|letter| ('가'..='힣').contains(&letter))
}

/// A Korean word without the particle at its end, if it has one.
#[must_use]
pub(super) fn bare(word: &str) -> Option<String> {
    if !is_hangul(word) {
        return None;
    }
    let endings = PARTICLES.iter().filter_map(|particle| word.strip_suffix(particle));
    endings.filter(|bare| !bare.is_empty()).min_by_key(|bare| bare.len()).map(str::to_owned)
}

/// Whether two longer words differ by a slip of the pen.
#[must_use]
pub(super) fn alike(told: &str, own: &str) -> bool {
    // Most pairs differ at both ends, which no single change does. A Korean syllable is as telling as a short word.
    let (first, last) =
        (told.as_bytes().first() == own.as_bytes().first(), told.as_bytes().last() == own.as_bytes().last());
    (first || last)
        && told.len().abs_diff(own.len()) <= 2
        && told.chars().count() > 4
        && own.chars().count() > 4
        && strsim::osa_distance(told, own) <= 1
        && !told.chars().any(|letter| letter.is_ascii_digit())
}

/// What the verb `word` asks for, if it is one.
#[must_use]
pub(super) fn verb(word: &str) -> Option<Verb> {
    if !is_hangul(word) {
        return SAID.get(word).copied();
    }
    VERBS.iter().find(|(_, words)| listed(words, word)).map(|(verb, _)| *verb)
}

fn listed(words: &str, word: &str) -> bool {
    let hangul = is_hangul(word);
    words.split_whitespace().any(|known| known == word || hangul && is_hangul(known) && word.starts_with(known))
}

/// How words are looked up among those of the lexicon. What a page says is never a key of such a map, so that none can
/// be made slow on purpose.
type Quick = BuildHasherDefault<Fnv>;

/// The verb that each word asks for; the first one that has it.
static SAID: LazyLock<HashMap<&'static str, Verb, Quick>> = LazyLock::new(|| {
    let words = VERBS.iter().rev().flat_map(|(verb, words)| words.split_whitespace().map(|word| (word, *verb)));
    words.collect()
});

/// The groups of meaning of each word that has any.
static GROUPS: LazyLock<HashMap<&'static str, Vec<u8>, Quick>> = LazyLock::new(|| {
    let mut groups: HashMap<&str, Vec<u8>, Quick> = HashMap::default();
    for (index, words) in (0_u8..).zip(CONCEPTS) {
        words.split_whitespace().for_each(|word| groups.entry(word).or_default().push(index));
    }
    groups
});

/// The groups of each German verb by what is left of it when it is said as a command: `schließ`, `speicher`.
static COMMANDED: LazyLock<HashMap<&'static str, &'static [u8], Quick>> = LazyLock::new(|| {
    let short = |ending: &'static str| {
        let verbs =
            GROUPS.iter().filter_map(move |(word, groups)| Some((word.strip_suffix(ending)?, groups.as_slice())));
        verbs.filter(|(short, _)| short.chars().count() > 2)
    };
    // What ends in `en` counts, where both could be meant.
    short("n").chain(short("en")).collect()
});

static STOPS: LazyLock<HashSet<&'static str, Quick>> = LazyLock::new(|| STOP.split_whitespace().collect());

/// The groups of meaning that a word belongs to.
#[must_use]
pub(super) fn concepts(word: &str) -> &'static [u8] {
    if let Some(groups) = GROUPS.get(word) {
        return groups;
    }
    if !is_hangul(word) {
        return commanded(word);
    }
    let ends = word.char_indices().rev().filter_map(|(end, _)| word.get(..end));
    ends.filter_map(|begins| GROUPS.get(begins)).next().map(Vec::as_slice).unwrap_or_default()
}

/// The groups of a German verb that is said as a command: `schließe`, `speichere`, `lösch`.
fn commanded(word: &str) -> &'static [u8] {
    if word.chars().count() < 4 {
        return &[];
    }
    COMMANDED.get(word.strip_suffix('e').unwrap_or(word)).copied().unwrap_or_default()
}

/// The number that a word counts with: `two`, `zwei`, `두`; one is none, since it is an article as well.
#[must_use]
pub(super) fn number(word: &str) -> Option<u32> {
    const NAMED: [&str; 3] = [
        "two three four five six seven eight nine ten eleven twelve",
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두",
    ];
    let at = |words: &&str| words.split(' ').position(|known| known == word);
    NAMED.iter().find_map(at).and_then(|index| u32::try_from(index + 2).ok())
}

/// The group of meaning of `word`, for code that looks for one in particular.
#[must_use]
pub(super) fn concept(word: &str) -> u8 {
    concepts(word).first().copied().unwrap_or(u8::MAX)
}

/// Whether a control of `role` may be called by the word `kind`; nothing if the word names no kind.
#[must_use]
pub(super) fn kind_fits(kind: &str, role: &str) -> Option<bool> {
    let fits = |roles: &str| roles.split(' ').any(|known| known == role);
    if !is_hangul(kind) {
        return KIND_ROLES.get(kind).map(|all| all.iter().any(|roles| fits(roles)));
    }
    let mut named = KINDS.iter().filter(|(words, _)| listed(words, kind)).peekable();
    named.peek()?;
    Some(named.any(|(_, roles)| fits(roles)))
}

/// The roles of the controls that each word may stand for.
static KIND_ROLES: LazyLock<HashMap<&'static str, Vec<&'static str>, Quick>> = LazyLock::new(|| {
    let mut kinds: HashMap<&str, Vec<&str>, Quick> = HashMap::default();
    for (words, roles) in KINDS {
        words.split_whitespace().for_each(|word| kinds.entry(word).or_default().push(roles));
    }
    kinds
});

/// Whether a word says little by itself.
#[must_use]
pub(in crate::planner) fn is_stop(word: &str) -> bool {
    STOPS.contains(word)
}

/// The number that an ordinal names: `3rd`, `third`, `dritte`, `세번째`; the last one is -1.
#[must_use]
pub(super) fn ordinal(word: &str) -> Option<i32> {
    let lower = word.to_lowercase();
    for suffix in ["st", "nd", "rd", "th", "번째", "번쨰"] {
        if let Some(number) = lower.strip_suffix(suffix).and_then(|digits| digits.parse().ok()) {
            return Some(number);
        }
    }
    const NAMED: &[(&str, i32)] = &[
        ("first second third fourth fifth sixth seventh eighth ninth tenth", 1),
        ("erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte", 1),
        ("ersten zweiten dritten vierten fünften sechsten siebten achten neunten zehnten", 1),
        ("erstes zweites drittes viertes fünftes sechstes siebtes achtes neuntes zehntes", 1),
        ("첫번째 두번째 세번째 네번째 다섯번째 여섯번째 일곱번째 여덟번째 아홉번째 열번째", 1),
    ];
    for (words, from) in NAMED {
        if let Some(index) = words.split(' ').position(|known| known == lower) {
            return i32::try_from(index).ok().map(|index| index + from);
        }
    }
    ["last", "letzte", "letzten", "letztes", "마지막"].contains(&lower.as_str()).then_some(-1)
}
