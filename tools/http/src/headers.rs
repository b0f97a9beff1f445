//! The headers of a request: which a call may set, and which of them hold secrets.

use std::collections::BTreeSet;

use lamassu_contract::{Call, Failure};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use crate::text::quoted;

/// How many bytes of headers a call may set.
const MOST_BYTES: usize = 64 * 1024;
/// How many headers a call may set.
const MOST: usize = 64;

/// Headers that say where a request goes or how it is framed. The tool alone writes them: two
/// readers that disagree about them see two different requests.
const OURS: [&str; 9] =
    ["connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

/// Headers by which some servers take another method than the one that was judged.
const OTHER_METHOD: [&str; 3] = ["x-http-method", "x-http-method-override", "x-method-override"];

/// The headers a call asks for, in canonical form.
#[derive(Debug, Default)]
pub(crate) struct Headers {
    /// Those with their values.
    pub(crate) plain: HeaderMap,
    /// Those whose value is a secret.
    pub(crate) secret: Vec<SecretHeader>,
}

/// A header whose value is a secret.
#[derive(Debug)]
pub(crate) struct SecretHeader {
    /// Its name.
    pub(crate) name: HeaderName,
    /// The secret's name.
    pub(crate) secret: String,
}

impl SecretHeader {
    /// What the permit knows its value by.
    pub(crate) fn argument(&self) -> String {
        format!("secret_headers.{}", self.name)
    }
}

impl Headers {
    /// Reads `headers` and `secret_headers` of `call`.
    pub(crate) fn parse(call: &Call) -> Result<Self, Failure> {
        let mut headers = Self::default();
        let mut seen = BTreeSet::new();
        for (name, value) in pairs(call, "headers")? {
            let name = parse_name(&name, &mut seen)?;
            headers.plain.insert(name.clone(), parse_value(&name, &value)?);
        }
        for (name, secret) in pairs(call, "secret_headers")? {
            headers.secret.push(SecretHeader { name: parse_name(&name, &mut seen)?, secret });
        }
        let plain = headers.plain.iter().map(|(name, value)| name.as_str().len() + value.len());
        if seen.len() > MOST || plain.sum::<usize>() > MOST_BYTES {
            let message = format!("a request may set {MOST} headers of {MOST_BYTES} bytes in all; leave some out");
            return Err(Failure::invalid(message));
        }
        Ok(headers)
    }

    /// The names of all of them, in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        let secret = self.secret.iter().map(|header| &header.name);
        let mut names: Vec<_> = self.plain.keys().chain(secret).map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    /// The canonical form of the argument `headers`.
    pub(crate) fn plain_value(&self) -> Value {
        let text = |value: &HeaderValue| Value::from(String::from_utf8_lossy(value.as_bytes()));
        self.plain.iter().map(|(name, value)| (name.to_string(), text(value))).collect::<Map<_, _>>().into()
    }

    /// The canonical form of the argument `secret_headers`.
    pub(crate) fn secret_value(&self) -> Value {
        let entry = |header: &SecretHeader| (header.name.to_string(), Value::from(header.secret.as_str()));
        self.secret.iter().map(entry).collect::<Map<_, _>>().into()
    }
}

fn pairs(call: &Call, argument: &str) -> Result<Vec<(String, String)>, Failure> {
    let wrong = || Failure::invalid(format!("`{}` needs an object of texts in `{argument}`", call.name()));
    let map = match call.args.get(argument) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(map)) => map,
        Some(_) => return Err(wrong()),
    };
    let pair = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    map.iter().map(|entry| pair(entry).ok_or_else(wrong)).collect()
}

fn parse_name(text: &str, seen: &mut BTreeSet<String>) -> Result<HeaderName, Failure> {
    let name = HeaderName::from_bytes(text.as_bytes())
        .map_err(|_| Failure::invalid(format!("{} is not the name of a header", quoted(text))))?;
    let lower = name.as_str();
    if OURS.contains(&lower) || lower.starts_with("proxy-") {
        return Err(Failure::invalid(format!("the header `{lower}` is not for a call to set; leave it out")));
    }
    if OTHER_METHOD.contains(&lower) {
        return Err(Failure::invalid(format!("the header `{lower}` hides the real method; put it in `method`")));
    }
    // Names differ in case alone.
    if !seen.insert(name.to_string()) {
        return Err(Failure::invalid(format!("the header `{name}` is given twice; give it once")));
    }
    Ok(name)
}

fn parse_value(name: &HeaderName, text: &str) -> Result<HeaderValue, Failure> {
    if text.chars().any(char::is_control) {
        return Err(Failure::invalid(format!("the header `{name}` has a line end or control character; take it out")));
    }
    HeaderValue::from_str(text).map_err(|_| Failure::invalid(format!("the header `{name}` has no valid value")))
}
