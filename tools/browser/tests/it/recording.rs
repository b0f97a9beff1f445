//! What a person does is recorded as calls that would do the same.

use std::sync::{Arc, Mutex};

use lamassu_browser::{Act, Options, Recording, Told};

use crate::{
    lab::{Lab, alone, call, landed, limits},
    life::until,
    person::Person,
};

/// What came of watching somebody.
struct Seen {
    acts: Vec<Act>,
    /// In words, each.
    words: Vec<String>,
    /// What was told of what was left out, and of names for secrets.
    told: Vec<String>,
    /// What the observations said, which a record keeps.
    kept: Vec<String>,
    /// The page at the end, and everything in the acts, as JSON.
    everything: String,
}

/// Watches a person who begins at `path`, until they are ready.
fn watch(path: &str, secrets: &[&str], person: impl AsyncFnOnce(&Person, &Lab)) -> Seen {
    watch_until(path, secrets, person, Recording::stop)
}

fn watch_until(path: &str, secrets: &[&str], person: impl AsyncFnOnce(&Person, &Lab), end: fn(&Recording)) -> Seen {
    alone(async {
        let (told, all) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let tell = {
            let (told, all) = (Arc::clone(&told), Arc::clone(&all));
            move |said: &Told<'_>| match said {
                Told::Act(_, act) => all.lock().unwrap().push(act.words()),
                Told::Left(what) | Told::Unnamed(what) => {
                    told.lock().unwrap().push((*what).to_owned());
                    all.lock().unwrap().push((*what).to_owned());
                }
            }
        };
        let declared = secrets.iter().map(|name| (*name).to_owned()).collect();
        let recording = Recording::new("order two", declared, tell);
        let options = Options { recording: Some(recording.clone()), limits: limits(), ..Options::default() };
        let lab = Lab::with(options).await;
        lab.open(path).await;
        let watching = async {
            let mut kept = Vec::new();
            loop {
                let allows = |action: &lamassu_contract::Action| !action.line().contains("/forbidden");
                let seen = landed(lab.run_under(call("watch").with("after", kept.len()), allows).await);
                kept.push(seen.content);
                if seen.data["over"] == true {
                    return kept;
                }
            }
        };
        let acting = async {
            until("the recording begins", || recording.has_begun()).await;
            let mut someone = Person::new().await;
            someone.told = all;
            person(&someone, &lab).await;
            end(&recording);
        };
        let (kept, ()) = tokio::join!(watching, acting);
        let (acts, end) = recording.so_far();
        let words = acts.iter().map(Act::words).collect();
        let all: Vec<_> = acts.iter().map(|act| serde_json::json!([act.page, act.call])).collect();
        let everything = serde_json::json!([all, end, kept]).to_string();
        let told = told.lock().unwrap().clone();
        Seen { acts, words, told, kept, everything }
    })
}

#[test]
fn every_kind_of_control_is_told_as_people_would() {
    let seen = watch("/teach", &[], async |person, _| {
        person.fill("[name=quantity]", "12").await;
        person.click("[name=gift]").await;
        person.click("[name=speed]").await;
        person.click("[name=size]").await;
        person.key("ArrowDown", 40).await;
        person.key("Enter", 13).await;
        person.click("[name=volume]").await;
        person.click("textarea").await;
        person.types("two words").await;
        person.click("#add").await;
        person.click("#fast").await;
        person.press("#send", 1).await;
    });
    assert_eq!(
        seen.words,
        [
            "fill textbox \"Quantity\" with 12",
            "check checkbox \"Gift\"",
            "check radio \"Fast\"",
            "select \"Large\" in combobox \"Size\"",
            "fill slider \"Volume\" with 5",
            "fill textbox \"Note\" with two words",
            "click button \"Add to cart\"",
            "click clickable \"Gone at once\"",
            "click button \"Send\"",
        ],
        "{:?}",
        seen.told
    );
}

#[test]
fn enter_in_a_field_is_one_act_and_not_a_click_too() {
    let seen = watch("/teach", &[], async |person, _| {
        person.fill("[name=quantity]", "3").await;
        person.key("Enter", 13).await;
    });
    assert_eq!(seen.words, ["fill textbox \"Quantity\" with 3", "press Enter textbox \"Quantity\""]);
}

#[test]
fn a_menu_that_opens_under_the_mouse_is_hovered_first() {
    let seen = watch("/menu", &[], async |person, _| {
        person.click("#top").await;
        person.hover("#account").await;
        person.click("#out").await;
    });
    assert_eq!(seen.words, ["click button \"Top\"", "hover link \"Account\"", "click link \"Sign out\""]);
}

#[test]
fn a_button_is_pressed_as_often_as_it_was_and_a_row_is_opened_by_two_presses() {
    let seen = watch("/menu", &[], async |person, _| {
        person.press("#top", 3).await;
        person.press("#row", 2).await;
    });
    let button = "click button \"Top\"";
    assert_eq!(seen.words, [button, button, button, "double click clickable \"Invoice 7\""]);
}

#[test]
fn keys_are_told_where_the_page_takes_them_for_its_own() {
    let seen = watch("/menu", &[], async |person, _| {
        person.click("#top").await;
        person.order("k").await;
        person.order("j").await;
        person.key("Escape", 27).await;
    });
    assert_eq!(seen.words, ["click button \"Top\"", "press Control+k", "press Escape button \"Top\""]);
}

#[test]
fn the_page_is_the_one_before_the_act() {
    let seen = watch("/teach", &[], async |person, _| {
        person.fill("[name=quantity]", "7").await;
        person.click("[name=gift]").await;
    });
    let before = seen.acts.iter().map(|act| act.row("target").unwrap());
    let before: Vec<_> = before.map(|row| (row.value.clone().unwrap_or_default(), row.states.clone())).collect();
    assert_eq!(before, [("1".to_owned(), vec![]), (String::new(), vec![])]);
}

#[test]
fn what_a_field_hides_never_leaves_the_page() {
    let seen = watch("/teach", &["pin-password"], async |person, _| {
        person.fill("[name=pw]", "hunter2secret").await;
        person.script("document.querySelector('#echo').textContent = 'You typed hunter2secret'").await;
        person.fill("[name=code]", "918273").await;
        person.fill("[name=card]", "4111111111111111").await;
        person.click("#send").await;
        person.script("1").await;
    });
    let leaked = ["hunter2secret", "918273", "4111111111111111"].map(|text| seen.everything.contains(text));
    assert_eq!(
        (seen.words[..3].to_vec(), leaked, seen.told),
        (
            vec![
                "fill textbox \"Password\" with the secret `pin-password`".to_owned(),
                "fill textbox \"Code\" with the secret `code`".to_owned(),
                "fill textbox \"Card\" with the secret `card`".to_owned(),
            ],
            [false; 3],
            vec!["code".to_owned(), "card".to_owned()]
        )
    );
}

#[test]
fn the_record_keeps_no_text_that_was_typed() {
    let seen = watch("/teach", &[], async |person, _| person.fill("[name=quantity]", "12345").await);
    assert_eq!(seen.kept, ["fill textbox \"Quantity\"", "it was ended"]);
}

#[test]
fn events_that_a_script_makes_are_nobodys_acts() {
    let seen = watch("/teach", &[], async |person, _| {
        person
            .script(
                "document.querySelector('#none').dispatchEvent(new MouseEvent('click', { bubbles: true }));
                 document.querySelector('[name=gift]').click();
                 document.querySelector('[name=quantity]').dispatchEvent(new InputEvent('input', { bubbles: true }))",
            )
            .await;
        person.click("#add").await;
    });
    assert_eq!(seen.words, ["click button \"Add to cart\""]);
}

#[test]
fn a_page_that_draws_itself_anew_while_somebody_types_is_told_once() {
    let seen = watch("/redraw", &[], async |person, _| {
        person.click("#q").await;
        person.types("Main").await;
        person.click("button").await;
    });
    assert_eq!(seen.words, ["fill textbox \"Search\" with Main", "click button \"Main street\""]);
}

#[test]
fn frames_of_the_same_origin_are_part_of_the_page_and_others_are_entered() {
    let seen = watch("/around", &[], async |person, _| {
        person.fill("#same >> [name=quantity]", "5").await;
        person.click("#same >> #add").await;
        person.click("#other").await;
        person.click("#away").await;
    });
    let words: Vec<_> = seen.words.iter().map(|words| words.split("http").next().unwrap()).collect();
    assert_eq!(
        words,
        [
            "fill textbox \"Quantity\" with 5",
            "click button \"Add to cart\"",
            "frame ",
            "click button \"Pay now\"",
            "leave the frame",
            "click link \"Away\"",
        ]
    );
}

#[test]
fn what_is_typed_into_the_address_bar_is_an_open_and_going_back_is_told() {
    let seen = watch("/teach", &[], async |person, lab| {
        person.ask("Page.navigate", serde_json::json!({ "url": lab.site.url("/words") })).await;
        person.arrives("/words").await;
        person.is_told("open ").await;
        let history = person.ask("Page.getNavigationHistory", serde_json::json!({})).await;
        let before = history["entries"].as_array().unwrap().iter().rev().nth(1).unwrap()["id"].clone();
        person.ask("Page.navigateToHistoryEntry", serde_json::json!({ "entryId": before })).await;
        person.is_told("back").await;
    });
    let words: Vec<_> = seen.words.iter().map(|words| words.split("http").next().unwrap()).collect();
    assert_eq!(words, ["open ", "back"]);
}

#[test]
fn another_tab_is_gone_to_before_anything_is_done_in_it() {
    let seen = watch("/around", &[], async |person, _| {
        person.click("#new").await;
        let other = Person::at("/redraw").await;
        other.click("#q").await;
        other.types("A").await;
        other.ask("Page.close", serde_json::json!({})).await;
        person.click("#away").await;
    });
    assert_eq!(
        seen.words,
        ["click link \"Another tab\"", "go to tab 2", "fill textbox \"Search\" with A", "click link \"Away\""]
    );
}

#[test]
fn of_a_page_with_ten_thousand_controls_a_part_is_kept_and_what_was_pressed() {
    let seen = watch("/teach", &[], async |person, _| {
        let many = "for (let i = 0; i < 10000; i++) document.body.append(Object.assign(document.createElement('button'), \
                    { textContent: 'Number ' + i, id: 'n' + i }))";
        person.script(many).await;
        person.click("#n9876").await;
        person.click("#n3").await;
    });
    assert_eq!(seen.words, ["click button \"Number 9876\"", "click button \"Number 3\""]);
    let rows = seen.acts.iter().map(|act| act.page.table.rows.len() + act.page.more.len());
    assert!(rows.clone().all(|rows| rows < 1000), "{:?}", rows.collect::<Vec<_>>());
}

#[test]
fn a_page_that_was_not_allowed_is_left_out() {
    let seen = watch("/teach", &[], async |person, lab| {
        person.click("#add").await;
        person.ask("Page.navigate", serde_json::json!({ "url": lab.site.url("/forbidden") })).await;
        person.is_told("/forbidden").await;
    });
    let told = seen.told.iter().any(|told| told.contains("/forbidden"));
    assert_eq!((seen.words, told), (vec!["click button \"Add to cart\"".to_owned()], true), "{:?}", seen.told);
}

#[test]
fn a_browser_that_is_closed_ends_it_with_what_was_done_until_then() {
    let closes = async |person: &Person, _: &Lab| {
        person.fill("[name=quantity]", "4").await;
        person.ask("Page.close", serde_json::json!({})).await;
    };
    let seen = watch_until("/teach", &[], closes, |_| {});
    assert_eq!(seen.words, ["fill textbox \"Quantity\" with 4"]);
    assert_eq!(seen.kept.last().unwrap(), "the window was closed");
}
