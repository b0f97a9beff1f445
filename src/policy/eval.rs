//! Judging sessions of any agent: each call with the labels that the turns before it imply.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    sync::Arc,
};

use lamassu_contract::{Action, Call, Mode, Observation, Provenance, Rule, Standing, Vault, Verb};
use serde::{
    Deserialize, Serialize,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{
    builtin,
    cases::{Expected, verdict},
    cedar::CedarPolicy,
    fault::PackError,
    foreign::{Foreign, TOOL},
    pack::Pack,
};

/// Judges lines of sessions, see [`Sessions::line`].
#[derive(Debug)]
pub struct Sessions {
    pack: Pack,
    /// Whether the pack judges every tool as one of others.
    foreign: bool,
    toolsets: HashMap<String, Value>,
    /// Policies by the tools that they know.
    policies: HashMap<String, Arc<CedarPolicy>>,
}

/// The verdict on one turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// `allow`, `ask` or `deny`.
    pub verdict: &'static str,
    /// The rules that decided.
    pub rules: Vec<String>,
    /// Why, in words.
    pub because: String,
}

/// The verdicts on one session, one for each turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The session's id, as it was given.
    pub id: Value,
    /// One for each turn, in order.
    pub verdicts: Vec<Judgement>,
}

#[derive(Debug, Deserialize)]
struct Session {
    id: Value,
    goal: String,
    #[serde(default)]
    inputs: Value,
    #[serde(default)]
    tools: Value,
    turns: Vec<Turn>,
}

#[derive(Debug, Deserialize)]
struct Turn {
    call: Asked,
    #[serde(default)]
    returned: Value,
    #[serde(default)]
    facts: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    tool: String,
    #[serde(default)]
    args: Value,
}

impl Sessions {
    /// Sessions that are judged by `pack`.
    ///
    /// # Errors
    ///
    /// [`PackError`] if it does not load.
    pub fn new(pack: Pack) -> Result<Self, PackError> {
        let policy = CedarPolicy::load(&pack, &[])?;
        let foreign = policy.judges_foreign_tools();
        let policies = HashMap::from([(String::new(), Arc::new(policy))]);
        Ok(Self { pack, foreign, toolsets: HashMap::new(), policies })
    }

    /// Judges one line of JSON: `{"toolset", "tools"}`, which is kept for the sessions after it and has
    /// no verdict, or `{"id", "goal", "inputs"?, "tools", "turns"}`. `None` for the former and for an
    /// empty line.
    ///
    /// # Errors
    ///
    /// What is wrong with the line.
    pub fn line(&mut self, line: &str) -> Result<Option<Judged>, String> {
        if line.trim().is_empty() {
            return Ok(None);
        }
        let value: Value = serde_json::from_str(line).map_err(|error| format!("this is not JSON: {error}"))?;
        if let Some(name) = value.get("toolset").and_then(Value::as_str) {
            let tools = value.get("tools").cloned().ok_or("a toolset needs `tools`")?;
            self.toolsets.insert(name.to_owned(), tools);
            return Ok(None);
        }
        let twice = serde_json::from_str::<Once>(line).err().map(|error| error.to_string());
        let session: Session = serde_json::from_value(value).map_err(|error| format!("this is no session: {error}"))?;
        let tools = match session.tools.get("toolset").and_then(Value::as_str) {
            Some(name) => self
                .toolsets
                .get(name)
                .cloned()
                .ok_or_else(|| format!("there is no toolset `{name}` before this line"))?,
            None => session.tools.clone(),
        };
        self.session(&session, &tools, twice.as_deref()).map(Some)
    }

    fn session(&mut self, session: &Session, tools: &Value, twice: Option<&str>) -> Result<Judged, String> {
        let mut known = self.tools(session, tools);
        for turn in &session.turns {
            if let (Some(tool), Some(args)) = (known.get_mut(&turn.call.tool), turn.call.args.as_object()) {
                args.keys().for_each(|name| tool.declare(name));
            }
        }
        let policy = self.policy(&known)?;
        let mut run = Run::new(session, &known);
        let mut verdicts = Vec::new();
        for (turn, step) in session.turns.iter().zip(1..) {
            let judgement = match twice {
                Some(why) => denied(&format!("the line is not plain JSON: {why}")),
                None => run.judge(turn, step, &known, &policy),
            };
            verdicts.push(judgement);
            run.returned(turn, step, known.get(&turn.call.tool));
        }
        Ok(Judged { id: session.id.clone(), verdicts })
    }

    /// The tools of a session by name. Of two definitions of one name, neither counts.
    fn tools(&self, session: &Session, tools: &Value) -> BTreeMap<String, Foreign> {
        let mut known = BTreeMap::new();
        let mut repeated = BTreeSet::new();
        for tool in tools.as_array().into_iter().flatten().filter_map(Foreign::read) {
            if let Some(other) = known.insert(tool.name.clone(), tool) {
                repeated.insert(other.name);
            }
        }
        known.retain(|name, _| !repeated.contains(name));
        for turn in session.turns.iter().filter(|_| self.foreign) {
            let name = &turn.call.tool;
            if !known.contains_key(name)
                && !repeated.contains(name)
                && let Some(own) = Foreign::own(name)
            {
                known.insert(name.clone(), own);
            }
        }
        known
    }

    fn policy(&mut self, known: &BTreeMap<String, Foreign>) -> Result<Arc<CedarPolicy>, String> {
        let verbs: Vec<Verb> = known.values().map(|tool| tool.verb.clone()).collect();
        let key = if verbs.is_empty() { String::new() } else { serde_json::to_string(&verbs).unwrap_or_default() };
        if let Some(policy) = self.policies.get(&key) {
            return Ok(Arc::clone(policy));
        }
        let policy = CedarPolicy::load(&self.pack, &[(TOOL.to_owned(), verbs)]).map_err(|error| error.to_string())?;
        let policy = Arc::new(policy);
        self.policies.insert(key, Arc::clone(&policy));
        Ok(policy)
    }
}

/// What a session knows at a turn.
struct Run {
    goal: String,
    inputs: BTreeMap<String, String>,
    /// The tools that say that they reach nothing beyond what is the user's.
    kept: Vec<String>,
    provenance: Provenance,
    /// What was returned so far, to be remembered again when the user's part grows.
    past: Vec<(Call, Observation, u64)>,
}

impl Run {
    fn new(session: &Session, known: &BTreeMap<String, Foreign>) -> Self {
        let inputs: BTreeMap<_, _> = match &session.inputs {
            Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
            Value::Null => BTreeMap::new(),
            other => BTreeMap::from([("input".to_owned(), plain(other))]),
        };
        let kept: Vec<_> = known.values().filter(|tool| tool.is_closed()).map(|tool| tool.name.clone()).collect();
        let provenance = told(&session.goal, &inputs, &kept);
        Self { goal: session.goal.clone(), inputs, kept, provenance, past: Vec::new() }
    }

    fn judge(&self, turn: &Turn, step: u64, known: &BTreeMap<String, Foreign>, policy: &Arc<CedarPolicy>) -> Judgement {
        let empty = Map::new();
        let args = match &turn.call.args {
            Value::Object(args) => args,
            Value::Null => &empty,
            _ => return denied("the arguments are not an object"),
        };
        let action = match known.get(&turn.call.tool) {
            Some(tool) => match tool.complain(args) {
                Some(problem) => return denied(&problem),
                None => Ok(tool.action(args)),
            },
            None => builtin::action(&turn.call.tool, args, &turn.facts),
        };
        match action {
            Ok(action) => self.decide(action, step, policy),
            Err(problem) => denied(&problem),
        }
    }

    fn decide(&self, action: Action, step: u64, policy: &Arc<CedarPolicy>) -> Judgement {
        let action = action.traced(&self.provenance);
        let claims = action.claims().because.clone();
        let standing = Standing {
            steps: step,
            seconds: step,
            tainted_by: self.provenance.taints().map(ToString::to_string).collect(),
            now: 1_700_000_000_000 + step * 1000,
            ..Standing::new("session", "agent", "user", Mode::Script)
        };
        let (got, rules) = verdict(policy, Vault::default(), action, &standing);
        let reasons = rules.iter().filter(|rule| !rule.because.is_empty()).map(|rule| rule.because.clone());
        let mut because: Vec<_> = reasons.collect();
        if rules.is_empty() {
            because.push("no rule allows it".to_owned());
        }
        if got != Expected::Allow {
            because.extend(claims);
        }
        Judgement {
            verdict: got.as_str(),
            rules: rules.into_iter().map(|Rule { id, .. }| id).collect(),
            because: because.join("; "),
        }
    }

    /// Remembers what a turn has returned.
    fn returned(&mut self, turn: &Turn, step: u64, tool: Option<&Foreign>) {
        let text = match turn.returned.get("text").unwrap_or(&turn.returned) {
            Value::Null => return,
            other => plain(other),
        };
        if tool.is_some_and(|tool| tool.trusted) {
            self.inputs.insert(format!("{} at step {step}", turn.call.tool), text);
            self.provenance = told(&self.goal, &self.inputs, &self.kept);
            for (call, observation, step) in &self.past {
                self.provenance.witness_of(call, observation, *step);
            }
            return;
        }
        let args = turn.call.args.as_object().cloned().unwrap_or_default();
        let call = Call { tool: TOOL.to_owned(), verb: turn.call.tool.clone(), args };
        let observation = Observation::from_tool(&turn.call.tool, text);
        self.provenance.witness_of(&call, &observation, step);
        self.past.push((call, observation, step));
    }
}

fn told(goal: &str, inputs: &BTreeMap<String, String>, kept: &[String]) -> Provenance {
    let mut provenance = Provenance::new(goal, inputs);
    kept.iter().for_each(|name| provenance.keep(name));
    provenance
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn denied(why: &str) -> Judgement {
    Judgement { verdict: Expected::Deny.as_str(), rules: vec!["eval.call".to_owned()], because: why.to_owned() }
}

/// JSON in which no object has a key twice, and no number is too large for one.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnceVisitor)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_str<E>(self, _: &str) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Once, A::Error> {
        while seq.next_element::<Once>()?.is_some() {}
        Ok(Once)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Once, A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            map.next_value::<Once>()?;
            if let Some(twice) = keys.replace(key) {
                return Err(serde::de::Error::custom(format!("it has the key `{twice}` twice")));
            }
        }
        Ok(Once)
    }
}

#[cfg(test)]
mod tests;
