//! A browser of the tests' own, for what the agents' one is not made for: sizes of a phone, dark colours,
//! scripts beside the page's own.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::booth::PATIENCE;

/// A browser that takes pictures of pages.
pub(crate) struct Studio {
    driver: Child,
    client: Client,
}

/// A window of this size, and its colours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) name: &'static str,
    size: (u32, u32),
    scheme: &'static str,
}

/// What every page is looked at in.
pub(crate) const WINDOWS: [Window; 4] = [
    Window { name: "laptop-light", size: (1440, 900), scheme: "light" },
    Window { name: "laptop-dark", size: (1440, 900), scheme: "dark" },
    Window { name: "phone-light", size: (390, 844), scheme: "light" },
    Window { name: "phone-dark", size: (390, 844), scheme: "dark" },
];

#[derive(Debug)]
struct Cdp(&'static str, Value);

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
    }
}

impl Studio {
    pub(crate) async fn open(url: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("chromedriver");
        let driver = command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let args = ["--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"];
        let wanted = json!({ "browserName": "chrome", "goog:chromeOptions": { "args": args } });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(wanted.as_object().unwrap().clone());
        let end = Instant::now() + PATIENCE;
        let client = loop {
            match builder.connect(&format!("http://127.0.0.1:{port}")).await {
                Ok(client) => break client,
                Err(error) => assert!(Instant::now() < end, "{error}"),
            }
        };
        client.goto(url).await.unwrap();
        Self { driver, client }
    }

    pub(crate) async fn cdp(&self, command: &'static str, params: Value) -> Value {
        self.client.issue_cmd(Cdp(command, params)).await.unwrap()
    }

    /// What the expression `script` comes to, whatever the page forbids itself.
    pub(crate) async fn asks(&self, script: &str) -> Value {
        let asked = json!({ "expression": script, "returnByValue": true, "awaitPromise": true });
        let answer = self.cdp("Runtime.evaluate", asked).await;
        assert!(answer.get("exceptionDetails").is_none(), "{script}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until `script` comes to true.
    pub(crate) async fn waits(&self, script: &str) {
        let end = Instant::now() + PATIENCE;
        while self.asks(script).await != true {
            assert!(
                Instant::now() < end,
                "{script}\n{}",
                self.asks(
                    "(document.querySelector('.picture')?.outerHTML.slice(0,3000) ?? '') + document.body.innerText"
                )
                .await
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Presses what `selector` finds and `words` begins, once it counts.
    pub(crate) async fn presses(&self, selector: &str, words: &str) {
        let found = format!(
            "[...document.querySelectorAll({selector:?})].find(one => one.textContent.startsWith({words:?}) \
             && !one.closest('.guarded'))"
        );
        self.waits(&format!("Boolean({found})")).await;
        self.asks(&format!("{found}.click()")).await;
    }

    pub(crate) async fn goes(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    pub(crate) async fn window(&self, window: Window) {
        let (width, height) = window.size;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
        let colours = json!({ "features": [{ "name": "prefers-color-scheme", "value": window.scheme }] });
        self.cdp("Emulation.setEmulatedMedia", colours).await;
    }

    /// Takes a picture of the page in every window, into `folder`.
    pub(crate) async fn pictures(&self, folder: &Path, name: &str) {
        for window in WINDOWS {
            self.window(window).await;
            self.asks("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
                .await;
            let picture = self.client.screenshot().await.unwrap();
            std::fs::write(folder.join(format!("{name}-{}.png", window.name)), picture).unwrap();
        }
        self.window(WINDOWS[0]).await;
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        let _ = Command::new("pkill").args(["-P", &self.driver.id().to_string()]).status();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
