//! What takes time or several pages.

use super::words::{CITIES, THINGS, code, ending, prose};
use crate::{
    chance::Chance,
    lesson::{Deed, Episode, Stage},
    sketch::Sketch,
};

pub(crate) fn pages(chance: &mut Chance) -> Episode {
    let size = chance.within(2, 4);
    let wanted = chance.within(1, size * 3);
    let page_of = |wanted: usize| (wanted - 1) / size + 1;
    let mark = chance.pick(&["result title", "entry", "hit result", "post"]);
    let noun = if mark.contains("result") { "result" } else { mark };
    let what = chance.pick(THINGS);
    let suffix = match wanted {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
    let (field, button) = (1, 2);
    let form = |page: &mut Sketch, value: &str| {
        page.add("textbox", "", "input/text");
        page.row(field).value = Some(value.to_owned());
        page.detail(field).marks = "search".to_owned();
        page.button("Search");
        page.detail(button).marks = "search".to_owned();
    };
    let mut start = Sketch::default();
    form(&mut start, "");
    let told = match chance.below(3) {
        0 => format!("Enter \"{what}\" and press \"Search\", then find and click the {wanted}{suffix} search {noun}."),
        1 => format!("Search for \"{what}\" and open the {wanted}{suffix} {noun}."),
        _ => format!("Type \"{what}\" in the search field, press Search and click on the {wanted}{suffix} {noun}"),
    };
    let mut stages =
        vec![Stage { page: start, deeds: vec![vec![Deed::Fill(field, what.to_owned())], vec![Deed::Press(button)]] }];
    let shown = |current: usize, chance: &mut Chance| {
        let mut page = Sketch::default();
        form(&mut page, what);
        let titles: Vec<u32> = (0..size)
            .map(|_| {
                page.open(&prose(chance, 3, 6));
                let title = if chance.happens(15) { what.to_owned() } else { prose(chance, 1, 2) };
                let number = page.add("link", &title, "a");
                page.detail(number).marks = mark.to_owned();
                number
            })
            .collect();
        page.close();
        let numbers: Vec<u32> = (1..=3)
            .map(|number: usize| {
                let link = page.add("link", &number.to_string(), "a");
                page.detail(link).marks = if number == current { "page active".to_owned() } else { "page".to_owned() };
                link
            })
            .collect();
        (page.fresh(), titles, numbers)
    };
    if page_of(wanted) > 1 {
        let (page, _, numbers) = shown(1, chance);
        stages.push(Stage { page, deeds: vec![vec![Deed::Press(numbers[page_of(wanted) - 1])]] });
    }
    let (page, titles, _) = shown(page_of(wanted), chance);
    stages.push(Stage { page, deeds: vec![vec![Deed::Press(titles[(wanted - 1) % size])]] });
    Episode { told, stages }
}

pub(crate) fn condition(chance: &mut Chance) -> Episode {
    let name = chance.pick(&["Buy", "Sell", "Book", "Order", "Start"]);
    let what = chance.pick(&["price", "temperature", "fare", "score"]);
    let bound = chance.within(20, 80);
    let less = chance.happens(50);
    let place = chance.pick(CITIES);
    let page = |number: usize, chance: &mut Chance| {
        let mut page = Sketch::default();
        page.line(&format!("Place: {place}"));
        page.line(&format!("Current {what}: {number}.{}0", chance.below(10)));
        page.button(name);
        page
    };
    let word =
        if less { chance.pick(&["less than", "below", "under"]) } else { chance.pick(&["more than", "above", "over"]) };
    let told = format!(
        "{name} {} {} the {what} is {word} {bound}.",
        chance.pick(&["it", "this one", "one"]),
        chance.pick(&["when", "once", "if"])
    );
    let mut stages: Vec<Stage> = Vec::new();
    for _ in 0..chance.within(0, 3) {
        let off = chance.within(2, 15);
        stages.push(Stage {
            page: page(if less { bound + off } else { bound - off }, chance),
            deeds: vec![vec![Deed::Wait]],
        });
    }
    let off = chance.within(2, 15);
    stages.push(Stage {
        page: page(if less { bound - off } else { bound + off }, chance),
        deeds: vec![vec![Deed::Press(1)]],
    });
    Episode { told, stages }
}

/// What is to be pressed next is not there yet, or is covered.
pub(crate) fn late(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let value = code(chance);
    let field = page.field("Code");
    let button = chance.pick(&["Submit", "Save", "Continue"]);
    let told = format!("Enter the code \"{value}\"{}", ending(button, chance));
    let mut covered = page.clone();
    covered.row(field).value = Some(value.clone());
    for _ in 0..chance.below(8) {
        covered.add("link", &chance.within(1, 31).to_string(), "a");
    }
    let mut after = page.clone();
    after.row(field).value = Some(value.clone());
    let end = after.button(button);
    Episode {
        told,
        stages: vec![
            Stage { page, deeds: vec![vec![Deed::Fill(field, value)]] },
            Stage { page: covered, deeds: vec![vec![Deed::Wait]] },
            Stage { page: after, deeds: vec![vec![Deed::Press(end)]] },
        ],
    }
}
