//! The gate: the one place that turns an action into a permit.

use std::{
    any::Any,
    fmt,
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    Action, Advice, Approval, Digest, Failure, Outcome, Policy, Question, Rule, SecretUse, Standing, Tool, Vault,
    seat::{Seat, Sitting},
};

/// How long a permit may lie before it is used.
const PERMIT_LIFE: Duration = Duration::from_secs(60);
/// How old a consent may be when it is used, in milliseconds.
const CONSENT_LIFE: u64 = 10 * 60 * 1000;

/// Judges actions. It fails closed: an error, a panic or an unknown secret is a refusal.
///
/// The clones of a gate are one gate: a policy that is replaced is replaced for all of them.
#[derive(Clone, Debug)]
pub struct Gate {
    seat: Arc<Seat>,
    vault: Arc<Vault>,
}

/// The gate's answer.
#[derive(Debug)]
#[must_use]
pub enum Verdict {
    /// It may run, once.
    Go(Permit),
    /// It may run if a person consents to it.
    Hold(Held),
    /// It may not run.
    Stop(Refusal),
}

impl Gate {
    /// A gate that asks `policy` and lends out the secrets of `vault`.
    #[must_use]
    pub fn new(policy: Arc<dyn Policy>, vault: Arc<Vault>) -> Self {
        Self { seat: Arc::new(Seat::new(policy)), vault }
    }

    /// Installs another policy, and says which generation that is; the first has 1.
    ///
    /// What the one before has permitted or held and what was not done yet is refused from now on,
    /// and so is whatever follows from a permit of it. An action that has begun is not called back.
    pub fn install(&self, policy: Arc<dyn Policy>) -> u64 {
        self.seat.take(policy)
    }

    /// Which policy sits here: how many there were, it included.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.seat.now().generation
    }

    /// The vault whose secrets it lends out.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Judges `action`: once as things are and, if that is denied, once as if a person had just
    /// consented to it. What only consent would allow is held.
    pub fn judge(&self, action: Action, standing: &Standing) -> Verdict {
        if action.is_recorded() {
            let rule =
                Rule::new("gate.recorded", "it was read from a record, whose labels prove nothing; ask for it anew");
            return Verdict::Stop(Refusal::of(&action, vec![rule]));
        }
        let digest = action.digest();
        let secrets = match self.secrets_of(&action) {
            Ok(secrets) => secrets,
            Err(rule) => return Verdict::Stop(Refusal::of(&action, vec![rule])),
        };
        let sitting = self.seat.now();
        let question = |approval| Question { action: &action, secrets: &secrets, standing, approval };
        let decision = sitting.decide(&question(None));
        let consent = Approval { by: standing.user.clone(), digest, at: standing.now };
        let held = !decision.allowed && sitting.decide(&question(Some(&consent))).allowed;
        let Sitting { generation, .. } = sitting;
        let judged = Held { action, digest, rules: decision.rules, standing: Arc::new(standing.clone()), generation };
        if decision.allowed {
            return Verdict::Go(self.permit(judged, None));
        }
        if held {
            return Verdict::Hold(judged);
        }
        Verdict::Stop(judged.refuse())
    }

    /// Judges a held action again, now with a person's consent. The consent must be to exactly
    /// this action and less than ten minutes old at `now` (milliseconds since 1970), and the policy must
    /// be the one that held it.
    pub fn approve(&self, held: Held, approval: &Approval, now: u64) -> Verdict {
        let Held { action, digest, mut standing, generation, .. } = held;
        if let Err(rule) = self.seat.holds(generation) {
            return Verdict::Stop(Refusal::of(&action, vec![rule]));
        }
        let fresh = approval.at <= now && now - approval.at < CONSENT_LIFE;
        if approval.digest != digest || !fresh || approval.by.trim().is_empty() {
            let rule = Rule::new("gate.approval", "the consent is too old, unnamed, or for another action");
            return Verdict::Stop(Refusal::of(&action, vec![rule]));
        }
        Arc::make_mut(&mut standing).now = now;
        let secrets = match self.secrets_of(&action) {
            Ok(secrets) => secrets,
            Err(rule) => return Verdict::Stop(Refusal::of(&action, vec![rule])),
        };
        let sitting = self.seat.now();
        let question = Question { action: &action, secrets: &secrets, standing: &standing, approval: Some(approval) };
        let decision = sitting.decide(&question);
        let held = Held { action, digest, rules: decision.rules, standing, generation };
        if decision.allowed {
            return Verdict::Go(self.permit(held, Some(approval.by.clone())));
        }
        Verdict::Stop(held.refuse())
    }

    fn secrets_of(&self, action: &Action) -> Result<Vec<SecretUse>, Rule> {
        let uses = action.secrets().iter().map(|(argument, name)| {
            let used = self.vault.would_use(argument, name);
            used.ok_or_else(|| Rule::new("gate.secret", format!("there is no secret called `{name}`")))
        });
        uses.collect()
    }

    fn permit(&self, held: Held, approved_by: Option<String>) -> Permit {
        let Held { action, digest, rules, standing, generation } = held;
        let expires = Instant::now() + PERMIT_LIFE;
        let judge = Judge { gate: self.clone(), standing, generation };
        Permit { action, digest, rules, approved_by, expires, judge }
    }
}

/// The gate as it stood when a permit was given, for what follows from the permitted action: the
/// address a name turns out to have, the requests that an opened page makes by itself.
///
/// It outlives the permit and can be kept beside a connection. It gives no way around the gate:
/// all it does is ask it.
#[derive(Clone, Debug)]
pub struct Judge {
    // INVARIANT: made by `Gate::permit` alone, so that whoever holds one was once permitted to act.
    gate: Gate,
    standing: Arc<Standing>,
    generation: u64,
}

impl Judge {
    /// Where echoes of the run's secrets stand in `text`, as [`Vault::redact`] knows them: ranges of bytes, in
    /// order, that do not overlap. Pictures are masked by it.
    #[must_use]
    pub fn secrets_in(&self, text: &str) -> Vec<Range<usize>> {
        self.gate.vault.echoes_in(text)
    }

    /// Whether the run has any secret.
    #[must_use]
    pub fn keeps_secrets(&self) -> bool {
        self.gate.vault.names().next().is_some()
    }

    /// Judges an action that follows from a permitted one. What would need a person is refused:
    /// nobody can be asked in mid-action.
    ///
    /// # Errors
    ///
    /// The refusal, if the policy does not allow it as things are, or was replaced since.
    pub fn judge(&self, action: Action) -> Result<Permit, Refusal> {
        self.gate.seat.holds(self.generation).map_err(|rule| Refusal::of(&action, vec![rule]))?;
        match self.gate.judge(action, &self.standing) {
            Verdict::Go(permit) => Ok(permit),
            Verdict::Hold(held) => Err(held.refuse()),
            Verdict::Stop(refusal) => Err(refusal),
        }
    }

    /// What the gate would say to `action` at best: if all of its arguments were the user's own.
    /// Nothing if it would let it be done.
    #[must_use]
    pub fn advise(&self, action: Action) -> Option<Advice> {
        match self.gate.judge(action.told(), &self.standing) {
            Verdict::Go(_) => None,
            Verdict::Hold(_) => Some(Advice::Asks),
            Verdict::Stop(_) => Some(Advice::Refused),
        }
    }

    /// Where the run stood when it was permitted to act.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Which policy it belongs to, counted from 1.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether the policy still sits at the gate. If not, every answer is a refusal, whatever it was before.
    #[must_use]
    pub fn sits(&self) -> bool {
        self.gate.generation() == self.generation
    }

    /// Whether `other` is this very judge: a clone of it, which answers every question alike.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        // The standing is shared by the clones of one judge and by nothing else.
        Arc::ptr_eq(&self.standing, &other.standing)
    }
}

/// Leave to run one action, once.
///
/// Only [`Gate`] makes one. It cannot be cloned, built or read from text:
///
/// ```compile_fail
/// fn twice(permit: lamassu_contract::Permit) -> lamassu_contract::Permit {
///     permit.clone()
/// }
/// ```
#[must_use = "a permit that is dropped runs nothing"]
pub struct Permit {
    // INVARIANT: `Gate::permit` is the only constructor, and `digest` is the digest of `action`.
    action: Action,
    digest: Digest,
    rules: Vec<Rule>,
    approved_by: Option<String>,
    expires: Instant,
    judge: Judge,
}

impl Permit {
    /// Runs the action with `tool`, which must be the one that was asked for.
    pub async fn spend(self, tool: &dyn Tool) -> Outcome {
        if tool.name() != self.action.call().tool {
            return Outcome::NotSent(Failure::invalid(format!("this permit is not for `{}`", tool.name())));
        }
        if Instant::now() > self.expires {
            return Outcome::NotSent(Failure::invalid("the permit has expired; ask again"));
        }
        if let Err(rule) = self.judge.gate.seat.holds(self.judge.generation) {
            return Outcome::NotSent(Failure::refused(Refusal::of(&self.action, vec![rule])));
        }
        tool.run(self).await
    }

    /// What was judged.
    #[must_use]
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// The digest of what was judged.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The rules that allowed it.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Who consented to it, if consent was needed.
    #[must_use]
    pub fn approved_by(&self) -> Option<&str> {
        self.approved_by.as_deref()
    }

    /// What the tool looked up when it described the action.
    #[must_use]
    pub fn handle<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.action.held()
    }

    /// The secret that stands for the argument `name`, if the action was judged to use one there; for
    /// a seed of one-time codes, the code of this moment. It is overwritten when it is dropped.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<Zeroizing<String>> {
        let secret = self.action.secrets().get(name)?;
        self.judge.gate.vault.get(secret).map(crate::Secret::expose)
    }

    /// Who judges what follows from this action, also after it is done.
    #[must_use]
    pub fn judge(&self) -> &Judge {
        &self.judge
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("action", &self.action).field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// An action that waits for a person.
#[must_use = "a held action that is dropped never runs"]
pub struct Held {
    action: Action,
    digest: Digest,
    rules: Vec<Rule>,
    standing: Arc<Standing>,
    generation: u64,
}

impl Held {
    /// What waits.
    #[must_use]
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// What a consent must name.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The rules that hold it; empty if no rule allows it without consent.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Gives up waiting.
    #[must_use]
    pub fn refuse(self) -> Refusal {
        Refusal::of(&self.action, self.rules)
    }

    /// Gives up waiting because a person said so.
    #[must_use]
    pub fn reject(self, by: &str, why: &str) -> Refusal {
        Refusal::of(&self.action, vec![Rule::new("person.reject", format!("{by}: {why}"))])
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("action", &self.action).field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// A denial, with the rules that decided it. Not an error: the planner learns of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What was refused, in one line.
    pub action: String,
    /// The rules that refused it; empty if no rule allows it.
    pub rules: Vec<Rule>,
}

impl Refusal {
    fn of(action: &Action, rules: Vec<Rule>) -> Self {
        Self { action: action.line().to_owned(), rules }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rules.is_empty() {
            return write!(f, "no rule allows `{}`", self.action);
        }
        write!(f, "`{}` is refused by", self.action)?;
        for (index, rule) in self.rules.iter().enumerate() {
            write!(f, "{} `{}`", if index > 0 { "," } else { "" }, rule.id)?;
            if !rule.because.is_empty() {
                write!(f, " ({})", rule.because)?;
            }
        }
        Ok(())
    }
}
