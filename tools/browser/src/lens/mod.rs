//! Pictures for a person who watches: the page as it changes, with where each row of the table stands.
//!
//! They are taken by a connection of its own, beside the session, so that no act waits for one, and only
//! while somebody watches. They go to that person alone: no planner sees them, and nothing is kept here. What
//! holds a secret in the text of a page is covered in them; where a field shows one, there is none.

mod camera;

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use lamassu_contract::{Judge, Resource};
use serde::Serialize;
use tokio::{
    sync::{Notify, watch},
    time::{Instant, timeout},
};

pub(crate) use self::camera::parts;
use self::camera::{Camera, Reach, Spot};
use crate::{Limits, devtools::DevTools, fault::Fault};

/// How often a page is looked at that may change by itself.
const IDLE: Duration = Duration::from_millis(700);
/// How long nothing must have happened before a picture is taken, so that it takes no time from an act.
const QUIET: Duration = Duration::from_millis(100);
/// How long that is waited for; then it is taken all the same.
const PATIENCE: Duration = Duration::from_millis(500);

/// How many descriptions are remembered: more than a proposal has calls.
const KEPT: usize = 64;

/// What somebody watches a browser through, for [`Options`](crate::Options); a clone is the same one.
#[derive(Clone, Default)]
pub struct Lens(Arc<Shared>);

#[derive(Default)]
struct Shared {
    frames: watch::Sender<Option<Arc<Frame>>>,
    wake: Notify,
    view: Mutex<Option<View>>,
    asked: Mutex<Asked>,
    /// What was described last, with its number in the page.
    described: Mutex<VecDeque<(Resource, Known)>>,
    /// Whether what is asked about is marked in the pictures themselves.
    marks: bool,
    /// How many acts and looks are under way.
    working: AtomicU64,
    /// Odd while a secret is being filled in.
    secrets: AtomicU64,
}

/// What pictures are taken with.
#[derive(Clone, Default)]
struct Asked {
    /// Who knows what a secret of the run is.
    judge: Option<Judge>,
    /// What somebody is asked about.
    about: Option<Known>,
}

/// An element by its number, and the document in which it goes by that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Known {
    reference: u32,
    epoch: String,
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
    /// What somebody is asked about, if it stands outside of the visible part.
    pub beyond: Option<Beyond>,
}

/// A picture of a part of the page that is not in view. The page stays where it is for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// The row of the table that it is taken of.
    pub row: u32,
    /// The row with its surroundings, as a JPEG file.
    pub jpeg: Vec<u8>,
    /// The width and the height that [`Beyond::area`] is measured in.
    pub size: (u32, u32),
    /// Where the row stands in it: left, top, width, height.
    pub area: [i32; 4],
}

impl Beyond {
    fn is(&self, row: u32, spot: &Spot) -> bool {
        (self.row, self.size, self.area) == (row, spot.clip.size(), spot.area)
    }
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

impl Lens {
    /// A lens through which nobody looks yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A lens in whose pictures what somebody is asked about has a frame drawn around it, as the page shows it then.
    #[must_use]
    pub fn marking() -> Self {
        Self(Arc::new(Shared { marks: true, ..Shared::default() }))
    }

    /// The newest picture and all that follow; none of before somebody watched. As long as the receiver lives,
    /// somebody watches.
    #[must_use]
    pub fn frames(&self) -> watch::Receiver<Option<Arc<Frame>>> {
        if !self.is_watched() {
            self.0.frames.send_replace(None);
        }
        let frames = self.0.frames.subscribe();
        self.0.wake.notify_one();
        frames
    }

    /// The newest picture, if somebody watches.
    #[must_use]
    pub fn seen(&self) -> Option<Arc<Frame>> {
        if self.is_watched() { self.0.frames.borrow().clone() } else { None }
    }

    /// Somebody is asked about `resource`, or about nothing any more: where it stands outside of what is in view,
    /// there is a picture of it too. Says by which number it goes in the page; nothing if it is no element of one.
    pub fn about(&self, resource: Option<&Resource>) -> Option<u32> {
        let described = self.0.described.lock().unwrap_or_else(PoisonError::into_inner);
        let known = resource.and_then(|sought| described.iter().rev().find(|(known, _)| known == sought));
        let about = known.map(|(_, known)| known.clone());
        drop(described);
        let reference = about.as_ref().map(|about| about.reference);
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner).about = about;
        self.wake();
        reference
    }

    /// The element `resource` was described, which goes by the number `reference` in the document `epoch`.
    pub(crate) fn described(&self, resource: Resource, reference: u32, epoch: &str) {
        let mut described = self.0.described.lock().unwrap_or_else(PoisonError::into_inner);
        if described.len() == KEPT {
            described.pop_front();
        }
        described.push_back((resource, Known { reference, epoch: epoch.to_owned() }));
    }

    /// Something that was permitted is done as long as the answer lives, and may have changed something then.
    /// What `judge` knows to be a secret is covered in pictures from now on.
    pub(crate) fn working(&self, judge: &Judge) -> Working {
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner).judge = Some(judge.clone());
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
        let asked = self.asked();
        let camera = Camera::at(tab, view, asked.judge, asked.about.clone().filter(|_| self.0.marks)).await?;
        let watched = camera.watched(asked.about.as_ref()).await?;
        let picture = if watched.open { Some(Vec::new()) } else { camera.picture(&watched.view, Reach::View).await? };
        // A page that has just changed is tried again soon; one that does so all the time is not shown.
        let Some(jpeg) = picture else { return Ok(()) };
        let mut frame = Frame { jpeg, size: watched.view.size(), areas: watched.areas, beyond: None };
        let last = self.0.frames.borrow().clone();
        let row = asked.about.map(|about| about.reference);
        if let (Some(row), Some(spot), false) = (row, watched.beyond, watched.open) {
            frame.beyond = last
                .and_then(|last| last.beyond.clone().filter(|known| last.jpeg == frame.jpeg && known.is(row, &spot)));
            if frame.beyond.is_none() {
                let jpeg = camera.picture(&spot.clip, Reach::Beyond).await?;
                frame.beyond = jpeg.map(|jpeg| Beyond { row, jpeg, size: spot.clip.size(), area: spot.area });
            }
        }
        if before % 2 == 1 || self.0.secrets.load(Ordering::SeqCst) != before {
            // It may show what is being filled in; the next one is taken in the knowledge of that.
            return Ok(());
        }
        self.0.frames.send_if_modified(|last| {
            let news = last.as_deref() != Some(&frame);
            if news {
                *last = Some(Arc::new(frame));
            }
            news
        });
        Ok(())
    }

    fn asked(&self) -> Asked {
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_watched(&self) -> bool {
        self.0.frames.receiver_count() > 0
    }

    fn view(&self) -> std::sync::MutexGuard<'_, Option<View>> {
        self.0.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Lens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lens").field("watched", &self.is_watched()).finish_non_exhaustive()
    }
}
