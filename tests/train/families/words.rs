//! Words to fill pages with.

use crate::chance::Chance;

pub(super) const PEOPLE: &[&str] = &[
    "Ada", "Bruno", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kofi", "Lena", "Mateo",
    "Nadia", "Omar", "Priya", "Quentin", "Rosa", "Sven", "Tariq", "Uma", "Viktor", "Wanda", "Ximena", "Yusuf", "Zoe",
    "Anh", "Bea",
];
pub(super) const FAMILY: &[&str] =
    &["Okafor", "Lindqvist", "Moreau", "Tanaka", "Novak", "Silva", "Haddad", "Keller", "Ivanova", "Osei"];
pub(super) const THINGS: &[&str] = &[
    "lamp", "kettle", "notebook", "umbrella", "scarf", "teapot", "backpack", "clock", "mirror", "pillow", "basket",
    "candle", "blanket", "hammer", "ladder", "bottle", "guitar", "camera", "jacket", "carpet", "printer", "monitor",
    "keyboard", "speaker",
];
pub(super) const LOOKS: &[&str] =
    &["small", "large", "wooden", "striped", "folding", "antique", "cordless", "woollen", "steel", "round"];
pub(super) const LABELS: &[&str] = &[
    "Ok",
    "Okay",
    "Next",
    "Back",
    "Yes",
    "No",
    "Start",
    "Stop",
    "Apply",
    "Reset",
    "Finish",
    "Skip",
    "Accept",
    "Details",
    "More",
    "Continue",
    "Preview",
    "Publish",
    "Copy",
    "Print",
    "Export",
    "Import",
    "Archive",
    "Mute",
    "Retry",
    "Subscribe",
    "Close tab",
];
pub(super) const ENDS: &[&str] =
    &["Submit", "Save", "OK", "Send", "Done", "Apply", "Confirm", "Continue", "Save changes"];
pub(super) const LATIN: &[&str] = &[
    "lorem", "ipsum", "dolor", "amet", "elit", "sed", "tempor", "magna", "aliqua", "enim", "minim", "nostrud",
    "ullamco", "laboris", "nisi", "commodo", "velit", "esse", "cillum", "fugiat", "nulla", "sint", "culpa", "officia",
    "mollit",
];
pub(super) const CITIES: &[&str] =
    &["Lisbon", "Osaka", "Bergen", "Quito", "Tunis", "Leipzig", "Busan", "Cork", "Tartu", "Perth", "Nantes", "Fargo"];
pub(super) const TOPICS: &[&str] =
    &["Billing", "Shipping", "Security", "Returns", "Profile", "Privacy", "Devices", "Teams", "Reports", "History"];

/// A word that no list has, as codes and user names are.
pub(super) fn code(chance: &mut Chance) -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    (0..chance.within(2, 7)).map(|_| char::from(LETTERS[chance.below(LETTERS.len())])).collect()
}

/// Some words of a text.
pub(super) fn prose(chance: &mut Chance, from: usize, to: usize) -> String {
    let words: Vec<&str> = (0..chance.within(from, to)).map(|_| chance.pick(LATIN)).collect();
    let mut text = words.join(" ");
    text.replace_range(0..1, &text[0..1].to_uppercase());
    text
}

/// The name of a person, of one word or two.
pub(super) fn person(chance: &mut Chance) -> String {
    let first = chance.pick(PEOPLE);
    if chance.happens(30) { format!("{first} {}", chance.pick(FAMILY)) } else { first.to_owned() }
}

/// `count` names of different people.
pub(super) fn persons(chance: &mut Chance, count: usize) -> Vec<String> {
    let full = chance.happens(30);
    let firsts = chance.some(PEOPLE, count);
    firsts
        .into_iter()
        .map(|first| if full { format!("{first} {}", chance.pick(FAMILY)) } else { first.to_owned() })
        .collect()
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(all: &[String], chance: &mut Chance) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => {
            let between = chance.pick(&[" and ", ", and ", ", "]);
            format!("{}{between}{last}", first.join(", "))
        }
    }
}

/// In quotes or not.
pub(super) fn perhaps_quoted(text: &str, chance: &mut Chance) -> String {
    if chance.happens(50) { format!("\"{text}\"") } else { text.to_owned() }
}

/// The end of an instruction that asks for `button` to be pressed.
pub(super) fn ending(button: &str, chance: &mut Chance) -> String {
    let name = match chance.below(3) {
        0 => format!("\"{button}\""),
        1 => button.to_owned(),
        _ => button.to_lowercase(),
    };
    let join = chance.pick(&[" and ", ", then ", " and then ", ". Then "]);
    let verb = chance.pick(&["click", "press", "hit"]);
    let what = chance.pick(&["", " the", " on"]);
    let kind = if what == " the" { " button" } else { "" };
    format!("{join}{verb}{what} {name}{kind}{}", chance.pick(&[".", "", " when done."]))
}
