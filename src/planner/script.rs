//! A fixed list of steps: the script of a task file, or recorded calls to be replayed.
//!
//! It keeps no place of its own. Where it stands follows from the marks that it left in earlier
//! turns, so that a resumed run goes on with the step it was at. A script does not look for a way
//! around a refusal.

use std::collections::BTreeMap;

use lamassu_contract::{BoxFuture, Call, Failure, FailureKind, Observation};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use url::Url;

use crate::{
    goal::{Step, Task},
    planner::{Planned, Planner, PlannerError, Proposal, Reply, Turn, View},
};

/// How often a step is tried again because the page changed under it.
const STALE_TRIES: u8 = 2;
/// How long something that is not there yet is waited for, in seconds.
const PATIENCE: u64 = 5;

/// Proposes one step after the other.
#[derive(Debug, Clone)]
pub struct Script {
    steps: Vec<Step>,
    keep_going: bool,
}

/// What the script notes beside a proposal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    /// The index of the step.
    step: usize,
    /// How often the page changed under it.
    stale: u8,
    /// Whether its target has been waited for.
    waited: bool,
    /// Whether this is the waiting itself.
    waiting: bool,
}

/// What came of a step.
enum Fate {
    Done,
    Refused(String),
    Failed(String),
    /// No script may go on after this, whatever it was told.
    Lost(String),
}

impl Script {
    /// The script of a task file: first where the goal says to begin, then its steps.
    #[must_use]
    pub fn new(task: &Task) -> Self {
        let script = Self { steps: task.steps.clone(), keep_going: task.keep_going };
        match &task.goal.at {
            Some(url) => script.starting_at(url),
            None => script,
        }
    }

    /// A script of `steps`. It ends with the first step that is refused or fails.
    #[must_use]
    pub fn steps(steps: Vec<Step>) -> Self {
        Self { steps, keep_going: false }
    }

    /// Tries every one of `calls` in order, and goes on after refusals. They may be plain calls or
    /// what [`recorded`](crate::goal::recorded) has read.
    #[must_use]
    pub fn calls(calls: Vec<impl Into<Step>>) -> Self {
        Self::steps(calls.into_iter().map(Into::into).collect()).keep_going()
    }

    /// The same script, which skips a step that is refused or fails.
    #[must_use]
    pub fn keep_going(self) -> Self {
        Self { keep_going: true, ..self }
    }

    /// The same script, which opens `url` first.
    #[must_use]
    pub fn starting_at(mut self, url: &Url) -> Self {
        let open = Call::new("browser", "open").with("url", url.as_str());
        self.steps.insert(0, Step::new(format!("opening `{url}`"), open));
        self
    }

    fn propose_next(&self, view: &View<'_>) -> Planned {
        let last = view.turns.iter().rev().find_map(|turn| Some((mark(turn)?, turn)));
        match (view.turns.last(), last) {
            (Some(Turn { planned: Planned { proposal: Proposal::Done { .. }, .. }, results }), _) => {
                pass(format!("the answer was not taken: {}", words(results.first())))
            }
            (_, None) => self.step(view, Mark::default()),
            (_, Some((mark, turn))) => self.after(view, mark, turn.results.first()),
        }
    }

    /// What to do after `reply` to what `mark` stands for.
    fn after(&self, view: &View<'_>, mark: Mark, reply: Option<&Reply>) -> Planned {
        let Some(step) = self.steps.get(mark.step) else {
            return pass("the record belongs to another script".to_owned());
        };
        let next = Mark { step: mark.step + 1, ..Mark::default() };
        if mark.waiting {
            return self.step(view, Mark { waiting: false, ..mark });
        }
        match (reply, step.fate(reply)) {
            (_, Fate::Done) => self.step(view, next),
            (Some(Reply::Failed(failure)), Fate::Failed(_))
                if failure.kind == FailureKind::Stale && mark.stale < STALE_TRIES =>
            {
                self.step(view, Mark { stale: mark.stale + 1, ..mark })
            }
            (Some(Reply::Failed(failure)), Fate::Failed(_))
                if failure.kind == FailureKind::NotFound && !mark.waited && step.target().is_some() =>
            {
                self.step(view, Mark { waited: true, waiting: true, ..mark })
            }
            (_, Fate::Refused(_) | Fate::Failed(_)) if self.keep_going => self.step(view, next),
            (_, Fate::Refused(why) | Fate::Failed(why) | Fate::Lost(why)) => pass(format!("{}: {why}", step.name)),
        }
    }

    /// Proposes what `mark` stands for, or that all is done.
    fn step(&self, view: &View<'_>, mark: Mark) -> Planned {
        let Some(step) = self.steps.get(mark.step) else { return self.done(view) };
        let call = match step.target() {
            Some(target) if mark.waiting => {
                Call::new("browser", "wait").with("target", target.clone()).with("seconds", PATIENCE)
            }
            _ => step.call.clone(),
        };
        // Serialising a mark cannot fail; without one the script would begin again, so it passes.
        match serde_json::to_value(mark) {
            Ok(memo) => Planned { why: step.note.clone(), memo, ..Proposal::Act(vec![call]).into() },
            Err(error) => pass(error.to_string()),
        }
    }

    fn done(&self, view: &View<'_>) -> Planned {
        let replies: BTreeMap<usize, Option<&Reply>> = view
            .turns
            .iter()
            .filter_map(|turn| Some((mark(turn)?, turn.results.first())))
            .filter(|(mark, _)| !mark.waiting)
            .map(|(mark, reply)| (mark.step, reply))
            .collect();
        let (mut done, mut refused, mut failed) = (0, 0, 0);
        let mut taken = Map::new();
        for (step, reply) in replies.iter().filter_map(|(index, reply)| Some((self.steps.get(*index)?, *reply))) {
            match step.fate(reply) {
                Fate::Done => done += 1,
                Fate::Refused(_) => refused += 1,
                Fate::Failed(_) | Fate::Lost(_) => failed += 1,
            }
            if let (Some(name), Some(text)) = (&step.take, reply.and_then(landed).and_then(first_match)) {
                taken.insert(name.clone(), converted(text, kind_of(name, view.output)));
            }
        }
        let evidence = match (refused, failed) {
            (0, 0) if done == 1 => "the one step is done".to_owned(),
            (0, 0) => format!("all {done} steps done"),
            _ => format!("{done} of {} steps done, {refused} refused, {failed} failed", self.steps.len()),
        };
        if done == 0 && refused + failed > 0 {
            return pass(evidence);
        }
        let takes = self.steps.iter().any(|step| step.take.is_some());
        let answer = if takes { Value::Object(taken) } else { Value::Null };
        Proposal::Done { answer, evidence }.into()
    }
}

impl Planner for Script {
    fn name(&self) -> &str {
        "script"
    }

    fn is_listed(&self) -> bool {
        true
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        Box::pin(async { Ok(self.propose_next(view)) })
    }
}

impl Step {
    fn fate(&self, reply: Option<&Reply>) -> Fate {
        match reply {
            Some(Reply::Landed(observation)) if self.take.is_some() && first_match(observation).is_none() => {
                Fate::Failed("nothing on the page matches".to_owned())
            }
            Some(Reply::Landed(_)) => Fate::Done,
            Some(Reply::Refused(refusal)) => Fate::Refused(refusal.to_string()),
            Some(Reply::Failed(Failure { kind, message, .. })) => match kind {
                FailureKind::Refused | FailureKind::OutOfBounds => Fate::Refused(message.clone()),
                FailureKind::Lost => Fate::Lost(message.clone()),
                _ => Fate::Failed(message.clone()),
            },
            Some(Reply::InDoubt(_) | Reply::Said(_) | Reply::Stuck(_)) | None => Fate::Lost(words(reply)),
        }
    }

    /// What on the page it is about, and so may be waited for.
    fn target(&self) -> Option<&Value> {
        self.call.args.get("target").filter(|_| self.call.tool == "browser" && self.call.verb != "wait")
    }
}

fn mark(turn: &Turn) -> Option<Mark> {
    Mark::deserialize(&turn.planned.memo).ok()
}

fn pass(why: String) -> Planned {
    Proposal::Pass(why).into()
}

fn words(reply: Option<&Reply>) -> String {
    match reply {
        None => "it was not tried".to_owned(),
        Some(Reply::Landed(_)) => "it happened".to_owned(),
        Some(Reply::Failed(failure)) => failure.message.clone(),
        Some(Reply::InDoubt(failure)) => format!("nobody can tell whether it happened: {failure}"),
        Some(Reply::Refused(refusal)) => refusal.to_string(),
        Some(Reply::Said(said) | Reply::Stuck(said)) => said.clone(),
    }
}

fn landed(reply: &Reply) -> Option<&Observation> {
    match reply {
        Reply::Landed(observation) => Some(observation),
        _ => None,
    }
}

/// The first group of the first match, or the whole match if the pattern has no group.
fn first_match(observation: &Observation) -> Option<&str> {
    let found = observation.data.get("matches")?.get(0)?;
    let group = found.get("groups").and_then(|groups| groups.get(0)).and_then(Value::as_str);
    group.or_else(|| found.get("text").and_then(Value::as_str))
}

fn kind_of<'a>(name: &str, output: Option<&'a Value>) -> &'a str {
    let property = output.and_then(|schema| schema.get("properties")?.get(name)?.get("type")?.as_str());
    property.unwrap_or("string")
}

/// `text` as the JSON Schema type `kind`; text that does not parse stays text, for the schema to refuse.
fn converted(text: &str, kind: &str) -> Value {
    let text = text.trim();
    let value = match kind {
        "integer" => text.parse::<i64>().ok().map(Value::from),
        "number" => text.parse().ok().and_then(Number::from_f64).map(Value::Number),
        "boolean" => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    value.unwrap_or_else(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use lamassu_contract::{Refusal, Rule};
    use serde_json::json;

    use super::*;

    fn click(name: &str) -> Step {
        Step::new(format!("`{name}`"), Call::new("browser", "click").with("target", name))
    }

    fn take(name: &str) -> Step {
        let find = Call::new("browser", "find").with("pattern", "a(b)");
        Step { take: Some(name.into()), ..Step::new(format!("take `{name}`"), find) }
    }

    fn seen(data: Value) -> Reply {
        Reply::Landed(Observation::from_page("https://shop.test", "a page").with_data(data))
    }

    fn landed() -> Reply {
        seen(Value::Null)
    }

    fn failed(kind: FailureKind) -> Reply {
        Reply::Failed(Failure::new(kind, "it is not there"))
    }

    fn refused() -> Reply {
        Reply::Refused(Refusal { action: "click Pay".into(), rules: vec![Rule::new("shop.pay", "")] })
    }

    /// Plays `script` against `replies`, one for each proposal, and returns all that it proposed.
    fn play_for(script: &Script, replies: Vec<Reply>, output: Option<&Value>) -> Vec<Proposal> {
        let mut turns = Vec::new();
        let propose = |turns: &[Turn]| {
            let view = View {
                goal: "a",
                at: None,
                inputs: &BTreeMap::new(),
                output,
                tools: &[],
                rules: "",
                secrets: &[],
                turns,
                now: &[],
                pictures: &[],
            };
            script.propose_next(&view)
        };
        for reply in replies {
            turns.push(Turn { planned: propose(&turns), results: vec![reply] });
        }
        let last = propose(&turns);
        turns.into_iter().map(|turn| turn.planned).chain([last]).map(|planned| planned.proposal).collect()
    }

    fn play(script: &Script, replies: Vec<Reply>) -> Vec<Proposal> {
        play_for(script, replies, None)
    }

    fn act(step: &Step) -> Proposal {
        Proposal::Act(vec![step.call.clone()])
    }

    fn pass(why: &str) -> Proposal {
        Proposal::Pass(why.into())
    }

    fn done(answer: Value, evidence: &str) -> Proposal {
        Proposal::Done { answer, evidence: evidence.into() }
    }

    #[test]
    fn a_script_opens_its_page_and_takes_one_step_at_a_time() {
        let url = Url::parse("https://shop.test").unwrap();
        let script = Script::steps(vec![click("Buy"), click("Pay")]).starting_at(&url);
        let open = Proposal::Act(vec![Call::new("browser", "open").with("url", "https://shop.test/")]);
        let proposals = [open, act(&click("Buy")), act(&click("Pay")), done(Value::Null, "all 3 steps done")];
        assert_eq!(play(&script, vec![landed(), landed(), landed()]), proposals);
    }

    #[test]
    fn the_script_of_a_task_begins_where_its_goal_says() {
        let goal = crate::goal::Goal::new("a").at(Url::parse("https://shop.test").unwrap());
        let task = Task { steps: vec![click("Pay")], keep_going: true, ..Task::for_goal(goal, Default::default()) };
        let open = Call::new("browser", "open").with("url", "https://shop.test/");
        let last = done(Value::Null, "1 of 2 steps done, 1 refused, 0 failed");
        let proposals = [Proposal::Act(vec![open]), act(&click("Pay")), last];
        assert_eq!(play(&Script::new(&task), vec![landed(), refused()]), proposals);
    }

    #[test]
    fn a_page_that_changes_is_tried_twice_more() {
        let script = Script::steps(vec![click("Buy")]);
        let buy = || act(&click("Buy"));
        let stale = || failed(FailureKind::Stale);
        let proposals = [buy(), buy(), buy(), pass("`Buy`: it is not there")];
        assert_eq!(play(&script, vec![stale(), stale(), stale()]), proposals);
    }

    #[test]
    fn what_is_not_there_yet_is_waited_for_once() {
        let script = Script::steps(vec![click("Buy")]);
        let wait = Proposal::Act(vec![Call::new("browser", "wait").with("target", "Buy").with("seconds", 5)]);
        let missing = || failed(FailureKind::NotFound);
        let proposals = [act(&click("Buy")), wait, act(&click("Buy")), pass("`Buy`: it is not there")];
        assert_eq!(play(&script, vec![missing(), failed(FailureKind::Limit), missing()]), proposals);
    }

    #[test]
    fn a_refusal_ends_a_script_with_the_words_of_the_refusal() {
        let script = Script::steps(vec![click("Pay"), click("Buy")]);
        let why = pass("`Pay`: `click Pay` is refused by `shop.pay`");
        assert_eq!(play(&script, vec![refused()]), [act(&click("Pay")), why]);
    }

    #[test]
    fn a_script_that_keeps_going_counts_what_was_refused() {
        let script = Script::steps(vec![click("a"), click("b"), click("c"), take("order")]).keep_going();
        let replies = vec![
            refused(),
            failed(FailureKind::OutOfBounds),
            failed(FailureKind::Invalid),
            seen(json!({
                "matches": [{ "text": "ab", "groups": ["b"] }]
            })),
        ];
        let last = done(json!({ "order": "b" }), "1 of 4 steps done, 2 refused, 1 failed");
        assert_eq!(play(&script, replies).pop(), Some(last));
    }

    #[test]
    fn no_script_goes_on_after_doubt_or_loss() {
        let doubt = Reply::InDoubt(Failure::new(FailureKind::Remote, "the line is dead"));
        let seen = [doubt, failed(FailureKind::Lost)]
            .map(|reply| play(&Script::calls(vec![click("Pay").call]), vec![reply]).pop().unwrap());
        let whys = [
            pass("`browser.click`: nobody can tell whether it happened: the line is dead"),
            pass("`browser.click`: it is not there"),
        ];
        assert_eq!(seen, whys);
    }

    #[test]
    fn what_is_taken_becomes_the_answer_in_the_types_of_the_output() {
        let steps = ["text", "count", "price", "gift", "odd"].map(take);
        let output = json!({ "properties": {
            "count": { "type": "integer" }, "price": { "type": "number" }, "gift": { "type": "boolean" }, "odd": { "type": "integer" }
        }});
        let found =
            |text: &str| seen(json!({ "matches": [{ "text": "whole", "groups": [text] }, { "text": "next" }] }));
        let whole = seen(json!({ "matches": [{ "text": "whole", "groups": [] }] }));
        let replies = vec![whole, found("2"), found(" 9.5 "), found("true"), found("two")];
        let answer = json!({ "text": "whole", "count": 2, "price": 9.5, "gift": true, "odd": "two" });
        let last = play_for(&Script::steps(steps.into()), replies, Some(&output)).pop();
        assert_eq!(last, Some(done(answer, "all 5 steps done")));
    }

    #[test]
    fn a_take_without_a_match_ends_the_script() {
        let script = Script::steps(vec![take("order")]);
        let why = pass("take `order`: nothing on the page matches");
        assert_eq!(play(&script, vec![seen(json!({ "matches": [] }))]), [act(&take("order")), why]);
    }

    #[test]
    fn an_answer_that_is_sent_back_ends_the_script() {
        let said = Reply::Said("`order` is missing".into());
        let why = pass("the answer was not taken: `order` is missing");
        assert_eq!(play(&Script::steps(vec![]), vec![said]), [done(Value::Null, "all 0 steps done"), why]);
    }

    #[test]
    fn turns_of_another_planner_do_not_count() {
        let script = Script::steps(vec![click("Buy")]);
        let other = Turn { planned: act(&click("Other")).into(), results: vec![landed()] };
        let view = View {
            goal: "a",
            at: None,
            inputs: &BTreeMap::new(),
            output: None,
            tools: &[],
            rules: "",
            secrets: &[],
            turns: &[other],
            now: &[],
            pictures: &[],
        };
        assert_eq!(script.propose_next(&view).proposal, act(&click("Buy")));
    }
}
