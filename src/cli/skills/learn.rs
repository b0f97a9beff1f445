//! Recorded runs as demonstrations.

use std::collections::BTreeMap;

use lamassu_contract::{Call, Page, Row};
use serde::Deserialize as _;
use serde_json::Value;

use super::super::complaint::Complaint;
use crate::{
    Store,
    journal::{Kind, Record},
    planner::skill::{Demonstration, Moment},
    runtime::Ruling,
};

/// What a recorded run did.
pub(in crate::cli) struct Shown {
    run: String,
    status: String,
    /// What was wanted.
    pub(in crate::cli) goal: String,
    inputs: BTreeMap<String, String>,
    /// The address that was opened first, if it begins at the run's own beginning.
    opened: Option<String>,
    /// What landed, in order.
    pub(in crate::cli) done: Vec<Done>,
}

/// One thing that landed.
pub(in crate::cli) struct Done {
    /// The number of its step.
    pub(in crate::cli) step: u64,
    /// Who did it by hand, or put it in the place of what was asked for; nobody if a planner did.
    pub(in crate::cli) by: Option<String>,
    pub(in crate::cli) moment: Moment,
    /// The page as it was seen next.
    after: Option<Page>,
}

/// What each of `runs` shows.
pub(super) fn demonstrations(store: &Store, runs: &[String]) -> Result<Vec<Demonstration>, Complaint> {
    runs.iter().map(|run| Shown::read(store, run)?.whole()).collect()
}

impl Shown {
    /// Reads the run that `run` names.
    pub(in crate::cli) fn read(store: &Store, run: &str) -> Result<Self, Complaint> {
        let run = store.find(run).map_err(Complaint::usage)?;
        let records = store.records(&run).map_err(Complaint::failed)?;
        let end = records.iter().rfind(|record| record.kind == Kind::End);
        let begin = records.iter().find(|record| record.kind == Kind::Begin).map(|begin| &begin.value);
        let opened = records.iter().find_map(|record| record.value.pointer("/call/args/url").and_then(Value::as_str));
        let inputs = begin.and_then(|begin| begin.get("inputs")).cloned().unwrap_or_default();
        Ok(Self {
            run,
            status: end.map_or("not at its end", |end| text(&end.value, "/status")).to_owned(),
            goal: begin.map_or("", |begin| text(begin, "/goal")).to_owned(),
            inputs: serde_json::from_value(inputs).unwrap_or_default(),
            opened: opened.map(str::to_owned),
            done: done(&records),
        })
    }

    /// All of it.
    fn whole(self) -> Result<Demonstration, Complaint> {
        let Self { run, status, .. } = &self;
        if status != "done" {
            return Err(Complaint::usage(format!(
                "run `{run}` is {status}; only a run that is done shows how it is done; if a part of it does, choose that \
                 with `--trim` or `--by-hand`"
            )));
        }
        Ok(self.demonstration())
    }

    /// What is left of it, whatever became of the run: somebody has said that this is how it is done.
    pub(in crate::cli) fn demonstration(self) -> Demonstration {
        let first = self.done.first().map(|done| done.moment.page.url.to_string());
        let at = self.opened.or(first).unwrap_or_default();
        let end = self.done.last().and_then(|done| done.after.clone());
        let moments = self.done.into_iter().map(|done| done.moment).collect();
        Demonstration { goal: self.goal, at, inputs: self.inputs, moments, end }
    }

    /// Only what `wanted` says of it.
    pub(in crate::cli) fn only(mut self, wanted: impl Fn(&Done) -> bool) -> Self {
        let first = self.done.first().map(|done| done.step);
        self.done.retain(wanted);
        if self.done.first().map(|done| done.step) != first {
            // Who takes over begins on the page that is open then.
            self.opened = None;
        }
        self
    }

    /// Only what a person did by hand, or put in the place of something.
    pub(super) fn by_hand(self) -> Result<Self, Complaint> {
        let run = self.run.clone();
        let own = self.only(|done| done.by.is_some());
        if own.done.is_empty() {
            return Err(Complaint::usage(format!("nobody did anything by hand in run `{run}`")));
        }
        Ok(own)
    }
}

/// What landed, each with the pages before and after it.
fn done(records: &[Record]) -> Vec<Done> {
    let (mut page, mut judged, mut by): (Option<Page>, Option<&Record>, Option<String>) = (None, None, None);
    let mut done: Vec<Done> = Vec::new();
    for record in records {
        match record.kind {
            Kind::Look => {
                page = seen(&record.value).or(page);
                if let Some(last) = done.last_mut().filter(|last| last.after.is_none()) {
                    last.after.clone_from(&page);
                }
            }
            Kind::Proposal => by = record.value.pointer("/memo/by_hand").and_then(Value::as_str).map(str::to_owned),
            Kind::Approval => {
                if let Ok(Ruling::Edit { by: editor, .. }) = Ruling::deserialize(&record.value) {
                    by = Some(editor);
                }
            }
            Kind::Judgement => judged = Some(record),
            Kind::Outcome | Kind::Resolved if landed(&record.value) => {
                let call = judged.take().and_then(|judged| Some((call(&judged.value)?, judged)));
                if let (Some((call, judged)), Some(page)) = (call, &page) {
                    let moment = Moment { call: numbered(call, &judged.value, page), page: page.clone() };
                    let step = judged.name.rsplit('-').next().and_then(|step| step.parse().ok()).unwrap_or_default();
                    done.push(Done { step, by: by.clone(), moment, after: None });
                }
            }
            _ => {}
        }
    }
    done
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
