//! Random and adversarial calls against a pack whose meaning is written down a second time, by hand: no
//! effect comes about that this does not permit.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use lamassu_contract::{
    Action, BoxFuture, Call, Effect, Failure, File, FileKind, Gate, Kind, Mode, Observation, Outcome, Permit,
    Provenance, Resource, Standing, Tool, Vault, Verb, Verdict,
};
use serde_json::{Map, Value, json};
use url::Url;

use super::toolbox::Toolbox;
use crate::policy::{CedarPolicy, Pack};

/// How many calls are made up; `make bench`, with optimised code, makes up a million.
const CALLS: u64 = 10_000;

const PACK: &[(&str, &str)] = &[
    (
        "pack.toml",
        "name = \"t\"\nabout = \"for a test\"\n[parameters.sites]\nabout = \"s\"\nkind = \"sites\"\ndefault = [\"https://example.com\"]\n",
    ),
    (
        "rules.cedar",
        r#"
@id("t.look") permit (principal, action == Lamassu::Action::"till.look", resource);
@id("t.pay") permit (principal, action == Lamassu::Action::"till.pay", resource)
when {
  context.args has to && context.args.to has text && ["ann", "bob"].contains(context.args.to.text) &&
  context.args has amount && context.args.amount has number && 0 < context.args.amount.number &&
  context.args.amount.number <= 100
};
@id("t.wipe") permit (principal, action == Lamassu::Action::"till.wipe", resource);
@id("t.no-wiping") forbid (principal, action == Lamassu::Action::"till.wipe", resource) unless { context.approval.granted };
@id("t.keep") permit (principal, action == Lamassu::Action::"till.keep", resource in Lamassu::Dir::"workspace/notes");
@id("t.post") permit (principal, action == Lamassu::Action::"till.post", resource in Lamassu::Group::"sites");
"#,
    ),
    (
        "cases.toml",
        "[[case]]\nname = \"n\"\ncall = \"till.look\"\non.thing = { kind = \"Till\", id = \"front\" }\nexpect = \"allow\"\n",
    ),
];

/// A tool that does nothing but write down what it was told to do.
#[derive(Debug, Default, Clone)]
struct Till(Arc<Mutex<Vec<Deed>>>);

/// What was done: the name of the verb, and the arguments.
type Deed = (String, Map<String, Value>);

impl Tool for Till {
    fn name(&self) -> &str {
        "till"
    }

    fn verbs(&self) -> Vec<Verb> {
        vec![
            Verb::new("look", Effect::Read, "Looks."),
            Verb::new("pay", Effect::Consequential, "Pays.").needs("to", Kind::Text, "whom").needs(
                "amount",
                Kind::Integer,
                "how much",
            ),
            Verb::new("wipe", Effect::Irreversible, "Forgets all."),
            Verb::new("keep", Effect::Write, "Keeps a note.").needs("path", Kind::Text, "where"),
            Verb::new("post", Effect::Egress, "Sends.").needs("url", Kind::Text, "where to"),
        ]
    }

    fn describe<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Action, Failure>> {
        let text = |name: &str| call.args.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let resource = match call.verb.as_str() {
            "keep" => Ok(Resource::File(File { path: text("path"), kind: FileKind::Regular, size: 1, links: 1 })),
            "post" => Url::parse(&text("url")).map(Resource::Url).map_err(|error| Failure::invalid(error.to_string())),
            _ => Ok(Resource::thing("Till", "front")),
        };
        // The policy knows better than to believe a tool that makes its verbs smaller than they are.
        Box::pin(async move { Ok(Action::new(call, Effect::Read, resource?)) })
    }

    fn run(&self, permit: Permit) -> BoxFuture<'_, Outcome> {
        let call = permit.action().call();
        self.0.lock().unwrap().push((call.name(), call.args.clone()));
        Box::pin(async { Outcome::Landed(Observation::from_tool("till", "done")) })
    }
}

/// The same rules, by hand.
fn permitted(name: &str, args: &Map<String, Value>) -> bool {
    let mut names: Vec<&str> = args.keys().map(String::as_str).collect();
    names.sort_unstable();
    let text = |name: &str| args.get(name).and_then(Value::as_str).unwrap_or_default();
    match (name, names.as_slice()) {
        ("till.look", []) => true,
        ("till.pay", ["amount", "to"]) => {
            let amount = args["amount"].as_f64().unwrap_or_default();
            ["ann", "bob"].contains(&text("to")) && amount.fract() == 0.0 && (1.0..=100.0).contains(&amount)
        }
        ("till.keep", ["path"]) => {
            let parts: Vec<_> = text("path").split('/').collect();
            let plain = |part: &&str| !["", ".", ".."].contains(part) && !part.contains(['\\', '\0']);
            parts.len() > 1 && parts[0] == "notes" && parts.iter().all(plain)
        }
        ("till.post", ["url"]) => Url::parse(text("url")).is_ok_and(|url| {
            let plain = url.username().is_empty() && url.password().is_none();
            plain && url.scheme() == "https" && url.host_str() == Some("example.com") && url.port().is_none()
        }),
        _ => false,
    }
}

/// A generator after Steele, Lea and Flood (SplitMix64): the same calls for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(below).unwrap()).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.roll(from.len())]
    }

    fn call(&mut self) -> Call {
        let (tool, verb) = if self.roll(4) > 0 {
            ("till", self.pick(&["look", "pay", "wipe", "keep", "post"]))
        } else {
            (self.pick(TOOLS), self.pick(VERBS))
        };
        let mut call = Call::new(tool, verb);
        let fitting: &[&str] = match verb {
            "pay" => &["to", "amount"],
            "keep" => &["path"],
            "post" => &["url"],
            _ => &[],
        };
        for name in fitting {
            if self.roll(12) > 0 {
                let value = self.value(name);
                call.args.insert((*name).to_owned(), value);
            }
        }
        if self.roll(6) == 0 {
            let (name, value) = (self.pick(NAMES), self.odd(0));
            call.args.insert(name.to_owned(), value);
        }
        call
    }

    fn value(&mut self, name: &str) -> Value {
        match (self.roll(8), name) {
            (0, _) => self.odd(0),
            (_, "to") => self.pick(PAYEES).into(),
            (_, "amount") => [1, 2, 50, 99, 100, 101, 0, -1, i64::MAX, i64::MIN][self.roll(10)].into(),
            (1..=4, _) => self.woven(PIECES).into(),
            (_, "path") => self.pick(PATHS).into(),
            _ => self.pick(ADDRESSES).into(),
        }
    }

    fn woven(&mut self, pieces: &[&str]) -> String {
        (0..=self.roll(5)).map(|_| self.pick(pieces)).collect()
    }

    /// A value of any shape.
    fn odd(&mut self, deep: usize) -> Value {
        match self.roll(if deep > 6 { 8 } else { 10 }) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(1e308),
            3 => json!(u64::MAX),
            4 => json!(-0.0),
            5 => json!(50.0),
            6 => self.woven(PIECES).into(),
            7 => "a".repeat(self.roll(5_000)).into(),
            8 => Value::Array((0..self.roll(3)).map(|_| self.odd(deep + 1)).collect()),
            _ => Value::Object((0..self.roll(3)).map(|_| (self.pick(NAMES).to_owned(), self.odd(deep + 1))).collect()),
        }
    }
}

const TOOLS: &[&str] = &[
    "till",
    "till ",
    "Till",
    "t\u{456}ll",
    "till.look",
    "files",
    "gate",
    "\"till",
    "till\u{0}",
    "",
    "egress",
    "browser",
];
const VERBS: &[&str] = &[
    "look",
    "pay",
    "wipe",
    "look ",
    "Pay",
    "pay\u{200b}",
    "w\u{456}pe",
    "pay\":: x",
    "pay\\",
    "connect",
    "subresource",
    "",
    "approve",
    "look\n",
];
const NAMES: &[&str] = &[
    "to", "amount", "path", "url", "approved", "TO", "to ", "t\u{43e}", "a\"b", "a:b", "effect", "__entity", "__extn",
    "", "secret", "resource", "context",
];
const PAYEES: &[&str] = &[
    "ann",
    "bob",
    "ann",
    "bob",
    "Ann",
    "ann ",
    "eve",
    "\u{430}nn",
    "ann\u{0}",
    "",
    "ann,eve",
    "[\"ann\"]",
    "ann\nbob",
];
const PIECES: &[&str] = &[
    "notes",
    "/",
    "..",
    ".",
    "\\",
    "%2e%2e",
    "a",
    "notes-evil",
    "\0",
    "\u{202e}",
    "https://",
    "http://",
    "example.com",
    "@",
    "evil.test",
    ":443",
    ":8443",
    "?",
    "#",
    "//",
    "javascript:",
    "{secret pin}",
    "\"",
    "'",
    "::",
    " ",
    "\n",
];
const PATHS: &[&str] = &[
    "notes/a.txt",
    "notes/b/c.txt",
    "notes",
    "notes/../secret",
    "notes/./a",
    "/notes/a",
    "notes//a",
    "notes-evil/a",
    "../notes/a",
    "notes\\..\\a",
    "Notes/a",
    "notes/..",
    "",
    ".",
    "notes/\u{0}",
];
const ADDRESSES: &[&str] = &[
    "https://example.com/",
    "https://example.com/a?b=c",
    "https://example.com:443/",
    "https://EXAMPLE.com/",
    "https://example.com.evil.test/",
    "https://example.com@evil.test/",
    "https://user@example.com/",
    "http://example.com/",
    "https://example.com:8443/",
    "https://example.com./",
    "https://evil.test/?q=https://example.com",
    "javascript://example.com/%0aalert(1)",
    "//example.com/",
    "https:example.com",
    "file:///etc/passwd",
    "wss://example.com/",
    "https://ex\u{430}mple.com/",
    "https://evil.test\\@example.com/",
];

/// The pack of this test.
#[expect(clippy::disallowed_methods, reason = "a pack of the user's own is a folder")]
fn loaded(toolbox: &Toolbox) -> CedarPolicy {
    let folder = tempfile::tempdir().unwrap();
    for (name, body) in PACK {
        std::fs::write(folder.path().join(name), body).unwrap();
    }
    let verbs: Vec<_> = toolbox.offers().iter().map(|offer| (offer.tool.clone(), offer.verbs.clone())).collect();
    CedarPolicy::load(&Pack::folder(folder.path()), &verbs).unwrap_or_else(|error| panic!("{error}"))
}

/// How many calls to make up, and from which seed.
#[expect(clippy::disallowed_methods, reason = "`make bench` asks for a million")]
fn asked() -> (u64, u64) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    (number("LAMASSU_CALLS").unwrap_or(CALLS), number("LAMASSU_SEED").unwrap_or(7))
}

#[tokio::test]
async fn no_call_of_many_has_an_effect_that_is_not_permitted() {
    let till = Till::default();
    let toolbox = Toolbox::new(vec![Arc::new(till.clone())]).unwrap();
    let gate = Gate::new(Arc::new(loaded(&toolbox)), Arc::new(Vault::default()));
    let run = Provenance::new("look around", &BTreeMap::new());
    let standing = Standing { now: 1_700_000_000_000, ..Standing::new("r", "a", "u", Mode::Script) };
    let (calls, seed) = asked();
    let mut dice = Dice(seed);
    let mut judged = 0;
    for _ in 0..calls {
        let call = dice.call();
        let Ok(tool) = toolbox.find(&call) else { continue };
        let Ok(action) = tool.describe(&call).await else { continue };
        judged += 1;
        if let Verdict::Go(permit) = gate.judge(action.traced(&run), &standing) {
            let _ = permit.spend(tool.as_ref()).await;
        }
    }
    let done = till.0.lock().unwrap();
    let wrong: Vec<_> = done.iter().filter(|(name, args)| !permitted(name, args)).collect();
    println!("seed {seed}: {calls} calls, {judged} judged, {} done", done.len());
    assert_eq!(wrong, Vec::<&Deed>::new(), "seed {seed}");
    // A test of nothing but refusals would say little.
    for verb in ["till.look", "till.pay", "till.keep", "till.post"] {
        assert!(done.iter().any(|(name, _)| name == verb), "seed {seed}: `{verb}` was never permitted");
    }
}
