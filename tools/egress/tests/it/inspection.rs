//! TLS that is opened.

use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::support::{Browser, Certified, Lab, Rules, Site, connect, fact, open_tls};

/// A browser that has opened a tunnel to `authority` and TLS to `name` inside it.
async fn inside(lab: &Lab, authority: &str, name: &str) -> std::io::Result<Browser<TlsStream<TcpStream>>> {
    let mut browser = lab.browser().await;
    let answer = browser.ask(&connect(authority)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    open_tls(browser, name, lab.proxy.spki().unwrap()).await
}

fn request(method: &str, path: &str, host: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n")
}

#[tokio::test]
async fn method_and_path_inside_tls_are_judged() {
    let certified = Certified::new("shop.test", 2999);
    let lab =
        Lab::inspecting(Rules::requests(|action| ["CONNECT", "GET"].contains(&fact(action, "method"))), &certified.pem)
            .await;
    let site = Site::secured(certified.config).await;
    let mut browser = inside(&lab, &site.authority(), "shop.test").await.unwrap();
    let mut seen = Vec::new();
    for method in ["GET", "POST", "GET"] {
        seen.push(browser.ask(&request(method, "/a", &site.authority())).await.status);
    }
    let asked = lab.rules.asked();
    let url = format!("https://{}/a", site.authority());
    let expected = [
        format!("CONNECT {} destination=tunnel inspected=true method=CONNECT", site.authority()),
        format!("GET {url} destination=unknown inspected=true method=GET"),
        format!("connect to shop.test at 127.0.0.1:{} zone=loopback", site.port),
        format!("POST {url} destination=unknown inspected=true method=POST"),
    ];
    assert_eq!(
        (seen, asked, site.requests()),
        (vec![200, 403, 200], expected.to_vec(), vec!["GET /a HTTP/1.1".to_owned(); 2])
    );
}

#[tokio::test]
async fn a_tunnel_alone_resolves_and_reaches_nobody() {
    let certified = Certified::new("shop.test", 2999);
    let lab = Lab::inspecting(Rules::requests(|action| fact(action, "method") == "CONNECT"), &certified.pem).await;
    let site = Site::secured(certified.config).await;
    let mut browser = inside(&lab, &site.authority(), "shop.test").await.unwrap();
    let status = browser.ask(&request("GET", "/", &site.authority())).await.status;
    assert_eq!((status, site.visits(), lab.names.asked()), (403, 0, Vec::<String>::new()));
}

#[tokio::test]
async fn an_address_gets_a_certificate_too() {
    let certified = Certified::new("127.0.0.1", 2999);
    let lab = Lab::inspecting(Rules::open(), &certified.pem).await;
    let site = Site::secured(certified.config).await;
    let authority = format!("127.0.0.1:{}", site.port);
    let mut browser = inside(&lab, &authority, "127.0.0.1").await.unwrap();
    assert_eq!(browser.ask(&request("GET", "/", &authority)).await.body, "hello");
}

#[tokio::test]
async fn a_server_name_that_is_not_the_tunnels_host_is_turned_away() {
    let lab = Lab::inspecting(Rules::open(), "").await;
    let opened = inside(&lab, "shop.test:443", "evil.test").await.map(drop);
    assert_eq!((opened.is_err(), lab.names.asked()), (true, Vec::<String>::new()));
}

#[tokio::test]
async fn a_host_header_that_is_not_the_tunnels_host_is_refused() {
    let lab = Lab::inspecting(Rules::open(), "").await;
    let mut browser = inside(&lab, "shop.test:443", "shop.test").await.unwrap();
    let wrong = browser.ask(&request("GET", "/", "evil.test")).await.status;
    let port = browser.ask(&request("GET", "/", "shop.test:444")).await.status;
    assert_eq!((wrong, port, lab.names.asked()), (403, 403, Vec::<String>::new()));
}

#[tokio::test]
async fn a_server_that_cannot_prove_its_name_is_sent_nothing() {
    let cases = [("shop.test", 2001, true), ("other.test", 2999, true), ("shop.test", 2999, false)];
    let mut seen = Vec::new();
    for (name, year, trusted) in cases {
        let certified = Certified::new(name, year);
        let lab = Lab::inspecting(Rules::open(), if trusted { &certified.pem } else { "" }).await;
        let site = Site::secured(certified.config).await;
        let mut browser = inside(&lab, &site.authority(), "shop.test").await.unwrap();
        let answer = browser.ask(&request("GET", "/", &site.authority())).await;
        let said = ["invalid peer certificate", "nothing was sent"].iter().all(|word| answer.body.contains(word));
        seen.push((answer.status, said, site.heard()));
    }
    assert_eq!(seen, vec![(502, true, String::new()); 3]);
}

#[tokio::test]
async fn plain_http_inside_a_tunnel_is_served_as_well() {
    let (lab, site) = (Lab::inspecting(Rules::open(), "").await, Site::new().await);
    let mut browser = lab.browser().await;
    browser.ask(&connect(&site.authority())).await;
    assert_eq!(browser.ask(&request("GET", "/", &site.authority())).await.body, "hello");
}

#[tokio::test]
async fn every_proxy_has_an_authority_of_its_own() {
    let (one, other) = (Lab::inspecting(Rules::open(), "").await, Lab::inspecting(Rules::open(), "").await);
    let mut browser = one.browser().await;
    browser.ask(&connect("shop.test:443")).await;
    assert!(open_tls(browser, "shop.test", other.proxy.spki().unwrap()).await.is_err());
}
