//! Who judges now, and what was judged already.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use lamassu_contract::{Judge, Refusal};
use tokio::sync::watch;

use super::{asked::Asked, trouble::Trouble};

/// How many answers are remembered for one judge.
const MOST_KNOWN: usize = 4096;
/// The longest address whose answer is remembered.
const LONGEST_KNOWN: usize = 4096;

/// One judge, and the answers it has given.
///
/// A judge has one policy, for as long as that sits at the gate, and one standing, and a policy looks at nothing but the question; so an
/// equal question has an equal answer. The question is remembered whole. Nothing smaller is sound:
/// a rule may look at the path, the query, the method, the destination and the initiator, and
/// whatever the key left out, a page could vary to get by with somebody else's answer.
#[derive(Debug)]
pub(super) struct Sitting {
    judge: Judge,
    known: Mutex<HashMap<Asked, Result<(), Refusal>>>,
}

impl Sitting {
    pub(super) fn judge(&self) -> &Judge {
        &self.judge
    }

    /// Whether the policy allows what is asked.
    pub(super) fn rule(&self, asked: &Asked) -> Result<(), Refusal> {
        // A judge whose policy was replaced refuses, whatever it said before.
        if let Some(answer) = self.known().get(asked).filter(|_| self.judge.sits()) {
            return answer.clone();
        }
        let answer = self.judge.judge(asked.action()).map(drop);
        if asked.url.as_str().len() <= LONGEST_KNOWN {
            let mut known = self.known();
            if known.len() == MOST_KNOWN {
                known.clear();
            }
            known.insert(asked.clone(), answer.clone());
        }
        answer
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Asked, Result<(), Refusal>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the judge sits. It is empty at first, and then everything is refused.
#[derive(Debug)]
pub(super) struct Bench(watch::Sender<Option<Arc<Sitting>>>);

impl Bench {
    pub(super) fn empty() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Seats `judge`. What another one had decided is forgotten.
    pub(super) fn seat(&self, judge: Judge) {
        self.0.send_if_modified(|sitting| {
            let same = sitting.as_ref().is_some_and(|sitting| sitting.judge.is(&judge));
            if !same {
                *sitting = Some(Arc::new(Sitting { judge, known: Mutex::default() }));
            }
            !same
        });
    }

    /// The present sitting, if it allows what is asked.
    pub(super) fn rule(&self, asked: &Asked) -> Result<Arc<Sitting>, Trouble> {
        let sitting = self.0.borrow().clone();
        let sitting = sitting.ok_or_else(|| Trouble::bounds(&asked.line(), "no action is under way yet"))?;
        sitting.rule(asked)?;
        Ok(sitting)
    }

    /// Waits until a later judge refuses what is asked; never ends if none does.
    pub(super) async fn revoked(&self, asked: &Asked) -> Refusal {
        let mut sittings = self.0.subscribe();
        loop {
            let sitting = sittings.borrow_and_update().clone();
            if let Some(Err(refusal)) = sitting.map(|sitting| sitting.rule(asked)) {
                return refusal;
            }
            if sittings.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
