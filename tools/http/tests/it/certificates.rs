//! Whom the tool believes to be who they say they are.

use std::sync::Arc;

use lamassu_contract::{FailureKind, Outcome};
use lamassu_http::{HttpTool, TrustError};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio_rustls::rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};

use crate::support::{Names, Opens, Site, end, get, limits, message, run, short};

/// A site called `name` whose certificate ends with `year`, and that certificate in PEM form.
async fn site(name: &str, year: i32) -> (Site, String) {
    let key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new([name.to_owned()]).unwrap();
    parameters.not_before = date_time_ymd(2000, 1, 1);
    parameters.not_after = date_time_ymd(year, 12, 31);
    let certificate = parameters.self_signed(&key).unwrap();
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    (Site::secured(tls).await, certificate.pem())
}

fn tool() -> HttpTool {
    HttpTool::new(limits()).resolving_with(Names::always("127.0.0.1"))
}

async fn visit(tool: &HttpTool, site: &Site) -> Outcome {
    let url = format!("https://shop.test:{}/", site.port);
    run(tool, &Opens::zone("loopback"), &get(&url)).await
}

#[tokio::test]
async fn an_authority_of_ones_own_can_be_trusted() {
    let (site, pem) = site("shop.test", 2999).await;
    let outcome = visit(&tool().trusting(&pem).unwrap(), &site).await;
    assert_eq!((end(&outcome).0, site.heard().lines().next()), ("landed", Some("GET / HTTP/1.1")));
}

#[tokio::test]
async fn a_self_signed_certificate_is_not_believed_and_nothing_is_sent() {
    let (site, _) = site("shop.test", 2999).await;
    let outcome = visit(&tool(), &site).await;
    let expected = "`shop.test` cannot be reached: invalid peer certificate: UnknownIssuer; nothing was sent";
    assert_eq!(
        (end(&outcome), message(&outcome), site.heard().as_str()),
        (("not sent", Some(FailureKind::Remote)), expected, "")
    );
}

#[tokio::test]
async fn an_expired_certificate_is_not_believed_and_nothing_is_sent() {
    let (site, pem) = site("shop.test", 2001).await;
    let outcome = visit(&tool().trusting(&pem).unwrap(), &site).await;
    let believed = message(&outcome).contains("invalid peer certificate: certificate expired");
    assert_eq!((end(&outcome).0, believed, site.heard().as_str()), ("not sent", true, ""), "{outcome:?}");
}

#[tokio::test]
async fn a_certificate_for_another_host_is_not_believed_and_nothing_is_sent() {
    let (site, pem) = site("other.test", 2999).await;
    let outcome = visit(&tool().trusting(&pem).unwrap(), &site).await;
    let named = message(&outcome).contains("certificate not valid for name \"shop.test\"");
    assert_eq!((end(&outcome).0, named, site.heard().as_str()), ("not sent", true, ""), "{outcome:?}");
}

#[tokio::test]
async fn a_site_that_does_not_speak_tls_gets_nothing() {
    let site = Site::hanging_after("").await;
    let tool = HttpTool::new(short()).resolving_with(Names::always("127.0.0.1"));
    let outcome = visit(&tool, &site).await;
    assert_eq!(end(&outcome), ("not sent", Some(FailureKind::Limit)), "{outcome:?}");
}

#[test]
fn a_text_without_a_certificate_is_turned_down() {
    assert!(matches!(tool().trusting("hello"), Err(TrustError::Missing)));
}
