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
    let mut findings = vec![browser().await, record(args), model().await];
    if let Some(name) = &args.model {
        findings.push(Finding { what: "abilities", state: abilities(name).await });
    }
    findings.push(Finding { what: "policy", state: packs() });
    let mut bad = false;
    for Finding { what, state } in &findings {
        let (mark, words) = match state {
            State::Good(words) => (paint(GREEN, "ok     "), words),
            State::Lacking(words) => (paint(YELLOW, "without"), words),
            State::Bad(words) => (paint(RED, "missing"), words),
        };
        bad |= matches!(state, State::Bad(_));
        say(format!("{mark}  {what:9}  {words}"));
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

/// Where servers for models of one's own usually listen.
#[cfg(feature = "model")]
const USUAL: [(&str, u16); 4] = [("Ollama", 11434), ("LM Studio", 1234), ("llama.cpp", 8080), ("vLLM", 8000)];

async fn model() -> Finding {
    let mut words = match (home::variable("OPENAI_BASE_URL"), home::variable("OPENAI_API_KEY")) {
        (None, None) => Vec::new(),
        (base, key) => vec![format!(
            "{} {}",
            base.as_deref().unwrap_or("the vendor's own endpoint"),
            paint(DIM, if key.is_some() { "with a key" } else { "without a key" })
        )],
    };
    words.extend(found().await);
    let state = if words.is_empty() {
        State::Lacking(
            "no model is set up and none listens on this machine; goals are planned without one. Set `OPENAI_BASE_URL` \
             and `OPENAI_API_KEY` for `--planner model`"
                .to_owned(),
        )
    } else {
        State::Good(words.join("; "))
    };
    Finding { what: "model", state }
}

/// What the model called `name` can do, asked of itself.
#[cfg(feature = "model")]
async fn abilities(name: &str) -> State {
    use crate::planner::model::Abilities;
    let choice = crate::goal::ModelChoice { name: Some(name.to_owned()), ..Default::default() };
    match Abilities::probe(&super::assemble::config(&choice, &home::variable).retries(0)).await {
        Ok(abilities) => State::Good(format!("{name}: {abilities}")),
        Err(error) => State::Bad(error.to_string()),
    }
}

#[cfg(not(feature = "model"))]
async fn abilities(_: &str) -> State {
    State::Bad("this build has no model planner; build it with the feature `model`".to_owned())
}

/// The servers that listen on this machine, each with how to use it.
#[cfg(feature = "model")]
async fn found() -> Vec<String> {
    let ask = USUAL.map(|(name, port)| async move {
        let base = format!("http://127.0.0.1:{port}/v1");
        let models = crate::planner::model::served(&base, std::time::Duration::from_millis(800)).await?;
        let first = models.first().map_or("MODEL", String::as_str);
        let models = models.join(", ");
        Some(format!("{name} or alike has {models}: `OPENAI_BASE_URL={base} lamassu do .. --model {first}`"))
    });
    futures_util::future::join_all(ask).await.into_iter().flatten().collect()
}

#[cfg(not(feature = "model"))]
async fn found() -> Vec<String> {
    Vec::new()
}

/// Every ready pack loads and passes its own cases.
fn packs() -> State {
    let names: Vec<_> = Pack::names().collect();
    match names.iter().try_for_each(|name| policy::check(&Pack::ready(*name), &[]).map(|_| ())) {
        Ok(()) => State::Good(format!("packs {}", names.join(", "))),
        Err(error) => State::Bad(error.to_string()),
    }
}
