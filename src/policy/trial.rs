//! What `lamassu policy test` tells: whether each rule matters, and what a consent can do.

use std::{collections::BTreeSet, fmt};

use lamassu_contract::Verb;

use super::{
    cases::Tried,
    cedar::{self, Book},
    fault::PackError,
    pack::Pack,
};

/// What trying a pack out has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The pack's name.
    pub pack: String,
    /// How many cases it passed.
    pub cases: usize,
    /// What was looked for.
    pub checks: Vec<Check>,
}

/// One thing that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What should be so.
    pub says: &'static str,
    /// How it was found out: by cases, by proof, or both.
    pub how: String,
    /// What is not so, and the next move; empty if all is well.
    pub faults: Vec<String>,
}

/// Runs the cases of `pack` and looks for rules that never decide anything, for consents that take
/// something away and for guards that a consent lifts: by the cases, and by the solver where there
/// is one.
///
/// # Errors
///
/// [`PackError`] if the pack does not load, a case that fails included.
pub fn test(pack: &Pack, verbs: &[(String, Vec<Verb>)]) -> Result<Trial, PackError> {
    let (book, report) = cedar::read(pack, verbs)?;
    let tried = cedar::tried(pack, &book)?;
    let found = search(&book);
    let checks = vec![every_rule_decides(&tried, &report.rules, found), adds(&tried), guards(&tried)];
    Ok(Trial { pack: report.name, cases: report.cases, checks })
}

impl Trial {
    /// Whether all is well.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.checks.iter().all(|check| check.faults.is_empty())
    }
}

/// The rules that the solver knows to be idle; without it, why there is no knowing.
#[cfg(feature = "prove")]
fn search(book: &Book) -> Result<Vec<String>, String> {
    super::prove::idle(book).map_err(|error| error.to_string())
}

#[cfg(not(feature = "prove"))]
fn search(_: &Book) -> Result<Vec<String>, String> {
    Err("this build cannot prove anything; build it with the feature `prove`".to_owned())
}

fn every_rule_decides(tried: &[Tried], rules: &[lamassu_contract::Rule], idle: Result<Vec<String>, String>) -> Check {
    let own =
        rules.iter().map(|rule| rule.id.as_str()).filter(|id| !id.starts_with("guard.") && !id.starts_with("base."));
    let decisions = tried.iter().flat_map(|tried| [&tried.alone, &tried.consented]);
    let seen: BTreeSet<_> = decisions.flat_map(|decision| decision.rules.iter().map(|rule| rule.id.as_str())).collect();
    let (by_cases, unseen): (Vec<_>, Vec<_>) = own.partition(|id| seen.contains(id));
    let mut how = format!("{} by cases", by_cases.len());
    let faults = match idle {
        Ok(idle) => {
            let is_idle = |id: &&&str| idle.iter().any(|idle| idle == **id);
            let (never, by_proof): (Vec<_>, Vec<_>) = unseen.iter().partition(is_idle);
            if !by_proof.is_empty() {
                how.push_str(&format!("; by proof alone, {}", listed(by_proof)));
            }
            let spare: Vec<_> = by_cases.iter().filter(is_idle).collect();
            if !spare.is_empty() {
                how.push_str(&format!("; only to say why, {}, as nothing permits it anyway", listed(spare)));
            }
            let fault = |id: &&str| format!("`{id}` makes no difference to any action; mend it, or take it out");
            never.into_iter().map(fault).collect()
        }
        Err(why) => {
            if !unseen.is_empty() {
                how.push_str(&format!("; {why}"));
            }
            unseen.iter().map(|id| format!("no case is decided by `{id}`; write one")).collect()
        }
    };
    Check { says: "every rule of the pack decides something", how, faults }
}

fn listed<'a>(ids: impl IntoIterator<Item = &'a &'a str>) -> String {
    ids.into_iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

fn adds(tried: &[Tried]) -> Check {
    let allowed = tried.iter().filter(|tried| tried.alone.allowed);
    let lost = allowed.clone().filter(|tried| !tried.consented.allowed);
    Check {
        says: "what is allowed without a consent is allowed with it",
        how: format!("{} by cases; `lamassu policy prove` covers all", allowed.clone().count()),
        faults: lost.map(|tried| format!("a consent takes away what `{}` allows", tried.name)).collect(),
    }
}

fn guards(tried: &[Tried]) -> Check {
    let guarded = |tried: &&Tried| tried.alone.rules.iter().any(|rule| rule.id.starts_with("guard."));
    let stopped = tried.iter().filter(guarded);
    let lifted = stopped.clone().filter(|tried| tried.consented.allowed);
    Check {
        says: "no consent lifts a guard",
        how: format!("{} by cases; `lamassu policy prove` covers all", stopped.clone().count()),
        faults: lifted.map(|tried| format!("a consent lifts the guard of `{}`", tried.name)).collect(),
    }
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            let word = if check.faults.is_empty() { "ok  " } else { "no  " };
            writeln!(f, "{word} {} ({})", check.says, check.how)?;
            for fault in &check.faults {
                writeln!(f, "     {fault}")?;
            }
        }
        let faults: usize = self.checks.iter().map(|check| check.faults.len()).sum();
        write!(f, "{}: {} cases pass, {faults} faults are found", self.pack, self.cases)
    }
}
