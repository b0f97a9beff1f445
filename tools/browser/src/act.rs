//! Acting on one element with real input.
//!
//! Each act begins with one script that checks, in the page, that the element is still exactly
//! what was judged. A press is guarded until it has arrived: what would reach anything else is
//! swallowed before the page sees it.

use lamassu_contract::{Failure, FailureKind, Outcome, Permit};
use serde_json::{Value, json};

use crate::{
    Lens,
    after::{Changes, changes, landed, report},
    deed::{Aim, Chord, Scroll, Text, Tick},
    describe::focused,
    escape,
    fault::{Fault, in_doubt, not_sent},
    hands::{self, Point},
    page::{Acted, Place},
    session::Session,
    target::stale,
};

/// Presses an element with the mouse, `times` times in a row.
pub(crate) async fn click(session: &mut Session, aim: &Aim, times: u32) -> Outcome {
    let before = session.place.clone();
    let word = if times == 2 { "double-clicked" } else { "clicked" };
    match point(session, &before, aim, times).await {
        Ok(changes) => changes.landed(session, &format!("{word} {}", aim.label)),
        Err(outcome) => outcome,
    }
}

/// Presses an element with the mouse and sees that the press arrives.
async fn point(session: &mut Session, before: &Place, aim: &Aim, times: u32) -> Result<Changes, Outcome> {
    touch(session, aim, times).await?;
    changes(session, before, Some(aim), 0).await
}

/// Presses an element with the mouse. Whether the press has arrived is to be seen by [`changes`].
pub(crate) async fn touch(session: &Session, aim: &Aim, times: u32) -> Result<(), Outcome> {
    let ready: Acted = prepare(session, "ready", aim, &aim.with("times", times)).await?;
    let at = outward(session, aim, Point { x: ready.x, y: ready.y }).await?;
    hands::press(session, at, times).await.map_err(in_doubt)
}

/// Moves the mouse over an element.
pub(crate) async fn hover(session: &mut Session, aim: &Aim) -> Outcome {
    let before = session.place.clone();
    let hovered = async {
        let over = prepare(session, "locus", aim, &aim.args()).await?;
        let at = outward(session, aim, Point { x: over.x, y: over.y }).await?;
        hands::point(session, at).await.map_err(in_doubt)?;
        changes(session, &before, None, 2).await
    };
    match hovered.await {
        Ok(changes) => changes.landed(session, &format!("the mouse is over {}", aim.label)),
        Err(outcome) => outcome,
    }
}

/// Drags one element onto another.
pub(crate) async fn drag(session: &mut Session, aim: &Aim, onto: &Aim) -> Outcome {
    let before = session.place.clone();
    let args = aim.with("onto", onto.args());
    let dragged = async {
        let grip = prepare(session, "grip", aim, &args).await?;
        let from = outward(session, aim, Point { x: grip.x, y: grip.y }).await?;
        let to = outward(session, onto, Point { x: grip.to_x, y: grip.to_y }).await?;
        hands::drag(session, from, to).await.map_err(in_doubt)?;
        changes(session, &before, Some(aim), 2).await
    };
    match dragged.await {
        Ok(changes) => changes.landed(session, &format!("dragged {} onto {}", aim.label, onto.label)),
        Err(outcome) => outcome,
    }
}

/// Where the mouse has to go for a point of the page or of the frame that was entered.
async fn outward(session: &Session, aim: &Aim, at: Point) -> Result<Point, Outcome> {
    let covered = || {
        let words = format!("{} is covered by the page around its frame; `frame` goes back there", aim.label);
        not_sent(Failure::new(FailureKind::NotFound, words))
    };
    session.outward(at).await.map_err(not_sent)?.ok_or_else(covered)
}

/// Runs the script that checks the element and makes ready for an act.
pub(crate) async fn prepare(session: &Session, script: &str, aim: &Aim, args: &Value) -> Result<Acted, Outcome> {
    let acted: Acted = session.ask_once(script, args).await.map_err(|fault| match fault {
        Fault::Moved => not_sent(stale(&aim.label, "the page has changed")),
        fault => not_sent(fault),
    })?;
    settled(&acted, aim).map_err(not_sent)?;
    Ok(acted)
}

/// Turns what a script found wrong into words.
fn settled(acted: &Acted, aim: &Aim) -> Result<(), Failure> {
    if let Some(why) = &acted.stale {
        return Err(stale(&aim.label, why));
    }
    let Some(trouble) = &acted.trouble else { return Ok(()) };
    let label = &aim.label;
    let by = escape::quoted(acted.by.as_deref().unwrap_or_default());
    let message = match trouble.as_str() {
        "disabled" => format!("{label} is disabled; do first what it waits for"),
        "hidden" => format!("{label} is not visible now; look again"),
        "covered" if by.is_empty() => format!("{label} is covered by something else; close that first, or look again"),
        "covered" => format!("{label} is covered by what says \"{by}\"; close that first, or look again"),
        "readonly" => format!("{label} is read-only"),
        "unfillable" => format!("{label} cannot be filled; `click`, `check` or `select` it"),
        "unselectable" => format!("{label} is not a plain list; `click` it, look, and `click` the option"),
        "option" => format!("{label} has no single option of that name; it has {by}"),
        "value" => {
            format!("{label} is a {by} field and does not take this; say it as in HTML, such as 2026-12-31 or #ff0000")
        }
        "unfocusable" => format!("{label} does not take the focus; look again"),
        _ => format!("{label} did not take the text; look at the page"),
    };
    Err(Failure::new(
        if trouble == "hidden" || trouble == "covered" { FailureKind::NotFound } else { FailureKind::Invalid },
        message,
    ))
}

/// Runs a script that acts by itself. First it makes sure that the document is the judged one, so
/// that a document which goes away afterwards does so because of the act.
async fn script(session: &mut Session, name: &str, aim: &Aim, args: &Value) -> Result<Acted, Outcome> {
    let place = session.locate().await.map_err(not_sent)?;
    if place.epoch != aim.epoch {
        return Err(not_sent(stale(&aim.label, "the page has changed")));
    }
    match session.ask_once::<Acted>(name, args).await {
        Ok(acted) => settled(&acted, aim).map(|()| acted).map_err(not_sent),
        Err(Fault::Dialog(_)) => Ok(Acted::default()),
        Err(fault) => Err(in_doubt(fault)),
    }
}

/// Replaces what is in a field.
pub(crate) async fn fill(session: &mut Session, permit: &Permit, aim: &Aim, with: &Text) -> Outcome {
    let before = session.place.clone();
    let lent = permit.secret("text");
    let (text, secret) = match with {
        Text::Plain(text) => (text.as_str(), None),
        Text::Secret(name) => match &lent {
            Some(value) => (value.as_str(), Some(name)),
            None => return not_sent(Failure::invalid(format!("there is no secret called `{name}`"))),
        },
    };
    let mut args = aim.with("text", text);
    if let Some(map) = args.as_object_mut() {
        map.insert("secret".to_owned(), secret.is_some().into());
    }
    let _hidden = secret.and_then(|_| session.lens().map(Lens::hidden));
    let acted = match script(session, "fill", aim, &args).await {
        Ok(acted) => acted,
        Err(outcome) => return outcome,
    };
    let mut did = match secret {
        Some(name) => format!("filled {} with the secret `{name}`", aim.label),
        None => format!("filled {} with \"{}\"", aim.label, escape::quoted(text)),
    };
    if let Some(now) = &acted.other {
        did.push_str(&format!("; it now reads \"{}\"", escape::quoted(now)));
    }
    report(session, &before, &did).await
}

/// Chooses an option.
pub(crate) async fn select(session: &mut Session, aim: &Aim, option: &str) -> Outcome {
    let before = session.place.clone();
    match script(session, "select", aim, &aim.with("option", option)).await {
        Ok(acted) => {
            let chosen = escape::quoted(acted.other.as_deref().unwrap_or(option));
            report(session, &before, &format!("selected \"{chosen}\" in {}", aim.label)).await
        }
        Err(outcome) => outcome,
    }
}

/// Ticks or clears a box.
pub(crate) async fn check(session: &mut Session, aim: &Aim, wanted: Tick) -> Outcome {
    let before = session.place.clone();
    let word = if wanted == Tick::On { "checked" } else { "unchecked" };
    let state = match prepare(session, "state", aim, &aim.args()).await {
        Ok(state) => state,
        Err(outcome) => return outcome,
    };
    if state.checked == (wanted == Tick::On) {
        return landed(&before, format!("{} is {word} already", aim.label));
    }
    let changes = match point(session, &before, aim, 1).await {
        Ok(changes) => changes,
        Err(outcome) => return outcome,
    };
    // The page may have replaced the box by now; then the next look tells.
    let after = session.ask_once::<Acted>("state", &aim.args()).await;
    let stayed = after.is_ok_and(|after| after.stale.is_none() && after.checked != (wanted == Tick::On));
    let did =
        if stayed { format!("pressed {}, but it is not {word}", aim.label) } else { format!("{word} {}", aim.label) };
    changes.landed(session, &did)
}

/// Presses a key.
pub(crate) async fn press(session: &mut Session, aim: Option<&Aim>, chord: &Chord) -> Outcome {
    let before = session.place.clone();
    let ready = match aim {
        Some(aim) => prepare(session, "focus", aim, &aim.args()).await.map(drop),
        None => nothing_focused(session).await,
    };
    if let Err(outcome) = ready {
        return outcome;
    }
    if let Err(fault) = hands::key(session, chord).await {
        return in_doubt(fault);
    }
    let on = aim.map_or_else(String::new, |aim| format!(" on {}", aim.label));
    match changes(session, &before, aim, 0).await {
        Ok(changes) => changes.landed(session, &format!("pressed {}{on}", escape::quoted(&chord.shown))),
        Err(outcome) => outcome,
    }
}

async fn nothing_focused(session: &mut Session) -> Result<(), Outcome> {
    match focused(session).await {
        Ok(None) => session.ask_once::<Value>("mark", &json!({})).await.map(drop).map_err(not_sent),
        Ok(Some((_, element))) => Err(not_sent(stale(&element.shown(), "it has taken the focus"))),
        Err(failure) => Err(not_sent(failure)),
    }
}

/// Scrolls the page, the box that an element stands in, or an element into view.
pub(crate) async fn scroll(session: &mut Session, aim: Option<&Aim>, how: &Scroll) -> Outcome {
    let before = session.place.clone();
    let (to, by) = match how {
        Scroll::IntoView => (None, None),
        Scroll::To { way, by } => (Some(way.as_str()), *by),
    };
    let aimed = aim.map(Aim::args);
    let acted: Acted = match session.ask("scroll", json!({ "to": to, "by": by, "aim": aimed })).await {
        Ok(acted) => acted,
        Err(fault) => return not_sent(fault),
    };
    if let (Some(aim), Some(why)) = (aim, &acted.stale) {
        return not_sent(stale(&aim.label, why));
    }
    let did = match (aim, to) {
        (Some(aim), None) => format!("scrolled to {}", aim.label),
        (_, to) => {
            let (way, inside) = (to.unwrap_or("down"), if aim.is_some() { " inside its box" } else { "" });
            let still = acted.other.is_some();
            if still { format!("cannot scroll {way}{inside} any further") } else { format!("scrolled {way}{inside}") }
        }
    };
    match changes(session, &before, None, 2).await {
        Ok(changes) => changes.landed(session, &did),
        Err(outcome) => outcome,
    }
}
