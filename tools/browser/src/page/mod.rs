//! What the injected library is asked and answers. It knows nothing of the session that asks.

mod look;

use std::collections::HashMap;

use lamassu_contract::Field;
use serde::Deserialize;
use url::Url;

use crate::escape;

pub(crate) use look::{Candidate, Looked};

/// The library, whose copy in each document answers to `key` alone.
pub(crate) fn library(key: &str) -> String {
    called(&LIBRARY, key)
}

/// The library with what tells of a person's acts, by the binding called `key` and `b`. Its looks are made with
/// `goal` in mind, for `tokens`. `key` and `d` is what can be asked: to tell what waits for more, or what is seen.
pub(crate) fn recorder(key: &str, goal: &str, tokens: usize) -> String {
    let settings = serde_json::json!({ "goal": goal, "tokens": tokens }).to_string();
    let settings = format!("const settings = {};\n", serde_json::Value::from(settings));
    let parts: Vec<_> = [settings.as_str()].into_iter().chain(LIBRARY).chain([include_str!("record.js")]).collect();
    format!("if(!window[\"{key}\"]){}", called(&parts, key))
}

const LIBRARY: [&str; 16] = [
    include_str!("names.js"),
    include_str!("walk.js"),
    include_str!("prose.js"),
    include_str!("hear.js"),
    include_str!("relevance.js"),
    include_str!("look.js"),
    include_str!("detail.js"),
    include_str!("survey.js"),
    include_str!("records.js"),
    include_str!("act.js"),
    include_str!("file.js"),
    include_str!("settle.js"),
    include_str!("picture.js"),
    include_str!("veil.js"),
    include_str!("frames.js"),
    include_str!("open.js"),
];

/// What runs in the page's own world of each document, before the page's first script: it tells the
/// library which elements listen for a press and what is under way, by events that only who knows
/// `key` can name.
pub(crate) fn hook(key: &str) -> String {
    called(&[include_str!("hook.js"), include_str!("work.js")], key)
}

fn called(parts: &[&str], key: &str) -> String {
    format!("(key => {{ \"use strict\";\n{}\n}})(\"{key}\")", parts.concat())
}

/// Where a tab is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    /// The address, as the page has it.
    pub(crate) url: String,
    /// The origin, `null` if it has none.
    pub(crate) origin: String,
    /// The page's own title.
    pub(crate) title: String,
    /// What tells this document from every other.
    pub(crate) epoch: String,
}

impl Place {
    /// The address, if a page is open.
    pub(crate) fn page(&self) -> Option<Url> {
        // A browser begins with an empty page, and goes on to its own if the first one does not come.
        let own = ["", "about:blank", "data:,"].contains(&self.url.as_str()) || self.url.starts_with("chrome://new");
        if own { None } else { Url::parse(&self.url).ok() }
    }

    /// Whether the browser shows its own page about one that did not come.
    pub(crate) fn failed(&self) -> bool {
        self.url.starts_with("chrome-error:") || self.url.starts_with("about:neterror")
    }

    /// The origin for a label. Where there is none, the scheme stands for it.
    pub(crate) fn source(&self) -> String {
        if self.origin.is_empty() || self.origin == "null" {
            self.url.split(':').next().unwrap_or("about").to_owned() + ":"
        } else {
            self.origin.clone()
        }
    }
}

/// What the references of the last looks stood for; all of one document.
#[derive(Debug, Default)]
pub(crate) struct Prints {
    /// The document they belong to.
    pub(crate) epoch: String,
    of: HashMap<u32, Described>,
}

impl Prints {
    /// Remembers what was shown at `place`. References of another document are forgotten.
    pub(crate) fn learn<'a>(&mut self, place: &Place, shown: impl Iterator<Item = &'a Described>) {
        if self.epoch != place.epoch {
            self.epoch.clone_from(&place.epoch);
            self.of.clear();
        }
        self.of.extend(shown.map(|described| (described.reference, described.clone())));
    }

    /// Remembers what `described` is.
    pub(crate) fn add(&mut self, epoch: &str, described: &Described) {
        if self.epoch != epoch {
            self.epoch = epoch.to_owned();
            self.of.clear();
        }
        self.of.insert(described.reference, described.clone());
    }

    /// The numbers that are known.
    pub(crate) fn references(&self) -> Vec<u32> {
        let mut all: Vec<_> = self.of.keys().copied().collect();
        all.sort_unstable();
        all
    }

    /// What `reference` stood for when it was last shown.
    pub(crate) fn get(&self, reference: u32) -> Option<&Described> {
        self.of.get(&reference)
    }
}

/// One element as it is now.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Described {
    pub(crate) reference: u32,
    pub(crate) role: String,
    pub(crate) name: String,
    pub(crate) context: String,
    pub(crate) form: Option<FormTarget>,
    pub(crate) submits: bool,
    pub(crate) link: String,
    pub(crate) download: bool,
    pub(crate) origin: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) secret: bool,
    /// What is to be typed into it, if it is a field for text.
    pub(crate) field: Option<Field>,
    pub(crate) enabled: bool,
    pub(crate) visible: bool,
    pub(crate) print: String,
    /// The name of the button that Enter in this field would press.
    pub(crate) implicit: Option<String>,
}

impl Described {
    /// The element for people: role, name and surroundings, escaped.
    pub(crate) fn shown(&self) -> String {
        let mut shown = format!("{} \"{}\"", self.role, escape::quoted(&self.name));
        if !self.context.is_empty() {
            shown.push_str(&format!(" ({})", escape::bracketed(&self.context)));
        }
        shown
    }
}

/// Where a form is sent.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FormTarget {
    pub(crate) action: String,
    pub(crate) method: String,
}

/// What a name or reference turned out to be.
#[derive(Debug, Deserialize)]
pub(crate) struct Resolved {
    #[serde(flatten)]
    pub(crate) place: Place,
    pub(crate) one: Option<Described>,
    #[serde(default)]
    pub(crate) many: Vec<Described>,
    #[serde(default)]
    pub(crate) count: usize,
    #[serde(default)]
    pub(crate) near: Vec<Near>,
    pub(crate) stale: Option<String>,
}

/// The elements that a search found.
#[derive(Debug, Deserialize)]
pub(crate) struct Searched {
    #[serde(flatten)]
    pub(crate) place: Place,
    pub(crate) rows: Vec<Candidate>,
    /// How many there are in all.
    pub(crate) count: usize,
}

/// Rows of a table, or cards that are alike.
#[derive(Debug, Deserialize)]
pub(crate) struct Records {
    #[serde(flatten)]
    pub(crate) place: Place,
    /// For each record the text of each label, if it has it.
    pub(crate) rows: Vec<Vec<Option<String>>>,
    /// How many there are in all.
    pub(crate) count: usize,
}

/// A name that is like the one that was asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Near {
    pub(crate) role: String,
    pub(crate) name: String,
}

/// What came of a script that acts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Acted {
    pub(crate) stale: Option<String>,
    pub(crate) trouble: Option<String>,
    pub(crate) by: Option<String>,
    pub(crate) other: Option<String>,
    pub(crate) checked: bool,
    pub(crate) x: f64,
    pub(crate) y: f64,
    /// Where a drag ends.
    pub(crate) to_x: f64,
    pub(crate) to_y: f64,
}

/// Events of a press that reached their element, and those that were swallowed.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(crate) struct Press {
    pub(crate) reached: u32,
    pub(crate) swallowed: u32,
}

/// A part of the page, in its pixels.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// What a picture is to show.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Framed {
    pub(crate) stale: Option<String>,
    /// The element's area, or the whole page's.
    pub(crate) area: Area,
    /// What of the page is in view.
    pub(crate) view: Area,
    /// Pixels of the screen in a row for one of the page.
    pub(crate) density: f64,
    /// The numbers that are drawn.
    pub(crate) drawn: Vec<u32>,
}

/// The frames of another origin that a text fits, and all of them.
#[derive(Debug, Deserialize)]
pub(crate) struct Frames {
    pub(crate) found: Vec<Frame>,
    pub(crate) all: Vec<Frame>,
}

/// A frame of another origin.
#[derive(Debug, Deserialize)]
pub(crate) struct Frame {
    /// Its number among the frames of the document, as drivers count.
    pub(crate) index: u16,
    /// The address it was given.
    pub(crate) address: String,
}

/// The text of a page or of a part of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Prose {
    #[serde(flatten)]
    pub(crate) place: Place,
    pub(crate) text: String,
    /// Whether there was more than the limit.
    pub(crate) full: bool,
}

/// A page that has come to rest, or not.
#[derive(Debug, Deserialize)]
pub(crate) struct Settled {
    #[serde(flatten)]
    pub(crate) place: Place,
    /// Whether the time was up first.
    pub(crate) over: bool,
    /// Whether a document was on its way then.
    pub(crate) coming: bool,
    /// What a guarded press has come to, if the document has seen it.
    pub(crate) press: Option<Press>,
}

/// What waiting for something has shown.
#[derive(Debug, Deserialize)]
pub(crate) struct Appeared {
    #[serde(flatten)]
    pub(crate) place: Place,
    pub(crate) found: bool,
}
