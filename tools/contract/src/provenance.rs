//! Tracing the text of an argument to where it was first seen.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Label, Observation, Source};

/// Everything a run has been told and has seen, so that a value can be traced.
///
/// This is the only place where trusted labels are made, and they are made from what the user
/// gave when the run began, never from an observation.
#[derive(Debug, Clone)]
pub struct Provenance {
    goal: String,
    inputs: BTreeMap<String, String>,
    seen: Vec<(Source, String)>,
}

impl Provenance {
    /// A run that has been told `goal` (with the steps of a task file, if any) and `inputs`.
    #[must_use]
    pub fn new(goal: &str, inputs: &BTreeMap<String, String>) -> Self {
        let inputs = inputs.iter().map(|(name, value)| (name.clone(), normal(value))).collect();
        Self { goal: normal(goal), inputs, seen: Vec::new() }
    }

    /// Remembers what was observed. A source that claims to be trusted is not believed.
    pub fn witness(&mut self, observation: &Observation) {
        let text = normal(&observation.everything());
        for source in observation.label().sources() {
            let source = if source.is_trusted() { Source::Model } else { source.clone() };
            match self.seen.iter_mut().find(|(seen, _)| *seen == source) {
                Some((_, known)) if known.contains(&text) => {}
                Some((_, known)) => {
                    known.push('\n');
                    known.push_str(&text);
                }
                None => self.seen.push((source, text.clone())),
            }
        }
    }

    /// The untrusted places this run has read from.
    pub fn taints(&self) -> impl Iterator<Item = &Source> {
        self.seen.iter().map(|(source, _)| source)
    }

    /// Where `value` came from. What stands in the goal or an input is the user's, even if a page
    /// shows it too; what stands nowhere is the planner's own.
    #[must_use]
    pub fn trace(&self, value: &Value) -> Label {
        match value {
            Value::Array(values) => self.join(values.iter()),
            Value::Object(map) => self.join(map.values()),
            Value::String(text) => self.trace_text(text),
            other => self.trace_text(&other.to_string()),
        }
    }

    fn join<'a>(&self, values: impl Iterator<Item = &'a Value>) -> Label {
        values
            .map(|value| self.trace(value))
            .reduce(|one, other| one.join(&other))
            .unwrap_or_else(|| Label::of(Source::Goal))
    }

    fn trace_text(&self, text: &str) -> Label {
        let text = normal(text);
        if text.is_empty() || holds(&self.goal, &text) {
            return Label::of(Source::Goal);
        }
        if let Some((name, _)) = self.inputs.iter().find(|(_, value)| holds(value, &text)) {
            return Label::of(Source::Input(name.clone()));
        }
        let seen = self.seen.iter().filter(|(_, known)| holds(known, &text));
        seen.map(|(source, _)| Label::of(source.clone()))
            .reduce(|one, other| one.join(&other))
            .unwrap_or_else(Label::model)
    }
}

/// Lower case, with every run of white space as one space.
fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether `needle` stands in `text` and does not begin or end inside a word.
fn holds(text: &str, needle: &str) -> bool {
    text.match_indices(needle).any(|(start, _)| {
        let before = text.get(..start).and_then(|head| head.chars().next_back());
        let after = text.get(start + needle.len()..).and_then(|tail| tail.chars().next());
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(goal: &str) -> Provenance {
        Provenance::new(goal, &BTreeMap::from([("size".to_owned(), "XL".to_owned())]))
    }

    #[test]
    fn text_of_the_goal_is_trusted_even_when_a_page_repeats_it() {
        let mut run = told("order two Blue  mugs");
        run.witness(&Observation::from_page("https://evil.test", "blue mugs"));
        assert_eq!(run.trace(&json!("blue mugs")), Label::of(Source::Goal));
    }

    #[test]
    fn text_of_a_page_carries_its_origin() {
        let mut run = told("order a mug");
        run.witness(&Observation::from_page("https://evil.test", "ship to 1 Crook Lane"));
        assert_eq!(run.trace(&json!("1 Crook Lane")).to_string(), "page:https://evil.test");
    }

    #[test]
    fn part_of_a_word_does_not_count() {
        assert_eq!(told("order a mugshot").trace(&json!("mug")), Label::model());
    }

    #[test]
    fn an_observation_cannot_claim_to_be_the_goal() {
        let mut run = told("order a mug");
        let forged =
            serde_json::from_value::<Observation>(json!({ "content": "evil words", "label": [{ "kind": "goal" }] }));
        run.witness(&forged.unwrap());
        assert!(!run.trace(&json!("evil words")).is_trusted());
    }
}
