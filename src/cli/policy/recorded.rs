//! What the record has for the policy: judgements, the pack they were made by, bindings of secrets.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

use super::super::{
    args::Filled,
    complaint::Complaint,
    run::{address, named_by_user},
};
use crate::{
    Pack, Store,
    goal::Task,
    journal::{Kind, Record},
    policy::Bindings,
};

/// One run, as far as the policy is concerned.
pub(super) struct Past {
    /// What it was judged by, if the record says so.
    pub(super) pack: Option<Pack>,
    /// Where its secrets are bound to, if it was begun from the command line.
    pub(super) bindings: Bindings,
    pub(super) records: Vec<Record>,
}

impl Past {
    /// Reads the run `id`.
    pub(super) fn read(store: &Store, id: &str) -> Result<Self, Complaint> {
        let records = store.records(id).map_err(Complaint::failed)?;
        // Whoever began it from the command line kept the task with it. An app need not.
        let task = store.origin(id).map_err(Complaint::failed)?;
        let task: Option<Task> = task.get("task").and_then(|task| serde_json::from_value(task.clone()).ok());
        let begin = records.iter().find(|record| record.kind == Kind::Begin);
        let pack = begin.and_then(|begin| serde_json::from_value(begin.value.get("pack")?.clone()).ok());
        let pack = pack.or_else(|| task.as_ref().map(asked_for));
        let secrets = task.into_iter().flat_map(|task| task.secrets);
        let bindings = secrets.map(|(name, source)| (name, source.at)).collect();
        Ok(Self { pack, bindings, records })
    }

    /// Who agreed to what waited at `place`, if anybody did.
    pub(super) fn agreed(&self, place: &str) -> Option<&str> {
        let consent = place.replace("step ", "consent-");
        let record = self.records.iter().find(|record| record.kind == Kind::Judgement && record.name == consent)?;
        let text = |name: &str| record.value.get(name).and_then(Value::as_str);
        text("approved_by").filter(|_| text("verdict") == Some("go"))
    }

    /// Every judgement with where it stands, such as `step 3` or `look 2`.
    pub(super) fn judgements(&self) -> Vec<(String, &Value)> {
        let mut found = Vec::new();
        for record in &self.records {
            let number = record.name.rsplit('-').next().unwrap_or_default();
            let place = match record.kind {
                Kind::Judgement => format!("step {number}"),
                Kind::Look => format!("look {number}"),
                _ => continue,
            };
            found.extend(list(&record.value, "restored").map(|value| (place.clone(), value)));
            let looks = list(&record.value, "glances").filter_map(|look| look.get("judged"));
            found.extend(looks.map(|value| (place.clone(), value)));
            if record.kind == Kind::Judgement {
                found.push((place, &record.value));
            }
        }
        found
    }
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The pack of a task, as a run of it takes it.
fn asked_for(task: &Task) -> Pack {
    let name = task.policy.pack.as_deref().unwrap_or("deny-all");
    let parameters = task.policy.parameters.iter();
    parameters.fold(Pack::find(name, &task.folder), |pack, (name, entries)| pack.with(name, entries.clone()))
}

/// The runs that are meant; all of them if none is named.
pub(super) fn meant(store: &Store, named: &[String]) -> Result<Vec<String>, Complaint> {
    let ids: Vec<_> = if named.is_empty() {
        store.runs().map_err(Complaint::failed)?.into_iter().map(|row| row.id).collect()
    } else {
        named.iter().map(|run| store.find(run).map_err(Complaint::usage)).collect::<Result<_, _>>()?
    };
    if ids.is_empty() {
        return Err(Complaint::usage("there are no recorded runs; `lamassu run TASK.toml` makes one"));
    }
    Ok(ids)
}

/// The pack that was typed.
pub(super) fn filled(args: &Filled) -> Result<Pack, Complaint> {
    parameters(&args.sites, &args.with)?
        .into_iter()
        .try_fold(Pack::find(&args.pack, Path::new("")), |pack, (name, entries)| Ok(pack.with(name, entries)))
}

/// What was typed for the parameters of a pack.
pub(super) fn parameters(
    sites: &[String],
    with: &[(String, String)],
) -> Result<BTreeMap<String, Vec<String>>, Complaint> {
    let mut given: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for site in sites {
        for (name, entries) in named_by_user(&address(site)?) {
            given.entry(name).or_default().extend(entries);
        }
    }
    for (name, entry) in with {
        given.entry(name.clone()).or_default().push(entry.clone());
    }
    Ok(given)
}
