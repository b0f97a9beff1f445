//! A pack that is replaced while a run is under way.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex, OnceLock},
    thread,
};

use lamassu::{
    Agent, Approver, BoxFuture, Event, Goal, Pack, Planned, Planner, Report, Request, Ruling, Store, View,
    planner::PlannerError,
    runtime::{AgentBuilder, Settled},
};

use crate::support::{Bell, Listed, Scripted, act, approve, command::Desk, ring};

/// An agent that things done in the middle of a run can get at.
type Place = Arc<OnceLock<Agent>>;

/// A planner before whose second proposal something happens.
struct Then<F>(Listed, F);

impl<F: Fn() + Send + Sync> Planner for Then<F> {
    fn name(&self) -> &str {
        "then"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        if view.turns.len() == 1 {
            (self.1)();
        }
        self.0.propose(view)
    }
}

/// A pack in the folder `name` whose rule about ringing is `rule`, and whose case expects `verdict`.
fn pack(desk: &Desk, name: &str, rule: &str, verdict: &str) -> Pack {
    let cases = format!(
        "[[case]]\nname = \"a ring\"\ncall = \"bell.ring\"\non.thing = {{ kind = \"Bell\", id = \"front\" }}\nexpect = \"{verdict}\"\n"
    );
    desk.write(&format!("packs/{name}/pack.toml"), &format!("name = \"{name}\"\nabout = \"for a test\"\n"));
    desk.write(&format!("packs/{name}/rules.cedar"), rule);
    desk.write(&format!("packs/{name}/cases.toml"), &cases);
    Pack::folder(desk.path(&format!("packs/{name}")))
}

const OPEN: &str = "@id(\"open\")\npermit (principal, action, resource);\n";
const SHUT: &str = "@id(\"shut\")\nforbid (principal, action, resource);\n";
const ASKS: &str = "@id(\"open\")\npermit (principal, action, resource);\n@id(\"asks\")\nforbid (principal, action, \
                    resource) unless { context.approval.granted };\n";

/// What observers were told of packs.
type Heard = Arc<Mutex<Vec<(String, u64, bool)>>>;

fn heard(builder: AgentBuilder) -> (AgentBuilder, Heard) {
    let heard = Heard::default();
    let told = Arc::clone(&heard);
    let builder = builder.events(move |event| {
        if let Event::Reloaded { pack, generation, problem } = event {
            let name = Path::new(pack).file_name().unwrap().to_string_lossy().into_owned();
            told.lock().unwrap().push((name, *generation, problem.is_some()));
        }
    });
    (builder, heard)
}

/// A run that rings twice, judged by an open pack at first and, if it loads, by `next` between the rings.
async fn rings_twice(desk: &Desk, next: Pack) -> (u32, Report, Vec<(String, u64, bool)>) {
    let (bell, place) = (Bell::default(), Place::default());
    let agent = Arc::clone(&place);
    let planner = Then(Listed::new([act([ring()]), act([ring()])]), move || {
        let _ = agent.get().unwrap().reload(next.clone());
    });
    let builder = Agent::builder().planner(planner).tool(bell.clone()).pack(pack(desk, "open", OPEN, "allow"));
    let (builder, heard) = heard(builder.journal(Store::open(&desk.path("record")).unwrap()));
    place.set(builder.build().unwrap()).unwrap();
    let report = place.get().unwrap().run(Goal::new("ring")).await.unwrap();
    let heard = heard.lock().unwrap().clone();
    (bell.count(), report, heard)
}

#[tokio::test]
async fn a_pack_that_is_replaced_judges_from_the_next_action_on() {
    let desk = Desk::new();
    let next = pack(&desk, "shut", SHUT, "deny");
    let (rung, report, heard) = rings_twice(&desk, next).await;
    let by: Vec<_> = report.refusals.iter().flat_map(|refusal| &refusal.rules).map(|rule| rule.id.as_str()).collect();
    assert_eq!((rung, by, heard), (1, vec!["shut"], vec![("shut".to_owned(), 2, false)]));
}

#[tokio::test]
async fn a_pack_that_does_not_load_leaves_the_last_one_and_is_told_and_recorded() {
    let broken = [("permit (principal, action", "allow"), (OPEN, "deny"), ("", "allow"), (SHUT, "allow")];
    for (rule, expected) in broken {
        let desk = Desk::new();
        let next = pack(&desk, "broken", rule, expected);
        let (rung, report, heard) = rings_twice(&desk, next).await;
        assert_eq!((rung, heard), (2, vec![("broken".to_owned(), 1, true)]), "{rule}: {report:?}");
        let mut record = Vec::new();
        Store::open(&desk.path("record")).unwrap().export(&report.run, &mut record).unwrap();
        let record = String::from_utf8(record).unwrap();
        assert!(record.contains(r#""generation":1"#) && record.contains(r#""problem":""#), "{record}");
    }
}

#[tokio::test]
async fn each_judgement_on_record_says_which_policy_made_it() {
    let desk = Desk::new();
    let next = pack(&desk, "asks", &OPEN.replace("\"open\"", "\"wide\""), "allow");
    let (rung, report, _) = rings_twice(&desk, next).await;
    let records = Store::open(&desk.path("record")).unwrap().records(&report.run).unwrap();
    let marks: Vec<_> = records.iter().filter_map(|record| record.value.get("policy")?.as_str()).collect();
    assert_eq!((rung, marks.len(), marks.iter().map(|mark| mark.len()).max()), (2, 2, Some(64)));
    assert_ne!(marks[0], marks[1]);
}

/// A person who agrees, but only after another pack was taken.
struct Slow(Place, Pack);

impl Approver for Slow {
    fn rule<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Ruling> {
        self.0.get().unwrap().reload(self.1.clone()).unwrap();
        Box::pin(async { Ruling::Approve { by: "ada".to_owned() } })
    }

    fn settle<'a>(&'a self, _: &'a serde_json::Value) -> BoxFuture<'a, Option<Settled>> {
        Box::pin(async { None })
    }
}

#[tokio::test]
async fn a_consent_does_not_outlive_the_pack_that_asked_for_it() {
    let (desk, bell, place) = (Desk::new(), Bell::default(), Place::default());
    let same = pack(&desk, "asks", ASKS, "ask");
    let builder = Agent::builder().planner(Listed::new([act([ring()])])).tool(bell.clone()).pack(same.clone());
    place.set(builder.approver(Slow(Arc::clone(&place), same)).build().unwrap()).unwrap();
    let report = place.get().unwrap().run(Goal::new("ring")).await.unwrap();
    assert_eq!((bell.count(), report.refusals[0].rules[0].id.as_str()), (0, "gate.generation"));
}

/// A run that is cut off right after a person has agreed.
async fn cut_off(desk: &Desk, bell: &Bell) -> String {
    let run = Arc::new(Mutex::new(String::new()));
    let begun = Arc::clone(&run);
    let agent = Agent::builder()
        .planner(Listed::new([act([ring()])]))
        .tool(bell.clone())
        .pack(pack(desk, "asks", ASKS, "ask"))
        .approver(Scripted { says: approve, settles: None })
        .journal(Store::open(&desk.path("record")).unwrap())
        .events(move |event| match event {
            Event::Began { run, .. } => begun.lock().unwrap().clone_from(run),
            Event::Ruled { .. } => panic!("the power fails"),
            _ => {}
        })
        .build()
        .unwrap();
    assert!(tokio::spawn(async move { agent.run(Goal::new("ring")).await }).await.is_err());
    let run = run.lock().unwrap();
    run.clone()
}

#[tokio::test]
async fn a_consent_on_record_counts_under_the_policy_it_was_given_to_alone() {
    for (rule, rung) in [(ASKS.to_owned(), 1), (ASKS.replace("\"asks\"", "\"asks-too\""), 0)] {
        let (desk, bell) = (Desk::new(), Bell::default());
        let run = cut_off(&desk, &bell).await;
        let agent = Agent::builder()
            .planner(Listed::new([]))
            .tool(bell.clone())
            .pack(pack(&desk, "asks", &rule, "ask"))
            .journal(Store::open(&desk.path("record")).unwrap())
            .build()
            .unwrap();
        let report = agent.resume(&run, Goal::new("ring")).await.unwrap();
        assert_eq!(bell.count(), rung, "{report:?}");
    }
}

/// A server that answers one request once it is told to.
fn server(go: std::sync::mpsc::Receiver<()>) -> (String, std::sync::mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (came, asked) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        came.send(()).unwrap();
        go.recv().unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
    (address, asked)
}

const TASK: &str = r#"
goal = "Ask, then write"

[policy]
pack = "./packs/open"
private = ["127.0.0.1"]

[files]
workspace = "work"

[[steps]]
get = "http://ADDRESS/"
[[steps]]
write = { file = "new.txt", text = "x" }
"#;

/// What is left of a run of the command whose pack gets `rules` and a hangup while a request is under way:
/// the exit code, whether the file was written, and what was said.
fn hung_up(rules: &str) -> (i32, bool, String) {
    let (go, told) = std::sync::mpsc::channel();
    let (address, asked) = server(told);
    let desk = Desk::new();
    desk.write("task.toml", &TASK.replace("ADDRESS", &address));
    let mut child = desk.start_heard(&["run", "task.toml"]);
    asked.recv().unwrap();
    desk.write("packs/open/rules.cedar", rules);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    let mut said = String::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        said.push_str(&line.unwrap());
        said.push('\n');
        if said.contains("pack ") {
            // The second time there is nobody to tell any more.
            let _ = go.send(());
        }
    }
    (child.wait().unwrap().code().unwrap(), desk.path("work/new.txt").exists(), said)
}

#[test]
fn a_hangup_makes_a_run_read_its_pack_again() {
    let closed = "@id(\"open.all\")\npermit (principal, action, resource);\n@id(\"open.no-writing\")\nforbid (principal, \
                  action == Lamassu::Action::\"files.write\", resource);\n";
    let (code, written, said) = hung_up(closed);
    assert_eq!((code, written, said.contains("pack policy 2 is `")), (3, false, true), "{said}");
}

#[test]
fn a_hangup_with_a_broken_pack_leaves_the_last_one_and_says_so() {
    let (code, written, said) = hung_up("permit (");
    let told = said.contains("is not taken, and policy 1 stays") && said.contains("rules.cedar:1:");
    assert_eq!((code, written, told), (0, true, true), "{said}");
}
