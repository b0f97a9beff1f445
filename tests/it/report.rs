//! `lamassu report`: a run as one page.

use lamassu::{Autonomy, Budget, Call, Goal, Store};

use crate::support::{Bell, Listed, Scripted, act, agent, approve, command::Desk, ring};

const MARKUP: &str = "<img src=x onerror=alert(1)><script>alert(2)</script>";

/// The page of a run that rings a bell which somebody has scratched `MARKUP` into: allowed, refused and held.
async fn page(desk: &Desk) -> String {
    let bell = Bell { scratched: MARKUP, ..Bell::default() };
    let planner = Listed::new([act([Call::new("bell", "listen")]), act([Call::new("bell", "jam")]), act([ring()])]);
    let rules = |question: &lamassu::Question<'_>| match question.action.call().verb.as_str() {
        "listen" => Some(true),
        "ring" => Some(false),
        _ => None,
    };
    let agent = agent(&bell, &planner, rules).journal(Store::open(&desk.path("record")).unwrap());
    let agent = agent.approver(Scripted { says: approve, settles: None }).build().unwrap();
    let goal = Goal::new(format!("ring {MARKUP}")).budget(Budget { steps: 9, ..Budget::default() });
    let _ = agent.run(goal).await.unwrap();
    reported(desk)
}

/// The page of the last run.
fn reported(desk: &Desk) -> String {
    let (record, out) = (desk.path("record"), desk.path("run.html"));
    let ran = desk.run(&["report", "last", "--record", record.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!((ran.code, ran.out.trim()), (0, out.to_str().unwrap()), "{}", ran.err);
    std::fs::read_to_string(out).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_says_what_was_done_why_it_was_allowed_and_that_the_record_is_whole() {
    let page = page(&Desk::new()).await;
    let words = ["refused", "held", "allowed with consent", "ada approves", "landed", "whole and signed"];
    let missing: Vec<_> = words.into_iter().filter(|word| !page.contains(word)).collect();
    // A consent that was used says so, and no longer that the action is held.
    assert_eq!(missing, ["held"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn text_of_others_is_text_in_a_report_and_nothing_is_fetched() {
    let page = page(&Desk::new()).await;
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "{page}");
    for live in ["<img src=x", "<script", "http-equiv=\"refresh", "href=\"http", "src=\"http", "url("] {
        assert!(!page.contains(live), "`{live}` in {page}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_happened_is_in_doubt_in_a_report_and_a_rehearsal_says_so() {
    let pages = [false, true].map(|rehearses| async move {
        let desk = Desk::new();
        let (bell, planner) = (Bell::default(), Listed::new([act([Call::new("bell", "jam")])]));
        let agent = agent(&bell, &planner, |_| Some(true)).journal(Store::open(&desk.path("record")).unwrap());
        let agent = if rehearses { agent.autonomy(Autonomy::Suggest) } else { agent };
        let _ = agent.build().unwrap().run(Goal::new("ring")).await.unwrap();
        let page = reported(&desk);
        ["in doubt", ">rehearsed<", ">landed<"].map(|word| page.contains(word))
    });
    let [done, rehearsed] = pages;
    assert_eq!((done.await, rehearsed.await), ([true, false, false], [false, true, false]));
}

#[test]
fn a_report_of_a_run_that_is_not_there_says_so() {
    let ran = Desk::new().run(&["report", "last"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("no run"), "{}", ran.err);
}
