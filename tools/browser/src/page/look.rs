//! A look: what the library saw, and what of it fits into what a planner is to read.

use lamassu_contract::{Detail, Page, Row, Table};
use serde::Deserialize;

use super::{Described, Place};
use crate::escape;

/// Bytes of a token, roughly.
const TOKEN: usize = 4;
/// The share of a look that is kept for text, if there is as much.
const TEXT_SHARE: usize = 4;

/// A look at the page.
#[derive(Debug, Deserialize)]
pub(crate) struct Looked {
    #[serde(flatten)]
    pub(crate) place: Place,
    rows: Vec<Candidate>,
    /// Further rows, if details were asked for.
    more: Vec<Candidate>,
    lines: Vec<Line>,
    left: Left,
    /// Addresses of frames that belong to other sites.
    frames: Vec<String>,
}

/// A row with what it stands for, and what it is worth.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Candidate {
    #[serde(flatten)]
    row: Row,
    meaning: Described,
    #[serde(default)]
    score: f64,
    #[serde(default)]
    zone: Zone,
}

/// Where something lies, seen from what is shown of the page.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Zone {
    #[default]
    View,
    Near,
    Above,
    Below,
    Offscreen,
}

/// A line of the page's text.
#[derive(Debug, Deserialize)]
struct Line {
    text: String,
    score: f64,
}

/// How many controls are not shown, by where they are.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Left {
    view: usize,
    near: usize,
    above: usize,
    below: usize,
    offscreen: usize,
    covered: usize,
}

impl Candidate {
    /// The row with everything in it escaped.
    pub(crate) fn shown(&self) -> Row {
        let row = &self.row;
        Row {
            reference: row.reference,
            role: row.role.clone(),
            name: escape::quoted(&row.name),
            context: escape::bracketed(&row.context),
            value: row.value.as_deref().map(escape::quoted),
            states: row.states.clone(),
            options: row.options.iter().map(|option| escape::listed(option)).collect(),
            change: row.change,
            advice: None,
            detail: row.detail.as_deref().map(|detail| {
                Box::new(Detail {
                    marks: escape::line(&detail.marks),
                    label: escape::line(&detail.label),
                    around: escape::line(&detail.around),
                    ..detail.clone()
                })
            }),
        }
    }

    /// What its reference stood for.
    pub(crate) fn meaning(&self) -> &Described {
        &self.meaning
    }
}

impl Left {
    fn add(&mut self, zone: Zone) {
        let count = match zone {
            Zone::View => &mut self.view,
            Zone::Near => &mut self.near,
            Zone::Above => &mut self.above,
            Zone::Below => &mut self.below,
            Zone::Offscreen => &mut self.offscreen,
        };
        *count += 1;
    }

    fn notes(self) -> Vec<String> {
        let here = self.view + self.near;
        let notes = [
            (here, format!("{here} more here were left out; `find` or name them")),
            (self.above, format!("above: {} more; `scroll` up or `find`", self.above)),
            (self.below, format!("below: {} more; `scroll` or `find`", self.below)),
            (self.offscreen, format!("{} more are scrolled out of their box; `find` or name them", self.offscreen)),
            (self.covered, format!("{} more are covered by something", self.covered)),
        ];
        notes.into_iter().filter(|(count, _)| *count > 0).map(|(_, note)| note).collect()
    }
}

impl Looked {
    /// What the references of this look stood for.
    pub(crate) fn meanings(&self) -> impl Iterator<Item = &Described> {
        self.rows.iter().chain(&self.more).map(Candidate::meaning)
    }

    /// The look in the contract's words, of `tokens` at most when it is rendered; `None` if no page is open.
    ///
    /// What is worth least is left out first, and said to be. The rest stays in the order of the page.
    pub(crate) fn page(&self, tokens: usize) -> Option<Page> {
        let mut page = Page {
            url: self.place.page()?,
            title: escape::quoted(&self.place.title),
            table: Table::default(),
            text: String::new(),
            more: self.more.iter().map(Candidate::shown).collect(),
        };
        let rows: Vec<_> = self.rows.iter().map(Candidate::shown).collect();
        let lines: Vec<_> = self.lines.iter().map(|line| (escape::line(&line.text), line.score)).collect();
        // The heading, and the notes as long as they can become.
        let most =
            self.notes(Left { above: 9999, below: 9999, offscreen: 9999, covered: 9999, view: 9999, near: 0 }, 999);
        let fixed = page.to_string().len() + most.iter().map(|note| note.len() + 3).sum::<usize>() + "text:\n".len();
        let room = (tokens * TOKEN).saturating_sub(fixed);
        let text: usize = lines.iter().map(|(line, _)| line.len() + 1).sum();
        let sizes = rows.iter().zip(&self.rows).map(|(row, candidate)| (row.to_string().len() + 1, candidate.score));
        let sizes: Vec<_> = sizes.collect();
        let (kept, used) = choose(&sizes, room - text.min(room / TEXT_SHARE));
        let mut left = self.left;
        for ((row, candidate), kept) in rows.into_iter().zip(&self.rows).zip(kept) {
            if kept {
                page.table.rows.push(row);
            } else {
                left.add(candidate.zone);
                page.more.extend(row.detail.is_some().then_some(row));
            }
        }
        page.more.sort_by_key(|row| row.detail.as_ref().map(|detail| detail.order));
        let sizes: Vec<_> = lines.iter().map(|(line, score)| (line.len() + 1, *score)).collect();
        let (kept, _) = choose(&sizes, room - used);
        let cut = kept.iter().filter(|kept| !**kept).count();
        let kept = lines.into_iter().zip(kept).filter_map(|((line, _), kept)| kept.then_some(line));
        page.text = kept.collect::<Vec<_>>().join("\n");
        page.table.notes = self.notes(left, cut);
        Some(page)
    }

    fn notes(&self, left: Left, lines: usize) -> Vec<String> {
        let mut notes = left.notes();
        let frames = self.frames.iter();
        notes.extend(
            frames.map(|frame| format!("a frame of another origin, `frame` goes into it: {}", escape::quoted(frame))),
        );
        if lines > 0 {
            notes.push(format!("{lines} lines of the text were left out; `read`"));
        }
        notes
    }
}

/// Which of things of some `(bytes, worth)` fit into `room` when the best are taken first, and the
/// room they take.
fn choose(things: &[(usize, f64)], room: usize) -> (Vec<bool>, usize) {
    let mut order: Vec<_> = things.iter().copied().enumerate().collect();
    order.sort_by(|(_, (_, one)), (_, (_, other))| other.total_cmp(one));
    let mut kept = vec![false; things.len()];
    let mut used = 0;
    for (index, (size, _)) in order {
        if used + size > room {
            continue;
        }
        used += size;
        if let Some(kept) = kept.get_mut(index) {
            *kept = true;
        }
    }
    (kept, used)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_taken_first_and_what_still_fits_after_them() {
        let things = [(30, 1.0), (50, 3.0), (40, 2.0), (10, 1.0)];
        assert_eq!(choose(&things, 92), (vec![false, true, true, false], 90));
        assert_eq!(choose(&[(30, 1.0), (50, 3.0), (20, 1.0)], 70), (vec![false, true, true], 70));
    }
}
