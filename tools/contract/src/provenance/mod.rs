//! Tracing the text of an argument to where it was first seen.

mod claims;
mod decode;
mod forms;
mod passage;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;
use url::Url;

pub use claims::Claims;

use crate::{Call, Label, Observation, Source};
use forms::Text;
use passage::{Passage, Record};

/// Words of a long text that are looked at one by one.
const WORDS: usize = 4000;
/// A text that has so many words of the goal may be what it is about.
const ABOUT: usize = 2;
/// So many words in a row are no accident.
const PHRASE: usize = 5;

/// Everything a run has been told and has seen, so that a value can be traced.
///
/// This is the only place where trusted labels are made, and they are made from what the user
/// gave when the run began, never from an observation.
#[derive(Debug, Clone)]
pub struct Provenance {
    told: Arc<Told>,
    seen: Vec<Arc<Passage>>,
    /// Tools that reach nothing but what is the user's.
    kept: BTreeSet<String>,
}

/// What the user gave.
#[derive(Debug)]
struct Told {
    goal: Text,
    /// The words of the goal and the inputs that few other texts have.
    words: Vec<Text>,
    /// All words of the goal.
    wishes: BTreeSet<String>,
    inputs: BTreeMap<String, Text>,
}

/// Where a text, or a part of one, was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub source: Source,
    /// The step at which it was seen there; 0 for what the user gave and for the planner's own.
    pub step: u64,
    /// Whether the goal points at it: it was asked for by words of the goal, or it stands beside them.
    pub pointed: bool,
    /// Whether it is the whole of a field or line there, and not a part of running text.
    pub field: bool,
    /// Whether it stands beside words of the goal that few other texts have.
    pub beside: bool,
    /// Whether it stands in text that tells somebody what to do.
    pub instructs: bool,
    /// Whether that text has several words of the goal, so that it may be what the goal is about.
    pub about: bool,
}

impl Trace {
    /// What the user has said.
    fn told(text: &str, source: Source) -> Self {
        Self { pointed: true, field: true, beside: true, about: true, source, ..Self::own(text) }
    }

    /// What stands nowhere, and so is the planner's own.
    fn own(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            source: Source::Model,
            step: 0,
            pointed: false,
            field: false,
            beside: false,
            instructs: false,
            about: false,
        }
    }
}

impl Provenance {
    /// A run that has been told `goal` (with the steps of a task file, if any) and `inputs`.
    #[must_use]
    pub fn new(goal: &str, inputs: &BTreeMap<String, String>) -> Self {
        let words = words::distinct(goal).chain(inputs.values().flat_map(|input| words::distinct(input)));
        let words = words.map(|word| Text::new(&word)).collect();
        let wishes = words::wishes(goal);
        let inputs = inputs.iter().map(|(name, value)| (name.clone(), Text::new(value))).collect();
        Self {
            told: Arc::new(Told { goal: Text::new(goal), words, wishes, inputs }),
            seen: Vec::new(),
            kept: BTreeSet::new(),
        }
    }

    /// Takes what the tool `name` tells for the user's own affair, as that of one that reaches nothing beyond.
    pub fn keep(&mut self, name: &str) {
        self.kept.insert(name.to_owned());
    }

    /// Remembers what was observed at `step`. A source that claims to be trusted is not believed.
    pub fn witness(&mut self, observation: &Observation, step: u64) {
        self.remember(None, observation, step);
    }

    /// Remembers what `call` brought at `step`. The goal points at it if it names what the call asked for.
    pub fn witness_of(&mut self, call: &Call, observation: &Observation, step: u64) {
        self.remember(Some(call), observation, step);
    }

    fn remember(&mut self, call: Option<&Call>, observation: &Observation, step: u64) {
        let asked = call.is_some_and(|call| self.points(call) || self.opens(call));
        for source in observation.label().sources() {
            let source = if source.is_trusted() { Source::Model } else { source.clone() };
            let pointed = asked || self.names(&source);
            let passage = Passage::new(source, step, observation).noted(|record| self.note(record));
            let passage = if pointed { passage.pointed() } else { passage };
            if !self.seen.iter().any(|known| known.covers(&passage)) {
                self.seen.push(Arc::new(passage));
            }
        }
    }

    /// Notes what `record` has of the goal.
    fn note(&self, record: &mut Record) {
        record.beside = self.told.words.iter().any(|word| record.text.holds(word));
        let shared = forms::words(record.text.as_str());
        let shared = shared.filter(|word| self.told.wishes.contains(*word) && words::tells(word));
        record.about = shared.collect::<BTreeSet<_>>().len() >= ABOUT;
    }

    /// Whether the goal names this page, address or file.
    fn names(&self, source: &Source) -> bool {
        match source {
            Source::Page(place) | Source::Url(place) => {
                let host = Url::parse(place).ok().and_then(|url| url.host_str().map(str::to_owned));
                host.is_some_and(|host| self.user(&Text::new(&host)).is_some())
            }
            Source::File(path) => self.user(&Text::new(path)).is_some(),
            _ => false,
        }
    }

    /// Whether some argument of `call` was named by the user, a number alone aside.
    fn points(&self, call: &Call) -> bool {
        let named = |text: &str| {
            let text = Text::new(text);
            !text.is_empty() && !text.is_number() && text.as_str().len() > 2 && self.user(&text).is_some()
        };
        let distinct = |text: &str| {
            let text = Text::new(text);
            self.told.words.iter().any(|word| text.holds(word))
        };
        // A question in words of the goal.
        let about = |text: &str| {
            let text = text.to_lowercase();
            let shared = forms::words(&text).filter(|word| self.told.wishes.contains(*word) && words::tells(word));
            shared.collect::<BTreeSet<_>>().len() >= ABOUT
        };
        leaves(&Value::Object(call.args.clone())).iter().any(|text| named(text) || distinct(text) || about(text))
    }

    /// Whether `call` opens something of which the goal pointed at the list.
    fn opens(&self, call: &Call) -> bool {
        let listed = |(name, value): (&String, &Value)| {
            let selects = words::of_name(name).last().is_some_and(|word| words::is("selects", word));
            selects && self.traces(value).iter().any(|trace| trace.pointed && trace.field)
        };
        call.args.iter().any(listed)
    }

    /// The untrusted places this run has read from.
    pub fn taints(&self) -> impl Iterator<Item = &Source> {
        self.seen.iter().map(|passage| &passage.source)
    }

    /// Where `value` came from. What stands in the goal or an input is the user's, even if a page
    /// shows it too; what stands nowhere is the planner's own.
    #[must_use]
    pub fn trace(&self, value: &Value) -> Label {
        let traces = self.traces(value);
        let labels = traces.into_iter().map(|trace| Label::of(trace.source));
        labels.reduce(|one, other| one.join(&other)).unwrap_or_else(|| Label::of(Source::Goal))
    }

    /// The same, part by part: each text of `value` as a whole if it stands somewhere, else the parts
    /// of it that do, with the planner's own.
    #[must_use]
    pub fn traces(&self, value: &Value) -> Vec<Trace> {
        leaves(value).iter().flat_map(|text| self.trace_text(text)).collect()
    }

    fn trace_text(&self, text: &str) -> Vec<Trace> {
        let whole = Text::new(text);
        let found = self.find(&whole, text);
        if !found.is_empty() {
            return found;
        }
        for decoded in decode::forms(text) {
            let found = self.find(&Text::new(&decoded), &decoded);
            if !found.is_empty() {
                return found;
            }
        }
        let parts = decode::parts(text);
        if parts.len() > 1 {
            return parts.iter().flat_map(|part| self.trace_text(part)).collect();
        }
        let mut traces = vec![Trace::own(text)];
        for part in telling(text) {
            let known = Text::new(&part);
            if self.user(&known).is_none() {
                traces.extend(self.outside(&known, &part));
            }
        }
        traces
    }

    fn find(&self, text: &Text, shown: &str) -> Vec<Trace> {
        match self.user(text) {
            Some(source) => vec![Trace::told(shown, source)],
            None => self.outside(text, shown),
        }
    }

    /// Where the user has said it.
    fn user(&self, text: &Text) -> Option<Source> {
        if text.is_empty() || self.told.goal.holds(text) {
            return Some(Source::Goal);
        }
        let input = self.told.inputs.iter().find(|(_, value)| value.holds(text));
        input.map(|(name, _)| Source::Input(name.clone()))
    }

    /// Where else it stands.
    fn outside(&self, text: &Text, shown: &str) -> Vec<Trace> {
        let found = self.seen.iter().filter_map(|passage| {
            let places = passage.find(text);
            (!places.is_empty()).then(|| Trace {
                text: shown.to_owned(),
                source: passage.source.clone(),
                step: passage.step,
                pointed: passage.pointed || places.iter().any(|place| place.record.beside),
                field: places.iter().any(|place| place.field),
                beside: places.iter().any(|place| place.record.beside),
                about: places.iter().any(|place| place.record.about),
                instructs: places.iter().any(|place| place.record.instructs),
            })
        });
        found.collect()
    }
}

/// Every text and number in `value`.
fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(leaves).collect(),
        Value::Object(map) => map.values().flat_map(leaves).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

/// The parts of a text that tell where it is from: names and long numbers, and words in a row.
fn telling(text: &str) -> Vec<String> {
    let words: Vec<_> = text.split_whitespace().take(WORDS).collect();
    let bare = |word: &&str| word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '/').to_owned();
    let names = words.iter().map(bare).filter(|word| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        forms::is_name(&word.to_lowercase()) || digits >= 4 || digits > 0 && word.len() >= 8
    });
    let phrases = words.windows(PHRASE).map(|window| window.join(" "));
    names.chain(phrases).collect()
}

#[cfg(test)]
mod tests;
