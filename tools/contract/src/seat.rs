//! The policy at a gate, and which one it is.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock},
};

use crate::{Decision, Policy, Question, Rule};

/// Where the policy sits. All clones of one gate share it.
#[derive(Debug)]
pub(crate) struct Seat(RwLock<Sitting>);

/// One policy, for as long as it sits there.
#[derive(Debug, Clone)]
pub(crate) struct Sitting {
    policy: Arc<dyn Policy>,
    /// From 1; each policy that takes the seat has the next one.
    pub(crate) generation: u64,
}

impl Seat {
    pub(crate) fn new(policy: Arc<dyn Policy>) -> Self {
        Self(RwLock::new(Sitting { policy, generation: 1 }))
    }

    pub(crate) fn now(&self) -> Sitting {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the policy of this generation still sits here; if not, the rule that says so.
    pub(crate) fn holds(&self, generation: u64) -> Result<(), Rule> {
        if self.now().generation == generation {
            return Ok(());
        }
        Err(Rule::new("gate.generation", "the policy was replaced after this was judged; ask for it anew"))
    }

    pub(crate) fn take(&self, policy: Arc<dyn Policy>) -> u64 {
        let mut sitting = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *sitting = Sitting { policy, generation: sitting.generation + 1 };
        sitting.generation
    }
}

impl Sitting {
    /// What the policy decides. An error or a panic is a denial.
    pub(crate) fn decide(&self, question: &Question<'_>) -> Decision {
        let denied = |why: String| Decision { allowed: false, rules: vec![Rule::new("gate.error", why)] };
        match catch_unwind(AssertUnwindSafe(|| self.policy.decide(question))) {
            Ok(Ok(decision)) => decision,
            Ok(Err(error)) => denied(error.to_string()),
            Err(_) => denied("the policy panicked".to_owned()),
        }
    }
}
