//! What the course of a run says of a press: what has just come, what is in the way, what nobody asked for.

use super::{
    candidates::{Candidate, clause},
    features::Feature as F,
    instruction::Word,
    layer::{self, Part},
    lexicon::PLACES,
    mention,
    scene::Element,
    situation::Situation,
    words::{self, Verb},
};

/// What the course of the run says of it.
pub(super) fn situated(now: &Situation<'_>, (index, element): (usize, &Element), press: &mut Candidate) {
    layered(now, (index, element), press);
    suggested(now, element, press);
    // What a menu of a row offers is done to that row, wherever the menu stands.
    if let Some(last) = now.progress.last.as_ref().filter(|last| last.record != 0 && element.fresh && press.asked)
        && element.record == 0
        && let Some(row) = now.scene.elements.iter().find(|own| own.record == last.record)
    {
        let keys = now.told.words.iter().enumerate().filter(|(_, word)| !word.stop || word.quote > 0);
        press.takes(keys.filter(|(_, word)| row.around.iter().any(|own| word.is(own))).map(|(at, _)| at));
    }
    let asked = press.asked || press.features.get(F::Concept) > 0.0;
    let leaving = ["cancel", "close", "back", "logout", "decline"].iter().map(|word| words::concept(word));
    let leave_asked = press.asked
        || leaving
            .filter(|group| element.concepts.contains(group))
            .any(|group| now.told.words.iter().any(|word| word.concepts.contains(&group)));
    let needed = [F::ToMonth, F::Banner].iter().any(|feature| press.features.get(*feature) > 0.0);
    press.features.mark(F::Leaves, element.leaves() && !leave_asked && !needed);
    press.features.mark(F::Wraps, element.wraps);
    let typed_into = element.is_field() && !element.is("readonly") && !element.is("disabled");
    press.features.mark(
        F::PressedField,
        typed_into && press.features.get(F::KindOnly) < 1.0 && press.features.get(F::OpensCalendar) == 0.0,
    );
    let unfolds = element.unfolds();
    if now.missing && unfolds && now.progress.times(element.identity, "click") == 0 {
        press.features.mark(F::Explore, true);
        // That another one was unfolded does not take care of this one.
        [F::TakenMention, F::TakenConcept].into_iter().for_each(|taken| press.features.set(taken, 0.0));
    }
    if unfolds
        && let Some(word) = now.asks(Verb::Open).filter(|word| {
            clause(now, *word).iter().any(|at| {
                now.told.words.get(*at).is_some_and(|word| {
                    ["section", "panel", "expand", "unfold", "all", "abschnitt", "섹션"].contains(&word.stem.as_str())
                })
            })
        })
    {
        press.features.mark(F::UnfoldAsked, true);
        press.position = press.position.or(Some(word));
        press.asked = true;
        press.takes(clause(now, word));
    }
    if is_here(now, element) {
        press.features.mark(F::Same, true);
        press.asked = false;
    }
    press.features.mark(F::Uncalled, !asked && (barred(now, element) || !called_for(now, element)));
    press.features.mark(F::Unmet, now.waits);
}

/// The head of a column sorts by it, which comes before what is done with the rows, and which nobody does untold.
pub(super) fn heads(now: &Situation<'_>, element: &Element, press: &mut Candidate) {
    if !element.marks.iter().any(|mark| mark == "columnheader") {
        return;
    }
    let sort = words::concept("sort");
    match now.told.words.iter().position(|word| word.quote == 0 && word.concepts.contains(&sort)) {
        Some(word) if press.asked => {
            press.position = Some(word);
            press.takes([word]);
        }
        Some(_) => {}
        None => {
            press.features.mark(F::Uncalled, true);
            press.asked = false;
            press.position = None;
        }
    }
}

/// Whether it has just come, and is what was typed.
fn suggested(now: &Situation<'_>, element: &Element, press: &mut Candidate) {
    let typed = now.progress.last.as_ref().filter(|last| last.verb == "fill" && !last.value.is_empty());
    let suggested = typed.is_some_and(|last| {
        let value = words::stems(&last.value);
        element.fresh
            && !element.is_field()
            && !value.is_empty()
            && value.iter().all(|word| element.stems.iter().any(|own| own.starts_with(word.as_str())))
    });
    if suggested {
        let exact = typed.is_some_and(|last| words::stems(&last.value).iter().all(|word| element.stems.contains(word)));
        press.features.set(F::Suggestion, if exact { 1.0 } else { 0.7 });
        press.features.set(F::TakenMention, 0.0);
        press.position = typed.and_then(|last| last.took.first().copied());
        press.asked = true;
    }
}

/// Whether it leads to the part of the site that is seen, by whose name that is headed.
fn is_here(now: &Situation<'_>, element: &Element) -> bool {
    let headed =
        |line: &String| line.strip_prefix('#').is_some_and(|head| head.trim_start_matches('#').trim() == element.name);
    element.marks.iter().any(|mark| mark == "navigation") && now.scene.lines.iter().any(headed)
}

/// How many ways are tried to what is the user's own.
const WAYS: u32 = 3;

/// Marks what leads to the user's own things, such as `My account`, where the goal is about such a thing and nothing
/// that can be seen has to do with it.
pub(super) fn own(now: &Situation<'_>, found: &mut [Candidate]) {
    const MINE: [&str; 9] = ["my", "mein", "meine", "meinem", "meinen", "내", "나", "mon", "mi"];
    let mine = |stem: &str| MINE.contains(&stem);
    let said = now.told.words.iter().any(|word| word.quote == 0 && mine(&word.stem));
    let kept = ["cancel", "renew", "loan", "appointment", "delete", "return"].iter().any(|word| now.told.means(word));
    let open = |candidate: &Candidate| {
        candidate.is_open() || candidate.features.get(F::Explore) > 0.0 && candidate.note.verb != "fill"
    };
    if !(said || kept) || !now.untouched() || now.scene.layer.is_some() || found.iter().any(open) {
        return;
    }
    let leads = |element: &Element| {
        matches!(element.role.as_str(), "link" | "button" | "tab")
            && element.record == 0
            && (element.stems.first().is_some_and(|first| mine(first)) || element.means("profile"))
            && !element.submits()
            && !element.commits()
            && !element.leaves()
            && element.stems.len() <= 4
    };
    let tried = found.iter().filter_map(|candidate| now.element(candidate.element?)).filter(|own| leads(own));
    let tried: u32 = tried.map(|element| now.progress.times(element.identity, "click").min(1)).sum();
    let ways = found.iter().filter_map(|candidate| now.element(candidate.element?)).filter(|own| leads(own));
    let untried = ways.into_iter().any(|element| now.progress.times(element.identity, "click") == 0);
    if untried && tried < WAYS {
        // What is the user's own is looked up there before it is searched for among what everybody may have.
        for fill in found.iter_mut().filter(|candidate| candidate.note.verb == "fill") {
            fill.features.mark(F::Overwrites, fill.features.get(F::Explore) > 0.0);
            fill.features.set(F::Explore, 0.0);
        }
    }
    for candidate in found.iter_mut().filter(|candidate| candidate.note.verb == "click" && tried < WAYS) {
        let Some(element) = candidate.element.and_then(|index| now.element(index)).filter(|own| leads(own)) else {
            continue;
        };
        let fresh = now.progress.times(element.identity, "click") == 0;
        let called = element.stems.first().is_some_and(|first| mine(first));
        candidate.features.set(
            F::Own,
            if !fresh {
                0.0
            } else if called {
                1.0
            } else {
                0.5
            },
        );
        candidate.features.mark(F::Explore, fresh);
        candidate.note.took.clear();
    }
}

/// How many ways are tried to other parts of a site.
const LOOKS: usize = 6;
/// How many ways stand beside each other where they lead to the parts of a site.
const BESIDE: std::ops::RangeInclusive<usize> = 2..=12;
/// Marks the ways to other parts of a site, where nothing that can be seen has to do with what is wanted: those first
/// in which people would look for it. Looking there changes nothing.
pub(super) fn around(now: &Situation<'_>, found: &mut [Candidate]) {
    let open = |candidate: &Candidate| {
        candidate.is_open() || candidate.features.get(F::Explore) > 0.0 || candidate.features.get(F::Ready) > 0.0
    };
    let unsent = !now.progress.values.is_empty() && !now.progress.sent;
    if !now.acts() || !now.untouched() || unsent || now.scene.layer.is_some() || found.iter().any(open) {
        return;
    }
    let leads = |element: &Element| {
        matches!(element.role.as_str(), "link" | "tab" | "button")
            && (element.role == "tab" || element.marks.iter().any(|mark| mark == "navigation"))
            // `Follow` does something; `Rooms` shows something.
            && (element.role != "button" || element.stems.iter().all(|word| words::verb(word).is_none()))
            && now.scene.records.get(&element.record).is_none_or(|inside| inside.len() == 1)
            && BESIDE.contains(&element.place_among.1)
            && (1..=3).contains(&element.stems.len())
            && element.name.trim().parse::<u32>().is_err()
            && ["current", "selected", "pressed"].iter().all(|state| !element.is(state))
            && !element.submits()
            && !element.commits()
            && !element.leaves()
    };
    let ways: Vec<&Element> = now.scene.elements.iter().filter(|element| leads(element)).collect();
    if ways.iter().filter(|way| now.progress.pressed.contains(&way.name)).count() >= LOOKS {
        return;
    }
    let said = |words: &str| now.told.words.iter().any(|word| words.split(' ').any(|known| word.is(known)));
    for candidate in found.iter_mut().filter(|candidate| candidate.note.verb == "click") {
        let Some(way) = candidate.element.and_then(|index| now.element(index)).filter(|own| leads(own)) else {
            continue;
        };
        if now.progress.pressed.contains(&way.name) {
            continue;
        }
        let is = |names: &str| way.stems.iter().any(|stem| names.split(' ').any(|name| name == stem));
        let likely = PLACES.iter().any(|(places, things)| is(places) && said(things));
        candidate.features.mark(F::Explore, true);
        candidate.features.set(F::Own, if likely { 1.0 } else { 0.0 });
        candidate.note.took.clear();
    }
}

/// What it is to a question or a notice that lies over the page.
fn layered(now: &Situation<'_>, (index, element): (usize, &Element), press: &mut Candidate) {
    let notice = element
        .around
        .iter()
        .chain(element.context.iter())
        .chain(element.marks.iter())
        .any(|word| matches!(word.as_str(), "cooky" | "consent" | "newsletter" | "gdpr" | "쿠키"));
    let closes = ["agree", "decline", "close", "submit"].iter().any(|word| element.means(word));
    let part = layer::part(now, index);
    press.features.mark(F::Banner, notice && closes && now.scene.layer.is_none() || part == Some(Part::Dismisses));
    press.features.mark(F::Declines, part == Some(Part::Declines));
    if part == Some(Part::Agrees) {
        press.features.mark(F::Confirms, true);
        for feature in [F::TakenMention, F::TakenConcept, F::Again, F::OtherRecord, F::Within] {
            press.features.set(feature, 0.0);
        }
        let last = now.progress.last.as_ref();
        press.position = last.and_then(|last| last.took.first().copied()).or(press.position);
        press.asked = true;
    }
}

/// Whether the instruction says that what a control is called is not to be done.
fn barred(now: &Situation<'_>, element: &Element) -> bool {
    let said = |word: &Word| element.stems.iter().any(|own| mention::means(word, own));
    now.told.words.iter().any(|word| word.barred && said(word))
}

/// Whether pressing commits nobody, or the instruction wishes for such an act.
fn called_for(now: &Situation<'_>, element: &Element) -> bool {
    const WISHES: &[(&str, &[&str])] = &[
        ("delete", &["delete"]),
        ("pay", &["pay", "buy", "transfer"]),
        ("buy", &["buy", "cart", "book", "pay"]),
        ("send", &["send", "reply", "forward", "email", "share", "invite"]),
        ("transfer", &["transfer", "pay", "send"]),
        ("book", &["book", "buy"]),
        ("cancel", &["cancel", "delete"]),
    ];
    let commits = WISHES.iter().filter(|(act, _)| element.means(act));
    commits.into_iter().all(|(_, wishes)| wishes.iter().any(|wish| now.told.means(wish)))
}
