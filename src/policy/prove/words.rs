//! An example in words: what is asked for, upon what, in which situation.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::example::{Example, kind};

/// `example` as a person would say it. `effect` is the one that its action has at least.
pub(super) fn words(example: &Example, effect: &str) -> String {
    let scene = Scene { example };
    let verb = example.action.id().unescaped();
    let mut words = match scene.fact("method") {
        Some(method) => format!("`{verb}`: {} {}", method.as_str().unwrap_or_default(), scene.resource()),
        None => format!("`{verb}` on {}", scene.resource()),
    };
    for more in [scene.facts(), scene.args(), scene.rest(effect)].into_iter().flatten() {
        words.push_str(", ");
        words.push_str(&more);
    }
    if let Some(tainted) = scene.tainted() {
        words.push_str(&format!(" while the run has read {tainted}"));
    }
    words
}

struct Scene<'a> {
    example: &'a Example,
}

impl Scene<'_> {
    fn context(&self, path: &str) -> Option<&Value> {
        self.example.facts.pointer(&format!("/context{path}"))
    }

    fn fact(&self, name: &str) -> Option<&Value> {
        self.context(&format!("/facts/{name}"))
    }

    fn is(&self, path: &str) -> bool {
        self.context(path) == Some(&Value::Bool(true))
    }

    fn entity(&self, kind_of: &str, id: &str) -> Option<&Value> {
        let entities = self.example.facts.get("entities")?.as_array()?;
        entities
            .iter()
            .find(|entity| kind(entity) == kind_of && entity.pointer("/uid/id").and_then(Value::as_str) == Some(id))
    }

    /// All that the entity is in, as (type without namespace, id).
    fn above(&self, kind_of: &str, id: &str) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        let mut open = vec![(kind_of.to_owned(), id.to_owned())];
        while let Some((kind_of, id)) = open.pop() {
            let parents = self.entity(&kind_of, &id).and_then(|entity| entity.get("parents")).and_then(Value::as_array);
            for parent in parents.into_iter().flatten().filter_map(uid) {
                if found.insert((base(&parent.0).to_owned(), parent.1.clone())) {
                    open.push(parent);
                }
            }
        }
        found
    }

    /// A host that shows which of the user's lists it is in.
    fn host(&self, kind_of: &str, id: &str) -> String {
        let above = self.above(kind_of, id);
        let named = |kind_of: &str| above.iter().find(|(kind, _)| kind == kind_of).map(|(_, id)| id.as_str());
        let groups: Vec<_> = above.iter().filter(|(kind, _)| kind == "Group").map(|(_, id)| id.as_str()).collect();
        match named("Host").or(named("Site")).filter(|name| name.contains('.')) {
            Some(name) => name.to_owned(),
            None if groups.is_empty() => "elsewhere.test".to_owned(),
            None => format!("in-{}.test", groups.join("-and-")),
        }
    }

    fn resource(&self) -> String {
        let kind_of = self.example.resource.type_name().to_string();
        let id = self.example.resource.id().unescaped().to_owned();
        let entity = self.entity(&kind_of, &id);
        let nothing = Map::new();
        let attributes = entity.and_then(|entity| entity.get("attrs")).and_then(Value::as_object).unwrap_or(&nothing);
        let text = |name: &str| attributes.get(name).and_then(Value::as_str).unwrap_or_default();
        let flag = |name: &str| attributes.get(name) == Some(&Value::Bool(true));
        match base(&kind_of) {
            "Url" => {
                let user = if flag("credentials") { "user@" } else { "" };
                let dot = if flag("dotted") { "." } else { "" };
                format!("{}://{user}{}{dot}{}", text("scheme"), self.host(&kind_of, &id), slashed(text("path")))
            }
            "Element" => self.element(&kind_of, &id, attributes),
            "File" => {
                let inside = self.above(&kind_of, &id).contains(&("Dir".to_owned(), "workspace".to_owned()));
                let place = if inside { "in" } else { "outside" };
                format!("a file of kind `{}` {place} the workspace", text("kind"))
            }
            "Address" => {
                let above = self.above(&kind_of, &id);
                let zone = above.iter().find(|(kind, _)| kind == "Zone").map_or("unknown", |(_, zone)| zone.as_str());
                format!("an address ({zone}) of {}", self.host(&kind_of, &id))
            }
            _ => format!("a thing of kind `{}`", text("kind")),
        }
    }

    fn element(&self, kind_of: &str, id: &str, attributes: &Map<String, Value>) -> String {
        let role = attributes.get("role").and_then(Value::as_str).filter(|role| !role.is_empty()).unwrap_or("element");
        let mut words = format!("{role} of https://{}/", self.host(kind_of, id));
        match attributes.get("pageOrigin").and_then(uid) {
            Some((kind_of, id)) if self.host(&kind_of, &id) != "elsewhere.test" => {}
            Some(_) => words.push_str(" in a page of https://elsewhere.test/"),
            None => words.push_str(" in a page that is not the web"),
        }
        for (name, leads) in [("form", "in a form that is sent to"), ("link", "with a link to")] {
            let Some(target) = attributes.get(name) else { continue };
            let scheme = target.get("scheme").and_then(Value::as_str).unwrap_or_default();
            match target.get("origin").and_then(uid) {
                Some((kind_of, id)) => words.push_str(&format!(" {leads} {scheme}://{}/", self.host(&kind_of, &id))),
                None => words.push_str(&format!(" {leads} something that is not the web")),
            }
        }
        if attributes.get("dotted") == Some(&Value::Bool(true)) {
            words.push_str(" (some host ends in a dot)");
        }
        words
    }

    fn facts(&self) -> Vec<String> {
        let facts = self.context("/facts").and_then(Value::as_object);
        let told = |(name, value): (&String, &Value)| match (name.as_str(), value) {
            ("method", _) => None,
            ("inspected", Value::Bool(true)) => None,
            ("inspected", _) => Some("not inspected".to_owned()),
            ("initiator", value) => {
                let (kind_of, id) = uid(value)?;
                Some(format!("made for a page of https://{}/", self.host(&kind_of, &id)))
            }
            (name, Value::Bool(value)) => Some(format!("{}{name}", if *value { "" } else { "not " })),
            (name, value) => Some(format!("{name} {value}")),
        };
        facts.into_iter().flatten().filter_map(told).collect()
    }

    fn args(&self) -> Vec<String> {
        let args = self.context("/args").and_then(Value::as_object);
        let told = |(name, label): (&String, &Value)| {
            let flag = |part: &str| label.get(part) == Some(&Value::Bool(true));
            let from = match (flag("trusted"), flag("outside")) {
                (true, _) => "the user's own",
                (false, true) => "read somewhere",
                (false, false) => "the planner's own words",
            };
            let value = ["text", "number", "flag"].iter().find_map(|part| label.get(*part));
            format!("`{name}`{} ({from})", value.map(|value| format!(" {value}")).unwrap_or_default())
        };
        args.into_iter().flatten().map(told).collect()
    }

    fn rest(&self, weakest: &str) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(effect) = self.context("/effect").and_then(Value::as_str).filter(|effect| *effect != weakest) {
            words.push(format!("with the effect `{effect}`"));
        }
        if self.is("/secrets/used") {
            let bound = if self.is("/secrets/bound") { "bound here" } else { "not bound here" };
            words.push(format!("with a secret that is {bound}"));
        }
        if self.is("/secrets/inText") {
            words.push("with a secret's placeholder in a text".to_owned());
        }
        if self.is("/approval/granted") {
            let age = self.context("/approval/age").and_then(Value::as_i64).unwrap_or_default();
            words.push(format!("with a consent {age} s old"));
        }
        words
    }

    /// What the run has read, if that matters.
    fn tainted(&self) -> Option<String> {
        let places = self.context("/run/taintedBy").and_then(Value::as_array);
        let places: Vec<_> = places.into_iter().flatten().filter_map(Value::as_str).collect();
        match places.is_empty() {
            true => self.is("/run/tainted").then(|| "something from outside".to_owned()),
            false => Some(places.join(", ")),
        }
    }
}

fn uid(value: &Value) -> Option<(String, String)> {
    let uid = value.get("__entity").unwrap_or(value);
    Some((uid.get("type")?.as_str()?.to_owned(), uid.get("id")?.as_str()?.to_owned()))
}

/// A type without its namespace.
fn base(kind_of: &str) -> &str {
    kind_of.rsplit("::").next().unwrap_or(kind_of)
}

fn slashed(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}
