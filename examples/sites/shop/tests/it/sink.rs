use lamassu_shop::{Received, serve_sink};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::browser::Browser;

#[tokio::test]
async fn a_sink_that_does_not_run_has_no_count() {
    assert_eq!(Browser::new().get("/sink-count").await.status, 404);
}

#[tokio::test]
async fn the_sink_counts_every_byte() {
    let mut browser = Browser::new();
    let sink = browser.shop.sink();
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = door.local_addr().unwrap();
    tokio::spawn(serve_sink(door, sink.clone()));
    let mut answers = Vec::new();
    for sent in [b"POST /collect HTTP/1.1\r\n\r\ncart".as_slice(), b"\x16\x03\x01hello"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answers.push(answer.ends_with("ok"));
    }
    let received = Received { connections: 2, requests: 1, bytes: 38 };
    let shown = browser.get("/sink-count").await.text;
    assert_eq!(
        (answers, sink.received(), shown.as_str()),
        (vec![true, false], received, r#"{"connections":2,"requests":1,"bytes":38}"#)
    );
}
