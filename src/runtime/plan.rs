//! Consent to several actions at once: these fields of this form, then its button, once.
//!
//! A plan is given by a person who was shown its parts, and it is on record like any other answer. It
//! ends like any other consent, covers nothing that cannot be undone, and nothing any more once the
//! run has read from a place that it had not read from then, or under another policy.

use std::{collections::BTreeSet, fmt};

use lamassu_contract::{Effect, Resource, visible};
use serde::{Deserialize, Serialize};

use super::court::Judged;

/// How long it lasts, in milliseconds: as long as any consent.
const LIFE: u64 = 10 * 60 * 1000;

/// A kind of action: what is done, how far it reaches, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Deed {
    verb: String,
    effect: Effect,
    place: String,
}

/// One kind of action, with what it may be done to and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    deed: Deed,
    names: BTreeSet<String>,
    times: u32,
}

/// What a person agrees to at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    parts: Vec<Part>,
    /// The untrusted places that the run had read from when it was shown.
    tainted_by: BTreeSet<String>,
    /// The mark of the policy that held its actions.
    policy: String,
}

/// A plan that somebody agreed to.
#[derive(Debug, Clone)]
pub(super) struct Agreed {
    /// Who did.
    pub(super) by: String,
    /// When, in milliseconds since 1970.
    pub(super) at: u64,
    /// What is left of it.
    plan: Plan,
}

impl Deed {
    /// What kind of action was judged, and what it is done to; `None` for what each time needs an
    /// answer of its own.
    fn of(judged: &Judged) -> Option<(Self, String)> {
        let effect = judged.effect().filter(|effect| *effect < Effect::Irreversible)?;
        let resource: Resource = serde_json::from_value(judged.action.get("resource")?.clone()).ok()?;
        let (place, name) = match &resource {
            Resource::Element(element) => {
                let form = element.form.as_ref().map(|form| format!(" for {} {}", form.method, form.action));
                let place = format!("{}{}", element.origin, form.unwrap_or_default());
                (place, format!("{} \"{}\"", element.role, element.name))
            }
            Resource::Url(url) => (url.origin().ascii_serialization(), url.path().to_owned()),
            Resource::File(file) => {
                let (folder, name) = file.path.rsplit_once('/').unwrap_or((".", file.path.as_str()));
                (format!("folder {folder}"), name.to_owned())
            }
            Resource::Thing { kind, id } => (kind.clone(), id.clone()),
            Resource::Address { .. } => return None,
        };
        Some((Self { verb: judged.call.name(), effect, place }, name))
    }
}

impl Plan {
    /// The plan that consists of `held`, actions that all wait for consent, each once; `None` if there
    /// are not two of them that a plan may hold.
    pub(super) fn of(held: &[Judged]) -> Option<Self> {
        let mut parts: Vec<Part> = Vec::new();
        for (deed, name) in held.iter().filter_map(Deed::of) {
            match parts.iter_mut().find(|part| part.deed == deed) {
                Some(part) => {
                    part.names.insert(name);
                    part.times += 1;
                }
                None => parts.push(Part { deed, names: BTreeSet::from([name]), times: 1 }),
            }
        }
        let first = held.first()?;
        let (tainted_by, policy) = (first.standing.tainted_by.clone(), first.policy.clone());
        (parts.iter().map(|part| part.times).sum::<u32>() > 1).then_some(Self { parts, tainted_by, policy })
    }

    /// The number of the part that covers `judged`.
    fn part(&self, judged: &Judged) -> Option<usize> {
        if judged.policy != self.policy || !judged.standing.tainted_by.is_subset(&self.tainted_by) {
            return None;
        }
        let (deed, name) = Deed::of(judged)?;
        self.parts.iter().position(|part| part.times > 0 && part.deed == deed && part.names.contains(&name))
    }
}

impl Agreed {
    pub(super) fn new(by: String, at: u64, plan: Plan) -> Self {
        Self { by, at, plan }
    }

    /// Whether it covers `judged`.
    pub(super) fn covers(&self, judged: &Judged) -> bool {
        self.plan.part(judged).is_some()
    }

    /// Whether it still counts at `now`, in milliseconds since 1970; the gate has the last word.
    pub(super) fn is_fresh(&self, now: u64) -> bool {
        self.at <= now && now - self.at < LIFE
    }

    /// Uses it up by one action.
    pub(super) fn spend(&mut self, judged: &Judged) {
        let part = self.plan.part(judged).and_then(|index| self.plan.parts.get_mut(index));
        if let Some(part) = part {
            part.times -= 1;
        }
    }
}

/// The parts, such as `browser.fill textbox "Name", textbox "Street" on https://shop.test (2 times)`.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Part { deed, names, times }) in self.parts.iter().enumerate() {
            let names: Vec<_> = names.iter().map(|name| visible(name)).collect();
            let often = if *times == 1 { "once".to_owned() } else { format!("{times} times") };
            let comma = if index > 0 { ", then " } else { "" };
            write!(f, "{comma}{} {} on {} ({often})", deed.verb, names.join(", "), visible(&deed.place))?;
        }
        Ok(())
    }
}
