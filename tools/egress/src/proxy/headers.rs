//! What of a message's headers goes on, and what was meant for this connection alone.

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{
        CONNECTION, CONTENT_DISPOSITION, CONTENT_LENGTH, SEC_WEBSOCKET_KEY, TE, TRANSFER_ENCODING, UPGRADE,
        UPGRADE_INSECURE_REQUESTS,
    },
};

/// Headers that are about one connection, beside those that `Connection` names and `Proxy-*`.
const HOP_BY_HOP: [HeaderName; 5] = [CONNECTION, HeaderName::from_static("keep-alive"), TE, TRANSFER_ENCODING, UPGRADE];

/// Whether `request` asks for a WebSocket.
pub(super) fn wants_websocket<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    request.method() == Method::GET
        && headers.contains_key(SEC_WEBSOCKET_KEY)
        && lists(headers, &CONNECTION, "upgrade")
        && lists(headers, &UPGRADE, "websocket")
}

/// What a browser wants an answer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// To show it as a page of its own.
    Page,
    /// As a part of a page, or for a script.
    Part,
}

/// What a browser says that it wants. Over plain HTTP it asks for a page with a wish for HTTPS.
pub(super) fn wanted(headers: &HeaderMap) -> Wanted {
    let page = match headers.get("sec-fetch-dest") {
        Some(destination) => destination == "document",
        None => headers.contains_key(UPGRADE_INSECURE_REQUESTS),
    };
    if page { Wanted::Page } else { Wanted::Part }
}

/// Whether a browser that wanted a page stays where it is: there is none, or a file to be saved.
pub(super) fn stays<B>(answer: &Response<B>) -> bool {
    let saved = |value: &HeaderValue| value.as_bytes().to_ascii_lowercase().starts_with(b"attachment");
    [StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT].contains(&answer.status())
        || answer.headers().get(CONTENT_DISPOSITION).is_some_and(saved)
}

/// Takes out what was meant for this connection alone (RFC 9110, section 7.6.1).
pub(super) fn strip(headers: &mut HeaderMap) {
    // Two ways to tell the length of one body is how requests are smuggled. The body has been read
    // in the one way that counts, and is framed anew.
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
    }
    let named: Vec<HeaderName> = tokens(headers, &CONNECTION).filter_map(|token| token.parse().ok()).collect();
    let to_proxy = headers.keys().filter(|name| name.as_str().starts_with("proxy-")).cloned();
    let gone: Vec<HeaderName> = to_proxy.chain(named).chain(HOP_BY_HOP).collect();
    for name in gone {
        headers.remove(name);
    }
}

/// Puts back what asks for, or agrees to, a WebSocket.
pub(super) fn upgrade(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
}

fn lists(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    tokens(headers, name).any(|token| token.eq_ignore_ascii_case(word))
}

fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}
