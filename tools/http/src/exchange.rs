//! One request and its answer, and what is certain about it when something goes wrong.
//!
//! - Until a connection stands, TLS included, nothing of the request has left: not sent.
//! - Once it stands, the other side may have seen the request. If no status comes back, nobody
//!   can tell: it may have landed. That holds for safe methods too; they may be asked again, and
//!   the failure says so.
//! - A status means that it landed, whatever becomes of the body.

use std::{error::Error, net::SocketAddr, sync::Arc};

use lamassu_contract::{Exchange, Failure, FailureKind, Observation, Outcome, Permit};
use reqwest::{
    Client, Request, Response,
    dns::{Addrs, Name, Resolving},
    header::{ACCEPT_ENCODING, HeaderMap, HeaderValue},
    redirect, retry,
};
use rustls::{ClientConfig, crypto::ring};
use tokio::time::{Instant, timeout, timeout_at};

use crate::{
    HttpTool, answer, body,
    describe::{Prepared, is_safe},
};

/// Sends the request of `permit`.
pub(crate) async fn run(tool: &HttpTool, permit: Permit) -> Outcome {
    let Some(prepared) = permit.handle::<Prepared>() else {
        return Outcome::NotSent(Failure::invalid("this action was not described by `http`; ask again"));
    };
    let (client, request) = match ready(tool, &permit, prepared).await {
        Ok(ready) => ready,
        Err(failure) => return Outcome::NotSent(failure),
    };
    let deadline = Instant::now() + tool.limits.total;
    // The connection has its own, shorter limit; when this one strikes, the request is on its way.
    let silence = (Instant::now() + tool.limits.connect + tool.limits.idle).min(deadline);
    match timeout_at(silence, client.execute(request)).await {
        Ok(Ok(mut response)) => Outcome::Landed(observe(tool, prepared, &mut response, deadline).await),
        Ok(Err(error)) => lost(prepared, &error),
        Err(_) => Outcome::MayHaveLanded(silent(prepared, FailureKind::Limit, "no answer came in time")),
    }
}

async fn observe(tool: &HttpTool, prepared: &Prepared, response: &mut Response, deadline: Instant) -> Observation {
    let body = body::read(response, &tool.limits, deadline).await;
    let status = response.status();
    let seen = answer::observation(&prepared.url, status, response.headers(), &body, tool.limits.shown_bytes);
    let changes = !prepared.method.is_safe();
    seen.with_requests(changes.then(|| Exchange {
        method: prepared.method.to_string(),
        url: prepared.url.to_string(),
        status: Some(status.as_u16()),
    }))
}

/// All that can be done before anything is sent.
async fn ready(tool: &HttpTool, permit: &Permit, prepared: &Prepared) -> Result<(Client, Request), Failure> {
    let request = request(prepared, permit)?;
    let (Some(host), Some(port)) = (prepared.url.host(), prepared.url.port_or_known_default()) else {
        return Err(Failure::invalid("the address has no host; ask for another"));
    };
    let judged = lamassu_egress::targets(permit.judge(), &host, port, tool.resolver.as_ref());
    let targets = timeout(tool.limits.connect, judged).await.map_err(|_| {
        Failure::new(FailureKind::Limit, format!("`{host}` was not resolved in time; try again later"))
    })??;
    let mut targets = targets.any()?;
    if tool.closed.contains(&port) {
        targets = lamassu_egress::elsewhere(targets).await;
        if targets.is_empty() {
            let why = format!("`{host}:{port}` is closed to the agent; ask for another address");
            return Err(Failure::new(FailureKind::OutOfBounds, why));
        }
    }
    Ok((client(tool, targets)?, request))
}

fn request(prepared: &Prepared, permit: &Permit) -> Result<Request, Failure> {
    let mut request = Request::new(prepared.method.clone(), prepared.url.clone());
    let headers = request.headers_mut();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, zstd"));
    headers.extend(prepared.headers.plain.clone());
    add_secrets(headers, prepared, permit)?;
    *request.body_mut() = prepared.body.clone().map(Into::into);
    Ok(request)
}

fn add_secrets(headers: &mut HeaderMap, prepared: &Prepared, permit: &Permit) -> Result<(), Failure> {
    for header in &prepared.headers.secret {
        let unfit = |why: &str| {
            Failure::invalid(format!("the secret `{}` {why}; choose another for `{}`", header.secret, header.name))
        };
        let value = permit.secret(&header.argument()).ok_or_else(|| unfit("is not there"))?;
        let mut value = HeaderValue::from_str(&value).map_err(|_| unfit("cannot stand in a header"))?;
        value.set_sensitive(true);
        headers.insert(header.name.clone(), value);
    }
    Ok(())
}

/// A client for one request, which can reach `targets` and nothing else.
fn client(tool: &HttpTool, targets: Vec<SocketAddr>) -> Result<Client, Failure> {
    let broken = |error: &dyn Error| Failure::new(FailureKind::Lost, format!("`http` cannot start: {error}"));
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| broken(&error))?
        .with_root_certificates(Arc::clone(&tool.roots))
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Arc::new(Pinned(targets)))
        .connect_timeout(tool.limits.connect)
        .http1_only()
        .http1_max_headers(tool.limits.headers)
        .no_proxy()
        .pool_max_idle_per_host(0)
        .redirect(redirect::Policy::none())
        .referer(false)
        .retry(retry::never())
        .user_agent(concat!("lamassu/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| broken(&error))
}

/// Answers every question with the addresses that were judged.
///
/// An address that stands in the URL itself is dialled without a question; it was judged too. A
/// mapped form of IPv6 is then dialled as it stands, which reaches the IPv4 address inside it.
#[derive(Debug)]
struct Pinned(Vec<SocketAddr>);

impl reqwest::dns::Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let targets: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(async move { Ok(targets) })
    }
}

/// What an exchange without a status means.
fn lost(prepared: &Prepared, error: &reqwest::Error) -> Outcome {
    let why = root_cause(error);
    let host = prepared.url.host_str().unwrap_or_default();
    if error.is_connect() {
        let kind = if error.is_timeout() { FailureKind::Limit } else { FailureKind::Remote };
        return Outcome::NotSent(Failure::new(kind, format!("`{host}` cannot be reached: {why}; nothing was sent")));
    }
    if error.is_builder() {
        return Outcome::NotSent(Failure::invalid(format!("the request cannot be written: {why}; change it")));
    }
    let kind = if is_too_large(error) { FailureKind::Limit } else { FailureKind::Remote };
    Outcome::MayHaveLanded(silent(prepared, kind, &why))
}

fn silent(prepared: &Prepared, kind: FailureKind, why: &str) -> Failure {
    let next = if is_safe(&prepared.method) {
        "it changes nothing, so it may be asked again"
    } else {
        "look whether it took effect before asking again"
    };
    Failure::new(kind, format!("`{} {}` has no answer: {why}; {next}", prepared.method, prepared.url))
}

/// Whether the headers of the answer are over the limit. The client has no better sign of it.
fn is_too_large(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.to_string() == "message head is too large")
}

fn root_cause(error: &reqwest::Error) -> String {
    causes(error)
        .last()
        .map_or_else(|| "no reason was given".to_owned(), |cause| crate::text::one_line(&cause.to_string()))
}

/// The causes below `error`, which itself would only repeat the address.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
