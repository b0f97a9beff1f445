//! Commands to the driver, each with a time limit, and what its errors mean.

use std::time::Duration;

use fantoccini::{
    Client,
    elements::{Element, ElementRef},
    error::{CmdError, ErrorStatus},
    wd::WebDriverCompatibleCommand,
};
use serde_json::{Value, json};

use crate::fault::Fault;

/// A connection to a driver.
#[derive(Debug)]
pub(crate) struct Wire {
    client: Client,
    limit: Duration,
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

/// A picture of the visible part, as PNG in Base64, by WebDriver alone.
#[derive(Debug)]
struct Visible;

impl WebDriverCompatibleCommand for Visible {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/screenshot", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::GET, None)
    }
}

/// Takes what the driver has kept of the browser's events since it was last asked.
#[derive(Debug)]
struct Events;

impl WebDriverCompatibleCommand for Events {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "type": "performance" }).to_string()))
    }
}

impl Wire {
    /// No command through `client` may take longer than `limit`.
    pub(crate) fn new(client: Client, limit: Duration) -> Self {
        Self { client, limit }
    }

    /// The client, for commands that go through [`Self::bounded`].
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Waits for one command of the driver.
    pub(crate) async fn bounded<T>(&self, command: impl Future<Output = Result<T, CmdError>>) -> Result<T, Fault> {
        match tokio::time::timeout(self.limit, command).await {
            Ok(answer) => answer.map_err(fault),
            Err(_) => Err(Fault::Lost(format!("no answer within {} seconds", self.limit.as_secs()))),
        }
    }

    /// Runs a command of the DevTools protocol.
    pub(crate) async fn cdp(&self, command: &'static str, params: Value) -> Result<Value, Fault> {
        self.bounded(self.client.issue_cmd(Cdp { command, params })).await
    }

    /// A picture of the visible part, as PNG in Base64.
    pub(crate) async fn picture(&self) -> Result<Value, Fault> {
        self.bounded(self.client.issue_cmd(Visible)).await
    }

    /// The events of the DevTools protocol that the driver has kept since the last time.
    pub(crate) async fn events(&self) -> Result<Vec<Value>, Fault> {
        let answer = self.bounded(self.client.issue_cmd(Events)).await?;
        let entries = answer.as_array().cloned().unwrap_or_default();
        let event = |entry: &Value| {
            let mut told: Value = serde_json::from_str(entry.get("message")?.as_str()?).ok()?;
            Some(told.get_mut("message")?.take())
        };
        Ok(entries.iter().filter_map(event).collect())
    }

    /// What the expression `script` comes to in an isolated world.
    pub(crate) async fn evaluate(&self, world: i64, script: &str) -> Result<Value, Fault> {
        let params = json!({
            "expression": script, "contextId": world, "returnByValue": true, "awaitPromise": true, "userGesture": true
        });
        let answer = self.run(params).await?;
        Ok(answer.pointer("/result/value").cloned().unwrap_or(Value::Null))
    }

    /// The node that the expression `script` comes to in an isolated world, as the protocol calls it.
    pub(crate) async fn node(&self, world: i64, script: &str) -> Result<Option<String>, Fault> {
        let answer = self.run(json!({ "expression": script, "contextId": world })).await?;
        Ok(answer.pointer("/result/objectId").and_then(Value::as_str).map(str::to_owned))
    }

    /// Types `text` into the element that the expression `script` comes to in the page's own world.
    /// `None` if it comes to none.
    pub(crate) async fn type_into(&self, script: &str, text: &str) -> Result<Option<()>, Fault> {
        let found = self.bounded(self.client.execute(&format!("return {script}??null"), Vec::new())).await?;
        let Some(id) = found.as_object().and_then(|reference| reference.values().next()?.as_str()) else {
            return Ok(None);
        };
        let element = Element::from_element_id(self.client.clone(), ElementRef::from(id.to_owned()));
        self.bounded(element.send_keys(text)).await.map(Some)
    }

    async fn run(&self, params: Value) -> Result<Value, Fault> {
        let answer = self.cdp("Runtime.evaluate", params).await?;
        if let Some(details) = answer.get("exceptionDetails") {
            let words = details.pointer("/exception/description").or_else(|| details.get("text"));
            return Err(Fault::Answer(words.and_then(Value::as_str).unwrap_or("an error").to_owned()));
        }
        Ok(answer)
    }

    /// What the expression `script` comes to in the page's own world, by WebDriver alone.
    pub(crate) async fn execute(&self, script: &str) -> Result<Value, Fault> {
        let body = format!(
            "const done=arguments[arguments.length-1];\
             Promise.resolve({script}).then(value=>done({{value}}),error=>done({{error:String(error)}}))"
        );
        let answer = self.bounded(self.client.execute_async(&body, Vec::new())).await?;
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => Err(Fault::Answer(error.to_owned())),
            None => Ok(answer.get("value").cloned().unwrap_or(Value::Null)),
        }
    }
}

/// The words of drivers for a document that is no more.
const GONE: [&str; 9] = [
    "no such execution context",
    "Cannot find context",
    "context was destroyed",
    "context with specified id",
    "Inspected target navigated",
    "No frame for given id",
    "Document was unloaded",
    "document unloaded",
    "Browsing context has been discarded",
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
            // A crash is told in a form that the client does not know.
            other => told(other.to_string()),
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

/// What words of no known form mean.
fn told(words: String) -> Fault {
    match DEAD.iter().find(|dead| words.contains(**dead)) {
        Some(dead) => Fault::Lost((*dead).to_owned()),
        None => Fault::Answer(words),
    }
}

fn dialog_text(answer: &fantoccini::error::WebDriver) -> String {
    let data = answer.data.as_ref().and_then(|data| data.get("text")).and_then(Value::as_str);
    crate::escape::quoted(data.unwrap_or("(unknown)"))
}
