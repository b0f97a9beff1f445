//! The cases of a learned pack: what was done, and what lies just beside it.

use std::collections::BTreeSet;

use lamassu_contract::{Action, Argument, Element, FileKind, Resource, Source, visible};
use serde_json::Value;
use url::Url;

use super::{
    super::recorded::Word,
    Deed, General,
    page::{self, Page},
    rules::{SAID, Unit},
    shape::Scope,
    text::toml,
};

/// A site and a folder that no run has been to.
const ELSEWHERE: &str = "https://elsewhere.invalid/";
/// A file that no run has touched.
const OTHER: &str = "elsewhere.invalid/other.txt";
/// No more is kept of what was done, so that the file stays one that can be read.
const MOST: usize = 400;
/// Arguments that rules look at. The others may be what somebody typed, which is nobody's business.
const SHOWN_AS_THEY_ARE: [&str; 5] = ["key", "name", "path", "from", "to"];
/// How much of an action's line is its case's name.
const SHOWN: usize = 90;

/// A case as it is written, gathered.
#[derive(Debug, Clone)]
struct Case {
    name: String,
    body: String,
}

/// What a case says, in its parts.
struct Parts<'a> {
    action: &'a Action,
    call: String,
    effect: Option<&'static str>,
    resource: Resource,
    /// The argument that was read elsewhere instead.
    read: Option<&'a str>,
    method: Option<&'a str>,
    secrets: String,
    expect: Word,
}

/// `cases.toml`.
pub(super) fn text(deeds: &[Deed], general: General, units: &[Unit<'_>], page: Option<&Page>) -> String {
    let mut known = BTreeSet::new();
    let mut all: Vec<Case> = deeds.iter().map(done).filter(|case| known.insert(case.body.clone())).collect();
    let cut = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    let mut names = BTreeSet::new();
    let beside = units.iter().flat_map(|unit| beside(unit, general, units));
    let beside = beside.filter(|case| names.insert(case.name.clone()));
    let pages = page.into_iter().flat_map(loads);
    all.extend(beside.chain(pages).filter(|case| known.insert(case.body.clone())));
    let head = "# What the recorded runs did, and what lies just beside it. Texts stand for what was typed.\n";
    let cut = if cut > 0 { format!("# {cut} more things that were done are left out here.\n") } else { String::new() };
    let cases = all.iter().map(|case| format!("\n[[case]]\nname = {}\n{}", toml(&case.name), case.body));
    format!("{head}{cut}{}", cases.collect::<String>())
}

fn done(deed: &Deed) -> Case {
    let action = &deed.recorded.action;
    let expect = if deed.asked { Word::Ask } else { Word::Allow };
    let parts = Parts { expect, ..Parts::of(deed) };
    Case { name: named(action), body: parts.body() }
}

/// What was done in a line, without what was typed or asked for.
fn named(action: &Action) -> String {
    let verb = action.call().name();
    let line = match action.resource() {
        Resource::Url(url) => format!("{verb} {}", url.as_str().split(['?', '#']).next().unwrap_or_default()),
        resource => format!("{verb} {resource}"),
    };
    visible(&line).chars().take(SHOWN).collect()
}

/// What lies just beside the ways of `unit`, and is denied.
fn beside(unit: &Unit<'_>, general: General, units: &[Unit<'_>]) -> Vec<Case> {
    let Some(deed) = unit.ways.first().and_then(|way| way.deeds.first()) else { return Vec::new() };
    let mut cases = Vec::new();
    let mut deny = |name: String, parts: Parts<'_>| cases.push(Case { name, body: parts.body() });
    let place = unit.scope.place();
    if let Some(resource) = moved(deed, &unit.scope, general) {
        deny(format!("{} elsewhere than at {place} is denied", unit.verb), Parts { resource, ..Parts::of(deed) });
    }
    if let Some(verb) = unused(&unit.scope, units) {
        let parts =
            Parts { call: verb.to_owned(), effect: None, method: None, secrets: String::new(), ..Parts::of(deed) };
        deny(format!("{verb} at {place} is denied"), parts);
    }
    if unit.verb == "http.request" && !unit.ways.iter().flat_map(|way| &way.deeds).any(|deed| is_delete(deed)) {
        deny(format!("a DELETE request to {place} is denied"), Parts { method: Some("DELETE"), ..Parts::of(deed) });
    }
    for way in &unit.ways {
        let Some(deed) = way.deeds.first() else { continue };
        if let Some(name) = way.trusted.iter().find(|name| may_be_read(&deed.recorded.action, name)) {
            let words = format!("{} with a `{name}` that was read from a page is denied", named(&deed.recorded.action));
            deny(words, Parts { read: Some(name), ..Parts::of(deed) });
        }
    }
    cases
}

/// Whether the argument `name` is there and, as a case shows it, is nothing that the user said in
/// another one: what the user said is theirs wherever else it stands, and no text at all is too.
fn may_be_read(action: &Action, name: &str) -> bool {
    let text = |argument: &Argument| argument.value.as_str().unwrap_or_default().to_owned();
    let Some(value) = action.args().get(name).map(text) else { return false };
    let others =
        action.args().iter().filter(|(other, _)| SHOWN_AS_THEY_ARE.contains(&other.as_str()) && *other != name);
    !SHOWN_AS_THEY_ARE.contains(&name)
        || (!value.is_empty() && !others.map(|(_, other)| text(other)).any(|other| other.contains(&value)))
}

fn is_delete(deed: &Deed) -> bool {
    deed.recorded.action.facts().get("method").and_then(Value::as_str) == Some("DELETE")
}

/// The same thing where no run has been; none if the rules reach there too.
fn moved(deed: &Deed, scope: &Scope, general: General) -> Option<Resource> {
    let url = Url::parse(ELSEWHERE).ok()?;
    match (deed.recorded.action.resource(), scope) {
        (Resource::Url(_), _) => Some(Resource::Url(url)),
        (Resource::Element(element), _) => {
            let origin = url.origin().ascii_serialization();
            Some(Resource::Element(Box::new(Element { page: url, origin, ..Element::clone(element) })))
        }
        (Resource::File(_), Scope::Folder(folder)) if folder == "workspace" && general != General::Exact => None,
        (Resource::File(file), _) => {
            Some(Resource::File(lamassu_contract::File { path: OTHER.to_owned(), ..file.clone() }))
        }
        (Resource::Thing { .. }, _) => Some(Resource::thing("Elsewhere", "other")),
        (Resource::Address { .. }, _) => None,
    }
}

/// A verb for things of this kind that no run has used on any.
fn unused(scope: &Scope, units: &[Unit<'_>]) -> Option<&'static str> {
    let like = |other: &Scope| std::mem::discriminant(other) == std::mem::discriminant(scope);
    let candidates: &[&str] = match scope {
        Scope::Url(_) => &["browser.save_session", "browser.print", "browser.open"],
        Scope::Element(_) => &["browser.upload", "browser.drag", "browser.double_click", "browser.hover"],
        Scope::Folder(_) => &["files.delete", "files.move", "files.append", "files.make_folder"],
        Scope::Thing(_) => return None,
    };
    let used = |verb: &str| units.iter().any(|unit| like(&unit.scope) && unit.verb == verb);
    candidates.iter().copied().find(|verb| !used(verb))
}

/// What pages load, and what they must not.
fn loads(page: &Page) -> Vec<Case> {
    let Some(origin) = page.origins.first() else { return Vec::new() };
    let case = |name: &str, on: &str, facts: String, expect: Word| Case {
        name: name.to_owned(),
        body: format!(
            "call = \"browser.subresource\"\non.url = {}\nfacts = {facts}\nexpect = \"{expect}\"\n",
            toml(on)
        ),
    };
    let here = format!("{origin}/");
    let mut cases = vec![
        case("a page loads a part of its own", &here, page::facts("GET", "image", origin), Word::Allow),
        case("a page tells no other site", ELSEWHERE, page::facts("GET", "image", origin), Word::Deny),
        case("no other page sends anything here", &here, page::facts("POST", "empty", ELSEWHERE), Word::Deny),
    ];
    if let Some(to) = page.sent_to.first() {
        let facts = page::facts("POST", "document", origin);
        cases.push(case("a form is sent", &format!("{to}/"), facts, Word::Allow));
    }
    cases
}

impl<'a> Parts<'a> {
    /// A denial of what was done; change a part of it to make that true.
    fn of(deed: &'a Deed) -> Self {
        let action = &deed.recorded.action;
        let method = action.facts().get("method").and_then(Value::as_str);
        Self {
            action,
            call: action.call().name(),
            effect: Some(deed.effect.as_str()),
            resource: action.resource().clone(),
            read: None,
            method,
            secrets: secrets(deed),
            expect: Word::Deny,
        }
    }

    fn body(&self) -> String {
        let mut body = format!("call = {}\n{}\n", toml(&self.call), on(&self.resource));
        if let Some(effect) = self.effect {
            body.push_str(&format!("effect = \"{effect}\"\n"));
            body.push_str(&self.arguments());
            body.push_str(&self.facts());
            body.push_str(&self.secrets);
        }
        body.push_str(&format!("expect = \"{}\"\n", self.expect));
        body
    }

    fn arguments(&self) -> String {
        let given = self.action.args().iter().filter(|(name, _)| SAID.contains(&name.as_str()) || *name == "key");
        given.map(|(name, argument)| format!("args.{name} = {}\n", self.argument(name, argument))).collect()
    }

    fn argument(&self, name: &str, argument: &Argument) -> String {
        let shown = SHOWN_AS_THEY_ARE.contains(&name);
        let value = argument.value.as_str().filter(|_| shown);
        if self.read == Some(name) {
            let value = toml(value.unwrap_or("as it was read there"));
            return format!("{{ value = {value}, from = \"page:https://elsewhere.invalid\" }}");
        }
        if argument.label.is_trusted() {
            return toml(value.unwrap_or("as the user said"));
        }
        let source = argument.label.sources().find(|source| !source.is_trusted()).map_or("model".to_owned(), source);
        format!("{{ value = {}, from = {} }}", toml(value.unwrap_or("what the planner had")), toml(&source))
    }

    fn facts(&self) -> String {
        let fact = |name: &str| self.action.facts().get(name);
        let method = self.method.map(|method| format!("method = {}", toml(method)));
        let to = fact("to").and_then(Value::as_str).map(|to| format!("to = {}", toml(to)));
        let replaces = fact("replaces").and_then(Value::as_bool).map(|is| format!("replaces = {is}"));
        let all: Vec<_> = [method, to, replaces].into_iter().flatten().collect();
        if all.is_empty() { String::new() } else { format!("facts = {{ {} }}\n", all.join(", ")) }
    }
}

/// A source as cases name it. An address is shortened: what follows its path may be anything.
fn source(source: &Source) -> String {
    match source {
        Source::Url(url) => format!("url:{}", url.split(['?', '#']).next().unwrap_or_default()),
        other => other.to_string(),
    }
}

fn secrets(deed: &Deed) -> String {
    let used = deed.recorded.secrets.iter().map(|secret| {
        let at: Vec<_> = secret.origins.iter().map(|origin| toml(origin)).collect();
        let (argument, name) = (toml(&secret.argument), toml(&secret.name));
        format!("secrets.{argument} = {{ name = {name}, at = [{}] }}\n", at.join(", "))
    });
    used.collect()
}

fn on(resource: &Resource) -> String {
    match resource {
        Resource::Url(url) => format!("on.url = {}", toml(short(url).as_str())),
        Resource::Address { ip, host, .. } => format!("on.address = {{ ip = \"{ip}\", host = {} }}", toml(host)),
        Resource::File(file) => {
            let kind = match file.kind {
                FileKind::Folder => "folder",
                FileKind::Link => "link",
                FileKind::Absent | FileKind::Regular | FileKind::Special => "file",
            };
            format!("on.{kind} = {}", toml(&file.path))
        }
        Resource::Thing { kind, id } => format!("on.thing = {{ kind = {}, id = {} }}", toml(kind), toml(id)),
        Resource::Element(element) => format!("on.element = {{ {} }}", part(element)),
    }
}

/// The address without what is in its query.
fn short(url: &Url) -> Url {
    let mut short = url.clone();
    short.set_fragment(None);
    short.set_query(url.query().map(|_| "q"));
    short
}

fn part(element: &Element) -> String {
    let mut fields = vec![format!("page = {}", toml(short(&element.page).as_str()))];
    if element.page.origin().ascii_serialization() != element.origin {
        fields.push(format!("frame = {}", toml(&element.origin)));
    }
    fields.push(format!("role = {}", toml(&element.role)));
    fields.push(format!("name = {}", toml(&element.name)));
    if let Some(link) = &element.link {
        fields.push(format!("link = {}", toml(short(link).as_str())));
    }
    if let Some(form) = &element.form {
        fields.push(format!("form = {}", toml(short(&form.action).as_str())));
        fields.push(format!("method = {}", toml(&form.method)));
    }
    if element.secret_field {
        fields.push("secret_field = true".to_owned());
    }
    fields.join(", ")
}
