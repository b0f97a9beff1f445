//! The embedded action model: it reads an instruction and a page, and knows what people do next.
//!
//! No network, no key: an instruction is cut into words, clauses and values; every control of the page
//! becomes a candidate with every sensible act; each is judged by some eighty features and scored by a
//! small network whose weights are part of this program. When nothing is plausible it passes, and says
//! why. It never knows of policy, record or tools, and keeps nothing between proposals.

pub mod candidates;
mod colours;
mod dates;
pub mod features;
mod fields;
pub mod instruction;
mod mention;
mod press;
pub mod progress;
pub mod ranker;
pub mod scene;
pub mod situation;
mod values;
pub mod weights;
mod words;

use std::sync::Arc;

use lamassu_contract::{BoxFuture, Call, Page};
use serde::Deserialize as _;
use serde_json::Value;

use self::{candidates::Candidate, features::{Feature, Features}, instruction::Instruction, progress::{Note, Progress}, ranker::Ranker, scene::Scene, situation::Situation};
use crate::planner::{Planned, Planner, PlannerError, Proposal, Reply, Turn, View};

/// How much better than nothing a candidate has to be.
const PLAUSIBLE: f32 = 0.5;

/// Plans with the embedded model.
#[derive(Debug, Clone)]
pub struct Local {
    ranker: Arc<Ranker>,
}

impl Default for Local {
    fn default() -> Self {
        Self::new()
    }
}

impl Local {
    /// The model that is part of this program.
    #[must_use]
    pub fn new() -> Self {
        Self { ranker: Arc::new(weights::embedded()) }
    }

    fn plan(&self, view: &View<'_>) -> Planned {
        let page = view.now.iter().rev().find_map(|look| look.page.as_ref());
        if view.goal.trim().is_empty() {
            return pass("the goal is empty; say what is wanted");
        }
        match (view.at, page) {
            (Some(at), page) if page.is_none() || view.turns.is_empty() => {
                let open = Call::new("browser", "open").with("url", at);
                let note = Note { verb: "open".to_owned(), sure: true, ..Note::default() };
                let memo = serde_json::to_value(note).unwrap_or_default();
                Planned { why: "local (sure): the goal begins there".to_owned(), memo, ..Proposal::Act(vec![open]).into() }
            }
            (None, None) => pass("no page is open and the goal does not say where to begin; give `at`"),
            (_, None) => pass("the page cannot be seen"),
            (_, Some(page)) => self.decide(view, page),
        }
    }

    fn decide(&self, view: &View<'_>, page: &Page) -> Planned {
        let (goal, turns) = wanted(view);
        if turns.iter().any(of_another) {
            return pass("another planner has gone on from here");
        }
        let told = Instruction::read(goal);
        let scene = Scene::of(page);
        let progress = Progress::of(turns, scene.print);
        let now = Situation::new(&told, &scene, progress, view.secrets);
        let all = candidates::all(&now);
        let scores: Vec<f32> = all.iter().map(|candidate| self.ranker.score(&candidate.features)).collect();
        let shares = ranker::softmax(&scores);
        let best = (0..all.len()).max_by(|one, other| scores.get(*one).unwrap_or(&f32::MIN).total_cmp(scores.get(*other).unwrap_or(&f32::MIN)));
        let Some((index, candidate)) = best.and_then(|index| Some((index, all.get(index)?))) else {
            return pass("the page has nothing that could be acted on");
        };
        if std::option_env!("LOCAL_DEBUG").is_some() {
            let mut order: Vec<_> = (0..all.len()).collect();
            order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]));
            eprintln!("--- {}", view.goal);
            for element in &scene.elements { eprintln!("   el {} {} {:?} marks {:?} rec {} label {:?} around {:?} {:?} {} {:?}", element.reference, element.role, element.name, element.marks, element.record, element.label, element.around_text, element.place, element.tag, element.value); }
            eprintln!("   lines {:?}", scene.lines);
            for index in order.into_iter().take(5) {
                eprintln!("   {:.2} {:?} @{:?} asked {} took {:?} {}", scores[index], all[index].call.as_ref().map(|c| format!("{} {:?}", c.verb, c.args)), all[index].position, all[index].asked, all[index].note.took, all[index].features.shown());
            }
        }
        let (score, share) = (scores.get(index).copied().unwrap_or(0.0), shares.get(index).copied().unwrap_or(0.0));
        // What has nothing to do with the goal scores like any control without a word in common with it.
        let mut nothing = Features::default();
        nothing.mark(Feature::Click, true);
        nothing.mark(Feature::Named, true);
        if score < self.ranker.score(&nothing) + PLAUSIBLE {
            return pass("nothing on this page has clearly to do with what is left of the goal");
        }
        act(&now, candidate, share)
    }
}

/// What is wanted now, and the turns since: the goal or, if a person was asked, what they answered last.
fn wanted<'a>(view: &View<'a>) -> (&'a str, &'a [Turn]) {
    let answer = |turn: &'a Turn| match (&turn.planned.proposal, turn.results.first()) {
        (Proposal::Ask(_), Some(Reply::Said(words))) if !words.trim().is_empty() => Some(words.as_str()),
        _ => None,
    };
    let last = view.turns.iter().enumerate().rev().find_map(|(index, turn)| Some((index, answer(turn)?)));
    last.map_or((view.goal, view.turns), |(index, words)| (words, view.turns.get(index + 1..).unwrap_or_default()))
}

/// Whether another planner acted in this turn.
fn of_another(turn: &Turn) -> bool {
    matches!(turn.planned.proposal, Proposal::Act(_)) && Note::deserialize(&turn.planned.memo).is_err()
}

fn act(now: &Situation<'_>, candidate: &Candidate, share: f32) -> Planned {
    let sure = share > 0.9;
    let mut note = candidate.note.clone();
    note.sure = sure;
    let word = if sure { "sure" } else { "likely" };
    let why = format!("local ({word}, {share:.2}): {}", candidate.features.shown());
    let memo = serde_json::to_value(note).unwrap_or_default();
    match &candidate.call {
        Some(call) => Planned { why, memo, ..Proposal::Act(vec![call.clone()]).into() },
        None => {
            let evidence = format!("everything that the goal asks for was done in {} steps", now.progress.acts);
            Planned { why, memo, ..Proposal::Done { answer: Value::Null, evidence }.into() }
        }
    }
}

fn pass(why: &str) -> Planned {
    Proposal::Pass(format!("local: {why}")).into()
}

impl Planner for Local {
    fn name(&self) -> &'static str {
        "local"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        Box::pin(async { Ok(self.plan(view)) })
    }
}
