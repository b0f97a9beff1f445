//! What a call is resolved to, and which calls are turned down before anybody judges them.

use lamassu_contract::{Call, Effect, Resource};
use serde_json::json;

use crate::support::{call, describe, get, turned_down};

async fn canonical(url: &str) -> String {
    describe(&get(url)).await.unwrap().resource().to_string()
}

#[tokio::test]
async fn every_spelling_of_an_address_becomes_the_one_that_is_judged() {
    let spellings = [
        ("HTTPS://Example.COM:443/a#part", "https://example.com/a"),
        ("https://example.com./", "https://example.com/"),
        ("https://example.com.evil.test/", "https://example.com.evil.test/"),
        (r"https://evil.test\@example.com/", "https://evil.test/@example.com/"),
        ("https:evil.test", "https://evil.test/"),
        (r"https:\\evil.test", "https://evil.test/"),
        ("https://evil.test/?q=://example.com/", "https://evil.test/?q=://example.com/"),
        ("https://example.com%2eevil.test/", "https://example.com.evil.test/"),
        ("https://exam\tple.c\nom/\r", "https://example.com/"),
        ("https://ex\u{0430}mple.com/", "https://xn--exmple-4nf.com/"),
        ("https://\u{ff45}xample\u{3002}com/", "https://example.com/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://0177.0.0.1/", "http://127.0.0.1/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        ("http://@example.com/", "http://example.com/"),
    ];
    let mut seen = Vec::new();
    for (spelling, _) in spellings {
        seen.push((spelling, canonical(spelling).await));
    }
    assert_eq!(seen, spellings.map(|(spelling, form)| (spelling, form.to_owned())));
}

#[tokio::test]
async fn an_address_that_hides_something_is_turned_down() {
    let addresses = [
        ("https://example.com@evil.test/", "user or password before its real host `evil.test`"),
        ("https://example.com:443@evil.test/", "user or password before its real host `evil.test`"),
        ("https://:pw@evil.test/", "user or password before its real host `evil.test`"),
        ("//evil.test/", "`//evil.test/` is no address"),
        ("/path", "`/path` is no address"),
        ("", "`` is no address"),
        ("javascript://example.com/%0aalert(1)", "cannot open `javascript:`"),
        ("file:///etc/passwd", "cannot open `file:`"),
        ("data:text/html,x", "cannot open `data:`"),
        ("blob:https://example.com/1", "cannot open `blob:`"),
        ("view-source:https://example.com/", "cannot open `view-source:`"),
        ("ws://example.com/", "cannot open `ws:`"),
        ("https://a..b.test/", "`a..b.test` is not the name of a host"),
        ("https://example.com../", "`example.com.` is not the name of a host"),
        ("https://a$(id).test/", "`a$(id).test` is not the name of a host"),
        ("https://exa%00mple.com/", "is no address"),
        ("https://example.com%0d%0a.test/", "is no address"),
        ("http://./", "is not the name of a host"),
    ];
    for (address, why) in addresses {
        let message = turned_down(&get(address)).await;
        assert!(message.contains(why), "`{address}` was turned down with: {message}");
    }
}

#[tokio::test]
async fn an_error_does_not_repeat_a_password() {
    let message = turned_down(&get("https://ada:hunter2@example.com/")).await;
    assert!(!message.contains("hunter2"), "{message}");
}

#[tokio::test]
async fn the_method_says_how_far_an_action_reaches() {
    let mut effects = Vec::new();
    for method in ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] {
        effects.push(describe(&call(method, "https://shop.test/")).await.unwrap().effect());
    }
    let (sends, commits) = (Effect::Egress, Effect::Consequential);
    assert_eq!(effects, [sends, sends, sends, commits, commits, commits, Effect::Irreversible]);
}

#[tokio::test]
async fn other_methods_and_other_spellings_are_turned_down() {
    for method in ["CONNECT", "TRACE", "get", "GET ", "POST\r\nHost: evil.test", "G\u{0415}T", ""] {
        let message = turned_down(&call(method, "https://shop.test/")).await;
        assert!(message.contains("is not a method; use one of GET, "), "`{method}` was turned down with: {message}");
    }
}

#[tokio::test]
async fn the_policy_is_told_what_would_be_sent() {
    let call = call("POST", "https://shop.test/orders?x=1#top")
        .with("headers", json!({ "X-Trace": "7", "Accept": "text/html" }))
        .with("secret_headers", json!({ "Authorization": "token" }))
        .with("body", "two mugs");
    let action = describe(&call).await.unwrap();
    let seen = json!({
        "line": action.line(),
        "resource": action.resource(),
        "effect": action.effect(),
        "facts": action.facts(),
        "secrets": action.secrets(),
        "url": action.args()["url"].value,
        "headers": action.args()["headers"].value,
        "secret_headers": action.args()["secret_headers"].value,
    });
    let expected = json!({
        "line": "POST https://shop.test/orders?x=1 (8 bytes, secret `token` in authorization)",
        "resource": Resource::Url("https://shop.test/orders?x=1".parse().unwrap()),
        "effect": "consequential",
        "facts": {
            "method": "POST", "scheme": "https", "host": "shop.test", "port": 443, "hasQuery": true,
            "bodyBytes": 8, "sentBytes": 105, "headerNames": ["accept", "authorization", "x-trace"],
        },
        "secrets": { "secret_headers.authorization": "token" },
        "url": "https://shop.test/orders?x=1",
        "headers": { "accept": "text/html", "x-trace": "7" },
        "secret_headers": { "authorization": "token" },
    });
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_person_reads_method_address_and_size() {
    let action = describe(&call("POST", "https://shop.test/orders").with("body", "x".repeat(120))).await.unwrap();
    assert_eq!(action.line(), "POST https://shop.test/orders (120 bytes)");
}

#[tokio::test]
async fn a_placeholder_of_a_secret_is_turned_down_wherever_it_stands() {
    let base = || call("POST", "https://shop.test/");
    let calls = [
        ("url", get("https://shop.test/?t={{secret.token}}")),
        ("url", get("https://{{ Secret token }}.test/")),
        ("method", call("{secret token}", "https://shop.test/")),
        ("headers", base().with("headers", json!({ "x": "Bearer {{secret token}}" }))),
        ("headers", base().with("headers", json!({ "{secret token}": "x" }))),
        ("body", base().with("body", "pin={secret token}")),
        ("json", base().with("json", json!({ "a": ["{{secret:token}}"] }))),
        ("json", base().with("json", json!({ "{{secret:token}}": 1 }))),
    ];
    for (argument, call) in calls {
        let expected = format!("a secret cannot stand in `{argument}`; name it in `secret_headers`");
        assert_eq!(turned_down(&call).await, expected);
    }
}

#[tokio::test]
async fn a_body_must_be_one_small_thing_that_the_method_may_carry() {
    let url = "https://shop.test/";
    let calls = [
        (call("POST", url).with("body", "a").with("json", 1), "`body` and `json` exclude each other; give one of them"),
        (call("GET", url).with("body", "a"), "`GET` takes no body; put it into the query, or use `POST`"),
        (call("HEAD", url).with("json", 1), "`HEAD` takes no body; put it into the query, or use `POST`"),
        (
            call("PUT", url).with("body", "a".repeat(1024 * 1024 + 1)),
            "the body is larger than 1048576 bytes; send less",
        ),
        (call("PUT", url).with("body", 7), "`http.request` needs text in `body`"),
    ];
    for (call, expected) in calls {
        assert_eq!(turned_down(&call).await, expected);
    }
}

#[tokio::test]
async fn a_call_that_is_not_quite_right_is_turned_down() {
    let calls = [
        (get("https://a.test/").with("follow", true), "`http.request` takes no `follow`; leave it out"),
        (
            Call::new("http", "request ").with("url", "https://a.test/"),
            "`http` has no verb `request `; it has `request`",
        ),
        (Call::new("HTTP", "request"), "`HTTP.request` is not a call of `http`"),
        (Call::new("http", "request").with("method", "GET"), "`http.request` needs text in `url`"),
        (get("https://a.test/").with("headers", json!(["a"])), "`http.request` needs an object of texts in `headers`"),
        (
            get("https://a.test/").with("headers", json!({ "a": 1 })),
            "`http.request` needs an object of texts in `headers`",
        ),
    ];
    for (call, expected) in calls {
        assert_eq!(turned_down(&call).await, expected);
    }
}
