//! The story as one page that needs nothing beside it.
//!
//! Text of pages is text here: everything is escaped, and the page forbids itself scripts and requests.

use minijinja::{AutoEscape, Environment, value::Serde};

use super::Story;

const PAGE: &str = include_str!("page.html");

/// The page of `story`.
pub(crate) fn page(story: &Story) -> Result<String, minijinja::Error> {
    let mut pages = Environment::new();
    pages.set_auto_escape_callback(|_| AutoEscape::Html);
    pages.add_template("report", PAGE)?;
    pages.get_template("report")?.render(Serde(story))
}
