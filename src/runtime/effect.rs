//! Doing what a permit allows, and finding out afterwards whether it happened.

use std::sync::Arc;

use lamassu_contract::{Call, Effect, Failure, FailureKind, Observation, Outcome, Permit, Reconciled, Refusal, Rule};
use serde::{Deserialize, Serialize};

use super::{
    Event, Settled, Status,
    agent::Parts,
    court::{Authority, Court, Judged, Word},
    law::Change,
    reins::Rest,
    run::{Halt, Run},
    state::Reached,
};
use crate::{
    journal::{Blobs, Effected, Entry, Kind},
    planner::Reply,
};

/// What the record holds of an outcome.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one for each action, and it is read at once")]
enum Done {
    /// It was tried.
    Tried { outcome: Outcome, millis: u64 },
    /// It was in doubt, and this was found out, and by whom.
    Found { settled: Settled, by: String, words: String },
}

impl Run {
    /// Does what was judged. Only the attempt that recorded the judgement may; any other finds the
    /// action in doubt.
    pub(super) async fn perform(&mut self, judged: &Entry<Judged>, authority: Authority) -> Result<Reply, Halt> {
        let name = format!("outcome-{}", self.state.steps);
        let parts = Arc::clone(&self.parts);
        let blobs = self.journal.blobs();
        let job = async move {
            match authority {
                Authority::Permit(permit) => attempt(&parts, permit, &blobs).await,
                _ => {
                    Done::Tried { outcome: Outcome::NotSent(Failure::invalid("there is no permit for it")), millis: 0 }
                }
            }
        };
        let Effected::Done(entry) = self.journal.effect(judged, &name, job).await? else {
            return self.settle(&name, &judged.value, interrupted()).await;
        };
        self.state.clock.tick(&entry);
        if entry.fresh {
            self.tell_acted(&judged.value, &entry.value);
        }
        match entry.value {
            Done::Tried { outcome: Outcome::Landed(observation), .. } => {
                self.state.went_out(&self.parts, &judged.value, Reached::World);
                Ok(Reply::Landed(observation))
            }
            Done::Tried { outcome: Outcome::NotSent(failure), .. } => lost(failure),
            Done::Tried { outcome: Outcome::MayHaveLanded(failure), .. } => {
                let name = format!("settled-{}", self.state.steps);
                self.settle(&name, &judged.value, failure).await
            }
            Done::Found { settled, words, .. } => Ok(self.found(&judged.value, settled, words)),
        }
    }

    /// What was in doubt was found out.
    fn found(&mut self, judged: &Judged, settled: Settled, words: String) -> Reply {
        match settled {
            Settled::Landed => {
                self.state.went_out(&self.parts, judged, Reached::World);
                Reply::Landed(Observation::from_tool(&judged.call.tool, words))
            }
            Settled::NotSent => {
                self.state.went_out(&self.parts, judged, Reached::Network);
                Reply::Failed(Failure::new(FailureKind::Stale, words))
            }
        }
    }

    /// Finds out whether an action in doubt reached the world: the tool looks, then a person is
    /// asked. It is never repeated.
    async fn settle(&mut self, name: &str, judged: &Judged, failure: Failure) -> Result<Reply, Halt> {
        let parts = Arc::clone(&self.parts);
        let doubtful = judged.clone();
        let done = self.journal.resolve(name, async move { find_out(&parts, &doubtful).await.ok_or(()) });
        let Ok(entry) = done.await? else {
            let reason = format!("nobody can tell whether `{}` happened: {}", judged.line(), failure.message);
            return Err(Halt::Aside(Status::InDoubt, reason));
        };
        self.state.clock.tick(&entry);
        match entry.value {
            Done::Found { settled, by, words } => {
                if entry.fresh {
                    self.tell(&Event::Noted { text: format!("{by}: {words}") });
                }
                Ok(self.found(judged, settled, words))
            }
            Done::Tried { .. } => lost(failure),
        }
    }

    /// Shows how things stand to the planner: every tool that has something to show is asked, and
    /// judged like for any other call.
    pub(super) async fn look(&mut self) -> Result<(), Halt> {
        self.state.looks += 1;
        let name = format!("look-{}", self.state.looks);
        let parts = Arc::clone(&self.parts);
        let court = self.court(&Call::new("", ""));
        let blobs = self.journal.blobs();
        let goal = self.goal.text.clone();
        let known = self.state.changes;
        let rests = std::mem::take(&mut self.state.rests);
        let entry = self.journal.step(Kind::Look, &name, async move {
            let changes = parts.law.since(known);
            let restored = court.restore().await;
            let calls: Vec<_> = parts.toolbox.all().filter_map(|tool| tool.look(&goal)).collect();
            let mut glances = Vec::new();
            for call in calls {
                glances.push(glance(&parts, &court.about(call), &blobs).await);
            }
            Look { glances, restored, changes, rests }
        });
        let entry = entry.await?;
        self.state.clock.tick(&entry);
        self.state.clock.rest(&entry.value.rests);
        if entry.fresh {
            self.state.changes += entry.value.changes.len();
            self.tell_looked(&entry.value);
        }
        self.came_back(&entry.value.restored);
        let mut now = Vec::new();
        for Glance { judged, seen } in entry.value.glances {
            now.push(match seen {
                Ok(observation) => observation,
                Err(Failure { kind: FailureKind::Lost, message, .. }) => {
                    return Err(Halt::End(Status::Failed, message));
                }
                Err(failure) => {
                    self.state.refused(failure.refusal.as_ref());
                    Observation::from_tool(&judged.call.tool, format!("this is not shown: {failure}"))
                }
            });
        }
        self.state.saw(now);
        Ok(())
    }

    fn tell_looked(&self, look: &Look) {
        let pages = look.glances.iter().filter_map(|glance| glance.seen.as_ref().ok()?.page.clone());
        pages.for_each(|page| self.tell(&Event::Looked { page: Box::new(page) }));
        self.tell_spent();
    }

    /// Finding the way back to a page sends requests too.
    pub(super) fn came_back(&mut self, restored: &[Judged]) {
        for judged in restored.iter().filter(|judged| judged.verdict == Word::Go) {
            self.state.went_out(&self.parts, judged, Reached::Network);
        }
    }

    fn tell_acted(&self, judged: &Judged, done: &Done) {
        let Done::Tried { outcome, millis } = done else { return };
        let (outcome, seen) = match outcome {
            Outcome::Landed(seen) if self.parts.rehearses(judged.effect()) => ("rehearsed", &seen.content),
            Outcome::Landed(seen) => ("landed", &seen.content),
            Outcome::NotSent(failure) => ("not_sent", &failure.message),
            Outcome::MayHaveLanded(failure) => ("may_have_landed", &failure.message),
        };
        self.tell(&Event::Acted { step: self.state.steps, outcome, seen: first_line(seen), millis: *millis });
    }
}

/// A tool that is gone ends the run; any other failure is the planner's to read.
pub(super) fn lost(failure: Failure) -> Result<Reply, Halt> {
    match failure.kind {
        FailureKind::Lost => Err(Halt::End(Status::Failed, failure.message)),
        _ => Ok(Reply::Failed(failure)),
    }
}

/// How things stood, as the record holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Look {
    glances: Vec<Glance>,
    /// In a run that was taken up again: what was judged to bring things back to where they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    restored: Vec<Judged>,
    /// What became of packs that were read again since the last look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change>,
    /// When the run was held right before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rests: Vec<Rest>,
}

/// One look of one tool.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Glance {
    judged: Judged,
    seen: Result<Observation, Failure>,
}

async fn glance(parts: &Parts, court: &Court, blobs: &Blobs) -> Glance {
    let (judged, authority) = court.judge().await;
    let seen = match authority {
        Authority::Permit(permit) => match attempt(parts, permit, blobs).await {
            Done::Tried { outcome: Outcome::Landed(observation), .. } => Ok(observation),
            Done::Tried { outcome: Outcome::NotSent(failure) | Outcome::MayHaveLanded(failure), .. } => Err(failure),
            Done::Found { words, .. } => Err(Failure::invalid(words)),
        },
        Authority::Held(_) | Authority::None => {
            Err(judged.failure.clone().unwrap_or_else(|| Failure::refused(judged.refusal())))
        }
    };
    Glance { judged, seen }
}

/// Spends the permit. Whatever comes back is redacted before anyone sees or keeps it.
async fn attempt(parts: &Parts, permit: Permit, blobs: &Blobs) -> Done {
    let started = std::time::Instant::now();
    let judge = permit.judge().clone();
    let outcome = if parts.rehearses(Some(permit.action().effect())) {
        let words = format!("`{}` is allowed and was not done", permit.action().line());
        Outcome::Landed(Observation::from_tool(&permit.action().call().tool, words))
    } else {
        match parts.toolbox.find(permit.action().call()) {
            Ok(tool) => parts.mask.over(tool.as_ref(), &judge, permit.spend(tool.as_ref()).await).await,
            Err(failure) => Outcome::NotSent(failure),
        }
    };
    let outcome = redacted(parts, outcome, blobs);
    Done::Tried { outcome, millis: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX) }
}

fn redacted(parts: &Parts, outcome: Outcome, blobs: &Blobs) -> Outcome {
    let redact = |text: &str| parts.vault().redact(text);
    let failure = |failure: Failure| Failure {
        message: redact(&failure.message),
        refusal: failure.refusal.map(|refusal| redacted_refusal(refusal, &redact)),
        ..failure
    };
    match outcome {
        Outcome::Landed(observation) => {
            let mut observation = observation.map_text(&redact);
            for picture in &mut observation.pictures {
                // A picture that cannot be kept is left out; the run goes on without it.
                picture.png = blobs.keep_base64(&picture.png).unwrap_or_default();
            }
            Outcome::Landed(observation)
        }
        Outcome::NotSent(cause) => Outcome::NotSent(failure(cause)),
        Outcome::MayHaveLanded(cause) => Outcome::MayHaveLanded(failure(cause)),
    }
}

fn redacted_refusal(refusal: Refusal, redact: &dyn Fn(&str) -> String) -> Refusal {
    let rule = |rule: Rule| Rule { because: redact(&rule.because), ..rule };
    Refusal { action: redact(&refusal.action), rules: refusal.rules.into_iter().map(rule).collect() }
}

/// What a look of the tool or a person says about an action in doubt; nothing if neither can tell.
async fn find_out(parts: &Parts, judged: &Judged) -> Option<Done> {
    let found = |settled, by: &str, words: String| {
        Some(Done::Found { settled, by: by.to_owned(), words: parts.vault().redact(&words) })
    };
    if judged.effect() == Some(Effect::Read) {
        return found(Settled::NotSent, "lamassu", "it only reads, so it can be asked for again".to_owned());
    }
    if let Some(tool) = parts.toolbox.all().find(|tool| tool.name() == judged.call.tool) {
        match tool.reconcile(&judged.action).await {
            Reconciled::Landed(words) => return found(Settled::Landed, "a look", words),
            Reconciled::NotSent(words) => return found(Settled::NotSent, "a look", words),
            Reconciled::Unknown => {}
        }
    }
    let settled = parts.approver.settle(&judged.action).await?;
    let words = match settled {
        Settled::Landed => "it happened before the interruption; it was not repeated",
        Settled::NotSent => "it had not happened when the run was interrupted; look again",
    };
    found(settled, "a person", words.to_owned())
}

fn interrupted() -> Failure {
    Failure::new(FailureKind::Stale, "the run was interrupted in the middle of it")
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(160).collect()
}
