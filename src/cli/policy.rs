//! `lamassu policy`: checking packs and explaining verdicts.

mod backtest;
mod eval;
mod learn;
mod prove;
mod recorded;
mod test;
mod why;

use std::path::Path;

use super::{
    args::{Policy, PolicyCommand},
    complaint::Complaint,
    home, say,
};
use crate::{Pack, journal::Kind, policy};

pub(super) fn policy(args: &Policy) -> Result<u8, Complaint> {
    match &args.command {
        PolicyCommand::Check { path } => {
            let pack = Pack::find(path, Path::new(""));
            let report = policy::check(&pack, &super::tools::all()?).map_err(Complaint::failed)?;
            say(report);
            Ok(0)
        }
        PolicyCommand::Eval(args) => eval::eval(args),
        PolicyCommand::Test { path } => test::test(path),
        PolicyCommand::Prove { path, against } => prove::prove(path, against.as_deref()),
        PolicyCommand::Explain { run, step, home } => {
            let store = home::store(home.record.as_deref())?;
            let run = store.find(run).map_err(Complaint::usage)?;
            let names = [format!("judgement-{step}"), format!("consent-{step}")];
            let records = store.records(&run).map_err(Complaint::failed)?;
            let judged = records.iter().filter(|record| record.kind == Kind::Judgement && names.contains(&record.name));
            let words: Vec<_> = judged.map(|record| policy::explain(&record.value)).collect();
            if words.is_empty() {
                return Err(Complaint::usage(format!("run `{run}` has no step {step}; see `lamassu runs show {run}`")));
            }
            say(words.join("\n"));
            Ok(0)
        }
        PolicyCommand::Backtest(args) => backtest::backtest(args),
        PolicyCommand::Why(args) => why::why(args),
        PolicyCommand::Learn(args) => learn::learn(args),
    }
}
