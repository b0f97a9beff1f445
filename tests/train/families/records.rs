//! Rows, cards and lists, in which the same controls stand again and again.

use super::{
    plain::one,
    words::{self, THINGS, TOPICS, persons, prose},
};
use crate::{
    chance::Chance,
    lesson::{Deed, Episode, Stage},
    sketch::Sketch,
};

pub(crate) fn icons(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let count = chance.within(3, 9);
    let who = persons(chance, count);
    let all = [
        ("trash", "delete"),
        ("star", "star"),
        ("edit pencil", "edit"),
        ("archive", "archive"),
        ("reply", "reply to"),
        ("flag", "flag"),
        ("share", "share"),
        ("copy", "copy"),
        ("like heart", "like"),
    ];
    let mut order: Vec<usize> = (0..all.len()).collect();
    chance.shuffle(&mut order);
    order.truncate(chance.within(2, 4));
    let mut numbers = Vec::new();
    let opened = chance.happens(50);
    for name in &who {
        page.open(&format!("{name} {}", prose(chance, 2, 6)));
        if opened {
            let text = page.lines.last().unwrap().clone();
            let whole = page.add("clickable", &text, "div");
            page.detail(whole).marks = "thread".to_owned();
        }
        numbers.push(order.iter().map(|at| page.icon(all[*at].0)).collect::<Vec<_>>());
    }
    page.close();
    let (row, act) = (chance.below(count), chance.below(order.len()));
    let (mark, verb) = all[order[act]];
    let icon = mark.split(' ').next().unwrap();
    let name = &who[row];
    let told = match chance.below(5) {
        0 => format!(
            "Find the email by {name} and click the {icon} icon to {verb} it.",
            verb = verb.trim_end_matches(" to")
        ),
        1 => format!("{} the message from {name}", capital(verb)),
        2 => format!("{} {name}'s post", capital(verb)),
        3 => format!("Please {verb} the item by {name}."),
        _ => format!("Press the {icon} icon of {name}"),
    };
    one(told, page, vec![vec![Deed::Press(numbers[row][act])]], chance)
}

fn capital(text: &str) -> String {
    let mut text = text.to_owned();
    text.replace_range(0..1, &text[0..1].to_uppercase());
    text
}

pub(crate) fn buttons(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let count = chance.within(3, 9);
    let things = chance.some(THINGS, count);
    let names = [
        ["Add to cart", "Details"],
        ["Edit", "Delete"],
        ["Follow", "Message"],
        ["Approve", "Reject"],
        ["Book", "Info"],
    ][chance.below(5)];
    let mut numbers = Vec::new();
    for thing in &things {
        page.open(&format!(
            "{} {thing} ${}.{:02} {} {}",
            chance.pick(words::LOOKS),
            chance.within(3, 200),
            chance.within(0, 99),
            names[0],
            names[1]
        ));
        numbers.push(names.map(|name| page.button(name)));
    }
    page.close();
    let (row, act) = (chance.below(count), chance.below(2));
    let (thing, name) = (things[row], names[act]);
    let told = match chance.below(4) {
        0 => format!("Click \"{name}\" for the {thing}."),
        1 => format!("Press {name} in the row of the {thing}"),
        2 => format!("Find the {thing} and click {name}."),
        _ => format!("{name} the {thing}"),
    };
    one(told, page, vec![vec![Deed::Press(numbers[row][act])]], chance)
}

pub(crate) fn messages(chance: &mut Chance) -> Episode {
    let mut list = Sketch::default();
    let count = chance.within(3, 9);
    let who = persons(chance, count + 1);
    let mut numbers = Vec::new();
    for name in who.iter().take(count) {
        list.open(&format!("{name} {}", prose(chance, 3, 8)));
        let text = list.lines.last().unwrap().clone();
        let number = list.add("clickable", &text, "div");
        list.detail(number).marks = chance.pick(&["thread", "mail item", "row message"]).to_owned();
        list.icon("trash");
        list.icon("star");
        numbers.push(number);
    }
    list.close();
    let row = chance.below(count);
    let (from, to) = (&who[row], &who[count]);
    let mut view = Sketch::default();
    view.icon(chance.pick(&["close email", "back", "arrow back"]));
    view.line(&format!("{from} to me"));
    view.line(&prose(chance, 6, 12));
    view.icon("trash");
    let reply = view.add("clickable", "Reply", "span");
    let forward = view.add("clickable", "Forward", "span");
    let text = prose(chance, 1, 6);
    let forwards = chance.happens(50);
    let told = asked_of(from, if forwards { Answer::Forward(to) } else { Answer::Reply(&text) }, chance);
    let mut write = Sketch::default();
    write.icon(chance.pick(&["close reply", "back", "cancel"]));
    let send = if chance.happens(60) {
        write.icon(chance.pick(&["send", "send reply", "submit send"]))
    } else {
        write.button("Send")
    };
    let (deed, answer) = if forwards {
        let field = write.add("textbox", if chance.happens(50) { "To" } else { "" }, "input/text");
        write.detail(field).label = "to:".to_owned();
        let body = write.add("textbox", "", "textarea");
        write.row(body).value = Some(prose(chance, 6, 12));
        write.detail(body).marks = "forward text".to_owned();
        (Deed::Fill(field, to.clone()), forward)
    } else {
        let body = write.add("textbox", if chance.happens(30) { "Message" } else { "" }, "textarea");
        write.detail(body).marks = "reply text".to_owned();
        (Deed::Fill(body, text), reply)
    };
    Episode {
        told,
        stages: vec![
            Stage { page: list.finish(chance), deeds: vec![vec![Deed::Press(numbers[row])]] },
            Stage { page: view.fresh(), deeds: vec![vec![Deed::Press(answer)]] },
            Stage { page: write.fresh(), deeds: vec![vec![deed], vec![Deed::Press(send)]] },
        ],
    }
}

/// What is to become of a message.
#[derive(Debug, Clone, Copy)]
enum Answer<'a> {
    Forward(&'a str),
    Reply(&'a str),
}

fn asked_of(from: &str, answer: Answer<'_>, chance: &mut Chance) -> String {
    match answer {
        Answer::Forward(to) => match chance.below(5) {
            0 => format!("Find the email by {from} and forward that email to {to}."),
            1 => format!("Forward to {to} the email from {from}."),
            2 => format!("Forward {from}'s message to {to}"),
            3 => format!("Open the email from {from} and forward it to {to}."),
            _ => format!("Please send {from}'s email to {to}."),
        },
        Answer::Reply(text) => match chance.below(4) {
            0 => format!("Find the email by {from} and reply to them with the text \"{text}\"."),
            1 => format!("Reply to {from} with \"{text}\""),
            2 => format!("Answer the message of {from}: \"{text}\""),
            _ => format!("Open {from}'s email and reply \"{text}\"."),
        },
    }
}

pub(crate) fn ordinals(chance: &mut Chance) -> Episode {
    const NAMED: [&str; 6] = ["1st", "2nd", "3rd", "4th", "5th", "6th"];
    const SPELLED: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
    let mut page = Sketch::default();
    let count = chance.within(3, 6);
    let marks = chance.pick(&["result title", "entry", "hit result", "post"]);
    let numbers: Vec<u32> = (0..count)
        .map(|_| {
            page.open(&prose(chance, 4, 9));
            let title = prose(chance, 1, 3);
            let number = page.add("link", &title, "a");
            page.detail(number).marks = marks.to_owned();
            number
        })
        .collect();
    page.close();
    let at = chance.below(count);
    let noun = if marks.contains("result") { "result" } else { marks };
    let word = if chance.happens(60) { NAMED[at] } else { SPELLED[at] };
    let told = match chance.below(3) {
        0 => format!("Click the {word} {noun}."),
        1 => format!("Open the {word} {noun} of the list"),
        _ => format!("Find and click the {word} {noun}."),
    };

    Episode { told, stages: vec![Stage { page, deeds: vec![vec![Deed::Press(numbers[at])]] }] }
}

pub(crate) fn tree(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let count = chance.within(2, 4);
    let who = persons(chance, count + 1);
    for name in who.iter().take(count) {
        let number = page.add("clickable", name, "span");
        page.detail(number).marks = "folder".to_owned();
    }
    let wanted = &who[count];
    let told = match chance.below(3) {
        0 => format!("Navigate through the file tree. Find and click on the folder or file named \"{wanted}\"."),
        1 => format!("Open the file \"{wanted}\" in the tree"),
        _ => format!("Find \"{wanted}\" in the folders and click it."),
    };
    let mut open = page.clone();
    let target = open.add("clickable", wanted, "span");
    open.detail(target).marks = "file".to_owned();
    open.row(target).change = Some(lamassu::Change::New);
    let folder = u32::try_from(chance.within(1, count)).unwrap();
    Episode {
        told,
        stages: vec![
            Stage { page, deeds: vec![vec![Deed::Press(folder)]] },
            Stage { page: open, deeds: vec![vec![Deed::Press(target)]] },
        ],
    }
}

pub(crate) fn most(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let count = chance.within(3, 7);
    let mut prices: Vec<usize> = Vec::new();
    while prices.len() < count {
        let price = chance.within(20, 900);
        if !prices.contains(&price) {
            prices.push(price);
        }
    }
    let numbers: Vec<u32> = prices
        .iter()
        .map(|price| {
            page.open(&format!("{} ${price} Choose", chance.pick(TOPICS)));
            page.button("Choose")
        })
        .collect();
    page.close();
    let least = chance.happens(50);
    let best = if least { prices.iter().min() } else { prices.iter().max() }.unwrap();
    let at = prices.iter().position(|price| price == best).unwrap();
    let word = if least { "cheapest" } else { "most expensive" };
    let told = match chance.below(3) {
        0 => format!("Choose the {word} offer."),
        1 => format!("Click \"Choose\" for the {word} one"),
        _ => format!("Find the {word} and choose it"),
    };
    one(told, page, vec![vec![Deed::Press(numbers[at])]], chance)
}

pub(crate) fn tickets(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let count = chance.within(3, 6);
    let topics = chance.some(TOPICS, count);
    let mut numbers = Vec::new();
    for (index, topic) in topics.iter().enumerate() {
        page.open(&format!("#{} {topic} {}", 400 + index, prose(chance, 2, 4)));
        let list = page.list("Priority", &["Normal", "High", "Urgent"]);
        let close = page.button("Close ticket");
        numbers.push((list, close));
    }
    page.close();
    let at = chance.below(count);
    let told = match chance.below(2) {
        0 => format!("Close ticket #{}", 400 + at),
        _ => format!("Click \"Close ticket\" on the ticket about {}", topics[at]),
    };
    one(told, page, vec![vec![Deed::Press(numbers[at].1)]], chance)
}

/// Each row is called what is true of its number.
pub(crate) fn truth(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let mut deeds = Vec::new();
    for _ in 0..chance.within(2, 4) {
        let number = chance.below(40);
        let shown = if chance.happens(30) { format!("-{number}") } else { number.to_string() };
        page.open(&shown);
        let pair = ["Odd", "Even"].map(|name| page.button(name));
        deeds.push(Deed::Press(pair[usize::from(number.is_multiple_of(2))]));
        page.line(&shown);
    }
    page.close();
    let end = page.button(chance.pick(&["Submit", "Done"]));
    let button = page.row(end).name.to_lowercase();
    let told = match chance.below(2) {
        0 => format!("Say of each number whether it is odd or even and press {button}."),
        _ => format!("Mark the numbers as odd or even, then click {button}"),
    };
    Episode { told, stages: vec![Stage { page, deeds: vec![deeds, vec![Deed::Press(end)]] }] }
}
