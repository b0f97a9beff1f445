//! How a proxy is set up, and why it may not start.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use crate::{Resolve, SystemResolver};

/// How a [`Proxy`](crate::Proxy) is set up.
///
/// By default it listens on a free port of 127.0.0.1, leaves TLS closed, asks the operating system
/// for addresses, and believes the certificates of the Mozilla root program.
#[derive(Debug, Clone)]
pub struct ProxyOptions {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Whether TLS is opened with an authority made for this proxy, so that method and path are
    /// judged. Otherwise host and port are all that is judged of what runs over TLS.
    pub inspect: bool,
    /// Who knows the addresses of names.
    pub resolver: Arc<dyn Resolve>,
    /// Certificates of further authorities, in PEM form, that may vouch for servers.
    pub trust: Vec<String>,
    /// How long and how much.
    pub limits: ProxyLimits,
}

impl Default for ProxyOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            inspect: false,
            resolver: Arc::new(SystemResolver),
            trust: Vec::new(),
            limits: ProxyLimits::default(),
        }
    }
}

/// How long a proxy waits, and how much it takes in. Bodies have no limit: they are never held.
#[derive(Debug, Clone, Copy)]
pub struct ProxyLimits {
    /// For a server: until its name is resolved, it is connected and has shown its certificate.
    pub connect: Duration,
    /// For the browser: between two requests of one connection, until a request's headers are
    /// complete, and until a tunnel is used.
    pub head: Duration,
    /// For a connection to a server: how long after its last use it may be used again.
    pub idle: Duration,
    /// The most bytes that the headers of a request or an answer may have.
    pub head_bytes: usize,
    /// The most headers that a request or an answer may have.
    pub headers: usize,
    /// The most connections from the browser at a time; further ones are closed at once.
    pub connections: usize,
}

impl Default for ProxyLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            head: Duration::from_secs(60),
            idle: Duration::from_secs(30),
            head_bytes: 256 * 1024,
            headers: 200,
            connections: 1024,
        }
    }
}

/// Why a proxy does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// The address cannot be listened on.
    #[error("the proxy cannot listen on `{0}`: {1}; choose another port")]
    Listen(SocketAddr, io::Error),
    /// A further authority is no certificate in PEM form.
    #[error("the authority cannot be trusted: {0}; give a certificate in PEM form")]
    Trust(String),
    /// The authority for inspection cannot be made.
    #[error("the authority for inspection cannot be made: {0}")]
    Authority(#[from] rcgen::Error),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}
