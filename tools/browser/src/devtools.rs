//! A connection of our own to one tab, by the DevTools protocol.
//!
//! The driver can pass such commands on, but it asks the page about its navigations around each,
//! which takes several times as long as most of them. What it learns by that is heard here from
//! the browser's own events: that a dialog is open, that a page leaves its document, that a tab
//! has crashed. This file is a door: it dials the browser.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _, future::try_join};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Error, Message, protocol::WebSocketConfig},
};

use crate::{Limits, escape, fault::Fault};

/// How long an answer may take once loading has been stopped.
const SLACK: Duration = Duration::from_secs(2);
/// Events of downloads that are kept until somebody asks for them.
const MOST_EVENTS: usize = 1000;
/// Bytes of what a browser says of itself.
const LONGEST_ANSWER: usize = 1 << 14;

pub(crate) type Socket = WebSocketStream<TcpStream>;
pub(crate) type Answer = Result<Value, Fault>;

/// A connection to one tab.
#[derive(Debug)]
pub(crate) struct DevTools {
    orders: mpsc::UnboundedSender<Order>,
    tab: Arc<watch::Sender<Tab>>,
    limits: Limits,
}

#[derive(Debug)]
struct Order {
    command: &'static str,
    params: Value,
    answer: oneshot::Sender<Answer>,
}

/// What is known of a tab.
#[derive(Debug, Default)]
struct Tab {
    /// The frame that holds the page.
    main: String,
    /// What its open dialog says.
    dialog: Option<String>,
    /// Since when another page has been on its way. Until then the browser holds commands back.
    leaving: Option<Instant>,
    /// How often a page that was on its way has not come: it was a file, say, or nothing.
    stayed: usize,
    /// Why there are no more answers.
    end: Option<Fault>,
    /// What it said of downloads.
    downloads: Vec<Value>,
}

impl DevTools {
    /// Connects to the tab that the driver calls `handle`, of the browser that is reached at `browser`.
    ///
    /// # Errors
    ///
    /// [`Fault::Lost`] if the browser does not answer.
    pub(crate) async fn connect(browser: SocketAddr, handle: &str, limits: Limits) -> Result<Self, Fault> {
        // Older drivers put this before what the browser calls it.
        let target = handle.trim_start_matches("CDwindow-");
        let path = format!("/devtools/page/{target}");
        let socket = timeout(limits.command, dial(browser, &path));
        let socket = match socket.await {
            Ok(Ok(socket)) => socket,
            Ok(Err(error)) => return Err(Fault::Lost(format!("its debugging port does not answer: {error}"))),
            Err(_) => return Err(Fault::Lost("its debugging port does not answer".to_owned())),
        };
        let tab = Arc::new(watch::Sender::new(Tab { main: target.to_owned(), ..Tab::default() }));
        let (orders, taken) = mpsc::unbounded_channel();
        tokio::spawn(serve(socket, taken, Arc::clone(&tab)));
        let connection = Self { orders, tab, limits };
        let enable = |command| connection.call(command, json!({}));
        try_join(enable("Inspector.enable"), enable("Page.enable")).await?;
        Ok(connection)
    }

    /// Runs a command. It is not sent while a dialog is open.
    ///
    /// # Errors
    ///
    /// A [`Fault`]. After [`Fault::Dialog`] and [`Fault::Slow`] the command may have run.
    pub(crate) async fn call(&self, command: &'static str, params: Value) -> Answer {
        let mut tab = self.tab.subscribe();
        if let Some(fault) = tab.borrow().blocked() {
            return Err(fault);
        }
        let begin = Instant::now();
        let (answer, mut answered) = oneshot::channel();
        // If nobody takes it, the answer ends.
        let _ = self.orders.send(Order { command, params, answer });
        loop {
            // What changes from here on is seen below.
            let (blocked, leaving) = {
                let now = tab.borrow_and_update();
                (now.blocked(), now.leaving.map(|since| since.max(begin) + self.limits.load))
            };
            let end = begin + self.limits.command;
            tokio::select! {
                biased;
                answer = &mut answered => return answer.unwrap_or_else(|_| Err(self.end())),
                Some(fault) = std::future::ready(blocked) => return Err(fault),
                _ = tab.changed() => {}
                () = sleep_until(leaving.map_or(end, |leaving| leaving.min(end))) => {
                    let seconds = self.limits.command.as_secs();
                    return match leaving {
                        Some(_) => Err(self.stop_loading(answered).await),
                        None => Err(Fault::Lost(format!("no answer to {command} within {seconds} seconds"))),
                    };
                }
            }
        }
    }

    /// Gives up the page that does not come, so that the command which waits behind it runs now and
    /// not at any later time.
    async fn stop_loading(&self, waiting: oneshot::Receiver<Answer>) -> Fault {
        let (answer, stopped) = oneshot::channel();
        let _ = self.orders.send(Order { command: "Page.stopLoading", params: json!({}), answer });
        let both = async { (stopped.await, waiting.await) };
        match timeout(SLACK, both).await {
            Ok((Ok(_), Ok(_))) => Fault::Slow,
            Ok(_) => self.end(),
            Err(_) => Fault::Lost("it does not stop loading".to_owned()),
        }
    }

    /// How often a page that was on its way has not come.
    pub(crate) fn stayed(&self) -> usize {
        self.tab.borrow().stayed
    }

    /// From now on the dialog that was open counts as answered.
    pub(crate) fn answered(&self) {
        self.tab.send_modify(|tab| tab.dialog = None);
    }

    /// What the browser has said of downloads since this was last asked.
    pub(crate) fn downloads(&self) -> Vec<Value> {
        let mut events = Vec::new();
        self.tab.send_if_modified(|tab| {
            events = std::mem::take(&mut tab.downloads);
            false
        });
        events
    }

    fn end(&self) -> Fault {
        self.tab.borrow().end.clone().unwrap_or(Fault::Closed)
    }
}

impl Tab {
    /// Why no command can be answered now.
    fn blocked(&self) -> Option<Fault> {
        self.end.clone().or_else(|| self.dialog.clone().map(Fault::Dialog))
    }

    /// Takes note of an event; says whether somebody who waits has to know.
    fn note(&mut self, event: &Value) -> bool {
        let method = event.get("method").and_then(Value::as_str).unwrap_or_default();
        let text = |path: &str| event.pointer(path).and_then(Value::as_str);
        let main = text("/params/frameId") == Some(&self.main);
        match method {
            "Page.javascriptDialogOpening" => {
                self.dialog = Some(escape::quoted(text("/params/message").unwrap_or_default()));
            }
            "Page.javascriptDialogClosed" => self.dialog = None,
            "Page.frameStartedNavigating" | "Page.frameStartedLoading" if main && self.leaving.is_none() => {
                self.leaving = Some(Instant::now());
            }
            "Page.frameStoppedLoading" if main => self.stayed += usize::from(self.leaving.take().is_some()),
            "Page.frameNavigated" if text("/params/frame/parentId").is_none() => {
                self.leaving = None;
                text("/params/frame/id").unwrap_or_default().clone_into(&mut self.main);
            }
            "Inspector.targetCrashed" => self.end = Some(Fault::Lost("tab crashed".to_owned())),
            "Inspector.detached" if text("/params/reason") == Some("target_closed") => self.end = Some(Fault::Closed),
            "Page.downloadWillBegin" | "Page.downloadProgress" => {
                if text("/params/state") != Some("inProgress") && self.downloads.len() < MOST_EVENTS {
                    self.downloads.push(event.clone());
                }
                return false;
            }
            _ => return false,
        }
        true
    }
}

/// Where the browser as a whole is reached, which is a secret of its own.
///
/// # Errors
///
/// If the browser does not answer, or with something else.
pub(crate) async fn whole(browser: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(browser).await?;
    stream.write_all(format!("GET /json/version HTTP/1.1\r\nHost: {browser}\r\n\r\n").as_bytes()).await?;
    let mut said = Vec::new();
    while said.len() < LONGEST_ANSWER {
        let text = String::from_utf8_lossy(&said);
        let path = text.find("/devtools/browser/").and_then(|begin| text.get(begin..)?.split_once('"'));
        if let Some((path, _)) = path {
            return Ok(path.to_owned());
        }
        if stream.read_buf(&mut said).await? == 0 {
            break;
        }
    }
    Err(std::io::Error::other("it does not say where it is reached"))
}

pub(crate) async fn dial(browser: SocketAddr, path: &str) -> Result<Socket, Error> {
    let stream = TcpStream::connect(browser).await?;
    stream.set_nodelay(true)?;
    // Pictures and texts are as large as they are.
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let url = format!("ws://{browser}{path}");
    Ok(client_async_with_config(url, stream, Some(config)).await?.0)
}

/// Passes orders on, and answers and events back, until either side ends.
async fn serve(mut socket: Socket, mut orders: mpsc::UnboundedReceiver<Order>, tab: Arc<watch::Sender<Tab>>) {
    let mut waiting: HashMap<u64, oneshot::Sender<Answer>> = HashMap::new();
    let mut number = 0;
    loop {
        tokio::select! {
            order = orders.recv() => {
                let Some(Order { command, params, answer }) = order else { break };
                number += 1;
                let text = json!({ "id": number, "method": command, "params": params }).to_string();
                waiting.insert(number, answer);
                if socket.send(Message::text(text)).await.is_err() {
                    break;
                }
            }
            message = socket.next() => {
                let Some(Ok(message)) = message else { break };
                let Ok(mut said) = serde_json::from_slice::<Value>(&message.into_data()) else { continue };
                match said.get("id").and_then(Value::as_u64) {
                    Some(number) => {
                        if let Some(answer) = waiting.remove(&number) {
                            // Whoever asked may have given up.
                            let _ = answer.send(outcome(&mut said));
                        }
                    }
                    None => { tab.send_if_modified(|tab| tab.note(&said)); }
                }
            }
        }
    }
    tab.send_modify(|tab| {
        tab.end.get_or_insert_with(|| Fault::Lost("it has disconnected".to_owned()));
    });
}

/// What an answer of the browser comes to.
pub(crate) fn outcome(said: &mut Value) -> Answer {
    match said.pointer("/error/message").and_then(Value::as_str) {
        Some(words) => Err(Fault::understood(words)),
        None => Ok(said.get_mut("result").map(Value::take).unwrap_or_default()),
    }
}
