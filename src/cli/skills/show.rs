//! Skills in words.

use super::super::{
    complaint::Complaint,
    progress::{CYAN, DIM, paint},
    say,
};
use crate::{
    planner::skill::{Skill, Skills},
    visible,
};

pub(super) fn list(skills: &Skills) -> Result<u8, Complaint> {
    let (kept, problems) = skills.all().map_err(Complaint::failed)?;
    if kept.is_empty() && problems.is_empty() {
        say("no skills yet; `lamassu teach NAME --at URL GOAL` or `lamassu skills learn NAME RUN` makes one");
    }
    for own in &kept {
        let skill = &own.skill;
        let often = format!("worked {} of {} times", skill.worked, skill.ran);
        say(format!("{}  {}  {}", paint(CYAN, &skill.name), visible(&skill.goal.to_string()), paint(DIM, &often)));
    }
    problems.iter().for_each(|problem| say(visible(&problem.to_string())));
    Ok(u8::from(!problems.is_empty()))
}

pub(super) fn show(skills: &Skills, name: &str) -> Result<u8, Complaint> {
    let kept = skills.read(name).map_err(Complaint::usage)?;
    tell(skills, &kept.skill);
    kept.note.iter().for_each(|note| say(format!("note: {}", visible(note))));
    Ok(0)
}

/// Says what a skill does, where, and under which rules.
pub(super) fn tell(skills: &Skills, skill: &Skill) {
    say(format!("{}  {}", paint(CYAN, &skill.name), visible(&skill.goal.to_string())));
    let line = |name: &str, text: &str| say(format!("  {} {}", paint(DIM, &format!("{name:8}")), visible(text)));
    line("begins", &skill.at);
    line("sites", &skill.sites.join(", "));
    for (name, parameter) in &skill.parameters {
        line("fills in", &format!("{name}: {}, such as {}", parameter.kind.as_str(), parameter.examples.join(", ")));
    }
    for (number, step) in (1..).zip(skill.told()) {
        line(&format!("{number:>2}"), &step);
    }
    let address = skill.end.address.iter().map(|address| format!("at {address}"));
    let shown = skill.end.line.iter().map(|line| format!("\"{line}\" is shown"));
    let end: Vec<_> = address.chain(shown).collect();
    line("ends", &if end.is_empty() { "when all steps are done".to_owned() } else { end.join(", and ") });
    let from = match skill.demonstrations {
        1 => "one demonstration".to_owned(),
        several => format!("{several} demonstrations"),
    };
    line("learned", &format!("from {from}; worked {} of {} times", skill.worked, skill.ran));
    let mut verbs: Vec<_> = skill.steps.iter().map(|step| step.verb.as_str()).collect();
    verbs.sort_unstable();
    verbs.dedup();
    line("may", &format!("{} at its sites; what commits you to something asks", verbs.join(", ")));
    let pack = skills.pack(&skill.name);
    let rules = if pack.exists() { pack.display().to_string() } else { "none yet; import or learn it anew".to_owned() };
    line("rules", &rules);
}
