//! What a claim says in plain words, beside what it quotes, and the words that a run has met.
//!
//! A true quotation proves nothing of the sentence around it. Three things of such a sentence can be checked without
//! understanding it: names, values, and deeds in a run that has done nothing.

use std::collections::HashSet;

/// Words after which one capital letter is enough for a name.
const LEADS: [&str; 11] = ["to", "by", "for", "from", "named", "called", "with", "an", "von", "für", "namens"];
/// How people ask for something to be done to the world, and how they say that it was.
const DEEDS: &str = "order ordered, buy bought, purchas purchased, place placed, pay paid, submit submitted, send sent, \
    mail mailed, post posted, publish published, book booked, reserv reserved, delet deleted, remov removed, \
    cancel cancelled, cancel canceled, sav saved, creat created, updat updated, chang changed, add added, \
    transfer transferred, upload uploaded, refund refunded, subscrib subscribed, register registered, approv approved, \
    reject rejected, shar shared, merg merged, renam renamed, bestell bestellt, kauf gekauft, zahl bezahlt, \
    schick abgeschickt, send gesendet, buch gebucht, lösch gelöscht, speicher gespeichert, erstell erstellt, änder geändert";
/// Words that take a deed back.
const DENIALS: [&str; 9] = ["not", "never", "no", "nothing", "be", "without", "nicht", "kein", "nichts"];

/// Every word that a run was told or has observed, in lower case.
#[derive(Debug, Default)]
pub(super) struct Heard(HashSet<String>);

impl Heard {
    pub(super) fn take(&mut self, text: &str) {
        for word in words(text) {
            let word = word.to_lowercase();
            if !self.0.contains(&word) {
                self.0.insert(word);
            }
        }
    }

    fn knows(&self, word: &str) -> bool {
        self.0.contains(&word.to_lowercase())
    }

    /// The names in `text` of which a part was never met, each once.
    pub(super) fn unknown_names(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for name in names(text) {
            let known = words(&name).all(|word| self.knows(word));
            if !known && !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }

    /// The first deed that `text` tells of in a word that was never met.
    pub(super) fn unknown_deed<'a>(&self, text: &'a str) -> Option<&'a str> {
        let mut last = "";
        words(text).find(|word| {
            let denied = DENIALS.contains(&std::mem::replace(&mut last, word).to_lowercase().as_str());
            let lower = word.to_lowercase();
            !denied && !self.knows(word) && deeds().any(|(_, done)| done == lower)
        })
    }
}

/// Whether `goal` asks for something to be done, and not for something to be told.
pub(super) fn asks_for_deeds(goal: &str) -> bool {
    let asked = |word: &str| deeds().any(|(begin, _)| word.to_lowercase().starts_with(begin));
    !goal.contains('?') && words(goal).any(asked)
}

/// The deeds: how a word for each begins, and the word for its having been done.
fn deeds() -> impl Iterator<Item = (&'static str, &'static str)> {
    DEEDS.split(',').filter_map(|pair| pair.trim().split_once(' '))
}

/// `evidence` without what it quotes; a full stop stands in the place of each quotation.
pub(super) fn plain(evidence: &str) -> String {
    let mut out = String::new();
    for line in evidence.lines() {
        let parts: Vec<_> = line.split(MARKS).collect();
        // A mark without a second one opens nothing.
        let closed = parts.len().is_multiple_of(2).then(|| parts.len() - 1);
        for (index, part) in parts.iter().enumerate() {
            if index % 2 == 0 || Some(index) == closed {
                out.push_str(part);
            } else {
                out.push_str(". ");
            }
        }
        out.push('\n');
    }
    out
}

/// What stands around a quotation.
pub(super) const MARKS: [char; 4] = ['"', '\u{201c}', '\u{201d}', '`'];

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The names in `text`: words with capital letters in a row, or one after a word that leads to it. The first word of a
/// sentence is none, since it has its capital in any case.
fn names(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut run, mut led): (Vec<&str>, bool) = (Vec::new(), false);
    let (mut begins, mut last) = (true, "");
    let mut close = |run: &mut Vec<&str>, led: bool| {
        if run.len() > 1 || led && !run.is_empty() {
            found.push(run.join(" "));
        }
        run.clear();
    };
    for token in text.split_whitespace() {
        let word = token.trim_matches(|letter: char| !letter.is_alphanumeric());
        let word = word.trim_end_matches("'s").trim_end_matches("\u{2019}s");
        if !begins && is_name(word) {
            if run.is_empty() {
                led = LEADS.contains(&last.to_lowercase().as_str());
            }
            run.push(word);
        } else {
            close(&mut run, led);
        }
        begins = token.ends_with(['.', '!', '?', ':', ';']) || word.is_empty();
        if begins || token.ends_with(',') {
            close(&mut run, led);
        }
        last = word;
    }
    close(&mut run, led);
    found
}

/// Whether `word` is written like a name: a capital letter and small ones, no digits.
fn is_name(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.next().is_some_and(char::is_lowercase)
        && word.chars().all(|letter| letter.is_alphabetic() || letter == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_capitals_in_a_row_or_after_a_word_that_leads_to_them() {
        let text =
            "The order of Ruby Red Mug went to Alice's desk, by HTTP POST. Then Bob said: Fine Thing. I saw Order 7";
        assert_eq!(names(text), ["Ruby Red Mug", "Alice"]);
        assert_eq!(names("Die Bestellung wurde auf der Seite von Anna Muster gezeigt"), ["Anna Muster"]);
    }

    #[test]
    fn what_stands_between_marks_is_not_plain() {
        assert_eq!(
            plain("it says \"Thank you\" for `LM-7`, 5\" wide\nand more"),
            "it says .  for . , 5 wide\nand more\n"
        );
    }

    #[test]
    fn deeds_are_known_by_words_that_nobody_has_used() {
        let mut heard = Heard::default();
        heard.take("Shipped: sent on Monday");
        let texts =
            ["The mugs were ordered", "it was sent", "it was not ordered", "it has to be ordered", "nothing new"];
        assert_eq!(texts.map(|text| heard.unknown_deed(text)), [Some("ordered"), None, None, None, None]);
        let goals = ["Order two mugs", "Bitte lösche die Mail", "How many orders were placed?", "read the news"];
        assert_eq!(goals.map(asks_for_deeds), [true, true, false, false]);
    }
}
