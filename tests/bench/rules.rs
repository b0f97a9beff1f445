//! A decision beside the digest of the same action, which any gate has to take; and how little the
//! number of rules matters to it.

use std::{
    fmt::Write as _,
    fs,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use lamassu::{Gate, Pack, Policy as _, Question, Vault, Verdict, policy::CedarPolicy};

use crate::{Figure, scene, table::micros, timed};

/// Decisions of which the slowest one in a hundred is told.
const DECISIONS: usize = 20_000;
/// What the rules are about.
const ACTIONS: [&str; 4] = ["browser.look", "browser.click", "http.request", "browser.fill"];

pub(crate) fn figures() -> Vec<Figure> {
    let (few, many) = (slowest(&among(10)), slowest(&among(1_000)));
    let limit = few.mul_f64(1.5).min(Duration::from_micros(150));
    let many = Figure::at_most("of 1,000 rules, p99 (floor: of 10)", micros(many), micros(limit)).beside(micros(few));
    vec![decision(), many]
}

/// A policy with so many rules of its own, most of which name a site.
fn among(count: usize) -> CedarPolicy {
    let mut rules = String::new();
    for number in 0..count {
        let action = ACTIONS.get(number % ACTIONS.len()).unwrap();
        let site = if number == 0 { scene::SITE.to_owned() } else { format!("https://site{number}.test") };
        let kind = if number % 5 == 4 { "forbid" } else { "permit" };
        writeln!(
            rules,
            "@id(\"many.{number}\") {kind} (principal is Lamassu::Run, action == Lamassu::Action::\"{action}\", \
             resource in Lamassu::Origin::\"{site}\") when {{ context.run.steps < {} }};",
            100 + number
        )
        .unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let case = "[[case]]\nname = \"an unknown site\"\ncall = \"browser.look\"\non.url = \"https://evil.example/\"\n\
                expect = \"deny\"\n";
    let manifest = "name = \"many\"\nabout = \"many rules\"\n";
    for (name, text) in [("pack.toml", manifest), ("cases.toml", case), ("rules.cedar", rules.as_str())] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    CedarPolicy::load(&Pack::folder(folder.path()), &[]).unwrap()
}

/// How long the slowest decision of a hundred takes, with everything that it has to build.
fn slowest(policy: &CedarPolicy) -> Duration {
    let (action, standing) = (scene::action(), scene::standing());
    let question = Question { action: &action, secrets: &[], standing: &standing, approval: None };
    assert!(policy.decide(&question).unwrap().allowed, "the action is allowed");
    let mut times: Vec<_> = (0..DECISIONS)
        .map(|_| {
            let begin = Instant::now();
            let _ = black_box(policy.decide(black_box(&question)));
            begin.elapsed()
        })
        .collect();
    times.sort_unstable();
    *times.get(times.len() * 99 / 100).unwrap()
}

fn decision() -> Figure {
    let policy = CedarPolicy::load(&scene::pack(), &[]).unwrap();
    let gate = Gate::new(Arc::new(policy), Arc::new(Vault::default()));
    let (action, standing) = (scene::action(), scene::standing());
    assert!(matches!(gate.judge(action.clone(), &standing), Verdict::Go(_)), "the action is allowed");
    let value = timed(2_000, || {
        let _ = black_box(gate.judge(black_box(action.clone()), &standing));
    });
    let floor = timed(2_000, || {
        black_box(black_box(action.clone()).digest());
    });
    let limit = Duration::from_micros(300);
    Figure::at_most("a decision (floor: its digest)", micros(value), micros(limit)).beside(micros(floor))
}
