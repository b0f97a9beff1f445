//! Pictures for a person who watches: the page as it changes, with where each row of the table stands.
//!
//! They are taken by a connection of its own, beside the session, so that no act waits for one, and only
//! while somebody watches. They go to that person alone: no planner sees them, and nothing is kept here. Where
//! the value of a secret could be read in one, it is left out.

use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, timeout},
};

use crate::{Limits, devtools::DevTools, fault::Fault};

/// How often a page is looked at that may change by itself.
const IDLE: Duration = Duration::from_millis(700);
/// How long nothing must have happened before a picture is taken, so that it takes no time from an act.
const QUIET: Duration = Duration::from_millis(100);
/// How long that is waited for; then it is taken all the same.
const PATIENCE: Duration = Duration::from_millis(1500);
/// The quality of pictures, of 100.
const QUALITY: u32 = 62;

/// What somebody watches a browser through, for [`Options`](crate::Options); a clone is the same one.
#[derive(Clone, Default)]
pub struct Lens(Arc<Shared>);

#[derive(Default)]
struct Shared {
    frames: watch::Sender<Option<Arc<Frame>>>,
    wake: Notify,
    view: Mutex<Option<View>>,
    /// How many acts and looks are under way.
    working: AtomicU64,
    /// Odd while a secret is being filled in.
    secrets: AtomicU64,
}

/// Which tab is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct View {
    browser: SocketAddr,
    tab: String,
    key: String,
}

/// One picture of the visible part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The picture, as a JPEG file; empty while a secret could be read in it.
    pub jpeg: Vec<u8>,
    /// The width and the height that [`Frame::areas`] are measured in.
    pub size: (u32, u32),
    /// Where the rows of the table stand, by reference: left, top, width, height.
    pub areas: BTreeMap<u32, [i32; 4]>,
}

/// Something is being done in the browser.
#[derive(Debug)]
pub(crate) struct Working(Lens);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.0.working.fetch_sub(1, Ordering::Relaxed);
        self.0.wake();
    }
}

/// A secret is being filled in.
#[derive(Debug)]
pub(crate) struct Hidden(Lens);

impl Drop for Hidden {
    fn drop(&mut self) {
        self.0.0.secrets.fetch_add(1, Ordering::SeqCst);
    }
}

/// What the page says of itself.
#[derive(Debug, Deserialize)]
struct Watched {
    width: u32,
    height: u32,
    areas: BTreeMap<u32, [i32; 4]>,
    /// Whether a field that holds a secret shows it.
    open: bool,
}

impl Lens {
    /// A lens through which nobody looks yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The newest picture and all that follow. As long as the receiver lives, somebody watches.
    #[must_use]
    pub fn frames(&self) -> watch::Receiver<Option<Arc<Frame>>> {
        let frames = self.0.frames.subscribe();
        self.0.wake.notify_one();
        frames
    }

    /// The newest picture, if somebody watches.
    #[must_use]
    pub fn seen(&self) -> Option<Arc<Frame>> {
        if self.is_watched() { self.0.frames.borrow().clone() } else { None }
    }

    /// Something is done as long as the answer lives, and may have changed something then.
    pub(crate) fn working(&self) -> Working {
        self.0.working.fetch_add(1, Ordering::Relaxed);
        Working(self.clone())
    }

    fn wake(&self) {
        if self.is_watched() {
            self.0.wake.notify_one();
        }
    }

    /// A secret is being filled in as long as the answer lives: no picture that is taken meanwhile is shown.
    pub(crate) fn hidden(&self) -> Hidden {
        self.0.secrets.fetch_add(1, Ordering::SeqCst);
        Hidden(self.clone())
    }

    /// From now on the tab `tab` of the browser at `browser` is seen, where the library answers to `key`.
    pub(crate) fn point(&self, browser: SocketAddr, tab: &str, key: &str) {
        let view = View { browser, tab: tab.to_owned(), key: key.to_owned() };
        *self.view() = Some(view);
        self.wake();
    }

    /// Takes pictures until the browser is gone or the task is dropped.
    pub(crate) async fn run(self, limits: Limits) {
        let mut connected: Option<(View, DevTools)> = None;
        loop {
            let woken = timeout(IDLE, self.0.wake.notified()).await.is_ok();
            if woken || self.is_working() {
                self.moment().await;
            }
            let view = self.view().clone();
            let Some(view) = view.filter(|_| self.is_watched()) else { continue };
            let known = connected.take().filter(|(known, _)| *known == view);
            let tab = match known {
                Some((_, tab)) => tab,
                None => match DevTools::connect(view.browser, &view.tab, limits).await {
                    Ok(tab) => tab,
                    // A tab with a dialog, or one that has just closed; another look will tell.
                    Err(_) => continue,
                },
            };
            match self.take(&tab, &view).await {
                Ok(()) | Err(Fault::Answer(_) | Fault::Moved | Fault::Dialog(_) | Fault::Slow) => {
                    connected = Some((view, tab));
                }
                Err(_) => {}
            }
        }
    }

    /// Waits for a moment in which nothing is done, within bounds.
    async fn moment(&self) {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let woken = timeout(QUIET, self.0.wake.notified()).await.is_ok();
            if !woken && !self.is_working() {
                return;
            }
        }
    }

    fn is_working(&self) -> bool {
        self.0.working.load(Ordering::Relaxed) > 0
    }

    async fn take(&self, tab: &DevTools, view: &View) -> Result<(), Fault> {
        let before = self.0.secrets.load(Ordering::SeqCst);
        let watched = watched(tab, view).await?;
        let mut jpeg = Vec::new();
        if !watched.open {
            let how = json!({ "format": "jpeg", "quality": QUALITY, "optimizeForSpeed": true });
            let shot = tab.call("Page.captureScreenshot", how).await?;
            let data = shot.get("data").and_then(Value::as_str).unwrap_or_default();
            jpeg = STANDARD.decode(data).map_err(|_| Fault::Answer("the picture is none".to_owned()))?;
        }
        if before % 2 == 1 || self.0.secrets.load(Ordering::SeqCst) != before {
            // It may show what is being filled in; the next one is taken in the knowledge of that.
            return Ok(());
        }
        let frame = Frame { jpeg, size: (watched.width, watched.height), areas: watched.areas };
        self.0.frames.send_if_modified(|last| {
            let news = last.as_deref() != Some(&frame);
            if news {
                *last = Some(Arc::new(frame));
            }
            news
        });
        Ok(())
    }

    fn is_watched(&self) -> bool {
        self.0.frames.receiver_count() > 0
    }

    fn view(&self) -> std::sync::MutexGuard<'_, Option<View>> {
        self.0.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the library, in its own world of the page.
async fn watched(tab: &DevTools, view: &View) -> Result<Watched, Fault> {
    let tree = tab.call("Page.getFrameTree", json!({})).await?;
    let main = tree.pointer("/frameTree/frame/id").cloned().unwrap_or_default();
    let made = json!({ "frameId": main, "worldName": "lamassu" });
    let world = tab.call("Page.createIsolatedWorld", made).await?;
    let world = world.get("executionContextId").cloned().unwrap_or_default();
    let script = format!("JSON.stringify(window[\"{}\"]?.watched()??null)", view.key);
    let asked = json!({ "expression": script, "contextId": world, "returnByValue": true });
    let answer = tab.call("Runtime.evaluate", asked).await?;
    let text = answer.pointer("/result/value").and_then(Value::as_str).unwrap_or("null");
    serde_json::from_str::<Option<Watched>>(text)
        .map_err(|error| Fault::Answer(format!("`watched` answered oddly: {error}")))?
        .ok_or(Fault::Moved)
}

impl fmt::Debug for Lens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lens").field("watched", &self.is_watched()).finish_non_exhaustive()
    }
}
