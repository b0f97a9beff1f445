//! Replies as models write them that know neither JSON nor an end, each with what is to be made of it.

use lamassu_contract::{Call, Effect, Kind, Verb};
use serde_json::json;

use super::*;
use crate::planner::{Proposal, model::Dialect};

const REPLIES: &str = include_str!("replies.jsonl");

fn site() -> Vec<Offer> {
    let verb = |name: &str, needs: &[&str]| {
        let verb = Verb::new(name, Effect::Write, "");
        needs.iter().fold(verb, |verb, name| verb.needs(name, Kind::Text, ""))
    };
    let verbs = vec![
        verb("open", &["url"]),
        verb("click", &["target"]),
        verb("fill", &["target"]).takes("text", Kind::Text, "").takes("secret", Kind::Text, ""),
        verb("select", &["target", "option"]),
        verb("press", &["key"]),
        verb("scroll", &[]).takes("by", Kind::Integer, ""),
        verb("check", &["target"]).takes("on", Kind::Flag, ""),
        verb("hover", &["target"]),
        verb("drag", &["target", "to"]),
        verb("back", &[]),
        verb("read", &[]),
        verb("find", &["text"]),
        verb("wait", &[]).takes("seconds", Kind::Integer, ""),
    ];
    let files = vec![verb("read", &["path"])];
    vec![Offer { tool: "site".to_owned(), verbs }, Offer { tool: "files".to_owned(), verbs: files }]
}

fn answer(case: &Value) -> Answer {
    if let Some(raw) = case["raw"].as_str() {
        return Answer::Send(200, String::new(), raw.to_owned());
    }
    let mut body = match &case["body"] {
        Value::Null => completion(&case["message"]),
        body => body.clone(),
    };
    if let Some(finish) = case["finish"].as_str() {
        body["choices"][0]["finish_reason"] = finish.into();
    }
    send(200, &body)
}

fn shown(proposal: &Proposal) -> Value {
    match proposal {
        Proposal::Act(calls) => json!({ "act": calls }),
        Proposal::Ask(question) => json!({ "ask": question }),
        Proposal::Done { answer, .. } => json!({ "done": answer }),
        Proposal::Pass(why) => json!({ "pass": why }),
    }
}

/// What was made of a reply: a proposal, or what the model is told is wrong with it.
async fn made_of(case: &Value) -> Value {
    let endpoint = Endpoint::start([answer(case), says(&calls(&[("give_up", json!({ "why": "told" }))]))]).await;
    let mut config = endpoint.config();
    if let Some(dialect) = case["dialect"].as_str() {
        config = config.dialect(Dialect::named(dialect).unwrap());
    }
    let planned = Model::new(config).unwrap().propose(&view(&site(), &[], &[])).await.unwrap();
    let bodies = endpoint.bodies();
    let Some(second) = bodies.get(1) else { return shown(&planned.proposal) };
    let story = second["messages"][1]["content"].as_str().unwrap();
    let (_, problem) = story.split_once("nothing of it was done: ").unwrap();
    json!({ "repair": problem })
}

#[tokio::test]
async fn a_hundred_malformed_replies_are_handled_as_they_are_meant_or_sent_back() {
    let cases: Vec<Value> = REPLIES.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut wrong = Vec::new();
    for case in &cases {
        let made = made_of(case).await;
        let fits = match case["meant"]["repair"].as_str() {
            Some(words) => made["repair"].as_str().is_some_and(|problem| problem.contains(words)),
            None => made == case["meant"],
        };
        if !fits {
            wrong.push(format!("{}: {made} instead of {}", case["about"], case["meant"]));
        }
    }
    assert!(cases.len() >= 100 && wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[tokio::test]
async fn an_endpoint_that_refuses_tools_is_asked_for_json_and_then_for_lines() {
    let refusal = |words: &str| send(400, &json!({ "error": { "message": words } }));
    let endpoint = Endpoint::start([
        refusal("this model does not support tools"),
        refusal("response_format is not supported"),
        says(&json!({ "content": "click 7" })),
        says(&json!({ "content": "back" })),
    ])
    .await;
    let model = Model::new(endpoint.config()).unwrap();
    let tools = site();
    let first = model.propose(&view(&tools, &[], &[])).await.unwrap().proposal;
    let second = model.propose(&view(&tools, &[], &[])).await.unwrap().proposal;
    let forms: Vec<_> = endpoint
        .bodies()
        .iter()
        .map(|body| (body.get("tools").is_some(), body.get("response_format").is_some()))
        .collect();
    assert_eq!(forms, [(true, false), (false, true), (false, false), (false, false)]);
    let expected = [Call::new("site", "click").with("target", "7"), Call::new("site", "back")];
    assert_eq!([first, second], expected.map(|call| Proposal::Act(vec![call])));
}

#[tokio::test]
async fn a_model_that_only_talks_is_asked_in_another_form() {
    let talk = || says(&json!({ "content": "I will press the button." }));
    let steps = json!({ "steps": [{ "name": "site", "arguments": { "do": "back" } }] });
    let endpoint = Endpoint::start([talk(), talk(), says(&json!({ "content": steps.to_string() }))]).await;
    let planned = Model::new(endpoint.config()).unwrap().propose(&view(&site(), &[], &[])).await.unwrap();
    let last = endpoint.bodies().pop().unwrap();
    assert_eq!(planned.proposal, Proposal::Act(vec![Call::new("site", "back")]));
    assert!(last.get("tools").is_none() && last.get("response_format").is_some());
}
