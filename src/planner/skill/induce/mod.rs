//! From demonstrations to a skill: what varies is filled in, what stays is done as it was shown.

mod bind;
mod deed;
mod ending;
mod fold;
mod merge;
mod name;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use ending::{is_at, is_line};

use self::{
    bind::Care,
    deed::{Deed, Told},
    merge::Places,
};
use super::{Demonstration, Skill, SkillError};

/// The skill `name` that `demonstrations` show.
///
/// # Errors
///
/// [`SkillError::Empty`] if nothing was done, [`SkillError::Intent`] if they want different things,
/// [`SkillError::Contradiction`] if the goals do not explain how they differ.
pub(super) fn induce(name: &str, demonstrations: &[Demonstration]) -> Result<Skill, SkillError> {
    let care = if demonstrations.len() == 1 { Care::One } else { Care::Several };
    let mut all: Vec<Told> = demonstrations.iter().map(Told::read).collect::<Result<_, _>>()?;
    for told in &mut all {
        bind::bind(told, care);
        fold::fold(told);
    }
    let rows = align(&all)?;
    let first = demonstrations.first().ok_or(SkillError::Empty)?;
    let mut places = Places::new(&all);
    let steps = rows.iter().map(|row| places.step(row)).collect::<Result<Vec<_>, _>>()?;
    let (goal, parameters) = places.goal();
    let values = places.values();
    for (told, values) in all.iter().zip(&values).skip(1) {
        let same = goal.align(&told.goal.text, &parameters).is_some_and(|found| fits(&found, values));
        if !same {
            return Err(SkillError::Intent { one: first.goal.clone(), other: told.goal.text.clone() });
        }
    }
    Ok(Skill {
        name: name.to_owned(),
        goal,
        at: first.at.clone(),
        sites: sites(demonstrations),
        parameters,
        steps,
        end: ending::ending(demonstrations, &values),
        demonstrations: demonstrations.len(),
        ran: 0,
        worked: 0,
    })
}

/// Whether a goal was read as it is meant.
fn fits(found: &BTreeMap<String, String>, values: &BTreeMap<String, String>) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    found.iter().all(|(name, value)| values.get(name).is_none_or(|known| plain(known) == plain(value)))
}

/// The origins of the pages that something was done on, and of where it began.
pub(super) fn sites(demonstrations: &[Demonstration]) -> Vec<String> {
    let mut sites = BTreeSet::new();
    for shown in demonstrations {
        let begins = url::Url::parse(&shown.at).ok();
        let pages = shown.moments.iter().map(|moment| &moment.page).chain(&shown.end);
        let urls = begins.iter().chain(pages.map(|page| &page.url));
        sites.extend(urls.filter(|url| url.has_host()).map(|url| url.origin().ascii_serialization()));
    }
    sites.into_iter().collect()
}

/// The deeds that are the same one in several demonstrations: for each demonstration the deed, if it has one.
type Row = Vec<Option<Deed>>;

/// Lays the deeds of all demonstrations along each other.
fn align(all: &[Told]) -> Result<Vec<Row>, SkillError> {
    let mut rows: Vec<Row> = Vec::new();
    for (count, told) in all.iter().enumerate() {
        let pairs = common(&rows, &told.deeds);
        if count > 0 && pairs.len() * 2 < rows.len().max(told.deeds.len()) {
            let one = all.first().map_or(String::new(), |told| told.goal.text.clone());
            return Err(SkillError::Intent { one, other: told.goal.text.clone() });
        }
        rows = woven(rows, &told.deeds, &pairs, count);
    }
    Ok(rows)
}

/// The longest sequence of deeds that are in both, as pairs of places.
fn common(rows: &[Row], deeds: &[Deed]) -> Vec<(usize, usize)> {
    let like = |row: &Row, deed: &Deed| row.iter().flatten().next().is_some_and(|own| own.is_like(deed));
    let mut lengths = vec![vec![0_usize; deeds.len() + 1]; rows.len() + 1];
    let length = |lengths: &[Vec<usize>], row: usize, deed: usize| {
        lengths.get(row).and_then(|line| line.get(deed)).copied().unwrap_or(0)
    };
    for (at, row) in rows.iter().enumerate().rev() {
        for (place, deed) in deeds.iter().enumerate().rev() {
            let taken = if like(row, deed) { length(&lengths, at + 1, place + 1) + 1 } else { 0 };
            let best = taken.max(length(&lengths, at + 1, place)).max(length(&lengths, at, place + 1));
            if let Some(cell) = lengths.get_mut(at).and_then(|line| line.get_mut(place)) {
                *cell = best;
            }
        }
    }
    let (mut at, mut place, mut pairs) = (0, 0, Vec::new());
    while let (Some(row), Some(deed)) = (rows.get(at), deeds.get(place)) {
        let here = length(&lengths, at, place);
        if like(row, deed) && here == length(&lengths, at + 1, place + 1) + 1 {
            pairs.push((at, place));
            (at, place) = (at + 1, place + 1);
        } else if here == length(&lengths, at + 1, place) {
            at += 1;
        } else {
            place += 1;
        }
    }
    pairs
}

/// The rows with the deeds of one more demonstration, before which there were `count`.
fn woven(rows: Vec<Row>, deeds: &[Deed], pairs: &[(usize, usize)], count: usize) -> Vec<Row> {
    let mut woven = Vec::new();
    let mut next = 0;
    let alone = |deed: &Deed| {
        let mut row: Row = vec![None; count];
        row.push(Some(deed.clone()));
        row
    };
    for (at, mut row) in rows.into_iter().enumerate() {
        let paired = pairs.iter().find(|(own, _)| *own == at).map(|(_, place)| *place);
        if let Some(place) = paired {
            woven.extend(deeds.get(next..place).unwrap_or_default().iter().map(alone));
            next = place + 1;
        }
        row.push(paired.and_then(|place| deeds.get(place)).cloned());
        woven.push(row);
    }
    woven.extend(deeds.get(next..).unwrap_or_default().iter().map(alone));
    woven
}
