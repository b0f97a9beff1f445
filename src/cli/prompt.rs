//! Asking the person at the terminal about held actions.

mod edit;
#[cfg(feature = "console")]
mod sight;

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use serde_json::Value;

#[cfg(feature = "console")]
pub(super) use self::sight::Sight;

use super::progress::{DIM, YELLOW, clipped, paint, rules_in_words};
use crate::{
    Approver, Autonomy, BoxFuture, Request, Ruling,
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
    /// Where pictures of what is asked about come from.
    #[cfg(feature = "console")]
    pub(super) sight: Option<std::sync::Arc<Sight>>,
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

pub(super) fn present() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// An answer to the question about a held action.
enum Answer {
    Said(Ruling),
    /// None yet; the question is put again.
    Again,
}

impl Approver for Prompt {
    fn rule<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Ruling> {
        if !present() {
            return Deny.rule(request);
        }
        Box::pin(async move {
            show(request);
            #[cfg(feature = "console")]
            if let Some(sight) = &self.sight
                && let Some(picture) = sight.picture(request.action.resource()).await
            {
                tell(&format!("     picture {}", picture.display()));
            }
            loop {
                if let Answer::Said(ruling) = self.question(request).await {
                    return ruling;
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

impl Prompt {
    /// Puts the question once.
    async fn question(&self, request: &Request) -> Answer {
        let by = self.user.clone();
        let Some(line) = ask(&choices(request)).await else {
            return Answer::Said(Ruling::Reject { by, why: "the input ended".to_owned() });
        };
        let ruling = match (line.trim(), &request.plan, &request.always) {
            ("a" | "approve", ..) => Ruling::Approve { by },
            ("p" | "plan", Some(plan), _) => Ruling::Plan { by, plan: plan.clone() },
            ("A" | "always", _, Some(rule)) if sure(rule).await => Ruling::Always { by, rule: rule.clone() },
            ("A" | "always", _, Some(_)) => return Answer::Again,
            ("e" | "edit", ..) => match edit::edited(request.action.call()).await {
                Some(call) => Ruling::Edit { by, call },
                None => return Answer::Again,
            },
            ("r" | "reject", ..) => {
                let why = ask("why? ").await.unwrap_or_default();
                Ruling::Reject { by, why: why.trim().to_owned() }
            }
            ("l" | "level", ..) => match level().await {
                Some(autonomy) => Ruling::Level { by, autonomy },
                None => return Answer::Again,
            },
            ("s" | "stop", ..) => Ruling::Stop { by },
            ("?", ..) => {
                explain(request);
                return Answer::Again;
            }
            (other, ..) => {
                tell(&format!("`{}` is none of these", visible(other)));
                return Answer::Again;
            }
        };
        Answer::Said(ruling)
    }
}

/// What can be said about `request`.
fn choices(request: &Request) -> String {
    let plan = if request.plan.is_some() { "approve the [p]lan, " } else { "" };
    let always = if request.always.is_some() { "[A]lways, " } else { "" };
    format!("[a]pprove, {plan}{always}[e]dit, [r]eject, [l]evel, [s]top, or [?] to explain: ")
}

/// Whether the person wants `rule` to stand, having read it.
async fn sure(rule: &str) -> bool {
    tell(&visible_lines(rule));
    let line = ask("this rule will stand for you for 30 days; [y]es or [n]o: ").await;
    line.is_some_and(|line| matches!(line.trim(), "y" | "yes"))
}

/// The level at which the run is to go on; nothing if it stays as it is.
async fn level() -> Option<Autonomy> {
    let line =
        ask("`ask` about every action, `guard`: about what the policy holds, `auto`: refuse that; enter leaves it: ");
    let line = line.await?;
    let word = line.trim();
    let level = Autonomy::named(word).filter(|level| *level != Autonomy::Suggest);
    if level.is_none() && !word.is_empty() {
        tell(&format!("`{}` is none of `ask`, `guard` and `auto`", visible(word)));
    }
    level
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

/// All that is known of the action, however long it is, and what each answer does.
fn explain(request: &Request) {
    let action = &request.action;
    for (name, argument) in action.args() {
        tell(&format!("     {:7} {}", visible(name), visible(&argument.value.to_string())));
        tell(&format!("             {}", paint(DIM, &format!("from {}", visible(&argument.label.to_string())))));
    }
    tell(&format!("     facts   {}", visible(&Value::Object(action.facts().clone()).to_string())));
    for rule in &request.rules {
        tell(&format!("     rule    {}: {}", visible(&rule.id), visible(&rule.because)));
    }
    if let Some(rule) = &request.always {
        tell("     always  would add this rule to yours:");
        tell(&visible_lines(rule));
    }
    tell("     approve: exactly this is done, once. plan: this and the listed rest. edit: change it, and it is");
    tell("     judged anew. reject: it is not done, and the planner is told why. level: how much is asked from");
    tell("     now on. stop: the run ends here, and nothing of this is done.");
}

fn tell(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// One line from the terminal; nothing at the end of input. What was typed before the question came does not
/// count: it was no answer to it.
async fn ask(question: &str) -> Option<String> {
    let question = question.to_owned();
    let answer = tokio::task::spawn_blocking(move || {
        let _ = rustix::termios::tcflush(std::io::stdin(), rustix::termios::QueueSelector::IFlush);
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
