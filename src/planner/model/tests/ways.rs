//! Which of several models is asked, and what comes after a way that leads nowhere.

use lamassu_contract::{Call, Picture};

use super::*;
use crate::{
    goal::{Images, Role},
    planner::{Proposal, Reply},
};

/// What the configuration of a model says beside where it is.
struct Kind {
    name: &'static str,
    roles: &'static [Role],
    images: Images,
}

const SMALL: Kind = Kind { name: "small", roles: &[], images: Images::Never };
const LARGE: Kind = Kind { name: "large", roles: &[], images: Images::Never };

/// What a relay of `kinds` proposes, by the name of the model that was asked.
async fn asked(kinds: &[&Kind], view: &View<'_>) -> (Vec<Value>, Planned) {
    let endpoint = Endpoint::start((0..4).map(|_| says(&click("7")))).await;
    let model = |kind: &Kind| {
        let config = Config { model: kind.name.to_owned(), ..endpoint.config() };
        Model::new(config.roles(kind.roles.iter().copied()).images(kind.images)).unwrap()
    };
    let relay = kinds[1..].iter().fold(Relay::new(model(kinds[0])), |relay, kind| relay.then(model(kind)));
    let planned = relay.propose(view).await.unwrap();
    (endpoint.bodies().into_iter().map(|body| body["model"].clone()).collect(), planned)
}

/// A turn of the model `by`.
fn turn(by: &str) -> Turn {
    let mut planned = Planned::from(Proposal::Act(vec![Call::new("browser", "click").with("target", "7")]));
    planned.memo = json!({ "model": by });
    Turn { planned, results: vec![Reply::Landed(Observation::from_tool("browser", ""))] }
}

/// A turn of the model `by`, which led nowhere.
fn stuck(by: &str) -> Turn {
    let mut turn = turn(by);
    turn.results.push(Reply::Stuck("the last 5 steps have led nowhere new".to_owned()));
    turn
}

fn answered(words: &str) -> Turn {
    let planned = Planned::from(Proposal::Ask("I am stuck: so".to_owned()));
    Turn { planned, results: vec![Reply::Said(words.to_owned())] }
}

#[tokio::test]
async fn what_leads_nowhere_is_told_then_given_to_another_model_then_to_a_person() {
    let cases = [
        vec![turn("small")],
        vec![stuck("small")],
        vec![stuck("small"), stuck("small")],
        vec![stuck("small"), stuck("small"), turn("large")],
        vec![stuck("small"), stuck("small"), stuck("large")],
        vec![stuck("small"), stuck("small"), stuck("large"), answered("press Pay")],
    ];
    let mut by = Vec::new();
    for turns in cases {
        let (names, planned) = asked(&[&SMALL, &LARGE], &view(&tools(), &turns, &[])).await;
        let question = matches!(planned.proposal, Proposal::Ask(_)).then(|| json!("person"));
        by.extend(names.into_iter().chain(question));
    }
    assert_eq!(by, ["small", "small", "large", "large", "person", "small"].map(|name| json!(name)));
}

#[tokio::test]
async fn why_another_way_is_taken_is_told() {
    let turns = [stuck("small"), stuck("small"), stuck("large")];
    let tools = tools();
    let (_, other) = asked(&[&SMALL, &LARGE], &view(&tools, &turns[..2], &[])).await;
    let (_, person) = asked(&[&SMALL, &LARGE], &view(&tools, &turns, &[])).await;
    let question = "I am stuck: the last 5 steps have led nowhere new. What is to be done next?".to_owned();
    assert_eq!(
        (other.why.as_str(), person.proposal),
        ("large: another model, since the last 5 steps have led nowhere new.", Proposal::Ask(question))
    );
}

#[tokio::test]
async fn a_person_who_does_not_help_is_asked_three_times_at_most() {
    let twice = || [stuck("small"), stuck("small")];
    let turns: Vec<_> = (0..3).flat_map(|_| twice().into_iter().chain([answered("try")])).chain(twice()).collect();
    let tools = tools();
    let (few, question) = asked(&[&SMALL], &view(&tools, &turns[3..], &[])).await;
    let (names, _) = asked(&[&SMALL], &view(&tools, &turns, &[])).await;
    assert_eq!((few.len(), matches!(question.proposal, Proposal::Ask(_)), names.len()), (0, true, 1));
}

#[tokio::test]
async fn a_step_goes_to_the_model_that_has_its_role() {
    let planner = Kind { name: "planner", roles: &[Role::Plan], images: Images::Never };
    let seer = Kind { name: "seer", roles: &[Role::See], images: Images::Demand };
    let kinds = [&SMALL, &planner, &seer];
    let pictures = [Picture { about: "it".to_owned(), png: "iVBORw0KGgo=".to_owned() }];
    let (tools, turns) = (tools(), [turn("small")]);
    let first = asked(&kinds, &view(&tools, &[], &[])).await;
    let next = asked(&kinds, &view(&tools, &turns, &[])).await;
    let seen = asked(&kinds, &View { pictures: &pictures, ..view(&tools, &turns, &[]) }).await;
    let told = [&first, &next, &seen].map(|(names, planned)| (names.clone(), planned.why.clone()));
    let expected = [("planner", "planner, to plan."), ("small", ""), ("seer", "seer, to see.")];
    assert_eq!(told, expected.map(|(name, why)| (vec![json!(name)], why.to_owned())));
}
