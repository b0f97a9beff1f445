//! Writing, appending, making folders, moving and deleting.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
};

use lamassu_contract::{Action, Call, Effect, FailureKind};
use lamassu_files::Limits;
use serde_json::json;

use crate::lab::{Lab, append, not_sent, on, relocate, write};

#[tokio::test]
async fn a_new_file_is_written_and_nothing_else_is_left_behind() {
    let lab = Lab::new();
    let seen = lab.landed(&write("a.txt", "hello")).await;
    assert_eq!(
        (seen.content.as_str(), lab.content("a.txt"), lab.names("")),
        ("wrote `a.txt` (5 bytes)", "hello".to_owned(), vec!["a.txt".to_owned()])
    );
}

#[tokio::test]
async fn a_replaced_file_keeps_its_access_rights() {
    let lab = Lab::new().file("a.txt", "a longer text");
    fs::set_permissions(lab.path("a.txt"), fs::Permissions::from_mode(0o640)).unwrap();
    let data = lab.landed(&write("a.txt", "short")).await.data;
    let mode = fs::metadata(lab.path("a.txt")).unwrap().mode() & 0o777;
    assert_eq!(
        (data, lab.content("a.txt"), mode, lab.names("").len()),
        (json!({ "path": "a.txt", "bytes": 5, "replaced": true }), "short".to_owned(), 0o640, 1)
    );
}

#[tokio::test]
async fn each_change_has_its_effect_facts_and_line() {
    let lab = Lab::new().file("old.txt", "12345").file("folder/x", "");
    let of = |action: Action| json!([action.effect(), action.facts(), action.line()]);
    let calls = [
        write("new.txt", "ü"),
        write("old.txt", "123"),
        append("old.txt", "678"),
        append("new.txt", "1"),
        on("make_folder", "folder/inner"),
        relocate("old.txt", "./folder/y"),
        relocate("old.txt", "folder/x"),
        on("delete", "old.txt"),
        on("delete", "folder"),
    ];
    let mut seen = Vec::new();
    for call in &calls {
        seen.push(of(lab.describe(call).await.unwrap()));
    }
    let expected = [
        json!(["write", {"replaces": false}, "write `new.txt` (2 bytes)"]),
        json!(["consequential", {"replaces": true}, "replace `old.txt` (3 bytes, was 5)"]),
        json!(["write", {}, "append 3 bytes to `old.txt`"]),
        json!(["write", {}, "append 1 bytes to `new.txt`"]),
        json!(["write", {}, "make the folder `folder/inner`"]),
        json!(["write", {"replaces": false,"to": "folder/y"}, "move `old.txt` to `folder/y`"]),
        json!(["consequential", {"replaces": true,"to": "folder/x"}, "move `old.txt` to `folder/x`, replacing what is there"]),
        json!(["irreversible", {}, "delete `old.txt` (5 bytes)"]),
        json!(["irreversible", {}, "delete the empty folder `folder`"]),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn no_action_is_less_guarded_than_its_verb_promises() {
    let lab = Lab::new();
    let effects: Vec<_> =
        lamassu_contract::Tool::verbs(&lab.tool).into_iter().map(|verb| (verb.name, verb.effect)).collect();
    let expected = [
        ("list", Effect::Read),
        ("read", Effect::Read),
        ("write", Effect::Write),
        ("append", Effect::Write),
        ("make_folder", Effect::Write),
        ("move", Effect::Write),
        ("delete", Effect::Irreversible),
    ];
    assert_eq!(effects, expected.map(|(name, effect)| (name.to_owned(), effect)));
}

#[tokio::test]
async fn describing_changes_nothing() {
    let lab = Lab::new().file("a.txt", "old");
    for call in [write("a.txt", "new"), write("b.txt", "new"), on("delete", "a.txt"), on("make_folder", "c")] {
        lab.describe(&call).await.unwrap();
    }
    assert_eq!((lab.names(""), lab.content("a.txt")), (vec!["a.txt".to_owned()], "old".to_owned()));
}

#[tokio::test]
async fn text_is_appended_to_a_file_that_is_made_if_need_be() {
    let lab = Lab::new();
    lab.landed(&append("log.txt", "one\n")).await;
    let seen = lab.landed(&append("log.txt", "two\n")).await;
    assert_eq!(
        (seen.data, lab.content("log.txt")),
        (json!({ "path": "log.txt", "bytes": 4, "size": 8 }), "one\ntwo\n".to_owned())
    );
}

#[tokio::test]
async fn folders_are_made_filled_moved_and_deleted() {
    let lab = Lab::new();
    let calls = [
        on("make_folder", "a"),
        on("make_folder", "a/b"),
        write("a/b/x.txt", "x"),
        relocate("a/b", "c"),
        on("delete", "a"),
        relocate("c/x.txt", "c/y.txt"),
    ];
    for call in &calls {
        lab.landed(call).await;
    }
    assert_eq!((lab.names(""), lab.names("c")), (vec!["c".to_owned()], vec!["y.txt".to_owned()]));
}

#[tokio::test]
async fn a_move_may_replace_a_file() {
    let lab = Lab::new().file("new.txt", "new").file("old.txt", "old");
    let seen = lab.landed(&relocate("new.txt", "old.txt")).await;
    assert_eq!(
        (seen.content.as_str(), lab.names(""), lab.content("old.txt")),
        ("moved `new.txt` to `old.txt`", vec!["old.txt".to_owned()], "new".to_owned())
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_before_anything_is_asked() {
    let lab = Lab::new().file("a.txt", "a").file("folder/x", "x");
    fs::hard_link(lab.path("a.txt"), lab.path("twin.txt")).unwrap();
    let calls = [
        on("make_folder", "folder"),
        relocate("folder", "folder/inner"),
        relocate("a.txt", "a.txt"),
        relocate("a.txt", "twin.txt"),
        relocate("a.txt", "folder"),
        relocate("folder", "a.txt"),
    ];
    let mut seen = Vec::new();
    for call in &calls {
        seen.push(lab.describe(call).await.unwrap_err().message);
    }
    let expected = [
        "`folder` is already there; go on, or take another name",
        "`folder/inner` is inside `folder`; move it elsewhere",
        "`a.txt` and `a.txt` are the same; there is nothing to move",
        "`a.txt` and `twin.txt` are the same; there is nothing to move",
        "`folder` is already there; only a file can replace a file",
        "`a.txt` is already there; only a file can replace a file",
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_folder_that_holds_something_is_not_deleted() {
    let lab = Lab::new().file("folder/x", "x");
    let failure = lab.failed(&on("delete", "folder")).await;
    assert_eq!(
        (failure.message.as_str(), lab.names("folder")),
        ("the folder `folder` is not empty; delete what is in it first", vec!["x".to_owned()])
    );
}

#[tokio::test]
async fn a_read_only_file_is_neither_written_nor_replaced() {
    let lab = Lab::new().file("a.txt", "kept").file("b.txt", "b");
    fs::set_permissions(lab.path("a.txt"), fs::Permissions::from_mode(0o444)).unwrap();
    let mut kinds = Vec::new();
    for call in [write("a.txt", "x"), append("a.txt", "x"), relocate("b.txt", "a.txt")] {
        kinds.push(lab.kind(&call).await);
    }
    assert_eq!((kinds, lab.content("a.txt")), (vec![FailureKind::OutOfBounds; 3], "kept".to_owned()));
}

#[tokio::test]
async fn a_file_does_not_outgrow_the_limit() {
    let lab = Lab::with(Limits { file_bytes: 8, ..Limits::default() }).file("a.txt", "12345");
    let mut kinds = Vec::new();
    for call in [write("b.txt", "123456789"), append("a.txt", "6789")] {
        kinds.push(lab.kind(&call).await);
    }
    assert_eq!((kinds, lab.names("")), (vec![FailureKind::Limit; 2], vec!["a.txt".to_owned()]));
}

#[tokio::test]
async fn a_file_that_has_grown_since_does_not_outgrow_the_limit() {
    let lab = Lab::with(Limits { file_bytes: 8, ..Limits::default() }).file("a.txt", "12345");
    let permit = lab.permit(&append("a.txt", "678")).await;
    fs::write(lab.path("a.txt"), "1234567").unwrap();
    let failure = not_sent(permit.spend(&lab.tool).await);
    assert_eq!((failure.kind, lab.content("a.txt")), (FailureKind::Limit, "1234567".to_owned()));
}

#[tokio::test]
async fn one_name_of_a_hard_link_is_replaced_and_the_other_keeps_its_content() {
    let lab = Lab::new();
    fs::hard_link(lab.outside("secret.txt"), lab.path("a.txt")).unwrap();
    let before = lab.world();
    lab.landed(&write("a.txt", "mine")).await;
    assert_eq!((lab.world(), lab.content("a.txt")), (before, "mine".to_owned()));
}

#[tokio::test]
async fn arguments_that_do_not_fit_are_refused() {
    let lab = Lab::new();
    let calls = [
        Call::new("files", "read"),
        on("read", "a").with("path", 7),
        on("read", "a").with("offset", -1),
        on("read", "a").with("limit", 1.5),
        on("write", "a"),
        on("write", "a").with("text", json!(["x"])),
        on("delete", "a").with("recursive", true),
        on("read ", "a"),
        on("Read", "a"),
        on("r\u{435}ad", "a"),
        Call::new("Files", "list"),
    ];
    let mut kinds = Vec::new();
    for call in &calls {
        kinds.push(lab.describe(call).await.map(|action| action.effect()).map_err(|failure| failure.kind));
    }
    // The offset is looked at after the file, which is not there.
    let expected = [
        FailureKind::Invalid,
        FailureKind::Invalid,
        FailureKind::NotFound,
        FailureKind::NotFound,
        FailureKind::Invalid,
        FailureKind::Invalid,
        FailureKind::Invalid,
        FailureKind::Invalid,
        FailureKind::Invalid,
        FailureKind::Invalid,
        FailureKind::Invalid,
    ];
    assert_eq!(kinds, expected.map(Err));
}
