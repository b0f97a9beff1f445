//! Rules by which a person has agreed beforehand.

use lamassu_contract::Provenance;

use super::*;
use crate::policy::{Consents, consent_to};

const DAY: u64 = 24 * 60 * 60 * 1000;

fn click(target: &str) -> Action {
    let button = field("https://example.com/", target);
    let action = Action::new(&Call::new("browser", "click").with("target", "[7]"), Effect::Consequential, button);
    action.traced(&Provenance::new("send it", &BTreeMap::new()))
}

fn tainted(mut standing: Standing, places: &[&str]) -> Standing {
    standing.tainted_by = places.iter().map(|place| (*place).to_owned()).collect();
    standing
}

/// Whether the rule that comes of `action` covers what is asked for `then`.
fn covers(action: &Action, then: (&Action, &Standing)) -> bool {
    let rule = consent_to(action, &tainted(standing(), &["page:https://example.com"])).unwrap();
    let consents = Consents::read("", &[]).unwrap();
    consents.add(&rule).unwrap_or_else(|error| panic!("{error}\n{rule}"));
    consents.covers(then.0, &[], then.1).is_some()
}

#[test]
fn a_rule_covers_the_same_action_and_no_other() {
    let same = click("https://example.com/send");
    let now = tainted(standing(), &["page:https://example.com"]);
    let later = Standing { now: now.now + 29 * DAY, steps: 9, ..now.clone() };
    let too_late = Standing { now: now.now + 31 * DAY, ..now.clone() };
    let other_user = Standing { user: "bob".to_owned(), ..now.clone() };
    let fooled = tainted(standing(), &["page:https://example.com", "page:https://evil.test"]);
    let elsewhere = click("https://evil.test/send");
    let asked = [
        (&same, &now),
        (&same, &later),
        (&same, &too_late),
        (&same, &other_user),
        (&same, &fooled),
        (&elsewhere, &now),
        (&open("https://example.com/"), &now),
    ];
    assert_eq!(asked.map(|then| covers(&same, then)), [true, true, false, false, false, false, false]);
}

#[test]
fn an_argument_that_was_not_the_users_own_has_to_be_the_same() {
    let note = |text: &str| {
        let box_of = field("https://example.com/", "https://example.com/send");
        fill(box_of, text).traced(&Provenance::new("write my name", &BTreeMap::new()))
    };
    let now = tainted(standing(), &["page:https://example.com"]);
    let (same, own, other) = (note("anything"), note("my name"), note("something else"));
    assert_eq!([&same, &own, &other].map(|then| covers(&same, (then, &now))), [true, false, false]);
    assert_eq!([&own, &same].map(|then| covers(&own, (then, &now))), [true, false]);
}

#[test]
fn what_cannot_be_undone_is_asked_every_time() {
    let button = field("https://example.com/", "https://example.com/pay");
    let pay = Action::new(&Call::new("browser", "click"), Effect::Irreversible, button);
    assert_eq!(consent_to(&pay, &standing()), None);
}

#[test]
fn rules_that_do_not_load_change_nothing() {
    let consents = Consents::read("", &[]).unwrap();
    assert!(consents.add("permit (principal, action, resource) when { context.nonsense };").is_err());
    assert!(consents.add("permit (principal, action, resource);").is_err());
    assert_eq!(consents.text(), "");
}
