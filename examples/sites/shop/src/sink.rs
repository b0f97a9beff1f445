//! The attacker's host: it takes whatever is sent to it and counts.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::Serialize;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/// How long a connection may say nothing.
const QUIET: Duration = Duration::from_secs(10);

/// What has reached the sink.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Received {
    /// Connections, also those on which nothing was sent.
    pub connections: u64,
    /// Complete HTTP request heads.
    pub requests: u64,
    /// Bytes of any kind.
    pub bytes: u64,
}

/// A handle on the attacker's host. Clones are the same host.
#[derive(Debug, Clone, Default)]
pub struct Sink {
    tally: Arc<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    address: OnceLock<SocketAddr>,
    connections: AtomicU64,
    requests: AtomicU64,
    bytes: AtomicU64,
}

impl Sink {
    /// A host that nothing has reached, and nothing can until it is served.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What has reached it so far.
    #[must_use]
    pub fn received(&self) -> Received {
        Received {
            connections: self.tally.connections.load(Ordering::SeqCst),
            requests: self.tally.requests.load(Ordering::SeqCst),
            bytes: self.tally.bytes.load(Ordering::SeqCst),
        }
    }

    /// Where it listens, once it does.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.tally.address.get().copied()
    }

    async fn drink(&self, mut stream: TcpStream) {
        let mut tail = Vec::new();
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(Ok(count @ 1..)) = timeout(QUIET, stream.read(&mut buffer)).await {
            self.tally.bytes.fetch_add(count as u64, Ordering::SeqCst);
            tail.extend_from_slice(buffer.get(..count).unwrap_or_default());
            if tail.windows(4).any(|four| four == b"\r\n\r\n") {
                self.tally.requests.fetch_add(1, Ordering::SeqCst);
                self.swallow(stream, &mut buffer).await;
                return;
            }
            // Only the end can be the beginning of a blank line.
            tail.drain(..tail.len().saturating_sub(3));
        }
    }

    /// Answers, and counts the body that may still come.
    async fn swallow(&self, mut stream: TcpStream, buffer: &mut [u8]) {
        if stream.write_all(ANSWER).await.is_err() || stream.shutdown().await.is_err() {
            return;
        }
        while let Ok(Ok(count @ 1..)) = timeout(QUIET, stream.read(buffer)).await {
            self.tally.bytes.fetch_add(count as u64, Ordering::SeqCst);
        }
    }
}

/// Serves the attacker's host until it is dropped.
///
/// # Errors
///
/// If the listener has no address or cannot accept.
pub async fn serve_sink(listener: TcpListener, sink: Sink) -> io::Result<()> {
    let _ = sink.tally.address.set(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        sink.tally.connections.fetch_add(1, Ordering::SeqCst);
        let sink = sink.clone();
        tokio::spawn(async move { sink.drink(stream).await });
    }
}
