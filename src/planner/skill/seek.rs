//! Finds the element of a step on the page as it is now, or says why it cannot tell.

use std::collections::BTreeMap;

use super::Description;
use crate::planner::local::scene::{Element, Scene};

/// Below this likeness nothing is taken for the element.
const ALIKE: f32 = 0.6;
/// By so much the likest element must be ahead of the next one.
const AHEAD: f32 = 0.06;

/// The element that was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// Its number in the scene.
    pub(super) index: usize,
    /// How much it is like what was described, from 0 to 1.
    pub(super) likeness: f32,
}

/// Why no element was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Lost {
    /// Nothing is like it.
    Nothing,
    /// Something is a little like it, and that is called so.
    Unlike(String, f32),
    /// Several are like it, such as these two.
    Several(String, String),
    /// It is there but cannot be used.
    Blocked(String),
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing on the page is like it"),
            Self::Unlike(name, likeness) => {
                write!(f, "the likest thing on the page is \"{name}\", which is not like it enough ({likeness:.2})")
            }
            Self::Several(one, other) => write!(f, "\"{one}\" and \"{other}\" are both like it"),
            Self::Blocked(name) => write!(f, "\"{name}\" cannot be used: it is disabled, or something covers it"),
        }
    }
}

/// Finds what `wanted` describes and can be acted on by `verb`. `taught` says how much demonstrations speak
/// for each element; it decides between several that are equally like it.
pub(super) fn seek(
    scene: &Scene,
    (wanted, verb): (&Description, &str),
    values: &BTreeMap<String, String>,
    taught: &dyn Fn(usize) -> f32,
) -> Result<Found, Lost> {
    let among: Vec<usize> = (0..scene.elements.len()).filter(|index| suits(scene, *index, verb)).collect();
    let likeness = wanted.likeness(scene, &among, values);
    let mut ranked: Vec<(usize, f32)> =
        among.iter().zip(likeness).filter_map(|(index, likeness)| Some((*index, likeness?))).collect();
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
    let name = |index: usize| scene.elements.get(index).map_or(String::new(), |element| element.name.clone());
    let Some((best, likeness)) = ranked.first().copied() else { return Err(Lost::Nothing) };
    if likeness < ALIKE {
        return Err(Lost::Unlike(name(best), likeness));
    }
    let rivals: Vec<(usize, f32)> = ranked.into_iter().take_while(|(_, other)| likeness - other < AHEAD).collect();
    let index = among_rivals(scene, wanted, &rivals, taught)
        .ok_or_else(|| Lost::Several(name(best), rivals.get(1).map_or(String::new(), |(other, _)| name(*other))))?;
    let blocked = scene.elements.get(index).is_none_or(|element| element.is("disabled") || element.is("covered"));
    if blocked { Err(Lost::Blocked(name(index))) } else { Ok(Found { index, likeness }) }
}

/// The one that is meant among those that are equally like it: what the others merely wrap, what stands in
/// the same place among as many, or what demonstrations speak for clearly.
fn among_rivals(
    scene: &Scene,
    wanted: &Description,
    rivals: &[(usize, f32)],
    taught: &dyn Fn(usize) -> f32,
) -> Option<usize> {
    if let [(one, _)] = rivals {
        return Some(*one);
    }
    let only = |test: &dyn Fn(&Element) -> bool| {
        let mut left = rivals.iter().filter(|(index, _)| scene.elements.get(*index).is_some_and(test));
        match (left.next(), left.next()) {
            (Some((one, _)), None) => Some(*one),
            _ => None,
        }
    };
    let in_place = |element: &Element| wanted.record.is_none() && element.place_among == wanted.place;
    only(&|element| !element.wraps).or_else(|| only(&in_place)).or_else(|| {
        let mut judged: Vec<_> = rivals.iter().map(|(index, _)| (*index, taught(*index))).collect();
        judged.sort_by(|one, other| other.1.total_cmp(&one.1));
        match judged.as_slice() {
            [(one, most), (_, next), ..] if most - next > 1.0 => Some(*one),
            _ => None,
        }
    })
}

/// Whether `verb` makes sense for the element.
pub(super) fn suits(scene: &Scene, index: usize, verb: &str) -> bool {
    scene.elements.get(index).is_some_and(|element| match verb {
        "fill" => element.is_field() && !element.is("readonly"),
        "select" => element.is_list() || element.role == "combobox" || element.role == "listbox",
        "check" => element.is_box(),
        _ => true,
    })
}
