//! Asking the person at the terminal about held actions.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use serde_json::Value;

use super::progress::{DIM, YELLOW, clipped, paint, rules_in_words};
use crate::{
    Approver, BoxFuture, Call, Request, Ruling,
    runtime::{Deny, Settled},
    visible,
};

/// The person at the terminal. End of input is a rejection.
#[derive(Debug)]
pub(super) struct Prompt {
    /// Who is at the terminal.
    pub(super) user: String,
    /// What was said on the command line about an action in doubt.
    pub(super) settled: Option<Settled>,
}

/// Whether the person at the terminal wants to go on, having read `what`; `None` if nobody is there.
pub(super) async fn confirmed(what: &str) -> Option<bool> {
    if !present() {
        return None;
    }
    tell(what);
    let line = ask("go on? [y]es or [n]o: ").await;
    Some(line.is_some_and(|line| matches!(line.trim(), "y" | "yes")))
}

fn present() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

impl Approver for Prompt {
    fn rule<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Ruling> {
        if !present() {
            return Deny.rule(request);
        }
        Box::pin(async move {
            show(request);
            loop {
                let by = self.user.clone();
                let question = match (&request.plan, &request.always) {
                    (Some(_), _) => {
                        "[a]pprove, approve the [p]lan, [A]lways, [e]dit, [r]eject, [s]top, or [v]iew all? "
                    }
                    (None, Some(_)) => "[a]pprove, [A]lways, [e]dit, [r]eject, [s]top, or [v]iew all? ",
                    (None, None) => "[a]pprove, [e]dit, [r]eject, [s]top, or [v]iew all? ",
                };
                let Some(line) = ask(question).await else {
                    return Ruling::Reject { by, why: "the input ended".to_owned() };
                };
                if let ("A" | "always", Some(rule)) = (line.trim(), &request.always) {
                    tell(&visible_lines(rule));
                    let sure = ask("this rule will stand for you for 30 days; [y]es or [n]o: ").await;
                    if sure.is_some_and(|line| matches!(line.trim(), "y" | "yes")) {
                        return Ruling::Always { by, rule: rule.clone() };
                    }
                    continue;
                }
                match (line.trim(), &request.plan) {
                    ("p" | "plan", Some(plan)) => return Ruling::Plan { by, plan: plan.clone() },
                    ("a" | "approve", _) => return Ruling::Approve { by },
                    ("s" | "stop", _) => return Ruling::Stop { by },
                    ("r" | "reject", _) => {
                        let why = ask("why? ").await.unwrap_or_default();
                        return Ruling::Reject { by, why: why.trim().to_owned() };
                    }
                    ("v" | "view", _) => whole(request),
                    ("e" | "edit", _) => {
                        if let Some(call) = edit(request.action.call()).await {
                            return Ruling::Edit { by, call };
                        }
                    }
                    (other, _) => tell(&format!("`{}` is none of these", visible(other))),
                }
            }
        })
    }

    fn answer<'a>(&'a self, question: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async move {
            if !present() {
                return None;
            }
            tell(&format!("{} {}", paint(YELLOW, "the planner asks:"), visible(question)));
            ask("> ").await.map(|line| line.trim().to_owned())
        })
    }

    fn settle<'a>(&'a self, action: &'a Value) -> BoxFuture<'a, Option<Settled>> {
        Box::pin(async move {
            if self.settled.is_some() || !present() {
                return self.settled;
            }
            let line = action.get("summary").and_then(Value::as_str).unwrap_or_default();
            tell(&format!("{} nobody can tell whether this happened: {}", paint(YELLOW, "in doubt"), visible(line)));
            match ask("did it happen? look, then say [y]es, [n]o, or leave it open with enter: ").await?.trim() {
                "y" | "yes" => Some(Settled::Landed),
                "n" | "no" => Some(Settled::NotSent),
                _ => None,
            }
        })
    }
}

/// The action, its target, its arguments and the reason. No value is so long that it pushes the
/// target off the screen, and none holds anything that a terminal obeys.
fn show(request: &Request) {
    let action = &request.action;
    tell(&format!("{} {}", paint(YELLOW, "hold"), clipped(&visible(action.line()))));
    tell(&format!("     on      {}", clipped(&visible(&action.resource().to_string()))));
    tell(&format!("     effect  {}", action.effect()));
    for (name, argument) in action.args() {
        let value = clipped(&visible(&argument.value.to_string()));
        let from = clipped(&format!("from {}", argument.label));
        tell(&format!("     {:7} {value} {}", visible(name), paint(DIM, &from)));
    }
    for (name, secret) in action.secrets() {
        tell(&format!("     {:7} the secret `{}`", visible(name), visible(secret)));
    }
    if !request.why.is_empty() {
        tell(&format!("     plan    {}", clipped(&visible(&request.why))));
    }
    tell(&format!("     held    {}", rules_in_words(&request.rules)));
    if let Some(plan) = &request.plan {
        tell(&format!("     together with what follows: {plan}"));
    }
}

/// Text of several lines, without what a terminal obeys.
fn visible_lines(text: &str) -> String {
    text.lines().map(|line| format!("     {}", visible(line))).collect::<Vec<_>>().join("\n")
}

/// Every argument, however long it is.
fn whole(request: &Request) {
    for (name, argument) in request.action.args() {
        tell(&format!("     {:7} {}", visible(name), visible(&argument.value.to_string())));
    }
}

/// Another call instead, typed as JSON arguments of the same verb.
async fn edit(call: &Call) -> Option<Call> {
    tell(&format!("     now     {}", visible(&Value::Object(call.args.clone()).to_string())));
    let line = ask("new arguments as JSON, or enter to leave them: ").await?;
    if line.trim().is_empty() {
        return None;
    }
    match serde_json::from_str(&line) {
        Ok(args) => Some(Call { args, ..call.clone() }),
        Err(error) => {
            tell(&format!("that is not a JSON object: {error}"));
            None
        }
    }
}

fn tell(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// One line from the terminal; nothing at the end of input.
async fn ask(question: &'static str) -> Option<String> {
    let answer = tokio::task::spawn_blocking(move || {
        let _ = write!(anstream::stderr(), "     {question}");
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        matches!(read, Ok(length) if length > 0).then_some(line)
    });
    let answer = answer.await.ok().flatten();
    if answer.is_none() {
        // Nobody pressed enter, so the question's line is still open.
        tell("");
    }
    answer
}
