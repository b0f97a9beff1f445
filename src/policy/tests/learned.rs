//! Packs learned from judgements as the runtime records them.

use std::collections::BTreeMap;

use lamassu_contract::{File, FileKind, SecretUse};
use serde_json::{Value, json};

use super::*;
use crate::policy::{General, LearnError, Learned, Learner, Recorded, Word};

/// A run that has been told these words, and has read a page.
fn known() -> Provenance {
    let mut run = Provenance::new("Lapis Blue Mug for Ann Lee, report.txt", &BTreeMap::new());
    run.witness(&Observation::from_page("https://shop.test", "blue suggestions"), 1);
    run
}

fn record(action: Action, verdict: &str) -> Value {
    let action = action.traced(&known());
    let uses = action.secrets().iter().map(|(argument, name)| SecretUse {
        argument: argument.clone(),
        name: name.clone(),
        origins: vec!["https://shop.test".to_owned()],
        field: None,
        header: None,
    });
    json!({
        "action": action.to_value(), "digest": action.digest(), "call": action.call(),
        "secrets": uses.collect::<Vec<_>>(), "standing": standing(), "verdict": verdict, "rules": [],
    })
}

fn part(role: &str, name: &str, form: Option<&str>, link: Option<&str>) -> Resource {
    Resource::Element(Box::new(Element {
        page: url("https://shop.test/checkout?step=1"),
        origin: "https://shop.test".to_owned(),
        role: role.to_owned(),
        name: name.to_owned(),
        link: link.map(url),
        form: form.map(|action| Form { action: url(action), method: "post".to_owned() }),
        secret_field: false,
        field: None,
    }))
}

fn on(verb: &str, effect: Effect, resource: Resource) -> Action {
    Action::new(&Call::new("browser", verb), effect, resource)
}

fn file(verb: &str, effect: Effect, path: &str) -> Action {
    let file = File { path: path.to_owned(), kind: FileKind::Regular, size: 3, links: 1 };
    Action::new(&Call::new("files", verb), effect, Resource::File(file)).arg("path", path)
}

const ORDER: Option<&str> = Some("https://shop.test/order");

/// An order in a shop with a receipt: what was done, and whether a person had to agree to it.
fn order() -> Vec<(Action, bool)> {
    let fill = |name, text: &str| on("fill", Effect::Write, part("textbox", name, ORDER, None)).arg("text", text);
    let password = on("fill", Effect::Write, part("textbox", "Password", Some("https://shop.test/login"), None));
    vec![
        (open("https://shop.test/login"), false),
        (on("look", Effect::Read, Resource::Url(url("https://shop.test/login"))), false),
        (password.uses_secret("secret", "shop_password"), false),
        (on("click", Effect::Egress, part("link", "Say \"&& hi\" *", None, Some("https://shop.test/mug"))), false),
        (fill("Full name", "Ann Lee"), false),
        (on("press", Effect::Write, part("textbox", "Full name", ORDER, None)).arg("key", "Tab"), false),
        (on("click", Effect::Consequential, part("button", "Place order", ORDER, None)), true),
        (request("GET", "https://api.shop.test/v1/orders/7?full=1"), false),
        (file("write", Effect::Write, "receipts/report.txt").arg("text", "thanks").fact("replaces", false), false),
        (file("delete", Effect::Irreversible, "receipts/old.txt"), true),
    ]
}

/// One of every kind of thing that can be done beside ordering.
fn errands() -> Vec<(Action, bool)> {
    let page = || Resource::Url(url("https://shop.test/bill/7?print=1"));
    let upload = on("upload", Effect::Egress, part("button", "Photo", ORDER, None)).arg("path", "in/photo.png");
    let bill = part("link", "Bill", None, Some("https://cdn.test/bill.pdf"));
    let frame = Resource::Element(Box::new(Element {
        page: url("https://shop.test/"),
        origin: "https://pay.test".to_owned(),
        role: "button".to_owned(),
        name: "Pay".to_owned(),
        link: None,
        form: Some(Form { action: url("mailto:a@shop.test"), method: "GET".to_owned() }),
        secret_field: false,
        field: None,
    }));
    vec![
        (on("look", Effect::Read, Resource::thing("Browser", "blank")), false),
        (on("restore_session", Effect::Write, Resource::thing("Browser", "blank")).arg("name", "shop"), true),
        (on("save_session", Effect::Write, page()).arg("name", "shop"), true),
        (on("print", Effect::Write, page()).arg("path", "bill.pdf"), false),
        (upload, true),
        (on("download", Effect::Egress, bill).arg("path", "bills/7.pdf").fact("replaces", false), true),
        (on("click", Effect::Irreversible, frame), true),
        (
            file("move", Effect::Write, "in/a.txt")
                .arg("from", "in/a.txt")
                .arg("to", "out/b.txt")
                .fact("to", "out/b.txt"),
            false,
        ),
        (file("list", Effect::Read, ""), false),
        (request("DELETE", "https://shop.test/api/7").uses_secret("secret_headers.authorization", "token"), true),
        (request("POST", "https://shop.test/").arg("json", json!({ "a": [1, null] })).fact("bodyBytes", 9), true),
    ]
}

fn learn(general: General, deeds: Vec<(Action, bool)>) -> Learned {
    let mut learner = Learner::new("order", general, &[]).unwrap();
    for (action, asked) in deeds {
        learner.judged(&record(action, if asked { "hold" } else { "go" }), asked.then_some("ada"), &BTreeMap::new());
    }
    learner.learn().unwrap_or_else(|error| panic!("{error}"))
}

/// What `learned` says about each of `actions`.
fn judged(learned: &Learned, actions: impl IntoIterator<Item = Action>) -> Vec<Word> {
    let policy = loaded(&Pack::folder(kept(learned).path()));
    let word = |action| Recorded::read(&record(action, "go"), &BTreeMap::new()).unwrap().judge(&policy).0;
    actions.into_iter().map(word).collect()
}

#[expect(clippy::disallowed_methods, reason = "a pack of the user's own is a folder")]
fn kept(learned: &Learned) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [("pack.toml", &learned.manifest), ("rules.cedar", &learned.rules), ("cases.toml", &learned.cases)];
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn at_every_width_what_was_done_is_permitted_and_what_was_asked_is_asked() {
    let all = || order().into_iter().chain(errands());
    for general in [General::Exact, General::Form, General::Site] {
        let learned = learn(general, all().collect());
        let words = judged(&learned, all().map(|(action, _)| action));
        let expected: Vec<_> = all().map(|(_, asked)| if asked { Word::Ask } else { Word::Allow }).collect();
        assert_eq!(words, expected, "{general:?}\n{}", learned.rules);
    }
}

#[test]
fn the_wider_it_is_learned_the_more_is_permitted_beside_it() {
    let beside = || {
        [
            on("fill", Effect::Write, part("textbox", "City", ORDER, None)).arg("text", "Ann Lee"),
            on("click", Effect::Egress, part("link", "More", None, Some("https://shop.test/x"))),
            request("GET", "https://api.shop.test/v1/other"),
            request("GET", "https://api.shop.test/v2/orders"),
            file("write", Effect::Write, "receipts/b.txt").arg("text", "thanks").fact("replaces", true),
        ]
    };
    let words = |general| judged(&learn(general, order()), beside());
    let (yes, no) = (Word::Allow, Word::Deny);
    assert_eq!(words(General::Exact), [no, no, no, no, no]);
    assert_eq!(words(General::Form), [yes, yes, yes, no, yes]);
    assert_eq!(words(General::Site), [yes, yes, yes, yes, yes]);
}

#[test]
fn even_the_widest_permits_no_other_site_verb_effect_source_or_secret() {
    let learned = learn(General::Site, order());
    let text = |text: &str| on("fill", Effect::Write, part("textbox", "Full name", ORDER, None)).arg("text", text);
    let beside = [
        open("https://evil.test/login"),
        on("click", Effect::Egress, part("link", "More", None, Some("https://evil.test/x"))),
        on("click", Effect::Irreversible, part("button", "Place order", ORDER, None)),
        text("blue suggestions"),
        text("made up"),
        on("fill", Effect::Write, part("textbox", "Full name", ORDER, None)).uses_secret("secret", "other"),
        request("POST", "https://api.shop.test/v1/orders"),
        on("drag", Effect::Write, part("slider", "Price", None, None)),
        file("write", Effect::Write, "report.txt").arg("text", "thanks"),
        load("POST", "empty", "https://evil.test/"),
    ];
    let words = judged(&learned, beside);
    assert!(words.iter().all(|word| *word == Word::Deny), "{words:?}");
}

#[test]
fn pages_may_load_and_send_what_they_need() {
    let learned = learn(General::Exact, order());
    let own = |method| load(method, "document", "https://shop.test/order").fact("initiator", "https://shop.test");
    let tunnel = load("CONNECT", "tunnel", "https://shop.test/");
    let actions = [own("GET"), own("POST"), own("DELETE"), tunnel];
    assert_eq!(judged(&learned, actions), [Word::Allow, Word::Allow, Word::Deny, Word::Allow]);
}

#[test]
fn what_was_typed_and_asked_for_is_not_in_the_pack() {
    let learned = learn(General::Site, order());
    let all = format!("{}{}{}", learned.manifest, learned.rules, learned.cases);
    assert!(!all.contains("Ann Lee") && !all.contains("full=1") && !all.contains("step=1"), "{all}");
}

#[test]
fn what_the_guards_forbid_is_not_learned_from_a_run_under_other_rules() {
    let learned =
        learn(General::Site, vec![(open("https://shop.test/"), false), (open("https://ann@shop.test/"), false)]);
    assert_eq!((learned.deeds, learned.notes.len()), (1, 1), "{:?}", learned.notes);
    assert!(learned.notes.iter().all(|note| note.contains("guard.credentials-in-address")), "{:?}", learned.notes);
}

#[test]
fn what_was_refused_or_waited_in_vain_is_not_learned() {
    let mut learner = Learner::new("order", General::Site, &[]).unwrap();
    learner.judged(&record(open("https://shop.test/"), "stop"), None, &BTreeMap::new());
    learner.judged(&record(open("https://shop.test/"), "hold"), None, &BTreeMap::new());
    assert!(matches!(learner.learn(), Err(LearnError::Nothing)));
}

#[test]
fn the_same_done_with_and_without_asking_is_asked_as_exactly_as_it_was() {
    let link = |name| on("click", Effect::Egress, part("link", name, None, Some("https://shop.test/mug")));
    let learned = learn(General::Site, vec![(link("Free"), false), (link("Dear"), true)]);
    assert_eq!(judged(&learned, [link("Free"), link("Dear")]), [Word::Allow, Word::Ask]);
}

#[test]
fn a_secret_whose_binding_nobody_knows_is_not_judged_again() {
    let password = on("fill", Effect::Write, part("textbox", "Password", None, None)).uses_secret("secret", "pin");
    let mut old = record(password, "go");
    old.as_object_mut().unwrap().remove("secrets");
    let said = Recorded::read(&old, &BTreeMap::new()).unwrap_err().to_string();
    assert_eq!(said, "it is unknown where the secret `pin` was bound to");
    let bindings = BTreeMap::from([("pin".to_owned(), vec!["https://shop.test".to_owned()])]);
    assert!(Recorded::read(&old, &bindings).is_ok());
}

#[test]
fn the_gate_turns_a_recorded_action_away() {
    let again = Action::from_value(&open("https://example.com/").to_value()).unwrap();
    let rules = told(gate(&example("read-only")).judge(again, &standing()));
    assert_eq!(rules, ("stop", vec!["gate.recorded".to_owned()]));
}
