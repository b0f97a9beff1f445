//! The tool itself: what it is set up with, and its two doors.

use std::{sync::Arc, time::Duration};

use lamassu_contract::{Action, BoxFuture, Call, Failure, Outcome, Permit, Reconciled, Tool, Verb};
use lamassu_egress::{Resolve, SystemResolver};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use serde_json::Value;

use crate::{describe, exchange};

/// The name that calls use.
pub(crate) const NAME: &str = "http";

/// How much one request may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a name may take to resolve, and a connection to stand, TLS included.
    pub connect: Duration,
    /// How long the other side may be silent: until its headers are there, and between two
    /// pieces of its body.
    pub idle: Duration,
    /// How long it may take from the first byte sent until the last one received.
    pub total: Duration,
    /// The most bytes of a request's body.
    pub request_bytes: usize,
    /// The most bytes of an answer's body, on the wire and again after decompression.
    pub body_bytes: usize,
    /// The most headers of an answer. All of them together may have about 400 kB.
    pub headers: usize,
    /// How many bytes of a body an observation shows to a planner; its data hold all of it.
    pub shown_bytes: usize,
}

impl Default for Limits {
    /// 10 s to connect, 30 s of silence, 60 s in all; 1 MiB out, 4 MiB in, 100 headers, 100 kB shown.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            total: Duration::from_secs(60),
            request_bytes: 1024 * 1024,
            body_bytes: 4 * 1024 * 1024,
            headers: 100,
            shown_bytes: 100_000,
        }
    }
}

/// Why a certificate authority cannot be trusted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The text holds no certificate.
    #[error("there is no certificate in the text; give it in PEM form, with its `BEGIN CERTIFICATE` line")]
    Missing,
    /// The text is damaged.
    #[error("the certificates cannot be read: {0}; export them again in PEM form")]
    Unreadable(#[source] rustls::pki_types::pem::Error),
    /// A certificate cannot stand at the root of a chain.
    #[error("a certificate cannot be trusted as an authority: {0}")]
    Unfit(#[source] rustls::Error),
}

/// The tool `http`: one verb, `request`.
///
/// It trusts the certificate authorities that Mozilla trusts, as they were when it was built,
/// and those of [`HttpTool::trusting`]. Neither the system's store nor the environment is read.
#[derive(Debug, Clone)]
pub struct HttpTool {
    pub(crate) limits: Limits,
    pub(crate) roots: Arc<RootCertStore>,
    pub(crate) resolver: Arc<dyn Resolve>,
    /// Ports of this machine that are never dialled.
    pub(crate) closed: Vec<u16>,
}

impl HttpTool {
    /// A tool that keeps to `limits` and asks the operating system for addresses.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        Self { limits, roots: Arc::new(roots), resolver: Arc::new(SystemResolver), closed: Vec::new() }
    }

    /// The same tool, which asks `resolver` for addresses.
    #[must_use]
    pub fn resolving_with(mut self, resolver: Arc<dyn Resolve>) -> Self {
        self.resolver = resolver;
        self
    }

    /// The same tool, which never dials `ports` of this machine, whatever the policy says.
    #[must_use]
    pub fn closing(mut self, ports: &[u16]) -> Self {
        self.closed = ports.to_vec();
        self
    }

    /// The same tool, which also trusts the certificate authorities in `pem`.
    ///
    /// # Errors
    ///
    /// A [`TrustError`] if `pem` holds none, or one that cannot be used.
    pub fn trusting(mut self, pem: &str) -> Result<Self, TrustError> {
        let mut roots = RootCertStore::clone(&self.roots);
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.map_err(TrustError::Unreadable)?).map_err(TrustError::Unfit)?;
        }
        if roots.len() == before {
            return Err(TrustError::Missing);
        }
        self.roots = Arc::new(roots);
        Ok(self)
    }
}

impl Tool for HttpTool {
    fn name(&self) -> &str {
        NAME
    }

    fn verbs(&self) -> Vec<Verb> {
        describe::verbs()
    }

    fn describe<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Action, Failure>> {
        Box::pin(async move { describe::action(call, self.limits.request_bytes) })
    }

    fn run(&self, permit: Permit) -> BoxFuture<'_, Outcome> {
        Box::pin(exchange::run(self, permit))
    }

    fn reconcile<'a>(&'a self, action: &'a Value) -> BoxFuture<'a, Reconciled> {
        let method = action.pointer("/facts/method").and_then(Value::as_str).unwrap_or_default();
        // Safe methods, RFC 9110 section 9.2.1: the server is not asked to change anything.
        let found = if matches!(method, "GET" | "HEAD" | "OPTIONS") {
            Reconciled::NotSent(format!("a {method} request changes nothing, so it can be asked again"))
        } else {
            Reconciled::Unknown
        };
        Box::pin(async { found })
    }
}
