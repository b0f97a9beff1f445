//! What a model is sent, and what the runtime adds to its time: ten steps on the login and on the shop, one in each
//! reply, with an endpoint that answers at once.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{Json, Router, body::Bytes, extract::State, routing::post};
use lamassu::{
    Agent, Call, Event, Goal, Model, Pack, Store,
    browser::{BrowserTool, Options},
    planner::model::Config,
};
use serde_json::{Value, json};

use crate::{
    Figure,
    lab::call,
    median,
    pages::{self, SEARCH},
    table::{amount, millis, tokens},
};

/// Ticks of processor time in a second, as the kernel counts them.
const TICKS: f64 = 100.0;

/// What is asked of one page, with its limits: tokens, share of prefix, time of a step, processor time.
struct Case {
    letter: char,
    calls: Vec<Call>,
    limits: (usize, f64, Duration, f64),
}

pub(crate) async fn figures() -> Vec<Figure> {
    let site = pages::serve().await;
    let mut figures = Vec::new();
    for Case { letter, calls, limits } in cases() {
        let open = call("open").with("url", format!("{site}/{letter}"));
        let asked = ask(&site, std::iter::once(open).chain(calls).collect()).await;
        let (most, share, step, processor) = limits;
        let name = |what: &str| format!("{what}, page {letter}");
        figures.extend([
            Figure::at_most(name("tokens of all prompts"), tokens(asked.bytes()), tokens(most * 4)),
            Figure::at_least(name("identical prefix"), amount(asked.prefix() * 100.0, "%"), amount(share * 100.0, "%")),
            Figure::at_most(name("a step"), millis(median(asked.steps)), millis(step)),
            Figure::at_most(
                name("processor, ten steps"),
                amount(asked.ticks / TICKS * 1e3, "ms"),
                amount(processor * 1e3, "ms"),
            ),
        ]);
    }
    figures
}

/// Nine calls for each page; the tenth step opens it.
fn cases() -> [Case; 2] {
    let fill = |target: &str, text: &str| call("fill").with("target", target).with("text", text);
    let click = |target: String| call("click").with("target", target);
    // By their places in the table, as models name them.
    let login = vec![
        fill("1", "Ada"),
        fill("2", "a word"),
        call("check").with("target", "3"),
        call("select").with("target", "4").with("option", "Ur"),
        click("5".to_owned()),
        fill("1", "Ben"),
        click("5".to_owned()),
        fill("2", "another"),
        click("5".to_owned()),
    ];
    let takes = pages::takes(7).into_iter().map(|name| click(format!("button \"{name}\"")));
    let shop = [fill(SEARCH, "Oak lamp"), click("button \"Find\"".to_owned())].into_iter().chain(takes).collect();
    let limit = Duration::from_millis;
    [
        Case { letter: 'a', calls: login, limits: (12_000, 0.90, limit(60), 0.10) },
        Case { letter: 'b', calls: shop, limits: (30_000, 0.75, limit(110), 0.25) },
    ]
}

/// What was seen of one run.
struct Asked {
    /// The bodies of the requests.
    bodies: Vec<Bytes>,
    /// The time from the end of one act to the end of the next.
    steps: Vec<Duration>,
    /// Processor time of this process from the first act to the last.
    ticks: f64,
}

impl Asked {
    fn bytes(&self) -> usize {
        self.bodies.iter().map(Bytes::len).sum()
    }

    /// The part of all requests but the first that is the beginning of the one before it.
    fn prefix(&self) -> f64 {
        let pairs = || self.bodies.iter().zip(self.bodies.iter().skip(1));
        let same: usize = pairs()
            .map(|(last, next)| last.iter().zip(next.iter()).take_while(|(one, other)| one == other).count())
            .sum();
        let all: usize = pairs().map(|(_, next)| next.len()).sum();
        same as f64 / all as f64
    }
}

type Endpoint = Arc<Mutex<(VecDeque<Value>, Vec<Bytes>)>>;

/// Answers each request with the next call, and with the end after the last.
async fn reply(State(endpoint): State<Endpoint>, body: Bytes) -> Json<Value> {
    let mut endpoint = endpoint.lock().unwrap();
    endpoint.1.push(body);
    let done = json!({ "name": "done", "arguments": { "answer": "ten steps", "evidence": "\"on this page\"" } });
    let function = endpoint.0.pop_front().unwrap_or(done);
    Json(json!({ "choices": [{ "message": { "role": "assistant", "tool_calls": [{ "function": function }] } }] }))
}

async fn ask(site: &str, calls: Vec<Call>) -> Asked {
    let replies = calls.into_iter().map(|call| {
        let mut arguments = call.args;
        arguments.insert("do".to_owned(), call.verb.into());
        json!({ "name": "browser", "arguments": arguments })
    });
    let endpoint: Endpoint = Arc::new(Mutex::new((replies.collect(), Vec::new())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/chat/completions", post(reply)).with_state(Arc::clone(&endpoint));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::tempdir_in(concat!(env!("CARGO_MANIFEST_DIR"), "/target")).unwrap();
    let marks: Arc<Mutex<Vec<(Instant, f64)>>> = Arc::default();
    let clock = Arc::clone(&marks);
    let agent = Agent::builder()
        .planner(Model::new(Config::new("scripted").base_url(base)).unwrap())
        .tool(BrowserTool::new(Options::default()))
        .pack(Pack::ready("web-forms").with("sites", [site]).with("private", ["127.0.0.1"]))
        .journal(Store::open(folder.path()).unwrap())
        .events(move |event| {
            if let Event::Acted { outcome: "landed", .. } = event {
                clock.lock().unwrap().push((Instant::now(), ticks()));
            }
        })
        .build()
        .unwrap();
    let report = agent.run(Goal::new("Ten steps on this page")).await.unwrap();
    let marks = marks.lock().unwrap();
    assert_eq!((marks.len(), report.refusals.len()), (10, 0), "every step is done: {report:?}");
    let steps = marks.iter().zip(marks.iter().skip(1)).map(|(last, next)| next.0.duration_since(last.0)).collect();
    // Nine steps lie between ten marks.
    let ticks = (marks.last().unwrap().1 - marks.first().unwrap().1) / 9.0 * 10.0;
    let bodies = endpoint.lock().unwrap().1.clone();
    Asked { bodies, steps, ticks }
}

/// Processor time of this process so far, in ticks.
fn ticks() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let (_, fields) = stat.rsplit_once(')').unwrap_or_default();
    fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum()
}
