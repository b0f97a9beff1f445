//! Pressing, ticking, choosing, unfolding.

use super::words::{self, ENDS, LABELS, LATIN, THINGS, code, ending, listed, perhaps_quoted, prose};
use crate::{
    chance::Chance,
    lesson::{Deed, Episode, Stage},
    sketch::Sketch,
};

pub(super) fn one(told: String, page: Sketch, deeds: Vec<Vec<Deed>>, chance: &mut Chance) -> Episode {
    Episode { told, stages: vec![Stage { page: page.finish(chance), deeds }] }
}

fn names(chance: &mut Chance, count: usize) -> Vec<String> {
    match chance.below(3) {
        0 => chance.some(LABELS, count).into_iter().map(str::to_owned).collect(),
        1 => (0..count).map(|_| code(chance)).collect(),
        _ => chance.some(LATIN, count).into_iter().map(str::to_owned).collect(),
    }
}

pub(crate) fn press(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let count = chance.within(2, 9);
    let all = names(chance, count);
    let (role, tag, kind) = [
        ("button", "button/submit", "button"),
        ("link", "a", "link"),
        ("tab", "div", "tab"),
        ("radio", "input/radio", "option"),
        ("menuitem", "li", "menu item"),
    ][chance.below(5)];
    let numbers: Vec<u32> = all.iter().map(|name| page.add(role, name, tag)).collect();
    let at = chance.below(all.len());
    let name = &all[at];
    let told = match chance.below(7) {
        0 => format!("Click on the \"{name}\" {kind}."),
        1 => format!("Press {name}"),
        2 => format!("click the {kind} \"{name}\""),
        3 => format!("Please click on \"{name}\"."),
        4 => format!("Find the {kind} called \"{name}\" and click it"),
        5 => format!("Select {name}."),
        _ => format!("Switch to the {kind} \"{name}\"."),
    };
    let deed = if role == "radio" { Deed::Tick(numbers[at]) } else { Deed::Press(numbers[at]) };
    one(told, page, vec![vec![deed]], chance)
}

pub(crate) fn in_turn(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let count = chance.within(3, 7);
    let all = names(chance, count);
    let numbers: Vec<u32> = all.iter().map(|name| page.button(name)).collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    chance.shuffle(&mut order);
    let (first, second) = (order[0], order[1]);
    let (a, b) = (perhaps_quoted(&all[first], chance), perhaps_quoted(&all[second], chance));
    let told = match chance.below(4) {
        0 => format!("Click button {a}, then click button {b}."),
        1 => format!("Press {a} and then {b}"),
        2 => format!("First click {a}, then press {b}."),
        _ => format!("Click {a}. Then click {b}."),
    };
    one(told, page, vec![vec![Deed::Press(numbers[first])], vec![Deed::Press(numbers[second])]], chance)
}

pub(crate) fn kind(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let kinds = [
        ("checkbox", "checkbox", "input/checkbox"),
        ("radio", "radio", "input/radio"),
        ("button", "button", "button/submit"),
        ("textarea", "textbox", "textarea"),
        ("link", "link", "a"),
        ("slider", "slider", "input/range"),
    ];
    let mut order: Vec<usize> = (0..kinds.len()).collect();
    chance.shuffle(&mut order);
    order.truncate(chance.within(2, 5));
    let numbers: Vec<u32> = order.iter().map(|at| page.add(kinds[*at].1, &code(chance), kinds[*at].2)).collect();
    let (word, role, _) = kinds[order[0]];
    let told = match chance.below(3) {
        0 => format!("Click on a \"{word}\" widget."),
        1 => format!("Click the {word}"),
        _ => format!("Press on the {word} on this page."),
    };
    let deed = if matches!(role, "checkbox" | "radio") { Deed::Tick(numbers[0]) } else { Deed::Press(numbers[0]) };

    Episode { told, stages: vec![Stage { page, deeds: vec![vec![deed]] }] }
}

pub(crate) fn colours(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let all = [
        ("red", "#ff0000"),
        ("blue", "#0000ee"),
        ("green", "#008800"),
        ("yellow", "#ffee00"),
        ("purple", "#800080"),
        ("orange", "#ff9900"),
        ("black", "#000000"),
        ("pink", "#ffc0cb"),
        ("grey", "#888888"),
    ];
    let mut order: Vec<usize> = (0..all.len()).collect();
    chance.shuffle(&mut order);
    order.truncate(chance.within(3, 6));
    let numbers: Vec<u32> = order
        .iter()
        .map(|at| {
            let reference = page.add("clickable", "", "div");
            page.detail(reference).colour = all[*at].1.to_owned();
            reference
        })
        .collect();
    let colour = all[order[0]].0;
    let told = match chance.below(3) {
        0 => format!("Click on the {colour} box."),
        1 => format!("Choose the {colour} one"),
        _ => format!("Press the {colour} square."),
    };
    one(told, page, vec![vec![Deed::Press(numbers[0])]], chance)
}

pub(crate) fn boxes(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let count = chance.within(3, 12);
    let all = if chance.happens(50) {
        (0..count).map(|_| code(chance)).collect()
    } else {
        chance.some(THINGS, count).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let role = if chance.happens(85) { ("checkbox", "input/checkbox") } else { ("switch", "button/button") };
    let numbers: Vec<u32> = all.iter().map(|name| page.add(role.0, name, role.1)).collect();
    let button = chance.pick(ENDS);
    let end = page.button(button);
    let chosen = chance.within(1, (count - 1).min(6));
    let mut order: Vec<usize> = (0..count).collect();
    chance.shuffle(&mut order);
    order.truncate(chosen);
    let picked: Vec<String> = order.iter().map(|at| all[*at].clone()).collect();
    let verb = chance.pick(&["Select", "Check", "Tick", "Mark", "Choose"]);
    let told = format!("{verb} {}{}", listed(&picked, chance), ending(button, chance));
    let ticks = order
        .iter()
        .map(|at| if role.1.starts_with("input") { Deed::Tick(numbers[*at]) } else { Deed::Press(numbers[*at]) })
        .collect();
    one(told, page, vec![ticks, vec![Deed::Press(end)]], chance)
}

pub(crate) fn choices(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let label = chance.pick(&["Item", "Colour", "Size", "Country", "Delivery", ""]);
    let from = if chance.happens(50) { THINGS } else { words::CITIES };
    let options = chance.some(from, 6);
    let list = page.list(label, &options);
    if chance.happens(40) {
        page.list("Language", &["English", "Deutsch", "한국어"]);
    }
    let button = chance.pick(ENDS);
    let end = page.button(button);
    let option = options[chance.within(1, 5)];
    let shown = perhaps_quoted(option, chance);
    let told = match chance.below(4) {
        0 => format!("Select {shown} from the list{}", ending(button, chance)),
        1 => format!("Choose {shown} in the dropdown{}", ending(button, chance)),
        2 if !label.is_empty() => format!("Set {} to {shown}{}", label.to_lowercase(), ending(button, chance)),
        _ => format!("Pick {shown}{}", ending(button, chance)),
    };
    one(told, page, vec![vec![Deed::Select(list, option.to_owned())], vec![Deed::Press(end)]], chance)
}

pub(crate) fn unfold(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let count = chance.within(1, 5);
    let topics = chance.some(words::TOPICS, count);
    let numbered = chance.happens(50);
    let tabs: Vec<u32> = topics
        .iter()
        .enumerate()
        .map(|(index, topic)| {
            let name = if numbered { format!("Section #{}", index + 1) } else { (*topic).to_owned() };
            let tab = page.add("tab", &name, "h3");
            page.row(tab).states.push("collapsed".to_owned());
            tab
        })
        .collect();
    let link = chance.pick(LATIN);
    if count == 1 || chance.happens(30) {
        let end = page.button("Submit");
        let told = format!(
            "{} the section {}{}",
            chance.pick(&["Expand", "Open", "Unfold"]),
            chance.pick(&["below", "on this page"]),
            ending("Submit", chance)
        );
        let page = if count > 1 {
            {
                let mut alone = Sketch::default();
                let tab = alone.add("tab", "Section #1", "h3");
                alone.row(tab).states.push("collapsed".to_owned());
                alone.button("Submit");
                return one(told, alone, vec![vec![Deed::Press(1)], vec![Deed::Press(2)]], chance);
            }
        } else {
            page
        };
        return one(told, page, vec![vec![Deed::Press(tabs[0])], vec![Deed::Press(end)]], chance);
    }
    let told = match chance.below(3) {
        0 => format!("Expand the sections below, to find and click on the link \"{link}\"."),
        1 => format!("Find \"{link}\" in the sections and click it"),
        _ => format!("Open the sections until you find the link \"{link}\", then click it."),
    };
    let first = page.clone();
    let mut open = page.clone();
    open.row(tabs[0]).states = vec!["expanded".to_owned(), "selected".to_owned()];
    for _ in 0..chance.within(1, 4) {
        let other = chance.pick(LATIN);
        if other != link {
            open.add("link", other, "span");
        }
    }
    let target = open.add("link", link, "span");
    let any = tabs.iter().map(|tab| Deed::Press(*tab)).collect::<Vec<_>>();
    let tab = any[0].clone();
    Episode {
        told,
        stages: vec![
            Stage { page: first.finish(chance), deeds: vec![vec![tab]] },
            Stage { page: open.finish(chance), deeds: vec![vec![Deed::Press(target)]] },
        ],
    }
}

pub(crate) fn notice(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    page.open("We use cookies to give you the best experience. Cookie settings");
    let name = chance.pick(&["Accept", "Reject all", "Got it", "Accept all", "Close", "Decline"]);
    let close = page.button(name);
    page.detail(close).marks = chance.pick(&["cookie banner", "consent", "cookie accept"]).to_owned();
    page.close();
    let all = chance.some(THINGS, 3);
    let target = all[0];
    let told = format!("Click on the \"{target}\" link.");
    let mut after = Sketch::default();
    let numbers: Vec<u32> = all.iter().map(|name| after.add("link", name, "a")).collect();
    Episode {
        told,
        stages: vec![
            Stage { page: page.finish(chance), deeds: vec![vec![Deed::Press(close)]] },
            Stage { page: after.finish(chance), deeds: vec![vec![Deed::Press(numbers[0])]] },
        ],
    }
}

pub(crate) fn copy(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let text = if chance.happens(50) { code(chance) } else { prose(chance, 2, 5) };
    page.line(&text);
    let field = page.field(chance.pick(&["", "Text", "Answer"]));
    let button = chance.pick(ENDS);
    let end = page.button(button);
    let told = format!(
        "{} the text {} into the {}{}",
        chance.pick(&["Type", "Copy and type", "Enter", "Write"]),
        chance.pick(&["below", "shown above", "displayed"]),
        chance.pick(&["text field", "textbox", "field"]),
        ending(button, chance)
    );
    Episode { told, stages: vec![Stage { page, deeds: vec![vec![Deed::Fill(field, text)], vec![Deed::Press(end)]] }] }
}

pub(crate) fn scroll(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let area = page.add("textbox", "", "textarea");
    page.row(area).value = Some(prose(chance, 9, 15));
    page.row(area).states.push(chance.pick(&["disabled", "readonly"]).to_owned());
    page.detail(area).below = 200;
    let who = words::person(chance);
    let name = page.field(chance.pick(&["Name", "Your name", "Signature"]));
    let end = page.button(chance.pick(&["Agree", "Accept", "Sign"]));
    page.button(chance.pick(&["Cancel", "Decline"]));
    let button = page.row(end).name.clone();
    let told = format!(
        "Scroll to the {} of the {}, {} the name \"{who}\"{}",
        chance.pick(&["bottom", "end"]),
        chance.pick(&["text", "textarea", "agreement"]),
        chance.pick(&["enter", "type"]),
        ending(&button, chance)
    );
    one(told, page, vec![vec![Deed::Scroll(area)], vec![Deed::Fill(name, who)], vec![Deed::Press(end)]], chance)
}
