use lamassu_contract::{Label, Source};

fn claim() -> Label {
    Label::of(Source::Goal)
}

fn main() {}
