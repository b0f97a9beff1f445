//! Waiting for something that somebody wants to see.

use std::time::{Duration, Instant};

use lamassu_contract::{Failure, FailureKind, Outcome, Permit};
use serde_json::{Value, json};

use crate::{
    after::landed,
    deed::Until,
    escape,
    fault::Fault,
    page::{Appeared, Place},
    read::still,
    session::{Patience, Session},
};

/// How many frames are drawn before a page counts as quiet: half a second, in which what fades is gone.
const FRAMES: u32 = 30;

/// Waits for something on the page, at most so long.
pub(crate) async fn wait(session: &mut Session, permit: &Permit, until: &Until, limit: Duration) -> Outcome {
    let before = session.place.clone();
    let waited = match until {
        Until::Quiet => {
            let settled = session.settle(Patience { limit, from: None, frames: FRAMES }).await;
            settled.map(|settled| (settled.place, !settled.over))
        }
        Until::Seen { what, gone, .. } => appear(session, json!({ "what": what, "gone": gone }), limit).await,
    };
    let (place, found) = match waited {
        Ok(waited) => waited,
        Err(fault) => return Outcome::NotSent(fault.into()),
    };
    if let Err(failure) = still(permit, &place) {
        return Outcome::NotSent(failure);
    }
    let (what, gone) = match until {
        Until::Quiet => ("a quiet page".to_owned(), false),
        Until::Seen { label, gone, .. } => (escape::line(label), *gone),
    };
    if !found {
        let end = if gone { " to go" } else { "" };
        let message = format!("waited {} seconds for {what}{end} in vain; look at the page", limit.as_secs());
        return Outcome::NotSent(Failure::new(FailureKind::Limit, message));
    }
    let did = if gone { format!("{what} is gone") } else { format!("there is {what}") };
    match landed(&place, did) {
        Outcome::Landed(seen) if place.epoch != before.epoch || place.url != before.url => {
            Outcome::Landed(seen.after_move())
        }
        outcome => outcome,
    }
}

/// Waits across documents: a page that goes away is followed to the next.
async fn appear(session: &mut Session, mut args: Value, limit: Duration) -> Result<(Place, bool), Fault> {
    let end = Instant::now() + limit;
    loop {
        let rest = end.saturating_duration_since(Instant::now()).min(session.limits().command / 2);
        if let Some(args) = args.as_object_mut() {
            args.insert("limit".to_owned(), (rest.as_millis() as u64).into());
        }
        let appeared: Appeared = session.ask("appear", args.clone()).await?;
        session.place = appeared.place.clone();
        if appeared.found || Instant::now() >= end {
            return Ok((appeared.place, appeared.found));
        }
    }
}
