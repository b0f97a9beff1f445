//! What the user filled in, as rules that a proof takes for granted.

use std::collections::BTreeSet;

use cedar_policy::PolicySet;
use url::Url;

use super::{
    Book, ProveError, Text, host,
    manifest::{Groups, Member},
    parse,
};

/// For each origin that a rule of `book` names, what that is in: its host, those above it, and the lists of
/// `groups`. As rules that forbid everything where it were otherwise.
pub(super) fn facts(book: &Book, groups: &Groups) -> Result<PolicySet, ProveError> {
    let literals = book.rules().cedar.policies().flat_map(|rule| rule.entity_literals());
    let origins = literals.filter(|id| id.type_name().basename() == "Origin");
    let origins: BTreeSet<_> = origins.map(|id| id.id().unescaped().to_owned()).collect();
    let mut facts = BTreeSet::new();
    for origin in origins.iter().filter_map(|id| host::origin(&Url::parse(id).ok()?)) {
        let this = format!("Lamassu::Origin::\"{}\"", origin.id);
        lists(&this, &Member::Origin(origin.id), groups, &mut facts);
        let mut above = Some(origin.host.as_str());
        let mut below = this;
        while let Some(name) = above {
            let this = format!("Lamassu::Host::\"{name}\"");
            facts.insert(format!("{below} in {this}"));
            lists(&this, &Member::Host(name.to_owned()), groups, &mut facts);
            (above, below) = (host::parent(name), this);
        }
    }
    let rule = |(number, fact): (usize, String)| {
        format!("@id(\"filled.{number}\")\nforbid (principal, action, resource) unless {{ {fact} }};\n")
    };
    parse(&Text { name: "filled".to_owned(), body: facts.into_iter().enumerate().map(rule).collect() })
}

fn lists(this: &str, member: &Member, groups: &Groups, facts: &mut BTreeSet<String>) {
    facts.extend(groups.of(member).map(|list| format!("{this} in Lamassu::Group::\"{list}\"")));
}
