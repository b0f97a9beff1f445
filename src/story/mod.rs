//! A run as it is told to somebody who was not there: the fold of its record.
//!
//! What was wanted, what was done and in whose words it was allowed, what left the machine, and whether the
//! record is whole. Every face tells it; none is known here.

pub(crate) mod deciders;
mod page;
pub(crate) mod told;

use serde::{Deserialize as _, Serialize};
use serde_json::Value;

pub(crate) use page::page;
use told::{Argument, Place, Sign};

use crate::{
    Autonomy, Rule, Ruling, Store,
    journal::{Blobs, JournalError, Kind, Record},
    visible,
};

/// Bytes of pictures in one report, as they are written; those of the first steps have precedence.
const PICTURES: usize = 4_500_000;

/// Where the pictures of a story are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pictures {
    /// Inside it, each as an address that needs no other file.
    Inside,
    /// Beside it: each is named by its hash.
    Beside,
}

/// Everything that is told of a run.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Story {
    run: String,
    goal: String,
    began: String,
    seconds: String,
    /// Who planned, for whom, and under which pack.
    about: Vec<(&'static str, String)>,
    end: Sign,
    reason: String,
    answer: Option<String>,
    steps: Vec<Step>,
    places: Vec<Place>,
    secrets: Vec<String>,
    /// Who decided, and what deciding cost.
    deciders: Vec<String>,
    energy: Vec<String>,
    /// Whether the record is whole, and its head.
    whole: Sign,
    head: String,
    /// How many pictures had no room.
    left_out: usize,
    #[serde(skip)]
    room: usize,
    #[serde(skip)]
    drawing: Option<Pictures>,
    /// Whether what does more than read was judged and not done.
    #[serde(skip)]
    rehearsal: bool,
}

/// One action.
#[derive(Debug, Default, Serialize)]
struct Step {
    number: String,
    after: String,
    why: String,
    page: Option<String>,
    summary: String,
    effect: String,
    verdict: Sign,
    rules: Vec<Rule>,
    args: Vec<Argument>,
    person: Vec<String>,
    outcome: Sign,
    seen: String,
    /// How long it took, in milliseconds; at least one, so that it can be drawn.
    millis: u64,
    pictures: Vec<String>,
    /// Where it leads, and how many bytes it sends there.
    #[serde(skip)]
    target: Option<String>,
    #[serde(skip)]
    sends: u64,
}

/// What a record says before there is a step for it.
#[derive(Default)]
struct Context {
    began: u64,
    why: String,
    page: Option<String>,
}

impl Story {
    /// The story of `run`, with its pictures where `drawing` says.
    pub(crate) fn of(store: &Store, run: &str, drawing: Pictures) -> Result<Self, JournalError> {
        let records = store.records(run)?;
        let verified = store.verify(run, None)?;
        let (deciders, energy) = deciders::told(&records);
        let whole = if verified.is_whole() { "good" } else { "bad" };
        let mut story = Self {
            run: run.to_owned(),
            deciders,
            energy,
            whole: Sign::new(whole, &verified.to_string()),
            head: verified.head,
            end: Sign::new("warn", "not ended"),
            room: PICTURES,
            drawing: Some(drawing),
            ..Self::default()
        };
        let mut context = Context { began: records.first().map_or(0, |record| record.at), ..Context::default() };
        story.began = told::moment(context.began);
        let last = records.last().map_or(context.began, |record| record.at);
        story.seconds = told::seconds(last - context.began);
        let blobs = store.blobs();
        for record in &records {
            story.take(record, &mut context, &blobs);
        }
        story.close();
        Ok(story)
    }

    /// The numbers of its steps.
    #[cfg(feature = "console")]
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.steps.iter().filter_map(|step| step.number.parse().ok())
    }

    fn take(&mut self, record: &Record, context: &mut Context, blobs: &Blobs) {
        let value = &record.value;
        match record.kind {
            Kind::Begin => {
                self.goal = told::text(value, "/goal");
                self.about = told::about(value);
                self.rehearsal = value.get("autonomy").is_some_and(|level| level == Autonomy::Suggest.as_str());
            }
            Kind::Look => context.page = told::page(value).or(context.page.take()),
            Kind::Proposal => context.why = told::text(value, "/why"),
            Kind::Judgement if record.name.starts_with("consent-") => self.consented(value),
            Kind::Judgement => self.judged(record, context),
            Kind::Approval => {
                let ruling = Ruling::deserialize(value).map(|ruling| ruling.to_string());
                self.say(&ruling.unwrap_or_else(|_| value.to_string()));
            }
            Kind::Answer => self.say(&format!("answered: {value}")),
            Kind::Resolved => self.settled(value),
            Kind::Note => self.say(&value.to_string()),
            Kind::Outcome => self.came(value, blobs),
            Kind::End => {
                self.end = told::end(&told::text(value, "/status"));
                self.reason = told::text(value, "/reason");
                let answer = value.get("answer").filter(|answer| !answer.is_null());
                self.answer = answer.and_then(|answer| serde_json::to_string_pretty(answer).ok());
            }
        }
    }

    fn judged(&mut self, record: &Record, context: &mut Context) {
        let value = &record.value;
        let rules = value.get("rules").cloned().and_then(|rules| serde_json::from_value(rules).ok());
        self.steps.push(Step {
            number: record.name.rsplit('-').next().unwrap_or_default().to_owned(),
            after: told::seconds(record.at.saturating_sub(context.began)),
            why: std::mem::take(&mut context.why),
            page: context.page.clone(),
            summary: told::summary(value),
            effect: told::text(value, "/action/effect"),
            verdict: told::verdict(&told::text(value, "/verdict")),
            rules: rules.unwrap_or_default(),
            args: told::arguments(value),
            target: told::target(value),
            sends: value.pointer("/action/facts/sentBytes").and_then(Value::as_u64).unwrap_or(0),
            millis: 1,
            ..Step::default()
        });
        let names = value.get("secrets").and_then(Value::as_array).into_iter().flatten();
        for name in names.map(|used| told::text(used, "/name")) {
            if !self.secrets.contains(&name) {
                self.secrets.push(name);
            }
        }
    }

    /// A held action was judged again, now with a person's consent.
    fn consented(&mut self, value: &Value) {
        if let Some(step) = self.steps.last_mut() {
            step.verdict = match told::text(value, "/verdict").as_str() {
                "go" => Sign::new("good", "allowed with consent"),
                other => told::verdict(other),
            };
        }
    }

    fn say(&mut self, words: &str) {
        if let Some(step) = self.steps.last_mut() {
            step.person.push(visible(words));
        }
    }

    /// What was found out about an action in doubt.
    fn settled(&mut self, value: &Value) {
        let Some(step) = self.steps.last_mut() else { return };
        step.outcome = match told::text(value, "/found/settled").as_str() {
            "landed" => Sign::new("good", "landed"),
            "not_sent" => Sign::new("warn", "not done"),
            _ => Sign::new("bad", "in doubt"),
        };
        step.seen = format!("{}: {}", told::text(value, "/found/by"), told::text(value, "/found/words"));
    }

    /// Says of what was allowed and has no outcome that it may have happened, and sums up where actions led.
    fn close(&mut self) {
        for step in &mut self.steps {
            if step.verdict.allows() && step.outcome.is_missing() {
                step.outcome = Sign::new("bad", "in doubt");
                "no outcome is on record; it may have happened".clone_into(&mut step.seen);
            }
            let Some(name) = step.target.clone().filter(|_| step.outcome.reached()) else { continue };
            let (changes, bytes) = (u64::from(step.effect != "read"), step.sends);
            match self.places.iter_mut().find(|place| place.name == name) {
                Some(place) => place.add(changes, bytes),
                None => self.places.push(Place { name, actions: 1, changes, bytes }),
            }
        }
    }

    fn came(&mut self, value: &Value, blobs: &Blobs) {
        let Some(step) = self.steps.last_mut() else { return };
        (step.outcome, step.seen) = told::outcome(value);
        if self.rehearsal && step.effect != "read" && step.outcome.reached() {
            step.outcome = Sign::new("plain", "rehearsed");
        }
        step.millis = value.pointer("/tried/millis").and_then(Value::as_u64).unwrap_or(0).max(1);
        for hash in told::pictures(value) {
            if self.drawing == Some(Pictures::Beside) {
                step.pictures.push(hash.trim_start_matches("blob:").to_owned());
                continue;
            }
            let Ok(png) = blobs.read(&hash) else { continue };
            let drawn = told::drawn(&png);
            if drawn.len() > self.room {
                self.left_out += 1;
            } else {
                self.room -= drawn.len();
                step.pictures.push(drawn);
            }
        }
    }
}
