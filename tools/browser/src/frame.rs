//! Frames of another origin: entered through the driver, since no script of ours can look into them
//! from outside. What is in them is judged as theirs.

use lamassu_contract::{Failure, FailureKind, Observation, Outcome};
use serde_json::json;

use crate::{
    escape,
    fault::{Fault, not_sent},
    page::Frames,
    session::Session,
};

/// Goes into the frame that `wanted` names by a part of its address or title; without it, back to
/// the page around all frames.
pub(crate) async fn frame(session: &mut Session, wanted: Option<&str>) -> Outcome {
    let entered = match wanted {
        Some(wanted) => enter(session, wanted).await,
        None => session.leave_frames().await.map_err(Failure::from),
    };
    if let Err(failure) = entered {
        return not_sent(failure);
    }
    match session.locate().await {
        Ok(place) => {
            let inside = if wanted.is_some() { "in the frame" } else { "back in the page" };
            let words = format!("{inside} {}", escape::line(&place.url));
            Outcome::Landed(Observation::from_page(&place.source(), words).after_move())
        }
        Err(fault) => not_sent(fault),
    }
}

async fn enter(session: &mut Session, wanted: &str) -> Result<(), Failure> {
    let frames: Frames = session.ask("frames_like", json!({ "text": wanted })).await?;
    let [one] = frames.found.as_slice() else {
        let names = |frames: &[crate::page::Frame]| {
            let names: Vec<_> = frames.iter().map(|frame| format!("`{}`", escape::line(&frame.address))).collect();
            names.join(", ")
        };
        let message = match (frames.found.len(), frames.all.len()) {
            (0, 0) => "there is no frame of another origin on this page".to_owned(),
            (0, _) => format!("no frame is called `{}`; there is {}", escape::line(wanted), names(&frames.all)),
            _ => format!("`{}` fits several frames: {}", escape::line(wanted), names(&frames.found)),
        };
        return Err(Failure::new(FailureKind::NotFound, message));
    };
    session.enter_frame(one.index).await.map_err(|fault| match fault {
        Fault::Answer(_) | Fault::Moved => Failure::new(FailureKind::Stale, "the frame has gone; look again"),
        fault => fault.into(),
    })
}
