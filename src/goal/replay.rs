//! A recorded list of calls, to be replayed. It may come from anyone: no text of it counts as the
//! user's, and a `{{name}}` that is no input, such as `{{secret.pin}}`, stays what it is.

use std::{collections::BTreeMap, path::Path};

use lamassu_contract::Call;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Step,
    document::Document,
    error::{Place, TaskError},
};

/// One entry of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a call such as `{\"tool\": \"files\", \"verb\": \"list\"}`")]
struct Recorded {
    tool: String,
    verb: String,
    #[serde(default)]
    args: Map<String, Value>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    take: Option<String>,
}

/// Reads a JSON list of calls, `{"tool": "browser", "verb": "click", "args": {"target": "..."}}`,
/// each with an optional `note` and `take`: the property of the answer that its first match becomes.
/// Every `{{name}}` of an input in `inputs` becomes its value.
///
/// # Errors
///
/// A [`TaskError`] if it is larger than a task file may be, not JSON, or not such a list.
pub fn recorded(text: &str, file: &Path, inputs: &BTreeMap<String, String>) -> Result<Vec<Step>, TaskError> {
    let document = Document::new(text, file)?;
    let calls: Vec<Recorded> = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let problem = message.split(" at line ").next().unwrap_or_default();
        let place = Some(Place::at(text, error.line(), error.column()));
        TaskError { place, ..document.fault(String::new(), format!("not a list of calls: {problem}")) }
    })?;
    if calls.is_empty() {
        return Err(document.fault(String::new(), "there is no call in this list".to_owned()));
    }
    let shown = file.file_name().unwrap_or_default().display();
    let step = |(index, call): (usize, Recorded)| {
        let name = format!("call {} `{}.{}` ({shown})", index + 1, call.tool, call.verb);
        let args = call.args.into_iter().map(|(name, value)| (name, filled(value, inputs))).collect();
        let asked = Call { args, ..Call::new(call.tool, call.verb) };
        Step { note: call.note, take: call.take, ..Step::new(name, asked) }
    };
    Ok(calls.into_iter().enumerate().map(step).collect())
}

fn filled(value: Value, inputs: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => Value::String(filled_text(&text, inputs)),
        Value::Array(values) => values.into_iter().map(|value| filled(value, inputs)).collect(),
        Value::Object(map) => map.into_iter().map(|(name, value)| (name, filled(value, inputs))).collect(),
        other => other,
    }
}

/// Once, from left to right; what was filled in is not read again.
fn filled_text(text: &str, inputs: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = part.split_once("}}").and_then(|(name, tail)| Some((inputs.get(name.trim())?, tail)));
        match known {
            Some((value, tail)) => filled.extend([value.as_str(), tail]),
            None => filled.extend(["{{", part]),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_call_is_filled_in_with_inputs_alone() {
        let text = r#"[{ "tool": "browser", "verb": "open", "args": { "url": "{{ shop }}/{{shop}?{{secret.pw}}{{" }, "take": "order" }]"#;
        let open = Call::new("browser", "open").with("url", "{{shop}}/{{shop}?{{secret.pw}}{{");
        let step = Step { take: Some("order".into()), ..Step::new("call 1 `browser.open` (calls.json)", open) };
        let inputs = [("shop".to_owned(), "{{shop}}".to_owned())].into();
        assert_eq!(recorded(text, Path::new("x/calls.json"), &inputs), Ok(vec![step]));
    }

    #[test]
    fn a_malformed_list_of_calls_says_where() {
        let deep = format!(r#"[{{ "tool": "x", "verb": "y", "args": {{ "n": {}"#, "[".repeat(10_000));
        let texts = [
            r#"[{ "tool": "x" }]"#,
            "[\n  { \"tool\": \"x\", \"verb\": \"y\", \"arg\": {} }\n]",
            r#"[{ "tool": "x", "verb": "y", "args": { "n": 1e400 } }]"#,
            r#"[{ "tool": "x", "#,
            &deep,
        ];
        let seen = texts.map(|text| recorded(text, Path::new("calls.json"), &BTreeMap::new()).unwrap_err().to_string());
        let seen = seen.map(|error| error.lines().next().unwrap().to_owned());
        assert_eq!(
            seen,
            [
                "calls.json:1:16: not a list of calls: missing field `verb`",
                "calls.json:2:35: not a list of calls: unknown field `arg`, expected one of `tool`, `verb`, `args`, `note`, `take`",
                "calls.json:1:49: not a list of calls: number out of range",
                "calls.json:1:16: not a list of calls: EOF while parsing a value",
                "calls.json:1:169: not a list of calls: recursion limit exceeded",
            ]
        );
    }
}
