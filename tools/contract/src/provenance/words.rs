//! Words that tell one thing from another, and words for what is to be done.

use std::{collections::BTreeSet, sync::LazyLock};

/// The words, by kind.
static WORDS: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("words.txt")));

/// Lists of words.
struct Words {
    lists: Vec<(&'static str, Vec<&'static str>)>,
}

impl Words {
    fn read(text: &'static str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let list = |(kind, words): (&'static str, &'static str)| (kind, words.split(',').map(str::trim).collect());
        Self { lists: lines.filter_map(|line| line.split_once(':')).map(list).collect() }
    }

    /// The lists of `kind`.
    fn of(&self, kind: &'static str) -> impl Iterator<Item = &[&'static str]> {
        self.lists.iter().filter(move |(name, _)| *name == kind).map(|(_, words)| words.as_slice())
    }
}

/// Whether `word` is one of `kind`.
pub(super) fn is(kind: &'static str, word: &str) -> bool {
    WORDS.of(kind).any(|list| list.contains(&word))
}

/// Whether `word` begins like one of `kind`.
fn is_like(kind: &'static str, word: &str) -> bool {
    WORDS.of(kind).flatten().any(|begin| begins(word, begin))
}

/// The words of `text` that few other texts have: names, and whatever has a digit or a sign in it. In
/// lower case.
pub(super) fn distinct(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut begins = true;
    text.split_whitespace().filter_map(move |word| {
        let first = std::mem::replace(&mut begins, word.ends_with(['.', '!', '?', ':']));
        let bare =
            word.trim_matches(|letter: char| !letter.is_alphanumeric()).trim_end_matches("'s").trim_end_matches("’s");
        let lower = bare.to_lowercase();
        let quoted = word.starts_with(['"', '\'', '“', '‘', '`']) || word.ends_with(['"', '”', '`']);
        let capital = bare.starts_with(char::is_uppercase) && !first;
        let signed =
            super::forms::is_name(&lower) || bare.chars().any(|letter| letter.is_ascii_digit()) && bare.len() > 3;
        (tells(&lower) && (capital || signed || quoted)).then_some(lower)
    })
}

/// The words of a goal that say what is to be done; `$` and the like are money.
pub(super) fn wishes(goal: &str) -> BTreeSet<String> {
    let lower = goal.to_lowercase();
    let mut words: BTreeSet<_> = super::forms::words(&lower).map(str::to_owned).collect();
    let plain: Vec<_> = words.iter().map(|word| without_accents(word)).collect();
    words.extend(plain);
    if lower.contains(['$', '€', '£', '₩', '¥']) {
        words.insert("money".to_owned());
    }
    words
}

/// A word with plain letters in place of the accented ones of French and Spanish.
fn without_accents(word: &str) -> String {
    let plain = |letter| match letter {
        'à' | 'á' | 'â' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' => 'o',
        'ù' | 'ú' | 'û' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        letter => letter,
    };
    word.chars().map(plain).collect()
}

/// Whether what a tool of these words does is among the `wishes`.
pub(super) fn asked<'a>(words: impl Iterator<Item = &'a str>, wishes: &BTreeSet<String>) -> bool {
    if wishes.iter().any(|wish| is_like("leaves", wish)) {
        return true;
    }
    let words: Vec<_> = words.collect();
    let said = |word: &str| wishes.iter().any(|wish| wish.get(..4).is_some_and(|begin| word.starts_with(begin)));
    let known = words.iter().filter_map(|word| {
        let named = |deed: &&[&str]| deed.iter().any(|begin| begins(word, begin.trim_start_matches('!')));
        let deeds: Vec<_> = WORDS.of("deed").filter(named).collect();
        (!deeds.is_empty()).then(|| (*word, said(word) || deeds.iter().any(|deed| wished(deed, wishes))))
    });
    let known: Vec<_> = known.collect();
    // What is added may say more than that it is added.
    let telling: Vec<_> = known.iter().filter(|(word, _)| !is("light", word)).collect();
    match (known.is_empty(), telling.is_empty()) {
        // A word that is no deed here may be one all the same if a goal begins with it.
        (true, _) => words.first().is_some_and(|word| said(word)),
        (false, true) => known.iter().all(|(_, wished)| *wished),
        (false, false) => telling.iter().all(|(_, wished)| *wished),
    }
}

fn wished(deed: &[&str], wishes: &BTreeSet<String>) -> bool {
    wishes.iter().any(|wish| deed.iter().any(|begin| begins(wish, begin.trim_start_matches('?'))))
}

fn begins(word: &str, begin: &str) -> bool {
    begin.strip_prefix('=').map_or_else(|| word.starts_with(begin), |whole| word == whole)
}

/// Whether a word of a name is for a thing, and not for what is done.
pub(super) fn is_thing(word: &str) -> bool {
    let deed = WORDS.of("deed").flatten().any(|begin| begins(word, begin.trim_start_matches(['!', '?'])));
    word.len() > 3 && tells(word) && !deed && !is("looks", word) && !is("acts", word) && !is("light", word)
}

/// Whether the words of a name say that it only looks: they begin or end so, or name many things.
pub(super) fn looks(words: &[String]) -> bool {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    let many = last.len() > 4 && last.ends_with('s') && !last.ends_with("ss") && !is("settings", last);
    let opens = last == "open" && is("opened", first);
    let thing = |word: &str| is("looks", first) && is("things", word);
    let acts = words.iter().any(|word| is("acts", word) && !thing(word));
    !acts && (is("looks", first) || is("looks", last) || many || opens || is("knows", last))
}

/// Whether a text tells somebody to do something, as far as its words tell: it speaks to an agent, or a
/// word for something to be done begins a sentence or follows a word that leads to one.
pub(super) fn instructs(text: &str) -> bool {
    let mut begins_sentence = true;
    text.split_whitespace().any(|token| {
        let word = token.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
        let orders = is_like("commands", &word) || begins_sentence && is_like("orders", &word);
        begins_sentence = token.ends_with(['.', '!', '?', ':', ';', ',', '>', '-', '–', '—'])
            || is("leads", &word)
            || token.starts_with(['-', '*', '•']);
        orders
    })
}

/// What in `text`, in lower case, is kept from others.
pub(super) fn private(text: &str) -> impl Iterator<Item = &'static str> {
    let lower = text.to_lowercase();
    WORDS.of("private").flatten().copied().filter(move |word| lower.contains(word))
}

/// Whether `word`, in lower case, says what a text is about.
pub(super) fn tells(word: &str) -> bool {
    word.chars().count() >= 3 && !is("common", word)
}

/// Whether the words of a name say that something is deleted or called off.
pub(super) fn removes(words: &[String]) -> bool {
    words.iter().any(|word| is_like("removes", word))
}

/// The words of a name such as `send_email`, `sendEmail` or `mail.send`, in lower case.
pub(super) fn of_name(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for letter in name.chars() {
        let begins = !letter.is_alphanumeric() || letter.is_uppercase() && small;
        small = letter.is_lowercase() || letter.is_ascii_digit();
        if begins {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
