//! Tools of others, as their MCP definitions tell of them.

use jsonschema::Validator;
use lamassu_contract::{Action, Call, Effect, Resource, Verb};
use serde_json::{Map, Value, json};

/// The name under which policies know all of them.
pub(super) const TOOL: &str = "mcp";
/// The built-in tools, for packs that judge them like any other: the beginning of the name, whether it
/// only looks, whether it undoes things, and whether it reaches beyond this machine.
const OWN: [(&str, bool, bool, bool); 15] = [
    ("browser.open", true, false, true),
    ("browser.click", false, true, true),
    ("browser.double_click", false, true, true),
    ("browser.fill", false, false, true),
    ("browser.select", false, false, true),
    ("browser.check", false, false, true),
    ("browser.press", false, true, true),
    ("browser.upload", false, true, true),
    ("browser.", true, false, false),
    ("http.request", false, true, true),
    ("http.get", true, false, true),
    ("files.delete", false, true, false),
    ("files.write", false, true, false),
    ("files.", true, false, false),
    ("file.", true, false, false),
];

/// One tool of others.
#[derive(Debug)]
pub(super) struct Foreign {
    pub(super) name: String,
    pub(super) verb: Verb,
    /// Whether its definition says that what it returns may be trusted.
    pub(super) trusted: bool,
    hints: Map<String, Value>,
    shape: Option<Validator>,
}

impl Foreign {
    /// What `definition`, as MCP lists tools, says; `None` if it has no name.
    pub(super) fn read(definition: &Value) -> Option<Self> {
        let name = definition.get("name")?.as_str()?.to_owned();
        let said = |name: &str| {
            let places = ["annotations", "_meta"].map(|place| definition.get(place).and_then(|place| place.get(name)));
            places.into_iter().flatten().chain(definition.get(name)).find_map(Value::as_bool)
        };
        let pairs = [
            ("readOnly", "readOnlyHint"),
            ("destructive", "destructiveHint"),
            ("idempotent", "idempotentHint"),
            ("openWorld", "openWorldHint"),
        ];
        let hints = pairs.iter().filter_map(|(fact, hint)| Some(((*fact).to_owned(), said(hint)?.into()))).collect();
        let schema = ["inputSchema", "input_schema", "parameters"].iter().find_map(|key| definition.get(*key)).cloned();
        let trusted = ["trusted", "trustedOutput", "trustedHint"].iter().any(|name| said(name) == Some(true));
        Some(Self { trusted, ..Self::new(name, hints, schema.unwrap_or(Value::Null)) })
    }

    /// A built-in tool, for a pack that judges all tools alike.
    pub(super) fn own(name: &str) -> Option<Self> {
        let (_, looks, undoes, open) = OWN.iter().find(|(begin, ..)| name.starts_with(begin))?;
        let looks = *looks
            && !(name.starts_with("file")
                && [".write", ".append", ".move", ".delete", ".make_folder"].iter().any(|end| name.ends_with(end)));
        let hints = json!({ "readOnly": looks, "destructive": *undoes, "openWorld": *open });
        Some(Self::new(name.to_owned(), hints.as_object().cloned().unwrap_or_default(), Value::Null))
    }

    fn new(name: String, hints: Map<String, Value>, schema: Value) -> Self {
        let is = |hint: &str| hints.get(hint).and_then(Value::as_bool);
        // What is not said is taken for the worst.
        let effect = match (is("readOnly"), is("destructive"), is("openWorld")) {
            (Some(true), ..) => Effect::Read,
            (_, Some(false), Some(false)) => Effect::Write,
            (_, Some(false), _) => Effect::Consequential,
            _ => Effect::Irreversible,
        };
        let shape = schema.is_object().then(|| jsonschema::validator_for(&schema).ok()).flatten();
        let verb = Verb { name: canonical(&name), about: String::new(), effect, schema, rare: false };
        Self { name, verb, trusted: false, hints, shape }
    }

    /// Whether it reaches nothing beyond what is the user's, by its definition, or by its name if that says nothing.
    pub(super) fn is_closed(&self) -> bool {
        let name = self.name.to_lowercase();
        let open =
            || ["web", "http", "url", "internet", "fetch", "browse", "online"].iter().any(|word| name.contains(word));
        self.hints.get("openWorld").and_then(Value::as_bool).map_or_else(|| !open(), |open| !open)
    }

    /// Declares the argument `name`, for a tool whose definition says nothing of its arguments.
    pub(super) fn declare(&mut self, name: &str) {
        if self.shape.is_some() && self.verb.schema.get("properties").is_some() {
            return;
        }
        if !self.verb.schema.is_object() {
            self.verb.schema = json!({ "type": "object", "properties": {} });
        }
        if let Some(schema) = self.verb.schema.as_object_mut() {
            let properties = schema.entry("properties").or_insert_with(|| json!({}));
            if let Some(properties) = properties.as_object_mut() {
                properties.entry(name.to_owned()).or_insert_with(|| json!({}));
            }
        }
    }

    /// What is wrong with `args`, if anything is.
    pub(super) fn complain(&self, args: &Map<String, Value>) -> Option<String> {
        let error = self.shape.as_ref()?.validate(&Value::Object(args.clone())).err()?.to_string();
        Some(format!(
            "the arguments are not what `{}` takes: {}",
            self.name,
            error.chars().take(200).collect::<String>()
        ))
    }

    /// The action that a call with `args` is. Nothing can be done with it.
    pub(super) fn action(&self, args: &Map<String, Value>) -> Action {
        let call = Call { tool: TOOL.to_owned(), verb: self.verb.name.clone(), args: args.clone() };
        let action = Action::new(&call, self.verb.effect, Resource::thing("Tool", &self.name));
        self.hints.iter().fold(action, |action, (name, value)| action.fact(name, value.clone()))
    }
}

/// A name in letters, digits and `_`, with `-` around what stands for other signs; two that differ
/// stay different.
fn canonical(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            plain.push(letter);
        } else {
            plain.push_str(&format!("-u{:x}-", u32::from(letter)));
        }
    }
    if plain.is_empty() { "-".to_owned() } else { plain }
}
