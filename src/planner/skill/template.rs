//! A text with places to fill in: `order {quantity} of {product}`.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

use super::{Kind, Parameter};
use crate::planner::local::instruction::{self, Instruction, Word};

/// The words that one place may hold.
const WIDEST: usize = 16;
/// No goal of more words is compared.
const LONGEST: usize = 300;

/// A text with places in it. `{{` and `}}` stand for braces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(String, Form),
}

/// How a value is written where it is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// As it was said.
    #[default]
    Said,
    /// A day as `2026-03-05`.
    Iso,
    /// A day as `03/05/2026`.
    Slashed,
    /// A day as `05.03.2026`.
    Dotted,
    /// A number without signs between its thousands.
    Digits,
}

const FORMS: [(Form, &str); 4] =
    [(Form::Iso, "iso"), (Form::Slashed, "slashed"), (Form::Dotted, "dotted"), (Form::Digits, "digits")];

impl Form {
    /// `said` in this form; nothing if it cannot be written so.
    #[must_use]
    pub fn of(self, said: &str) -> Option<String> {
        match self {
            Self::Said => Some(said.to_owned()),
            Self::Digits => {
                let digits = said.replace([',', ' '], "");
                digits.parse::<f64>().ok().map(|_| digits)
            }
            Self::Iso | Self::Slashed | Self::Dotted => {
                let told = Instruction::read(said);
                told.spans.iter().find_map(|span| self.of_span(span))
            }
        }
    }

    /// A day of the goal in this form.
    fn of_span(self, span: &instruction::Span) -> Option<String> {
        let instruction::Kind::Day(day) = span.kind else { return None };
        match self {
            Self::Iso => Some(format!("{:04}-{:02}-{:02}", day.year, day.month, day.day)),
            Self::Slashed => Some(format!("{:02}/{:02}/{:04}", day.month, day.day, day.year)),
            Self::Dotted => Some(format!("{:02}.{:02}.{:04}", day.day, day.month, day.year)),
            Self::Said | Self::Digits => None,
        }
    }

    /// The form of `used`, if that is the day of `span`.
    #[must_use]
    pub fn between(span: &instruction::Span, used: &str) -> Option<Self> {
        [Self::Iso, Self::Slashed, Self::Dotted].into_iter().find(|form| form.of_span(span).as_deref() == Some(used))
    }
}

impl Template {
    /// A text without places.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![Piece::Text(text.into())])
    }

    /// The same text with the place `name` at its end.
    #[must_use]
    pub fn place(mut self, name: &str, form: Form) -> Self {
        self.0.push(Piece::Place(name.to_owned(), form));
        self
    }

    /// The same text with more text at its end.
    #[must_use]
    pub fn then(mut self, text: &str) -> Self {
        if !text.is_empty() {
            self.0.push(Piece::Text(text.to_owned()));
        }
        self
    }

    /// Reads a text with places.
    ///
    /// # Errors
    ///
    /// Says which brace has no other one, or which form is unknown.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, tail) = rest.split_at(at);
            plain.push_str(before);
            if let Some(tail) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
                plain.push_str(if rest.as_bytes().get(at) == Some(&b'{') { "{" } else { "}" });
                rest = tail;
                continue;
            }
            let (inside, after) = tail
                .strip_prefix('{')
                .and_then(|tail| tail.split_once('}'))
                .ok_or_else(|| format!("`{text}` has a brace without its other one; write `{{{{` for a brace"))?;
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(read_place(inside)?);
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// The names of its places, each once for each time it stands there.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Place(name, _) => Some(name.as_str()),
        })
    }

    /// The text with `values` filled in; nothing if one is missing or cannot be written as it has to be.
    #[must_use]
    pub fn fill(&self, values: &BTreeMap<String, String>) -> Option<String> {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Place(name, form) => form.of(values.get(name)?),
        };
        self.0.iter().map(text).collect()
    }

    /// How many of its own words say something.
    #[must_use]
    pub fn telling(&self) -> usize {
        let words = self.0.iter().flat_map(Token::of);
        words.filter(|token| matches!(token, Token::Word(word) if !word.stop)).count()
    }

    /// How much of what its own words say `goal` says too, from 0 to 1.
    #[must_use]
    pub fn likeness(&self, goal: &str) -> f32 {
        let told = Instruction::read(goal);
        let own: Vec<_> = self.0.iter().flat_map(Token::of).collect();
        let telling = own.iter().filter_map(|token| match token {
            Token::Word(word) if !word.stop => Some(word),
            _ => None,
        });
        let said = |word: &&Word| told.words.iter().any(|other| same(word, other));
        #[expect(clippy::cast_precision_loss, reason = "a goal has few words")]
        let share = telling.clone().filter(said).count() as f32 / telling.count().max(1) as f32;
        share
    }

    /// What stands in the places if `goal` is this text, give or take words that say little.
    #[must_use]
    pub fn align(&self, goal: &str, parameters: &BTreeMap<String, Parameter>) -> Option<BTreeMap<String, String>> {
        let pieces: Vec<_> = self.0.iter().map(Token::of).collect();
        let tokens: Vec<_> = pieces.into_iter().flatten().collect();
        let told = Instruction::read(goal);
        // A text that says nothing but what is filled in is any goal.
        if self.telling() == 0 || told.words.len() > LONGEST {
            return None;
        }
        let mut aligner = Aligner { tokens: &tokens, told: &told, parameters, dead: HashSet::new(), found: Vec::new() };
        aligner.goes(0, 0).then(|| aligner.found.into_iter().collect())
    }
}

fn read_place(inside: &str) -> Result<Piece, String> {
    let (name, form) = inside.split_once('|').unwrap_or((inside, ""));
    let form = match FORMS.iter().find(|(_, known)| *known == form) {
        Some((form, _)) => *form,
        None if form.is_empty() => Form::Said,
        None => return Err(format!("there is no form `{form}`; there are `iso`, `slashed`, `dotted` and `digits`")),
    };
    if name.is_empty() || !name.chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
        return Err(format!("`{{{inside}}}` is no place; name a parameter in letters, digits and `_`"));
    }
    Ok(Piece::Place(name.to_owned(), form))
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}")),
            Piece::Place(name, form) => match FORMS.iter().find(|(known, _)| known == form) {
                Some((_, form)) => write!(f, "{{{name}|{form}}}"),
                None => write!(f, "{{{name}}}"),
            },
        })
    }
}

/// A word or a place of a template.
enum Token {
    Word(Word),
    Place(String),
}

impl Token {
    fn of(piece: &Piece) -> Vec<Self> {
        match piece {
            Piece::Text(text) => Instruction::read(text).words.into_iter().map(Self::Word).collect(),
            Piece::Place(name, _) => vec![Self::Place(name.clone())],
        }
    }
}

/// Lays a goal along a template.
struct Aligner<'a> {
    tokens: &'a [Token],
    told: &'a Instruction,
    parameters: &'a BTreeMap<String, Parameter>,
    /// Where it is known not to go on.
    dead: HashSet<(usize, usize)>,
    found: Vec<(String, String)>,
}

impl Aligner<'_> {
    /// Whether the tokens from `at` on fit the words from `word` on.
    fn goes(&mut self, at: usize, word: usize) -> bool {
        if self.dead.contains(&(at, word)) {
            return false;
        }
        let here = self.told.words.get(word);
        let fits = match (self.tokens.get(at), here) {
            (None, None) => true,
            (Some(Token::Word(own)), Some(said)) if same(own, said) => self.goes(at + 1, word + 1),
            (Some(Token::Place(name)), Some(_)) => self.holds(&name.clone(), at, word),
            _ => false,
        };
        let skips_own = matches!(self.tokens.get(at), Some(Token::Word(own)) if own.stop);
        let skips_said = here.is_some_and(is_filler);
        let goes = fits || skips_own && self.goes(at + 1, word) || skips_said && self.goes(at, word + 1);
        if !goes {
            self.dead.insert((at, word));
        }
        goes
    }

    /// Whether the place `name` can hold some words from `word` on.
    fn holds(&mut self, name: &str, at: usize, word: usize) -> bool {
        let kind = self.parameters.get(name).map_or(Kind::Text, |parameter| parameter.kind);
        let last = self.told.words.len().min(word + WIDEST);
        for to in word + 1..=last {
            let Some(value) = self.value(kind, word, to) else { continue };
            if self.goes(at + 1, to) {
                self.found.push((name.to_owned(), value));
                return true;
            }
        }
        false
    }

    /// The words from one up to another as a value of `kind`.
    fn value(&self, kind: Kind, from: usize, to: usize) -> Option<String> {
        let quote = |index: usize| self.told.words.get(index).map_or(0, |word| word.quote);
        // What stands between quotes is one thing.
        let cuts = |inside: usize, outside: Option<usize>| {
            inside > 0 && outside.is_some_and(|outside| quote(outside) == inside)
        };
        if cuts(quote(from), from.checked_sub(1)) || cuts(quote(to - 1), Some(to)) {
            return None;
        }
        let span = self.told.spans.iter().find(|span| {
            (span.from, span.to) == (from, to)
                && matches!(span.kind, instruction::Kind::Quoted | instruction::Kind::Number)
        });
        let text = span.map_or_else(|| self.told.slice(from, to).to_owned(), |span| span.text.clone());
        let is_day = || {
            self.told
                .spans
                .iter()
                .any(|span| (span.from, span.to) == (from, to) && matches!(span.kind, instruction::Kind::Day(_)))
        };
        let fits = match kind {
            Kind::Text | Kind::List => {
                self.told.words.get(from).is_some_and(|word| word.quote > 0 || !word.stop || word.proper)
            }
            Kind::Number => to == from + 1 && Form::Digits.of(&text).is_some(),
            Kind::Day => is_day(),
        };
        fits.then_some(text)
    }
}

/// Whether two words say the same.
fn same(own: &Word, said: &Word) -> bool {
    let meaning = || own.concepts.iter().any(|group| said.concepts.contains(group));
    own.is(&said.stem) || said.is(&own.stem) || own.quote == 0 && said.quote == 0 && meaning()
}

/// Whether a word of a goal may be there or not.
fn is_filler(word: &Word) -> bool {
    word.quote == 0 && (word.stop || matches!(word.stem.as_str(), "please" | "bitte" | "now" | "just"))
}

/// The things of a list: `Ada, "Bruno" and Cem`.
#[must_use]
pub fn items(list: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    for word in list.split_inclusive([' ', ',', ';']) {
        let bare = word.trim().trim_end_matches([',', ';']);
        let joins = ["and", "or", "und", "&"].contains(&bare);
        if let Some(item) = items.last_mut().filter(|_| !joins) {
            item.push_str(word.trim_end_matches([',', ';']));
        }
        if joins || word.ends_with([',', ';']) {
            items.push(String::new());
        }
    }
    let clean = |item: String| item.trim().trim_matches(['"', '“', '”', '\'']).to_owned();
    items.into_iter().map(clean).filter(|item| !item.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(kinds: &[(&str, Kind)]) -> BTreeMap<String, Parameter> {
        let parameter = |kind| Parameter { kind, examples: Vec::new() };
        kinds.iter().map(|(name, kind)| ((*name).to_owned(), parameter(*kind))).collect()
    }

    fn align(template: &str, goal: &str) -> Option<Vec<(String, String)>> {
        let kinds = parameters(&[("quantity", Kind::Number), ("product", Kind::Text), ("day", Kind::Day)]);
        Some(Template::parse(template).unwrap().align(goal, &kinds)?.into_iter().collect())
    }

    fn pairs(pairs: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        Some(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_goal_in_the_words_of_the_template_fills_its_places() {
        let template = "order {quantity} of {product}";
        let found = [
            align(template, "order 2 of Lapis Blue Mug"),
            align(template, "Please order 12 of the \"cup of tea\"."),
            align(template, "buy 2 of Lapis Blue Mug"),
        ];
        let expected = [
            pairs(&[("product", "Lapis Blue Mug"), ("quantity", "2")]),
            pairs(&[("product", "cup of tea"), ("quantity", "12")]),
            pairs(&[("product", "Lapis Blue Mug"), ("quantity", "2")]),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_goal_that_wants_something_else_does_not_fit() {
        let goals =
            ["cancel 2 of Lapis Blue Mug", "order some of Lapis Blue Mug", "order 2 of", "", "delete everything"];
        assert_eq!(goals.map(|goal| align("order {quantity} of {product}", goal)), [const { None }; 5]);
    }

    #[test]
    fn a_day_is_written_as_the_field_wants_it() {
        let found = align("book a table on {day}", "book a table on March 5, 2026").unwrap();
        let template = Template::parse("{day|iso} or {day|slashed}").unwrap();
        assert_eq!(template.fill(&found.into_iter().collect()), Some("2026-03-05 or 03/05/2026".to_owned()));
    }

    #[test]
    fn a_template_is_written_as_it_is_read() {
        let texts = ["order {quantity} of {product}", "{day|iso}", "a {{brace}}", ""];
        assert_eq!(texts.map(|text| Template::parse(text).unwrap().to_string()), texts);
        let wrong = ["{a", "a}", "{a|b}", "{a b}"].map(|text| Template::parse(text).is_err());
        assert_eq!(wrong, [true; 4]);
    }

    #[test]
    fn a_list_is_cut_at_its_commas() {
        assert_eq!(items("Ada, \"Bruno Barr\" and Cem"), ["Ada", "Bruno Barr", "Cem"]);
    }
}
