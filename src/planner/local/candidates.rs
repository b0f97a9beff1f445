//! What could be done next: every control with every sensible act, each judged by its features.

use lamassu_contract::Call;

use super::{
    course,
    features::{Feature as F, Features},
    fields,
    instruction::Kind,
    press,
    progress::Note,
    scene::Element,
    situation::Situation,
    words::Verb,
};

/// How much of a control's name is noted.
const NAME: usize = 80;

/// One thing that could be done next.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What to ask for; nothing if the goal is reached.
    pub call: Option<Call>,
    /// What to note beside it.
    pub note: Note,
    /// What it is judged by.
    pub features: Features,
    /// The word of the instruction that it answers, if it answers one.
    pub position: Option<usize>,
    /// Whether the instruction asks for it in so many words.
    pub asked: bool,
    /// The control in the scene.
    pub element: Option<usize>,
}

impl Candidate {
    /// An act upon a control.
    #[must_use]
    pub fn upon(now: &Situation<'_>, index: usize, verb: &str) -> Self {
        let none = Element::default();
        let element = now.element(index).unwrap_or(&none);
        let target = format!("[{}]", element.reference);
        let mut features = Features::default();
        features.mark(F::Dead, now.progress.dead.contains(&(element.identity, verb.to_owned())));
        features.mark(F::Refused, now.progress.refused.contains(&(element.identity, verb.to_owned())));
        features.mark(F::Again, now.progress.times(element.identity, verb) > 0);
        features.mark(F::Disabled, element.is("disabled") || element.is("covered"));
        features.mark(F::Named, !element.stems.is_empty() || !element.concepts.is_empty());
        features.mark(F::Far, element.is("offscreen") || element.is("below") || element.is("above"));
        features.mark(
            F::SameRecord,
            element.record != 0 && now.progress.last.as_ref().is_some_and(|last| last.record == element.record),
        );
        features.mark(F::Fresh, element.fresh);
        Self {
            call: Some(Call::new("browser", verb).with("target", target)),
            note: Note {
                print: now.scene.print,
                verb: verb.to_owned(),
                identity: element.identity,
                record: element.record,
                name: element.name.chars().take(NAME).collect(),
                ..Note::default()
            },
            features,
            position: None,
            asked: false,
            element: Some(index),
        }
    }

    /// An act upon the page as a whole, or none.
    #[must_use]
    pub fn alone(now: &Situation<'_>, call: Option<Call>) -> Self {
        let verb = call.as_ref().map_or(String::new(), |call| call.verb.clone());
        let mut features = Features::default();
        features.mark(F::Again, now.progress.times(0, &verb) > 0);
        features.mark(F::Dead, now.progress.dead.contains(&(0, verb.clone())));
        Self {
            call,
            note: Note { print: now.scene.print, verb, ..Note::default() },
            features,
            position: None,
            asked: false,
            element: None,
        }
    }

    /// A press that nothing speaks for.
    #[must_use]
    pub fn nothing() -> Features {
        let mut nothing = Features::default();
        nothing.mark(F::Click, true);
        nothing.mark(F::Named, true);
        nothing
    }

    /// Whether anything speaks for it: a word of the instruction, or the course of the run. Chance is no reason.
    #[must_use]
    pub fn has_reason(&self) -> bool {
        const REASONS: [F; 12] = [
            F::Confirms,
            F::Ready,
            F::Explore,
            F::Banner,
            F::Suggestion,
            F::Waits,
            F::Patience,
            F::Secret,
            F::Nothing,
            F::ScrollAsked,
            F::True,
            F::Enter,
        ];
        let done = self.features.get(F::TakenMention) > 0.0 || self.features.get(F::Used) > 0.0;
        if self.features.get(F::Disabled) > 0.0 && !self.asked {
            return false;
        }
        self.position.is_some() && !done || REASONS.iter().any(|reason| self.features.get(*reason) > 0.0)
    }

    /// Whether the instruction asks for it, and it has not been done.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let features = &self.features;
        self.asked
            && [F::TakenMention, F::Used, F::Disabled, F::Same, F::Dead, F::Refused]
                .iter()
                .all(|feature| features.get(*feature) == 0.0)
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.call = self.call.map(|call| call.with(name, value));
        self
    }

    /// Notes that it takes care of some words of the instruction.
    pub fn takes(&mut self, words: impl IntoIterator<Item = usize>) {
        self.note.took.extend(words);
        self.note.took.sort_unstable();
        self.note.took.dedup();
    }
}

/// Everything that could be done now.
#[must_use]
pub fn all(now: &Situation<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    let form = fields::Form::of(now);
    for (index, element) in now.scene.elements.iter().enumerate().filter(|(_, element)| !element.refused) {
        if element.is("disabled") {
            gestures(now, index, element, &mut found);
        } else if element.is_list() {
            fields::choices(now, index, element, &mut found);
        } else {
            found.push(press::press(now, index, element));
        }
        if element.is_field() && !element.is("readonly") && !element.is("disabled") {
            fields::fills(now, (index, element), &form, &mut found);
        }
        if !element.is("disabled") {
            gestures(now, index, element, &mut found);
        }
    }
    found.extend(scroll(now));
    course::own(now, &mut found);
    course::around(now, &mut found);
    order(now, &mut found);
    found.extend(enter(now, &found));
    found.extend(wait(now, &found));
    found.push(done(now, &found));
    found
}

/// Hovering, dragging and scrolling inside, where the instruction asks for them.
fn gestures(now: &Situation<'_>, index: usize, element: &Element, found: &mut Vec<Candidate>) {
    let mention = now.mentions.get(index).copied().flatten().filter(|mention| !mention.weak);
    if let Some(word) = now.asks(Verb::Hover) {
        let mut hover = press::press(now, index, element);
        hover.call = Some(Call::new("browser", "hover").with("target", format!("[{}]", element.reference)));
        "hover".clone_into(&mut hover.note.verb);
        hover.features.set(F::Click, 0.0);
        hover.features.mark(F::Hover, true);
        hover.features.mark(F::VerbFits, true);
        hover.takes([word]);
        found.push(hover);
    }
    if let (Some(word), Some(from)) = (now.asks(Verb::Drag), mention) {
        let onto = now.mentions.iter().enumerate().filter(|(other, _)| *other != index);
        for (other, mention) in onto.filter_map(|(other, mention)| Some((other, (*mention)?))) {
            if mention.weak || mention.from <= from.from {
                continue;
            }
            let Some(place) = now.element(other) else { continue };
            let mut drag = press::press(now, index, element).with("to", &format!("[{}]", place.reference));
            drag.call = drag.call.map(|call| Call { verb: "drag".to_owned(), ..call });
            "drag".clone_into(&mut drag.note.verb);
            drag.features.set(F::Click, 0.0);
            drag.features.mark(F::Drag, true);
            drag.features.mark(F::VerbFits, true);
            drag.takes((mention.from..mention.to).chain([word]));
            found.push(drag);
        }
    }
    if element.below > 0
        && let Some(word) = now.asks(Verb::Scroll)
    {
        let mut scroll = Candidate::upon(now, index, "scroll").with("to", "end");
        scroll.features.set(F::Disabled, 0.0);
        scroll.features.mark(F::Scroll, true);
        scroll.features.mark(F::ScrollAsked, true);
        scroll.position = Some(word);
        scroll.asked = true;
        scroll.takes(clause(now, word));
        found.push(scroll);
    }
}

/// The words of the clause that a word stands in, up to the next verb.
#[must_use]
pub fn clause(now: &Situation<'_>, word: usize) -> Vec<usize> {
    let own = now.told.words.get(word).map_or(0, |word| word.clause);
    let rest = now.told.words.iter().enumerate().skip(word);
    rest.take_while(|(index, other)| {
        other.clause == own && other.quote == 0 && (*index == word || other.verb.is_none())
    })
    .map(|(index, _)| index)
    .collect()
}

fn scroll(now: &Situation<'_>) -> Option<Candidate> {
    let asked = now.asks(Verb::Scroll);
    if asked.is_none() && !now.missing {
        return None;
    }
    let to = if asked.is_some() { "end" } else { "down" };
    let mut scroll = Candidate::alone(now, Some(Call::new("browser", "scroll").with("to", to)));
    scroll.features.mark(F::Scroll, true);
    scroll
        .features
        .mark(F::ScrollAsked, asked.is_some() && !now.scene.elements.iter().any(|element| element.below > 0));
    if let Some(word) = asked {
        scroll.position = Some(word);
        scroll.takes(clause(now, word));
    }
    Some(scroll)
}

/// A key, where what was typed into a field to search by can be sent off by nothing else.
fn enter(now: &Situation<'_>, found: &[Candidate]) -> Option<Candidate> {
    let last = now.progress.last.as_ref().filter(|last| last.verb == "fill" && !now.progress.sent)?;
    let index = now.scene.elements.iter().position(|element| element.identity == last.identity)?;
    let field = now.element(index).filter(|field| fields::searches(field))?;
    let open = |candidate: &Candidate| {
        candidate.features.get(F::Ready) > 0.0 && candidate.element != Some(index)
            || candidate.features.get(F::Suggestion) > 0.0
    };
    if found.iter().any(open) {
        return None;
    }
    let mut enter = Candidate::upon(now, index, "press").with("key", "Enter");
    enter.features.mark(F::Press, true);
    enter.features.mark(F::Enter, true);
    enter.position = last.took.first().copied();
    enter.note.submitted = true;
    enter.note.record = field.record;
    Some(enter)
}

fn wait(now: &Situation<'_>, found: &[Candidate]) -> Option<Candidate> {
    let open = |candidate: &Candidate| {
        let features = &candidate.features;
        features.get(F::Ready) > 0.0 || features.get(F::Enter) > 0.0 || candidate.is_open()
    };
    let just_acted = now.progress.acts > 0 && now.untouched() && now.progress.idle < 3 && !found.iter().any(open);
    if !now.waits && !just_acted {
        return None;
    }
    let changing = now.condition.as_ref().filter(|_| now.waits);
    let call = Call::new("browser", "wait").with("seconds", 1);
    let mut wait = Candidate::alone(
        now,
        Some(match changing {
            Some(line) => call.with("text", line.as_str()).with("gone", true),
            None => call,
        }),
    );
    wait.features = Features::default();
    wait.features.mark(F::Wait, true);
    wait.features.mark(F::Waits, now.waits);
    wait.features.mark(F::Patience, !now.waits);
    Some(wait)
}

/// What sends off a clause comes after what the clause puts in, wherever its word stands.
fn sent_last(now: &Situation<'_>, found: &mut [Candidate]) {
    let clause = |place: usize| now.told.words.get(place).map(|word| word.clause);
    let puts = |candidate: &&Candidate| matches!(candidate.note.verb.as_str(), "fill" | "select" | "check");
    let open =
        found.iter().filter(|candidate| candidate.is_open()).filter(puts).filter_map(|candidate| candidate.position);
    let clauses: Vec<usize> = open.filter_map(clause).collect();
    for candidate in found.iter_mut().filter(|candidate| candidate.note.verb == "click") {
        let sends = candidate.element.and_then(|index| now.element(index)).is_some_and(|element| element.submits());
        let Some(own) = candidate.position.and_then(clause).filter(|own| sends && clauses.contains(own)) else {
            continue;
        };
        candidate.position = now.told.words.iter().rposition(|word| word.clause == own);
    }
}

/// What shows another part of the page comes before what is done there, wherever their words stand.
fn shown_first(now: &Situation<'_>, found: &mut [Candidate]) {
    let inside = |candidate: &&Candidate| {
        let element = candidate.element.and_then(|index| now.element(index));
        candidate.is_open() && element.is_some_and(|element| element.record != 0 && !element.switches)
    };
    let Some(first) = found.iter().filter(inside).filter_map(|candidate| candidate.position).min() else { return };
    let clause = |place: usize| now.told.words.get(place).map(|word| word.clause);
    let switches = |candidate: &&mut Candidate| {
        candidate.is_open() && candidate.element.and_then(|index| now.element(index)).is_some_and(|own| own.switches)
    };
    let mut moved = false;
    for candidate in found.iter_mut().filter(switches) {
        if candidate.position.is_some_and(|place| clause(place) == clause(first) && place >= first) {
            candidate.position = Some(first.saturating_sub(1));
            moved = true;
        }
    }
    let inside = |candidate: &&mut Candidate| {
        let element = candidate.element.and_then(|index| now.element(index));
        candidate.position.is_some_and(|place| clause(place) == clause(first))
            && element.is_some_and(|element| element.record != 0 && !element.switches)
    };
    if moved {
        found.iter_mut().filter(inside).for_each(|candidate| candidate.features.mark(F::Unshown, true));
    }
}

/// What is to be compared is compared once all that comes before it was done: `sort by price and open the cheapest`.
fn compared_last(now: &Situation<'_>, places: &[usize], found: &mut [Candidate]) {
    let clause = |place: usize| now.told.words.get(place).map(|word| word.clause);
    for candidate in found.iter_mut().filter(|candidate| candidate.features.get(F::Most) > 0.0) {
        let own = candidate.position.and_then(clause);
        if places.iter().any(|place| clause(*place) < own) {
            candidate.features.mark(F::Unshown, true);
            [F::Most, F::Enters].into_iter().for_each(|own| candidate.features.set(own, 0.0));
            candidate.asked = false;
        }
    }
}

/// Says of each candidate how many others the instruction speaks of before it.
fn order(now: &Situation<'_>, found: &mut [Candidate]) {
    sent_last(now, found);
    shown_first(now, found);
    let mut places: Vec<usize> =
        found.iter().filter(|candidate| candidate.is_open()).filter_map(|candidate| candidate.position).collect();
    places.sort_unstable();
    places.dedup();
    let values: Vec<usize> = fields::pending(now);
    compared_last(now, &places, found);
    for candidate in found.iter_mut() {
        let Some(place) = candidate.position else { continue };
        let before = places.iter().filter(|other| **other < place).count();
        candidate.features.mark(F::First, before == 0);
        #[expect(clippy::cast_precision_loss, reason = "an instruction has few parts")]
        candidate.features.set(F::Order, 1.0 / (1.0 + before as f32));
    }
    send(now, (&places, &values), found);
}

/// What sends off waits for what is to be put in, and nobody leaves a form that is half filled in.
fn send(now: &Situation<'_>, (places, values): (&[usize], &[usize]), found: &mut [Candidate]) {
    let last = now.progress.last.as_ref().map_or(0, |last| last.identity);
    let fields = now.scene.elements.iter().filter(|element| element.is_field());
    let others = fields.clone().any(|field| !fields::searches(field));
    let searched = !others || fields.filter(|field| field.identity == last).any(fields::searches);
    // A link beside a button of a form leads elsewhere.
    let sender = now.scene.elements.iter().any(|element| element.role == "button" && element.submits());
    let unwritten = now.scene.elements.iter().any(|element| {
        element.tag == "textarea"
            && !element.is("readonly")
            && !element.is("disabled")
            && !element.seeks
            && element.value.as_deref().unwrap_or_default().is_empty()
    });
    let puts = found.iter().filter(|own| own.is_open() && matches!(own.note.verb.as_str(), "fill" | "select"));
    let puts: Vec<(usize, u32)> = puts.filter_map(|own| Some((own.position?, own.note.record))).collect();
    let begun = !now.progress.values.is_empty() && !now.progress.sent;
    for candidate in found.iter_mut().filter(|own| begun && own.note.verb == "click") {
        let link = candidate.element.and_then(|index| now.element(index)).is_some_and(|own| own.role == "link");
        let left = |place: usize| puts.iter().any(|(other, record)| *other < place && *record == 0);
        if link && candidate.position.is_some_and(left) {
            candidate.features.mark(F::Disabled, true);
            candidate.asked = false;
        }
    }
    for candidate in found.iter_mut() {
        let Some(element) = candidate.element.and_then(|index| now.element(index)) else { continue };
        if !element.submits() || element.is_field() {
            continue;
        }
        // No letter is sent before it is written.
        if unwritten && element.means("send") {
            candidate.features.mark(F::Disabled, true);
            candidate.asked = false;
            continue;
        }
        let own = candidate.position.unwrap_or(usize::MAX);
        // Nor is anything that a value is still missing in.
        if puts.iter().any(|(place, record)| *place < own && (*record == 0 || *record == element.record)) {
            candidate.features.mark(F::Disabled, true);
            candidate.asked = false;
            continue;
        }
        let left = places.iter().any(|place| *place < own) || values.iter().any(|place| *place < own);
        candidate.note.submitted = true;
        let filled = !now.progress.values.is_empty() && !now.progress.sent
            || candidate.asked && candidate.features.get(F::TakenMention) == 0.0;
        let other_form = !searched && fields::searches(element) && !candidate.asked;
        let ready = !left && !other_form && filled && (element.role != "link" || !sender);
        candidate.features.mark(F::Early, left);
        candidate.features.mark(F::Ready, ready);
        if ready && !now.progress.values.is_empty() && !now.progress.sent {
            candidate.features.set(F::TakenMention, 0.0);
            candidate.features.set(F::TakenConcept, 0.0);
            candidate.features.set(F::Again, 0.0);
            candidate.features.set(F::Dead, 0.0);
        }
    }
}

fn done(now: &Situation<'_>, found: &[Candidate]) -> Candidate {
    let mut done = Candidate::alone(now, None);
    let open = found.iter().any(|candidate| {
        let features = &candidate.features;
        let spoilt = [F::TakenMention, F::Used, F::Disabled, F::Same, F::Dead, F::Again, F::Refused]
            .iter()
            .any(|feature| features.get(*feature) > 0.0);
        !spoilt && (candidate.asked || features.get(F::Ready) > 0.0)
    });
    let values = fields::pending(now)
        .iter()
        .any(|word| now.told.spans.iter().any(|span| span.from == *word && span.kind == Kind::Quoted));
    done.features.mark(F::Done, true);
    done.features.mark(F::Undone, now.is_undone());
    let left = open || values || now.progress.acts == 0 || now.untouched() || now.is_undone();
    done.features.mark(F::Nothing, !left && !now.waits);
    done.features.mark(F::Left, left);
    done
}
