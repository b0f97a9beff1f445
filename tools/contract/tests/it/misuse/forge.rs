use lamassu_contract::{Action, Permit};

fn forge(action: Action) -> Permit {
    Permit { action }
}

fn main() {}
