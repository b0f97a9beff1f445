use lamassu_contract::Permit;

fn keep_one(permit: &Permit) -> Permit {
    Clone::clone(permit)
}

fn main() {}
