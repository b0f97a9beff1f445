//! The messages of a request, rebuilt from the view each time.
//!
//! There are two: the rules, and the story of the run so far, to which each turn only adds. What was added is written
//! the same way in every later request, so that an endpoint can cache it. Of long results the newest are told in full,
//! once; of looks see [`sight`](super::sight).

use std::fmt::Write as _;

use lamassu_contract::{Failure, FailureKind, Observation};
use serde_json::{Value, json};

use crate::planner::{Proposal, Reply, Turn, View};

use super::{
    data,
    dialect::Dialect,
    functions::Functions,
    sight::{self, Sight},
};

/// The rules, the same for every goal.
const SYSTEM: &str = include_str!("system.md");
/// Of older results so many characters are told.
const REMEMBERED: usize = 600;
/// Of results that lie far back so many. What was said and what was refused is always told in full.
const LEFT: usize = 120;
/// After so many turns more, results lie so far back; it is done for all of them at once, since what is told otherwise
/// than before has to be read anew.
const BACK: usize = 20;
/// Of the newest ones so many.
const SHOWN: usize = 40_000;

/// What is said to a model that is stuck.
const OTHERWISE: &str = "go another way: another element, `read` or `find`, or ask the user; or give up and say why";

/// The messages that show `view` to a model. `problem` is what was wrong with its last reply.
pub(super) fn messages(
    view: &View<'_>,
    functions: &Functions<'_>,
    dialect: Dialect,
    problem: Option<&str>,
) -> [Value; 2] {
    let system = format!("{}{}", SYSTEM.trim_end(), dialect.rules(functions));
    let mut story = task(view);
    let now = view.now.iter().map(Sight::of).collect();
    let looks: Vec<Vec<Sight>> = view.turns.iter().map(seen).chain([now]).collect();
    let mut looks = sight::told(&looks).into_iter();
    let mut step = 1;
    for (index, turn) in view.turns.iter().enumerate() {
        add(&mut story, &looks.next().unwrap_or_default());
        let newest = index + 1 == view.turns.len();
        let known = seen(turn).into_iter().next().map(|sight| sight.from);
        let limit = match (newest, index + BACK < view.turns.len() / BACK * BACK) {
            (true, _) => SHOWN,
            (_, true) => LEFT,
            _ => REMEMBERED,
        };
        exchange(&mut story, turn, functions, &Telling { known, limit }, &mut step);
    }
    add(&mut story, &looks.next().unwrap_or_default());
    if let Some(problem) = problem {
        let _ = write!(story, "\n\nYour last reply was not used, and nothing of it was done: {problem}\nReply again.");
    }
    [json!({ "role": "system", "content": system }), json!({ "role": "user", "content": story })]
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
    let seen = turn.planned.memo.get("seen").cloned().unwrap_or_default();
    serde_json::from_value(seen).unwrap_or_default()
}

/// What a later request has to know of this one.
pub(super) fn memo(view: &View<'_>, said: &str) -> Value {
    let seen: Vec<_> = view.now.iter().map(Sight::of).collect();
    match data::line(said, 300) {
        said if said.is_empty() => json!({ "seen": seen }),
        said => json!({ "seen": seen, "said": said }),
    }
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
    if let Some(said) = turn.planned.memo.get("said").and_then(Value::as_str) {
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
    if content.is_empty() {
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
