//! `lamassu runs`: the record of past runs.

use serde::Deserialize as _;
use serde_json::Value;

use super::{
    args::{Runs, RunsCommand},
    complaint::Complaint,
    home,
    progress::{CYAN, DIM, GREEN, RED, YELLOW, paint},
    say,
};
use crate::{
    Ruling, Store,
    journal::{Kind, Record},
    story::deciders,
    visible,
};

pub(super) fn runs(args: &Runs) -> Result<u8, Complaint> {
    let store = home::store(args.home.record.as_deref())?;
    match &args.command {
        RunsCommand::Ls => list(&store),
        RunsCommand::Show { run } => show(&store, run),
        RunsCommand::Verify { run, head } => verify(&store, run, head.as_deref()),
        RunsCommand::Export { run, .. } => {
            let run = store.find(run).map_err(Complaint::usage)?;
            store.export(&run, &mut std::io::stdout()).map_err(Complaint::failed)?;
            Ok(0)
        }
    }
}

fn list(store: &Store) -> Result<u8, Complaint> {
    let runs = store.runs().map_err(Complaint::failed)?;
    if runs.is_empty() {
        say("no runs yet; `lamassu run TASK.toml` makes one");
    }
    for run in runs {
        let color = if run.status == "done" { GREEN } else { YELLOW };
        say(format!(
            "{}  {}  {:>3} steps  {}  {}",
            run.id,
            time(run.began),
            run.steps,
            paint(color, &format!("{:12}", run.status)),
            visible(&run.title)
        ));
    }
    Ok(0)
}

fn show(store: &Store, run: &str) -> Result<u8, Complaint> {
    let run = store.find(run).map_err(Complaint::usage)?;
    let records = store.records(&run).map_err(Complaint::failed)?;
    let began = records.first().map_or(0, |record| record.at);
    for record in &records {
        let after = paint(DIM, &format!("{:>8.3} s", seconds(record.at.saturating_sub(began))));
        for (mark, line) in lines(record) {
            say(format!("{after}  {mark}  {line}"));
        }
    }
    let (deciders, energy) = deciders::told(&records);
    deciders.iter().for_each(|line| say(format!("{}  {line}", paint(CYAN, "decided "))));
    energy.iter().for_each(|line| say(format!("{}  {line}", paint(DIM, "energy  "))));
    Ok(0)
}

/// What one record says to a person.
fn lines(record: &Record) -> Vec<(String, String)> {
    let value = &record.value;
    match record.kind {
        Kind::Begin => vec![(paint(CYAN, "begin   "), text(value, "/goal"))],
        Kind::Look => {
            let looks = value.get("glances").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            looks.iter().map(|look| (paint(DIM, "look    "), seen(look))).collect()
        }
        Kind::Proposal => {
            let why = text(value, "/why");
            if why.is_empty() { Vec::new() } else { vec![(paint(DIM, "plan    "), why)] }
        }
        Kind::Judgement => vec![judgement(record)],
        Kind::Outcome => vec![outcome(value)],
        Kind::Approval => {
            let ruling = Ruling::deserialize(value).map(|ruling| ruling.to_string());
            vec![(paint(YELLOW, "person  "), visible(&ruling.unwrap_or_else(|_| value.to_string())))]
        }
        Kind::Answer | Kind::Resolved => vec![(paint(YELLOW, "person  "), visible(&value.to_string()))],
        Kind::Note => vec![(paint(DIM, "note    "), visible(&value.to_string()))],
        Kind::End => vec![(paint(CYAN, "end     "), format!("{}: {}", text(value, "/status"), text(value, "/reason")))],
    }
}

fn seen(look: &Value) -> String {
    match look.pointer("/seen/Ok/page") {
        Some(page) => format!(
            "{} \"{}\", {} to act on",
            text(page, "/url"),
            text(page, "/title"),
            page.pointer("/table/rows").and_then(Value::as_array).map_or(0, Vec::len)
        ),
        None => text(look, "/seen/Err/message"),
    }
}

fn judgement(record: &Record) -> (String, String) {
    let value = &record.value;
    let step = record.name.rsplit('-').next().unwrap_or_default();
    let mark = match text(value, "/verdict").as_str() {
        "go" => paint(GREEN, "go      "),
        "hold" => paint(YELLOW, "hold    "),
        "stop" => paint(RED, "stop    "),
        _ => paint(YELLOW, "invalid "),
    };
    let what = match text(value, "/action/summary") {
        line if line.is_empty() => {
            format!("{}.{}: {}", text(value, "/call/tool"), text(value, "/call/verb"), text(value, "/failure/message"))
        }
        line => line,
    };
    let rules = value.get("rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let because = value.get("action").is_none_or(Value::is_null);
    let rules = rules.iter().map(|rule| (text(rule, "/id"), text(rule, "/because")));
    let rules: Vec<_> = rules.map(|(id, why)| if because { format!("{id}: {why}") } else { id }).collect();
    (mark, format!("step {step}: {what} {}", paint(DIM, &rules.join(", "))))
}

fn outcome(value: &Value) -> (String, String) {
    let first = |text: &str| visible(text.lines().next().unwrap_or_default());
    if let Some(seen) = value.pointer("/tried/outcome/landed/content").and_then(Value::as_str) {
        return (paint(DIM, "landed  "), first(seen));
    }
    match value.pointer("/tried/outcome/not_sent/message").and_then(Value::as_str) {
        Some(why) => (paint(YELLOW, "not sent"), first(why)),
        None => (paint(RED, "in doubt"), text(value, "/tried/outcome/may_have_landed/message")),
    }
}

fn verify(store: &Store, run: &str, head: Option<&str>) -> Result<u8, Complaint> {
    let run = store.find(run).map_err(Complaint::usage)?;
    let report = store.verify(&run, head).map_err(Complaint::failed)?;
    if report.is_whole() {
        say(format!("{} {run}: {report}", paint(GREEN, "ok")));
        return Ok(0);
    }
    say(format!("{} {run}: {report}", paint(RED, "broken")));
    Ok(1)
}

/// A text of the record, with nothing in it that a terminal obeys.
fn text(value: &Value, pointer: &str) -> String {
    visible(value.pointer(pointer).and_then(Value::as_str).unwrap_or_default())
}

#[expect(clippy::cast_precision_loss, reason = "a run does not last 285,000 years")]
fn seconds(millis: u64) -> f64 {
    millis as f64 / 1000.0
}

fn time(millis: u64) -> String {
    let at = jiff::Timestamp::from_millisecond(i64::try_from(millis).unwrap_or(0)).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
