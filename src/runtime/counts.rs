//! How many of a thing an answer speaks of, and how many of it stand in what it quotes.

use super::wording::words;

/// What people write for small numbers, from zero on.
const NUMBERS: [&str; 13] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
/// A longer number counts nothing that one could have put somewhere.
const DIGITS: usize = 4;

/// Where `answer` says how many of a thing there are and all `quotes` that say so too say another number. A thing is
/// known by two words behind its number, since one alone, as in `3 mails were deleted` and `1 mail is left`, may be
/// about others.
pub(super) fn contradiction(answer: &str, quotes: &[String]) -> Option<String> {
    let (said, quoted) = (counts(answer), quotes.iter().flat_map(|quote| counts(quote)).collect::<Vec<_>>());
    said.iter().find_map(|(number, thing)| {
        let of = |other: &&(u64, String)| other.1 == *thing;
        let (first, _) = quoted.iter().find(of)?;
        let agrees = said.iter().filter(of).any(|(number, _)| quoted.contains(&(*number, thing.clone())));
        (!agrees).then(|| format!("the answer says {number} of `{thing}`, and what it quotes says {first}"))
    })
}

/// The numbers in `text` with the two words behind each, in lower case and without the sign of a plural.
fn counts(text: &str) -> Vec<(u64, String)> {
    let words: Vec<_> = words(text).map(str::to_lowercase).filter(|word| word != "x" && word != "of").collect();
    let found = words.windows(3).filter_map(|window| {
        let [number, thing @ ..] = window else { return None };
        let number = number_of(number)?;
        thing.iter().all(|word| word.chars().all(char::is_alphabetic)).then(|| {
            let thing: Vec<_> = thing.iter().map(|word| word.trim_end_matches('s')).collect();
            (number, thing.join(" "))
        })
    });
    found.collect()
}

fn number_of(word: &str) -> Option<u64> {
    let named = NUMBERS.iter().position(|name| *name == word).and_then(|number| u64::try_from(number).ok());
    named.or_else(|| word.parse().ok().filter(|_| word.len() < DIGITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(answer: &str, quotes: &[&str]) -> Option<String> {
        contradiction(answer, &quotes.iter().map(|quote| (*quote).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn another_number_of_the_same_thing_is_a_contradiction() {
        let why = "the answer says 3 of `espresso cup`, and what it quotes says 1".to_owned();
        assert_eq!(found("Three Espresso Cups are in the cart", &["Added: 1 × Espresso Cup"]), Some(why));
    }

    #[test]
    fn what_agrees_or_is_about_something_else_is_none() {
        let said = [
            found("3 Espresso Cups are in the cart", &["Added: 3 × Espresso Cup"]),
            found("3 Espresso Cups are in the cart", &["Added: 1 × Espresso Cup", "3 × Espresso Cup"]),
            found("3 mails were deleted", &["1 mail is left"]),
            found("two blue mugs for €12.00", &["Total for 12 pieces", "€24.00"]),
        ];
        assert_eq!(said, [None, None, None, None]);
    }
}
