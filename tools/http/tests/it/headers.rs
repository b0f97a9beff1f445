//! Headers: which a call may set, and how secrets travel.

use lamassu_contract::{FailureKind, Outcome};
use serde_json::json;

use crate::support::{Opens, Site, end, get, message, ok, run, send, tool, turned_down};

#[tokio::test]
async fn a_header_cannot_start_another_line() {
    for value in ["a\r\nHost: evil.test", "a\nb", "a\rb", "a\0b", "a\u{1b}[2Jb", "a\u{85}b"] {
        let call = get("https://shop.test/").with("headers", json!({ "X-A": value }));
        let expected = "the header `x-a` has a line end or control character; take it out";
        assert_eq!(turned_down(&call).await, expected);
    }
}

#[tokio::test]
async fn a_name_that_is_no_header_is_turned_down() {
    for name in ["", "a b", "a:b", "a\r\nHost", "\u{0441}ookie", ":authority"] {
        let call = get("https://shop.test/").with("headers", json!({ name: "x" }));
        let message = turned_down(&call).await;
        assert!(message.ends_with("is not the name of a header"), "{message}");
    }
}

#[tokio::test]
async fn where_a_request_goes_and_how_it_is_framed_is_not_for_a_call_to_set() {
    let names = [
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "Upgrade",
        "TE",
        "Trailer",
        "Expect",
        "Proxy-Authorization",
        "PROXY-CONNECTION",
    ];
    for name in names {
        for argument in ["headers", "secret_headers"] {
            let call = get("https://shop.test/").with(argument, json!({ name: "x" }));
            let expected = format!("the header `{}` is not for a call to set; leave it out", name.to_lowercase());
            assert_eq!(turned_down(&call).await, expected);
        }
    }
}

#[tokio::test]
async fn a_header_cannot_carry_another_method_than_the_one_that_is_judged() {
    let call = get("https://shop.test/").with("headers", json!({ "X-HTTP-Method-Override": "DELETE" }));
    let expected = "the header `x-http-method-override` hides the real method; put it in `method`";
    assert_eq!(turned_down(&call).await, expected);
}

#[tokio::test]
async fn a_header_is_given_once_whatever_its_case() {
    let base = || get("https://shop.test/");
    let calls = [
        base().with("headers", json!({ "x-a": "1", "X-A": "2" })),
        base().with("headers", json!({ "x-a": "1" })).with("secret_headers", json!({ "X-A": "token" })),
    ];
    for call in calls {
        assert_eq!(turned_down(&call).await, "the header `x-a` is given twice; give it once");
    }
}

#[tokio::test]
async fn headers_have_a_limit() {
    let call = get("https://shop.test/").with("headers", json!({ "x-a": "a".repeat(70_000) }));
    assert_eq!(turned_down(&call).await, "a request may set 64 headers of 65536 bytes in all; leave some out");
}

#[tokio::test]
async fn what_was_judged_is_what_is_sent() {
    let site = Site::saying(ok("")).await;
    let call = crate::support::call("POST", &site.url("/orders#top"))
        .with("headers", json!({ "X-Trace": "7" }))
        .with("secret_headers", json!({ "Authorization": "token" }))
        .with("json", json!({ "mugs": 2 }));
    let _ = send(&call).await;
    let heard = site.heard();
    let mut lines: Vec<_> = heard.lines().collect();
    // The order of headers has no meaning.
    lines.sort_unstable();
    let (host, agent) =
        (format!("host: 127.0.0.1:{}", site.port), concat!("user-agent: lamassu/", env!("CARGO_PKG_VERSION")));
    let expected = [
        "",
        "POST /orders HTTP/1.1",
        "accept-encoding: gzip, br, zstd",
        "accept: */*",
        "authorization: t0p-s3cret",
        "content-length: 10",
        "content-type: application/json",
        &host,
        agent,
        "x-trace: 7",
        "{\"mugs\":2}",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_secret_that_cannot_stand_in_a_header_sends_nothing() {
    let site = Site::saying(ok("")).await;
    let call = get(&site.url("/")).with("secret_headers", json!({ "Authorization": "broken" }));
    let outcome: Outcome = run(&tool(), &Opens::zone("loopback"), &call).await;
    let expected = "the secret `broken` cannot stand in a header; choose another for `authorization`";
    assert_eq!(
        (end(&outcome), message(&outcome), site.visits()),
        (("not sent", Some(FailureKind::Invalid)), expected, 0)
    );
}
