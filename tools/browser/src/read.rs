//! Looking, finding, reading, extracting, taking pictures, waiting.
//!
//! Each was judged for the page that was open then. If another page has come meanwhile it is
//! judged again before anything of it is shown.

use std::{fmt::Write as _, time::Duration};

use lamassu_contract::{Action, Effect, Failure, FailureKind, Observation, Outcome, Permit, Picture, Resource};
use regex::Regex;
use serde_json::{Value, json};

use crate::{
    act::landed,
    deed::{Aim, Extent, Sought, Until, whole},
    escape,
    fault::Fault,
    page::{Appeared, Candidate, Looked, Place, Prose, Searched, render},
    session::Session,
    target::stale,
};

/// Characters of a page that are searched.
const SEARCHED: usize = 2_000_000;
/// Matches that are told.
const MATCHES: usize = 20;
/// Pixels of a picture of a whole page, from top to bottom.
const TALLEST: u64 = 16_000;

/// What came of reading: an observation, or why there is none.
pub(crate) type Seen = Result<Observation, Failure>;

/// What became of a reading, as an outcome.
pub(crate) fn outcome(seen: Seen) -> Outcome {
    match seen {
        Ok(observation) => Outcome::Landed(observation),
        Err(failure) => Outcome::NotSent(failure),
    }
}

/// Judges again if the tab is not where it was when the permit was given.
fn still(permit: &Permit, place: &Place) -> Result<(), Failure> {
    let judged = match permit.action().resource() {
        Resource::Url(url) => Some(url.clone()),
        Resource::Element(element) => Some(element.page.clone()),
        _ => None,
    };
    if judged == place.page() {
        return Ok(());
    }
    let action = Action::new(permit.action().call(), Effect::Read, whole(place)).fact("origin", place.source());
    permit.judge().judge(action).map(drop).map_err(Failure::refused)
}

/// The observation when no page is open.
pub(crate) fn blank() -> Observation {
    Observation::from_tool("browser", "no page is open; `open` an address first")
}

/// Looks at the page.
pub(crate) async fn look(session: &mut Session, permit: &Permit, about: &str) -> Seen {
    let tokens = session.limits().tokens;
    let looked: Looked = session.ask("look", json!({ "about": about, "tokens": tokens })).await?;
    session.place = looked.place.clone();
    still(permit, &looked.place)?;
    session.prints.learn(&looked.place, looked.prints());
    let Some(page) = looked.page(tokens) else { return Ok(blank()) };
    Ok(Observation::from_page(&looked.place.source(), render(&page)).with_page(page))
}

/// Finds elements, a text or a pattern on the whole page.
pub(crate) async fn find(session: &mut Session, permit: &Permit, sought: &Sought) -> Seen {
    let prose = text_of(session, permit, None).await?;
    let searched = search(session, sought, &prose).await?;
    let (rows, count) = searched.map_or((Vec::new(), 0), |searched| (searched.rows, searched.count));
    let rows: Vec<_> = rows.iter().map(Candidate::shown).collect();
    let all = match (&sought.pattern, &sought.text, &sought.role) {
        (Some(pattern), ..) => matches(pattern, &prose.text),
        (None, Some(text), None) => lines(text, &prose.text),
        _ => Vec::new(),
    };
    let total = count + all.len();
    let rest = all.into_iter().skip(sought.offset.saturating_sub(count));
    let matches: Vec<_> = rest.take(MATCHES - rows.len().min(MATCHES)).collect();
    let mut content = String::new();
    for row in &rows {
        let _ = writeln!(content, "{row}");
    }
    for found in matches.iter().filter_map(|found| found.get("text")?.as_str()) {
        let _ = writeln!(content, "- {}", escape::line(found));
    }
    let end = sought.offset + rows.len() + matches.len();
    if content.is_empty() {
        content.push_str("nothing on this page matches\n");
    } else if end < total {
        let _ = writeln!(content, "({} more follow; `find` on with `offset` {end})", total - end);
    }
    let data = json!({ "matches": matches, "elements": rows, "total": total });
    Ok(Observation::from_page(&prose.place.source(), content.trim_end()).with_data(data))
}

/// The elements whose names and roles are sought; `None` if only text is.
async fn search(session: &mut Session, sought: &Sought, prose: &Prose) -> Result<Option<Searched>, Failure> {
    if sought.pattern.is_some() {
        return Ok(None);
    }
    let args = json!({ "text": sought.text, "role": sought.role, "offset": sought.offset, "limit": MATCHES });
    let searched: Searched = session.ask("search", args).await?;
    if searched.place.epoch != prose.place.epoch {
        return Err(Fault::Moved.into());
    }
    session.prints.learn(&searched.place, searched.rows.iter().map(Candidate::print));
    Ok(Some(searched))
}

fn matches(pattern: &Regex, text: &str) -> Vec<Value> {
    let found = pattern.captures_iter(text);
    found
        .map(|captures| {
            let groups: Vec<_> = captures.iter().skip(1).map(|group| group.map(|group| group.as_str())).collect();
            json!({ "text": captures.get(0).map(|whole| whole.as_str()), "groups": groups })
        })
        .collect()
}

fn lines(wanted: &str, text: &str) -> Vec<Value> {
    let wanted = wanted.to_lowercase();
    let found = text.lines().filter(|line| line.to_lowercase().contains(&wanted));
    found.map(|line| json!({ "text": line.chars().take(300).collect::<String>(), "groups": [] })).collect()
}

pub(crate) async fn text_of(session: &mut Session, permit: &Permit, aim: Option<&Aim>) -> Result<Prose, Failure> {
    let reference = aim.map(Aim::reference);
    let prose: Prose = session.ask("prose", json!({ "reference": reference, "limit": SEARCHED })).await?;
    session.place = prose.place.clone();
    if let Some(aim) = aim.filter(|aim| aim.epoch != prose.place.epoch) {
        return Err(stale(&aim.label, "the page has changed"));
    }
    still(permit, &prose.place)?;
    Ok(prose)
}

/// Reads the text of the page or of one element, from `offset` on.
pub(crate) async fn read(session: &mut Session, permit: &Permit, aim: Option<&Aim>, span: (usize, usize)) -> Seen {
    let prose = text_of(session, permit, aim).await?;
    let (offset, limit) = span;
    let total = prose.text.chars().count();
    let part: String = prose.text.chars().skip(offset).take(limit).collect();
    let mut content = escape::lines(&part);
    let end = offset + part.chars().count();
    if end < total {
        let more = if prose.full { "more than " } else { "" };
        let _ = write!(content, "\n({more}{} characters follow; `read` on with `offset` {end})", total - end);
    }
    let data = json!({ "offset": offset, "end": end, "total": total });
    Ok(Observation::from_page(&prose.place.source(), content).with_data(data))
}

/// Takes a picture of the viewport or of the whole page.
pub(crate) async fn screenshot(session: &mut Session, permit: &Permit, extent: Extent) -> Seen {
    let full = extent == Extent::Whole;
    let before = session.locate().await?;
    still(permit, &before)?;
    let mut params = json!({ "format": "png", "captureBeyondViewport": full });
    if full {
        let metrics = session.cdp("Page.getLayoutMetrics", json!({})).await?;
        let size =
            |name: &str| metrics.pointer(&format!("/cssContentSize/{name}")).and_then(Value::as_f64).unwrap_or(1.0);
        let clip =
            json!({ "x": 0, "y": 0, "width": size("width"), "height": size("height").min(TALLEST as f64), "scale": 1 });
        if let Some(params) = params.as_object_mut() {
            params.insert("clip".to_owned(), clip);
        }
    }
    let shot = session.cdp("Page.captureScreenshot", params).await?;
    let after = session.locate().await?;
    if (&after.url, &after.epoch) != (&before.url, &before.epoch) {
        return Err(Fault::Moved.into());
    }
    let png = shot.get("data").and_then(Value::as_str).unwrap_or_default().to_owned();
    let about = format!("{} of {}", if full { "the whole page" } else { "the visible part" }, escape::line(&after.url));
    let content = format!("took a picture of {about}");
    Ok(Observation::from_page(&after.source(), content).with_picture(Picture { about, png }))
}

/// Waits for something on the page.
pub(crate) async fn wait(session: &mut Session, permit: &Permit, until: &Until, limit: Duration) -> Outcome {
    let before = session.place.clone();
    let waited = match until {
        Until::Quiet => session.settle(limit, None).await.map(|over| (session.place.clone(), !over)),
        Until::Text(text) => appear(session, json!({ "text": text }), limit).await,
        Until::There(wanted, _) => appear(session, json!({ "wanted": wanted }), limit).await,
    };
    let (place, found) = match waited {
        Ok(waited) => waited,
        Err(fault) => return Outcome::NotSent(fault.into()),
    };
    if let Err(failure) = still(permit, &place) {
        return Outcome::NotSent(failure);
    }
    let what = match until {
        Until::Quiet => "a quiet page".to_owned(),
        Until::Text(text) => format!("\"{}\"", escape::quoted(text)),
        Until::There(_, name) => name.clone(),
    };
    if !found {
        let message = format!("waited {} seconds for {what} in vain; look at the page", limit.as_secs());
        return Outcome::NotSent(Failure::new(FailureKind::Limit, message));
    }
    match landed(&place, format!("there is {what}")) {
        Outcome::Landed(seen) if place.epoch != before.epoch || place.url != before.url => {
            Outcome::Landed(seen.after_move())
        }
        outcome => outcome,
    }
}

/// Waits across documents: a page that goes away is followed to the next.
async fn appear(session: &mut Session, mut args: Value, limit: Duration) -> Result<(Place, bool), Fault> {
    let end = std::time::Instant::now() + limit;
    loop {
        let rest = end.saturating_duration_since(std::time::Instant::now()).min(session.limits().command / 2);
        if let Some(args) = args.as_object_mut() {
            args.insert("limit".to_owned(), (rest.as_millis() as u64).into());
        }
        let appeared: Appeared = session.ask("appear", args.clone()).await?;
        session.place = appeared.place.clone();
        if appeared.found || std::time::Instant::now() >= end {
            return Ok((appeared.place, appeared.found));
        }
    }
}
