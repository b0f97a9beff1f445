//! `lamassu policy why`: what would have to be different for a verdict to be another.

use std::path::Path;

use super::{
    super::{args, complaint::Complaint, home, say, tools},
    recorded::parameters,
};
use crate::{
    Pack,
    policy::{self, Backtest, Recorded, Unjudged},
    runtime::Past,
};

pub(super) fn why(args: &args::Why) -> Result<u8, Complaint> {
    let store = home::store(args.home.record.as_deref())?;
    let run = store.find(&args.run).map_err(Complaint::usage)?;
    let past = Past::read(&store, &run).map_err(Complaint::failed)?;
    let recorded = recorded(&past, &run, args.step)?;
    let own = past.pack.as_ref();
    let pack = match (&args.pack, own) {
        (Some(name), _) => Pack::find(name, Path::new("")),
        (None, Some(pack)) => pack.unfilled(),
        (None, None) => {
            return Err(Complaint::usage(format!(
                "run `{run}` does not say which pack it was judged by; name one with `--pack`"
            )));
        }
    };
    let given = parameters(&args.sites, &args.with)?.into_iter();
    let pack = given.fold(pack, |pack, (name, entries)| pack.with(name, entries));
    let backtest = Backtest::load(&pack, &tools::all()?).map_err(Complaint::usage)?;
    let filled = own.map(|pack| pack.parameters().clone()).unwrap_or_default();
    let why = policy::why(&backtest, &recorded, &filled).map_err(Complaint::usage)?;
    say(format!("step {}: {}", args.step, why.to_string().trim_end()));
    Ok(0)
}

/// The question of a step.
fn recorded(past: &Past, run: &str, step: u64) -> Result<Recorded, Complaint> {
    let place = format!("step {step}");
    // What was judged to find the way back after a crash stands before the question itself.
    let questions = past.judgements().into_iter().rev().filter(|(at, _)| *at == place);
    let mut read = questions.map(|(_, value)| Recorded::read(value, &past.bindings));
    match read.find(|recorded| !matches!(recorded, Err(Unjudged::Consent))) {
        Some(Ok(recorded)) => Ok(recorded),
        Some(Err(problem)) => Err(Complaint::usage(format!(
            "step {step} cannot be judged again: {problem}; see `lamassu policy explain {run} {step}`"
        ))),
        None => Err(Complaint::usage(format!("run `{run}` has no step {step}; see `lamassu runs show {run}`"))),
    }
}
