//! What a rule may know about an action besides who and upon what: Cedar's `context`.

use std::collections::HashMap;

use cedar_policy::{Context, RestrictedExpression};
use lamassu_contract::{
    Argument, Claims, Label, Mode, PolicyError, Question, Resource, Rule, SecretUse, Source, Standing, has_placeholder,
    names_secret,
};
use serde_json::{Map, Value};

use super::{
    entities::{Scene, attributes, failed, record, text},
    host,
    schema::Declared,
};

/// The context of `question`, whose verb is `declared`.
pub(super) fn context(
    question: &Question<'_>,
    declared: &Declared,
    scene: &mut Scene<'_>,
) -> Result<Context, PolicyError> {
    let action = question.action;
    let untrusted = action.args().iter().filter(|(_, argument)| !argument.label.is_trusted());
    let effect = action.effect().max(declared.effect);
    let args = action.args().iter().map(|(name, argument)| {
        if !declared.args.contains(name) {
            return Err(PolicyError(format!("the schema does not declare the argument `{name}`")));
        }
        Ok((name.clone(), label(argument, question.standing)?))
    });
    let parts = attributes([
        ("effect", text(effect.as_str())),
        ("approval", approval(question)?),
        ("run", state(question.standing, action.resource())?),
        ("secrets", secrets(question, scene)?),
        ("untrusted", texts(untrusted.map(|(name, _)| name.as_str()))),
        ("claims", claims(action.claims())?),
        ("args", record(args.collect::<Result<Vec<_>, _>>()?)?),
        ("facts", record(facts(action.facts(), &declared.facts, scene)?)?),
    ]);
    Context::from_pairs(parts).map_err(failed)
}

/// The word for who watches.
pub(super) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Script => "script",
        Mode::Library => "library",
        Mode::Supervised => "supervised",
    }
}

fn label(argument: &Argument, standing: &Standing) -> Result<RestrictedExpression, PolicyError> {
    let label = &argument.label;
    let outside = |source: &Source| !source.is_trusted() && *source != Source::Model;
    let sources: Vec<_> = label.sources().map(ToString::to_string).collect();
    let mut fields = attributes([
        ("trusted", RestrictedExpression::new_bool(label.is_trusted())),
        ("public", RestrictedExpression::new_bool(is_public(label, standing))),
        ("outside", RestrictedExpression::new_bool(label.sources().any(outside))),
        ("sources", texts(sources.iter().map(String::as_str))),
    ]);
    let (kind, value) = match &argument.value {
        Value::String(value) => ("text", text(value)),
        Value::Bool(value) => ("flag", RestrictedExpression::new_bool(*value)),
        value => match value.as_i64() {
            Some(number) => ("number", RestrictedExpression::new_long(number)),
            None => return record(fields),
        },
    };
    fields.push((kind.to_owned(), value));
    record(fields)
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
fn approval(question: &Question<'_>) -> Result<RestrictedExpression, PolicyError> {
    let now = question.standing.now;
    let approval = question.approval.filter(|approval| {
        approval.at <= now && !approval.by.trim().is_empty() && approval.digest == question.action.digest()
    });
    // A second that has begun counts as a second.
    let age = approval.map_or(0, |approval| (now - approval.at).div_ceil(1000));
    record(attributes([
        ("granted", RestrictedExpression::new_bool(approval.is_some())),
        ("by", text(approval.map_or("", |approval| approval.by.as_str()))),
        ("age", long(age)),
    ]))
}

fn claims(claims: &Claims) -> Result<RestrictedExpression, PolicyError> {
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
        ("private", claims.private),
    ];
    record(attributes(flags.map(|(name, flag)| (name, RestrictedExpression::new_bool(flag)))))
}

fn state(standing: &Standing, resource: &Resource) -> Result<RestrictedExpression, PolicyError> {
    let Standing { spent, limits, .. } = standing;
    let limits = [
        ("money", limits.money),
        ("bytesSent", limits.bytes_sent),
        ("requestsPerHost", limits.requests_per_host),
        ("consequential", limits.consequential),
    ];
    let limits = limits.into_iter().filter_map(|(name, limit)| Some((name.to_owned(), long(limit?))));
    record(attributes([
        ("money", long(spent.money)),
        ("bytesSent", long(spent.bytes_sent)),
        ("requestsToHost", long(requests_to(standing, resource))),
        ("consequential", long(spent.consequential)),
        ("budget", record(limits)?),
        ("steps", long(standing.steps)),
        ("tokens", long(standing.tokens)),
        ("seconds", long(standing.seconds)),
        ("mode", text(mode(standing.mode))),
        ("now", long(standing.now)),
        ("tainted", RestrictedExpression::new_bool(!standing.tainted_by.is_empty())),
        (
            "readFiles",
            RestrictedExpression::new_bool(standing.tainted_by.iter().any(|place| place.starts_with("file:"))),
        ),
        ("taintedBy", texts(standing.tainted_by.iter().map(String::as_str))),
    ]))
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

/// Millionths of the currency as a decimal number, such as `0.50`.
fn money(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    let digits = text.trim_end_matches('0').len().max(text.len() - 4);
    text.get(..digits).unwrap_or_default().to_owned()
}

/// How many requests the run has sent to the host of `resource`.
fn requests_to(standing: &Standing, resource: &Resource) -> u64 {
    resource.host().and_then(|host| standing.spent.requests.get(host)).copied().unwrap_or(0)
}

fn secrets(question: &Question<'_>, scene: &mut Scene<'_>) -> Result<RestrictedExpression, PolicyError> {
    let action = question.action;
    let receivers = receivers(action.resource());
    let fits = question.secrets.iter().all(|secret| is_fit(secret, action.resource()));
    let bound = question.secrets.iter().all(|secret| is_bound(secret, receivers.as_deref()));
    let mut texts_of = action.args().values().map(|argument| &argument.value);
    let in_text = texts_of.any(names_secret) || resource_names_secret(action.resource());
    let names = question.secrets.iter().map(|secret| scene.secret(secret)).collect::<Result<Vec<_>, _>>()?;
    record(attributes([
        ("used", RestrictedExpression::new_bool(!question.secrets.is_empty())),
        ("bound", RestrictedExpression::new_bool(bound)),
        ("fits", RestrictedExpression::new_bool(fits)),
        ("inText", RestrictedExpression::new_bool(in_text)),
        ("names", RestrictedExpression::new_set(names)),
        ("places", texts(question.secrets.iter().map(|secret| place(&secret.argument)))),
    ]))
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
