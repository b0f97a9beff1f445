//! What people know at a glance: a month with its days, and the numbers of further pages.

use super::{dates, scene::Scene};

/// A month with its days.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// The days, as `(day of the month, control)`.
    pub days: Vec<(u32, usize)>,
    /// The month that is shown, in months from the beginning of time.
    pub month: Option<i64>,
}

/// Numbers that lead to further pages.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// The numbers, as `(number of the page, control)`.
    pub pages: Vec<(usize, usize)>,
    /// The number of the page that is shown.
    pub current: usize,
}

impl Scene {
    pub(super) fn find_calendar(&self) -> Option<Calendar> {
        let numbered = self.elements.iter().enumerate().filter(|(_, element)| !element.is_field() && !element.is_box());
        let days: Vec<(u32, usize)> = numbered
            .filter_map(|(index, element)| {
                Some((element.name.trim().parse::<u32>().ok().filter(|day| (1..=31).contains(day))?, index))
            })
            .collect();
        if days.len() < 20 {
            return None;
        }
        let shown = self.lines.iter().find_map(|line| dates::month_of(line));
        let month = shown.or_else(|| {
            let lists =
                self.elements.iter().filter_map(|element| element.value.as_deref()).collect::<Vec<_>>().join(" ");
            dates::month_of(&lists)
        });
        Some(Calendar {
            days,
            month: month.or_else(|| self.elements.iter().find_map(|element| dates::month_of(&element.name))),
        })
    }

    pub(super) fn find_pager(&self) -> Option<Pager> {
        if self.calendar.is_some() {
            return None;
        }
        let linked = self
            .elements
            .iter()
            .enumerate()
            .filter(|(_, element)| matches!(element.role.as_str(), "link" | "button" | "clickable" | "tab"));
        let mut pages: Vec<(usize, usize)> = Vec::new();
        for (index, element) in linked {
            let Ok(number) = element.name.trim().parse::<usize>() else { continue };
            let next = pages.last().map_or(1, |(last, _)| last + 1);
            if number == next {
                pages.push((number, index));
            }
        }
        if pages.len() < 2 {
            return None;
        }
        let shown = |(_, index): &&(usize, usize)| {
            self.elements.get(*index).is_some_and(|element| {
                element.is("current")
                    || element.is("selected")
                    || element.is("pressed")
                    || element.is("disabled")
                    || element.marks.iter().any(|mark| matches!(mark.as_str(), "active" | "current" | "selected"))
            })
        };
        let current = pages.iter().find(shown).map_or(1, |(number, _)| *number);
        Some(Pager { pages, current })
    }
}
