//! The words that rules may use: the schema of `policies/`, and pieces made for further tools.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write as _,
};

use cedar_policy::{Entities, EntityId, EntityTypeName, EntityUid, SchemaFragment};
use lamassu_contract::{Effect, PolicyError, Verb};
use serde_json::Value;

use super::{
    fault::{Fault, PackError},
    text::{self, Text},
};

/// The namespace of every word.
const NAMESPACE: &str = "Lamassu";
/// From the weakest to the strongest.
const EFFECTS: [Effect; 5] = [Effect::Read, Effect::Write, Effect::Egress, Effect::Consequential, Effect::Irreversible];

/// The schema, taken apart as far as decisions need it.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) cedar: cedar_policy::Schema,
    /// Every action with the groups that it is in.
    pub(super) actions: Entities,
    types: HashMap<String, EntityTypeName>,
    verbs: HashMap<String, Declared>,
}

/// What the schema says about one verb.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) uid: EntityUid,
    /// The strongest group that it is in. An action is never taken for weaker than this.
    pub(super) effect: Effect,
    pub(super) args: BTreeSet<String>,
    /// The facts that rules may use, with the name of the type of each.
    pub(super) facts: HashMap<String, String>,
    /// What it applies to and in which context, as the schema writes it.
    #[cfg(feature = "prove")]
    pub(super) shape: String,
}

impl Schema {
    /// The schema with pieces for those `verbs` that it does not declare.
    pub(super) fn new(verbs: &[(String, Vec<Verb>)]) -> Result<Self, PackError> {
        let mut source = text::schema();
        let known = declared(&source)?;
        let mut pieces = String::new();
        for (tool, verb) in verbs.iter().flat_map(|(tool, verbs)| verbs.iter().map(move |verb| (tool, verb))) {
            let name = format!("{tool}.{}", verb.name);
            match known.get(&name) {
                Some(known) => known.check(&name, verb)?,
                None => pieces.push_str(&piece(tool, &name, verb)?),
            }
        }
        let verbs = if pieces.is_empty() {
            known
        } else {
            // The namespace is the last thing in the file.
            let end = source.body.rfind('}').unwrap_or(source.body.len());
            source.body.insert_str(end, &pieces);
            declared(&source)?
        };
        let (cedar, _) =
            cedar_policy::Schema::from_cedarschema_str(&source.body).map_err(|error| Fault::cedar(&source, &error))?;
        let actions = cedar.action_entities().map_err(|error| Fault::cedar(&source, &error))?;
        let types = cedar.entity_types().map(|name| (name.basename().to_owned(), name.clone())).collect();
        Ok(Self { cedar, actions, types, verbs })
    }

    /// What is said about the verb `name`.
    pub(super) fn verb(&self, name: &str) -> Result<&Declared, PolicyError> {
        self.verbs.get(name).ok_or_else(|| PolicyError(format!("the policy does not know the action `{name}`")))
    }

    /// Every action with the types of resource that it may be upon.
    pub(super) fn targets(&self) -> impl Iterator<Item = (&EntityUid, Vec<&EntityTypeName>)> {
        self.verbs.values().map(|declared| {
            let types = self.cedar.resources_for_action(&declared.uid);
            (&declared.uid, types.map(Iterator::collect).unwrap_or_default())
        })
    }

    /// What Cedar is to check the parts of a question against. They are made in the shapes that the
    /// schema has, so that checking each of them would tell nothing new, and would take longer than the
    /// decision itself; an action upon what the schema has no such action for meets no rule, and is denied.
    pub(super) fn checks(&self) -> Option<&cedar_policy::Schema> {
        cfg!(debug_assertions).then_some(&self.cedar)
    }

    /// The strongest group that the verb `name` is in.
    pub(super) fn effect(&self, name: &str) -> Option<Effect> {
        self.verbs.get(name).map(|declared| declared.effect)
    }

    /// The entity `id` of the type `kind`.
    pub(super) fn entity(&self, kind: &str, id: &str) -> Result<EntityUid, PolicyError> {
        let name = self.types.get(kind).ok_or_else(|| PolicyError(format!("the schema has no type `{kind}`")))?;
        Ok(EntityUid::from_type_name_and_id(name.clone(), EntityId::new(id)))
    }
}

impl Declared {
    /// Whether `verb` of a tool is what was declared. An argument that no rule could see would be
    /// a way around the rules.
    fn check(&self, name: &str, verb: &Verb) -> Result<(), PackError> {
        match properties(verb).find(|arg| !self.args.contains(*arg)) {
            None => Ok(()),
            Some(arg) => Err(wrong(name, format!("the schema does not declare its argument `{arg}`"))),
        }
    }
}

fn wrong(verb: &str, problem: String) -> PackError {
    PackError::Verb { verb: verb.to_owned(), problem }
}

fn properties(verb: &Verb) -> impl Iterator<Item = &str> {
    verb.schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|map| map.keys().map(String::as_str))
}

/// The schema of a verb that the file does not declare.
fn piece(tool: &str, name: &str, verb: &Verb) -> Result<String, PackError> {
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    // A dot in either name would let one tool speak for another.
    if !plain(tool) || !plain(&verb.name) {
        return Err(wrong(name, "the names of tools and verbs have letters, digits, `_` and `-` only".to_owned()));
    }
    let mut args = String::new();
    for arg in properties(verb) {
        if arg.chars().any(char::is_control) {
            return Err(wrong(name, format!("its argument {arg:?} has control characters in its name")));
        }
        // `write!` to a string cannot fail.
        let _ = write!(args, "\"{}\"?: Label, ", arg.replace('\\', "\\\\").replace('"', "\\\""));
    }
    Ok(format!(
        "  action \"{name}\" in [{}] appliesTo {{
    principal: [Run], resource: [Thing, Url, File],
    context: {{ effect: String, approval: Approval, run: State, secrets: Secrets,
      untrusted: Set<String>, claims: Claims, args: {{ {args} }},
      facts: {{ readOnly?: Bool, destructive?: Bool, idempotent?: Bool, openWorld?: Bool }} }}
  }};\n",
        verb.effect
    ))
}

/// Every verb of the schema `source`.
fn declared(source: &Text) -> Result<HashMap<String, Declared>, PackError> {
    let (fragment, _) =
        SchemaFragment::from_cedarschema_str(&source.body).map_err(|error| Fault::cedar(source, &error))?;
    let json = fragment.to_json_value().map_err(|error| Fault::cedar(source, &error))?;
    let space = json.get(NAMESPACE).unwrap_or(&Value::Null);
    let shapes = Shapes { named: space.get("commonTypes").unwrap_or(&Value::Null) };
    let kind: EntityTypeName = format!("{NAMESPACE}::Action")
        .parse()
        .map_err(|error: cedar_policy::ParseErrors| Fault::cedar(source, &error))?;
    let mut verbs = HashMap::new();
    for (name, action) in space.get("actions").and_then(Value::as_object).into_iter().flatten() {
        let Some(applies) = action.get("appliesTo") else { continue };
        let Some(context) = applies.get("context").and_then(|context| shapes.attributes(context)) else { continue };
        let shape = |part: &str| context.get(part).and_then(|shape| shapes.attributes(shape)).into_iter().flatten();
        let groups = action.get("memberOf").and_then(Value::as_array).into_iter().flatten();
        let groups: Vec<_> = groups.filter_map(|group| group.get("id").and_then(Value::as_str)).collect();
        let effect = EFFECTS.into_iter().rev().find(|effect| groups.contains(&effect.as_str()));
        verbs.insert(
            name.clone(),
            Declared {
                uid: EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(name)),
                effect: effect.unwrap_or(Effect::Read),
                args: shape("args").map(|(name, _)| name.clone()).collect(),
                #[cfg(feature = "prove")]
                shape: applies.to_string(),
                facts: shape("facts").filter_map(|(name, shape)| Some((name.clone(), primitive(shape)?))).collect(),
            },
        );
    }
    Ok(verbs)
}

/// The named types of the schema.
struct Shapes<'a> {
    named: &'a Value,
}

impl<'a> Shapes<'a> {
    /// The attributes of a record, whether it is written out or named.
    fn attributes(&self, shape: &'a Value) -> Option<&'a serde_json::Map<String, Value>> {
        let written = |shape: &'a Value| shape.get("attributes").and_then(Value::as_object);
        written(shape).or_else(|| written(self.named.get(shape.get("name")?.as_str()?)?))
    }
}

/// The name of a primitive type.
fn primitive(shape: &Value) -> Option<String> {
    let named = shape.get("name").or_else(|| shape.get("type"))?;
    Some(named.as_str()?.to_owned())
}
