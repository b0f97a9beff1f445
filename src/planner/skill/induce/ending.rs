//! What the page shows at the end that it did not show before.

use std::collections::BTreeMap;

use super::super::{
    Demonstration, Ending,
    template::{Form, Template},
};

/// A line of more characters says too much.
const LONGEST: usize = 160;

/// What all demonstrations came to show. `values` has for each what was filled in, by parameter.
pub(super) fn ending(demonstrations: &[Demonstration], values: &[BTreeMap<String, String>]) -> Ending {
    let addresses: Vec<_> = demonstrations.iter().map(address).collect();
    let lines: Vec<_> = demonstrations.iter().zip(values).map(|(shown, values)| lines(shown, values)).collect();
    let everywhere = |line: &&Template| lines.iter().all(|own| own.contains(line));
    let mut common: Vec<_> = lines.first().into_iter().flatten().filter(everywhere).collect();
    // A heading says best where one is; then what names what was filled in.
    common.sort_by_key(|line| {
        let text = line.to_string();
        (!text.starts_with('#'), line.places().next().is_none(), text.contains('*'))
    });
    let address =
        addresses.first().cloned().flatten().filter(|first| addresses.iter().all(|own| own.as_ref() == Some(first)));
    Ending { address, line: common.first().map(|line| (*line).clone()) }
}

/// The path at the end, if it is another one than before.
fn address(shown: &Demonstration) -> Option<String> {
    let end = pattern(shown.end.as_ref()?.url.path());
    let last = shown.moments.last().map(|moment| pattern(moment.page.url.path()));
    (last.as_ref() != Some(&end)).then_some(end)
}

/// A path in which parts with digits may be others.
fn pattern(path: &str) -> String {
    let part =
        |part: &str| if part.chars().any(|letter| letter.is_ascii_digit()) { "*".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Whether a path fits a pattern.
#[must_use]
pub(in super::super) fn is_at(path: &str, wanted: &str) -> bool {
    let (own, wanted): (Vec<_>, Vec<_>) = (path.split('/').collect(), wanted.split('/').collect());
    own.len() == wanted.len() && own.iter().zip(&wanted).all(|(own, wanted)| *wanted == "*" || own == wanted)
}

/// The lines that came, with what was filled in put in places and other numbers left open.
fn lines(shown: &Demonstration, values: &BTreeMap<String, String>) -> Vec<Template> {
    let Some(end) = &shown.end else { return Vec::new() };
    let was = |line: &str| shown.moments.iter().any(|moment| moment.page.text.lines().any(|own| own == line));
    let new = end.text.lines().filter(|line| line.chars().filter(|letter| letter.is_alphabetic()).count() > 2);
    let new = new.filter(|line| line.chars().count() <= LONGEST && !was(line));
    new.map(|line| open(line, values)).collect()
}

/// A line with its places. A word is a run without spaces.
fn open(line: &str, values: &BTreeMap<String, String>) -> Template {
    let mut longest: Vec<_> = values.iter().filter(|(_, value)| !value.is_empty()).collect();
    longest.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
    let mut template = Template::default();
    let mut rest = line;
    let mut plain = String::new();
    while !rest.is_empty() {
        let begins = plain.is_empty() || plain.ends_with(|letter: char| !letter.is_alphanumeric());
        let found = longest.iter().filter(|_| begins).find_map(|(name, value)| Some((name, after(rest, value)?)));
        if let Some((name, after)) = found {
            template = template.then(&numbers(&plain)).place(name, Form::Said);
            plain.clear();
            rest = after;
        } else {
            let mut letters = rest.chars();
            plain.extend(letters.next());
            rest = letters.as_str();
        }
    }
    template.then(&numbers(&plain))
}

/// What follows `value` in a text that begins with it, whatever its case.
fn after<'a>(text: &'a str, value: &str) -> Option<&'a str> {
    let (own, rest) = text.split_at_checked(value.len())?;
    let ends = rest.chars().next().is_none_or(|letter| !letter.is_alphanumeric());
    (ends && own.to_lowercase() == value.to_lowercase()).then_some(rest)
}

/// The same text with a `*` for each word that has digits in it.
fn numbers(text: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_end();
        if bare.chars().any(|letter| letter.is_ascii_digit()) {
            format!("*{}", &word[bare.len()..])
        } else {
            word.to_owned()
        }
    };
    text.split_inclusive(' ').map(word).collect()
}

/// Whether a line is one that is wanted, which may have `*` in it.
#[must_use]
pub(in super::super) fn is_line(line: &str, wanted: &str) -> bool {
    let (own, wanted): (Vec<_>, Vec<_>) = (line.split_whitespace().collect(), wanted.split_whitespace().collect());
    let fits = |(own, wanted): (&&str, &&str)| wanted.contains('*') || own.to_lowercase() == wanted.to_lowercase();
    own.len() == wanted.len() && own.iter().zip(&wanted).all(fits)
}
