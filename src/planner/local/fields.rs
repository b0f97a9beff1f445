//! Typing into fields and choosing in lists.

use super::{
    candidates::Candidate,
    dates,
    features::Feature as F,
    instruction::{Instruction, Kind, Span},
    mention, press,
    scene::Element,
    situation::Situation,
    words::{self, Verb},
};

/// The first words of the values that were not used, in order.
#[must_use]
pub(super) fn pending(now: &Situation<'_>) -> Vec<usize> {
    let mut found: Vec<_> = now
        .spans
        .iter()
        .filter(|span| is_value(now, span) && !now.progress.has(span.from, span.to))
        .map(|span| span.from)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a span is there to be typed.
fn is_value(now: &Situation<'_>, span: &Span) -> bool {
    let governed = now.told.words.get(span.from).and_then(|word| word.governed);
    match span.kind {
        Kind::Keyed | Kind::Derived => true,
        Kind::Quoted | Kind::Day(_) | Kind::Time => matches!(governed, Some(Verb::Type)) || sought(now.told, span),
        Kind::Phrase => sought(now.told, span) && !is_tail(now, span),
        _ => false,
    }
}

/// Whether a span is what the instruction says to search for: `search for Ada`.
pub(super) fn sought(told: &Instruction, span: &Span) -> bool {
    // Of loose words only those beside the verb are meant: `Suche nach Lampen, nur vorrätige`.
    let idle = |at: usize| told.words.get(at).is_some_and(|word| word.stop && word.quote == 0);
    let seeks =
        |at: Option<usize>| at.and_then(|at| told.words.get(at)).is_some_and(|word| word.verb == Some(Verb::Seek));
    let before = (0..span.from).rev().find(|at| !idle(*at));
    // A Korean verb follows what it is about.
    let first = |at: usize| told.words.get(at).is_some_and(|word| !words::is_hangul(&word.stem));
    let comma = span.from > 0 && told.gap(span.from - 1, span.from).contains(',');
    let near = seeks(before) && before.is_some_and(first) && !comma;
    if matches!(span.kind, Kind::Phrase | Kind::Item | Kind::Number) && !near && !seeks(Some(span.to)) {
        return false;
    }
    let clause = told.words.get(span.from).map_or(0, |word| word.clause);
    let inside = told.words.iter().filter(|word| word.clause == clause && word.quote == 0);
    let mut verbs = inside.filter(|word| word.verb.is_some());
    verbs.next().is_some_and(|word| {
        matches!(word.stem.as_str(), "search" | "such" | "suche" | "look") || word.stem.starts_with("검색")
    })
}

/// The fields of a page, and how well the best of them fits each value.
#[derive(Debug)]
pub(super) struct Form {
    open: usize,
    first_empty: Option<usize>,
    first_pending: Option<usize>,
    hints: Vec<f32>,
    wanted: Vec<bool>,
}

impl Form {
    /// The fields of the page that is seen now.
    pub(super) fn of(now: &Situation<'_>) -> Self {
        let usable = |element: &&Element| !element.is("readonly") && !element.is("disabled") && !searches(element);
        let fields: Vec<&Element> = now.scene.elements.iter().filter(|element| element.is_field()).collect();
        let is_empty = |element: &&Element| element.value.as_deref().unwrap_or_default().is_empty();
        let empty = fields.iter().copied().find(|element| usable(element) && is_empty(element));
        let best = |span: &Span| fields.iter().map(|element| hint(element, span)).fold(0.0, f32::max);
        Self {
            open: fields.iter().copied().filter(usable).count(),
            first_empty: empty
                .and_then(|empty| now.scene.elements.iter().position(|element| element.identity == empty.identity)),
            first_pending: pending(now).first().copied(),
            hints: now.spans.iter().map(best).collect(),
            wanted: wanted(now),
        }
    }
}

/// Which spans may be searched for: where something in quotes is not to be seen, that and no other name.
fn wanted(now: &Situation<'_>) -> Vec<bool> {
    let found: Vec<bool> = now.spans.iter().map(|span| absent(now, span)).collect();
    let quoted = now.spans.iter().zip(&found).any(|(span, absent)| *absent && span.kind == Kind::Quoted);
    found.iter().zip(&now.spans).map(|(absent, span)| *absent && (!quoted || span.kind == Kind::Quoted)).collect()
}

/// Whether a span names something that is wanted and that this page does not show, so that it may be searched for.
fn absent(now: &Situation<'_>, span: &Span) -> bool {
    let words = now.told.words.get(span.from..span.to).unwrap_or_default();
    let telling: Vec<_> = words.iter().filter(|word| !word.stop).collect();
    let first = words.first();
    let governed = first.and_then(|word| word.governed);
    let named = match span.kind {
        Kind::Proper => true,
        Kind::Quoted => matches!(governed, Some(Verb::Open | Verb::Seek | Verb::Other)) && !is_message(span),
        _ => false,
    };
    let shows = |own: &[String]| telling.iter().all(|word| own.iter().any(|own| word.is(own)));
    let seen = now.scene.elements.iter().any(|element| shows(&element.stems) || shows(&element.around));
    let untaken = (span.from..span.to).all(|at| !now.progress.taken.contains(&at));
    let about = matches!(governed, Some(Verb::Other | Verb::Open | Verb::Seek | Verb::Tell));
    // What is given to someone is not looked for under their name.
    let towards = span
        .from
        .checked_sub(1)
        .and_then(|at| now.told.words.get(at))
        .is_some_and(|word| matches!(word.stem.as_str(), "to" | "as" | "with" | "an" | "als" | "mit"));
    // A German noun begins with a capital letter and is no name, and a page has a number.
    let noun = span.kind == Kind::Proper
        && (span.to - span.from == 1 && follows_article(now.told, span.from)
            || first.is_some_and(|word| word.concepts.contains(&words::concept("page"))));
    named && about && untaken && !telling.is_empty() && !towards && !seen && !noun
}

fn follows_article(told: &Instruction, at: usize) -> bool {
    const ARTICLES: &str =
        "der die das den dem des ein eine einen einem einer mein meine meinen meinem meiner zur zum im vom";
    let before = at.checked_sub(1).and_then(|before| told.words.get(before));
    before.is_some_and(|word| ARTICLES.split(' ').any(|known| word.stem == known))
}

/// Whether the words around a span say that it is a text to be written.
fn is_message(span: &Span) -> bool {
    let written = ["body", "reply", "email", "name", "subject"].map(words::concept);
    span.hints.iter().flat_map(|hint| words::concepts(hint)).any(|group| written.contains(group))
}

/// Every value that could go into a field.
pub(super) fn fills(now: &Situation<'_>, (index, element): (usize, &Element), form: &Form, found: &mut Vec<Candidate>) {
    let secret = element.marks.iter().any(|mark| mark == "password") || element.tag == "input/password";
    for name in now.secrets {
        let fits = words::stems(&name.replace('_', " "))
            .iter()
            .any(|word| own_words(element).any(|own| own == word) || secret && word == "password");
        let mut fill = Candidate::upon(now, index, "fill").with("secret", name);
        fill.features.mark(F::Fill, true);
        fill.features.mark(F::Secret, fits && secret && element.value.as_deref().unwrap_or_default().is_empty());
        fill.features.mark(F::TypeClash, !fits || !secret);
        fill.features.mark(F::Same, !element.value.as_deref().unwrap_or_default().is_empty());
        if fill.features.get(F::Secret) > 0.0 {
            let login = words::concept("login");
            let signs_in = now.told.words.iter().position(|word| word.concepts.contains(&login));
            fill.position = signs_in.or(Some(0));
            fill.asked = true;
        }
        found.push(fill);
    }
    for ((span, best), wanted) in now.spans.iter().zip(&form.hints).zip(&form.wanted) {
        let found_out = now.spans.iter().any(|span| span.kind == Kind::Derived);
        let loose = matches!(span.kind, Kind::Phrase | Kind::Item | Kind::Number | Kind::Proper);
        if span.text.is_empty()
            || span.text.len() > 2000
            || loose && (found_out || is_tail(now, span) || named(now, span))
            || span.kind == Kind::Phrase && empty_phrase(now, span)
        {
            continue;
        }
        // A field to search by takes what is to be searched for, and nothing else.
        let sought = searches(element) && sought(now.told, span);
        let explores = searches(element) && !sought && *wanted;
        if searches(element) && !sought && !explores && !wants_search(now, span) {
            continue;
        }
        let mut fill = fill(now, (index, element), span, *best);
        if explores {
            look_up(now, element, &mut fill);
        }
        if sought && !fill_is_spoilt(&fill) {
            fill.features.mark(F::TypeAsked, true);
            fill.features.mark(F::Hint, true);
            fill.features.set(F::Loose, 0.0);
            fill.asked |= matches!(span.kind, Kind::Quoted | Kind::Proper | Kind::Phrase);
        }
        // Nobody types a part of a wish into a field that is not spoken of.
        let idle = [F::Hint, F::TypeAsked, F::Explore].iter().all(|own| fill.features.get(*own) == 0.0);
        if loose && idle && !sought && fill.features.get(F::TypeFits) == 0.0 {
            continue;
        }
        fill.features.mark(F::OnlyField, form.open == 1 && !searches(element) || sought);
        let turn = form.first_pending == Some(span.from) && form.first_empty == Some(index);
        fill.features.mark(F::InTurn, turn);
        found.push(fill);
    }
}

/// Whether a loose part of the instruction begins with a word that says little: `for mugs`, `to checkout`.
fn is_tail(now: &Situation<'_>, span: &Span) -> bool {
    now.told.words.get(span.from).is_some_and(|word| word.stop && !word.proper)
}

/// Whether a loose part of the instruction is a part of the name of an option, such as `low to high`.
fn named(now: &Situation<'_>, span: &Span) -> bool {
    now.options.iter().any(|(from, to)| *from <= span.from && span.to <= *to)
}

/// The words of what is to be searched for first: what the instruction says to search for, and what it names and
/// cannot be seen, on a page that has a field to search by.
pub(super) fn unfound(now: &Situation<'_>) -> Vec<(usize, usize)> {
    if !now.scene.elements.iter().any(|element| element.is_field() && searches(element)) {
        return Vec::new();
    }
    let left = now.told.spans.iter().filter(|span| !used(now, span) && !is_tail(now, span));
    let wanted = |span: &&Span| {
        matches!(span.kind, Kind::Quoted | Kind::Proper | Kind::Phrase) && sought(now.told, span) || absent(now, span)
    };
    left.filter(wanted).map(|span| (span.from, span.to)).collect()
}

/// Whether a phrase tells of the field or the act and not of a value.
fn empty_phrase(now: &Situation<'_>, span: &Span) -> bool {
    let words = now.told.words.get(span.from..span.to).unwrap_or_default();
    let idle = |word: &super::instruction::Word| {
        word.stop || word.verb.is_some() || words::kind_fits(&word.stem, "").is_some()
    };
    words.iter().all(idle)
        || words.first().is_some_and(|word| word.verb.is_some())
        || words.last().is_some_and(|word| words::kind_fits(&word.stem, "").is_some())
}

/// The words by which a person would call a field.
fn own_words(element: &Element) -> impl Iterator<Item = &String> {
    element.stems.iter().chain(element.label.iter()).chain(element.marks.iter())
}

/// How well a field is called what the words around a value say.
fn hint(element: &Element, span: &Span) -> f32 {
    let groups: Vec<&u8> = span.hints.iter().flat_map(|hint| words::concepts(hint)).collect();
    let said = own_words(element).any(|own| span.hints.contains(own) && own.len() > 1);
    let named = element.stems.iter().chain(element.label.iter()).chain(element.marks.iter().take(8));
    let meant = named.flat_map(|own| words::concepts(own)).any(|group| groups.contains(&group));
    // What is written to someone goes into the field of several lines, whatever that is called.
    let writes =
        ["message", "reply", "text", "respond", "answer"].iter().any(|word| span.hints.iter().any(|hint| hint == word));
    let told = span.kind == Kind::Quoted && writes && element.tag == "textarea";
    // `Line 2` is not called what is said of line 1.
    let numbers = element.stems.iter().filter(|own| own.parse::<u32>().is_ok());
    let other = numbers.clone().count() > 0 && !numbers.into_iter().all(|own| span.hints.contains(own));
    match (said, meant) {
        _ if other => 0.0,
        (true, _) => 1.0,
        (_, true) => 0.8,
        _ if told => 0.6,
        _ => 0.0,
    }
}

/// Searching for what is wanted and cannot be seen: it is tried once, and takes care of nothing yet.
fn look_up(now: &Situation<'_>, element: &Element, fill: &mut Candidate) {
    let searched = now.progress.values.contains(&fill.note.value);
    fill.note.took.clear();
    fill.asked = false;
    for feature in [F::Loose, F::NotAsked, F::Used, F::Overwrites, F::TypeClash] {
        fill.features.set(feature, 0.0);
    }
    fill.features.mark(F::Explore, !searched);
    fill.features.mark(F::Used, searched && now.progress.times(element.identity, "fill") > 0);
}

fn fill_is_spoilt(fill: &Candidate) -> bool {
    [F::Used, F::Part, F::Same, F::Names].iter().any(|feature| fill.features.get(*feature) > 0.0)
}

fn fill(now: &Situation<'_>, (index, element): (usize, &Element), span: &Span, best: f32) -> Candidate {
    let value = written(element, span);
    let mut fill = Candidate::upon(now, index, "fill").with("text", &value);
    let found_out = span.kind == Kind::Derived;
    let current = element.value.as_deref().unwrap_or_default();
    let used = if found_out { current == value } else { used(now, span) };
    let typed_before = now.progress.times(element.identity, "fill") > 0;
    let own = called(now, element, (span, best), &mut fill);
    fits(now, element, span, &mut fill);
    let features = &mut fill.features;
    features.mark(F::Fill, true);
    if found_out {
        features.set(F::Again, 0.0);
    }
    let overwrites = typed_before || own == 0.0 && span.kind == Kind::Phrase;
    features.mark(F::Overwrites, !found_out && !current.is_empty() && overwrites);
    features.mark(F::Empty, current.is_empty());
    features.mark(F::Same, current == value || current.trim() == span.text);
    features.mark(F::Used, used);
    let spoilt =
        [F::Overwrites, F::Names, F::TypeClash, F::OtherHint].iter().any(|feature| features.get(*feature) > 0.0);
    let within = features.get(F::Part) > 0.0 && span.kind != Kind::Quoted;
    // Where there are values in quotes, the words around them are no values.
    let quoted =
        now.told.spans.iter().any(|other| matches!(other.kind, Kind::Quoted | Kind::Keyed) && is_value(now, other));
    let loose = quoted && matches!(span.kind, Kind::Phrase | Kind::Item);
    let asked = !loose && (features.get(F::TypeAsked) > 0.0 || own > 0.0 && span.kind != Kind::Phrase);
    let address = span.text.contains('@') && features.get(F::TypeFits) > 0.0;
    fill.asked = (asked || address) && !spoilt && !used && !within;
    fill.note.value = value;
    fill.position = Some(span.from);
    fill.takes(span.from..span.to);
    let types = |at: &usize| now.told.words.get(*at).is_some_and(|word| word.verb == Some(Verb::Type));
    fill.takes((0..span.from).rev().take(6).find(types));
    fill
}

/// How well the field is called what is said around the value, against the other fields.
fn called(now: &Situation<'_>, element: &Element, (span, best): (&Span, f32), fill: &mut Candidate) -> f32 {
    let receives = span.kind == Kind::Proper
        && own_words(element).flat_map(|own| words::concepts(own)).any(|group| *group == words::concept("recipient"))
        && press::is_recipient(now, span.from);
    let own = hint(element, span).max(if receives { 0.9 } else { 0.0 });
    let names =
        |word: &super::instruction::Word| element.stems.iter().chain(element.label.iter()).any(|own| word.is(own));
    let said = now.left().any(|(_, word)| !word.stop && word.verb.is_none() && names(word));
    fill.features.set(F::Hint, own);
    fill.features.mark(F::OtherHint, best > own);
    fill.features.mark(F::LabelSaid, said);
    own
}

/// Whether the value is one for this field, and one to be typed at all.
fn fits(now: &Situation<'_>, element: &Element, span: &Span, fill: &mut Candidate) {
    let governed = now.told.words.get(span.from).and_then(|word| word.governed);
    let fits = type_fits(element, span);
    let set = governed == Some(Verb::Choose) && fits == Some(true);
    let solid =
        |other: &&Span| matches!(other.kind, Kind::Quoted | Kind::Keyed | Kind::Day(_) | Kind::Time) && *other != span;
    let within = now.spans.iter().filter(solid).any(|other| other.from <= span.from && span.to <= other.to);
    let covers = now
        .spans
        .iter()
        .filter(solid)
        .any(|other| other.kind == Kind::Quoted && span.from <= other.from && other.to <= span.to);
    let stems = words::stems(&span.text);
    let names = |element: &Element| element.stems == stems && (element.is_field() || element.role == "button");
    let features = &mut fill.features;
    features.mark(F::TypeFits, fits == Some(true));
    features.mark(F::TypeClash, fits == Some(false));
    features.mark(F::Quoted, span.kind == Kind::Quoted);
    features.mark(F::Keyed, span.kind == Kind::Keyed);
    features.mark(F::Derived, span.kind == Kind::Derived);
    features.mark(F::Loose, matches!(span.kind, Kind::Phrase | Kind::Item) || span.kind == Kind::Number && !set);
    features.mark(F::Names, span.kind != Kind::Derived && now.scene.elements.iter().any(names));
    features.mark(F::Part, within || covers);
    features
        .mark(F::TypeAsked, governed == Some(Verb::Type) || matches!(span.kind, Kind::Keyed | Kind::Derived) || set);
    let pressed = matches!(governed, Some(Verb::Click | Verb::Tick | Verb::Clear | Verb::Open | Verb::Tell));
    features.mark(F::NotAsked, pressed && span.kind != Kind::Keyed);
}

/// Whether a field is there to search by: most pages have one, and most wishes are about something else.
pub(super) fn searches(element: &Element) -> bool {
    element.seeks
}

/// Whether the instruction says that a value is to be typed and does not say that it belongs elsewhere.
fn wants_search(now: &Situation<'_>, span: &Span) -> bool {
    let says = |word: &super::instruction::Word| {
        word.quote == 0 && (word.stem.starts_with("such") || word.stem == "search" || word.stem.starts_with("검색"))
    };
    let governed = now.told.words.get(span.from).and_then(|word| word.governed);
    let others = now.scene.elements.iter().any(|element| element.is_field() && !searches(element));
    now.told.words.iter().any(says) || governed == Some(Verb::Type) && !others
}

/// Whether a value was used; of a phrase, whether any word that matters was.
fn used(now: &Situation<'_>, span: &Span) -> bool {
    let telling = |index: &usize| now.told.words.get(*index).is_some_and(|word| !word.stop && word.verb.is_none());
    now.progress.has(span.from, span.to)
        || span.kind == Kind::Phrase
            && (span.from..span.to).filter(telling).any(|index| now.progress.taken.contains(&index))
}

/// The value as the field wants it.
fn written(element: &Element, span: &Span) -> String {
    match (element.tag.as_str(), span.kind) {
        ("input/date", Kind::Day(day)) => day.iso(),
        ("input/time", Kind::Time) => dates::clock(&span.text).unwrap_or_else(|| span.text.clone()),
        _ => span.text.clone(),
    }
}

/// Whether a field is made for such a value; nothing if that cannot be told.
fn type_fits(element: &Element, span: &Span) -> Option<bool> {
    let number = span.text.replace(',', "").parse::<f64>().is_ok();
    let mail = span.text.contains('@') && span.text.contains('.');
    match element.tag.as_str() {
        "input/date" => Some(matches!(span.kind, Kind::Day(_))),
        "input/time" => Some(span.kind == Kind::Time),
        "input/number" => Some(number),
        "input/email" => Some(mail),
        _ if element.role == "spinbutton" => Some(number),
        _ if matches!(span.kind, Kind::Day(_)) => Some(
            element.means("date") || element.marks.iter().any(|mark| matches!(mark.as_str(), "date" | "datepicker")),
        )
        .filter(|fits| *fits),
        _ if mail => {
            Some(own_words(element).any(|own| matches!(own.as_str(), "email" | "mail" | "e"))).filter(|fits| *fits)
        }
        _ => None,
    }
}

/// Every option of a list that the instruction may mean.
pub(super) fn choices(now: &Situation<'_>, index: usize, element: &Element, found: &mut Vec<Candidate>) {
    let current = element.value.as_deref().unwrap_or_default();
    for option in &element.options {
        let stems = words::stems(option);
        let Some(mention) =
            mention::find(now.told, &stems, &now.progress).filter(|mention| !mention.weak || mention.quoted)
        else {
            continue;
        };
        let mut select = Candidate::upon(now, index, "select").with("option", option);
        let governed = now.told.words.get(mention.from).and_then(|word| word.governed);
        let chosen = current.split(", ").any(|part| part == option);
        let hints: Vec<_> =
            now.told.spans.iter().filter(|span| span.from <= mention.from && mention.to <= span.to).collect();
        let called = hints.iter().map(|span| hint(element, span)).fold(0.0, f32::max);
        let features = &mut select.features;
        features.set(F::Again, 0.0);
        features.mark(F::Select, true);
        features.mark(F::WholeMention, mention.whole);
        features.mark(F::QuotedMention, mention.quoted);
        features.mark(F::SpanMention, mention.span);
        features.set(F::PartMention, if mention.whole { 0.0 } else { mention.share * 0.5 });
        features.mark(F::TakenMention, mention.taken);
        features.mark(F::VerbFits, matches!(governed, Some(Verb::Choose | Verb::Click | Verb::Other | Verb::Type)));
        features.set(F::Hint, called * 0.6);
        features.mark(F::Same, chosen);
        select.note.value.clone_from(option);
        select.position = Some(mention.from);
        select.asked = mention.whole && !mention.taken && !chosen;
        select.takes(mention.from..mention.to);
        if now.scene.elements.iter().filter(|other| other.is_list() && other.stems == element.stems).count() > 1 {
            press::judged(now, element, &mut select);
        }
        let clause = now.told.words.get(mention.from).map_or(0, |word| word.clause);
        let said = now.told.words.iter().enumerate().filter(|(_, word)| word.clause == clause && word.quote == 0);
        let about = |word: &super::instruction::Word| {
            matches!(word.verb, Some(Verb::Choose | Verb::Other))
                || element.stems.iter().chain(element.label.iter()).any(|own| word.is(own))
        };
        select.takes(said.filter(|(_, word)| about(word)).map(|(index, _)| index).collect::<Vec<_>>());
        found.push(select);
    }
}
