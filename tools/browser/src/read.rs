//! Looking, finding, reading, extracting.
//!
//! Each was judged for the page that was open then. If another page has come meanwhile it is
//! judged again before anything of it is shown.

use std::fmt::Write as _;

use lamassu_contract::{Action, Effect, Failure, Observation, Outcome, Permit, Resource};
use regex::Regex;
use serde_json::{Value, json};

use crate::{
    deed::{Aim, Sought, whole},
    escape,
    fault::Fault,
    page::{Candidate, Looked, Place, Prose, Searched},
    session::Session,
    target::stale,
};

/// Characters of a page that are searched.
const SEARCHED: usize = 2_000_000;
/// Matches that are told.
const MATCHES: usize = 20;

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
pub(crate) fn still(permit: &Permit, place: &Place) -> Result<(), Failure> {
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
    let wish = json!({ "about": about, "tokens": tokens, "detail": session.detail });
    let looked: Looked = session.ask("look", wish).await?;
    session.place = looked.place.clone();
    still(permit, &looked.place)?;
    session.prints.learn(&looked.place, looked.meanings());
    let Some(page) = looked.page(tokens) else { return Ok(blank()) };
    Ok(Observation::from_page(&looked.place.source(), page.to_string()).with_page(page))
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
    session.prints.learn(&searched.place, searched.rows.iter().map(Candidate::meaning));
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
