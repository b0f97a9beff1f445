//! What was judged, in the form in which it runs: no text of the planner is read a second time.

use std::time::Duration;

use lamassu_contract::{Action, Effect, Element, Failure, Form, Resource};
use serde_json::{Value, json};
use url::Url;

use crate::{
    address::forbidden,
    extract::Extraction,
    page::{Described, Place},
    signin::SignIn,
    transfer::Transfer,
};

/// One thing to do, with everything that was looked up for it.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Look { about: String },
    Open(Url),
    Travel(Way),
    Click { aim: Aim, times: u32 },
    Hover(Aim),
    Drag { aim: Aim, onto: Aim },
    Fill { aim: Aim, with: Text },
    Select { aim: Aim, option: String },
    Check { aim: Aim, wanted: Tick },
    Press { aim: Option<Aim>, chord: Chord },
    Scroll { aim: Option<Aim>, to: Scroll },
    Wait { until: Until, limit: Duration },
    Find(Sought),
    Read { aim: Option<Aim>, offset: usize, limit: usize },
    Extract(Extraction),
    Screenshot { extent: Extent, frame: Frame },
    Frame(Option<String>),
    Tabs(TabDeed),
    Dialog { answer: Answer, text: String },
    Transfer(Transfer),
    SignIn(SignIn),
    Watch,
}

/// How to scroll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scroll {
    /// Until the element is in view.
    IntoView,
    /// `down` or `up`, by so many pixels or else by most of what is shown; to the `end` or the `top`.
    To { way: String, by: Option<u64> },
}

/// Where to go without an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Back,
    Forward,
    Again,
}

/// How a box is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tick {
    On,
    Off,
}

/// How much a picture shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Extent {
    Visible,
    Whole,
    Element(Aim),
}

/// What a picture is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) marks: Marks,
    /// So many pixels wide at most.
    pub(crate) widest: Option<u32>,
}

/// Whether the numbers of the table are drawn into a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marks {
    Shown,
    Hidden,
}

/// How a dialog is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Accept,
    Cancel,
}

/// What to type.
#[derive(Debug, Clone)]
pub(crate) enum Text {
    /// This text.
    Plain(String),
    /// The secret that the permit lends out.
    Secret(String),
}

/// What to wait for.
#[derive(Debug, Clone)]
pub(crate) enum Until {
    Quiet,
    /// What the page is asked for, how it is called, and whether it is to be gone.
    Seen {
        what: Value,
        label: String,
        gone: bool,
    },
}

/// What to find: a pattern; or elements and, if no role is given, text.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    pub(crate) text: Option<String>,
    pub(crate) pattern: Option<regex::Regex>,
    pub(crate) role: Option<String>,
    /// How many of what is found to pass over.
    pub(crate) offset: usize,
}

/// What to do with tabs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TabDeed {
    List,
    Show(usize),
    Close(usize),
}

/// A key with those that are held down with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chord {
    pub(crate) key: String,
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) virtual_code: u32,
    pub(crate) modifiers: u32,
    /// As it was asked for.
    pub(crate) shown: String,
}

/// An element as it was described, to be found again exactly so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Aim {
    reference: u32,
    print: String,
    /// The document it stands in.
    pub(crate) epoch: String,
    /// The element for people.
    pub(crate) label: String,
}

impl Aim {
    pub(crate) fn at(place: &Place, element: &Described) -> Self {
        Self {
            reference: element.reference,
            print: element.print.clone(),
            epoch: place.epoch.clone(),
            label: element.shown(),
        }
    }

    /// The aim as the page's scripts take it.
    pub(crate) fn args(&self) -> Value {
        json!({ "reference": self.reference, "print": self.print, "epoch": self.epoch })
    }

    /// The same with one more argument.
    pub(crate) fn with(&self, name: &str, value: impl Into<Value>) -> Value {
        let mut args = self.args();
        if let Some(map) = args.as_object_mut() {
            map.insert(name.to_owned(), value.into());
        }
        args
    }

    /// The number of the element in the page's table.
    pub(crate) fn reference(&self) -> u32 {
        self.reference
    }
}

/// The element as policies see it.
///
/// # Errors
///
/// [`FailureKind::OutOfBounds`](lamassu_contract::FailureKind::OutOfBounds) if its form goes to
/// what is no address.
pub(crate) fn resource(place: &Place, element: &Described) -> Result<Resource, Failure> {
    let page = place.page().ok_or_else(|| forbidden("the page has no address".to_owned()))?;
    let form = element.form.as_ref().map(|form| {
        let action = Url::parse(&form.action);
        let action = action.map_err(|_| forbidden(format!("{} goes to what is no address", element.shown())));
        action.map(|action| Form { action, method: form.method.clone() })
    });
    Ok(Resource::Element(Box::new(Element {
        page,
        origin: element.origin.clone(),
        role: element.role.clone(),
        name: element.name.clone(),
        link: Url::parse(&element.link).ok(),
        form: form.transpose()?,
        secret_field: element.secret,
        field: element.field,
    })))
}

/// The resource of what concerns the page as a whole.
pub(crate) fn whole(place: &Place) -> Resource {
    place.page().map_or_else(|| Resource::thing("Browser", "blank"), Resource::Url)
}

/// `action` with what is known of `element`.
pub(crate) fn with_facts(action: Action, element: &Described) -> Action {
    let kind = match element.role.as_str() {
        _ if element.submits => "submit",
        "link" => "link",
        "button" => "button",
        "clickable" | "tab" | "menuitem" | "option" | "treeitem" => "clickable",
        _ => "field",
    };
    let action = action
        .fact("enabled", element.enabled)
        .fact("visible", element.visible)
        .fact("kind", kind)
        .fact("origin", element.origin.as_str());
    match Url::parse(&element.link).ok().and_then(|link| link.host_str().map(str::to_owned)) {
        Some(host) => action.fact("link_host", host),
        None => action,
    }
}

/// The stronger of two effects, the verb's own being the least.
pub(crate) fn at_least(least: Effect, effect: Option<Effect>) -> Effect {
    effect.map_or(least, |effect| effect.max(least))
}
