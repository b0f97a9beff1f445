//! How soon a page shows what happens, what watching costs, and how long a long record takes. Run by
//! `make bench-console`.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lamassu::{
    Agent, Budget, Call, Event, Goal, Script, Store,
    browser::{BrowserTool, Lens, Options as Browser},
};
use tokio::net::TcpListener;

use super::{booth::Booth, studio::Studio};
use crate::support::{Bell, Listed, Rules, act};

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures: `make bench-console`"]
async fn from_an_event_to_the_pixel() {
    let booth = Booth::open([]).await;
    let seat = booth.console.seat();
    // A run that tells by hand; its record is that of another one which has ended.
    let run = booth.run().await.unwrap().run;
    seat.tell(&Event::Began { run: run.clone(), goal: "ring".to_owned(), planner: "none".to_owned() });
    let studio = Studio::open(&booth.link("ada")).await;
    studio.waits("Boolean(document.querySelector('.row'))").await;
    studio.asks(&format!("location.hash = '#/run/{run}'")).await;
    studio.waits("Boolean(document.querySelector('.steps'))").await;
    studio
        .asks(
            "window.painted = []; new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => painted.push( \
             performance.timeOrigin + performance.now())))).observe(document.querySelector('.steps'), { childList: true }); 0",
        )
        .await;
    let mut times = Vec::new();
    for step in 1..=60 {
        let action = format!("ring the bell for the {step}. time");
        let begin = now();
        seat.tell(&Event::Judged { step, action, on: None, effect: None, verdict: "go", rules: Vec::new() });
        studio.waits(&format!("painted.length >= {step}")).await;
        times.push(studio.asks(&format!("painted[{step} - 1]")).await.as_f64().unwrap() - begin);
    }
    println!("event to pixel: median {:.1} ms of {}", median(times.clone()), times.len());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures: `make bench-console`"]
async fn what_watching_costs_a_step() {
    let page = "<!doctype html><title>Counter</title><h1 id='count'>0</h1>\
        <button onclick='count.textContent=+count.textContent+1'>More</button>";
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", door.local_addr().unwrap());
    let router = axum::Router::new().route("/", axum::routing::get(async move || axum::response::Html(page)));
    tokio::spawn(async move { axum::serve(door, router).await.unwrap() });
    // By turns, so that whatever else the machine does falls on both alike.
    let (mut alone, mut watched, mut pictures) = (Vec::new(), Vec::new(), 0);
    for _ in 0..3 {
        alone.push(step_time(&url, None).await);
        let lens = Lens::new();
        let mut frames = lens.frames();
        let counted = tokio::spawn(async move {
            let mut count = 0;
            while frames.changed().await.is_ok() {
                count += 1;
            }
            count
        });
        watched.push(step_time(&url, Some(lens)).await);
        pictures += counted.await.unwrap();
    }
    assert!(pictures > 3);
    let (alone, watched) = (median(alone), median(watched));
    println!(
        "a step: {alone:.1} ms alone, {watched:.1} ms watched, {:.1} ms more; {pictures} pictures",
        watched - alone
    );
}

/// How many times a button is pressed: a page is seen twice in a second while it is busy.
const PRESSES: u32 = 300;

/// The mean time of a step of clicking, the look included: what a picture costs falls on few steps.
async fn step_time(url: &str, lens: Option<Lens>) -> f64 {
    let mut calls = vec![Call::new("browser", "open").with("url", url)];
    calls.extend((0..PRESSES).map(|_| Call::new("browser", "click").with("target", "button \"More\"")));
    let ends_at = calls.len();
    let ends = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = std::sync::Arc::clone(&ends);
    let agent = Agent::builder()
        .planner(Script::calls(calls))
        .tool(BrowserTool::new(Browser { lens, ..Browser::default() }))
        .policy(Rules(|_| Some(true)))
        .events(move |event| {
            if matches!(event, Event::Acted { .. }) {
                told.lock().unwrap().push(Instant::now());
            }
        });
    let goal = Goal::new("count").budget(Budget { steps: u64::from(PRESSES) + 10, ..Budget::default() });
    drop(agent.build().unwrap().run(goal).await.unwrap());
    let ends = ends.lock().unwrap();
    assert_eq!(ends.len(), ends_at);
    let (first, last) = (ends[5], ends[ends_at - 1]);
    (last - first).as_secs_f64() * 1000.0 / f64::from(PRESSES - 5)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures: `make bench-console`"]
async fn twenty_runs_of_two_hundred_steps() {
    let booth = Booth::open([]).await;
    let record = booth.folder.path().join("record");
    for _ in 0..20 {
        let planner = Listed::new([act((0..200).map(|time| Call::new("bell", "ring").with("times", time)))]);
        let agent = Agent::builder().planner(planner).tool(Bell::default()).policy(Rules(|_| Some(true)));
        let agent = agent.journal(Store::open(&record).unwrap()).build().unwrap();
        let goal = Goal::new("listen for long").budget(Budget { steps: 300, ..Budget::default() });
        drop(agent.run(goal).await.unwrap());
    }
    let studio = Studio::open(&booth.link("ada")).await;
    let begin = Instant::now();
    studio.waits("document.querySelectorAll('.row').length === 20").await;
    let listed = begin.elapsed();
    let begin = Instant::now();
    studio.asks("document.querySelector('.row').click()").await;
    studio.waits("document.querySelectorAll('.steps summary').length >= 200").await;
    let opened: Duration = begin.elapsed();
    println!("20 runs of 200 steps: listed in {listed:.0?}, one opened in {opened:.0?}");
}
