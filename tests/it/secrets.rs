//! Secrets in requests: where they may go, and what becomes of them when they come back.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use lamassu::{Agent, Call, Event, Goal, Pack, Secret, Store, Vault, runtime::BuildError};

use crate::support::{Bell, Listed, act, agent, command::Desk};

/// Quotes, an ampersand, a slash and digits.
const VALUE: &str = "7\"Tok&en/4815162342";

/// A server that says everything about the header it was sent, in as many ways as it knows.
fn gossip() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 8192]);
            let body = serde_json::json!({
                "raw": VALUE,
                "html": "7&quot;Tok&amp;en&#x2F;4815162342",
                "base64": "dXNlcjo3IlRvayZlbi80ODE1MTYyMzQy",
                "hex": "3722546f6b26656e2f34383135313632333432",
                "twice": serde_json::json!(VALUE).to_string(),
                "7\"Tok&en/4815162342": 1,
            });
            let body = body.to_string();
            let _ = write!(
                stream,
                "HTTP/1.1 302 Found\r\nlocation: /?t=7%22Tok%26en%2f4815162342\r\nx-t: {VALUE}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    home
}

#[tokio::test]
async fn what_a_server_tells_of_a_secret_is_kept_nowhere_and_told_to_nobody() {
    let (desk, home) = (Desk::new(), gossip());
    let with = |header: &str| {
        let call = Call::new("http", "request").with("method", "GET").with("url", home.as_str());
        call.with("secret_headers", serde_json::json!({ header: "token" }))
    };
    let planner = Listed::new([act([with("authorization")]), act([with("x-debug")])]);
    let store = Store::open(&desk.path("record")).unwrap();
    let told = Arc::new(Mutex::new(String::new()));
    let heard = Arc::clone(&told);
    let agent = Agent::builder()
        .planner(planner.clone())
        .tool(lamassu::http::HttpTool::new(lamassu::http::Limits::default()))
        .pack(Pack::folder(desk.path("packs/open")).with("private", ["127.0.0.1"]))
        .vault(Vault::default().with("token", Secret::new(VALUE).at(&home).header("Authorization")))
        .journal(store.clone())
        .events(move |event: &Event| heard.lock().unwrap().push_str(&serde_json::to_string(event).unwrap()))
        .build()
        .unwrap();
    let report = agent.run(Goal::new("ask")).await.unwrap();
    let mut record = Vec::new();
    store.export(&report.run, &mut record).unwrap();
    let all = format!("{}{report:?}{}{}", String::from_utf8(record).unwrap(), planner.shown(), told.lock().unwrap());
    let leaks = ["Tok", "4815162342", "VG9r", "RvayZ", "4ODE1", "546f6b"].map(|part| all.contains(part));
    let rules: Vec<_> = report.refusals.iter().flat_map(|refusal| &refusal.rules).map(|rule| &*rule.id).collect();
    assert_eq!((leaks, rules), ([false; 6], vec!["guard.secret-fit"]), "{all}");
}

#[test]
fn an_agent_is_not_built_with_a_secret_that_could_not_be_redacted() {
    let agent = agent(&Bell::default(), &Listed::default(), |_| Some(true));
    let built = agent.vault(Vault::default().with("pin", Secret::new("123"))).build();
    assert!(matches!(built, Err(BuildError::Secret { name, .. }) if name == "pin"));
}
