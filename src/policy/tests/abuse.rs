//! Packs that nobody means well with: however large, deep or odd, they are a mistake with a place, and no
//! crash.

use std::path::Path;

use super::*;
use crate::policy::{check, tests::loading::MANIFEST};

const RULES: &str = "@id(\"t.read\")\npermit (principal, action in Lamassu::Action::\"read\", resource);\n";
const CASES: &str =
    "[[case]]\nname = \"a read\"\ncall = \"browser.look\"\non.url = \"https://a.test/\"\nexpect = \"allow\"\n";

/// The complaint about the pack in `folder`.
fn complaint(folder: &Path) -> String {
    check(&Pack::folder(folder), &[]).map(|report| report.name).expect_err("it loads").to_string()
}

/// A sound pack but for the file `name`, which is made by `make`.
fn spoilt(name: &str, make: impl FnOnce(&Path)) -> String {
    let folder = super::loading::pack(&[("pack.toml", MANIFEST), ("r.cedar", RULES), ("cases.toml", CASES)]);
    make(&folder.path().join(name));
    complaint(folder.path())
}

#[expect(clippy::disallowed_methods, reason = "a pack of the user's own is a folder")]
fn with(name: &str, body: impl AsRef<[u8]>) -> String {
    spoilt(name, |path| std::fs::write(path, body).unwrap())
}

fn forbid(condition: &str) -> String {
    format!("{RULES}@id(\"t.x\")\nforbid (principal, action, resource) when {{ {condition} }};\n")
}

#[test]
fn a_file_of_ten_megabytes_is_not_read() {
    for name in ["pack.toml", "r.cedar", "cases.toml"] {
        let error = with(name, vec![b' '; 10_000_000]);
        assert!(error.contains(name) && error.ends_with("is larger than 1 MiB"), "{error}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a pack of the user's own is a folder")]
fn what_is_no_file_is_not_opened() {
    for name in ["pack.toml", "cases.toml", "s.cedar"] {
        let error = spoilt(name, |path| {
            let _ = std::fs::remove_file(path);
            std::fs::create_dir(path).unwrap();
        });
        assert!(error.contains(name) && error.ends_with("is not a file"), "{error}");
    }
    let file = super::loading::pack(&[("pack", "x")]);
    assert!(complaint(&file.path().join("pack")).contains("cannot be opened"));
}

#[test]
fn what_is_not_text_is_a_mistake_with_its_place() {
    for name in ["pack.toml", "r.cedar", "cases.toml"] {
        for body in [&b"\xff"[..], b"# \xc3\x28", b"# \xed\xa0\x80", b"\xfe\xff\x00a"] {
            let error = with(name, body);
            assert!(error.contains(&format!("{name}:1:")) && error.contains("not UTF-8"), "{error}");
        }
    }
}

#[test]
fn what_is_ten_thousand_deep_is_a_mistake_and_no_crash() {
    let deep = 10_000;
    let nested = |open: &str, core: &str, close: &str| format!("{}{core}{}", open.repeat(deep), close.repeat(deep));
    let conditions = [
        nested("(", "true", ")"),
        nested("!", "true", ""),
        nested("[", "1", "]") + " == 1",
        nested("{a: ", "1", "}") + " == 1",
        nested("if ", "true", " then true else true"),
        nested("-", "1", "") + " == 1",
        format!("context{}", ".a".repeat(deep)),
        format!("true{}", " && (true".repeat(deep)),
    ];
    for condition in conditions {
        let error = with("r.cedar", forbid(&condition));
        assert!(error.contains("r.cedar:"), "{}: {error}", condition.get(..20).unwrap_or_default());
    }
    for (name, before) in [("pack.toml", MANIFEST), ("cases.toml", CASES)] {
        for (open, close) in [("[", "]"), ("{ a = ", "}")] {
            let error = with(name, format!("{before}x = {}", nested(open, "1", close)));
            assert!(error.contains(&format!("{name}:")), "{error}");
        }
    }
}

#[test]
fn what_is_almost_too_deep_is_read() {
    let nested = |open: &str, core: &str, close: &str, deep| {
        forbid(&format!("{}{core}{}", open.repeat(deep), close.repeat(deep)))
    };
    let bodies = [
        nested("(", "false", ")", 48),
        nested("!", "false", "", 4),
        nested("false || ", "false", "", 490),
        nested("if false then false else ", "false", "", 300),
    ];
    for body in bodies {
        let folder = super::loading::pack(&[("pack.toml", MANIFEST), ("r.cedar", &body), ("cases.toml", CASES)]);
        let checked = check(&Pack::folder(folder.path()), &[]).map(|report| report.cases);
        assert_eq!(checked, Ok(1), "{}", body.len());
    }
}

#[test]
fn a_manifest_or_a_case_that_says_what_nobody_reads_is_a_mistake() {
    let manifests = [
        "",
        "name = 1\nabout = \"a\"\n",
        "name = \"t\"\n",
        "name = \"t\"\nabout = \"a\"\nname = \"u\"\n",
        "name = \"t\"\nabout = \"a\"\nallow_all = true\n",
        "name = \"t\"\nabout = \"a\"\nnarrows = \"everything\"\n",
        "name = \"t\"\nabout = \"a\"\nproves = [\"nothing\"]\n",
        "name = \"t\"\nabout = \"a\"\n[parameters.sites]\nabout = \"s\"\nkind = \"regex\"\n",
        "name = \"t\"\nabout = \"a\"\n[parameters.sites]\nabout = \"s\"\nkind = \"sites\"\ndefault = [\"com\"]\n",
    ];
    for body in manifests {
        assert!(with("pack.toml", body).contains("pack.toml:"), "{body}");
    }
    let cases = [
        String::new(),
        "[[case]]\n".to_owned(),
        CASES.replace("expect = \"allow\"", "expect = \"yes\""),
        CASES.replace("on.url", "on.host"),
        CASES.replace("https://a.test/", "a.test"),
        format!("{CASES}approved = true\n"),
        CASES.replace("browser.look", "browser.look "),
        CASES.replace("browser.look", "Browser.look"),
        CASES.replace("browser.look", "brows\u{435}r.look"),
        CASES.replace("browser.look", "browser.look\\\" || true"),
        CASES.replace("browser.look", ""),
    ];
    for body in cases {
        assert!(with("cases.toml", &body).contains("cases.toml:"), "{body}");
    }
}

#[test]
fn names_in_rules_that_only_look_right_are_mistakes() {
    let rules = [
        "action == Lamassu::Action::\"files.read \"",
        "action == Lamassu::Action::\"Files.read\"",
        "action == Lamassu::Action::\"files.r\u{435}ad\"",
        "action == Lamassu::Action::\"files\\\".read\"",
        "action == Lamassu::Action::\"files::read\"",
        "action == Lamassu::Actions::\"files.read\"",
        "action == Action::\"files.read\"",
        "action == L\u{430}massu::Action::\"files.read\"",
        "context.approval.grantd",
        "context.args.path.trusted",
        "context.facts.method == \"GET\"",
        "principal == Lamassu::Root::\"x\"",
        "resource in Lamassu::Host::\"ex\u{430}mple.com\"",
        "resource in Lamassu::Origin::\"https://example.com:443\"",
        "resource in Lamassu::Group::\"sites\"",
    ];
    for condition in rules {
        assert!(with("r.cedar", forbid(condition)).contains("r.cedar:"), "{condition}");
    }
}
