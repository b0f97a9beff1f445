//! The way to a server: judged addresses, checked certificates, connections used again.

use std::{
    collections::HashSet,
    error::Error,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::{Request, Response};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use lamassu_contract::visible;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UdpSocket},
    time::{Instant, timeout_at},
};
use tokio_rustls::TlsConnector;

use super::{
    bench::Sitting,
    options::{ProxyError, ProxyLimits, ProxyOptions},
    pool::{Line, Pool},
    site::Site,
    tasks::Tasks,
    trouble::Trouble,
};
use crate::{
    Resolve,
    targets::{connect, targets},
};

/// Reaches servers, for requests that were permitted.
pub(super) struct Upstream {
    resolver: Arc<dyn Resolve>,
    tls: TlsConnector,
    limits: ProxyLimits,
    tasks: Tasks,
    pool: Pool,
    /// Ports of this machine that are never dialled.
    closed: Mutex<HashSet<u16>>,
}

/// What became of a request on a connection.
pub(super) enum Exchange {
    Answered(Response<Incoming>),
    /// The connection was gone before anything of the request was written.
    Unsent(Request<Incoming>),
}

impl Upstream {
    pub(super) fn new(options: &ProxyOptions, tasks: Tasks) -> Result<Self, ProxyError> {
        Ok(Self {
            resolver: Arc::clone(&options.resolver),
            tls: TlsConnector::from(Arc::new(client_config(&options.trust)?)),
            limits: options.limits,
            tasks,
            pool: Pool::new(options.limits.idle),
            closed: Mutex::default(),
        })
    }

    pub(super) fn close_port(&self, port: u16) {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).insert(port);
    }

    /// A connection to `site` that waits for a request.
    pub(super) async fn line(&self, sitting: &Arc<Sitting>, site: &Site) -> Result<Line, Trouble> {
        while let Some(line) = self.pool.take(site) {
            if self.may_go_on(&line, sitting, site) {
                return Ok(line);
            }
        }
        let deadline = Instant::now() + self.limits.connect;
        let stream = self.dial_until(deadline, sitting, site).await?;
        self.speak_until(deadline, stream, sitting, site).await
    }

    /// Sends `request` on `line` and keeps the line for later.
    pub(super) async fn exchange(
        &self,
        mut line: Line,
        site: &Site,
        request: Request<Incoming>,
    ) -> Result<Exchange, Trouble> {
        match line.sender.try_send_request(request).await {
            Ok(answer) => {
                self.pool.put(site.clone(), line);
                Ok(Exchange::Answered(answer))
            }
            Err(mut error) => match error.take_message() {
                Some(request) => Ok(Exchange::Unsent(request)),
                None => Err(Trouble::Unreachable(format!("`{site}` gave no answer: {}", root_cause(error.error())))),
            },
        }
    }

    /// Connects to a judged address of `site`.
    pub(super) async fn dial(&self, sitting: &Sitting, site: &Site) -> Result<TcpStream, Trouble> {
        self.dial_until(Instant::now() + self.limits.connect, sitting, site).await
    }

    /// Speaks plain HTTP on `stream` to `site` and keeps the connection for later.
    pub(super) async fn adopt(&self, stream: TcpStream, sitting: &Arc<Sitting>, site: &Site) {
        let deadline = Instant::now() + self.limits.connect;
        if let Ok(line) = self.speak_until(deadline, stream, sitting, site).await {
            self.pool.put(site.clone(), line);
        }
    }

    /// Whether a pooled connection may be used under `sitting`. Its address was judged when it was
    /// dialled; another judge may think otherwise, and a port may have been closed meanwhile.
    fn may_go_on(&self, line: &Line, sitting: &Arc<Sitting>, site: &Site) -> bool {
        let judged = || connect(sitting.judge(), line.address.ip().to_canonical(), site.port(), &site.host());
        !self.closed().contains(&line.address.port()) && (Arc::ptr_eq(&line.sitting, sitting) || judged().is_ok())
    }

    async fn dial_until(&self, deadline: Instant, sitting: &Sitting, site: &Site) -> Result<TcpStream, Trouble> {
        let (host, port) = (site.host(), site.port());
        let judged = timeout_at(deadline, targets(sitting.judge(), &host, port, self.resolver.as_ref())).await;
        let mut addresses = judged.map_err(|_| Trouble::Late(format!("`{host}` was not resolved in time")))??.any()?;
        if self.closed().contains(&port) {
            addresses = not_here(addresses).await;
            if addresses.is_empty() {
                return Err(Trouble::bounds(&format!("connect to {site}"), "this port of this machine is closed"));
            }
        }
        let mut last = None;
        let mut left = addresses.len() as u32;
        for address in addresses {
            // An address that is silent leaves the others their share of the time.
            let share = deadline.saturating_duration_since(Instant::now()) / left;
            match within(share, TcpStream::connect(address)).await {
                Ok(stream) => {
                    // Small messages go out at once; without it they wait, but still arrive.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => last = Some(error),
            }
            left -= 1;
        }
        Err(last.map_or_else(|| unreached(site, "it has no address"), |error| failed(site, &error)))
    }

    /// Checks the certificate if `site` has TLS, and speaks HTTP.
    async fn speak_until(
        &self,
        deadline: Instant,
        stream: TcpStream,
        sitting: &Arc<Sitting>,
        site: &Site,
    ) -> Result<Line, Trouble> {
        let address = stream.peer_addr().map_err(|error| failed(site, &error))?;
        let sender = if site.is_secure() {
            let name = ServerName::try_from(site.name()).map_err(|error| unreached(site, &error.to_string()))?;
            let secured = timeout_at(deadline, self.tls.connect(name, stream)).await;
            let secured = secured.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            self.speak(secured.map_err(|error| failed(site, &error))?).await
        } else {
            self.speak(stream).await
        };
        let sender = sender.map_err(|error| unreached(site, &error.to_string()))?;
        Ok(Line { sender, address, sitting: Arc::clone(sitting) })
    }

    async fn speak<S>(&self, stream: S) -> Result<http1::SendRequest<Incoming>, hyper::Error>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (sender, connection) = http1::Builder::new()
            .max_headers(self.limits.headers)
            .max_header_size(self.limits.head_bytes)
            .preserve_header_case(true)
            .handshake(TokioIo::new(stream))
            .await?;
        let connection = connection.with_upgrades();
        self.tasks.spawn(async move {
            // Whoever waits for an answer on it learns of its end.
            let _ = connection.await;
        });
        Ok(sender)
    }

    fn closed(&self) -> std::sync::MutexGuard<'_, HashSet<u16>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those of `addresses` that are not this machine's own.
async fn not_here(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let mut elsewhere = Vec::new();
    for address in addresses {
        if !is_here(address.ip()).await {
            elsewhere.push(address);
        }
    }
    elsewhere
}

/// Whether `ip` is this machine's: only such an address can be bound. Any other answer than "not
/// mine" counts as mine, so that doubt closes.
async fn is_here(ip: IpAddr) -> bool {
    match UdpSocket::bind((ip, 0)).await {
        Err(error) => error.kind() != io::ErrorKind::AddrNotAvailable,
        Ok(_) => true,
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn failed(site: &Site, error: &io::Error) -> Trouble {
    if error.kind() == io::ErrorKind::TimedOut {
        return Trouble::Late(format!("`{site}` cannot be reached in time; nothing was sent"));
    }
    unreached(site, &root_cause(error))
}

fn unreached(site: &Site, why: &str) -> Trouble {
    Trouble::Unreachable(format!("`{site}` cannot be reached: {}; nothing was sent", visible(why)))
}

fn root_cause(error: &(dyn Error + 'static)) -> String {
    let last = std::iter::successors(Some(error), |&cause| cause.source()).last();
    last.map_or_else(String::new, |cause| visible(&cause.to_string()))
}

fn client_config(trust: &[String]) -> Result<ClientConfig, ProxyError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for pem in trust {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| ProxyError::Trust(error.to_string()))?;
        if certificates.is_empty() {
            return Err(ProxyError::Trust("there is no certificate in it".to_owned()));
        }
        for certificate in certificates {
            roots.add(certificate).map_err(|error| ProxyError::Trust(error.to_string()))?;
        }
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
