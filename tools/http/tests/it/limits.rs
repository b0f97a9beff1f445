//! What an answer may cost: bombs, floods and drips end at a limit.

use std::io::Write;

use lamassu_contract::FailureKind;
use lamassu_http::{HttpTool, Limits};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};

use crate::support::{Names, Opens, Site, end, get, landed, limits, message, run, send, send_in_haste};

/// How many bytes of zeros a bomb holds; the limit in these tests is 100,000.
const BOMB: usize = 20_000_000;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
    writer.write_all(bytes).unwrap();
    writer.into_inner()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

/// The data of an answer whose body is `body`, coded as `coding`.
async fn answer(coding: &str, body: &[u8]) -> Value {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-encoding: {coding}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let site = Site::saying([head.as_bytes(), body].concat()).await;
    landed(&get(&site.url("/"))).await.data
}

#[tokio::test]
async fn compressed_bodies_are_read() {
    let codings = [("gzip", gzip(b"hello")), ("br", brotli(b"hello")), ("zstd", zstd(b"hello"))];
    for (coding, body) in codings {
        assert_eq!(answer(coding, &body).await["body"], "hello", "{coding}");
    }
}

#[tokio::test]
async fn bombs_are_left_out_after_the_first_byte_too_many() {
    let zeros = vec![0; BOMB];
    let bombs = [("gzip", gzip(&zeros)), ("br", brotli(&zeros)), ("zstd", zstd(&zeros))];
    for (coding, bomb) in bombs {
        assert!(bomb.len() < 100_000, "the {coding} bomb is no bomb: {} bytes", bomb.len());
        assert_eq!(answer(coding, &bomb).await["left_out"], "it is over the limit of 100000 bytes", "{coding}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_what_it_says_is_left_out() {
    for coding in ["gzip", "br", "zstd"] {
        let expected = format!("its coding `{coding}` is damaged");
        assert_eq!(answer(coding, b"\xff\xff\xff\xff").await["left_out"], expected);
    }
}

#[tokio::test]
async fn a_coding_that_was_not_asked_for_is_not_taken_for_text() {
    assert_eq!(answer("gzip, gzip", &gzip(&gzip(b"hello"))).await["body"], Value::Null);
}

#[tokio::test]
async fn an_endless_chunked_body_is_cut_at_the_limit() {
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(0x1000));
    let site = Site::repeating("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", &chunk).await;
    let observation = landed(&get(&site.url("/"))).await;
    assert_eq!(
        (observation.content.as_str(), &observation.data["left_out"]),
        (
            "HTTP 200 OK\n(the body is left out: it is over the limit of 100000 bytes)",
            &json!("it is over the limit of 100000 bytes")
        )
    );
}

#[tokio::test]
async fn a_body_of_two_lengths_is_bounded_too() {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n";
    let site = Site::repeating(head, &format!("1000\r\n{}\r\n", "a".repeat(0x1000))).await;
    let observation = landed(&get(&site.url("/"))).await;
    assert_eq!(observation.data["left_out"], "it is over the limit of 100000 bytes");
}

#[tokio::test]
async fn a_body_that_falls_silent_is_left_out() {
    let site = Site::hanging_after("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc").await;
    let shown = format!("{:?}", send_in_haste(&get(&site.url("/"))).await);
    assert!(shown.contains("(the body is left out: it was not there in time; 3 bytes came)"), "{shown}");
}

#[tokio::test]
async fn a_steady_drip_ends_when_the_time_is_up() {
    let site = Site::repeating("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\na\r\n").await;
    let limits = Limits { total: std::time::Duration::from_millis(1500), body_bytes: usize::MAX / 2, ..limits() };
    let tool = HttpTool::new(limits).resolving_with(Names::nowhere());
    let outcome = run(&tool, &Opens::zone("loopback"), &get(&site.url("/"))).await;
    let shown = format!("{outcome:?}");
    assert!(shown.contains("(the body is left out: it was not there in time; "), "{shown}");
}

#[tokio::test]
async fn endless_headers_end_at_a_limit() {
    let one_line = Site::repeating("HTTP/1.1 200 OK\r\nx-a: ", &"a".repeat(4096)).await;
    let many_lines = Site::repeating("HTTP/1.1 200 OK\r\n", &"x-a: a\r\n".repeat(500)).await;
    for site in [one_line, many_lines] {
        let outcome = send(&get(&site.url("/"))).await;
        assert_eq!(end(&outcome), ("in doubt", Some(FailureKind::Limit)), "{outcome:?}");
    }
}

#[tokio::test]
async fn headers_that_come_too_slowly_are_not_waited_for() {
    let site = Site::hanging_after("HTTP/1.1 200 OK\r\nx-a: ").await;
    let outcome = send_in_haste(&get(&site.url("/"))).await;
    let expected = format!(
        "`GET {}` has no answer: no answer came in time; it changes nothing, so it may be asked again",
        site.url("/")
    );
    assert_eq!((end(&outcome), message(&outcome)), (("in doubt", Some(FailureKind::Limit)), expected.as_str()));
}
