//! Pressing: what speaks for a control and what against it.

use super::{
    candidates::Candidate,
    course,
    features::Feature as F,
    fields,
    instruction::{Instruction, Kind, Word},
    mention::{self, Mention},
    pick,
    scene::Element,
    situation::Situation,
    words::{self, Verb},
};

/// Pressing the control `index`.
#[must_use]
pub(super) fn press(now: &Situation<'_>, index: usize, element: &Element) -> Candidate {
    let clear =
        now.mentions.get(index).copied().flatten().is_some_and(|mention| {
            now.told.words.get(mention.from).is_some_and(|word| word.governed == Some(Verb::Clear))
        });
    let ticks = element.is_box() && element.tag.starts_with("input");
    let mut press = if ticks {
        let mut check = Candidate::upon(now, index, "check");
        check.call = check.call.map(|call| call.with("on", !clear));
        check.features.mark(F::Check, true);
        check.features.mark(F::Same, element.is("checked") != clear);
        check
    } else {
        let mut click = Candidate::upon(now, index, "click");
        click.features.mark(F::Click, true);
        click.features.mark(F::Same, element.is_box() && element.is("checked") != clear);
        click
    };
    mentioned(now, index, element, &mut press);
    meant(now, element, &mut press);
    by_verb(now, element, &mut press);
    pick::chosen(now, element, &mut press);
    pick::dated(now, index, element, &mut press);
    judged(now, element, &mut press);
    enters(now, index, element, &mut press);
    course::heads(now, element, &mut press);
    course::situated(now, (index, element), &mut press);
    press
}

/// What the instruction says of its name.
fn mentioned(now: &Situation<'_>, index: usize, element: &Element, press: &mut Candidate) {
    let Some(mention) = now.mentions.get(index).copied().flatten() else { return };
    if mention.weak && !mention.quoted {
        return;
    }
    let told = now.told.words.get(mention.from..mention.to).unwrap_or_default();
    let rarity = told.iter().map(|word| now.scene.rarity(&word.stem)).fold(0.0, f32::max);
    let features = &mut press.features;
    let value = element.is_field();
    features.mark(F::WholeMention, mention.whole && !value);
    features.mark(F::QuotedMention, mention.whole && mention.quoted);
    features.mark(F::SpanMention, mention.whole && mention.span && !mention.quoted);
    features.set(F::PartMention, if mention.whole { 0.0 } else { part(&mention, told.len()) });
    features.set(F::Rarity, rarity);
    let within = !mention.quoted && within(now, &mention, element);
    // Once its own mention was taken care of, a part of another name says nothing of it.
    let spoken = within && now.progress.times(element.identity, "click") > 0;
    features.mark(F::TakenMention, mention.taken || spoken || loose(now, &mention));
    let names = named_for_another(now, (index, element), &mention);
    features.mark(F::Within, within || names);
    if is_namesake(now, &mention, element) {
        press.features.mark(F::Unfound, true);
        return;
    }
    let unfound = is_unfound(now, &mention, element);
    features.mark(F::Unfound, unfound);
    let governed = now.told.words.get(mention.from).and_then(|word| word.governed);
    let (fits, clashes) = verb_fits(governed, element);
    features.mark(F::VerbFits, fits);
    features.mark(F::VerbClash, clashes);
    let beside = beside(now, &mention);
    let kinds = beside.iter().filter_map(|word| words::kind_fits(word, &element.role));
    let (mut named, mut clash) = (false, false);
    kinds.for_each(|fits| if fits { named = true } else { clash = true });
    features.mark(F::KindFits, named);
    features.mark(F::KindClash, clash && !named);
    press.position = Some(mention.from);
    let recipient = is_recipient(now, mention.from);
    features.mark(F::Recipient, recipient);
    let key = told.iter().any(|word| word.proper || word.quote > 0) && mention.span;
    press.asked =
        (mention.whole || key) && !mention.taken && !spoken && !names && !clashes && !value && !recipient && !unfound;
    press.takes(mention.from..mention.to);
    if mention.apart {
        let clause = told.first().map_or(0, |word| word.clause);
        let words = now.told.words.iter().enumerate().filter(|(_, word)| word.clause == clause);
        let own = words.filter(|(_, word)| element.stems.iter().any(|own| mention::means(word, own)));
        press.takes(own.map(|(index, _)| index).collect::<Vec<_>>());
    }
    let verb =
        (0..mention.from).rev().take(5).find(|at| now.told.words.get(*at).is_some_and(|word| word.verb.is_some()));
    if mention.whole {
        // Choosing something, or opening what is to be added to a cart, is not yet what the verb asks for.
        let done = |word: &Word| match word.verb {
            Some(Verb::Choose) => element.is_box(),
            Some(Verb::Other) => element.stems.iter().any(|own| mention::means(word, own)),
            _ => true,
        };
        press.takes(verb.filter(|at| now.told.words.get(*at).is_some_and(done)));
    }
}

/// Whether only a part of a name is said of it, and it is called something else besides: `The Hollow Bridge` is not
/// `The Hollow Mirror`.
fn is_namesake(now: &Situation<'_>, mention: &Mention, element: &Element) -> bool {
    now.told.spans.iter().filter(|span| matches!(span.kind, Kind::Quoted | Kind::Proper)).any(|span| {
        let words = now.told.words.get(span.from..span.to).unwrap_or_default();
        let lacks =
            words.iter().any(|word| !words::is_stop(&word.stem) && !element.stems.iter().any(|own| word.is(own)));
        let more = element.stems.iter().any(|own| !words::is_stop(own) && !words.iter().any(|word| word.is(own)));
        span.from <= mention.from && mention.to <= span.to && lacks && more
    })
}

/// Whether a mention is a part of something that is to be searched for first.
fn is_unfound(now: &Situation<'_>, mention: &Mention, element: &Element) -> bool {
    let all_of = |from: usize, to: usize| {
        (from..to).all(|at| {
            now.told.words.get(at).is_none_or(|word| word.stop || element.stems.iter().any(|own| word.is(own)))
        })
    };
    now.unfound.iter().any(|(from, to)| *from <= mention.from && mention.to <= *to && !all_of(*from, *to))
        || now.unfound.iter().any(|(from, to)| {
            let span = now.told.spans.iter().find(|span| span.from == *from && span.to == *to);
            *from <= mention.from && mention.to <= *to && span.is_some_and(|span| fields::sought(now.told, span))
        })
}

/// Whether a part of a name is all that is left of a clause whose wish was done.
fn loose(now: &Situation<'_>, mention: &Mention) -> bool {
    let words = now.told.words.get(mention.from..mention.to).unwrap_or_default();
    let asks = words.iter().any(|word| word.verb.is_some() || word.quote > 0);
    let clause = words.first().map_or(0, |word| word.clause);
    let mut rest = now.told.words.iter().enumerate().filter(|(_, word)| word.clause == clause);
    let done = |(index, word): (usize, &Word)| word.verb.is_some() && now.progress.taken.contains(&index);
    !mention.whole && !mention.span && !asks && rest.any(done)
}

/// Whether a link only says which row is meant, and another control of the row does what the clause asks for.
fn named_for_another(now: &Situation<'_>, (index, element): (usize, &Element), mention: &Mention) -> bool {
    let clause = now.told.words.get(mention.from).map(|word| word.clause);
    let verbs = now.told.words.iter().filter(|word| {
        Some(word.clause) == clause && word.quote == 0 && !word.barred && word.verb == Some(Verb::Other)
    });
    let inside = now.scene.records.get(&element.record).map(Vec::as_slice).unwrap_or_default();
    let others = inside.iter().filter(|at| **at != index).filter_map(|at| now.element(*at));
    let menu = others.clone().any(|other| other.opens_menu() && now.progress.times(other.identity, "click") == 0);
    let does =
        |word: &Word| menu || others.clone().any(|other| other.stems.iter().any(|own| mention::means(word, own)));
    element.record != 0 && matches!(element.role.as_str(), "link" | "clickable") && verbs.into_iter().any(does)
}

/// Whether another control's name is said with the same words and more.
fn within(now: &Situation<'_>, mention: &Mention, element: &Element) -> bool {
    let longer = |other: &Mention| {
        other.whole
            && !other.weak
            && other.from <= mention.from
            && mention.to <= other.to
            && other.to - other.from > mention.to - mention.from
    };
    let apart = |other: &Mention, name: &Element| {
        other.apart
            && other.whole
            && name.stems.len() > element.stems.len()
            && element.stems.iter().all(|word| name.stems.contains(word))
    };
    let others = now.mentions.iter().zip(&now.scene.elements);
    mention.whole
        && others
            .filter_map(|(other, name)| Some(((*other)?, name)))
            .any(|(other, name)| longer(&other) || apart(&other, name))
}

/// What is called what a verb asks for, as `Save changes` is for `save`.
fn by_verb(now: &Situation<'_>, element: &Element, press: &mut Candidate) {
    let said = |word: &String| now.told.words.iter().any(|told| mention::means(told, word));
    // What cannot be taken back has to be named as it is.
    let named = !element.commits() || element.stems.iter().skip(1).filter(|word| !words::is_stop(word)).all(said);
    let left = now.verbs.iter().filter(|(word, name)| !now.progress.taken.contains(word) && *name == element.name);
    let Some((word, _)) = left.min().filter(|_| named && press.features.get(F::WholeMention) == 0.0) else { return };
    press.features.mark(F::ByVerb, true);
    press.features.set(F::TakenMention, 0.0);
    press.position = Some(*word);
    press.asked = true;
    press.takes([*word]);
}

/// The first control of the row that is meant which leads into it, while nothing in sight does what is asked for.
fn enters(now: &Situation<'_>, index: usize, element: &Element, press: &mut Candidate) {
    let fits = now.records.get(&element.record).is_some_and(|own| *own > 0.9);
    if !fits || now.fitting != 1 || now.most.is_some() || press.features.get(F::WholeMention) > 0.0 {
        return;
    }
    let inside = now.scene.records.get(&element.record).map(Vec::as_slice).unwrap_or_default();
    let first = |fits: fn(&Element) -> bool| inside.iter().find(|at| now.element(**at).is_some_and(fits));
    let Some((verb, _)) = now.left().find(|(_, word)| matches!(word.verb, Some(Verb::Other | Verb::Open))) else {
        return;
    };
    let Some(word) = now.told.words.get(verb) else { return };
    // What is said of a list as a whole is done to none of its rows.
    if ["filter", "sort"].iter().any(|whole| word.concepts.contains(&words::concept(whole))) {
        return;
    }
    let does = |element: &Element| element.stems.iter().any(|own| mention::means(word, own));
    let offers = |at: &usize| {
        now.element(*at)
            .is_some_and(|element| element.concepts.iter().any(|group| word.concepts.contains(group)) || does(element))
    };
    // What a menu offers may stand beside all rows.
    let offered = now.scene.elements.iter().any(|element| element.fresh && element.record == 0 && does(element));
    let menu = first(Element::opens_menu).filter(|_| word.verb != Some(Verb::Open) && !offered);
    let untried =
        menu.and_then(|at| now.element(*at)).is_some_and(|menu| now.progress.times(menu.identity, "click") == 0);
    let first = menu.filter(|_| untried).or_else(|| first(Element::leads));
    let keyed = now.told.words.iter().enumerate().any(|(index, word)| {
        !now.progress.taken.contains(&index)
            && (word.proper || word.quote > 0)
            && element.around.iter().any(|own| word.is(own))
    });
    let split = now.told.spans.iter().any(|span| {
        let words = now.told.words.get(span.from..span.to).unwrap_or_default();
        let shown = words.iter().filter(|word| element.around.iter().any(|own| word.is(own))).count();
        matches!(span.kind, Kind::Proper | Kind::Quoted)
            && shown > 0
            && shown < words.iter().filter(|word| !word.stop).count()
    });
    if !keyed || split || first != Some(&index) || word.verb != Some(Verb::Open) && inside.iter().any(offers) {
        return;
    }
    press.features.mark(F::Enters, true);
    press.position = press.position.or(Some(verb));
    press.asked = true;
    if word.verb == Some(Verb::Open) {
        press.takes([verb]);
    } else if menu == first {
        // That the menu is shown takes care of nothing.
        press.note.took.clear();
    }
}

/// Whether a word names who is to receive something: `forward it to Ada`.
pub(super) fn is_recipient(now: &Situation<'_>, from: usize) -> bool {
    let before = from
        .checked_sub(1)
        .and_then(|at| now.told.words.get(at))
        .is_some_and(|word| matches!(word.stem.as_str(), "to" | "an" | "nach" | "with"));
    let given = gives(now.told, from);
    let korean = now.told.words.get(from).is_some_and(|word| word.stem.ends_with("에게"));
    let clause = now.told.words.get(from).map_or(0, |word| word.clause);
    let handing = ["forward", "send", "transfer", "pay", "share", "assign"].map(words::concept);
    let hands_on = now.told.words.iter().any(|word| {
        word.quote == 0 && word.clause == clause && word.concepts.iter().any(|group| handing.contains(group))
    });
    given
        || is_container(now.told, from)
        || (before || korean) && (hands_on || now.told.says("give") || now.told.says("pass"))
}

/// Whether a word names what something is added to: `add it to the cart`.
fn is_container(told: &Instruction, from: usize) -> bool {
    let add = words::concept("add");
    let Some(own) = told.words.get(from).filter(|word| word.quote == 0 && !word.concepts.contains(&add)) else {
        return false;
    };
    let before = |at: usize| told.words.get(at).filter(|word| word.clause == own.clause);
    let towards = (from.saturating_sub(3)..from)
        .filter_map(before)
        .any(|word| matches!(word.stem.as_str(), "to" | "into" | "in" | "zu" | "zum" | "zur" | "onto"));
    towards && (0..from).filter_map(before).any(|word| word.verb == Some(Verb::Other) && word.concepts.contains(&add))
}

/// Whether a name stands right behind a verb of giving and is not what is given: `give Ada the letter`.
fn gives(told: &Instruction, from: usize) -> bool {
    let verb = from.checked_sub(1).and_then(|at| told.words.get(at));
    let gives = verb.is_some_and(|word| {
        word.quote == 0
            && matches!(word.stem.as_str(), "send" | "give" | "forward" | "pass" | "resend" | "schicke" | "sende")
    });
    let named = told.words.get(from).filter(|word| word.proper && word.quote == 0);
    let owner = named.is_some_and(|word| {
        told.text.get(word.start..word.end).is_some_and(|raw| raw.ends_with("'s") || raw.ends_with("’s"))
    });
    gives && named.is_some() && !owner
}

/// A part of a name counts by its words, not by how long the name is.
fn part(mention: &Mention, words: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "names are short")]
    let words = words as f32;
    (mention.share * 0.5 + (words / 3.0).min(1.0) * 0.5 + if mention.span { 0.3 } else { 0.0 }).min(1.0)
}

fn verb_fits(governed: Option<Verb>, element: &Element) -> (bool, bool) {
    match governed {
        Some(Verb::Click | Verb::Open | Verb::Seek | Verb::Other) => (true, false),
        Some(Verb::Choose) => (true, false),
        Some(Verb::Tick | Verb::Clear) => (element.is_box(), false),
        Some(Verb::Type) => (false, !element.is_box()),
        _ => (false, false),
    }
}

/// The words right beside a mention.
fn beside<'a>(now: &Situation<'a>, mention: &Mention) -> Vec<&'a str> {
    let before = (mention.from.saturating_sub(2)..mention.from).rev();
    let after = mention.to..mention.to + 2;
    before
        .chain(after)
        .filter_map(|at| now.told.words.get(at))
        .filter(|word| word.quote == 0 && word.verb.is_none_or(|verb| verb == Verb::Tick))
        .map(|word| word.bare.as_deref().unwrap_or(&word.stem))
        .collect()
}

/// What it means, and of what kind it is.
fn meant(now: &Situation<'_>, element: &Element, press: &mut Candidate) {
    let mut left = None;
    let mut taken = false;
    // A row's menu is called `More`, which is not what opening the row means.
    let menu = element.record != 0 && element.opens_menu();
    for (index, word) in now.told.words.iter().enumerate() {
        if !speaks(word)
            || menu && word.verb == Some(Verb::Open)
            || !word.concepts.iter().any(|group| element.concepts.contains(group))
        {
            continue;
        }
        if now.progress.taken.contains(&index) {
            taken = true
        } else {
            left = left.or(Some(index))
        }
        press.takes([index]);
    }
    if press.features.get(F::WholeMention) == 0.0 && element.stems.len() <= 4 && !menu {
        press.features.set(F::Concept, concept(now, element));
    }
    press.features.mark(F::TakenConcept, taken && left.is_none());
    if left.is_none()
        && !taken
        && let Some(word) = soft(now, element)
    {
        press.features.mark(F::Soft, true);
        press.position = press.position.or(Some(word));
        press.takes([word]);
    }
    if press.position.is_none() {
        press.position = left;
    }
    let kind =
        now.left().filter(|(_, word)| !word.stop && word.verb.is_none()).find(|(_, word)| kind_of(&word.stem, element));
    let quoted = quoted_kind(now, element);
    if press.features.get(F::WholeMention) == 0.0 {
        if let Some(index) = quoted {
            press.position = press.position.or(Some(index));
            press.takes([index]);
        }
        press.features.set(
            F::KindOnly,
            match (quoted, kind) {
                (Some(_), _)
                    if !now.told.spans.iter().any(|span| {
                        span.kind == Kind::Quoted
                            && now
                                .mentions
                                .iter()
                                .flatten()
                                .any(|mention| mention.quoted && mention.whole && mention.from == span.from)
                    }) =>
                {
                    1.0
                }
                (_, Some(_)) => 0.4,
                _ => 0.0,
            },
        );
    }
}

/// The word that names the kind of a control and is all that stands between two quotes.
fn quoted_kind(now: &Situation<'_>, element: &Element) -> Option<usize> {
    now.told.words.iter().enumerate().position(|(index, word)| {
        // In `"Text message"` no kind of control is meant.
        let beside = [index.wrapping_sub(1), index + 1].map(|at| now.told.words.get(at).map_or(0, |word| word.quote));
        word.quote > 0
            && !beside.contains(&word.quote)
            && !now.progress.taken.contains(&index)
            && kind_of(&word.stem, element)
    })
}

/// How well what a control means fits what is left of the instruction, from 0 to 1: a meaning that
/// several kinds of controls have says less.
fn concept(now: &Situation<'_>, element: &Element) -> f32 {
    let said = |group: &u8| now.left().any(|(_, word)| speaks(word) && word.concepts.contains(group));
    let hits: Vec<&u8> = element.concepts.iter().filter(|group| said(group)).collect();
    let rarest = hits.iter().map(|group| now.scene.kinds(**group)).min();
    #[expect(clippy::cast_precision_loss, reason = "a control has few meanings")]
    rarest.map_or(0.0, |kinds| {
        1.0 / (1.0 + (kinds as f32).ln()) * (0.5 + 0.5 * hits.len() as f32 / element.concepts.len().max(1) as f32)
    })
}

/// Whether a word may tell what a control means.
fn speaks(word: &Word) -> bool {
    let looks = word.verb == Some(Verb::Seek) && word.stem != "search" && word.stem != "such";
    word.quote == 0
        && !word.stop
        && !word.outcome
        && !looks
        && !matches!(word.verb, Some(Verb::Tell | Verb::Click | Verb::Type | Verb::Wait))
}

/// The word by which the instruction may mean what a control means, in other words: `send it to Ada` is to
/// forward it, `tell her "yes"` is to reply.
fn soft(now: &Situation<'_>, element: &Element) -> Option<usize> {
    let forwards = element.means("forward");
    let replies = element.means("reply");
    if !forwards && !replies || now.told.means("forward") || now.told.means("reply") {
        return None;
    }
    let named = (0..now.told.words.len())
        .any(|at| is_recipient(now, at) && now.told.words.get(at).is_some_and(|word| word.proper));
    let quoted = now.told.spans.iter().any(|span| span.kind == Kind::Quoted);
    let words: &[&str] = match (forwards, quoted) {
        (true, false) if named => &["send", "sent", "pass", "give", "share", "resend", "relay"],
        (false, true) => &["send", "email", "mail", "message", "write", "tell", "say", "let"],
        _ => return None,
    };
    // A noun of the same form follows an article: `the message`.
    let noun = |index: usize| {
        let before = index.checked_sub(1).and_then(|before| now.told.words.get(before));
        before.is_some_and(|word| {
            matches!(word.stem.as_str(), "the" | "a" | "an" | "this" | "that" | "my" | "his" | "her")
        })
    };
    now.left().find(|(index, word)| words.contains(&word.stem.as_str()) && !noun(*index)).map(|(index, _)| index)
}

/// Whether a word names the kind of a control, as the one who made the page calls it too.
pub(super) fn kind_of(word: &str, element: &Element) -> bool {
    let (tag, kind) = element.tag.split_once('/').unwrap_or((&element.tag, ""));
    match word {
        "text" | "textbox" | "textfield" => tag == "input" && element.is_field(),
        "textarea" => tag == "textarea",
        word => word == element.role || word == tag || word == kind || word == "dropdown" && element.is_list(),
    }
}

/// How well its row fits.
pub(super) fn judged(now: &Situation<'_>, element: &Element, press: &mut Candidate) {
    let Some(own) = now.records.get(&element.record).copied().filter(|_| now.most.is_none()) else { return };
    if now.fitting == 0 || press.features.get(F::Unfound) > 0.0 && press.position.is_none() {
        return;
    }
    let told = press.features.get(F::Concept) > 0.0
        || press.features.get(F::WholeMention) > 0.0
        || press.features.get(F::PartMention) > 0.0
        || press.features.get(F::KindOnly) > 0.0;
    press.features.set(F::Record, if told { own } else { own * 0.4 });
    press.features.mark(F::OtherRecord, own < 0.6 && element.place_among.1 > 1);
    if own > 0.6 {
        let keys = now
            .told
            .words
            .iter()
            .enumerate()
            .filter(|(_, word)| (!word.stop || word.quote > 0) && element.around.iter().any(|own| word.is(own)));
        let keys: Vec<usize> = keys.map(|(index, _)| index).collect();
        press.takes(keys);
    }
}
