//! Requests and a large download through the proxy, beside the same directly.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    http::header::CONTENT_LENGTH,
    routing::get,
};
use futures_util::stream;
use lamassu::Verdict;
use lamassu_egress::{Proxy, ProxyOptions};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    Figure, clocked, lab, median, scene,
    table::{Amount, amount, micros},
};

const REQUESTS: usize = 500;
/// Downloads of each kind, in turn.
const DOWNLOADS: usize = 5;
const CHUNK: usize = 64 * 1024;
const CHUNKS: usize = 200 * 1024 * 1024 / CHUNK;

pub(crate) async fn figures() -> Vec<Figure> {
    let server = serve().await;
    let proxy = Proxy::start(ProxyOptions::default()).await.unwrap();
    let Verdict::Go(permit) = lab::open_gate().judge(scene::action(), &scene::standing()) else {
        panic!("the gate is open");
    };
    proxy.under(permit.judge().clone());
    let mut direct = Line::to(server, server).await;
    let mut through = Line::to(proxy.address(), server).await;
    let (mut floors, mut times) = (Vec::new(), Vec::new());
    // The first request is judged and connects.
    through.get("/small").await;
    for _ in 0..REQUESTS {
        floors.push(clocked(direct.get("/small")).await.0);
        times.push(clocked(through.get("/small")).await.0);
    }
    let (mut straight, mut around) = (Vec::new(), Vec::new());
    for _ in 0..DOWNLOADS {
        straight.push(clocked(direct.get("/large")).await.0);
        around.push(clocked(through.get("/large")).await.0);
    }
    let (floor, straight) = (median(floors), median(straight));
    vec![
        Figure::at_most(
            "a request that was allowed before",
            micros(median(times)),
            micros(floor + Duration::from_millis(1)),
        )
        .beside(micros(floor)),
        Figure::at_least("a download of 200 MB", speed(median(around)), speed(straight.mul_f64(1.0 / 0.8)))
            .beside(speed(straight)),
    ]
}

fn speed(time: Duration) -> Amount {
    amount((CHUNK * CHUNKS) as f64 / 1e6 / time.as_secs_f64(), "MB/s")
}

async fn serve() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let large = get(async || {
        let chunk = Bytes::from(vec![b'x'; CHUNK]);
        let chunks = stream::iter((0..CHUNKS).map(move |_| Ok::<_, Infallible>(chunk.clone())));
        ([(CONTENT_LENGTH, (CHUNK * CHUNKS).to_string())], Body::from_stream(chunks))
    });
    let router = Router::new().route("/small", get(async || "x".repeat(1024))).route("/large", large);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A connection that stays open from one request to the next.
struct Line {
    stream: TcpStream,
    server: SocketAddr,
    buffer: Vec<u8>,
}

impl Line {
    async fn to(peer: SocketAddr, server: SocketAddr) -> Self {
        let stream = TcpStream::connect(peer).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, server, buffer: vec![0; 256 * 1024] }
    }

    /// Gets `path` of the server and reads the answer to its end.
    async fn get(&mut self, path: &str) {
        let server = self.server;
        let request = format!("GET http://{server}{path} HTTP/1.1\r\nHost: {server}\r\n\r\n");
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let mut filled = 0;
        let (head, length) = loop {
            let read = self.stream.read(self.buffer.get_mut(filled..).unwrap()).await.unwrap();
            assert!(read > 0, "the answer is cut off");
            filled += read;
            if let Some(found) = head(self.buffer.get(..filled).unwrap()) {
                break found;
            }
        };
        let mut rest = length - (filled - head);
        while rest > 0 {
            let read = self.stream.read(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the answer is cut off");
            rest -= read;
        }
    }
}

/// Where the headers of an answer end, and how long its body is; `None` if they are not whole yet.
fn head(answer: &[u8]) -> Option<(usize, usize)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(answer.get(..end)?).to_lowercase();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    Some((end, length.and_then(|length| length.trim().parse().ok()).unwrap_or_else(|| panic!("no length: {head}"))))
}
