//! That a goal is reached is believed only if what was seen bears it out.

use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

use lamassu::{
    Action, Agent, BoxFuture, Call, Effect, Exchange, Failure, Goal, Observation, Outcome, Permit, Proposal, Report,
    Resource, Status, Tool, Verb,
};
use serde_json::{Value, json};

use crate::support::{Listed, Rules, act};

/// A shop that thanks for every order; its server answers with the status that it holds.
#[derive(Debug, Clone)]
struct Shop(Arc<AtomicU16>);

impl Tool for Shop {
    fn name(&self) -> &str {
        "shop"
    }

    fn verbs(&self) -> Vec<Verb> {
        vec![Verb::new("order", Effect::Write, "Orders.")]
    }

    fn describe<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Action, Failure>> {
        Box::pin(async { Ok(Action::new(call, Effect::Write, Resource::thing("Shop", "front"))) })
    }

    fn run(&self, _: Permit) -> BoxFuture<'_, Outcome> {
        let status = self.0.swap(200, Ordering::SeqCst);
        let exchange =
            Exchange { method: "POST".to_owned(), url: "https://shop.test/orders".to_owned(), status: Some(status) };
        let banner = Observation::from_page("https://shop.test", "Order LM-7 for 2 mugs and 3 bowls submitted");
        Box::pin(async { Outcome::Landed(banner.with_requests([exchange])) })
    }
}

fn order() -> Proposal {
    act([Call::new("shop", "order")])
}

fn done(answer: Value, evidence: &str) -> Proposal {
    Proposal::Done { answer, evidence: evidence.to_owned() }
}

/// A run in which the server answers the first order with `status`.
async fn run(status: u16, proposals: Vec<Proposal>) -> Report {
    let shop = Shop(Arc::new(AtomicU16::new(status)));
    let planner = Listed::new(proposals);
    let agent = Agent::builder().planner(planner).tool(shop).policy(Rules(|_| Some(true))).build().unwrap();
    agent.run(Goal::new("order mugs and bowls")).await.unwrap()
}

const BANNER: &str = "the page says \"Order LM-7\"";

#[tokio::test]
async fn what_was_seen_and_accepted_is_done() {
    let report = run(200, vec![order(), done(json!("LM-7"), BANNER)]).await;
    assert_eq!((report.status, report.answer, report.reason.as_str()), (Status::Done, json!("LM-7"), BANNER));
}

#[tokio::test]
async fn a_banner_over_a_request_that_failed_is_not_done() {
    let claim = || done(json!("LM-7"), BANNER);
    let report = run(500, vec![order(), claim(), claim()]).await;
    let why = "`POST https://shop.test/orders` was answered with 500, so it was not accepted, whatever the page says";
    assert_eq!((report.status, report.answer, report.reason.as_str()), (Status::Unverified, json!("LM-7"), why));
}

const CARELESS: &str = "<!doctype html><title>Shop</title><button onclick=\"fetch('/order', { method: 'POST' })\
    .then(() => said.textContent = 'Order submitted')\">Order</button><p id=said></p>";

/// A button that can be looked at and pressed: what a press is for shows only when it is described.
#[derive(Debug)]
struct Button(Effect);

impl Tool for Button {
    fn name(&self) -> &str {
        "button"
    }

    fn verbs(&self) -> Vec<Verb> {
        vec![Verb::new("click", Effect::Read, "Presses it.")]
    }

    fn describe<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Action, Failure>> {
        Box::pin(async { Ok(Action::new(call, self.0, Resource::thing("Button", "one"))) })
    }

    fn run(&self, _: Permit) -> BoxFuture<'_, Outcome> {
        Box::pin(async { Outcome::Landed(Observation::from_page("https://shop.test", "pressed Order")) })
    }
}

#[tokio::test]
async fn a_press_counts_as_a_deed_by_what_it_was_judged_to_be() {
    let status = async |effect| {
        let claim = || done(Value::Null, "\"pressed Order\", so the mugs are ordered");
        let planner = Listed::new(vec![act([Call::new("button", "click")]), claim(), claim()]);
        let agent = Agent::builder().planner(planner).tool(Button(effect)).policy(Rules(|_| Some(true))).build();
        agent.unwrap().run(Goal::new("order mugs")).await.unwrap().status
    };
    assert_eq!((status(Effect::Write).await, status(Effect::Read).await), (Status::Done, Status::Unverified));
}

/// The address of a page whose button sends an order that the server does not take, and which thanks for it all the same.
async fn careless() -> String {
    let router = axum::Router::new()
        .route("/", axum::routing::get(async || axum::response::Html(CARELESS)))
        .route("/order", axum::routing::post(async || axum::http::StatusCode::INTERNAL_SERVER_ERROR));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn what_a_page_says_counts_less_than_what_its_server_answered() {
    let url = careless().await;
    let click = Call::new("browser", "click").with("target", "button \"Order\"");
    let claim = || done(Value::Null, "the page says \"Order submitted\"");
    let open = Call::new("browser", "open").with("url", url.as_str());
    let planner = Listed::new([act([open]), act([click]), claim(), claim()]);
    let browser = lamassu::browser::BrowserTool::new(lamassu::browser::Options::default());
    let agent = Agent::builder().planner(planner).tool(browser).policy(Rules(|_| Some(true))).build().unwrap();
    let report = agent.run(Goal::new("order something")).await.unwrap();
    let why = format!("`POST {url}order` was answered with 500, so it was not accepted, whatever the page says");
    assert_eq!((report.status, report.reason), (Status::Unverified, why));
}

#[tokio::test]
async fn a_claim_that_was_sent_back_can_be_made_true() {
    let claim = || done(json!("LM-7"), BANNER);
    assert_eq!(run(500, vec![order(), claim(), order(), claim()]).await.status, Status::Done);
}

#[tokio::test]
async fn a_planner_that_gives_up_after_its_claim_was_sent_back_leaves_it_unverified() {
    let report = run(500, vec![order(), done(json!("LM-7"), BANNER), Proposal::Pass("no".to_owned())]).await;
    assert_eq!((report.status, report.answer), (Status::Unverified, json!("LM-7")));
}

#[tokio::test]
async fn made_up_values_and_quotations_are_named() {
    let claim = || done(json!({ "order": "LM-9" }), "it says \"thank you very much\"");
    let report = run(200, vec![order(), claim(), claim()]).await;
    let why = "the evidence quotes `thank you very much`, which was never seen; `LM-9` in the answer was never seen";
    assert_eq!((report.status, report.reason.as_str()), (Status::Unverified, why));
}

#[tokio::test]
async fn a_claim_that_was_sent_back_needs_a_quotation_of_what_was_seen() {
    for evidence in ["trust me", "you said \"order mugs and bowls\""] {
        let proposals = vec![order(), done(json!("LM-9"), BANNER), done(json!("LM-7"), evidence)];
        assert_eq!(run(200, proposals).await.status, Status::Unverified, "{evidence}");
    }
}

#[tokio::test]
async fn a_number_that_may_have_been_added_up_is_named_and_taken() {
    let report = run(200, vec![order(), done(json!({ "items": 5, "mugs": 2 }), BANNER)]).await;
    assert_eq!((report.status, report.reckoned), (Status::Done, vec!["5".to_owned()]));
}

#[tokio::test]
async fn names_and_codes_in_plain_words_beside_a_true_quotation_are_named() {
    let claim = || done(json!("LM-7"), "Mallory Smith paid by card, receipt R-99, total 4711.50: \"Order LM-7\"");
    let report = run(200, vec![order(), claim(), claim()]).await;
    let why = "`R-99` in the evidence was never seen";
    assert_eq!((report.status, report.reason.as_str()), (Status::Unverified, why));
    assert_eq!(report.reckoned, ["4711.50"]);
    let claim = || done(json!("it went to Bob Miller"), BANNER);
    let report = run(200, vec![order(), claim(), claim()]).await;
    assert_eq!(report.reason, "`Bob Miller` in the answer was never seen");
}

#[tokio::test]
async fn what_is_said_to_be_done_in_a_run_that_did_nothing_is_not_verified() {
    let claim = || done(Value::Null, "the goal says \"order mugs\", and they were purchased");
    let report = run(200, vec![claim(), claim()]).await;
    let why = "it says `purchased`, but this run has done nothing except look";
    assert_eq!((report.status, report.reason.as_str()), (Status::Unverified, why));
}
