//! What rules read of the context, so that nothing else of it is made for them.
//!
//! To make a context takes longer than to judge by it, and most of one is for the few packs that ask.

use std::collections::BTreeMap;

use cedar_policy::{Policy, RestrictedExpression};
use lamassu_contract::PolicyError;
use serde_json::{Map, Value};

use super::{
    depth,
    entities::{Attributes, record},
};

/// A rule of more operators is not taken apart, which would go as deep as it does.
const MOST: usize = 100;

/// What is read of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reads {
    /// All of it, or it is no record.
    Whole,
    /// These attributes alone. One of which nothing is read is asked for no more than whether it is there.
    Parts(BTreeMap<String, Self>),
}

impl Default for Reads {
    fn default() -> Self {
        Self::Parts(BTreeMap::new())
    }
}

impl Reads {
    /// What `rule` reads of the context. Whatever it does with it other than to read attributes counts as
    /// reading all.
    pub(super) fn of(rule: &Policy) -> Self {
        if depth::operators(&rule.to_string()) > MOST {
            return Self::Whole;
        }
        let Ok(rule) = rule.to_json() else { return Self::Whole };
        let mut reads = Self::default();
        reads.gather(&rule);
        reads
    }

    /// What is read of the attribute `name`; none if it is not even asked for.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Whole => Some(self),
            Self::Parts(parts) => parts.get(name),
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Whole, _) => {}
            (_, Self::Whole) => *self = Self::Whole,
            (Self::Parts(parts), Self::Parts(others)) => {
                for (name, other) in others {
                    parts.entry(name.clone()).or_default().merge(other);
                }
            }
        }
    }

    /// Adds what the expressions in `json`, in Cedar's own form, read.
    fn gather(&mut self, json: &Value) {
        if let Some(path) = path(json) {
            self.add(&path, &Self::Whole);
            return;
        }
        if let Some((left, name)) = part(json, "has")
            && let Some(mut path) = path(left)
        {
            path.push(name);
            self.add(&path, &Self::default());
            return;
        }
        match json {
            Value::Array(items) => items.iter().for_each(|item| self.gather(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.gather(field)),
            _ => {}
        }
    }

    fn add(&mut self, path: &[&str], reads: &Self) {
        let Some((name, rest)) = path.split_first() else { return self.merge(reads) };
        if let Self::Parts(parts) = self {
            parts.entry((*name).to_owned()).or_default().add(rest, reads);
        }
    }
}

/// The attributes that lead from the context to what `json` stands for: of `context.run.steps`, the last two.
fn path(json: &Value) -> Option<Vec<&str>> {
    if json.get("Var").and_then(Value::as_str) == Some("context") {
        return Some(Vec::new());
    }
    let (left, name) = part(json, ".")?;
    let mut path = path(left)?;
    path.push(name);
    Some(path)
}

/// The two sides of `operator`, if that is what `json` is.
fn part<'a>(json: &'a Value, operator: &str) -> Option<(&'a Value, &'a str)> {
    let sides: &Map<String, Value> = json.get(operator)?.as_object()?;
    Some((sides.get("left")?, sides.get("attr")?.as_str()?))
}

/// A record of which only what is read is made.
pub(super) struct Told<'a> {
    reads: &'a Reads,
    fields: Attributes,
}

impl<'a> Told<'a> {
    pub(super) fn to(reads: &'a Reads) -> Self {
        Self { reads, fields: Attributes::new() }
    }

    /// With the attribute `name`, which is no record.
    pub(super) fn with(mut self, name: &str, make: impl FnOnce() -> RestrictedExpression) -> Self {
        if self.reads.get(name).is_some() {
            self.fields.push((name.to_owned(), make()));
        }
        self
    }

    /// With the attribute `name`, of which in turn only what is read is made.
    pub(super) fn with_part(
        mut self,
        name: &str,
        make: impl FnOnce(&Reads) -> Result<RestrictedExpression, PolicyError>,
    ) -> Result<Self, PolicyError> {
        if let Some(reads) = self.reads.get(name) {
            self.fields.push((name.to_owned(), make(reads)?));
        }
        Ok(self)
    }

    pub(super) fn fields(self) -> Attributes {
        self.fields
    }

    pub(super) fn record(self) -> Result<RestrictedExpression, PolicyError> {
        record(self.fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(conditions: &str) -> Reads {
        let rule = format!("permit (principal, action, resource) {conditions};");
        Reads::of(&rule.parse().unwrap())
    }

    fn parts<const N: usize>(parts: [(&str, Reads); N]) -> Reads {
        Reads::Parts(parts.into_iter().map(|(name, reads)| (name.to_owned(), reads)).collect())
    }

    #[test]
    fn only_what_a_rule_reads_is_made_for_it() {
        let none = Reads::default;
        let cases = [
            ("", none()),
            ("when { resource.path == \"context\" && principal has run }", none()),
            ("when { context.run.steps < 3 }", parts([("run", parts([("steps", Reads::Whole)]))])),
            ("when { context[\"run\"][\"steps\"] < 3 }", parts([("run", parts([("steps", Reads::Whole)]))])),
            ("when { context.args has text }", parts([("args", parts([("text", none())]))])),
            (
                "unless { context.args has text && context.args.text.trusted }",
                parts([("args", parts([("text", parts([("trusted", Reads::Whole)]))]))]),
            ),
            ("when { context.run == context.claims }", parts([("run", Reads::Whole), ("claims", Reads::Whole)])),
            ("when { context.run == {} && context.run.steps < 3 }", parts([("run", Reads::Whole)])),
            ("when { (if true then context else context).run.steps < 3 }", Reads::Whole),
            ("when { {Var: context}.Var.run.steps < 3 }", Reads::Whole),
            (&format!("when {{ context.run.steps < 3 {} }}", "&& true ".repeat(MOST)), Reads::Whole),
            ("when { [context.run.mode].contains(\"script\") }", parts([("run", parts([("mode", Reads::Whole)]))])),
        ];
        for (conditions, expected) in cases {
            assert_eq!(reads(conditions), expected, "{conditions}");
        }
    }

    #[test]
    fn what_several_rules_read_is_what_any_of_them_reads() {
        let mut all = reads("when { context.run.steps < 3 }");
        all.merge(&reads("when { context.run.mode == \"script\" }"));
        all.merge(&reads("when { context has args }"));
        let run = parts([("steps", Reads::Whole), ("mode", Reads::Whole)]);
        assert_eq!(all, parts([("run", run), ("args", Reads::default())]));
        all.merge(&reads("when { context == {} }"));
        assert_eq!(all, Reads::Whole);
    }
}
