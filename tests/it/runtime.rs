//! What the runtime does with proposals, verdicts and outcomes.

use lamassu::{
    Autonomy, Budget, Call, Effect, Event, Goal, Proposal, Question, Ruling, Secret, Status, Vault, runtime::Settled,
};
use serde::Deserialize;
use serde_json::json;

use crate::support::{Bell, Listed, Scripted, act, agent, approve, ring};

#[tokio::test]
async fn what_the_policy_allows_is_done_once() {
    let (bell, planner) = (Bell::default(), Listed::new([act([ring()])]));
    let report = agent(&bell, &planner, |_| Some(true)).build().unwrap().run(Goal::new("ring")).await.unwrap();
    assert_eq!((report.status, bell.count(), report.steps), (Status::Done, 1, 1));
}

#[tokio::test]
async fn without_a_policy_nothing_runs() {
    let (bell, planner) = (Bell::default(), Listed::new([act([ring()])]));
    let agent = lamassu::Agent::builder().planner(planner).tool(bell.clone()).build().unwrap();
    let report = agent.run(Goal::new("ring")).await.unwrap();
    assert_eq!((bell.count(), report.refusals.len()), (0, 1));
}

#[tokio::test]
async fn calls_after_a_refused_one_are_not_tried() {
    let bell = Bell::default();
    let planner = Listed::new([act([Call::new("bell", "jam"), ring()])]);
    let rules = |question: &lamassu::Question<'_>| (question.action.call().verb == "ring").then_some(true);
    let report = agent(&bell, &planner, rules).build().unwrap().run(Goal::new("ring")).await.unwrap();
    assert_eq!((bell.count(), report.steps), (0, 1));
}

#[tokio::test]
async fn the_planner_learns_of_a_refusal() {
    let (bell, planner) = (Bell::default(), Listed::new([act([ring()])]));
    let _ = agent(&bell, &planner, |_| None).build().unwrap().run(Goal::new("ring")).await.unwrap();
    assert!(planner.shown().contains("Refused(Refusal { action: \"bell.ring Bell \\\"front\\\"\", rules: [] })"));
}

#[tokio::test]
async fn a_held_action_runs_once_a_person_approves() {
    let (bell, planner) = (Bell::default(), Listed::new([act([ring()])]));
    let person = Scripted { says: approve, settles: None };
    let agent = agent(&bell, &planner, |_| Some(false)).approver(person).build().unwrap();
    assert_eq!((agent.run(Goal::new("ring")).await.unwrap().status, bell.count()), (Status::Done, 1));
}

#[tokio::test]
async fn a_held_action_without_a_person_is_denied() {
    let (bell, planner) = (Bell::default(), Listed::new([act([ring()])]));
    let report = agent(&bell, &planner, |_| Some(false)).build().unwrap().run(Goal::new("ring")).await.unwrap();
    assert_eq!((bell.count(), report.refusals[0].rules[0].id.as_str()), (0, "person.reject"));
}

#[tokio::test]
async fn an_approver_that_panics_denies() {
    let (bell, planner) = (Bell::default(), Listed::new([act([ring()])]));
    let person = Scripted { says: |_| panic!("no idea"), settles: None };
    let agent = agent(&bell, &planner, |_| Some(false)).approver(person).build().unwrap();
    let report = agent.run(Goal::new("ring")).await.unwrap();
    assert_eq!((bell.count(), report.refusals[0].rules[0].because.as_str()), (0, "lamassu: the approver panicked"));
}

#[tokio::test]
async fn an_edited_action_is_judged_again() {
    let (bell, planner) = (Bell::default(), Listed::new([act([ring()])]));
    let edit = |_: &lamassu::Request| Ruling::Edit { by: "ada".into(), call: ring().with("times", 1_000) };
    let rules = |question: &lamassu::Question<'_>| question.action.args().is_empty().then_some(false);
    let agent = agent(&bell, &planner, rules).approver(Scripted { says: edit, settles: None }).build().unwrap();
    let report = agent.run(Goal::new("ring")).await.unwrap();
    assert_eq!((bell.count(), report.refusals.len()), (0, 1));
}

/// Agrees to a plan if there is one, and to nothing else.
fn agree_to_plans(request: &lamassu::Request) -> Ruling {
    match &request.plan {
        Some(plan) => Ruling::Plan { by: "ada".into(), plan: plan.clone() },
        None => Ruling::Reject { by: "ada".into(), why: "one by one".into() },
    }
}

#[tokio::test]
async fn one_yes_to_a_plan_covers_what_was_shown_and_nothing_else() {
    let bell = Bell::default();
    let planner = Listed::new([act([ring(), ring().with("times", 2), ring()]), act([ring()])]);
    let person = Scripted { says: agree_to_plans, settles: None };
    let agent = agent(&bell, &planner, |_| Some(false)).approver(person).build().unwrap();
    let report = agent.run(Goal::new("ring")).await.unwrap();
    assert_eq!((bell.count(), report.refusals.len()), (3, 1));
}

#[tokio::test]
async fn a_plan_ends_where_the_run_reads_from_another_place() {
    let bell = Bell::default();
    let planner = Listed::new([act([ring(), Call::new("bell", "listen"), ring()])]);
    let person = Scripted { says: agree_to_plans, settles: None };
    let rules = |question: &lamassu::Question<'_>| Some(question.action.call().verb == "listen");
    let agent = agent(&bell, &planner, rules).approver(person).build().unwrap();
    let report = agent.run(Goal::new("ring")).await.unwrap();
    assert_eq!((bell.count(), report.refusals.len()), (1, 1));
}

#[tokio::test]
async fn a_plan_says_what_it_is_for() {
    let (bell, planner) = (Bell::default(), Listed::new([act([ring(), ring()])]));
    let person = |request: &lamassu::Request| Ruling::Reject {
        by: "ada".into(),
        why: request.plan.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    let agent = agent(&bell, &planner, |_| Some(false)).approver(Scripted { says: person, settles: None });
    let report = agent.build().unwrap().run(Goal::new("ring")).await.unwrap();
    assert_eq!(report.refusals[0].rules[0].because, "ada: bell.ring front on Bell (2 times)");
}

#[tokio::test]
async fn no_plan_holds_a_verb_that_cannot_be_undone_however_it_is_described() {
    let bell = Bell::default();
    let planner = Listed::new([act([ring(), Call::new("bell", "melt"), ring()])]);
    let person = Scripted { says: agree_to_plans, settles: None };
    let agent = agent(&bell, &planner, |_| Some(false)).approver(person).build().unwrap();
    let report = agent.run(Goal::new("ring")).await.unwrap();
    assert_eq!((bell.count(), report.refusals[0].rules[0].because.as_str()), (0, "ada: one by one"));
}

/// Agrees to more rings than were shown.
fn widen_the_plan(request: &lamassu::Request) -> Ruling {
    let mut plan = serde_json::to_value(request.plan.as_ref().unwrap()).unwrap();
    plan["parts"][0]["times"] = 9.into();
    Ruling::Plan { by: "ada".into(), plan: serde_json::from_value(plan).unwrap() }
}

/// Agrees to a rule that was not shown.
fn widen_the_rule(_: &lamassu::Request) -> Ruling {
    Ruling::Always { by: "ada".into(), rule: "permit (principal, action, resource);".into() }
}

#[tokio::test]
async fn an_answer_to_something_else_than_was_shown_is_a_rejection() {
    for says in [widen_the_plan, widen_the_rule] {
        let (bell, planner) = (Bell::default(), Listed::new([act([ring(), ring()])]));
        let person = Scripted { says, settles: None };
        let agent = agent(&bell, &planner, |_| Some(false)).approver(person).build().unwrap();
        let report = agent.run(Goal::new("ring")).await.unwrap();
        let because = report.refusals[0].rules[0].because.as_str();
        assert_eq!((bell.count(), because), (0, "lamassu: the answer is to something else than was shown"));
    }
}

#[tokio::test]
async fn a_rule_that_a_person_agreed_to_is_not_asked_about_again_nor_in_the_next_run() {
    let kept = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let once = |request: &lamassu::Request| match request.always.clone() {
        Some(rule) => Ruling::Always { by: "ada".into(), rule },
        None => Ruling::Stop { by: "ada".into() },
    };
    let never = |_: &lamassu::Request| Ruling::Stop { by: "ada".into() };
    let mut rung = Vec::new();
    for (says, level) in [
        (once as fn(&lamassu::Request) -> Ruling, Autonomy::Guard),
        (never, Autonomy::Guard),
        // Whoever wants to see every action is asked all the same.
        (never, Autonomy::Ask),
    ] {
        let (bell, planner) = (Bell::default(), Listed::new([act([ring()]), act([ring()])]));
        let keep = std::sync::Arc::clone(&kept);
        let agent = agent(&bell, &planner, |_| Some(false)).approver(Scripted { says, settles: None }).autonomy(level);
        let text = kept.lock().unwrap().clone();
        let agent = agent.consents(text, move |text| {
            *keep.lock().unwrap() = text.to_owned();
            Ok(())
        });
        let _ = agent.build().unwrap().run(Goal::new("ring")).await.unwrap();
        rung.push(bell.count());
    }
    assert_eq!(rung, [2, 2, 0]);
}

#[tokio::test]
async fn a_person_can_stop_the_run() {
    let (bell, planner) = (Bell::default(), Listed::new([act([ring()])]));
    let person = Scripted { says: |_| Ruling::Stop { by: "ada".into() }, settles: None };
    let agent = agent(&bell, &planner, |_| Some(false)).approver(person).build().unwrap();
    assert_eq!((agent.run(Goal::new("ring")).await.unwrap().status, bell.count()), (Status::Refused, 0));
}

#[tokio::test]
async fn steps_that_are_spent_end_the_run() {
    let bell = Bell::default();
    let planner = Listed::new((0..9).map(|times| act([ring().with("times", times)])));
    let goal = Goal::new("ring").budget(Budget { steps: 3, ..Budget::default() });
    let report = agent(&bell, &planner, |_| Some(true)).build().unwrap().run(goal).await.unwrap();
    assert_eq!((report.status, bell.count()), (Status::BudgetSpent, 3));
}

#[tokio::test]
async fn calls_of_one_proposal_do_not_race_for_the_last_step() {
    let (bell, planner) = (Bell::default(), Listed::new([act((0..9).map(|times| ring().with("times", times)))]));
    let goal = Goal::new("ring").budget(Budget { steps: 3, ..Budget::default() });
    let report = agent(&bell, &planner, |_| Some(true)).build().unwrap().run(goal).await.unwrap();
    assert_eq!((report.status, bell.count()), (Status::BudgetSpent, 3));
}

#[tokio::test]
async fn a_run_that_goes_round_in_circles_is_nudged_then_ended() {
    let bell = Bell::default();
    let planner = Listed::new((0..9).map(|_| act([ring()])));
    let report = agent(&bell, &planner, |_| Some(true)).build().unwrap().run(Goal::new("ring")).await.unwrap();
    assert_eq!((report.status, bell.count()), (Status::Failed, 5));
    assert!(planner.shown().contains("was asked for 3 times while nothing changed"));
}

#[tokio::test]
async fn an_answer_of_the_wrong_shape_is_sent_back() {
    let done = |answer| Proposal::Done { answer, evidence: "seen".to_owned() };
    let planner = Listed::new([done(json!({ "order": 7 })), done(json!({ "order": "LM-1" }))]);
    let schema = json!({ "type": "object", "properties": { "order": { "type": "string" } }, "required": ["order"] });
    let agent = agent(&Bell::default(), &planner, |_| None).build().unwrap();
    let report = agent.run(Goal::new("find order LM-1").output(schema)).await.unwrap();
    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        order: String,
    }
    assert_eq!(report.answer::<Order>().unwrap(), Order { order: "LM-1".to_owned() });
    assert!(planner.shown().contains("does not fit the output schema"));
}

#[tokio::test]
async fn a_secret_is_seen_by_the_tool_and_by_nobody_else() {
    let bell = Bell::default();
    let planner = Listed::new([act([ring().with("secret", "pin")])]);
    let events = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let heard = std::sync::Arc::clone(&events);
    let agent = agent(&bell, &planner, |_| Some(true))
        .vault(Vault::default().with("pin", Secret::new("tOp-s3cret")))
        .events(move |event: &Event| heard.lock().unwrap().push_str(&serde_json::to_string(event).unwrap()))
        .build()
        .unwrap();
    let report = agent.run(Goal::new("ring")).await.unwrap();
    let everything = format!("{}{}{report:?}", planner.shown(), events.lock().unwrap());
    assert_eq!((everything.contains("dong {secret pin}"), everything.contains("s3cret")), (true, false));
}

#[tokio::test]
async fn an_action_that_may_have_landed_is_never_repeated_and_ends_in_doubt() {
    let bell = Bell::default();
    let planner = Listed::new([act([Call::new("bell", "jam")]), act([Call::new("bell", "jam")])]);
    let report = agent(&bell, &planner, |_| Some(true)).build().unwrap().run(Goal::new("ring")).await.unwrap();
    assert_eq!((report.status, bell.count()), (Status::InDoubt, 1));
}

#[tokio::test]
async fn a_person_settles_what_may_have_landed() {
    let (bell, planner) = (Bell::default(), Listed::new([act([Call::new("bell", "jam")])]));
    let person = Scripted { says: approve, settles: Some(Settled::Landed) };
    let agent = agent(&bell, &planner, |_| Some(true)).approver(person).build().unwrap();
    assert_eq!((agent.run(Goal::new("ring")).await.unwrap().status, bell.count()), (Status::Done, 1));
}

#[tokio::test]
async fn a_rehearsal_judges_everything_and_only_reads() {
    let bell = Bell::default();
    let planner = Listed::new([act([Call::new("bell", "listen"), ring()])]);
    let report = agent(&bell, &planner, |_| Some(true))
        .autonomy(Autonomy::Suggest)
        .build()
        .unwrap()
        .run(Goal::new("ring"))
        .await
        .unwrap();
    assert_eq!((report.status, report.steps, bell.count()), (Status::Done, 2, 0));
    assert!(planner.shown().contains("is allowed and was not done"));
}

#[tokio::test]
async fn nobody_is_asked_at_the_level_auto_and_what_is_held_is_refused() {
    let (bell, planner) = (Bell::default(), Listed::new([act([ring()])]));
    let person = Scripted { says: |_| Ruling::Approve { by: "ada".into() }, settles: None };
    let agent = agent(&bell, &planner, |_| Some(false)).approver(person).autonomy(Autonomy::Auto);
    let report = agent.build().unwrap().run(Goal::new("ring")).await.unwrap();
    assert_eq!((bell.count(), report.refusals.len()), (0, 1), "{report:?}");
    assert!(planner.shown().contains("nobody is asked at the level `auto`"));
}

#[tokio::test]
async fn a_person_can_change_the_level_but_not_make_a_rehearsal_of_a_run_or_the_reverse() {
    let free_at_guard = |question: &Question<'_>| Some(question.standing.autonomy == Autonomy::Guard);
    let says = |level| match level {
        Autonomy::Guard => |_: &lamassu::Request| Ruling::Level { by: "ada".into(), autonomy: Autonomy::Guard },
        _ => |_: &lamassu::Request| Ruling::Level { by: "ada".into(), autonomy: Autonomy::Suggest },
    };
    let mut rung = Vec::new();
    for (begins, to) in
        [(Autonomy::Ask, Autonomy::Guard), (Autonomy::Ask, Autonomy::Suggest), (Autonomy::Suggest, Autonomy::Guard)]
    {
        let (bell, planner) = (Bell::default(), Listed::new([act([ring()]), act([ring()])]));
        let person = Scripted { says: says(to), settles: None };
        let agent = agent(&bell, &planner, free_at_guard).approver(person).autonomy(begins).build().unwrap();
        let report = agent.run(Goal::new("ring")).await.unwrap();
        rung.push((bell.count(), report.refusals.len()));
    }
    assert_eq!(rung, [(2, 0), (0, 2), (0, 2)]);
}

#[tokio::test]
async fn a_custom_tool_is_known_to_a_pack_by_its_effect() {
    let (bell, planner) = (Bell::default(), Listed::new([act([Call::new("bell", "listen")]), act([ring()])]));
    let agent = lamassu::Agent::builder().planner(planner).tool(bell.clone()).pack(lamassu::Pack::ready("read-only"));
    let report = agent.build().unwrap().run(Goal::new("listen")).await.unwrap();
    assert_eq!((bell.count(), report.steps, report.refusals.len()), (0, 2, 1), "{report:?}");
}

#[test]
fn effects_are_ordered_by_how_much_they_deserve_to_be_guarded() {
    let mut effects = [Effect::Irreversible, Effect::Read, Effect::Consequential, Effect::Egress, Effect::Write];
    effects.sort();
    assert_eq!(effects.map(Effect::as_str), ["read", "write", "egress", "consequential", "irreversible"]);
}

#[tokio::test]
async fn an_echo_in_the_facts_of_an_action_is_redacted_before_it_is_kept_or_told() {
    let bell = Bell { scratched: " tOp-s3cret", ..Bell::default() };
    for (rules, word) in [
        ((|_| Some(true)) as fn(&lamassu::Question<'_>) -> Option<bool>, "go"),
        (|_| Some(false), "hold"),
        (|_| None, "stop"),
    ] {
        let planner = Listed::new([act([ring()])]);
        let folder = tempfile::tempdir().unwrap();
        let store = lamassu::Store::open(folder.path()).unwrap();
        let told = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let heard = std::sync::Arc::clone(&told);
        let agent = agent(&bell, &planner, rules)
            .vault(Vault::default().with("pin", Secret::new("tOp-s3cret")))
            .approver(Scripted { says: approve, settles: None })
            .journal(store.clone())
            .events(move |event: &Event| heard.lock().unwrap().push_str(&serde_json::to_string(event).unwrap()))
            .build()
            .unwrap();
        let report = agent.run(Goal::new("ring")).await.unwrap();
        let mut record = Vec::new();
        store.export(&report.run, &mut record).unwrap();
        let record = String::from_utf8(record).unwrap();
        let all = format!("{record}{report:?}{}{}", planner.shown(), told.lock().unwrap());
        let seen = (all.contains(&format!("\"verdict\":\"{word}\"")), all.contains("s3cret"));
        assert_eq!((seen, report.steps), ((true, false), 1), "{word}");
    }
    assert_eq!(bell.count(), 2, "allowed once and approved once");
}
