//! What a rule may know about an action besides who and upon what: Cedar's `context`.

use std::collections::{BTreeMap, HashMap};

use cedar_policy::{Context, RestrictedExpression};
use lamassu_contract::{
    Argument, Claims, Label, Mode, PolicyError, Question, Resource, Rule, SecretUse, Source, Standing, has_placeholder,
    money, names_secret,
};
use serde_json::{Map, Value};

use super::{
    entities::{Scene, failed, record, text},
    host,
    reads::{Reads, Told},
    schema::Declared,
};

/// What rules that read `reads` are to know of `question`, whose verb is `declared`.
pub(super) fn context(
    question: &Question<'_>,
    declared: &Declared,
    scene: &mut Scene<'_>,
    reads: &Reads,
) -> Result<Context, PolicyError> {
    let action = question.action;
    if let Some(name) = action.args().keys().find(|name| !declared.args.contains(*name)) {
        return Err(PolicyError(format!("the schema does not declare the argument `{name}`")));
    }
    let untrusted = action.args().iter().filter(|(_, argument)| !argument.label.is_trusted());
    let effect = action.effect().max(declared.effect);
    let facts = facts(action.facts(), &declared.facts, scene)?;
    let parts = Told::to(reads)
        .with("effect", || text(effect.as_str()))
        .with_part("approval", |reads| approval(question, reads))?
        .with_part("run", |reads| state(question.standing, action.resource(), reads))?
        .with_part("secrets", |reads| secrets(question, scene, reads))?
        .with("untrusted", || texts(untrusted.map(|(name, _)| name.as_str())))
        .with_part("claims", |reads| claims(action.claims(), reads))?
        .with_part("args", |reads| args(action.args(), question.standing, reads))?
        .with_part("facts", |reads| record(facts.into_iter().filter(|(name, _)| reads.get(name).is_some())))?;
    Context::from_pairs(parts.fields()).map_err(failed)
}

/// The word for who watches.
pub(super) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Script => "script",
        Mode::Library => "library",
        Mode::Supervised => "supervised",
    }
}

fn args(
    args: &BTreeMap<String, Argument>,
    standing: &Standing,
    reads: &Reads,
) -> Result<RestrictedExpression, PolicyError> {
    let mut told = Told::to(reads);
    for (name, argument) in args {
        told = told.with_part(name, |reads| label(argument, standing, reads))?;
    }
    told.record()
}

fn label(argument: &Argument, standing: &Standing, reads: &Reads) -> Result<RestrictedExpression, PolicyError> {
    let label = &argument.label;
    let outside = |source: &Source| !source.is_trusted() && *source != Source::Model;
    let told = Told::to(reads)
        .with("trusted", || RestrictedExpression::new_bool(label.is_trusted()))
        .with("public", || RestrictedExpression::new_bool(is_public(label, standing)))
        .with("outside", || RestrictedExpression::new_bool(label.sources().any(outside)))
        .with("sources", || RestrictedExpression::new_set(label.sources().map(|source| text(&source.to_string()))));
    match &argument.value {
        Value::String(value) => told.with("text", || text(value)),
        Value::Bool(value) => told.with("flag", || RestrictedExpression::new_bool(*value)),
        value => match value.as_i64() {
            Some(number) => told.with("number", || RestrictedExpression::new_long(number)),
            None => told,
        },
    }
    .record()
}

/// Whether anybody could have read all of it: on pages and at addresses of the internet where nobody is
/// signed in.
fn is_public(label: &Label, standing: &Standing) -> bool {
    let open = |place: &str| {
        let Some(origin) = host::spelled(place) else { return false };
        let Some(site) = host::site(&origin.host) else { return false };
        !standing.signed_in.iter().any(|host| host == "*" || host::site(host).unwrap_or(host) == site)
    };
    label.sources().all(|source| match source {
        Source::Page(place) | Source::Url(place) => open(place),
        Source::Goal | Source::Input(_) | Source::Secret(_) | Source::File(_) | Source::Tool(_) | Source::Model => {
            false
        }
    })
}

/// A consent counts if it is to this very action and was not given in the future.
fn approval(question: &Question<'_>, reads: &Reads) -> Result<RestrictedExpression, PolicyError> {
    let now = question.standing.now;
    let approval = question.approval.filter(|approval| {
        approval.at <= now && !approval.by.trim().is_empty() && approval.digest == question.action.digest()
    });
    // A second that has begun counts as a second.
    let age = approval.map_or(0, |approval| (now - approval.at).div_ceil(1000));
    Told::to(reads)
        .with("granted", || RestrictedExpression::new_bool(approval.is_some()))
        .with("by", || text(approval.map_or("", |approval| approval.by.as_str())))
        .with("age", || long(age))
        .record()
}

fn claims(claims: &Claims, reads: &Reads) -> Result<RestrictedExpression, PolicyError> {
    let flags = [
        ("authority", claims.authority),
        ("own", claims.own),
        ("pointed", claims.pointed),
        ("told", claims.told),
        ("instructed", claims.instructed),
        ("away", claims.away),
        ("follows", claims.follows),
        ("carries", claims.carries),
        ("asked", claims.asked),
        ("looks", claims.looks),
        ("removes", claims.removes),
        ("urged", claims.urged),
        ("private", claims.private),
    ];
    flags
        .into_iter()
        .fold(Told::to(reads), |told, (name, claimed)| told.with(name, || RestrictedExpression::new_bool(claimed)))
        .record()
}

fn state(standing: &Standing, resource: &Resource, reads: &Reads) -> Result<RestrictedExpression, PolicyError> {
    let Standing { spent, tainted_by, .. } = standing;
    Told::to(reads)
        .with("money", || long(spent.money))
        .with("bytesSent", || long(spent.bytes_sent))
        .with("requestsToHost", || long(requests_to(standing, resource)))
        .with("consequential", || long(spent.consequential))
        .with_part("budget", |reads| budget(standing, reads))?
        .with("steps", || long(standing.steps))
        .with("tokens", || long(standing.tokens))
        .with("seconds", || long(standing.seconds))
        .with("mode", || text(mode(standing.mode)))
        .with("now", || long(standing.now))
        .with("tainted", || RestrictedExpression::new_bool(!tainted_by.is_empty()))
        .with("readFiles", || RestrictedExpression::new_bool(tainted_by.iter().any(|place| place.starts_with("file:"))))
        .with("taintedBy", || texts(tainted_by.iter().map(String::as_str)))
        .record()
}

fn budget(standing: &Standing, reads: &Reads) -> Result<RestrictedExpression, PolicyError> {
    let limits = &standing.limits;
    let limits = [
        ("money", limits.money),
        ("bytesSent", limits.bytes_sent),
        ("requestsPerHost", limits.requests_per_host),
        ("consequential", limits.consequential),
    ];
    let set = limits.into_iter().filter_map(|(name, limit)| Some((name, limit?)));
    set.fold(Told::to(reads), |told, (name, limit)| told.with(name, || long(limit))).record()
}

/// `rule` with the counts and limits that its reason names, such as `{bytesSent}`, filled in.
pub(super) fn with_counts(rule: Rule, question: &Question<'_>) -> Rule {
    if !rule.because.contains('{') {
        return rule;
    }
    let Standing { spent, limits, .. } = question.standing;
    let count = |number: u64| number.to_string();
    let limit = |limit: Option<u64>| limit.map_or_else(|| "not limited".to_owned(), count);
    let counts = [
        ("{money}", money(spent.money)),
        ("{bytesSent}", count(spent.bytes_sent)),
        ("{requestsToHost}", count(requests_to(question.standing, question.action.resource()))),
        ("{consequential}", count(spent.consequential)),
        ("{budget.money}", limits.money.map_or_else(|| limit(None), money)),
        ("{budget.bytesSent}", limit(limits.bytes_sent)),
        ("{budget.requestsPerHost}", limit(limits.requests_per_host)),
        ("{budget.consequential}", limit(limits.consequential)),
    ];
    let fill = |because: String, (name, value): (&str, String)| because.replace(name, &value);
    Rule { because: counts.into_iter().fold(rule.because, fill), ..rule }
}

/// How many requests the run has sent to the host of `resource`.
fn requests_to(standing: &Standing, resource: &Resource) -> u64 {
    resource.host().and_then(|host| standing.spent.requests.get(host)).copied().unwrap_or(0)
}

fn secrets(question: &Question<'_>, scene: &mut Scene<'_>, reads: &Reads) -> Result<RestrictedExpression, PolicyError> {
    let resource = question.action.resource();
    let used = question.secrets;
    let bound = || {
        let receivers = receivers(resource);
        used.iter().all(|secret| is_bound(secret, receivers.as_deref()))
    };
    let in_text = || {
        let mut values = question.action.args().values().map(|argument| &argument.value);
        values.any(names_secret) || resource_names_secret(resource)
    };
    Told::to(reads)
        .with("used", || RestrictedExpression::new_bool(!used.is_empty()))
        .with("bound", || RestrictedExpression::new_bool(bound()))
        .with("fits", || RestrictedExpression::new_bool(used.iter().all(|secret| is_fit(secret, resource))))
        .with("inText", || RestrictedExpression::new_bool(in_text()))
        .with_part("names", |_| {
            let names = used.iter().map(|secret| scene.secret(secret)).collect::<Result<Vec<_>, _>>()?;
            Ok(RestrictedExpression::new_set(names))
        })?
        .with("places", || texts(used.iter().map(|secret| place(&secret.argument))))
        .record()
}

/// The argument that `path`, such as `secret_headers.authorization`, is in.
fn place(path: &str) -> &str {
    path.split_once('.').map_or(path, |(argument, _)| argument)
}

/// The origins that would receive what is put into `resource`; none if that cannot be told.
fn receivers(resource: &Resource) -> Option<Vec<String>> {
    match resource {
        Resource::Url(url) => Some(vec![host::origin(url)?.id]),
        Resource::Element(element) => {
            let mut receivers = vec![host::spelled(&element.origin)?.id];
            if let Some(form) = &element.form {
                receivers.push(host::origin(&form.action)?.id);
            }
            Some(receivers)
        }
        Resource::Address { .. } | Resource::File(_) | Resource::Thing { .. } => None,
    }
}

fn is_bound(secret: &SecretUse, receivers: Option<&[String]>) -> bool {
    let origins: Vec<_> = secret.origins.iter().filter_map(|origin| host::spelled(origin)).collect();
    receivers.is_some_and(|receivers| receivers.iter().all(|id| origins.iter().any(|origin| origin.id == *id)))
}

/// Whether a secret that is bound to a kind of field or to a header goes there.
fn is_fit(secret: &SecretUse, resource: &Resource) -> bool {
    let field = match resource {
        Resource::Element(element) => element.field,
        _ => None,
    };
    let header = secret.argument.strip_prefix("secret_headers.").filter(|_| matches!(resource, Resource::Url(_)));
    match (secret.field, secret.header.as_deref()) {
        (None, None) => true,
        (wanted, name) => (wanted.is_some() && field == wanted) || (name.is_some() && header == name),
    }
}

fn resource_names_secret(resource: &Resource) -> bool {
    match resource {
        Resource::Url(url) => has_placeholder(url.as_str()),
        Resource::File(file) => has_placeholder(&file.path),
        Resource::Thing { id, .. } => has_placeholder(id),
        // What stands on a page is not the planner's text.
        Resource::Element(_) | Resource::Address { .. } => false,
    }
}

/// The facts that the schema declares for the verb. No rule can name the others, so they are left out.
fn facts(
    facts: &Map<String, Value>,
    declared: &HashMap<String, String>,
    scene: &mut Scene<'_>,
) -> Result<Vec<(String, RestrictedExpression)>, PolicyError> {
    let mut typed = Vec::new();
    for (name, value) in facts {
        let Some(kind) = declared.get(name) else { continue };
        let fact = match (kind.as_str(), value) {
            ("Bool", Value::Bool(value)) => Some(RestrictedExpression::new_bool(*value)),
            ("Long", value) => value.as_i64().map(RestrictedExpression::new_long),
            ("String", Value::String(value)) => Some(text(value)),
            ("Origin", Value::String(value)) => match scene.spelled(value)? {
                // A page can hide or make up where it comes from. That must not be an error that it
                // can cause at will; what is absent satisfies no rule that needs it.
                None => continue,
                origin => origin,
            },
            _ => None,
        };
        let fact = fact.ok_or_else(|| PolicyError(format!("the fact `{name}` is not a {kind}")))?;
        typed.push((name.clone(), fact));
    }
    Ok(typed)
}

fn texts<'a>(values: impl Iterator<Item = &'a str>) -> RestrictedExpression {
    RestrictedExpression::new_set(values.map(text))
}

fn long(number: u64) -> RestrictedExpression {
    RestrictedExpression::new_long(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lamassu_contract::{Observation, Provenance};

    use super::*;

    /// Whether what was seen by `observation` is public where the run has signed in at `hosts`.
    fn public(observation: &Observation, hosts: &[&str]) -> bool {
        let mut run = Provenance::new("what is there", &BTreeMap::new());
        run.witness(observation, 1);
        let mut standing = Standing::new("run", "lamassu", "ann", Mode::Script);
        standing.signed_in = hosts.iter().map(|host| (*host).to_owned()).collect();
        is_public(&run.trace(&observation.content.as_str().into()), &standing)
    }

    #[test]
    fn what_anybody_could_have_read_is_public() {
        let page = |origin: &str| Observation::from_page(origin, "the price of a blue mug");
        let seen = [
            (page("https://shop.test"), vec![]),
            (page("https://shop.test"), vec!["mail.test"]),
            (page("https://shop.test"), vec!["login.shop.test"]),
            (page("https://shop.test"), vec!["*"]),
            (page("http://127.0.0.1:8080"), vec![]),
            (page("http://intranet"), vec![]),
            (Observation::from_file("prices", "the price of a blue mug"), vec![]),
            (Observation::from_tool("mail", "the price of a blue mug"), vec![]),
        ];
        let expected = [true, true, false, false, false, false, false, false];
        assert_eq!(seen.map(|(observation, hosts)| public(&observation, &hosts)), expected);
    }
}
