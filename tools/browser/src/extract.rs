//! Taking values out of a page: by label, by pattern, or as a JSON Schema says.

use lamassu_contract::{Call, Failure, Observation, Permit};
use serde_json::{Map, Number, Value, json};

use crate::{
    describe::pattern,
    escape,
    fault::Fault,
    page::{Prose, Records},
    read::{Seen, text_of},
    session::Session,
};

/// Records of one array that are told at once.
const RECORDS: usize = 100;

/// What to take out of a page.
#[derive(Debug, Clone)]
pub(crate) enum Extraction {
    /// Names, and the labels or patterns that give their values.
    Fields(Vec<(String, String)>),
    /// What a JSON Schema wants, with the number of records to pass over.
    Schema(Vec<Property>, usize),
}

/// One property of a schema.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Property {
    name: String,
    label: String,
    shape: Shape,
}

/// What a property is to be.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Text,
    Number,
    Integer,
    Flag,
    /// An array of values.
    List(Box<Shape>),
    /// An array of objects.
    Records(Vec<Property>),
}

impl Extraction {
    /// Reads the arguments of a call.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Invalid`](lamassu_contract::FailureKind::Invalid): says what is wanted.
    pub(crate) fn parse(call: &Call) -> Result<Self, Failure> {
        let offset = call.optional_integer("offset")?.unwrap_or(0) as usize;
        match (call.args.get("fields"), call.args.get("schema")) {
            (Some(fields), None) => fields_of(fields).map(Self::Fields),
            (None, Some(schema)) => Ok(Self::Schema(properties(schema)?, offset)),
            _ => Err(Failure::invalid("`browser.extract` needs either `fields` or `schema`")),
        }
    }
}

fn fields_of(fields: &Value) -> Result<Vec<(String, String)>, Failure> {
    let wants = || Failure::invalid("`browser.extract` needs an object with text values in `fields`");
    let map = fields.as_object().ok_or_else(wants)?;
    map.iter().map(|(name, value)| Ok((name.clone(), value.as_str().ok_or_else(wants)?.to_owned()))).collect()
}

fn properties(schema: &Value) -> Result<Vec<Property>, Failure> {
    let wants = || Failure::invalid("`browser.extract` needs a JSON Schema with `properties` in `schema`");
    let properties = schema.get("properties").and_then(Value::as_object).ok_or_else(wants)?;
    properties
        .iter()
        .map(|(name, schema)| {
            let title = schema.get("title").and_then(Value::as_str);
            let label = title.map_or_else(|| name.replace(['_', '-'], " "), str::to_owned);
            Ok(Property { name: name.clone(), label, shape: shape(schema)? })
        })
        .collect()
}

fn shape(schema: &Value) -> Result<Shape, Failure> {
    match schema.get("type").and_then(Value::as_str) {
        Some("string") | None => Ok(Shape::Text),
        Some("number") => Ok(Shape::Number),
        Some("integer") => Ok(Shape::Integer),
        Some("boolean") => Ok(Shape::Flag),
        Some("array") => match schema.get("items") {
            Some(items) if items.get("properties").is_some() => {
                let columns = properties(items)?;
                if columns.iter().any(|column| matches!(column.shape, Shape::List(_) | Shape::Records(_))) {
                    return Err(Failure::invalid("an array inside of a record cannot be extracted"));
                }
                Ok(Shape::Records(columns))
            }
            items => match shape(items.unwrap_or(&Value::Null))? {
                Shape::List(_) | Shape::Records(_) => Err(Failure::invalid("an array of arrays cannot be extracted")),
                item => Ok(Shape::List(Box::new(item))),
            },
        },
        Some(other) => Err(Failure::invalid(format!(
            "a value of type `{other}` cannot be extracted; use string, number, integer, boolean or array"
        ))),
    }
}

/// Takes values out of the page.
pub(crate) async fn extract(session: &mut Session, permit: &Permit, extraction: &Extraction) -> Seen {
    let prose = text_of(session, permit, None).await?;
    let mut values = Map::new();
    let mut content = Vec::new();
    match extraction {
        Extraction::Fields(fields) => {
            for (name, wanted) in fields {
                let found = match labelled(wanted, &prose.text) {
                    None => matched(wanted, &prose.text)?,
                    found => found,
                };
                values.insert(name.clone(), found.map_or(Value::Null, Value::from));
            }
            content.extend(values.iter().map(|(name, value)| told(name, value)));
        }
        Extraction::Schema(properties, offset) => {
            for property in properties {
                let (value, more) = value_of(session, property, &prose, *offset).await?;
                content.push(told(&property.name, &value));
                if more > 0 {
                    content.push(format!("({more} more; `extract` on with `offset` {})", offset + RECORDS));
                }
                values.insert(property.name.clone(), value);
            }
        }
    }
    Ok(Observation::from_page(&prose.place.source(), content.join("\n")).with_data(values))
}

/// The value of one property, and how many records follow those in it.
async fn value_of(
    session: &mut Session,
    property: &Property,
    prose: &Prose,
    offset: usize,
) -> Result<(Value, usize), Failure> {
    let columns = match &property.shape {
        Shape::Records(columns) => columns.iter().map(|column| column.label.as_str()).collect(),
        Shape::List(_) => vec![property.label.as_str()],
        shape => {
            let text = labelled(&property.label, &prose.text);
            return Ok((text.map_or(Value::Null, |text| typed(shape, &text)), 0));
        }
    };
    let args = json!({ "labels": columns, "offset": offset, "limit": RECORDS });
    let records: Records = session.ask("records", args).await?;
    if records.place.epoch != prose.place.epoch {
        return Err(Fault::Moved.into());
    }
    let more = records.count.saturating_sub(offset + records.rows.len());
    let rows = records.rows.into_iter();
    let values = match &property.shape {
        Shape::Records(columns) => rows.map(|row| record(columns, row)).collect(),
        Shape::List(item) => rows.filter_map(|row| row.into_iter().next()?).map(|text| typed(item, &text)).collect(),
        _ => Vec::new(),
    };
    Ok((Value::Array(values), more))
}

fn record(columns: &[Property], row: Vec<Option<String>>) -> Value {
    let values = columns
        .iter()
        .zip(row)
        .map(|(column, text)| (column.name.clone(), text.map_or(Value::Null, |text| typed(&column.shape, &text))));
    Value::Object(values.collect())
}

/// One value as a planner reads it.
fn told(name: &str, value: &Value) -> String {
    let name = escape::line(name);
    match value {
        Value::Null => format!("{name}: not found"),
        Value::String(text) => format!("{name}: \"{}\"", escape::quoted(text)),
        Value::Array(values) => {
            let lines = values.iter().map(|value| match value {
                Value::Object(record) => {
                    let parts = record.iter().map(|(name, value)| told(name, value));
                    format!("\n- {}", parts.collect::<Vec<_>>().join(", "))
                }
                Value::String(text) => format!("\n- \"{}\"", escape::quoted(text)),
                other => format!("\n- {other}"),
            });
            format!("{name}: {} found{}", values.len(), lines.collect::<String>())
        }
        other => format!("{name}: {other}"),
    }
}

/// `text` as what it is to be; null if it cannot be that.
fn typed(shape: &Shape, text: &str) -> Value {
    match shape {
        Shape::Number => number(text).and_then(Number::from_f64).map_or(Value::Null, Value::Number),
        Shape::Integer => number(text).filter(|number| number.fract() == 0.0).map_or(Value::Null, |number| {
            // Whole numbers beyond this are not exact.
            if number.abs() < 9e15 { json!(number as i64) } else { Value::Null }
        }),
        Shape::Flag => match text.trim().to_lowercase().as_str() {
            "yes" | "true" | "on" | "✓" | "✔" => Value::Bool(true),
            "no" | "false" | "off" | "✗" | "✘" | "-" => Value::Bool(false),
            _ => Value::Null,
        },
        Shape::Text | Shape::List(_) | Shape::Records(_) => text.trim().into(),
    }
}

/// The first number in `text`. The last of several kinds of separators, and a single one that three
/// digits do not follow, divides the fraction; a single point always does.
fn number(text: &str) -> Option<f64> {
    let start = text.find(|character: char| character.is_ascii_digit())?;
    let (before, rest) = text.split_at(start);
    let end = rest.find(|character: char| !character.is_ascii_digit() && !".,'’\u{a0} ".contains(character));
    let digits = rest.split_at(end.unwrap_or(rest.len())).0.trim_end_matches(|last: char| !last.is_ascii_digit());
    let separators: Vec<_> = digits.match_indices(['.', ',']).collect();
    let fraction = match separators.as_slice() {
        [] => None,
        [(at, separator)] => {
            let grouped = *separator == "," && digits.len() - at == 4;
            (!grouped).then_some(*at)
        }
        [(_, first), .., (at, last)] => (first != last).then_some(*at),
    };
    let mut plain = String::from(if before.trim_end().ends_with(['-', '−']) { "-" } else { "" });
    for (index, character) in digits.char_indices() {
        if character.is_ascii_digit() {
            plain.push(character);
        } else if fraction == Some(index) {
            plain.push('.');
        }
    }
    plain.parse().ok()
}

/// What stands behind a label, on its line or on the next.
fn labelled(wanted: &str, text: &str) -> Option<String> {
    let label = wanted.trim().trim_end_matches(':').to_lowercase();
    let mut lines = text.lines().map(|line| line.trim_start_matches(['#', '-', ' ']));
    while let Some(line) = lines.next() {
        let begins = line.get(..label.len()).is_some_and(|head| head.to_lowercase() == label);
        let Some(rest) = line.get(label.len()..).filter(|_| begins) else { continue };
        let rest = rest.trim_start();
        let value = if rest.is_empty() { Some("") } else { rest.strip_prefix([':', '|']).map(str::trim) };
        match value {
            Some("") => return lines.next().map(|next| next.trim().to_owned()),
            Some(value) => return Some(value.to_owned()),
            None => {}
        }
    }
    None
}

/// What a pattern matches: its first group, or all of it.
fn matched(wanted: &str, text: &str) -> Result<Option<String>, Failure> {
    let found = pattern(wanted)?.captures(text).and_then(|captures| captures.get(1).or_else(|| captures.get(0)));
    Ok(found.map(|found| found.as_str().trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let texts = ["12 EUR", "$1,234.50", "1.234,50 €", "8,50", "1,234", "-3", "1 000 000", "9.99.", "none"];
        let expected = [12.0, 1234.5, 1234.5, 8.5, 1234.0, -3.0, 1_000_000.0, 9.99];
        let numbers: Vec<_> = texts.iter().filter_map(|text| number(text)).collect();
        assert_eq!(numbers, expected);
    }

    #[test]
    fn a_schema_that_cannot_be_filled_is_refused() {
        let schemas = [
            json!([]),
            json!({ "properties": { "a": { "type": "object" } } }),
            json!({ "properties": { "a": { "type": "array", "items": { "type": "array" } } } }),
        ];
        let refused = schemas.iter().filter(|schema| properties(schema).is_err()).count();
        assert_eq!(refused, schemas.len());
    }
}
