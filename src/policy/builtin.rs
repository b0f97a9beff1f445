//! Calls of the built-in tools as actions, from their arguments and what a session tells of the page.
//! The tools themselves look; here is nothing to look at.

use lamassu_contract::{Action, Call, Effect, Element, File, FileKind, Form, Resource};
use serde_json::{Map, Value};
use url::Url;

/// The action that the call of `name` with `args` is, with the `facts` about the element it is upon.
pub(super) fn action(name: &str, args: &Map<String, Value>, facts: &Map<String, Value>) -> Result<Action, String> {
    let (tool, verb) = name.split_once('.').ok_or_else(|| format!("there is no tool `{name}` in this session"))?;
    // Sessions of others call it by one.
    let tool = if tool == "file" { "files" } else { tool };
    let call = Call { tool: tool.to_owned(), verb: verb.to_owned(), args: args.clone() };
    let text = |key: &str| args.get(key).and_then(Value::as_str);
    match tool {
        "browser" if verb == "open" => {
            let url = address(text("url").unwrap_or_default())?;
            Ok(Action::new(&call, Effect::Egress, Resource::Url(url.clone())).arg("url", url.as_str()))
        }
        "browser" => {
            let effect = effect(verb, facts);
            Ok(Action::new(&call, effect, Resource::Element(Box::new(element(facts)?))))
        }
        "http" => {
            let url = address(text("url").unwrap_or_default())?;
            let method = text("method").unwrap_or("GET").to_uppercase();
            let bytes = ["body", "json"]
                .iter()
                .filter_map(|key| args.get(*key))
                .map(|body| body.to_string().len())
                .sum::<usize>();
            let action = Action::new(&call, Effect::Egress, Resource::Url(url.clone())).arg("url", url.as_str());
            Ok(action.fact("method", method).fact("bodyBytes", bytes as u64))
        }
        "files" => {
            let path = text("path").or_else(|| text("from")).unwrap_or_default();
            let effect = match verb {
                "list" | "read" => Effect::Read,
                "delete" => Effect::Irreversible,
                _ => Effect::Write,
            };
            Ok(Action::new(&call, effect, Resource::File(file(path)?)))
        }
        _ => Err(format!("there is no tool `{name}` in this session")),
    }
}

fn address(text: &str) -> Result<Url, String> {
    Url::parse(text).map_err(|error| format!("`{text}` is not an address: {error}"))
}

fn file(path: &str) -> Result<File, String> {
    let away =
        path.is_empty() || path.starts_with(['/', '\\', '~']) || path.split(['/', '\\']).any(|part| part == "..");
    if away || path.contains(['\\', '%', '\0', ':']) {
        return Err(format!("`{path}` leads out of the workspace"));
    }
    Ok(File { path: path.trim_start_matches("./").to_owned(), kind: FileKind::Regular, size: 0, links: 1 })
}

/// A press on what sends a form, or that says so, commits to something.
fn effect(verb: &str, facts: &Map<String, Value>) -> Effect {
    let is = |name: &str| facts.get(name).and_then(Value::as_bool) == Some(true);
    let said = facts.get("effect").and_then(|effect| serde_json::from_value::<Effect>(effect.clone()).ok());
    let least = match verb {
        "click" | "double_click" | "press" if is("submits") || is("submit") => Effect::Consequential,
        "click" | "double_click" | "press" | "fill" | "select" | "check" | "drag" | "dialog" => Effect::Write,
        "upload" => Effect::Consequential,
        _ => Effect::Read,
    };
    said.map_or(least, |said| said.max(least))
}

fn element(facts: &Map<String, Value>) -> Result<Element, String> {
    let text = |keys: &[&str]| keys.iter().find_map(|key| facts.get(*key)).and_then(Value::as_str);
    let page = address(text(&["page", "url"]).ok_or("the facts do not say on which `page` it is")?)?;
    let link =
        |keys: &[&str]| text(keys).map(|to| page.join(to).map_err(|error| format!("`{to}`: {error}"))).transpose();
    let own = page.origin().ascii_serialization();
    let form = match facts.get("form") {
        Some(Value::Object(form)) => {
            let part = |name: &str| form.get(name).and_then(Value::as_str).unwrap_or_default();
            let action = page.join(part("action")).map_err(|error| error.to_string())?;
            Some(Form { action, method: if part("method").is_empty() { "get" } else { part("method") }.to_lowercase() })
        }
        _ => link(&["form", "form_action", "action"])?
            .map(|action| Form { action, method: text(&["method", "form_method"]).unwrap_or("post").to_lowercase() }),
    };
    let secret = ["secret_field", "secret"].iter().any(|key| facts.get(*key).and_then(Value::as_bool) == Some(true));
    Ok(Element {
        origin: text(&["origin", "frame"]).unwrap_or(&own).to_owned(),
        role: text(&["role"]).unwrap_or("generic").to_owned(),
        name: text(&["name", "label"]).unwrap_or_default().to_owned(),
        link: link(&["link", "href"])?,
        form,
        field: None,
        secret_field: secret || text(&["type"]) == Some("password"),
        page,
    })
}
