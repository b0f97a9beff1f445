//! What `lamassu policy test` finds in a pack.

use super::{
    loading::{MANIFEST, pack},
    *,
};
use crate::policy::test;

const READS: &str = "@id(\"t.read\")\npermit (principal, action in Lamassu::Action::\"read\", resource);\n";
const CASE: &str =
    "[[case]]\nname = \"a read\"\ncall = \"browser.look\"\non.url = \"https://a.test/\"\nexpect = \"allow\"\n";

/// What is found in a pack of these rules besides `READS`.
fn faults(rules: &str) -> Vec<String> {
    let rules = format!("{READS}{rules}");
    let folder = pack(&[("pack.toml", MANIFEST), ("cases.toml", CASE), ("r.cedar", &rules)]);
    let trial = test(&Pack::folder(folder.path()), &[]).unwrap();
    trial.checks.into_iter().flat_map(|check| check.faults).collect()
}

#[test]
fn every_rule_of_a_ready_pack_is_tried_by_a_case() {
    let mut odd = Vec::new();
    for name in Pack::names() {
        let trial = test(&Pack::ready(name), &[]).unwrap();
        odd.extend(trial.checks.into_iter().filter(|check| !check.faults.is_empty() || check.how.contains("alone")));
    }
    assert_eq!(odd, []);
}

#[test]
fn a_rule_that_never_matters_is_found() {
    let never = "@id(\"t.never\")\nforbid (principal, action == Lamassu::Action::\"files.write\", resource);\n";
    let shadowed = "@id(\"t.tabs\")\npermit (principal, action == Lamassu::Action::\"browser.tabs\", resource);
@id(\"t.no-tabs\")\nforbid (principal, action == Lamassu::Action::\"browser.tabs\", resource);\n";
    let found = [faults(""), faults(never), faults(shadowed)];
    let named =
        found.map(|faults| faults.into_iter().filter_map(|fault| Some(fault.split('`').nth(1)?.to_owned())).collect());
    let expected: [Vec<&str>; 3] = if cfg!(feature = "prove") {
        [vec![], vec!["t.never"], vec!["t.tabs"]]
    } else {
        [vec![], vec!["t.never"], vec!["t.no-tabs", "t.tabs"]]
    };
    let named: [Vec<String>; 3] = named;
    assert_eq!(named, expected);
}

#[test]
fn a_consent_that_takes_away_is_found_by_a_case() {
    let alone = "@id(\"t.alone\")\nforbid (principal, action, resource) when { context.approval.granted };\n";
    assert_eq!(faults(alone), ["a consent takes away what `a read` allows"]);
}
