//! What endpoints send, read leniently.
//!
//! Servers that call themselves compatible differ in everything but the outline, so nothing here
//! is a closed enum or a required field beyond what a reply cannot do without. It never knows what
//! the functions mean.

use serde_json::Value;

use crate::planner::Usage;

use super::{arguments, data, functions::FunctionCall};

/// Deeper messages than this are nothing that was asked for.
const DEEPEST: usize = 40;
/// More calls than this in one reply are a model that lost its way.
pub(super) const MOST_CALLS: usize = 32;

/// One assistant message.
#[derive(Debug)]
pub(super) struct Message {
    /// What it says besides calling functions.
    pub(super) text: String,
    /// The functions it calls, in order.
    pub(super) calls: Vec<FunctionCall>,
}

/// What a completion has cost; zero for what the endpoint does not tell.
pub(super) fn usage(completion: &Value) -> Usage {
    let count = |paths: &[&str]| {
        let counts = paths.iter().filter_map(|path| completion.pointer(path)).filter_map(Value::as_u64);
        counts.max().unwrap_or_default()
    };
    let input = count(&["/usage/prompt_tokens", "/usage/input_tokens"]);
    let cached = count(&["/usage/prompt_tokens_details/cached_tokens", "/usage/prompt_cache_hit_tokens"]);
    let output = count(&["/usage/completion_tokens", "/usage/output_tokens"]);
    let reasoning = count(&["/usage/completion_tokens_details/reasoning_tokens", "/usage/reasoning_tokens"]);
    Usage { input, cached: cached.min(input), output, reasoning: reasoning.min(output), money: None }
}

/// The message of a completion.
///
/// # Errors
///
/// What is wrong with it, for the model to read.
pub(super) fn message(completion: &Value) -> Result<Message, String> {
    let choice = completion.pointer("/choices/0").ok_or("the reply was empty")?;
    match choice.get("finish_reason").and_then(Value::as_str) {
        Some("length") => return Err("the reply was cut off because it was too long; be shorter".to_owned()),
        Some("content_filter") => return Err("the reply was withheld by a content filter".to_owned()),
        _ => {}
    }
    let message = choice.get("message").and_then(Value::as_object).ok_or("the reply was empty")?;
    if message.values().any(|value| arguments::is_deeper(value, DEEPEST)) {
        return Err("the reply is nested too deep".to_owned());
    }
    let calls = match message.get("tool_calls") {
        None | Some(Value::Null) => Vec::new(),
        Some(calls) => read_calls(calls)?,
    };
    let text = [text_of(message.get("content")), text_of(message.get("refusal"))].concat();
    Ok(Message { text: spoken(&text), calls })
}

fn read_calls(calls: &Value) -> Result<Vec<FunctionCall>, String> {
    let calls = calls.as_array().ok_or("`tool_calls` must be a list")?;
    if calls.len() > MOST_CALLS {
        return Err(format!("it calls {} functions; call at most {MOST_CALLS} at once", calls.len()));
    }
    let function = |call: &Value| call.get("function").and_then(read_function);
    calls.iter().map(|call| function(call).ok_or_else(|| "a function call needs a `name`".to_owned())).collect()
}

/// A function with its arguments, however the endpoint or the model spells these two.
pub(super) fn read_function(function: &Value) -> Option<FunctionCall> {
    let name = function.get("name")?.as_str()?.to_owned();
    let places = ["arguments", "parameters", "args", "input"];
    let arguments = match places.iter().find_map(|place| function.get(*place)) {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    Some(FunctionCall { name, arguments })
}

/// What an endpoint says went wrong, from the body of an error, in one short line.
pub(super) fn complaint(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let places = ["/error/message", "/error", "/message", "/detail"];
    let said = places.iter().find_map(|place| value.pointer(place).and_then(Value::as_str));
    let line = data::line(said.unwrap_or(&text).trim(), 300);
    if line.is_empty() { "no reason given".to_owned() } else { line }
}

/// The text of a message's content, which is text or a list of parts.
fn text_of(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|part| part.get("text").unwrap_or(part).as_str());
            texts.collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}

/// `text` without what some models think aloud in front of it.
fn spoken(text: &str) -> String {
    text.rsplit_once("</think>").map_or(text, |(_, spoken)| spoken).trim().to_owned()
}
