//! The things of one question as Cedar entities: who acts, upon what, and all that these are in.

use std::{collections::BTreeSet, net::IpAddr};

use cedar_policy::{Entities, EntityUid, RestrictedExpression};
use lamassu_contract::{Element, File, PolicyError, Resource, SecretUse, Standing, Zone};
use url::Url;

use super::{
    backdrop::{Backdrops, Cast, Part},
    host::{self, Origin},
    manifest::Member,
    schema::Schema,
};

/// How deep a folder may lie.
const DEEPEST: usize = 128;

/// Attributes by name.
pub(super) type Attributes = Vec<(String, RestrictedExpression)>;

/// The entities of one question, as they are gathered.
pub(super) struct Scene<'a> {
    schema: &'a Schema,
    backdrops: &'a Backdrops,
    parts: BTreeSet<Part>,
    /// What this question alone is about.
    own: Cast<'a>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(schema: &'a Schema, backdrops: &'a Backdrops) -> Self {
        Self { schema, backdrops, parts: BTreeSet::new(), own: Cast::new(schema) }
    }

    /// All entities, with `action` and the groups that it is in.
    pub(super) fn finish(mut self, action: &EntityUid) -> Result<Entities, PolicyError> {
        self.parts.insert(Part::Action(action.clone()));
        let backdrop = self.backdrops.of(self.parts, self.schema)?;
        backdrop.add_entities(self.own.entities.into_values(), self.schema.checks()).map_err(failed)
    }

    /// Who acts.
    pub(super) fn run(&mut self, standing: &Standing, mode: &'static str) -> Result<EntityUid, PolicyError> {
        let Standing { user, agent, run, .. } = standing;
        let autonomy = standing.autonomy.as_str();
        let part = Part::Run { user: user.clone(), agent: agent.clone(), run: run.clone(), mode, autonomy };
        self.behind(part, "Run", run)
    }

    /// What is acted on.
    pub(super) fn resource(&mut self, resource: &Resource) -> Result<EntityUid, PolicyError> {
        match resource {
            Resource::Url(url) => self.url(url),
            Resource::Address { ip, port, host } => self.address(*ip, *port, host),
            Resource::Element(element) => self.element(element),
            Resource::File(file) => self.file(file),
            Resource::Thing { kind, id } => self.thing(kind, id),
        }
    }

    /// A secret with the origins it may be used at.
    pub(super) fn secret(&mut self, secret: &SecretUse) -> Result<RestrictedExpression, PolicyError> {
        let mut origins = Vec::new();
        for origin in secret.origins.iter().filter_map(|origin| host::spelled(origin)) {
            origins.push(entity(self.origin(&origin)?));
        }
        let mut attributes = attributes([("origins", RestrictedExpression::new_set(origins))]);
        attributes.extend(secret.field.map(|field| ("field".to_owned(), text(field.as_str()))));
        attributes.extend(secret.header.as_deref().map(|header| ("header".to_owned(), text(header))));
        Ok(entity(self.own.add("Secret", &secret.name, attributes, [])?))
    }

    /// The origin that `text` spells; none if it spells none.
    pub(super) fn spelled(&mut self, text: &str) -> Result<Option<RestrictedExpression>, PolicyError> {
        host::spelled(text).map(|origin| Ok(entity(self.origin(&origin)?))).transpose()
    }

    fn url(&mut self, url: &Url) -> Result<EntityUid, PolicyError> {
        let attributes = attributes([
            ("scheme", text(url.scheme())),
            ("path", text(url.path())),
            ("hasQuery", RestrictedExpression::new_bool(url.query().is_some())),
            ("dotted", RestrictedExpression::new_bool(is_dotted(url))),
            ("credentials", RestrictedExpression::new_bool(!url.username().is_empty() || url.password().is_some())),
        ]);
        let mut parents = Vec::new();
        if let Some(origin) = host::origin(url) {
            parents.push(self.origin(&origin)?);
            parents.extend(self.members(&Member::Exactly(origin.host))?);
        }
        self.own.add("Url", url.as_str(), attributes, parents)
    }

    fn element(&mut self, element: &Element) -> Result<EntityUid, PolicyError> {
        let mut attributes = attributes([
            ("role", text(&element.role)),
            ("name", text(&element.name)),
            ("secretField", RestrictedExpression::new_bool(element.secret_field)),
            ("dotted", RestrictedExpression::new_bool(leads_to_dotted(element))),
        ]);
        attributes.extend(element.field.map(|field| ("field".to_owned(), text(field.as_str()))));
        if let Some(origin) = host::origin(&element.page) {
            attributes.push(("pageOrigin".to_owned(), entity(self.origin(&origin)?)));
        }
        if let Some(form) = &element.form {
            let mut target = self.target(&form.action)?;
            target.push(("method".to_owned(), text(&form.method.to_lowercase())));
            attributes.push(("form".to_owned(), record(target)?));
        }
        if let Some(link) = &element.link {
            let target = self.target(link)?;
            attributes.push(("link".to_owned(), record(target)?));
        }
        let id = format!("{} {} {:?}", element.origin, element.role, element.name);
        let parent = host::spelled(&element.origin).map(|origin| self.origin(&origin)).transpose()?;
        self.own.add("Element", &id, attributes, parent)
    }

    /// Where a form or link leads.
    fn target(&mut self, url: &Url) -> Result<Vec<(String, RestrictedExpression)>, PolicyError> {
        let mut target = vec![("scheme".to_owned(), text(url.scheme()))];
        if let Some(origin) = host::origin(url) {
            target.push(("origin".to_owned(), entity(self.origin(&origin)?)));
        }
        Ok(target)
    }

    fn origin(&mut self, origin: &Origin) -> Result<EntityUid, PolicyError> {
        self.behind(Part::Origin(origin.clone()), "Origin", &origin.id)
    }

    /// `name` is in canonical form.
    fn host(&mut self, name: &str) -> Result<EntityUid, PolicyError> {
        self.behind(Part::Host(name.to_owned()), "Host", name)
    }

    fn address(&mut self, ip: IpAddr, port: u16, name: &str) -> Result<EntityUid, PolicyError> {
        let zone = Zone::of(ip).as_str();
        // Cedar does not see through mapped addresses.
        let ip = ip.to_canonical();
        let name = host::host(name).ok_or_else(|| PolicyError(format!("`{name}` is not a host")))?;
        let attributes = attributes([
            ("ip", RestrictedExpression::new_ip(ip.to_string())),
            ("port", RestrictedExpression::new_long(i64::from(port))),
            ("zone", text(zone)),
        ]);
        let id = format!("{ip} {port} {name}");
        let mut parents = vec![self.own.add("Zone", zone, Attributes::new(), [])?, self.host(&name)?];
        parents.extend(self.members(&Member::Exactly(name))?);
        self.own.add("Address", &id, attributes, parents)
    }

    fn file(&mut self, file: &File) -> Result<EntityUid, PolicyError> {
        let long = |number: u64| RestrictedExpression::new_long(i64::try_from(number).unwrap_or(i64::MAX));
        let attributes = attributes([
            ("path", text(&file.path)),
            ("kind", text(file.kind.as_str())),
            ("size", long(file.size)),
            ("links", long(file.links)),
        ]);
        let parent = if is_inside(&file.path) { Some(self.folder_of(&file.path)?) } else { None };
        self.own.add("File", &file.path, attributes, parent)
    }

    /// The folder that `path` lies in. The workspace itself counts as lying in itself.
    fn folder_of(&mut self, path: &str) -> Result<EntityUid, PolicyError> {
        if path.matches('/').count() > DEEPEST {
            return Err(PolicyError(format!("the path lies more than {DEEPEST} folders deep")));
        }
        let mut folder = self.own.add("Dir", "workspace", Attributes::new(), [])?;
        for (at, _) in path.match_indices('/') {
            let name = path.get(..at).unwrap_or_default();
            folder = self.own.add("Dir", &format!("workspace/{name}"), Attributes::new(), [folder])?;
        }
        Ok(folder)
    }

    fn thing(&mut self, kind: &str, name: &str) -> Result<EntityUid, PolicyError> {
        if kind.is_empty() || !kind.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)) {
            return Err(PolicyError(format!("`{kind}` is not a kind of thing")));
        }
        let id = format!("{kind}:{name}");
        self.own.add("Thing", &id, attributes([("kind", text(kind)), ("name", text(name))]), [])
    }

    /// The groups that `member` is in.
    fn members(&mut self, member: &Member) -> Result<Vec<EntityUid>, PolicyError> {
        let backdrops = self.backdrops;
        backdrops.groups(member).map(|group| self.behind(Part::Group(group.to_owned()), "Group", group)).collect()
    }

    /// The entity `id`, which stands behind the question with all that `part` brings along.
    fn behind(&mut self, part: Part, kind: &str, id: &str) -> Result<EntityUid, PolicyError> {
        self.parts.insert(part);
        self.schema.entity(kind, id)
    }
}

fn is_dotted(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host.ends_with('.'))
}

/// Whether any address that `element` stands on or leads to has a dotted host.
fn leads_to_dotted(element: &Element) -> bool {
    let frame = Url::parse(&element.origin).ok();
    let target = element.form.as_ref().map(|form| &form.action);
    [Some(&element.page), frame.as_ref(), target, element.link.as_ref()].into_iter().flatten().any(is_dotted)
}

/// Whether `path` is a path inside the workspace; the empty one is the workspace itself.
fn is_inside(path: &str) -> bool {
    let plain = |name: &str| !name.is_empty() && name != "." && name != ".." && !name.contains(['\\', '\0']);
    path.is_empty() || path.split('/').all(plain)
}

/// Cedar could not take what it was given.
pub(super) fn failed(error: impl std::fmt::Display) -> PolicyError {
    PolicyError(format!("the question makes no sense to the policy: {error}"))
}

pub(super) fn text(text: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(text.to_owned())
}

fn entity(uid: EntityUid) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid)
}

pub(super) fn record(
    fields: impl IntoIterator<Item = (String, RestrictedExpression)>,
) -> Result<RestrictedExpression, PolicyError> {
    RestrictedExpression::new_record(fields).map_err(failed)
}

pub(super) fn attributes<const N: usize>(pairs: [(&str, RestrictedExpression); N]) -> Attributes {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
