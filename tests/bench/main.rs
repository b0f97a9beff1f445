//! Figures beside a floor measured in the same run: `make bench`.
//!
//! Prints a table and writes `target/bench.json`, a list of
//! `{area, name, value, unit, floor, bound, limit, holds}`. The floor is the same work without
//! Lamassu, `null` where there is no such work; the bound is `at_most` or `at_least`. All times are
//! medians. Arguments choose among the areas: `cargo bench --bench speed -- looking acting`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should stop, and its output is a table"
)]

mod acting;
mod asking;
mod bare;
mod choosing;
mod clock;
mod lab;
mod looking;
mod memory;
mod pages;
mod proxy;
mod record;
mod rules;
mod scene;
mod stepping;
mod table;
mod whole;

use clock::{clocked, median, timed};
use table::Figure;

/// What is measured, in this order: memory first, while this process is small.
const AREAS: [&str; 10] =
    ["memory", "deciding", "choosing", "recording", "looking", "acting", "stepping", "asking", "whole", "proxy"];

async fn measure(area: &str) -> Vec<Figure> {
    match area {
        "memory" => memory::figures().await,
        "deciding" => rules::figures(),
        "choosing" => choosing::figures(),
        "recording" => record::figures().await,
        "looking" => looking::figures().await,
        "acting" => acting::figures().await,
        "stepping" => stepping::figures().await,
        "asking" => asking::figures().await,
        "whole" => whole::figures().await,
        _ => proxy::figures().await,
    }
}

fn main() {
    // Cargo itself passes `--bench`.
    let asked: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if let Some(word) = asked.iter().find(|word| !AREAS.contains(&word.as_str())) {
        panic!("there is no area `{word}`; there are {}", AREAS.join(", "));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut lines = Vec::new();
    for area in AREAS.into_iter().filter(|area| asked.is_empty() || asked.iter().any(|word| word == area)) {
        let figures = runtime.block_on(measure(area));
        table::print(area, &figures);
        lines.extend(table::lines(area, figures));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/bench.json");
    std::fs::write(path, serde_json::to_string_pretty(&lines).unwrap()).unwrap();
    println!("\nwritten to target/bench.json");
}
