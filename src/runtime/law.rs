//! The policy that an agent is judged by, and how it is replaced while runs are under way.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use lamassu_contract::{Action, Approval, Gate, Held, Standing, Vault, Verb, Verdict};
use serde::{Deserialize, Serialize};

use crate::policy::{CedarPolicy, Pack, PackError};

/// The gate of an agent, with what is known of the policy that sits there.
pub(super) struct Law {
    gate: Gate,
    /// The verbs of the agent's own tools, to be made known to every pack.
    verbs: Vec<(String, Vec<Verb>)>,
    // INVARIANT: written only together with the policy at the gate, so that whoever holds it for reading
    // is judged by the policy of this mark.
    now: RwLock<Now>,
}

struct Now {
    pack: Option<Pack>,
    mark: String,
    /// What a planner is told of the pack.
    about: String,
    changes: Vec<Change>,
}

/// A pack that was loaded, with what it makes.
pub(super) struct Loaded {
    pub(super) pack: Option<Pack>,
    pub(super) mark: String,
    pub(super) about: String,
}

impl Loaded {
    /// What is known of `policy`, which was loaded from `pack`.
    pub(super) fn of(pack: Pack, policy: &CedarPolicy) -> Self {
        let filled: Vec<_> =
            pack.parameters().iter().map(|(name, entries)| format!("{name}: {}", entries.join(", "))).collect();
        let filled = if filled.is_empty() { String::new() } else { format!(" ({})", filled.join("; ")) };
        Self { mark: policy.mark(), about: format!("{}{filled}", policy.about()), pack: Some(pack) }
    }

    /// What is known of a policy that is no pack.
    pub(super) fn unknown() -> Self {
        Self { pack: None, mark: String::new(), about: String::new() }
    }
}

/// What became of a pack that was read again, as the record keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Change {
    /// The name or folder of the pack.
    pub(super) pack: String,
    /// The policy that judges from then on, counted from 1; the one before, if there is a problem.
    pub(super) generation: u64,
    /// Why the pack was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<String>,
}

impl Law {
    /// The law of `gate`, whose policy is what was `loaded`.
    pub(super) fn new(gate: Gate, verbs: Vec<(String, Vec<Verb>)>, loaded: Loaded) -> Self {
        let Loaded { pack, mark, about } = loaded;
        Self { gate, verbs, now: RwLock::new(Now { pack, mark, about, changes: Vec::new() }) }
    }

    /// What the pack is for and what was filled in, in a line; empty if the policy is no pack.
    pub(super) fn about(&self) -> String {
        self.read().about.clone()
    }

    pub(super) fn vault(&self) -> &Vault {
        self.gate.vault()
    }

    /// The pack of rules, if the policy is one.
    pub(super) fn pack(&self) -> Option<Pack> {
        self.read().pack.clone()
    }

    /// Judges `action`. The mark is that of the policy that did.
    pub(super) fn judge(&self, action: Action, standing: &Standing) -> (Verdict, String) {
        let now = self.read();
        (self.gate.judge(action, standing), now.mark.clone())
    }

    /// Judges a held action again, at `time` (milliseconds since 1970) and with a consent. If that was given to the policy `asked`, and another
    /// one sits at the gate, the consent does not count, and there is no verdict.
    pub(super) fn consent(
        &self,
        held: Held,
        (approval, time): (&Approval, u64),
        asked: Option<&str>,
    ) -> Option<(Verdict, String)> {
        let now = self.read();
        let counts = asked.is_none_or(|asked| asked == now.mark);
        counts.then(|| (self.gate.approve(held, approval, time), now.mark.clone()))
    }

    /// Replaces the policy by `pack`, if that loads and passes its cases; if not, the last one stays.
    pub(super) fn reload(&self, pack: Pack) -> (Change, Result<u64, PackError>) {
        let loaded = CedarPolicy::load(&pack, &self.verbs);
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let name = pack.name();
        let result = loaded.map(|policy| {
            let Loaded { pack, mark, about } = Loaded::of(pack, &policy);
            (now.pack, now.mark, now.about) = (pack, mark, about);
            self.gate.install(Arc::new(policy))
        });
        let problem = result.as_ref().err().map(ToString::to_string);
        let change = Change { pack: name, generation: self.gate.generation(), problem };
        now.changes.push(change.clone());
        (change, result)
    }

    /// How many packs were read again so far, whatever became of them.
    pub(super) fn count(&self) -> usize {
        self.read().changes.len()
    }

    /// What became of those after the first `known`.
    pub(super) fn since(&self, known: usize) -> Vec<Change> {
        self.read().changes.iter().skip(known).cloned().collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, Now> {
        self.now.read().unwrap_or_else(PoisonError::into_inner)
    }
}
