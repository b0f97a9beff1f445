//! A server that writes down every byte it gets, and answers as it is told.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, UdpSocket},
};
use tokio_rustls::TlsAcceptor;

/// What a server makes of a request: a whole answer, or nothing ever.
pub(super) type Answer = Arc<dyn Fn(&Asked) -> Option<Vec<u8>> + Send + Sync>;

/// What is asked for.
pub(super) struct Asked {
    pub(super) target: String,
}

/// What a server has got.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Got {
    pub(super) connections: usize,
    pub(super) bytes: usize,
    pub(super) datagrams: usize,
    /// The first line of each request.
    pub(super) lines: Vec<String>,
}

impl Got {
    /// How many requests there were for each case: the first part of the path, without its ending.
    pub(super) fn cases(&self) -> BTreeMap<String, usize> {
        let mut cases = BTreeMap::new();
        for line in &self.lines {
            let case = line.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
            let case = case.split(['.', '?', '/']).next().unwrap_or_default();
            *cases.entry(case.to_owned()).or_default() += 1;
        }
        cases
    }

    /// How many requests had each method.
    pub(super) fn methods(&self) -> BTreeMap<&str, usize> {
        let mut methods = BTreeMap::new();
        for line in &self.lines {
            *methods.entry(line.split(' ').next().unwrap_or_default()).or_default() += 1;
        }
        methods
    }
}

/// A server on a free port.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    got: Arc<Mutex<Got>>,
}

impl Server {
    /// Listens on `ip`; for datagrams too, on the same port.
    pub(super) async fn start(ip: [u8; 4], tls: Option<TlsAcceptor>, answer: Answer) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::from(ip), 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let got = Arc::new(Mutex::new(Got::default()));
        let datagrams = UdpSocket::bind(address).await.unwrap();
        tokio::spawn(count(datagrams, Arc::clone(&got)));
        let log = Arc::clone(&got);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                log.lock().unwrap().connections += 1;
                let (tls, answer, log) = (tls.clone(), Arc::clone(&answer), Arc::clone(&log));
                tokio::spawn(async move {
                    match tls {
                        // A browser or proxy that does not like the certificate is gone by then.
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, &answer, &log).await,
                            Err(_) => None,
                        },
                        None => serve(stream, &answer, &log).await,
                    }
                });
            }
        });
        Self { address, got }
    }

    /// This server under another name.
    pub(super) fn named(&self, host: &str) -> String {
        format!("http://{host}:{}", self.address.port())
    }

    pub(super) fn got(&self) -> Got {
        self.got.lock().unwrap().clone()
    }
}

async fn count(socket: UdpSocket, got: Arc<Mutex<Got>>) {
    let mut buffer = [0; 2048];
    while socket.recv_from(&mut buffer).await.is_ok() {
        got.lock().unwrap().datagrams += 1;
    }
}

/// Answers one request after another until the other side has had enough.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, answer: &Answer, got: &Mutex<Got>) -> Option<()> {
    let mut read = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = read.windows(4).position(|end| end == b"\r\n\r\n") {
                break end + 4;
            }
            more(&mut stream, &mut read, got).await?;
        };
        let text = String::from_utf8_lossy(&read[..head]).into_owned();
        let line = text.lines().next().unwrap_or_default().to_owned();
        let length = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok();
        let body: usize = text.lines().find_map(length).unwrap_or(0);
        while read.len() < head + body {
            more(&mut stream, &mut read, got).await?;
        }
        read.drain(..head + body);
        let asked = Asked { target: line.split(' ').nth(1)?.to_owned() };
        got.lock().unwrap().lines.push(line);
        match answer(&asked) {
            Some(whole) => stream.write_all(&whole).await.ok()?,
            // Holds the connection until the other side lets go.
            None => while more(&mut stream, &mut read, got).await.is_some() {},
        }
    }
}

async fn more<S: AsyncRead + Unpin>(stream: &mut S, read: &mut Vec<u8>, got: &Mutex<Got>) -> Option<()> {
    let before = read.len();
    read.resize(before + 65536, 0);
    let size = stream.read(&mut read[before..]).await.unwrap_or(0);
    read.truncate(before + size);
    got.lock().unwrap().bytes += size;
    (size > 0).then_some(())
}

/// An answer with this status line, headers (each with its line end) and body.
pub(super) fn answer(status: &str, headers: &str, body: &str) -> Option<Vec<u8>> {
    let length = body.len();
    Some(format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes())
}

/// A page.
pub(super) fn page(body: &str) -> Option<Vec<u8>> {
    answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", body)
}
