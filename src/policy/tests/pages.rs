//! What the browser sends by itself, whatever a page makes it send.

use serde_json::{Value, json};

use super::*;

const SITE: &str = "https://example.com";
const PACKS: [&str; 4] = ["read-only", "look-dont-touch", "web-forms", "shop"];

/// A closed tunnel to `address`.
fn tunnel(address: &str) -> Action {
    load("CONNECT", "tunnel", address).fact("inspected", false)
}

fn verdict(gate: &Gate, action: Action) -> (&'static str, Vec<String>) {
    told(gate.judge(action, &standing()))
}

/// Whether `pack` lets a page of its own send `method` to its own site.
fn sends(pack: &str, method: &str) -> bool {
    let action = load(method, "empty", "https://example.com/a").fact("initiator", SITE);
    verdict(&gate(&example(pack)), action).0 == "go"
}

#[test]
fn each_pack_holds_pages_to_its_own_methods() {
    let methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "get", "PURGE", ""];
    let allowed = PACKS.map(|pack| methods.into_iter().filter(|method| sends(pack, method)).count());
    assert_eq!(allowed, [3, 2, 10, 10]);
}

#[test]
fn a_page_reaches_no_disguise_of_a_host_of_assets() {
    let disguises = [
        "https://cdn.test.evil.test/",
        "https://cdn.test@evil.test/",
        "https://evil.test/?q=://cdn.test/",
        "https://evilcdn.test/",
        "https://cdn.test./",
        "https://ann@cdn.test/",
        "https://cdn.test:8443/",
        "http://cdn.test/",
        "ftp://cdn.test/",
        "wss://cdn.test/",
        "blob:https://cdn.test/0a1b",
        "https://\u{441}dn.test/",
        "http://127.1/",
    ];
    for pack in PACKS {
        let gate = gate(&example(pack).with("assets", ["https://cdn.test"]));
        assert_eq!(verdict(&gate, load("GET", "image", "https://cdn.test/a.png")).0, "go", "`{pack}`");
        for address in disguises {
            for action in [load("GET", "image", address), tunnel(address)] {
                assert_eq!(verdict(&gate, action).0, "stop", "`{pack}` and `{address}`");
            }
        }
    }
}

#[test]
fn what_a_person_would_be_asked_about_is_never_held_for_a_page() {
    let addresses = ["https://example.com/a", "https://cdn.test/a", "https://evil.test/a"];
    for pack in PACKS {
        let gate = gate(&example(pack).with("assets", ["cdn.test"]));
        for (method, address) in ["GET", "POST", "CONNECT"].into_iter().flat_map(|m| addresses.map(|a| (m, a))) {
            assert_ne!(verdict(&gate, load(method, "empty", address)).0, "hold", "`{pack}`, {method} {address}");
        }
    }
}

#[test]
fn whatever_text_a_page_chooses_is_judged_without_an_error() {
    let parts = [
        "https://",
        "http:",
        "example.com",
        "evil.test",
        "@",
        ":443",
        ":0",
        "/",
        "\\",
        "%",
        "%00",
        "?",
        "#",
        "{secret pin}",
        "\u{202e}",
        "\u{ff0e}",
        "\"",
        "\n",
        "[::1]",
        "xn--",
        "null",
        "*",
        "::",
        "\0",
    ];
    let gates = PACKS.map(|pack| gate(&example(pack)));
    let (mut state, mut judged) = (11, 0);
    let mut words = |most| (0..=random(&mut state, most)).map(|_| parts[random(&mut state, parts.len())]).collect();
    for _ in 0..400 {
        let (address, initiator, destination): (String, String, String) = (words(6), words(3), words(1));
        let Ok(address) = Url::parse(&format!("https://{address}")) else { continue };
        judged += 1;
        for gate in &gates {
            let action = load("POST", &destination, address.as_str()).fact("initiator", initiator.as_str());
            let (word, rules) = verdict(gate, action);
            let at_home = address.host_str() == Some("example.com") && address.port().is_none();
            assert!(word == "stop" || (word == "go" && at_home), "{address} is let through");
            assert!(!rules.iter().any(|rule| rule == "gate.error"), "{address} from {initiator:?} is an error");
        }
    }
    assert!(judged > 100, "only {judged} of the addresses made sense");
}

/// A request whose initiator is as given.
fn made_by(initiator: &Value) -> Action {
    load("GET", "image", "https://example.com/a").fact("initiator", initiator.clone())
}

/// A pack with these rules about who may ask, and `https://example.com` as its site.
#[expect(clippy::disallowed_methods, reason = "a pack of the user's own is a folder")]
fn asking(rules: &str) -> (tempfile::TempDir, Pack) {
    let manifest =
        "name = \"t\"\nabout = \"a test\"\n[parameters.sites]\nabout = \"sites\"\nkind = \"sites\"\ndefault = []\n";
    let case = "[[case]]\nname = \"a file\"\ncall = \"files.read\"\non.file = \"a\"\nexpect = \"deny\"\n";
    let folder = tempfile::tempdir().unwrap();
    for (name, body) in [("pack.toml", manifest), ("cases.toml", case), ("r.cedar", rules)] {
        std::fs::write(folder.path().join(name), body).unwrap();
    }
    let pack = Pack::folder(folder.path()).with("sites", [SITE]);
    (folder, pack)
}

const NEEDS: &str = "@id(\"t.own\")
permit (principal, action == Lamassu::Action::\"browser.subresource\", resource)
when { context.facts has initiator && context.facts.initiator in Lamassu::Group::\"sites\" };
";

const FORBIDS_UNLESS: &str = "@id(\"t.all\")
permit (principal, action == Lamassu::Action::\"browser.subresource\", resource);
@id(\"t.others\")
forbid (principal, action == Lamassu::Action::\"browser.subresource\", resource)
unless { context.facts has initiator && context.facts.initiator in Lamassu::Group::\"sites\" };
";

#[test]
fn a_rule_that_needs_an_initiator_allows_none_that_is_no_origin() {
    let texts = [
        ("https://example.com", "go"),
        ("https://EXAMPLE.com:443", "go"),
        ("https://example.com.evil.test", "stop"),
        ("https://example.com@evil.test", "stop"),
        ("http://example.com", "stop"),
        ("https://example.com:8443", "stop"),
        ("null", "stop"),
        ("", "stop"),
        ("example.com", "stop"),
        ("//example.com", "stop"),
        ("blob:https://example.com/0a1b", "stop"),
        ("data:text/html,https://example.com", "stop"),
        ("javascript://example.com/", "stop"),
        ("https://", "stop"),
        ("https://[::", "stop"),
        ("\0", "stop"),
    ];
    for rules in [NEEDS, FORBIDS_UNLESS] {
        let (_folder, pack) = asking(rules);
        let gate = gate(&pack);
        let words = texts.map(|(text, _)| (text, verdict(&gate, made_by(&json!(text))).0));
        assert_eq!(words, texts);
        assert_eq!(verdict(&gate, load("GET", "image", "https://example.com/a")).0, "stop");
    }
}

#[test]
fn facts_that_are_missing_or_of_another_type_are_errors() {
    let gate = gate(&example("web-forms"));
    let address = Resource::Url(url("https://example.com/"));
    let bare = Action::new(&Call::new("browser", "subresource"), Effect::Egress, address);
    let tries = [
        bare.clone().fact("method", "GET").fact("destination", "image"),
        bare.fact("destination", "image").fact("inspected", true),
        load("GET", "image", "https://example.com/").fact("inspected", "yes"),
        load("GET", "image", "https://example.com/").fact("method", 7),
        made_by(&json!(["https://example.com"])),
        made_by(&Value::Null),
        load("GET", "image", "https://example.com/").arg("url", "https://example.com/"),
    ];
    let verdicts = tries.map(|action| verdict(&gate, action));
    assert_eq!(verdicts, std::array::from_fn::<_, 7, _>(|_| ("stop", vec!["gate.error".to_owned()])));
}
