//! Packs in words, what was refused last, and what a pack would say to an action.

use std::sync::Arc;

use axum::{Json, extract::State};
use lamassu_contract::visible;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Desk, Trouble, aside};
use crate::{
    journal::Kind,
    policy::{Pack, Sessions, check},
    story::told,
};

/// How many runs are gone through for refusals, and how many refusals are shown.
const RUNS: usize = 20;
const REFUSALS: usize = 30;

/// The ready packs and those of recent runs in words, and the last refusals.
pub(in crate::console) async fn list(State(desk): State<Arc<Desk>>) -> Result<Json<Value>, Trouble> {
    let told = aside(move || {
        let ready = Pack::names().map(|name| in_words(&Pack::ready(name), &desk)).collect::<Vec<_>>();
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
        Ok(json!({ "packs": ready, "used": used, "refusals": refusals }))
    });
    told.await.map(Json)
}

fn in_words(pack: &Pack, desk: &Desk) -> Value {
    match check(pack, &desk.room.tools) {
        Ok(report) => json!({
            "name": report.name, "about": report.about, "parameters": report.parameters, "rules": report.rules,
            "cases": report.cases,
        }),
        Err(error) => {
            json!({ "name": pack.name(), "about": error.to_string(), "parameters": [], "rules": [], "cases": 0 })
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct Attempt {
    pack: String,
    #[serde(default)]
    parameters: std::collections::BTreeMap<String, Vec<String>>,
    #[serde(default)]
    goal: String,
    /// A verb of a tool, such as `browser.open`.
    verb: String,
    #[serde(default)]
    args: serde_json::Map<String, Value>,
}

/// What a ready pack would say to one action at the beginning of a run.
pub(in crate::console) async fn attempt(Json(attempt): Json<Attempt>) -> Result<Json<Value>, Trouble> {
    let judged = aside(move || {
        if !Pack::names().any(|name| name == attempt.pack) {
            return Err(Trouble::unfit(format!("there is no ready pack `{}`", visible(&attempt.pack))));
        }
        let parameters = attempt.parameters.into_iter();
        let pack = parameters.fold(Pack::ready(attempt.pack), |pack, (name, entries)| pack.with(name, entries));
        let mut sessions = Sessions::new(pack).map_err(Trouble::unfit)?;
        let session = json!({
            "id": 1, "goal": attempt.goal, "tools": [],
            "turns": [{ "call": { "tool": attempt.verb, "args": attempt.args } }],
        });
        let judged = sessions.line(&session.to_string()).map_err(Trouble::unfit)?;
        serde_json::to_value(judged).map_err(Trouble::unfit)
    });
    judged.await.map(Json)
}
