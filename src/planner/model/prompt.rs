//! The messages of a request, rebuilt from the view each time.
//!
//! What stays the same comes first: the rules, the goal, then one exchange for each turn, which is
//! written the same way in every later request, so that an endpoint can cache all of it. Only the
//! last message is new each time: how things stand now, and long results in full, once.

use lamassu_contract::{Failure, FailureKind, Label, Observation};
use serde_json::{Value, json};

use crate::planner::{Proposal, Reply, Turn, View};

use super::{
    data,
    functions::{self, Functions},
    wire,
};

/// The rules, the same for every goal.
const SYSTEM: &str = include_str!("system.md");
/// Longer results are shortened to this many characters in the history.
const REMEMBERED: usize = 1_500;
/// Nothing longer than this many characters is shown at all.
const SHOWN: usize = 40_000;

const NOT_TRIED: &str = "not tried, because an earlier call did not go through or moved the page";
const NOT_TAKEN: &str = "not taken: call it alone, once you have seen what your other calls led to";

/// The messages that show `view` to a model. `problem` is what was wrong with its last reply.
pub(super) fn messages(view: &View<'_>, functions: &Functions<'_>, problem: Option<&str>) -> Vec<Value> {
    let mut messages = vec![json!({ "role": "system", "content": SYSTEM.trim_end() })];
    say(&mut messages, &task(view));
    for (index, turn) in view.turns.iter().enumerate() {
        exchange(&mut messages, turn, index, functions);
    }
    for text in view.turns.last().into_iter().flat_map(in_full).chain(view.now.iter().map(standing)) {
        say(&mut messages, &text);
    }
    if let Some(problem) = problem {
        let words = format!("Your last reply was not used, and nothing of it was done: {problem}\nReply again.");
        say(&mut messages, &words);
    }
    messages
}

fn task(view: &View<'_>) -> String {
    let mut task = format!("Goal: {}", view.goal);
    if let Some(url) = view.at {
        task.push_str(&format!("\n\nBegin at: {url}"));
    }
    if !view.inputs.is_empty() {
        let inputs = view.inputs.iter().map(|(name, value)| format!("- {name}: {value}"));
        task.push_str(&format!("\n\nValues the user gave:\n{}", inputs.collect::<Vec<_>>().join("\n")));
    }
    if !view.secrets.is_empty() {
        task.push_str(&format!("\n\nSecrets you may use by name: {}", view.secrets.join(", ")));
    }
    task
}

/// Adds `text` in the user's role. Some chat templates refuse two messages of one role in a row, so
/// it goes into the last message if that is the user's too.
fn say(messages: &mut Vec<Value>, text: &str) {
    let last = messages.last_mut().filter(|last| last.get("role").is_some_and(|role| role == "user"));
    match last.and_then(|last| last.get_mut("content")) {
        Some(Value::String(content)) => {
            content.push_str("\n\n");
            content.push_str(text);
        }
        _ => messages.push(json!({ "role": "user", "content": text })),
    }
}

/// Adds what was proposed in `turn` and what came of it, call by call.
fn exchange(messages: &mut Vec<Value>, turn: &Turn, index: usize, functions: &Functions<'_>) {
    let message = recorded(turn).unwrap_or_else(|| retold(turn, index, functions));
    let calls = names_and_ids(&message);
    if !calls.is_empty() {
        messages.push(message);
    }
    let mut results = answers(turn).into_iter();
    let acts = matches!(turn.planned.proposal, Proposal::Act(_));
    for (name, id) in calls {
        let content = if acts == functions::is_control(&name) {
            NOT_TAKEN.to_owned()
        } else {
            results.next().unwrap_or_else(|| if acts { NOT_TRIED } else { NOT_TAKEN }.to_owned())
        };
        messages.push(json!({ "role": "tool", "tool_call_id": id, "content": content }));
    }
    results.for_each(|left| say(messages, &left));
}

/// The assistant's message as it came, if this planner proposed the turn.
fn recorded(turn: &Turn) -> Option<Value> {
    let message = turn.planned.memo.get("message")?;
    (!names_and_ids(message).is_empty()).then(|| message.clone())
}

/// The message that would have proposed `turn`, which another planner proposed.
fn retold(turn: &Turn, index: usize, functions: &Functions<'_>) -> Value {
    let asked: Vec<(String, Value)> = match &turn.planned.proposal {
        Proposal::Act(calls) => {
            calls.iter().map(|call| (functions.name_of(call), Value::Object(call.args.clone()))).collect()
        }
        Proposal::Ask(question) => vec![(functions::ASK.to_owned(), json!({ "question": question }))],
        Proposal::Done { answer, evidence } => {
            vec![(functions::DONE.to_owned(), json!({ "answer": answer, "evidence": evidence }))]
        }
        Proposal::Pass(why) => vec![(functions::GIVE_UP.to_owned(), json!({ "why": why }))],
    };
    let calls = asked.into_iter().enumerate();
    let calls: Vec<_> =
        calls.map(|(at, (name, arguments))| (format!("call_{index}_{at}"), name, arguments.to_string())).collect();
    wire::assistant(&calls)
}

fn names_and_ids(message: &Value) -> Vec<(String, String)> {
    let calls = message.get("tool_calls").and_then(Value::as_array).into_iter().flatten();
    let text = |call: &Value, place: &str| call.pointer(place).and_then(Value::as_str).map(str::to_owned);
    calls.filter_map(|call| Some((text(call, "/function/name")?, text(call, "/id")?))).collect()
}

/// What came of `turn`, one text for each call. What the runtime has to say beside a result goes
/// with it.
fn answers(turn: &Turn) -> Vec<String> {
    let acts = matches!(turn.planned.proposal, Proposal::Act(_));
    let mut texts: Vec<String> = Vec::new();
    for reply in &turn.results {
        match (reply, texts.last_mut()) {
            (Reply::Said(words), Some(last)) if acts => {
                last.push_str("\nnote: ");
                last.push_str(&data::line(words, REMEMBERED));
            }
            _ => texts.push(result(reply, &turn.planned.proposal)),
        }
    }
    texts
}

fn result(reply: &Reply, proposal: &Proposal) -> String {
    match reply {
        Reply::Landed(seen) => landed(seen),
        Reply::Failed(failure) => failed(failure),
        Reply::InDoubt(failure) => {
            data::block("it may have happened, nobody can tell; look before you go on", &failure.message)
        }
        Reply::Refused(refusal) => data::block("refused, which is final", &refusal.to_string()),
        Reply::Said(words) if matches!(proposal, Proposal::Ask(_)) => format!("the user answers: {words}"),
        Reply::Said(words) => data::block("not accepted", words),
    }
}

fn landed(seen: &Observation) -> String {
    if seen.content.trim().is_empty() {
        return "done".to_owned();
    }
    let (head, left) = data::split(&seen.content, REMEMBERED);
    let block = data::block(&format!("done; from {}", seen.label()), head);
    if left == 0 {
        return block;
    }
    format!("{block}\n({left} more characters were shown when this came; ask again if you need them)")
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

/// The results of the last turn that its history shortens, in full.
fn in_full(turn: &Turn) -> impl Iterator<Item = String> {
    let landed = turn.results.iter().filter_map(|reply| match reply {
        Reply::Landed(seen) => Some(seen),
        _ => None,
    });
    let long = landed.filter(|seen| data::split(&seen.content, REMEMBERED).1 > 0);
    long.map(|seen| whole("In full, this once", seen.label(), &seen.content))
}

fn standing(look: &Observation) -> String {
    match (&look.page, look.content.trim()) {
        (Some(page), "") => {
            let text = page.to_string();
            whole("Now", look.label(), &text)
        }
        (_, "") => format!("Now, from {}: nothing", data::line(&look.label().to_string(), 300)),
        (_, content) => whole("Now", look.label(), content),
    }
}

fn whole(heading: &str, label: &Label, text: &str) -> String {
    let (head, left) = data::split(text, SHOWN);
    let block = data::block(&format!("{heading}, from {label}"), head);
    if left == 0 { block } else { format!("{block}\n({left} more characters are left out)") }
}
