//! Days and times.

use super::{
    plain::one,
    words::{ENDS, ending},
};
use crate::{
    chance::Chance,
    lesson::{Deed, Episode, Stage},
    sketch::Sketch,
};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(crate) fn calendar(chance: &mut Chance) -> Episode {
    let (month, day) = (chance.within(1, 12), chance.within(1, 28));
    let start = (month + 11 + chance.within(0, 2) - 1) % 12 + 1;
    let field = 1;
    let button = chance.pick(ENDS);
    let sketch = |value: &str, shown: Option<usize>| {
        let mut page = Sketch::default();
        page.add("textbox", "", "input/text");
        page.row(field).value = Some(value.to_owned());
        page.row(field).states.push("readonly".to_owned());
        page.detail(field).label = "Date".to_owned();
        page.detail(field).marks = "datepicker".to_owned();
        let end = page.button(button);
        let mut numbers = (end, 0, 0, Vec::new());
        if let Some(month) = shown {
            page.line(&format!("{} 2025", MONTHS[month - 1]));
            numbers.1 = page.add("clickable", "Prev", "a");
            numbers.2 = page.add("clickable", "Next", "a");
            numbers.3 = (1..=28).map(|day| page.add("link", &day.to_string(), "a")).collect();
        }
        (page, numbers)
    };
    let date = match chance.below(3) {
        0 => format!("{month:02}/{day:02}/2025"),
        1 => format!("{} {day}, 2025", MONTHS[month - 1]),
        _ => format!("2025-{month:02}-{day:02}"),
    };
    let told = match chance.below(3) {
        0 => format!("Select {date} as the date{}", ending(button, chance)),
        1 => format!("Choose the date {date}{}", ending(button, chance)),
        _ => format!("Set the date to {date}{}", ending(button, chance)),
    };
    let (page, (end, ..)) = sketch("", None);
    let mut stages = vec![Stage { page, deeds: vec![vec![Deed::Press(field)]] }];
    let mut shown = start;
    while shown != month {
        let (page, (_, prev, next, _)) = sketch("", Some(shown));
        let forward = month > shown;
        stages.push(Stage { page: page.fresh(), deeds: vec![vec![Deed::Press(if forward { next } else { prev })]] });
        shown = if forward { shown + 1 } else { shown - 1 };
    }
    let (page, (.., days)) = sketch("", Some(month));
    stages.push(Stage { page: page.fresh(), deeds: vec![vec![Deed::Press(days[day - 1])]] });
    let (page, _) = sketch(&format!("{month:02}/{day:02}/2025"), None);
    stages.push(Stage { page, deeds: vec![vec![Deed::Press(end)]] });
    Episode { told, stages }
}

pub(crate) fn fields(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let button = chance.pick(ENDS);
    let timed = chance.happens(50);
    let (shown, value, tag, name) = if timed {
        let (hour, minute) = (chance.within(1, 11), chance.within(0, 59));
        let late = chance.happens(50);
        let shown = format!("{hour}:{minute:02} {}", if late { "PM" } else { "AM" });
        (shown, format!("{:02}:{minute:02}", if late { hour + 12 } else { hour }), "input/time", "Time")
    } else {
        let (month, day) = (chance.within(1, 12), chance.within(1, 28));
        (format!("{month:02}/{day:02}/2025"), format!("2025-{month:02}-{day:02}"), "input/date", "Date")
    };
    let field = page.add("textbox", if chance.happens(50) { name } else { "" }, tag);
    let end = page.button(button);
    let told = format!(
        "{} {shown} as the {}{}",
        chance.pick(&["Enter", "Type", "Set"]),
        name.to_lowercase(),
        ending(button, chance)
    );
    one(told, page, vec![vec![Deed::Fill(field, value)], vec![Deed::Press(end)]], chance)
}
