//! A site that says exactly what it is told to, names that lead where they are told to, and a
//! policy that opens only what it is told to.

mod names;
mod rules;
mod site;

use std::{sync::Arc, time::Duration};

use lamassu_contract::{
    Action, Call, Failure, FailureKind, Gate, Mode, Observation, Outcome, Secret, Standing, Tool, Vault, Verdict,
};
use lamassu_http::{HttpTool, Limits};

pub(crate) use self::{
    names::Names,
    rules::Opens,
    site::{Site, ok},
};

/// Limits for bodies that a test can send at once.
pub(crate) fn limits() -> Limits {
    Limits { body_bytes: 100_000, ..Limits::default() }
}

/// Limits under which a test that waits for one ends soon.
pub(crate) fn short() -> Limits {
    Limits { connect: Duration::from_secs(1), idle: Duration::from_millis(300), ..limits() }
}

pub(crate) fn get(url: &str) -> Call {
    call("GET", url)
}

pub(crate) fn call(method: &str, url: &str) -> Call {
    Call::new("http", "request").with("method", method).with("url", url)
}

/// A tool to which every name leads to this machine.
pub(crate) fn tool() -> HttpTool {
    HttpTool::new(limits()).resolving_with(Names::always("127.0.0.1"))
}

pub(crate) async fn describe(call: &Call) -> Result<Action, Failure> {
    HttpTool::new(Limits::default()).resolving_with(Names::nowhere()).describe(call).await
}

/// The message with which `call` is turned down before anybody judges it.
pub(crate) async fn turned_down(call: &Call) -> String {
    match describe(call).await {
        Err(Failure { kind: FailureKind::Invalid, message, refusal: None }) => message,
        other => panic!("expected an invalid call, got {other:?}"),
    }
}

/// Describes `call`, has it judged by `rules`, and runs it.
pub(crate) async fn run(tool: &HttpTool, rules: &Arc<Opens>, call: &Call) -> Outcome {
    let action = tool.describe(call).await.unwrap();
    let vault = Vault::default().with("token", Secret::new("t0p-s3cret")).with("broken", Secret::new("one\r\ntwo"));
    match Gate::new(rules.clone(), Arc::new(vault)).judge(action, &standing()) {
        Verdict::Go(permit) => permit.spend(tool).await,
        other => panic!("expected a permit, got {other:?}"),
    }
}

/// Runs `call` where this machine may be reached.
pub(crate) async fn send(call: &Call) -> Outcome {
    run(&tool(), &Opens::zone("loopback"), call).await
}

/// Runs `call` where this machine may be reached, with little patience.
pub(crate) async fn send_in_haste(call: &Call) -> Outcome {
    run(&HttpTool::new(short()).resolving_with(Names::nowhere()), &Opens::zone("loopback"), call).await
}

/// What `call` showed, where this machine may be reached.
pub(crate) async fn landed(call: &Call) -> Observation {
    match send(call).await {
        Outcome::Landed(observation) => observation,
        other => panic!("expected an answer, got {other:?}"),
    }
}

/// How `outcome` ended, with what can be done about it.
pub(crate) fn end(outcome: &Outcome) -> (&'static str, Option<FailureKind>) {
    match outcome {
        Outcome::NotSent(failure) => ("not sent", Some(failure.kind)),
        Outcome::Landed(_) => ("landed", None),
        Outcome::MayHaveLanded(failure) => ("in doubt", Some(failure.kind)),
    }
}

/// What `outcome` says went wrong.
pub(crate) fn message(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::NotSent(failure) | Outcome::MayHaveLanded(failure) => &failure.message,
        Outcome::Landed(observation) => panic!("expected a failure, got {observation:?}"),
    }
}

pub(crate) fn standing() -> Standing {
    Standing { now: 1_000_000, ..Standing::new("r", "a", "u", Mode::Script) }
}
