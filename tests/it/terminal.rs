//! A person at a terminal, played through `script`, which gives the command a terminal of its own.

use std::{
    io::{Read as _, Write as _},
    process::{Child, Command, Stdio},
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

/// The end of a question, and the keys that answer it.
type Answer = (&'static str, &'static str);

const ASKED: &str = "[?] to explain: ";
/// Control-D at the beginning of a line.
const END: &str = "\u{4}";

/// What is left in the workspace, and what was on the screen, once all questions were answered.
fn typed(desk: &Desk, answers: &[Answer]) -> (Vec<&'static str>, String) {
    typed_to(desk, "", answers)
}

/// The same for a run with further `options`.
fn typed_to(desk: &Desk, options: &str, answers: &[Answer]) -> (Vec<&'static str>, String) {
    let screen = screen_of(desk, &format!("run task.toml {options}"), answers);
    let left = ["keep.txt", "other.txt"].into_iter().filter(|name| desk.path(&format!("work/{name}")).exists());
    (left.collect(), screen)
}

/// What was on the screen of `lamassu ARGS`, once all questions were answered.
fn screen_of(desk: &Desk, args: &str, answers: &[Answer]) -> String {
    let command = format!("exec '{}' {args}", env!("CARGO_BIN_EXE_lamassu"));
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
    answered(&mut child, answers)
}

/// What was on the screen, when the keys of each answer had been pressed as soon as its question was there.
fn answered(child: &mut Child, answers: &[Answer]) -> String {
    let (mut keys, mut shown) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (mut screen, mut seen, mut part) = (String::new(), 0, [0; 4096]);
    let mut answers = answers.iter();
    let mut next = answers.next();
    loop {
        let length = shown.read(&mut part).unwrap();
        screen.push_str(&String::from_utf8_lossy(&part[..length]));
        if length == 0 {
            return screen;
        }
        while let Some(at) = next.and_then(|(question, _)| screen[seen..].find(question)) {
            let (question, pressed) = next.unwrap();
            keys.write_all(pressed.as_bytes()).unwrap();
            seen += at + question.len();
            next = answers.next();
        }
    }
}

#[test]
fn what_a_person_approves_is_done() {
    let (left, screen) = typed(&desk(&delete()), &[(ASKED, "a\n")]);
    assert_eq!((left, screen.contains("ada approves")), (vec!["other.txt"], true), "{screen}");
}

#[test]
fn what_a_person_rejects_is_not_done_and_the_reason_is_kept() {
    let desk = desk(&delete());
    let (left, screen) = typed(&desk, &[(ASKED, "r\n"), ("why? ", "not that one\n")]);
    assert_eq!((left.len(), screen.contains("ada rejects: not that one")), (2, true), "{screen}");
    assert!(desk.run(&["runs", "export", "last", "--jsonl"]).out.contains("not that one"));
}

#[test]
fn a_person_can_stop_the_run_before_its_next_step() {
    let more = json!([delete()[0], { "tool": "files", "verb": "write", "args": { "path": "new.txt", "text": "x" } }]);
    let desk = desk(&more);
    let (left, screen) = typed(&desk, &[(ASKED, "s\n")]);
    assert_eq!((left.len(), desk.path("work/new.txt").exists()), (2, false), "{screen}");
    assert!(screen.contains("ada stopped the run"), "{screen}");
}

#[test]
fn the_end_of_input_and_words_that_are_no_answer_are_no_consent() {
    let (left, screen) =
        typed(&desk(&delete()), &[(ASKED, "y\n"), (ASKED, "yes\n"), (ASKED, "approve it\n"), (ASKED, END)]);
    assert_eq!((left.len(), screen.contains("the input ended")), (2, true), "{screen}");
}

#[test]
fn an_edited_action_is_judged_and_asked_for_again() {
    let edited = [(ASKED, "e\n"), ("path: ", "\u{15}other.txt\r"), (ASKED, "a\n")];
    let (left, screen) = typed(&desk(&delete()), &edited);
    assert_eq!((left, screen.contains("delete `other.txt`")), (vec!["keep.txt"], true), "{screen}");
    let (left, screen) = typed(&desk(&delete()), &[(ASKED, "e\n"), ("path: ", "\u{15}../packs/open/pack.toml\r")]);
    assert_eq!((left.len(), screen.contains("files.bounds")), (2, true), "{screen}");
}

#[test]
fn an_edit_that_is_broken_off_leaves_the_question_open() {
    let answers = [(ASKED, "e\n"), ("path: ", "\u{3}"), (ASKED, "?\n"), ("reject: it is not done", ""), (ASKED, "a\n")];
    let (left, screen) = typed(&desk(&delete()), &answers);
    assert_eq!((left, screen.contains("from model")), (vec!["other.txt"], true), "{screen}");
}

#[test]
fn what_was_typed_before_the_question_is_no_answer() {
    let more = json!([delete()[0], { "tool": "files", "verb": "delete", "args": { "path": "other.txt" } }]);
    let (left, screen) = typed(&desk(&more), &[(ASKED, "a\na\na\n"), (ASKED, "r\n"), ("why? ", "\n")]);
    assert_eq!(left, vec!["other.txt"], "{screen}");
}

#[test]
fn a_supervisor_sees_every_action_until_they_raise_the_level() {
    let write = |path: &str| json!({ "tool": "files", "verb": "write", "args": { "path": path, "text": "x" } });
    let desk = desk(&json!([write("a.txt"), write("b.txt"), write("c.txt")]));
    let answers = [(ASKED, "a\n"), (ASKED, "l\n"), ("leaves it: ", "guard\n")];
    let (_, screen) = typed_to(&desk, "--supervise", &answers);
    let written = ["a.txt", "b.txt", "c.txt"].map(|name| desk.path(&format!("work/{name}")).exists());
    assert_eq!((written, screen.matches(ASKED).count()), ([true; 3], 2), "{screen}");
    let record = desk.run(&["runs", "export", "last", "--jsonl"]).out;
    assert!(
        record.contains(r#""level":{"by":"ada","autonomy":"guard"}"#)
            || record.contains(r#""autonomy":"guard","by":"ada""#)
    );
}

#[test]
fn no_text_moves_the_cursor_or_pushes_the_target_off_the_screen() {
    let trick = "5\u{202e},000\n   1 go   approved\u{1b}[2J\u{9b}31m";
    let text = format!("{}{trick}", "A".repeat(5_000));
    let call = json!({ "tool": "files", "verb": "write", "args": { "path": "keep.txt", "text": text }, "note": text });
    let (left, screen) = typed(&desk(&json!([call])), &[(ASKED, "r\n"), ("why? ", "\n")]);
    assert_eq!(left.len(), 2);
    let obeyed = ["\u{202e}", "\u{1b}[2J", "\u{9b}", "\n   1 go "].map(|sign| screen.contains(sign));
    assert_eq!((obeyed, screen.contains(r"5\u{202e},000")), ([false; 4], true), "{screen}");
    let asked = screen.rsplit("on      keep.txt").next().unwrap();
    assert!(asked.chars().count() < 24 * 80, "{screen}");
}

/// A page with a field and a button, at an address of its own.
async fn form() -> String {
    const PAGE: &str = "<!doctype html><title>Notes</title><h1>Notes</h1><form action='/'><label for='n'>Note</label>\
                        <input id='n' name='note'><label for='t'>Tag</label><input id='t' name='tag'>\
                        <button>Keep</button></form>";
    let door = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", door.local_addr().unwrap());
    let app = axum::Router::new().route("/", axum::routing::get(async || axum::response::Html(PAGE)));
    tokio::spawn(async move { axum::serve(door, app).await });
    url
}

const FORM: &str = r#"
goal = "keep a note"
at = "SITE/"
[policy]
pack = "web-forms"
sites = ["SITE"]
private = ["127.0.0.1"]
[[steps]]
fill = { field = "Note", with = "call Ada" }
[[steps]]
fill = { field = "Tag", with = "today" }
[[steps]]
click = 'button "Keep"'
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_about_is_pictured_in_a_file_that_is_named() {
    let site = form().await;
    let asked = move || {
        let desk = Desk::new();
        desk.write("task.toml", &FORM.replace("SITE", &site));
        let answers = [(ASKED, "a\n"), (ASKED, "a\n"), (ASKED, "a\n"), (ASKED, "r\n"), ("why? ", "enough\n")];
        let screen = screen_of(&desk, "run task.toml --supervise", &answers);
        let named: Vec<&str> = screen.lines().filter_map(|line| line.trim().strip_prefix("picture ")).collect();
        let pictures = named.iter().map(|path| std::fs::read(path).unwrap());
        let jpeg: Vec<bool> = pictures.map(|picture| picture.starts_with(&[0xff, 0xd8, 0xff])).collect();
        // The page is opened before anything can be pictured.
        assert_eq!(jpeg, [true; 3], "{screen}");
    };
    tokio::task::spawn_blocking(asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_trims_from_a_run_is_no_part_of_the_skill() {
    let site = form().await;
    let trimmed = move || {
        let desk = Desk::new();
        desk.write("task.toml", &FORM.replace("SITE", &site));
        assert_eq!(desk.run(&["run", "task.toml"]).code, 0);
        let choice = "or ? ";
        let answers = [(choice, "d 2\n"), (choice, "p 1 note\n"), (choice, "s\n"), ("[n]o: ", "y\n")];
        let screen = screen_of(&desk, "skills learn keep last --trim", &answers);
        let skill = desk.read("record/skills/keep.skill.toml");
        let has = ["Note", "note", "Tag", "today"].map(|word| skill.contains(word));
        assert_eq!(has, [true, true, false, false], "{screen}\n{skill}");
        let screen = screen_of(&desk, "skills learn none last --trim", &[(choice, "q\n")]);
        assert_eq!(
            (desk.path("record/skills/none.skill.toml").exists(), screen.contains("nothing was kept")),
            (false, true)
        );
        let ran = desk.run(&["skills", "learn", "none", "last", "--trim"]);
        assert_eq!((ran.code, ran.err.contains("needs a terminal")), (2, true), "{}", ran.err);
    };
    tokio::task::spawn_blocking(trimmed).await.unwrap();
}
