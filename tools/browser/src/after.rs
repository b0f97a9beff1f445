//! What came of an act: waits until what it has set off is done, and says what changed.

use lamassu_contract::{Exchange, Observation, Outcome};
use serde_json::json;

use crate::{
    deed::Aim,
    escape,
    fault::{Fault, in_doubt, not_sent},
    page::{Place, Press, Prose},
    session::{Patience, Session},
    target::stale,
    traffic,
};

/// What an act has changed.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Each begins with a semicolon.
    notes: String,
    requests: Vec<Exchange>,
    /// Whether the page is another one, or the same under another address.
    moved: bool,
}

impl Changes {
    /// The outcome of an act that did what `did` says.
    pub(crate) fn landed(self, session: &Session, did: &str) -> Outcome {
        let observation = Observation::from_page(&session.place.source(), format!("{did}{}", self.notes));
        let observation = observation.with_requests(self.requests);
        Outcome::Landed(if self.moved { observation.after_move() } else { observation })
    }
}

/// Waits, and says what came of an act that did what `did` says.
pub(crate) async fn report(session: &mut Session, before: &Place, did: &str) -> Outcome {
    match changes(session, before, None, 0).await {
        Ok(changes) => changes.landed(session, did),
        Err(outcome) => outcome,
    }
}

/// Waits until what an act has set off is done, and sees that a press on `aim` has arrived.
/// `frames` are drawn first.
///
/// # Errors
///
/// The outcome of a press that did not arrive, or of an act whose end was not seen.
pub(crate) async fn changes(
    session: &mut Session,
    before: &Place,
    aim: Option<&Aim>,
    frames: u32,
) -> Result<Changes, Outcome> {
    // The browser lists its tabs by itself, whatever its page does; meanwhile the driver learns
    // that a press has started a navigation.
    let mut tabs = new_tabs(session).await.map_err(in_doubt)?;
    let mut notes = String::new();
    let patience = Patience { limit: session.limits().settle, from: None, frames };
    match session.settle(patience).await {
        Ok(settled) => {
            if let (Some(aim), Some(press)) = (aim, settled.press) {
                missed(session, aim, press).map_or(Ok(()), Err)?;
            }
            if settled.over {
                notes.push_str("; the page is still busy");
            }
        }
        Err(Fault::Slow) => {
            notes.push_str("; the page is still busy");
            session.stop_loading().await.map_err(in_doubt)?;
        }
        Err(Fault::Dialog(text)) => {
            notes.push_str(&format!("; the page shows a dialog that says \"{text}\"; answer it with `dialog`"));
        }
        Err(Fault::Closed) => match first_tab(session).await {
            Ok(()) => notes.push_str("; its tab has closed, this is another one"),
            Err(fault) => return Err(in_doubt(fault)),
        },
        Err(fault) => return Err(in_doubt(fault)),
    }
    if session.place.failed() {
        notes.push_str(&return_from_error(session).await.map_err(in_doubt)?);
    }
    tabs += new_tabs(session).await.map_err(in_doubt)?;
    let traffic = session.traffic();
    for sent in traffic::sent(&traffic) {
        notes.push_str(&format!("; {sent}"));
    }
    if tabs > 0 {
        notes.push_str(&format!("; {tabs} new tab(s) opened, see `tabs`"));
    }
    let place = &session.place;
    if place.url != before.url {
        notes.push_str(&format!("; now at {}", escape::line(&place.url)));
    }
    let moved = place.url != before.url || place.epoch != before.epoch;
    Ok(Changes { notes, requests: traffic::exchanges(&traffic), moved })
}

/// Goes back from the browser's own page about a page that did not come.
async fn return_from_error(session: &mut Session) -> Result<String, Fault> {
    let reason = error_page(session).await;
    session.bounded(session.client().back()).await?;
    let patience = Patience { limit: session.limits().settle, from: None, frames: 0 };
    session.settle(patience).await?;
    Ok(format!("; the page it leads to does not open ({reason}), so it went back"))
}

/// What the browser's own page says about a page that did not come.
pub(crate) async fn error_page(session: &mut Session) -> String {
    let prose = session.ask::<Prose>("prose", json!({ "limit": 4000 })).await;
    let reason = prose.ok().and_then(|prose| {
        let mut words = prose.text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        words.find(|word| word.starts_with("ERR_") || word.starts_with("DNS_")).map(str::to_owned)
    });
    reason.unwrap_or_else(|| "no answer".to_owned())
}

/// Gets to know tabs that have come; says how many.
async fn new_tabs(session: &mut Session) -> Result<usize, Fault> {
    let tabs = match session.bounded(session.client().windows()).await {
        Ok(tabs) => tabs,
        Err(Fault::Lost(why)) => return Err(Fault::Lost(why)),
        Err(_) => return Ok(0),
    };
    let new: Vec<_> = tabs.into_iter().filter(|tab| !session.tabs.contains(tab)).collect();
    let count = new.len();
    session.tabs.extend(new);
    // A tab that has gone behind another one is drawn no more, and pictures of it do not come.
    if count > 0
        && session.devtools()
        && let Err(Fault::Lost(why)) = session.cdp("Page.bringToFront", json!({})).await
    {
        return Err(Fault::Lost(why));
    }
    Ok(count)
}

/// The outcome of a guarded press that has not reached its element.
fn missed(session: &Session, aim: &Aim, press: Press) -> Option<Outcome> {
    let Press { reached, swallowed } = press;
    if reached == 0 && session.framed() {
        let why = "what the page puts over its frame may have been pressed instead";
        return Some(Outcome::MayHaveLanded(stale(&aim.label, why)));
    }
    if reached == 0 {
        let why = "it changed or something moved over it at the last moment; nothing was pressed";
        return Some(not_sent(stale(&aim.label, why)));
    }
    let half = || stale(&aim.label, "it changed while it was being pressed; the press was stopped half-way");
    (swallowed > 0).then(|| Outcome::MayHaveLanded(half()))
}

/// Goes on in the first tab that is left.
pub(crate) async fn first_tab(session: &mut Session) -> Result<(), Fault> {
    let tabs = session.bounded(session.client().windows()).await?;
    let Some(first) = tabs.first().cloned() else { return Err(Fault::Lost("its last tab has closed".to_owned())) };
    session.tabs.retain(|tab| tabs.contains(tab));
    session.switch(first).await?;
    session.locate().await.map(drop)
}

/// What came of something that did not change the page.
pub(crate) fn landed(place: &Place, content: impl Into<String>) -> Outcome {
    Outcome::Landed(Observation::from_page(&place.source(), content))
}
