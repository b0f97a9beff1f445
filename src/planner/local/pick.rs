//! Which of several is meant: the one that is counted to, the most, the one of a colour, the day.

use super::{
    candidates::{Candidate, clause},
    colours,
    features::Feature as F,
    instruction::Kind,
    press::kind_of,
    scene::Element,
    situation::Situation,
    values,
    words::{self, Verb},
};

/// Whether it is the one that is counted to, that is the most, or that has the colour.
pub(super) fn chosen(now: &Situation<'_>, element: &Element, press: &mut Candidate) {
    if let Some((number, word)) = now.ordinal.filter(|(_, word)| !now.progress.taken.contains(word)) {
        counted(now, element, press, (number, word));
        // Ada's last message is told by her name; when it is open, nothing in it is to be the last.
        if number < 0 && now.records.get(&element.record).is_some_and(|own| *own > 0.9) {
            press.takes([word]);
        }
    }
    if let Some((most, winners)) = &now.most {
        let inside = now.scene.records.get(&element.record).is_some_and(|inside| inside.len() < 8);
        let wins = element.record != 0 && inside && winners.contains(&element.record);
        press.features.mark(F::Most, wins);
        press.features.mark(F::OtherMost, !wins && element.place_among.1 > 1 && element.record != 0 && inside);
        if wins {
            press.position = press.position.or(Some(most.word));
            press.takes([most.word]);
            let opens = now.told.words.get(most.word).is_some_and(|word| word.governed == Some(Verb::Open));
            let inside = now.scene.records.get(&element.record).into_iter().flatten();
            let first = inside.filter_map(|at| now.element(*at)).find(|own| own.leads());
            if opens && first.is_some_and(|first| first.identity == element.identity) {
                press.features.mark(F::Enters, true);
                press.asked = true;
            }
        }
    }
    if let Some((colour, word)) = now.colour {
        let own = colours::nearest(&element.colour).filter(|_| element.stems.len() < 4);
        let marked = element.marks.iter().any(|mark| mark == colour) || element.stems.iter().any(|own| own == colour);
        let hit = own == Some(colour) || marked;
        press.features.mark(F::Colour, hit && !now.progress.taken.contains(&word));
        press.features.mark(F::OtherColour, !hit && own.is_some());
        if hit {
            press.position = press.position.or(Some(word));
            press.asked |= !now.progress.taken.contains(&word);
            press.takes([word]);
        }
    }
    if let Some(truth) = holds(element) {
        let said =
            now.told.words.iter().position(|word| word.quote == 0 && element.stems.iter().any(|own| word.is(own)));
        if let Some(word) = said {
            // What was said of a row is not said of it again.
            let fresh = now.progress.times(element.identity, "click") == 0;
            press.features.mark(F::True, truth && fresh);
            press.features.mark(F::False, !truth);
            press.features.mark(F::TakenMention, !fresh);
            press.position = Some(word);
            press.asked = truth && fresh;
        }
    }
}

/// What an ordinal says of it. Where things stand on several pages, they are counted through.
fn counted(now: &Situation<'_>, element: &Element, press: &mut Candidate, (number, word): (i32, usize)) {
    let (at, total) = element.place_among;
    let before = now.scene.pager.as_ref();
    let is_page = before.is_some_and(|pager| {
        pager.pages.iter().any(|(_, index)| now.element(*index).is_some_and(|page| page.identity == element.identity))
    });
    let nouns: Vec<&str> = clause(now, word)
        .into_iter()
        .skip(1)
        .filter_map(|at| now.told.words.get(at))
        .filter(|word| !word.stop)
        .map(|word| word.stem.as_str())
        .collect();
    let of_kind = nouns.iter().any(|noun| {
        element.marks.iter().chain(element.context.iter()).any(|own| own == noun)
            || words::kind_fits(noun, &element.role) == Some(true)
            || kind_of(noun, element)
    });
    let wanted = usize::try_from(number).ok();
    if let (Some(pager), Some(wanted)) = (before, wanted) {
        let page_size = now
            .scene
            .elements
            .iter()
            .filter(|element| {
                element.role == "link"
                    && element.place_among.1 > 1
                    && element.name.parse::<usize>().is_err()
                    && element.stems.iter().any(|word| word.len() > 1)
            })
            .map(|element| element.place_among.1)
            .max()
            .unwrap_or(0);
        if page_size > 1 {
            let page = wanted.saturating_sub(1) / page_size + 1;
            if is_page {
                let towards = page != pager.current && element.name == page.to_string();
                press.features.mark(F::ToPage, towards);
                press.position = press.position.take().filter(|_| towards).or(towards.then_some(word));
                press.note.took.clear();
                return;
            }
            let hit = total == page_size && page == pager.current && at == (wanted - 1) % page_size + 1;
            press.features.mark(F::Ordinal, hit);
            press.features.mark(F::OtherOrdinal, !hit);
            if hit {
                counts(now, press, word);
            }
            return;
        }
    }
    let fits = total > 1 && (of_kind || total > 2) && !is_page;
    let hit = fits && if number < 0 { at == total } else { Some(at) == wanted };
    press.features.set(F::Ordinal, if hit { if of_kind { 1.0 } else { 0.5 } } else { 0.0 });
    press.features.mark(F::OtherOrdinal, fits && !hit);
    if hit {
        counts(now, press, word);
    }
}

/// What is counted to is meant, whatever else the instruction says of its name.
fn counts(now: &Situation<'_>, press: &mut Candidate, word: usize) {
    press.position = Some(word);
    press.features.set(F::TakenMention, 0.0);
    press.features.set(F::VerbClash, 0.0);
    press.takes(clause(now, word));
}

/// Whether what it is called is true of the number in its row; nothing if it is called nothing of the kind.
fn holds(element: &Element) -> Option<bool> {
    let [word] = element.stems.as_slice() else { return None };
    let number = *values::numbers(&element.around_text).first()?;
    let odd = (number.rem_euclid(2.0) - 1.0).abs() < 1e-9;
    match word.as_str() {
        "odd" | "ungerade" | "홀수" => Some(odd),
        "even" | "gerade" | "짝수" => Some(!odd),
        "positive" | "positiv" | "양수" => Some(number > 0.0),
        "negative" | "negativ" | "음수" => Some(number < 0.0),
        _ => None,
    }
}

/// What it has to do with the day that is asked for.
pub(super) fn dated(now: &Situation<'_>, index: usize, element: &Element, press: &mut Candidate) {
    let left = now.spans.iter().filter(|span| !now.progress.has(span.from, span.to));
    let Some((day, span)) = left
        .filter_map(|span| match span.kind {
            Kind::Day(day) => Some((day, span)),
            _ => None,
        })
        .next()
    else {
        let of_calendar =
            now.scene.calendar.as_ref().is_some_and(|calendar| calendar.days.iter().any(|(_, of)| *of == index));
        press.features.mark(F::OtherDay, of_calendar && !press.asked);
        return;
    };
    let Some(calendar) = &now.scene.calendar else {
        let date =
            element.means("date")
                || element.marks.iter().chain(element.label.iter()).any(|mark| {
                    matches!(mark.as_str(), "date" | "datepicker" | "calendar" | "datum" | "hasdatepicker")
                });
        let fillable = element.is_field() && !element.is("readonly");
        press.features.mark(F::OpensCalendar, date && !fillable && (element.is_field() || element.tag == "button"));
        if date && element.is("readonly") {
            press.position = Some(span.from);
            press.asked = true;
            press.features.set(F::Again, 0.0);
            press.features.set(F::TakenMention, 0.0);
        }
        press.note.took.retain(|word| !(span.from..span.to).contains(word));
        return;
    };
    let month = calendar.month;
    if let Some((number, _)) = calendar.days.iter().find(|(_, of)| *of == index) {
        let hit = month.is_none_or(|month| month == day.months()) && *number == day.day;
        press.features.mark(F::Day, hit);
        press.features.mark(F::OtherDay, !hit);
        if hit {
            press.position = Some(span.from);
            press.asked = true;
            press.takes(span.from..span.to);
        }
    } else if let Some(month) = month {
        let forward = element.means("next");
        let backward = element.means("prev") || element.means("back");
        let towards = forward && month < day.months() || backward && month > day.months();
        press.features.mark(F::ToMonth, towards);
        press.features.mark(F::WrongStep, (forward || backward) && !towards);
        if towards {
            press.features.set(F::Again, 0.0);
            press.features.set(F::Leaves, 0.0);
            press.position = Some(span.from);
            press.note.took.clear();
        }
    }
}
