//! A person at the browser: mouse and keys by a DevTools connection that the tool knows nothing of.

use std::{
    cell::Cell,
    fs,
    sync::{Arc, Mutex as Shared},
};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::Mutex};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use crate::life::{processes, until};

/// Somebody who sits at a tab.
pub(crate) struct Person {
    socket: Mutex<WebSocketStream<TcpStream>>,
    sent: Cell<u64>,
    session: String,
    /// What a recorder has told of so far.
    pub(crate) told: Arc<Shared<Vec<String>>>,
}

impl Person {
    /// Sits down at the only browser of this process.
    pub(crate) async fn new() -> Self {
        Self::at("").await
    }

    /// Sits down at the tab whose address ends so, once it is there.
    pub(crate) async fn at(address: &str) -> Self {
        let all = processes();
        let below = |mut pid: u32| loop {
            match all.get(&pid) {
                Some((parent, _)) if *parent == std::process::id() => return true,
                Some((parent, _)) => pid = *parent,
                None => return false,
            }
        };
        let folder = all.iter().filter(|(pid, _)| below(**pid)).find_map(|(_, (_, line))| {
            let folder = line.split("--user-data-dir=").nth(1)?.split([' ', '\0']).next()?;
            fs::read_to_string(format!("{folder}/DevToolsActivePort")).ok()
        });
        let folder = folder.unwrap();
        let (port, path) = folder.split_once('\n').unwrap();
        let stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
        let (socket, _) = client_async(format!("ws://127.0.0.1:{port}{}", path.trim()), stream).await.unwrap();
        let mut person =
            Self { socket: Mutex::new(socket), sent: Cell::new(0), session: String::new(), told: Arc::default() };
        let tab = loop {
            let targets = person.ask("Target.getTargets", json!({})).await;
            let is_it = |target: &&Value| {
                target["type"] == "page" && target["url"].as_str().is_some_and(|url| url.ends_with(address))
            };
            if let Some(found) = targets["targetInfos"].as_array().unwrap().iter().find(is_it) {
                break found["targetId"].clone();
            }
        };
        let attached = person.ask("Target.attachToTarget", json!({ "targetId": tab, "flatten": true })).await;
        person.session = attached["sessionId"].as_str().unwrap().to_owned();
        person
    }

    /// One command of the protocol.
    pub(crate) async fn ask(&self, method: &str, params: Value) -> Value {
        let mut socket = self.socket.lock().await;
        let number = self.sent.get() + 1;
        self.sent.set(number);
        let mut order = json!({ "id": number, "method": method, "params": params });
        if !self.session.is_empty() {
            order["sessionId"] = self.session.clone().into();
        }
        socket.send(Message::text(order.to_string())).await.unwrap();
        loop {
            let Some(Ok(message)) = socket.next().await else { return Value::Null };
            let said: Value = serde_json::from_slice(&message.into_data()).unwrap();
            if said["id"] == number {
                return said["result"].clone();
            }
        }
    }

    /// What a script of the page comes to.
    pub(crate) async fn script(&self, script: &str) -> Value {
        let params = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        self.ask("Runtime.evaluate", params).await["result"]["value"].clone()
    }

    /// Waits until the tab has come to `path`.
    pub(crate) async fn arrives(&self, path: &str) {
        while self.script("document.readyState === 'complete' && location.pathname").await != path {}
    }

    /// Waits until a recorder has told of `words`: nobody is quicker than that outside a test.
    pub(crate) async fn is_told(&self, words: &str) {
        until(words, || self.told.lock().unwrap().iter().any(|told| told.contains(words))).await;
    }

    /// The middle of what the selector finds, in or out of a frame of this origin.
    async fn middle(&self, selector: &str) -> (f64, f64) {
        let script = format!(
            "(() => {{ let [x, y, view] = [0, 0, window]; let found = null;
              for (const part of {selector:?}.split(' >> ')) {{
                found = view.document.querySelector(part);
                found.scrollIntoViewIfNeeded();
                const box = found.getBoundingClientRect();
                if (found.localName === 'iframe') {{
                  [x, y] = [x + box.left + found.clientLeft, y + box.top + found.clientTop];
                  view = found.contentDocument ? found.contentWindow : view;
                  if (!found.contentDocument) return [x + 40, y + 20];
                }} else [x, y] = [x + box.left + box.width / 2, y + box.top + box.height / 2];
              }}
              return [x, y]; }})()"
        );
        let at = self.script(&script).await;
        (at[0].as_f64().unwrap(), at[1].as_f64().unwrap())
    }

    /// Presses the mouse on what the selector finds, so many times.
    pub(crate) async fn press(&self, selector: &str, times: u32) {
        let (x, y) = self.middle(selector).await;
        for count in 1..=times {
            for kind in ["mousePressed", "mouseReleased"] {
                let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": count });
                self.ask("Input.dispatchMouseEvent", event).await;
            }
        }
    }

    pub(crate) async fn click(&self, selector: &str) {
        self.press(selector, 1).await;
    }

    /// Types text letter by letter into what has the focus.
    pub(crate) async fn types(&self, text: &str) {
        for letter in text.chars() {
            self.ask("Input.dispatchKeyEvent", json!({ "type": "keyDown", "key": letter, "text": letter })).await;
            self.ask("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": letter })).await;
        }
    }

    /// Presses a key by its name and code.
    pub(crate) async fn key(&self, key: &str, code: u32) {
        let text = match key {
            "Enter" => "\r",
            " " => " ",
            _ => "",
        };
        let event = json!({ "type": "keyDown", "key": key, "windowsVirtualKeyCode": code, "text": text });
        self.ask("Input.dispatchKeyEvent", event).await;
        let event = json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": code });
        self.ask("Input.dispatchKeyEvent", event).await;
    }

    /// Presses a letter with Control held.
    pub(crate) async fn order(&self, letter: &str) {
        let event = json!({ "type": "rawKeyDown", "key": letter, "modifiers": 2, "code": "KeyK" });
        self.ask("Input.dispatchKeyEvent", event).await;
        self.ask("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": letter, "modifiers": 2 })).await;
    }

    /// Moves the mouse over what the selector finds.
    pub(crate) async fn hover(&self, selector: &str) {
        let (x, y) = self.middle(selector).await;
        self.ask("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": x, "y": y })).await;
    }

    /// Replaces what stands in a field.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        self.press(selector, 3).await;
        self.types(text).await;
    }
}
