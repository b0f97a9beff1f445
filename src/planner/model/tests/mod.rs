//! The planner against an endpoint that answers from a script.

mod corpus;
mod dual;
mod endpoint;
mod picture;
mod program;
mod prompt;
mod reply;
mod ways;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use lamassu_contract::{Effect, Kind, Observation, Verb};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::{Config, Model, Relay, served};
use crate::planner::{Offer, Planned, Planner as _, PlannerError, Turn, View};

/// What the endpoint does with one request.
enum Answer {
    /// Status, further headers as they are written, body.
    Send(u16, String, String),
    /// Never answers.
    Hang,
    /// Hangs up.
    Break,
}

fn send(status: u16, body: &Value) -> Answer {
    Answer::Send(status, String::new(), body.to_string())
}

/// A completion with this message.
fn says(message: &Value) -> Answer {
    send(200, &completion(message))
}

fn completion(message: &Value) -> Value {
    json!({
        "choices": [{ "index": 0, "message": message, "finish_reason": "tool_calls" }],
        "usage": { "prompt_tokens": 100, "completion_tokens": 10, "prompt_tokens_details": { "cached_tokens": 64 } }
    })
}

/// A message that calls these functions.
fn calls(calls: &[(&str, Value)]) -> Value {
    let calls = calls.iter().enumerate().map(|(index, (name, arguments))| {
        let function = json!({ "name": name, "arguments": arguments.to_string() });
        json!({ "id": format!("c{index}"), "type": "function", "function": function })
    });
    json!({ "role": "assistant", "content": null, "tool_calls": calls.collect::<Vec<_>>() })
}

fn click(target: &str) -> Value {
    calls(&[("browser_click", json!({ "target": target }))])
}

fn give_up() -> Value {
    calls(&[("give_up", json!({ "why": "no way" }))])
}

/// An endpoint on a free port. Each connection gets the next answer; after the last one it hangs up.
struct Endpoint {
    url: String,
    seen: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Endpoint {
    async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let mut answers: VecDeque<_> = answers.into_iter().collect();
        let kept = Arc::clone(&seen);
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read(&mut stream).await;
                kept.lock().unwrap().push(request);
                match answers.pop_front() {
                    Some(Answer::Send(status, headers, body)) => write(&mut stream, status, &headers, &body).await,
                    Some(Answer::Hang) => held.push(stream),
                    Some(Answer::Break) | None => drop(stream),
                }
            }
        });
        Self { url, seen }
    }

    /// The bodies of the requests so far.
    fn bodies(&self) -> Vec<Value> {
        self.seen.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }

    /// The heads of the requests so far.
    fn heads(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(head, _)| head.clone()).collect()
    }

    /// A model here that waits only briefly.
    fn config(&self) -> Config {
        let mut config = Config::new("m").base_url(&self.url).api_key("sk-test-key");
        config.pause = Duration::from_millis(1);
        config
    }

    async fn propose(&self, view: &View<'_>) -> Result<Planned, PlannerError> {
        Model::new(self.config()).unwrap().propose(view).await
    }
}

async fn read(stream: &mut TcpStream) -> (String, Value) {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let Some((_, length)) = lower.split_once("content-length: ") else { return (head.to_owned(), Value::Null) };
            let length: usize = length.lines().next().unwrap().parse().unwrap();
            if body.len() >= length {
                return (head.to_owned(), serde_json::from_str(body).unwrap());
            }
        }
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.unwrap();
        assert!(count > 0, "the request ended early");
        bytes.extend_from_slice(&part[..count]);
    }
}

async fn write(stream: &mut TcpStream, status: u16, headers: &str, body: &str) {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} S\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n");
    // The client may have hung up on a reply that is too large.
    let _ = stream.write_all((head + body).as_bytes()).await;
}

fn tools() -> Vec<Offer> {
    let target = "reference or name of the element";
    vec![
        Offer {
            tool: "browser".to_owned(),
            verbs: vec![
                Verb::new("click", Effect::Egress, "Clicks an element.").needs("target", Kind::Text, target),
                Verb::new("fill", Effect::Write, "Fills a field.")
                    .needs("target", Kind::Text, target)
                    .takes("text", Kind::Text, "what to write")
                    .takes("secret", Kind::Text, "name of a secret"),
            ],
        },
        Offer {
            tool: "file".to_owned(),
            verbs: vec![Verb::new("read", Effect::Read, "Reads a file.").needs("path", Kind::Text, "which")],
        },
    ]
}

static NONE: BTreeMap<String, String> = BTreeMap::new();

fn view<'a>(tools: &'a [Offer], turns: &'a [Turn], now: &'a [Observation]) -> View<'a> {
    View {
        goal: "buy two mugs",
        at: None,
        inputs: &NONE,
        output: None,
        tools,
        rules: "",
        secrets: &[],
        turns,
        now,
        pictures: &[],
    }
}
