//! CONNECT without opening what is inside.

use std::sync::Arc;

use lamassu_egress::{Proxy, ProxyOptions, Traffic};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio_rustls::TlsConnector;

use crate::support::{Browser, Certified, Lab, Names, Rules, Site, connect, fact, get, short, until};

/// A browser that has opened a tunnel to `site`.
async fn tunnel(lab: &Lab, site: &Site) -> Browser {
    let mut browser = lab.browser().await;
    let answer = browser.ask(&connect(&site.authority())).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    browser
}

/// The same, with TLS spoken to the server itself.
async fn secure(lab: &Lab, site: &Site, pem: &str) -> Browser<tokio_rustls::client::TlsStream<tokio::net::TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("shop.test").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tunnel(lab, site).await.stream).await.unwrap();
    Browser { stream }
}

#[tokio::test]
async fn closed_tls_is_judged_by_host_and_port_and_carried_as_it_is() {
    let certified = Certified::new("shop.test", 2999);
    let (lab, site) = (Lab::under(Rules::open()).await, Site::secured(certified.config).await);
    let answer = secure(&lab, &site, &certified.pem).await.ask(&get("http://shop.test/")).await;
    let asked = format!("CONNECT shop.test:{} destination=tunnel inspected=false method=CONNECT", site.port);
    assert_eq!((answer.body.as_str(), lab.rules.asked().first()), ("hello", Some(&asked)));
}

#[tokio::test]
async fn closed_tls_counts_as_one_request_and_is_not_in_flight() {
    let certified = Certified::new("shop.test", 2999);
    let (lab, site) = (Lab::under(Rules::open()).await, Site::secured(certified.config).await);
    let _open = secure(&lab, &site, &certified.pem).await;
    let expected = Traffic { requests: 1, ..Traffic::default() };
    assert_eq!((lab.proxy.traffic(), lab.proxy.in_flight()), (expected, 0));
}

#[tokio::test]
async fn a_tunnel_that_a_later_judge_refuses_is_closed() {
    let certified = Certified::new("shop.test", 2999);
    let (lab, site) = (Lab::under(Rules::open()).await, Site::secured(certified.config).await);
    let mut browser = secure(&lab, &site, &certified.pem).await;
    lab.proxy.under(Rules::open().judge());
    let while_allowed = browser.ask(&get("http://shop.test/")).await.body;
    lab.proxy.under(Rules::requests(|_| false).judge());
    let rest = browser.rest().await;
    until(|| site.open() == 0).await;
    assert_eq!((while_allowed.as_str(), rest.as_str(), lab.proxy.traffic().refused.len()), ("hello", "", 1));
}

#[tokio::test]
async fn a_tunnel_to_nobody_is_not_opened() {
    let lab = Lab::under(Rules::open()).await;
    let answer = lab.ask(&connect("shop.test:1")).await;
    assert_eq!(answer.status, 502);
}

#[tokio::test]
async fn plain_http_inside_a_tunnel_is_judged_request_by_request() {
    let lab = Lab::under(Rules::requests(|action| !action.line().contains("/no"))).await;
    let site = Site::new().await;
    let mut browser = tunnel(&lab, &site).await;
    let mut seen = Vec::new();
    for path in ["/yes", "/no", "/yes?again"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", site.authority());
        seen.push(browser.ask(&request).await.status);
    }
    // The connection that was made for the tunnel carries them.
    let expected = vec!["GET /yes HTTP/1.1".to_owned(), "GET /yes?again HTTP/1.1".to_owned()];
    assert_eq!((seen, site.requests(), site.visits()), (vec![200, 403, 200], expected, 1));
}

#[tokio::test]
async fn inside_a_tunnel_only_its_own_host_can_be_asked_for() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let host = site.authority();
    let mut seen = Vec::new();
    for request in [
        "GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\nHost: user@{host}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.test\r\n\r\n"),
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        format!("GET http://evil.test/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ] {
        seen.push(tunnel(&lab, &site).await.ask(&request).await.status);
    }
    assert_eq!((seen, site.heard().as_str()), (vec![403, 403, 403, 403, 400, 403, 400], ""));
}

#[tokio::test]
async fn a_tunnel_in_which_nothing_is_said_is_closed() {
    let options = ProxyOptions { limits: short(), ..ProxyOptions::default() };
    let lab = Lab::start(Rules::open(), options, Names::always("127.0.0.1")).await;
    let site = Site::new().await;
    let mut browser = tunnel(&lab, &site).await;
    assert_eq!((browser.rest().await.as_str(), site.heard().as_str()), ("", ""));
}

#[tokio::test]
async fn a_tunnel_may_be_allowed_where_a_request_is_not() {
    let lab = Lab::under(Rules::requests(|action| fact(action, "destination") == "tunnel")).await;
    let site = Site::new().await;
    let plain = lab.ask(&get(&site.url("/"))).await.status;
    tunnel(&lab, &site).await;
    assert_eq!(plain, 403);
}

#[tokio::test]
async fn a_proxy_that_opens_nothing_has_no_authority() {
    assert_eq!(Proxy::start(ProxyOptions::default()).await.unwrap().spki(), None);
}
