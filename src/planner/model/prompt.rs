//! The messages of a request, rebuilt from the view each time.
//!
//! There are two: the rules, and the story of the run so far, to which each turn only adds. What was added is written
//! the same way in every later request, so that an endpoint can cache it. Of long results the newest are told in full,
//! once; of looks see [`sight`](super::sight).

use std::fmt::Write as _;

use lamassu_contract::{Failure, FailureKind, Observation};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use crate::planner::{Proposal, Reply, Turn, View};

use super::{
    data,
    dialect::Dialect,
    functions::Functions,
    plan,
    program::Program,
    sight::{self, Sight},
};

/// The rules, the same for every goal.
const SYSTEM: &str = include_str!("system.md");
/// Of older results so many characters are told.
const REMEMBERED: usize = 600;
/// Of results that lie far back so many. What was said and what was refused is always told in full.
const LEFT: usize = 120;
/// No call or answer of a person is told at greater length.
const SHOWN: usize = 40_000;
/// How a story is told, if it fits so; else as the next one says.
const WAYS: [Way; 5] = [
    Way { brevity: Brevity::Short, back: 20, part: 40 },
    Way { brevity: Brevity::Shorter, back: 20, part: 40 },
    Way { brevity: Brevity::Shortest, back: 20, part: 40 },
    Way { brevity: Brevity::Shortest, back: 5, part: 20 },
    Way { brevity: Brevity::Shortest, back: 2, part: 12 },
];

/// What is said to a model that is stuck.
const OTHERWISE: &str = "go another way: another element, `read` or `find`, or ask the user; or give up and say why";

/// What a request tells beside the view.
#[derive(Debug)]
pub(super) struct Beside<'a> {
    /// How the program that was under way has ended.
    pub(super) ended: Option<&'a str>,
    /// What was wrong with the last reply.
    pub(super) problem: Option<&'a str>,
    /// So many bytes of the run it may tell.
    pub(super) room: usize,
}

/// What a reply leaves for later requests.
#[derive(Debug, Default)]
pub(super) struct Saying {
    /// What it says beside its calls.
    pub(super) said: String,
    /// The plan that it writes.
    pub(super) plan: Option<String>,
    /// The program that it begins or that goes on.
    pub(super) program: Option<Program>,
    /// How the program before it has ended.
    pub(super) ended: Option<String>,
}

impl Saying {
    pub(super) fn of(program: Program) -> Self {
        Self { program: Some(program), ..Self::default() }
    }
}

/// What heads the end of a program. It may name a row, so it is told as data.
const ENDED: &str = "`repeat` has ended";

/// The messages that show `view` to a model.
pub(super) fn messages(
    view: &View<'_>,
    functions: &Functions<'_>,
    dialect: Dialect,
    beside: &Beside<'_>,
) -> [Value; 2] {
    let system = format!("{}{}", SYSTEM.trim_end(), dialect.rules(functions));
    let mut story = String::new();
    for way in &WAYS {
        story = tell(view, functions, way, beside.room / 100 * way.part);
        if story.len() <= beside.room {
            break;
        }
    }
    if let Some(ended) = beside.ended {
        add(&mut story, &data::block(ENDED, ended));
    }
    if let Some(plan) = plan::newest(view) {
        add(&mut story, &data::block("Your plan", plan));
    }
    if let Some(problem) = beside.problem {
        let _ = write!(story, "\n\nYour last reply was not used, and nothing of it was done: {problem}\nReply again.");
    }
    [json!({ "role": "system", "content": system }), json!({ "role": "user", "content": story })]
}

/// How a story is told.
struct Way {
    brevity: Brevity,
    /// After so many turns more, results lie far back; it is done for all of them at once, since what is told otherwise
    /// than before has to be read anew.
    back: usize,
    /// So many hundredths of the room a look and the newest result may take, each.
    part: usize,
}

/// How much is told of what lies far back. The goal, the policy, what the model said, questions with their answers, and
/// whatever did not go through or was not accepted are told in full in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Brevity {
    /// The beginnings of results.
    Short,
    /// The calls, and that they went through.
    Shorter,
    /// How many calls went through.
    Shortest,
}

/// The run so far, and how things stand; of a look and the newest result so many characters are `shown`.
fn tell(view: &View<'_>, functions: &Functions<'_>, way: &Way, shown: usize) -> String {
    let Way { brevity, back, .. } = *way;
    let mut story = task(view);
    let now = view.now.iter().map(Sight::of).collect();
    let looks: Vec<Vec<Sight>> = view.turns.iter().map(seen).chain([now]).collect();
    let mut looks = sight::told(&looks, shown).into_iter();
    let (mut step, mut left) = (1, 0);
    for (index, turn) in view.turns.iter().enumerate() {
        let look = looks.next().unwrap_or_default();
        let back = index + back < view.turns.len() / back * back;
        let brief = back && brevity == Brevity::Shortest && went_through(turn);
        // Later looks may be told by what differs from this one.
        if !brief || !look.is_empty() {
            leave_out(&mut story, &mut left);
            add(&mut story, &look);
        }
        if brief {
            left += turn.results.len();
            step += turn.results.len();
            continue;
        }
        let newest = index + 1 == view.turns.len();
        let known = seen(turn).into_iter().next().map(|sight| sight.from);
        let limit = match (newest, back) {
            (true, _) => shown,
            (_, true) if brevity > Brevity::Short => 0,
            (_, true) => LEFT,
            _ => REMEMBERED,
        };
        exchange(&mut story, turn, functions, &Telling { known, limit }, &mut step);
    }
    leave_out(&mut story, &mut left);
    add(&mut story, &looks.next().unwrap_or_default());
    story
}

/// Whether all that is to be told of `turn` is that its calls went through.
fn went_through(turn: &Turn) -> bool {
    let Proposal::Act(calls) = &turn.planned.proposal else { return false };
    let memo = &turn.planned.memo;
    memo.get("said").is_none()
        && memo.get("ended").is_none()
        && calls.len() == turn.results.len()
        && turn.results.iter().all(|reply| matches!(reply, Reply::Landed(_)))
}

/// Says that so many steps were left out.
fn leave_out(story: &mut String, left: &mut usize) {
    if *left > 0 {
        add(story, &format!("({} steps that went through are left out)", std::mem::take(left)));
    }
}

/// How the results of one turn are told.
struct Telling {
    /// The place that need not be named again.
    known: Option<String>,
    /// So many characters of each.
    limit: usize,
}

/// The look by which `turn` was proposed, if a model proposed it.
fn seen(turn: &Turn) -> Vec<Sight> {
    turn.planned.memo.get("seen").and_then(|seen| Vec::deserialize(seen).ok()).unwrap_or_default()
}

/// What a later request has to know of this one.
pub(super) fn memo(view: &View<'_>, saying: &Saying) -> Value {
    let seen: Vec<_> = view.now.iter().map(Sight::of).collect();
    let mut memo = Map::from_iter([("seen".to_owned(), json!(seen))]);
    let said = data::line(&plan::beside(&saying.said), 300);
    if !said.is_empty() {
        memo.insert("said".to_owned(), said.into());
    }
    if let Some(plan) = &saying.plan {
        memo.insert("plan".to_owned(), plan.as_str().into());
    }
    if let Some(program) = &saying.program {
        memo.insert("program".to_owned(), json!(program));
    }
    if let Some(ended) = &saying.ended {
        memo.insert("ended".to_owned(), ended.as_str().into());
    }
    Value::Object(memo)
}

/// What the user said, and the policy of itself.
pub(super) fn task(view: &View<'_>) -> String {
    let mut task = format!("Goal: {}", view.goal);
    if let Some(url) = view.at {
        let _ = write!(task, "\nBegin at: {url}");
    }
    if !view.inputs.is_empty() {
        let inputs = view.inputs.iter().map(|(name, value)| format!("- {name}: {value}"));
        let _ = write!(task, "\nValues the user gave:\n{}", inputs.collect::<Vec<_>>().join("\n"));
    }
    if !view.rules.is_empty() {
        let _ = write!(task, "\nPossible here: {}", data::line(view.rules, 400));
    }
    if !view.secrets.is_empty() {
        let _ = write!(task, "\nSecrets you may use by name: {}", view.secrets.join(", "));
    }
    task
}

fn add(story: &mut String, text: &str) {
    if !text.is_empty() {
        story.push_str("\n\n");
        story.push_str(text);
    }
}

/// Adds what was proposed in `turn` and what came of it, call by call.
fn exchange(story: &mut String, turn: &Turn, functions: &Functions<'_>, telling: &Telling, step: &mut usize) {
    let kept = |name: &str| turn.planned.memo.get(name).and_then(Value::as_str);
    if let Some(ended) = kept("ended") {
        add(story, &data::block(ENDED, ended));
    }
    if let Some(said) = kept("said") {
        add(story, &data::block("You said", said));
    }
    let calls = match &turn.planned.proposal {
        Proposal::Act(calls) => calls.iter().map(|call| functions.retold(call)).collect(),
        Proposal::Ask(question) => vec![format!("ask {}", json!({ "question": question }))],
        Proposal::Done { answer, evidence } => {
            vec![format!("done {}", json!({ "answer": answer, "evidence": evidence }))]
        }
        Proposal::Pass(why) => vec![format!("give_up {}", json!({ "why": why }))],
    };
    let acts = matches!(turn.planned.proposal, Proposal::Act(_));
    let mut results = results(turn).into_iter();
    let tried = results.len();
    for (index, call) in calls.iter().enumerate() {
        if acts && index >= tried {
            story.push_str("\nWhat was to follow was not tried: it did not go through or moved the page.");
            break;
        }
        let _ = write!(story, "\n\n{step}. {}", data::line(call, SHOWN));
        *step += 1;
        if let Some(replies) = results.next() {
            for reply in replies {
                let _ = write!(story, "\n{}", told(reply, &turn.planned.proposal, telling));
            }
        }
    }
    for reply in results.flatten() {
        let _ = write!(story, "\n{}", told(reply, &turn.planned.proposal, telling));
    }
}

/// The results of `turn`, for each call its own. What the runtime has to say beside a result goes with it.
fn results(turn: &Turn) -> Vec<Vec<&Reply>> {
    let acts = matches!(turn.planned.proposal, Proposal::Act(_));
    let mut results: Vec<Vec<&Reply>> = Vec::new();
    for reply in &turn.results {
        match (reply, results.last_mut()) {
            (Reply::Said(_) | Reply::Stuck(_), Some(last)) if acts => last.push(reply),
            _ => results.push(vec![reply]),
        }
    }
    results
}

fn told(reply: &Reply, proposal: &Proposal, telling: &Telling) -> String {
    match reply {
        Reply::Landed(seen) => landed(seen, telling),
        Reply::Failed(failure) => failed(failure),
        Reply::InDoubt(failure) => {
            data::block("it may have happened, nobody can tell; look before you go on", &failure.message)
        }
        Reply::Refused(refusal) => data::block("refused, which is final", &refusal.to_string()),
        Reply::Stuck(words) => format!("note: {}; {OTHERWISE}", data::line(words, REMEMBERED)),
        Reply::Said(words) => match proposal {
            Proposal::Ask(_) => format!("the user answers: {}", data::line(words, SHOWN)),
            Proposal::Act(_) => format!("note: {}", data::line(words, REMEMBERED)),
            _ => data::block("not accepted", words),
        },
    }
}

fn landed(seen: &Observation, telling: &Telling) -> String {
    let content = seen.content.trim();
    if content.is_empty() || telling.limit == 0 {
        return "done".to_owned();
    }
    let from = seen.label().to_string();
    let heading = if telling.known.as_ref() == Some(&from) { "done".to_owned() } else { format!("done, from {from}") };
    let (head, left) = data::split(content, telling.limit);
    let block = data::block(&heading, head);
    if left == 0 { block } else { format!("{block}\n({left} more characters; read again what you need)") }
}

fn failed(failure: &Failure) -> String {
    let heading = match failure.kind {
        FailureKind::Refused => "refused, which is final",
        FailureKind::OutOfBounds => "not done, and never possible",
        FailureKind::Invalid => "not done, because the call was wrong",
        FailureKind::NotFound | FailureKind::Stale => "not done; look at the newest page",
        FailureKind::Limit | FailureKind::Remote | FailureKind::Lost => "not done",
    };
    data::block(heading, &failure.message)
}
