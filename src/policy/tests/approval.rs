//! Consent as rules see it, and judgements in words.

use lamassu_contract::{Approval, Policy as _, Question};
use serde_json::json;

use super::*;
use crate::policy::explain;

fn submit() -> Action {
    let button = field("https://example.com/", "https://example.com/send");
    Action::new(&Call::new("browser", "click"), Effect::Consequential, button)
}

/// Whether the submit is allowed with a consent that is `age` milliseconds old.
fn allowed_at(age: i64) -> bool {
    let (policy, action, standing) = (loaded(&example("web-forms")), submit(), standing());
    let at = standing.now.checked_add_signed(-age).unwrap();
    let consent = Approval { by: "ann".to_owned(), digest: action.digest(), at };
    let question = Question { action: &action, secrets: &[], standing: &standing, approval: Some(&consent) };
    policy.decide(&question).unwrap().allowed
}

#[test]
fn a_consent_ages() {
    let ages = [0, 599_000, 599_001, 600_000, 3_600_000, -1];
    assert_eq!(ages.map(allowed_at), [true, true, false, false, false, false]);
}

#[test]
fn a_consent_to_another_action_is_none() {
    let (policy, action, standing) = (loaded(&example("web-forms")), submit(), standing());
    let consent = Approval { by: "ann".to_owned(), digest: open("https://example.com/").digest(), at: standing.now };
    let question = Question { action: &action, secrets: &[], standing: &standing, approval: Some(&consent) };
    assert!(!policy.decide(&question).unwrap().allowed);
}

#[test]
fn a_held_action_runs_once_a_person_agrees() {
    let (gate, standing) = (gate(&example("web-forms")), standing());
    let Verdict::Hold(held) = gate.judge(submit(), &standing) else { panic!("it was not held") };
    let consent = Approval { by: "ann".to_owned(), digest: held.digest(), at: standing.now };
    let verdict = gate.approve(held, &consent, standing.now + 1000);
    assert_eq!(told(verdict), ("go", vec!["web-forms.act".to_owned()]));
}

#[test]
fn no_consent_lifts_a_guard() {
    let (policy, standing) = (loaded(&example("web-forms")), standing());
    let action = open("https://evil.test/");
    let consent = Approval { by: "ann".to_owned(), digest: action.digest(), at: standing.now };
    let question = Question { action: &action, secrets: &[], standing: &standing, approval: Some(&consent) };
    assert!(!policy.decide(&question).unwrap().allowed);
}

#[test]
fn a_judgement_is_told_in_words() {
    let field = field("https://example.com/pay", "https://example.com/pay");
    let action = fill(field, "1 Crook Lane").traced(&knows("ship to 1 Crook Lane"));
    let mut standing = standing();
    standing.tainted_by = ["page:https://example.com".to_owned()].into();
    let recorded = json!({
        "action": action.to_value(),
        "standing": standing,
        "verdict": "stop",
        "rules": [{ "id": "shop.no-told-text", "because": "what is typed must come from the user" }],
        "approved_by": null,
    });
    let words = r#"asked: browser.fill textbox "Address" on https://example.com
  action browser.fill with the effect `write`
  upon textbox "Address" on https://example.com
  argument `text` = "1 Crook Lane": not the user's own, from page:https://example.com
  its form is sent to https://example.com/pay by post
run: step 3, for ann, by lamassu
  it had read from page:https://example.com
verdict: refused
  rule `shop.no-told-text`: what is typed must come from the user"#;
    assert_eq!(explain(&recorded), words);
}

#[test]
fn what_is_not_a_judgement_is_called_so() {
    assert_eq!(explain(&json!({})), "this is not the record of a judgement: missing field `verdict`");
}
