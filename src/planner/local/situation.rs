//! Everything that candidates are compared with: the instruction, the page, how far the run has come,
//! and what follows from the three together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    colours, fields,
    instruction::{Instruction, Kind, Span, Word},
    mention::{self, Mention},
    progress::Progress,
    scene::{Element, Scene},
    values::{self, Most},
    words::{self, Verb},
};

/// One moment of a run.
#[derive(Debug)]
pub struct Situation<'a> {
    /// What is wanted.
    pub told: &'a Instruction,
    /// What is seen.
    pub scene: &'a Scene,
    /// What was done, with what the page shows to be so already.
    pub progress: Progress,
    /// The values that may be used.
    pub spans: Vec<Span>,
    /// Where the instruction speaks of each control.
    pub mentions: Vec<Option<Mention>>,
    /// How well each record fits, from 0 to 1.
    pub records: BTreeMap<u32, f32>,
    /// How many of them fit as well as any can.
    pub fitting: usize,
    /// What is to be compared, with the control's records that win.
    pub most: Option<(Most, Vec<u32>)>,
    /// The ordinal, with its number and word.
    pub ordinal: Option<(i32, usize)>,
    /// The colour that is asked for, with its word.
    pub colour: Option<(&'static str, usize)>,
    /// Whether the instruction waits for something that is not so yet.
    pub waits: bool,
    /// The line of the page that a condition is about.
    pub condition: Option<String>,
    /// Whether something that the instruction names is nowhere to be seen.
    pub missing: bool,
    /// The names of the secrets that may be used.
    pub secrets: &'a [String],
    /// The words of each option of a list that the instruction names in full, by more than one word.
    pub options: Vec<(usize, usize)>,
    /// The words of each thing that is to be searched for before anything is done with it.
    pub unfound: Vec<(usize, usize)>,
    /// The verbs that begin the name of a control, and no other name, each with that name.
    pub verbs: Vec<(usize, &'a str)>,
}

impl<'a> Situation<'a> {
    /// The moment in which `scene` is seen.
    #[must_use]
    pub fn new(told: &'a Instruction, scene: &'a Scene, progress: Progress, secrets: &'a [String]) -> Self {
        let mut progress = progress;
        // What is not to be needs no doing.
        progress.taken.extend(told.words.iter().enumerate().filter(|(_, word)| word.barred).map(|(index, _)| index));
        let mut spans = told.spans.clone();
        let derived = values::derived(told, scene, &progress);
        // A day that another one is counted from is not the one that is meant.
        let is_day = |span: &Span| matches!(span.kind, Kind::Day(_));
        let within =
            |span: &Span| derived.iter().any(|other| is_day(other) && other.from <= span.from && span.to <= other.to);
        spans.retain(|span| !is_day(span) || !within(span));
        spans.extend(derived);
        let labelled = super::labels::values(told, scene);
        spans.retain(|span| !labelled.iter().any(|own| span.from < own.to && own.from < span.to));
        spans.extend(labelled);
        settle(told, scene, &mut progress);
        // What several rows have, such as a button to delete them, is looked for once.
        let mut known: HashMap<&[String], Option<Mention>> = HashMap::new();
        let mut find = |name: &'a [String]| *known.entry(name).or_insert_with(|| mention::find(told, name, &progress));
        let mentions: Vec<_> = scene.elements.iter().map(|element| find(&element.stems)).collect();
        let records = records(told, scene, &spoken_for(told, scene, &mentions));
        let mut situation = Self {
            told,
            scene,
            progress,
            spans,
            fitting: records.values().filter(|own| **own > 0.9).count(),
            records,
            mentions,
            secrets,
            most: None,
            ordinal: ordinal(told),
            colour: colours::named(told),
            waits: false,
            condition: None,
            missing: false,
            verbs: verbs(told, scene),
            unfound: Vec::new(),
            options: options(told, scene),
        };
        situation.unfound = fields::unfound(&situation);
        situation.most = values::most(told)
            .filter(|most| !situation.progress.taken.contains(&most.word) && situation.compares(most.word))
            .and_then(|most| Some((most, winners(scene, most)?)));
        (situation.waits, situation.condition) = situation.unmet();
        situation.missing = situation.is_missing();
        situation
    }

    /// The control with this number in the scene.
    #[must_use]
    pub fn element(&self, index: usize) -> Option<&'a Element> {
        self.scene.elements.get(index)
    }

    /// The user's own words that were not taken care of, with their numbers.
    pub fn left(&self) -> impl Iterator<Item = (usize, &'a Word)> + '_ {
        self.told
            .words
            .iter()
            .enumerate()
            .filter(|(index, word)| word.quote == 0 && !self.progress.taken.contains(index))
    }

    /// Whether a word asks for `verb` and was not taken care of; its number.
    #[must_use]
    pub fn asks(&self, verb: Verb) -> Option<usize> {
        self.left().find(|(_, word)| word.verb == Some(verb)).map(|(index, _)| index)
    }

    /// Whether a clause with a verb has not been touched at all.
    #[must_use]
    pub fn untouched(&self) -> bool {
        self.acting().any(|clause| {
            let mut words = self.told.words.iter().enumerate().filter(|(_, word)| word.clause == clause);
            !words.any(|(index, _)| self.progress.taken.contains(&index))
        })
    }

    /// Whether a word such as `highest` compares what is to be acted on: in `tell me which is the cheapest` it is
    /// asked about, and in the name of a control it is a name.
    fn compares(&self, word: usize) -> bool {
        let clause = self.told.words.get(word).map_or(0, |word| word.clause);
        let mut verbs = self.told.words.iter().filter(|word| word.clause == clause).filter_map(|word| word.verb);
        let named = |mention: &Mention| {
            mention.whole && mention.to - mention.from > 1 && (mention.from..mention.to).contains(&word)
        };
        verbs.next() != Some(Verb::Tell) && !self.mentions.iter().flatten().any(named)
    }

    /// Whether any clause asks for something to be done.
    #[must_use]
    pub fn acts(&self) -> bool {
        self.acting().next().is_some()
    }

    /// The clauses that ask for something to be done, and not only to be told something.
    fn acting(&self) -> impl Iterator<Item = usize> + '_ {
        let last = self.told.words.last().map_or(0, |word| word.clause);
        (0..=last).filter(|clause| {
            let mut verbs = self.told.words.iter().filter(|word| word.clause == *clause).filter_map(|word| word.verb);
            let acts = |verb: &Verb| {
                matches!(
                    verb,
                    Verb::Click | Verb::Type | Verb::Choose | Verb::Tick | Verb::Clear | Verb::Other | Verb::Open
                )
            };
            verbs.clone().next() != Some(Verb::Tell) && verbs.any(|verb| acts(&verb))
        })
    }

    /// Whether a verb that asks for something in particular, such as to reserve it, was not taken care of.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        self.left().any(|(_, word)| word.verb == Some(Verb::Other) && !word.barred)
    }

    /// How many of the user's own words neither the planner nor the page knows.
    #[must_use]
    pub fn unknown(&self) -> usize {
        let on_page = |word: &Word| {
            self.scene.elements.iter().any(|element| {
                element
                    .stems
                    .iter()
                    .chain(element.around.iter())
                    .chain(element.label.iter())
                    .chain(element.marks.iter())
                    .any(|own| word.is(own))
            })
        };
        let known = |word: &&Word| {
            word.quote > 0
                || word.stop
                || word.proper
                || word.verb.is_some()
                || !word.concepts.is_empty()
                || words::kind_fits(&word.stem, "").is_some()
                || words::ordinal(&word.stem).is_some()
                || on_page(word)
        };
        self.told.words.iter().filter(|word| !known(word)).count()
    }

    /// A condition such as `when the price is less than $40` that does not hold.
    fn unmet(&self) -> (bool, Option<String>) {
        const NONE: (bool, Option<String>) = (false, None);
        const WHEN: [&str; 8] = ["when", "if", "once", "until", "wenn", "sobald", "bis", "면"];
        const LESS: [&str; 8] = ["less", "below", "under", "lower", "unter", "weniger", "cheaper", "미만"];
        const MORE: [&str; 8] = ["more", "above", "over", "higher", "greater", "über", "mehr", "초과"];
        let Some(at) = self.told.words.iter().position(|word| word.quote == 0 && WHEN.contains(&word.stem.as_str()))
        else {
            return NONE;
        };
        let rest = self.told.words.get(at..).unwrap_or_default();
        let compares = |words: &[&str]| rest.iter().any(|word| word.quote == 0 && words.contains(&word.stem.as_str()));
        let Some(bound) = self
            .told
            .text
            .get(rest.first().map_or(0, |word| word.start)..)
            .and_then(|text| values::numbers(text).first().copied())
        else {
            return NONE;
        };
        let (less, more) = (compares(&LESS), compares(&MORE));
        if less == more {
            return NONE;
        }
        let about = |line: &&String| {
            let stems = words::stems(line);
            rest.iter().any(|word| !word.stop && word.verb.is_none() && stems.iter().any(|own| word.is(own)))
        };
        let number = |line: &String| values::numbers(line).last().copied();
        let current = self.scene.lines.iter().filter(about).find_map(|line| Some((line, number(line)?)));
        let current = current.or_else(|| {
            let at = self.scene.lines.iter().position(|line| about(&line))?;
            self.scene.lines.get(at + 1).and_then(|line| Some((line, number(line)?)))
        });
        match current {
            Some((line, current)) => (if less { current >= bound } else { current <= bound }, Some(line.clone())),
            None => (true, None),
        }
    }

    /// Whether a name or quoted text that is not for typing stands on no control.
    fn is_missing(&self) -> bool {
        let sought = self.told.spans.iter().filter(|span| {
            matches!(span.kind, Kind::Quoted | Kind::Proper | Kind::Item)
                && !self.progress.has(span.from, span.to)
                && self.told.words.get(span.from).is_some_and(|word| word.governed != Some(Verb::Type))
        });
        let seen = |span: &Span| {
            self.mentions.iter().flatten().any(|mention| {
                mention.from <= span.from && span.to <= mention.to
                    || mention.whole && mention.from >= span.from && mention.to <= span.to
            }) || self
                .scene
                .elements
                .iter()
                .any(|element| element.options.iter().any(|option| option.eq_ignore_ascii_case(&span.text)))
        };
        let spans: Vec<_> = sought.collect();
        let quoted = spans.iter().any(|span| span.kind == Kind::Quoted && !seen(span));
        quoted || !spans.is_empty() && !spans.iter().any(|span| seen(span))
    }
}

/// What the page shows to be so needs no doing: ticked boxes, chosen options and filled fields.
fn settle(told: &Instruction, scene: &Scene, progress: &mut Progress) {
    for element in &scene.elements {
        let searched = element.is_field() && fields::searches(element);
        let told_off = |span: &&Span| !progress.has(span.from, span.to) && (!searched || fields::sought(told, span));
        if element.is_box() && element.is("checked") || element.is_shown() {
            if let Some(mention) =
                mention::find(told, &element.stems, progress).filter(|mention| mention.whole && !mention.weak)
                && told.words.get(mention.from).is_some_and(|word| word.governed != Some(Verb::Clear))
            {
                progress.taken.extend(mention.from..mention.to);
            }
        } else if let Some(value) = element.value.as_deref().filter(|value| !value.is_empty()) {
            let held: Vec<_> = told
                .spans
                .iter()
                .filter(told_off)
                .filter(|span| {
                    span.text == value
                        || span.text.eq_ignore_ascii_case(value)
                        || matches!(span.kind, Kind::Day(day) if day.iso() == value)
                        || span.kind == Kind::Time && super::dates::clock(&span.text).as_deref() == Some(value)
                        || element.is_list() && value.split(", ").any(|part| part.eq_ignore_ascii_case(&span.text))
                })
                .map(|span| (span.from, span.to))
                .collect();
            held.into_iter().for_each(|(from, to)| progress.taken.extend(from..to));
        }
    }
}

/// The words of each option that the instruction names in full, by more than one word.
fn options(told: &Instruction, scene: &Scene) -> Vec<(usize, usize)> {
    let all = scene.elements.iter().filter(|element| element.is_list()).flat_map(|element| &element.options);
    let long = all.map(|option| words::stems(option)).filter(|stems| stems.len() > 1);
    let fresh = Progress::default();
    let mentions = long.filter_map(|stems| mention::find(told, &stems, &fresh));
    mentions.filter(|mention| mention.whole && !mention.apart).map(|mention| (mention.from, mention.to)).collect()
}

/// The verbs that begin the name of one control, or of one in each row, and no other name.
fn verbs<'a>(told: &Instruction, scene: &'a Scene) -> Vec<(usize, &'a str)> {
    let asks = told
        .words
        .iter()
        .enumerate()
        .filter(|(_, word)| word.quote == 0 && !word.barred && word.verb == Some(Verb::Other));
    let pressed = |element: &&Element| {
        matches!(element.role.as_str(), "button" | "link" | "clickable" | "menuitem" | "tab")
            && element.stems.len() <= 4
    };
    asks.filter_map(|(index, word)| {
        // `Orders` are things; only `Order` is an act.
        let begins = |element: &&Element| {
            let first = element.stems.first();
            first.is_some_and(|own| mention::means(word, own))
                && element.name.to_lowercase().split_whitespace().next() == first.map(String::as_str)
        };
        let mut names = scene.elements.iter().filter(pressed).filter(begins).map(|element| element.name.as_str());
        let first = names.next()?;
        names.all(|name| name == first).then_some((index, first))
    })
    .collect()
}

/// The words that name a control beside the records, or an option of such a list: they are about that.
fn spoken_for(told: &Instruction, scene: &Scene, mentions: &[Option<Mention>]) -> BTreeSet<usize> {
    let whole = |mention: &Mention| mention.whole && !mention.weak && !mention.apart;
    let beside = scene.elements.iter().zip(mentions).filter(|(element, _)| element.record == 0);
    let named = beside.clone().filter_map(|(_, mention)| (*mention).filter(|mention| whole(mention)));
    let fresh = Progress::default();
    let lists = beside.filter(|(element, _)| element.is_list()).flat_map(|(element, _)| &element.options);
    let options = lists.filter_map(|option| mention::find(told, &words::stems(option), &fresh)).filter(whole);
    named.chain(options).flat_map(|mention| mention.from..mention.to).collect()
}

/// How well each record fits the words of the instruction that tell records apart.
fn records(told: &Instruction, scene: &Scene, apart: &BTreeSet<usize>) -> BTreeMap<u32, f32> {
    let mut texts: BTreeMap<u32, &[String]> = BTreeMap::new();
    for element in scene.elements.iter().filter(|element| element.record != 0) {
        texts.entry(element.record).or_insert(&element.around);
    }
    if texts.len() < 2 {
        return texts.keys().map(|record| (*record, 0.0)).collect();
    }
    let mut scores: BTreeMap<u32, f32> = texts.keys().map(|record| (*record, 0.0)).collect();
    let other = namesakes(told, &texts, apart);
    for (index, word) in told.words.iter().enumerate() {
        if word.stop && word.quote == 0 || apart.contains(&index) {
            continue;
        }
        let holding: Vec<u32> = texts
            .iter()
            .filter(|(record, text)| text.iter().any(|own| word.is(own)) && !other.contains(&(index, **record)))
            .map(|(record, _)| *record)
            .collect();
        if holding.is_empty() || holding.len() == texts.len() {
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "a page has few records")]
        let share = key_weight(told, index, word) / holding.len() as f32;
        for record in holding {
            *scores.entry(record).or_default() += share;
        }
    }
    let best = scores.values().copied().fold(0.0, f32::max);
    if best < 0.2 {
        return scores.into_keys().map(|record| (record, 0.0)).collect();
    }
    scores.into_iter().map(|(record, score)| (record, score / best)).collect()
}

/// The words of names of which a record has a part only, each with that record: `The Hollow Mirror` is not
/// `The Hollow Bridge`.
fn namesakes(told: &Instruction, texts: &BTreeMap<u32, &[String]>, apart: &BTreeSet<usize>) -> Vec<(usize, u32)> {
    let mut found = Vec::new();
    for span in told.spans.iter().filter(|span| matches!(span.kind, Kind::Quoted | Kind::Proper)) {
        // A part of a name may be the name of something else, such as a category; the whole is not.
        let whole = (span.from..span.to).all(|at| apart.contains(&at));
        let telling = |at: &usize| {
            told.words.get(*at).is_some_and(|word| !words::is_stop(&word.stem) && word.stem.chars().count() > 2)
                && !whole
        };
        let numbered = |at: usize| told.words.get(at).is_some_and(|word| word.stem.parse::<u32>().is_ok());
        if span.kind == Kind::Proper && (span.from..span.to).any(numbered) {
            continue;
        }
        let words: Vec<usize> = (span.from..span.to).filter(telling).collect();
        for (record, text) in texts {
            let has = |at: &usize| told.words.get(*at).is_some_and(|word| text.iter().any(|own| word.is(own)));
            let shared = words.iter().filter(|at| has(at)).count();
            if words.len() > 1 && shared < words.len() {
                found.extend((span.from..span.to).map(|at| (at, *record)));
            }
        }
    }
    found
}

/// How much a word counts towards telling records apart.
fn key_weight(told: &Instruction, index: usize, word: &Word) -> f32 {
    let typed = told.spans.iter().any(|span| {
        span.kind == Kind::Quoted
            && (span.from..span.to).contains(&index)
            && span.hints.iter().any(|hint| {
                matches!(hint.as_str(), "text" | "message" | "reply" | "saying" | "comment" | "note" | "content")
            })
    });
    match word {
        _ if typed || is_given(told, index) => 0.05,
        word if word.quote > 0 => 1.0,
        word if word.verb.is_some() => 0.2,
        word if word.proper && index > 0 => 1.2,
        _ => 0.5,
    }
}

/// Whether a word names who something is handed on to: it tells no records apart.
fn is_given(told: &Instruction, index: usize) -> bool {
    let name = |at: &usize| told.words.get(*at).is_some_and(|word| word.proper && word.quote == 0);
    let from = (0..=index).rev().take_while(name).last();
    let before = from.and_then(|from| from.checked_sub(1)).and_then(|at| told.words.get(at));
    before.is_some_and(|word| matches!(word.stem.as_str(), "to" | "an"))
        && ["forward", "send", "assign", "share"].iter().any(|hands| told.means(hands))
}

/// The records whose amount is the most or the least.
fn winners(scene: &Scene, most: Most) -> Option<Vec<u32>> {
    let mut amounts: Vec<(u32, f64)> = Vec::new();
    for (record, inside) in &scene.records {
        let text = inside
            .first()
            .and_then(|index| scene.elements.get(*index))
            .map_or("", |element| element.around_text.as_str());
        if let Some(amount) = values::amount(text, most.unit) {
            amounts.push((*record, amount));
        }
    }
    if amounts.len() < 2 {
        return None;
    }
    let better = |one: f64, other: f64| if most.least { one < other } else { one > other };
    let (mut best, mut found) = (amounts.first()?.1, Vec::new());
    for (record, amount) in amounts {
        if better(amount, best) {
            best = amount;
            found.clear();
        }
        if (amount - best).abs() < 1e-9 {
            found.push(record);
        }
    }
    Some(found)
}

/// An ordinal that counts things on the page, not words of a text.
fn ordinal(told: &Instruction) -> Option<(i32, usize)> {
    told.words.iter().enumerate().filter(|(_, word)| word.quote == 0).find_map(|(index, word)| {
        let number = words::ordinal(&told.text.get(word.start..word.end).unwrap_or_default().to_lowercase())?;
        let next = told.words.get(index + 1)?;
        let counts =
            !matches!(next.stem.as_str(), "word" | "letter" | "wort" | "단어" | "name" | "of") && next.quote == 0;
        let in_date =
            told.spans.iter().any(|span| matches!(span.kind, Kind::Day(_)) && (span.from..span.to).contains(&index));
        (counts && !in_date).then_some((number, index))
    })
}
