//! What refutes a claim: one request, made as plain as it can be while it still refutes.

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, Schema};
use cedar_policy_symcc::Env;
use serde_json::{Value, json};

/// A request with all that it is about. `facts` has its `context` and its `entities`.
#[derive(Debug, Clone)]
pub(super) struct Example {
    run: EntityUid,
    pub(super) action: EntityUid,
    pub(super) resource: EntityUid,
    pub(super) facts: Value,
}

/// What two sets of rules make of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ruling {
    pub(super) allowed: bool,
    /// The ids of the rules that decided.
    pub(super) by: Vec<String>,
    /// The ids of the rules that failed.
    pub(super) failed: Vec<String>,
}

impl Ruling {
    /// What `rules` decide on the request.
    pub(super) fn of(rules: &PolicySet, (request, entities): &(Request, Entities)) -> Self {
        let response = Authorizer::new().is_authorized(request, rules, entities);
        let sorted = |mut ids: Vec<String>| {
            ids.sort_unstable();
            ids
        };
        let failed = response.diagnostics().errors().map(|error| match error {
            cedar_policy::AuthorizationError::PolicyEvaluationError(error) => error.policy_id().to_string(),
        });
        Self {
            allowed: response.decision() == Decision::Allow,
            by: sorted(response.diagnostics().reason().map(ToString::to_string).collect()),
            failed: sorted(failed.collect()),
        }
    }
}

impl Example {
    /// The solver's example; none if it cannot be written down.
    pub(super) fn new(env: &Env) -> Option<Self> {
        let request = &env.request;
        let mut entities = env.entities.to_json_value().ok()?;
        // The schema itself says what actions there are.
        entities.as_array_mut()?.retain(|entity| !kind(entity).ends_with("::Action"));
        Some(Self {
            run: request.principal()?.clone(),
            action: request.action()?.clone(),
            resource: request.resource()?.clone(),
            facts: json!({ "context": request.context()?.to_json_value().ok()?, "entities": entities }),
        })
    }

    /// As Cedar takes it; none if it does not fit the schema, or if what it is about is not there.
    pub(super) fn question(&self, schema: &Schema) -> Option<(Request, Entities)> {
        let part = |name: &str| self.facts.get(name).cloned();
        let context = Context::from_json_value(part("context")?, Some((schema, &self.action))).ok()?;
        let entities = Entities::from_json_value(part("entities")?, Some(schema)).ok()?;
        entities.get(&self.run).and(entities.get(&self.resource))?;
        let (run, action, resource) = (self.run.clone(), self.action.clone(), self.resource.clone());
        let request = Request::new(run, action, resource, context, Some(schema)).ok()?;
        Some((request, entities))
    }

    /// The same with everything left out or made ordinary that `refutes` does not need.
    pub(super) fn plain(
        mut self,
        schema: &Schema,
        effect: &str,
        refutes: impl Fn(&(Request, Entities)) -> bool,
    ) -> Self {
        // What is left out takes all that is in it along.
        for removing in [true, false] {
            let mut places = Vec::new();
            walk(&self.facts, "", &mut places);
            for place in &places {
                let tries = if removing { vec![None] } else { ordinary(place, effect, &self.facts) };
                for value in tries {
                    if value.is_some() && value.as_ref() == self.facts.pointer(place) {
                        break;
                    }
                    let mut other = self.clone();
                    if change(&mut other.facts, place, value)
                        && other.question(schema).is_some_and(|asked| refutes(&asked))
                    {
                        self = other;
                        break;
                    }
                }
            }
        }
        self
    }
}

/// The type of an entity.
pub(super) fn kind(entity: &Value) -> &str {
    entity.pointer("/uid/type").and_then(Value::as_str).unwrap_or_default()
}

/// Pointers to everything in `value`, the whole before its parts; the members of a list from its end.
fn walk(value: &Value, at: &str, places: &mut Vec<String>) {
    let name = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(parts) if parts.contains_key("__entity") || parts.contains_key("type") => {}
        Value::Object(parts) => {
            for (key, part) in parts {
                let place = format!("{at}/{}", name(key));
                places.push(place.clone());
                walk(part, &place, places);
            }
        }
        Value::Array(parts) => {
            for (index, part) in parts.iter().enumerate().rev() {
                let place = format!("{at}/{index}");
                places.push(place.clone());
                walk(part, &place, places);
            }
        }
        _ => {}
    }
}

/// What would be ordinary at `place`, the most ordinary first.
fn ordinary(place: &str, effect: &str, facts: &Value) -> Vec<Option<Value>> {
    let name = place.rsplit('/').next().unwrap_or_default();
    let values = match (name, facts.pointer(place)) {
        ("approval", _) => vec![json!({ "granted": false, "by": "", "age": 0 })],
        ("effect", _) => vec![json!(effect)],
        ("method", _) => vec![json!("GET"), json!("POST"), json!("post")],
        ("scheme", _) => vec![json!("https"), json!("http"), json!("mailto")],
        ("destination", _) => vec![json!("document"), json!("image"), json!("websocket"), json!("tunnel")],
        ("mode", _) => vec![json!("script")],
        ("autonomy", _) => vec![json!("guard")],
        ("kind", _) => vec![json!("regular"), json!("button"), json!("Browser")],
        ("role", _) => vec![json!("button"), json!("textbox")],
        ("path", _) => vec![json!("/")],
        ("links", _) => vec![json!(1)],
        ("age", _) => [1, 60, 600, 3600].map(|seconds| json!(seconds)).to_vec(),
        ("visible" | "enabled" | "inspected" | "granted", Some(Value::Bool(_))) => match name {
            "granted" => vec![json!(false)],
            _ => vec![json!(true)],
        },
        (_, Some(Value::Bool(true))) => vec![json!(false)],
        (_, Some(Value::Number(_))) => vec![json!(0)],
        (_, Some(Value::String(_))) => vec![json!("")],
        (_, Some(Value::Array(_))) => vec![json!([])],
        _ => vec![],
    };
    values.into_iter().map(Some).collect()
}

/// Puts `value` at `place`, or takes away what is there. Whether that is a change.
fn change(facts: &mut Value, place: &str, value: Option<Value>) -> bool {
    match value {
        Some(value) => facts.pointer_mut(place).is_some_and(|old| std::mem::replace(old, value.clone()) != value),
        None => {
            let Some((above, name)) = place.rsplit_once('/') else { return false };
            match facts.pointer_mut(above) {
                Some(Value::Object(parts)) => parts.remove(&name.replace("~1", "/").replace("~0", "~")).is_some(),
                Some(Value::Array(parts)) => {
                    name.parse().ok().filter(|at| *at < parts.len()).map(|at: usize| parts.remove(at)).is_some()
                }
                _ => false,
            }
        }
    }
}
