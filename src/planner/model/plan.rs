//! The plan that a model keeps: a list with boxes in its notes.
//!
//! The newest one counts. It is told again at the end of each request, where what a run adds cannot push it away, so
//! checking a line off or changing the plan is writing the list anew. It costs nothing as long as there is none.

use serde_json::Value;

use crate::planner::View;

use super::data;

/// So many lines of it are kept.
const LINES: usize = 12;
/// And so many characters of each.
const LINE: usize = 120;

/// The plan in what a model `said`: its lines that begin with a box.
pub(super) fn written(said: &str) -> Option<String> {
    let lines = said.lines().filter_map(boxed).take(LINES);
    let plan = lines.map(|(mark, text)| format!("- [{mark}] {}", data::line(text, LINE))).collect::<Vec<_>>();
    (!plan.is_empty()).then(|| plan.join("\n"))
}

/// What a model `said` beside its plan.
pub(super) fn beside(said: &str) -> String {
    said.lines().filter(|line| boxed(line).is_none()).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The plan that counts at `view`.
pub(super) fn newest<'a>(view: &View<'a>) -> Option<&'a str> {
    view.turns.iter().rev().find_map(|turn| turn.planned.memo.get("plan").and_then(Value::as_str))
}

/// Whether a line of a plan is done, as its mark, and what it says.
fn boxed(line: &str) -> Option<(char, &str)> {
    let line = line.trim_start().trim_start_matches(['-', '*', '+']).trim_start();
    let (mark, text) = line.strip_prefix('[')?.split_once(']')?;
    let mark = match mark.trim() {
        "" => ' ',
        "x" | "X" | "\u{2713}" | "\u{2714}" => 'x',
        _ => return None,
    };
    let text = text.trim();
    (!text.is_empty()).then_some((mark, text))
}
