//! The embedded action model: it reads an instruction and a page, and knows what people do next.
//!
//! No network, no key: an instruction is cut into words, clauses and values; every control of the page
//! becomes a candidate with every sensible act; each is judged by some eighty features and scored by a
//! small network whose weights are part of this program. When nothing is plausible it passes, and says
//! why. It never knows of policy, record or tools, and keeps nothing between proposals.

pub mod adapter;
mod answer;
pub mod calendar;
pub mod candidates;
mod colours;
mod course;
mod dates;
pub mod features;
mod fields;
mod hash;
mod holds;
pub mod instruction;
mod labels;
pub mod layer;
mod lexicon;
mod mention;
mod pick;
mod press;
pub mod progress;
pub mod ranker;
pub mod scene;
pub mod situation;
mod spans;
#[cfg(test)]
mod tests;
mod values;
mod verbs;
pub mod weights;
pub(in crate::planner) mod words;

use std::sync::Arc;

use lamassu_contract::{BoxFuture, Call, Page};
use serde::Deserialize as _;
use serde_json::Value;

use self::{
    adapter::{Adapter, Seen, Shown},
    candidates::Candidate,
    features::Feature,
    instruction::Instruction,
    progress::{Note, Progress},
    ranker::Ranker,
    scene::{Element, Scene},
    situation::Situation,
};
use crate::planner::{Planned, Planner, PlannerError, Proposal, Reply, Turn, View};

/// How much better than nothing a candidate has to be.
const PLAUSIBLE: f32 = 0.5;
/// The chance below which nothing is done that the goal does not ask for in so many words.
const DIM: f32 = 0.3;
/// The chance below which nothing is done at all: as many things could be meant.
const DARK: f32 = 0.12;
/// How much better than the same control of another row one has to be.
const CLEAR: f32 = 0.3;
/// How many rivals a candidate is weighed against, so that a large page is no reason for doubt.
const RIVALS: usize = 12;
/// How many words of a goal may be unknown if none of its words is a verb that is known.
const FOREIGN: usize = 2;
/// The chance from which the planner says that it is sure.
const SURE: f32 = 0.9;
/// The chance that every step has to have before something is done that cannot be taken back.
const CAREFUL: f32 = 0.5;
/// Words that a question begins with.
const ASKING: [&str; 12] =
    ["what", "which", "who", "whose", "why", "how", "wer", "wie", "was", "welche", "welcher", "welches"];
/// Words that ask to be told something.
const TELLING: [&str; 7] = ["tell me", "find out", "let me know", "report the", "give me the", "sag mir", "알려줘"];
/// How the planner's own questions begin.
const QUESTION: &str = "shall";

/// Whether what was demonstrated speaks against what is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agreed {
    Yes,
    No,
}

/// Plans with the embedded model.
#[derive(Debug, Clone)]
pub struct Local {
    ranker: Arc<Ranker>,
    adapter: Option<Arc<Adapter>>,
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
        Self { ranker: Arc::new(weights::embedded()), adapter: None }
    }

    /// The same model with what demonstrations of the task have taught.
    #[must_use]
    pub fn with(self, adapter: impl Into<Arc<Adapter>>) -> Self {
        Self { adapter: Some(adapter.into()), ..self }
    }

    /// What `call` was chosen from, for an [`Adapter`] to learn from; nothing if it is no candidate of this view.
    #[must_use]
    pub fn shown(&self, view: &View<'_>, call: &Call) -> Option<Shown> {
        let page = view.now.iter().rev().find_map(|look| look.page.as_ref())?;
        let (goal, turns) = wanted(view);
        let (told, scene) = (Instruction::read(goal), Scene::of(page));
        let now = Situation::new(&told, &scene, Progress::of(turns, scene.print), view.secrets);
        let all = candidates::all(&now);
        let chosen = all.iter().position(|candidate| candidate.call.as_ref() == Some(call))?;
        let bare = self.bare(&told, &scene, view);
        let judged = |candidate: &Candidate| {
            let score = self.ranker.score(&candidate.features);
            let same = bare.iter().find(|(call, _)| *call == candidate.call);
            Seen { marks: adapter::marks(&now, candidate), score, bare: same.map_or(score, |(_, score)| *score) }
        };
        Some(Shown { candidates: all.iter().map(judged).collect(), chosen })
    }

    /// What could be done, with its score, if the page had no ids, classes and the like.
    fn bare(&self, told: &Instruction, scene: &Scene, view: &View<'_>) -> Vec<(Option<Call>, f32)> {
        let bare = scene.without_marks();
        let now = Situation::new(told, &bare, Progress::of(wanted(view).1, bare.print), view.secrets);
        let all = candidates::all(&now).into_iter();
        all.map(|candidate| (candidate.call, self.ranker.score(&candidate.features))).collect()
    }

    /// The scores of all candidates: what holds everywhere, and what demonstrations add.
    fn scores(&self, now: &Situation<'_>, all: &[Candidate]) -> Vec<f32> {
        let meant = all.iter().any(|candidate| candidate.features.get(Feature::Concept) > 0.0);
        let taught = |candidate: &Candidate| {
            let bonus = self.bonus(now, candidate)?;
            // Where the goal was to forward, `Forward` was pressed; where it is to delete, that says nothing for it, and
            // nothing against what deletes. Nor does it matter where else a thing was looked for.
            let meant_now = candidate.features.get(Feature::Concept) > 0.0;
            Some(match meant_now || now.missing && explores(candidate) {
                true => bonus.max(0.0),
                false if meant && means_else(now, candidate) => bonus.min(0.0),
                false => bonus,
            })
        };
        all.iter().map(|own| self.ranker.score(&own.features) + taught(own).unwrap_or_default()).collect()
    }

    fn plan(&self, view: &View<'_>) -> Planned {
        let page = view.now.iter().rev().find_map(|look| look.page.as_ref());
        if view.goal.trim().is_empty() {
            return pass("the goal is empty; say what is wanted");
        }
        match (view.at, page) {
            (Some(at), page) if page.is_none() || view.turns.is_empty() => {
                let open = Call::new("browser", "open").with("url", at);
                let note = Note { verb: "open".to_owned(), share: 1.0, ..Note::default() };
                let memo = serde_json::to_value(note).unwrap_or_default();
                Planned {
                    why: "local (sure): the goal begins there".to_owned(),
                    memo,
                    ..Proposal::Act(vec![open]).into()
                }
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
        if let Some(why) = &progress.barred {
            return pass(why);
        }
        let now = Situation::new(&told, &scene, progress, view.secrets);
        let wishes = told.words.iter().any(|word| word.verb.is_some());
        let own = told.words.iter().filter(|word| word.quote == 0).count();
        let unknown = now.unknown();
        let foreign = unknown >= FOREIGN && !wishes || unknown > FOREIGN && unknown * 2 > own && !is_question(goal);
        if now.progress.acts == 0 && !told.familiar && foreign {
            return pass("the goal is in no language that is known here");
        }
        let all = candidates::all(&now);
        let scores = self.scores(&now, &all);
        let asks = view.output.is_some() || is_question(goal);
        if view.turns.last().is_some_and(unfit) {
            return pass("what was read off the page is not what is wanted");
        }
        if asks && !now.untouched() {
            let found = answer::find(&told, &scene, view.output);
            let value = found.as_ref().and_then(|found| found.shaped(view.output));
            if let (Some(found), Some(answer)) = (found, value) {
                let evidence = format!("the page says \"{}\"", found.line);
                let why = "local (sure): it can be read off the page".to_owned();
                return Planned { why, ..Proposal::Done { answer, evidence }.into() };
            }
        }
        let only_asks = asks && !now.acts();
        let judged = all.iter().zip(&scores).filter(|(candidate, _)| {
            self.is_sensible(&now, &all, candidate) && (!only_asks || looks_only(&now, candidate))
        });
        let Some((candidate, score)) = judged.max_by(|one, other| one.1.total_cmp(other.1)) else {
            return pass("nothing on this page has to do with what is left of the goal");
        };
        if *score < self.ranker.score(&Candidate::nothing()) + PLAUSIBLE {
            return pass("nothing on this page has clearly to do with what is left of the goal");
        }
        let share = share(candidate, &all, &scores);
        if !explores(candidate) && (share < DARK || share < DIM && !candidate.asked) {
            return pass("several things could be meant, and none stands out");
        }
        if one_of_many(&now, candidate, &all, &scores) {
            return pass("several rows have what is asked for, and none stands out");
        }
        if candidate.call.is_none() && asks {
            return pass("what is asked for cannot be read off the page beyond doubt");
        }
        if let Some(question) = doubt(&now, candidate, share, last_answer(view)) {
            return question;
        }
        act(&now, candidate, share, self.agrees(&now, candidate))
    }

    /// Whether anything but its score speaks for a candidate. While the thing that is named cannot be seen, what was
    /// done to other things in demonstrations is no reason, and what may uncover it comes before what is half named.
    fn is_sensible(&self, now: &Situation<'_>, all: &[Candidate], candidate: &Candidate) -> bool {
        let seeks = || now.missing && all.iter().any(explores);
        let taught = self.adapter.is_some() && candidate.features.get(Feature::Unfound) == 0.0 && !seeks();
        let meant =
            [Feature::Concept, Feature::Ready, Feature::Banner, Feature::Confirms, Feature::Fill, Feature::Select];
        let meant = candidate.is_open() || meant.iter().any(|feature| candidate.features.get(*feature) > 0.0);
        (candidate.has_reason() || taught) && (explores(candidate) || meant || !seeks())
    }

    /// Whether demonstrations, if there are any, do not speak against a candidate.
    fn agrees(&self, now: &Situation<'_>, candidate: &Candidate) -> Agreed {
        // That a goal is reached is never shown, so what was shown always speaks for going on.
        let acts = candidate.call.is_some();
        let against = self.bonus(now, candidate).is_some_and(|bonus| acts && bonus < 0.0);
        if against { Agreed::No } else { Agreed::Yes }
    }

    /// What demonstrations say for or against a candidate, if there are any.
    fn bonus(&self, now: &Situation<'_>, candidate: &Candidate) -> Option<f32> {
        Some(self.adapter.as_ref()?.bonus(&adapter::marks(now, candidate)))
    }
}

/// Whether it is there to find what cannot be seen.
fn explores(candidate: &Candidate) -> bool {
    candidate.features.get(Feature::Explore) > 0.0
}

/// Whether a press does something in particular, of which the goal says nothing.
fn means_else(now: &Situation<'_>, candidate: &Candidate) -> bool {
    const DOES: [&str; 14] = [
        "delete", "reply", "forward", "star", "send", "archive", "cancel", "buy", "book", "pay", "transfer", "share",
        "copy", "edit",
    ];
    let element = candidate.element.and_then(|index| now.element(index));
    let mut done = DOES.iter().filter(|act| element.is_some_and(|element| element.means(act))).peekable();
    !candidate.asked && candidate.note.verb == "click" && done.peek().is_some() && !done.any(|act| now.told.means(act))
}

/// The chance that a candidate is right, among those that it cannot be done beside: what the goal asks for as
/// well, elsewhere on the page and in other words, is no rival.
fn share(chosen: &Candidate, all: &[Candidate], scores: &[f32]) -> f32 {
    let beside = |other: &Candidate| {
        other.is_open()
            && other.element != chosen.element
            && !other.note.took.is_empty()
            && other.note.took.iter().all(|word| !chosen.note.took.contains(word))
    };
    let at = all.iter().position(|other| std::ptr::eq(other, chosen));
    let own = at.and_then(|at| scores.get(at)).copied().unwrap_or(f32::NEG_INFINITY);
    let rivals = all.iter().zip(scores).filter(|(other, _)| {
        !std::ptr::eq(*other, chosen) && !beside(other) && (other.has_reason() || other.call.is_none())
    });
    let mut rivals: Vec<f32> = rivals.map(|(_, score)| *score).collect();
    rivals.sort_by(|one, other| other.total_cmp(one));
    rivals.truncate(RIVALS);
    ranker::softmax(&[&[own], rivals.as_slice()].concat()).first().copied().unwrap_or(0.0)
}

/// Whether a control is called like those of other rows, and nothing says which row is meant.
fn one_of_many(now: &Situation<'_>, chosen: &Candidate, all: &[Candidate], scores: &[f32]) -> bool {
    let own = |candidate: &Candidate| candidate.element.and_then(|index| now.element(index));
    // What is counted to, compared or true of its row was told apart.
    let told_apart = [Feature::True, Feature::Ordinal, Feature::Most, Feature::Colour, Feature::Day];
    if told_apart.iter().any(|feature| chosen.features.get(*feature) > 0.0) {
        return false;
    }
    let Some(element) = own(chosen).filter(|element| element.record != 0 && !element.stems.is_empty()) else {
        return false;
    };
    let at = all.iter().position(|other| std::ptr::eq(other, chosen));
    let score = at.and_then(|at| scores.get(at)).copied().unwrap_or_default();
    let alike = |other: &Element| other.record != element.record && other.record != 0 && other.name == element.name;
    let rivals = all.iter().zip(scores).filter(|(other, _)| other.note.verb == chosen.note.verb);
    rivals.into_iter().any(|(other, rival)| score - rival < CLEAR && own(other).is_some_and(alike))
}

/// Whether a candidate changes nothing but what is seen: nothing else is done for a goal that only asks.
fn looks_only(now: &Situation<'_>, candidate: &Candidate) -> bool {
    let seeks = [Feature::Explore, Feature::Enter, Feature::Banner]
        .iter()
        .any(|feature| candidate.features.get(*feature) > 0.0);
    let Some(element) = candidate.element.and_then(|index| now.element(index)) else { return true };
    let leads = matches!(element.role.as_str(), "link" | "tab" | "treeitem") || element.unfolds();
    seeks || candidate.note.verb == "click" && (leads || element.means("search")) && !element.commits()
}

/// Whether an answer was not taken in this turn.
fn unfit(turn: &Turn) -> bool {
    matches!(turn.planned.proposal, Proposal::Done { .. })
}

/// Whether `goal` wants to be told something.
fn is_question(goal: &str) -> bool {
    let lower = goal.trim().to_lowercase();
    let first = lower.split_whitespace().next().unwrap_or_default();
    lower.ends_with('?') || ASKING.contains(&first) || TELLING.iter().any(|words| lower.contains(words))
}

/// Whether the planner has to ask before it does what cannot be taken back, or has been told not to.
fn doubt(now: &Situation<'_>, candidate: &Candidate, share: f32, answer: Option<&str>) -> Option<Planned> {
    let element = candidate.element.and_then(|index| now.element(index)).filter(|element| element.commits())?;
    let least = now.progress.least.unwrap_or(1.0).min(share);
    let uncalled = candidate.features.get(Feature::Uncalled) > 0.0;
    if !uncalled && least >= CAREFUL || answer.is_some_and(agrees) {
        return None;
    }
    if answer.is_some() {
        return Some(pass("it was not to be done"));
    }
    let name = if element.name.is_empty() { element.marks.join(" ") } else { element.name.clone() };
    let question =
        format!("{QUESTION} `{name}` be pressed now? It may not be possible to take it back. Answer yes or no");
    Some(Planned {
        why: format!("local ({share:.2}): not sure enough for what cannot be taken back"),
        ..Proposal::Ask(question).into()
    })
}

/// What a person answered to the last proposal, if that was the planner's own question.
fn last_answer<'a>(view: &View<'a>) -> Option<&'a str> {
    let turn = view.turns.last()?;
    match (&turn.planned.proposal, turn.results.first()) {
        (Proposal::Ask(question), Some(Reply::Said(words))) if question.starts_with(QUESTION) => Some(words),
        _ => None,
    }
}

fn agrees(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "ja" | "ok" | "네" | "예")
}

/// What is wanted now, and the turns since: the goal or, if a person was asked, what they answered last.
fn wanted<'a>(view: &View<'a>) -> (&'a str, &'a [Turn]) {
    let answer = |turn: &'a Turn| match (&turn.planned.proposal, turn.results.first()) {
        (Proposal::Ask(question), Some(Reply::Said(words)))
            if !words.trim().is_empty() && !question.starts_with(QUESTION) =>
        {
            Some(words.as_str())
        }
        _ => None,
    };
    let last = view.turns.iter().enumerate().rev().find_map(|(index, turn)| Some((index, answer(turn)?)));
    last.map_or((view.goal, view.turns), |(index, words)| (words, view.turns.get(index + 1..).unwrap_or_default()))
}

/// Whether another planner acted in this turn.
fn of_another(turn: &Turn) -> bool {
    matches!(turn.planned.proposal, Proposal::Act(_)) && Note::deserialize(&turn.planned.memo).is_err()
}

fn act(now: &Situation<'_>, candidate: &Candidate, share: f32, agreed: Agreed) -> Planned {
    // What merely closes a notice is no guess about the goal.
    let notice = candidate.features.get(Feature::Banner) > 0.0;
    let note = Note { share: if notice { 1.0 } else { share }, ..candidate.note.clone() };
    // Nobody is sure of what was done before and has not led on.
    let known = now.unknown() <= 1 && candidate.features.get(Feature::Again) == 0.0;
    let word = if share > SURE
        && known
        && agreed == Agreed::Yes
        && now.progress.least.is_none_or(|least| least > SURE / 2.0)
    {
        "sure"
    } else {
        "likely"
    };
    let why = format!("local ({word}, {share:.2}): {}", candidate.features.reason());
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
