//! Skills in one file: given to somebody else, and taken from somebody else.

use std::path::Path;

use super::{
    super::{complaint::Complaint, home, prompt::confirmed, say},
    permit, show,
};
use crate::planner::skill::{Demonstration, Skill, SkillError, Skills, store::Parcel};

/// What is done if there is a skill of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Refuse,
    Replace,
}

/// Whether the person has confirmed it already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Confirmed,
    Now,
}

/// Writes the skill `name` into a file, with these demonstrations.
pub(super) fn export(
    skills: &Skills,
    name: &str,
    (out, demonstrations): (&Path, Vec<Demonstration>),
) -> Result<u8, Complaint> {
    let count = demonstrations.len();
    let parcel = Parcel { demonstrations, ..skills.parcel(name).map_err(Complaint::usage)? };
    let text = serde_json::to_string(&parcel).map_err(Complaint::failed)?;
    home::keep(out, &text)
        .map_err(|error| Complaint::usage(format!("`{}` cannot be written: {error}", out.display())))?;
    say(format!("`{name}` is in `{}`, with {count} demonstrations", out.display()));
    Ok(0)
}

/// Takes a skill out of a file, once the person has seen what it may do.
pub(super) async fn import(skills: &Skills, file: &Path, over: Over, asked: Asked) -> Result<u8, Complaint> {
    let shown = file.display().to_string();
    let parcel: Parcel = serde_json::from_str(&home::read(file)?)
        .map_err(|error| Complaint::usage(format!("`{shown}` is no exported skill: {error}")))?;
    let skill = Skill::read(&parcel.skill, &shown).map_err(Complaint::usage)?;
    let there = skills.names().map_err(Complaint::failed)?.contains(&skill.name);
    if there && over == Over::Refuse {
        return Err(Complaint::usage(SkillError::Exists(skill.name)));
    }
    show::tell(skills, &skill);
    if asked == Asked::Now {
        match confirmed("this skill will act in your name at these sites").await {
            Some(true) => {}
            Some(false) => return Err(Complaint::usage("not confirmed; nothing was kept")),
            None => return Err(Complaint::usage("nobody is at the terminal to confirm it; confirm it with `--yes`")),
        }
    }
    if there {
        skills.forget(&skill.name).map_err(Complaint::failed)?;
    }
    let skill = skills.unpack(&parcel, &shown).map_err(Complaint::usage)?;
    permit(skills, &skill)?;
    say(format!("`{}` is kept, with rules of its own", skill.name));
    Ok(0)
}
