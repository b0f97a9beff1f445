//! An app with a page of its own, by the library's events and its approver: `cargo run --example own_page`, then open
//! the address that it prints. The agent writes a file, which its policy holds; the page asks, and says what happens.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it talks to its user, and makes a folder to work in"
)]

use std::{
    convert::Infallible,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{Html, Sse, sse},
    routing::{get, post},
};
use futures_util::{Stream, StreamExt as _, stream};
use lamassu::{
    Agent, Approver, BoxFuture, Call, Pack, Request, Ruling, Script,
    files::{FilesTool, Limits},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};

/// What has been told so far, and who waits for an answer.
struct App {
    key: String,
    told: watch::Sender<Vec<Value>>,
    waiting: Mutex<Option<oneshot::Sender<bool>>>,
}

/// The people at the page.
struct Page(Arc<App>);

impl Approver for Page {
    fn rule<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Ruling> {
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            if let Ok(mut waiting) = self.0.waiting.lock() {
                *waiting = Some(answer);
            }
            self.0.tell(json!({ "event": "asks", "action": request.action.line() }));
            let by = "somebody at the page".to_owned();
            match answered.await {
                Ok(true) => Ruling::Approve { by },
                _ => Ruling::Reject { by, why: "they said no".to_owned() },
            }
        })
    }
}

impl App {
    fn tell(&self, value: Value) {
        self.told.send_modify(|told| told.push(value));
    }
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

#[derive(Deserialize)]
struct Answer {
    approve: bool,
}

async fn events(
    State(app): State<Arc<App>>,
    Query(Key { key }): Query<Key>,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, StatusCode> {
    if key != app.key {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let told = stream::unfold((app.told.subscribe(), 0), async |(mut told, seen)| {
        let _ = told.wait_for(|told| told.len() > seen).await.ok()?;
        let next = told.borrow().get(seen)?.to_string();
        Some((Ok(sse::Event::default().data(next)), (told, seen + 1)))
    });
    Ok(Sse::new(told.boxed()))
}

async fn answer(
    State(app): State<Arc<App>>,
    Query(Key { key }): Query<Key>,
    Json(Answer { approve }): Json<Answer>,
) -> StatusCode {
    if key != app.key {
        return StatusCode::UNAUTHORIZED;
    }
    let waiting = app.waiting.lock().ok().and_then(|mut waiting| waiting.take());
    match waiting.map(|waiting| waiting.send(approve)) {
        Some(Ok(())) => StatusCode::OK,
        _ => StatusCode::CONFLICT,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1));
    let app = Arc::new(App { key: key.clone(), told: watch::Sender::default(), waiting: Mutex::default() });
    let script = include_str!("page.js");
    let router = Router::new()
        .route("/", get(async || Html(include_str!("page.html"))))
        .route("/page.js", get(async move || ([(header::CONTENT_TYPE, "text/javascript")], script)))
        .route("/events", get(events))
        .route("/answer", post(answer))
        .with_state(Arc::clone(&app));
    let listener =
        tokio::net::TcpListener::bind("127.0.0.1:4491").await.map_err(|error| format!("127.0.0.1:4491: {error}"))?;
    println!("open http://127.0.0.1:4491/#{key}");
    tokio::spawn(async move { axum::serve(listener, router).await });

    let folder = std::env::temp_dir().join("lamassu-own-page");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("note.txt"), "old")?;
    let told = Arc::clone(&app);
    let agent = Agent::builder()
        .planner(Script::calls(vec![Call::new("files", "write").with("path", "note.txt").with("text", "new")]))
        .tool(FilesTool::open(&folder, Limits::default())?)
        .pack(Pack::ready("files-only"))
        .approver(Page(Arc::clone(&app)))
        .events(move |event| told.tell(json!(event)));
    let report = agent.build()?.run(lamassu::Goal::new("renew my note")).await?;
    println!("{}: {}", report.status.as_str(), report.reason);
    Ok(())
}
