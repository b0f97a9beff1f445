//! Rules that never decide anything, found by the solver.

use cedar_policy::{Effect, PolicySet};

use super::solver::{Answer, Known, Query, Questions};
use super::{NOTHING, ProveError, cedar::Book, of_effect, with, with_given};

/// The ids of the pack's own rules that make no difference to any request: a permit that some forbid
/// always overrides, a forbid that meets nothing permitted.
pub(in crate::policy) fn idle(book: &Book) -> Result<Vec<String>, ProveError> {
    let rules = &book.rules().cedar;
    let own = |id: &str| !id.starts_with("guard.") && !id.starts_with("base.");
    let forbids = with(&PolicySet::new(), of_effect(rules, Effect::Forbid))?;
    let permits = with_given(&with(&PolicySet::new(), of_effect(rules, Effect::Permit))?)?;
    let mut sets = vec![permits.clone(), PolicySet::new()];
    let (mut ids, mut queries) = (Vec::new(), Vec::new());
    for rule in rules.policies().filter(|rule| own(rule.id().as_ref())) {
        let query = match rule.effect() {
            Effect::Permit => {
                sets.push(with_given(&with(&forbids, [rule].into_iter())?)?);
                Query::Implies(sets.len() - 1, NOTHING)
            }
            Effect::Forbid => {
                sets.push(with(&permits, [rule].into_iter())?);
                Query::Implies(super::RULES, sets.len() - 1)
            }
        };
        ids.push(rule.id().to_string());
        queries.push(query);
    }
    let answers =
        Questions { schema: book.schema(), sets: &sets, queries: &queries, known: &Known::default() }.answer()?;
    let mut idle = Vec::new();
    for (id, answer) in ids.into_iter().zip(answers) {
        match answer {
            Answer::Proved => idle.push(id),
            Answer::Refuted(_) => {}
            Answer::Unknown(problem) => return Err(ProveError::Solver(problem)),
        }
    }
    idle.sort_unstable();
    Ok(idle)
}
