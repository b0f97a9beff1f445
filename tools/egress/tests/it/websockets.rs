//! WebSockets, which browsers open through a tunnel.

use crate::support::{Certified, Lab, Rules, Site, connect, fact, open_tls, until};

fn websocket(path: &str, host: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nOrigin: https://page.test\r\nSec-WebSocket-Key: a\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
}

#[tokio::test]
async fn a_websocket_through_a_tunnel_is_judged_by_its_path() {
    let lab = Lab::under(Rules::requests(|action| !action.line().contains("/no"))).await;
    let site = Site::new().await;
    let mut seen = Vec::new();
    for path in ["/no", "/yes"] {
        let mut browser = lab.browser().await;
        browser.ask(&connect(&site.authority())).await;
        seen.push(browser.ask(&websocket(path, &site.authority())).await.status);
    }
    let asked = format!(
        "GET {} for https://page.test destination=websocket initiator=https://page.test inspected=true method=GET",
        site.url("/yes")
    );
    assert_eq!((seen, lab.rules.asked().contains(&asked)), (vec![403, 101], true));
}

#[tokio::test]
async fn a_websocket_carries_both_ways_and_is_not_in_flight() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let mut browser = lab.browser().await;
    browser.ask(&connect(&site.authority())).await;
    browser.ask(&websocket("/", &site.authority())).await;
    browser.say("over and over").await;
    assert_eq!((browser.next(13).await.as_str(), lab.proxy.in_flight()), ("over and over", 0));
}

#[tokio::test]
async fn a_websocket_inside_opened_tls_is_judged_and_carried() {
    let certified = Certified::new("shop.test", 2999);
    let lab = Lab::inspecting(
        Rules::requests(|action| ["tunnel", "websocket"].contains(&fact(action, "destination"))),
        &certified.pem,
    )
    .await;
    let site = Site::secured(certified.config).await;
    let mut browser = lab.browser().await;
    browser.ask(&connect(&site.authority())).await;
    let mut browser = open_tls(browser, "shop.test", lab.proxy.spki().unwrap()).await.unwrap();
    let status = browser.ask(&websocket("/", &site.authority())).await.status;
    browser.say("over").await;
    assert_eq!((status, browser.next(4).await.as_str()), (101, "over"));
}

#[tokio::test]
async fn a_websocket_that_a_later_judge_refuses_is_closed() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let mut browser = lab.browser().await;
    browser.ask(&connect(&site.authority())).await;
    browser.ask(&websocket("/", &site.authority())).await;
    lab.proxy.under(Rules::requests(|_| false).judge());
    let rest = browser.rest().await;
    until(|| site.open() == 0).await;
    assert_eq!(rest, "");
}

#[tokio::test]
async fn a_server_cannot_change_to_what_nobody_asked_for() {
    let site = Site::saying("HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n").await;
    let lab = Lab::under(Rules::open()).await;
    let mut seen = Vec::new();
    for upgrade in ["", "Connection: Upgrade\r\nUpgrade: h2c\r\n"] {
        let request = format!("GET {} HTTP/1.1\r\nHost: x\r\n{upgrade}\r\n", site.url("/"));
        seen.push(lab.ask(&request).await.status);
    }
    assert_eq!((seen, site.heard().to_lowercase().contains("upgrade")), (vec![502, 502], false));
}
