//! Medians of times.

use std::time::{Duration, Instant};

/// The median of `samples`.
pub(crate) fn median(mut samples: Vec<Duration>) -> Duration {
    samples.sort_unstable();
    samples.get(samples.len() / 2).copied().unwrap_or_default()
}

/// The median time of `times` runs of `work`, after a few to warm up.
pub(crate) fn timed(times: usize, mut work: impl FnMut()) -> Duration {
    (0..times / 10).for_each(|_| work());
    let samples = (0..times).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    median(samples.collect())
}

/// How long `work` takes, and what comes of it.
pub(crate) async fn clocked<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let start = Instant::now();
    let value = work.await;
    (start.elapsed(), value)
}
