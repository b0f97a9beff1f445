//! `pack.toml`: what a pack is called, what it is for, and what the user fills in.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    fault::{Fault, PackError},
    host,
    text::{self, Text},
};

/// Lists that the user fills in, by name.
pub type Parameters = BTreeMap<String, Vec<String>>;

/// What `pack.toml` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) name: String,
    pub(super) about: String,
    /// Whether it judges every tool by what its definition says, built-in ones included.
    #[serde(default)]
    pub(super) foreign: bool,
    /// What the pack says of itself beyond what must hold for every pack: names of `policies/claims`.
    #[serde(default)]
    pub(super) proves: Vec<String>,
    /// The ready pack that this one is no wider than.
    pub(super) narrows: Option<String>,
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, Parameter>,
}

/// One list that the user fills in. Rules see it as the `Group` of its name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter {
    /// For people: what it is.
    pub(super) about: String,
    pub(super) kind: Kind,
    /// What it is if the user says nothing; without it, the user has to.
    pub(super) default: Option<Vec<String>>,
}

/// What the entries of a parameter are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// An origin, or a host with all hosts below it.
    Sites,
    /// Exactly this host, as it stands in the address.
    Hosts,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Member {
    /// This origin.
    Origin(String),
    /// This host and all below it.
    Host(String),
    /// What is upon exactly this host.
    Exactly(String),
}

/// The filled-in parameters: the groups of what an action may touch.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups(Vec<(String, Member)>);

impl Groups {
    /// The groups that `member` is in.
    pub(super) fn of<'a>(&'a self, member: &'a Member) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(_, known)| known == member).map(|(name, _)| name.as_str())
    }

    /// A list that holds something here which it does not hold in `other`.
    #[cfg(feature = "prove")]
    pub(super) fn beyond(&self, other: &Self) -> Option<&str> {
        self.0.iter().find(|entry| !other.0.contains(entry)).map(|(name, _)| name.as_str())
    }
}

impl Manifest {
    /// Reads `text`.
    pub(super) fn read(text: &Text) -> Result<Self, PackError> {
        let manifest: Self = toml::from_str(&text.body).map_err(|error| Fault::toml(text, &error))?;
        for claim in &manifest.proves {
            known(text, ("claim", claim), text::claims())?;
        }
        if let Some(wider) = &manifest.narrows {
            known(text, ("ready pack", wider), text::names())?;
        }
        for (name, parameter) in &manifest.parameters {
            for entry in parameter.default.iter().flatten() {
                parameter.kind.member(entry).map_err(|problem| {
                    let offset = text.body.find(entry.as_str()).unwrap_or(0);
                    Fault::at(text, offset, format!("the default of `{name}`: `{entry}` {problem}"))
                })?;
            }
        }
        Ok(manifest)
    }

    /// The same manifest with the parameters of `base`.
    pub(super) fn above(mut self, base: &Self) -> Self {
        self.parameters.extend(base.parameters.clone());
        self
    }

    /// The groups that `given` and the defaults make.
    pub(super) fn groups(&self, given: &Parameters) -> Result<Groups, PackError> {
        if let Some(name) = given.keys().find(|name| !self.parameters.contains_key(*name)) {
            let known = self.parameters.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            return Err(self.wrong(name, format!("is unknown; it takes {known}")));
        }
        let mut groups = Vec::new();
        for (name, parameter) in &self.parameters {
            let missing = || self.wrong(name, format!("is missing: {}", parameter.about));
            let entries = given.get(name).or(parameter.default.as_ref()).ok_or_else(missing)?;
            for entry in entries {
                let member = parameter.kind.member(entry);
                let member =
                    member.map_err(|problem| self.wrong(name, format!("cannot hold `{entry}`: it {problem}")))?;
                groups.push((name.clone(), member));
            }
        }
        Ok(Groups(groups))
    }

    fn wrong(&self, name: &str, problem: String) -> PackError {
        PackError::Parameter { pack: self.name.clone(), name: name.to_owned(), problem }
    }
}

/// That the `name` of something of this kind, which stands in `text`, is one of those there are.
fn known(text: &Text, (kind, name): (&str, &str), there: impl Iterator<Item = &'static str>) -> Result<(), PackError> {
    let there: Vec<_> = there.collect();
    if there.contains(&name) {
        return Ok(());
    }
    let listed = there.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let offset = text.body.find(&format!("\"{name}\"")).map_or(0, |quote| quote + 1);
    Err(Fault::at(text, offset, format!("there is no {kind} `{name}`; there are {listed}")).into())
}

impl Kind {
    fn member(self, entry: &str) -> Result<Member, String> {
        if let Some(odd) = entry.chars().find(|c| c.is_whitespace() || c.is_control() || "\\@%*?#".contains(*c)) {
            return Err(format!("has {odd:?} in it; write an origin such as `https://shop.test` or a host"));
        }
        match self {
            Self::Hosts => Ok(Member::Exactly(named_host(entry)?)),
            Self::Sites if entry.contains("://") => named_origin(entry),
            Self::Sites => Ok(Member::Host(registrable(named_host(entry)?)?)),
        }
    }
}

fn named_origin(entry: &str) -> Result<Member, String> {
    let url = url::Url::parse(entry).map_err(|error| format!("is not an address: {error}"))?;
    let origin = host::origin(&url).ok_or("is not an address of the web; begin it with `https://` or `http://`")?;
    if url.path() != "/" {
        return Err(format!("names a path, which would not be heeded; write `{}`", origin.id));
    }
    registrable(origin.host)?;
    Ok(Member::Origin(origin.id))
}

fn named_host(entry: &str) -> Result<String, String> {
    host::host(entry).ok_or_else(|| "is not a host; write it as `shop.test` or `127.0.0.1`".to_owned())
}

fn registrable(host: String) -> Result<String, String> {
    if host::is_public_suffix(&host) {
        return Err(format!("is a public suffix: anybody can have a site below `{host}`; name the site itself"));
    }
    Ok(host)
}
