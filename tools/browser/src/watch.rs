//! Passing on what a person does: each act is a step of its own, judged as reading is. What the
//! person's pages send meanwhile is judged on its way, as ever.

use lamassu_contract::{Action, Call, Effect, Failure, Kind, Observation, Outcome, Permit, Resource, Verb};
use serde_json::json;

use crate::{
    deed::Deed,
    escape,
    recording::{Act, Done, Heard, Recording},
    session::Session,
};

/// The verb, which only a browser with a recording has.
pub(crate) fn verb() -> Verb {
    Verb::new("watch", Effect::Read, "Waits for what a person does next in the browser, and records it.").needs(
        "after",
        Kind::Integer,
        "how many acts have been passed on so far",
    )
}

/// Describes a call of the verb.
///
/// # Errors
///
/// [`FailureKind::Invalid`](lamassu_contract::FailureKind::Invalid) if nobody is to be watched.
pub(crate) fn describe(call: &Call, recording: Option<&Recording>) -> Result<Action, Failure> {
    if recording.is_none() {
        return Err(Failure::invalid("nobody is to be watched; `lamassu teach` does that"));
    }
    call.optional_integer("after")?.ok_or_else(|| Failure::invalid("`watch` needs `after`"))?;
    if let Some(other) = call.args.keys().find(|name| *name != "after") {
        return Err(Failure::invalid(format!("`browser.watch` takes no `{other}`")));
    }
    Ok(Action::new(call, Effect::Read, Resource::thing("Browser", "watched")).handle(Deed::Watch))
}

/// Waits for the next act. `data` of the observation says whether it was the end.
pub(crate) async fn next(session: &mut Session, permit: &Permit, recording: &Recording) -> Outcome {
    let (mut words, over) = heard(session, permit, recording).await;
    // What was refused in the very moment of an act is told too.
    for what in session.untold().into_iter().filter(|what| recording.leave_out(what)) {
        words.push_str("; not recorded: ");
        words.push_str(&what);
    }
    Outcome::Landed(Observation::from_tool("browser", words).with_data(json!({ "over": over })))
}

/// What happens next, and whether it is the end.
async fn heard(session: &mut Session, permit: &Permit, recording: &Recording) -> (String, bool) {
    loop {
        let left = tokio::select! {
            heard = recording.next() => match heard {
                Heard::Act(act, done) => return (keep(permit, recording, *act, &done), false),
                Heard::Left(what) => vec![what],
                Heard::Over(why, end) => {
                    recording.close(end.map(|end| *end));
                    return (why, true);
                }
            },
            refused = session.refused() => refused,
        };
        let left: Vec<_> = left.into_iter().filter(|what| recording.leave_out(what)).collect();
        if !left.is_empty() {
            return (format!("not recorded: {}", left.join("; ")), false);
        }
    }
}

/// Records an act, if the page may be looked at. A browser that goes its own way to the network may show any.
fn keep(permit: &Permit, recording: &Recording, act: Act, done: &Done) -> String {
    let look = Action::new(&Call::new("browser", "look"), Effect::Read, Resource::Url(act.page.url.clone()));
    match permit.judge().judge(look) {
        Ok(_) => recording.keep(act, done),
        Err(refusal) => {
            let what =
                format!("something at {}: {refusal}", escape::line(&act.page.url.origin().ascii_serialization()));
            recording.leave_out(&what);
            format!("not recorded: {what}")
        }
    }
}
