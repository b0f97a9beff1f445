//! A call resolved to facts: what would be done, to what, with which arguments.

use std::{any::Any, collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::{Call, Claims, Label, Provenance, Resource, canonical, visible};

/// How far an action reaches. The order is by how much it deserves to be guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Looks; changes nothing and tells nobody anything new.
    Read,
    /// Changes something here: a file in the workspace, a field on a page.
    Write,
    /// Sends something to another machine.
    Egress,
    /// Commits the user to something: submits, orders, signs in, sends a message.
    Consequential,
    /// Cannot be undone: pays, deletes, publishes.
    Irreversible,
}

impl Effect {
    /// The lower-case name, as policies write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Egress => "egress",
            Self::Consequential => "consequential",
            Self::Irreversible => "irreversible",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One argument of an action, with where its text came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    /// The canonical value.
    pub value: Value,
    /// Where it came from; the model alone, until [`Provenance`] says otherwise.
    pub label: Label,
}

/// SHA-256 over the canonical form of an action; approvals and permits are bound to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `value`'s canonical form.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        Self(Sha256::digest(canonical(value)).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why a value cannot be read as an action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not an action as this version records it: {0}")]
pub struct NotAnAction(String);

/// A call resolved to facts by its tool. Still no authority: only a [`Permit`](crate::Permit) acts.
#[derive(Clone, Serialize)]
pub struct Action {
    call: Call,
    effect: Effect,
    resource: Resource,
    args: BTreeMap<String, Argument>,
    secrets: BTreeMap<String, String>,
    facts: Map<String, Value>,
    summary: String,
    #[serde(skip_serializing_if = "Claims::is_empty")]
    claims: Claims,
    #[serde(skip)]
    handle: Option<Arc<dyn Any + Send + Sync>>,
    /// Whether it was read from a record. The gate turns such an action away.
    #[serde(skip)]
    recorded: bool,
}

/// What [`Action::to_value`] wrote.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    call: Call,
    effect: Effect,
    resource: Resource,
    args: BTreeMap<String, Argument>,
    secrets: BTreeMap<String, String>,
    facts: Map<String, Value>,
    summary: String,
    #[serde(default)]
    claims: Claims,
}

impl Action {
    /// An action of `effect` upon `resource`. The call's arguments are taken over as they are;
    /// replace with [`Action::arg`] each one that has a canonical form.
    #[must_use]
    pub fn new(call: &Call, effect: Effect, resource: Resource) -> Self {
        let unlabelled = |value: &Value| Argument { value: value.clone(), label: Label::model() };
        let args = call.args.iter().map(|(name, value)| (name.clone(), unlabelled(value))).collect();
        let summary = format!("{} {resource}", call.name());
        Self {
            call: call.clone(),
            effect,
            resource,
            args,
            secrets: BTreeMap::new(),
            facts: Map::new(),
            summary,
            claims: Claims::default(),
            handle: None,
            recorded: false,
        }
    }

    /// The action that [`Action::to_value`] wrote as `value`, to ask a [`Policy`](crate::Policy)
    /// about it again. Its labels are what the record says, so nothing may be done with it: it has
    /// no handle, and the [`Gate`](crate::Gate) refuses it. Its digest is the recorded one, unless
    /// a secret was redacted in the record.
    ///
    /// # Errors
    ///
    /// [`NotAnAction`] if `value` is anything else than what an action is written as.
    pub fn from_value(value: &Value) -> Result<Self, NotAnAction> {
        let written = Written::deserialize(value).map_err(|error| NotAnAction(error.to_string()))?;
        let Written { call, effect, resource, args, secrets, facts, summary, claims } = written;
        let action =
            Self { call, effect, resource, args, secrets, facts, summary, claims, handle: None, recorded: true };
        if action.to_value() == *value {
            Ok(action)
        } else {
            Err(NotAnAction("it is not in canonical form".to_owned()))
        }
    }

    /// The same action with the canonical `value` of one argument.
    #[must_use]
    pub fn arg(mut self, name: &str, value: impl Into<Value>) -> Self {
        let argument = Argument { value: value.into(), label: Label::model() };
        self.args.insert(name.to_owned(), argument);
        self
    }

    /// The same action, which will use the secret called `secret` as the argument `name`.
    #[must_use]
    pub fn uses_secret(mut self, name: &str, secret: &str) -> Self {
        self.secrets.insert(name.to_owned(), secret.to_owned());
        self
    }

    /// The same action with one more fact for the policy, such as a request's method.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    /// The same action with one line for people: what it does to what. Control characters and
    /// bidirectional marks become visible escapes.
    #[must_use]
    pub fn summary(mut self, summary: impl AsRef<str>) -> Self {
        self.summary = visible(summary.as_ref());
        self
    }

    /// The same action with what the tool looked up for it: an open folder, a found element.
    /// What was judged is what runs: [`Tool::run`](crate::Tool::run) takes it from the permit.
    #[must_use]
    pub fn handle(mut self, handle: impl Any + Send + Sync) -> Self {
        self.handle = Some(Arc::new(handle));
        self
    }

    /// The same action with every argument traced to where its text came from.
    #[must_use]
    pub fn traced(mut self, provenance: &Provenance) -> Self {
        for argument in self.args.values_mut() {
            argument.label = provenance.trace(&argument.value);
        }
        let args = self.args.iter().map(|(name, argument)| (name, &argument.value));
        self.claims = provenance.claims(&self.call, args);
        self
    }

    /// The same action as if the user had said every word of it.
    pub(crate) fn told(self) -> Self {
        let words: Vec<_> = self.args.values().map(|argument| argument.value.to_string()).collect();
        self.traced(&Provenance::new(&words.join("\n"), &BTreeMap::new()))
    }

    /// The call this came from.
    #[must_use]
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// How far it reaches.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// What it touches.
    #[must_use]
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The canonical arguments by name.
    #[must_use]
    pub fn args(&self) -> &BTreeMap<String, Argument> {
        &self.args
    }

    /// Which secrets it will use: argument name to secret name.
    #[must_use]
    pub fn secrets(&self) -> &BTreeMap<String, String> {
        &self.secrets
    }

    /// What its arguments claim to be allowed for; nothing before it was traced.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Further facts for the policy.
    #[must_use]
    pub fn facts(&self) -> &Map<String, Value> {
        &self.facts
    }

    /// One line for people.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.summary
    }

    /// What identifies this action: everything that is judged.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_value())
    }

    /// The action as the record keeps it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        // Serialising cannot fail: every map key is a string. Null would only make digests equal
        // for actions that nothing could have described.
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    pub(crate) fn is_recorded(&self) -> bool {
        self.recorded
    }

    pub(crate) fn held<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.handle.as_ref()?.downcast_ref()
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Action")
            .field("call", &self.call)
            .field("effect", &self.effect)
            .field("resource", &self.resource)
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}
