use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// A server on this machine that says exactly what it is told to, to everybody.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) port: u16,
    visits: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<u8>>>,
}

/// What a site does once it has read a request.
#[derive(Debug, Clone)]
enum Manner {
    /// Says this and closes.
    Says(Vec<u8>),
    /// Says the first and then the second over and over.
    Repeats(Vec<u8>, Vec<u8>),
    /// Says this and keeps the line open in silence.
    Hangs(Vec<u8>),
}

impl Site {
    pub(crate) async fn saying(answer: impl AsRef<[u8]>) -> Self {
        Self::start("127.0.0.1:0", Manner::Says(answer.as_ref().to_vec()), None).await
    }

    pub(crate) async fn repeating(start: &str, again: &str) -> Self {
        Self::start("127.0.0.1:0", Manner::Repeats(start.into(), again.into()), None).await
    }

    pub(crate) async fn hanging_after(start: &str) -> Self {
        Self::start("127.0.0.1:0", Manner::Hangs(start.into()), None).await
    }

    /// With TLS.
    pub(crate) async fn secured(tls: ServerConfig) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        Self::start("127.0.0.1:0", Manner::Says(ok("hello")), Some(acceptor)).await
    }

    /// At `address`, where nobody should come.
    pub(crate) async fn trap(address: &str) -> Self {
        Self::start(address, Manner::Says(ok("caught")), None).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// How many connections came.
    pub(crate) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    /// All that was sent here.
    pub(crate) fn heard(&self) -> String {
        String::from_utf8(self.heard.lock().unwrap().clone()).unwrap()
    }

    async fn start(address: &str, manner: Manner, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let site = Self { port, visits: Arc::default(), heard: Arc::default() };
        let host = site.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                host.visits.fetch_add(1, Ordering::SeqCst);
                let (host, manner, tls) = (host.clone(), manner.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => host.serve(stream, &manner).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                host.serve(stream, &manner).await;
                            }
                        }
                    }
                });
            }
        });
        site
    }

    async fn serve(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin, manner: &Manner) {
        self.listen(&mut stream).await;
        // A client that has heard enough hangs up.
        let _ = match manner {
            Manner::Says(answer) => say(&mut stream, answer).await,
            Manner::Repeats(start, again) => {
                let mut said = say(&mut stream, start).await;
                while said.is_some() {
                    said = say(&mut stream, again).await;
                }
                said
            }
            Manner::Hangs(start) => {
                say(&mut stream, start).await;
                std::future::pending().await
            }
        };
        let _ = stream.shutdown().await;
    }

    /// Reads one request: up to the blank line, and as much as `content-length` says.
    async fn listen(&self, stream: &mut (impl AsyncRead + Unpin)) {
        let mut heard = Vec::new();
        let mut buffer = [0; 4096];
        while !is_whole(&heard) {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(size) => heard.extend(buffer.iter().take(size)),
            }
        }
        self.heard.lock().unwrap().extend(heard);
    }
}

/// An answer with the text `body`.
pub(crate) fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn is_whole(heard: &[u8]) -> bool {
    let text = String::from_utf8_lossy(heard);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let size = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= size.unwrap_or(0)
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), words: &[u8]) -> Option<()> {
    stream.write_all(words).await.ok()?;
    stream.flush().await.ok()
}
