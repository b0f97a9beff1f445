//! Which runs and which pack are meant by what was typed.

use std::{collections::BTreeMap, path::Path};

use super::super::{
    args::Filled,
    complaint::Complaint,
    run::{address, named_by_user},
};
use crate::{Pack, Store};

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
