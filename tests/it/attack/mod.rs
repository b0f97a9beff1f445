//! The browser under attack: real Chromium, the real packs, and a server that must get nothing.

mod closed;
mod going;
mod leaks;
mod offered;
mod secrets;
mod server;

use std::{
    collections::BTreeMap,
    io,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use lamassu::{
    Agent, BoxFuture, Budget, Call, Goal, Pack, Picture, Proposal, Report, Vault, View,
    browser::{BrowserTool, Limits, Options},
    planner::{Planned, Planner, PlannerError, Reply},
};
use lamassu_egress::Resolve;

use self::server::{Answer, Asked, Server, answer};

/// Names that lead where a test says; who was asked for is kept.
#[derive(Debug, Default)]
struct Names {
    /// One answer for each question; the last one stays.
    known: Mutex<BTreeMap<&'static str, Vec<IpAddr>>>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    fn new<const N: usize>(known: [(&'static str, &[&str]); N]) -> Arc<Self> {
        let parse = |ips: &[&str]| ips.iter().rev().map(|ip| ip.parse().unwrap()).collect();
        let known = known.into_iter().map(|(name, ips)| (name, parse(ips))).collect();
        Arc::new(Self { known: Mutex::new(known), asked: Mutex::default() })
    }

    /// The names that were asked for, each once.
    fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().unwrap().clone();
        asked.sort();
        asked.dedup();
        asked
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        self.asked.lock().unwrap().push(name.to_owned());
        let mut known = self.known.lock().unwrap();
        let left = known.get_mut(name);
        let answer = left.and_then(|left| if left.len() > 1 { left.pop() } else { left.first().copied() });
        Box::pin(async move { Ok(answer.into_iter().collect()) })
    }
}

/// What a run has come to.
struct Ran {
    report: Report,
    /// What came of each call, in words.
    told: Vec<String>,
    /// What was shown after each call.
    shown: Vec<String>,
    /// The pictures that each call brought.
    pictures: Vec<Vec<Picture>>,
}

/// What a planner was shown: words, the page, pictures.
type Seen = (Vec<String>, Vec<String>, Vec<Vec<Picture>>);

/// Proposes one call after another, whatever comes of them.
#[derive(Clone, Default)]
struct Tour {
    calls: Vec<Call>,
    seen: Arc<Mutex<Seen>>,
}

impl Planner for Tour {
    fn name(&self) -> &str {
        "tour"
    }

    fn is_listed(&self) -> bool {
        true
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        let (told, shown, pictures) = &mut *self.seen.lock().unwrap();
        if let Some(turn) = view.turns.last() {
            let words = turn.results.iter().map(in_words).collect::<Vec<_>>();
            told.push(words.join("\n"));
            pictures.push(turn.results.iter().flat_map(pictures_of).collect());
            shown.push(view.now.iter().map(|seen| seen.content.as_str()).collect());
        }
        let next = self.calls.get(view.turns.len()).cloned();
        let done = || Proposal::Done { answer: serde_json::Value::Null, evidence: "all was tried".to_owned() };
        Box::pin(async move { Ok(next.map_or_else(done, |call| Proposal::Act(vec![call])).into()) })
    }
}

fn pictures_of(reply: &Reply) -> Vec<Picture> {
    if let Reply::Landed(observation) = reply { observation.pictures.clone() } else { Vec::new() }
}

fn in_words(reply: &Reply) -> String {
    match reply {
        Reply::Landed(observation) => observation.content.clone(),
        Reply::Failed(failure) => format!("failed: {}", failure.message),
        Reply::InDoubt(failure) => format!("in doubt: {}", failure.message),
        Reply::Refused(refusal) => refusal.to_string(),
        Reply::Said(words) | Reply::Stuck(words) => words.clone(),
    }
}

fn call(verb: &str) -> Call {
    Call::new("browser", verb)
}

fn open(url: impl Into<String>) -> Call {
    call("open").with("url", url.into())
}

fn limits() -> Limits {
    Limits { load: std::time::Duration::from_secs(4), ..Limits::default() }
}

/// Makes `calls` under `pack` in a browser of its own.
async fn tour(pack: Pack, options: Options, vault: Vault, calls: Vec<Call>) -> Ran {
    let tour = Tour { calls, seen: Arc::default() };
    let agent = Agent::builder().planner(tour.clone()).tool(BrowserTool::new(options)).pack(pack).vault(vault);
    let goal = Goal::new("look around").budget(Budget { steps: 400, ..Budget::default() });
    let report = agent.build().unwrap().run(goal).await.unwrap();
    let (told, shown, pictures) = std::mem::take(&mut *tour.seen.lock().unwrap());
    Ran { report, told, shown, pictures }
}

/// A server of somebody else's, which lets anybody read what it answers.
async fn sink(ip: [u8; 4]) -> Server {
    let anything: Answer = Arc::new(|asked: &Asked| {
        let bare = asked.target.split('?').next().unwrap_or_default();
        let kind = match bare.rsplit('.').next().unwrap_or_default() {
            "css" => "text/css",
            "js" => "text/javascript",
            "svg" => "image/svg+xml",
            "json" => "application/json",
            "events" => "text/event-stream",
            "zip" => "application/zip",
            _ => "text/html",
        };
        let headers = format!(
            "Content-Type: {kind}\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\n\
             Access-Control-Allow-Methods: *\r\nCache-Control: no-store\r\n"
        );
        answer("200 OK", &headers, "")
    });
    Server::start(ip, None, anything).await
}
