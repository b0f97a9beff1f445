//! Recorded runs under the eye of the policy: backtest, why.

use lamassu::{
    Action, Agent, Autonomy, Call, Effect, Goal, Pack, Request, Resource, Ruling, Script, Status, Store,
    files::{FilesTool, Limits},
};
use serde_json::json;

use crate::support::{
    Scripted, approve,
    command::{Desk, Ran},
};

/// Writes, reads and deletes: by `web-forms` the delete waits for a person, who is not there.
const TIDY: &str = r#"
goal = "Tidy up: note.txt says hello"

[policy]
pack = "web-forms"

[files]
workspace = "work"

[[steps]]
write = { file = "notes/note.txt", text = "hello" }

[[steps]]
read_file = "notes/note.txt"

[[steps]]
delete = "old.txt"
"#;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("tidy.toml", TIDY);
    desk.write("work/old.txt", "x");
    desk.write("work/notes/keep.txt", "x");
    let ran = desk.run(&["run", "tidy.toml"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    desk
}

fn told(ran: &Ran, parts: &[&str]) {
    assert!(parts.iter().all(|part| ran.out.contains(part)), "{parts:?} in {ran:?}");
}

#[test]
fn a_run_under_its_own_pack_has_no_flips() {
    let ran = desk().run(&["policy", "backtest", "--pack", "web-forms"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    told(&ran, &["3 judgements, 0 fall otherwise"]);
}

#[test]
fn a_stricter_pack_flips_what_it_forbids_and_says_by_which_rule() {
    let desk = desk();
    let ran = desk.run(&["policy", "backtest", "--pack", "read-only", "--run", "last"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    told(
        &ran,
        &["step 1: was allow, now deny by `read-only.no-changes`", "step 3: was ask, now deny", "2 fall otherwise"],
    );
    let flips = desk.run(&["policy", "backtest", "--pack", "read-only", "--json"]).json()["found"]["flips"].clone();
    assert_eq!((flips[0]["was"].clone(), flips[0]["now"].clone()), (json!("allow"), json!("deny")));
}

#[test]
fn a_parameter_that_the_pack_lacks_is_a_usage_error() {
    let ran = desk().run(&["policy", "backtest", "--pack", "web-forms", "--with", "sties=https://shop.test"]);
    assert_eq!((ran.code, ran.err.contains("`sties`")), (2, true), "{ran:?}");
}

#[test]
fn why_says_what_would_turn_an_ask_and_an_allow() {
    let desk = desk();
    let ask = desk.run(&["policy", "why", "last", "3"]);
    told(
        &ask,
        &["waits for a person by `web-forms.ask-before-consequences`", "would be allowed if", "a person agrees"],
    );
    let allow = desk.run(&["policy", "why", "last", "1"]);
    told(
        &allow,
        &["is allowed by `web-forms.workspace`", "It would wait for a person if", "its effect were `irreversible`"],
    );
    let denied = desk.run(&["policy", "why", "last", "1", "--pack", "read-only"]);
    told(&denied, &["is denied by `read-only.no-changes`", "the verdict was allow"]);
    assert_eq!(desk.run(&["policy", "why", "last", "9"]).code, 2);
}

#[test]
fn why_finds_the_count_at_which_a_rule_draws_its_line() {
    let desk = desk();
    let rule = "@id(\"open.early\")\n@because(\"not for long\")\nforbid (principal, action, resource) when { context.run.steps > 40 };\n";
    desk.write("packs/open/early.cedar", rule);
    let ran = desk.run(&["policy", "why", "last", "2", "--pack", "./packs/open"]);
    told(&ran, &["as many as 41 steps had been used, not 2 (`open.early`)"]);
}

#[test]
fn what_a_run_recorded_is_read_back_with_the_digest_that_was_judged() {
    let exported = desk().run(&["runs", "export", "last", "--jsonl"]).out;
    let lines = exported.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let judgements: Vec<_> = lines.filter(|line| line["kind"] == "judgement").collect();
    for judgement in &judgements {
        let action = Action::from_value(&judgement["value"]["action"]).unwrap();
        assert_eq!(action.digest().to_string(), judgement["value"]["digest"]);
    }
    assert_eq!(judgements.len(), 3);
}

#[test]
fn a_recorded_action_has_its_digest_and_comes_to_nothing() {
    let call = Call::new("files", "write").with("path", "a.txt").with("deep", json!({ "z": 1.5, "a": [null, "ü"] }));
    let action = Action::new(&call, Effect::Write, Resource::thing("Bell", "front")).fact("size", 3).handle(7_u8);
    let again = Action::from_value(&action.to_value()).unwrap();
    assert_eq!(again.digest(), action.digest());
    assert!(Action::from_value(&json!({ "call": "x" })).is_err());
}

/// A run that does what needs nobody, and its record.
fn done() -> Desk {
    let desk = Desk::new();
    desk.write("tidy.toml", &TIDY.replace("[[steps]]\ndelete = \"old.txt\"\n", ""));
    desk.write("work/notes/keep.txt", "x");
    let ran = desk.run(&["run", "tidy.toml"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    desk
}

#[test]
fn a_learned_pack_loads_and_flips_nothing_and_the_task_runs_under_it() {
    for general in ["exact", "form", "site"] {
        let desk = done();
        let learned = desk.run(&["policy", "learn", "last", "-o", "packs/tidy", "--general", general]);
        assert_eq!((learned.code, learned.out.contains("learned from 2 judgements")), (0, true), "{learned:?}");
        let checked = desk.run(&["policy", "check", "packs/tidy"]);
        assert_eq!(checked.code, 0, "{checked:?}");
        let tested = desk.run(&["policy", "backtest", "--pack", "packs/tidy"]);
        assert_eq!(tested.code, 0, "{tested:?}");
        let again = desk.run(&["policy", "learn", "last", "-o", "packs/tidy"]);
        assert_eq!((again.code, again.err.contains("is there already")), (2, true), "{again:?}");
    }
    let desk = done();
    let learned = desk.run(&["policy", "learn", "last", "-o", "packs/tidy"]);
    told(&learned, &["note: a file was made"]);
    std::fs::remove_file(desk.path("work/notes/note.txt")).unwrap();
    desk.write("work/old.txt", "x");
    desk.write("tidy.toml", &TIDY.replace("\"web-forms\"", "\"./packs/tidy\""));
    let ran = desk.run(&["run", "tidy.toml"]);
    assert_eq!((ran.code, ran.err.contains("no rule allows `delete `old.txt`")), (3, true), "{ran:?}");
}

#[cfg(feature = "prove")]
#[test]
fn a_learned_pack_is_proved_to_be_no_wider_than_the_one_that_was_recorded() {
    let desk = done();
    let learned = desk.run(&["policy", "learn", "last", "-o", "packs/tidy"]);
    told(&learned, &["proved   no-wider-than web-forms: it permits nothing that `web-forms` denies"]);
    let elsewhere = [("CVC5", "/nowhere/cvc5")];
    let unproved = desk.run_with(&["policy", "learn", "last", "-o", "packs/again"], &elsewhere);
    let words = "not proved that it permits nothing that `web-forms` denies: a proof needs the solver cvc5, which is not installed; install it (`make setup`";
    assert_eq!(unproved.code, 0, "{unproved:?}");
    told(&unproved, &[words]);
    let missing = desk.run_with(&["policy", "prove", "deny-all"], &elsewhere);
    assert!(missing.code == 1 && missing.err.contains("cvc5, which is not installed"), "{missing:?}");
}

#[cfg(feature = "prove")]
#[tokio::test]
async fn sites_that_were_filled_in_count_in_a_proof() {
    let desk = Desk::new();
    let get = |url: &str| Call::new("http", "request").with("method", "GET").with("url", url);
    for sites in ["https://shop.test", "shop.test"] {
        let goal = "ask https://shop.test/a";
        let agent = Agent::builder()
            .planner(Script::calls(vec![get("https://shop.test/a")]))
            .tool(lamassu::http::HttpTool::new(lamassu::http::Limits::default()))
            .pack(Pack::ready("read-only").with("sites", [sites]))
            .journal(Store::open(&desk.path("record")).unwrap());
        let report = agent.autonomy(Autonomy::Suggest).build().unwrap().run(Goal::new(goal)).await.unwrap();
        assert_eq!(report.status, Status::Done);
        let out = format!("packs/learned-{}", sites.len());
        let learned = desk.run(&["policy", "learn", "last", "-o", &out]);
        told(&learned, &["proved   no-wider-than read-only"]);
    }
}

/// An app's agent that deletes a file, if a person agrees.
fn deleter(desk: &Desk, pack: Pack, says: fn(&Request) -> Ruling) -> Agent {
    let calls = vec![Call::new("files", "delete").with("path", "old.txt")];
    let builder = Agent::builder()
        .planner(Script::calls(calls))
        .tool(FilesTool::open(desk.path("work"), Limits::default()).unwrap())
        .pack(pack)
        .approver(Scripted { says, settles: None })
        .journal(Store::open(&desk.path("record")).unwrap());
    builder.build().unwrap()
}

/// An app's run, in which a person agrees to a delete.
async fn deleted(desk: &Desk) {
    desk.write("work/old.txt", "x");
    let pack = Pack::ready("web-forms").with("sites", ["https://shop.test"]);
    let agent = deleter(desk, pack, approve);
    let report = agent.run(Goal::new("delete old.txt")).await.unwrap();
    assert_eq!(report.status, Status::Done);
}

#[tokio::test]
async fn what_a_person_agreed_to_is_asked_about_again() {
    let desk = Desk::new();
    deleted(&desk).await;
    let learned = desk.run(&["policy", "learn", "last", "-o", "packs/tidy", "--general", "exact"]);
    told(&learned, &["1 rules permit and 1 ask, learned from 1 judgements"]);
    let same = desk.run(&["policy", "backtest", "--pack", "packs/tidy"]);
    told(&same, &["1 judgements, 0 fall otherwise; 1 more asked the rules nothing"]);
}

#[tokio::test]
async fn the_record_of_an_app_names_its_pack_with_what_was_filled_in() {
    let desk = Desk::new();
    deleted(&desk).await;
    let why = desk.run(&["policy", "why", "last", "1"]);
    told(&why, &["waits for a person by `web-forms.ask-before-consequences`", "a person agrees to it"]);
    let begin = desk.run(&["runs", "export", "last", "--jsonl"]).out;
    assert!(begin.contains(r#""pack":{"ready":"web-forms","parameters":{"sites":["https://shop.test"]}}"#), "{begin}");
}

#[tokio::test]
async fn a_run_is_taken_up_again_under_another_pack() {
    let desk = Desk::new();
    desk.write("work/old.txt", "x");
    let goal = || Goal::new("delete old.txt");
    let waiting = deleter(&desk, Pack::ready("web-forms"), |_| Ruling::Later).run(goal()).await.unwrap();
    let other = Pack::ready("web-forms").with("sites", ["https://shop.test"]);
    let done = deleter(&desk, other, approve).resume(&waiting.run, goal()).await.unwrap();
    assert_eq!((waiting.status, done.status), (Status::Waiting, Status::Done));
}

#[test]
fn a_learned_pack_is_text_that_people_read() {
    let desk = done();
    desk.run(&["policy", "learn", "last", "-o", "packs/tidy"]);
    assert_eq!(desk.read("packs/tidy/rules.cedar"), RULES);
}

const RULES: &str = r#"@id("tidy.read-at-workspace-notes")
@because("the recorded runs did this at workspace/notes")
permit (
  principal is Lamassu::Run,
  action == Lamassu::Action::"files.read",
  resource is Lamassu::File in Lamassu::Dir::"workspace/notes"
)
when { context.effect == "read" && context.args has path && context.args.path.trusted };

@id("tidy.write-at-workspace-notes")
@because("the recorded runs did this at workspace/notes")
permit (
  principal is Lamassu::Run,
  action == Lamassu::Action::"files.write",
  resource is Lamassu::File in Lamassu::Dir::"workspace/notes"
)
when {
  context.effect == "write" && context.args has path && context.args.path.trusted &&
  context.args has text && context.args.text.trusted
};
"#;
