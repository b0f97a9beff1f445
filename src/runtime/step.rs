//! One step, top to bottom: call, action, verdict, permit, intent, outcome, observation.

use lamassu_contract::{Call, Refusal, Rule};

use super::{
    Ruling, Status,
    court::{Authority, Judged, Word},
    effect::lost,
    run::{Halt, Run},
};
use crate::planner::Reply;

impl Run {
    /// Takes one step. What the planner is told of it comes back.
    pub(super) async fn step(&mut self, call: &Call, why: &str) -> Result<Reply, Halt> {
        self.state.steps += 1;
        let (judged, authority) = self.judge(call).await?;
        match judged.value.verdict {
            Word::Go => self.perform(&judged, authority).await,
            // Boxed, since most steps never come here and need not carry its weight.
            Word::Hold => Box::pin(self.consult(call, &judged.value, authority, why)).await,
            Word::Stop | Word::Invalid => denied(judged.value),
        }
    }

    /// Asks a person about a held action, and does what they say.
    async fn consult(&mut self, call: &Call, held: &Judged, authority: Authority, why: &str) -> Result<Reply, Halt> {
        let (ruling, authority) = self.ruling(call, held, authority, why).await?;
        match ruling {
            Ruling::Approve { by } => {
                let (judged, authority) = self.approve(call, held, authority, by).await?;
                match judged.value.verdict {
                    Word::Go => self.perform(&judged, authority).await,
                    _ => denied(judged.value),
                }
            }
            // An edited action is a new action and is judged again.
            Ruling::Edit { call, .. } => Box::pin(self.step(&call, why)).await,
            Ruling::Reject { by, why } => {
                let rules = vec![Rule::new("person.reject", format!("{by}: {why}"))];
                Ok(Reply::Refused(Refusal { action: held.line(), rules }))
            }
            Ruling::Stop { by } => Err(Halt::End(Status::Refused, format!("{by} stopped the run"))),
            Ruling::Later => Err(Halt::Aside(Status::Waiting, format!("`{}` waits for a person", held.line()))),
        }
    }
}

fn denied(judged: Judged) -> Result<Reply, Halt> {
    match judged.failure {
        Some(failure) => lost(failure),
        None => Ok(Reply::Refused(judged.refusal())),
    }
}
