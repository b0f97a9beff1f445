use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, split},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

const HELLO: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// A server on this machine that gives everybody the same answer, request after request.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) port: u16,
    visits: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<u8>>>,
    /// How many requests of one connection are answered.
    patience: usize,
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::saying(HELLO).await
    }

    /// Hangs up on the second request of a connection, after it has read it.
    pub(crate) async fn answering_once() -> Self {
        Self::start(HELLO, None, 1).await
    }

    /// An answer that does not frame its end keeps the line open.
    pub(crate) async fn saying(answer: &str) -> Self {
        Self::start(answer, None, usize::MAX).await
    }

    pub(crate) async fn secured(tls: ServerConfig) -> Self {
        Self::start(HELLO, Some(TlsAcceptor::from(Arc::new(tls))), usize::MAX).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://shop.test:{}{path}", self.port)
    }

    pub(crate) fn authority(&self) -> String {
        format!("shop.test:{}", self.port)
    }

    /// How many connections came.
    pub(crate) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    /// How many connections stand.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// All that was sent here.
    pub(crate) fn heard(&self) -> String {
        String::from_utf8(self.heard.lock().unwrap().clone()).unwrap()
    }

    /// The first line of everything that was asked for here.
    pub(crate) fn requests(&self) -> Vec<String> {
        let heard = self.heard();
        heard.lines().filter(|line| line.ends_with(" HTTP/1.1")).map(str::to_owned).collect()
    }

    async fn start(answer: &str, tls: Option<TlsAcceptor>, patience: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let site = Self { port, visits: Arc::default(), open: Arc::default(), heard: Arc::default(), patience };
        let host = site.clone();
        let answer: Arc<[u8]> = answer.as_bytes().into();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                host.visits.fetch_add(1, Ordering::SeqCst);
                let (host, answer, tls) = (host.clone(), Arc::clone(&answer), tls.clone());
                tokio::spawn(async move {
                    host.open.fetch_add(1, Ordering::SeqCst);
                    // A client that has heard enough hangs up.
                    let _ = match tls {
                        None => host.serve(stream, &answer).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => host.serve(stream, &answer).await,
                            Err(error) => Err(error),
                        },
                    };
                    host.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        site
    }

    async fn serve(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &[u8]) -> std::io::Result<()> {
        let mut answered = 0;
        while let Some(request) = self.listen(&mut stream).await? {
            if answered == self.patience {
                return Ok(());
            }
            answered += 1;
            if request.contains("Upgrade: websocket") {
                let agreed = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
                stream.write_all(agreed).await?;
                let (mut reader, mut writer) = split(stream);
                copy(&mut reader, &mut writer).await?;
                return Ok(());
            }
            stream.write_all(answer).await?;
            stream.flush().await?;
        }
        Ok(())
    }

    /// Reads one request: up to the blank line, and as much as its framing says.
    async fn listen(&self, stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Option<String>> {
        let mut heard = Vec::new();
        while !is_whole(&heard) {
            let mut byte = [0];
            if stream.read(&mut byte).await? == 0 {
                return Ok(None);
            }
            heard.push(byte[0]);
            self.heard.lock().unwrap().push(byte[0]);
        }
        Ok(Some(String::from_utf8_lossy(&heard).into_owned()))
    }
}

fn is_whole(heard: &[u8]) -> bool {
    let text = String::from_utf8_lossy(heard);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let head = head.to_lowercase();
    if head.contains("transfer-encoding: chunked") {
        return body.ends_with("0\r\n\r\n");
    }
    let size = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= size.unwrap_or(0)
}
