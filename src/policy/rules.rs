//! The rules of a pack: parsed, named, and validated against the schema.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cedar_policy::{EntityUid, Policy, PolicyId, PolicySet, ValidationMode, Validator};
use lamassu_contract::Rule;

use super::{
    depth,
    fault::{Fault, PackError},
    host,
    schema::Schema,
    text::Text,
};

/// Beginnings of ids that only the program itself may use.
const RESERVED: [&str; 4] = ["guard.", "base.", "gate.", "person."];

/// A set of rules that hold together.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) cedar: PolicySet,
    pub(super) named: HashMap<PolicyId, Rule>,
    /// What is odd about them, though not wrong.
    pub(super) warnings: Vec<String>,
}

/// One rule and where it stands.
struct Found<'a> {
    text: &'a Text,
    policy: Policy,
    rule: Rule,
}

impl Found<'_> {
    fn offset(&self) -> usize {
        offset(&self.policy)
    }

    fn fault(&self, problem: impl Into<String>) -> Fault {
        Fault::at(self.text, self.offset(), problem)
    }
}

fn offset(policy: &Policy) -> usize {
    policy.as_ref().loc().map_or(0, |place| place.start())
}

impl Rules {
    /// Reads the guards in `base` and the rules in `own`. All mistakes are reported together.
    pub(super) fn read(
        base: &[Text],
        own: &[Text],
        groups: &BTreeSet<&str>,
        schema: &Schema,
    ) -> Result<Self, PackError> {
        let mut faults = Vec::new();
        let mut found = Vec::new();
        for text in base {
            parse(text, &[], &mut found, &mut faults);
        }
        for text in own {
            parse(text, &RESERVED, &mut found, &mut faults);
        }
        repeated(&found, &mut faults);
        found.iter().for_each(|found| literals(found, groups, &mut faults));
        stop(faults)?;

        let mut cedar = PolicySet::new();
        for found in &found {
            cedar.add(found.policy.clone()).map_err(|error| found.fault(error.to_string()))?;
        }
        let warnings = validate(&cedar, &found, schema)?;
        let named = found.into_iter().map(|found| (found.policy.id().clone(), found.rule)).collect();
        Ok(Self { cedar, named, warnings })
    }
}

fn stop(mut faults: Vec<Fault>) -> Result<(), PackError> {
    faults.sort_by(|one, other| (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column)));
    faults.dedup();
    if faults.is_empty() { Ok(()) } else { Err(PackError::Faulty(faults)) }
}

fn parse<'a>(text: &'a Text, reserved: &[&str], found: &mut Vec<Found<'a>>, faults: &mut Vec<Fault>) {
    if let Some(fault) = depth::too_deep(text) {
        faults.push(fault);
        return;
    }
    let set: PolicySet = match text.body.parse() {
        Ok(set) => set,
        Err(errors) => {
            let errors: cedar_policy::ParseErrors = errors;
            faults.extend(errors.iter().map(|error| Fault::cedar(text, error)));
            return;
        }
    };
    if set.is_empty() {
        faults.push(Fault::at(text, 0, "this file has no rule in it"));
    }
    for template in set.templates() {
        let offset = template.as_ref().loc().map_or(0, |place| place.start());
        faults.push(Fault::at(text, offset, "`?principal` and `?resource` are not filled in; use a `Group`"));
    }
    for policy in set.policies() {
        match name(policy, reserved) {
            Ok(rule) => found.push(Found { text, policy: policy.new_id(PolicyId::new(&rule.id)), rule }),
            Err(problem) => faults.push(Fault::at(text, offset(policy), problem)),
        }
    }
}

fn name(policy: &Policy, reserved: &[&str]) -> Result<Rule, String> {
    let id = policy.annotation("id").ok_or("this rule has no name; give it one with `@id(\"pack.what-it-does\")`")?;
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)) {
        return Err(format!("the id {id:?} may have letters, digits, `.`, `-` and `_` only"));
    }
    if let Some(start) = reserved.iter().find(|start| id.starts_with(*start)) {
        return Err(format!("ids that begin with `{start}` belong to the program; take another"));
    }
    Ok(Rule::new(id, policy.annotation("because").unwrap_or_default()))
}

fn repeated(found: &[Found<'_>], faults: &mut Vec<Fault>) {
    let mut places: BTreeMap<&str, Vec<&Found<'_>>> = BTreeMap::new();
    for found in found {
        places.entry(&found.rule.id).or_default().push(found);
    }
    for (id, mut places) in places {
        places.sort_by_key(|found| (&found.text.name, found.offset()));
        for again in places.iter().skip(1) {
            faults.push(again.fault(format!("there is another rule called `{id}`")));
        }
    }
}

/// Ids that rules write out must be canonical, or they would never match anything.
fn literals(found: &Found<'_>, groups: &BTreeSet<&str>, faults: &mut Vec<Fault>) {
    for literal in found.policy.entity_literals() {
        if let Err(problem) = literal_fits(&literal, groups) {
            faults.push(found.fault(format!("`{literal}` {problem}")));
        }
    }
}

fn literal_fits(literal: &EntityUid, groups: &BTreeSet<&str>) -> Result<(), String> {
    let id = literal.id().unescaped();
    match literal.type_name().basename() {
        "Group" if !groups.contains(id) => Err("is not a parameter in `pack.toml`".to_owned()),
        "Host" | "Site" if host::is_public_suffix(id) => {
            Err("is a public suffix, below which anybody can have a site; name the site itself".to_owned())
        }
        "Host" | "Site" if host::host(id).as_deref() != Some(id) => {
            Err("is not in canonical form: lower case, punycode, no dot at the end, no brackets".to_owned())
        }
        "Origin" if host::spelled(id).is_none_or(|origin| origin.id != id) => {
            Err("is not in canonical form, such as `https://shop.test` or `http://127.0.0.1:8080`".to_owned())
        }
        "Zone" if !["public", "loopback", "private", "link-local", "reserved"].contains(&id) => {
            Err("is not a zone; there are public, loopback, private, link-local and reserved".to_owned())
        }
        _ => Ok(()),
    }
}

fn validate(cedar: &PolicySet, found: &[Found<'_>], schema: &Schema) -> Result<Vec<String>, PackError> {
    let result = Validator::new(schema.cedar.clone()).validate(cedar, ValidationMode::Strict);
    let text = |id: &PolicyId| found.iter().find(|found| found.policy.id() == id).map(|found| found.text);
    let faults = result.validation_errors().filter_map(|error| Some(Fault::cedar(text(error.policy_id())?, error)));
    stop(one_each(faults.collect()))?;
    if !result.validation_passed() {
        // Only if an error names no rule of ours; nothing may slip through for that.
        let name = found.first().map(|found| found.text.clone());
        let text = name.unwrap_or(Text { name: "rules".to_owned(), body: String::new() });
        return Err(Fault::at(&text, 0, result.to_string()).into());
    }
    Ok(result.validation_warnings().map(ToString::to_string).collect())
}

/// One mistake for each place: Cedar reports it again for every kind of action.
fn one_each(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by(|one, other| one.problem.cmp(&other.problem));
    let mut places: BTreeMap<_, (Fault, usize)> = BTreeMap::new();
    for fault in faults {
        let place = (fault.file.clone(), fault.line, fault.column);
        places.entry(place).or_insert((fault, 0)).1 += 1;
    }
    let told = |(mut fault, times): (Fault, usize)| {
        if times > 1 {
            fault.problem.push_str(&format!(" (the same for {} more kinds of action)", times - 1));
        }
        fault
    };
    places.into_values().map(told).collect()
}
