//! What a planner asks for, in its own words, and what a tool offers to be asked for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{Effect, Failure};

/// A request for one verb of one tool. It carries no authority.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The tool's name, such as `files`.
    pub tool: String,
    /// The verb's name, such as `read`.
    pub verb: String,
    /// The arguments by name.
    #[serde(default)]
    pub args: Map<String, Value>,
}

impl Call {
    /// A call without arguments.
    #[must_use]
    pub fn new(tool: impl Into<String>, verb: impl Into<String>) -> Self {
        Self { tool: tool.into(), verb: verb.into(), args: Map::new() }
    }

    /// The same call with one more argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// `tool.verb`, the name under which policies know this action.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.tool, self.verb)
    }

    /// The text argument `name`.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Invalid`](crate::FailureKind::Invalid) if it is missing or not text.
    pub fn text(&self, name: &str) -> Result<&str, Failure> {
        self.optional_text(name)?.ok_or_else(|| self.wants(name, "text"))
    }

    /// The text argument `name`, if it was given.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Invalid`](crate::FailureKind::Invalid) if it is not text.
    pub fn optional_text(&self, name: &str) -> Result<Option<&str>, Failure> {
        match self.args.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wants(name, "text")),
        }
    }

    /// The whole, non-negative number `name`, if it was given.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Invalid`](crate::FailureKind::Invalid) if it is anything else.
    pub fn optional_integer(&self, name: &str) -> Result<Option<u64>, Failure> {
        match self.args.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or_else(|| self.wants(name, "a whole number")),
        }
    }

    /// The flag `name`; a missing one is `false`.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Invalid`](crate::FailureKind::Invalid) if it is not a boolean.
    pub fn flag(&self, name: &str) -> Result<bool, Failure> {
        match self.args.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.wants(name, "true or false")),
        }
    }

    fn wants(&self, name: &str, what: &str) -> Failure {
        Failure::invalid(format!("`{}` needs {what} in `{name}`", self.name()))
    }
}

/// What an argument may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Flag,
    /// An object with string values, such as headers.
    Pairs,
    /// Any JSON value.
    Json,
}

impl Kind {
    fn schema(self, about: &str) -> Value {
        match self {
            Self::Text => json!({ "type": "string", "description": about }),
            Self::Integer => json!({ "type": "integer", "description": about }),
            Self::Flag => json!({ "type": "boolean", "description": about }),
            Self::Pairs => json!({
                "type": "object", "description": about, "additionalProperties": { "type": "string" }
            }),
            Self::Json => json!({ "description": about }),
        }
    }
}

/// One thing a tool can be asked to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verb {
    /// The verb's name within its tool.
    pub name: String,
    /// One sentence for a planner: what happens.
    pub about: String,
    /// The least effect this verb can have; an action may only be more guarded.
    pub effect: Effect,
    /// The arguments as a JSON Schema object. Unknown arguments are refused.
    pub schema: Value,
    /// Whether it is seldom needed, so that a planner who reads what is offered can be spared the details.
    #[serde(default, skip_serializing_if = "is_false")]
    pub rare: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks in this way")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Verb {
    /// A verb that takes no arguments.
    #[must_use]
    pub fn new(name: &str, effect: Effect, about: &str) -> Self {
        let schema = json!({
            "type": "object", "properties": {}, "required": [], "additionalProperties": false
        });
        Self { name: name.to_owned(), about: about.to_owned(), effect, schema, rare: false }
    }

    /// The same verb, marked as seldom needed.
    #[must_use]
    pub fn seldom(mut self) -> Self {
        self.rare = true;
        self
    }

    /// The same verb with an argument that must be given.
    #[must_use]
    pub fn needs(mut self, name: &str, kind: Kind, about: &str) -> Self {
        if let Some(Value::Array(required)) = self.schema.get_mut("required") {
            required.push(name.into());
        }
        self.takes(name, kind, about)
    }

    /// The same verb with an argument that may be given.
    #[must_use]
    pub fn takes(mut self, name: &str, kind: Kind, about: &str) -> Self {
        if let Some(Value::Object(properties)) = self.schema.get_mut("properties") {
            properties.insert(name.to_owned(), kind.schema(about));
        }
        self
    }
}
