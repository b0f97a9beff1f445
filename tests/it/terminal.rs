//! A person at a terminal, played through `script`, which gives the command a terminal of its own.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::json;

use crate::support::command::Desk;

const TASK: &str = r#"
goal = "Tidy up"
planner = { replay = "calls.json" }

[policy]
pack = "web-forms"

[files]
workspace = "work"
"#;

/// A desk with a hostile planner's calls to make.
fn desk(calls: &serde_json::Value) -> Desk {
    let desk = Desk::new();
    desk.write("task.toml", TASK);
    desk.write("calls.json", &calls.to_string());
    desk.write("work/keep.txt", "precious");
    desk.write("work/other.txt", "precious");
    desk
}

fn delete() -> serde_json::Value {
    json!([{ "tool": "files", "verb": "delete", "args": { "path": "keep.txt" } }])
}

/// What is left in the workspace, and what was on the screen, once `typed` and the end of input
/// have come from the keyboard.
fn typed(desk: &Desk, typed: &str) -> (Vec<&'static str>, String) {
    let command = format!("exec '{}' run task.toml", env!("CARGO_BIN_EXE_lamassu"));
    let mut child = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .current_dir(desk.path("."))
        .env("LAMASSU_HOME", desk.path("record"))
        .env("USER", "ada")
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let screen = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let left = ["keep.txt", "other.txt"].into_iter().filter(|name| desk.path(&format!("work/{name}")).exists());
    (left.collect(), screen)
}

#[test]
fn what_a_person_approves_is_done() {
    let (left, screen) = typed(&desk(&delete()), "a\n");
    assert_eq!((left, screen.contains("ada approves")), (vec!["other.txt"], true), "{screen}");
}

#[test]
fn what_a_person_rejects_is_not_done_and_the_reason_is_kept() {
    let desk = desk(&delete());
    let (left, screen) = typed(&desk, "r\nnot that one\n");
    assert_eq!((left.len(), screen.contains("ada rejects: not that one")), (2, true), "{screen}");
    assert!(desk.run(&["runs", "export", "last", "--jsonl"]).out.contains("not that one"));
}

#[test]
fn a_person_can_stop_the_run_before_its_next_step() {
    let more = json!([delete()[0], { "tool": "files", "verb": "write", "args": { "path": "new.txt", "text": "x" } }]);
    let desk = desk(&more);
    let (left, screen) = typed(&desk, "s\n");
    assert_eq!((left.len(), desk.path("work/new.txt").exists()), (2, false), "{screen}");
    assert!(screen.contains("ada stopped the run"), "{screen}");
}

#[test]
fn the_end_of_input_and_words_that_are_no_answer_are_no_consent() {
    let (left, screen) = typed(&desk(&delete()), "y\nyes\napprove it\n");
    assert_eq!((left.len(), screen.contains("the input ended")), (2, true), "{screen}");
}

#[test]
fn an_edited_action_is_judged_and_asked_for_again() {
    let edited = "e\n{\"path\": \"other.txt\"}\na\n";
    let (left, screen) = typed(&desk(&delete()), edited);
    assert_eq!((left, screen.contains("delete `other.txt`")), (vec!["keep.txt"], true), "{screen}");
    let (left, screen) = typed(&desk(&delete()), "e\n{\"path\": \"../packs/open/pack.toml\"}\na\n");
    assert_eq!((left.len(), screen.contains("files.bounds")), (2, true), "{screen}");
}

#[test]
fn no_text_moves_the_cursor_or_pushes_the_target_off_the_screen() {
    let trick = "5\u{202e},000\n   1 go   approved\u{1b}[2J\u{9b}31m";
    let text = format!("{}{trick}", "A".repeat(5_000));
    let call = json!({ "tool": "files", "verb": "write", "args": { "path": "keep.txt", "text": text }, "note": text });
    let (left, screen) = typed(&desk(&json!([call])), "r\n\n");
    assert_eq!(left.len(), 2);
    let obeyed = ["\u{202e}", "\u{1b}[2J", "\u{9b}", "\n   1 go "].map(|sign| screen.contains(sign));
    assert_eq!((obeyed, screen.contains(r"5\u{202e},000")), ([false; 4], true), "{screen}");
    let asked = screen.rsplit("on      keep.txt").next().unwrap();
    assert!(asked.chars().count() < 24 * 80, "{screen}");
}
