//! Desks that lend and book things: searching with filters, rows with questions that follow, notices that cover the
//! page, days and times, what is the user's own.

use super::{
    plain::one,
    tongues::{self, TONGUES, Tongue, told},
    words::{self, CITIES, LATIN, LOOKS, PEOPLE, THINGS, TOPICS, code},
};
use crate::{
    chance::Chance,
    lesson::{Deed, Episode, Stage},
    sketch::Sketch,
};

/// What is asked for, and what a page calls it.
const MEANT: &[(&str, &str)] = &[
    ("Delete the picture.", "Remove"),
    ("Remove this entry", "Delete entry"),
    ("Reserve a seat", "Book now"),
    ("Buy it now", "Checkout"),
    ("Change the profile.", "Edit"),
    ("Log in", "Sign in"),
    ("Find something", "Search"),
    ("Renew the card", "Extend"),
    ("Show the settings", "Preferences"),
    ("Get help", "Support"),
    ("Export the list", "Download"),
    ("Attach something", "Attachment"),
    ("Lösche das Bild.", "Entfernen"),
    ("Zeige die Einstellungen", "Optionen einstellung"),
    ("Öffne die Hilfe", "Support"),
    ("결제하세요", "구매"),
    ("사진을 지우세요", "삭제"),
];

/// The page says it in other words.
pub(crate) fn meaning(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let others = chance.some(TOPICS, 5);
    if chance.happens(55) {
        let (told, name) = MEANT[chance.below(MEANT.len())];
        others.iter().for_each(|other| {
            page.button(other);
        });
        let target = page.button(name);
        return one(told.to_owned(), page, vec![vec![Deed::Press(target)]], chance);
    }
    let text = words::prose(chance, 3, 6);
    let about = others[0];
    let place = page.add("button", chance.pick(&["Contact us", "Contact", "Write to us"]), "button/button");
    others[2..].iter().for_each(|other| {
        page.add("button", other, "button/button");
    });
    let told = match chance.below(3) {
        0 => format!("Send a message about {}: \"{text}\"", about.to_lowercase()),
        1 => format!("Send them the message \"{text}\" about {}.", about.to_lowercase()),
        _ => format!("Write a message about {}: \"{text}\" and send it", about.to_lowercase()),
    };
    let mut form = page.clone();
    let list = form.list("Subject", &["Please choose", about, others[1], "Something else"]);
    let body = form.add("textbox", "Your message", "textarea");
    let send = form.button(chance.pick(&["Send message", "Send"]));
    let fills = vec![Deed::Select(list, about.to_owned()), Deed::Fill(body, text)];
    let stages = vec![
        stage(page.finish(chance), vec![vec![Deed::Press(place)]]),
        stage(form.fresh(), vec![fills, vec![Deed::Press(send)]]),
    ];
    Episode { told, stages }
}

pub(super) fn stage(page: Sketch, deeds: Vec<Vec<Deed>>) -> Stage {
    Stage { page, deeds }
}

fn titled(text: &str) -> String {
    text.split(' ').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..])).collect::<Vec<_>>().join(" ")
}

/// Names of which some share a word.
fn titles(chance: &mut Chance, count: usize) -> Vec<String> {
    let looks = chance.some(LOOKS, 3);
    let mut found: Vec<String> = Vec::new();
    while found.len() < count {
        let title = titled(&format!("the {} {}", chance.pick(&looks), chance.pick(THINGS)));
        if !found.contains(&title) {
            found.push(title);
        }
    }
    found
}

fn head(page: &mut Sketch, tongue: &Tongue) -> u32 {
    tongue.nav.iter().for_each(|name| {
        page.add("link", name, "a");
    });
    page.add("link", tongue.mine, "a")
}

/// A field to search by that is not called so, with its button.
fn seek(page: &mut Sketch, tongue: &Tongue, chance: &mut Chance) -> (u32, u32) {
    let field = page.field(chance.pick(tongue.query));
    (field, page.button(tongue.search))
}

/// A search whose results are narrowed down by a list and a box.
pub(crate) fn filters(chance: &mut Chance) -> Episode {
    let tongue = &TONGUES[chance.below(3)];
    let what = if chance.happens(50) { chance.pick(THINGS) } else { chance.pick(LATIN) };
    let kind = tongue.kinds[chance.below(4)];
    let boxed = chance.happens(50);
    let pattern = chance.pick(if boxed { tongue.only_free } else { tongue.only });
    let told = told(pattern, &[what, kind]);
    let mut home = Sketch::default();
    head(&mut home, tongue);
    let (field, button) = seek(&mut home, tongue, chance);
    titles(chance, 4).iter().for_each(|title| {
        home.open(&format!("{title} {}", chance.pick(PEOPLE)));
        home.add("link", title, "a");
    });
    home.close();
    let mut results = Sketch::default();
    head(&mut results, tongue);
    let again = results.field(tongue.query[0]);
    results.row(again).value = Some(what.to_owned());
    let options: Vec<&str> = [tongue.any].iter().chain(tongue.kinds).copied().collect();
    let list = results.list(tongue.kind, &options);
    let free = results.tick(tongue.free);
    let apply = results.button(tongue.apply);
    for title in titles(chance, 6) {
        results.open(&format!("{title} {}, {what}", tongue.kinds[chance.below(4)]));
        results.add("link", &title, "a");
    }
    results.close();
    let mut chosen = vec![Deed::Select(list, kind.to_owned())];
    if boxed {
        chosen.push(Deed::Tick(free));
    }
    let first = vec![vec![Deed::Fill(field, what.to_owned())], vec![Deed::Press(button)]];
    let stages =
        vec![stage(home.finish(chance), first), stage(results.finish(chance), vec![chosen, vec![Deed::Press(apply)]])];
    Episode { told, stages }
}

/// One of several rows has its button pressed, and the page asks whether that is meant.
fn asked(tongue: &Tongue, chance: &mut Chance) -> (Episode, Vec<String>) {
    let deed = &tongue.deeds[chance.below(tongue.deeds.len())];
    let other = &tongue.deeds[chance.below(tongue.deeds.len())];
    let count = chance.within(2, 6);
    let names = titles(chance, count);
    let at = chance.below(count);
    let quoted = format!("\"{}\"", names[at]);
    let told = told(chance.pick(deed.told), &[quoted.as_str()]);
    let mut page = Sketch::default();
    head(&mut page, tongue);
    let mut numbers = Vec::new();
    let linked = chance.happens(60);
    for name in &names {
        page.open(&format!("{name} 2025-0{}-1{} {}", chance.within(1, 9), chance.below(9), deed.button));
        if linked {
            page.add("link", name, "a");
        }
        numbers.push(page.button(deed.button));
        if other.button != deed.button && chance.happens(50) {
            page.button(other.button);
        }
    }
    page.close();
    if chance.happens(40) {
        page.button(
            ["Save", "Speichern", "저장"][TONGUES.iter().position(|known| std::ptr::eq(known, tongue)).unwrap()],
        );
    }
    let (question, yes) = question(&page, deed, &names[at], chance);
    let mut after = Sketch::default();
    head(&mut after, tongue);
    for (index, name) in names.iter().enumerate().filter(|(index, _)| *index != at || chance.happens(50)) {
        after.open(&format!("{name} 2025-06-1{index} {}", deed.button));
        after.button(deed.button);
    }
    after.close();
    let stages = vec![
        stage(page.finish(chance), vec![vec![Deed::Press(numbers[at])]]),
        stage(question, vec![vec![Deed::Press(yes)]]),
        stage(after.finish(chance), Vec::new()),
    ];
    (Episode { told, stages }, names)
}

/// A box that asks whether something is meant, over the page or beside it, and the button that says yes.
fn question(page: &Sketch, deed: &tongues::Deed, name: &str, chance: &mut Chance) -> (Sketch, u32) {
    let asks = deed.asks.replace("{}", &format!("“{name}”"));
    let mut question = if chance.happens(70) { Sketch::default() } else { page.clone() };
    question.boxed(&format!("{asks} {} {}", deed.yes, deed.no));
    let mut pair = [0, 0];
    for turn in if chance.happens(50) { [0, 1] } else { [1, 0] } {
        pair[turn] = question.button([deed.yes, deed.no][turn]);
    }
    for reference in pair {
        question.row(reference).change = Some(lamassu::Change::New);
    }
    question.close();
    (question, pair[0])
}

/// The same, from a page that leads to what is the user's own.
fn led(tongue: &Tongue, chance: &mut Chance) -> Episode {
    let (mut episode, names) = asked(tongue, chance);
    let mut home = Sketch::default();
    let mine = head(&mut home, tongue);
    titles(chance, 3).iter().filter(|title| !names.contains(title)).for_each(|title| {
        home.open(&format!("{title} {}", chance.pick(PEOPLE)));
        home.add("link", title, "a");
    });
    home.close();
    episode.stages.insert(0, stage(home.finish(chance), vec![vec![Deed::Press(mine)]]));
    episode
}

/// A row's button, and what the page asks about it.
pub(crate) fn questions(chance: &mut Chance) -> Episode {
    let tongue = &TONGUES[chance.below(2) * 2];
    asked(tongue, chance).0
}

/// What is wanted is on the page of what is the user's own.
pub(crate) fn own(chance: &mut Chance) -> Episode {
    let tongue = &TONGUES[chance.below(2) * 2];
    led(tongue, chance)
}

/// German: never learned from.
pub(crate) fn abroad(chance: &mut Chance) -> Episode {
    if chance.happens(40) { led(&TONGUES[1], chance) } else { asked(&TONGUES[1], chance).0 }
}

/// A notice lies over the page until it is answered.
pub(crate) fn covered(chance: &mut Chance) -> Episode {
    let tongue = &TONGUES[chance.below(3)];
    let (text, agree, decline) = match chance.below(3) {
        0 => (tongue.cookies, tongue.agree, tongue.decline),
        1 => ("Get news from us by mail every week. No thanks Sign me up", "Sign me up", "No thanks"),
        _ => ("Our app is here. Later Get it", "Get it", "Later"),
    };
    let mut notice = Sketch::default();
    notice.boxed(&format!("{text} {agree} {decline}"));
    notice.button(agree);
    let no = notice.button(decline);
    // People who are not asked to agree to anything do not.
    let right = vec![Deed::Press(no)];
    let all = chance.some(TOPICS, 4);
    let mut after = Sketch::default();
    let numbers: Vec<u32> = all.iter().map(|name| after.add("link", name, "a")).collect();
    let told = match chance.below(3) {
        0 => format!("Click on the \"{}\" link.", all[1]),
        1 => format!("Öffne \"{}\".", all[1]),
        _ => format!("\"{}\" 링크를 클릭하세요", all[1]),
    };
    let stages = vec![stage(notice, vec![right]), stage(after.finish(chance), vec![vec![Deed::Press(numbers[1])]])];
    Episode { told, stages }
}

/// Values that stand beside what their fields are called, in a form that holds others.
pub(crate) fn labels(chance: &mut Chance) -> Episode {
    let (number, pass) =
        (chance.within(10_000, 99_999).to_string(), format!("{}-{}", chance.pick(LATIN), chance.within(10, 99)));
    let (city, phone) = (chance.pick(CITIES), format!("555-{}", chance.within(1000, 9999)));
    let mut page = Sketch::default();
    page.button("My visits");
    let place = page.button("My details");
    if chance.happens(50) {
        let user = page.field(chance.pick(&["Member number", "Patient number", "Account number"]));
        let word = page.add("textbox", "Password", "input/password");
        let enter = page.button("Sign in");
        let name = page.row(user).name.to_lowercase();
        let told = match chance.below(2) {
            0 => format!("Sign in with {name} {number} and password {pass}."),
            _ => format!("Log in with the {name} {number} and the password {pass}"),
        };
        return one(
            told,
            page,
            vec![vec![Deed::Fill(user, number), Deed::Fill(word, pass)], vec![Deed::Press(enter)]],
            chance,
        );
    }
    let signs = chance.happens(30);
    let mut form = page.clone();
    let held = ["Full name", "Phone", "Street", "City"].map(|label| {
        let field = form.field(label);
        form.row(field).value = Some(if label == "Phone" { "555-0100".to_owned() } else { code(chance) });
        field
    });
    let save = form.button(chance.pick(&["Save my details", "Save", "Save changes"]));
    let button = form.row(save).name.to_lowercase();
    let (told, fills) = match chance.below(3) {
        0 => (
            format!("In my details, enter \"{city}\" as the city and {phone} as the phone, then {button}."),
            vec![Deed::Fill(held[3], city.to_owned()), Deed::Fill(held[1], phone)],
        ),
        1 => (format!("Change my phone number to {phone} and {button}"), vec![Deed::Fill(held[1], phone)]),
        _ => (format!("Open my details, set the phone to {phone} and {button}."), vec![Deed::Fill(held[1], phone)]),
    };
    let first = page.clone().finish(chance);
    if signs && told.starts_with("Open") {
        let user = page.field("Member number");
        let word = page.add("textbox", "Password", "input/password");
        let enter = page.button("Sign in");
        let told = format!("Sign in with member number {number} and password {pass}. {told}");
        let given = vec![Deed::Fill(user, number), Deed::Fill(word, pass)];
        let stages = vec![
            stage(page.finish(chance), vec![given, vec![Deed::Press(enter)]]),
            stage(first, vec![vec![Deed::Press(place)]]),
            stage(form.fresh(), vec![fills, vec![Deed::Press(save)]]),
        ];
        return Episode { told, stages };
    }
    let stages = if told.contains("my details,") || told.starts_with("Open") {
        vec![stage(first, vec![vec![Deed::Press(place)]]), stage(form.fresh(), vec![fills, vec![Deed::Press(save)]])]
    } else {
        vec![stage(form.finish(chance), vec![fills, vec![Deed::Press(save)]])]
    };
    Episode { told, stages }
}
