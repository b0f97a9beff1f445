//! What recorded runs wait for that nobody works on now.

use std::collections::HashMap;

use lamassu_contract::Verb;
use serde::Serialize;

use super::question::{Matter, Occasion, Question};
use crate::{
    Store,
    journal::{JournalError, RunRow},
};

/// How many records say what a run waits for, and why: the newest ones.
const TAIL: u32 = 4;

/// One run in the list.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    #[serde(flatten)]
    row: RunRow,
    /// What it waits for, in a line, if it waits.
    waits_for: Option<String>,
}

/// The question that `run` waits with; `None` if it does not wait, or somebody works on it.
pub(super) fn question(
    store: &Store,
    run: &str,
    tools: &[(String, Vec<Verb>)],
) -> Result<Option<Question>, JournalError> {
    if store.is_under_way(run) {
        return Ok(None);
    }
    let records = store.tail(run, TAIL)?;
    let step = records.iter().rev().find_map(|record| record.name.strip_prefix("judgement-")?.parse().ok());
    let occasion = Occasion { run, step: step.unwrap_or_default(), since: 0, tools };
    Ok(Question::parked(&records, &occasion))
}

/// All runs whose id, goal or state has `sought` in it, the newest first. `live` are those of this console:
/// by id, how each stands and what it asks.
pub(super) fn list(
    store: &Store,
    sought: &str,
    live: &HashMap<String, (String, Option<String>)>,
) -> Result<Vec<Listed>, JournalError> {
    let sought = sought.to_lowercase();
    let mut found = Vec::new();
    for mut row in store.runs()?.into_iter().rev() {
        let mut waits_for = None;
        match live.get(&row.id) {
            Some((status, question)) if row.status == "running" => {
                status.clone_into(&mut row.status);
                waits_for.clone_from(question);
            }
            _ if row.status == "interrupted" => {
                if let Some(question) = question(store, &row.id, &[])? {
                    row.status = if question.matter == Matter::Settle { "in doubt" } else { "waiting" }.to_owned();
                    waits_for = Some(question.line);
                }
            }
            _ => {}
        }
        row.title = lamassu_contract::visible(&row.title);
        let words = [&row.id, &row.title, &row.status].map(|text| text.to_lowercase());
        if words.iter().any(|text| text.contains(&sought)) {
            found.push(Listed { row, waits_for });
        }
    }
    Ok(found)
}
