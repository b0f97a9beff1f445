use lamassu_contract::{Approval, Gate, Held};

fn twice(gate: &Gate, held: Held, approval: &Approval) {
    let _ = gate.approve(held, approval, 0);
    let _ = gate.approve(held, approval, 0);
}

fn main() {}
