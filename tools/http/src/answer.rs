//! From an answer to an observation.

use lamassu_contract::Observation;
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, LOCATION, SET_COOKIE},
};
use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    body::{Body, is_json, media_type},
    text::{head, lines, one_line},
};

/// The headers that a planner is shown; the data hold all of them.
const SHOWN: [&str; 10] = [
    "allow",
    "content-disposition",
    "content-language",
    "content-type",
    "etag",
    "last-modified",
    "link",
    "refresh",
    "retry-after",
    "www-authenticate",
];
/// How many bytes of a header's value a planner is shown.
const VALUE: usize = 1000;

/// What `url` answered. Of its body `shown` bytes stand in the content.
pub(crate) fn observation(
    url: &Url,
    status: StatusCode,
    headers: &HeaderMap,
    body: &Body,
    shown: usize,
) -> Observation {
    let location = headers.get(LOCATION).map(|value| resolve(url, value.as_bytes()));
    let mut content = format!("HTTP {} {}", status.as_str(), status.canonical_reason().unwrap_or_default());
    content.truncate(content.trim_end().len());
    for line in notes(status, location.as_ref(), body).into_iter().chain(shown_headers(headers)) {
        content.push('\n');
        content.push_str(&line);
    }
    if let Body::Text(text) = body {
        content.push_str("\n\n");
        content.push_str(&lines(head(text, shown)));
        if text.len() > shown {
            content.push_str(&format!("\n(cut: the first {shown} of {} bytes)", text.len()));
        }
    }
    Observation::from_url(url, content).with_data(data(status, headers, location, body))
}

/// Where a `location` leads, as a whole address; none if it is none.
fn resolve(url: &Url, value: &[u8]) -> Option<Url> {
    url.join(std::str::from_utf8(value).ok()?).ok()
}

fn notes(status: StatusCode, location: Option<&Option<Url>>, body: &Body) -> Vec<String> {
    let redirect = match location {
        Some(Some(target)) if status.is_redirection() => {
            Some(format!("(redirects to {target}; not followed: ask for it if you want it)"))
        }
        Some(None) if status.is_redirection() => Some("(redirects to what is no address; not followed)".to_owned()),
        _ => None,
    };
    redirect.into_iter().chain(body_note(body)).collect()
}

fn body_note(body: &Body) -> Option<String> {
    match body {
        Body::Text(_) => None,
        Body::Empty => Some("(no body)".to_owned()),
        Body::Binary(size) => Some(format!("(the body is not text; {size} bytes)")),
        Body::LeftOut(why) => Some(format!("(the body is left out: {why})")),
    }
}

fn shown_headers(headers: &HeaderMap) -> impl Iterator<Item = String> {
    let shown = headers.iter().filter(|(name, _)| SHOWN.contains(&name.as_str()));
    shown.map(|(name, value)| {
        let value = value_text(name, value.as_bytes());
        let cut = head(&value, VALUE);
        format!("{name}: {cut}{}", if cut.len() < value.len() { "..." } else { "" })
    })
}

/// A header's value as text. A cookie is a key to somebody's session; nothing here would use it.
fn value_text(name: &HeaderName, value: &[u8]) -> String {
    if name == SET_COOKIE { "(left out)".to_owned() } else { one_line(&String::from_utf8_lossy(value)) }
}

fn data(status: StatusCode, headers: &HeaderMap, location: Option<Option<Url>>, body: &Body) -> Value {
    let mut named: Map<String, Value> = Map::new();
    for name in headers.keys() {
        let values: Vec<_> = headers.get_all(name).iter().map(|value| value_text(name, value.as_bytes())).collect();
        named.insert(name.to_string(), values.join(", ").into());
    }
    let mut data = json!({ "status": status.as_u16(), "headers": named });
    let mut add = |name: &str, value: Value| {
        data.as_object_mut().map(|data| data.insert(name.to_owned(), value));
    };
    if let Some(target) = location {
        add("location", target.map(String::from).into());
    }
    match body {
        Body::Text(text) => match json_body(headers, text) {
            Some(value) => add("json", value),
            None => add("body", text.as_str().into()),
        },
        Body::LeftOut(why) => add("left_out", why.as_str().into()),
        Body::Binary(size) => add("bytes", (*size).into()),
        Body::Empty => {}
    }
    data
}

fn json_body(headers: &HeaderMap, text: &str) -> Option<Value> {
    let kind = media_type(headers.get(CONTENT_TYPE)?.to_str().ok()?);
    is_json(&kind).then(|| serde_json::from_str(text).ok())?
}
