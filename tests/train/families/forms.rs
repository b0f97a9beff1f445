//! Filling in.

use super::{
    plain::one,
    words::{self, CITIES, ENDS, PEOPLE, THINGS, code, ending, perhaps_quoted, prose},
};
use crate::{
    chance::Chance,
    lesson::{Deed, Episode, Stage},
    sketch::Sketch,
};

/// How makers of pages tell what a field is for: by its name, by the text before it, or by attributes.
fn labelled(page: &mut Sketch, label: &str, marks: &str, tag: &str, chance: &mut Chance) -> u32 {
    let how = chance.below(4);
    let name = if how < 2 { label } else { "" };
    let role = if tag == "input/number" { "spinbutton" } else { "textbox" };
    let field = page.add(role, name, tag);
    let detail = page.detail(field);
    if how == 2 {
        detail.label = label.to_owned();
    } else if how == 3 {
        detail.marks = marks.to_owned();
    }
    if chance.happens(40) {
        detail.marks = format!("{marks} {}", detail.marks);
    }
    field
}

/// Labels with the words that people call them by, the attributes, the tag, and a value.
fn fact(kind: usize, chance: &mut Chance) -> (&'static str, &'static str, &'static str, &'static str, String) {
    match kind {
        0 => ("Username", "username", "username user", "input/text", code(chance)),
        1 => (
            "Email",
            "email",
            "email mail",
            "input/email",
            format!("{}@{}.example", chance.pick(PEOPLE).to_lowercase(), chance.pick(THINGS)),
        ),
        2 => ("City", "city", "city town", "input/text", chance.pick(CITIES).to_owned()),
        3 => ("First name", "first name", "first name", "input/text", chance.pick(PEOPLE).to_owned()),
        4 => ("Last name", "last name", "last name", "input/text", chance.pick(words::FAMILY).to_owned()),
        5 => ("Quantity", "quantity", "quantity qty", "input/number", chance.within(2, 60).to_string()),
        6 => ("Subject", "subject", "subject", "input/text", prose(chance, 2, 4)),
        7 => ("Message", "message", "message text", "textarea", prose(chance, 3, 8)),
        8 => ("Phone", "phone number", "phone tel", "input/tel", format!("555-{}", chance.within(1000, 9999))),
        _ => ("Code", "code", "code coupon", "input/text", code(chance)),
    }
}

fn facts(chance: &mut Chance, count: usize) -> Vec<(&'static str, &'static str, &'static str, &'static str, String)> {
    let mut kinds: Vec<usize> = (0..10).collect();
    chance.shuffle(&mut kinds);
    kinds.truncate(count);
    kinds.into_iter().map(|kind| fact(kind, chance)).collect()
}

pub(crate) fn form(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let total = chance.within(1, 5);
    let all = facts(chance, total);
    let fields: Vec<u32> =
        all.iter().map(|(label, _, marks, tag, _)| labelled(&mut page, label, marks, tag, chance)).collect();
    let used = chance.within(1, total.min(3));
    let button = chance.pick(ENDS);
    let end = page.button(button);
    if chance.happens(30) {
        page.button("Cancel");
    }
    let mut told = String::new();
    for (index, (_, called, _, _, value)) in all.iter().take(used).enumerate() {
        if index > 0 {
            told.push_str(chance.pick(&[" and ", ", "]));
        }
        let verb = if index == 0 { chance.pick(&["Enter ", "Type ", "Fill in ", "Write ", "Put "]) } else { "" };
        told.push_str(&match chance.below(3) {
            0 => format!("{verb}the {called} \"{value}\""),
            1 => format!("{verb}\"{value}\" as the {called}"),
            _ => format!("{verb}\"{value}\" into the {called} field"),
        });
    }
    told.push_str(&ending(button, chance));
    let fills = (0..used).map(|index| Deed::Fill(fields[index], all[index].4.clone())).collect();
    one(told, page, vec![fills, vec![Deed::Press(end)]], chance)
}

pub(crate) fn keyed(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let total = chance.within(2, 5);
    let all = facts(chance, total);
    let fields: Vec<u32> =
        all.iter().map(|(label, _, marks, tag, _)| labelled(&mut page, label, marks, tag, chance)).collect();
    let end = page.button(chance.pick(&["Send", "Sign up", "Register", "Create account", "Save"]));
    let button = page.row(end).name.clone();
    let start =
        chance.pick(&["Fill in the form with", "Register with", "Complete the form:", "Create an account with"]);
    let parts: Vec<String> = all.iter().map(|(_, called, _, _, value)| format!("{called}: {value}")).collect();
    let asked = chance.happens(60);
    let told = format!(
        "{start} {}{}",
        parts.join(", "),
        if asked { format!(". Then press {button}.") } else { ".".to_owned() }
    );
    let fills = (0..total).map(|index| Deed::Fill(fields[index], all[index].4.clone())).collect();
    one(told, page, vec![fills, vec![Deed::Press(end)]], chance)
}

pub(crate) fn search(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let wanted = if chance.happens(50) {
        format!("{} {}", chance.pick(words::LOOKS), chance.pick(THINGS))
    } else {
        words::person(chance)
    };
    let named = chance.pick(&["Search", "Search the shop", ""]);
    let field = page.add(if chance.happens(50) { "searchbox" } else { "textbox" }, named, "input/search");
    page.detail(field).marks = "search query".to_owned();
    let end = page.button(chance.pick(&["Search", "Go", "Find"]));
    page.detail(end).marks = "search".to_owned();
    let button = page.row(end).name.clone();
    let shown = format!("\"{wanted}\"");
    let told = match chance.below(4) {
        0 => format!("Search for {shown}."),
        1 => format!("Use the textbox to enter {shown} and press \"{button}\"."),
        2 => format!("Enter {shown} in the search box and press {button}"),
        _ => format!("Find {shown} with the search."),
    };
    let result = chance.happens(50);
    let mut after = Sketch::default();
    let mut titles = vec![wanted.clone()];
    titles.extend(chance.some(THINGS, 3).into_iter().map(str::to_owned));
    let told = if result {
        format!("{} Then open the result \"{wanted}\".", told.trim_end_matches('.').to_owned() + ".")
    } else {
        told
    };
    let mut stages =
        vec![Stage { page: page.finish(chance), deeds: vec![vec![Deed::Fill(field, wanted)], vec![Deed::Press(end)]] }];
    if result {
        let numbers: Vec<u32> = titles.iter().map(|title| after.add("link", title, "a")).collect();
        stages.push(Stage { page: after.finish(chance), deeds: vec![vec![Deed::Press(numbers[0])]] });
    }
    Episode { told, stages }
}

pub(crate) fn suggestions(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let places = chance.some(CITIES, 2);
    let (from, to) = (page.field("From"), page.field("To"));
    let end = page.button(chance.pick(&["Search", "Find trips", "Show"]));
    let told = match chance.below(3) {
        0 => format!("Find a trip from: {} to: {}", places[0], places[1]),
        1 => format!("Search for a train from \"{}\" to \"{}\"", places[0], places[1]),
        _ => format!("Enter \"{}\" as from and \"{}\" as to, then search.", places[0], places[1]),
    };
    let first = page.finish(chance);
    let suggest = |page: &Sketch, field: u32, place: &str, chance: &mut Chance| {
        let mut next = page.clone();
        next.row(field).value = Some(place.to_owned());
        let number =
            next.add("option", &format!("{place}, {}", chance.pick(&["North", "Central", "Main station"])), "li");
        next.row(number).change = Some(lamassu::Change::New);
        (next, number)
    };
    let (second, one) = suggest(&first, from, places[0], chance);
    let mut third = first.clone();
    third.row(from).value = Some(second.rows.last().unwrap().name.clone());
    let (fourth, other) = suggest(&third, to, places[1], chance);
    let mut fifth = third.clone();
    fifth.row(to).value = Some(fourth.rows.last().unwrap().name.clone());
    let stage = |page: Sketch, deed: Deed| Stage { page, deeds: vec![vec![deed]] };
    let stages = vec![
        stage(first, Deed::Fill(from, places[0].to_owned())),
        stage(second, Deed::Press(one)),
        stage(third, Deed::Fill(to, places[1].to_owned())),
        stage(fourth, Deed::Press(other)),
        stage(fifth, Deed::Press(end)),
    ];
    Episode { told, stages }
}

pub(crate) fn settings(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let all = [
        "Email notifications",
        "Dark mode",
        "Two-factor login",
        "Weekly report",
        "Sound effects",
        "Location sharing",
        "Auto save",
        "Beta features",
    ];
    let names = chance.some(&all, 6);
    let on = chance.happens(50);
    let numbers: Vec<u32> = names
        .iter()
        .map(|name| {
            let number = page.tick(name);
            if !on || chance.happens(20) {
                page.row(number).states.push("checked".to_owned());
            }
            number
        })
        .collect();
    page.row(numbers[0]).states = if on { Vec::new() } else { vec!["checked".to_owned()] };
    let save = page.button(chance.pick(&["Save", "Save changes", "Apply"]));
    let button = page.row(save).name.clone();
    let wish = if on {
        chance.pick(&["Enable", "Check", "Activate"])
    } else {
        chance.pick(&["Disable", "Uncheck", "Deactivate"])
    };
    let told = format!("{wish} {}{}", perhaps_quoted(names[0], chance), ending(&button, chance));
    let deed = if on { Deed::Tick(numbers[0]) } else { Deed::Clear(numbers[0]) };
    one(told, page, vec![vec![deed], vec![Deed::Press(save)]], chance)
}

pub(crate) fn abroad(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let who = words::person(chance);
    let german = chance.happens(50);
    let (label, button) = if german {
        (chance.pick(&["Name", "Benutzername", "Stadt"]), chance.pick(&["Absenden", "Speichern", "Weiter"]))
    } else {
        (chance.pick(&["이름", "사용자", "도시"]), chance.pick(&["제출", "저장", "다음"]))
    };
    let field = page.field(label);
    page.field(if german { "Telefon" } else { "전화" });
    let end = page.button(button);
    page.button(if german { "Abbrechen" } else { "취소" });
    let told = if german {
        format!("Gib \"{who}\" in das Feld \"{label}\" ein und klicke auf \"{button}\".")
    } else {
        format!("\"{label}\" 필드에 \"{who}\" 입력하고 \"{button}\" 버튼을 클릭하세요.")
    };
    one(told, page, vec![vec![Deed::Fill(field, who)], vec![Deed::Press(end)]], chance)
}
