//! The floor: ChromeDriver and a plain WebDriver session, with nothing between them and the page.

use std::{
    fs::{self, Permissions},
    io::{BufRead as _, BufReader},
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
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

/// The account without rights, on Debian.
const NOBODY: u32 = 65534;

/// ChromeDriver on a port of its own; it ends with this value.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    pub(crate) url: String,
    _home: tempfile::TempDir,
}

impl Driver {
    /// Starts ChromeDriver and waits until it listens.
    pub(crate) async fn start() -> Self {
        tokio::task::spawn_blocking(Self::launch).await.unwrap()
    }

    fn launch() -> Self {
        // Where many start at once, one finds its port taken now and then, and ends.
        (0..3).find_map(|_| Self::attempt()).unwrap_or_else(|| panic!("chromedriver ends as soon as it has started"))
    }

    fn attempt() -> Option<Self> {
        let home = tempfile::Builder::new().prefix("bare-").tempdir_in("/tmp").unwrap();
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env("HOME", home.path()).env("TMPDIR", home.path());
        if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
            // Root's browser would have to do without its sandbox. This account has no rights, like
            // the one that ours runs under.
            fs::set_permissions(home.path(), Permissions::from_mode(0o777)).unwrap();
            command.uid(NOBODY).gid(NOBODY);
        }
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver cannot be started: {error}; `make setup` installs it"));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut ports = lines.filter_map(|line| line.strip_suffix('.')?.rsplit("on port ").next()?.parse::<u16>().ok());
        let Some(port) = ports.next() else {
            child.wait().unwrap();
            return None;
        };
        Some(Self { child, url: format!("http://127.0.0.1:{port}"), _home: home })
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
    /// Starts a browser by `driver`.
    pub(crate) async fn start(driver: &Driver) -> Self {
        let arguments = json!({ "args": ["--headless=new", "--window-size=1280,900"] });
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
