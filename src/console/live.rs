//! How a run stands, as whoever opens the page in mid-run has to know.

use std::collections::BTreeMap;

use lamassu_contract::{Autonomy, Page, Resource, Row, visible};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    runtime::{Event, Used},
    story::deciders::decider,
};

/// A run as it stands.
#[derive(Debug, Default, Serialize)]
pub(super) struct Live {
    pub(super) goal: String,
    planner: String,
    /// How much is done without asking.
    autonomy: Autonomy,
    /// `starting`, `running`, `paused`, or how it ended.
    pub(super) status: String,
    reason: String,
    /// The last step.
    pub(super) step: u64,
    /// What it does, in a line.
    doing: String,
    why: String,
    /// Who proposed what is done now, and how often each has.
    decider: String,
    deciders: BTreeMap<String, u32>,
    used: Option<Used>,
    page: Option<Shown>,
    /// The row that is acted on.
    target: Option<u32>,
}

/// The page that is open.
#[derive(Debug, Serialize)]
struct Shown {
    url: String,
    title: String,
    rows: Vec<Line>,
}

/// A row of its table.
#[derive(Debug, Serialize)]
struct Line {
    reference: u32,
    words: String,
    #[serde(skip)]
    role: String,
    #[serde(skip)]
    name: String,
}

impl Live {
    pub(super) fn new() -> Self {
        Self { status: "starting".to_owned(), ..Self::default() }
    }

    /// Whether nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        !matches!(self.status.as_str(), "starting" | "running" | "paused")
    }

    /// It ended without a word of the runtime.
    pub(super) fn fail(&mut self, reason: &str) {
        (self.status, self.reason) = ("failed".to_owned(), visible(reason));
    }

    /// Takes note of `event`. What the page has to know of it beside comes back.
    pub(super) fn take(&mut self, event: &Event) -> Value {
        match event {
            Event::Began { goal, planner, .. } => {
                (self.goal, self.planner, self.status) = (visible(goal), planner.clone(), "running".to_owned());
            }
            Event::Level { autonomy } => self.autonomy = *autonomy,
            Event::Looked { page } => self.page = Some(Shown::of(page)),
            Event::Spent { used } => self.used = Some(used.clone()),
            Event::Paused { .. } => "paused".clone_into(&mut self.status),
            Event::WentOn => "running".clone_into(&mut self.status),
            Event::Proposed { proposal, why } => {
                self.decider = visible(&decider(why, &self.planner));
                *self.deciders.entry(self.decider.clone()).or_default() += 1;
                (self.doing, self.why) = (visible(proposal), visible(why));
            }
            Event::Judged { step, action, on, .. } => {
                // What was asked about is judged again with the consent.
                let known = self.target.filter(|_| self.step == *step);
                (self.step, self.doing) = (*step, visible(action));
                self.target = on.as_deref().and_then(|on| self.row(on)).or(known);
            }
            Event::Acted { .. } => self.target = None,
            Event::Ended { status, reason } => {
                (self.status, self.reason) = (status.as_str().to_owned(), visible(reason));
            }
            _ => {}
        }
        match event {
            Event::Level { .. } => json!({ "autonomy": self.autonomy }),
            Event::Looked { .. } => json!({ "page": self.page }),
            Event::Proposed { .. } => json!({ "decider": self.decider, "deciders": self.deciders }),
            Event::Judged { .. } => json!({ "target": self.target }),
            _ => json!({}),
        }
    }

    /// The row `target` is asked about.
    pub(super) fn aim(&mut self, target: Option<u32>) {
        self.target = target;
    }

    /// The row that is acted on.
    pub(super) fn target(&self) -> Option<u32> {
        self.target
    }

    /// The row that `resource` is, if just one can be.
    pub(super) fn row(&self, resource: &Resource) -> Option<u32> {
        let Resource::Element(element) = resource else { return None };
        let mut alike = self.page.iter().flat_map(|page| &page.rows);
        let mut rows = alike.by_ref().filter(|row| row.role == element.role && row.name == element.name);
        let first = rows.next()?.reference;
        rows.next().is_none().then_some(first)
    }
}

impl Shown {
    fn of(page: &Page) -> Self {
        let line = |row: &Row| Line {
            reference: row.reference,
            words: visible(&row.to_string()),
            role: row.role.clone(),
            name: row.name.clone(),
        };
        Self {
            url: visible(page.url.as_str()),
            title: visible(&page.title),
            rows: page.table.rows.iter().map(line).collect(),
        }
    }
}
