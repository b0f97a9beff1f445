//! `lamassu doctor`: what is installed, what is missing, how to get it.

use super::{
    args::Doctor,
    complaint::Complaint,
    home,
    progress::{DIM, GREEN, RED, YELLOW, paint},
    say,
};
use crate::{Pack, policy};

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    state: State,
}

enum State {
    Good(String),
    /// Works without it, but less.
    Lacking(String),
    Bad(String),
}

pub(super) async fn doctor(args: &Doctor) -> Result<u8, Complaint> {
    let findings = [browser().await, record(args), model(), Finding { what: "policy", state: packs() }];
    let mut bad = false;
    for Finding { what, state } in &findings {
        let (mark, words) = match state {
            State::Good(words) => (paint(GREEN, "ok     "), words),
            State::Lacking(words) => (paint(YELLOW, "without"), words),
            State::Bad(words) => (paint(RED, "missing"), words),
        };
        bad |= matches!(state, State::Bad(_));
        say(format!("{mark}  {what:8}  {words}"));
    }
    Ok(u8::from(bad))
}

/// Starts a browser and lets it go again: whether it works is better known than guessed.
#[cfg(feature = "browser")]
async fn browser() -> Finding {
    use crate::browser::{BrowserTool, Options};
    let state = match BrowserTool::new(Options::default()).probe().await {
        Ok(words) => State::Good(words),
        Err(failure) => State::Bad(failure.message),
    };
    Finding { what: "browser", state }
}

#[cfg(not(feature = "browser"))]
async fn browser() -> Finding {
    Finding {
        what: "browser",
        state: State::Lacking("this build has none; build it with the feature `browser`".to_owned()),
    }
}

fn record(args: &Doctor) -> Finding {
    let state =
        match home::folder(args.home.record.as_deref()).and_then(|folder| Ok((home::store(Some(&folder))?, folder))) {
            Ok((store, folder)) => match store.runs() {
                Ok(runs) => State::Good(format!("{} runs in {}", runs.len(), folder.display())),
                Err(error) => State::Bad(error.to_string()),
            },
            Err(complaint) => State::Bad(complaint.to_string()),
        };
    Finding { what: "record", state }
}

fn model() -> Finding {
    let state = match (home::variable("OPENAI_BASE_URL"), home::variable("OPENAI_API_KEY")) {
        (None, None) => State::Lacking("no model is set up; scripts run without one. Set `OPENAI_BASE_URL` and `OPENAI_API_KEY` for `--planner model`".to_owned()),
        (base, key) => State::Good(format!(
            "{} {}",
            base.as_deref().unwrap_or("the vendor's own endpoint"),
            paint(DIM, if key.is_some() { "with a key" } else { "without a key" })
        )),
    };
    Finding { what: "model", state }
}

/// Every ready pack loads and passes its own cases.
fn packs() -> State {
    let names: Vec<_> = Pack::names().collect();
    match names.iter().try_for_each(|name| policy::check(&Pack::ready(*name), &[]).map(|_| ())) {
        Ok(()) => State::Good(format!("packs {}", names.join(", "))),
        Err(error) => State::Bad(error.to_string()),
    }
}
