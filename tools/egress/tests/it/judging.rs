//! What is asked of the policy, and that nothing goes on without its leave.

use lamassu_contract::{Refusal, Rule};
use lamassu_egress::{Denied, Proxy, ProxyOptions, Sent, Traffic};

use crate::support::{Browser, Lab, Rules, Site, connect, fact, get};

#[tokio::test]
async fn what_is_allowed_is_answered_by_the_server() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let answer = lab.ask(&get(&site.url("/a?b=c"))).await;
    assert_eq!(
        (answer.status, answer.body.as_str(), site.requests()),
        (200, "hello", vec!["GET /a?b=c HTTP/1.1".into()])
    );
}

#[tokio::test]
async fn what_is_denied_is_neither_resolved_nor_dialled() {
    let (lab, site) = (Lab::under(Rules::requests(|_| false)).await, Site::new().await);
    let plain = lab.ask(&get(&site.url("/"))).await;
    let tunnel = lab.ask(&connect(&site.authority())).await;
    assert_eq!((plain.status, tunnel.status, site.visits(), lab.names.asked()), (403, 403, 0, Vec::<String>::new()));
}

#[tokio::test]
async fn a_refusal_names_the_rules_as_plain_text_and_is_not_kept() {
    let lab = Lab::under(Rules::requests(|_| false)).await;
    let answer = lab.ask(&get("http://shop.test/a")).await;
    let head = answer.head.to_lowercase();
    let plain = ["content-type: text/plain", "nosniff", "cache-control: no-store"].map(|word| head.contains(word));
    assert_eq!(
        (plain, answer.body.as_str()),
        ([true; 3], "`GET http://shop.test/a` is refused by `test.deny` (the test says <no>)\n")
    );
}

#[tokio::test]
async fn a_refused_page_is_no_content_and_is_counted_as_dropped() {
    let lab = Lab::under(Rules::requests(|_| false)).await;
    let mut seen = Vec::new();
    for destination in ["document", "image"] {
        let request =
            format!("GET http://shop.test/ HTTP/1.1\r\nHost: shop.test\r\nSec-Fetch-Dest: {destination}\r\n\r\n");
        seen.push((lab.ask(&request).await.status, lab.proxy.dropped()));
    }
    assert_eq!(seen, [(204, 1), (403, 1)]);
}

#[tokio::test]
async fn nothing_is_allowed_before_there_is_a_judge() {
    let proxy = Proxy::start(ProxyOptions::default()).await.unwrap();
    let site = Site::new().await;
    let answer = Browser::at(proxy.address()).await.ask(&get(&site.url("/"))).await;
    assert_eq!((answer.status, site.visits()), (403, 0));
    assert!(answer.body.contains("`browser.bounds` (no action is under way yet)"), "{}", answer.body);
}

#[tokio::test]
async fn method_destination_initiator_and_canonical_address_are_judged() {
    let lab = Lab::under(Rules::requests(|_| false)).await;
    lab.proxy.page(Some("https://page.test/some/where"));
    let mut browser = lab.browser().await;
    for request in [
        "GET http://SHOP.test:80/a/../b?c HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        "POST http://shop.test/ HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\nOrigin: https://a.test\r\nReferer: https://b.test/x\r\nSec-Fetch-Dest: empty\r\n\r\n",
        "GET http://shop.test/ HTTP/1.1\r\nHost: shop.test\r\nReferer: https://b.test/x\r\nSec-Fetch-Dest: image\r\n\r\n",
        "GET http://shop.test/ HTTP/1.1\r\nHost: shop.test\r\nOrigin: null\r\nSec-Fetch-Dest: tunnel\r\n\r\n",
        "GET http://shop.test./ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        "GET http://shop.test/ws HTTP/1.1\r\nHost: shop.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\nSec-WebSocket-Version: 13\r\n\r\n",
    ] {
        browser.ask(request).await;
    }
    let expected = [
        "GET http://shop.test/b?c for https://page.test destination=unknown initiator=https://page.test inspected=true method=GET",
        "POST http://shop.test/ for https://a.test destination=empty initiator=https://a.test inspected=true method=POST",
        "GET http://shop.test/ for https://b.test destination=image initiator=https://b.test inspected=true method=GET",
        "GET http://shop.test/ destination=unknown inspected=true method=GET",
        "GET http://shop.test./ for https://page.test destination=unknown initiator=https://page.test inspected=true method=GET",
        "GET http://shop.test/ws for https://page.test destination=websocket initiator=https://page.test inspected=true method=GET",
    ];
    assert_eq!(lab.rules.asked(), expected);
}

#[tokio::test]
async fn the_server_is_told_the_host_that_was_judged() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    lab.ask(&format!("GET {} HTTP/1.1\r\nHost: evil.test\r\n\r\n", site.url("/"))).await;
    let told = (site.heard().contains(&format!("Host: {}\r\n", site.authority())), site.heard().contains("evil"));
    assert_eq!((told, lab.names.asked()), ((true, false), vec!["shop.test".to_owned()]));
}

#[tokio::test]
async fn an_equal_question_is_asked_once_and_any_other_anew() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let mut browser = lab.browser().await;
    for path in ["/a", "/a", "/a?", "/b"] {
        browser.ask(&get(&site.url(path))).await;
    }
    let asked = lab.rules.asked().into_iter().filter(|line| line.starts_with("GET")).count();
    assert_eq!((asked, site.requests().len()), (3, 4));
}

#[tokio::test]
async fn another_judge_is_asked_again_and_a_clone_of_the_same_is_not() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let mut asked = Vec::new();
    let judge = lab.rules.judge();
    let other = lab.rules.judge();
    for judge in [judge.clone(), judge, other.clone(), other] {
        lab.proxy.under(judge);
        lab.ask(&get(&site.url("/"))).await;
        lab.ask(&get(&site.url("/"))).await;
        asked.push(lab.rules.asked().len());
    }
    // Request and address, then nothing, then both again, though the connection stands.
    assert_eq!((asked, site.visits()), (vec![2, 2, 4, 4], 1));
}

#[tokio::test]
async fn another_judge_may_refuse_what_was_allowed() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let before = lab.ask(&get(&site.url("/"))).await.status;
    lab.proxy.under(Rules::requests(|_| false).judge());
    assert_eq!((before, lab.ask(&get(&site.url("/"))).await.status), (200, 403));
}

#[tokio::test]
async fn what_was_permitted_changing_and_refused_is_told_once() {
    let lab = Lab::under(Rules::requests(|action| fact(action, "method") != "PUT")).await;
    let site = Site::new().await;
    lab.proxy.page(Some("https://page.test"));
    let mut browser = lab.browser().await;
    for method in ["GET", "PUT", "POST", "PUT"] {
        browser.ask(&format!("{method} {} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", site.url("/"))).await;
    }
    let initiator = Some("https://page.test".to_owned());
    let refusal = Refusal {
        action: format!("PUT {} for https://page.test", site.url("/")),
        rules: vec![Rule::new("test.deny", "the test says <no>")],
    };
    let expected = Traffic {
        requests: 2,
        changing: vec![Sent { method: "POST".into(), url: site.url("/"), initiator, status: Some(200) }],
        refused: vec![Denied { refusal, page: false, count: 2 }],
        ..Traffic::default()
    };
    assert_eq!((lab.proxy.traffic(), lab.proxy.traffic()), (expected, Traffic::default()));
}

#[tokio::test]
async fn what_is_no_request_for_a_browser_is_refused_by_the_proxy_itself() {
    let lab = Lab::under(Rules::open()).await;
    let mut seen = Vec::new();
    for request in [
        "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        "GET ftp://shop.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        "GET https://shop.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        "GET http://user:pin@shop.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        "GET http://shop.test:pin@evil.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        "GET http://user:pin@1.2.3.4.5/ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        "TRACE http://shop.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        "CONNECT user@shop.test:443 HTTP/1.1\r\nHost: shop.test\r\n\r\n",
    ] {
        let answer = lab.ask(request).await;
        assert!(!answer.body.contains("pin"), "{}", answer.body);
        seen.push(answer.status);
    }
    assert_eq!(
        (seen, lab.names.asked(), lab.rules.asked()),
        (vec![400, 403, 403, 403, 403, 403, 403, 403], vec![], vec![])
    );
}

#[tokio::test]
async fn a_judge_whose_policy_was_replaced_refuses_what_it_allowed_before() {
    let (rules, site) = (Rules::open(), Site::new().await);
    let lab = Lab::under(rules.clone()).await;
    let (gate, judge) = rules.seated();
    lab.proxy.under(judge);
    let before = lab.ask(&get(&site.url("/"))).await;
    gate.install(rules);
    let after = lab.ask(&get(&site.url("/"))).await;
    assert_eq!((before.status, after.status, site.visits()), (200, 403, 1));
    assert!(after.body.contains("gate.generation"), "{}", after.body);
}
