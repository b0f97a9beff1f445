//! What the policy would say to acting on each row of a look, before anyone asks to.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use lamassu_contract::{Advice, Candidate, Digest, Judge, Outcome, Spent, Standing, Tool};

/// Milliseconds for which advice is remembered at most.
const FRESH: u64 = 60_000;

/// The advice of the last looks. Pages change little from one look to the next, so most rows were judged before.
#[derive(Debug, Default)]
pub(super) struct Mask(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    circumstances: Option<Circumstances>,
    advice: HashMap<Digest, Option<Advice>>,
}

/// What advice depends on besides the action. The counts that go on with each step are left out, or nothing
/// would ever be remembered: advice about a rule on one of them can be old by [`FRESH`]. The gate's answer cannot.
#[derive(Debug, PartialEq)]
struct Circumstances {
    generation: u64,
    standing: Standing,
}

impl Mask {
    /// What `tool` did, with the advice beside each row if it was a look at a page.
    pub(super) async fn over(&self, tool: &dyn Tool, judge: &Judge, outcome: Outcome) -> Outcome {
        let Outcome::Landed(observation) = outcome else { return outcome };
        let Some(page) = &observation.page else { return Outcome::Landed(observation) };
        let candidates = tool.candidates(page).await;
        Outcome::Landed(observation.advised(&self.advice(judge, candidates)))
    }

    fn advice(&self, judge: &Judge, candidates: Vec<Candidate>) -> HashMap<u32, Advice> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.under(Circumstances::of(judge));
        let advised = |Candidate { reference, action }| {
            let digest = action.digest();
            let advice = *known.advice.entry(digest).or_insert_with(|| judge.advise(action));
            advice.map(|advice| (reference, advice))
        };
        candidates.into_iter().filter_map(advised).collect()
    }
}

impl Known {
    /// Forgets what was said under other circumstances.
    fn under(&mut self, circumstances: Circumstances) {
        if self.circumstances.as_ref() != Some(&circumstances) {
            *self = Self { circumstances: Some(circumstances), advice: HashMap::new() };
        }
    }
}

impl Circumstances {
    fn of(judge: &Judge) -> Self {
        let standing = judge.standing().clone();
        let spent = Spent { money: 0, requests: BTreeMap::new(), bytes_sent: 0, ..standing.spent };
        let now = standing.now / FRESH;
        Self {
            generation: judge.generation(),
            standing: Standing { now, steps: 0, tokens: 0, seconds: 0, spent, ..standing },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use lamassu_contract::{
        Action, Call, Decision, Effect, Gate, Mode, Policy, PolicyError, Question, Resource, Vault, Verdict,
    };

    use super::*;

    /// Allows looking, and acting in a run that has read nothing; counts how often it is asked.
    #[derive(Debug, Default)]
    struct Counting(AtomicUsize);

    impl Policy for Counting {
        fn decide(&self, question: &Question<'_>) -> Result<Decision, PolicyError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let allowed = question.action.effect() == Effect::Read || question.standing.tainted_by.is_empty();
            Ok(Decision { allowed, rules: Vec::new() })
        }
    }

    fn action(target: &str, effect: Effect) -> Action {
        Action::new(&Call::new("page", "press").with("target", target), effect, Resource::thing("Page", target))
    }

    #[test]
    fn a_row_is_judged_again_only_when_it_or_the_run_has_changed() {
        let policy = Arc::new(Counting::default());
        let gate = Gate::new(policy.clone(), Arc::new(Vault::default()));
        let mask = Mask::default();
        let look = |standing: &Standing, targets: &[&str]| {
            let Verdict::Go(permit) = gate.judge(action("page", Effect::Read), standing) else { panic!() };
            let before = policy.0.load(Ordering::Relaxed);
            let row =
                |(reference, target): (u32, &&str)| Candidate { reference, action: action(target, Effect::Write) };
            let advice = mask.advice(permit.judge(), (0..).zip(targets).map(row).collect());
            (policy.0.load(Ordering::Relaxed) - before, advice.len())
        };
        let mut standing = Standing::new("run", "lamassu", "ann", Mode::Script);
        let first = look(&standing, &["buy", "sell"]);
        standing.steps += 1;
        standing.now += 1000;
        let again = look(&standing, &["buy", "sell", "keep"]);
        standing.tainted_by.insert("page:https://shop.test".to_owned());
        // What is refused is judged twice: as it is, and as if a person had agreed.
        let tainted = look(&standing, &["buy", "sell"]);
        standing.now += FRESH;
        let later = look(&standing, &["buy"]);
        assert_eq!([first, again, tainted, later], [(2, 0), (1, 0), (4, 2), (2, 1)]);
    }
}
