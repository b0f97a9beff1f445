//! In which form a model is to answer.
//!
//! What an endpoint can do is known from the configuration or found out: one that does not know `tools` refuses
//! them or passes them over, and then the next form is asked for.

use serde_json::{Map, Value, json};

use crate::planner::PlannerError;

use super::functions::Functions;

/// A form of answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Calls of functions, which the endpoint is told as `tools`.
    Tools,
    /// JSON that the endpoint holds to a schema (`response_format`).
    Schema,
    /// Lines of text, for endpoints that do nothing but talk.
    Lines,
}

impl Dialect {
    /// The dialect called `name` in a configuration: `tools`, `schema` or `lines`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [("tools", Self::Tools), ("schema", Self::Schema), ("lines", Self::Lines)]
            .into_iter()
            .find_map(|(known, dialect)| (known == name).then_some(dialect))
    }

    /// The one to try when this one does not work.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Tools => Self::Schema,
            Self::Schema | Self::Lines => Self::Lines,
        }
    }

    /// Whether `error` says that the endpoint does not know this form.
    pub(super) fn is_refused(self, error: &PlannerError) -> bool {
        let PlannerError::Endpoint { status: 400 | 422 | 500 | 501, message } = error else { return false };
        let words: &[&str] = match self {
            Self::Tools => &["tool", "function"],
            Self::Schema => &["response_format", "json_schema", "schema", "grammar"],
            Self::Lines => &[],
        };
        let said = message.split(';').next().unwrap_or_default().to_lowercase();
        words.iter().any(|word| said.contains(word))
    }

    /// Its number among all, to be kept in an atomic.
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Tools => 0,
            Self::Schema => 1,
            Self::Lines => 2,
        }
    }

    /// The dialect of that number.
    pub(super) fn numbered(number: u8) -> Self {
        match number {
            0 => Self::Tools,
            1 => Self::Schema,
            _ => Self::Lines,
        }
    }

    /// What the system message says of how to answer.
    pub(super) fn rules(self, functions: &Functions<'_>) -> String {
        let how = match self {
            Self::Tools => return String::new(),
            Self::Schema => "Answer with JSON alone: {\"steps\": [{\"name\": FUNCTION, \"arguments\": {..}}, ..]}.",
            Self::Lines => {
                "Answer with lines alone, one for each call: the function's name, then its arguments as JSON, such as \
                 `ask {\"question\": \"which size?\"}`."
            }
        };
        let listed = functions.iter().map(|function| {
            let arguments: Vec<_> = super::arguments::properties(&function.schema)
                .map(|(name, schema)| match super::arguments::shape(schema).as_str() {
                    "string" | ".." => name.clone(),
                    shape => format!("{name}: {shape}"),
                })
                .collect();
            format!("\n- {}({}): {}", function.name, arguments.join(", "), function.about)
        });
        format!("\n\n{how} The functions:{}", listed.collect::<String>())
    }

    /// Puts what the endpoint is to hold the answer to into `request`.
    pub(super) fn constrain(self, request: &mut Map<String, Value>, functions: &Functions<'_>) {
        match self {
            Self::Tools => {
                let tools = functions.iter().map(|function| {
                    let (name, about, schema) = (&function.name, &function.about, &function.schema);
                    json!({ "type": "function", "function": { "name": name, "description": about, "parameters": schema } })
                });
                request.insert("tools".to_owned(), tools.collect());
            }
            Self::Schema => {
                let schema = steps(functions);
                let format = json!({ "type": "json_schema", "json_schema": { "name": "steps", "schema": schema } });
                request.insert("response_format".to_owned(), format);
            }
            Self::Lines => {}
        }
    }
}

/// The schema of a list of calls. Definitions move to its root, where references to them point.
fn steps(functions: &Functions<'_>) -> Value {
    let mut root = Map::new();
    let mut steps = Vec::new();
    for function in functions.iter() {
        let mut arguments = function.schema.clone();
        for name in ["$defs", "definitions"] {
            if let Some(found) = arguments.as_object_mut().and_then(|arguments| arguments.remove(name)) {
                root.insert(name.to_owned(), found);
            }
        }
        steps.push(json!({
            "type": "object",
            "properties": { "name": { "const": function.name }, "arguments": arguments },
            "required": ["name", "arguments"], "additionalProperties": false
        }));
    }
    let steps = json!({ "type": "array", "minItems": 1, "items": { "anyOf": steps } });
    root.insert("type".to_owned(), "object".into());
    root.insert("properties".to_owned(), json!({ "steps": steps }));
    root.insert("required".to_owned(), json!(["steps"]));
    root.insert("additionalProperties".to_owned(), false.into());
    Value::Object(root)
}
