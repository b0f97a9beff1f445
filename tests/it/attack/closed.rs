//! TLS that is opened, so that "look, but do not touch" holds whatever a page tries.

use std::sync::Arc;

use lamassu::{Pack, Vault, browser::Options};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::{
    Names, Ran, call, limits, open,
    server::{Answer, Asked, Server, page},
    tour,
};

/// A server with TLS, and the certificate that vouches for it.
struct Shop {
    server: Server,
    certificate: String,
}

impl Shop {
    /// With a certificate of its own for `name`, good until the end of `year`.
    async fn open(name: &str, year: i32) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new([name.to_owned()]).unwrap();
        parameters.not_before = date_time_ymd(2000, 1, 1);
        parameters.not_after = date_time_ymd(year, 12, 31);
        let certificate = parameters.self_signed(&key).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        let pages: Answer = Arc::new(|asked: &Asked| match asked.target.as_str() {
            "/" => page(include_str!("pages/touch.html")),
            "/words" => page("loaded"),
            _ => page("<title>more</title><p>more"),
        });
        let server = Server::start([127, 0, 0, 1], Some(TlsAcceptor::from(Arc::new(config))), pages).await;
        Self { server, certificate: certificate.pem() }
    }

    fn url(&self, path: &str) -> String {
        format!("https://shop.test:{}{path}", self.server.address.port())
    }

    fn options(&self) -> Options {
        Options {
            inspect: true,
            trust: vec![self.certificate.clone()],
            resolver: Names::new([("shop.test", &["127.0.0.1"])]),
            limits: limits(),
            ..Options::default()
        }
    }

    fn pack(&self, name: &str) -> Pack {
        Pack::ready(name).with("sites", [self.url("")]).with("private", ["shop.test"])
    }

    async fn visit(&self, pack: &str, options: Options) -> Ran {
        let calls =
            vec![open(self.url("/")), call("wait").with("text", "all was tried"), call("click").with("target", "More")];
        tour(self.pack(pack), options, Vault::default(), calls).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_page_tries_it_changes_nothing_where_one_only_looks() {
    let mut seen = Vec::new();
    for pack in ["look-dont-touch", "web-forms"] {
        let shop = Shop::open("shop.test", 2100).await;
        let ran = shop.visit(pack, shop.options()).await;
        let got = shop.server.got();
        println!("{pack}: {:?}", got.methods());
        let usable = ran.shown[1].contains("loaded") && ran.shown[2].contains("title: \"more\"");
        let socket = got.lines.iter().any(|line| line.contains("/socket"));
        let methods: Vec<_> = got.methods().into_keys().map(str::to_owned).collect();
        seen.push((pack, usable, socket, methods.join(" ")));
    }
    let expected = [
        ("look-dont-touch", true, false, "GET".to_owned()),
        ("web-forms", true, true, "DELETE GET PATCH POST PUT".into()),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_inspection_it_is_said_how_to_turn_it_on() {
    let shop = Shop::open("shop.test", 2100).await;
    let ran = shop.visit("look-dont-touch", Options { inspect: false, ..shop.options() }).await;
    let told = ran.told[0].contains("turn on the inspection of TLS");
    assert_eq!((shop.server.got().connections, told), (0, true), "{:?}", ran.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_prove_who_it_is_gets_no_request() {
    let mut seen = Vec::new();
    for (name, year, trusted) in [("evil.test", 2100, true), ("shop.test", 2020, true), ("shop.test", 2100, false)] {
        let shop = Shop::open(name, year).await;
        let mut options = shop.options();
        if !trusted {
            options.trust.clear();
        }
        let ran = tour(shop.pack("look-dont-touch"), options, Vault::default(), vec![open(shop.url("/"))]).await;
        let why = ["not valid for name", "certificate expired", "UnknownIssuer"];
        let why = why.into_iter().find(|why| ran.told[0].contains(why)).unwrap_or(&ran.told[0]).to_owned();
        seen.push((shop.server.got().bytes, why));
    }
    let expected = ["not valid for name", "certificate expired", "UnknownIssuer"];
    assert_eq!(seen, expected.map(|why| (0, why.to_owned())));
}
