//! What the figures are measured on.

use std::collections::BTreeSet;

use lamassu::{Action, Call, Effect, Mode, Pack, Resource, Standing};

pub(crate) const SITE: &str = "https://shop.test";

/// Looking at a page of the named site.
pub(crate) fn action() -> Action {
    let url = format!("{SITE}/orders?page=2").parse().unwrap();
    Action::new(&Call::new("browser", "look"), Effect::Read, Resource::Url(url))
}

pub(crate) fn pack() -> Pack {
    Pack::ready("web-forms").with("sites", [SITE])
}

pub(crate) fn standing() -> Standing {
    Standing {
        steps: 7,
        tokens: 1200,
        seconds: 3,
        tainted_by: BTreeSet::from([format!("page:{SITE}")]),
        now: 1_800_000_000_000,
        ..Standing::new("bench", "bench", "bench", Mode::Script)
    }
}
