//! The browser's side: connections, and the requests on them.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use http::{Method, Request, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::sleep,
};

use super::{
    Door,
    asked::Place,
    body::{Body, Tracked},
    forward,
    headers::{Wanted, stays, wanted},
    trouble::Trouble,
    tunnel,
};

/// How long nobody is let in after that went wrong.
const PAUSE: Duration = Duration::from_millis(50);

/// Whoever is connected, and where they are. Clones stand for the same connection.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) door: Arc<Door>,
    pub(super) place: Place,
    /// Held as long as any part of the connection stands, an upgraded one too.
    _seat: Arc<OwnedSemaphorePermit>,
}

impl Caller {
    /// The same connection, now inside a tunnel.
    pub(super) fn inside(&self, place: Place) -> Self {
        Self { place, ..self.clone() }
    }
}

/// Takes `address`, or a free port there if it names none.
pub(super) async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Lets browsers in until the proxy is dropped.
pub(super) async fn listen(listener: TcpListener, door: Arc<Door>) {
    let seats = Arc::new(Semaphore::new(door.limits.connections));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // The connection is gone, or there are no more files: others must close first.
            Err(_) => {
                sleep(PAUSE).await;
                continue;
            }
        };
        let Ok(seat) = Arc::clone(&seats).try_acquire_owned() else { continue };
        // Small messages go out at once; without it they wait, but still arrive.
        let _ = stream.set_nodelay(true);
        let caller = Caller { door: Arc::clone(&door), place: Place::Open, _seat: Arc::new(seat) };
        door.tasks.spawn(serve(stream, caller));
    }
}

/// Answers the requests on `stream` one after another.
pub(super) async fn serve<S>(stream: S, caller: Caller)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let limits = caller.door.limits;
    let service = service_fn(move |request| answer(caller.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_headers(limits.headers)
        .max_header_size(limits.head_bytes)
        .auto_date_header(false)
        .preserve_header_case(true)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    // Whatever went wrong, the browser was told or is gone.
    let _ = connection.await;
}

async fn answer(caller: Caller, request: Request<Incoming>) -> Result<Response<Tracked>, Infallible> {
    let under_way = caller.door.under_way.begin();
    let wanted = wanted(request.headers());
    let answer = if request.method() == Method::CONNECT && matches!(caller.place, Place::Open) {
        tunnel::open(&caller, request).await
    } else {
        forward::send(&caller, request).await
    };
    let answer = answer.unwrap_or_else(|trouble| {
        match &trouble {
            Trouble::Refused(refusal) => caller.door.ledger.refused(refusal, wanted),
            Trouble::Unreachable(why) | Trouble::Late(why) => caller.door.ledger.unreached(why),
            Trouble::Malformed(_) => {}
        }
        // Without content the browser stays where it is.
        let answer = if wanted == Wanted::Page { Trouble::nothing() } else { trouble.answer() };
        answer.map(Body::Right)
    });
    if wanted == Wanted::Page && stays(&answer) {
        caller.door.dropped.fetch_add(1, Ordering::Relaxed);
    }
    Ok(answer.map(|body| Tracked::new(body, under_way)))
}
