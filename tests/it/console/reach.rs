//! Who reaches the console, and who does not.

use std::sync::{Arc, Mutex};

use lamassu::{
    Agent, Call, Event, Goal, Script,
    browser::Options as Browser,
    http::{HttpTool, Limits},
    runtime::AgentBuilder,
};

use super::booth::{Booth, browsing};
use crate::support::{Rules, command::Desk};

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_reaches_the_console_neither_by_its_browser_nor_by_http() {
    let booth = Booth::open([]).await;
    let port = booth.console.address().port();
    let url = format!("http://localhost:{port}/");
    let planner = || Script::calls(vec![Call::new("browser", "open").with("url", url.as_str())]);
    let options = Browser { closed: vec![port], ..Browser::default() };
    let by_browser = outcome(browsing(options).planner(planner())).await;
    let request = Call::new("http", "request").with("method", "GET").with("url", url.as_str());
    let by_http = Agent::builder()
        .planner(Script::calls(vec![request]))
        .tool(HttpTool::new(Limits::default()).closing(&[port]))
        .policy(Rules(|_| Some(true)));
    let by_http = outcome(by_http).await;
    for (what, why) in [by_browser, by_http] {
        assert!(what == "not_sent" && why.contains("closed"), "{what}: {why}");
    }
}

/// What came of the only action: in a word, and why.
async fn outcome(agent: AgentBuilder) -> (String, String) {
    let came = Arc::new(Mutex::new((String::new(), String::new())));
    let told = Arc::clone(&came);
    let agent = agent.events(move |event| {
        if let Event::Acted { outcome, seen, .. } = event {
            *told.lock().unwrap() = ((*outcome).to_owned(), seen.clone());
        }
    });
    drop(agent.build().unwrap().run(Goal::new("look")).await.unwrap());
    came.lock().unwrap().clone()
}

#[test]
fn a_console_that_other_machines_could_reach_is_refused_with_the_way_out() {
    let desk = Desk::new();
    let ran = desk.run(&["console", "--bind", "0.0.0.0:0"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    for words in ["ssh -L", "--unencrypted", "--user NAME"] {
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    let ran = desk.run(&["console", "--bind", "0.0.0.0:0", "--unencrypted", "--user", "ada"]);
    assert!(ran.code == 2 && ran.err.contains("--host NAME:PORT"), "{}", ran.err);
    let ran = desk.run(&["console", "--bind", "127.0.0.1:0", "--unencrypted"]);
    assert!(ran.code == 2 && ran.err.contains("--user"), "{}", ran.err);
}
