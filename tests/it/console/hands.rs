//! Somebody acts in the planner's place, in a browser that is watched.

use std::sync::{Arc, Mutex};

use lamassu::{
    Agent, BoxFuture, Call, Goal, Planned, Planner, Proposal, Store, View,
    browser::{BrowserTool, Options as Browser},
    planner::{PlannerError, Reply},
};
use tokio::net::TcpListener;

use super::booth::{Booth, Person};
use crate::support::Rules;

const PAGE: &str = "<!doctype html><title>0</title><h1>Counter</h1><label>Name <input></label>\
    <button onclick='document.title=+document.title+1'>More</button>";

/// Opens a page, then thinks for ever; when it is told something it is done, and says what it was told.
struct Thinker {
    url: String,
    told: Arc<Mutex<String>>,
}

impl Planner for Thinker {
    fn name(&self) -> &'static str {
        "thinker"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        Box::pin(async {
            let last = view.turns.last().and_then(|turn| turn.results.last());
            match (view.turns.len(), last) {
                (0, _) => Ok(Proposal::Act(vec![Call::new("browser", "open").with("url", self.url.as_str())]).into()),
                (_, Some(Reply::Said(words))) => {
                    self.told.lock().unwrap().clone_from(words);
                    let page = view.now.first().map(|look| look.content.clone()).unwrap_or_default();
                    Ok(Proposal::Done { answer: page.into(), evidence: "told".to_owned() }.into())
                }
                _ => std::future::pending().await,
            }
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_takes_over_acts_under_their_name_and_hands_back() {
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", door.local_addr().unwrap());
    let router = axum::Router::new().route("/", axum::routing::get(async || axum::response::Html(PAGE)));
    tokio::spawn(async move { axum::serve(door, router).await.unwrap() });
    let booth = Booth::open([]).await;
    let (seat, told) = (booth.console.seat(), Arc::new(Mutex::new(String::new())));
    let record = booth.folder.path().join("record");
    let hearing = seat.clone();
    let agent = Agent::builder()
        .planner(Thinker { url, told: Arc::clone(&told) })
        .tool(BrowserTool::new(Browser { lens: Some(seat.lens()), closed: vec![seat.port()], ..Browser::default() }))
        .policy(Rules(|_| Some(true)))
        .journal(Store::open(&record).unwrap())
        .approver(seat.clone())
        .reins(seat.reins())
        .hands(seat.hands())
        .events(move |event| hearing.tell(event));
    let agent = agent.build().unwrap();
    let run = tokio::spawn(async move { agent.run(Goal::new("count")).await.unwrap() });
    let mut ada = Person::at(&booth.link("ada")).await;
    ada.clicks_until("link \"count running 1 steps\"", "Take over").await;
    ada.clicks_until("button \"Take over\"", "in the planner’s place").await;
    // The row can be pressed where it stands in the picture.
    ada.clicks_until("button \"[2] button \\\"More\\\"\"", "click button \"More\"").await;
    ada.does(Call::new("browser", "fill").with("target", "A word to the planner").with("text", "one is enough")).await;
    ada.does(Call::new("browser", "click").with("target", "button \"Hand back\"")).await;
    let report = run.await.unwrap();
    assert!(report.answer.as_str().unwrap().contains("title: \"1\""), "{}", report.answer);
    assert_eq!(*told.lock().unwrap(), "ada has acted by hand and hands back: one is enough");
    let records = Store::open(&record).unwrap().records(&report.run).unwrap();
    let pressed =
        records.iter().filter(|record| record.value.pointer("/call/verb").is_some_and(|verb| verb == "click"));
    let users: Vec<_> = pressed.map(|record| record.value.pointer("/standing/user").unwrap().clone()).collect();
    assert_eq!(users, ["ada"]);
}
