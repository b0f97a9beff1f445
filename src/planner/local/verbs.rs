//! Which words of an instruction are verbs because of where they stand: people have more of them than any list.
//!
//! English and German wishes begin with the verb; a German verb leaves its prefix at the end of the clause
//! (`Sage den Termin ab`); Korean verbs come last and are known by their endings.

use super::words::{self, Verb};

/// What its place says of a word.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Placed {
    /// What it asks for; nothing if its place says nothing.
    pub(super) verb: Option<Verb>,
    /// The form in which a page would show it, such as `absagen`.
    pub(super) form: Option<String>,
    /// It looks like a verb and is none, as a noun in mid-clause is.
    pub(super) noun: bool,
    /// Whether a clause ends behind it.
    pub(super) ends: bool,
}

/// A language, as far as the order of its words matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tongue {
    English,
    German,
    Korean,
    Other,
}

const ENGLISH: &str = "the a an my of to and in for with from on it is that me all this please at by then";
const GERMAN: &str = "der die das den dem des ein eine einen einem einer und im auf von für mit bei zu zum zur es mein \
    meine meinen meinem meiner bitte";
/// Words that come before what is wanted.
const POLITE: &str = "please kindly can could you would i want need like to first now then next finally also and just let \
    us me bitte dann danach und zuerst anschließend nun jetzt";
/// What a verb that follows `and` is followed by; a noun is not.
const OBJECTS: &str = "it them the a an my this that all those its es sie ihn das die den";
const PREFIXES: &str = "ab an auf aus ein vor zu zurück nach weiter her hin um los mit fort frei fest";
const MODALS: &str = "möchte will kann kannst könntest können soll sollst muss musst würde bitte";
/// Words that make a Korean noun before them a verb.
const DOING: &str = "후 뒤 하고 하세요 해 해서 해주세요 합니다 하기 하여 및";

/// One word with the sign before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) word: &'a str,
    pub(super) gap: &'a str,
    pub(super) quoted: bool,
}

/// What the places of all words say of them.
#[must_use]
pub(super) fn placed(all: &[Piece<'_>]) -> Vec<Placed> {
    let mut found = vec![Placed::default(); all.len()];
    match tongue(all) {
        Tongue::English => begins(all, &mut found, english),
        Tongue::German => {
            begins(all, &mut found, german);
            infinitives(all, &mut found);
        }
        Tongue::Korean => korean(all, &mut found),
        Tongue::Other => {}
    }
    found
}

/// Whether the words are of a language whose order is known.
#[must_use]
pub(super) fn is_familiar(all: &[Piece<'_>]) -> bool {
    tongue(all) != Tongue::Other
}

fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

fn tongue(all: &[Piece<'_>]) -> Tongue {
    let own = || all.iter().filter(|piece| !piece.quoted).map(|piece| piece.word.to_lowercase());
    let (english, german) =
        (own().filter(|word| has(ENGLISH, word)).count(), own().filter(|word| has(GERMAN, word)).count());
    // `Sag "Winter" ab` has no other word that tells.
    let parted = all.last().is_some_and(|piece| !piece.quoted && has(PREFIXES, piece.word));
    let german = german + usize::from(parted);
    match (english, german) {
        _ if own().any(|word| words::is_hangul(&word)) => Tongue::Korean,
        (0, 0) => Tongue::Other,
        (english, german) if german > english => Tongue::German,
        _ => Tongue::English,
    }
}

fn ends_sentence(gap: &str) -> bool {
    gap.contains(['.', ';', '!', '?', '\n']) && gap.chars().count() > 1
}

/// Looks at the first word of each sentence that is not merely polite, and at what follows `and`.
fn begins(all: &[Piece<'_>], found: &mut [Placed], judge: fn(&[Piece<'_>]) -> Option<Placed>) {
    for (index, piece) in all.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| all.get(at));
        let sentence = before.is_none() || ends_sentence(piece.gap);
        let joined = before.is_some_and(|word| !word.quoted && matches!(word.word, "and" | "und" | "then" | "dann"))
            && all.get(index + 1).is_some_and(|next| !next.quoted && has(OBJECTS, &next.word.to_lowercase()));
        if !sentence && !joined {
            continue;
        }
        let polite = |piece: &&Piece<'_>| !piece.quoted && has(POLITE, &piece.word.to_lowercase());
        let at = index + if sentence { all.iter().skip(index).take_while(polite).count() } else { 0 };
        let placed = all.get(at..).and_then(|rest| judge(clause(rest)));
        if let (Some(place), Some(placed)) = (found.get_mut(at), placed) {
            *place = placed;
        }
    }
}

/// The words up to the next sign or the next `and`.
fn clause<'a, 'b>(rest: &'a [Piece<'b>]) -> &'a [Piece<'b>] {
    let end = rest.iter().skip(1).position(|piece| {
        ends_sentence(piece.gap)
            || !piece.quoted && (piece.gap.contains([',', ';', ':']) || matches!(piece.word, "and" | "und" | "then"))
    });
    rest.get(..end.map_or(rest.len(), |end| end + 1)).unwrap_or_default()
}

/// Whether a word that is in no list may be a verb.
fn may_act(word: &str) -> bool {
    let lower = word.to_lowercase();
    let plural = lower.ends_with('s') && !lower.ends_with("ss");
    lower.chars().count() > 2
        && lower.chars().all(char::is_alphabetic)
        && !words::is_stop(&lower)
        && words::ordinal(&lower).is_none()
        && words::number(&lower).is_none()
        && !lower.ends_with("est")
        && !plural
}

fn english(clause: &[Piece<'_>]) -> Option<Placed> {
    let first = clause.first().filter(|piece| !piece.quoted && may_act(piece.word))?;
    let known = |piece: &Piece<'_>| !piece.quoted && words::verb(&piece.word.to_lowercase()).is_some();
    // A name alone is no wish, nor are a name and another verb.
    let wishes = clause.len() > 1 && !clause.iter().any(known);
    wishes.then(|| Placed { verb: words::verb(&first.word.to_lowercase()).or(Some(Verb::Other)), ..Placed::default() })
}

fn german(clause: &[Piece<'_>]) -> Option<Placed> {
    let first = clause.first().filter(|piece| !piece.quoted && may_act(piece.word))?;
    let lower = first.word.to_lowercase();
    let known = words::verb(&lower);
    let prefix = clause.last().filter(|piece| !piece.quoted && has(PREFIXES, piece.word)).map(|piece| piece.word);
    let commands = lower.ends_with('e') || lower.ends_with("en") || known.is_some() || prefix.is_some();
    if !commands || clause.len() < 2 {
        return None;
    }
    let form = format!("{}{}", prefix.unwrap_or_default(), infinitive(&lower));
    let verb = match prefix {
        Some(_) => words::verb(&form).or(known),
        None => known.or_else(|| words::verb(&form)),
    };
    Some(Placed { verb: verb.or(Some(Verb::Other)), form: Some(form), ..Placed::default() })
}

/// `verlängere` is `verlängern`, `storniere` is `stornieren`, `sage` is `sagen`.
fn infinitive(command: &str) -> String {
    let bare = command.strip_suffix('e').unwrap_or(command);
    match bare {
        _ if command.ends_with("en") || command.ends_with("eln") || command.ends_with("ern") => command.to_owned(),
        bare if (bare.ends_with("er") || bare.ends_with("el")) && !bare.ends_with("ier") => format!("{bare}n"),
        bare => format!("{bare}en"),
    }
}

/// `Bitte … verlängern`, `Ich möchte … verlängern`: the last word of the clause.
fn infinitives(all: &[Piece<'_>], found: &mut [Placed]) {
    for index in 0..all.len() {
        let rest = all.get(index..).unwrap_or_default();
        let Some(piece) = rest.first().filter(|piece| !piece.quoted && piece.word.ends_with('n')) else { continue };
        let lower = piece.word.to_lowercase();
        let inflected = ["en", "ern", "eln"].iter().any(|ending| lower.ends_with(ending)) && lower == piece.word;
        let asked = all.iter().take(index).any(|piece| !piece.quoted && has(MODALS, &piece.word.to_lowercase()));
        if inflected
            && asked
            && clause(rest).len() == 1
            && may_act(&lower)
            && let Some(place) = found.get_mut(index).filter(|place| place.verb.is_none())
        {
            place.verb = words::verb(&lower).or(Some(Verb::Other));
        }
    }
}

fn korean(all: &[Piece<'_>], found: &mut [Placed]) {
    const FINAL: [&str; 13] = ["세요", "시오", "줘", "줘요", "라", "요", "니다", "고", "서", "후", "면", "며", "기"];
    for (index, piece) in all.iter().enumerate() {
        let does = all.get(index + 1).is_some_and(|next| !next.quoted && has(DOING, next.word));
        let Some(place) = found.get_mut(index) else { continue };
        if !piece.quoted && has(DOING, piece.word) {
            *place = Placed { noun: true, ends: true, ..Placed::default() };
            continue;
        }
        if piece.quoted || !words::is_hangul(piece.word) {
            continue;
        }
        let next = all.get(index + 1);
        let asks = next.is_some_and(|next| next.word.starts_with("주세요") || next.word.starts_with('줘'));
        let last = next.is_none_or(|next| ends_sentence(next.gap)) && words::bare(piece.word).is_none();
        let made = words::stem(piece.word) != piece.word && words::acts(piece.word);
        let ended = made || FINAL.iter().any(|ending| piece.word.ends_with(ending));
        let known = words::verb(piece.word);
        if made || known.is_some() && (ended || does || asks || last) {
            place.verb = known.or(Some(Verb::Other));
            place.ends = ended && !does || asks;
        } else {
            place.noun = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::instruction::Instruction;

    fn verbs(text: &str) -> Vec<String> {
        let told = Instruction::read(text);
        let verbs = told.words.iter().filter(|word| word.verb.is_some());
        verbs.map(|word| word.bare.clone().unwrap_or_else(|| word.stem.clone())).collect()
    }

    #[test]
    fn a_verb_is_known_by_its_place() {
        let told = [
            "Prolong the loan of \"Winter\"",
            "Open the list and unpin it",
            "Sage meinen Termin bei Ada ab.",
            "Bitte die Ausleihe verlängern",
            "Verlängere die Ausleihe",
            "\"Winter\" 대출을 연장하세요",
            "검색 결과의 3 페이지를 보여 주세요",
        ];
        let expected: [&[&str]; 7] =
            [&["prolong"], &["open", "unpin"], &["absagen"], &["verlängern"], &["verlängern"], &["연장"], &["보여"]];
        assert_eq!(told.map(verbs), expected.map(|all| all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()));
    }

    #[test]
    fn what_is_no_wish_has_no_verb() {
        assert_eq!(
            ["Zeg het voort aan iedereen", "Mugs under 20 euros"].map(verbs),
            [Vec::<String>::new(), Vec::new()]
        );
    }
}
