//! What people say of held actions, at once or beforehand, and what is made of it.

use std::sync::Arc;

use lamassu_contract::Call;
use tokio::sync::Mutex;

use super::{
    Event, Ruling,
    court::{Authority, Judged},
    plan::{Agreed, Plan},
    run::{Halt, Run},
};
use crate::journal::{Entry, Kind};

/// A held action, with all that it is about.
pub(super) struct Matter<'a> {
    pub(super) call: &'a Call,
    /// What the same proposal goes on to ask for.
    pub(super) rest: &'a [Call],
    /// The planner's reason.
    pub(super) why: &'a str,
    pub(super) held: &'a Judged,
}

/// A person's consent.
pub(super) struct Consent {
    /// Who gave it.
    pub(super) by: String,
    /// When, if that was before now.
    pub(super) at: Option<u64>,
}

impl Run {
    /// Judges a held action again, now with a person's consent.
    pub(super) async fn approve(
        &mut self,
        matter: &Matter<'_>,
        authority: Authority,
        consent: Consent,
    ) -> Result<(Entry<Judged>, Authority), Halt> {
        let name = format!("consent-{}", self.state.steps);
        let court = self.court(matter.call);
        let (digest, policy) = (matter.held.digest.clone(), matter.held.policy.clone());
        self.judgement(&name, async move { court.approve(authority, (&digest, &policy), consent).await }).await
    }

    /// Takes note of a plan that somebody agreed to, of which `held` is the first action.
    pub(super) fn agreed(&mut self, by: String, plan: Plan, held: &Judged) {
        let mut agreed = Agreed::new(by, self.state.clock.now, plan);
        agreed.spend(held);
        self.state.plans.push(agreed);
    }

    /// Uses up what a plan has for `held`.
    pub(super) fn spend_plan(&mut self, held: &Judged) {
        if let Some(agreed) = self.plan_for(held) {
            agreed.spend(held);
        }
    }

    /// The plan that covers `held`.
    fn plan_for(&mut self, held: &Judged) -> Option<&mut Agreed> {
        let now = self.state.clock.now;
        self.state.plans.iter_mut().find(|agreed| agreed.is_fresh(now) && agreed.covers(held))
    }

    /// Keeps a rule by which somebody agreed to what is to come.
    fn keep(&self, rule: &str) {
        let kept = self.parts.consents.add(rule).map_err(|error| error.to_string());
        let kept = kept.and_then(|text| (self.parts.keep)(&text).map_err(|error| error.to_string()));
        if let Err(problem) = kept {
            self.tell(&Event::Noted {
                text: format!("the rule could not be kept, so this will be asked again: {problem}"),
            });
        }
    }

    /// What a person says about a held action, or has said of it beforehand.
    pub(super) async fn ruling(
        &mut self,
        matter: &Matter<'_>,
        authority: Authority,
    ) -> Result<(Ruling, Authority), Halt> {
        let name = format!("ruling-{}", self.state.steps);
        let court = self.court(matter.call);
        let planned = self.plan_for(matter.held);
        let planned = planned.map(|agreed| Ruling::Planned { by: agreed.by.clone(), at: agreed.at });
        let (held, rest, why) = (matter.held.clone(), matter.rest.to_vec(), matter.why.to_owned());
        let slot = Arc::new(Mutex::new(Authority::None));
        let place = Arc::clone(&slot);
        let answer = self.journal.try_step(Kind::Approval, &name, async move {
            let (ruling, authority) = match planned {
                Some(ruling) => (ruling, authority),
                None => court.ask(authority, &held, &rest, why).await,
            };
            *place.lock().await = authority;
            if ruling == Ruling::Later { Err(()) } else { Ok(ruling) }
        });
        let Ok(entry) = answer.await? else { return Ok((Ruling::Later, Authority::None)) };
        self.state.clock.wait(&entry);
        if entry.fresh {
            self.tell(&Event::Ruled { step: self.state.steps, ruling: entry.value.to_string() });
            if let Ruling::Always { rule, .. } = &entry.value {
                self.keep(rule);
            }
        }
        let authority = std::mem::take(&mut *slot.lock().await);
        Ok((entry.value, authority))
    }
}
