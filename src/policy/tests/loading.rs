//! Packs that load, and packs that must not.

use std::path::Path;

use lamassu_contract::{Kind, Verb};

use super::*;
use crate::policy::{PackError, check};

const PERMIT: &str = "@id(\"t.read\")\npermit (principal, action in Lamassu::Action::\"read\", resource);\n";
const CASE: &str =
    "[[case]]\nname = \"a read\"\ncall = \"browser.look\"\non.url = \"https://a.test/\"\nexpect = \"allow\"\n";
pub(super) const MANIFEST: &str = "name = \"t\"\nabout = \"a test\"\n";

/// A folder with a pack of these files.
#[expect(clippy::disallowed_methods, reason = "a pack of the user's own is a folder")]
pub(super) fn pack(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, body) in files {
        std::fs::write(folder.path().join(name), body).unwrap();
    }
    folder
}

/// The complaint about a pack whose rules are `rules`, with the folder's own path left out.
fn complaint(rules: &str) -> String {
    complaint_of(&[("pack.toml", MANIFEST), ("cases.toml", CASE), ("r.cedar", rules)])
}

fn complaint_of(files: &[(&str, &str)]) -> String {
    let folder = pack(files);
    let error = check(&Pack::folder(folder.path()), &[]).expect_err("it loads").to_string();
    error.replace(&format!("{}/", folder.path().display()), "").replace(&folder.path().display().to_string(), "FOLDER")
}

#[test]
fn every_ready_pack_loads_and_passes_its_cases() {
    let reports: Vec<_> = Pack::names().map(|name| check(&Pack::ready(name), &[]).map(|report| report.name)).collect();
    let names = [
        "deny-all",
        "read-only",
        "look-dont-touch",
        "research",
        "files-only",
        "web-forms",
        "shop",
        "payments-ask",
        "mail",
        "tools-guarded",
        "tools-strict",
    ];
    assert_eq!(reports, names.map(|name| Ok(name.to_owned())));
}

#[test]
fn a_folder_loads_like_a_ready_pack() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = pack(&[("pack.toml", MANIFEST), ("cases.toml", CASE), ("r.cedar", PERMIT)]);
    let report = check(&Pack::find(own.path().to_str().unwrap(), folder), &[]).unwrap();
    assert_eq!((report.name.as_str(), report.cases), ("t", 1));
}

#[test]
fn a_rule_that_does_not_parse_is_shown_with_its_line() {
    let shown = "r.cedar:3:36: unexpected token `}`";
    let error = complaint(&format!("{PERMIT}permit (principal, action, resource}};\n"));
    assert!(error.starts_with(shown), "{error}");
    assert!(
        error.contains("3 | permit (principal, action, resource};\n  |                                    ^"),
        "{error}"
    );
}

#[test]
fn a_rule_that_does_not_validate_is_shown_with_its_line() {
    let rule = "@id(\"t.typo\")\nforbid (principal, action, resource)\nwhen { context.efect == \"read\" };\n";
    let error = complaint(&format!("{PERMIT}{rule}"));
    assert!(error.starts_with("r.cedar:5:8: for policy `t.typo`, attribute `efect`"), "{error}");
    assert!(error.contains("5 | when { context.efect == \"read\" };\n  |        ^"), "{error}");
}

#[test]
fn rules_that_could_fail_or_never_match_are_mistakes() {
    let rule =
        |condition: &str| format!("@id(\"t.x\")\nforbid (principal, action, resource) when {{ {condition} }};\n");
    let tries = [
        (rule("context.facts.method == \"GET\""), "attribute `facts.method`"),
        (rule("resource in Lamassu::Group::\"sitse\""), "is not a parameter"),
        (rule("resource in Lamassu::Site::\"co.uk\""), "is a public suffix"),
        (rule("resource in Lamassu::Host::\"Shop.test\""), "is not in canonical form"),
        (rule("resource in Lamassu::Origin::\"https://shop.test/\""), "is not in canonical form"),
        (rule("resource in Lamassu::Zone::\"pubic\""), "is not a zone"),
        (rule("action == Lamassu::Action::\"files.raed\""), "files.raed"),
        (PERMIT.replace("t.read", "guard.read"), "belong to the program"),
        (PERMIT.replace("t.read", "base.connect"), "belong to the program"),
        (PERMIT.replace("@id(\"t.read\")", ""), "has no name"),
        (format!("{PERMIT}{PERMIT}"), "another rule called `t.read`"),
        ("@id(\"t.x\")\npermit (principal, action, resource == ?resource);".to_owned(), "use a `Group`"),
        ("// nothing\n".to_owned(), "has no rule in it"),
        ("(".repeat(10_000), ""),
    ];
    for (rules, expected) in tries {
        let error = complaint(&rules);
        assert!(error.starts_with("r.cedar:") && error.contains(expected), "`{expected}` is not in: {error}");
    }
}

#[test]
fn one_malformed_file_among_ten_fails_them_all() {
    let rules: Vec<_> = (0..10).map(|n| (format!("r{n}.cedar"), PERMIT.replace("t.read", &format!("t.{n}")))).collect();
    let mut files = vec![("pack.toml", MANIFEST), ("cases.toml", CASE)];
    files.extend(rules.iter().map(|(name, body)| (name.as_str(), body.as_str())));
    let folder = pack(&files);
    assert_eq!(check(&Pack::folder(folder.path()), &[]).map(|report| report.cases), Ok(1));
    files[7].1 = "permit (principal";
    assert!(complaint_of(&files).starts_with("r5.cedar:1:"));
}

#[test]
fn a_folder_that_is_no_pack_is_named() {
    let all = [("pack.toml", MANIFEST), ("cases.toml", CASE), ("r.cedar", PERMIT)];
    let without = |name: &str| complaint_of(&all.into_iter().filter(|(file, _)| *file != name).collect::<Vec<_>>());
    let large = " ".repeat(1024 * 1024 + 1);
    let complaints = [
        complaint_of(&[]),
        without("pack.toml"),
        without("cases.toml"),
        complaint_of(&[all[0], all[1], ("r.cedar", large.as_str())]),
        check(&Pack::folder("/nowhere/at/all"), &[]).expect_err("it loads").to_string(),
        check(&Pack::ready("shopp"), &[]).expect_err("it loads").to_string(),
    ];
    let expected = [
        "the pack cannot be read: `FOLDER` has no `*.cedar` file; a pack without rules says nothing",
        "the pack cannot be read: `pack.toml` is not there",
        "the pack cannot be read: `cases.toml` is not there",
        "the pack cannot be read: `r.cedar` is larger than 1 MiB",
        "the pack cannot be read: `/nowhere/at/all` is not there",
        "there is no pack `shopp`; take one of `deny-all`, `read-only`, `look-dont-touch`, `research`, `files-only`, `web-forms`, `shop`, `payments-ask`, `mail`, `tools-guarded`, `tools-strict`, or name a folder such as `./shopp`",
    ];
    assert_eq!(complaints, expected);
}

#[test]
fn a_file_that_is_not_text_is_named_with_the_place() {
    let folder = pack(&[("pack.toml", MANIFEST), ("cases.toml", CASE)]);
    #[expect(clippy::disallowed_methods, reason = "a pack of the user's own is a folder")]
    std::fs::write(folder.path().join("r.cedar"), b"// a\n// \xff\n").unwrap();
    let error = check(&Pack::folder(folder.path()), &[]).expect_err("it loads").to_string();
    assert!(error.contains("r.cedar:2:4: this is not UTF-8 text"), "{error}");
}

#[test]
fn a_case_that_fails_fails_the_pack() {
    let cases = CASE.replace("allow", "deny");
    let error = complaint_of(&[("pack.toml", MANIFEST), ("cases.toml", &cases), ("r.cedar", PERMIT)]);
    let expected = "cases.toml:2:8: the case `a read` expects deny, got allow by `t.read`\n  |\n2 | name = \"a read\"\n  |        ^";
    assert_eq!(error, expected);
}

#[test]
fn a_case_that_makes_no_sense_does_not_pass_as_a_denial() {
    let cases = CASE.replace("allow", "deny").replace("browser.look", "browser.lock");
    let error = complaint_of(&[("pack.toml", MANIFEST), ("cases.toml", &cases), ("r.cedar", PERMIT)]);
    assert!(error.contains("the policy does not know the action `browser.lock`"), "{error}");
}

#[test]
fn parameters_that_do_not_fit_are_refused() {
    let load = |pack: Pack| CedarPolicy::load(&pack, &[]).map(|_| ()).map_err(|error| error.to_string());
    let site = |entry: &str| load(Pack::ready("shop").with("sites", [entry])).unwrap_err();
    let sites = [
        "co.uk",
        "com",
        "https://co.uk",
        "*.shop.test",
        "https://shop.test/cart",
        "javascript://a.test",
        "https://a@b.test",
        "",
    ];
    let wrong = sites.map(site);
    let head = "the parameter `sites` of the pack `shop` cannot hold";
    assert_eq!(wrong.iter().filter(|error| error.starts_with(head)).count(), sites.len(), "{wrong:?}");
    let missing = "the parameter `sites` of the pack `shop` is missing: the shop's origins, such as `https://shop.test`, or hosts with all below them";
    assert_eq!(load(Pack::ready("shop")), Err(missing.to_owned()));
    let unknown = "the parameter `site` of the pack `deny-all` is unknown; it takes `private`";
    assert_eq!(load(Pack::ready("deny-all").with("site", ["a.test"])), Err(unknown.to_owned()));
}

/// A pack in which a rule fails when it is asked about a large request.
const OVERFLOWS: &str = "@id(\"t.all\")
permit (principal, action, resource);
@id(\"t.small\")
forbid (principal, action == Lamassu::Action::\"http.request\", resource)
when { context.facts has bodyBytes && context.facts.bodyBytes * 2 > 100 };
";

#[test]
fn a_forbid_that_fails_denies() {
    let folder = pack(&[("pack.toml", MANIFEST), ("cases.toml", CASE), ("r.cedar", OVERFLOWS)]);
    let gate = gate(&Pack::folder(folder.path()));
    let verdicts = [10, 60, i64::MAX]
        .map(|size| told(gate.judge(request("POST", "https://a.test/").fact("bodyBytes", size), &standing())));
    let expected = [("go", "t.all"), ("stop", "t.small"), ("stop", "gate.error")];
    assert_eq!(verdicts, expected.map(|(word, id)| (word, vec![id.to_owned()])));
}

fn weather(verb: Verb) -> Vec<(String, Vec<Verb>)> {
    vec![("weather".to_owned(), vec![verb])]
}

#[test]
fn verbs_of_further_tools_join_the_schema() {
    let rules = "@id(\"t.w\")
permit (principal, action == Lamassu::Action::\"weather.now\", resource is Lamassu::Thing)
when { context.args has \"the city\" && context.args[\"the city\"].trusted };
";
    let cases = "[[case]]\nname = \"w\"\ncall = \"weather.now\"\non.thing = { kind = \"Weather\", id = \"Ur\" }\nargs.\"the city\" = \"Ur\"\nexpect = \"allow\"\n";
    let folder = pack(&[("pack.toml", MANIFEST), ("cases.toml", cases), ("r.cedar", rules)]);
    let verbs = weather(Verb::new("now", Effect::Egress, "The weather.").needs("the city", Kind::Text, "where"));
    assert_eq!(check(&Pack::folder(folder.path()), &verbs).map(|report| report.cases), Ok(1));
    assert!(check(&Pack::folder(folder.path()), &[]).is_err());
}

#[test]
fn verbs_that_rules_could_not_see_all_of_are_refused() {
    let dotted = weather(Verb::new("now.read", Effect::Read, "The weather."));
    let wider = vec![("files".to_owned(), vec![Verb::new("read", Effect::Read, "").needs("as", Kind::Text, "whom")])];
    let errors = [dotted, wider].map(|verbs| CedarPolicy::load(&example("web-forms"), &verbs).err());
    let wrong =
        |verb: &str, problem: &str| Some(PackError::Verb { verb: verb.to_owned(), problem: problem.to_owned() });
    let expected = [
        wrong("weather.now.read", "the names of tools and verbs have letters, digits, `_` and `-` only"),
        wrong("files.read", "the schema does not declare its argument `as`"),
    ];
    assert_eq!(errors, expected);
}
