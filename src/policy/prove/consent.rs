//! The same rules with the consent fixed, so that "with it" and "without it" can be compared.

use cedar_policy::{Policy, PolicySet};
use serde_json::{Value, json};

/// What is known about the consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    /// Nobody has consented: no name, no age.
    None,
    /// Somebody has; who and when is open.
    Given,
}

impl Consent {
    /// The value of `context.approval.NAME`, where it is fixed.
    fn value(self, name: &str) -> Option<Value> {
        match (self, name) {
            (Self::None, "granted") => Some(json!(false)),
            (Self::None, "by") => Some(json!("")),
            (Self::None, "age") => Some(json!(0)),
            (Self::Given, "granted") => Some(json!(true)),
            _ => None,
        }
    }

    /// `rules` as they are with this consent.
    ///
    /// # Errors
    ///
    /// In words, if a rule looks at the consent as a whole: then nothing can be put in its place.
    pub(super) fn fix(self, rules: &PolicySet) -> Result<PolicySet, String> {
        let mut fixed = PolicySet::new();
        for rule in rules.policies() {
            fixed.add(self.fix_rule(rule)?).map_err(|error| error.to_string())?;
        }
        Ok(fixed)
    }

    fn fix_rule(self, rule: &Policy) -> Result<Policy, String> {
        let mut json = rule.to_json().map_err(|error| error.to_string())?;
        if let Some(conditions) = json.get_mut("conditions") {
            self.walk(conditions).map_err(|problem| format!("the rule `{}` {problem}", rule.id()))?;
        }
        Policy::from_json(Some(rule.id().clone()), json).map_err(|error| error.to_string())
    }

    fn walk(self, expression: &mut Value) -> Result<(), &'static str> {
        if let Some(name) = part(expression, is_approval) {
            if let Some(value) = self.value(&name) {
                *expression = json!({ "Value": value });
            }
            return Ok(());
        }
        if is_approval(expression) {
            return Err("looks at `context.approval` as a whole; name what it looks at, such as `.granted`");
        }
        // Whatever else is read from the context is left as it is. The consent is always there.
        if part(expression, is_context).is_some() || tests(expression) {
            return Ok(());
        }
        if is_context(expression) {
            return Err("looks at `context` as a whole; name what it looks at, such as `context.effect`");
        }
        match expression {
            Value::Array(parts) => parts.iter_mut().try_for_each(|part| self.walk(part)),
            Value::Object(parts) => parts.values_mut().try_for_each(|part| self.walk(part)),
            _ => Ok(()),
        }
    }
}

fn is_context(expression: &Value) -> bool {
    expression.get("Var").is_some_and(|name| name == "context")
}

fn is_approval(expression: &Value) -> bool {
    part(expression, is_context).is_some_and(|name| name == "approval")
}

/// The name in `OF.name`.
fn part(expression: &Value, of: fn(&Value) -> bool) -> Option<String> {
    let access = expression.get(".")?;
    let name = access.get("attr")?.as_str()?;
    access.get("left").is_some_and(of).then(|| name.to_owned())
}

/// Whether it is `context has ..` or `context.approval has ..`.
fn tests(expression: &Value) -> bool {
    let left = expression.get("has").and_then(|has| has.get("left"));
    left.is_some_and(|left| is_context(left) || is_approval(left))
}
