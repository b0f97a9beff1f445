//! Playing a skill on pages that are as they were, and on pages that are not.

use lamassu::{
    Local, Page, Row,
    planner::skill::{
        Demonstration, Player, Skills, Taught,
        rehearse::{Pages, rehearse, renamed},
    },
};

use super::scene::{call, cart, lines, ordering, page, play, product, products, row, shown, within};

const GOAL: &str = "put 4 of Coral Red Mug into the cart";

fn player(demonstrations: Vec<Demonstration>) -> Player {
    let folder = tempfile::tempdir().unwrap();
    let skills = Skills::open(folder.path()).unwrap();
    skills.learn("order", demonstrations).unwrap();
    skills.player().unwrap().0
}

fn orders() -> Player {
    player(vec![ordering("2", (1, "Lapis Blue Mug")), ordering("3", (3, "Desk Lamp"))])
}

/// The page with `name` changed on the row of that name.
fn with(mut page: Page, name: &str, change: impl Fn(&mut Row)) -> Page {
    page.table.rows.iter_mut().filter(|row| row.name == name).for_each(change);
    page
}

#[test]
fn another_goal_of_the_same_form_is_reached() {
    let pages = [products(), product("Coral Red Mug"), product("Coral Red Mug"), cart("4", "Coral Red Mug")];
    let steps =
        ["open", "click [2]", "fill [2] 4", "click [3]", "done: all steps are done, and the page says \"# Your cart\""];
    assert_eq!(lines(&play(&orders(), GOAL, &pages)), steps);
}

#[test]
fn a_goal_of_another_form_or_site_is_passed_on() {
    let passed = lines(&play(&orders(), "cancel the order", &[products()]));
    assert_eq!(passed[0], "pass: skill: none of them is for this goal and this site");
}

#[test]
fn renamed_ids_and_classes_are_survived() {
    let pages =
        [products(), product("Coral Red Mug"), product("Coral Red Mug"), cart("4", "Coral Red Mug")].map(renamed);
    let played = play(&orders(), GOAL, &pages);
    assert_eq!(lines(&played)[1..4], ["click [2]", "fill [2] 4", "click [3]"]);
    assert!(played[3].why.contains("healed: its id and classes are others"), "{}", played[3].why);
}

#[test]
fn a_label_of_the_same_meaning_is_survived() {
    let basket = || with(product("Coral Red Mug"), "Add to cart", |row| row.name = "Add to basket".to_owned());
    let played = play(&orders(), GOAL, &[products(), basket(), basket()]);
    assert_eq!(lines(&played)[3], "click [3]");
    assert!(played[3].why.contains("healed: \"Add to cart\" is \"Add to basket\" now"), "{}", played[3].why);
}

#[test]
fn below_the_margin_it_waits_and_then_passes_and_guesses_nothing() {
    let gone = || {
        let change = |row: &mut Row| *row = self::row(3, "button", "Wishlist", "button", "heart");
        with(product("Coral Red Mug"), "Add to cart", change)
    };
    let played = lines(&play(&orders(), GOAL, &[products(), gone(), gone(), gone(), gone()]));
    assert_eq!(played[3..5], ["wait", "wait"]);
    assert!(
        played[5].starts_with("pass: skill order: step 3 (click button \"Add to cart\") cannot be done"),
        "{played:?}"
    );
}

#[test]
fn a_thing_that_is_not_there_is_not_taken_for_another() {
    let played = lines(&play(&orders(), "put 4 of Green Mug into the cart", &[products(), products(), products()]));
    assert!(played[3].starts_with("pass: skill order: step 1"), "{played:?}");
}

#[test]
fn an_end_that_does_not_show_is_no_success() {
    let failed = || page("/cart", Vec::new(), "# Out of stock");
    let pages = [products(), product("Coral Red Mug"), product("Coral Red Mug"), failed(), failed(), failed()];
    let played = lines(&play(&orders(), GOAL, &pages));
    assert_eq!(played[6], "pass: skill order: all steps are done, and \"# Your cart\" is nowhere to be seen");
}

#[test]
fn a_loop_over_a_list_is_as_long_as_the_list() {
    let boxes = || {
        let names = ["Ada", "Bruno", "Cem", "Dora"];
        let boxes = (1..).zip(names).map(|(number, name)| row(number, "checkbox", name, "input/checkbox", ""));
        page("/", boxes.collect(), "People")
    };
    let moments = vec![(boxes(), call("check", 1)), (boxes(), call("check", 3))];
    let player = player(vec![shown("tick Ada and Cem", moments, boxes())]);
    let played = lines(&play(&player, "tick Dora, Bruno and Ada", &[boxes(), boxes(), boxes(), boxes()]));
    assert_eq!(played, ["open", "check [4]", "check [2]", "check [1]", "done: all steps are done"]);
}

#[test]
fn a_loop_over_records_ends_with_the_last_one() {
    let mails = |names: &[&str]| {
        let mail = |(number, name): (u32, &&str)| {
            within(row(number, "button", "Delete", "button", "delete"), number, &format!("{name} hello"))
        };
        page("/", (1..).zip(names).map(mail).collect(), "Inbox")
    };
    let moments = vec![(mails(&["Ada", "Bruno"]), call("click", 1)), (mails(&["Bruno"]), call("click", 1))];
    let player = player(vec![shown("delete every mail", moments, mails(&[]))]);
    let pages = [mails(&["Cem", "Dora", "Emil"]), mails(&["Dora", "Emil"]), mails(&["Emil"]), mails(&[])];
    let played = lines(&play(&player, "delete every mail", &pages));
    assert_eq!(played, ["open", "click [1]", "click [1]", "click [1]", "done: all steps are done"]);
}

#[test]
fn a_changed_button_that_cannot_be_taken_back_is_asked_about() {
    let pay = |name: &str| page("/", vec![row(1, "button", name, "button", "pay confirm")], "Pay 5");
    let end = || page("/paid", Vec::new(), "# Thank you");
    let player = player(vec![shown("pay the bill", vec![(pay("Pay"), call("click", 1))], end())]);
    let asked = lines(&play(&player, "pay the bill", &[pay("Pay now")]));
    assert!(asked[1].starts_with("ask: shall `Pay now` be pressed now?"), "{asked:?}");
}

#[test]
fn what_was_shown_is_chosen_again_with_other_ids_too() {
    for pages in [Pages::Recorded, Pages::Renamed] {
        let compared = rehearse(&orders(), &ordering("3", (3, "Desk Lamp")), pages);
        assert_eq!((compared.len(), compared.iter().filter(|one| one.agrees()).count()), (3, 3), "{compared:?}");
    }
}

#[test]
fn a_banner_that_comes_later_than_it_was_shown_is_seen_to_when_it_is_in_the_way() {
    let banner = || row(9, "button", "Accept all", "button", "cookie accept");
    let mut with_banner = ordering("3", (3, "Desk Lamp"));
    let mut first = products();
    first.table.rows.push(banner());
    let accept = lamassu::planner::skill::Moment { page: first, call: call("click", 9) };
    with_banner.moments.insert(0, accept);
    let player = player(vec![ordering("2", (1, "Lapis Blue Mug")), with_banner]);
    let covered = || {
        let mut page = product("Coral Red Mug");
        page.table.rows.iter_mut().for_each(|row| row.states.push("covered".to_owned()));
        page.table.rows.push(banner());
        page
    };
    let pages = [products(), covered(), product("Coral Red Mug"), product("Coral Red Mug")];
    let played = lines(&play(&player, GOAL, &pages));
    assert_eq!(played[1..], ["click [2]", "click [9]", "fill [2] 4", "click [3]"]);
}

/// Products with two icons each, of which nothing says what they do.
fn settled() -> Page {
    let mut page = products();
    let icons = page.table.rows.iter().flat_map(|card| {
        let around = card.detail.as_ref().unwrap().around.clone();
        [(10, "k7"), (20, "m3")].map(|(more, marks)| {
            within(row(card.reference + more, "clickable", "", "span", marks), card.reference, &around)
        })
    });
    let icons: Vec<Row> = icons.collect();
    page.table.rows.extend(icons);
    page
}

#[test]
fn a_goal_in_other_words_than_a_skill_is_reached_by_what_was_shown_for_it() {
    let shown = |name: &str, reference| {
        shown(&format!("settle {name}"), vec![(settled(), call("click", reference))], products())
    };
    let player = player(vec![shown("Lapis Blue Mug", 21), shown("Desk Lamp", 23)]);
    let goal = "Ada wants to settle the Coral Red Mug";
    assert!(lines(&play(&player, goal, &[]))[0].starts_with("pass"));
    assert_eq!(lines(&play(&Taught::new(player), goal, &[settled()]))[1], "click [22]");
    assert_ne!(lines(&play(&Local::new(), goal, &[settled()]))[1], "click [22]");
}
