//! `lamassu report`: what a run did, as one page that needs nothing beside it.

use std::path::PathBuf;

use super::{args::Report, complaint::Complaint, home, say};
use crate::story::{Pictures, Story, page};

/// Writes the report of a run.
pub(super) fn report(args: &Report) -> Result<u8, Complaint> {
    let store = home::store(args.home.record.as_deref())?;
    let run = store.find(&args.run).map_err(Complaint::usage)?;
    let story = Story::of(&store, &run, Pictures::Inside).map_err(Complaint::failed)?;
    let page = page(&story).map_err(Complaint::failed)?;
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{run}.html")));
    // It tells of what was typed and seen, so it is for its owner to pass on.
    home::keep(&out, &page)
        .map_err(|error| Complaint::usage(format!("`{}` cannot be written: {error}", out.display())))?;
    say(out.display());
    Ok(0)
}
