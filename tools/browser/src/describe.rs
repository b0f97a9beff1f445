//! From a call to an action: looks at the page, touches nothing, sends nothing.

use std::time::Duration;

use lamassu_contract::{Action, Call, Effect, Failure, FailureKind, Resource, has_placeholder};
use regex::{Regex, RegexBuilder};
use serde_json::json;

use crate::{
    Limits, address,
    deed::{
        Aim, Answer, Chord, Deed, Extent, Frame, Marks, Scroll, Sought, TabDeed, Text, Tick, Until, Way, at_least,
        resource, whole, with_facts,
    },
    effect, escape,
    extract::Extraction,
    fault::Fault,
    page::{Described, Place, Resolved},
    session::Session,
    target::{Among, Target},
    verbs,
};

/// Compiled patterns may take so much memory.
const PATTERN_BYTES: usize = 1 << 20;

/// Verbs that are judged again before anything is shown, if the page is not the one that it was.
const READING: [&str; 6] = ["look", "find", "read", "extract", "screenshot", "wait"];

/// Describes `call`. Without a session no page is open.
///
/// # Errors
///
/// A [`Failure`] that tells the planner what to ask for instead.
pub(crate) async fn describe(session: Option<&mut Session>, call: &Call, limits: Limits) -> Result<Action, Failure> {
    verbs::check(call)?;
    match session {
        Some(session) if call.verb == "dialog" => dialog(session, call).await,
        Some(session) => match call.verb.as_str() {
            "click" | "double_click" => click(session, call).await,
            "hover" => hover(session, call).await,
            "drag" => drag(session, call).await,
            "fill" => fill(session, call).await,
            "select" => select(session, call).await,
            "check" => tick(session, call).await,
            "press" => press(session, call).await,
            "scroll" => scroll(session, call).await,
            "screenshot" if call.optional_text("target")?.is_some() => picture_part(session, call).await,
            "read" if call.optional_text("target")?.is_some() => read_part(session, call, limits).await,
            _ => {
                let place = match session.place.page() {
                    // What is shown is judged again if another page has come meanwhile.
                    Some(_) if READING.contains(&call.verb.as_str()) => session.place.clone(),
                    _ => session.locate().await?,
                };
                overall(call, &place, Some(session), limits)
            }
        },
        None => match call.verb.as_str() {
            "click" | "double_click" | "hover" | "drag" | "fill" | "select" | "check" | "press" | "scroll"
            | "dialog" | "wait" | "back" | "forward" | "reload" | "frame" => {
                Err(Failure::new(FailureKind::NotFound, "no page is open; `open` an address first"))
            }
            _ => overall(call, &Place::default(), None, limits),
        },
    }
}

/// What concerns no element: looking, reading, moving.
fn overall(call: &Call, place: &Place, session: Option<&mut Session>, limits: Limits) -> Result<Action, Failure> {
    let deed = match call.verb.as_str() {
        "open" => return open(call, place),
        "look" => Deed::Look { about: call.optional_text("about")?.unwrap_or_default().to_owned() },
        "back" => Deed::Travel(Way::Back),
        "forward" => Deed::Travel(Way::Forward),
        "reload" => Deed::Travel(Way::Again),
        "wait" => wait(call, session)?,
        "find" => Deed::Find(sought(call)?),
        "read" => {
            let (offset, limit) = span(call, limits)?;
            Deed::Read { aim: None, offset, limit }
        }
        "extract" => Deed::Extract(Extraction::parse(call)?),
        "screenshot" => {
            let extent = if call.flag("full")? { Extent::Whole } else { Extent::Visible };
            Deed::Screenshot { extent, frame: picture_frame(call)? }
        }
        "frame" => Deed::Frame(call.optional_text("target")?.map(str::to_owned)),
        _ => Deed::Tabs(tabs(call)?),
    };
    let action = Action::new(call, Effect::Read, whole(place)).handle(deed);
    Ok(if place.page().is_some() { action.fact("origin", place.source()) } else { action })
}

fn open(call: &Call, place: &Place) -> Result<Action, Failure> {
    let base = place.page().filter(|page| matches!(page.scheme(), "http" | "https"));
    let url = address::canonical(call.text("url")?, base.as_ref())?;
    let action = Action::new(call, Effect::Read, Resource::Url(url.clone()))
        .arg("url", url.as_str())
        .fact("host", url.host_str().unwrap_or_default())
        .fact("has_query", url.query().is_some())
        .summary(format!("open {url}"));
    Ok(action.handle(Deed::Open(url)))
}

/// The action of `effect` upon one element.
pub(crate) fn upon(call: &Call, effect: Effect, found: &(Place, Described), deed: Deed) -> Result<Action, Failure> {
    let (place, element) = found;
    let action = Action::new(call, effect, resource(place, element)?).summary(format!(
        "{} {} on {}",
        call.verb,
        element.shown(),
        element.origin
    ));
    Ok(with_facts(action, element).handle(deed))
}

async fn find(session: &mut Session, call: &Call, among: Among) -> Result<((Place, Described), Aim), Failure> {
    let found = Target::parse(call.text("target")?)?.resolve(session, among).await?;
    if let Some(lens) = session.lens() {
        lens.described(resource(&found.0, &found.1)?, found.1.reference, &found.0.epoch);
    }
    let aim = Aim::at(&found.0, &found.1);
    Ok((found, aim))
}

async fn click(session: &mut Session, call: &Call) -> Result<Action, Failure> {
    let (found, _) = find(session, call, Among::Everything).await?;
    clicked(call, &found)
}

/// A click on what was found.
pub(crate) fn clicked(call: &Call, found: &(Place, Described)) -> Result<Action, Failure> {
    let aim = Aim::at(&found.0, &found.1);
    let page = found.0.page().ok_or(Fault::Moved)?;
    let effect = effect::of_click(&found.1, &page);
    let (least, times) = if call.verb == "double_click" { (Effect::Write, 2) } else { (effect, 1) };
    Ok(upon(call, effect.max(least), found, Deed::Click { aim, times })?.fact("submits", found.1.submits))
}

async fn hover(session: &mut Session, call: &Call) -> Result<Action, Failure> {
    let (found, aim) = find(session, call, Among::Everything).await?;
    upon(call, Effect::Read, &found, Deed::Hover(aim))
}

/// A drag is judged as an act on what is dragged; where it ends is one of its facts.
async fn drag(session: &mut Session, call: &Call) -> Result<Action, Failure> {
    let onto = Target::parse(call.text("to")?)?.resolve(session, Among::Anything).await?;
    let found = Target::parse(call.text("target")?)?.resolve(session, Among::Anything).await?;
    if found.1.origin != onto.1.origin {
        let message = format!("{} belongs to {}; nothing is dropped on another origin", onto.1.shown(), onto.1.origin);
        return Err(address::forbidden(message));
    }
    let (aim, onto) = (Aim::at(&found.0, &found.1), Aim::at(&onto.0, &onto.1));
    let label = onto.label.clone();
    Ok(upon(call, Effect::Write, &found, Deed::Drag { aim, onto })?.fact("onto", label))
}

async fn fill(session: &mut Session, call: &Call) -> Result<Action, Failure> {
    let with = match (call.optional_text("text")?, call.optional_text("secret")?) {
        (Some(text), None) => Text::Plain(plain(text)?),
        (None, Some(secret)) => Text::Secret(secret.to_owned()),
        _ => return Err(Failure::invalid("`browser.fill` needs either `text` or `secret`")),
    };
    let (found, aim) = find(session, call, Among::Fields).await?;
    let secret = match &with {
        Text::Secret(name) => Some(name.clone()),
        Text::Plain(_) => None,
    };
    let action = upon(call, Effect::Write, &found, Deed::Fill { aim, with })?;
    Ok(match secret {
        Some(name) => action.uses_secret("text", &name),
        None => action,
    })
}

/// A placeholder inside of a text is never resolved; what was meant is `secret`.
fn plain(text: &str) -> Result<String, Failure> {
    if has_placeholder(text) {
        return Err(Failure::invalid("a secret is not part of a text; give its name in `secret` instead of `text`"));
    }
    Ok(text.to_owned())
}

async fn select(session: &mut Session, call: &Call) -> Result<Action, Failure> {
    let option = call.text("option")?.to_owned();
    let (found, aim) = find(session, call, Among::Fields).await?;
    upon(call, Effect::Write, &found, Deed::Select { aim, option })
}

async fn tick(session: &mut Session, call: &Call) -> Result<Action, Failure> {
    let on = !call.args.contains_key("on") || call.flag("on")?;
    let wanted = if on { Tick::On } else { Tick::Off };
    let (found, aim) = find(session, call, Among::Fields).await?;
    if !["checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio"].contains(&found.1.role.as_str()) {
        return Err(Failure::invalid(format!("{} cannot be ticked; `click` it", aim.label)));
    }
    let page = found.0.page().ok_or(Fault::Moved)?;
    let effect = at_least(Effect::Write, Some(effect::of_click(&found.1, &page)));
    upon(call, effect, &found, Deed::Check { aim, wanted })
}

async fn press(session: &mut Session, call: &Call) -> Result<Action, Failure> {
    let chord = Chord::parse(call.text("key")?)?;
    let found = match call.optional_text("target")? {
        Some(target) => Some(Target::parse(target)?.resolve(session, Among::Everything).await?),
        None => focused(session).await?,
    };
    let Some(found) = found else {
        let place = session.place.clone();
        return Ok(Action::new(call, Effect::Write, whole(&place)).handle(Deed::Press { aim: None, chord }));
    };
    let page = found.0.page().ok_or(Fault::Moved)?;
    let pressed = ["button", "link", "menuitem", "tab", "option"].contains(&found.1.role.as_str()) && chord.presses();
    let sent = if chord.enters() { effect::of_enter(&found.1) } else { None };
    let clicked = pressed.then(|| effect::of_click(&found.1, &page));
    let effect = at_least(at_least(Effect::Write, sent), clicked);
    let submits = sent.is_some() || (pressed && found.1.submits);
    let aim = Some(Aim::at(&found.0, &found.1));
    Ok(upon(call, effect, &found, Deed::Press { aim, chord })?.fact("submits", submits))
}

/// What has the focus.
pub(crate) async fn focused(session: &mut Session) -> Result<Option<(Place, Described)>, Failure> {
    let resolved: Resolved = session.ask("resolve", json!({ "focused": true })).await?;
    session.place = resolved.place.clone();
    Ok(resolved.one.map(|one| (resolved.place, one)))
}

async fn scroll(session: &mut Session, call: &Call) -> Result<Action, Failure> {
    let aimed = call.optional_text("target")?.is_some();
    let (word, by) = (call.optional_text("to")?.map(str::to_lowercase), call.optional_integer("by")?);
    let to = match (word.as_deref(), by) {
        (None, None) if aimed => Scroll::IntoView,
        (word, by) => Scroll::To { way: word.unwrap_or("down").to_owned(), by },
    };
    match &to {
        Scroll::To { way, by: None } if ["down", "up", "end", "top"].contains(&way.as_str()) => {}
        Scroll::To { way, by: Some(_) } if ["down", "up"].contains(&way.as_str()) => {}
        Scroll::IntoView => {}
        Scroll::To { .. } => {
            let wants = "`browser.scroll` needs `down`, `up`, `end` or `top` in `to`; with `by` the first two";
            return Err(Failure::invalid(wants));
        }
    }
    if aimed {
        let (found, aim) = find(session, call, Among::Anything).await?;
        return upon(call, Effect::Read, &found, Deed::Scroll { aim: Some(aim), to });
    }
    let place = session.locate().await?;
    Ok(Action::new(call, Effect::Read, whole(&place)).handle(Deed::Scroll { aim: None, to }))
}

fn picture_frame(call: &Call) -> Result<Frame, Failure> {
    let marks = if call.flag("marks")? { Marks::Shown } else { Marks::Hidden };
    let widest = call.optional_integer("width")?.map(|width| u32::try_from(width).unwrap_or(u32::MAX));
    if widest == Some(0) {
        return Err(Failure::invalid("`width` must be at least 1"));
    }
    Ok(Frame { marks, widest })
}

async fn picture_part(session: &mut Session, call: &Call) -> Result<Action, Failure> {
    let frame = picture_frame(call)?;
    let (found, aim) = find(session, call, Among::Anything).await?;
    upon(call, Effect::Read, &found, Deed::Screenshot { extent: Extent::Element(aim), frame })
}

async fn read_part(session: &mut Session, call: &Call, limits: Limits) -> Result<Action, Failure> {
    let (offset, limit) = span(call, limits)?;
    let (found, aim) = find(session, call, Among::Anything).await?;
    upon(call, Effect::Read, &found, Deed::Read { aim: Some(aim), offset, limit })
}

fn span(call: &Call, limits: Limits) -> Result<(usize, usize), Failure> {
    let number = |name: &str| call.optional_integer(name).map(|number| number.map(|number| number as usize));
    Ok((number("offset")?.unwrap_or(0), number("limit")?.unwrap_or(limits.text).clamp(1, limits.text)))
}

fn wait(call: &Call, session: Option<&mut Session>) -> Result<Deed, Failure> {
    let limit = Duration::from_secs(call.optional_integer("seconds")?.unwrap_or(10).min(60));
    let gone = call.flag("gone")?;
    let wanted = ["text", "target", "address"].map(|name| call.optional_text(name));
    let [text, target, address] = wanted;
    let (what, label) = match (text?, target?, address?, session) {
        (None, None, None, _) if gone => return Err(Failure::invalid("say in `text` or `target` what is to be gone")),
        (None, None, None, _) => return Ok(Deed::Wait { until: Until::Quiet, limit }),
        (Some(text), None, None, _) => (json!({ "text": text }), format!("\"{}\"", escape::quoted(text))),
        (None, None, Some(part), _) => (json!({ "address": part }), format!("`{part}` in the address")),
        (None, Some(target), None, Some(session)) => {
            let target = Target::parse(target)?;
            (json!({ "target": target.awaited(session)? }), target.to_string())
        }
        _ => return Err(Failure::invalid("`browser.wait` needs one of `text`, `target` and `address`")),
    };
    Ok(Deed::Wait { until: Until::Seen { what, label, gone }, limit })
}

fn sought(call: &Call) -> Result<Sought, Failure> {
    let given = |name: &str| {
        let text = call.optional_text(name)?.map(str::trim).filter(|text| !text.is_empty());
        Ok::<_, Failure>(text.map(str::to_owned))
    };
    let (text, role) = (given("text")?, given("role")?.map(|role| role.to_lowercase()));
    let pattern = call.optional_text("pattern")?.map(pattern).transpose()?;
    let offset = call.optional_integer("offset")?.unwrap_or(0) as usize;
    match (&text, &pattern, &role) {
        (None, Some(_), None) | (Some(_), None, _) | (None, None, Some(_)) => {
            Ok(Sought { text, pattern, role, offset })
        }
        _ => Err(Failure::invalid("`browser.find` needs `text`, `role` or both, or `pattern` alone")),
    }
}

/// A pattern of bounded size; matching is linear in the text.
pub(crate) fn pattern(text: &str) -> Result<Regex, Failure> {
    RegexBuilder::new(text).size_limit(PATTERN_BYTES).multi_line(true).build().map_err(|error| {
        let reason = error.to_string().lines().last().unwrap_or_default().trim().to_owned();
        Failure::invalid(format!("`{text}` is not a regular expression: {reason}"))
    })
}

fn tabs(call: &Call) -> Result<TabDeed, Failure> {
    match (call.optional_integer("tab")?, call.flag("close")?) {
        (None, false) => Ok(TabDeed::List),
        (Some(tab), false) => Ok(TabDeed::Show(tab as usize)),
        (Some(tab), true) => Ok(TabDeed::Close(tab as usize)),
        (None, true) => Err(Failure::invalid("`browser.tabs` needs the number of the tab to close in `tab`")),
    }
}

/// While a dialog is open the page cannot be asked; where it was last seen stands for it.
async fn dialog(session: &mut Session, call: &Call) -> Result<Action, Failure> {
    if !call.args.contains_key("accept") {
        return Err(Failure::invalid("`browser.dialog` needs true or false in `accept`"));
    }
    let answer = if call.flag("accept")? { Answer::Accept } else { Answer::Cancel };
    let text = open_dialog(session).await?;
    let (effect, word) = match answer {
        Answer::Accept => (Effect::Consequential, "accept"),
        Answer::Cancel => (Effect::Write, "cancel"),
    };
    let action = Action::new(call, effect, whole(&session.place))
        .fact("origin", session.place.source())
        .fact("text", text.as_str())
        .summary(format!("{word} the dialog \"{}\"", escape::quoted(&text)));
    Ok(action.handle(Deed::Dialog { answer, text }))
}

/// What the open dialog says.
pub(crate) async fn open_dialog(session: &Session) -> Result<String, Failure> {
    match session.dialog().await {
        Ok(text) => Ok(text),
        Err(Fault::Answer(_)) => Err(Failure::new(FailureKind::NotFound, "the page shows no dialog; look again")),
        Err(fault) => Err(fault.into()),
    }
}
