//! A demonstration as a list of deeds, each with the element that it was done to.

use std::{collections::BTreeMap, sync::Arc};

use super::super::{
    Argument, Demonstration, Moment, SkillError,
    description::Description,
    file::{ALONE, UPON},
};
use crate::planner::local::{
    instruction::Instruction,
    scene::{Element, Scene},
};

/// A demonstration, read.
#[derive(Debug)]
pub(super) struct Told {
    /// What was wanted, with everything filled in.
    pub(super) goal: Instruction,
    pub(super) inputs: BTreeMap<String, String>,
    pub(super) deeds: Vec<Deed>,
}

/// One thing that was done.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    pub(super) verb: String,
    pub(super) with: Option<(Argument, String)>,
    pub(super) seen: Option<Seen>,
    /// What of it stands in the goal or was given.
    pub(super) uses: Vec<Use>,
    pub(super) each: Option<Round>,
}

/// The element that something was done to.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) element: Element,
    pub(super) description: Description,
    /// The texts of the other records of the page.
    pub(super) others: Vec<Arc<[String]>>,
    /// How many records have an element of this role and name.
    pub(super) alike: usize,
}

/// A part of a deed that comes from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) field: Field,
    pub(super) source: Source,
    pub(super) form: super::super::template::Form,
    /// Which words of the element's name it is.
    pub(super) words: (usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// What was typed or chosen.
    Value,
    /// What the element is called.
    Name,
    /// What its record says.
    Record,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// Words of the goal, from one up to another.
    Goal(usize, usize),
    /// What was given beside the goal, by name.
    Input(String),
    /// The thing of the list that this round of a loop is about.
    Item,
}

/// What a loop goes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Round {
    pub(super) over: Over,
    /// How many rounds there were.
    pub(super) rounds: usize,
    /// The words of the goal that say how many, or list the things.
    pub(super) said: Option<(usize, usize)>,
    /// The number of the loop in the demonstration.
    pub(super) number: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Items,
    Times,
    /// Some records of a list.
    Records,
    /// All records of a list.
    EveryRecord,
}

impl Told {
    /// Reads a demonstration.
    pub(super) fn read(demonstration: &Demonstration) -> Result<Self, SkillError> {
        let deeds: Vec<Deed> =
            demonstration.acts().map(|(number, moment)| read(number, moment)).collect::<Result<_, _>>()?;
        if deeds.is_empty() {
            return Err(SkillError::Empty);
        }
        let goal = Instruction::read(&demonstration.said());
        Ok(Self { goal, inputs: demonstration.inputs.clone(), deeds })
    }
}

fn read(number: usize, moment: &Moment) -> Result<Deed, SkillError> {
    let call = &moment.call;
    let known = UPON.contains(&call.verb.as_str()) || ALONE.contains(&call.verb.as_str());
    if call.tool != "browser" || !known {
        return Err(SkillError::Unlearnable { step: number, verb: call.name() });
    }
    let text = |argument: &Argument| {
        let value = call.args.get(argument.as_str())?;
        Some((*argument, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    };
    let target = call.args.get("target").and_then(|target| target.as_str());
    let seen = target.map(|target| seen(number, moment, target)).transpose()?;
    Ok(Deed { verb: call.verb.clone(), with: Argument::ALL.iter().find_map(text), seen, uses: Vec::new(), each: None })
}

fn seen(number: usize, moment: &Moment, target: &str) -> Result<Seen, SkillError> {
    let scene = Scene::of(&moment.page);
    let torn = || SkillError::Torn { step: number, target: target.to_owned() };
    let reference: u32 = target.trim().trim_start_matches('[').trim_end_matches(']').parse().map_err(|_| torn())?;
    let element = scene.elements.iter().find(|element| element.reference == reference).ok_or_else(torn)?;
    let mut others = BTreeMap::new();
    for other in scene.elements.iter().filter(|other| other.record != 0 && other.record != element.record) {
        others.entry(other.record).or_insert_with(|| Arc::clone(&other.around));
    }
    let like = |other: &&Element| other.record != 0 && (&other.role, &other.tag) == (&element.role, &element.tag);
    let named = scene.elements.iter().filter(like).filter(|other| other.name == element.name).count();
    Ok(Seen {
        element: element.clone(),
        description: Description::of(element),
        others: others.into_values().collect(),
        alike: named,
    })
}

impl Deed {
    /// The use of `field`, if it comes from elsewhere.
    pub(super) fn bound(&self, field: Field) -> Option<&Use> {
        self.uses.iter().find(|own| own.field == field)
    }

    /// Whether it is the same thing done to the same kind of element, whatever is filled in.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let argument = |deed: &Self| deed.with.as_ref().map(|(argument, _)| *argument);
        if (&self.verb, argument(self)) != (&other.verb, argument(other)) {
            return false;
        }
        match (&self.seen, &other.seen) {
            (None, None) => self.with == other.with || argument(self) == Some(Argument::Url),
            (Some(one), Some(another)) => {
                let (one, another) = (&one.element, &another.element);
                let named = |deed: &Self| deed.bound(Field::Name).is_some();
                let alike = || one.role == another.role && one.tag == another.tag;
                one.stems == another.stems && one.role == another.role
                    || alike() && (named(self) || named(other) || same_marks(one, another))
            }
            _ => false,
        }
    }
}

/// Whether two elements are marked alike, so that one is the other under another name.
fn same_marks(one: &Element, other: &Element) -> bool {
    let own: Vec<_> = one.marks.iter().filter(|mark| !one.stems.contains(mark)).collect();
    let marks: Vec<_> = other.marks.iter().filter(|mark| !other.stems.contains(mark)).collect();
    !own.is_empty() && own == marks
}
