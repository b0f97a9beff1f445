//! Connections to servers that can be used again.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

use hyper::client::conn::http1::SendRequest;

use super::{bench::Sitting, site::Site, upstream::Outgoing};

/// One connection to a server, with HTTP spoken on it.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) sender: SendRequest<Outgoing>,
    pub(super) address: SocketAddr,
    /// Whose policy allowed the address. What else was decided there is not kept for it.
    pub(super) sitting: Weak<Sitting>,
    /// Whether it lay in the pool, where the server may have closed it without a word.
    pub(super) reused: bool,
}

/// Connections that stand, by where they lead.
///
/// One is used again only for the same scheme, host and port. That is sound because nothing else
/// went into choosing it: the name was resolved for this host, the certificate was checked against
/// this host, and the address was judged for this host. The request itself is judged every time,
/// and the address again when another judge sits.
#[derive(Debug)]
pub(super) struct Pool {
    lines: Mutex<HashMap<Site, Vec<(Line, Instant)>>>,
    idle: Duration,
}

impl Pool {
    pub(super) fn new(idle: Duration) -> Self {
        Self { lines: Mutex::default(), idle }
    }

    /// A connection to `site` that waits for a request; the one used last is the least likely to
    /// have been closed meanwhile.
    pub(super) fn take(&self, site: &Site) -> Option<Line> {
        let mut pool = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = pool.get_mut(site)?;
        let ready = lines.iter().rposition(|(line, used)| line.sender.is_ready() && used.elapsed() < self.idle)?;
        Some(Line { reused: true, ..lines.remove(ready).0 })
    }

    /// Keeps `line` for later. It may still be busy with an answer.
    pub(super) fn put(&self, site: Site, line: Line) {
        let now = Instant::now();
        let mut pool = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        pool.retain(|_, lines| {
            lines.retain(|(line, used)| {
                !line.sender.is_closed() && (!line.sender.is_ready() || now - *used < self.idle)
            });
            !lines.is_empty()
        });
        pool.entry(site).or_default().push((line, now));
    }
}
