//! What the planner does on small pages.

use std::collections::BTreeMap;

use lamassu_contract::{Call, Change, Detail, Failure, FailureKind, Observation, Page, Refusal, Row, Table};
use serde_json::json;

use super::{Local, adapter::Adapter};
use crate::planner::{Planned, Proposal, Reply, Turn, View};

/// A control with its tag, the text before it and the words of its attributes.
fn control(reference: u32, role: &str, name: &str, tag: &str) -> Row {
    let field = matches!(role, "textbox" | "spinbutton");
    let place = [0, i32::try_from(reference).unwrap() * 30, 100, 20];
    let detail = Detail { order: reference, tag: tag.to_owned(), place, ..Detail::default() };
    Row {
        reference,
        role: role.to_owned(),
        name: name.to_owned(),
        value: field.then(String::new),
        detail: Some(Box::new(detail)),
        ..Row::default()
    }
}

fn button(reference: u32, name: &str) -> Row {
    control(reference, "button", name, "button/submit")
}

fn icon(reference: u32, marks: &str, row: (u32, &str)) -> Row {
    let mut icon = control(reference, "clickable", "", "span");
    let detail = icon.detail.as_mut().unwrap();
    marks.clone_into(&mut detail.marks);
    (detail.record, detail.around) = (row.0, row.1.to_owned());
    icon
}

fn look(rows: Vec<Row>, text: &str) -> Vec<Observation> {
    let page = Page {
        url: "https://page.test/".parse().unwrap(),
        title: "Page".to_owned(),
        table: Table { rows, notes: Vec::new() },
        text: text.to_owned(),
        more: Vec::new(),
    };
    vec![Observation::from_page("https://page.test", "").with_page(page)]
}

fn plan(goal: &str, now: &[Observation], turns: &[Turn]) -> Planned {
    let inputs = BTreeMap::new();
    let view = View {
        goal,
        at: None,
        inputs: &inputs,
        output: None,
        tools: &[],
        rules: "",
        secrets: &[],
        turns,
        now,
        pictures: &[],
    };
    Local::new().plan(&view)
}

/// What is asked for, as `verb target more`.
fn asked(planned: &Planned) -> String {
    match &planned.proposal {
        Proposal::Act(calls) => {
            let words = |call: &Call| {
                let text =
                    |name: &str| call.args.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
                format!("{} {} {}{}", call.verb, text("target"), text("text"), text("option")).trim().to_owned()
            };
            calls.iter().map(words).collect::<Vec<_>>().join(", ")
        }
        Proposal::Ask(_) => "ask".to_owned(),
        Proposal::Done { .. } => "done".to_owned(),
        Proposal::Pass(_) => "pass".to_owned(),
    }
}

/// The turn in which `planned` happened.
fn landed(planned: Planned) -> Turn {
    Turn { planned, results: vec![Reply::Landed(Observation::from_tool("browser", "done"))] }
}

#[test]
fn the_named_button_is_pressed_and_then_the_goal_is_reached() {
    let page = look(vec![button(1, "Preview"), button(2, "Publish"), button(3, "Print")], "");
    let first = plan("Click on the \"Publish\" button.", &page, &[]);
    assert_eq!(asked(&first), "click [2]");
    assert_eq!(asked(&plan("Click on the \"Publish\" button.", &page, &[landed(first)])), "done");
}

#[test]
fn what_was_refused_is_not_done() {
    let page = look(vec![button(1, "Preview"), button(2, "Publish"), button(3, "Print")], "");
    let first = plan("Click on the \"Publish\" button.", &page, &[]);
    let refusal = Refusal { action: "click button \"Publish\"".to_owned(), rules: Vec::new() };
    let turn = Turn { planned: first, results: vec![Reply::Refused(refusal)] };
    let next = plan("Click on the \"Publish\" button.", &page, &[turn]).proposal;
    assert!(matches!(&next, Proposal::Pass(why) if why.contains("click button \"Publish\"")), "{next:?}");
}

#[test]
fn what_may_have_happened_is_not_done_again() {
    let page = look(vec![button(1, "Preview"), button(2, "Publish"), button(3, "Print")], "");
    let first = plan("Click on the \"Publish\" button.", &page, &[]);
    let failure = Failure::new(FailureKind::Remote, "the line is dead");
    let turn = Turn { planned: first, results: vec![Reply::InDoubt(failure)] };
    let next = plan("Click on the \"Publish\" button.", &page, &[turn]).proposal;
    assert!(matches!(&next, Proposal::Pass(why) if why.contains("nobody can tell")), "{next:?}");
}

#[test]
fn values_go_into_the_fields_that_are_called_so_before_the_form_is_sent() {
    let goal = "Enter the city \"Uruk\" and the phone number \"555\", then press Save.";
    let rows = vec![
        control(1, "textbox", "Phone", "input/tel"),
        control(2, "textbox", "City", "input/text"),
        button(3, "Save"),
    ];
    let mut turns = Vec::new();
    let mut done = Vec::new();
    let mut rows = rows;
    for _ in 0..3 {
        let planned = plan(goal, &look(rows.clone(), ""), &turns);
        let words = asked(&planned);
        for (field, value) in [(0, "555"), (1, "Uruk")] {
            if words == format!("fill [{}] {value}", field + 1) {
                rows[field].value = Some(value.to_owned());
            }
        }
        done.push(words);
        turns.push(landed(planned));
    }
    done[..2].sort();
    assert_eq!(done, ["fill [1] 555", "fill [2] Uruk", "click [3]"]);
}

#[test]
fn the_icon_of_the_row_that_is_meant_is_pressed() {
    let rows =
        [("Ada", 10), ("Bruno", 20), ("Carla", 30)].into_iter().enumerate().flat_map(|(index, (name, record))| {
            let number = u32::try_from(index * 2 + 1).unwrap();
            [icon(number, "trash", (record, name)), icon(number + 1, "star", (record, name))]
        });
    let page = look(rows.collect(), "Ada\nBruno\nCarla");
    assert_eq!(asked(&plan("Delete the message from Bruno", &page, &[])), "click [3]");
}

#[test]
fn what_cannot_be_taken_back_is_asked_about_when_nobody_wished_for_it() {
    let mut field = control(1, "textbox", "Message", "textarea");
    field.value = Some("hello".to_owned());
    let note = json!({ "print": 1, "verb": "fill", "identity": 7, "record": 0, "value": "hello", "took": [1, 2], "submitted": false, "share": 0.4 });
    let call = lamassu_contract::Call::new("browser", "fill").with("target", "[1]").with("text", "hello");
    let turn = landed(Planned { memo: note, ..Proposal::Act(vec![call]).into() });
    let page = look(vec![field, button(2, "Pay now")], "");
    assert_eq!(asked(&plan("Note hello", &page, &[turn])), "ask");
}

#[test]
fn nothing_is_pressed_at_random() {
    let page = look(vec![button(1, "Alpha"), button(2, "Beta")], "");
    let goals = ["", "  ", "Zeg het voort aan iedereen", "What is the meaning of life?"];
    assert_eq!(goals.map(|goal| asked(&plan(goal, &page, &[]))), ["pass"; 4]);
    assert_eq!(asked(&plan("Click Alpha", &look(Vec::new(), ""), &[])), "pass");
}

#[test]
fn a_question_is_handed_over_once_nothing_is_left_to_do() {
    let rows = vec![button(1, "Prices")];
    let first = plan("press Prices and tell me what a mug costs", &look(rows, "A mug costs 18 euros"), &[]);
    let then = plan(
        "press Prices and tell me what a mug costs",
        &look(vec![], "A mug costs 18 euros"),
        &[landed(first.clone())],
    );
    assert_eq!((asked(&first).as_str(), matches!(then.proposal, Proposal::Pass(_))), ("click [1]", true));
}

#[test]
fn german_and_korean_goals_are_understood() {
    let german = look(vec![button(1, "Abbrechen"), button(2, "Speichern")], "");
    assert_eq!(asked(&plan("Klicke auf \"Speichern\"", &german, &[])), "click [2]");
    let korean = look(vec![button(1, "취소"), button(2, "저장")], "");
    assert_eq!(asked(&plan("저장 버튼을 클릭하세요", &korean, &[])), "click [2]");
}

#[test]
fn the_acts_of_another_planner_are_not_gone_on_with() {
    let page = look(vec![button(1, "Alpha")], "");
    let call = lamassu_contract::Call::new("browser", "click").with("target", "[1]");
    let turn = landed(Planned { memo: json!({ "message": {} }), ..Proposal::Act(vec![call]).into() });
    assert_eq!(asked(&plan("Click Alpha", &page, &[turn])), "pass");
}

#[test]
fn the_answer_of_a_person_is_what_is_wanted_next() {
    let page = look(vec![button(1, "Alpha"), button(2, "Beta")], "");
    let turn = Turn {
        planned: Proposal::Ask("What is to be done?".to_owned()).into(),
        results: vec![Reply::Said("click Beta".to_owned())],
    };
    assert_eq!(asked(&plan("Reach the unreachable", &page, &[turn])), "click [2]");
}

#[test]
fn ten_thousand_controls_are_a_page_like_any_other() {
    let rows = (1..=10_000).map(|number| button(number, &format!("Item {number}"))).collect();
    assert_eq!(asked(&plan("Click \"Item 77\"", &look(rows, ""), &[])), "click [77]");
}

/// Rows of a shop with a title that leads into each.
fn shelf() -> Vec<Row> {
    let things =
        [("Red Lamp", "Red Lamp €18.00"), ("Blue Lamp", "Blue Lamp €24.50"), ("Oak Chair", "Oak Chair €99.00")];
    let rows = things.into_iter().enumerate().map(|(index, (name, around))| {
        let number = u32::try_from(index + 10).unwrap();
        let mut link = control(number, "link", name, "a");
        let detail = link.detail.as_mut().unwrap();
        (detail.record, detail.around) = (number, around.to_owned());
        link
    });
    rows.collect()
}

fn answer(goal: &str, output: Option<&serde_json::Value>, page: &[Observation]) -> Option<serde_json::Value> {
    let inputs = BTreeMap::new();
    let view = View {
        goal,
        at: None,
        inputs: &inputs,
        output,
        tools: &[],
        rules: "",
        secrets: &[],
        turns: &[],
        now: page,
        pictures: &[],
    };
    match Local::new().plan(&view).proposal {
        Proposal::Done { answer, .. } => Some(answer),
        _ => None,
    }
}

#[test]
fn what_is_asked_is_read_off_the_page() {
    let page = look(shelf(), "3 products found\nDelivery: two days\nRed Lamp\nBlue Lamp\nOak Chair");
    let asked = [
        "How much is the Blue Lamp?",
        "Which lamp is the cheapest?",
        "What is the most expensive product?",
        "How many products are there?",
        "What is the delivery?",
        "Was kostet Oak Chair?",
    ];
    let found = asked.map(|goal| answer(goal, None, &page).unwrap_or_default());
    assert_eq!(found, ["€24.50", "Red Lamp", "Oak Chair", "3", "two days", "€99.00"].map(|text| json!(text)));
}

#[test]
fn an_answer_has_the_shape_that_is_wanted() {
    let page = look(shelf(), "");
    let number = json!({ "type": "object", "properties": { "price": { "type": "number" } } });
    let two =
        json!({ "type": "object", "properties": { "price": { "type": "number" }, "name": { "type": "string" } } });
    let goal = "How much is the Blue Lamp?";
    let found = [
        answer(goal, Some(&number), &page),
        answer(goal, Some(&json!({ "type": "string" })), &page),
        answer(goal, Some(&two), &page),
    ];
    assert_eq!(found, [Some(json!({ "price": 24.5 })), Some(json!("€24.50")), None]);
}

#[test]
fn what_could_be_two_things_is_not_answered() {
    let page = look(shelf(), "");
    let goals = ["How much is the lamp?", "What does the sofa cost?", "Who wrote this?"];
    assert_eq!(goals.map(|goal| answer(goal, None, &page)), [None, None, None]);
}

#[test]
fn a_verb_presses_the_button_of_the_row_and_not_the_link_that_is_called_like_a_word() {
    let mut rows = vec![control(1, "link", "Cart", "a")];
    for (number, title) in [(10, "Red Lamp"), (20, "Oak Chair")] {
        let mut inside = [control(number, "link", title, "a"), button(number + 1, "Add to cart")];
        for row in &mut inside {
            let detail = row.detail.as_mut().unwrap();
            (detail.record, detail.around) = (number, format!("{title} Add to cart"));
        }
        rows.extend(inside);
    }
    let page = look(rows, "");
    let first = plan("add the oak chair to the cart", &page, &[]);
    let then = if asked(&first) == "click [20]" {
        asked(&plan("add the oak chair to the cart", &page, &[landed(first)]))
    } else {
        asked(&first)
    };
    assert_eq!(then, "click [21]");
}

#[test]
fn what_is_not_to_be_done_is_not_done() {
    let page = look(vec![button(1, "Close ticket"), button(2, "Watch")], "");
    assert_eq!(asked(&plan("Click Watch and close no ticket.", &page, &[])), "click [2]");
    assert_ne!(asked(&plan("Do not close the ticket", &page, &[])), "click [1]");
}

#[test]
fn a_goal_in_a_language_that_is_not_known_is_handed_over() {
    let page = look(vec![button(1, "Supprimer"), button(2, "Bruno")], "");
    assert_eq!(asked(&plan("Effacez immédiatement la lettre de Bruno", &page, &[])), "pass");
}

#[test]
fn ten_thousand_fields_are_looked_through_in_good_time() {
    let rows =
        (1..=10_000).map(|number| control(number, "textbox", &format!("Field {number}"), "input/text")).collect();
    assert_eq!(asked(&plan("Enter \"Uruk\" into Field 77", &look(rows, ""), &[])), "fill [77] Uruk");
}

/// A table of events: what leads to other parts, the heads of its columns, and a link with a menu in each row.
fn events() -> Vec<Row> {
    let marked = |mut row: Row, marks: &str| {
        marks.clone_into(&mut row.detail.as_mut().unwrap().marks);
        row
    };
    let ways = [(1, "Events"), (2, "People"), (3, "Settings")];
    let mut rows: Vec<Row> =
        ways.into_iter().map(|(number, name)| marked(control(number, "link", name, "a"), "navigation")).collect();
    let heads = [(4, "Event"), (5, "Price")];
    rows.extend(heads.into_iter().map(|(number, name)| marked(button(number, name), "columnheader")));
    for (number, name, price) in [(10, "Jazz night", 20), (20, "Book fair", 5), (30, "Chess club", 31)] {
        let mut inside = [
            control(number, "link", name, "a"),
            marked(control(number + 1, "button", "More", "button/button"), "popup"),
        ];
        for row in &mut inside {
            let detail = row.detail.as_mut().unwrap();
            (detail.record, detail.around) = (number, format!("{name} €{price}.00"));
        }
        rows.extend(inside);
    }
    rows
}

#[test]
fn what_a_row_does_not_offer_is_looked_for_in_its_menu() {
    let page = look(events(), "# Events");
    let first = plan("Duplicate the event \"Book fair\".", &page, &[]);
    assert_eq!(asked(&first), "click [21]");
    let mut rows = events();
    rows.push(Row { change: Some(Change::New), ..control(40, "menuitem", "Duplicate", "li") });
    let page = look(rows, "# Events");
    let turns = [landed(first)];
    let then = plan("Duplicate the event \"Book fair\".", &page, &turns);
    assert_eq!(asked(&then), "click [40]");
    let [first] = turns;
    assert_eq!(asked(&plan("Duplicate the event \"Book fair\".", &page, &[first, landed(then)])), "done");
}

#[test]
fn what_is_nowhere_to_be_seen_is_looked_for_where_people_would() {
    let page = look(events(), "# Events");
    let goals = ["Turn off the notifications by text message.", "Invite ada@example.com as an editor."];
    assert_eq!(goals.map(|goal| asked(&plan(goal, &page, &[]))), ["click [3]", "click [2]"]);
}

#[test]
fn a_list_is_sorted_before_the_first_of_it_is_opened() {
    let page = look(events(), "# Events");
    let goal = "Sort by price and open the cheapest one.";
    let first = plan(goal, &page, &[]);
    assert_eq!(
        (asked(&first), asked(&plan(goal, &page, &[landed(first.clone())]))),
        ("click [5]".into(), "click [20]".into())
    );
}

#[test]
fn nothing_is_sent_off_while_a_value_is_missing_and_no_value_goes_where_it_does_not_belong() {
    let form = |seats: &str| {
        let mut number = control(1, "spinbutton", "Number of seats", "input/number");
        number.value = Some(seats.to_owned());
        let rows = vec![number, control(2, "textbox", "In the name of", "input/text"), button(3, "Reserve")];
        look(rows, "# Book fair")
    };
    let goal = "Reserve 3 seats for Book fair in the name of Vera Blum.";
    let first = plan(goal, &form("1"), &[]);
    let second = plan(goal, &form("3"), &[landed(first.clone())]);
    let both = [asked(&first), asked(&second)];
    assert!(both.contains(&"fill [1] 3".to_owned()) && both.contains(&"fill [2] Vera Blum".to_owned()), "{both:?}");
    let filters = look(vec![control(1, "spinbutton", "At least seats", "input/number"), button(2, "Apply filter")], "");
    for goal in [goal, "Set the volume in the Terrace to 41.", "Change the phone number of Ada to 0664 7788."] {
        assert_eq!(asked(&plan(goal, &filters, &[])), "pass", "{goal}");
    }
}

/// Three sections, of which `open` is unfolded and has a link called so.
fn sections(open: Option<(usize, &str)>) -> Vec<Row> {
    let mut rows: Vec<_> = (1..=3).map(|number| control(number, "tab", &format!("Section #{number}"), "h3")).collect();
    for (index, row) in rows.iter_mut().enumerate() {
        let state = if open.is_some_and(|(at, _)| at == index) { "expanded" } else { "collapsed" };
        row.states.push(state.to_owned());
    }
    if let Some((at, name)) = open {
        rows.insert(at + 1, control(4, "clickable", name, "span"));
    }
    rows
}

#[test]
fn what_is_quoted_and_not_to_be_seen_is_looked_for_in_each_section() {
    let goal = "Expand the sections below, to find and click on the link \"aliquam\".";
    let first = plan(goal, &look(sections(None), ""), &[]);
    let at = asked(&first).trim_matches(|letter: char| !letter.is_ascii_digit()).parse::<usize>().unwrap() - 1;
    let next = asked(&plan(goal, &look(sections(Some((at, "dictum"))), ""), &[landed(first)]));
    let others: Vec<_> = (0..3).filter(|other| *other != at).map(|other| format!("click [{}]", other + 1)).collect();
    assert!(others.contains(&next), "{next}");
}

#[test]
fn a_demonstration_lets_nothing_stand_in_for_what_is_not_to_be_seen_yet() {
    let goal = |name: &str| format!("Expand the sections below, to find and click on the link \"{name}\".");
    let inputs = BTreeMap::new();
    let local = Local::new();
    let (closed, open) = (look(sections(None), ""), look(sections(Some((0, "varius"))), ""));
    let told = goal("varius");
    let seen = |now| View {
        goal: &told,
        at: None,
        inputs: &inputs,
        output: None,
        tools: &[],
        rules: "",
        secrets: &[],
        turns: &[],
        now,
        pictures: &[],
    };
    let click = |target: &str| Call::new("browser", "click").with("target", target);
    let shown =
        [local.shown(&seen(&closed), &click("[1]")).unwrap(), local.shown(&seen(&open), &click("[4]")).unwrap()];
    let taught = Local::new().with(Adapter::fit(&shown));
    let told = goal("aliquam");
    let next = taught.plan(&View { goal: &told, ..seen(&open) });
    assert_ne!(asked(&next), "click [4]");
}

#[test]
fn in_the_last_message_of_somebody_nothing_else_has_to_be_the_last() {
    let rows = [(1, "Ada"), (2, "Bruno"), (3, "Carla")].map(|(number, name)| {
        let mut row = control(number, "clickable", &format!("{name} Lorem ipsum"), "div");
        let detail = row.detail.as_mut().unwrap();
        (detail.record, detail.around) = (number * 10, format!("{name} Lorem ipsum"));
        row
    });
    let goal = "pull up Bruno's last email and delete it";
    let first = plan(goal, &look(rows.to_vec(), ""), &[]);
    assert_eq!(asked(&first), "click [2]");
    let opened = vec![
        icon(1, "trash", (0, "")),
        control(2, "clickable", "Reply", "span"),
        control(3, "clickable", "Forward", "span"),
    ];
    assert_eq!(asked(&plan(goal, &look(opened, "Bruno"), &[landed(first)])), "click [1]");
}
