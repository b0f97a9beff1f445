//! The calls of a reply, in whichever form the model has written them.
//!
//! Calls in the place for calls are taken as they are. Models and servers that cannot do that write them into the
//! text: as JSON, in the marks of their chat template, or as lines. Such text is taken only if it says one thing; what
//! says two things, breaks off or only talks is sent back. Text that is marked as data is never a call.

use std::iter;

use serde_json::{Map, Value, json};

use super::{
    data,
    dialect::Dialect,
    functions::{FunctionCall, Functions},
    wire::{self, MOST_CALLS, Message},
};

/// How templates mark a call, with what ends it.
const MARKS: [(&str, &str); 4] = [
    ("<tool_call>", "</tool_call>"),
    ("[TOOL_CALLS]", "\n"),
    ("<|python_tag|>", "<|eom_id|>"),
    ("<function_call>", "</function_call>"),
];

/// The calls of `message`.
///
/// # Errors
///
/// What is wrong, for the model to read.
pub(super) fn calls(
    message: &Message,
    functions: &Functions<'_>,
    dialect: Dialect,
) -> Result<Vec<FunctionCall>, String> {
    let found = match message.calls.is_empty() {
        false => message.calls.clone(),
        true => written(&message.text, functions, dialect)?,
    };
    match found.len() {
        0 => {
            let text = data::line(&message.text, 200);
            let how = if dialect == Dialect::Lines { "; a call stands on a line of its own" } else { "" };
            Err(format!("it calls no function; text alone does nothing (`{text}`){how}"))
        }
        count if count > MOST_CALLS => Err(format!("it calls {count} functions; call at most {MOST_CALLS} at once")),
        _ => Ok(found),
    }
}

fn written(text: &str, functions: &Functions<'_>, dialect: Dialect) -> Result<Vec<FunctionCall>, String> {
    // What a model quotes of a page is no call.
    let own: Vec<_> = text.lines().filter(|line| !line.starts_with(data::MARK)).collect();
    let text = own.join("\n");
    if let Some((begin, end)) = MARKS.into_iter().find(|(begin, _)| text.contains(begin)) {
        return marked(&text, begin, end);
    }
    let found = objects(&text)?;
    if !found.is_empty() {
        return Ok(found);
    }
    lines(&own, functions, dialect)
}

/// The calls between the marks of a template.
fn marked(text: &str, begin: &str, end: &str) -> Result<Vec<FunctionCall>, String> {
    let parts = text.split(begin).skip(1).map(|part| part.split(end).next().unwrap_or(part).trim());
    let mut found = Vec::new();
    for part in parts {
        let value: Value =
            serde_json::from_str(part).map_err(|error| format!("a function call is not valid JSON: {error}"))?;
        found.extend(listed(&value).ok_or("a function call needs a `name`")?);
    }
    Ok(found)
}

/// The calls that stand as JSON in `text`, with nothing but blanks and commas between them.
fn objects(text: &str) -> Result<Vec<FunctionCall>, String> {
    let mut found: Vec<Vec<FunctionCall>> = Vec::new();
    let (mut rest, mut apart) = (text, false);
    while let Some(at) = rest.find(['{', '[']) {
        let (before, from) = rest.split_at(at);
        let mut values = serde_json::Deserializer::from_str(from).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                let end = values.byte_offset();
                if let Some(calls) = listed(&value) {
                    apart |= !found.is_empty() && before.contains(|letter: char| letter.is_alphanumeric());
                    found.push(calls);
                }
                rest = from.get(end..).unwrap_or_default();
            }
            Some(Err(error)) if error.is_eof() && from.contains("\"name\"") => {
                return Err(format!("the JSON of the reply breaks off: {error}"));
            }
            _ => rest = from.get(1..).unwrap_or_default(),
        }
    }
    let differ = found.iter().zip(found.iter().skip(1)).any(|(one, other)| one != other);
    match found.len() {
        0 | 1 => Ok(found.into_iter().flatten().collect()),
        _ if !differ => Ok(found.into_iter().next().unwrap_or_default()),
        _ if apart => Err("it gives several answers; give one".to_owned()),
        _ => Ok(found.into_iter().flatten().collect()),
    }
}

/// The calls that `value` is: one, a list of them, or an object around such a list. `None` if it is something else.
fn listed(value: &Value) -> Option<Vec<FunctionCall>> {
    if let Value::Array(values) = value {
        let calls: Option<Vec<_>> = values.iter().map(listed).collect();
        return calls.map(|calls| calls.into_iter().flatten().collect()).filter(|calls: &Vec<_>| !calls.is_empty());
    }
    if let Some(inner) = ["steps", "tool_calls", "calls"].iter().find_map(|name| value.get(*name)) {
        return listed(inner);
    }
    let inner = value.get("function").filter(|inner| inner.is_object()).unwrap_or(value);
    if let Some(name) = inner.get("function").and_then(Value::as_str) {
        return wire::read_function(&json!({ "name": name, "arguments": inner.get("arguments")? }))
            .map(|call| vec![call]);
    }
    let known = ["arguments", "parameters", "args", "input"].iter().any(|place| inner.get(*place).is_some());
    wire::read_function(inner).filter(|_| known).map(|call| vec![call])
}

/// The calls that stand as lines. Where lines were asked for, other lines are passed over; elsewhere they are the whole
/// reply or nothing.
fn lines(own: &[&str], functions: &Functions<'_>, dialect: Dialect) -> Result<Vec<FunctionCall>, String> {
    let mut found = Vec::new();
    for line in own.iter().map(|line| bare(line)).filter(|line| !line.is_empty() && !line.starts_with("```")) {
        match command(line, functions) {
            Some(Ok(call)) => found.push(call),
            Some(Err(problem)) if dialect == Dialect::Lines => {
                return Err(format!("`{}`: {problem}", data::line(line, 80)));
            }
            _ if dialect == Dialect::Lines => {}
            _ => return Ok(Vec::new()),
        }
    }
    Ok(found)
}

/// `line` without what lists and talk put before and around it.
fn bare(line: &str) -> &str {
    let mut line = line.trim().trim_matches('`').trim();
    for start in ["- ", "* ", "> ", "Action:", "action:", "Next:"] {
        line = line.strip_prefix(start).unwrap_or(line).trim_start();
    }
    match line.split_once(['.', ')']) {
        Some((number, rest)) if !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit()) => {
            rest.trim().trim_matches('`')
        }
        _ => line,
    }
}

/// The call that `line` is: a function and its arguments, as JSON or in a row. `None` if it begins with no function.
fn command(line: &str, functions: &Functions<'_>) -> Option<Result<FunctionCall, String>> {
    let (word, rest) = line.split_once(|letter: char| letter.is_whitespace() || letter == '(').unwrap_or((line, ""));
    let (name, verb, schema) = functions.spoken(word.trim_end_matches(':'))?;
    let rest = rest.trim();
    let rest = rest.strip_suffix(')').filter(|_| line.contains('(') && !rest.contains('(')).unwrap_or(rest);
    let arguments = if rest.starts_with('{') {
        serde_json::from_str(rest).map_err(|error| format!("the arguments are not valid JSON: {error}"))
    } else {
        words(rest).and_then(|words| placed(words, schema))
    };
    let arguments = arguments.map(|mut arguments| {
        if let Some(verb) = verb {
            arguments.insert("do".to_owned(), verb.into());
        }
        FunctionCall { name: name.to_owned(), arguments: Value::Object(arguments).to_string() }
    });
    Some(arguments)
}

/// One word of a line, with the name of its argument if that stands before it.
type Word = (Option<String>, Value);

/// The words of `text`; what stands in quotation marks is one, spelled as in JSON.
fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches([' ', ',', '\t']);
    while !rest.is_empty() {
        let end = rest.find([' ', ',', '\t', '"', '=']).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(end);
        let (name, value) = match tail.strip_prefix('=').filter(|_| is_name(head)) {
            Some(value) => (Some(head.to_owned()), value),
            None => (None, rest),
        };
        let (value, left) = word(value)?;
        found.push((name, value));
        rest = left.trim_start_matches([' ', ',', '\t']);
    }
    Ok(found)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// The first word of `text` and what comes after it.
fn word(text: &str) -> Result<(Value, &str), String> {
    if text.starts_with('"') {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let value = values.next().and_then(Result::ok).ok_or("a text is not closed; write it as in JSON")?;
        return Ok((value.into(), text.get(values.byte_offset()..).unwrap_or_default()));
    }
    let (word, left) = text.split_at(text.find([' ', ',', '\t']).unwrap_or(text.len()));
    Ok((word.into(), left))
}

/// The arguments that `words` give: by name, else those that must be given, in their order. What is left over can
/// only be the `text`.
fn placed(words: Vec<Word>, schema: &Value) -> Result<Map<String, Value>, String> {
    let mut arguments = Map::new();
    let needed = super::arguments::required(schema);
    let takes_text = super::arguments::names(schema).contains(&"text");
    for (name, value) in words {
        let free = needed.iter().copied().chain(iter::once("text").filter(|_| takes_text));
        let name = match name {
            Some(name) => name,
            None => free
                .filter(|name| *name != "do")
                .find(|name| !arguments.contains_key(*name))
                .ok_or_else(|| format!("what is {value}? Write NAME=VALUE"))?
                .to_owned(),
        };
        if arguments.insert(name.clone(), value).is_some() {
            return Err(format!("`{name}` is given twice"));
        }
    }
    Ok(arguments)
}
