//! What a model wrote as arguments, held against the schema that it was given.
//!
//! Only the top level is checked here. Tools check the rest, and policy judges what they describe.

use serde_json::{Map, Value};

use super::data;

/// Deeper values than this are of no use to any tool, and the record has to hold them.
const DEEPEST: usize = 32;

/// `text` as arguments.
///
/// # Errors
///
/// What is wrong, for the model to read.
pub(super) fn parse(text: &str) -> Result<Map<String, Value>, String> {
    let text = if text.trim().is_empty() { "{}" } else { text };
    let value: Value =
        serde_json::from_str(text).map_err(|error| format!("the arguments are not valid JSON: {error}"))?;
    let value = match value {
        // Some endpoints wrap the text in a text.
        Value::String(inner) => serde_json::from_str(&inner).unwrap_or_default(),
        value => value,
    };
    let Value::Object(arguments) = value else {
        return Err("the arguments must be one JSON object".to_owned());
    };
    if arguments.values().any(|value| is_deeper(value, DEEPEST)) {
        return Err("the arguments are nested too deep".to_owned());
    }
    Ok(arguments)
}

/// `arguments` as `schema` describes them. An optional argument that is null counts as not given, and a value whose
/// meaning is plain is brought into the type that is asked for: `7` for a text, `"5"` for a number.
///
/// # Errors
///
/// What is wrong, for the model to read.
pub(super) fn fit(mut arguments: Map<String, Value>, schema: &Value) -> Result<Map<String, Value>, String> {
    let required = required(schema);
    arguments.retain(|name, value| !value.is_null() || required.contains(&name.as_str()));
    for (name, property) in properties(schema) {
        if let Some(value) = arguments.get_mut(name)
            && let Some(meant) = meant(value, property)
        {
            *value = meant;
        }
    }
    check(&arguments, &required, schema)?;
    Ok(arguments)
}

/// The arguments of `schema` that must be given.
pub(super) fn required(schema: &Value) -> Vec<&str> {
    strings(schema.get("required"))
}

/// The names of all arguments of `schema`.
pub(super) fn names(schema: &Value) -> Vec<&str> {
    properties(schema).map(|(name, _)| name.as_str()).collect()
}

/// The arguments of `schema`.
pub(super) fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// What fits `schema`, as an outline: `{"answer": {"order": string}, "evidence": string}`, or what there is to choose
/// from, `open|click`.
pub(super) fn shape(schema: &Value) -> String {
    let choices = strings(schema.get("enum"));
    if !choices.is_empty() {
        return choices.join("|");
    }
    let parts: Vec<_> = properties(schema).map(|(name, part)| format!("\"{name}\": {}", shape(part))).collect();
    match schema.get("type") {
        _ if !parts.is_empty() => format!("{{{}}}", parts.join(", ")),
        Some(Value::String(kind)) => kind.clone(),
        _ => "..".to_owned(),
    }
}

/// `value` in the type that `schema` names, if it is of another type and can mean only that.
fn meant(value: &Value, schema: &Value) -> Option<Value> {
    let kind = schema.get("type")?.as_str()?;
    if is_of(value, kind) {
        return None;
    }
    let meant = match (value, kind) {
        (Value::Number(number), "string") if !number.is_f64() => Value::String(number.to_string()),
        // Some write 3.0 for 3.
        (Value::Number(number), "integer") => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0)?;
            Value::from(format!("{whole:.0}").parse::<i64>().ok()?)
        }
        (Value::String(text), "integer" | "number" | "boolean" | "object" | "array") => {
            let value = serde_json::from_str(text.trim()).ok()?;
            meant(&value, schema).unwrap_or(value)
        }
        _ => return None,
    };
    is_of(&meant, kind).then_some(meant)
}

/// Whether `value` has more than `limit` levels below it.
pub(super) fn is_deeper(value: &Value, limit: usize) -> bool {
    match value {
        Value::Array(values) => limit == 0 || values.iter().any(|value| is_deeper(value, limit - 1)),
        Value::Object(map) => limit == 0 || map.values().any(|value| is_deeper(value, limit - 1)),
        _ => false,
    }
}

fn check(arguments: &Map<String, Value>, required: &[&str], schema: &Value) -> Result<(), String> {
    if let Some(name) = required.iter().find(|name| !arguments.contains_key(**name)) {
        return Err(format!("`{name}` is missing"));
    }
    for (name, value) in arguments {
        let Some((_, property)) = properties(schema).find(|(known, _)| *known == name) else {
            let mut names = names(schema);
            names.sort_unstable();
            let takes = if names.is_empty() { "nothing".to_owned() } else { format!("`{}`", names.join("`, `")) };
            return Err(format!("it does not take `{}`, only {takes}", data::line(name, 40)));
        };
        fits(value, property).map_err(|expected| format!("`{name}` must be {expected}"))?;
    }
    Ok(())
}

/// Whether `value` is of the type that `schema` names; otherwise what it should be.
fn fits(value: &Value, schema: &Value) -> Result<(), String> {
    let kinds = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind.as_str()],
        other => strings(other),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is_of(value, kind)) {
        let expected = kinds.iter().map(|kind| words(kind)).collect::<Vec<_>>().join(" or ");
        return Err(expected);
    }
    if let Some(Value::Array(choices)) = schema.get("enum")
        && !choices.contains(value)
    {
        let choices: Vec<_> = choices.iter().map(Value::to_string).collect();
        return Err(format!("one of {}", choices.join(", ")));
    }
    let inner = schema.get("additionalProperties").filter(|inner| inner.is_object());
    if let (Some(inner), Value::Object(map)) = (inner, value)
        && let Some(expected) = map.values().find_map(|value| fits(value, inner).err())
    {
        return Err(format!("an object in which every value is {expected}"));
    }
    Ok(())
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        _ => true,
    }
}

fn words(kind: &str) -> &str {
    match kind {
        "string" => "a string",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "object" => "an object",
        "array" => "an array",
        other => other,
    }
}

fn strings(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamassu_contract::{Effect, Kind, Verb};
    use serde_json::json;

    fn problem(text: &str) -> String {
        let verb = Verb::new("fill", Effect::Write, "fills")
            .needs("target", Kind::Text, "")
            .takes("times", Kind::Integer, "")
            .takes("headers", Kind::Pairs, "");
        parse(text).and_then(|arguments| fit(arguments, &verb.schema)).unwrap_err()
    }

    #[test]
    fn an_optional_null_counts_as_not_given() {
        let verb = Verb::new("read", Effect::Read, "").needs("path", Kind::Text, "").takes("from", Kind::Integer, "");
        let read = fit(parse(r#"{"path":"a","from":null}"#).unwrap(), &verb.schema);
        assert_eq!(Value::from(read.unwrap()), json!({ "path": "a" }));
    }

    #[test]
    fn a_value_that_can_mean_only_one_thing_is_taken_for_it() {
        let verb = Verb::new("fill", Effect::Write, "")
            .needs("target", Kind::Text, "")
            .takes("times", Kind::Integer, "")
            .takes("on", Kind::Flag, "")
            .takes("headers", Kind::Pairs, "");
        let text = r#"{"target":7,"times":"3.0","on":"true","headers":"{\"a\":\"b\"}"}"#;
        let read = fit(parse(text).unwrap(), &verb.schema).unwrap();
        assert_eq!(Value::from(read), json!({ "target": "7", "times": 3, "on": true, "headers": { "a": "b" } }));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let deep = format!(r#"{{"target":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
        let problems = [
            problem("{\"target\": \"7\""),
            problem(r#"{"target":"7","times":1e400}"#),
            problem(&deep),
            problem("[1]"),
            problem("{}"),
            problem(r#"{"target":null}"#),
            problem(r#"{"target":7.5}"#),
            problem(r#"{"target":"7","times":1.5}"#),
            problem(r#"{"target":"7","headers":{"a":1}}"#),
            problem(r#"{"target":"7","Target":"8"}"#),
        ];
        assert_eq!(
            problems,
            [
                "the arguments are not valid JSON: EOF while parsing an object at line 1 column 14",
                "the arguments are not valid JSON: number out of range at line 1 column 27",
                "the arguments are not valid JSON: recursion limit exceeded at line 1 column 137",
                "the arguments must be one JSON object",
                "`target` is missing",
                "`target` must be a string",
                "`target` must be a string",
                "`times` must be a whole number",
                "`headers` must be an object in which every value is a string",
                "it does not take `Target`, only `headers`, `target`, `times`",
            ]
        );
    }
}
