//! How an element is told again: by many attributes, since any of them may be another one tomorrow.

use std::collections::BTreeMap;

use super::template::Template;
use crate::planner::local::{
    instruction::Instruction,
    scene::{Element, Scene},
    words::stems,
};

/// So many names are remembered.
const NAMES: usize = 4;
/// What a name before the newest one still counts.
const OLDER: f32 = 0.9;
/// What an attribute counts that nothing on the page has any more.
const GONE: f32 = 0.6;
/// What a name of the same meaning counts.
const MEANT: f32 = 0.6;

/// What is known of an element.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Description {
    /// Its ARIA role.
    pub role: String,
    /// What it is called, and was called before; the newest comes first.
    pub names: Vec<Template>,
    /// The words before it.
    pub label: String,
    /// What the row, card or item that it stands in says.
    pub record: Option<Template>,
    /// The words of the heading or row around it.
    pub context: String,
    /// Its tag and type.
    pub tag: String,
    /// The words of its attributes.
    pub marks: String,
    /// Its place among the elements made like it, and how many those were.
    pub place: (usize, usize),
    /// How often each attribute turned out to be another one.
    pub changes: BTreeMap<String, u32>,
}

/// One attribute of a description, held against an element.
struct Held {
    name: &'static str,
    weight: f32,
    agrees: fn(&Description, &Element) -> f32,
}

const ATTRIBUTES: [Held; 6] = [
    Held { name: "label", weight: 2.0, agrees: |own, element| overlap(&stems(&own.label), &element.label) },
    Held { name: "context", weight: 1.0, agrees: |own, element| overlap(&stems(&own.context), &element.context) },
    Held { name: "role", weight: 2.0, agrees: |own, element| yes(own.role == element.role) },
    Held { name: "tag", weight: 1.0, agrees: |own, element| yes(own.tag == element.tag) },
    Held { name: "marks", weight: 2.5, agrees: |own, element| overlap(&stems(&own.marks), &element.marks) },
    Held { name: "place", weight: 0.5, agrees: |own, element| yes(own.place == element.place_among) },
];
const NAME_WEIGHT: f32 = 4.0;

impl Description {
    /// What `element` is like, with nothing to fill in.
    #[must_use]
    pub fn of(element: &Element) -> Self {
        Self {
            role: element.role.clone(),
            names: vec![Template::plain(&element.name)],
            label: element.label.join(" "),
            record: None,
            context: element.context.join(" "),
            tag: element.tag.clone(),
            marks: element.marks.join(" "),
            place: element.place_among,
            changes: BTreeMap::new(),
        }
    }

    /// The same without words that are filled in: the next time there are others.
    #[must_use]
    pub fn without(mut self, bound: &[String]) -> Self {
        for text in [&mut self.label, &mut self.context, &mut self.marks] {
            *text = stems(text).into_iter().filter(|word| !bound.contains(word)).collect::<Vec<_>>().join(" ");
        }
        self
    }

    /// In people's words: `button "Add to cart" of {product}`.
    #[must_use]
    pub fn told(&self) -> String {
        let name = self.names.first().map(ToString::to_string).unwrap_or_default();
        let name = if name.is_empty() { self.unnamed() } else { format!("\"{name}\"") };
        let record = self.record.as_ref().map_or(String::new(), |record| format!(" of {record}"));
        format!("{} {name}{record}", self.role)
    }

    /// What stands for the name of an element that has none.
    fn unnamed(&self) -> String {
        let words = if self.label.is_empty() { &self.marks } else { &self.label };
        format!("({words})")
    }

    /// Whether one of its names has a place to fill in.
    fn is_bound(&self) -> bool {
        self.names.first().is_some_and(|name| name.places().next().is_some())
    }

    /// How much each element of `among` is like it, from 0 to 1; nothing for those that what is filled in rules out.
    ///
    /// An attribute counts the more the fewer elements of the page share it, and the less the more often it
    /// has turned out to be another one.
    #[must_use]
    pub fn likeness(&self, scene: &Scene, among: &[usize], values: &BTreeMap<String, String>) -> Vec<Option<f32>> {
        let elements: Vec<_> = among.iter().filter_map(|index| scene.elements.get(*index)).collect();
        let names: Vec<_> = elements.iter().map(|element| self.name_agrees(element, values)).collect();
        let ruled: Vec<bool> = elements.iter().map(|element| self.rules_out(element, values)).collect();
        let mut scores = vec![(0.0_f32, 0.0_f32); elements.len()];
        let mut count = |name: &str, weight: f32, agreement: &[f32]| {
            let weight = weight * rarity(agreement) / (1.0 + small(self.changes.get(name).copied().unwrap_or(0)));
            for ((sum, whole), agrees) in scores.iter_mut().zip(agreement) {
                *sum += weight * agrees;
                *whole += weight;
            }
        };
        count("name", NAME_WEIGHT, &names.iter().map(|agrees| agrees.unwrap_or(0.0)).collect::<Vec<_>>());
        for held in ATTRIBUTES.iter().filter(|held| self.has(held.name)) {
            let agreement: Vec<_> = elements.iter().map(|element| (held.agrees)(self, element)).collect();
            count(held.name, held.weight, &agreement);
        }
        let score = |((sum, whole), (name, ruled)): (&(f32, f32), (&Option<f32>, &bool))| {
            (!ruled && name.is_some()).then(|| sum / whole.max(f32::EPSILON))
        };
        scores.iter().zip(names.iter().zip(&ruled)).map(score).collect()
    }

    /// Whether there is anything to compare.
    fn has(&self, attribute: &str) -> bool {
        match attribute {
            "label" => !self.label.is_empty(),
            "context" => !self.context.is_empty(),
            "marks" => !self.marks.is_empty(),
            "tag" => !self.tag.is_empty(),
            // One among things that are named by what is filled in may stand anywhere.
            "place" => !self.is_bound() && self.record.is_none(),
            _ => true,
        }
    }

    /// How well the name agrees; nothing if what is filled in is not in it.
    fn name_agrees(&self, element: &Element, values: &BTreeMap<String, String>) -> Option<f32> {
        let bound = self.is_bound();
        let mut best: Option<f32> = None;
        let mut worth = 1.0;
        for name in &self.names {
            if let Some(wanted) = name.fill(values) {
                let wanted = stems(&wanted);
                let filled: Vec<String> =
                    name.places().filter_map(|place| values.get(place)).flat_map(|value| stems(value)).collect();
                if filled.iter().all(|word| element.stems.contains(word)) {
                    let agrees =
                        overlap(&wanted, &element.stems).max(if bound { 0.0 } else { meant(&wanted, element) });
                    best = Some(best.unwrap_or(0.0).max(agrees * worth));
                }
            }
            worth *= OLDER;
        }
        // A name without places may be any other one.
        best.or(if bound { None } else { Some(0.0) })
    }

    /// Whether its record has to say something that this one does not say.
    fn rules_out(&self, element: &Element, values: &BTreeMap<String, String>) -> bool {
        let Some(record) = &self.record else { return false };
        let Some(wanted) = record.fill(values) else { return true };
        let holds = |text: &[String]| stems(&wanted).iter().all(|word| text.contains(word));
        !holds(&element.around) && !holds(&element.context)
    }

    /// What is different about `element`, in words; empty if nothing is that matters.
    #[must_use]
    pub fn differs(&self, element: &Element) -> Vec<String> {
        let mut found = Vec::new();
        let newest = self.names.first().map(ToString::to_string).unwrap_or_default();
        if !self.is_bound() && stems(&newest) != element.stems {
            found.push(format!("\"{newest}\" is \"{}\" now", element.name));
        }
        if self.role != element.role {
            found.push(format!("the {} is a {} now", self.role, element.role));
        }
        if self.has("marks") && overlap(&stems(&self.marks), &element.marks) < 0.5 {
            found.push("its id and classes are others".to_owned());
        }
        if self.has("label") && overlap(&stems(&self.label), &element.label) < 0.5 {
            found.push(format!("\"{}\" stands before it", element.label.join(" ")));
        }
        found
    }

    /// Takes over what `newer` has otherwise.
    pub fn mend(&mut self, newer: &Self) {
        let bound = self.is_bound();
        if let Some(name) = newer.names.first().filter(|name| !bound && self.names.first() != Some(*name)) {
            self.names.retain(|known| known != name);
            self.names.insert(0, name.clone());
            self.names.truncate(NAMES);
            *self.changes.entry("name".to_owned()).or_default() += 1;
        }
        let fields = [
            ("role", &mut self.role, &newer.role),
            ("tag", &mut self.tag, &newer.tag),
            ("label", &mut self.label, &newer.label),
            ("marks", &mut self.marks, &newer.marks),
        ];
        for (name, own, new) in fields {
            if overlap(&stems(own), &stems(new)) < 0.5 {
                own.clone_from(new);
                *self.changes.entry(name.to_owned()).or_default() += 1;
            }
        }
        self.place = newer.place;
    }
}

/// How much an attribute tells, if the elements of a page agree to it so.
fn rarity(agreement: &[f32]) -> f32 {
    let sharing = agreement.iter().filter(|agrees| **agrees > 0.9).count();
    match u32::try_from(sharing).unwrap_or(u32::MAX) {
        0 => GONE,
        sharing => 1.0 / (1.0 + small(sharing).ln()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a page has few elements")]
fn small(count: u32) -> f32 {
    count as f32
}

fn yes(agrees: bool) -> f32 {
    if agrees { 1.0 } else { 0.0 }
}

/// The share of words that two texts have in common. Source: Jaccard's index.
fn overlap(one: &[String], other: &[String]) -> f32 {
    if one == other {
        return 1.0;
    }
    let both = one.iter().filter(|word| other.contains(word)).count();
    let all = one.len() + other.iter().filter(|word| !one.contains(word)).count();
    let number = |count: usize| small(u32::try_from(count).unwrap_or(u32::MAX));
    // The same words in another order are not quite the same text.
    0.95 * number(both) / number(all.max(1))
}

/// Whether an element is called by other words of the same meaning.
fn meant(wanted: &[String], element: &Element) -> f32 {
    let told = Instruction::read(&wanted.join(" "));
    let meanings = told.words.iter().flat_map(|word| &word.concepts);
    let shared = meanings.filter(|group| element.concepts.contains(group)).count();
    if shared > 0 { MEANT } else { 0.0 }
}
