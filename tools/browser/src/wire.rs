//! Commands to the driver, each with a time limit, and what its errors mean.

use std::{net::SocketAddr, pin::pin, time::Duration};

use fantoccini::{
    Client,
    elements::{Element, ElementRef},
    error::{CmdError, ErrorStatus},
    wd::{WebDriverCompatibleCommand, WindowHandle},
};
use serde_json::{Value, json};

use crate::{Limits, devtools::DevTools, escape, fault::Fault};

/// How long a new connection may be silent before it is asked why.
const GLANCE: Duration = Duration::from_millis(150);

/// A connection to a driver, and one of our own to the tab where the browser runs on this machine.
#[derive(Debug)]
pub(crate) struct Wire {
    client: Client,
    limits: Limits,
    /// Where the browser can be reached by the DevTools protocol.
    browser: Option<SocketAddr>,
    tab: Option<DevTools>,
}

/// A command of the DevTools protocol, through the driver.
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

impl Wire {
    /// No command may take longer than `limits` say. Commands of the DevTools protocol go straight to
    /// `browser` if that is given, and through the driver else.
    pub(crate) fn new(client: Client, browser: Option<SocketAddr>, limits: Limits) -> Self {
        Self { client, limits, browser, tab: None }
    }

    /// Connects to `tab`, which the driver shows.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if it does not answer.
    pub(crate) async fn connect(&mut self, tab: WindowHandle) -> Result<(), Fault> {
        self.tab = None;
        let Some(browser) = self.browser else { return Ok(()) };
        let handle = String::from(tab);
        let mut connecting = pin!(DevTools::connect(browser, &handle, self.limits));
        loop {
            tokio::select! {
                connected = &mut connecting => {
                    self.tab = Some(connected?);
                    return Ok(());
                }
                // A page with a dialog answers nothing, and a new connection is not told why.
                () = tokio::time::sleep(GLANCE) => {
                    if let Ok(text) = self.dialog().await {
                        return Err(Fault::Dialog(escape::quoted(&text)));
                    }
                }
            }
        }
    }

    /// What the open dialog says; [`Fault::Answer`] if there is none.
    pub(crate) async fn dialog(&self) -> Result<String, Fault> {
        self.bounded(self.client.get_alert_text()).await
    }

    /// Where the browser can be reached by the DevTools protocol.
    pub(crate) fn browser(&self) -> Option<SocketAddr> {
        self.browser
    }

    /// The connection of our own to the tab.
    pub(crate) fn tab(&self) -> Option<&DevTools> {
        self.tab.as_ref()
    }

    /// The client, for commands that go through [`Self::bounded`].
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Waits for one command of the driver.
    pub(crate) async fn bounded<T>(&self, command: impl Future<Output = Result<T, CmdError>>) -> Result<T, Fault> {
        match tokio::time::timeout(self.limits.command, command).await {
            Ok(answer) => answer.map_err(fault),
            Err(_) => Err(Fault::Lost(format!("no answer within {} seconds", self.limits.command.as_secs()))),
        }
    }

    /// Runs a command of the DevTools protocol.
    pub(crate) async fn cdp(&self, command: &'static str, params: Value) -> Result<Value, Fault> {
        match &self.tab {
            Some(tab) => tab.call(command, params).await,
            None => self.bounded(self.client.issue_cmd(Cdp { command, params })).await,
        }
    }

    /// A picture of the visible part, as PNG in Base64.
    pub(crate) async fn picture(&self) -> Result<Value, Fault> {
        self.bounded(self.client.issue_cmd(Visible)).await
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

fn fault(error: CmdError) -> Fault {
    let CmdError::Standard(answer) = &error else {
        return match error {
            CmdError::Failed(_) | CmdError::FailedC(_) | CmdError::Lost(_) => {
                Fault::Lost("the driver has ended".into())
            }
            // A crash is told in a form that the client does not know.
            other => Fault::understood(&other.to_string()),
        };
    };
    let message = answer.message.lines().take(2).collect::<Vec<_>>().join(" ");
    match &answer.error {
        ErrorStatus::UnexpectedAlertOpen => Fault::Dialog(dialog_text(answer)),
        ErrorStatus::InvalidSessionId => Fault::Lost("the session has ended".to_owned()),
        status => match Fault::understood(&message) {
            // The words of a document that has gone can come with the status of a timeout.
            Fault::Answer(_) if *status == ErrorStatus::NoSuchWindow => Fault::Closed,
            Fault::Answer(_) if *status == ErrorStatus::Timeout => Fault::Slow,
            understood => understood,
        },
    }
}

fn dialog_text(answer: &fantoccini::error::WebDriver) -> String {
    let data = answer.data.as_ref().and_then(|data| data.get("text")).and_then(Value::as_str);
    crate::escape::quoted(data.unwrap_or("(unknown)"))
}
