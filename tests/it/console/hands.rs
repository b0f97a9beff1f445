//! Somebody acts in the planner's place, in a browser that is watched.

use std::sync::{Arc, Mutex};

use lamassu::{
    Agent, BoxFuture, Call, Goal, Planned, Planner, Proposal, Store, View,
    browser::{BrowserTool, Options as Browser},
    planner::{PlannerError, Reply},
};
use tokio::net::TcpListener;

use super::{
    booth::{Booth, Person},
    screens::{Running, link},
};
use crate::support::{Rules, command::Desk};

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

/// The address of the page.
async fn counter() -> String {
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", door.local_addr().unwrap());
    let router = axum::Router::new().route("/", axum::routing::get(async || axum::response::Html(PAGE)));
    tokio::spawn(async move { axum::serve(door, router).await.unwrap() });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_takes_over_acts_under_their_name_and_hands_back() {
    let url = counter().await;
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
    ada.clicks_until("link \"count running 1 step\"", "Take over").await;
    ada.clicks_until("button \"Take over\"", "in the planner’s place").await;
    // The row can be pressed where it stands in the picture.
    ada.clicks("button \"[2] button \\\"More\\\"\"", "click button \"More\"").await;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_did_by_hand_becomes_a_skill_when_they_say_so() {
    let url = counter().await;
    let desk = Desk::new();
    let mut console = Running(desk.start_heard(&["console", "--bind", "127.0.0.1:0"]));
    let mut ada = Person::at(&link(&mut console.0)).await;
    ada.sees("No runs yet").await;
    ada.does(Call::new("browser", "click").with("target", "button \"New run\"")).await;
    ada.fills("What is wanted In a sentence or two, such as: put 2 blue mugs into the cart", "Подумай о погоде").await;
    ada.fills("Where to begin Its site is the one that may be acted on.", &url).await;
    ada.does(Call::new("browser", "click").with("target", "button \"Begin\"")).await;
    ada.sees("The planner asks").await;
    ada.clicks_until("button \"Take over\"", "in the planner’s place").await;
    let row = Call::new("browser", "select").with("target", "A row of the page");
    ada.does(row.clone().with("option", "[1] textbox \"Name\"")).await;
    ada.fills("What is filled in or chosen", "Ann").await;
    ada.clicks("button \"Do it\"", "fill textbox \"Name\"").await;
    ada.does(row.with("option", "[2] button \"More\"")).await;
    ada.clicks("button \"Do it\"", "click button \"More\"").await;
    ada.clicks_until("button \"Stop\"", "ada stopped the run").await;
    ada.clicks_until("button \"Make a skill of it …\"", "What shows how it is done").await;
    ada.fills("What it reaches What of this was typed or chosen becomes a place to fill in.", "Count for Ann").await;
    ada.fills("Called Letters, digits, - and _. A skill of that name learns from this too.", "count").await;
    ada.clicks_until("button \"Learn it\"", "is learned").await;
    let told = desk.run(&["skills", "show", "count"]).out;
    assert!(told.contains("Count for {name}") && told.contains("button \"More\""), "{told}");
    assert!(!told.contains("open "), "{told}");
}
