//! What an endpoint and its model can do, found out by asking.
//!
//! Three short questions, each of which can only be answered as meant by who has the ability that it is about.

use std::fmt;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::planner::PlannerError;

use super::{
    config::Config,
    line::{Fault, Line},
    wire,
};

/// A red square of 64 pixels, as a PNG file in Base64.
const RED: &str = concat!(
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAS0lEQVR42u3PQQkAAAgAsetfWiP4FgYrsKZeS0BAQEBAQEBA",
    "QEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEDgsqnc8OJg6Ln3AAAAAElFTkSuQmCC",
);

/// What a model can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// It calls functions.
    pub tools: bool,
    /// What it writes is held to a schema.
    pub schema: bool,
    /// It reads pictures.
    pub images: bool,
    /// It thinks before it answers.
    pub reasoning: bool,
}

impl Abilities {
    /// Asks the model that `config` describes; it costs some hundred tokens.
    ///
    /// # Errors
    ///
    /// [`PlannerError`] if the endpoint cannot be used at all. That it refuses a question is an answer.
    pub async fn probe(config: &Config) -> Result<Self, PlannerError> {
        let probe = Probe { line: Line::new(config)?, config };
        let plain = probe.ask(json!({}), json!("Say hello.")).await??;
        let function = json!({ "type": "function", "function": {
            "name": "paint", "description": "Paints it.",
            "parameters": { "type": "object", "properties": { "colour": { "type": "string" } }, "required": ["colour"] }
        } });
        let tools = probe.ask(json!({ "tools": [function] }), json!("Call `paint` with the colour red.")).await?.ok();
        let schema = json!({
            "type": "object", "properties": { "colour": { "type": "string" } }, "required": ["colour"],
            "additionalProperties": false
        });
        let format = json!({ "type": "json_schema", "json_schema": { "name": "paint", "schema": schema } });
        // Who is not held to the schema says the word alone.
        let schema = probe.ask(json!({ "response_format": format }), json!("Say the one word red.")).await?.ok();
        let picture = json!([
            { "type": "text", "text": "Which colour is this? Say one word." },
            { "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{RED}") } }
        ]);
        let images = probe.ask(json!({}), picture).await?.ok();
        let answers = [Some(&plain), tools.as_ref(), schema.as_ref(), images.as_ref()];
        Ok(Self {
            reasoning: answers.into_iter().flatten().any(thinks),
            tools: tools.as_ref().is_some_and(paints),
            schema: schema.as_ref().is_some_and(is_held),
            images: images.as_ref().is_some_and(|answer| text(answer).to_lowercase().contains("red")),
        })
    }
}

impl fmt::Display for Abilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            ("tools", self.tools),
            ("JSON schema", self.schema),
            ("images", self.images),
            ("reasoning", self.reasoning),
        ];
        let words = all.map(|(name, can)| if can { name.to_owned() } else { format!("no {name}") });
        write!(f, "{}", words.join(", "))?;
        let answers = if self.tools {
            "tools"
        } else if self.schema {
            "schema"
        } else {
            "lines"
        };
        write!(f, "; under `[model]`: `answers = \"{answers}\"`")?;
        if self.images { write!(f, ", `images = \"stagnation\"`") } else { Ok(()) }
    }
}

struct Probe<'a> {
    line: Line,
    config: &'a Config,
}

impl Probe<'_> {
    /// The completion for one question, or why the endpoint refuses it.
    async fn ask(&self, more: Value, content: Value) -> Result<Result<Value, PlannerError>, PlannerError> {
        let mut request = json!({
            "model": self.config.model, "messages": [{ "role": "user", "content": content }]
        });
        if let (Value::Object(request), Value::Object(more)) = (&mut request, more) {
            request.extend(more);
        }
        match self.line.send(&request, Instant::now() + self.config.patience).await {
            Ok(completion) => Ok(Ok(completion)),
            Err(Fault::End(error @ PlannerError::Endpoint { status: 400 | 404 | 415 | 422 | 500 | 501, .. })) => {
                Ok(Err(error))
            }
            Err(Fault::End(error)) => Err(error),
            Err(Fault::Garbled(problem)) => Ok(Err(PlannerError::Nonsense(problem))),
        }
    }
}

fn text(completion: &Value) -> String {
    wire::message(completion).map(|message| message.text).unwrap_or_default()
}

fn paints(completion: &Value) -> bool {
    let message = wire::message(completion);
    message.is_ok_and(|message| message.calls.first().is_some_and(|call| call.name == "paint"))
}

fn is_held(completion: &Value) -> bool {
    serde_json::from_str::<Value>(&text(completion))
        .is_ok_and(|value| value.get("colour").is_some_and(Value::is_string))
}

/// Whether a model has thought before it answered, in whichever way that is told.
fn thinks(completion: &Value) -> bool {
    let told = |place: &str| completion.pointer(place).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    let content = completion.pointer("/choices/0/message/content").and_then(Value::as_str).unwrap_or_default();
    wire::usage(completion).reasoning > 0
        || told("/choices/0/message/reasoning_content")
        || told("/choices/0/message/reasoning")
        || content.contains("</think>")
}
