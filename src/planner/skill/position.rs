//! Where a skill stands, as it is noted beside each proposal.

use serde::{Deserialize, Serialize};

use super::{Description, template::Template};
use crate::planner::local::scene::Element;

/// Where a skill stands; it is noted beside each proposal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The skill.
    pub skill: String,
    /// The step that the proposal takes, from 0.
    pub step: usize,
    /// The round of the loop that it is in, from 0.
    #[serde(default)]
    pub round: usize,
    /// How many records the list had when the loop began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<usize>,
    /// How often the step has waited for its element.
    #[serde(default)]
    pub waited: u32,
    /// Whether the proposal is not the step itself but something that may make it possible.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beside: bool,
    /// What the element is like now, if it is not as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub healed: Option<Healed>,
}

impl Position {
    /// The same place, for a proposal that is not the step itself.
    pub(super) fn aside(&self) -> Self {
        Self { waited: self.waited + 1, beside: true, ..self.clone() }
    }
}

/// What an element turned out to be like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Healed {
    /// Its ARIA role.
    pub role: String,
    /// What it is called.
    pub name: String,
    /// The words before it.
    pub label: String,
    /// Its tag and type.
    pub tag: String,
    /// The words of its attributes.
    pub marks: String,
    /// Its place among the elements made like it, and how many those are.
    pub place: (usize, usize),
}

impl From<&Healed> for Description {
    fn from(healed: &Healed) -> Self {
        Self {
            role: healed.role.clone(),
            names: vec![Template::plain(&healed.name)],
            label: healed.label.clone(),
            tag: healed.tag.clone(),
            marks: healed.marks.clone(),
            place: healed.place,
            ..Self::default()
        }
    }
}

impl From<&Element> for Healed {
    fn from(element: &Element) -> Self {
        Self {
            role: element.role.clone(),
            name: element.name.clone(),
            label: element.label.join(" "),
            tag: element.tag.clone(),
            marks: element.marks.join(" "),
            place: element.place_among,
        }
    }
}
