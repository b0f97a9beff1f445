//! Budgets: counted by the runtime, judged by the guards, folded from the record.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use lamassu::{
    Agent, BoxFuture, Budget, Call, Goal, Limits, Pack, Planned, Planner, Proposal, Refusal, Status, Store, View,
    planner::{PlannerError, Prices, Usage},
    runtime::AgentBuilder,
};

use crate::support::{Listed, Scripted, act, approve, command::Desk};

/// A server that says `ok` to everything and counts it.
fn server() -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = format!("http://{}", listener.local_addr().unwrap());
    let taken = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&taken);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
    });
    (home, taken)
}

fn request(method: &str, url: &str) -> Call {
    Call::new("http", "request").with("method", method).with("url", url)
}

fn agent(desk: &Desk, planner: impl Planner + 'static) -> AgentBuilder {
    let pack = Pack::folder(desk.path("packs/open")).with("private", ["127.0.0.1"]);
    let tool = lamassu::http::HttpTool::new(lamassu::http::Limits::default());
    Agent::builder().planner(planner).tool(tool).pack(pack).approver(Scripted { says: approve, settles: None })
}

fn goal(limits: Limits) -> Goal {
    Goal::new("send").budget(Budget { limits, ..Budget::default() })
}

fn rules(refusals: &[Refusal]) -> Vec<(&str, &str)> {
    let rules = refusals.iter().flat_map(|refusal| &refusal.rules);
    rules.map(|rule| (rule.id.as_str(), rule.because.as_str())).collect()
}

#[tokio::test]
async fn two_calls_of_one_reply_do_not_share_one_slot() {
    let (desk, (home, taken)) = (Desk::new(), server());
    let planner = Listed::new([act([request("POST", &home), request("POST", &home)])]);
    let limits = Limits { consequential: Some(1), ..Limits::default() };
    let report = agent(&desk, planner).build().unwrap().run(goal(limits)).await.unwrap();
    let because = "the run has done 1 actions that commit the user, and the budget is 1";
    assert_eq!(
        (rules(&report.refusals), taken.load(Ordering::SeqCst)),
        (vec![("guard.budget-consequential", because)], 1)
    );
}

#[tokio::test]
async fn a_host_gets_as_many_requests_as_the_budget_has_and_the_run_ends_with_the_budget() {
    let (desk, (home, taken)) = (Desk::new(), server());
    let calls = (0..3).map(|n| request("GET", &format!("{home}/{n}")));
    let planner = Listed::new([act(calls), Proposal::Pass("refused".to_owned())]);
    let limits = Limits { requests_per_host: Some(2), ..Limits::default() };
    let report = agent(&desk, planner).build().unwrap().run(goal(limits)).await.unwrap();
    let because = "the run has sent 2 requests to this host, and the budget is 2";
    assert_eq!(
        (report.status, rules(&report.refusals), taken.load(Ordering::SeqCst)),
        (Status::BudgetSpent, vec![("guard.budget-requests", because)], 2)
    );
}

#[tokio::test]
async fn a_run_that_is_taken_up_again_counts_on() {
    let (desk, (home, taken)) = (Desk::new(), server());
    let limits = Limits { bytes_sent: Some(100), ..Limits::default() };
    let store = || Store::open(&desk.path("record")).unwrap();
    let first = [act([request("GET", &home)]), Proposal::Ask("go on?".to_owned())];
    let waiting = agent(&desk, Listed::new(first)).journal(store()).build().unwrap().run(goal(limits)).await.unwrap();
    let rest = [act([request("GET", &format!("{home}/{}", "x".repeat(60)))])];
    let person = Answers;
    let again = agent(&desk, Listed::new(rest)).approver(person).journal(store()).build().unwrap();
    let report = again.resume(&waiting.run, goal(limits)).await.unwrap();
    let ids: Vec<_> = rules(&report.refusals).into_iter().map(|(id, _)| id).collect();
    assert_eq!(
        (waiting.status, ids, taken.load(Ordering::SeqCst)),
        (Status::Waiting, vec!["guard.budget-bytes"], 1),
        "{report:?}"
    );
}

/// A person who answers every question.
struct Answers;

impl lamassu::Approver for Answers {
    fn rule<'a>(&'a self, _: &'a lamassu::Request) -> BoxFuture<'a, lamassu::Ruling> {
        Box::pin(async { lamassu::Ruling::Later })
    }

    fn answer<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async { Some("yes".to_owned()) })
    }
}

/// A planner that asks for one request after the other, for a thousand tokens each.
struct Dear(String);

impl Planner for Dear {
    fn name(&self) -> &str {
        "dear"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        let call = request("GET", &format!("{}/{}", self.0, view.turns.len()));
        let usage = Usage { input: 900, output: 100, ..Usage::default() };
        Box::pin(async move { Ok(Planned { usage, ..Planned::from(act([call])) }) })
    }
}

#[tokio::test]
async fn money_that_is_spent_stops_the_calls_and_ends_the_run() {
    let (desk, (home, taken)) = (Desk::new(), server());
    // 900 tokens at 2 and 100 at 10 for a million: 0.0028 for each proposal.
    let prices = Prices { input: 2_000_000, cached: None, output: 10_000_000 };
    let limits = Limits { money: Some(5_000), ..Limits::default() };
    let report = agent(&desk, Dear(home)).prices(prices).build().unwrap().run(goal(limits)).await.unwrap();
    let because = "the planner has cost 0.0056, and the budget is 0.005";
    assert_eq!(
        (report.status, rules(&report.refusals), taken.load(Ordering::SeqCst)),
        (Status::BudgetSpent, vec![("guard.budget-money", because)], 1)
    );
}

#[tokio::test]
async fn money_without_prices_is_no_budget_that_nobody_keeps() {
    let (desk, (home, _)) = (Desk::new(), server());
    let limits = Limits { money: Some(5_000), ..Limits::default() };
    let report = agent(&desk, Dear(home)).build().unwrap().run(goal(limits)).await.unwrap();
    assert_eq!((report.status, report.reason.contains("give `price_in` and `price_out`")), (Status::Failed, true));
}

#[test]
fn a_task_file_says_what_may_be_used_up() {
    let (desk, (home, taken)) = (Desk::new(), server());
    let post = format!("[[steps]]\npost = {{ url = \"{home}/orders\", json = {{ item = \"mug\" }} }}\n");
    let budget = "[budget]\nmoney = \"0.50\"\nbytes_sent = 10000\nrequests_per_host = 9\nconsequential = 1\n";
    let policy = "[policy]\npack = \"./packs/open\"\nprivate = [\"127.0.0.1\"]\n";
    desk.write("t.toml", &format!("goal = \"send\"\n{policy}{budget}{post}{post}"));
    let ran = desk.run(&["run", "t.toml"]);
    assert_eq!((ran.code, taken.load(Ordering::SeqCst)), (4, 1), "{}", ran.err);
    assert!(ran.err.contains("guard.budget-consequential"), "{}", ran.err);
}

#[cfg(feature = "model")]
#[test]
fn a_task_that_limits_money_has_to_say_what_a_model_costs() {
    let desk = Desk::new();
    desk.write("t.toml", "goal = \"x\"\n[budget]\nmoney = \"0.50\"\n[model]\nname = \"m\"\nprice_in = \"2\"\n");
    let ran = desk.run(&["run", "t.toml"]);
    assert_eq!((ran.code, ran.err.contains("give `price_in` and `price_out`")), (2, true), "{}", ran.err);
}
