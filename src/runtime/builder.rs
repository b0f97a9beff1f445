//! Putting an agent together.

use std::sync::Arc;

use lamassu_contract::{Autonomy, Gate, Mode, Policy, SecretError, Tool, Vault};

use super::{
    Agent, Approver, Deny, Event, Hands, Reins,
    agent::{Keep, Meter, Parts},
    law::{Law, Loaded},
    mask::Mask,
    toolbox::Toolbox,
};
use crate::{
    journal::{Ledger, Store},
    planner::{Effort, Planner, Prices},
    policy::{CedarPolicy, Consents, Pack, PackError},
};

/// Builds an [`Agent`]. Only a planner is needed; without a policy nothing is allowed.
#[must_use]
pub struct AgentBuilder {
    name: String,
    user: String,
    mode: Mode,
    planner: Option<Arc<dyn Planner>>,
    tools: Vec<Arc<dyn Tool>>,
    policy: Choice,
    vault: Vault,
    approver: Arc<dyn Approver>,
    consents: (String, Keep),
    ledger: Ledger,
    events: Box<dyn Fn(&Event) + Send + Sync>,
    reins: Reins,
    hands: Hands,
    prices: Option<Prices>,
    meter: Meter,
    autonomy: Autonomy,
    origin: serde_json::Value,
}

enum Choice {
    Pack(Pack),
    Own(Arc<dyn Policy>),
}

impl Default for AgentBuilder {
    fn default() -> Self {
        Self {
            name: "lamassu".to_owned(),
            user: "user".to_owned(),
            mode: Mode::Library,
            planner: None,
            tools: Vec::new(),
            policy: Choice::Pack(Pack::ready("deny-all")),
            vault: Vault::default(),
            approver: Arc::new(Deny),
            consents: (String::new(), Box::new(|_| Ok(()))),
            ledger: Ledger::Memory,
            events: Box::new(|_| {}),
            reins: Reins::default(),
            hands: Hands::default(),
            prices: None,
            meter: Box::new(Effort::default),
            autonomy: Autonomy::default(),
            origin: serde_json::Value::Null,
        }
    }
}

impl AgentBuilder {
    /// What the policy and the record call this agent; `lamassu` if never called.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// On whose behalf it acts; `user` if never called.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = user.into();
        self
    }

    /// Who watches; [`Mode::Library`] if never called.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// What decides the next step.
    pub fn planner(mut self, planner: impl Planner + 'static) -> Self {
        self.planner = Some(Arc::new(planner));
        self
    }

    /// One more tool.
    pub fn tool(mut self, tool: impl Tool + 'static) -> Self {
        self.tools.push(Arc::new(tool));
        self
    }

    /// The pack of rules to judge by; `deny-all` if never called. Verbs of the agent's own tools
    /// are made known to it.
    pub fn pack(mut self, pack: Pack) -> Self {
        self.policy = Choice::Pack(pack);
        self
    }

    /// A policy of your own instead of a pack.
    pub fn policy(mut self, policy: impl Policy + 'static) -> Self {
        self.policy = Choice::Own(Arc::new(policy));
        self
    }

    /// The secrets that tools may be lent.
    pub fn vault(mut self, vault: Vault) -> Self {
        self.vault = vault;
        self
    }

    /// Who is asked about held actions; [`Deny`] if never called.
    pub fn approver(mut self, approver: impl Approver + 'static) -> Self {
        self.approver = Arc::new(approver);
        self
    }

    /// What people have agreed to beforehand, as rules in Cedar (see [`Consents`]), and what keeps the
    /// text when a person adds a rule; without it, a rule holds as long as the agent.
    pub fn consents(
        mut self,
        rules: impl Into<String>,
        keep: impl Fn(&str) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.consents = (rules.into(), Box::new(keep));
        self
    }

    /// Where the record is kept; in memory, gone with the run, if never called.
    pub fn journal(mut self, store: Store) -> Self {
        self.ledger = Ledger::Store(store);
        self
    }

    /// Who is told what happens, as it happens. It must not block.
    pub fn events(mut self, sink: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.events = Box::new(sink);
        self
    }

    /// What the runs of this agent can be paused and stopped by.
    pub fn reins(mut self, reins: Reins) -> Self {
        self.reins = reins;
        self
    }

    /// By what a person can act in the planner's place.
    pub fn hands(mut self, hands: Hands) -> Self {
        self.hands = hands;
        self
    }

    /// What the planner's tokens cost, unless it says so itself; a goal whose budget limits money needs it.
    pub fn prices(mut self, prices: Prices) -> Self {
        self.prices = Some(prices);
        self
    }

    /// What reads how much processor time and energy has been used so far; it is read before and after each
    /// question to the planner, and what lies between is on record.
    pub fn meter(mut self, meter: impl Fn() -> Effort + Send + Sync + 'static) -> Self {
        self.meter = Box::new(meter);
        self
    }

    /// How much is done without asking; what the policy does not hold if never called. At
    /// [`Autonomy::Suggest`] every action is judged, but only those are done that merely read.
    pub fn autonomy(mut self, autonomy: Autonomy) -> Self {
        self.autonomy = autonomy;
        self
    }

    /// What is kept with each run for whoever takes it up again, such as the task; no secrets.
    pub fn origin(mut self, origin: serde_json::Value) -> Self {
        self.origin = origin;
        self
    }

    /// The agent.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if there is no planner, the pack does not load, or a tool's verbs make no
    /// sense.
    pub fn build(self) -> Result<Agent, BuildError> {
        if let Some((name, error)) = self.vault.unfit() {
            return Err(BuildError::Secret { name: name.to_owned(), error });
        }
        let toolbox = Toolbox::new(self.tools)?;
        let verbs: Vec<_> = toolbox.offers().iter().map(|offer| (offer.tool.clone(), offer.verbs.clone())).collect();
        let (rules, keep) = self.consents;
        let consents = Consents::read(&rules, &verbs)?;
        let (policy, loaded): (Arc<dyn Policy>, _) = match self.policy {
            Choice::Own(policy) => (policy, Loaded::unknown()),
            Choice::Pack(pack) => {
                let policy = CedarPolicy::load(&pack, &verbs)?;
                let loaded = Loaded::of(pack, &policy);
                (Arc::new(policy), loaded)
            }
        };
        let parts = Parts {
            name: self.name,
            user: self.user,
            mode: self.mode,
            planner: self.planner.ok_or(BuildError::NoPlanner)?,
            toolbox,
            law: Law::new(Gate::new(policy, Arc::new(self.vault)), verbs, loaded),
            mask: Mask::default(),
            approver: self.approver,
            consents,
            keep,
            ledger: self.ledger,
            events: self.events,
            reins: self.reins,
            hands: self.hands,
            prices: self.prices,
            meter: self.meter,
            autonomy: self.autonomy,
            origin: self.origin,
        };
        Ok(Agent { parts: Arc::new(parts) })
    }
}

impl std::fmt::Debug for AgentBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AgentBuilder").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Why an agent cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// No planner was given.
    #[error("the agent has no planner; give it one with `planner(..)`")]
    NoPlanner,
    /// The pack does not load.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A secret cannot be kept from sight.
    #[error("the secret `{name}` cannot be used: {error}")]
    Secret {
        /// Its name.
        name: String,
        /// Why.
        error: SecretError,
    },
    /// A tool makes no sense.
    #[error("the tool `{name}` cannot be used: {problem}")]
    Tool {
        /// The tool or verb.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}
