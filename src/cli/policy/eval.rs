//! `lamassu policy eval`: what a pack says of other agents' sessions.

use std::path::Path;

use serde_json::json;

use crate::{
    Pack,
    cli::{args::Eval, complaint::Complaint, home, say},
    policy::Sessions,
};

/// Judges the sessions line by line, and says at the end on standard error how many there were.
pub(super) fn eval(args: &Eval) -> Result<u8, Complaint> {
    let pack = args
        .with
        .iter()
        .fold(Pack::find(&args.pack, Path::new("")), |pack, (name, entry)| pack.with(name, [entry.as_str()]));
    let mut sessions = Sessions::new(pack).map_err(Complaint::usage)?;
    let mut wrong = 0;
    for (number, line) in home::lines(&args.sessions)?.enumerate() {
        let number = number + 1;
        match line.and_then(|line| sessions.line(&line)) {
            Ok(None) => {}
            Ok(Some(judged)) => say(serde_json::to_string(&judged).map_err(Complaint::failed)?),
            Err(error) => {
                wrong += 1;
                say(json!({ "id": null, "line": number, "error": error }));
            }
        }
    }
    if wrong > 0 {
        return Err(Complaint::failed(format!(
            "{wrong} lines are no sessions; each must be an object with `id`, `goal`, `tools` and `turns`"
        )));
    }
    Ok(0)
}
