//! A box that lies over a page or has just come: a question to be answered, a notice to be closed.

use std::collections::HashMap;

use super::{
    mention,
    scene::{Element, Scene},
    situation::Situation,
    words::{self, Verb},
};

/// How many controls such a box has at most.
const MOST: usize = 5;

/// A box of a few buttons with a text.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    /// Its controls.
    pub inside: Vec<usize>,
    /// The words of its text, with the names of its controls.
    pub text: Vec<String>,
    /// Whether its text asks something.
    pub asks: bool,
    /// Whether all of it has just come.
    pub fresh: bool,
    /// Whether nothing else can be acted on.
    pub covers: bool,
}

/// The box that has just come or covers all else, if there is one.
#[must_use]
pub(super) fn find(scene: &Scene) -> Option<Layer> {
    let mut found: HashMap<&str, usize> = HashMap::new();
    let mut boxes: Vec<(&str, Vec<usize>)> = Vec::new();
    let inside = scene.elements.iter().enumerate().filter(|(_, element)| !element.around_text.is_empty());
    for (index, element) in inside {
        let text = element.around_text.as_str();
        let at = *found.entry(text).or_insert(boxes.len());
        match boxes.get_mut(at) {
            Some((_, inside)) => inside.push(index),
            None => boxes.push((text, vec![index])),
        }
    }
    let mut layers = boxes.into_iter().take(400).filter_map(|(text, inside)| layer(scene, text, inside));
    layers.find(|layer| layer.covers || layer.fresh && layer.asks)
}

fn layer(scene: &Scene, text: &str, inside: Vec<usize>) -> Option<Layer> {
    if inside.len() > MOST {
        return None;
    }
    let controls: Vec<&Element> = inside.iter().filter_map(|index| scene.elements.get(*index)).collect();
    let pressed = |element: &Element| matches!(element.role.as_str(), "button" | "link" | "clickable");
    let plain = controls.iter().filter(|element| !pressed(element)).count();
    let named: usize = controls.iter().map(|element| element.stems.len()).sum();
    let stems = words::stems(text);
    // A notice may have one field, such as one for an address to send news to.
    if plain > 1 || stems.len() <= named {
        return None;
    }
    let confirms = ["sure", "confirm", "bestätigen", "bestätige", "wirklich", "정말", "확인"];
    Some(Layer {
        asks: text.contains(['?', '？']) || stems.iter().any(|word| confirms.contains(&word.as_str())),
        fresh: controls.iter().all(|element| element.fresh),
        covers: inside.len() == scene.elements.len(),
        inside,
        text: stems,
    })
}

/// What a control of a box is to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It says yes to what the page asks about the last act.
    Agrees,
    /// It says no to that.
    Declines,
    /// It closes what is in the way.
    Dismisses,
}

/// What the control `index` of the box on the page is to the run, if anything.
#[must_use]
pub(super) fn part(now: &Situation<'_>, index: usize) -> Option<Part> {
    let layer = now.scene.layer.as_ref().filter(|layer| layer.inside.contains(&index))?;
    if asks_about_last(now, layer) {
        if !is_bounded(now, layer) {
            return None;
        }
        // `Cancel` beside `OK` closes the question; alone with `Back` it is what was asked for.
        let agreeing: Vec<usize> = layer.inside.iter().copied().filter(|at| agrees(now, *at)).collect();
        let called_off =
            |at: &usize| now.element(*at).is_some_and(|element| element.means("cancel") && element.stems.len() == 1);
        let plain: Vec<usize> = agreeing.iter().copied().filter(|at| !called_off(at)).collect();
        let agreeing = if plain.is_empty() { agreeing } else { plain };
        return match agreeing.as_slice() {
            [only] if *only == index => Some(Part::Agrees),
            [_] => Some(Part::Declines),
            _ => None,
        };
    }
    if layer.fresh && layer.asks && now.progress.last.as_ref().is_some_and(|last| last.verb == "click") {
        return None;
    }
    let wanted = layer.inside.iter().any(|at| wanted(now, *at));
    (layer.covers && !wanted && dismisser(now, layer) == Some(index)).then_some(Part::Dismisses)
}

/// Whether the box is a question about what was pressed last.
fn asks_about_last(now: &Situation<'_>, layer: &Layer) -> bool {
    layer.fresh
        && layer.asks
        && now
            .progress
            .last
            .as_ref()
            .is_some_and(|last| last.verb == "click" && (!last.took.is_empty() || last.submitted))
}

/// Whether the question is about no more than the goal is: `Delete all?` is not asked for by one letter.
fn is_bounded(now: &Situation<'_>, layer: &Layer) -> bool {
    const ALL: [&str; 8] = ["all", "every", "everything", "alle", "alles", "모든", "모두", "전체"];
    let wide = layer.text.iter().filter(|word| ALL.contains(&word.as_str()));
    wide.into_iter().all(|word| now.told.words.iter().any(|told| told.is(word)))
}

/// Whether a control says yes: it is called like what was pressed or asked for, or simply yes.
fn agrees(now: &Situation<'_>, at: usize) -> bool {
    let Some(element) = now.element(at) else { return false };
    let last = now.progress.last.as_ref().map(|last| words::stems(&last.name)).unwrap_or_default();
    let telling = |word: &&String| !words::is_stop(word);
    let same = element.stems.iter().filter(telling).any(|own| last.contains(own));
    let asked = now.told.words.iter().filter(|word| word.verb == Some(Verb::Other) && !word.barred);
    let meant = asked.into_iter().any(|word| element.stems.iter().any(|own| mention::means(word, own)));
    let yes = ["yes", "agree", "submit", "continue"].iter().any(|word| element.means(word));
    let no = ["no", "decline", "close", "back", "later"].iter().any(|word| element.means(word))
        || element
            .stems
            .iter()
            .any(|word| ["not", "don", "keep", "nicht", "behalten", "유지"].contains(&word.as_str()));
    let cancels = element.means("cancel") && !same && !meant;
    !no && !cancels && (same || meant || yes)
}

/// Whether the instruction speaks of a control.
fn wanted(now: &Situation<'_>, at: usize) -> bool {
    now.mentions.get(at).copied().flatten().is_some_and(|mention| mention.whole && !mention.taken && !mention.weak)
}

/// The control that closes the box and commits the user to the least.
fn dismisser(now: &Situation<'_>, layer: &Layer) -> Option<usize> {
    const WAYS: [&str; 7] = ["close", "decline", "later", "no", "agree", "submit", "continue"];
    let means =
        |at: &&usize, way: &str| now.element(**at).is_some_and(|element| element.means(way) && !element.commits());
    WAYS.iter().find_map(|way| layer.inside.iter().find(|at| means(at, way))).copied()
}
