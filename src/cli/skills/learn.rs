//! Recorded runs as demonstrations.

use lamassu_contract::{Call, Page, Row};
use serde::Deserialize as _;
use serde_json::Value;

use super::super::complaint::Complaint;
use crate::{
    Store,
    journal::{Kind, Record},
    planner::skill::{Demonstration, Moment},
};

/// What each of `runs` shows.
pub(super) fn demonstrations(store: &Store, runs: &[String]) -> Result<Vec<Demonstration>, Complaint> {
    let ids = runs.iter().map(|run| store.find(run).map_err(Complaint::usage)).collect::<Result<Vec<_>, _>>()?;
    ids.iter().map(|run| demonstration(store, run)).collect()
}

fn demonstration(store: &Store, run: &str) -> Result<Demonstration, Complaint> {
    let records = store.records(run).map_err(Complaint::failed)?;
    let status = records.iter().rfind(|record| record.kind == Kind::End).map(|end| text(&end.value, "/status"));
    if status != Some("done") {
        let status = status.unwrap_or("not at its end");
        return Err(Complaint::usage(format!("run `{run}` is {status}; only a run that is done shows how it is done")));
    }
    let begin = records.iter().find(|record| record.kind == Kind::Begin).map(|begin| &begin.value);
    let goal = begin.map_or("", |begin| text(begin, "/goal")).to_owned();
    let inputs = begin.and_then(|begin| begin.get("inputs")).cloned().unwrap_or_default();
    let (moments, end) = acts(&records);
    let opened = records.iter().find_map(|record| record.value.pointer("/call/args/url").and_then(Value::as_str));
    let at = opened.map(str::to_owned).or_else(|| moments.first().map(|moment| moment.page.url.to_string()));
    Ok(Demonstration {
        goal,
        at: at.unwrap_or_default(),
        inputs: serde_json::from_value(inputs).unwrap_or_default(),
        moments,
        end,
    })
}

/// What landed, each with the page that was seen before it; and the page that was seen last.
fn acts(records: &[Record]) -> (Vec<Moment>, Option<Page>) {
    let (mut page, mut judged): (Option<Page>, Option<&Value>) = (None, None);
    let mut moments = Vec::new();
    for record in records {
        match record.kind {
            Kind::Look => page = seen(&record.value).or(page),
            Kind::Judgement => judged = Some(&record.value),
            Kind::Outcome | Kind::Resolved if landed(&record.value) => {
                let call = judged.take().and_then(|judged| Some((call(judged)?, judged)));
                if let (Some((call, judged)), Some(page)) = (call, &page) {
                    moments.push(Moment { call: numbered(call, judged, page), page: page.clone() });
                }
            }
            _ => {}
        }
    }
    (moments, page)
}

fn seen(look: &Value) -> Option<Page> {
    let glances = look.get("glances")?.as_array()?;
    glances.iter().rev().find_map(|glance| Page::deserialize(glance.pointer("/seen/Ok/page")?).ok())
}

fn landed(outcome: &Value) -> bool {
    outcome.pointer("/tried/outcome/landed").is_some() || text(outcome, "/found/settled") == "landed"
}

fn call(judged: &Value) -> Option<Call> {
    Call::deserialize(judged.get("call")?).ok()
}

/// The call with its target as a number of the page, which a script or a person may have named otherwise.
fn numbered(call: Call, judged: &Value, page: &Page) -> Call {
    let rows = || page.table.rows.iter().chain(&page.more);
    let target = call.args.get("target").and_then(Value::as_str).unwrap_or_default();
    let reference = target.trim_start_matches('[').split(']').next().and_then(|number| number.parse::<u32>().ok());
    if target.is_empty() || reference.is_some_and(|reference| rows().any(|row| row.reference == reference)) {
        return match reference {
            Some(reference) => call.with("target", format!("[{reference}]")),
            None => call,
        };
    }
    let part = |name: &str| text(judged, &format!("/action/resource/element/{name}"));
    let named = |row: &&Row| row.role == part("role") && row.name == part("name");
    let around = |row: &&Row| !row.context.is_empty() && target.to_lowercase().contains(&row.context.to_lowercase());
    let found = rows().filter(named).find(around).or_else(|| rows().find(named));
    found.map_or(call.clone(), |row| call.with("target", format!("[{}]", row.reference)))
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
