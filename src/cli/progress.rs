//! A run on the terminal: one line a step, with its verdict.

use std::{
    io::{IsTerminal as _, Write as _},
    sync::Mutex,
};

use anstyle::{AnsiColor, Style};

use crate::{Effect, Event, Rule, Status, visible};

/// Writes events to standard error. Colour is decoration: every line says the same without it.
#[derive(Debug, Default)]
pub(super) struct Progress {
    current: Mutex<Current>,
}

#[derive(Debug, Default)]
struct Current {
    line: String,
    open: bool,
    /// Whether the action of this line only reads, so that what it saw is worth a word.
    reads: bool,
}

impl Progress {
    /// Shows one event.
    pub(super) fn show(&self, event: &Event) {
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match event {
            Event::Began { run, goal, .. } => current.close(&format!("run {} {}", paint(CYAN, run), visible(goal))),
            Event::Proposed { proposal, why } if !why.is_empty() => {
                current.close(&format!(
                    "     {} {}",
                    paint(DIM, "plan"),
                    paint(DIM, &clipped(&format!("{why} ({proposal})")))
                ));
            }
            Event::Proposed { .. } | Event::Looked { .. } | Event::Spent { .. } => {}
            Event::Paused { by } => current.close(&format!("     {} by {}", paint(YELLOW, "paused"), visible(by))),
            // Whoever changes it is told of as well.
            Event::Level { .. } => {}
            Event::WentOn => current.close(&format!("     {}", paint(YELLOW, "goes on"))),
            Event::Judged { step, action, effect, verdict, rules, .. } => {
                current.judged(*step, action, *effect, &Judgement { verdict, rules });
            }
            Event::Ruled { ruling, .. } => current.close(&format!("     {}", visible(ruling))),
            Event::Acted { outcome, seen, millis, .. } => current.acted(outcome, seen, *millis),
            Event::Reloaded { pack, generation, problem: None } => {
                current.close(&format!("     {} policy {generation} is `{}`", paint(YELLOW, "pack"), visible(pack)));
            }
            Event::Reloaded { pack, generation, problem: Some(problem) } => current.close(&format!(
                "     {} `{}` is not taken, and policy {generation} stays:\n{}",
                paint(RED, "pack"),
                visible(pack),
                problem.lines().map(|line| format!("       {}", visible(line))).collect::<Vec<_>>().join("\n")
            )),
            Event::Noted { text } => current.close(&format!("     {} {}", paint(YELLOW, "note"), visible(text))),
            Event::Ended { status, reason } => {
                let color = if *status == Status::Done { GREEN } else { RED };
                current.close(&format!("{} {}", paint(color, status.as_str()), clipped(&visible(reason))));
            }
        }
    }
}

struct Judgement<'a> {
    verdict: &'a str,
    rules: &'a [Rule],
}

impl Current {
    fn judged(&mut self, step: u64, action: &str, effect: Option<Effect>, judgement: &Judgement<'_>) {
        self.reads = effect == Some(Effect::Read);
        let effect = effect.map_or("", Effect::as_str);
        let mark = match judgement.verdict {
            "go" => paint(GREEN, "go  "),
            "hold" => paint(YELLOW, "hold"),
            "stop" => paint(RED, "stop"),
            other => paint(YELLOW, &format!("{other:4}")),
        };
        self.line = format!("{step:>4} {mark} {} {}", clipped(&visible(action)), paint(DIM, effect));
        match judgement.verdict {
            // The outcome will complete this line.
            "go" => self.open(),
            _ => self.close_with(&format!(" {}", paint(DIM, &rules_in_words(judgement.rules)))),
        }
    }

    fn acted(&mut self, outcome: &str, seen: &str, millis: u64) {
        let seen = match outcome {
            "landed" if self.reads => seen.to_owned(),
            "landed" => String::new(),
            other => format!("{}: {seen}", other.replace('_', " ")),
        };
        self.close_with(&format!(" {} {}", paint(DIM, &format!("{millis} ms")), paint(DIM, &seen)));
    }

    /// Shows a line that is not complete yet, if there is someone to watch.
    fn open(&mut self) {
        if std::io::stderr().is_terminal() {
            let _ = write!(anstream::stderr(), "{} …", self.line);
            self.open = true;
        }
    }

    fn close_with(&mut self, rest: &str) {
        let line = format!("{}{rest}", std::mem::take(&mut self.line));
        if std::mem::take(&mut self.open) {
            let _ = write!(anstream::stderr(), "\r\u{1b}[K");
        }
        let _ = writeln!(anstream::stderr(), "{}", line.trim_end());
    }

    fn close(&mut self, line: &str) {
        if std::mem::take(&mut self.open) {
            let _ = writeln!(anstream::stderr());
        }
        let _ = writeln!(anstream::stderr(), "{line}");
    }
}

/// How many characters of a text are shown before it is clipped.
const SHOWN: usize = 400;

/// The beginning and the end of a long text, with how much is left out between them.
pub(super) fn clipped(text: &str) -> String {
    let count = text.chars().count();
    if count <= SHOWN {
        return text.to_owned();
    }
    let head: String = text.chars().take(SHOWN / 2).collect();
    let tail: String = text.chars().skip(count - SHOWN / 2).collect();
    format!("{head} … {} characters … {tail}", count - SHOWN)
}

/// The rules that decided, in words.
pub(super) fn rules_in_words(rules: &[Rule]) -> String {
    let words: Vec<_> = rules
        .iter()
        .map(|rule| if rule.because.is_empty() { rule.id.clone() } else { format!("{}: {}", rule.id, rule.because) })
        .collect();
    if words.is_empty() { "no rule allows it".to_owned() } else { words.join("; ") }
}

pub(super) const GREEN: AnsiColor = AnsiColor::Green;
pub(super) const RED: AnsiColor = AnsiColor::Red;
pub(super) const YELLOW: AnsiColor = AnsiColor::Yellow;
pub(super) const CYAN: AnsiColor = AnsiColor::Cyan;
pub(super) const DIM: AnsiColor = AnsiColor::BrightBlack;

/// `text` in a colour, with nothing in it that a terminal obeys; where colour is not wanted,
/// `anstream` takes it out again.
pub(super) fn paint(color: AnsiColor, text: &str) -> String {
    let style = Style::new().fg_color(Some(color.into()));
    format!("{style}{}{style:#}", visible(text))
}
