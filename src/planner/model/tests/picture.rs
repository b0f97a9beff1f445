//! Pictures for models that take them.

use lamassu_contract::{Call, Page, Picture, Refusal};

use super::*;
use crate::{
    goal::Images,
    planner::{Proposal, Reply},
};

const SHOP: &str = "https://shop.test";

/// What can be asked for, a picture too.
fn camera() -> Vec<Offer> {
    let mut tools = tools();
    tools[0].verbs.push(Verb::new("screenshot", Effect::Read, "Takes a picture.").takes("marks", Kind::Flag, ""));
    tools
}

fn look() -> [Observation; 1] {
    let page = Page {
        url: format!("{SHOP}/").parse().unwrap(),
        title: "Shop".to_owned(),
        table: lamassu_contract::Table::default(),
        text: String::new(),
        more: Vec::new(),
    };
    [Observation::from_page(SHOP, page.to_string()).with_page(page)]
}

fn shot() -> Call {
    Call::new("browser", "screenshot").with("marks", true).with("width", 1024)
}

fn turn(call: Call, results: Vec<Reply>) -> Turn {
    Turn { planned: Proposal::Act(vec![call]).into(), results }
}

fn taken() -> Turn {
    let picture = Picture { about: "the visible part".to_owned(), png: "blob:0".to_owned() };
    turn(shot(), vec![Reply::Landed(Observation::from_page(SHOP, "took a picture").with_picture(picture))])
}

fn stuck() -> Turn {
    turn(Call::new("browser", "click").with("target", "7"), vec![Reply::Stuck("it leads nowhere".to_owned())])
}

/// What a model that sees `images` proposes after `turns`, and what it was sent.
async fn asked(images: Images, turns: &[Turn], pictures: &[Picture]) -> (Proposal, Vec<Value>) {
    let endpoint = Endpoint::start([says(&click("7"))]).await;
    let model = Model::new(endpoint.config().images(images)).unwrap();
    let (tools, now) = (camera(), look());
    let planned = model.propose(&View { pictures, ..view(&tools, turns, &now) }).await.unwrap();
    (planned.proposal, endpoint.bodies())
}

#[tokio::test]
async fn a_picture_is_taken_before_the_model_is_asked_when_it_is_to_have_one() {
    let refused = turn(shot(), vec![Reply::Refused(Refusal { action: "a".to_owned(), rules: Vec::new() })]);
    let cases = [
        (Images::Always, vec![]),
        (Images::Always, vec![taken()]),
        (Images::Always, vec![taken(), stuck()]),
        (Images::Always, vec![refused, stuck()]),
        (Images::Stagnation, vec![taken()]),
        (Images::Stagnation, vec![stuck()]),
        (Images::Demand, vec![stuck()]),
        (Images::Never, vec![stuck()]),
    ];
    let mut first = Vec::new();
    for (images, turns) in cases {
        let (proposal, requests) = asked(images, &turns, &[]).await;
        let taken = proposal == Proposal::Act(vec![shot()]);
        assert_eq!(requests.is_empty(), taken);
        first.push(taken);
    }
    assert_eq!(first, [true, false, true, false, false, true, false, false]);
}

#[tokio::test]
async fn the_newest_picture_stands_behind_the_story_and_only_for_those_who_see() {
    let pictures = [Picture { about: "the visible part\n| of it".to_owned(), png: "iVBORw0KGgo=".to_owned() }];
    let turns = [taken()];
    let (_, seen) = asked(Images::Demand, &turns, &pictures).await;
    let (_, unseen) = asked(Images::Never, &turns, &pictures).await;
    let story = unseen[0]["messages"][1]["content"].as_str().unwrap();
    assert!(story.contains("done, from page:https://shop.test:\n| took a picture"), "{story}");
    assert_eq!(
        seen[0]["messages"][1]["content"],
        json!([
            { "type": "text", "text": story },
            { "type": "text", "text": "The picture of the visible part | of it:" },
            { "type": "image_url", "image_url": { "url": "data:image/png;base64,iVBORw0KGgo=" } }
        ])
    );
    let rules = |bodies: &[Value]| bodies[0]["messages"][0]["content"].as_str().unwrap().contains("`screenshot`");
    assert_eq!((rules(&seen), rules(&unseen)), (true, false));
}

#[tokio::test]
async fn what_is_too_large_is_not_sent() {
    let pictures = [Picture { about: "the whole page".to_owned(), png: "A".repeat(7 << 20) }];
    let (_, bodies) = asked(Images::Demand, &[taken()], &pictures).await;
    let words = "The picture of the whole page is too large to be shown; take one of a part.";
    assert_eq!(bodies[0]["messages"][1]["content"][1], json!({ "type": "text", "text": words }));
}

#[tokio::test]
async fn an_endpoint_that_takes_no_pictures_gets_none_from_then_on() {
    let refusal = send(400, &json!({ "error": { "message": "unknown variant `image_url`, expected `text`" } }));
    let endpoint = Endpoint::start([refusal, says(&click("7")), says(&click("7"))]).await;
    let model = Model::new(endpoint.config().images(Images::Always)).unwrap();
    let pictures = [Picture { about: "it".to_owned(), png: "iVBORw0KGgo=".to_owned() }];
    let (tools, now, turns) = (camera(), look(), [taken()]);
    let first = model.propose(&View { pictures: &pictures, ..view(&tools, &turns, &now) }).await.unwrap();
    let second = model.propose(&view(&tools, &[], &now)).await.unwrap();
    let parts: Vec<_> = endpoint.bodies().iter().map(|body| body["messages"][1]["content"].is_array()).collect();
    assert_eq!((parts, first.proposal == second.proposal), (vec![true, false, false], true));
}

#[tokio::test]
async fn pictures_that_a_model_asks_for_are_marked_and_no_wider_than_it_can_use() {
    let endpoint = Endpoint::start((0..2).map(|_| says(&calls(&[("browser_screenshot", json!({}))])))).await;
    let tools = camera();
    let mut proposals = Vec::new();
    for images in [Images::Demand, Images::Never] {
        let model = Model::new(endpoint.config().images(images)).unwrap();
        proposals.push(model.propose(&view(&tools, &[], &[])).await.unwrap().proposal);
    }
    assert_eq!(proposals, [shot(), Call::new("browser", "screenshot")].map(|call| Proposal::Act(vec![call])));
}
