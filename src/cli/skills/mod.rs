//! `lamassu skills`: what was learned from demonstrations.

mod choice;
mod learn;
mod parcel;
mod run;
mod show;

use std::path::Path;

pub(super) use choice::Choice;
#[cfg(feature = "console")]
pub(super) use learn::Done;
pub(super) use learn::Shown;

use super::{
    args::{self, Place, SkillsCommand},
    complaint::Complaint,
    home,
    progress::{GREEN, RED, paint},
    say, tools,
};
use crate::{
    planner::skill::{
        Demonstration, Player, Skill, Skills,
        rehearse::{Pages, rehearse},
    },
    policy, visible,
};

pub(super) async fn skills(args: args::Skills) -> Result<u8, Complaint> {
    match args.command {
        SkillsCommand::Ls { place } => show::list(&opened(&place)?),
        SkillsCommand::Show { name, place } => show::show(&opened(&place)?, &name),
        SkillsCommand::Run(args) => run::run(args).await,
        SkillsCommand::Test { name, place } => test(&opened(&place)?, &name),
        SkillsCommand::Learn { name, runs, part, place } => {
            let store = home::store(place.home.record.as_deref())?;
            let skills = opened(&place)?;
            let shown = match (part, runs.as_slice()) {
                (part, _) if !part.is_meant() => learn::demonstrations(&store, &runs)?,
                (part, [run]) => match chosen(Shown::read(&store, run)?, part, &name).await? {
                    Some(demonstration) => vec![demonstration],
                    None => {
                        say("nothing was kept");
                        return Ok(0);
                    }
                },
                _ => return Err(Complaint::usage("`--by-hand`, `--trim` and `--goal` are about one run; name one")),
            };
            let skill = learn(&skills, &name, shown)?;
            show::tell(&skills, &skill);
            Ok(0)
        }
        SkillsCommand::Export { name, out, demonstrations, place } => {
            let skills = opened(&place)?;
            let shown =
                if demonstrations { skills.demonstrations(&name).map_err(Complaint::usage)? } else { Vec::new() };
            parcel::export(&skills, &name, (&out, shown))
        }
        SkillsCommand::Import { file, replace, yes, place } => {
            let over = if replace { parcel::Over::Replace } else { parcel::Over::Refuse };
            let asked = if yes { parcel::Asked::Confirmed } else { parcel::Asked::Now };
            parcel::import(&opened(&place)?, &file, over, asked).await
        }
        SkillsCommand::Forget { name, place } => {
            opened(&place)?.forget(&name).map_err(Complaint::usage)?;
            say(format!("`{name}` is forgotten"));
            Ok(0)
        }
    }
}

/// The part of a run that is meant; nothing if a person, having seen it, wants none of it.
async fn chosen(shown: Shown, part: args::Part, name: &str) -> Result<Option<Demonstration>, Complaint> {
    let mut shown = if part.by_hand { shown.by_hand()? } else { shown };
    shown.goal = part.goal.unwrap_or(shown.goal);
    if !part.trim {
        return Ok(Some(shown.demonstration()));
    }
    trimmed(shown.demonstration(), name).await
}

#[cfg(feature = "browser")]
async fn trimmed(shown: Demonstration, name: &str) -> Result<Option<Demonstration>, Complaint> {
    super::teach::trimmed(shown, name).await
}

#[cfg(not(feature = "browser"))]
async fn trimmed(_: Demonstration, _: &str) -> Result<Option<Demonstration>, Complaint> {
    Err(Complaint::usage("this build has no browser; build it with the feature `browser`"))
}

fn opened(place: &Place) -> Result<Skills, Complaint> {
    open(&home::skills(place.skills.as_deref(), place.home.record.as_deref())?)
}

fn open(folder: &Path) -> Result<Skills, Complaint> {
    Skills::open(folder).map_err(Complaint::usage)
}

/// Learns the skill `name` from demonstrations and writes the rules that it runs under.
pub(super) fn learn(skills: &Skills, name: &str, shown: Vec<Demonstration>) -> Result<Skill, Complaint> {
    let skill = skills.learn(name, shown).map_err(Complaint::usage)?;
    permit(skills, &skill)?;
    Ok(skill)
}

/// Writes the rules that `skill` runs under: what it does, at its sites, and nothing else.
fn permit(skills: &Skills, skill: &Skill) -> Result<(), Complaint> {
    let secrets = skill.steps.iter().filter_map(|step| step.secret());
    let shown = policy::Shown {
        sites: skill.sites.iter().cloned().collect(),
        verbs: skill.steps.iter().map(|step| step.verb.clone()).collect(),
        secrets: secrets.collect(),
        pressed: skill.steps.iter().flat_map(|step| step.harmless()).collect(),
    };
    let learned = shown.pack(&skill.name, &tools::all()?).map_err(Complaint::failed)?;
    let files = [
        ("pack.toml", learned.manifest.as_str()),
        ("rules.cedar", learned.rules.as_str()),
        ("cases.toml", learned.cases.as_str()),
    ];
    skills.keep_pack(&skill.name, &files).map_err(Complaint::failed)
}

/// Goes through the demonstrations as they were, and with all ids and classes renamed.
fn test(skills: &Skills, name: &str) -> Result<u8, Complaint> {
    let kept = skills.read(name).map_err(Complaint::usage)?;
    let all = skills.demonstrations(name).map_err(Complaint::usage)?;
    if all.is_empty() {
        return Err(Complaint::usage(format!(
            "no demonstration of `{name}` is kept, so there is nothing to go through"
        )));
    }
    let player = Player::default().with(kept.skill, kept.adapter).only(name);
    let mut code = 0;
    for (number, shown) in (1..).zip(&all) {
        for (pages, how) in [(Pages::Recorded, "as it was"), (Pages::Renamed, "with ids and classes renamed")] {
            let compared = rehearse(&player, shown, pages);
            let wrong = compared.iter().position(|one| !one.agrees());
            let mark = if wrong.is_none() { paint(GREEN, "ok  ") } else { paint(RED, "miss") };
            say(format!(
                "{mark} demonstration {number} {how}: {} of {} steps",
                compared.iter().filter(|one| one.agrees()).count(),
                compared.len()
            ));
            if let Some((at, one)) = wrong.and_then(|at| Some((at, compared.get(at)?))) {
                let chosen = match &one.chosen {
                    Ok(call) => format!("{} {}", call.name(), serde_json::Value::Object(call.args.clone())),
                    Err(why) => why.clone(),
                };
                let shown = serde_json::Value::Object(one.shown.args.clone());
                say(visible(&format!(
                    "     step {}: the person did {} {shown}, the skill: {chosen}",
                    at + 1,
                    one.shown.name()
                )));
                code = 1;
            }
        }
    }
    Ok(code)
}
