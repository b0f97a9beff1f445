//! Going places: opening an address, going back, changing tabs, answering dialogs.

use fantoccini::wd::WindowHandle;
use lamassu_contract::{Failure, FailureKind, Observation, Outcome};
use lamassu_egress::Traffic;
use serde_json::json;
use url::Url;

use crate::{
    after::{error_page, first_tab, landed, report},
    deed::{Answer, TabDeed, Way},
    describe::open_dialog,
    escape,
    fault::{Fault, in_doubt, not_sent},
    page::Place,
    session::{Patience, Session},
    target::stale,
    traffic::own,
};

/// Opens `url`, whose addresses have been judged, and waits until the page is quiet.
pub(crate) async fn open(session: &mut Session, url: &Url) -> Outcome {
    if let Err(fault) = session.leave_frames().await {
        return not_sent(fault);
    }
    if let Err(fault) = session.know_tabs().await {
        return not_sent(fault);
    }
    let mut before = match session.locate_again().await {
        Ok(place) => place,
        // A page that never rests can be left all the same.
        Err(Fault::Moved) => session.place.clone(),
        Err(fault) => return not_sent(fault),
    };
    // A step within the document does not change it.
    let within = url.fragment().is_some() && before.page().is_some_and(|page| bare(&page) == bare(url));
    session.traffic();
    let went = go(session, url, &mut before).await;
    let from = (!within).then_some(before.epoch.as_str());
    match went {
        Ok(()) => {}
        Err(Fault::Slow) => return unanswered(session, url),
        // The browser shows a page of its own then.
        Err(Fault::Answer(words)) if words.contains("net::ERR_") || words.contains("about:neterror") => {}
        Err(fault) => return not_sent(fault),
    }
    let traffic = session.traffic();
    if let Some(failure) = stopped(&traffic, url) {
        match session.locate().await {
            // The proxy's answer leaves a browser where it was.
            Ok(place) if Some(place.epoch.as_str()) == from || place.failed() || place.page().is_none() => {
                return not_sent(emptied(session, failure).await);
            }
            Ok(_) | Err(Fault::Dialog(_)) => {}
            Err(fault) => return not_sent(fault),
        }
    }
    // A page that has loaded may go on asking for ever.
    let patience = Patience { limit: session.limits().settle / 2, from, frames: 1 };
    match session.settle(patience).await {
        Err(Fault::Dialog(text)) => {
            let words = format!("opened {url}; the page shows a dialog that says \"{text}\"; answer it with `dialog`");
            return Outcome::Landed(Observation::from_page(&session.place.source(), words).after_move());
        }
        Err(Fault::Slow) => return unanswered(session, url),
        Err(fault) => return not_sent(fault),
        Ok(settled) if settled.over && from == Some(session.place.epoch.as_str()) => return unanswered(session, url),
        Ok(_) => {}
    }
    if session.place.failed() {
        let reason = error_page(session).await;
        let message = format!("`{url}` cannot be opened: {reason}; check the address");
        return not_sent(emptied(session, Failure::new(FailureKind::Remote, message)).await);
    }
    let place = session.place.clone();
    let words = if place.url == url.as_str() {
        format!("opened {url}")
    } else {
        format!("opened {url}; now at {}", escape::line(&place.url))
    };
    Outcome::Landed(Observation::from_page(&place.source(), words).after_move())
}

/// Has the driver go to `url`. `before` becomes an empty page if it has to be left for that first.
async fn go(session: &mut Session, url: &Url, before: &mut Place) -> Result<(), Fault> {
    match session.bounded(session.client().goto(url.as_str())).await {
        // The driver runs a script in the page first; this page has spoilt what that needs.
        Err(Fault::Answer(words)) if words.contains("callFunctionOn threw") && session.devtools() => {}
        went => return went,
    }
    session.cdp("Page.navigate", json!({ "url": "about:blank" })).await?;
    *before = session.locate().await?;
    session.bounded(session.client().goto(url.as_str())).await
}

fn bare(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

/// Nothing has come: a server that does not answer, a download, an answer without a page.
fn unanswered(session: &Session, url: &Url) -> Outcome {
    let seconds = session.limits().load.as_secs();
    let message = format!("`{url}` brought no page within {seconds} seconds; try again later, or another address");
    not_sent(Failure::new(FailureKind::Limit, message))
}

/// Why the proxy did not let a page come.
pub(crate) fn stopped(traffic: &Traffic, url: &Url) -> Option<Failure> {
    let others = || traffic.refused.iter().rfind(|denied| !own(denied));
    let refused = traffic.refused.iter().find(|denied| denied.page).or_else(others);
    if let Some(denied) = refused {
        return Some(Failure::refused(denied.refusal.clone()));
    }
    let why = traffic.unreached.iter().find(|why| !why.starts_with("`browser.invalid"))?;
    Some(Failure::new(FailureKind::Remote, format!("`{url}` cannot be opened: {why}; check the address")))
}

/// Puts an empty page in the place of the browser's own about what went wrong.
async fn emptied(session: &mut Session, failure: Failure) -> Failure {
    if !session.place.failed() {
        return failure;
    }
    let from = session.place.epoch.clone();
    let emptied = async {
        session.bounded(session.client().goto("about:blank")).await?;
        let limit = session.limits().settle;
        session.settle(Patience { limit, from: Some(&from), frames: 0 }).await
    };
    match emptied.await {
        Ok(_) => failure,
        Err(fault) => fault.into(),
    }
}

/// Goes to the page before or after this one, or loads this one again.
pub(crate) async fn travel(session: &mut Session, way: Way) -> Outcome {
    if let Err(fault) = session.leave_frames().await {
        return not_sent(fault);
    }
    let before = session.place.clone();
    if way == Way::Again {
        return reload(session).await;
    }
    let (went, did, nothing) = if way == Way::Back {
        (session.bounded(session.client().back()).await, "went back", "there is no page before this one")
    } else {
        (session.bounded(session.client().forward()).await, "went forward", "there is no page after this one")
    };
    match went {
        Ok(()) | Err(Fault::Dialog(_) | Fault::Slow) => {}
        Err(fault) => return in_doubt(fault),
    }
    let outcome = report(session, &before, did).await;
    if (&session.place.url, &session.place.epoch) == (&before.url, &before.epoch) {
        return not_sent(Failure::new(FailureKind::NotFound, nothing));
    }
    outcome
}

/// Loads the page again by its address, so that nothing that a form has sent is sent once more.
async fn reload(session: &mut Session) -> Outcome {
    let Some(url) = session.place.page() else {
        return not_sent(Failure::new(FailureKind::NotFound, "no page is open; `open` an address first"));
    };
    // Its own address with a fragment would be a step within the page.
    if url.fragment().is_some()
        && let Err(fault) = session.bounded(session.client().goto("about:blank")).await
    {
        return not_sent(fault);
    }
    match open(session, &url).await {
        Outcome::Landed(_) => {
            let seen = Observation::from_page(&session.place.source(), "loaded the page again");
            Outcome::Landed(seen.after_move())
        }
        outcome => outcome,
    }
}

/// Lists, shows or closes tabs.
pub(crate) async fn tabs(session: &mut Session, deed: TabDeed) -> Outcome {
    if let Err(fault) = session.leave_frames().await {
        return not_sent(fault);
    }
    let all = match session.bounded(session.client().windows()).await {
        Ok(all) => all,
        Err(fault) => return not_sent(fault),
    };
    session.tabs.retain(|tab| all.contains(tab));
    let new: Vec<_> = all.into_iter().filter(|tab| !session.tabs.contains(tab)).collect();
    session.tabs.extend(new);
    let (TabDeed::Show(number) | TabDeed::Close(number)) = deed else { return list(session).await };
    let Some(tab) = number.checked_sub(1).and_then(|index| session.tabs.get(index)).cloned() else {
        let message = format!("there is no tab {number}; there are {}", session.tabs.len());
        return not_sent(Failure::new(FailureKind::NotFound, message));
    };
    if let Err(fault) = session.switch(tab).await {
        return not_sent(fault);
    }
    let word = if let TabDeed::Close(_) = deed {
        if session.tabs.len() == 1 {
            return not_sent(Failure::invalid("the last tab is not closed; the run ends with it"));
        }
        if let Err(fault) = session.bounded(session.client().close_window()).await {
            return in_doubt(fault);
        }
        if let Err(fault) = first_tab(session).await {
            return in_doubt(fault);
        }
        "closed"
    } else {
        "showing"
    };
    match session.locate().await {
        Ok(place) => {
            let words = format!("{word} tab {number}; now at {}", escape::line(&place.url));
            Outcome::Landed(Observation::from_page(&place.source(), words).after_move())
        }
        Err(fault) => in_doubt(fault),
    }
}

/// The tabs by number. Only the address of the tab that is shown has been judged, so only it is told.
async fn list(session: &mut Session) -> Outcome {
    let current = match session.bounded(session.client().window()).await {
        Ok(current) => current,
        Err(fault) => return not_sent(fault),
    };
    let place = match session.locate().await {
        Ok(place) => place,
        Err(fault) => return not_sent(fault),
    };
    let line = |(index, tab): (usize, &WindowHandle)| {
        let here = if *tab == current { format!(" (shown) {}", escape::line(&place.url)) } else { String::new() };
        format!("tab {}{here}", index + 1)
    };
    let lines: Vec<_> = session.tabs.iter().enumerate().map(line).collect();
    landed(&place, lines.join("\n"))
}

/// Answers the dialog that was judged.
pub(crate) async fn dialog(session: &mut Session, answer: Answer, judged: &str) -> Outcome {
    let before: Place = session.place.clone();
    match open_dialog(session).await {
        Ok(text) if text == judged => {}
        Ok(_) => return not_sent(stale("dialog", "it says something else now")),
        Err(failure) => return not_sent(failure),
    }
    if let Err(fault) = session.answer_dialog(answer).await {
        return in_doubt(fault);
    }
    let word = if answer == Answer::Accept { "accepted" } else { "cancelled" };
    report(session, &before, &format!("{word} the dialog")).await
}
