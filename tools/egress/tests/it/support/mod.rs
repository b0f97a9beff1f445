//! A browser that is a socket, a site that answers everybody, names that lead where they are told
//! to, and a policy that is a function.

mod browser;
mod names;
mod rules;
mod site;
mod tls;

use std::{sync::Arc, time::Duration};

use lamassu_egress::{Proxy, ProxyLimits, ProxyOptions};

pub(crate) use self::{
    browser::{Answer, Browser},
    names::Names,
    rules::{Rules, fact},
    site::Site,
    tls::{Certified, open_tls},
};

/// A proxy under rules that are a function.
pub(crate) struct Lab {
    pub(crate) proxy: Proxy,
    pub(crate) rules: Arc<Rules>,
    pub(crate) names: Arc<Names>,
}

impl Lab {
    pub(crate) async fn start(rules: Arc<Rules>, options: ProxyOptions, names: Arc<Names>) -> Self {
        let proxy = Proxy::start(ProxyOptions { resolver: names.clone(), ..options }).await.unwrap();
        proxy.under(rules.judge());
        Self { proxy, rules, names }
    }

    /// Every name leads to this machine.
    pub(crate) async fn under(rules: Arc<Rules>) -> Self {
        Self::start(rules, ProxyOptions::default(), Names::always("127.0.0.1")).await
    }

    /// With TLS opened, and servers trusted if `authority` vouches for them.
    pub(crate) async fn inspecting(rules: Arc<Rules>, authority: &str) -> Self {
        let trust = if authority.is_empty() { Vec::new() } else { vec![authority.to_owned()] };
        let options = ProxyOptions { inspect: true, trust, ..ProxyOptions::default() };
        Self::start(rules, options, Names::always("127.0.0.1")).await
    }

    pub(crate) async fn browser(&self) -> Browser {
        Browser::at(self.proxy.address()).await
    }

    /// One request on a connection of its own.
    pub(crate) async fn ask(&self, request: &str) -> Answer {
        self.browser().await.ask(request).await
    }
}

/// Limits under which a test that waits for one ends soon.
pub(crate) fn short() -> ProxyLimits {
    ProxyLimits { connect: Duration::from_millis(300), head: Duration::from_millis(300), ..ProxyLimits::default() }
}

/// A GET of `url` as a browser says it to a proxy.
pub(crate) fn get(url: &str) -> String {
    let host = url.split('/').nth(2).unwrap();
    format!("GET {url} HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

pub(crate) fn connect(authority: &str) -> String {
    format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n")
}

/// Waits until `done`, for things that happen soon but at no given moment.
pub(crate) async fn until(done: impl Fn() -> bool) {
    let wait = async {
        while !done() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.unwrap();
}
