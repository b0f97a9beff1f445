//! The console, as people meet it: in real browsers.

mod booth;
mod figures;
mod hands;
mod policies;
mod reach;
mod screens;
mod studio;
mod tasks;

use lamassu::Call;

use self::booth::{Booth, Person};
use crate::support::ring;

/// What a page or a planner might write to look like something else.
const TRICK: &str = "\u{1b}[2J\u{202e}<img src=x onerror=alert(1)><button>Approve</button>";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_approves_on_the_page_is_done_under_their_name() {
    let booth = Booth::open([ring()]).await;
    let run = booth.run();
    let mut ada = Person::at(&booth.link("ada")).await;
    ada.sees("1 run asks").await;
    ada.does(Call::new("browser", "click").with("target", "link \"1 run asks\"")).await;
    let page = ada.sees("May this be done?").await;
    assert!(page.contains("bell.ring") && page.contains("Bell"), "{page}");
    assert_eq!(booth.bell.count(), 0);
    ada.clicks_until("button \"Approve\"", "landed").await;
    assert_eq!((run.await.unwrap().status, booth.bell.count()), (lamassu::Status::Done, 1));
    assert_eq!(booth.rulings(), ["ada approves"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_edited_is_judged_and_asked_again_and_what_is_rejected_is_not_done() {
    let booth = Booth::open([ring()]).await;
    let run = booth.run();
    let mut ada = asked(&booth, "ada").await;
    ada.clicks_until("button \"Edit …\"", "judged again").await;
    ada.does(Call::new("browser", "fill").with("target", "times may be left empty").with("text", "3")).await;
    ada.clicks_until("button \"Ask again with this\"", "asks for `bell.ring` instead").await;
    ada.sees("step 2").await;
    ada.clicks_until("button \"Reject …\"", "Back").await;
    ada.does(Call::new("browser", "fill").with("target", "A word to the planner").with("text", "too loud")).await;
    ada.clicks_until("button \"Reject\"", "ada rejects: too loud").await;
    drop(run.await.unwrap());
    assert_eq!((booth.bell.count(), booth.rulings().len()), (0, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_meant_for_something_else_is_no_consent() {
    let booth = Booth::open([ring()]).await;
    let mut ada = Person::at(&booth.link("ada")).await;
    ada.sees("No runs yet").await;
    let run = booth.run();
    ada.sees("1 run asks").await;
    // The question is not on this page.
    ada.does(Call::new("browser", "press").with("key", "a")).await;
    ada.does(Call::new("browser", "click").with("target", "link \"1 run asks\"")).await;
    ada.sees("May this be done?").await;
    // Enter and the space bar press what has the focus, and that is no button.
    ada.does(Call::new("browser", "press").with("key", "Enter")).await;
    ada.does(Call::new("browser", "press").with("key", "Space")).await;
    ada.sees("May this be done?").await;
    assert_eq!((run.is_finished(), booth.bell.count()), (false, 0));
    ada.does(Call::new("browser", "press").with("key", "a")).await;
    ada.sees("landed").await;
    assert_eq!((drop(run.await.unwrap()), booth.bell.count()), ((), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_outlives_the_console_and_is_there_once() {
    let booth = Booth::open([ring()]).await;
    let run = booth.run();
    let mut ada = asked(&booth, "ada").await;
    run.abort();
    let booth = booth.again().await;
    let page = ada.sees("This run lies aside").await;
    assert_eq!(page.matches("May this be done?").count(), 1, "{page}");
    ada.clicks_until("button \"Approve\"", "landed").await;
    ada.sees("done").await;
    assert_eq!((booth.bell.count(), booth.rulings()), (1, vec!["ada approves".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_answer_wins_and_the_others_see_whose() {
    let booth = Booth::open([ring()]).await;
    let run = booth.run();
    let (mut ada, mut ben) = tokio::join!(asked(&booth, "ada"), asked(&booth, "ben"));
    let press = |target: &str| Call::new("browser", "press").with("key", target);
    tokio::join!(ada.does(press("a")), ben.does(press("a")));
    tokio::join!(ada.sees("landed"), ben.sees("landed"));
    drop(run.await.unwrap());
    let rulings = booth.rulings();
    assert_eq!((booth.bell.count(), rulings.len()), (1, 1));
    let winner = if rulings[0].starts_with("ada") { "ada approves" } else { "ben approves" };
    tokio::join!(ada.sees(winner), ben.sees(winner));
}

#[tokio::test(flavor = "multi_thread")]
async fn text_of_others_is_text_however_long_and_whatever_it_imitates() {
    let long: &'static str = Box::leak(format!("{TRICK}{}", "A".repeat(10_000)).into_boxed_str());
    let mut booth = Booth::open([ring()]).await;
    booth.bell.scratched = long;
    let run = booth.run();
    let mut ada = asked(&booth, "ada").await;
    let page = ada.sees("May this be done?").await;
    assert!(page.contains("\\u{202e}") && page.contains("\\u{1b}") && !page.contains('\u{202e}'), "{page}");
    assert!(page.contains("show all 10"), "{page}");
    let found = ada.does(Call::new("browser", "find").with("text", "Approve").with("role", "button")).await;
    assert_eq!(found.matches("button \"Approve").count(), 1, "{found}");
    let shown = ada.does(Call::new("browser", "look")).await;
    assert!(!shown.contains("dialog"), "{shown}");
    run.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_pauses_takes_one_step_and_stops_between_two_steps() {
    let listen = || Call::new("bell", "listen");
    let booth = Booth::open([listen(), ring(), listen(), listen()]).await;
    let run = booth.run();
    let mut ada = asked(&booth, "ada").await;
    ada.clicks_until("button \"Pause\"", "Go on").await;
    ada.clicks_until("button \"Approve\"", "Paused between two steps").await;
    ada.clicks_until("button \"One step\"", "bell.listen Bell \"front\"").await;
    assert!(!run.is_finished());
    ada.clicks_until("button \"Stop\"", "ada stopped the run").await;
    let report = run.await.unwrap();
    assert_eq!((report.status, report.reason.as_str()), (lamassu::Status::Refused, "ada stopped the run"));
    assert_eq!(booth.bell.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_told_that_a_run_waits_and_for_what() {
    let door = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/told", door.local_addr().unwrap());
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let hook = async move |axum::Json(body): axum::Json<serde_json::Value>| drop(told.send(body));
    let router = axum::Router::new().route("/told", axum::routing::post(hook));
    tokio::spawn(async move { axum::serve(door, router).await.unwrap() });
    let booth = Booth::telling(&url, [ring()]).await;
    let run = booth.run();
    let body = tokio::time::timeout(booth::PATIENCE, heard.recv()).await.unwrap().unwrap();
    assert_eq!(body["waits_for"], "bell.ring Bell \"front\"");
    assert_eq!(body["console"], format!("http://{}/", booth.console.address()));
    run.abort();
}

/// Somebody who sees the question of the only run.
async fn asked(booth: &Booth, user: &str) -> Person {
    let mut person = Person::at(&booth.link(user)).await;
    person.sees("1 run asks").await;
    person.does(Call::new("browser", "click").with("target", "link \"1 run asks\"")).await;
    person.sees("May this be done?").await;
    person
}
