//! Figures beside a floor measured in the same run: `make bench`.
//!
//! Prints a table and writes `target/bench.json`, a list of
//! `{name, value, unit, floor, limit, holds}`. The floor is the same work without Lamassu.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should stop, and its output is a table"
)]

mod browser;
mod record;
mod rules;
mod scene;

use std::time::{Duration, Instant};

use serde::Serialize;

/// One line of the table. All times are medians.
#[derive(Debug, Serialize)]
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    floor: f64,
    limit: f64,
    holds: bool,
}

impl Figure {
    /// A time in microseconds that may be at most `limit`.
    fn new(name: &'static str, value: Duration, floor: Duration, limit: f64) -> Self {
        let (value, floor) = (micros(value), micros(floor));
        Self { name, value, unit: "µs", floor, limit, holds: value <= limit }
    }
}

fn micros(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e7).round() / 10.0
}

/// The median of `samples`.
fn median(mut samples: Vec<Duration>) -> Duration {
    samples.sort_unstable();
    samples.get(samples.len() / 2).copied().unwrap_or_default()
}

/// The median time of `times` runs of `work`, after a few to warm up.
fn timed(times: usize, mut work: impl FnMut()) -> Duration {
    (0..times / 10).for_each(|_| work());
    let samples = (0..times).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    median(samples.collect())
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut figures = vec![rules::decision()];
    figures.extend(runtime.block_on(record::figures()));
    figures.extend(runtime.block_on(browser::figures()));
    println!("{:38} {:>12} {:>12} {:>12}", "", "value", "floor", "limit");
    for Figure { name, value, unit, floor, limit, holds } in &figures {
        let verdict = if *holds { "holds" } else { "DOES NOT HOLD" };
        println!("{name:38} {value:>9.1} {unit} {floor:>9.1} {unit} {limit:>9.1} {unit}  {verdict}");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/bench.json");
    std::fs::write(path, serde_json::to_string_pretty(&figures).unwrap()).unwrap();
    println!("written to target/bench.json");
}
