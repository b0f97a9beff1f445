//! The house stands as drawn: which module may know which, and which files are doors to the world.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Which rooms of `src/` a room may name. Everything may name the contract.
const ARROWS: &[(&str, &[&str])] = &[
    ("goal", &[]),
    ("policy", &[]),
    ("planner", &["goal"]),
    ("journal", &[]),
    ("runtime", &["goal", "policy", "planner", "journal"]),
    ("story", &["planner", "journal", "runtime"]),
    ("console", &["goal", "policy", "planner", "journal", "runtime", "story"]),
    // The command line is how the console is opened. The console knows no command line.
    ("cli", &["goal", "policy", "planner", "journal", "runtime", "story", "console"]),
];

/// What only the named files may do, each with the words that give it away.
const DOORS: &[(&str, &[&str], &[&str])] = &[
    ("make a gate", &["Gate::new("], &["src/policy/cases.rs", "src/runtime/builder.rs"]),
    ("consent to a held action", &[".approve(held"], &["src/runtime/law.rs"]),
    ("replace a policy", &[".install("], &["src/runtime/law.rs"]),
    (
        "make trusted labels",
        &["Source::Goal)", "Label::of("],
        &["tools/contract/src/label.rs", "tools/contract/src/observation.rs", "tools/contract/src/provenance/mod.rs"],
    ),
    ("read the environment", &["env::var"], &["src/cli/home.rs"]),
    ("start a process", &["process::Command", "Command::new("], &["tools/browser/src/driver.rs"]),
    (
        "open a socket or resolve a name",
        &[
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "HttpConnector",
            "lookup_host",
            "reqwest::Client",
            "Client::builder",
        ],
        &[
            "src/console/serve.rs",
            "src/console/webhook.rs",
            "src/planner/model/line.rs",
            "tools/browser/src/devtools.rs",
            "tools/browser/src/start.rs",
            "tools/egress/src/proxy/dial.rs",
            "tools/egress/src/proxy/serve.rs",
            "tools/egress/src/proxy/tunnel.rs",
            "tools/egress/src/proxy/upstream.rs",
            "tools/egress/src/resolve.rs",
            "tools/http/src/exchange.rs",
        ],
    ),
    (
        "open a file by its path",
        &["std::fs", "rustix::fs::open(", "open_ambient", "Connection::open"],
        &[
            "src/cli/home.rs",
            "src/cli/secrets.rs",
            "src/console/album.rs",
            "src/journal/folder.rs",
            "src/journal/owner.rs",
            "src/journal/schema.rs",
            "src/planner/skill/store.rs",
            "src/policy/text.rs",
            "tools/files/src/door.rs",
        ],
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust sources under `folder`, tests left out, as (path from the root, text without comments).
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("tests") && !path.ends_with("target") {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
                found.push((from_root(&path), code_of(&fs::read_to_string(&path).unwrap())));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no sources under {folder}");
    found
}

fn from_root(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

/// The text up to its unit tests, without comment lines.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    // `cap_std` opens nothing by its path: it is what the door hands out.
    code.replace("cap_std::", "cap::")
}

/// The rooms that `text` names as `crate::ROOM`, also inside `use crate::{..}`.
fn rooms_named(text: &str) -> BTreeSet<&'static str> {
    let names = ARROWS.iter().map(|(room, _)| *room);
    names.filter(|room| text.contains(&format!("crate::{room}")) || imports(text, room)).collect()
}

/// Whether a `use crate::{..}` list has `room` at its top level.
fn imports(text: &str, room: &str) -> bool {
    text.split("use crate::{").skip(1).any(|rest| {
        let mut depth = 0_i32;
        let mut top = String::new();
        for character in rest.chars() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                _ if depth == 0 => top.push(character),
                _ => {}
            }
        }
        top.split(',').any(|item| item.trim().split("::").next() == Some(room))
    })
}

#[test]
fn rooms_know_only_what_stands_below_them() {
    let allowed: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let Some(room) = path.strip_prefix("src/").and_then(|rest| rest.split(['/', '.']).next()) else { continue };
        let Some(below) = allowed.get(room) else { continue };
        for named in rooms_named(&text) {
            if named != room && !below.contains(&named) {
                wrong.push(format!("{path} names `{named}`"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn only_the_doors_touch_the_world() {
    let mut wrong = Vec::new();
    for (path, text) in ["src", "tools"].into_iter().flat_map(sources) {
        for (what, words, doors) in DOORS {
            if words.iter().any(|word| text.contains(word)) && !doors.contains(&path.as_str()) {
                wrong.push(format!("{path} may not {what}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn tools_depend_on_the_contract_and_on_the_doors_to_the_network_and_to_files_alone() {
    let mut wrong = Vec::new();
    for tool in ["contract", "files", "http", "browser", "egress"] {
        let text = fs::read_to_string(root().join("tools").join(tool).join("Cargo.toml")).unwrap();
        let names = text.lines().filter_map(|line| line.split(['.', ' ', '=']).next());
        // Uploads and downloads obey the rules of files.
        let files = if tool == "browser" { "lamassu-files" } else { "" };
        wrong.extend(
            names
                .filter(|name| {
                    name.starts_with("lamassu") && !["lamassu-contract", "lamassu-egress", files].contains(name)
                })
                .map(|name| format!("{tool}: {name}")),
        );
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_lint_is_switched_off_in_silence() {
    let mut wrong = Vec::new();
    for (path, text) in ["src", "tools", "examples"].into_iter().flat_map(sources) {
        if text.contains("#[allow(") || text.contains("#![allow(") {
            wrong.push(path);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
