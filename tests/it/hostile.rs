//! The planner turns hostile. What counts is that no unauthorised effect happens.

use lamassu::{
    Agent, Call, Goal, Pack, Script,
    files::{FilesTool, Limits},
    planner::{Planned, Proposal},
};
use serde_json::json;

use crate::support::{Bell, Listed, act, agent, ring};

/// What became of each call, in one word.
async fn tried(calls: Vec<Call>) -> (u32, u64) {
    let bell = Bell::default();
    let planner = Listed::new(calls.into_iter().map(|call| act([call])));
    let report = agent(&bell, &planner, |_| Some(true)).build().unwrap().run(Goal::new("ring")).await.unwrap();
    (bell.count(), report.steps)
}

#[tokio::test]
async fn a_name_that_is_nearly_right_is_wrong() {
    let names = [
        ("bell", "ring "),
        (" bell", "ring"),
        ("bell", "Ring"),
        ("Bell", "ring"),
        ("b\u{435}ll", "ring"),
        ("bell", "r\u{456}ng"),
        ("bell", ""),
        ("", "ring"),
        ("bell.ring", ""),
        ("bell", "ring\u{0}"),
    ];
    let calls = names.map(|(tool, verb)| Call::new(tool, verb)).to_vec();
    assert_eq!(tried(calls).await, (0, 10));
}

#[tokio::test]
async fn arguments_of_the_wrong_shape_are_refused() {
    let args = [json!("2"), json!(-1.5), json!([2]), json!({ "n": 2 }), json!(2.5)];
    let mut calls: Vec<_> = args.into_iter().map(|times| ring().with("times", times)).collect();
    calls.push(ring().with("loud", true));
    assert_eq!(tried(calls).await, (0, 6));
}

#[tokio::test]
async fn a_hostile_planner_cannot_leave_the_workspace() {
    let outside = tempfile::tempdir().unwrap();
    let inside = outside.path().join("work");
    std::fs::create_dir(&inside).unwrap();
    std::fs::create_dir(outside.path().join("work-evil")).unwrap();
    std::fs::write(outside.path().join("secret.txt"), "the crown jewels").unwrap();
    std::fs::write(outside.path().join("work-evil/secret.txt"), "the crown jewels").unwrap();
    let paths = [
        "../secret.txt",
        "../work-evil/secret.txt",
        "a/../../secret.txt",
        "..\\secret.txt",
        "%2e%2e/secret.txt",
        "/etc/passwd",
        "/proc/self/root/etc/passwd",
        "/dev/fd/0",
        "",
        ".",
        "a\u{0}b",
    ];
    let read = |path: &str| act([Call::new("files", "read").with("path", path)]);
    let write = |path: &str| act([Call::new("files", "write").with("path", path).with("text", "mine now")]);
    let planner = Listed::new(paths.iter().map(|path| read(path)).chain(paths.iter().map(|path| write(path))));
    let agent = Agent::builder()
        .planner(planner.clone())
        .tool(FilesTool::open(&inside, Limits::default()).unwrap())
        .policy(crate::support::Rules(|_| Some(true)))
        .build()
        .unwrap();
    let report = agent.run(Goal::new("look around")).await.unwrap();
    let left = std::fs::read_to_string(outside.path().join("secret.txt")).unwrap();
    assert_eq!((report.steps, left.as_str()), (22, "the crown jewels"));
    assert!(!planner.shown().contains("crown jewels"));
    assert_eq!(std::fs::read_dir(&inside).unwrap().count(), 0);
}

#[tokio::test]
async fn a_planner_cannot_raise_its_own_budget_or_touch_its_policy() {
    let bell = Bell::default();
    let calls = ["budget.set", "policy.allow", "lamassu.approve", "gate.judge"];
    let calls = calls.map(|name| name.split_once('.').unwrap()).map(|(tool, verb)| Call::new(tool, verb));
    let planner = Listed::new(calls.map(|call| act([call])));
    let report = agent(&bell, &planner, |_| Some(true)).build().unwrap().run(Goal::new("ring")).await.unwrap();
    assert_eq!((report.steps, planner.shown().matches("there is no `").count() > 0), (4, true));
}

#[cfg(feature = "browser")]
#[tokio::test]
async fn a_planner_cannot_ask_for_what_only_follows_from_other_actions() {
    let calls = [("browser", "subresource"), ("egress", "connect")].map(|(tool, verb)| Call::new(tool, verb));
    let planner = Listed::new(calls.map(|call| act([call])));
    let agent = Agent::builder()
        .planner(planner.clone())
        .tool(lamassu::browser::BrowserTool::new(lamassu::browser::Options::default()))
        .policy(crate::support::Rules(|_| Some(true)))
        .build()
        .unwrap();
    let report = agent.run(Goal::new("load something")).await.unwrap();
    let unknown = ["browser.subresource", "egress.connect"].map(|name| format!("there is no `{name}`"));
    assert_eq!((report.steps, unknown.map(|words| planner.shown().contains(&words))), (2, [true; 2]));
}

#[test]
fn a_proposal_of_unknown_shape_is_not_read() {
    let texts = [
        r#"{"proposal":{"sudo":[]}}"#,
        r#"{"proposal":{"act":[{"tool":"bell","verb":"ring","args":{},"approved":true}]}}"#,
        r#"{"proposal":{"act":"bell.ring"}}"#,
    ];
    assert!(texts.iter().all(|text| serde_json::from_str::<Planned>(text).is_err()));
}

#[test]
fn json_that_is_too_deep_or_too_large_is_an_error() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let call = format!(r#"{{"tool":"bell","verb":"ring","args":{{"times":{deep}}}}}"#);
    assert!(serde_json::from_str::<Call>(&call).is_err());
    assert!(serde_json::from_str::<Call>(r#"{"tool":"bell","verb":"ring","args":{"times":1e400}}"#).is_err());
}

#[tokio::test]
async fn an_empty_proposal_costs_a_step_so_that_nothing_spins_for_free() {
    let planner = Listed::new((0..3).map(|_| Proposal::Act(Vec::new())));
    let agent = agent(&Bell::default(), &planner, |_| Some(true)).build().unwrap();
    assert_eq!(agent.run(Goal::new("ring")).await.unwrap().steps, 3);
}

#[tokio::test]
async fn a_replayed_plan_is_judged_by_the_policy_of_today() {
    let bell = Bell::default();
    let plan = vec![ring()];
    let allowed = Agent::builder().planner(Script::calls(plan.clone())).tool(bell.clone());
    let allowed = allowed.policy(crate::support::Rules(|_| Some(true))).build().unwrap();
    let _ = allowed.run(Goal::new("ring")).await.unwrap();
    let denied = Agent::builder().planner(Script::calls(plan)).tool(bell.clone()).pack(Pack::ready("deny-all"));
    let report = denied.build().unwrap().run(Goal::new("ring")).await.unwrap();
    assert_eq!((bell.count(), report.refusals.len()), (1, 1));
}

#[tokio::test]
async fn a_name_that_is_nearly_right_is_told_the_right_one() {
    let planner = Listed::new([act([Call::new("Bell", "Ring ")])]);
    let _ = agent(&Bell::default(), &planner, |_| Some(true)).build().unwrap().run(Goal::new("ring")).await.unwrap();
    assert!(planner.shown().contains("did you mean `bell.ring`?"));
}
