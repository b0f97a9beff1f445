//! What a planner is shown of an answer.

use lamassu_contract::Outcome;
use lamassu_http::{HttpTool, Limits};
use serde_json::json;

use crate::support::{Names, Opens, Site, call, get, landed, limits, run};

#[tokio::test]
async fn an_answer_shows_status_headers_and_text_and_says_where_it_is_from() {
    let site = Site::saying(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nServer: x\r\nETag: \"7\"\r\n\
         Content-Length: 7\r\n\r\ngr\u{fc}n\r\n",
    )
    .await;
    let observation = landed(&get(&site.url("/a#b"))).await;
    let content = "HTTP 200 OK\ncontent-type: text/plain; charset=utf-8\netag: \"7\"\n\ngr\u{fc}n\n";
    let data = json!({
        "status": 200,
        "headers": {
            "content-type": "text/plain; charset=utf-8", "server": "x", "etag": "\"7\"", "content-length": "7",
        },
        "body": "gr\u{fc}n\r\n",
    });
    let seen = (observation.content.as_str(), &observation.data, observation.label().to_string());
    assert_eq!(seen, (content, &data, format!("url:{}", site.url("/a"))));
}

#[tokio::test]
async fn json_becomes_data() {
    let body = r#"{"mugs":2}"#;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/problem+json\r\ncontent-length: 10\r\n\r\n";
    let site = Site::saying(format!("{head}{body}")).await;
    assert_eq!(landed(&get(&site.url("/"))).await.data["json"], json!({ "mugs": 2 }));
}

#[tokio::test]
async fn json_that_is_none_or_too_deep_stays_text() {
    for body in ["{", "1e400", &"[".repeat(10_000)] {
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        let site = Site::saying(format!("{head}{body}")).await;
        assert_eq!(landed(&get(&site.url("/"))).await.data["body"], body);
    }
}

#[tokio::test]
async fn what_is_not_text_is_counted_only() {
    let site = Site::saying(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 4\r\n\r\n\x89PNG").await;
    let observation = landed(&get(&site.url("/"))).await;
    let content = "HTTP 200 OK\n(the body is not text; 4 bytes)\ncontent-type: image/png";
    assert_eq!((observation.content.as_str(), &observation.data["bytes"]), (content, &json!(4)));
}

#[tokio::test]
async fn control_characters_are_escaped() {
    let site = Site::saying(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\netag: a\xc2\x9b2J\r\ncontent-length: 6\r\n\r\n\x1b[2J\tx"
            .to_vec(),
    )
    .await;
    let content = "HTTP 200 OK\ncontent-type: text/plain\netag: a\\u{9b}2J\n\n\\u{1b}[2J\tx";
    assert_eq!(landed(&get(&site.url("/"))).await.content, content);
}

#[tokio::test]
async fn a_cookie_is_not_shown() {
    let site = Site::saying("HTTP/1.1 204 No Content\r\nset-cookie: session=abc\r\n\r\n").await;
    let observation = landed(&get(&site.url("/"))).await;
    let data = json!({ "status": 204, "headers": { "set-cookie": "(left out)" } });
    assert_eq!((observation.content.as_str(), observation.data), ("HTTP 204 No Content\n(no body)", data));
}

#[tokio::test]
async fn a_long_text_is_cut_where_it_is_shown() {
    let site = Site::saying("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\ngr\u{fc}n gr\u{fc}n").await;
    let limits = Limits { shown_bytes: 3, ..limits() };
    let tool = HttpTool::new(limits).resolving_with(Names::nowhere());
    let outcome = run(&tool, &Opens::zone("loopback"), &get(&site.url("/"))).await;
    let Outcome::Landed(observation) = outcome else { panic!("no answer") };
    let seen = (observation.content.as_str(), &observation.data["body"]);
    let body = "gr\u{fc}n gr\u{fc}n";
    assert_eq!(seen, ("HTTP 200 OK\n\ngr\n(cut: the first 3 of 11 bytes)", &json!(body)));
}

#[tokio::test]
async fn a_redirect_is_shown_and_neither_body_nor_authorization_follows_it() {
    let trap = Site::trap("127.0.0.1:0").await;
    let leads = format!("HTTP://evil.test:{}/a/../b", trap.port);
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let site = Site::saying(format!("HTTP/1.1 {status}\r\nlocation: {leads}\r\ncontent-length: 0\r\n\r\n")).await;
        let call =
            call("POST", &site.url("/")).with("body", "two mugs").with("headers", json!({ "authorization": "x" }));
        let observation = landed(&call).await;
        let target = format!("http://evil.test:{}/b", trap.port);
        let content =
            format!("HTTP {status}\n(redirects to {target}; not followed: ask for it if you want it)\n(no body)");
        let seen = (observation.content, &observation.data["location"], site.visits(), trap.visits());
        assert_eq!(seen, (content, &json!(target), 1, 0));
    }
}

#[tokio::test]
async fn a_location_is_read_against_the_address_that_was_asked() {
    let locations = [("next?x=1", "/a/next?x=1"), ("/top", "/top"), ("?y", "/a/b?y")];
    for (location, path) in locations {
        let site =
            Site::saying(format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")).await;
        assert_eq!(landed(&get(&site.url("/a/b"))).await.data["location"], json!(site.url(path)));
    }
}

#[tokio::test]
async fn a_redirect_to_what_is_no_address_says_so() {
    let site = Site::saying("HTTP/1.1 302 Found\r\nlocation: http://[x/\r\ncontent-length: 0\r\n\r\n").await;
    let observation = landed(&get(&site.url("/"))).await;
    let content = "HTTP 302 Found\n(redirects to what is no address; not followed)\n(no body)";
    assert_eq!((observation.content.as_str(), &observation.data["location"]), (content, &json!(null)));
}
