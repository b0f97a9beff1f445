//! A connection to the browser as a whole: all of its tabs, and the frames that have a process of
//! their own, each by a session of its name.

use std::{collections::HashMap, net::SocketAddr, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    Limits,
    devtools::{Answer, Socket, dial, outcome, whole},
    fault::Fault,
};

/// How long a command may take. One to a tab that is closed meanwhile is never answered.
const PATIENCE: Duration = Duration::from_secs(3);

/// A connection to the whole of a browser.
#[derive(Debug)]
pub(crate) struct Tap {
    orders: mpsc::UnboundedSender<Order>,
}

#[derive(Debug)]
struct Order {
    session: String,
    command: &'static str,
    params: Value,
    answer: oneshot::Sender<Answer>,
}

/// An event of the browser.
#[derive(Debug)]
pub(crate) struct Said {
    /// The session that it is of; empty for the browser itself.
    pub(crate) session: String,
    /// Its name, such as `Page.frameNavigated`.
    pub(crate) event: String,
    /// What it tells.
    pub(crate) params: Value,
}

impl Tap {
    /// Connects to the browser at `browser`. Its events come by the second; they end with the browser.
    ///
    /// # Errors
    ///
    /// [`Fault::Lost`] if the browser does not answer.
    pub(crate) async fn connect(
        browser: SocketAddr,
        limits: Limits,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Said>), Fault> {
        let lost = |error: &dyn std::fmt::Display| Fault::Lost(format!("its debugging port does not answer: {error}"));
        let dialled = timeout(limits.command, async {
            let path = whole(browser).await.map_err(|error| lost(&error))?;
            dial(browser, &path).await.map_err(|error| lost(&error))
        });
        let socket = dialled.await.map_err(|late| lost(&late))??;
        let (orders, taken) = mpsc::unbounded_channel();
        let (events, heard) = mpsc::unbounded_channel();
        tokio::spawn(serve(socket, taken, events));
        Ok((Self { orders }, heard))
    }

    /// Runs a command without waiting for what comes of it.
    pub(crate) fn tell(&self, session: &str, command: &'static str, params: Value) {
        drop(self.order(session, command, params));
    }

    /// Runs a command.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the browser answers with an error, late, or not at all.
    pub(crate) async fn ask(&self, session: &str, command: &'static str, params: Value) -> Answer {
        match timeout(PATIENCE, self.order(session, command, params)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Fault::Lost("it has disconnected".to_owned())),
            Err(_) => Err(Fault::Slow),
        }
    }

    fn order(&self, session: &str, command: &'static str, params: Value) -> oneshot::Receiver<Answer> {
        let (answer, answered) = oneshot::channel();
        // If nobody takes it, the answer ends.
        let _ = self.orders.send(Order { session: session.to_owned(), command, params, answer });
        answered
    }
}

/// Passes orders on, and answers and events back, until either side ends.
async fn serve(
    mut socket: Socket,
    mut orders: mpsc::UnboundedReceiver<Order>,
    events: mpsc::UnboundedSender<Said>,
) -> Option<()> {
    let mut waiting: HashMap<u64, oneshot::Sender<Answer>> = HashMap::new();
    let mut number = 0;
    loop {
        tokio::select! {
            order = orders.recv() => {
                let Order { session, command, params, answer } = order?;
                number += 1;
                let mut text = json!({ "id": number, "method": command, "params": params });
                if let (Value::Object(map), false) = (&mut text, session.is_empty()) {
                    map.insert("sessionId".to_owned(), session.into());
                }
                waiting.insert(number, answer);
                socket.send(Message::text(text.to_string())).await.ok()?;
            }
            message = socket.next() => {
                let Ok(mut said) = serde_json::from_slice::<Value>(&message?.ok()?.into_data()) else { continue };
                match said.get("id").and_then(Value::as_u64) {
                    Some(number) => {
                        if let Some(answer) = waiting.remove(&number) {
                            // Whoever asked may have given up.
                            let _ = answer.send(outcome(&mut said));
                        }
                    }
                    None => events.send(heard(said)).ok()?,
                }
            }
        }
    }
}

fn heard(mut said: Value) -> Said {
    let text = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Said {
        session: text("sessionId"),
        event: text("method"),
        params: said.get_mut("params").map(Value::take).unwrap_or_default(),
    }
}
