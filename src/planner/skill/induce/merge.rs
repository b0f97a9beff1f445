//! One step out of the deeds that are the same in several demonstrations, with places for what varies.

use std::collections::BTreeMap;

use super::{
    super::{
        Argument, Each, Kind, Parameter, SkillError, Step,
        description::Description,
        template::{Form, Template},
    },
    Row,
    deed::{Deed, Field, Over, Round, Seen, Source, Told},
    fold, name,
};
use crate::planner::local::{
    instruction::{self, Instruction},
    words::stems,
};

/// The places that were found so far.
pub(super) struct Places<'a> {
    all: &'a [Told],
    found: Vec<Place>,
}

/// Something that is filled in.
struct Place {
    name: String,
    /// Where it comes from in each demonstration that has it.
    sources: Vec<Option<Source>>,
    list: bool,
}

impl<'a> Places<'a> {
    pub(super) fn new(all: &'a [Told]) -> Self {
        Self { all, found: Vec::new() }
    }

    /// The step of a row.
    pub(super) fn step(&mut self, row: &Row) -> Result<Step, SkillError> {
        let row = looped(row);
        let own: Vec<(usize, &Deed)> =
            row.iter().enumerate().filter_map(|(at, deed)| Some((at, deed.as_ref()?))).collect();
        let (_, first) = own.first().ok_or(SkillError::Empty)?;
        let each = self.each(&own)?;
        Ok(Step {
            verb: first.verb.clone(),
            with: self.with(&own)?,
            element: self.element(&own),
            optional: own.len() < row.len(),
            each,
        })
    }

    fn with(&mut self, own: &[(usize, &Deed)]) -> Result<Option<(Argument, Template)>, SkillError> {
        let texts: Vec<&str> = own.iter().filter_map(|(_, deed)| Some(deed.with.as_ref()?.1.as_str())).collect();
        let Some((argument, first)) = own.first().and_then(|(_, deed)| deed.with.clone()) else { return Ok(None) };
        if let Some((place, form)) = self.place(own, Field::Value) {
            return Ok(Some((argument, Template::default().place(&place, form))));
        }
        match texts.iter().find(|text| **text != first) {
            None => Ok(Some((argument, Template::plain(first)))),
            // A spelled-out address leads to the same page in another shape.
            Some(_) if argument == Argument::Url => Ok(Some((argument, Template::plain(first)))),
            Some(other) => Err(contradiction(own, &first, other)),
        }
    }

    fn element(&mut self, own: &[(usize, &Deed)]) -> Option<Description> {
        let seen: Vec<&Seen> = own.iter().filter_map(|(_, deed)| deed.seen.as_ref()).collect();
        let last = seen.last()?;
        let mut description = last.description.clone();
        match (self.place(own, Field::Name), own.first()) {
            (Some((place, _)), Some((_, deed))) => {
                description.names = vec![name_with(deed, &place)];
            }
            _ => {
                let mut names: Vec<_> = seen.iter().rev().map(|seen| Template::plain(&seen.element.name)).collect();
                names.dedup();
                description.names = names;
            }
        }
        description.record = match self.place(own, Field::Record) {
            Some((place, form)) => Some(Template::default().place(&place, form)),
            None => self.said(own, Field::Record).map(Template::plain),
        };
        let bound: Vec<String> = own.iter().flat_map(|(at, deed)| self.bound_words(*at, deed)).collect();
        Some(description.without(&bound))
    }

    /// The place for what fills `field`, and how it is written there; nothing if it does not vary.
    fn place(&mut self, own: &[(usize, &Deed)], field: Field) -> Option<(String, Form)> {
        let uses: Vec<_> = own.iter().filter_map(|(at, deed)| Some((*at, *deed, deed.bound(field)?))).collect();
        let (at, deed, first) = *uses.first()?;
        if uses.len() < own.len() {
            return None;
        }
        if first.source == Source::Item {
            return Some(("item".to_owned(), first.form));
        }
        let texts: Vec<_> = uses.iter().map(|(at, _, own)| stems(&self.text(*at, &own.source))).collect();
        if texts.len() > 1 && texts.iter().all(|text| Some(text) == texts.first()) {
            return None;
        }
        let sources: Vec<_> = uses.iter().map(|(at, _, own)| (*at, own.source.clone())).collect();
        Some((self.named(&sources, (at, deed, field)), first.form))
    }

    /// What the goal says in `field`, if all demonstrations have it there and it does not vary.
    fn said(&self, own: &[(usize, &Deed)], field: Field) -> Option<String> {
        let (at, deed) = own.first()?;
        let all = own.len() > 1 && own.iter().all(|(_, deed)| deed.bound(field).is_some());
        let source = &deed.bound(field).filter(|_| all)?.source;
        Some(self.text(*at, source))
    }

    /// The name of the place with these sources, which is made if it is not there yet.
    fn named(&mut self, sources: &[(usize, Source)], (at, deed, field): (usize, &Deed, Field)) -> String {
        let same = |place: &&mut Place| {
            let known = |(at, source): &(usize, Source)| match place.sources.get(*at) {
                Some(Some(known)) => Some(known == source),
                _ => None,
            };
            let agrees: Vec<bool> = sources.iter().filter_map(known).collect();
            !agrees.is_empty() && agrees.into_iter().all(|agrees| agrees)
        };
        if let Some(place) = self.found.iter_mut().find(same) {
            for (at, source) in sources {
                if let Some(known) = place.sources.get_mut(*at) {
                    *known = Some(source.clone());
                }
            }
            return place.name.clone();
        }
        let taken: Vec<_> = self.found.iter().map(|place| place.name.clone()).collect();
        let name = match (sources.first(), self.all.get(at)) {
            (Some((_, Source::Input(name))), _) => name::unique(name, &taken),
            (Some((_, Source::Goal(from, to))), Some(told)) => {
                self.given(told, (*from, *to)).unwrap_or_else(|| name::name(told, deed, (field, *from), &taken))
            }
            _ => name::unique("value", &taken),
        };
        let mut place = Place { name: name.clone(), sources: vec![None; self.all.len()], list: false };
        for (at, source) in sources {
            if let Some(known) = place.sources.get_mut(*at) {
                *known = Some(source.clone());
            }
        }
        self.found.push(place);
        name
    }

    /// The name of the input that these words of the goal are.
    fn given(&self, told: &Told, (from, to): (usize, usize)) -> Option<String> {
        let said = stems(told.goal.slice(from, to));
        told.inputs.iter().find(|(_, value)| stems(value) == said).map(|(name, _)| name.clone())
    }

    fn each(&mut self, own: &[(usize, &Deed)]) -> Result<Option<Each>, SkillError> {
        let rounds: Vec<(usize, &Deed, &Round)> =
            own.iter().filter_map(|(at, deed)| Some((*at, *deed, deed.each.as_ref()?))).collect();
        let Some((at, deed, first)) = rounds.first().copied() else { return Ok(None) };
        let often = |count: usize| format!("{count} times");
        if rounds.len() < own.len() {
            return Err(contradiction(own, &often(first.rounds), "once"));
        }
        let every = rounds.iter().all(|(_, _, round)| round.over == Over::EveryRecord);
        if every {
            return Ok(Some(Each::Record(None)));
        }
        let sources: Vec<_> = rounds
            .iter()
            .filter_map(|(at, _, round)| round.said.map(|(from, to)| (*at, Source::Goal(from, to))))
            .collect();
        if sources.len() < rounds.len() {
            let other = rounds.iter().map(|(_, _, round)| round.rounds).find(|count| *count != first.rounds);
            return Err(contradiction(own, &often(first.rounds), &often(other.unwrap_or(1))));
        }
        let name = self.named(&sources, (at, deed, Field::Name));
        Ok(Some(match first.over {
            Over::Items => {
                self.found.iter_mut().filter(|place| place.name == name).for_each(|place| place.list = true);
                Each::Item(name)
            }
            Over::Times => Each::Times(name),
            Over::Records | Over::EveryRecord => Each::Record(Some(name)),
        }))
    }

    /// What stands at a source of a demonstration.
    fn text(&self, at: usize, source: &Source) -> String {
        let Some(told) = self.all.get(at) else { return String::new() };
        match source {
            Source::Goal(from, to) => said(&told.goal, *from, *to),
            Source::Input(name) => told.inputs.get(name).cloned().unwrap_or_default(),
            Source::Item => String::new(),
        }
    }

    /// The words of a deed that are filled in.
    fn bound_words(&self, at: usize, deed: &Deed) -> Vec<String> {
        let own = deed.uses.iter().map(|own| self.text(at, &own.source));
        let listed =
            deed.each.iter().filter_map(|round| round.said).map(|(from, to)| self.text(at, &Source::Goal(from, to)));
        own.chain(listed).flat_map(|text| stems(&text)).collect()
    }

    /// The goal with its places, and the parameters.
    pub(super) fn goal(&self) -> (Template, BTreeMap<String, Parameter>) {
        let Some(told) = self.all.first() else { return (Template::default(), BTreeMap::new()) };
        let mut spots: Vec<(usize, usize, &str)> = self
            .found
            .iter()
            .filter_map(|place| match place.sources.first() {
                Some(Some(Source::Goal(from, to))) => Some((*from, *to, place.name.as_str())),
                _ => None,
            })
            .collect();
        spots.sort_unstable();
        let word = |index: usize| told.goal.words.get(index);
        let (mut goal, mut end, mut next) = (Template::default(), 0, 0);
        for (from, to, name) in spots.into_iter() {
            let (Some(first), Some(last)) = (word(from), to.checked_sub(1).and_then(word)) else { continue };
            if from < next {
                continue;
            }
            goal = goal.then(told.goal.text.get(end..first.start).unwrap_or_default()).place(name, Form::Said);
            (end, next) = (last.end, to);
        }
        goal = goal.then(told.goal.text.get(end..).unwrap_or_default());
        (goal, self.found.iter().map(|place| (place.name.clone(), self.parameter(place))).collect())
    }

    fn parameter(&self, place: &Place) -> Parameter {
        let sources: Vec<_> =
            place.sources.iter().enumerate().filter_map(|(at, source)| Some((at, source.as_ref()?))).collect();
        let mut examples: Vec<_> = sources.iter().map(|(at, source)| self.text(*at, source)).collect();
        let is_day = |(at, source): &(usize, &Source)| match (source, self.all.get(*at)) {
            (Source::Goal(from, to), Some(told)) => told
                .goal
                .spans
                .iter()
                .any(|span| (span.from, span.to) == (*from, *to) && matches!(span.kind, instruction::Kind::Day(_))),
            _ => false,
        };
        let kind = match () {
            () if place.list => Kind::List,
            () if sources.iter().all(is_day) => Kind::Day,
            () if examples.iter().all(|text| Form::Digits.of(text).is_some()) => Kind::Number,
            () => Kind::Text,
        };
        examples.dedup();
        Parameter { kind, examples }
    }

    /// What was filled in, for each demonstration.
    pub(super) fn values(&self) -> Vec<BTreeMap<String, String>> {
        let of = |at: usize| {
            let value = |place: &Place| Some((place.name.clone(), self.text(at, place.sources.get(at)?.as_ref()?)));
            self.found.iter().filter_map(value).collect()
        };
        (0..self.all.len()).map(of).collect()
    }
}

/// The words of a goal from one up to another, without what they are quoted by.
fn said(goal: &Instruction, from: usize, to: usize) -> String {
    let quoted =
        goal.spans.iter().find(|span| (span.from, span.to) == (from, to) && span.kind == instruction::Kind::Quoted);
    quoted.map_or_else(|| goal.slice(from, to).to_owned(), |span| span.text.clone())
}

/// The row with all of it in a loop, if a part of it is.
fn looped(row: &Row) -> Row {
    let items = |deed: &Deed| deed.each.as_ref().filter(|round| round.over == Over::Items).map(|round| round.number);
    let Some(number) = row.iter().flatten().find_map(items) else { return row.clone() };
    let mut row = row.clone();
    row.iter_mut().flatten().filter(|deed| deed.each.is_none()).for_each(|deed| fold::of_one(deed, number));
    row
}

/// The name of the element, with a place for the words that are filled in.
fn name_with(deed: &Deed, place: &str) -> Template {
    let (Some(seen), Some(own)) = (&deed.seen, deed.bound(Field::Name)) else { return Template::default() };
    let name = &seen.element.name;
    let cut = Instruction::read(name).words;
    let (first, last) = (cut.get(own.words.0), own.words.1.checked_sub(1).and_then(|last| cut.get(last)));
    let (start, end) = (first.map_or(0, |word| word.start), last.map_or(name.len(), |word| word.end));
    let part = |range: std::ops::Range<usize>| name.get(range).unwrap_or_default();
    Template::default().then(part(0..start)).place(place, own.form).then(part(end..name.len()))
}

fn contradiction(own: &[(usize, &Deed)], one: &str, other: &str) -> SkillError {
    let step = own.first().map_or(String::new(), |(_, deed)| {
        let element = deed.seen.as_ref().map(|seen| seen.description.told());
        format!("{} {}", deed.verb, element.unwrap_or_default()).trim().to_owned()
    });
    SkillError::Contradiction { step, one: one.to_owned(), other: other.to_owned() }
}
