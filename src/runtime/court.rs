//! Where a call is described, traced and judged, and where consent is taken.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use lamassu_contract::{
    Action, Approval, Autonomy, Call, Effect, Failure, FailureKind, Held, Observation, Permit, Provenance, Refusal,
    Resource, Rule, SecretUse, Standing, Verdict, visible,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Mutex;

use super::{
    Event, Request, Ruling,
    agent::Parts,
    consult::Consent,
    plan::Plan,
    reins::Rest,
    run::{Halt, Run},
};
use crate::{
    journal::{Entry, Kind},
    policy::consent_to,
};

/// How long a person may take; after that the answer is no.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// How many further actions a plan can hold.
const MOST_PLANNED: usize = 40;

/// What the record holds of a judgement. With the verdict `go` it is the intent: durable before
/// anything happens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Judged {
    /// What was judged, as [`Action::to_value`], redacted; null if the call could not be resolved.
    pub(super) action: Value,
    /// The digest of the action as it was judged; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) digest: String,
    /// The mark of the policy that judged, if it is a pack's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) policy: String,
    /// What was asked for.
    pub(super) call: Call,
    /// The secrets it would use, with where each is bound to; not their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) secrets: Vec<SecretUse>,
    /// Where the run stood.
    pub(super) standing: Standing,
    /// How it was judged.
    pub(super) verdict: Word,
    /// The rules that decided.
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
    /// Who consented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) approved_by: Option<String>,
    /// Why the call could not be resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<Failure>,
    /// In a run that was taken up again: what was judged to bring things back to where they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) restored: Vec<Judged>,
    /// When the run was held right before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) rests: Vec<Rest>,
}

/// A verdict in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    Go,
    Hold,
    Stop,
    Invalid,
}

impl Judged {
    /// The action in a line; the call as it was made if it could not be resolved to one.
    pub(super) fn line(&self) -> String {
        let summary = self.action.get("summary").and_then(Value::as_str);
        summary.map_or_else(|| as_asked(&self.call), str::to_owned)
    }

    /// The refusal that this judgement is.
    pub(super) fn refusal(&self) -> Refusal {
        Refusal { action: self.line(), rules: self.rules.clone() }
    }

    /// What the action touches.
    pub(super) fn resource(&self) -> Option<Resource> {
        serde_json::from_value(self.action.get("resource")?.clone()).ok()
    }

    pub(super) fn effect(&self) -> Option<Effect> {
        serde_json::from_value(self.action.get("effect")?.clone()).ok()
    }
}

/// What a judgement brings with it. It exists only in the attempt that judged, never in the record.
#[derive(Default)]
pub(super) enum Authority {
    #[default]
    None,
    Permit(Permit),
    Held(Held),
}

impl Run {
    /// Describes, traces and judges `call`.
    pub(super) async fn judge(&mut self, call: &Call) -> Result<(Entry<Judged>, Authority), Halt> {
        let name = format!("judgement-{}", self.state.steps);
        let court = self.court(call);
        self.judgement(&name, async move { court.judge().await }).await
    }

    pub(super) async fn judgement(
        &mut self,
        name: &str,
        job: impl Future<Output = (Judged, Authority)> + Send + 'static,
    ) -> Result<(Entry<Judged>, Authority), Halt> {
        let slot = Arc::new(Mutex::new(Authority::None));
        let place = Arc::clone(&slot);
        let rests = std::mem::take(&mut self.state.rests);
        let entry = self.journal.step(Kind::Judgement, name, async move {
            let (judged, authority) = job.await;
            *place.lock().await = authority;
            Judged { rests, ..judged }
        });
        let entry = entry.await?;
        self.state.clock.tick(&entry);
        self.state.clock.rest(&entry.value.rests);
        self.came_back(&entry.value.restored);
        if entry.fresh {
            self.tell_judged(&entry.value);
        }
        let authority = std::mem::take(&mut *slot.lock().await);
        Ok((entry, authority))
    }

    pub(super) fn court(&self, call: &Call) -> Court {
        Court {
            parts: Arc::clone(&self.parts),
            call: call.clone(),
            provenance: self.state.provenance.clone(),
            standing: self.state.standing(&self.parts, &self.id),
            before: self.state.clock.taken_up().then(|| Arc::clone(&self.state.now)),
        }
    }

    fn tell_judged(&self, judged: &Judged) {
        let verdict = match judged.verdict {
            Word::Go => "go",
            Word::Hold => "hold",
            Word::Stop => "stop",
            Word::Invalid => "invalid",
        };
        let problem = judged.failure.as_ref().map(|failure| Rule::new("call", failure.message.clone()));
        self.tell(&Event::Judged {
            step: self.state.steps,
            action: judged.line(),
            on: judged.resource().map(Box::new),
            effect: judged.effect(),
            verdict,
            rules: judged.rules.iter().cloned().chain(problem).collect(),
        });
    }
}

/// Everything it takes to judge one call, without a hold on the run.
#[derive(Clone)]
pub(super) struct Court {
    parts: Arc<Parts>,
    call: Call,
    provenance: Provenance,
    standing: Standing,
    /// The last looks, in a run that was taken up again.
    before: Option<Arc<Vec<Observation>>>,
}

impl Court {
    /// The action that the call stands for, traced.
    async fn describe(&self) -> Result<Action, Failure> {
        let tool = self.parts.toolbox.find(&self.call)?;
        let action = tool.describe(&self.call).await?;
        Ok(action.traced(&self.provenance))
    }

    pub(super) async fn judge(&self) -> (Judged, Authority) {
        let restored = self.restore().await;
        let (judged, authority) = self.judge_here().await;
        (Judged { restored, ..judged }, authority)
    }

    /// The same court with another call, in a run that has found its place again.
    pub(super) fn about(&self, call: Call) -> Self {
        Self { call, before: None, ..self.clone() }
    }

    /// Brings tools that lost their place in a crash back to it, by actions that are judged like
    /// any other. What is refused or fails is left: the next look will show it.
    pub(super) async fn restore(&self) -> Vec<Judged> {
        let mut restored = Vec::new();
        for last in self.before.iter().flat_map(|looks| looks.iter()) {
            for tool in self.parts.toolbox.all().filter(|tool| tool.look("").is_none()) {
                let Some(call) = tool.restore(last) else { continue };
                let (judged, authority) = self.about(call).judge_here().await;
                if let Authority::Permit(permit) = authority {
                    let _ = permit.spend(tool.as_ref()).await;
                }
                restored.push(judged);
            }
        }
        restored
    }

    async fn judge_here(&self) -> (Judged, Authority) {
        let action = match self.describe().await {
            Ok(action) => action,
            Err(failure) => return (self.undescribed(failure), Authority::None),
        };
        let verdict = self.parts.law.judge(action.clone(), &self.standing);
        self.word(&action, verdict)
    }

    pub(super) async fn approve(
        &self,
        authority: Authority,
        (digest, policy): (&str, &str),
        consent: Consent,
    ) -> (Judged, Authority) {
        // A consent that is at hand came in this attempt, and the gate knows which policy asked for it. One
        // from the record counts under the policy that the record names.
        let asked = matches!(authority, Authority::None).then_some(policy);
        let Some(held) = self.held(authority, digest).await else {
            let failure = Failure::invalid("the action is no longer what was consented to; ask again");
            return (self.invalid(failure), Authority::None);
        };
        let action = held.action().clone();
        let at = consent.at.unwrap_or(self.standing.now);
        let approval = Approval { by: consent.by, digest: held.digest(), at };
        let Some(verdict) = self.parts.law.consent(held, (&approval, self.standing.now), asked) else {
            let failure = Failure::invalid("the policy was replaced after a person was asked; ask again");
            return (self.invalid(failure), Authority::None);
        };
        let (judged, authority) = self.word(&action, verdict);
        (Judged { approved_by: Some(approval.by), ..judged }, authority)
    }

    /// Asks the approver. A panic or ten minutes of silence is a rejection.
    pub(super) async fn ask(
        &self,
        authority: Authority,
        judged: &Judged,
        rest: &[Call],
        why: String,
    ) -> (Ruling, Authority) {
        let Some(held) = self.held(authority, &judged.digest).await else {
            return (reject("the action changed while it waited"), Authority::None);
        };
        let (action, rules, digest) = (held.action().clone(), held.rules().to_vec(), held.digest());
        let secrets = self.secrets_of(&action);
        let level = self.standing.autonomy;
        // Whoever wants to see every action wants to see those, too.
        let agreed = Some(&self.parts.consents).filter(|_| level != Autonomy::Ask);
        if let Some(rule) = agreed.and_then(|agreed| agreed.covers(&action, &secrets, &self.standing)) {
            let by = format!("{} by the rule `{rule}`", self.standing.user);
            return (Ruling::Approve { by }, Authority::Held(held));
        }
        if level == Autonomy::Auto {
            return (reject("nobody is asked at the level `auto`"), Authority::Held(held));
        }
        let always = agreed.and_then(|_| consent_to(&action, &self.standing));
        let plan = self.plan(judged, rest).await;
        let request = Request { action, rules, digest, why, autonomy: level, plan, always };
        let asked = AssertUnwindSafe(self.parts.approver.rule(&request)).catch_unwind();
        let ruling = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(ruling)) => ruling,
            Ok(Err(_)) => reject("the approver panicked"),
            Err(_) => reject("nobody answered for ten minutes"),
        };
        // What was shown is what is agreed to.
        let shown = match &ruling {
            Ruling::Plan { plan, .. } => request.plan.as_ref() == Some(plan),
            Ruling::Always { rule, .. } => request.always.as_ref() == Some(rule),
            Ruling::Level { autonomy, .. } => (level == Autonomy::Suggest) == (*autonomy == Autonomy::Suggest),
            _ => true,
        };
        let ruling = if shown { ruling } else { reject("the answer is to something else than was shown") };
        (self.redacted(ruling), Authority::Held(held))
    }

    /// The plan of the held action and of those of `rest` that would be held as things are now, up to
    /// the first that cannot be told.
    async fn plan(&self, held: &Judged, rest: &[Call]) -> Option<Plan> {
        let mut all = vec![held.clone()];
        for call in rest.iter().take(MOST_PLANNED) {
            let (judged, _) = self.about(call.clone()).judge_here().await;
            match judged.verdict {
                Word::Hold => all.push(judged),
                Word::Go => {}
                Word::Stop | Word::Invalid => break,
            }
        }
        // Rules take no action for weaker than its verb, and no plan may either.
        let undone = |judged: &Judged| self.parts.toolbox.effect(&judged.call) < Some(Effect::Irreversible);
        all.iter().all(undone).then(|| Plan::of(&all)).flatten()
    }

    /// What a person says may hold what they should rather not have typed.
    fn redacted(&self, ruling: Ruling) -> Ruling {
        match ruling {
            Ruling::Reject { by, why } => Ruling::Reject { by, why: self.parts.vault().redact(&why) },
            other => other,
        }
    }

    /// The held action of this digest: the one at hand or, in a run that was taken up again, judged
    /// afresh.
    async fn held(&self, authority: Authority, digest: &str) -> Option<Held> {
        let authority = match authority {
            Authority::None => self.judge().await.1,
            authority => authority,
        };
        match authority {
            Authority::Held(held) if held.digest().to_string() == digest => Some(held),
            _ => None,
        }
    }

    fn word(&self, action: &Action, (verdict, policy): (Verdict, String)) -> (Judged, Authority) {
        let (verdict, rules, authority) = match verdict {
            Verdict::Go(permit) => (Word::Go, permit.rules().to_vec(), Authority::Permit(permit)),
            Verdict::Hold(held) => (Word::Hold, held.rules().to_vec(), Authority::Held(held)),
            Verdict::Stop(refusal) => (Word::Stop, refusal.rules, Authority::None),
        };
        let digest = action.digest().to_string();
        let secrets = self.secrets_of(action);
        (Judged { digest, secrets, policy, ..self.judged(action.to_value(), verdict, rules) }, authority)
    }

    /// Where the secrets of `action` are bound to, so that the record can be judged again.
    fn secrets_of(&self, action: &Action) -> Vec<SecretUse> {
        let vault = self.parts.vault();
        action.secrets().iter().filter_map(|(argument, name)| vault.would_use(argument, name)).collect()
    }

    /// A call that could not be resolved to an action. One that a tool's own walls stop is refused
    /// like any other, with the wall as the rule.
    fn undescribed(&self, failure: Failure) -> Judged {
        if failure.kind != FailureKind::OutOfBounds {
            return self.invalid(failure);
        }
        let rule = Rule::new(format!("{}.bounds", self.call.tool), failure.message);
        self.judged(Value::Null, Word::Stop, vec![rule])
    }

    fn invalid(&self, failure: Failure) -> Judged {
        let message = self.parts.vault().redact(&failure.message);
        let failure = Some(Failure { message, ..failure });
        Judged { failure, ..self.judged(Value::Null, Word::Invalid, Vec::new()) }
    }

    /// The judgement as it is kept, told and shown. A page may echo a secret into its address or
    /// its names, which come back here as facts.
    fn judged(&self, action: Value, verdict: Word, rules: Vec<Rule>) -> Judged {
        let vault = self.parts.vault();
        Judged {
            action: vault.redact_value(action),
            digest: String::new(),
            secrets: Vec::new(),
            policy: String::new(),
            call: self.call.clone(),
            standing: self.standing.clone(),
            verdict,
            rules: rules.into_iter().map(|rule| Rule { because: vault.redact(&rule.because), ..rule }).collect(),
            approved_by: None,
            failure: None,
            restored: Vec::new(),
            rests: Vec::new(),
        }
    }
}

fn as_asked(call: &Call) -> String {
    let asked = format!("{} {}", call.name(), Value::Object(call.args.clone()));
    visible(&asked.chars().take(160).collect::<String>())
}

fn reject(why: &str) -> Ruling {
    Ruling::Reject { by: "lamassu".to_owned(), why: why.to_owned() }
}
