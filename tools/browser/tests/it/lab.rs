//! One browser for all tests, a server of small pages, and a gate that lets through what a test says.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use lamassu_browser::{BrowserTool, Limits, Options};
use lamassu_contract::{
    Action, Call, Decision, Failure, FailureKind, Gate, Mode, Observation, Outcome, Policy, PolicyError, Question, Row,
    Rule, Secret, Standing, Tool as _, Vault, Verdict,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    sync::{Mutex, MutexGuard},
};

/// The runtime that the shared browser lives in; a browser cannot outlive its runtime.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static LAB: LazyLock<Mutex<Lab>> = LazyLock::new(|| Mutex::new(RUNTIME.block_on(Lab::new(limits()))));

/// Limits that let a test fail soon.
pub(crate) fn limits() -> Limits {
    Limits { load: std::time::Duration::from_secs(8), ..Limits::default() }
}

/// Runs a test that needs a lab of its own.
pub(crate) fn alone<T>(test: impl Future<Output = T>) -> T {
    RUNTIME.block_on(test)
}

/// Runs a test in the shared browser.
pub(crate) fn shared<T>(test: impl AsyncFnOnce(MutexGuard<'static, Lab>) -> T) -> T {
    let lab = &*LAB;
    RUNTIME.block_on(async { test(lab.lock().await).await })
}

/// A browser, a server, a gate.
pub(crate) struct Lab {
    pub(crate) tool: BrowserTool,
    pub(crate) site: Site,
}

impl Lab {
    pub(crate) async fn new(limits: Limits) -> Self {
        Self::with(Options { limits, ..Options::default() }).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        Self { tool: BrowserTool::new(options), site: Site::start().await }
    }

    /// Describes, judges and runs one call where everything is allowed.
    pub(crate) async fn run(&self, call: Call) -> Outcome {
        self.run_under(call, |_| true).await
    }

    /// The same under a policy.
    pub(crate) async fn run_under(&self, call: Call, allows: fn(&Action) -> bool) -> Outcome {
        match self.tool.describe(&call).await {
            Ok(action) => self.spend(action, allows).await,
            Err(failure) => Outcome::NotSent(failure),
        }
    }

    /// Judges and runs an action that was described before.
    pub(crate) async fn spend(&self, action: Action, allows: fn(&Action) -> bool) -> Outcome {
        let vault = Vault::default().with("pin", Secret::new("hunter2!"));
        let gate = Gate::new(Arc::new(Rules(allows)), Arc::new(vault));
        match gate.judge(action, &standing()) {
            Verdict::Go(permit) => permit.spend(&self.tool).await,
            verdict => panic!("the test's policy says {verdict:?}"),
        }
    }

    /// Opens a page of the site.
    pub(crate) async fn open(&self, path: &str) -> Observation {
        let url = self.site.url(path);
        landed(self.run(call("open").with("url", url)).await)
    }

    /// Opens a page and looks at it.
    pub(crate) async fn see(&self, path: &str) -> Observation {
        self.open(path).await;
        self.look().await
    }

    pub(crate) async fn look(&self) -> Observation {
        landed(self.run(call("look")).await)
    }

    /// The rows of the page as they are, without what a look says of the one before.
    pub(crate) async fn rows(&self) -> Vec<String> {
        let rows = self.look().await.page.unwrap().table.rows;
        rows.into_iter().map(|row| Row { change: None, ..row }.to_string()).collect()
    }

    /// What came of a call on one target.
    pub(crate) async fn on(&self, verb: &str, target: &str) -> Outcome {
        self.run(call(verb).with("target", target)).await
    }

    pub(crate) async fn describe(&self, call: Call) -> Result<Action, Failure> {
        self.tool.describe(&call).await
    }

    /// The effect that a press on `target` is described with.
    pub(crate) async fn effect(&self, target: &str) -> &'static str {
        self.describe(call("click").with("target", target)).await.unwrap().effect().as_str()
    }

    /// The text of the page.
    pub(crate) async fn text(&self) -> String {
        landed(self.run(call("read")).await).content
    }
}

pub(crate) fn call(verb: &str) -> Call {
    Call::new("browser", verb)
}

pub(crate) fn landed(outcome: Outcome) -> Observation {
    match outcome {
        Outcome::Landed(observation) => observation,
        other => panic!("it did not land: {other:?}"),
    }
}

pub(crate) fn not_sent(outcome: Outcome) -> (FailureKind, String) {
    match outcome {
        Outcome::NotSent(failure) => (failure.kind, failure.message),
        other => panic!("it was sent: {other:?}"),
    }
}

/// Policies as one function.
#[derive(Debug)]
struct Rules(fn(&Action) -> bool);

impl Policy for Rules {
    fn decide(&self, question: &Question<'_>) -> Result<Decision, PolicyError> {
        Ok(Decision { allowed: (self.0)(question.action), rules: vec![Rule::new("test.rule", "")] })
    }
}

fn standing() -> Standing {
    Standing::new("run", "agent", "user", Mode::Script)
}

macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        BTreeMap::from([$((concat!("/", $name), include_str!(concat!("pages/", $name, ".html")))),*])
    };
}

fn pages() -> BTreeMap<&'static str, &'static str> {
    pages![
        "form",
        "names",
        "hidden",
        "frames",
        "inner",
        "forge",
        "act",
        "effects",
        "pieces",
        "twins",
        "long",
        "stale",
        "dialogs",
        "echo",
        "busy",
        "asking",
        "tabs",
        "secret",
        "late",
        "covered",
        "words",
        "listeners",
        "roles",
        "ink",
        "cards",
        "crowd",
        "change",
        "modal",
        "records",
        "work",
        "hands",
        "across",
        "chooser",
        "regions",
        "teach",
        "redraw",
        "around",
        "pay",
        "menu"
    ]
}

/// A server of small pages, which counts who comes.
pub(crate) struct Site {
    port: u16,
    visits: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let visits = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(AtomicUsize::new(0));
        let (counted, asked) = (Arc::clone(&visits), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, Arc::clone(&asked)));
            }
        });
        Self { port, visits, requests }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// `text` with this site's address written as `SITE`.
    pub(crate) fn hide(&self, text: &str) -> String {
        text.replace(&self.url(""), "SITE")
    }

    /// How many connections there were.
    pub(crate) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    /// How many requests there were; a browser may connect before it has anything to ask.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, asked: Arc<AtomicUsize>) {
    let mut buffer = vec![0; 65536];
    let mut length = 0;
    while !buffer[..length].windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer[length..]).await {
            Ok(0) | Err(_) => return,
            Ok(read) => length += read,
        }
    }
    asked.fetch_add(1, Ordering::SeqCst);
    let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
    let mut words = request.split(' ');
    let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let bare = path.split('?').next().unwrap();
    if bare == "/never" {
        // Holds the connection until the browser lets go.
        while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
        return;
    }
    if path.ends_with("?slow") {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    let (status, body) = match pages().get(bare) {
        Some(page) => ("200 OK", (*page).to_owned()),
        None if bare == "/script" => ("200 OK", "document.getElementById('log').textContent = 'loaded'".to_owned()),
        None if bare == "/said" => ("200 OK", format!("<title>said</title><p>{method} {path}</p>")),
        None => ("404 Not Found", "<title>none</title><p>nothing here</p>".to_owned()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // The browser may have gone by now.
    let _ = stream.write_all((head + &body).as_bytes()).await;
}
