//! Looking, finding, reading, extracting.
//!
//! Each was judged for the page that was open then. If another page has come meanwhile it is
//! judged again before anything of it is shown.

use std::fmt::Write as _;

use lamassu_contract::{Action, Effect, Failure, Observation, Outcome, Permit, Resource};
use regex::Regex;
use serde_json::{Map, Value, json};

use crate::{
    deed::{Aim, Sought, whole},
    describe::pattern,
    escape,
    fault::Fault,
    page::{Looked, Place, Prose, render},
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
pub(crate) async fn look(session: &mut Session, permit: &Permit) -> Seen {
    let limits = session.limits();
    let looked: Looked = session.ask("look", json!({ "limit": limits.rows, "text": limits.digest })).await?;
    session.place = looked.place.clone();
    still(permit, &looked.place)?;
    session.prints.learn(&looked);
    let Some(page) = looked.page() else { return Ok(blank()) };
    Ok(Observation::from_page(&looked.place.source(), render(&page)).with_page(page))
}

/// Finds a text or a pattern on the whole page.
pub(crate) async fn find(session: &mut Session, permit: &Permit, sought: &Sought) -> Seen {
    let prose = text_of(session, permit, None).await?;
    let (matches, controls) = match sought {
        Sought::Pattern(pattern) => (matches(pattern, &prose.text), None),
        Sought::Text(text) => {
            let found: Looked = session.ask("search", json!({ "text": text, "limit": MATCHES })).await?;
            if found.place.epoch != prose.place.epoch {
                return Err(Fault::Moved.into());
            }
            session.prints.learn(&found);
            (lines(text, &prose.text), Some(found))
        }
    };
    let mut content = String::new();
    for candidate in controls.iter().flat_map(|found| &found.rows) {
        let _ = writeln!(content, "{}", candidate.shown());
    }
    for found in matches.iter().filter_map(|found| found.get("text")?.as_str()) {
        let _ = writeln!(content, "- {}", escape::line(found));
    }
    if content.is_empty() {
        content.push_str("nothing on this page matches\n");
    }
    let controls: Vec<_> = controls.iter().flat_map(|found| &found.rows).map(|row| json!(row.shown())).collect();
    let data = json!({ "matches": matches, "elements": controls });
    Ok(Observation::from_page(&prose.place.source(), content.trim_end()).with_data(data))
}

fn matches(pattern: &Regex, text: &str) -> Vec<Value> {
    let found = pattern.captures_iter(text).take(MATCHES);
    found
        .map(|captures| {
            let groups: Vec<_> = captures.iter().skip(1).map(|group| group.map(|group| group.as_str())).collect();
            json!({ "text": captures.get(0).map(|whole| whole.as_str()), "groups": groups })
        })
        .collect()
}

fn lines(wanted: &str, text: &str) -> Vec<Value> {
    let wanted = wanted.to_lowercase();
    let found = text.lines().filter(|line| line.to_lowercase().contains(&wanted)).take(MATCHES);
    found.map(|line| json!({ "text": line.chars().take(300).collect::<String>(), "groups": [] })).collect()
}

async fn text_of(session: &mut Session, permit: &Permit, aim: Option<&Aim>) -> Result<Prose, Failure> {
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

/// Takes values out of the page's text.
pub(crate) async fn extract(session: &mut Session, permit: &Permit, fields: &[(String, String)]) -> Seen {
    let prose = text_of(session, permit, None).await?;
    let mut values = Map::new();
    for (name, wanted) in fields {
        values.insert(name.clone(), value_of(wanted, &prose.text)?.map_or(Value::Null, Value::from));
    }
    let told = |(name, value): (&String, &Value)| match value.as_str() {
        Some(text) => format!("{}: \"{}\"", escape::line(name), escape::quoted(text)),
        None => format!("{}: not found", escape::line(name)),
    };
    let content = values.iter().map(told).collect::<Vec<_>>().join("\n");
    Ok(Observation::from_page(&prose.place.source(), content).with_data(values))
}

/// What stands behind a label, on its line or on the next; else what a pattern matches.
fn value_of(wanted: &str, text: &str) -> Result<Option<String>, Failure> {
    let label = wanted.trim().trim_end_matches(':').to_lowercase();
    let mut lines = text.lines().map(|line| line.trim_start_matches(['#', '-', ' ']));
    while let Some(line) = lines.next() {
        let begins = line.get(..label.len()).is_some_and(|head| head.to_lowercase() == label);
        let Some(rest) = line.get(label.len()..).filter(|_| begins) else { continue };
        let rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(lines.next().map(|next| next.trim().to_owned()));
        }
        if let Some(value) = rest.strip_prefix([':', '|']) {
            let value = value.trim();
            return Ok(if value.is_empty() {
                lines.next().map(|next| next.trim().to_owned())
            } else {
                Some(value.to_owned())
            });
        }
    }
    let found = pattern(wanted)?.captures(text).and_then(|captures| captures.get(1).or_else(|| captures.get(0)));
    Ok(found.map(|found| found.as_str().trim().to_owned()))
}
