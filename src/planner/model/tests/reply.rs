//! Replies that make sense, and many that do not.

use lamassu_contract::Call;
use serde_json::json;

use super::*;
use crate::planner::{PlannerError, Proposal};

async fn proposed(message: Value) -> Proposal {
    let endpoint = Endpoint::start([says(&message)]).await;
    endpoint.propose(&view(&tools(), &[], &[])).await.unwrap().proposal
}

#[tokio::test]
async fn several_calls_are_proposed_in_order() {
    let message = calls(&[
        ("browser_fill", json!({ "target": "3", "text": "2" })),
        ("browser_click", json!({ "target": "7" })),
        ("file_read", json!({ "path": "a" })),
    ]);
    let expected = vec![
        Call::new("browser", "fill").with("target", "3").with("text", "2"),
        Call::new("browser", "click").with("target", "7"),
        Call::new("file", "read").with("path", "a"),
    ];
    assert_eq!(proposed(message).await, Proposal::Act(expected));
}

#[tokio::test]
async fn the_other_proposals_are_functions_too() {
    let proposals = [
        proposed(calls(&[("done", json!({ "answer": "A-1", "evidence": "\"it is A-1\"" }))])).await,
        proposed(calls(&[("ask", json!({ "question": "which size?" }))])).await,
        proposed(give_up()).await,
    ];
    let done = Proposal::Done { answer: "A-1".into(), evidence: "\"it is A-1\"".to_owned() };
    assert_eq!(proposals, [done, Proposal::Ask("which size?".to_owned()), Proposal::Pass("no way".to_owned())]);
}

#[tokio::test]
async fn a_reply_that_acts_is_not_done_yet() {
    let message = calls(&[
        ("done", json!({ "answer": "A-1", "evidence": "I will have \"clicked\"" })),
        ("browser_click", json!({ "target": "7" })),
    ]);
    assert_eq!(proposed(message).await, Proposal::Act(vec![Call::new("browser", "click").with("target", "7")]));
}

#[tokio::test]
async fn three_replies_without_sense_are_the_end() {
    let endpoint = Endpoint::start((0..9).map(|_| says(&json!({ "content": "hm" })))).await;
    let error = endpoint.propose(&view(&tools(), &[], &[])).await.unwrap_err();
    let words = "it calls no function; text alone does nothing (`hm`)".to_owned();
    assert_eq!((error, endpoint.bodies().len()), (PlannerError::Nonsense(words), 3));
}

#[tokio::test]
async fn unusual_shapes_are_understood() {
    let parts = json!([{ "type": "thinking", "thinking": [] }, { "type": "text", "text": "First the mug." }]);
    let call = json!({ "function": { "name": "browser_click", "arguments": { "target": "7" } } });
    let body = json!({
        "object": "chat.thing", "service_tier": "unheard-of",
        "choices": [{ "finish_reason": "unheard_of", "message": {
            "content": parts, "tool_calls": [call, call], "annotations": [], "audio": null, "mood": "fine"
        } }]
    });
    let endpoint = Endpoint::start([send(200, &body)]).await;
    let planned = endpoint.propose(&view(&tools(), &[], &[])).await.unwrap();
    let click = Call::new("browser", "click").with("target", "7");
    let mut expected = Planned::from(Proposal::Act(vec![click.clone(), click]));
    expected.why = "First the mug.".to_owned();
    expected.memo = json!({ "seen": [], "said": "First the mug." });
    assert_eq!(planned, expected);
}

#[tokio::test]
async fn an_answer_has_the_type_that_the_goal_asks_for() {
    let schema =
        json!({ "type": "object", "properties": { "order": { "$ref": "#/$defs/id" } }, "$defs": { "id": {} } });
    let wrong = calls(&[("done", json!({ "answer": ["A-1"], "evidence": "`e`" }))]);
    let right = calls(&[("done", json!({ "answer": { "order": "A-1" }, "evidence": "`e`" }))]);
    let endpoint = Endpoint::start([says(&wrong), says(&right)]).await;
    let planned = endpoint.propose(&View { output: Some(&schema), ..view(&tools(), &[], &[]) }).await.unwrap();
    let done = Proposal::Done { answer: json!({ "order": "A-1" }), evidence: "`e`".to_owned() };
    assert_eq!((planned.proposal, endpoint.bodies().len()), (done, 2));
    let told = endpoint.bodies()[1].to_string();
    let shape = "`answer` must be an object, as in `{\\\"answer\\\": {\\\"order\\\": ..}, \\\"evidence\\\": string}`";
    assert!(told.contains(shape), "{told}");
}

/// What comes of one reply that is done with `arguments`, where the page says `Order A-1 is on its way`.
async fn ended(arguments: Value) -> (Proposal, usize) {
    let schema = json!({ "type": "object", "properties": { "order": { "type": "string" } } });
    let endpoint = Endpoint::start([says(&calls(&[("done", arguments)])), says(&give_up())]).await;
    let now = [Observation::from_page("https://shop.test", "Order A-1\nis on its way")];
    let planned = endpoint.propose(&View { output: Some(&schema), ..view(&tools(), &[], &now) }).await.unwrap();
    (planned.proposal, endpoint.bodies().len())
}

fn done(evidence: &str) -> Proposal {
    Proposal::Done { answer: json!({ "order": "A-1" }), evidence: evidence.to_owned() }
}

#[tokio::test]
async fn an_answer_beside_its_place_is_taken() {
    let beside = json!({ "order": "A-1", "evidence": "\"A-1\"" });
    let alone = json!({ "answer": "A-1", "evidence": "\"A-1\"" });
    let text = json!({ "answer": "{\"order\": \"A-1\"}", "evidence": "\"A-1\"" });
    for arguments in [beside, alone, text] {
        assert_eq!(ended(arguments.clone()).await, (done("\"A-1\""), 1), "{arguments}");
    }
}

#[tokio::test]
async fn evidence_without_marks_is_a_quotation_if_it_stands_there() {
    let say = |evidence: &str| ended(json!({ "answer": { "order": "A-1" }, "evidence": evidence }));
    assert_eq!(say("Order A-1 is on its way").await, (done("\"Order A-1 is on its way\""), 1));
    assert_eq!(say("the order is on its way").await, (Proposal::Pass("no way".to_owned()), 2));
}
