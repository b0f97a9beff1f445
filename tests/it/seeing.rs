//! Pictures reach a planner whole, once, and a model at its endpoint; the record keeps them beside itself.

use std::sync::{Arc, Mutex};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lamassu::{
    Action, Agent, BoxFuture, Call, Effect, Failure, Goal, Observation, Outcome, Permit, Picture, Proposal, Resource,
    Tool, Verb, View,
    planner::{Planned, Planner, PlannerError, Reply},
};

use serde_json::{Value, json};

use crate::{
    model::{Endpoint, calls, desk, done_as, ended, mails},
    support::Rules,
};

/// A PNG file of nothing, in Base64.
const PNG: &str = "iVBORw0KGgo=";

#[derive(Debug)]
struct Camera;

impl Tool for Camera {
    fn name(&self) -> &str {
        "camera"
    }

    fn verbs(&self) -> Vec<Verb> {
        vec![Verb::new("screenshot", Effect::Read, "Takes a picture."), Verb::new("wind", Effect::Write, "Winds on.")]
    }

    fn describe<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Action, Failure>> {
        Box::pin(async { Ok(Action::new(call, Effect::Write, Resource::thing("Camera", "own"))) })
    }

    fn run(&self, permit: Permit) -> BoxFuture<'_, Outcome> {
        let picture = Picture { about: "the room".to_owned(), png: PNG.to_owned() };
        let taken = permit.action().call().verb == "screenshot";
        let seen = Observation::from_tool("camera", "done");
        Box::pin(async move { Outcome::Landed(if taken { seen.with_picture(picture) } else { seen }) })
    }
}

/// Takes a picture, winds on, and ends; keeps what it was shown.
#[derive(Clone, Default)]
struct Photographer(Arc<Mutex<Vec<Shown>>>);

/// The pictures of a view, whole, and those of its turns.
type Shown = (Vec<Picture>, Vec<String>);

impl Planner for Photographer {
    fn name(&self) -> &str {
        "photographer"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        let results = view.turns.iter().flat_map(|turn| &turn.results);
        let kept = results.filter_map(|reply| match reply {
            Reply::Landed(seen) => Some(seen.pictures.iter().map(|picture| picture.png.clone())),
            _ => None,
        });
        self.0.lock().unwrap().push((view.pictures.to_vec(), kept.flatten().collect()));
        let next = match view.turns.len() {
            0 => Proposal::Act(vec![Call::new("camera", "screenshot")]),
            1 => Proposal::Act(vec![Call::new("camera", "wind")]),
            _ => Proposal::Pass("enough".to_owned()),
        };
        Box::pin(async { Ok(next.into()) })
    }
}

#[tokio::test]
async fn a_picture_is_shown_whole_once_and_kept_by_its_hash() {
    let planner = Photographer::default();
    let agent = Agent::builder().planner(planner.clone()).tool(Camera).policy(Rules(|_| Some(true))).build().unwrap();
    let _ = agent.run(Goal::new("take a picture")).await.unwrap();
    let seen = planner.0.lock().unwrap();
    let shown: Vec<_> =
        seen.iter().map(|(pictures, _)| pictures.iter().map(|it| it.png.as_str()).collect::<Vec<_>>()).collect();
    let hash = "blob:4c4b6a3be1314ab86138bef4314dde022e600960d8689a2c8f8631802d20dab6";
    let kept: Vec<Vec<_>> = seen.iter().map(|(_, kept)| kept.clone()).collect();
    assert_eq!(shown, [vec![], vec![PNG], vec![]]);
    assert_eq!(kept, [vec![], vec![hash.to_owned()], vec![hash.to_owned()]]);
}

/// The width of each PNG picture in `request`.
fn widths(request: &Value) -> Vec<u32> {
    let parts = request["messages"][1]["content"].as_array().into_iter().flatten();
    let pictures = parts.filter_map(|part| part["image_url"]["url"].as_str()?.strip_prefix("data:image/png;base64,"));
    let bytes = pictures.map(|picture| STANDARD.decode(picture).unwrap());
    bytes.map(|png| u32::from_be_bytes(png[16..20].try_into().unwrap())).collect()
}

#[test]
fn a_model_that_takes_pictures_is_sent_one_of_the_page_in_the_browser_before_each_reply() {
    let press = calls(&[("browser", json!({ "do": "click", "target": "1" }))]);
    let endpoint = Endpoint::start([press, done_as("3 mails are left", &json!(3))]);
    let desk = desk("[model]\nimages = \"always\"\n");
    let task = desk.read("task.toml").replace("\"Keep a log\"", &format!("\"Delete a mail\"\nat = \"{}\"", mails()));
    desk.write("task.toml", &task);
    let ran = endpoint.plan(&desk);
    assert_eq!(ended(&desk, &ran), (0, true), "{}\n{}", ran.out, ran.err);
    let bodies = endpoint.bodies();
    assert_eq!(bodies.iter().map(widths).collect::<Vec<_>>(), [[1024], [1024]], "{}", ran.err);
    let picture = |body: &Value| body["messages"][1]["content"][2]["image_url"]["url"].clone();
    assert_ne!(picture(&bodies[0]), picture(&bodies[1]), "the second shows what the press has done");
}
