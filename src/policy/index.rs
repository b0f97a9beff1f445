//! Rules by what they can apply to, so that a decision looks at few however many there are.
//!
//! A rule is left out only where its scope cannot match: another action, another type of resource,
//! or a resource that is neither the one it names nor in it. Such a rule decides nothing and cannot
//! fail, so that what is left decides the same. What the others read of the context is known here too.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use cedar_policy::{
    ActionConstraint, Entities, Entity, EntityTypeName, EntityUid, Policy, PolicySet, ResourceConstraint,
};
use lamassu_contract::PolicyError;

use super::{entities::failed, reads::Reads, schema::Schema};

/// Sets that are kept; when there are more, all are made anew.
const MOST: usize = 1000;

/// Rules by action and type of resource.
#[derive(Debug)]
pub(super) struct Index {
    shelves: HashMap<Place, Shelf>,
    made: Mutex<HashMap<Key, Arc<PolicySet>>>,
}

/// An action and a type of resource.
type Place = (EntityUid, EntityTypeName);
/// And what of that some rule names.
type Key = (Place, BTreeSet<EntityUid>);

/// What can apply to one action upon one type of resource.
#[derive(Debug, Default)]
struct Shelf {
    /// To any resource of the type.
    any: Vec<Policy>,
    /// To this one alone, or to what is in it.
    of: HashMap<EntityUid, Vec<Policy>>,
    /// What any of them reads of the context.
    reads: Reads,
}

impl Index {
    /// Sorts `rules` for the actions and types of resource that `schema` has.
    pub(super) fn new(rules: &PolicySet, schema: &Schema) -> Self {
        let mut shelves: HashMap<_, Shelf> = HashMap::new();
        for (action, types) in schema.targets() {
            for kind in types {
                shelves.insert((action.clone(), kind.clone()), Shelf::default());
            }
        }
        for rule in rules.policies() {
            let (actions, reads) = (rule.action_constraint(), Reads::of(rule));
            for ((action, kind), shelf) in &mut shelves {
                if concerns(&actions, action, schema) {
                    shelf.add(rule, kind, &reads);
                }
            }
        }
        Self { shelves, made: Mutex::default() }
    }

    /// What the rules that can apply to `action` upon `resource` read of the context.
    pub(super) fn reads(&self, action: &EntityUid, resource: &EntityUid) -> &Reads {
        const NONE: &Reads = &Reads::Parts(BTreeMap::new());
        self.shelves.get(&place(action, resource)).map_or(NONE, |shelf| &shelf.reads)
    }

    /// The rules that can apply to `action` upon `resource`, where all that it may be in is among `near`.
    pub(super) fn rules(
        &self,
        action: &EntityUid,
        resource: &EntityUid,
        near: &Entities,
    ) -> Result<Arc<PolicySet>, PolicyError> {
        let place = place(action, resource);
        let Some(shelf) = self.shelves.get(&place) else { return Ok(Arc::default()) };
        let named: BTreeSet<_> = near.iter().map(Entity::uid).filter(|id| shelf.of.contains_key(id)).collect();
        let key = (place, named);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(set) = made.get(&key) {
            return Ok(Arc::clone(set));
        }
        let named = key.1.iter().filter_map(|id| shelf.of.get(id)).flatten();
        let rules = shelf.any.iter().chain(named).cloned();
        let set = Arc::new(PolicySet::from_policies(rules).map_err(failed)?);
        if made.len() >= MOST {
            made.clear();
        }
        made.insert(key, Arc::clone(&set));
        Ok(set)
    }
}

impl Shelf {
    fn add(&mut self, rule: &Policy, kind: &EntityTypeName, reads: &Reads) {
        match rule.resource_constraint() {
            ResourceConstraint::Is(other) | ResourceConstraint::IsIn(other, _) if other != *kind => return,
            ResourceConstraint::Any | ResourceConstraint::Is(_) => self.any.push(rule.clone()),
            ResourceConstraint::In(id) | ResourceConstraint::Eq(id) | ResourceConstraint::IsIn(_, id) => {
                self.of.entry(id).or_default().push(rule.clone());
            }
        }
        self.reads.merge(reads);
    }
}

fn place(action: &EntityUid, resource: &EntityUid) -> Place {
    (action.clone(), resource.type_name().clone())
}

/// Whether the scope of `rule` lets it apply to `action` upon something of the type `kind`.
#[cfg(feature = "prove")]
pub(super) fn applies(rule: &Policy, action: &EntityUid, kind: &EntityTypeName, schema: &Schema) -> bool {
    let other = |other: &EntityTypeName| other != kind;
    let elsewhere = match rule.resource_constraint() {
        ResourceConstraint::Is(name) | ResourceConstraint::IsIn(name, _) => other(&name),
        ResourceConstraint::Eq(id) => other(id.type_name()),
        ResourceConstraint::Any | ResourceConstraint::In(_) => false,
    };
    !elsewhere && concerns(&rule.action_constraint(), action, schema)
}

fn concerns(actions: &ActionConstraint, action: &EntityUid, schema: &Schema) -> bool {
    let within = |id: &EntityUid| id == action || schema.actions.is_ancestor_of(id, action);
    match actions {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(id) => id == action,
        ActionConstraint::In(ids) => ids.iter().any(within),
    }
}
