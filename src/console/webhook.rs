//! Telling somewhere else that a run waits for a person. This file is a door: it sends a request.

use std::time::Duration;

use serde_json::json;
use url::Url;

/// How long the other side may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Characters of what is waited for.
const LINE: usize = 300;

/// An address that is told when a run waits. It is not told what about, beyond one line.
#[derive(Debug, Clone)]
pub(super) struct Webhook {
    client: reqwest::Client,
    address: Url,
    /// Where the question can be answered.
    console: String,
}

impl Webhook {
    /// The webhook at `address`; nothing if that is no web address, or TLS cannot be had.
    pub(super) fn new(address: Url, console: String) -> Option<Self> {
        // Any provider of this process will do; a second one is refused, which is no fault.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let client = match address.scheme() {
            "https" => builder.timeout(PATIENCE).build().ok()?,
            // Plain addresses need no certificates, and a small container may have none.
            "http" => builder.timeout(PATIENCE).tls_certs_only([]).build().ok()?,
            _ => return None,
        };
        Some(Self { client, address, console })
    }

    /// Tells that `run` waits, and for what. Nobody waits for the answer.
    pub(super) fn tell(&self, run: &str, line: &str) {
        let line: String = line.chars().take(LINE).collect();
        let body = json!({ "run": run, "waits_for": line, "console": self.console }).to_string();
        let request = self.client.post(self.address.clone()).header("content-type", "application/json").body(body);
        // Whether it arrives is the other side's affair; the question is on the page all the same.
        tokio::spawn(async move { drop(request.send().await) });
    }
}
