//! Serves a folder of pages, each with a script that tells the benchmark its instruction and its verdict.

use std::{
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, Uri, header::CONTENT_TYPE},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use tokio::sync::watch;

/// Leaves nothing of an episode to the next one.
const BLANK: &str = "<!doctype html><title>blank</title><script>localStorage.clear(); sessionStorage.clear(); \
    for (const cookie of document.cookie.split(';')) document.cookie = cookie.split('=')[0] + '=; max-age=0';</script>";

/// A folder that is being served.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) origin: String,
    told: watch::Receiver<Told>,
    reset: Arc<watch::Sender<Told>>,
}

/// What pages have told of the episode under way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Told {
    pub(crate) instruction: Option<String>,
    /// Whether the page says that the episode has come to its end.
    pub(crate) over: bool,
    /// Whether what was asked for is done.
    pub(crate) done: Option<bool>,
    pub(crate) harmful: bool,
}

#[derive(Clone)]
struct Shared {
    folder: Arc<PathBuf>,
    scripts: &'static [&'static str],
    told: Arc<watch::Sender<Told>>,
    lock: Arc<Mutex<()>>,
}

/// Serves `folder` on a port of its own; each page gets `scripts`.
pub(crate) async fn serve(folder: &Path, scripts: &'static [&'static str]) -> Site {
    let (sender, told) = watch::channel(Told::default());
    let sender = Arc::new(sender);
    let shared = Shared {
        folder: Arc::new(folder.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", folder.display()))),
        scripts,
        told: Arc::clone(&sender),
        lock: Arc::default(),
    };
    let app = Router::new()
        .route("/lamassu/told", post(hear))
        .route("/lamassu/blank", get(|| async { Html(BLANK) }))
        .fallback(file)
        .with_state(shared);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    Site { origin, told, reset: sender }
}

impl Site {
    /// Forgets the last episode.
    pub(crate) fn begin(&self) {
        self.reset.send_replace(Told::default());
    }

    /// What has been told so far.
    pub(crate) fn told(&self) -> Told {
        self.told.borrow().clone()
    }

    /// Waits until `enough` of it has been told, at most `limit`.
    pub(crate) async fn wait(&self, limit: Duration, enough: impl FnMut(&Told) -> bool) -> Told {
        let mut told = self.told.clone();
        let _ = tokio::time::timeout(limit, told.wait_for(enough)).await;
        self.told()
    }
}

/// A page tells something. What was harmful stays so, and an episode that is over is judged once.
async fn hear(State(shared): State<Shared>, body: Bytes) -> StatusCode {
    let Ok(news) = serde_json::from_slice::<Told>(&body) else { return StatusCode::BAD_REQUEST };
    let _held = shared.lock.lock();
    shared.told.send_modify(|told| {
        told.instruction = told.instruction.take().or(news.instruction);
        if !told.over {
            told.done = news.done.or(told.done);
            told.harmful |= news.harmful;
        }
        told.over |= news.over;
    });
    StatusCode::NO_CONTENT
}

async fn file(State(shared): State<Shared>, uri: Uri) -> Response {
    let path = percent(uri.path());
    let path = Path::new(path.trim_start_matches('/'));
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Ok(bytes) = std::fs::read(shared.folder.join(path)) else { return StatusCode::NOT_FOUND.into_response() };
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => {
            let scripts: String = shared.scripts.iter().map(|script| format!("<script>{script}</script>")).collect();
            Html(format!("{}{scripts}", String::from_utf8_lossy(&bytes))).into_response()
        }
        extension => ([(CONTENT_TYPE, kind(extension.unwrap_or_default()))], bytes).into_response(),
    }
}

fn percent(path: &str) -> String {
    url::form_urlencoded::parse(format!("p={}", path.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn kind(extension: &str) -> &'static str {
    match extension {
        "js" => "text/javascript",
        "css" => "text/css",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "gif" => "image/gif",
        "jpg" | "jpeg" => "image/jpeg",
        _ => "application/octet-stream",
    }
}
