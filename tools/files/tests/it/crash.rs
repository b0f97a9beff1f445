//! After a crash: what the workspace tells about a recorded action.

use std::fs;

use lamassu_contract::{Call, Reconciled, Tool as _};

use crate::lab::{Lab, append, on, relocate, write};

/// What is found if the process died before the action, after it, and after a stranger's change.
async fn found(lab: Lab, call: Call, disturb: fn(&Lab)) -> [Reconciled; 3] {
    let recorded = lab.describe(&call).await.unwrap().to_value();
    let before = lab.tool.reconcile(&recorded).await;
    lab.landed(&call).await;
    let after = lab.tool.reconcile(&recorded).await;
    disturb(&lab);
    [before, after, lab.tool.reconcile(&recorded).await]
}

fn not_sent(why: &str) -> Reconciled {
    Reconciled::NotSent(why.to_owned())
}

fn landed(why: &str) -> Reconciled {
    Reconciled::Landed(why.to_owned())
}

#[tokio::test]
async fn a_new_file_is_told_by_its_content() {
    let seen = found(Lab::new(), write("a", "text"), |lab| fs::write(lab.path("a"), "other").unwrap()).await;
    assert_eq!(seen, [not_sent("`a` is not there"), landed("`a` holds the text"), Reconciled::Unknown]);
}

#[tokio::test]
async fn a_replaced_file_is_told_by_its_content_and_old_size() {
    let lab = Lab::new().file("a", "the old one");
    let seen = found(lab, write("a", "text"), |lab| fs::write(lab.path("a"), "other").unwrap()).await;
    let before = not_sent("`a` has its old size and another text");
    assert_eq!(seen, [before, landed("`a` holds the text"), Reconciled::Unknown]);
}

#[tokio::test]
async fn an_appended_text_is_told_by_the_size_and_the_end() {
    let lab = Lab::new().file("a", "aaa");
    let seen = found(lab, append("a", "a"), |lab| fs::write(lab.path("a"), "aaab").unwrap()).await;
    assert_eq!(seen, [not_sent("`a` has its old size"), landed("`a` ends with the text"), Reconciled::Unknown]);
}

#[tokio::test]
async fn a_folder_is_told_by_being_there() {
    let seen = found(Lab::new(), on("make_folder", "a"), |lab| {
        fs::remove_dir(lab.path("a")).unwrap();
        fs::write(lab.path("a"), "").unwrap();
    });
    assert_eq!(seen.await, [not_sent("`a` is not there"), landed("`a` is there"), Reconciled::Unknown]);
}

#[tokio::test]
async fn a_move_is_told_by_both_its_ends() {
    let lab = Lab::new().file("a", "x");
    let seen = found(lab, relocate("a", "b"), |lab| fs::remove_file(lab.path("b")).unwrap()).await;
    let after = landed("`b` is there and its old name is gone");
    assert_eq!(seen, [not_sent("`a` is still there"), after, Reconciled::Unknown]);
}

#[tokio::test]
async fn a_deleted_file_is_told_by_being_gone() {
    let lab = Lab::new().file("a", "x");
    let seen = found(lab, on("delete", "a"), |lab| fs::write(lab.path("a"), "something else").unwrap()).await;
    assert_eq!(seen, [not_sent("`a` is still there"), landed("`a` is gone"), Reconciled::Unknown]);
}

#[tokio::test]
async fn a_look_may_always_be_repeated_and_nonsense_is_never_judged() {
    let lab = Lab::new().file("a", "x");
    let look = lab.describe(&on("read", "a")).await.unwrap().to_value();
    let seen = [lab.tool.reconcile(&look).await, lab.tool.reconcile(&serde_json::json!({ "call": 7 })).await];
    assert_eq!(seen, [not_sent("a look changes nothing"), Reconciled::Unknown]);
}
