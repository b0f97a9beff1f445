//! The rules of a learned pack, as text.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Deed, General,
    page::Page,
    shape::{Scope, conditions},
    text::{cedar, slug},
};

/// Arguments whose text matters; where they were the user's own in all runs, they have to be.
pub(super) const SAID: [&str; 11] =
    ["text", "option", "url", "body", "json", "headers", "fields", "path", "from", "to", "name"];
/// How long a line of a rule may be.
const WIDTH: usize = 118;

/// What one verb may do in one scope.
#[derive(Debug, Clone)]
pub(super) struct Unit<'a> {
    pub(super) scope: Scope,
    pub(super) verb: String,
    /// Each with the deeds that it was learned from.
    pub(super) ways: Vec<Way<'a>>,
}

/// One conjunction of conditions.
#[derive(Debug, Clone)]
pub(super) struct Way<'a> {
    conditions: Vec<String>,
    /// Arguments that have to be the user's own.
    pub(super) trusted: BTreeSet<&'static str>,
    pub(super) deeds: Vec<&'a Deed>,
}

impl Way<'_> {
    /// All that has to hold.
    fn all(&self) -> Vec<String> {
        let always = |name: &str| self.deeds.iter().all(|deed| deed.recorded.action.args().contains_key(name));
        let demands = self.trusted.iter().map(|name| match always(name) {
            true => format!("context.args has {name} && context.args.{name}.trusted"),
            false => format!("(!(context.args has {name}) || context.args.{name}.trusted)"),
        });
        self.conditions.iter().cloned().chain(demands).collect()
    }
}

/// What was done, by the conditions that it met.
type ByConditions<'a> = BTreeMap<Vec<String>, Vec<&'a Deed>>;

/// What was done, by scope and verb.
pub(super) fn units(deeds: &[Deed], general: General) -> Vec<Unit<'_>> {
    let mut units: BTreeMap<(Scope, String), ByConditions<'_>> = BTreeMap::new();
    for deed in deeds {
        let action = &deed.recorded.action;
        let Some(scope) = Scope::of(action, general) else { continue };
        let ways = units.entry((scope, action.call().name())).or_default();
        ways.entry(conditions(action, deed.effect, general)).or_default().push(deed);
    }
    let unit = |((scope, verb), ways): (_, BTreeMap<_, _>)| {
        let way = |(conditions, deeds): (_, Vec<_>)| Way { conditions, trusted: trusted(&deeds), deeds };
        Unit { scope, verb, ways: ways.into_iter().map(way).collect() }
    };
    units.into_iter().map(unit).collect()
}

/// The arguments that some of `deeds` have, and that are the user's own in all that have them.
fn trusted(deeds: &[&Deed]) -> BTreeSet<&'static str> {
    let is = |name: &&&str| {
        let mut given = deeds.iter().filter_map(|deed| deed.recorded.action.args().get(**name)).peekable();
        given.peek().is_some() && given.all(|argument| argument.label.is_trusted())
    };
    SAID.iter().filter(is).copied().collect()
}

/// The rules of `units` and of the pages, how many permit, and how many make a person be asked.
pub(super) fn text(name: &str, units: &[Unit<'_>], page: Option<&Page>) -> (String, usize, usize) {
    let permits = merged(units.iter().map(|unit| (unit.scope.clone(), unit.verb.clone(), lines(&unit.ways))));
    let asks = merged(units.iter().filter_map(asked));
    let mut ids = BTreeSet::new();
    let mut rules: Vec<String> = Vec::new();
    for (scope, verbs, ways) in &permits {
        let id = unique(&mut ids, name, &format!("{}-at-{}", named(verbs), slug(scope.place())));
        let because = format!("the recorded runs did this at {}", scope.place());
        let head = format!("permit (\n  principal is Lamassu::Run,\n  {},\n  {}\n)", actions(verbs), scope.head());
        rules.push(format!("{}{head}{};\n", notes(&id, &because), when(ways)));
    }
    for (scope, verbs, ways) in &asks {
        let id = unique(&mut ids, name, &format!("ask-{}-at-{}", named(verbs), slug(scope.place())));
        let because = "a person agreed to this in the recorded runs, so a person has to agree to it again";
        let head = format!("forbid (\n  principal,\n  {},\n  {}\n)", actions(verbs), scope.head());
        let unless = "unless { context.approval.granted && context.approval.age < 600 }";
        rules.push(format!("{}{head}{}\n{unless};\n", notes(&id, because), when(ways)));
    }
    let pages = page.map(|page| page.rules(name)).unwrap_or_default();
    let count = permits.len() + pages.len();
    rules.extend(pages);
    (rules.join("\n"), count, asks.len())
}

/// What a person was asked about. If the same was done without asking as well, it is told apart by
/// everything there is to know.
fn asked(unit: &Unit<'_>) -> Option<(Scope, String, Ways)> {
    let mut all = BTreeSet::new();
    for way in &unit.ways {
        let asked: Vec<_> = way.deeds.iter().filter(|deed| deed.asked).collect();
        let mixed = asked.len() < way.deeds.len();
        for deed in asked {
            let action = &deed.recorded.action;
            let exact = || conditions(action, deed.effect, General::Exact);
            let conditions = if mixed { exact() } else { way.conditions.clone() };
            all.insert(conditions);
        }
    }
    (!all.is_empty()).then(|| (unit.scope.clone(), unit.verb.clone(), all))
}

fn lines(ways: &[Way<'_>]) -> Ways {
    ways.iter().map(Way::all).collect()
}

/// Conjunctions, any of which will do.
type Ways = BTreeSet<Vec<String>>;
type Rule = (Scope, Vec<String>, Ways);

/// Verbs that may do the same in the same scope share a rule.
fn merged(units: impl Iterator<Item = (Scope, String, Ways)>) -> Vec<Rule> {
    let mut rules: BTreeMap<(Scope, Ways), Vec<String>> = BTreeMap::new();
    for (scope, verb, ways) in units {
        rules.entry((scope, ways)).or_default().push(verb);
    }
    rules.into_iter().map(|((scope, ways), verbs)| (scope, verbs, ways)).collect()
}

fn notes(id: &str, because: &str) -> String {
    format!("@id({})\n@because({})\n", cedar(id), cedar(because))
}

fn actions(verbs: &[String]) -> String {
    let uids: Vec<_> = verbs.iter().map(|verb| format!("Lamassu::Action::{}", cedar(verb))).collect();
    match uids.as_slice() {
        [one] => format!("action == {one}"),
        many => format!("action in [\n    {}\n  ]", many.join(",\n    ")),
    }
}

/// `click`, `look-and-3-more`.
fn named(verbs: &[String]) -> String {
    let plain = |verb: &String| slug(verb.rsplit('.').next().unwrap_or(verb));
    match verbs {
        [] => "nothing".to_owned(),
        [one] => plain(one),
        [one, rest @ ..] => format!("{}-and-{}-more", plain(one), rest.len()),
    }
}

fn unique(ids: &mut BTreeSet<String>, name: &str, what: &str) -> String {
    let id = format!("{name}.{what}");
    let more = (2..).map(|number| format!("{id}-{number}"));
    let found = std::iter::once(id.clone()).chain(more).find(|id| ids.insert(id.clone()));
    found.unwrap_or(id)
}

/// The conditions of a rule: what all ways share, then the ways, any of which will do.
fn when(ways: &Ways) -> String {
    let first = ways.first().map(Vec::as_slice).unwrap_or_default();
    let shared: Vec<_> = first.iter().filter(|one| ways.iter().all(|way| way.contains(one))).cloned().collect();
    let own = |way: &Vec<String>| way.iter().filter(|one| !shared.contains(one)).cloned().collect::<Vec<_>>();
    let rest: Vec<_> = ways.iter().map(own).collect();
    let mut text = if shared.is_empty() { String::new() } else { clause(&[wrapped(&shared)]) };
    if rest.iter().all(|way| !way.is_empty()) {
        text.push_str(&clause(&rest.iter().map(|way| wrapped(way)).collect::<Vec<_>>()));
    }
    text
}

fn clause(ways: &[String]) -> String {
    match ways {
        [one] if !one.contains('\n') && one.len() < WIDTH - 10 => format!("\nwhen {{ {one} }}"),
        [one] => format!("\nwhen {{\n  {}\n}}", one.replace('\n', "\n  ")),
        many => {
            let indented: Vec<_> = many.iter().map(|way| way.replace('\n', "\n   ")).collect();
            format!("\nwhen {{\n  ({})\n}}", indented.join(") ||\n  ("))
        }
    }
}

/// All conditions, in lines that are not too long. Control characters are escaped in them, so that
/// every newline is one of these.
fn wrapped(conditions: &[String]) -> String {
    let mut out = String::new();
    let mut width = 0;
    for condition in conditions {
        let breaks = width > 0 && width + condition.len() > WIDTH - 10;
        if !out.is_empty() {
            out.push_str(if breaks { " &&\n" } else { " && " });
        }
        width = if breaks { 0 } else { width } + condition.len() + 4;
        out.push_str(condition);
    }
    out
}
