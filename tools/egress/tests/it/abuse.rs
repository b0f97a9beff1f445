//! Bad input from either side.

use lamassu_egress::{ProxyLimits, ProxyOptions};
use tokio::io::AsyncWriteExt;

use crate::support::{Lab, Names, Rules, Site, get, short, until};

async fn with(limits: ProxyLimits) -> Lab {
    let options = ProxyOptions { limits, ..ProxyOptions::default() };
    Lab::start(Rules::open(), options, Names::always("127.0.0.1")).await
}

#[tokio::test]
async fn what_was_meant_for_the_proxy_or_the_connection_alone_goes_no_further() {
    let site = Site::saying(
        "HTTP/1.1 200 OK\r\nConnection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: Basic\r\nX-End: 2\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    let lab = Lab::under(Rules::open()).await;
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\nTE: trailers\r\nUpgrade: h2c\r\nX-End: 2\r\n\r\n",
        site.url("/")
    );
    let answer = lab.ask(&request).await;
    let expected = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-End: 2\r\n\r\n", site.authority());
    assert_eq!(
        (site.heard(), answer.head.as_str()),
        (expected, "HTTP/1.1 200 OK\r\nX-End: 2\r\nContent-Length: 0\r\n\r\n")
    );
}

#[tokio::test]
async fn a_body_framed_in_two_ways_is_sent_on_in_one() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{smuggled}\r\n0\r\n\r\n",
        site.url("/"),
        smuggled.len()
    );
    let answer = lab.ask(&request).await;
    let framed = site.heard().to_lowercase();
    assert_eq!(
        (
            answer.status,
            framed.contains("content-length"),
            framed.contains("transfer-encoding: chunked"),
            lab.proxy.traffic().requests
        ),
        (200, false, true, 1)
    );
}

#[tokio::test]
async fn what_cannot_be_read_as_one_request_is_turned_away() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let url = site.url("/");
    let mut seen = Vec::new();
    for request in [
        format!("POST {url} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        format!("POST {url} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nhello"),
        format!("GET {url} HTTP/1.1\r\nHost: x\r\nX-Bad: a\rb\r\n\r\n"),
        format!("GET {url} HTTP/1.1\r\nHost: x\r\nX-Bad: a\0b\r\n\r\n"),
        format!("GET {url} HTTP/1.1\r\nHost: x\r\nX-Bad : a\r\n\r\n"),
        format!("GET {url} evil HTTP/1.1\r\nHost: x\r\n\r\n"),
        "\u{16}\u{3}\u{1} nonsense\r\n\r\n".to_owned(),
    ] {
        seen.push(lab.ask(&request).await.status);
    }
    assert_eq!((seen, site.visits()), (vec![400; 7], 0));
}

#[tokio::test]
async fn too_many_and_too_large_headers_are_turned_away() {
    let (lab, site) =
        (with(ProxyLimits { headers: 10, head_bytes: 10_000, ..ProxyLimits::default() }).await, Site::new().await);
    let many = "X-A: b\r\n".repeat(11);
    let large = format!("X-A: {}\r\n", "b".repeat(20_000));
    let mut seen = Vec::new();
    for headers in [many, large] {
        seen.push(lab.ask(&format!("GET {} HTTP/1.1\r\n{headers}\r\n", site.url("/"))).await.status);
    }
    assert_eq!((seen, site.visits()), (vec![431, 431], 0));
}

#[tokio::test]
async fn an_answer_with_endless_headers_is_given_up_on() {
    let lab = with(ProxyLimits { head_bytes: 10_000, ..ProxyLimits::default() }).await;
    let site = Site::saying(&format!("HTTP/1.1 200 OK\r\nX-A: {}", "b".repeat(20_000))).await;
    assert_eq!(lab.ask(&get(&site.url("/"))).await.status, 502);
}

#[tokio::test]
async fn a_browser_that_does_not_finish_its_headers_is_not_waited_for() {
    let lab = with(short()).await;
    let mut browser = lab.browser().await;
    browser.say("GET http://shop.test/ HTTP/1.1\r\nHo").await;
    browser.rest().await;
    assert_eq!(lab.rules.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn connections_beyond_the_limit_are_closed_at_once() {
    let lab = with(ProxyLimits { connections: 2, ..ProxyLimits::default() }).await;
    let (mut first, mut second) = (lab.browser().await, lab.browser().await);
    for browser in [&mut first, &mut second] {
        browser.ask("GET / HTTP/1.1\r\n\r\n").await;
    }
    let third = lab.browser().await.rest().await;
    assert_eq!(third, "");
}

#[tokio::test]
async fn a_browser_that_goes_away_takes_its_request_along() {
    let site = Site::saying("").await;
    let lab = Lab::under(Rules::open()).await;
    let mut browser = lab.browser().await;
    browser.say(&get(&site.url("/"))).await;
    until(|| site.requests().len() == 1).await;
    assert_eq!(lab.proxy.in_flight(), 1);
    drop(browser);
    until(|| lab.proxy.in_flight() == 0 && site.open() == 0).await;
}

#[tokio::test]
async fn an_endless_body_is_not_held() {
    let site = Site::saying("HTTP/1.1 200 OK\r\n\r\nhel").await;
    let lab = Lab::under(Rules::open()).await;
    let mut browser = lab.browser().await;
    let head = browser.ask(&get(&site.url("/"))).await.head.to_lowercase();
    assert_eq!((head.contains("transfer-encoding: chunked"), browser.next(6).await.as_str()), (true, "3\r\nhel"));
    browser.stream.shutdown().await.unwrap();
    until(|| lab.proxy.in_flight() == 0 && site.open() == 0).await;
}

#[tokio::test]
async fn a_length_without_a_body_is_passed_on_where_it_belongs() {
    let lab = Lab::under(Rules::open()).await;
    let mut seen = Vec::new();
    for (method, status) in [("HEAD", "200 OK"), ("GET", "304 Not Modified"), ("GET", "204 No Content")] {
        let site = Site::saying(&format!("HTTP/1.1 {status}\r\nContent-Length: 5\r\n\r\n")).await;
        let mut browser = lab.browser().await;
        browser.say(&format!("{method} {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", site.url("/"))).await;
        let answer = browser.rest().await;
        seen.push((answer.split("\r\n").next().unwrap().to_owned(), answer.ends_with("\r\n\r\n")));
    }
    let expected = ["HTTP/1.1 200 OK", "HTTP/1.1 304 Not Modified", "HTTP/1.1 204 No Content"];
    assert_eq!(seen, expected.map(|line| (line.to_owned(), true)));
}
