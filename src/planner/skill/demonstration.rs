//! What somebody did once, to reach a goal.

use std::collections::BTreeMap;

use lamassu_contract::{Call, Page};
use serde::{Deserialize, Serialize};

/// One way to a goal, as it was gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Demonstration {
    /// What was wanted, in the person's words.
    pub goal: String,
    /// Where it began.
    pub at: String,
    /// What was filled in for this time, by name, if the goal was a form of words with places in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
    /// What was done, in order.
    pub moments: Vec<Moment>,
    /// How the page was at the end; nothing if nobody looked.
    #[serde(default)]
    pub end: Option<Page>,
}

/// One act, with all that could have been done instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// The page right before, with details of its rows.
    pub page: Page,
    /// What was done: a call of the browser whose `target` is the number of a row of `page`, such as `[7]`, if
    /// it was done to one. A password is named by its secret, never written.
    pub call: Call,
}

impl Demonstration {
    /// What was wanted, with what was filled in put in its places.
    #[must_use]
    pub fn said(&self) -> String {
        self.inputs.iter().fold(self.goal.clone(), |goal, (name, value)| {
            goal.replace(&format!("{{{{{name}}}}}"), value).replace(&format!("{{{name}}}"), value)
        })
    }
}
