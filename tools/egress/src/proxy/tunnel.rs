//! CONNECT: a tunnel to one host and port, and what is said inside.

use std::{
    io::Cursor,
    sync::{Arc, Weak},
};

use http::{Request, Response};
use hyper::{
    body::Incoming,
    upgrade::{self, OnUpgrade},
};
use hyper_util::rt::TokioIo;
use lamassu_contract::BoxFuture;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, join},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use super::{
    asked::{Asked, Inside, Place},
    bench::Sitting,
    body::Body,
    forward::pipe,
    serve::{Caller, serve},
    site::Site,
    trouble::Trouble,
};

/// The first byte of a TLS connection: the record type "handshake".
const TLS: u8 = 0x16;

/// Opens a tunnel, if the policy allows one there.
pub(super) async fn open(caller: &Caller, mut request: Request<Incoming>) -> Result<Response<Body>, Trouble> {
    let door = &caller.door;
    let inside = if door.authority.is_some() { Inside::Seen } else { Inside::Hidden };
    let asked = Asked::tunnel(&request, door.page(), inside)?;
    let sitting = door.bench.rule(&asked)?;
    let far = match inside {
        // Each request inside will be judged before its name is resolved.
        Inside::Seen => None,
        // The answer says whether there is anybody at the other end.
        Inside::Hidden => Some(door.upstream.dial(&sitting, &asked.site).await?),
    };
    let tunnel = Tunnel { caller: caller.clone(), asked, sitting: Arc::downgrade(&sitting), far };
    door.tasks.spawn(tunnel.enter(upgrade::on(&mut request)));
    Ok(Response::new(Body::Right(bytes::Bytes::new().into())))
}

struct Tunnel {
    caller: Caller,
    asked: Asked,
    sitting: Weak<Sitting>,
    far: Option<TcpStream>,
}

impl Tunnel {
    /// Looks at the first byte and goes on accordingly. Boxed, because a tunnel is served by what
    /// serves the connection that it was opened on.
    fn enter(self, near: OnUpgrade) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            // Whoever is silent or gone is not waited for.
            let Some((first, near)) = self.begin(near).await else { return };
            match (first == TLS, self.far) {
                (true, None) => inspect(self.caller, &self.asked.site, near).await,
                (true, Some(far)) => {
                    self.caller.door.ledger.permitted();
                    pipe(&self.caller, &self.asked, near, far).await;
                }
                // Browsers speak `ws` to port 80 this way. There is nothing closed about it.
                (false, far) => {
                    let site = self.asked.site.plain();
                    if let Some(far) = far {
                        self.caller.door.upstream.adopt(far, self.sitting, &site).await;
                    }
                    serve(near, self.caller.inside(Place::Tunnel(site))).await;
                }
            }
        })
    }

    /// The first byte said in the tunnel, and the stream that begins with it.
    async fn begin(&self, near: OnUpgrade) -> Option<(u8, impl AsyncRead + AsyncWrite + Send + Unpin + 'static)> {
        let near = near.await.ok()?.downcast::<TokioIo<TcpStream>>().ok()?;
        let (stream, read) = (near.io.into_inner(), near.read_buf);
        let first = match read.first() {
            Some(&first) => first,
            None => {
                let mut first = [0];
                let peek = timeout(self.caller.door.limits.head, stream.peek(&mut first)).await;
                peek.ok()?.ok().filter(|&size| size > 0)?;
                first[0]
            }
        };
        let (reader, writer) = stream.into_split();
        Some((first, join(Cursor::new(read).chain(reader), writer)))
    }
}

/// Opens the TLS of a tunnel to `site` and serves what is inside.
async fn inspect<S>(caller: Caller, site: &Site, near: S)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let Some(Ok(config)) = caller.door.authority.as_ref().map(|authority| authority.config(site)) else { return };
    let opened = timeout(caller.door.limits.head, TlsAcceptor::from(config).accept(near)).await;
    if let Ok(Ok(opened)) = opened {
        serve(opened, caller.inside(Place::Tunnel(site.clone()))).await;
    }
}
