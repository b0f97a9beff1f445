//! Standing consents: rules by which a person has agreed beforehand to what would otherwise wait for them.
//!
//! They are asked about held actions alone, and what they permit is judged again as if the person had
//! just consented. So they can allow nothing that consent could not, and lift no guard.

use std::{
    fmt,
    sync::{PoisonError, RwLock},
};

use lamassu_contract::{Action, Argument, Digest, Effect, Policy as _, Question, SecretUse, Standing, Verb};
use serde_json::{Value, json};

use super::{
    CedarPolicy, PackError, Parameters, cedar,
    learn::{
        General,
        shape::{Scope, conditions},
        text::{cedar as quoted, entity, slug},
    },
    text::{Files, Text},
};

/// How long a rule holds, in milliseconds.
const LIFE: u64 = 30 * 24 * 60 * 60 * 1000;
const MANIFEST: &str = "name = \"consents\"\nabout = \"what a person agreed to beforehand\"\n";
const CASES: &str = "[[case]]\nname = \"what nobody agreed to\"\ncall = \"files.read\"\n\
    on.file = \"what nobody agreed to\"\nexpect = \"deny\"\n";

/// The rules, which can grow while runs use them.
pub struct Consents {
    verbs: Vec<(String, Vec<Verb>)>,
    kept: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    text: String,
    /// Absent while there are no rules.
    policy: Option<CedarPolicy>,
}

impl Consents {
    /// Reads rules in Cedar; there may be none. `verbs` are those of every tool, by its name.
    ///
    /// # Errors
    ///
    /// [`PackError`] if they do not load, or permit what nobody can have agreed to.
    pub fn read(text: &str, verbs: &[(String, Vec<Verb>)]) -> Result<Self, PackError> {
        let kept = Kept { text: text.to_owned(), policy: load(text, verbs)? };
        Ok(Self { verbs: verbs.to_vec(), kept: RwLock::new(kept) })
    }

    /// The rules in Cedar.
    #[must_use]
    pub fn text(&self) -> String {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).text.clone()
    }

    /// Adds `rule`, see [`consent_to`]; one that is there already is not added again. The whole text
    /// comes back.
    ///
    /// # Errors
    ///
    /// [`PackError`] if the rules do not load with it. They stay as they were.
    pub fn add(&self, rule: &str) -> Result<String, PackError> {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if !kept.text.contains(rule.trim()) {
            let text = format!("{}\n{}\n", kept.text.trim_end(), rule.trim()).trim_start().to_owned();
            *kept = Kept { policy: load(&text, &self.verbs)?, text };
        }
        Ok(kept.text.clone())
    }

    /// The rule by which somebody has agreed to `action`; `None` if there is none, or it fails.
    #[must_use]
    pub fn covers(&self, action: &Action, secrets: &[SecretUse], standing: &Standing) -> Option<String> {
        let policy = self.kept.read().unwrap_or_else(PoisonError::into_inner).policy.clone()?;
        let decision = policy.decide(&Question { action, secrets, standing, approval: None }).ok()?;
        decision.allowed.then(|| decision.rules.first().map(|rule| rule.id.clone()))?
    }
}

impl fmt::Debug for Consents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consents").field("text", &self.text()).finish_non_exhaustive()
    }
}

fn load(rules: &str, verbs: &[(String, Vec<Verb>)]) -> Result<Option<CedarPolicy>, PackError> {
    if rules.trim().is_empty() {
        return Ok(None);
    }
    let text = |name: &str, body: &str| Text { name: name.to_owned(), body: body.to_owned() };
    let files = Files {
        manifest: text("consents", MANIFEST),
        rules: vec![text("consents.cedar", rules)],
        cases: text("consents", CASES),
    };
    let (book, _) = cedar::book(&files, verbs)?;
    let groups = book.manifest().groups(&Parameters::new())?;
    Ok(Some(CedarPolicy::new(book, groups)))
}

/// The narrowest rule in Cedar by which the user of `standing` agrees to `action` from now on: the same
/// verb upon the same thing, with arguments that are the user's own or the same as now, in a run that
/// has read from no other places. It holds for 30 days. `None` for what cannot be undone, and for
/// what no rule can name.
#[must_use]
pub fn consent_to(action: &Action, standing: &Standing) -> Option<String> {
    if action.effect() >= Effect::Irreversible {
        return None;
    }
    let scope = Scope::of(action, General::Exact)?;
    let mut all = conditions(action, action.effect(), General::Exact);
    for (name, argument) in action.args() {
        all.push(same(name, argument)?);
    }
    let places: Vec<_> = standing.tainted_by.iter().map(|place| quoted(place)).collect();
    all.push(match places.as_slice() {
        [] => "!context.run.tainted".to_owned(),
        places => format!("[{}].containsAll(context.run.taintedBy)", places.join(", ")),
    });
    all.push(format!("context.run.now < {}", standing.now.saturating_add(LIFE)));
    let verb = action.call().name();
    let digest = Digest::of(&json!([verb, scope.head(), all])).to_string();
    let id = format!("always.{}-{}", slug(&verb), digest.get(..8).unwrap_or_default());
    let because = format!("{} said so of: {}", standing.user, action.line());
    Some(format!(
        "@id({})\n@because({})\npermit (\n  principal in {},\n  action == {},\n  {}\n)\nwhen {{\n  {}\n}};\n",
        quoted(&id),
        quoted(&because),
        entity("User", &standing.user),
        entity("Action", &verb),
        scope.head(),
        all.join(" &&\n  ")
    ))
}

/// That the argument `name` is as it is now; where that was the user's own, that it is so again.
fn same(name: &str, argument: &Argument) -> Option<String> {
    let has = format!("context.args has {name}");
    if argument.label.is_trusted() {
        return Some(format!("{has} && context.args.{name}.trusted"));
    }
    // A number of the table is another thing next time; the resource says what it stood for.
    if name == "target" {
        return Some(has);
    }
    let (field, value) = match &argument.value {
        Value::String(text) => ("text", quoted(text)),
        Value::Bool(flag) => ("flag", flag.to_string()),
        value => ("number", value.as_i64()?.to_string()),
    };
    Some(format!("{has} && context.args.{name} has {field} && context.args.{name}.{field} == {value}"))
}
