//! What endpoints send, read leniently.
//!
//! Servers that call themselves compatible differ in everything but the outline, so nothing here
//! is a closed enum or a required field beyond what a reply cannot do without. It never knows what
//! the functions mean.

use serde_json::{Map, Value, json};

use crate::planner::Usage;

use super::{arguments, data};

/// Deeper messages than this cannot be kept in the record.
const DEEPEST: usize = 40;
/// More calls than this in one reply are a model that lost its way.
const MOST_CALLS: usize = 32;

/// One assistant message.
#[derive(Debug)]
pub(super) struct Message {
    /// The message as it is sent back in later requests, with everything the provider added.
    pub(super) kept: Value,
    /// What it says besides calling functions.
    pub(super) text: String,
    /// The functions it calls, in order.
    pub(super) calls: Vec<FunctionCall>,
}

/// One call of a function, not yet understood.
#[derive(Debug)]
pub(super) struct FunctionCall {
    /// The function's name, exactly as written.
    pub(super) name: String,
    /// The arguments, as JSON text.
    pub(super) arguments: String,
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
    Usage { input, cached: cached.min(input), output }
}

/// The message of a completion. Calls without a usable id get one that is made from `turn`.
///
/// # Errors
///
/// What is wrong with it, for the model to read.
pub(super) fn message(completion: &Value, turn: usize) -> Result<Message, String> {
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
    let mut kept: Map<_, _> = message
        .iter()
        .filter(|(_, value)| !is_empty(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    kept.insert("role".to_owned(), "assistant".into());
    kept.entry("content").or_insert(Value::Null);
    let calls = match kept.get_mut("tool_calls") {
        Some(calls) => read_calls(calls, turn)?,
        None => Vec::new(),
    };
    let text = [text_of(message.get("content")), text_of(message.get("refusal"))].concat();
    Ok(Message { kept: Value::Object(kept), text: spoken(&text), calls })
}

/// Reads the calls and brings them into the form in which every endpoint takes them back.
fn read_calls(calls: &mut Value, turn: usize) -> Result<Vec<FunctionCall>, String> {
    let calls = calls.as_array_mut().ok_or("`tool_calls` must be a list")?;
    if calls.len() > MOST_CALLS {
        return Err(format!("it calls {} functions; call at most {MOST_CALLS} at once", calls.len()));
    }
    let mut ids: Vec<String> = Vec::new();
    let mut read = Vec::new();
    for (index, call) in calls.iter_mut().enumerate() {
        let call = call.as_object_mut().ok_or("a function call must be an object")?;
        let id = call.get("id").and_then(Value::as_str).filter(|id| !id.is_empty() && id.len() <= 256);
        let id = match id.filter(|id| !ids.iter().any(|other| other == id)) {
            Some(id) => id.to_owned(),
            None => format!("call_{turn}_{index}"),
        };
        call.insert("id".to_owned(), id.as_str().into());
        ids.push(id);
        if !call.get("type").is_some_and(Value::is_string) {
            call.insert("type".to_owned(), "function".into());
        }
        let function = call.get_mut("function").and_then(Value::as_object_mut);
        read.push(read_function(function.ok_or("a function call needs a `function`")?)?);
    }
    Ok(read)
}

fn read_function(function: &mut Map<String, Value>) -> Result<FunctionCall, String> {
    let name = function.get("name").and_then(Value::as_str).ok_or("a function call needs a `name`")?.to_owned();
    let arguments = match function.get("arguments") {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    function.insert("arguments".to_owned(), arguments.as_str().into());
    Ok(FunctionCall { name, arguments })
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

/// The assistant message that would have proposed this, for turns that another planner proposed.
pub(super) fn assistant(calls: &[(String, String, String)]) -> Value {
    let calls: Vec<_> = calls
        .iter()
        .map(|(id, name, arguments)| {
            json!({ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } })
        })
        .collect();
    json!({ "role": "assistant", "content": null, "tool_calls": calls })
}

/// Whether sending `value` back would only invite a complaint.
fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
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
