//! `lamassu policy backtest`: what another pack would have decided.

use serde_json::json;

use super::{
    super::{args, complaint::Complaint, home, say, tools},
    recorded::{filled, meant},
};
use crate::{policy::Backtest, runtime::Past, visible};

pub(super) fn backtest(args: &args::Backtest) -> Result<u8, Complaint> {
    let store = home::store(args.home.record.as_deref())?;
    let mut backtest = Backtest::load(&filled(&args.pack)?, &tools::all()?).map_err(Complaint::usage)?;
    let runs = meant(&store, &args.runs)?;
    for run in &runs {
        let past = Past::read(&store, run).map_err(Complaint::failed)?;
        past.rejudge(run, &mut backtest).map_err(Complaint::usage)?;
    }
    let found = backtest.found();
    let flips = found.flips.len();
    if args.json {
        say(json!({ "pack": args.pack.pack, "runs": runs, "found": found }));
    } else {
        found.to_string().lines().for_each(|line| say(visible(line)));
    }
    Ok(u8::from(flips > 0))
}
