//! What a person meets at the command line.

use serde_json::json;

use crate::support::command::Desk;

const NOTE: &str = r#"
goal = "Keep a note that says {{what}}"

[inputs]
what = { about = "what to keep" }

[policy]
pack = "./packs/open"

[files]
workspace = "work"

[[steps]]
write = { file = "note.txt", text = "{{what}}" }
"#;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("note.toml", NOTE);
    desk
}

#[test]
fn a_task_is_done_and_on_record() {
    let desk = desk();
    let ran = desk.run(&["run", "note.toml", "--input", "what=hello"]);
    assert_eq!((ran.code, desk.read("work/note.txt").as_str(), ran.out.as_str()), (0, "hello", ""));
    assert!(ran.err.contains("go   write `note.txt`"), "{}", ran.err);
    let verified = desk.run(&["runs", "verify", "last"]);
    assert_eq!((verified.code, verified.out.starts_with("ok ")), (0, true), "{verified:?}");
}

#[test]
fn json_is_one_value_on_standard_output_and_nothing_else() {
    let desk = desk();
    let ran = desk.run(&["run", "note.toml", "--input", "what=hello", "--json"]);
    let result = ran.json();
    assert_eq!((result["status"].clone(), result["steps"].clone()), (json!("done"), json!(1)));
}

#[test]
fn a_dry_run_judges_and_changes_nothing() {
    let desk = desk();
    let ran = desk.run(&["run", "note.toml", "--input", "what=hello", "--dry-run"]);
    assert_eq!((ran.code, desk.path("work/note.txt").exists()), (0, false));
    assert!(ran.err.contains("is allowed and was not done"), "{}", ran.err);
}

#[test]
fn nobody_can_supervise_without_a_terminal() {
    let desk = desk();
    let ran = desk.run(&["run", "note.toml", "--input", "what=hello", "--supervise"]);
    assert_eq!((ran.code, desk.path("work/note.txt").exists()), (2, false));
    assert!(ran.err.contains("`--supervise` needs a terminal"), "{}", ran.err);
}

#[test]
fn what_the_policy_refuses_ends_with_exit_code_3_and_the_rule() {
    let desk = desk();
    let ran = desk.run(&["run", "note.toml", "--input", "what=hello", "--pack", "read-only"]);
    assert_eq!((ran.code, desk.path("work/note.txt").exists()), (3, false));
    assert!(ran.err.contains("read-only.no-changes"), "{}", ran.err);
    let explained = desk.run(&["policy", "explain", "last", "1"]);
    assert!(explained.out.contains("read-only.no-changes") && explained.out.contains("note.txt"), "{}", explained.out);
}

#[test]
fn a_held_action_without_a_terminal_is_denied() {
    let desk = desk();
    desk.write(
        "note.toml",
        &NOTE
            .replace("./packs/open", "web-forms")
            .replace("write = { file = \"note.txt\", text = \"{{what}}\" }", "delete = \"keep.txt\""),
    );
    desk.write("work/keep.txt", "precious");
    let ran = desk.run(&["run", "note.toml", "--input", "what=hello"]);
    assert_eq!((ran.code, desk.read("work/keep.txt").as_str()), (3, "precious"));
    assert!(ran.err.contains("there is no one to ask"), "{}", ran.err);
}

#[test]
fn steps_that_are_spent_end_with_exit_code_4() {
    let desk = desk();
    let more = "[[steps]]\nlist = true\n[[steps]]\nwrite = { file = \"b.txt\", text = \"b\" }\n[budget]\nsteps = 1\n";
    desk.write("note.toml", &format!("{NOTE}{more}"));
    let ran = desk.run(&["run", "note.toml", "--input", "what=hello"]);
    assert_eq!((ran.code, desk.path("work/b.txt").exists()), (4, false), "{}", ran.err);
}

#[test]
fn a_malformed_task_names_file_line_key_and_what_was_expected() {
    let desk = desk();
    desk.write("note.toml", &NOTE.replace("workspace =", "workspcae ="));
    let ran = desk.run(&["run", "note.toml", "--input", "what=hello"]);
    assert_eq!(ran.code, 2);
    let expected = ["note.toml:11:", "workspcae", "did you mean `workspace`"];
    assert!(expected.iter().all(|part| ran.err.contains(part)), "{}", ran.err);
}

#[test]
fn mistakes_on_the_command_line_say_what_to_do() {
    let desk = desk();
    let cases: [(&[&str], &str); 9] = [
        (&["run", "nowhere.toml"], "`nowhere.toml` cannot be read"),
        (&["run", "note.toml"], "what"),
        (&["run", "note.toml", "--input", "what"], "NAME=VALUE"),
        (&["run", "note.toml", "--input", "waht=x", "--input", "what=x"], "waht"),
        (&["run", "note.toml", "--input", "what=x", "--planner", "oracle"], "there is no planner `oracle`"),
        (&["run", "note.toml", "--input", "what=x", "--planner", "model"], "--model NAME"),
        (&["run", "note.toml", "--input", "what=x", "--pack", "nope"], "nope"),
        (&["observe", "javascript:alert(1)"], "only http and https"),
        (&["runs", "show", "zzz"], "there is no run `zzz`"),
    ];
    for (args, expected) in cases {
        let ran = desk.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {ran:?}");
        assert!(ran.err.contains(expected), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_secret_that_is_not_set_or_may_be_read_by_others_is_a_usage_error() {
    let desk = desk();
    let secret = |from: &str| format!("{NOTE}\n[secrets.pin]\n{from}\nat = [\"https://shop.test\"]\n");
    desk.write("env.toml", &secret("env = \"NO_SUCH_PIN\""));
    let ran = desk.run(&["run", "env.toml", "--input", "what=x"]);
    assert_eq!((ran.code, ran.err.contains("`NO_SUCH_PIN`, which is not set")), (2, true), "{}", ran.err);
    desk.write("pin.txt", "1234");
    desk.write("file.toml", &secret("file = \"pin.txt\""));
    let ran = desk.run(&["run", "file.toml", "--input", "what=x"]);
    assert_eq!((ran.code, ran.err.contains("chmod 600")), (2, true), "{}", ran.err);
}

#[test]
fn a_secret_file_is_the_users_own_and_nothing_else() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let desk = desk();
    let task = format!("{NOTE}\n[secrets.pin]\nfile = \"pin\"\nat = [\"https://shop.test\"]\n");
    desk.write("t.toml", &task);
    desk.write("seed.toml", &task.replace("\nat =", "\ntotp = true\nat ="));
    let set = |text: &str, mode| {
        let _ = std::fs::remove_file(desk.path("pin"));
        desk.write("pin", text);
        std::fs::set_permissions(desk.path("pin"), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let told = |task: &str| desk.run(&["run", task, "--input", "what=x"]);
    set("1234\n", 0o640);
    let mut all = vec![told("t.toml").err];
    set("123\n", 0o600);
    all.push(told("t.toml").err);
    set(&"x".repeat(70_000), 0o600);
    all.push(told("t.toml").err);
    set("seed 0189", 0o600);
    all.push(told("seed.toml").err);
    std::fs::rename(desk.path("pin"), desk.path("real")).unwrap();
    symlink(desk.path("real"), desk.path("pin")).unwrap();
    all.push(told("t.toml").err);
    std::fs::remove_file(desk.path("pin")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, desk.path("pin"), rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR).unwrap();
    all.push(told("t.toml").err);
    std::fs::remove_file(desk.path("pin")).unwrap();
    set("1234\n", 0o400);
    let good = told("t.toml").code;
    let expected = [
        "has the mode 640; `chmod 600 ",
        "it has fewer than 4 characters",
        "is not text of at most 65536 bytes",
        "no one-time codes can be made of it: it is not in base32",
        "is a link; name the file itself",
        "is no regular file",
    ];
    let wrong: Vec<_> = all.iter().zip(expected).filter(|(told, expected)| !told.contains(expected)).collect();
    assert_eq!((wrong, good), (vec![], 0));
}

#[cfg(not(feature = "keyring"))]
#[test]
fn a_build_without_a_keyring_says_so() {
    let desk = desk();
    desk.write("t.toml", &format!("{NOTE}\n[secrets.pin]\nkeyring = \"shop/ann\"\nat = [\"https://shop.test\"]\n"));
    let ran = desk.run(&["run", "t.toml", "--input", "what=x"]);
    assert_eq!((ran.code, ran.err.contains("build it with the feature `keyring`")), (2, true), "{}", ran.err);
}

#[test]
fn a_pack_is_checked_with_its_cases() {
    let desk = desk();
    let good = desk.run(&["policy", "check", "./packs/open"]);
    assert_eq!((good.code, good.out.contains("cases pass")), (0, true), "{good:?}");
    desk.write(
        "packs/open/rules.cedar",
        "@id(\"open.all\")\npermit (principal, action, resource) when { context.nope };\n",
    );
    let bad = desk.run(&["policy", "check", "./packs/open"]);
    assert_eq!(bad.code, 1);
    assert!(bad.err.contains("rules.cedar:2:") && bad.err.contains("context.nope"), "{}", bad.err);
}

#[test]
fn a_record_can_be_listed_shown_and_exported() {
    let desk = desk();
    let _ = desk.run(&["run", "note.toml", "--input", "what=hello"]);
    let listed = desk.run(&["runs", "ls"]).out;
    let shown = desk.run(&["runs", "show", "last"]).out;
    let exported = desk.run(&["runs", "export", "last", "--jsonl"]).out;
    assert!(listed.contains("done") && listed.contains("Keep a note that says hello"), "{listed}");
    assert!(shown.contains("step 1: write `note.txt`") && shown.contains("landed"), "{shown}");
    let lines: Vec<serde_json::Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines[0]["kind"].clone(), lines[lines.len() - 1]["kind"].clone()), (json!("begin"), json!("end")));
}

#[test]
fn tools_and_completions_are_printed() {
    let desk = desk();
    assert!(desk.run(&["tools"]).out.contains("files.write"));
    assert!(desk.run(&["tools", "--json"]).json().as_array().is_some_and(|tools| tools.len() >= 2));
    assert!(desk.run(&["completions", "bash"]).out.contains("lamassu"));
}

#[test]
fn a_replay_of_which_nothing_came_is_refused_and_an_empty_one_is_a_mistake() {
    let desk = desk();
    let replay = NOTE.replace("goal =", "planner = { replay = \"calls.json\" }\ngoal =");
    desk.write("replay.toml", replay.split("[[steps]]").next().unwrap());
    desk.write("calls.json", r#"[{"tool": "files", "verb": "read", "args": {"path": "../x"}}]"#);
    let refused = desk.run(&["run", "replay.toml", "--input", "what=x"]);
    desk.write("calls.json", "[]");
    let empty = desk.run(&["run", "replay.toml", "--input", "what=x"]);
    assert_eq!((refused.code, empty.code), (3, 2), "{refused:?} {empty:?}");
}

#[test]
fn a_run_that_cannot_go_on_says_so_in_json_too() {
    let desk = desk();
    let args = ["run", "note.toml", "--input", "what=x", "--planner", "model", "--model", "m", "--json"];
    let ran = desk.run_with(&args, &[("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"), ("OPENAI_API_KEY", "k")]);
    assert_eq!((ran.code, ran.json()["status"].clone()), (1, json!("failed")), "{ran:?}");
}
