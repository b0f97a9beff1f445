//! What is proved of the ready packs, and what breaks a proof. These tests need the solver: `make setup`.

use super::{super::cases, *};

const MANIFEST: &str = "name = \"t\"\nabout = \"a test\"\n";
const CASE: &str = "[[case]]\nname = \"n\"\ncall = \"files.read\"\non.file = \"outside/../x\"\nexpect = \"deny\"\n";

/// A folder with a pack of these rules.
#[expect(clippy::disallowed_methods, reason = "a pack of the user's own is a folder")]
fn pack(manifest: &str, rules: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, body) in [("pack.toml", manifest), ("r.cedar", rules), ("cases.toml", CASE)] {
        std::fs::write(folder.path().join(name), body).unwrap();
    }
    folder
}

/// What is not proved of a pack of these rules that says `more` of itself.
fn open(more: &str, rules: &str) -> Vec<String> {
    let folder = pack(&format!("{MANIFEST}{more}"), rules);
    open_of(&proved(&Pack::folder(folder.path()), None))
}

fn proved(pack: &Pack, against: Option<&Pack>) -> Proof {
    Prover::new(&[]).prove(pack, against).unwrap_or_else(|error| panic!("{error}"))
}

fn open_of(proof: &Proof) -> Vec<String> {
    let open = proof.findings.iter().filter(|finding| finding.outcome != Outcome::Proved);
    open.map(ToString::to_string).collect()
}

/// A rule without its head.
fn rule(id: &str, effect: &str, condition: &str) -> String {
    format!("@id(\"t.{id}\")\n{effect} (principal, action, resource) when {{ {condition} }};\n")
}

#[test]
fn everything_that_is_claimed_of_a_ready_pack_is_proved() {
    let prover = Prover::new(&[]);
    let proof = |name| prover.prove(&Pack::ready(name), None).unwrap_or_else(|error| panic!("{error}"));
    let open: Vec<_> = Pack::names().flat_map(|name| open_of(&proof(name))).collect();
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn a_rule_that_can_fail_is_shown_with_an_action_on_which_it_does() {
    let rules = "@id(\"t.small\")
forbid (principal, action == Lamassu::Action::\"http.request\", resource)
when { context.facts has bodyBytes && context.facts.bodyBytes * 2 > 100 };
";
    let open = open("", rules);
    let shown = open.first().map(String::as_str).unwrap_or_default();
    assert!(shown.starts_with("refuted  never-fails: no rule fails on any request\n"), "{shown}");
    assert!(shown.contains("`http.request` on https://elsewhere.test/, bodyBytes "), "{shown}");
    assert!(shown.ends_with("on which `t.small` fails"), "{shown}");
}

#[test]
fn a_consent_that_takes_away_is_found() {
    let rules = rule("read", "permit", "context.effect == \"read\" && resource is Lamassu::File")
        + &rule("alone", "forbid", "context.approval.granted && context.approval.age > 30");
    let expected = "refuted  consent-only-adds: what is allowed without a consent is allowed with it
         `files.list` on a file of kind `regular` in the workspace, with a consent 60 s old
         allowed by `t.read`; denied by `t.alone`";
    assert_eq!(open("", &rules), [expected]);
}

#[test]
fn a_rule_that_looks_at_the_whole_consent_is_not_proved() {
    let rules = rule("whole", "permit", "context.approval == {granted: true, by: \"ann\", age: 1}");
    let expected = "unknown  consent-only-adds: what is allowed without a consent is allowed with it
         the rule `t.whole` looks at `context.approval` as a whole; name what it looks at, such as `.granted`";
    assert_eq!(open("", &rules), [expected]);
}

#[test]
fn a_claim_that_does_not_hold_is_shown_with_an_action() {
    let rules = rule("pages", "permit", "action == Lamassu::Action::\"browser.subresource\" && context.run.tainted");
    let expected = "refuted  changes-nothing: it changes nothing, as far as the method of a request tells
         `browser.subresource`: POST https://elsewhere.test/, destination \"document\" while the run has read something from outside
         allowed by `t.pages`; no rule on the other side allows it";
    assert_eq!(open("proves = [\"changes-nothing\"]\n", &rules), [expected]);
}

#[test]
fn a_claim_that_nobody_knows_is_a_mistake_in_the_manifest() {
    let folder = pack(&format!("{MANIFEST}proves = [\"harmless\"]\n"), &rule("all", "forbid", "true"));
    let error = Prover::new(&[]).prove(&Pack::folder(folder.path()), None).expect_err("it is proved").to_string();
    let expected = "pack.toml:3:12: there is no claim `harmless`; there are `changes-nothing`, `named-sites`, `asks-before-irreversible`, `asks-before-consequences`, `changes-no-site`, `no-network`";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_pack_is_no_wider_than_another_or_it_is_shown_how() {
    let against = |pack: &str, other: &str| open_of(&proved(&Pack::ready(pack), Some(&Pack::ready(other))));
    let wider = "refuted  no-wider-than read-only: it permits nothing that `read-only` denies
         `http.request` on https://in-sites.test/, with a consent 1 s old
         allowed by `web-forms.act`; denied by `read-only.only-get`";
    assert_eq!(against("deny-all", "read-only"), Vec::<String>::new());
    assert_eq!(against("web-forms", "read-only"), [wider]);
}

/// What becomes of the claims about `rules` beside `guards`.
fn settled(rules: &str, guards: &str) -> Vec<String> {
    let parse = |body: String| parse(&Text { name: "t".to_owned(), body }).unwrap();
    let any = "@id(\"t.any\") permit (principal, action, resource);\n";
    let claims = Claims::about(&parse(rules.to_owned()), &parse(format!("{any}{guards}"))).unwrap();
    let (book, _) = cedar::read(&Pack::ready("deny-all"), &[]).unwrap();
    let (findings, _) = claims.settle(&book, &Known::default()).unwrap_or_else(|error| panic!("{error}"));
    let open = findings.into_iter().filter(|finding| finding.outcome != Outcome::Proved);
    open.map(|finding| finding.claim).collect()
}

#[test]
fn a_guard_that_is_left_out_or_lifted_is_found() {
    let any = "@id(\"t.any\") permit (principal, action, resource);\n";
    let guard = rule("guard", "forbid", "context.secrets.inText");
    let lifted = rule("guard", "forbid", "context.secrets.inText && !context.approval.granted");
    let old = rule("guard", "forbid", "context.secrets.inText && context.approval.age < 600");
    assert_eq!(settled(&format!("{any}{guard}"), &guard), Vec::<String>::new());
    assert_eq!(settled(any, &guard), ["guards-stand"]);
    assert_eq!(settled(&format!("{any}{lifted}"), &lifted), ["guards-heed-no-consent"]);
    assert_eq!(settled(&format!("{any}{old}"), &old), ["guards-heed-no-consent"]);
}

#[test]
fn look_dont_touch_changes_nothing_because_of_each_of_these_rules() {
    let (book, _) = cedar::read(&Pack::ready("look-dont-touch"), &[]).unwrap();
    let holds_without = |id: &str| {
        let mut rules = book.rules().cedar.clone();
        rules.remove_static(PolicyId::new(format!("look-dont-touch.{id}"))).unwrap();
        let mut claims = Claims { sets: vec![with_given(&rules).unwrap(), PolicySet::new()], claims: Vec::new() };
        claims.declared("changes-nothing").unwrap();
        let (findings, _) = claims.settle(&book, &Known::default()).unwrap_or_else(|error| panic!("{error}"));
        findings.iter().all(|finding| finding.outcome == Outcome::Proved)
    };
    let needed = ["only-get", "pages-only-get", "inspected", "no-changes"];
    assert_eq!(needed.map(holds_without), [false; 4]);
    assert!(holds_without("no-secrets"));
}

#[test]
fn what_a_proof_takes_for_granted_is_so_in_every_case() {
    let any = "@id(\"t.any\") permit (principal, action, resource);\n";
    let lists = "[parameters.sites]\nabout = \"s\"\nkind = \"sites\"\ndefault = []\n[parameters.assets]\nabout = \"a\"\nkind = \"sites\"\ndefault = []\n";
    let folder = pack(&format!("{MANIFEST}{lists}"), &format!("{any}{}", text::given().body));
    #[expect(clippy::disallowed_methods, reason = "a pack of the user's own is a folder")]
    std::fs::write(folder.path().join("cases.toml"), format!("parameters.sites = []\n{CASE}")).unwrap();
    let (book, _) = cedar::read(&Pack::folder(folder.path()), &[]).unwrap();
    let mut broken = Vec::new();
    for name in Pack::names().filter(|name| *name != "deny-all") {
        for tried in cases::tried(&text::ready(name).unwrap().cases, &book).unwrap() {
            let rules = [tried.alone, tried.consented].into_iter().flat_map(|decision| decision.rules);
            broken.extend(rules.filter(|rule| rule.id.starts_with("given.")).map(|rule| (tried.name.clone(), rule.id)));
        }
    }
    assert_eq!(broken, []);
}
