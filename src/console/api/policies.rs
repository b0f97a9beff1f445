//! Packs in words, what was refused last, what a pack would say to an action, and what a changed one would have
//! said to recorded runs.

use std::sync::Arc;

use axum::{Json, extract::State};
use lamassu_contract::visible;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Desk, Trouble, aside};
use crate::{
    journal::{JournalError, Kind},
    policy::{Backtest, Found, Pack, Parameters, Sessions, check},
    runtime::Past,
    story::told,
};

/// How many runs are gone through for refusals, and how many refusals are shown.
const RUNS: usize = 20;
const REFUSALS: usize = 30;

/// The ready packs and those of recent runs in words, and the last refusals.
pub(in crate::console) async fn list(State(desk): State<Arc<Desk>>) -> Result<Json<Value>, Trouble> {
    let told = aside(move || {
        let packs = known(&desk)?.iter().map(|pack| in_words(pack, &desk)).collect::<Vec<_>>();
        let (mut used, mut refusals) = (Vec::new(), Vec::new());
        for row in desk.store.runs()?.into_iter().rev().take(RUNS) {
            let Ok(records) = desk.store.records(&row.id) else { continue };
            let begin = records.first().map(|record| &record.value);
            used.push(json!({
                "run": row.id, "goal": visible(&row.title), "status": row.status,
                "pack": begin.map(|begin| told::about(begin).into_iter().find(|(name, _)| *name == "judged by").map(|(_, pack)| pack)),
            }));
            let stopped = |value: &&crate::journal::Record| told::text(&value.value, "/verdict") == "stop";
            for record in records.iter().rev().filter(|record| record.kind == Kind::Judgement).filter(stopped) {
                let step = record.name.rsplit('-').next().unwrap_or_default();
                let rules = record.value.get("rules").cloned().unwrap_or_default();
                refusals.push(json!({
                    "run": row.id, "step": step, "at": record.at, "line": told::summary(&record.value), "rules": rules,
                }));
            }
        }
        refusals.truncate(REFUSALS);
        Ok(json!({ "packs": packs, "used": used, "refusals": refusals }))
    });
    told.await.map(Json)
}

/// The ready packs, and those of the user's own that the newest runs were judged by. No other folder is read.
fn known(desk: &Desk) -> Result<Vec<Pack>, JournalError> {
    let mut packs: Vec<_> = Pack::names().map(Pack::ready).collect();
    for row in desk.store.runs()?.into_iter().rev().take(RUNS) {
        let past = Past::read(&desk.store, &row.id).ok().and_then(|past| past.pack);
        if let Some(pack) = past.map(|pack| pack.unfilled()).filter(|pack| !packs.contains(pack)) {
            packs.push(pack);
        }
    }
    Ok(packs)
}

fn in_words(pack: &Pack, desk: &Desk) -> Value {
    match check(pack, &desk.room.tools) {
        Ok(report) => json!({
            "name": pack.name(), "about": report.about, "parameters": report.parameters, "rules": report.rules,
            "cases": report.cases, "text": pack.rules().unwrap_or_default(),
        }),
        Err(error) => {
            json!({ "name": pack.name(), "about": error.to_string(), "parameters": [], "rules": [], "cases": 0, "text": "" })
        }
    }
}

/// A pack, perhaps changed, that something is held against.
#[derive(Deserialize)]
pub(in crate::console) struct Change {
    /// A ready pack by name, or a folder that a recorded run was judged by.
    pack: String,
    #[serde(default)]
    parameters: Parameters,
    /// Rules in place of the pack's own.
    #[serde(default)]
    rules: Option<String>,
}

impl Change {
    fn pack(self, desk: &Desk) -> Result<Pack, Trouble> {
        let Self { pack: name, parameters, rules } = self;
        let known = match Pack::names().find(|ready| *ready == name) {
            Some(ready) => Some(Pack::ready(ready)),
            None => known(desk)?.into_iter().find(|pack| pack.name() == name),
        };
        let none =
            || Trouble::unfit(format!("`{}` is no ready pack, and no recorded run was judged by it", visible(&name)));
        let filled = |pack: Pack, (name, entries)| pack.with(name, entries);
        let pack = parameters.into_iter().fold(known.ok_or_else(none)?, filled);
        Ok(rules.into_iter().fold(pack, Pack::ruled))
    }
}

#[derive(Deserialize)]
pub(in crate::console) struct Attempt {
    #[serde(flatten)]
    change: Change,
    #[serde(default)]
    goal: String,
    /// A verb of a tool, such as `browser.open`.
    verb: String,
    #[serde(default)]
    args: serde_json::Map<String, Value>,
}

/// What a pack would say to one action at the beginning of a run.
pub(in crate::console) async fn attempt(
    State(desk): State<Arc<Desk>>,
    Json(Attempt { change, goal, verb, args }): Json<Attempt>,
) -> Result<Json<Value>, Trouble> {
    let judged = aside(move || {
        let mut sessions = Sessions::new(change.pack(&desk)?).map_err(Trouble::unfit)?;
        let turns = json!([{ "call": { "tool": verb, "args": args } }]);
        let session = json!({ "id": 1, "goal": goal, "tools": [], "turns": turns });
        let judged = sessions.line(&session.to_string()).map_err(Trouble::unfit)?;
        serde_json::to_value(judged).map_err(Trouble::unfit)
    });
    judged.await.map(Json)
}

#[derive(Deserialize)]
pub(in crate::console) struct Trial {
    #[serde(flatten)]
    change: Change,
    /// How many of the newest runs are judged again.
    #[serde(default = "many")]
    runs: usize,
}

fn many() -> usize {
    RUNS
}

/// What a pack would have decided otherwise in the newest runs. What it lacks is filled in as in each run.
pub(in crate::console) async fn backtest(
    State(desk): State<Arc<Desk>>,
    Json(Trial { change, runs }): Json<Trial>,
) -> Result<Json<Value>, Trouble> {
    let told = aside(move || {
        let mut backtest = Backtest::load(&change.pack(&desk)?, &desk.room.tools).map_err(Trouble::unfit)?;
        let of = desk.store.runs()?;
        let mut judged = 0;
        for row in of.iter().rev().take(runs) {
            // One that cannot be read is no reason to know nothing of the others.
            let Ok(past) = Past::read(&desk.store, &row.id) else { continue };
            past.rejudge(&row.id, &mut backtest).map_err(Trouble::unfit)?;
            judged += 1;
        }
        Ok(json!({ "runs": judged, "of": of.len(), "found": shown(backtest.found()) }))
    });
    told.await.map(Json)
}

/// What was found, with nothing in it that cannot be seen.
fn shown(mut found: Found) -> Found {
    for flip in &mut found.flips {
        flip.action = visible(&flip.action);
    }
    found
}
