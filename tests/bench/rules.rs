//! A decision beside the digest of the same action, which any gate has to take.

use std::{hint::black_box, sync::Arc, time::Duration};

use lamassu::{Gate, Vault, Verdict, policy::CedarPolicy};

use crate::{Figure, scene, table::micros, timed};

pub(crate) fn decision() -> Figure {
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
