//! Two-phase approval, and every way to fail closed.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use lamassu_contract::{
    Action, Approval, BoxFuture, Call, Decision, Effect, Failure, Gate, Mode, Outcome, Permit, Policy, PolicyError,
    Question, Refusal, Resource, Rule, Secret, Standing, Tool, Vault, Verb, Verdict,
};

#[derive(Debug)]
struct Says(fn(&Question<'_>) -> Result<bool, PolicyError>);

impl Policy for Says {
    fn decide(&self, question: &Question<'_>) -> Result<Decision, PolicyError> {
        let allowed = (self.0)(question)?;
        Ok(Decision { allowed, rules: vec![Rule::new("test.rule", "")] })
    }
}

fn gate(answer: fn(&Question<'_>) -> Result<bool, PolicyError>) -> Gate {
    let vault = Vault::default().with("pin", Secret::new("1234567").at("https://shop.test"));
    Gate::new(Arc::new(Says(answer)), Arc::new(vault))
}

fn action() -> Action {
    Action::new(&Call::new("bell", "ring").with("times", 2), Effect::Write, Resource::thing("Bell", "front"))
}

fn standing() -> Standing {
    Standing { now: 1_000_000, ..Standing::new("r", "a", "u", Mode::Script) }
}

fn rules(refusal: &Refusal) -> Vec<&str> {
    refusal.rules.iter().map(|rule| rule.id.as_str()).collect()
}

fn stopped(verdict: Verdict) -> Refusal {
    match verdict {
        Verdict::Stop(refusal) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn held_for_consent() -> (Gate, lamassu_contract::Held) {
    let gate = gate(|question| Ok(question.approval.is_some()));
    match gate.judge(action(), &standing()) {
        Verdict::Hold(held) => (gate, held),
        other => panic!("expected a hold, got {other:?}"),
    }
}

fn consent(held: &lamassu_contract::Held, at: u64) -> Approval {
    Approval { by: "ada".into(), digest: held.digest(), at }
}

#[test]
fn what_the_policy_allows_gets_a_permit_for_exactly_that() {
    let Verdict::Go(permit) = gate(|_| Ok(true)).judge(action(), &standing()) else { panic!("not allowed") };
    assert_eq!(permit.digest(), action().digest());
}

#[test]
fn what_only_consent_would_allow_is_held_and_then_goes() {
    let (gate, held) = held_for_consent();
    let approval = consent(&held, 1_000_000);
    let Verdict::Go(permit) = gate.approve(held, &approval, 1_000_001) else { panic!("not allowed") };
    assert_eq!(permit.approved_by(), Some("ada"));
}

#[test]
fn a_consent_that_is_too_old_is_no_consent() {
    let (gate, held) = held_for_consent();
    let approval = consent(&held, 1_000_000);
    assert_eq!(rules(&stopped(gate.approve(held, &approval, 1_600_000))), ["gate.approval"]);
}

#[test]
fn a_consent_from_the_future_is_no_consent() {
    let (gate, held) = held_for_consent();
    let approval = consent(&held, 2_000_000);
    assert_eq!(rules(&stopped(gate.approve(held, &approval, 1_000_000))), ["gate.approval"]);
}

#[test]
fn a_consent_to_another_action_is_no_consent() {
    let (gate, held) = held_for_consent();
    let other =
        Action::new(&Call::new("bell", "ring").with("times", 3), Effect::Write, Resource::thing("Bell", "front"));
    let approval = Approval { by: "ada".into(), digest: other.digest(), at: 1_000_000 };
    assert_eq!(rules(&stopped(gate.approve(held, &approval, 1_000_000))), ["gate.approval"]);
}

#[test]
fn an_error_is_a_denial() {
    let verdict = gate(|_| Err(PolicyError("no such attribute".into()))).judge(action(), &standing());
    assert_eq!(rules(&stopped(verdict)), ["gate.error"]);
}

#[test]
fn a_panic_is_a_denial() {
    let verdict = gate(|_| panic!("rules on fire")).judge(action(), &standing());
    assert_eq!(rules(&stopped(verdict)), ["gate.error"]);
}

#[test]
fn an_unknown_secret_is_a_denial() {
    let verdict = gate(|_| Ok(true)).judge(action().uses_secret("times", "nope"), &standing());
    assert_eq!(rules(&stopped(verdict)), ["gate.secret"]);
}

#[test]
fn a_secret_is_lent_only_for_the_argument_that_was_judged() {
    let verdict = gate(|_| Ok(true)).judge(action().uses_secret("times", "pin"), &standing());
    let Verdict::Go(permit) = verdict else { panic!("not allowed") };
    assert_eq!(
        (permit.secret("times").as_deref().map(String::as_str), permit.secret("other")),
        (Some("1234567"), None)
    );
}

#[test]
fn any_difference_in_what_is_judged_changes_the_digest() {
    let base = action();
    let others = [
        action().arg("times", 3),
        action().fact("loud", true),
        action().uses_secret("times", "pin"),
        Action::new(&Call::new("bell", "ring").with("times", 2), Effect::Egress, Resource::thing("Bell", "front")),
        Action::new(&Call::new("bell", "ring").with("times", 2), Effect::Write, Resource::thing("Bell", "back")),
    ];
    assert!(others.iter().all(|other| other.digest() != base.digest()));
}

#[test]
fn what_a_person_reads_shows_hidden_characters() {
    assert_eq!(action().summary("ring \u{202e}txt.exe\u{1b}[2J").line(), "ring \\u{202e}txt.exe\\u{1b}[2J");
}

#[test]
fn a_clock_that_jumps_makes_no_consent_fresh() {
    let tries = [
        (1_000_000, 1_000_000, true),
        (1_000_000, 1_599_999, true),
        (1_000_000, 1_600_000, false),
        (1_000_000, 999_999, false),
        (1_000_000, 0, false),
        (1_000_000, u64::MAX, false),
        (u64::MAX, 1_000_000, false),
        (0, 1_000_000, false),
    ];
    for (at, now, fresh) in tries {
        let (gate, held) = held_for_consent();
        let approval = consent(&held, at);
        let goes = matches!(gate.approve(held, &approval, now), Verdict::Go(_));
        assert_eq!(goes, fresh, "consented at {at}, used at {now}");
    }
}

/// What was judged before another policy took the seat.
fn replaced() -> (Gate, lamassu_contract::Held, lamassu_contract::Permit) {
    let (gate, held) = held_for_consent();
    let open = Gate::clone(&gate);
    assert_eq!(open.install(Arc::new(Says(|_| Ok(true)))), 2);
    let Verdict::Go(permit) = gate.judge(action(), &standing()) else { panic!("not allowed") };
    assert_eq!(open.install(Arc::new(Says(|_| Ok(true)))), 3);
    (gate, held, permit)
}

#[test]
fn a_consent_does_not_outlive_the_policy_that_asked_for_it() {
    let (gate, held, _) = replaced();
    let approval = consent(&held, 1_000_000);
    assert_eq!(rules(&stopped(gate.approve(held, &approval, 1_000_001))), ["gate.generation"]);
}

#[test]
fn a_permit_does_not_outlive_the_policy_that_gave_it() {
    let (_, _, permit) = replaced();
    let judge = permit.judge().clone();
    let spent = pin!(permit.spend(&Rung)).poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Outcome::NotSent(failure)) = spent else { panic!("it ran") };
    let refusals = [failure.refusal.unwrap(), judge.judge(action()).map(drop).unwrap_err()];
    assert_eq!(
        (refusals.each_ref().map(rules), judge.sits()),
        ([vec!["gate.generation"], vec!["gate.generation"]], false)
    );
}

/// A tool that must not run.
#[derive(Debug)]
struct Rung;

impl Tool for Rung {
    fn name(&self) -> &str {
        "bell"
    }

    fn verbs(&self) -> Vec<Verb> {
        Vec::new()
    }

    fn describe<'a>(&'a self, _: &'a Call) -> BoxFuture<'a, Result<Action, Failure>> {
        Box::pin(async { Ok(action()) })
    }

    fn run(&self, _: Permit) -> BoxFuture<'_, Outcome> {
        panic!("it was rung")
    }
}
