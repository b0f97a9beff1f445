//! Visits: a time of someone on a day, and a form about it.

use super::{
    desk::stage,
    words::{self, PEOPLE, TOPICS},
};
use crate::{
    chance::Chance,
    lesson::{Deed, Episode, Stage},
    sketch::Sketch,
};

const DAYS: [&str; 5] = ["Monday 2 June", "Tuesday 3 June", "Wednesday 4 June", "Thursday 5 June", "Friday 6 June"];
const KINDS: [&str; 3] = ["First visit", "Follow-up", "Prescription"];
const INSURERS: [&str; 3] = ["Helvia", "Norda", "Publica"];

/// What is to be booked.
struct Visit {
    who: Vec<String>,
    times: Vec<String>,
    at: usize,
    time: usize,
    day: usize,
}

impl Visit {
    fn new(chance: &mut Chance) -> Self {
        let count = chance.within(2, 5);
        let names = chance.some(words::FAMILY, count);
        Self {
            who: names.iter().map(|name| format!("Dr. {} {name}", chance.pick(PEOPLE))).collect(),
            times: (0..8).map(|index| format!("{:02}:{}0", 9 + index / 2, index % 2 * 3)).collect(),
            at: chance.below(count),
            time: chance.below(8),
            day: chance.below(5),
        }
    }

    fn told(&self, verb: &str, chance: &mut Chance) -> String {
        let (who, day, time) = (&self.who[self.at], DAYS[self.day], &self.times[self.time]);
        match chance.below(3) {
            0 => format!("{verb} {who} on {day} at {time}"),
            1 => format!("{verb} the {time} slot of {who} on {day}"),
            _ => format!("{verb} {who} at {time} on {day}"),
        }
    }

    /// The times of everyone on one day: the page, its days, and the wanted time.
    fn times(&self, shown: usize, chance: &mut Chance) -> (Sketch, Vec<u32>, u32) {
        let mut page = head();
        let tabs: Vec<u32> = DAYS.iter().map(|name| page.add("button", name, "button/button")).collect();
        page.row(tabs[shown]).states.push("pressed".to_owned());
        let mut slots = Vec::new();
        for name in &self.who {
            page.open(&format!("{name} {} {}", chance.pick(TOPICS), self.times.join(" ")));
            let own: Vec<u32> = self.times.iter().map(|time| page.add("button", time, "button/submit")).collect();
            for (index, reference) in own.iter().enumerate() {
                page.detail(*reference).marks = "slot".to_owned();
                if index != self.time && chance.happens(40) {
                    page.row(*reference).states.push("disabled".to_owned());
                }
            }
            slots.push(own);
        }
        page.close();
        (page, tabs, slots[self.at][self.time])
    }
}

fn head() -> Sketch {
    let mut page = Sketch::default();
    page.button("Doctors");
    page.button("My visits");
    page
}

/// A form about the visit, what is filled in, and the button that goes on.
fn form(kind: usize, insurer: &str, chance: &mut Chance) -> (Sketch, Vec<Deed>, u32) {
    let mut form = head();
    let radios: Vec<u32> = KINDS.iter().map(|kind| form.add("radio", kind, "input/radio")).collect();
    let list = form.list("Insurance", &["Please choose", "Helvia", "Norda", "Publica"]);
    let reason = form.add("textbox", "Reason", "textarea");
    form.detail(reason).marks = "reason".to_owned();
    let terms = form.tick("I agree to the terms");
    let next = form.button(chance.pick(&["Continue", "Book", "Next"]));
    form.button("Back");
    let fills = vec![Deed::Tick(radios[kind]), Deed::Select(list, insurer.to_owned()), Deed::Tick(terms)];
    (form.fresh(), fills, next)
}

pub(crate) fn booking(chance: &mut Chance) -> Episode {
    let visit = Visit::new(chance);
    let books = chance.happens(60);
    let (kind, insurer) = (chance.below(3), chance.pick(&INSURERS));
    let verb = chance.pick(if books { &["Book", "Reserve"] } else { &["Choose", "Select"] });
    let wish = visit.told(verb, chance);
    let mut stages: Vec<Stage> = Vec::new();
    let shown = chance.below(5);
    if shown != visit.day {
        let (page, tabs, _) = visit.times(shown, chance);
        stages.push(stage(page, vec![vec![Deed::Press(tabs[visit.day])]]));
    }
    let (page, _, slot) = visit.times(visit.day, chance);
    stages.push(stage(page, vec![vec![Deed::Press(slot)]]));
    let (form, fills, next) = form(kind, insurer, chance);
    if !books {
        stages.push(stage(form, Vec::new()));
        return Episode { told: format!("{wish}."), stages };
    }
    stages.push(stage(form, vec![fills, vec![Deed::Press(next)]]));
    let mut question = Sketch::default();
    let (who, day, time) = (&visit.who[visit.at], DAYS[visit.day], &visit.times[visit.time]);
    question.boxed(&format!("Book {who} on {day} at {time}? Book now Go back"));
    let yes = question.button("Book now");
    question.button("Go back");
    stages.push(stage(question.fresh(), vec![vec![Deed::Press(yes)]]));
    let kind = KINDS[kind].to_lowercase();
    let told = format!("{wish}. It is a {kind}, the insurance is {insurer}, and I agree to the terms.");
    Episode { told, stages }
}
