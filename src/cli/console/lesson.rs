//! Skills that are learned from what somebody chooses of a recorded run.

use std::path::Path;

use serde_json::Value;

use super::super::{
    complaint::Complaint,
    home,
    skills::{self, Done, Shown},
    teach::may_be_secret,
};
use crate::{
    browser,
    console::{Act, Example, Lesson},
    planner::skill::Skills,
    visible,
};

/// What `run` of the record in `folder` did.
pub(super) fn example(folder: &Path, run: &str) -> Result<Example, Complaint> {
    let shown = Shown::read(&home::store(Some(folder))?, run)?;
    Ok(Example { goal: visible(&shown.goal), acts: shown.done.iter().map(act).collect() })
}

fn act(done: &Done) -> Act {
    let typed = done.moment.call.args.get("text").and_then(Value::as_str).unwrap_or_default();
    let act = browser::Act { page: done.moment.page.clone(), call: done.moment.call.clone() };
    let by = done.by.as_deref().map(visible);
    Act { step: done.step, words: visible(&act.words()), by, secret: may_be_secret(typed) }
}

/// Learns the skill, and says what it does.
pub(super) fn learn(folder: &Path, run: &str, lesson: Lesson) -> Result<Vec<String>, Complaint> {
    let mut shown = Shown::read(&home::store(Some(folder))?, run)?.only(|done| lesson.steps.contains(&done.step));
    if shown.done.is_empty() || lesson.goal.trim().is_empty() {
        return Err(Complaint::usage("choose at least one step, and say what it reaches"));
    }
    shown.goal = lesson.goal;
    let skills = Skills::open(home::skills(None, Some(folder))?).map_err(Complaint::usage)?;
    let skill = skills::learn(&skills, &lesson.name, vec![shown.demonstration()])?;
    Ok(skill.told().iter().map(|step| visible(step)).collect())
}
