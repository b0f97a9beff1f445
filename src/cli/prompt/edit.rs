//! Changing the arguments of a call where they stand.

use rustyline::{Behavior, Config, Editor, error::ReadlineError, history::MemHistory};
use serde_json::Value;

use super::tell;
use crate::{Call, visible};

/// Another call instead, with the same verb; nothing if none of its arguments was changed.
pub(super) async fn edited(call: &Call) -> Option<Call> {
    let changed = call.clone();
    tokio::task::spawn_blocking(move || each(changed)).await.ok().flatten().filter(|changed| changed != call)
}

/// Offers one argument after the other to be changed.
fn each(mut call: Call) -> Option<Call> {
    let config = Config::builder().behavior(Behavior::PreferTerm).build();
    let mut editor = Editor::<(), _>::with_history(config, MemHistory::new()).ok()?;
    tell("     change what is to be changed; enter goes on, Ctrl-C leaves all as it was");
    for (name, value) in &mut call.args {
        *value = argument(&mut editor, name, value)?;
    }
    Some(call)
}

/// What becomes of one argument; nothing if the person wants to change nothing after all.
fn argument(editor: &mut Editor<(), MemHistory>, name: &str, value: &Value) -> Option<Value> {
    let mut text = spelled(value);
    loop {
        text = match editor.readline_with_initial(&format!("     {}: ", visible(name)), (&text, "")) {
            Ok(text) => text,
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => return None,
            Err(error) => {
                tell(&format!("     it cannot be edited here: {error}"));
                return None;
            }
        };
        match read(&text, value) {
            Ok(value) => return Some(value),
            Err(error) => tell(&format!("     that is not JSON: {error}")),
        }
    }
}

/// The value as it can be typed: plain text as it is, all else as JSON in which nothing is hidden.
fn spelled(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        value => value.to_string().chars().map(escaped).collect(),
    }
}

fn is_plain(text: &str) -> bool {
    !text.starts_with('"') && visible(text) == text
}

fn escaped(sign: char) -> String {
    let text = sign.to_string();
    if visible(&text) == text {
        return text;
    }
    sign.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// What was typed in place of `before`.
fn read(text: &str, before: &Value) -> Result<Value, serde_json::Error> {
    if before.is_string() && !text.starts_with('"') { Ok(text.into()) } else { serde_json::from_str(text) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_is_left_as_it_is_shown_stays_what_it_was() {
        let values = [
            json!("two mugs"),
            json!(""),
            json!("\"quoted\""),
            json!("a\nb\t\u{1b}[2J"),
            json!("5\u{202e},000 \u{e0041}"),
            json!("back\\slash"),
            json!(3),
            json!({ "a": [true, null, "\u{200b}"] }),
        ];
        for value in values {
            let shown = spelled(&value);
            assert_eq!((read(&shown, &value).unwrap(), visible(&shown)), (value, shown.clone()));
        }
    }
}
