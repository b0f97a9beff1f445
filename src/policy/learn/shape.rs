//! What a recorded action looks like to a rule: the scope it is in, and the conditions it meets.

use lamassu_contract::{Action, Effect, Element, File, Resource};
use serde_json::Value;
use url::Url;

use super::{
    super::host,
    General,
    text::{beginning, cedar, entity},
};

/// What a rule is about, as its head says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::policy) enum Scope {
    /// Addresses of this origin.
    Url(String),
    /// What stands on pages of this origin.
    Element(String),
    /// What lies in this folder, which begins with `workspace`.
    Folder(String),
    /// A tool's things of this kind.
    Thing(String),
}

impl Scope {
    /// The scope of `action`; none if it is none that a rule could name.
    pub(in crate::policy) fn of(action: &Action, general: General) -> Option<Self> {
        match action.resource() {
            Resource::Url(url) => Some(Self::Url(host::origin(url)?.id)),
            Resource::Element(element) => Some(Self::Element(host::spelled(&element.origin)?.id)),
            // The rule names the file itself.
            Resource::File(_) if general == General::Exact => Some(Self::Folder("workspace".to_owned())),
            Resource::File(file) => Some(Self::Folder(folder(&file.path))),
            Resource::Thing { kind, .. } => Some(Self::Thing(kind.clone())),
            Resource::Address { .. } => None,
        }
    }

    /// The head of a rule.
    pub(in crate::policy) fn head(&self) -> String {
        match self {
            Self::Url(origin) => format!("resource is Lamassu::Url in {}", entity("Origin", origin)),
            Self::Element(origin) => format!("resource is Lamassu::Element in {}", entity("Origin", origin)),
            Self::Folder(folder) => format!("resource is Lamassu::File in {}", entity("Dir", folder)),
            Self::Thing(_) => "resource is Lamassu::Thing".to_owned(),
        }
    }

    /// For people.
    pub(super) fn place(&self) -> &str {
        match self {
            Self::Url(place) | Self::Element(place) | Self::Folder(place) | Self::Thing(place) => place,
        }
    }
}

/// The folder of the workspace that `path` lies in.
fn folder(path: &str) -> String {
    path.rsplit_once('/').map_or_else(|| "workspace".to_owned(), |(folder, _)| format!("workspace/{folder}"))
}

/// The conditions that `action` meets, which reaches as far as `effect` and uses the secrets
/// `names`; each is a piece of Cedar.
pub(in crate::policy) fn conditions(action: &Action, effect: Effect, general: General) -> Vec<String> {
    let mut all = vec![format!("context.effect == {}", cedar(effect.as_str()))];
    match action.resource() {
        Resource::Url(url) => all.extend(address(url, general)),
        Resource::Element(element) => self::element(element, general, &mut all),
        Resource::File(file) => all.extend(self::file(file, general)),
        Resource::Thing { kind, id } => {
            all.push(format!("resource.kind == {}", cedar(kind)));
            all.extend((general != General::Site).then(|| format!("resource.name == {}", cedar(id))));
        }
        Resource::Address { .. } => {}
    }
    facts(action, general, &mut all);
    arguments(action, general, &mut all);
    if ["browser.fill", "http.request"].contains(&action.call().name().as_str()) {
        all.push(secrets(action));
    }
    all
}

fn address(url: &Url, general: General) -> Vec<String> {
    let path = url.path();
    match general {
        General::Site => Vec::new(),
        General::Form => {
            let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
            let top = format!("/{first}");
            if first.is_empty() {
                return vec![format!("resource.path == {}", cedar(path))];
            }
            let below = beginning(&format!("{top}/"));
            vec![format!("(resource.path == {} || resource.path like {below})", cedar(&top))]
        }
        General::Exact => {
            let query = if url.query().is_some() { "resource.hasQuery" } else { "!resource.hasQuery" };
            vec![format!("resource.path == {}", cedar(path)), query.to_owned()]
        }
    }
}

fn element(element: &Element, general: General, all: &mut Vec<String>) {
    if general == General::Exact {
        all.push(format!("resource.role == {}", cedar(&element.role)));
        all.push(format!("resource.name == {}", cedar(&element.name)));
    }
    match host::origin(&element.page) {
        Some(origin) => {
            all.push(format!("resource has pageOrigin && resource.pageOrigin == {}", entity("Origin", &origin.id)));
        }
        None => all.push("!(resource has pageOrigin)".to_owned()),
    }
    let mut form = target("form", element.form.as_ref().map(|form| &form.action));
    if let Some(known) = element.form.as_ref().filter(|_| general != General::Site) {
        form.push_str(&format!(" && resource.form.method == {}", cedar(&known.method.to_lowercase())));
    }
    all.push(form);
    all.push(target("link", element.link.as_ref()));
}

/// Where the form or link `part` leads, if there is one.
fn target(part: &str, url: Option<&Url>) -> String {
    let Some(url) = url else { return format!("!(resource has {part})") };
    match host::origin(url) {
        Some(origin) => format!(
            "resource has {part} && resource.{part} has origin && resource.{part}.origin == {}",
            entity("Origin", &origin.id)
        ),
        None => format!("resource has {part} && resource.{part}.scheme == {}", cedar(url.scheme())),
    }
}

fn file(file: &File, general: General) -> Option<String> {
    (general == General::Exact).then(|| format!("resource.path == {}", cedar(&file.path)))
}

fn facts(action: &Action, general: General, all: &mut Vec<String>) {
    let fact = |name: &str| action.facts().get(name);
    if let Some(method) = fact("method").and_then(Value::as_str) {
        all.push(format!("context.facts has method && context.facts.method == {}", cedar(method)));
    }
    if action.call().name() == "http.request" && fact("bodyBytes").and_then(Value::as_u64).unwrap_or(0) == 0 {
        all.push("!(context.facts has bodyBytes && context.facts.bodyBytes > 0)".to_owned());
    }
    if let Some(to) = fact("to").and_then(Value::as_str) {
        all.extend(within("context.facts", "to", "to", to, general));
    }
    if let Some(replaces) = fact("replaces").and_then(Value::as_bool).filter(|_| general == General::Exact) {
        all.push(format!("context.facts has replaces && context.facts.replaces == {replaces}"));
    }
}

/// Arguments that say what is reached besides the resource.
fn arguments(action: &Action, general: General, all: &mut Vec<String>) {
    if action.call().tool != "browser" {
        return;
    }
    let text = |name: &str| action.args().get(name).and_then(|argument| argument.value.as_str());
    for name in ["key", "name"] {
        if let Some(value) = text(name) {
            all.push(format!("{} && context.args.{name}.text == {}", has(name), cedar(value)));
        }
    }
    if let Some(path) = text("path") {
        all.extend(within(&has("path"), "path", "path.text", path, general));
    }
}

fn has(argument: &str) -> String {
    format!("context.args has {argument} && context.args.{argument} has text")
}

/// A path that has to be this one or, unless it is to be exact, lie in the same folder.
fn within(place: &str, name: &str, field: &str, path: &str, general: General) -> Option<String> {
    let (has, record) = match place {
        "context.facts" => (format!("context.facts has {name}"), "context.facts"),
        has => (has.to_owned(), "context.args"),
    };
    match (general, path.rsplit_once('/')) {
        (General::Exact, _) => Some(format!("{has} && {record}.{field} == {}", cedar(path))),
        (_, Some((folder, _))) => Some(format!("{has} && {record}.{field} like {}", beginning(&format!("{folder}/")))),
        (_, None) => None,
    }
}

fn secrets(action: &Action) -> String {
    if action.secrets().is_empty() {
        return "!context.secrets.used".to_owned();
    }
    let mut names: Vec<_> = action.secrets().values().map(|name| entity("Secret", name)).collect();
    names.sort_unstable();
    names.dedup();
    format!("context.secrets.names == [{}]", names.join(", "))
}
