//! One browser session: commands with a time limit, and a world of our own in each document.
//!
//! The library of `page` lives in an isolated world, where it shares the document with the page's
//! scripts but none of their objects: a page can neither see it nor change what it calls.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::{Duration, Instant},
};

use fantoccini::{
    Client,
    error::{CmdError, ErrorStatus},
    wd::{WebDriverCompatibleCommand, WindowHandle},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    Limits,
    driver::Driver,
    fault::Fault,
    page::{Place, Prints, Settled, hook, library},
};

/// One browser session.
#[derive(Debug)]
pub(crate) struct Session {
    client: Client,
    driver: Option<Driver>,
    limits: Limits,
    /// What tells our world from the page's.
    key: String,
    frame: Option<String>,
    world: Option<i64>,
    /// What the references of the last looks stood for.
    pub(crate) prints: Prints,
    /// The tabs that are known, in the order they came.
    pub(crate) tabs: Vec<WindowHandle>,
    /// Where the tab was last seen.
    pub(crate) place: Place,
}

/// A command of the DevTools protocol, through ChromeDriver.
#[derive(Debug)]
struct Cdp {
    command: &'static str,
    params: Value,
}

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.command, "params": self.params }).to_string()))
    }
}

impl Session {
    pub(crate) fn new(client: Client, driver: Option<Driver>, limits: Limits) -> Self {
        let random = || RandomState::new().hash_one(0_u8);
        Self {
            client,
            driver,
            limits,
            key: format!("{:016x}{:016x}", random(), random()),
            frame: None,
            world: None,
            prints: Prints::default(),
            tabs: Vec::new(),
            place: Place::default(),
        }
    }

    /// The port of a driver that we started.
    pub(crate) fn driver_port(&self) -> Option<u16> {
        self.driver.as_ref().map(|driver| driver.port)
    }

    /// The limits it was started with.
    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Waits for one command of the driver.
    pub(crate) async fn bounded<T>(&self, command: impl Future<Output = Result<T, CmdError>>) -> Result<T, Fault> {
        match tokio::time::timeout(self.limits.command, command).await {
            Ok(answer) => answer.map_err(fault),
            Err(_) => Err(Fault::Lost(format!("no answer within {} seconds", self.limits.command.as_secs()))),
        }
    }

    /// The WebDriver client, for commands that go through [`Self::bounded`].
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Runs a command of the DevTools protocol.
    pub(crate) async fn cdp(&self, command: &'static str, params: Value) -> Result<Value, Fault> {
        self.bounded(self.client.issue_cmd(Cdp { command, params })).await
    }

    /// Has the hook run in each document to come.
    pub(crate) async fn hook(&self) -> Result<(), Fault> {
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": hook(&self.key) })).await.map(drop)
    }

    /// Asks the library in the current document, which is put there first if need be. What is
    /// asked must change nothing, since it is asked again if the document changes meanwhile.
    pub(crate) async fn ask<T: DeserializeOwned>(&mut self, name: &str, args: Value) -> Result<T, Fault> {
        for _ in 0..8 {
            match self.ask_once(name, &args).await {
                Err(Fault::Moved) => self.enter().await?,
                answer => return answer,
            }
        }
        Err(Fault::Moved)
    }

    /// Asks the library once. [`Fault::Moved`] says that there is none, or that the document went
    /// away before it had answered.
    pub(crate) async fn ask_once<T: DeserializeOwned>(&self, name: &str, args: &Value) -> Result<T, Fault> {
        let Some(world) = self.world else { return Err(Fault::Moved) };
        let key = &self.key;
        let script = format!(
            "(async()=>{{\"use strict\";const l=globalThis.lamassu;if(l?.key!==\"{key}\")return null;\
             return JSON.stringify(await l.{name}({args}))}})()"
        );
        match self.evaluate(world, &script).await? {
            Value::String(answer) => serde_json::from_str(&answer)
                .map_err(|error| Fault::Answer(format!("`{name}` answered oddly: {error}"))),
            _ => Err(Fault::Moved),
        }
    }

    /// Puts the library into the current document.
    pub(crate) async fn enter(&mut self) -> Result<(), Fault> {
        self.world = None;
        let frame = match &self.frame {
            Some(frame) => frame.clone(),
            None => self.main_frame().await?,
        };
        let made = self.isolate(&frame).await;
        let world = match made {
            Err(Fault::Answer(_) | Fault::Moved) => {
                let frame = self.main_frame().await?;
                self.isolate(&frame).await?
            }
            made => made?,
        };
        let key = &self.key;
        let known = format!("globalThis.lamassu?.key===\"{key}\"");
        match self.evaluate(world, &known).await {
            Ok(Value::Bool(true)) => {}
            Ok(_) => match self.evaluate(world, &library(key)).await {
                Ok(_) | Err(Fault::Moved) => {}
                Err(fault) => return Err(fault),
            },
            // The next question will find that there is no library.
            Err(Fault::Moved) => {}
            Err(fault) => return Err(fault),
        }
        self.world = Some(world);
        Ok(())
    }

    async fn main_frame(&mut self) -> Result<String, Fault> {
        let tree = self.cdp("Page.getFrameTree", json!({})).await?;
        let frame = tree.pointer("/frameTree/frame/id").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.frame = Some(frame.clone());
        Ok(frame)
    }

    async fn isolate(&self, frame: &str) -> Result<i64, Fault> {
        let params = json!({ "frameId": frame, "worldName": "lamassu" });
        let made = self.cdp("Page.createIsolatedWorld", params).await?;
        made.get("executionContextId").and_then(Value::as_i64).ok_or(Fault::Moved)
    }

    async fn evaluate(&self, world: i64, script: &str) -> Result<Value, Fault> {
        let params = json!({
            "expression": script, "contextId": world, "returnByValue": true, "awaitPromise": true, "userGesture": true
        });
        let answer = self.cdp("Runtime.evaluate", params).await?;
        if let Some(details) = answer.get("exceptionDetails") {
            let words = details.pointer("/exception/description").or_else(|| details.get("text"));
            return Err(Fault::Answer(words.and_then(Value::as_str).unwrap_or("an error").to_owned()));
        }
        Ok(answer.pointer("/result/value").cloned().unwrap_or(Value::Null))
    }

    /// Where the tab is now.
    pub(crate) async fn locate(&mut self) -> Result<Place, Fault> {
        let place: Place = self.ask("place", json!({})).await?;
        self.place = place.clone();
        Ok(place)
    }

    /// Waits until what was started is over, at most `limit`. `from` is the epoch of a document
    /// that is about to go away. Says whether the time was up first.
    pub(crate) async fn settle(&mut self, limit: Duration, from: Option<&str>) -> Result<bool, Fault> {
        let end = Instant::now() + limit;
        let mut left = false;
        loop {
            let rest = end.saturating_duration_since(Instant::now());
            let args = json!({
                "quiet": self.limits.quiet.as_millis() as u64, "limit": rest.as_millis() as u64, "from": from
            });
            match self.ask_once::<Settled>("settle", &args).await {
                Ok(settled) => {
                    self.place = settled.place;
                    return Ok(settled.over);
                }
                Err(Fault::Moved) if rest.is_zero() && left => return Err(Fault::Moved),
                Err(Fault::Moved) => left = true,
                Err(fault) => return Err(fault),
            }
            match self.enter().await {
                // Between two documents there is none to enter for a moment.
                Err(Fault::Moved | Fault::Answer(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
                entered => entered?,
            }
        }
    }

    /// Forgets the document: the tab was changed.
    pub(crate) fn leave(&mut self) {
        self.frame = None;
        self.world = None;
    }

    /// Ends the session, the driver and the browser.
    pub(crate) async fn close(self) {
        match self.driver {
            // The driver takes everything with it.
            Some(driver) => driver.close(Duration::from_secs(10)).await,
            None => {
                let _ = tokio::time::timeout(Duration::from_secs(5), self.client.close()).await;
            }
        }
    }
}

/// The words of Chromium's drivers for a document that is no more.
const GONE: [&str; 6] = [
    "no such execution context",
    "Cannot find context",
    "context was destroyed",
    "context with specified id",
    "Inspected target navigated",
    "No frame for given id",
];
/// And for a browser that is no more.
const DEAD: [&str; 6] =
    ["disconnected", "not reachable", "session deleted", "tab crashed", "invalid session id", "browser has closed"];

fn fault(error: CmdError) -> Fault {
    let CmdError::Standard(answer) = &error else {
        return match error {
            CmdError::Failed(_) | CmdError::FailedC(_) | CmdError::Lost(_) => {
                Fault::Lost("the driver has ended".into())
            }
            other => Fault::Answer(other.to_string()),
        };
    };
    let message = answer.message.lines().take(2).collect::<Vec<_>>().join(" ");
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    match answer.error {
        ErrorStatus::UnexpectedAlertOpen => Fault::Dialog(dialog_text(answer)),
        ErrorStatus::InvalidSessionId => Fault::Lost("the session has ended".to_owned()),
        _ if says(&DEAD) => Fault::Lost(message),
        ErrorStatus::NoSuchWindow => Fault::Closed,
        _ if says(&GONE) => Fault::Moved,
        ErrorStatus::Timeout => Fault::Slow,
        _ => Fault::Answer(message),
    }
}

fn dialog_text(answer: &fantoccini::error::WebDriver) -> String {
    let data = answer.data.as_ref().and_then(|data| data.get("text")).and_then(Value::as_str);
    crate::escape::quoted(data.unwrap_or("(unknown)"))
}
