//! What would have made a recorded verdict another.

use serde_json::{Value, json};

use super::*;
use crate::policy::{Backtest, Recorded, why};

/// What would turn the verdict of `shop` about `action`, as ``word when``.
fn turns(action: &Action, origins: &[&str]) -> Vec<String> {
    let uses: Vec<Value> = action
        .secrets()
        .iter()
        .map(|(argument, name)| json!({ "argument": argument, "name": name, "origins": origins }))
        .collect();
    let value = json!({
        "action": action.to_value(), "secrets": uses, "standing": standing(), "verdict": "stop", "rules": [],
    });
    let recorded = Recorded::read(&value, &BTreeMap::new()).unwrap_or_else(|error| panic!("{error}"));
    let backtest = Backtest::load(&example("shop"), &[]).unwrap_or_else(|error| panic!("{error}"));
    let why = why(&backtest, &recorded, &BTreeMap::new()).unwrap_or_else(|error| panic!("{error}"));
    why.turns.into_iter().map(|turn| format!("{}: {}", turn.word, turn.when)).collect()
}

#[test]
fn a_site_that_was_not_named() {
    assert_eq!(turns(&open("https://other.test/a"), &[]), ["allow: `https://other.test` were among `sites`"]);
}

#[test]
fn a_text_that_was_read_from_a_page_or_made_up() {
    let read =
        fill(field("https://example.com/", "https://example.com/order"), "seen there").traced(&knows("seen there"));
    let said = "`text` came from the user, not from page:https://example.com";
    assert_eq!(turns(&read, &[]), [format!("allow: {said}")]);
    let own = fill(field("https://example.com/", "https://example.com/order"), "made up").traced(&knows("x"));
    let said = ["allow: a person agrees to it", "allow: `text` came from the user, not from model"];
    assert_eq!(turns(&own, &[])[..2], said);
}

#[test]
fn a_request_that_is_not_allowed_for_two_reasons() {
    let post = Action::new(
        &Call::new("http", "request"),
        Effect::Consequential,
        Resource::Url(url("https://other.test/collect")),
    );
    let post = post.fact("method", "POST").fact("bodyBytes", 56);
    let said = "allow: `https://other.test` were among `sites`, and it were a GET request without a body, not POST";
    assert_eq!(turns(&post, &[]), [said]);
}

#[test]
fn a_secret_that_is_bound_elsewhere() {
    let call = Call::new("browser", "fill");
    let field = field("https://example.com/", "https://example.com/in");
    let password = Action::new(&call, Effect::Write, field).uses_secret("secret", "pin");
    let said = "allow: the secret `pin` were bound to https://example.com";
    assert_eq!(turns(&password, &["https://bank.test"]), [said]);
}

#[test]
fn an_allowed_order_and_what_would_have_stopped_it() {
    let said =
        fill(field("https://example.com/", "https://example.com/order"), "1 Ziggurat Street").traced(&knows("x"));
    let turns = turns(&said, &[]);
    let expected = [
        "ask: the planner had made `text` up",
        "deny: `text` had been read from some page",
        "deny: `https://example.com` were not among `sites`",
        "deny: its form led to another site",
        "deny: it stood in a frame of another site",
    ];
    let missing: Vec<_> = expected.into_iter().filter(|one| !turns.iter().any(|turn| turn == one)).collect();
    assert!(missing.is_empty(), "{missing:?} in {turns:?}");
}
