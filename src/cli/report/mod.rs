//! `lamassu report`: what a run did, as one page that needs nothing beside it.
//!
//! Somebody who was not there is to be able to judge the run: what was wanted, what was done and in whose
//! words it was allowed, what left the machine, and whether the record is whole. Text of pages is text here:
//! everything is escaped, and the page forbids itself scripts and requests.

mod story;
mod told;

use std::path::PathBuf;

use minijinja::{AutoEscape, Environment, value::Serde};
use story::Story;

use super::{args::Report, complaint::Complaint, home, say};

const PAGE: &str = include_str!("page.html");

/// Writes the report of a run.
pub(super) fn report(args: &Report) -> Result<u8, Complaint> {
    let store = home::store(args.home.record.as_deref())?;
    let run = store.find(&args.run).map_err(Complaint::usage)?;
    let story = Story::of(&store, &run).map_err(Complaint::failed)?;
    let page = page(&story).map_err(Complaint::failed)?;
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{run}.html")));
    // It tells of what was typed and seen, so it is for its owner to pass on.
    home::keep(&out, &page)
        .map_err(|error| Complaint::usage(format!("`{}` cannot be written: {error}", out.display())))?;
    say(out.display());
    Ok(0)
}

fn page(story: &Story) -> Result<String, minijinja::Error> {
    let mut pages = Environment::new();
    pages.set_auto_escape_callback(|_| AutoEscape::Html);
    pages.add_template("report", PAGE)?;
    pages.get_template("report")?.render(Serde(story))
}
