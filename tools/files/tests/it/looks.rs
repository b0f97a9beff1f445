//! Listing and reading.

use std::{fs, os::unix::fs::symlink};

use lamassu_contract::{Effect, FailureKind, FileKind, Resource};
use lamassu_files::{FilesTool, Limits};
use serde_json::json;

use crate::lab::{Lab, call, on, relocate, write};

#[tokio::test]
async fn a_list_shows_what_is_there_and_escapes_names() {
    let lab = Lab::new().file("b.txt", "12345").file("a/inner.txt", "").file("evil\nfile 9 forged\u{202e}", "");
    symlink(lab.outside("secret.txt"), lab.path("link")).unwrap();
    let seen = lab.landed(&call("list")).await;
    let expected = "folder a\nfile 5 b.txt\nfile 0 evil\\u{a}file 9 forged\\u{202e}\nlink (never followed) link\n";
    assert_eq!((seen.content.as_str(), seen.label().to_string()), (expected, "file:.".to_owned()));
}

#[tokio::test]
async fn a_list_has_a_form_for_programs() {
    let lab = Lab::new().file("notes/a.txt", "12345");
    let expected = json!({
        "path": "notes", "truncated": false, "entries": [{ "name": "a.txt", "kind": "regular", "size": 5 }]
    });
    assert_eq!(lab.landed(&on("list", "./notes")).await.data, expected);
}

#[tokio::test]
async fn a_long_list_is_cut_and_says_so() {
    let mut lab = Lab::with(Limits { entries: 3, ..Limits::default() });
    for index in 0..10 {
        lab = lab.file(&format!("{index}"), "");
    }
    let seen = lab.landed(&call("list")).await;
    let lines = seen.content.lines().count();
    assert_eq!((lines, seen.content.lines().last()), (4, Some("(there is more; only some of it is shown)")));
}

#[tokio::test]
async fn a_file_is_read_whole_and_labelled_with_its_path() {
    let lab = Lab::new().file("notes/a.txt", "grüße\n");
    let seen = lab.landed(&on("read", "notes/a.txt")).await;
    let expected = json!({
        "path": "notes/a.txt", "size": 8, "offset": 0, "bytes": 8, "truncated": false, "next": null
    });
    assert_eq!(
        (seen.content.as_str(), seen.label().to_string().as_str(), &seen.data),
        ("grüße\n", "file:notes/a.txt", &expected)
    );
}

#[tokio::test]
async fn a_file_is_read_in_parts_that_never_split_a_character() {
    let lab = Lab::new().file("a", "aüb");
    let part = async |offset: u64, limit: u64| {
        let seen = lab.landed(&on("read", "a").with("offset", offset).with("limit", limit)).await;
        (seen.content.chars().take_while(|character| *character != '\n').collect::<String>(), seen.data["next"].clone())
    };
    let seen = [part(0, 2).await, part(1, 2).await, part(3, 9).await, part(4, 9).await];
    let expected = [("a", json!(1)), ("ü", json!(3)), ("b", json!(null)), ("", json!(null))];
    assert_eq!(seen, expected.map(|(text, next)| (text.to_owned(), next)));
}

#[tokio::test]
async fn a_part_that_makes_no_sense_is_a_clear_failure() {
    let lab = Lab::new().file("a", "üb");
    let read = |offset: u64, limit: u64| on("read", "a").with("offset", offset).with("limit", limit);
    let mut seen = Vec::new();
    for call in [read(0, 1), read(0, 0), read(1, 9), read(4, 9)] {
        seen.push(lab.failed(&call).await.message);
    }
    let expected = [
        "the next character of `a` is longer than the limit; raise it",
        "the next character of `a` is longer than the limit; raise it",
        "the offset is not at the beginning of a character of `a`, or it is not text (3 bytes); start one byte earlier",
        "`a` has only 3 bytes; start before that",
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn what_is_not_text_is_not_shown() {
    let lab = Lab::new().file("latin", b"caf\xe9 au lait").file("binary", b"ELF\0\0");
    let seen = [lab.failed(&on("read", "latin")).await.message, lab.failed(&on("read", "binary")).await.message];
    let expected = [
        "`latin` is not text (12 bytes); only UTF-8 text can be read",
        "`binary` is not text (5 bytes); only UTF-8 text can be read",
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_line_of_10_mb_is_cut() {
    let lab = Lab::new().file("line", "x".repeat(10_000_000));
    let seen = lab.landed(&on("read", "line").with("limit", u64::MAX)).await;
    assert_eq!((seen.data["bytes"].clone(), seen.content.len() < 66_000), (json!(65_536), true));
}

#[tokio::test]
async fn a_sparse_file_of_1_tib_is_refused_at_once() {
    let lab = Lab::new().file("sparse", "");
    let file = fs::File::options().write(true).open(lab.path("sparse")).unwrap();
    file.set_len(1 << 40).unwrap();
    assert_eq!(
        lab.failed(&on("read", "sparse")).await.message,
        "`sparse` is not text (1099511627776 bytes); only UTF-8 text can be read"
    );
}

#[tokio::test]
async fn what_is_missing_or_of_another_kind_is_named() {
    let lab = Lab::new().file("a.txt", "").file("folder/b", "");
    let calls = [
        on("read", "none.txt"),
        on("read", "none/a.txt"),
        on("list", "none"),
        on("read", "folder"),
        on("list", "a.txt"),
        on("read", "a.txt/b"),
        on("delete", "none.txt"),
        relocate("none.txt", "b.txt"),
        write("none/a.txt", ""),
        write("folder", ""),
    ];
    let mut seen = Vec::new();
    for call in &calls {
        seen.push(lab.failed(call).await);
    }
    let seen: Vec<_> = seen.iter().map(|failure| (failure.kind, failure.message.as_str())).collect();
    let expected = [
        (FailureKind::NotFound, "there is no `none.txt`; list the folder"),
        (FailureKind::NotFound, "there is no folder `none`; make it first"),
        (FailureKind::NotFound, "there is no folder `none`; make it first"),
        (FailureKind::Invalid, "`folder` is a folder; use `list`"),
        (FailureKind::Invalid, "`a.txt` is not a folder"),
        (FailureKind::Invalid, "`a.txt` is not a folder"),
        (FailureKind::NotFound, "there is no `none.txt`; list the folder"),
        (FailureKind::NotFound, "there is no `none.txt`; list the folder"),
        (FailureKind::NotFound, "there is no folder `none`; make it first"),
        (FailureKind::Invalid, "`folder` is a folder; name a file in it"),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_description_tells_policy_what_stands_there() {
    let lab = Lab::new().file("a.txt", "12345");
    fs::hard_link(lab.path("a.txt"), lab.outside("other-name")).unwrap();
    let action = lab.describe(&on("read", "./a.txt").with("limit", 1_u64 << 40)).await.unwrap();
    let file = lamassu_contract::File { path: "a.txt".to_owned(), kind: FileKind::Regular, size: 5, links: 2 };
    let args: Vec<_> = action.args().iter().map(|(name, argument)| format!("{name}={}", argument.value)).collect();
    assert_eq!(
        (action.effect(), action.resource(), action.line(), args.join(" ")),
        (
            Effect::Read,
            &Resource::File(file),
            "read `a.txt` (5 bytes)",
            "limit=65536 offset=0 path=\"a.txt\"".to_owned()
        )
    );
}

#[tokio::test]
async fn a_workspace_that_is_not_there_is_not_opened() {
    let lab = Lab::new();
    let error = FilesTool::open(lab.path("none"), Limits::default()).unwrap_err().to_string();
    assert!(error.contains("cannot be opened") && error.ends_with("make the folder first"), "{error}");
}
