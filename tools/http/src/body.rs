//! The body of an answer: received within limits, decompressed within limits.

use std::io::Read;

use reqwest::{
    Response,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap},
};
use ruzstd::decoding::StreamingDecoder;
use tokio::time::{Instant, timeout_at};

use crate::{Limits, text::quoted};

/// The largest window that RFC 9659 lets a zstd body ask for.
const ZSTD_WINDOW: u64 = 8 * 1024 * 1024;

/// What became of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// There is none.
    Empty,
    /// It is text.
    Text(String),
    /// It is something else, of this many bytes.
    Binary(usize),
    /// It is left out, for this reason.
    LeftOut(String),
}

/// Receives the body of `response` until `deadline`.
///
/// It comes whole or not at all: a part of it could be taken for the whole.
pub(crate) async fn read(response: &mut Response, limits: &Limits, deadline: Instant) -> Body {
    match receive(response, limits, deadline).await.and_then(|bytes| {
        let coding = response.headers().get(CONTENT_ENCODING).map_or(&b""[..], |value| value.as_bytes());
        decode(bytes, &String::from_utf8_lossy(coding).to_lowercase(), limits.body_bytes)
    }) {
        Ok(Decoded::Plain(bytes)) => classify(bytes, response.headers()),
        Ok(Decoded::Coded(size)) => Body::Binary(size),
        Err(why) => Body::LeftOut(why),
    }
}

async fn receive(response: &mut Response, limits: &Limits, deadline: Instant) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    loop {
        let silence = (Instant::now() + limits.idle).min(deadline);
        let chunk = match timeout_at(silence, response.chunk()).await {
            Ok(Ok(Some(chunk))) => chunk,
            Ok(Ok(None)) => return Ok(bytes),
            Ok(Err(_)) => return Err(format!("it broke off after {} bytes", bytes.len())),
            Err(_) => return Err(format!("it was not there in time; {} bytes came", bytes.len())),
        };
        if bytes.len() + chunk.len() > limits.body_bytes {
            return Err(too_large(limits.body_bytes));
        }
        bytes.extend_from_slice(&chunk);
    }
}

fn too_large(limit: usize) -> String {
    format!("it is over the limit of {limit} bytes")
}

enum Decoded {
    Plain(Vec<u8>),
    /// In a coding that is not known here.
    Coded(usize),
}

fn decode(bytes: Vec<u8>, coding: &str, limit: usize) -> Result<Decoded, String> {
    if bytes.is_empty() {
        return Ok(Decoded::Plain(bytes));
    }
    let damaged = |_| format!("its coding {} is damaged", quoted(coding));
    let source = bytes.as_slice();
    let mut reader: Box<dyn Read + '_> = match coding.trim() {
        "" | "identity" => return Ok(Decoded::Plain(bytes)),
        "gzip" | "x-gzip" => Box::new(flate2::read::MultiGzDecoder::new(source)),
        "br" => Box::new(brotli_decompressor::Decompressor::new(source, 4096)),
        "zstd" => {
            let decoder = StreamingDecoder::new_with_max_window_size(source, ZSTD_WINDOW);
            Box::new(decoder.map_err(|_| damaged(std::io::ErrorKind::InvalidData.into()))?)
        }
        _ => return Ok(Decoded::Coded(bytes.len())),
    };
    let mut plain = Vec::new();
    // One byte more than allowed tells a bomb from a body that just fits.
    reader.by_ref().take(limit as u64 + 1).read_to_end(&mut plain).map_err(damaged)?;
    if plain.len() > limit { Err(too_large(limit)) } else { Ok(Decoded::Plain(plain)) }
}

fn classify(bytes: Vec<u8>, headers: &HeaderMap) -> Body {
    if bytes.is_empty() {
        return Body::Empty;
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(media_type);
    match (kind, String::from_utf8(bytes)) {
        (Some(kind), Ok(text)) if is_text(&kind) => Body::Text(text),
        (Some(kind), Err(error)) if is_text(&kind) => {
            Body::Text(String::from_utf8_lossy(error.as_bytes()).into_owned())
        }
        (None, Ok(text)) if !text.contains('\0') => Body::Text(text),
        (_, Ok(text)) => Body::Binary(text.len()),
        (_, Err(error)) => Body::Binary(error.as_bytes().len()),
    }
}

/// The media type in the value of a `content-type`, in lower case and without parameters.
pub(crate) fn media_type(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether `kind` is JSON.
pub(crate) fn is_json(kind: &str) -> bool {
    kind == "application/json" || kind.ends_with("+json")
}

fn is_text(kind: &str) -> bool {
    const TEXT: [&str; 6] = [
        "application/ecmascript",
        "application/javascript",
        "application/x-ndjson",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/yaml",
    ];
    kind.starts_with("text/") || kind.ends_with("+xml") || is_json(kind) || TEXT.contains(&kind)
}
