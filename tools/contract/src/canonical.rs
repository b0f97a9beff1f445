//! One byte form for a JSON value, whatever order its keys were written in.

use serde_json::Value;

/// The canonical form of `value`: every item is tagged and length-prefixed, keys are sorted.
///
/// Two values have the same form exactly if they are equal, so that a digest of it can stand
/// for the value. Numbers are written as `serde_json` prints them.
#[must_use]
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(b'z'),
        Value::Bool(true) => out.push(b't'),
        Value::Bool(false) => out.push(b'f'),
        Value::Number(number) => item(b'n', number.to_string().as_bytes(), out),
        Value::String(text) => item(b's', text.as_bytes(), out),
        Value::Array(values) => {
            length(b'a', values.len(), out);
            values.iter().for_each(|value| write(value, out));
        }
        Value::Object(map) => {
            length(b'o', map.len(), out);
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            for (key, value) in entries {
                item(b'k', key.as_bytes(), out);
                write(value, out);
            }
        }
    }
}

fn item(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    length(tag, bytes.len(), out);
    out.extend_from_slice(bytes);
}

fn length(tag: u8, length: usize, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&(length as u64).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::canonical;
    use serde_json::json;

    #[test]
    fn the_order_of_keys_does_not_matter() {
        let one: serde_json::Value = serde_json::from_str(r#"{"a":1,"b":[true,null]}"#).unwrap();
        let other: serde_json::Value = serde_json::from_str(r#"{"b":[true,null],"a":1}"#).unwrap();
        assert_eq!(canonical(&one), canonical(&other));
    }

    #[test]
    fn moving_a_boundary_changes_the_form() {
        assert_ne!(canonical(&json!(["ab", "c"])), canonical(&json!(["a", "bc"])));
        assert_ne!(canonical(&json!("1")), canonical(&json!(1)));
    }
}
