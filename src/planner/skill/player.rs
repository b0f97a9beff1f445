//! Plays skills: first in the row of planners, it answers where a skill's goal fits and passes elsewhere.
//!
//! It keeps nothing between proposals: where it stands is noted beside each of them.

use std::{collections::BTreeMap, sync::Arc};

use lamassu_contract::{BoxFuture, Call, FailureKind, Page};
use serde::Deserialize as _;
use serde_json::Value;
use url::Url;

use super::{
    Argument, Description, Each, Skill, Step, lesson,
    position::{Healed, Position},
    seek::{Found, Lost, seek},
    template,
};
use crate::planner::{
    Planned, Planner, PlannerError, Proposal, Reply, Turn, View,
    local::{adapter::Adapter, scene::Scene},
};

/// How like its description an element has to be before something is done that cannot be taken back.
const CAREFUL: f32 = 0.85;
/// How much of a skill's own words a goal has to say for its demonstrations to be of use.
const LIKE: f32 = 0.5;
/// How often a step waits for its element.
pub(super) const WAITS: u32 = 2;
/// How the question before something that cannot be taken back begins.
const QUESTION: &str = "shall";

/// Plays the skills that it knows.
#[derive(Debug, Clone, Default)]
pub struct Player {
    known: Vec<(Arc<Skill>, Option<Arc<Adapter>>)>,
    /// The one skill that is to be played, whatever the goal's words.
    only: Option<String>,
}

/// One skill that is being played, with what is filled in.
pub(super) struct Play<'a> {
    pub(super) skill: &'a Skill,
    adapter: Option<&'a Adapter>,
    pub(super) values: BTreeMap<String, String>,
    pub(super) view: &'a View<'a>,
}

/// What to do about one step.
enum Next {
    Do(Box<Planned>),
    /// Its element is not there and need not be.
    Skip,
    /// The loop is over.
    Over,
    Stuck(String),
}

impl Player {
    /// Plays `skill` too; `adapter` has what its demonstrations taught.
    #[must_use]
    pub fn with(mut self, skill: Skill, adapter: Option<Adapter>) -> Self {
        self.known.push((Arc::new(skill), adapter.map(Arc::new)));
        self
    }

    /// Plays the skill `name` alone.
    #[must_use]
    pub fn only(self, name: impl Into<String>) -> Self {
        Self { only: Some(name.into()), ..self }
    }

    /// Whether it knows no skill at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub(super) fn plan(&self, view: &View<'_>) -> Planned {
        let last = view.turns.iter().rev().find_map(|turn| Some((position(turn)?, turn)));
        let Some((skill, adapter, values)) = self.chosen(view, last.as_ref().map(|(position, _)| position)) else {
            return pass(None, "none of them is for this goal and this site");
        };
        let play = Play { skill, adapter: adapter.map(|adapter| &**adapter), values, view };
        match last {
            None => play.begin(),
            Some((position, turn)) => play.after(&position, turn),
        }
    }

    /// What the demonstrations of the skill have taught that is most like the goal, if it may run here.
    pub(super) fn taught(&self, view: &View<'_>) -> Option<Arc<Adapter>> {
        let here = place(view);
        let known = self.known.iter().filter(|(skill, _)| here.as_ref().is_some_and(|url| skill.runs_at(url)));
        let like = known.filter_map(|(skill, adapter)| Some((skill.goal.likeness(view.goal), adapter.as_ref()?)));
        let most = like.filter(|(likeness, _)| *likeness >= LIKE).max_by(|one, other| one.0.total_cmp(&other.0));
        most.map(|(_, adapter)| Arc::clone(adapter))
    }

    /// The skill that is under way, or else the one that the goal fits.
    #[expect(clippy::type_complexity, reason = "it is taken apart at once")]
    fn chosen(
        &self,
        view: &View<'_>,
        position: Option<&Position>,
    ) -> Option<(&Skill, Option<&Arc<Adapter>>, BTreeMap<String, String>)> {
        let place = place(view);
        let wanted = |skill: &Skill| match (position, &self.only) {
            (Some(position), _) => position.skill == skill.name,
            (None, Some(only)) => *only == skill.name,
            (None, None) => true,
        };
        let fits = self.known.iter().filter(|(skill, _)| wanted(skill)).filter_map(|(skill, adapter)| {
            let here = place.as_ref().is_none_or(|url| skill.runs_at(url));
            let values = filled(skill, view).filter(|_| here)?;
            Some((&**skill, adapter.as_ref(), values))
        });
        // The more of its own words are in the goal, the closer it is meant for it.
        fits.max_by_key(|(skill, _, _)| skill.goal.telling())
    }
}

/// Where the goal begins, or else what page is seen.
fn place(view: &View<'_>) -> Option<Url> {
    let page = view.now.iter().rev().find_map(|look| look.page.as_ref()).map(|page| page.url.clone());
    view.at.and_then(|at| Url::parse(at).ok()).or(page)
}

/// What is filled in, from the words of the goal and from what was given by name.
fn filled(skill: &Skill, view: &View<'_>) -> Option<BTreeMap<String, String>> {
    let given = view.inputs.iter().filter(|(name, _)| skill.parameters.contains_key(*name));
    let mut values: BTreeMap<_, _> = given.map(|(name, value)| (name.clone(), value.clone())).collect();
    let told = skill.goal.align(view.goal, &skill.parameters);
    let by_inputs = || values.len() == skill.parameters.len() && skill.goal.fill(&values).as_deref() == Some(view.goal);
    if told.is_none() && !by_inputs() {
        return None;
    }
    for (name, value) in told.unwrap_or_default() {
        values.entry(name).or_insert(value);
    }
    (values.len() == skill.parameters.len()).then_some(values)
}

fn position(turn: &Turn) -> Option<Position> {
    Position::deserialize(&turn.planned.memo).ok()
}

impl Play<'_> {
    fn page(&self) -> Option<&Page> {
        self.view.now.iter().rev().find_map(|look| look.page.as_ref())
    }

    /// The first proposal.
    fn begin(&self) -> Planned {
        if self.view.turns.iter().any(|turn| matches!(turn.planned.proposal, Proposal::Act(_))) {
            return pass(Some(self.skill), "another planner has begun already");
        }
        match (self.view.at, self.page()) {
            (None, Some(page)) if self.skill.runs_at(&page.url) => self.go(Position::default()),
            (at, _) => {
                let call = Call::new("browser", "open").with("url", at.unwrap_or(&self.skill.at));
                let opens = Position { step: usize::MAX, ..self.position() };
                self.act(call, "its goal fits, and begins there", &opens)
            }
        }
    }

    fn position(&self) -> Position {
        Position { skill: self.skill.name.clone(), ..Position::default() }
    }

    /// The next proposal, after what came of the last one of this skill.
    fn after(&self, position: &Position, turn: &Turn) -> Planned {
        let interrupted = self.view.turns.last().is_some_and(|last| last != turn);
        let begun = position.step == usize::MAX;
        let again = Position { healed: None, beside: false, ..position.clone() };
        let next = if begun { self.position() } else { self.following(&again) };
        // What others did meanwhile has taken long enough.
        let next = Position { waited: if interrupted { WAITS } else { 0 }, ..next };
        match (&turn.planned.proposal, turn.results.first()) {
            // Whatever others have done since: it is never repeated.
            (_, Some(Reply::InDoubt(failure))) => {
                let why = format!("nobody can tell whether step {} happened: {failure}", position.step + 1);
                pass(Some(self.skill), &why)
            }
            (Proposal::Act(_), Some(_)) if position.beside && !interrupted => self.go(again),
            (Proposal::Act(_), Some(Reply::Landed(_))) if position.beside => {
                self.go(Position { waited: WAITS, ..again })
            }
            (Proposal::Act(_), Some(Reply::Landed(_))) => self.go(next),
            (Proposal::Act(_), Some(Reply::Failed(failure))) if is_passing(failure.kind) && position.waited < WAITS => {
                self.go(Position { waited: position.waited + 1, ..again })
            }
            (Proposal::Ask(question), Some(Reply::Said(words))) if question.starts_with(QUESTION) => {
                if agrees(words) {
                    self.go(again)
                } else {
                    pass(Some(self.skill), "it was not to be done")
                }
            }
            (Proposal::Done { .. }, Some(Reply::Said(why))) => pass(Some(self.skill), why),
            // What others did since may have been what was missing.
            _ if interrupted => self.go(Position { waited: WAITS, ..again }),
            (_, reply) => pass(Some(self.skill), &format!("step {} was not done: {}", position.step + 1, told(reply))),
        }
    }

    /// Where it goes on when a step has been done.
    fn following(&self, position: &Position) -> Position {
        let next = Position { step: position.step + 1, waited: 0, ..position.clone() };
        let each = |step: usize| self.skill.steps.get(step).and_then(|step| step.each.as_ref());
        match (each(position.step), each(next.step)) {
            (Some(own), other) if other != Some(own) => {
                Position { step: self.head(position.step), round: position.round + 1, ..next }
            }
            _ => next,
        }
    }

    /// The first step of the loop that a step is in.
    fn head(&self, step: usize) -> usize {
        let each = |step: usize| self.skill.steps.get(step).and_then(|step| step.each.as_ref());
        (0..=step).rev().take_while(|before| each(*before) == each(step)).last().unwrap_or(step)
    }

    /// The step behind the loop that a step is in.
    fn behind(&self, step: usize) -> usize {
        let each = |step: usize| self.skill.steps.get(step).and_then(|step| step.each.as_ref());
        (step..).find(|later| each(*later).is_none() || each(*later) != each(step)).unwrap_or(step + 1)
    }

    /// The proposal for the first step from `position` on that is to be done.
    fn go(&self, position: Position) -> Planned {
        let mut position = Position { skill: self.skill.name.clone(), ..position };
        let Some(page) = self.page() else { return pass(Some(self.skill), "the page cannot be seen") };
        if !self.skill.runs_at(&page.url) {
            return pass(
                Some(self.skill),
                &format!("`{}` is none of its sites", page.url.origin().ascii_serialization()),
            );
        }
        let scene = Scene::of(page);
        while let Some(step) = self.skill.steps.get(position.step) {
            match self.step(step, &scene, &position) {
                Next::Do(planned) => return *planned,
                Next::Skip => position = self.following(&position),
                Next::Over => {
                    position =
                        Position { step: self.behind(position.step), round: 0, records: None, waited: 0, ..position };
                }
                Next::Stuck(why) => return self.otherwise(&scene, &position, &why),
            }
        }
        self.finish(page, &position)
    }

    /// What helps if a step cannot be done: an optional one that is due now, or patience.
    fn otherwise(&self, scene: &Scene, position: &Position, why: &str) -> Planned {
        if position.waited >= WAITS {
            return pass(Some(self.skill), why);
        }
        for step in self.skill.steps.iter().filter(|step| step.optional && step.each.is_none()) {
            if let Ok(found) = self.find(step, scene, position)
                && scene.elements.get(found.index).is_some_and(|element| !element.commits())
                && let Some(call) = self.call(step, Some(reference(scene, found.index)), position)
            {
                return self.act(call, &format!("{} is in the way", step.told()), &position.aside());
            }
        }
        self.act(Call::new("browser", "wait").with("seconds", 1), why, &position.aside())
    }

    fn step(&self, step: &Step, scene: &Scene, position: &Position) -> Next {
        if let Some(each) = &step.each
            && self.is_over(each, step, scene, position)
        {
            return Next::Over;
        }
        let position = &Position { records: self.records(step, scene, position), ..position.clone() };
        let found = match (&step.element, self.find(step, scene, position)) {
            (None, _) => None,
            (Some(_), Ok(found)) => Some(found),
            (Some(_), Err(_)) if step.optional => return Next::Skip,
            (Some(_), Err(lost)) => return Next::Stuck(self.stuck(step, position, &lost)),
        };
        let number = position.step + 1;
        let Some(call) = self.call(step, found.as_ref().map(|found| reference(scene, found.index)), position) else {
            return Next::Stuck(format!("step {number} cannot be filled in"));
        };
        let Some(found) = found else {
            let why = format!("step {number} of {}", self.skill.steps.len());
            return Next::Do(Box::new(self.act(call, &why, position)));
        };
        Next::Do(Box::new(self.upon(step, scene, (&found, call), position)))
    }

    fn stuck(&self, step: &Step, position: &Position, lost: &Lost) -> String {
        // With what is filled in, where that can be said.
        let told = template::Template::parse(&step.told()).ok().and_then(|told| told.fill(&self.round(step, position)));
        format!("step {} ({}) cannot be done: {lost}", position.step + 1, told.unwrap_or_else(|| step.told()))
    }

    /// The proposal to do `call` to what was found, or a question first.
    fn upon(&self, step: &Step, scene: &Scene, (found, call): (&Found, Call), position: &Position) -> Planned {
        let (Some(element), Some(own)) = (scene.elements.get(found.index), &step.element) else {
            return pass(Some(self.skill), "the page cannot be seen");
        };
        let differs = own.differs(element);
        let number = format!("step {} of {}", position.step + 1, self.skill.steps.len());
        if element.commits()
            && step.verb != "fill"
            && (found.likeness < CAREFUL || !differs.is_empty())
            && !self.was_agreed()
        {
            let question = format!(
                "{QUESTION} `{}` be pressed now? It may not be possible to take it back, and it is not quite as it was ({}). Answer yes or no",
                element.name,
                differs.join(", ")
            );
            let why = format!(
                "skill {} ({:.2}): {number}, not sure enough for what cannot be taken back",
                self.skill.name, found.likeness
            );
            return Planned { why, memo: memo(position), ..Proposal::Ask(question).into() };
        }
        let healed = (!differs.is_empty()).then(|| Healed::from(element));
        let words = if differs.is_empty() { String::new() } else { format!("; healed: {}", differs.join(", ")) };
        let why = format!("{number}{words}");
        let why = format!("skill {} ({:.2}): {why}", self.skill.name, found.likeness);
        Planned { why, memo: memo(&Position { healed, ..position.clone() }), ..Proposal::Act(vec![call]).into() }
    }

    /// Whether a person has just agreed to what the skill asked about.
    fn was_agreed(&self) -> bool {
        self.view.turns.last().is_some_and(|turn| {
            matches!(&turn.planned.proposal, Proposal::Ask(question) if question.starts_with(QUESTION))
                && matches!(turn.results.first(), Some(Reply::Said(words)) if agrees(words))
        })
    }

    /// The values that hold in this round.
    fn round(&self, step: &Step, position: &Position) -> BTreeMap<String, String> {
        let mut values = self.values.clone();
        if let Some(Each::Item(name)) = &step.each {
            let items = template::items(values.get(name).map_or("", String::as_str));
            if let Some(item) = items.into_iter().nth(position.round) {
                values.insert("item".to_owned(), item);
            }
        }
        values
    }

    fn find(&self, step: &Step, scene: &Scene, position: &Position) -> Result<Found, Lost> {
        let Some(wanted) = &step.element else { return Err(Lost::Nothing) };
        let values = self.round(step, position);
        if let Some(Each::Record(_)) = &step.each {
            return self.in_record(wanted, scene, position);
        }
        let told = (self.view.goal, self.view.secrets);
        seek(scene, (wanted, &step.verb), &values, &|index| {
            self.adapter.map_or(0.0, |adapter| lesson::speaks_for(adapter, told, scene, (index, &step.verb)))
        })
    }

    /// The element in the record that this round is about.
    fn in_record(&self, wanted: &Description, scene: &Scene, position: &Position) -> Result<Found, Lost> {
        let records = in_records(wanted, scene);
        let before = position.records.unwrap_or(records.len());
        // Either a record goes away with what is done to it, or all of them stay.
        let at = if records.len() == before {
            position.round
        } else {
            position.round.saturating_sub(before - records.len().min(before))
        };
        records.into_iter().nth(at).map(|index| Found { index, likeness: 1.0 }).ok_or(Lost::Nothing)
    }

    /// How many records the list of a loop has at its beginning.
    fn records(&self, step: &Step, scene: &Scene, position: &Position) -> Option<usize> {
        match (&step.each, &step.element) {
            (Some(Each::Record(_)), Some(wanted)) if position.step == self.head(position.step) => {
                Some(position.records.unwrap_or_else(|| in_records(wanted, scene).len()))
            }
            (Some(Each::Record(_)), _) => position.records,
            _ => None,
        }
    }

    /// Whether all rounds have been done.
    fn is_over(&self, each: &Each, step: &Step, scene: &Scene, position: &Position) -> bool {
        let number =
            |name: &String| self.values.get(name).and_then(|value| value.replace(',', "").parse::<usize>().ok());
        match each {
            Each::Item(name) => {
                position.round >= template::items(self.values.get(name).map_or("", String::as_str)).len()
            }
            Each::Times(name) => number(name).is_none_or(|times| position.round >= times),
            Each::Record(limit) => {
                let all = self.records(step, scene, position).unwrap_or(0);
                let wanted = limit.as_ref().map_or(Some(all), number).unwrap_or(0);
                position.round >= wanted.min(all)
            }
        }
    }

    /// The call of a step.
    fn call(&self, step: &Step, target: Option<String>, position: &Position) -> Option<Call> {
        let mut call = Call::new("browser", step.verb.as_str());
        if let Some(target) = target {
            call = call.with("target", target);
        }
        let Some((argument, value)) = &step.with else { return Some(call) };
        let text = value.fill(&self.round(step, position))?;
        Some(match argument {
            Argument::On | Argument::Accept => call.with(argument.as_str(), text == "true"),
            Argument::Seconds => call.with(argument.as_str(), text.parse::<u64>().ok()?),
            _ => call.with(argument.as_str(), text),
        })
    }

    pub(super) fn act(&self, call: Call, why: &str, position: &Position) -> Planned {
        let why = format!("skill {}: {why}", self.skill.name);
        Planned { why, memo: memo(position), ..Proposal::Act(vec![call]).into() }
    }
}

/// The elements of records that are like `wanted`, one in each, in the order of the page.
fn in_records(wanted: &Description, scene: &Scene) -> Vec<usize> {
    let newest = wanted.names.first().map(ToString::to_string).unwrap_or_default();
    let like = |index: &&usize| {
        scene.elements.get(**index).is_some_and(|element| element.role == wanted.role && element.name == newest)
    };
    let mut found: Vec<usize> = scene.records.values().filter_map(|inside| inside.iter().find(like)).copied().collect();
    found.sort_unstable();
    found
}

fn reference(scene: &Scene, index: usize) -> String {
    format!("[{}]", scene.elements.get(index).map_or(0, |element| element.reference))
}

pub(super) fn memo(position: &Position) -> Value {
    serde_json::to_value(position).unwrap_or_default()
}

/// Whether something may go well the next time.
fn is_passing(kind: FailureKind) -> bool {
    !matches!(kind, FailureKind::Refused | FailureKind::OutOfBounds | FailureKind::Lost)
}

fn agrees(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "ja" | "ok" | "네" | "예")
}

fn told(reply: Option<&Reply>) -> String {
    match reply {
        None => "it was not tried".to_owned(),
        Some(Reply::Landed(_)) => "it happened".to_owned(),
        Some(Reply::Failed(failure) | Reply::InDoubt(failure)) => failure.message.clone(),
        Some(Reply::Refused(refusal)) => refusal.to_string(),
        Some(Reply::Said(words) | Reply::Stuck(words)) => words.clone(),
    }
}

pub(super) fn pass(skill: Option<&Skill>, why: &str) -> Planned {
    let name = skill.map_or_else(|| "skill".to_owned(), |skill| format!("skill {}", skill.name));
    Proposal::Pass(format!("{name}: {why}")).into()
}

impl Planner for Player {
    fn name(&self) -> &'static str {
        "skill"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        Box::pin(async { Ok(self.plan(view)) })
    }
}
