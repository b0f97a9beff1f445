//! Skills: procedures that were learned from demonstrations.
//!
//! A [`Skill`] is made from one or more [`Demonstration`]s (`induce`), kept as a file that people can read
//! (`file`, `store`), and played by a planner that finds each element anew (`player`, `seek`). Nothing
//! here knows of policy, record or tools, and only `store` opens files.

pub mod demonstration;
mod description;
mod error;
mod file;
mod finish;
mod induce;
mod lesson;
pub mod player;
mod position;
pub mod rehearse;
mod seek;
pub mod store;
mod taught;
pub mod template;

use std::collections::BTreeMap;

pub use demonstration::{Demonstration, Moment};
pub use description::Description;
pub use error::SkillError;
pub use player::Player;
pub use position::{Healed, Position};
pub use store::Skills;
pub use taught::Taught;
use template::Template;

use super::local::scene::Element;

/// A procedure with places to fill in.
#[derive(Debug, Clone, PartialEq)]
pub struct Skill {
    /// What it is called: letters, digits, `-` and `_`.
    pub name: String,
    /// The goal that it reaches, such as `order {quantity} of {product}`.
    pub goal: Template,
    /// Where it begins.
    pub at: String,
    /// The origins where it may run.
    pub sites: Vec<String>,
    /// What is filled in, by name.
    pub parameters: BTreeMap<String, Parameter>,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// What the page shows at the end that it did not show before.
    pub end: Ending,
    /// How many demonstrations it was learned from.
    pub demonstrations: usize,
    /// How often it was run.
    pub ran: u64,
    /// How often it then reached its end.
    pub worked: u64,
}

/// Something to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// What may stand there.
    pub kind: Kind,
    /// What stood there in the demonstrations.
    pub examples: Vec<String>,
}

/// What may be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any words.
    Text,
    /// One number.
    Number,
    /// A day, however it is written.
    Day,
    /// Several things, with commas or `and` between them.
    List,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Text, Self::Number, Self::Day, Self::List];

    /// The word for it in skill files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Day => "day",
            Self::List => "list",
        }
    }
}

/// One thing that is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The verb of the browser, such as `fill`.
    pub verb: String,
    /// What it is done to; nothing if to the page as a whole.
    pub element: Option<Description>,
    /// What goes with the verb: the text, the option, the key, the address or the name of the secret.
    pub with: Option<(Argument, Template)>,
    /// Whether it was done in some demonstrations only, so that it is left out where its element is not there.
    pub optional: bool,
    /// Whether it is done again and again; the steps of one loop follow each other.
    pub each: Option<Each>,
}

/// What goes with a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Argument {
    /// `text`
    Text,
    /// `option`
    Option,
    /// `key`
    Key,
    /// `secret`, by its name
    Secret,
    /// `url`
    Url,
    /// `on`: `true` or `false`
    On,
    /// `to`: where to scroll
    To,
    /// `seconds`
    Seconds,
    /// `accept`: `true` or `false`
    Accept,
}

/// How often the steps of a loop are done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Each {
    /// Once for each thing of a list: the parameter. `{item}` stands for the thing in the steps.
    Item(String),
    /// As often as the number says: the parameter.
    Times(String),
    /// Once for each record of the list on the page; if there is a parameter, for the first so many.
    Record(Option<String>),
}

/// What the page shows at the end. A `*` stands for any letters and digits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// The path of the address.
    pub address: Option<String>,
    /// A line of the text.
    pub line: Option<Template>,
}

impl Argument {
    const ALL: [Self; 9] =
        [Self::Text, Self::Option, Self::Key, Self::Secret, Self::Url, Self::On, Self::To, Self::Seconds, Self::Accept];

    /// The name that calls give it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Option => "option",
            Self::Key => "key",
            Self::Secret => "secret",
            Self::Url => "url",
            Self::On => "on",
            Self::To => "to",
            Self::Seconds => "seconds",
            Self::Accept => "accept",
        }
    }
}

impl Skill {
    /// Whether it may run on the page at `url`.
    #[must_use]
    pub fn runs_at(&self, url: &url::Url) -> bool {
        self.sites.contains(&url.origin().ascii_serialization())
    }

    /// The steps in people's words, one line each.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        self.steps.iter().map(Step::told).collect()
    }

    /// The goal with `values` filled in.
    ///
    /// # Errors
    ///
    /// [`SkillError::Unfilled`] names what is missing and what is unknown.
    pub fn filled(&self, values: &BTreeMap<String, String>) -> Result<String, SkillError> {
        let unfilled = |problem: String| SkillError::Unfilled { name: self.name.clone(), problem };
        if let Some(name) = values.keys().find(|name| !self.parameters.contains_key(*name)) {
            let known: Vec<_> = self.parameters.keys().map(|name| format!("`{name}`")).collect();
            let known =
                if known.is_empty() { "it takes none".to_owned() } else { format!("it takes {}", known.join(", ")) };
            return Err(unfilled(format!("has no parameter `{name}`; {known}")));
        }
        if let Some((name, parameter)) = self.parameters.iter().find(|(name, _)| !values.contains_key(*name)) {
            let example = parameter.examples.first().map_or("...", String::as_str);
            return Err(unfilled(format!("needs `{name}`; add `--input {name}={example:?}`")));
        }
        self.goal.fill(values).ok_or_else(|| unfilled("cannot be filled in with these values".to_owned()))
    }
}

impl Step {
    /// The role and the names of what is pressed, unless pressing it may commit the user to something that cannot
    /// be taken back.
    pub fn harmless(&self) -> impl Iterator<Item = (String, String)> {
        let pressed = self.element.iter().filter(|_| matches!(self.verb.as_str(), "click" | "press" | "check"));
        let names = pressed.flat_map(|element| element.names.iter().map(|name| (element.role.clone(), name)));
        let plain = names.filter(|(_, name)| name.places().next().is_none());
        plain.map(|(role, name)| (role, name.to_string())).filter(|(role, name)| !Element::called(role, name).commits())
    }

    /// The name of the secret that it uses, if it uses one.
    #[must_use]
    pub fn secret(&self) -> Option<String> {
        self.with.as_ref().filter(|(argument, _)| *argument == Argument::Secret).map(|(_, name)| name.to_string())
    }

    /// What is done, in people's words: `fill textbox "Quantity" with {quantity}`.
    #[must_use]
    pub fn told(&self) -> String {
        let with = self.with.as_ref().map(|(argument, value)| match argument {
            Argument::Secret => format!("the secret {value}"),
            _ => format!("\"{value}\""),
        });
        let element = self.element.as_ref().map(Description::told);
        let line = match (self.verb.as_str(), element, with) {
            ("fill", Some(element), Some(with)) => format!("fill {element} with {with}"),
            ("select", Some(element), Some(with)) => format!("choose {with} in {element}"),
            ("check", Some(element), Some(with)) if with == "\"false\"" => format!("clear {element}"),
            ("check", Some(element), _) => format!("tick {element}"),
            ("press", Some(element), Some(with)) => format!("press {with} on {element}"),
            (verb, Some(element), Some(with)) => format!("{verb} {element}, {with}"),
            (verb, Some(element), None) => format!("{verb} {element}"),
            (verb, None, Some(with)) => format!("{verb} {with}"),
            (verb, None, None) => verb.to_owned(),
        };
        let optional = if self.optional { ", if it is there" } else { "" };
        let each = self.each.as_ref().map_or(String::new(), |each| format!(", for each {each}"));
        format!("{line}{optional}{each}")
    }
}

impl std::fmt::Display for Each {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Item(name) => write!(f, "of {{{name}}}"),
            Self::Times(name) => write!(f, "of {{{name}}} times"),
            Self::Record(None) => f.write_str("record"),
            Self::Record(Some(name)) => write!(f, "of the first {{{name}}} records"),
        }
    }
}
