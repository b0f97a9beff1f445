//! From a call to an action: which request would be sent. It looks nowhere and sends nothing.

use lamassu_contract::{Action, Call, Effect, Failure, Kind, Resource, Verb, names_secret};
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderValue},
};
use url::Url;

use crate::{address, headers::Headers, text::quoted, tool::NAME};

const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

/// The request as it was judged; the action keeps it for its run.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The method.
    pub(crate) method: Method,
    /// The canonical address.
    pub(crate) url: Url,
    /// The headers.
    pub(crate) headers: Headers,
    /// The body, if there is one.
    pub(crate) body: Option<String>,
}

/// What the tool can be asked for.
pub(crate) fn verbs() -> Vec<Verb> {
    let about = "Sends one HTTP request and shows the answer. A redirect is shown, not followed.";
    let request = Verb::new("request", Effect::Egress, about)
        .needs("method", Kind::Text, "GET, HEAD, OPTIONS, POST, PUT, PATCH or DELETE")
        .needs("url", Kind::Text, "the whole address, http or https, without user and password")
        .takes("headers", Kind::Pairs, "headers by name")
        .takes("body", Kind::Text, "the body as it is; set the header content-type with it")
        .takes("json", Kind::Json, "the body as a JSON value, instead of `body`")
        .takes("secret_headers", Kind::Pairs, "headers whose value is a secret: the secret's name by header name");
    vec![request]
}

/// Resolves `call`, whose body may have `most` bytes.
pub(crate) fn action(call: &Call, most: usize) -> Result<Action, Failure> {
    check_names(call)?;
    check_no_placeholder(call)?;
    let prepared = prepare(call, most)?;
    let (method, url, headers) = (prepared.method.as_str(), &prepared.url, &prepared.headers);
    let size = prepared.body.as_ref().map_or(0, String::len);
    let mut action = Action::new(call, effect(&prepared.method), Resource::Url(url.clone()))
        .arg("url", url.as_str())
        .fact("method", method)
        .fact("scheme", url.scheme())
        .fact("host", url.host_str())
        .fact("port", url.port_or_known_default())
        .fact("hasQuery", url.query().is_some())
        .fact("bodyBytes", size)
        .fact("sentBytes", sent(&prepared))
        .fact("headerNames", headers.names())
        .summary(summary(&prepared, size));
    if !headers.plain.is_empty() {
        action = action.arg("headers", headers.plain_value());
    }
    if !headers.secret.is_empty() {
        action = action.arg("secret_headers", headers.secret_value());
    }
    for header in &headers.secret {
        action = action.uses_secret(&header.argument(), &header.secret);
    }
    Ok(action.handle(prepared))
}

/// Whether the method says that nothing changes (RFC 9110, 9.2.1).
pub(crate) fn is_safe(method: &Method) -> bool {
    effect(method) == Effect::Egress
}

fn effect(method: &Method) -> Effect {
    match method.as_str() {
        "GET" | "HEAD" | "OPTIONS" => Effect::Egress,
        "POST" | "PUT" | "PATCH" => Effect::Consequential,
        _ => Effect::Irreversible,
    }
}

/// How many bytes the request has, with the names of its secrets in place of their values.
fn sent(prepared: &Prepared) -> usize {
    // `METHOD ADDRESS HTTP/1.1` and `name: value`, each with its line end.
    let line = prepared.method.as_str().len() + prepared.url.as_str().len() + 12;
    let plain = prepared.headers.plain.iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    let secret = prepared.headers.secret.iter().map(|header| header.name.as_str().len() + header.secret.len() + 4);
    line + plain.chain(secret).sum::<usize>() + prepared.body.as_ref().map_or(0, String::len)
}

fn summary(prepared: &Prepared, size: usize) -> String {
    let mut details = Vec::new();
    if prepared.body.is_some() {
        details.push(format!("{size} bytes"));
    }
    let secrets = prepared.headers.secret.iter();
    details.extend(secrets.map(|header| format!("secret {} in {}", quoted(&header.secret), header.name)));
    let end = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
    format!("{} {}{end}", prepared.method, prepared.url)
}

fn check_names(call: &Call) -> Result<(), Failure> {
    if call.tool != NAME {
        return Err(Failure::invalid(format!("{} is not a call of `{NAME}`", quoted(&call.name()))));
    }
    let verbs = verbs();
    let Some(verb) = verbs.iter().find(|verb| verb.name == call.verb) else {
        return Err(Failure::invalid(format!("`{NAME}` has no verb {}; it has `request`", quoted(&call.verb))));
    };
    let known = |name: &str| verb.schema.get("properties").is_some_and(|properties| properties.get(name).is_some());
    match call.args.keys().find(|name| !known(name)) {
        Some(name) => Err(Failure::invalid(format!("`{}` takes no {}; leave it out", call.name(), quoted(name)))),
        None => Ok(()),
    }
}

/// A secret is used by its name alone. A placeholder in some text would be sent as it stands.
fn check_no_placeholder(call: &Call) -> Result<(), Failure> {
    match call.args.iter().find(|(_, value)| names_secret(value)) {
        Some((name, _)) => {
            Err(Failure::invalid(format!("a secret cannot stand in `{name}`; name it in `secret_headers`")))
        }
        None => Ok(()),
    }
}

fn prepare(call: &Call, most: usize) -> Result<Prepared, Failure> {
    let method = parse_method(call.text("method")?)?;
    let url = address::parse(call.text("url")?)?;
    let mut headers = Headers::parse(call)?;
    let body = body(call, &mut headers)?;
    if body.is_some() && is_safe(&method) {
        // RFC 9110, 9.3: it would have no meaning that servers agree on.
        return Err(Failure::invalid(format!("`{method}` takes no body; put it into the query, or use `POST`")));
    }
    if body.as_ref().is_some_and(|body| body.len() > most) {
        return Err(Failure::invalid(format!("the body is larger than {most} bytes; send less")));
    }
    Ok(Prepared { method, url, headers, body })
}

fn parse_method(text: &str) -> Result<Method, Failure> {
    let wrong = || Failure::invalid(format!("{} is not a method; use one of {}", quoted(text), METHODS.join(", ")));
    if !METHODS.contains(&text) {
        return Err(wrong());
    }
    Method::from_bytes(text.as_bytes()).map_err(|_| wrong())
}

fn body(call: &Call, headers: &mut Headers) -> Result<Option<String>, Failure> {
    let text = call.optional_text("body")?;
    let Some(json) = call.args.get("json").filter(|json| !json.is_null()) else {
        return Ok(text.map(str::to_owned));
    };
    if text.is_some() {
        return Err(Failure::invalid("`body` and `json` exclude each other; give one of them"));
    }
    if !headers.plain.contains_key(CONTENT_TYPE) {
        headers.plain.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(Some(json.to_string()))
}
