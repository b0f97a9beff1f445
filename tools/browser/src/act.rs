//! Acting on one element with real input, and saying what came of it.
//!
//! Each act begins with one script that checks, in the page, that the element is still exactly
//! what was judged. A press is guarded until it has arrived: what would reach anything else is
//! swallowed before the page sees it.

use lamassu_contract::{Failure, FailureKind, Observation, Outcome, Permit};
use serde_json::{Value, json};

use crate::{
    deed::{Aim, Chord, Text, Tick},
    describe::focused,
    escape,
    fault::{Fault, in_doubt, not_sent},
    page::{Acted, Place, Press, Released},
    session::Session,
    target::stale,
};

/// Presses an element with the mouse.
pub(crate) async fn click(session: &mut Session, aim: &Aim) -> Outcome {
    let before = session.place.clone();
    match point(session, aim).await {
        Ok(()) => report(session, &before, format!("clicked {}", aim.label)).await,
        Err(outcome) => outcome,
    }
}

/// Presses an element with the mouse and sees that the press arrives.
async fn point(session: &mut Session, aim: &Aim) -> Result<(), Outcome> {
    let ready: Acted = prepare(session, "ready", aim, &aim.args()).await?;
    let mouse = |kind: &str, button: &str| json!({ "type": kind, "x": ready.x, "y": ready.y, "button": button, "clickCount": 1 });
    let moved = session.cdp("Input.dispatchMouseEvent", mouse("mouseMoved", "none")).await;
    moved.map_err(not_sent)?;
    for kind in ["mousePressed", "mouseReleased"] {
        match session.cdp("Input.dispatchMouseEvent", mouse(kind, "left")).await {
            // A press may well open a dialog, close its tab or end its document.
            Ok(_) | Err(Fault::Dialog(_) | Fault::Closed | Fault::Moved | Fault::Slow) => {}
            Err(fault) => return Err(in_doubt(fault)),
        }
    }
    breathe(session).await.map_err(in_doubt)?;
    arrived(session, aim).await
}

/// Gives the driver the time to learn that a press has started a navigation: it asks for the list
/// of tabs, which the browser answers by itself, whatever its page does.
async fn breathe(session: &Session) -> Result<(), Fault> {
    match session.bounded(session.client().windows()).await {
        Err(Fault::Lost(why)) => Err(Fault::Lost(why)),
        _ => Ok(()),
    }
}

/// Whether a guarded press has reached its element.
async fn arrived(session: &Session, aim: &Aim) -> Result<(), Outcome> {
    let press = match session.ask_once::<Released>("release", &json!({})).await {
        Ok(released) => released.report,
        Err(Fault::Lost(why)) => return Err(in_doubt(Fault::Lost(why))),
        // The document is gone or a dialog is open: something has happened.
        Err(_) => return Ok(()),
    };
    match press {
        Some(Press { reached: 0, .. }) => Err(not_sent(stale(
            &aim.label,
            "it changed or something moved over it at the last moment; nothing was pressed",
        ))),
        Some(Press { swallowed, .. }) if swallowed > 0 => {
            let failure = stale(&aim.label, "it changed while it was being pressed; the press was stopped half-way");
            Err(Outcome::MayHaveLanded(failure))
        }
        _ => Ok(()),
    }
}

/// Runs the script that checks the element and makes ready for an act.
async fn prepare(session: &Session, script: &str, aim: &Aim, args: &Value) -> Result<Acted, Outcome> {
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
    let (text, secret) = match with {
        Text::Plain(text) => (text.as_str(), None),
        Text::Secret(name) => match permit.secret("text") {
            Some(value) => (value, Some(name)),
            None => return not_sent(Failure::invalid(format!("there is no secret called `{name}`"))),
        },
    };
    let mut args = aim.with("text", text);
    if let Some(map) = args.as_object_mut() {
        map.insert("secret".to_owned(), secret.is_some().into());
    }
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
    report(session, &before, did).await
}

/// Chooses an option.
pub(crate) async fn select(session: &mut Session, aim: &Aim, option: &str) -> Outcome {
    let before = session.place.clone();
    match script(session, "select", aim, &aim.with("option", option)).await {
        Ok(acted) => {
            let chosen = escape::quoted(acted.other.as_deref().unwrap_or(option));
            report(session, &before, format!("selected \"{chosen}\" in {}", aim.label)).await
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
    if let Err(outcome) = point(session, aim).await {
        return outcome;
    }
    // The page may have replaced the box by now; then the next look tells.
    let after = session.ask_once::<Acted>("state", &aim.args()).await;
    let stayed = after.is_ok_and(|after| after.stale.is_none() && after.checked != (wanted == Tick::On));
    let did =
        if stayed { format!("pressed {}, but it is not {word}", aim.label) } else { format!("{word} {}", aim.label) };
    report(session, &before, did).await
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
    let key = |kind: &str, text: &str| {
        json!({
            "type": kind, "key": chord.key, "code": chord.code, "text": text, "unmodifiedText": text,
            "windowsVirtualKeyCode": chord.virtual_code, "modifiers": chord.modifiers
        })
    };
    let down = if chord.text.is_empty() { "rawKeyDown" } else { "keyDown" };
    for (kind, text) in [(down, chord.text.as_str()), ("keyUp", "")] {
        match session.cdp("Input.dispatchKeyEvent", key(kind, text)).await {
            Ok(_) | Err(Fault::Dialog(_) | Fault::Closed | Fault::Moved | Fault::Slow) => {}
            Err(fault) => return in_doubt(fault),
        }
    }
    if let Err(fault) = breathe(session).await {
        return in_doubt(fault);
    }
    if let Some(aim) = aim
        && let Err(outcome) = arrived(session, aim).await
    {
        return outcome;
    }
    let on = aim.map_or_else(String::new, |aim| format!(" on {}", aim.label));
    report(session, &before, format!("pressed {}{on}", escape::quoted(&chord.shown))).await
}

async fn nothing_focused(session: &mut Session) -> Result<(), Outcome> {
    match focused(session).await {
        Ok(None) => Ok(()),
        Ok(Some((_, element))) => Err(not_sent(stale(&element.shown(), "it has taken the focus"))),
        Err(failure) => Err(not_sent(failure)),
    }
}

/// Scrolls the page, or an element into view.
pub(crate) async fn scroll(session: &mut Session, aim: Option<&Aim>, to: &str) -> Outcome {
    let args = aim.map_or_else(|| json!({ "to": to }), |aim| aim.with("to", to));
    let acted: Acted = match session.ask("scroll", args).await {
        Ok(acted) => acted,
        Err(fault) => return not_sent(fault),
    };
    if let (Some(aim), Some(why)) = (aim, &acted.stale) {
        return not_sent(stale(&aim.label, why));
    }
    let before = session.place.clone();
    let did = match aim {
        Some(aim) => format!("scrolled to {}", aim.label),
        None if acted.other.is_some() => format!("cannot scroll {to} any further"),
        None => format!("scrolled {to}"),
    };
    report(session, &before, did).await
}

/// Waits until what an act started is over, and says what became of the page.
pub(crate) async fn report(session: &mut Session, before: &Place, did: String) -> Outcome {
    let mut content = did;
    match session.settle(session.limits().settle, None).await {
        Ok(false) => {}
        Ok(true) | Err(Fault::Slow) => content.push_str("; the page is still busy"),
        Err(Fault::Dialog(text)) => {
            content.push_str(&format!("; the page shows a dialog that says \"{text}\"; answer it with `dialog`"));
        }
        Err(Fault::Closed) => match first_tab(session).await {
            Ok(()) => content.push_str("; its tab has closed, this is another one"),
            Err(fault) => return in_doubt(fault),
        },
        Err(fault) => return in_doubt(fault),
    }
    if let Ok(tabs) = session.bounded(session.client().windows()).await {
        let new: Vec<_> = tabs.into_iter().filter(|tab| !session.tabs.contains(tab)).collect();
        if !new.is_empty() {
            content.push_str(&format!("; {} new tab(s) opened, see `tabs`", new.len()));
        }
        session.tabs.extend(new);
    }
    let place = session.place.clone();
    if place.url != before.url {
        content.push_str(&format!("; now at {}", escape::line(&place.url)));
    }
    let observation = Observation::from_page(&place.source(), content);
    let moved = place.url != before.url || place.epoch != before.epoch;
    Outcome::Landed(if moved { observation.after_move() } else { observation })
}

/// Goes on in the first tab that is left.
pub(crate) async fn first_tab(session: &mut Session) -> Result<(), Fault> {
    let tabs = session.bounded(session.client().windows()).await?;
    let Some(first) = tabs.first().cloned() else { return Err(Fault::Lost("its last tab has closed".to_owned())) };
    session.tabs.retain(|tab| tabs.contains(tab));
    session.bounded(session.client().switch_to_window(first)).await?;
    session.leave();
    session.locate().await.map(drop)
}

/// What came of something that did not change the page.
pub(crate) fn landed(place: &Place, content: impl Into<String>) -> Outcome {
    Outcome::Landed(Observation::from_page(&place.source(), content))
}
