//! One request: judged, sent on, and its answer brought back.

use std::sync::Arc;

use http::{HeaderValue, Request, Response, StatusCode, Uri, Version, header::HOST};
use http_body_util::Empty;
use hyper::{
    body::{Body as _, Incoming},
    upgrade::{self, OnUpgrade},
};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional_with_sizes};
use url::Position;

use super::{
    asked::Asked,
    bench::Sitting,
    body::Body,
    headers::{self, Wanted},
    pool::Line,
    serve::Caller,
    site::Site,
    trouble::Trouble,
    upstream::{Outgoing, Upstream},
};

/// How much a pipe holds for each direction.
const PIPE: usize = 128 * 1024;

/// Sends `request` to its server, if the policy allows it, and gives back the answer.
pub(super) async fn send(caller: &Caller, mut request: Request<Incoming>) -> Result<Response<Body>, Trouble> {
    let door = &caller.door;
    let asked = Asked::read(&request, &caller.place, door.page())?;
    let sitting = door.bench.rule(&asked)?;
    door.ledger.permitted();
    let near = upgrade::on(&mut request);
    let request = rewrite(request, &asked)?;
    let line = door.upstream.line(&sitting, &asked.site).await?;
    door.ledger.sent(&asked);
    let answer = exchange(&door.upstream, &sitting, &asked.site, (line, request)).await?;
    door.ledger.answered(&asked, answer.status());
    bring_back(caller, asked, near, answer)
}

/// Sends a request on a line. If the line lay in the pool and turns out to be closed, the request
/// is sent on a new one, provided that the server cannot have seen it or that it changes nothing.
async fn exchange(
    upstream: &Upstream,
    sitting: &Arc<Sitting>,
    site: &Site,
    (line, request): (Line, Request<Outgoing>),
) -> Result<Response<Incoming>, Trouble> {
    if !line.reused {
        return upstream.exchange(line, site, request).await.map_err(|lost| lost.trouble);
    }
    let spare = spare(&request);
    match upstream.exchange(line, site, request).await {
        Ok(answer) => Ok(answer),
        Err(lost) => {
            let again = lost.unsent.or(spare).ok_or(lost.trouble)?;
            let line = upstream.new_line(sitting, site).await?;
            upstream.exchange(line, site, again).await.map_err(|lost| lost.trouble)
        }
    }
}

/// The same request once more, if it has no body and changes nothing.
fn spare(request: &Request<Outgoing>) -> Option<Request<Outgoing>> {
    let harmless = request.method().is_safe() && request.body().is_end_stream();
    harmless.then(|| {
        let mut spare = Request::new(Outgoing::Right(Empty::new()));
        *spare.method_mut() = request.method().clone();
        *spare.uri_mut() = request.uri().clone();
        *spare.headers_mut() = request.headers().clone();
        *spare.extensions_mut() = request.extensions().clone();
        spare
    })
}

/// The request as the server is to see it: by its canonical address, and without what was meant
/// for the proxy.
fn rewrite(request: Request<Incoming>, asked: &Asked) -> Result<Request<Outgoing>, Trouble> {
    let unfit = |_| Trouble::Malformed("the address cannot be written into a request".to_owned());
    let (mut parts, body) = request.into_parts();
    parts.uri = asked.url[Position::BeforePath..Position::AfterQuery].parse::<Uri>().map_err(unfit)?;
    parts.version = Version::HTTP_11;
    headers::strip(&mut parts.headers);
    if asked.is_websocket() {
        headers::upgrade(&mut parts.headers);
    }
    let host = HeaderValue::from_str(&asked.site.authority());
    let host = host.map_err(|_| Trouble::Malformed("the host cannot be written into a request".to_owned()))?;
    parts.headers.insert(HOST, host);
    Ok(Request::from_parts(parts, Outgoing::Left(body)))
}

fn bring_back(
    caller: &Caller,
    asked: Asked,
    near: OnUpgrade,
    mut answer: Response<Incoming>,
) -> Result<Response<Body>, Trouble> {
    *answer.version_mut() = Version::HTTP_11;
    headers::strip(answer.headers_mut());
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        if !asked.is_websocket() {
            return Err(Trouble::Unreachable(format!("`{}` changes to what nobody asked for", asked.site)));
        }
        headers::upgrade(answer.headers_mut());
        let far = upgrade::on(&mut answer);
        let caller = caller.clone();
        caller.door.tasks.clone().spawn(async move {
            if let (Ok(near), Ok(far)) = (near.await, far.await) {
                pipe(&caller, &asked, TokioIo::new(near), TokioIo::new(far)).await;
            }
        });
    }
    Ok(answer.map(Body::Left))
}

/// Carries bytes both ways until both sides are done, or a later judge refuses what was asked.
pub(super) async fn pipe<N, F>(caller: &Caller, asked: &Asked, mut near: N, mut far: F)
where
    N: AsyncRead + AsyncWrite + Unpin,
    F: AsyncRead + AsyncWrite + Unpin,
{
    tokio::select! {
        biased;
        // A side that breaks off ends the other too; there is nobody left to tell.
        _ = copy_bidirectional_with_sizes(&mut near, &mut far, PIPE, PIPE) => {}
        refusal = caller.door.bench.revoked(asked) => caller.door.ledger.refused(&refusal, Wanted::Part),
    }
}
