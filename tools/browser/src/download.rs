//! Letting one file come. Downloads are closed before and after, whatever a page tries.
//!
//! The browser puts what comes into a folder of its own, under a name that it makes up; the name
//! that a page suggests never touches the disk here.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use lamassu_contract::{Failure, FailureKind, Label, Observation, Outcome};
use lamassu_files::Workspace;
use serde_json::{Value, json};
use url::Url;

use crate::{
    act,
    after::{Changes, changes},
    deed::{Aim, Answer},
    describe::open_dialog,
    escape,
    fault::{Fault, in_doubt, not_sent},
    page::Place,
    session::Session,
    visit::stopped,
};

/// What the browser puts behind the name of a file that is still coming.
const COMING: &str = ".crdownload";
/// How long to wait between two glances at what has come.
const GLANCE: Duration = Duration::from_millis(50);

/// A number that no other folder of this process has.
pub(crate) fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What makes a file come.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// A press on an element, which may be a link to this address.
    Press { aim: Aim, hint: Option<Url> },
    /// An address, whose addresses are judged before it is asked for.
    Address(Url),
}

impl Origin {
    /// The outcome if no file came: a press has happened all the same.
    pub(crate) fn failed(&self, failure: Failure) -> Outcome {
        match self {
            Self::Press { .. } => Outcome::MayHaveLanded(failure),
            Self::Address(_) => Outcome::NotSent(failure),
        }
    }

    /// Where a file that came from it is from: the address that was asked for, or the page at `place`.
    pub(crate) fn label(&self, place: &Place) -> Label {
        let seen = match self {
            Self::Press { .. } => Observation::from_page(&place.source(), ""),
            Self::Address(url) => Observation::from_url(url, ""),
        };
        seen.label().clone()
    }

    /// A name where the browser tells none.
    fn name(&self) -> String {
        let url = match self {
            Self::Press { hint, .. } => hint.as_ref(),
            Self::Address(url) => Some(url),
        };
        let last = url.and_then(|url| url.path_segments()?.next_back().map(str::to_owned));
        last.unwrap_or_default()
    }
}

/// A file that has come.
#[derive(Debug)]
pub(crate) struct Arrived {
    /// Its folder in the browser's own.
    pub(crate) folder: String,
    /// What the browser calls it there.
    pub(crate) file: String,
    /// The name that was suggested for it.
    pub(crate) name: String,
    /// What else has changed.
    pub(crate) changes: Changes,
}

/// Sets off a download and waits until one file of at most `largest` bytes is complete.
///
/// # Errors
///
/// The outcome, if there is no such file.
pub(crate) async fn receive(session: &mut Session, from: &Origin, largest: u64) -> Result<Arrived, Outcome> {
    let (home, own) = session.own_folder().map_err(not_sent)?;
    let folder = format!("downloads/{}", next());
    session.admit(&format!("{home}/{folder}")).await.map_err(not_sent)?;
    let came = attempt(session, from, Expected { own, folder: &folder, largest }).await;
    // A dialog would hold back the command that closes the way.
    let asked = open_dialog(session).await.ok();
    if asked.is_some() {
        // If it cannot be cancelled, the next command fails and says so.
        let _ = session.answer_dialog(Answer::Cancel).await;
    }
    if let Err(fault) = session.shut().await {
        let why = format!("downloads could not be closed again: {fault}");
        return Err(from.failed(Failure::new(FailureKind::Lost, why)));
    }
    let (file, name, changes) = came?;
    Ok(Arrived { folder, name: name.unwrap_or_else(|| from.name()), file, changes })
}

/// Where a file is expected, and how large it may be.
struct Expected<'a> {
    own: Workspace,
    folder: &'a str,
    largest: u64,
}

type Came = (String, Option<String>, Changes);

async fn attempt(session: &mut Session, from: &Origin, expected: Expected<'_>) -> Result<Came, Outcome> {
    // What happened before is not this download.
    session.downloads();
    let mut watch = Watch { expected, begun: BTreeMap::new() };
    let changes = watch.set_off(session, from).await?;
    if let Ok(text) = open_dialog(session).await {
        let text = escape::quoted(&text);
        let message = format!(
            "no file came: the page asked \"{text}\", which was cancelled; `click`, answer with `dialog`, and download what it leads to"
        );
        return Err(from.failed(Failure::new(FailureKind::Remote, message)));
    }
    let came = watch.wait(session).await;
    if came.is_err() {
        watch.stop(session).await;
    }
    match came {
        Ok((file, name)) => Ok((file, name, changes)),
        Err(failure) => Err(from.failed(failure)),
    }
}

/// Asks for `url`; at once as a file where the tab shows a page of its origin.
async fn ask_for(session: &mut Session, before: &Place, url: &Url) -> Result<Changes, Outcome> {
    if !shows(session, url) {
        let answer = session.cdp("Page.navigate", json!({ "url": url.as_str() })).await.map_err(not_sent)?;
        let is_file = answer.get("isDownload").and_then(Value::as_bool) == Some(true);
        match answer.get("errorText").and_then(Value::as_str) {
            Some(error) if !is_file => return Err(unreached(session, url, error).await),
            _ => {}
        }
        let changes = changes(session, before, None, 0).await?;
        if is_file {
            return Ok(changes);
        }
        if !shows(session, url) {
            let message = format!("`{url}` led to another site and brought no file; `open` it and look");
            return Err(not_sent(Failure::new(FailureKind::Remote, message)));
        }
    }
    // Whatever it is called, it is saved and not shown.
    session.ask_once::<Value>("save", &json!({ "url": url.as_str() })).await.map_err(in_doubt)?;
    changes(session, before, None, 0).await
}

/// Whether the tab shows a page of the same origin.
fn shows(session: &Session, url: &Url) -> bool {
    session.place.page().is_some_and(|page| page.origin() == url.origin())
}

/// The browser shows its own page about what went wrong; an empty one takes its place.
async fn unreached(session: &mut Session, url: &Url, error: &str) -> Outcome {
    let stopped = stopped(&session.traffic(), url);
    let emptied = async {
        session.bounded(session.client().goto("about:blank")).await?;
        session.locate().await
    };
    match emptied.await {
        Ok(_) => not_sent(stopped.unwrap_or_else(|| {
            let message = format!("`{url}` cannot be downloaded: {error}; check the address");
            Failure::new(FailureKind::Remote, message)
        })),
        Err(fault) => not_sent(fault),
    }
}

/// What has begun to come.
struct Watch<'a> {
    expected: Expected<'a>,
    /// By what the browser calls them.
    begun: BTreeMap<String, Begun>,
}

struct Begun {
    name: String,
    cancelled: bool,
}

impl Watch<'_> {
    /// Presses the element or asks for the address, and waits until what that set off is done.
    async fn set_off(&mut self, session: &mut Session, from: &Origin) -> Result<Changes, Outcome> {
        match from {
            Origin::Press { aim, .. } => {
                let before = session.place.clone();
                act::touch(session, aim, 1).await?;
                self.see_begin(session).await.map_err(in_doubt)?;
                changes(session, &before, Some(aim), 0).await
            }
            Origin::Address(url) => {
                let before = session.locate().await.map_err(not_sent)?;
                ask_for(session, &before, url).await
            }
        }
    }

    /// Where a press has the page leave its document, waits until it turns out whether a file comes
    /// instead of another document.
    async fn see_begin(&mut self, session: &Session) -> Result<(), Fault> {
        let end = Instant::now() + session.limits().load;
        while Instant::now() < end {
            for event in session.downloads() {
                self.note(&event);
            }
            let word = if self.begun.is_empty() { "leaves" } else { "stay" };
            match session.ask_once::<Value>(word, &json!({})).await {
                Ok(Value::Bool(true)) => tokio::time::sleep(GLANCE).await,
                // It stays, it has moved on, or it shows a dialog.
                Ok(_) | Err(Fault::Moved | Fault::Dialog(_) | Fault::Closed) => break,
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    /// Waits until exactly one file is complete and none is coming; says what the browser calls it
    /// and which name was suggested, if that is known.
    async fn wait(&mut self, session: &Session) -> Result<(String, Option<String>), Failure> {
        let limit = session.limits().download;
        let (mut seen, mut end) = ((0, 0), Instant::now() + limit);
        loop {
            for event in session.downloads() {
                self.note(&event);
            }
            let files = self.files()?;
            let size = files.iter().map(|(_, size)| size).sum();
            if size > self.expected.largest {
                let message = format!("the file has more than {} bytes, which is the limit", self.expected.largest);
                return Err(Failure::new(FailureKind::Limit, message));
            }
            if let Some(came) = self.complete(&files) {
                return came;
            }
            if (files.len(), size) != seen {
                (seen, end) = ((files.len(), size), Instant::now() + limit);
            } else if Instant::now() >= end {
                let what = if files.is_empty() { "no file came" } else { "nothing more of the file came" };
                let message = format!("{what} within {} seconds; look at the page", limit.as_secs());
                return Err(Failure::new(FailureKind::Limit, message));
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Keeps in mind what the browser says of downloads.
    fn note(&mut self, event: &Value) {
        let method = event.get("method").and_then(Value::as_str).unwrap_or_default();
        if !method.starts_with("Page.download") {
            return;
        }
        let part = |name: &str| event.pointer(&format!("/params/{name}")).and_then(Value::as_str);
        let Some(guid) = part("guid") else { return };
        match part("suggestedFilename") {
            Some(name) => {
                self.begun.insert(guid.to_owned(), Begun { name: name.to_owned(), cancelled: false });
            }
            None if part("state") == Some("canceled") => {
                self.begun.entry(guid.to_owned()).and_modify(|begun| begun.cancelled = true);
            }
            None => {}
        }
    }

    /// What is in the folder, which the browser makes when something comes.
    fn files(&self) -> Result<Vec<(String, u64)>, Failure> {
        match self.expected.own.folder(self.expected.folder) {
            Ok(folder) => folder.names(),
            Err(failure) if failure.kind == FailureKind::NotFound => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }

    /// The one file, if nothing is coming any more; `None` as long as something may.
    fn complete(&self, files: &[(String, u64)]) -> Option<Result<(String, Option<String>), Failure>> {
        let there = |guid: &str| files.iter().any(|(name, _)| name == guid);
        let coming = files.iter().any(|(name, _)| name.ends_with(COMING))
            || self.begun.iter().any(|(guid, begun)| !begun.cancelled && !there(guid));
        let begun = self.begun.len().max(files.len());
        match files {
            _ if coming || begun == 0 => None,
            _ if begun > 1 => {
                let message = format!("{begun} files came at once and none was kept; download them one by one");
                Some(Err(Failure::new(FailureKind::Remote, message)))
            }
            [] => Some(Err(Failure::new(FailureKind::Remote, "the server did not send the file; look at the page"))),
            [(file, _), ..] => Some(Ok((file.clone(), self.begun.get(file).map(|begun| begun.name.clone())))),
        }
    }

    /// Stops whatever is still coming.
    async fn stop(&self, session: &Session) {
        let files = self.files().unwrap_or_default();
        let coming = files.iter().map(|(name, _)| name.trim_end_matches(COMING));
        for guid in coming.chain(self.begun.keys().map(String::as_str)) {
            // One that has ended meanwhile needs no stopping.
            let _ = session.cdp("Browser.cancelDownload", json!({ "guid": guid })).await;
        }
    }
}
