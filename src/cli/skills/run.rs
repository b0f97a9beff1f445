//! `lamassu skills run`: a skill under its own rules.

use std::collections::BTreeMap;

use url::Url;

use super::{
    super::{
        args,
        complaint::Complaint,
        home,
        run::{address, begin},
    },
    open,
};
use crate::{
    Goal,
    goal::{PolicyChoice, SecretPlace, SecretSource, Task},
    planner::skill::Skill,
};

pub(super) async fn run(args: args::RunSkill) -> Result<u8, Complaint> {
    let skills = open(&home::skills(args.how.skills.as_deref(), args.how.home.record.as_deref())?)?;
    let skill = skills.read(&args.name).map_err(Complaint::usage)?.skill;
    let inputs: BTreeMap<_, _> = args.inputs.into_iter().collect();
    let goal = skill.filled(&inputs).map_err(Complaint::usage)?;
    let at = place(&skill, args.at.as_deref())?;
    let goal = inputs.into_iter().fold(Goal::new(goal).at(at), |goal, (name, value)| goal.input(name, value));
    let pack = skills.pack(&args.name);
    if args.how.pack.is_none() && !pack.exists() {
        let name = &args.name;
        return Err(Complaint::usage(format!(
            "the skill `{name}` has no rules in `{}`; name others with `--pack`",
            pack.display()
        )));
    }
    let hosts = skill.sites.iter().filter_map(|site| Some(Url::parse(site).ok()?.host_str()?.to_owned()));
    let policy = PolicyChoice {
        // A name without a sign of a path would be a ready pack's.
        pack: Some(std::path::Path::new(".").join(pack).display().to_string()),
        parameters: BTreeMap::from([("private".to_owned(), hosts.collect())]),
    };
    let mut task = Task::for_goal(goal, policy);
    task.secrets = secrets(&skill, args.secrets)?;
    begin(task, args.how, Some(args.name)).await
}

/// Where to begin.
fn place(skill: &Skill, given: Option<&str>) -> Result<Url, Complaint> {
    let at = address(given.unwrap_or(&skill.at))?;
    if skill.runs_at(&at) {
        return Ok(at);
    }
    let sites = skill.sites.join(", ");
    Err(Complaint::usage(format!("the skill `{}` is for {sites}; teach it at `{at}` to use it there", skill.name)))
}

/// The secrets of the skill, each bound to its sites.
fn secrets(skill: &Skill, given: Vec<(String, String)>) -> Result<BTreeMap<String, SecretSource>, Complaint> {
    let given: BTreeMap<_, _> = given.into_iter().collect();
    let used: Vec<String> = skill.steps.iter().filter_map(|step| step.secret()).collect();
    if let Some(name) = used.iter().find(|name| !given.contains_key(*name)) {
        return Err(Complaint::usage(format!(
            "the skill `{}` uses the secret `{name}`; say which environment variable holds it with `--secret {name}=VARIABLE`",
            skill.name
        )));
    }
    if let Some(name) = given.keys().find(|name| !used.contains(*name)) {
        return Err(Complaint::usage(format!("the skill `{}` uses no secret `{name}`", skill.name)));
    }
    let source = |variable| SecretSource {
        from: SecretPlace::Env(variable),
        at: skill.sites.clone(),
        totp: false,
        field: None,
        header: None,
    };
    Ok(given.into_iter().map(|(name, variable)| (name, source(variable))).collect())
}
