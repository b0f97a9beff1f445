//! One step, top to bottom: call, action, verdict, permit, intent, outcome, observation.

use lamassu_contract::{Call, Refusal, Rule};

use super::{
    Event, Ruling, Status,
    consult::{Consent, Matter},
    court::{Authority, Judged, Word},
    effect::lost,
    run::{Halt, Run},
};
use crate::planner::Reply;

impl Run {
    /// Takes one step. What the planner is told of it comes back.
    ///
    /// `rest` is what the same proposal goes on to ask for.
    pub(super) async fn step(&mut self, call: &Call, rest: &[Call], why: &str) -> Result<Reply, Halt> {
        self.state.steps += 1;
        let (judged, authority) = self.judge(call).await?;
        match judged.value.verdict {
            Word::Go => self.perform(&judged, authority).await,
            // Boxed, since most steps never come here and need not carry its weight.
            Word::Hold => {
                let matter = Matter { call, rest, why, held: &judged.value };
                Box::pin(self.consult(matter, authority)).await
            }
            Word::Stop | Word::Invalid => denied(judged.value),
        }
    }

    /// Asks a person about a held action, and does what they say.
    async fn consult(&mut self, matter: Matter<'_>, authority: Authority) -> Result<Reply, Halt> {
        let held = matter.held;
        let (ruling, authority) = self.ruling(&matter, authority).await?;
        match ruling {
            Ruling::Approve { by } | Ruling::Always { by, .. } => {
                self.go_on(&matter, authority, Consent { by, at: None }).await
            }
            Ruling::Plan { by, plan } => {
                self.agreed(by.clone(), plan, held);
                self.go_on(&matter, authority, Consent { by, at: None }).await
            }
            Ruling::Planned { by, at } => {
                self.spend_plan(held);
                self.go_on(&matter, authority, Consent { by, at: Some(at) }).await
            }
            // An edited action is a new action and is judged again.
            Ruling::Edit { call, .. } => Box::pin(self.step(&call, &[], matter.why)).await,
            Ruling::Level { autonomy, .. } => {
                self.state.autonomy = autonomy;
                self.tell(&Event::Level { autonomy });
                Box::pin(self.step(matter.call, matter.rest, matter.why)).await
            }
            Ruling::Reject { by, why } => {
                let rules = vec![Rule::new("person.reject", format!("{by}: {why}"))];
                Ok(Reply::Refused(Refusal { action: held.line(), rules }))
            }
            Ruling::Stop { by } => Err(Halt::End(Status::Refused, format!("{by} stopped the run"))),
            Ruling::Later => Err(Halt::Aside(Status::Waiting, format!("`{}` waits for a person", held.line()))),
        }
    }

    /// Judges what was agreed to once more, with the consent, and does it.
    async fn go_on(&mut self, matter: &Matter<'_>, authority: Authority, consent: Consent) -> Result<Reply, Halt> {
        let (judged, authority) = self.approve(matter, authority, consent).await?;
        match judged.value.verdict {
            Word::Go => self.perform(&judged, authority).await,
            _ => denied(judged.value),
        }
    }
}

fn denied(judged: Judged) -> Result<Reply, Halt> {
    match judged.failure {
        Some(failure) => lost(failure),
        None => Ok(Reply::Refused(judged.refusal())),
    }
}
