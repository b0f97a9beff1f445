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

/// What only reads, and so is no act.
const READING: [&str; 7] = ["look", "find", "read", "extract", "screenshot", "wait", "tabs"];

impl Demonstration {
    /// The acts, each with its number from 1: without the opening of the first page, what only reads, and what
    /// was typed into a field and then corrected.
    pub fn acts(&self) -> impl Iterator<Item = (usize, &Moment)> {
        let next = self.moments.iter().skip(1).map(Some).chain([None]);
        let counts = |(number, (moment, next)): &(usize, (&Moment, Option<&Moment>))| {
            let reads = moment.call.tool == "browser" && READING.contains(&moment.call.verb.as_str());
            let opens = *number == 1 && moment.call.verb == "open";
            !reads && !opens && !next.is_some_and(|next| next.corrects(moment))
        };
        (1..).zip(self.moments.iter().zip(next)).filter(counts).map(|(number, (moment, _))| (number, moment))
    }

    /// What was wanted, with what was filled in put in its places.
    #[must_use]
    pub fn said(&self) -> String {
        self.inputs.iter().fold(self.goal.clone(), |goal, (name, value)| {
            goal.replace(&format!("{{{{{name}}}}}"), value).replace(&format!("{{{name}}}"), value)
        })
    }
}

impl Moment {
    /// Whether it puts something else into the field that `last` filled.
    fn corrects(&self, last: &Self) -> bool {
        let (call, before) = (&self.call, &last.call);
        matches!(call.verb.as_str(), "fill" | "select")
            && call.verb == before.verb
            && call.args.get("target") == before.args.get("target")
    }
}
