use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// One connection that says exactly what a test says.
pub(crate) struct Browser<S = TcpStream> {
    pub(crate) stream: S,
}

/// What came back: the status line's number, the headers as they came, and the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) async fn at(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap() }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Browser<S> {
    pub(crate) async fn ask(&mut self, request: &str) -> Answer {
        self.say(request).await;
        self.hear().await
    }

    pub(crate) async fn say(&mut self, words: &str) {
        self.stream.write_all(words.as_bytes()).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// One answer with a `Content-Length`, or without a body.
    pub(crate) async fn hear(&mut self) -> Answer {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            head.push(char::from(self.byte().await.unwrap_or_else(|| panic!("closed after {head:?}"))));
        }
        let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        self.stream.read_exact(&mut body).await.unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: String::from_utf8(body).unwrap() }
    }

    /// All that comes until the other side hangs up.
    pub(crate) async fn rest(&mut self) -> String {
        let mut rest = String::new();
        while let Some(byte) = self.byte().await {
            rest.push(char::from(byte));
        }
        rest
    }

    /// The next `size` bytes.
    pub(crate) async fn next(&mut self, size: usize) -> String {
        let mut next = vec![0; size];
        timeout(Duration::from_secs(10), self.stream.read_exact(&mut next)).await.unwrap().unwrap();
        String::from_utf8(next).unwrap()
    }

    /// The next byte; none if the other side has hung up, in whatever way.
    async fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        match timeout(Duration::from_secs(10), self.stream.read(&mut byte)).await.unwrap() {
            Ok(1) => Some(byte[0]),
            _ => None,
        }
    }
}
