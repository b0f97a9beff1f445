//! What happens, as it happens: server-sent events with numbers, so that whoever comes back misses
//! nothing.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::sse::{self, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use lamassu_browser::Frame;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;

use super::Desk;
use crate::console::hub::Message;

/// How often a silent connection is shown to be alive.
const PULSE: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
pub(in crate::console) struct Wanted {
    /// The number after which to begin, as the state has it.
    #[serde(default)]
    after: Option<String>,
    /// The run whose page is watched.
    #[serde(default)]
    watch: Option<String>,
}

/// One who listens.
struct Listener {
    desk: Arc<Desk>,
    last: u64,
    news: watch::Receiver<u64>,
    waiting: VecDeque<Arc<Message>>,
    /// The run that is watched, and the pictures of its page; while they are here, pictures are taken.
    frames: Option<(String, watch::Receiver<Option<Arc<Frame>>>)>,
    pictures: u64,
    /// Whether the page has to ask anew how things stand.
    lost: bool,
    end: watch::Receiver<bool>,
}

pub(in crate::console) async fn events(
    State(desk): State<Arc<Desk>>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    // A browser that comes back by itself says what it heard last.
    let heard = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let after = heard.or(wanted.after).and_then(|after| number(&after, &desk.room.hub.boot));
    let frames = wanted.watch.and_then(|run| Some((run.clone(), desk.room.hub.seat(&run)?.frames())));
    let listener = Listener {
        last: after.unwrap_or_else(|| desk.room.hub.last()),
        news: desk.room.hub.news(),
        waiting: VecDeque::new(),
        frames: frames.map(|(run, mut frames)| {
            // What there is already is news for this one.
            frames.mark_changed();
            (run, frames)
        }),
        pictures: 0,
        lost: after.is_none(),
        end: desk.end.clone(),
        desk,
    };
    let events = stream::unfold(listener, async |mut listener| Some((Ok(listener.next().await?), listener)));
    Sse::new(events).keep_alive(KeepAlive::new().interval(PULSE))
}

/// The number that `after` says, if it is of this console.
fn number(after: &str, boot: &str) -> Option<u64> {
    let (of, number) = after.rsplit_once('-')?;
    if of == boot { number.parse().ok() } else { None }
}

impl Listener {
    /// The next event; `None` when the console closes.
    async fn next(&mut self) -> Option<sse::Event> {
        loop {
            if std::mem::take(&mut self.lost) {
                return Some(self.event(self.last, r#"{"kind":"lost"}"#));
            }
            if let Some(message) = self.waiting.pop_front() {
                return Some(self.event(message.number, &message.text));
            }
            self.news.mark_unchanged();
            match self.desk.room.hub.since(self.last) {
                None => {
                    (self.lost, self.last) = (true, self.desk.room.hub.last());
                    continue;
                }
                Some(messages) if !messages.is_empty() => {
                    self.last = messages.last().map_or(self.last, |message| message.number);
                    self.waiting.extend(messages);
                    continue;
                }
                Some(_) => {}
            }
            let frame = tokio::select! {
                changed = self.news.changed() => {
                    changed.ok()?;
                    None
                }
                frame = next_frame(&mut self.frames) => Some(frame),
                () = ended(&mut self.end) => return None,
            };
            if let Some(event) = frame.and_then(|frame| self.frame(&frame)) {
                return Some(event);
            }
        }
    }

    fn event(&self, number: u64, text: &str) -> sse::Event {
        sse::Event::default().id(format!("{}-{number}", self.desk.room.hub.boot)).data(text)
    }

    /// A picture has no number: who comes back wants the newest, and not those that were missed.
    fn frame(&mut self, frame: &Frame) -> Option<sse::Event> {
        let (run, _) = self.frames.as_ref()?;
        self.pictures += 1;
        let said = json!({
            "kind": "frame", "run": run, "number": self.pictures, "size": frame.size, "areas": frame.areas,
            "hidden": frame.jpeg.is_empty(),
            "beyond": frame.beyond.as_ref().map(|beyond| json!({ "row": beyond.row, "size": beyond.size, "area": beyond.area })),
        });
        Some(sse::Event::default().data(said.to_string()))
    }
}

/// Waits until the console closes.
async fn ended(end: &mut watch::Receiver<bool>) {
    let _ = end.wait_for(|end| *end).await;
}

/// The next picture; never, if nothing is watched.
async fn next_frame(frames: &mut Option<(String, watch::Receiver<Option<Arc<Frame>>>)>) -> Arc<Frame> {
    loop {
        let Some((_, receiver)) = frames else { return std::future::pending().await };
        if receiver.changed().await.is_err() {
            *frames = None;
            continue;
        }
        if let Some(frame) = receiver.borrow_and_update().clone() {
            return frame;
        }
    }
}
