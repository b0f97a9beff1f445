//! Hostile input through the real command: nothing runs, nothing leaks, and the message is clear.

use std::{collections::BTreeMap, net::TcpListener};

use serde_json::{Value, json};

use crate::support::command::{Desk, Ran};

const TASK: &str = r#"
goal = "Look around"
planner = { replay = "calls.json" }

[policy]
pack = "web-forms"
sites = ["https://example.com"]

[files]
workspace = "work"

[secrets.pin]
env = "PIN"
at = ["https://example.com"]

[budget]
steps = 500
"#;

const PIN: &str = "hush-hush-4711";

/// A server that must not be reached. The system accepts for it; it only looks who came.
struct Bait(TcpListener);

impl Bait {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    fn reached(&self) -> bool {
        self.0.accept().is_ok()
    }
}

fn call(name: &str, args: Value) -> Value {
    let (tool, verb) = name.split_once('.').unwrap();
    let mut call = json!({ "tool": tool, "verb": verb });
    call["args"] = args;
    call
}

fn replay(desk: &Desk, task: &str, calls: &[Value]) -> Ran {
    desk.write("task.toml", task);
    desk.write("calls.json", &json!(calls).to_string());
    desk.run_with(&["run", "task.toml", "--json"], &[("PIN", PIN)])
}

/// Which verdicts there were, and how many of each; the record must be whole and hold no secret.
fn verdicts(desk: &Desk, ran: &Ran) -> BTreeMap<String, usize> {
    let record = desk.run(&["runs", "export", "last", "--jsonl"]).out;
    assert_eq!(desk.run(&["runs", "verify", "last"]).code, 0);
    assert!(!format!("{record}{ran:?}").contains(PIN));
    let mut counts = BTreeMap::new();
    for line in record.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        if entry["kind"] == "judgement" {
            *counts.entry(entry["value"]["verdict"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    counts
}

fn counts<const N: usize>(pairs: [(&str, usize); N]) -> BTreeMap<String, usize> {
    pairs.into_iter().map(|(verdict, count)| (verdict.to_owned(), count)).collect()
}

const ELSEWHERE: [&str; 24] = [
    "https://example.com.evil.test/",
    "https://evil.test\\@example.com/",
    "https:evil.test",
    "https:\\\\evil.test",
    "https://evil.test/?q=://example.com/",
    "https://example.com%2eevil.test/",
    "https://exa\tmple.com.evil\n.test/",
    "https://ex\u{430}mple.com/",
    "https://\u{ff45}xample.com\u{3002}evil.test/",
    "https://notexample.com/",
    "https://evil.example.com/",
    "https://example.com:8443/",
    "http://example.com/",
    "http://2130706433:PORT/",
    "http://0x7f.1:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://127.1:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://0:PORT/",
    "http://localhost:PORT/",
    "http://a.localhost:PORT/",
    "http://127.0.0.1.nip.io:PORT/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
];

const NO_ADDRESSES: [&str; 16] = [
    "https://example.com@evil.test/",
    "https://example.com:443@evil.test/",
    "//evil.test/",
    "javascript://example.com/%0aalert(1)",
    "data:text/html,<h1>hello",
    "blob:https://example.com/1",
    "view-source:https://example.com/",
    "file:///etc/passwd",
    "chrome://settings",
    "about:blank",
    "ws://example.com/",
    "https://example.com:99999/",
    "https://example.com\u{202e}/",
    "https://",
    "",
    "https://example.com/?pin={{secret.pin}}",
];

#[test]
fn no_spelling_of_another_address_is_reached() {
    let (desk, bait) = (Desk::new(), Bait::new());
    let port = bait.port().to_string();
    let urls: Vec<_> = ELSEWHERE.iter().chain(&NO_ADDRESSES).map(|url| url.replace("PORT", &port)).collect();
    let get = |url: &String| call("http.request", json!({ "method": "GET", "url": url }));
    let open = |url: &String| call("browser.open", json!({ "url": url }));
    let calls: Vec<_> =
        urls.iter().map(get).chain(urls.iter().filter(|_| cfg!(feature = "browser")).map(open)).collect();
    let ran = replay(&desk, TASK, &calls);
    let seen = verdicts(&desk, &ran);
    assert_eq!(
        (seen.get("go"), seen.values().sum::<usize>(), bait.reached()),
        (None, calls.len(), false),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("https://xn--exmple-4nf.com/") && !ran.err.contains('\u{202e}'), "{}", ran.err);
}

#[test]
fn no_request_is_sent_that_http_does_not_allow() {
    let (desk, bait) = (Desk::new(), Bait::new());
    let url = format!("http://127.0.0.1:{}/", bait.port());
    let get = |more: Value| {
        let mut args = json!({ "method": "GET", "url": url });
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        call("http.request", args)
    };
    let calls = [
        get(json!({ "method": "CONNECT" })),
        get(json!({ "method": "TRACE" })),
        get(json!({ "method": "GET / HTTP/1.1\r\nX: y" })),
        get(json!({ "method": 5 })),
        get(json!({ "headers": { "X-A": "a\r\nInjected: 1" } })),
        get(json!({ "headers": { "X-A\r\nB": "a" } })),
        get(json!({ "headers": { "X-A": "a\u{0}" } })),
        get(json!({ "headers": { "Host": "example.com" } })),
        get(
            json!({ "headers": { "Transfer-Encoding": "chunked", "Content-Length": "3" }, "method": "POST", "body": "a" }),
        ),
        get(json!({ "headers": { "Connection": "Upgrade", "Upgrade": "websocket" } })),
        get(json!({ "headers": { "Proxy-Authorization": "a" } })),
        get(json!({ "headers": { "Cookie": "a".repeat(100_000) } })),
        get(json!({ "headers": { "Authorization": "{{secret.pin}}" } })),
        get(json!({ "body": "a", "json": 1 })),
        get(json!({ "approved": true })),
        get(json!({ "secret_headers": { "Authorization": "pin" } })),
    ];
    let open = TASK.replace("\"web-forms\"\nsites = [\"https://example.com\"]", "\"./packs/open\"");
    let ran = replay(&desk, &open, &calls);
    // Only the last one makes sense, and the secret is not bound to that server.
    assert_eq!((verdicts(&desk, &ran), bait.reached()), (counts([("invalid", 15), ("stop", 1)]), false), "{}", ran.err);
}

#[test]
fn no_path_leads_out_of_the_workspace() {
    let desk = Desk::new();
    desk.write("secret.txt", "the crown jewels");
    desk.write("work-evil/secret.txt", "the crown jewels");
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, desk.path(&format!("work/{name}"))).unwrap();
    link("../secret.txt", "leaf");
    link("..", "parent");
    link("loop", "loop");
    let paths = [
        "../secret.txt",
        "../work-evil/secret.txt",
        "a/../../secret.txt",
        "..\\secret.txt",
        "%2e%2e/secret.txt",
        "/etc/passwd",
        "/proc/self/root/etc/passwd",
        "/dev/fd/0",
        "leaf",
        "parent/secret.txt",
        "loop",
        "a\u{0}b",
        "",
    ];
    let verbs = ["read", "list", "delete"].map(|verb| (verb, json!({})));
    let texts = ["write", "append"].map(|verb| (verb, json!({ "text": "mine now" })));
    let mut calls = Vec::new();
    for (verb, more) in verbs.iter().chain(&texts) {
        // The empty path is the workspace itself, which may be listed.
        for path in paths.iter().filter(|path| !(path.is_empty() && *verb == "list")) {
            let mut args = more.clone();
            args["path"] = json!(path);
            calls.push(call(&format!("files.{verb}"), args));
        }
    }
    let ran = replay(&desk, &TASK.replace("web-forms\"\nsites", "./packs/open\"\n#"), &calls);
    let seen = verdicts(&desk, &ran);
    let left = ["secret.txt", "work-evil/secret.txt"].map(|name| desk.read(name));
    assert_eq!(
        (seen.get("go"), seen.values().sum(), left),
        (None, calls.len(), ["the crown jewels".to_owned(), "the crown jewels".to_owned()]),
        "{}",
        ran.err
    );
    assert!(!desk.run(&["runs", "export", "last", "--jsonl"]).out.contains("crown jewels"));
}

#[test]
fn a_list_of_calls_that_cannot_be_read_is_a_usage_error_and_begins_no_run() {
    let desk = Desk::new();
    desk.write("task.toml", TASK);
    let deep = format!("[{{\"tool\":\"files\",\"verb\":\"read\",\"args\":{{\"path\":{}", "[".repeat(10_000));
    let lists: [(&[u8], &str); 9] = [
        (b"", "calls.json:1:1"),
        (b"{}", "not a list of calls"),
        (b"[1]", "expected a call such as"),
        (br#"[{"tool":"files"}]"#, "missing field `verb`"),
        (br#"[{"tool":"files","verb":"list","approved":true}]"#, "unknown field `approved`"),
        (br#"[{"tool":"files","verb":"read","args":{"path":1e400}}]"#, "number out of range"),
        (br#"[{"tool":"files","verb":"wri"#, "EOF while parsing"),
        (deep.as_bytes(), "recursion limit"),
        (b"\xff\xfe[]", "UTF-8"),
    ];
    for (list, expected) in lists {
        std::fs::write(desk.path("calls.json"), list).unwrap();
        let ran = desk.run_with(&["run", "task.toml"], &[("PIN", PIN)]);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.contains(expected)), (2, "", true), "{}", ran.err);
    }
    assert!(desk.run(&["runs", "ls"]).out.contains("no runs yet"));
}

#[test]
fn of_a_key_that_comes_twice_one_value_is_judged_and_that_one_is_used() {
    let desk = Desk::new();
    desk.write("task.toml", TASK);
    let twice = |one: &str, two: &str| {
        format!(r#"{{"tool":"files","verb":"write","args":{{"path":"{one}","path":"{two}","text":"x","text":"y"}}}}"#)
    };
    desk.write("calls.json", &format!("[{},{}]", twice("../a.txt", "b.txt"), twice("c.txt", "../d.txt")));
    let ran = desk.run_with(&["run", "task.toml", "--json"], &[("PIN", PIN)]);
    let made = ["a.txt", "work/b.txt", "work/c.txt", "d.txt"].map(|name| desk.path(name).exists());
    assert_eq!((verdicts(&desk, &ran), made), (counts([("go", 1), ("stop", 1)]), [false, true, false, false]));
    assert_eq!(desk.read("work/b.txt"), "y");
}

#[test]
fn a_pack_that_the_planner_could_rewrite_judges_nothing() {
    let desk = Desk::new();
    let task = TASK
        .replace("workspace = \"work\"", "workspace = \".\"")
        .replace("\"web-forms\"\nsites", "\"./packs/open\"\n#");
    let write = [call("files.write", json!({ "path": "packs/open/more.cedar", "text": "x" }))];
    let ran = replay(&desk, &task, &write);
    assert_eq!((ran.code, ran.err.contains("lies in the workspace")), (2, true), "{}", ran.err);
    assert!(!desk.path("packs/open/more.cedar").exists());
}

#[test]
fn an_endless_file_is_a_usage_error() {
    let ran = Desk::new().run(&["run", "/dev/zero"]);
    assert_eq!((ran.code, ran.err.contains("at most 1000000 are read")), (2, true), "{}", ran.err);
}

#[test]
fn without_a_place_for_the_record_nothing_is_done() {
    let desk = Desk::new();
    desk.write("task.toml", TASK);
    desk.write("calls.json", &json!([call("files.write", json!({ "path": "new.txt", "text": "x" }))]).to_string());
    desk.write("file", "");
    for home in [desk.path("file"), desk.path("file/below"), "/proc/nowhere".into()] {
        let ran = desk.run_with(&["run", "task.toml"], &[("PIN", PIN), ("LAMASSU_HOME", home.to_str().unwrap())]);
        assert_eq!((ran.code, ran.err.contains("choose another folder for the record")), (1, true), "{}", ran.err);
    }
    assert!(!desk.path("work/new.txt").exists());
}

#[test]
fn a_pack_that_is_not_whole_judges_nothing() {
    let write = [call("files.write", json!({ "path": "new.txt", "text": "x" }))];
    let task = TASK.replace("web-forms\"\nsites", "./packs/open\"\n#");
    let rule = "@id(\"open.all\")\npermit (principal, action, resource);\n";
    let broken = [
        ("packs/open/z.cedar", "permit (principal, action"),
        ("packs/open/z.cedar", rule),
        ("packs/open/z.cedar", "@id(\"z\")\nforbid (principal, action, resource) when { context.nope > 1 };\n"),
        ("packs/open/pack.toml", "name = "),
        ("packs/open/rules.cedar", ""),
    ];
    for (file, text) in broken {
        let desk = Desk::new();
        desk.write(file, text);
        let ran = replay(&desk, &task, &write);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.contains("error")), (2, "", true), "{file}: {}", ran.err);
    }
    let desk = Desk::new();
    std::fs::remove_dir_all(desk.path("packs/open")).unwrap();
    assert_eq!((replay(&desk, &task, &write).code, desk.path("work/new.txt").exists()), (2, false));
}

#[test]
fn no_face_shows_what_a_terminal_would_obey() {
    let desk = Desk::new();
    let trick = "a\n   1 go   approved\u{1b}[2J \u{202e}evil \u{9b}31m";
    let note = r#"
goal = "Keep {{what}}"
inputs = { what = "x" }
policy = { pack = "web-forms" }
files = { workspace = "work" }
steps = [{ write = { file = "n.txt", text = "{{what}}" }, note = "{{what}}" }, { read_file = "{{what}}" }]
"#;
    desk.write("note.toml", note);
    let input = format!("what={trick}");
    let faces = [
        desk.run(&["run", "note.toml", "--input", &input]).err,
        desk.run(&["runs", "ls"]).out,
        desk.run(&["runs", "show", "last"]).out,
        desk.run(&["policy", "explain", "last", "1"]).out,
        desk.run(&["runs", "show", &trick.replace('\n', " ")]).err,
    ];
    for face in faces {
        let obeyed = ["\u{202e}", "\u{1b}", "\u{9b}", "\n   1 go   approved"].map(|sign| face.contains(sign));
        assert_eq!((obeyed, face.contains(r"\u{202e}evil")), ([false; 4], true), "{face}");
    }
}

#[cfg(feature = "browser")]
#[test]
fn a_browser_that_cannot_be_started_ends_the_run_and_says_so() {
    let desk = Desk::new();
    desk.write("calls.json", &json!([call("browser.open", json!({ "url": "http://127.0.0.1:9/" }))]).to_string());
    let private = TASK
        .replace("sites = [\"https://example.com\"]", "sites = [\"http://127.0.0.1:9\"]\nprivate = [\"127.0.0.1\"]");
    desk.write("task.toml", &private);
    let ran = desk.run_with(&["run", "task.toml"], &[("PIN", PIN), ("PATH", "/nowhere")]);
    assert_eq!((ran.code, ran.err.contains("does not start")), (1, true), "{}", ran.err);
    assert_eq!(desk.run(&["runs", "verify", "last"]).code, 0);
}
