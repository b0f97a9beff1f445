//! A step in the browser beside the bare driver doing the same: one look at the page, one click.
//!
//! Both use the same ChromeDriver, started here, and the same page.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use axum::{Router, response::Html, routing::get};
use fantoccini::{Client, ClientBuilder, Locator};
use lamassu::{
    Agent, Call, Goal, Pack, Script, Store,
    browser::{BrowserTool, Options},
};
use serde_json::json;

use crate::{Figure, median, micros};

const STEPS: u32 = 40;
/// What any agent has to ask of a page before it acts: its controls and their words.
const WALK: &str = "return [...document.querySelectorAll('*')].map(e => [e.tagName, e.innerText, e.value].join())";

pub(crate) async fn figures() -> Vec<Figure> {
    let driver = Driver::start();
    let url = serve().await;
    let bare = bare(&driver, &url).await;
    let step = step(&driver, &url).await;
    vec![Figure::new("a step in the browser", step, bare, 2.0 * micros(bare))]
}

/// ChromeDriver on a port of its own; it ends with this value.
struct Driver {
    child: Child,
    url: String,
}

impl Driver {
    fn start() -> Self {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver cannot be started: {error}; `make setup` installs it"));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port =
            lines.filter_map(|line| line.strip_suffix('.')?.rsplit("on port ").next()?.parse::<u16>().ok()).next();
        Self { child, url: format!("http://127.0.0.1:{}", port.unwrap()) }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A page with thirty controls, one of which counts.
async fn serve() -> String {
    let rows: String = (0..30).map(|row| format!("<p>row {row} <button>Take {row}</button></p>")).collect();
    let counter = "<button id=count onclick=\"this.title = Number(this.title) + 1\">Count</button>";
    let page = format!("<!doctype html><title>bench</title><h1>Bench</h1>{counter}{rows}");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().route("/", get(async move || Html(page)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn bare(driver: &Driver, url: &str) -> Duration {
    let arguments = json!({ "args": ["--headless", "--no-sandbox", "--disable-gpu"] });
    let capabilities = serde_json::Map::from_iter([("goog:chromeOptions".to_owned(), arguments)]);
    let client: Client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
        .capabilities(capabilities)
        .connect(&driver.url)
        .await
        .unwrap();
    client.goto(url).await.unwrap();
    let mut samples = Vec::new();
    for _ in 0..STEPS {
        let start = Instant::now();
        client.execute(WALK, Vec::new()).await.unwrap();
        client.find(Locator::Id("count")).await.unwrap().click().await.unwrap();
        samples.push(start.elapsed());
    }
    client.close().await.unwrap();
    median(samples)
}

async fn step(driver: &Driver, url: &str) -> Duration {
    let mut calls = vec![Call::new("browser", "open").with("url", url)];
    calls.extend((0..STEPS).map(|_| Call::new("browser", "click").with("target", "button \"Count\"")));
    let options = Options { remote: Some(driver.url.parse().unwrap()), unsafe_no_sandbox: true, ..Options::default() };
    let folder = tempfile::tempdir_in(concat!(env!("CARGO_MANIFEST_DIR"), "/target")).unwrap();
    let times = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let clock = std::sync::Arc::clone(&times);
    let agent = Agent::builder()
        .planner(Script::calls(calls))
        .tool(BrowserTool::new(options))
        .pack(Pack::ready("web-forms").with("sites", [url]).with("private", ["127.0.0.1"]))
        .journal(Store::open(folder.path()).unwrap())
        .events(move |event| {
            if let lamassu::Event::Acted { .. } = event {
                clock.lock().unwrap().push(Instant::now());
            }
        })
        .build()
        .unwrap();
    let report = agent.run(Goal::new("count")).await.unwrap();
    assert!(report.refusals.is_empty(), "{report:?}");
    let times = times.lock().unwrap();
    median(times.windows(2).map(|pair| pair.get(1).unwrap().duration_since(*pair.first().unwrap())).skip(1).collect())
}
