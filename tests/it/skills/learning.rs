//! What a skill becomes of demonstrations.

use lamassu::planner::skill::{Demonstration, Skill, SkillError, Skills};

use super::scene::{SHOP, call, cart, ordering, page, product, products, row, shown, within};

fn learned(demonstrations: Vec<Demonstration>) -> Result<Skill, SkillError> {
    let folder = tempfile::tempdir().unwrap();
    Skills::open(folder.path()).unwrap().learn("order", demonstrations)
}

#[test]
fn what_the_goal_says_of_what_was_typed_and_pressed_is_filled_in() {
    let skill = learned(vec![ordering("2", (1, "Lapis Blue Mug"))]).unwrap();
    assert_eq!(skill.goal.to_string(), "put {quantity} of {product} into the cart");
    let steps =
        ["click link \"{product}\"", "fill textbox \"Quantity\" with \"{quantity}\"", "click button \"Add to cart\""];
    assert_eq!(skill.told(), steps);
    assert_eq!(skill.sites, [SHOP]);
    let end = (skill.end.address.as_deref(), skill.end.line.map(|line| line.to_string()));
    assert_eq!(end, (Some("/cart"), Some("# Your cart".to_owned())));
}

#[test]
fn what_stays_in_several_demonstrations_is_no_parameter() {
    let skill = learned(vec![ordering("2", (1, "Lapis Blue Mug")), ordering("3", (1, "Lapis Blue Mug"))]).unwrap();
    assert_eq!(skill.goal.to_string(), "put {quantity} of Lapis Blue Mug into the cart");
    assert_eq!(skill.told()[0], "click link \"Lapis Blue Mug\"");
}

#[test]
fn a_step_of_some_demonstrations_only_is_optional() {
    let mut with_banner = ordering("3", (2, "Coral Red Mug"));
    let mut banner = products();
    banner.table.rows.push(row(9, "button", "Accept all", "button", "cookie accept"));
    with_banner.moments.insert(0, lamassu::planner::skill::Moment { page: banner, call: call("click", 9) });
    let skill = learned(vec![ordering("2", (1, "Lapis Blue Mug")), with_banner]).unwrap();
    let optional: Vec<_> = skill.steps.iter().filter(|step| step.optional).map(|step| step.told()).collect();
    assert_eq!((skill.steps.len(), optional), (4, vec!["click button \"Accept all\", if it is there".to_owned()]));
}

#[test]
fn demonstrations_that_want_different_things_become_no_skill() {
    let other = shown("empty the cart", vec![(cart("2", "Desk Lamp"), call("click", 1))], cart("0", "things"));
    let wrong = learned(vec![ordering("2", (1, "Lapis Blue Mug")), other]).unwrap_err();
    assert!(matches!(wrong, SkillError::Intent { .. }), "{wrong}");
}

#[test]
fn a_difference_that_no_goal_explains_is_a_contradiction() {
    let typed = |text: &str| {
        let moments = vec![(product("Desk Lamp"), call("fill", 2).with("text", text))];
        shown("fill in the quantity", moments, product("Desk Lamp"))
    };
    let wrong = learned(vec![typed("2"), typed("3")]).unwrap_err();
    let words = "one demonstration has `2` and another one `3` to fill textbox \"Quantity\", and neither goal says which; \
        name it in the goal, or give it as an input";
    assert_eq!(wrong.to_string(), words);
}

#[test]
fn a_demonstration_in_which_nothing_is_done_is_refused() {
    assert_eq!(learned(vec![shown("look around", Vec::new(), products())]), Err(SkillError::Empty));
}

#[test]
fn the_same_steps_over_the_things_that_the_goal_lists_are_a_loop() {
    let boxes = || {
        page(
            "/",
            vec![
                row(1, "checkbox", "Ada", "input/checkbox", ""),
                row(2, "checkbox", "Bruno", "input/checkbox", ""),
                row(3, "checkbox", "Cem", "input/checkbox", ""),
            ],
            "People",
        )
    };
    let moments = vec![(boxes(), call("check", 1)), (boxes(), call("check", 3))];
    let skill = learned(vec![shown("tick Ada and Cem", moments, boxes())]).unwrap();
    assert_eq!(skill.goal.to_string(), "tick {checkbox}");
    assert_eq!(skill.told(), ["tick checkbox \"{item}\", for each of {checkbox}"]);
}

#[test]
fn the_same_steps_over_all_records_of_a_list_are_a_loop() {
    let mails = |names: &[&str]| {
        let mail = |(number, name): (u32, &&str)| {
            within(row(number, "button", "Delete", "button", "delete"), number, &format!("{name} hello"))
        };
        page("/", (1..).zip(names).map(mail).collect(), "Inbox")
    };
    let moments = vec![(mails(&["Ada", "Bruno"]), call("click", 1)), (mails(&["Bruno"]), call("click", 1))];
    let skill = learned(vec![shown("delete every mail", moments, mails(&[]))]).unwrap();
    assert_eq!(skill.told(), ["click button \"Delete\", for each record"]);
}

#[test]
fn a_second_demonstration_refines_the_skill_that_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let skills = Skills::open(folder.path()).unwrap();
    skills.learn("order", vec![ordering("2", (1, "Lapis Blue Mug"))]).unwrap();
    let skill = skills.learn("order", vec![ordering("5", (3, "Desk Lamp"))]).unwrap();
    assert_eq!(
        (skill.demonstrations, skill.parameters["product"].examples.clone()),
        (2, vec!["Lapis Blue Mug".to_owned(), "Desk Lamp".to_owned()])
    );
}
