//! The floor: ChromeDriver and a plain WebDriver session, with nothing between them and the page.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// What any agent has to ask of a page before it acts: its controls and their words, open shadow
/// roots and frames included. It does not ask whether a person could see them.
const WALK: &str = "\
    const controls = [], roots = [document]; let count = 0;\
    while (roots.length) for (const e of roots.pop().querySelectorAll('*')) {\
      count += 1;\
      if (e.shadowRoot) roots.push(e.shadowRoot);\
      if (e.tagName === 'IFRAME' && e.contentDocument) roots.push(e.contentDocument);\
      if (e.matches('a[href],button,input,select,textarea'))\
        controls.push([e.tagName, e.ariaLabel || e.textContent.trim(), e.value].join(' '));\
    }\
    return { count, text: controls.join('\\n') };";

/// What the walk has found.
#[derive(Debug)]
pub(crate) struct Walked {
    pub(crate) elements: u64,
    pub(crate) controls: usize,
    pub(crate) bytes: usize,
}

/// ChromeDriver on a port of its own; it ends with this value.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    pub(crate) url: String,
}

impl Driver {
    /// Starts ChromeDriver and waits until it listens.
    pub(crate) async fn start() -> Self {
        tokio::task::spawn_blocking(Self::launch).await.unwrap()
    }

    fn launch() -> Self {
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

/// A plain WebDriver session.
#[derive(Debug)]
pub(crate) struct Bare(Client);

impl Bare {
    /// Starts a browser by `driver`. As root it would not start with its sandbox; without one it
    /// starts sooner, which only lowers the floor.
    pub(crate) async fn start(driver: &Driver) -> Self {
        let arguments = json!({ "args": ["--headless=new", "--no-sandbox", "--window-size=1280,900"] });
        let capabilities = serde_json::Map::from_iter([("goog:chromeOptions".to_owned(), arguments)]);
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = ClientBuilder::new(connector).capabilities(capabilities).connect(&driver.url).await;
        Self(client.unwrap())
    }

    pub(crate) async fn open(&self, url: &str) {
        self.0.goto(url).await.unwrap();
    }

    /// Walks the page with one script.
    pub(crate) async fn walk(&self) -> Value {
        self.0.execute(WALK, Vec::new()).await.unwrap()
    }

    /// The control of this number on the page.
    pub(crate) async fn control(&self, number: usize) -> Element {
        self.0.find(Locator::Id(&format!("k{number}"))).await.unwrap()
    }

    pub(crate) async fn close(self) {
        self.0.close().await.unwrap();
    }
}

/// What a walk's answer says.
pub(crate) fn walked(answer: &Value) -> Walked {
    let text = answer.get("text").and_then(Value::as_str).unwrap();
    let elements = answer.get("count").and_then(Value::as_u64).unwrap();
    Walked { elements, controls: text.lines().count(), bytes: text.len() }
}
