//! Shops, lists and desks as people build them: a field to search by on every page, titles that lead into rows,
//! lists to choose from in each row, and wishes whose words stand apart.

use super::{
    plain::one,
    words::{self, LOOKS, THINGS, TOPICS, persons, prose},
};
use crate::{
    chance::Chance,
    lesson::{Deed, Episode, Stage},
    sketch::Sketch,
};

/// What stands at the top of most pages: a field to search by with its button, and links.
fn top(page: &mut Sketch, chance: &mut Chance) -> (u32, u32) {
    let role = chance.pick(&["searchbox", "textbox"]);
    let field = page.add(role, chance.pick(&["Search", "Search products", "Search here", ""]), "input/search");
    page.detail(field).marks = "search query".to_owned();
    let button = page.button(chance.pick(&["Search", "Go", "Find"]));
    page.detail(button).marks = "search".to_owned();
    for name in chance.some(&["Orders", "Support", "Cart", "Offers", "Contact", "Sign in"], 4) {
        page.add("link", name, "a");
    }
    (field, button)
}

/// Different things to buy, such as `Striped Lamp`.
fn goods(chance: &mut Chance, count: usize) -> Vec<String> {
    let looks = chance.pick(LOOKS);
    let name = |thing: &str, look: &str| {
        format!("{}{} {}{}", look[..1].to_uppercase(), &look[1..], thing[..1].to_uppercase(), &thing[1..])
    };
    let same = chance.happens(40);
    chance
        .some(THINGS, count)
        .into_iter()
        .map(|thing| name(thing, if same { looks } else { chance.pick(LOOKS) }))
        .collect()
}

/// A thing goes into a cart: from its row, or from its own page with how many there are to be.
pub(crate) fn cart(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    top(&mut page, chance);
    let count = chance.within(3, 7);
    let things = goods(chance, count);
    let inside = chance.happens(60);
    let name = chance.pick(&["Add to cart", "Add to basket", "Add to bag", "Add to list"]);
    let container = name.rsplit(' ').next().unwrap();
    let mut numbers = Vec::new();
    for thing in &things {
        page.open(&format!("{thing} ${}.{:02}", chance.within(3, 200), chance.within(0, 99)));
        let title = page.add("link", thing, "a");
        numbers.push(if inside { title } else { page.button(name) });
    }
    page.close();
    let at = chance.below(count);
    let shown = if chance.happens(50) { things[at].clone() } else { things[at].to_lowercase() };
    let many = chance.within(2, 9);
    let counted = inside && chance.happens(50);
    let spoken = if counted { format!("{many} {shown}") } else { format!("the {shown}") };
    let told = match chance.below(3) {
        0 => format!("Add {spoken} to the {container}."),
        1 => format!("Put {spoken} into my {container}"),
        _ => format!("Please add {spoken} to my {container}."),
    };
    let told = if container == "list" { told.replace("Put ", "Add ").replace(" into ", " to ") } else { told };
    let first = Stage { page: page.finish(chance), deeds: vec![vec![Deed::Press(numbers[at])]] };
    if !inside {
        return Episode { told, stages: vec![first] };
    }
    let mut own = Sketch::default();
    top(&mut own, chance);
    let quantity = own.add("spinbutton", "Quantity", "input/number");
    own.row(quantity).value = Some("1".to_owned());
    let add = own.button(name);
    let mut deeds = vec![vec![Deed::Press(add)]];
    if counted {
        deeds.insert(0, vec![Deed::Fill(quantity, many.to_string())]);
    }
    Episode { told, stages: vec![first, Stage { page: own.fresh().finish(chance), deeds }] }
}

/// What is wanted is not in sight, but it can be searched for.
pub(crate) fn look_up(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    let (field, button) = top(&mut page, chance);
    let count = chance.within(3, 5);
    let mut things = goods(chance, count + 1);
    let wanted = things.pop().unwrap();
    things.iter().for_each(|thing| {
        page.open(&format!("{thing} ${}", chance.within(3, 200)));
        page.add("link", thing, "a");
    });
    page.close();
    let told = match chance.below(3) {
        0 => format!("Open the {wanted}."),
        1 => format!("Find the {wanted} and open it"),
        _ => format!("Show the {wanted}"),
    };
    let mut after = Sketch::default();
    let (again, _) = top(&mut after, chance);
    after.row(again).value = Some(wanted.clone());
    after.open(&format!("{wanted} $12"));
    let title = after.add("link", &wanted, "a");
    after.close();
    let stages = vec![
        Stage { page: page.finish(chance), deeds: vec![vec![Deed::Fill(field, wanted)], vec![Deed::Press(button)]] },
        Stage { page: after.finish(chance), deeds: vec![vec![Deed::Press(title)]] },
    ];
    Episode { told, stages }
}

/// Each row has lists to choose from.
pub(crate) fn desk(chance: &mut Chance) -> Episode {
    const LEVELS: [&str; 3] = ["Low", "Medium", "Critical"];
    let mut page = Sketch::default();
    for name in ["All cases", "My cases", "New case"] {
        page.add(chance.pick(&["link", "button"]), name, "a");
    }
    let count = chance.within(3, 8);
    let staff = persons(chance, 4);
    let staff: Vec<&str> = staff.iter().map(String::as_str).collect();
    let titles: Vec<String> = (0..count).map(|_| prose(chance, 2, 3)).collect();
    let mut numbers = Vec::new();
    for (index, title) in titles.iter().enumerate() {
        page.open(&format!("#{} {title}", 700 + index));
        page.add("link", title, "a");
        numbers.push((page.list("Level", &LEVELS), page.list("Keeper", &staff)));
        page.button("Archive");
    }
    page.close();
    let at = chance.below(count);
    let (level, keeper) = (LEVELS[chance.within(1, 2)], staff[chance.within(1, 3)]);
    let row = if chance.happens(50) { format!("case #{}", 700 + at) } else { format!("the case \"{}\"", titles[at]) };
    let (told, deed) = match chance.below(5) {
        0 => (format!("Set the level of {row} to {level}."), Deed::Select(numbers[at].0, level.to_owned())),
        1 => (format!("Assign {row} to {keeper}"), Deed::Select(numbers[at].1, keeper.to_owned())),
        2 => (format!("Choose {keeper} as keeper of {row}."), Deed::Select(numbers[at].1, keeper.to_owned())),
        3 => (format!("Make {row} {level}"), Deed::Select(numbers[at].0, level.to_owned())),
        _ => (format!("Change the level to {level} for {row}."), Deed::Select(numbers[at].0, level.to_owned())),
    };
    one(told, page, vec![vec![deed]], chance)
}

/// Rows with buttons, whose title leads to where the rest is done.
pub(crate) fn letters(chance: &mut Chance) -> Episode {
    let mut list = Sketch::default();
    top(&mut list, chance);
    list.button("Write");
    let count = chance.within(3, 8);
    let who = persons(chance, count + 1);
    let mut numbers = Vec::new();
    for name in who.iter().take(count) {
        let subject = format!("{} {}", chance.pick(TOPICS), prose(chance, 1, 3));
        list.open(&format!("{name} {subject}"));
        let title = list.add("clickable", &subject, "span");
        list.button("Archive");
        list.button("Delete");
        numbers.push(title);
    }
    list.close();
    let row = chance.below(count);
    let (from, to) = (&who[row], &who[count]);
    let text = prose(chance, 2, 5);
    let forwards = chance.happens(50);
    let told = match (forwards, chance.below(2)) {
        (true, 0) => format!("Forward the message from {from} to {to}."),
        (true, _) => format!("Send {from}'s letter on to {to}: forward it."),
        (false, 0) => format!("Open the message of {from}, click Reply and send the text \"{text}\"."),
        (false, _) => format!("Find the letter from {from} and reply with \"{text}\""),
    };
    let told = told.replace("Send ", "Forward ").replace(": forward it", "").replace("letter on to", "letter to");
    let mut view = Sketch::default();
    top(&mut view, chance);
    view.button("Back");
    let (reply, forward) = (view.button("Reply"), view.button("Forward"));
    let mut write = Sketch::default();
    top(&mut write, chance);
    write.button("Discard");
    let (recipient, _, body) = (write.field("To"), write.field("Subject"), write.add("textbox", "Message", "textarea"));
    let send = write.button("Send");
    let (press, fill) = if forwards {
        (forward, Deed::Fill(recipient, to.clone()))
    } else {
        write.row(recipient).value = Some(from.clone());
        (reply, Deed::Fill(body, text))
    };
    let stages = vec![
        Stage { page: list.finish(chance), deeds: vec![vec![Deed::Press(numbers[row])]] },
        Stage { page: view.fresh(), deeds: vec![vec![Deed::Press(press)]] },
        Stage { page: write.fresh(), deeds: vec![vec![fill], vec![Deed::Press(send)]] },
    ];
    Episode { told, stages }
}

/// One field of several is filled in and kept by a button that is only hinted at.
pub(crate) fn profile(chance: &mut Chance) -> Episode {
    let mut page = Sketch::default();
    top(&mut page, chance);
    let labels = chance.some(&["Nickname", "Signature", "Home town", "Company", "Job title", "Website", "Motto"], 4);
    let fields: Vec<u32> = labels.iter().map(|label| page.field(label)).collect();
    let boxes: Vec<u32> = chance.some(TOPICS, 4).iter().map(|topic| page.tick(&format!("{topic} alerts"))).collect();
    let save = page.button(chance.pick(&["Save changes", "Save profile", "Save settings"]));
    page.button("Reset everything");
    let button = page.row(save).name.clone();
    let at = chance.below(4);
    let (label, value) = (labels[at].to_lowercase(), words::person(chance));
    let end = match chance.below(3) {
        0 => "and save the changes.".to_owned(),
        1 => "and save.".to_owned(),
        _ => format!("and press {button}"),
    };
    let (told, deed) = match chance.below(5) {
        0 => (format!("Enter \"{value}\" as {label} {end}"), Deed::Fill(fields[at], value)),
        1 => (
            format!("Fill in {label}: {value}. Then {}", end.trim_start_matches("and ")),
            Deed::Fill(fields[at], value),
        ),
        2 => (format!("Type \"{value}\" into {label} {end}"), Deed::Fill(fields[at], value)),
        _ => (format!("Enable {} {end}", page.row(boxes[at]).name), Deed::Tick(boxes[at])),
    };
    one(told, page, vec![vec![deed], vec![Deed::Press(save)]], chance)
}
