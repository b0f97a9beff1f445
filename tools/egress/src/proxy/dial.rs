//! From a site to a connection: a judged address, and not one that is closed to everybody.

use std::{
    collections::HashSet,
    error::Error,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use lamassu_contract::visible;
use tokio::{
    net::{TcpStream, UdpSocket},
    time::{Instant, timeout, timeout_at},
};

use super::{bench::Sitting, site::Site, trouble::Trouble};
use crate::{Resolve, targets::targets};

/// Connects to judged addresses.
pub(super) struct Dialler {
    resolver: Arc<dyn Resolve>,
    /// Ports of this machine that are never dialled.
    closed: Mutex<HashSet<u16>>,
}

impl Dialler {
    pub(super) fn new(resolver: Arc<dyn Resolve>) -> Self {
        Self { resolver, closed: Mutex::default() }
    }

    pub(super) fn close_port(&self, port: u16) {
        self.closed().insert(port);
    }

    pub(super) fn closes(&self, port: u16) -> bool {
        self.closed().contains(&port)
    }

    /// Connects to a permitted address of `site`, the first that answers. Resolving counts.
    pub(super) async fn dial(&self, deadline: Instant, sitting: &Sitting, site: &Site) -> Result<TcpStream, Trouble> {
        let (host, port) = (site.host(), site.port());
        let judged = timeout_at(deadline, targets(sitting.judge(), &host, port, self.resolver.as_ref())).await;
        let mut addresses = judged.map_err(|_| Trouble::Late(format!("`{host}` was not resolved in time")))??.any()?;
        if self.closes(port) {
            addresses = elsewhere(addresses).await;
            if addresses.is_empty() {
                return Err(Trouble::bounds(&format!("connect to {site}"), "this port of this machine is closed"));
            }
        }
        let mut last = io::ErrorKind::AddrNotAvailable.into();
        for (address, left) in addresses.iter().zip((1..=addresses.len() as u32).rev()) {
            // An address that is silent leaves the others their share of the time.
            let share = deadline.saturating_duration_since(Instant::now()) / left;
            match timeout(share, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // Small messages go out at once; without it they wait, but still arrive.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Err(error)) => last = error,
                Err(_) => last = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(failed(site, &last))
    }

    fn closed(&self) -> MutexGuard<'_, HashSet<u16>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those of `addresses` that are not this machine's own.
pub async fn elsewhere(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
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

/// `site` could not be connected to.
pub(super) fn failed(site: &Site, error: &io::Error) -> Trouble {
    if error.kind() == io::ErrorKind::TimedOut {
        return Trouble::Late(format!("`{site}` cannot be reached in time; nothing was sent"));
    }
    unreached(site, &root_cause(error))
}

pub(super) fn unreached(site: &Site, why: &str) -> Trouble {
    Trouble::Unreachable(format!("`{site}` cannot be reached: {}; nothing was sent", visible(why)))
}

pub(super) fn root_cause(error: &(dyn Error + 'static)) -> String {
    let last = std::iter::successors(Some(error), |&cause| cause.source()).last();
    last.map_or_else(String::new, ToString::to_string)
}
