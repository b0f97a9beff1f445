//! What many questions have in common: who acts, and the origins and hosts with all that these are in.
//!
//! To close the hierarchy over them takes longer than to decide, so it is done once for each set of them.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use cedar_policy::{Entities, Entity, EntityUid, RestrictedExpression};
use lamassu_contract::PolicyError;

use super::{
    entities::{Attributes, attributes, failed, text},
    host::{self, Origin},
    manifest::{Groups, Member},
    schema::Schema,
};

/// Backdrops that are kept; when there are more, all are made anew.
const MOST: usize = 256;

/// Something that stands behind a question. All else that it brings along follows from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part {
    Run {
        user: String,
        agent: String,
        run: String,
        mode: &'static str,
        autonomy: &'static str,
    },
    Origin(Origin),
    /// A host in canonical form.
    Host(String),
    Group(String),
    Action(EntityUid),
}

/// The backdrops of one policy, as they are needed.
#[derive(Debug)]
pub(super) struct Backdrops {
    groups: Groups,
    made: Mutex<HashMap<BTreeSet<Part>, Entities>>,
}

impl Backdrops {
    pub(super) fn new(groups: Groups) -> Self {
        Self { groups, made: Mutex::default() }
    }

    /// The groups that `member` is in.
    pub(super) fn groups<'a>(&'a self, member: &'a Member) -> impl Iterator<Item = &'a str> {
        self.groups.of(member)
    }

    /// The entities of `parts` and of all that these are in.
    pub(super) fn of(&self, parts: BTreeSet<Part>, schema: &Schema) -> Result<Entities, PolicyError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entities) = made.get(&parts) {
            return Ok(entities.clone());
        }
        let mut painter = Painter { groups: &self.groups, cast: Cast::new(schema) };
        parts.iter().try_for_each(|part| painter.paint(part))?;
        let entities = painter.cast.entities.into_values();
        let entities = Entities::from_entities(entities, schema.checks()).map_err(failed)?;
        if made.len() >= MOST {
            made.clear();
        }
        made.insert(parts, entities.clone());
        Ok(entities)
    }
}

/// Entities as they are gathered; each once.
pub(super) struct Cast<'a> {
    schema: &'a Schema,
    pub(super) entities: HashMap<EntityUid, Entity>,
}

impl<'a> Cast<'a> {
    pub(super) fn new(schema: &'a Schema) -> Self {
        Self { schema, entities: HashMap::new() }
    }

    pub(super) fn add(
        &mut self,
        kind: &str,
        id: &str,
        attributes: Attributes,
        parents: impl IntoIterator<Item = EntityUid>,
    ) -> Result<EntityUid, PolicyError> {
        let uid = self.schema.entity(kind, id)?;
        if !self.entities.contains_key(&uid) {
            let parents: HashSet<_> = parents.into_iter().collect();
            let entity = Entity::new(uid.clone(), attributes.into_iter().collect(), parents).map_err(failed)?;
            self.entities.insert(uid.clone(), entity);
        }
        Ok(uid)
    }
}

struct Painter<'a> {
    groups: &'a Groups,
    cast: Cast<'a>,
}

impl Painter<'_> {
    fn paint(&mut self, part: &Part) -> Result<(), PolicyError> {
        match part {
            Part::Run { user, agent, run, mode, autonomy } => {
                let user = self.cast.add("User", user, Attributes::new(), [])?;
                let agent = self.cast.add("Agent", agent, Attributes::new(), [user])?;
                self.cast.add("Run", run, attributes([("mode", text(mode)), ("autonomy", text(autonomy))]), [agent])?;
            }
            Part::Origin(origin) => self.origin(origin)?,
            Part::Host(name) => drop(self.host(name)?),
            Part::Group(name) => drop(self.cast.add("Group", name, Attributes::new(), [])?),
            Part::Action(uid) => {
                let action = self.cast.schema.actions.get(uid).cloned();
                self.cast.entities.extend(action.map(|action| (uid.clone(), action)));
            }
        }
        Ok(())
    }

    fn origin(&mut self, origin: &Origin) -> Result<(), PolicyError> {
        let attributes = attributes([
            ("scheme", text(&origin.scheme)),
            ("port", RestrictedExpression::new_long(i64::from(origin.port))),
        ]);
        let mut parents = self.members(&Member::Origin(origin.id.clone()))?;
        parents.push(self.host(&origin.host)?);
        self.cast.add("Origin", &origin.id, attributes, parents).map(drop)
    }

    /// The host `name` within the hosts above it and its site.
    fn host(&mut self, name: &str) -> Result<EntityUid, PolicyError> {
        let mut parents = self.members(&Member::Host(name.to_owned()))?;
        match (host::parent(name), host::site(name)) {
            (Some(above), _) => parents.push(self.host(above)?),
            (None, Some(site)) => parents.push(self.cast.add("Site", site, Attributes::new(), [])?),
            (None, None) => {}
        }
        self.cast.add("Host", name, Attributes::new(), parents)
    }

    fn members(&mut self, member: &Member) -> Result<Vec<EntityUid>, PolicyError> {
        let groups = self.groups;
        groups.of(member).map(|group| self.cast.add("Group", group, Attributes::new(), [])).collect()
    }
}
