//! The shape of the answer: a JSON Schema, or the short form `name = "string"`.

use serde_json::{Map, Value, json};

use super::{
    document::{Entry, Section, either},
    error::TaskError,
};

const SHORT: [&str; 4] = ["string", "integer", "number", "boolean"];
const TYPES: [&str; 7] = ["string", "integer", "number", "boolean", "object", "array", "null"];

/// Reads `[output]` as a JSON Schema. A table with `type` or `properties` is one already; any other
/// is the short form, an object in which every name is required.
pub(super) fn read(section: &Section<'_>) -> Result<Value, TaskError> {
    if section.get("type").is_some() || section.get("properties").is_some() {
        return schema(section);
    }
    let mut properties = Map::new();
    for entry in section.entries() {
        let kind = entry.raw().ok().filter(|kind| SHORT.contains(kind)).ok_or_else(|| bad_type(&entry, &SHORT))?;
        properties.insert(entry.name.to_owned(), json!({ "type": kind }));
    }
    if properties.is_empty() {
        return Err(section.blame("expected at least one `name = \"string\"`"));
    }
    let required: Vec<_> = properties.keys().cloned().collect();
    Ok(json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false }))
}

/// Checks the keywords that a planner reads; the rest is for the validator.
fn schema(section: &Section<'_>) -> Result<Value, TaskError> {
    if let Some(entry) = section.get("type")
        && let Some(bad) = entry.items().iter().find(|item| !item.raw().is_ok_and(|kind| TYPES.contains(&kind)))
    {
        return Err(bad_type(bad, &TYPES));
    }
    if let Some(properties) = section.section("properties")? {
        for entry in properties.entries() {
            schema(&entry.section()?)?;
        }
    }
    let pairs = section.entries().map(|entry| {
        let value = entry.json(&|text| text.raw().map(str::to_owned))?;
        Ok((entry.name.to_owned(), value))
    });
    pairs.collect()
}

fn bad_type(entry: &Entry<'_>, types: &[&str]) -> TaskError {
    let found = entry.raw().map_or_else(|_| "something else".to_owned(), |kind| format!("`{kind}`"));
    entry.blame(format!("expected {}, found {found}", either(types)))
}
