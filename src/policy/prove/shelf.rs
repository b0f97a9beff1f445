//! A set of rules, taken apart so that the solver is asked about no more than is open.

use std::collections::HashSet;

use cedar_policy::{Effect, Policy, PolicySet};
use serde_json::Value;

use super::{ProveError, Text, parse};

/// What a rule may be made of without ever failing, once it was validated. Arithmetic can overflow, and
/// so can what makes a value of a text fail.
const HARMLESS: [&str; 24] = [
    "Value",
    "Var",
    "!",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "&&",
    "||",
    "in",
    "is",
    "has",
    ".",
    "like",
    "if-then-else",
    "contains",
    "containsAll",
    "containsAny",
    "isEmpty",
    "Set",
    "Slot",
    "hasTag",
];

/// The rules of a set, each with its text: rules of the same text are the same.
pub(super) struct Shelf {
    rules: Vec<(Policy, String)>,
    fallible: Vec<Policy>,
    /// A rule that permits everything.
    any: Policy,
}

impl Shelf {
    pub(super) fn new(set: &PolicySet) -> Result<Self, ProveError> {
        let mut rules = Vec::new();
        let mut fallible = Vec::new();
        for rule in set.policies() {
            let json = rule.to_json().map_err(|error| ProveError::solver(&error))?;
            if !is_harmless(&json) {
                fallible.push(rule.clone());
            }
            rules.push((rule.clone(), json.to_string()));
        }
        let text = Text { name: "any".to_owned(), body: "permit (principal, action, resource);".to_owned() };
        let any = parse(&text)?.policies().next().cloned().ok_or_else(|| ProveError::solver("there is no rule"))?;
        Ok(Self { rules, fallible, any })
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = &Policy> {
        self.rules.iter().map(|(rule, _)| rule)
    }

    /// The rules that could fail on some request.
    pub(super) fn fallible(&self) -> &[Policy] {
        &self.fallible
    }

    /// Of those rules of this set that are `near`, what could deny something that `other` allows; none if
    /// nothing could. A forbid that stands in both denies nothing of the kind, and where every permit of
    /// `other` stands here too, it is never a permit that is lacking.
    pub(super) fn beyond(&self, other: &Self, near: impl Fn(&Policy) -> bool) -> Option<Vec<Policy>> {
        let (own, others) = (self.texts(), other.texts());
        let forbids = self.of(Effect::Forbid, &near).filter(|(_, text)| !others.contains(text.as_str()));
        let mut open: Vec<_> = forbids.map(|(rule, _)| rule.clone()).collect();
        if other.of(Effect::Permit, &near).all(|(_, text)| own.contains(text.as_str())) {
            if open.is_empty() {
                return None;
            }
            open.push(self.any.clone());
        } else {
            open.extend(self.of(Effect::Permit, &near).map(|(rule, _)| rule.clone()));
        }
        Some(open)
    }

    fn texts(&self) -> HashSet<&str> {
        self.rules.iter().map(|(_, text)| text.as_str()).collect()
    }

    fn of(&self, effect: Effect, near: impl Fn(&Policy) -> bool) -> impl Iterator<Item = &(Policy, String)> {
        self.rules.iter().filter(move |(rule, _)| rule.effect() == effect && near(rule))
    }
}

/// Whether the conditions of a rule are made of what cannot fail. What is not known might.
fn is_harmless(rule: &Value) -> bool {
    let conditions = rule.get("conditions").and_then(Value::as_array);
    conditions.into_iter().flatten().all(|condition| condition.get("body").is_some_and(cannot_fail))
}

fn cannot_fail(expression: &Value) -> bool {
    let Some(parts) = expression.as_object() else { return false };
    parts.iter().all(|(operator, part)| {
        let parts = match part {
            Value::Array(parts) => parts.iter().collect(),
            Value::Object(parts) => {
                parts.iter().filter(|(name, _)| OPERANDS.contains(&name.as_str())).map(|(_, part)| part).collect()
            }
            _ => Vec::new(),
        };
        HARMLESS.contains(&operator.as_str()) && (is_leaf(operator) || parts.into_iter().all(cannot_fail))
    })
}

/// What holds further expressions within an operator.
const OPERANDS: [&str; 7] = ["left", "right", "arg", "if", "then", "else", "in"];

fn is_leaf(operator: &str) -> bool {
    ["Value", "Var", "Slot"].contains(&operator)
}
