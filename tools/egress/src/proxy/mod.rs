//! A loopback proxy for one browser: nothing leaves that was not judged.
//!
//! A request comes in ([`serve`]) and becomes a question ([`asked`]) for the judge who now sits
//! ([`bench`]). If it is allowed, a connection is found or made ([`upstream`]) and the request is
//! sent on it ([`forward`]). A tunnel ([`tunnel`]) is judged by host and port, and what is said in it
//! is judged again as far as it can be seen; TLS can be opened for that ([`inspect`]).
//!
//! A refused request is neither resolved nor dialled: a name alone can carry a secret.

mod asked;
mod bench;
mod body;
mod dial;
mod forward;
mod headers;
mod inspect;
mod options;
mod pool;
mod serve;
mod site;
mod tasks;
mod traffic;
mod trouble;
mod tunnel;
mod upstream;

use std::{
    fmt,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use lamassu_contract::Judge;
use tokio::sync::watch;

use self::{
    bench::Bench,
    inspect::Authority,
    tasks::{Count, Tasks},
    traffic::Ledger,
    upstream::Upstream,
};
pub use self::{
    dial::elsewhere,
    options::{ProxyError, ProxyLimits, ProxyOptions},
    traffic::{Denied, Sent, Traffic},
};

/// A proxy on this machine for one browser. Dropping it ends it, with all connections and tasks.
///
/// Each request is judged as `browser.subresource` with [`Effect::Egress`] upon its
/// [`Resource::Url`], with the facts `method`, `destination`, `initiator` (if it is known) and
/// `inspected`; then each address as `egress.connect`. A WebSocket is judged under its `http` or
/// `https` address, a tunnel as `CONNECT` to `https://host:port/`.
///
/// [`Effect::Egress`]: lamassu_contract::Effect::Egress
/// [`Resource::Url`]: lamassu_contract::Resource::Url
pub struct Proxy {
    door: Arc<Door>,
    address: SocketAddr,
    _life: watch::Sender<()>,
}

/// What all connections share.
struct Door {
    bench: Bench,
    ledger: Ledger,
    upstream: Upstream,
    authority: Option<Authority>,
    page: Mutex<Option<String>>,
    under_way: Count,
    dropped: AtomicUsize,
    limits: ProxyLimits,
    tasks: Tasks,
}

impl Door {
    fn page(&self) -> Option<String> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Proxy {
    /// Starts a proxy. Until [`Proxy::under`] is called, it refuses everything.
    ///
    /// # Errors
    ///
    /// A [`ProxyError`] that says what to change.
    pub async fn start(options: ProxyOptions) -> Result<Self, ProxyError> {
        let (life, tasks) = Tasks::new();
        let failed = |error| ProxyError::Listen(options.listen, error);
        let listener = serve::bind(options.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let upstream = Upstream::new(&options, tasks.clone())?;
        // A request to the proxy itself would go round in circles.
        upstream.close_port(address.port());
        let door = Arc::new(Door {
            bench: Bench::empty(),
            ledger: Ledger::default(),
            upstream,
            authority: options.inspect.then(Authority::new).transpose()?,
            page: Mutex::default(),
            under_way: Count::default(),
            dropped: AtomicUsize::new(0),
            limits: options.limits,
            tasks,
        });
        door.tasks.spawn(serve::listen(listener, Arc::clone(&door)));
        Ok(Self { door, address, _life: life })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// SHA-256 of the SubjectPublicKeyInfo of the authority that opens TLS, in base64, as Chromium's
    /// `--ignore-certificate-errors-spki-list` takes it. `None` if TLS stays closed.
    #[must_use]
    pub fn spki(&self) -> Option<&str> {
        self.door.authority.as_ref().map(Authority::spki)
    }

    /// From now on requests are judged by `judge`. Requests under way go on; a WebSocket or tunnel
    /// that `judge` refuses is closed. What another judge had allowed is forgotten.
    pub fn under(&self, judge: Judge) {
        self.door.bench.seat(judge);
    }

    /// The page that is shown now, by its origin or address: who is taken to have asked when a
    /// request does not say.
    pub fn page(&self, origin: Option<&str>) {
        *self.door.page.lock().unwrap_or_else(PoisonError::into_inner) = origin.and_then(asked::origin);
    }

    /// Never dials `port` of this machine again, whatever the policy says: the driver's, the
    /// debugger's. The proxy's own port is closed from the start.
    pub fn close_port(&self, port: u16) {
        self.door.upstream.close_port(port);
    }

    /// What happened since the last call.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.door.ledger.take()
    }

    /// How many whole pages were asked for so far and did not come: refused, out of reach, or a file
    /// instead. The browser stays where it is then, and tells its page nothing.
    #[must_use]
    pub fn dropped(&self) -> usize {
        self.door.dropped.load(Ordering::Relaxed)
    }

    /// How many requests are under way. Open tunnels and WebSockets are not counted.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.door.under_way.get()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("address", &self.address)
            .field("in_flight", &self.in_flight())
            .finish_non_exhaustive()
    }
}
