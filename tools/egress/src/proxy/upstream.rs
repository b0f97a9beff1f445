//! The way to a server: checked certificates, HTTP, connections used again.

use std::{
    io,
    sync::{Arc, Weak},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{Either, Empty};
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
    net::TcpStream,
    time::{Instant, timeout_at},
};
use tokio_rustls::TlsConnector;

use super::{
    bench::Sitting,
    dial::{Dialler, failed, root_cause, unreached},
    options::{ProxyError, ProxyLimits, ProxyOptions},
    pool::{Line, Pool},
    site::Site,
    tasks::Tasks,
    trouble::Trouble,
};
use crate::targets::connect;

/// A browser's body as it comes in, or none.
pub(super) type Outgoing = Either<Incoming, Empty<Bytes>>;

/// Reaches servers, for requests that were permitted.
pub(super) struct Upstream {
    dialler: Dialler,
    tls: TlsConnector,
    limits: ProxyLimits,
    tasks: Tasks,
    pool: Pool,
}

/// A request without an answer.
pub(super) struct Lost {
    pub(super) trouble: Trouble,
    /// The request itself, if nothing of it was written.
    pub(super) unsent: Option<Request<Outgoing>>,
}

impl Upstream {
    pub(super) fn new(options: &ProxyOptions, tasks: Tasks) -> Result<Self, ProxyError> {
        Ok(Self {
            dialler: Dialler::new(Arc::clone(&options.resolver)),
            tls: TlsConnector::from(Arc::new(client_config(&options.trust)?)),
            limits: options.limits,
            tasks,
            pool: Pool::new(options.limits.idle),
        })
    }

    pub(super) fn close_port(&self, port: u16) {
        self.dialler.close_port(port);
    }

    /// A connection to `site` that waits for a request.
    pub(super) async fn line(&self, sitting: &Arc<Sitting>, site: &Site) -> Result<Line, Trouble> {
        while let Some(line) = self.pool.take(site) {
            if self.may_go_on(&line, sitting, site) {
                return Ok(Line { sitting: Arc::downgrade(sitting), ..line });
            }
        }
        self.new_line(sitting, site).await
    }

    /// A connection to `site` on which nothing was said yet.
    pub(super) async fn new_line(&self, sitting: &Arc<Sitting>, site: &Site) -> Result<Line, Trouble> {
        let deadline = self.deadline();
        let stream = self.dialler.dial(deadline, sitting, site).await?;
        self.speak(deadline, stream, Arc::downgrade(sitting), site).await
    }

    /// Sends `request` on `line` and keeps the line for later.
    pub(super) async fn exchange(
        &self,
        mut line: Line,
        site: &Site,
        request: Request<Outgoing>,
    ) -> Result<Response<Incoming>, Lost> {
        match line.sender.try_send_request(request).await {
            Ok(answer) => {
                self.pool.put(site.clone(), line);
                Ok(answer)
            }
            Err(mut error) => {
                let unsent = error.take_message();
                let why = visible(&root_cause(error.error()));
                Err(Lost { trouble: Trouble::Unreachable(format!("`{site}` gave no answer: {why}")), unsent })
            }
        }
    }

    /// Connects to a judged address of `site`.
    pub(super) async fn dial(&self, sitting: &Sitting, site: &Site) -> Result<TcpStream, Trouble> {
        self.dialler.dial(self.deadline(), sitting, site).await
    }

    /// Speaks HTTP on `stream`, which was dialled for `site` under `sitting`, and keeps the
    /// connection for later.
    pub(super) async fn adopt(&self, stream: TcpStream, sitting: Weak<Sitting>, site: &Site) {
        if let Ok(mut line) = self.speak(self.deadline(), stream, sitting, site).await
            && line.sender.ready().await.is_ok()
        {
            self.pool.put(site.clone(), line);
        }
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.limits.connect
    }

    /// Whether a pooled connection may be used under `sitting`. Its address was judged when it was
    /// dialled; another judge may think otherwise, and a port may have been closed meanwhile.
    fn may_go_on(&self, line: &Line, sitting: &Arc<Sitting>, site: &Site) -> bool {
        let ip = line.address.ip().to_canonical();
        let allowed = || connect(sitting.judge(), ip, site.port(), &site.host()).is_ok();
        !self.dialler.closes(site.port()) && (std::ptr::eq(line.sitting.as_ptr(), Arc::as_ptr(sitting)) || allowed())
    }

    /// Checks the certificate if `site` has TLS, and speaks HTTP.
    async fn speak(
        &self,
        deadline: Instant,
        stream: TcpStream,
        sitting: Weak<Sitting>,
        site: &Site,
    ) -> Result<Line, Trouble> {
        let address = stream.peer_addr().map_err(|error| failed(site, &error))?;
        let sender = if site.is_secure() {
            let name = ServerName::try_from(site.name()).map_err(|error| unreached(site, &error.to_string()))?;
            let secured = timeout_at(deadline, self.tls.connect(name, stream)).await;
            let secured = secured.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            self.begin(secured.map_err(|error| failed(site, &error))?).await
        } else {
            self.begin(stream).await
        };
        let sender = sender.map_err(|error| unreached(site, &error.to_string()))?;
        Ok(Line { sender, address, sitting, reused: false })
    }

    async fn begin<S>(&self, stream: S) -> Result<http1::SendRequest<Outgoing>, hyper::Error>
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
