//! Replies that make sense, and many that do not.

use lamassu_contract::Call;
use serde_json::json;

use super::*;
use crate::planner::{PlannerError, Proposal};

async fn proposed(message: Value) -> Proposal {
    let endpoint = Endpoint::start([says(&message)]).await;
    endpoint.propose(&view(&tools(), &[], &[])).await.unwrap().proposal
}

/// What the model is told about a reply to which it then answers well.
async fn told(reply: Answer) -> String {
    let endpoint = Endpoint::start([reply, says(&give_up())]).await;
    let planned = endpoint.propose(&view(&tools(), &[], &[])).await.unwrap();
    assert_eq!(planned.proposal, Proposal::Pass("no way".to_owned()));
    let bodies = endpoint.bodies();
    let last = bodies[1]["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned();
    let (_, problem) = last.split_once("nothing of it was done: ").unwrap();
    problem.strip_suffix("\nReply again.").unwrap().to_owned()
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
        proposed(calls(&[("done", json!({ "answer": "A-1", "evidence": "the page says so" }))])).await,
        proposed(calls(&[("ask", json!({ "question": "which size?" }))])).await,
        proposed(give_up()).await,
    ];
    let done = Proposal::Done { answer: "A-1".into(), evidence: "the page says so".to_owned() };
    assert_eq!(proposals, [done, Proposal::Ask("which size?".to_owned()), Proposal::Pass("no way".to_owned())]);
}

#[tokio::test]
async fn a_reply_that_acts_is_not_done_yet() {
    let message = calls(&[
        ("done", json!({ "answer": "A-1", "evidence": "I will have clicked" })),
        ("browser_click", json!({ "target": "7" })),
    ]);
    assert_eq!(proposed(message).await, Proposal::Act(vec![Call::new("browser", "click").with("target", "7")]));
}

#[tokio::test]
async fn names_that_only_look_like_a_function_are_unknown() {
    let names = ["file_read ", "File_Read", "file.read", "browser_\u{441}lick", "functions.done", ""];
    let mut seen = Vec::new();
    for name in names {
        seen.push(told(says(&calls(&[(name, json!({ "path": "a", "target": "7" }))]))).await);
    }
    let listed = "names must match exactly: `browser_click`, `browser_fill`, `file_read`, `done`, `ask`, `give_up`";
    let shown = ["file_read ", "File_Read", "file.read", "browser_\\u{441}lick", "functions.done", ""];
    assert_eq!(seen, shown.map(|name| format!("there is no function `{name}`; {listed}")));
}

#[tokio::test]
async fn one_wrong_call_stops_the_whole_reply() {
    let message = calls(&[("browser_click", json!({ "target": "7" })), ("browser_click", json!({ "target": 7 }))]);
    assert_eq!(told(says(&message)).await, "`browser_click`: `target` must be a string: write \"7\", not 7");
}

#[tokio::test]
async fn what_was_wrong_with_a_reply_is_said() {
    let raw = |body: String| Answer::Send(200, String::new(), body);
    let arguments = |text: &str| {
        let function = json!({ "name": "file_read", "arguments": text });
        says(&json!({ "tool_calls": [{ "id": "c", "function": function }] }))
    };
    let mut cut = completion(&click("7"));
    cut["choices"][0]["finish_reason"] = "length".into();
    let mut deep = json!("x");
    (0..60).for_each(|_| deep = json!([deep]));
    let many = calls(&vec![("file_read", json!({ "path": "a" })); 33]);
    let seen = [
        told(says(&json!({ "content": "I would click it" }))).await,
        told(says(&json!({ "content": null, "refusal": "I cannot do that" }))).await,
        told(says(&json!({ "tool_calls": [] }))).await,
        told(send(200, &json!({ "choices": [] }))).await,
        told(send(200, &json!({ "choices": [{ "message": null }] }))).await,
        told(send(200, &cut)).await,
        told(arguments("{\"path\": \"a")).await,
        told(arguments("{\"path\": 1e400}")).await,
        told(arguments(&format!("{{\"path\":{}", "[".repeat(10_000)))).await,
        told(says(&json!({ "reasoning_content": deep }))).await,
        told(says(&many)).await,
        told(says(&json!({ "tool_calls": [{ "id": "c" }] }))).await,
        told(raw(format!("{{\"choices\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000)))).await,
        told(raw("{\"choices\": [{\"mess".to_owned())).await,
    ];
    assert_eq!(
        seen,
        [
            "it calls no function; text alone does nothing (`I would click it`)",
            "it calls no function; text alone does nothing (`I cannot do that`)",
            "it calls no function; text alone does nothing (``)",
            "the reply was empty",
            "the reply was empty",
            "the reply was cut off because it was too long; be shorter",
            "`file_read`: the arguments are not valid JSON: EOF while parsing a string at line 1 column 11",
            "`file_read`: the arguments are not valid JSON: number out of range at line 1 column 14",
            "`file_read`: the arguments are not valid JSON: recursion limit exceeded at line 1 column 135",
            "the reply is nested too deep",
            "it calls 33 functions; call at most 32 at once",
            "a function call needs a `function`",
            "the reply cannot be read: recursion limit exceeded at line 1 column 138",
            "the reply cannot be read: EOF while parsing a string at line 1 column 19",
        ]
    );
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
    let kept = |id: &str| {
        let function = json!({ "name": "browser_click", "arguments": "{\"target\":\"7\"}" });
        json!({ "id": id, "type": "function", "function": function })
    };
    let message = json!({
        "role": "assistant", "content": parts, "tool_calls": [kept("call_0_0"), kept("call_0_1")], "mood": "fine"
    });
    let mut expected = Planned::from(Proposal::Act(vec![click.clone(), click]));
    expected.why = "First the mug.".to_owned();
    expected.memo = json!({ "message": message });
    assert_eq!(planned, expected);
}

#[tokio::test]
async fn an_answer_has_the_type_that_the_goal_asks_for() {
    let schema =
        json!({ "type": "object", "properties": { "order": { "$ref": "#/$defs/id" } }, "$defs": { "id": {} } });
    let wrong = calls(&[("done", json!({ "answer": "A-1", "evidence": "e" }))]);
    let right = calls(&[("done", json!({ "answer": { "order": "A-1" }, "evidence": "e" }))]);
    let endpoint = Endpoint::start([says(&wrong), says(&right)]).await;
    let planned = endpoint.propose(&View { output: Some(&schema), ..view(&tools(), &[], &[]) }).await.unwrap();
    let done = Proposal::Done { answer: json!({ "order": "A-1" }), evidence: "e".to_owned() };
    assert_eq!((planned.proposal, endpoint.bodies().len()), (done, 2));
}
