//! The record beside a bare append that is flushed to the disk, and a step with files beside both.

use std::{
    fs::OpenOptions,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use lamassu::{
    Agent, Call, Goal, Script, Store,
    files::{FilesTool, Limits},
    journal::{Kind, Ledger},
};
use serde_json::{Value, json};

use crate::{Figure, median, table::micros, timed};

const TIMES: usize = 200;

pub(crate) async fn figures() -> Vec<Figure> {
    // Beside the target folder, so that both are on a real disk.
    let folder = tempfile::tempdir_in(concat!(env!("CARGO_MANIFEST_DIR"), "/target")).unwrap();
    let value = json!({ "text": "x".repeat(400) });
    let floor = flushed_append(&folder.path().join("floor"), value.to_string().as_bytes());
    let append = append(folder.path(), &value).await;
    let (step, bare) = step(folder.path(), floor).await;
    vec![
        Figure::at_most("an append to the record", micros(append), micros(5 * floor)).beside(micros(floor)),
        Figure::at_most("a step with files", micros(step), micros(6 * bare)).beside(micros(bare)),
    ]
}

fn flushed_append(path: &Path, bytes: &[u8]) -> Duration {
    let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
    timed(TIMES, || {
        file.write_all(bytes).unwrap();
        file.sync_data().unwrap();
    })
}

async fn append(folder: &Path, value: &Value) -> Duration {
    let ledger = Ledger::Store(Store::open(&folder.join("append")).unwrap());
    let mut journal = ledger.begin("bench", &Value::Null).await.unwrap();
    let mut samples = Vec::new();
    for number in 0..TIMES {
        let value = value.clone();
        let start = Instant::now();
        journal.step(Kind::Look, &format!("look-{number}"), async move { value }).await.unwrap();
        samples.push(start.elapsed());
    }
    median(samples)
}

/// A step of a run that reads a file, beside reading it and flushing its four records
/// (look, proposal, judgement, outcome) as bare appends.
async fn step(folder: &Path, floor: Duration) -> (Duration, Duration) {
    let work = folder.join("work");
    std::fs::create_dir(&work).unwrap();
    std::fs::write(work.join("note.txt"), "a note").unwrap();
    let steps = u32::try_from(TIMES / 4).unwrap();
    let call = |number: u32| Call::new("files", "read").with("path", "note.txt").with("limit", 1000 + number);
    let agent = Agent::builder()
        .planner(Script::calls((0..steps).map(call).collect::<Vec<_>>()))
        .tool(FilesTool::open(&work, Limits::default()).unwrap())
        .pack(lamassu::Pack::ready("read-only"))
        .journal(Store::open(&folder.join("steps")).unwrap())
        .build()
        .unwrap();
    let start = Instant::now();
    let report = agent.run(Goal::new("read a note")).await.unwrap();
    let each = start.elapsed() / steps;
    assert_eq!((report.steps, report.refusals.len()), (u64::from(steps), 0), "every read is done");
    let read = timed(TIMES, || {
        std::hint::black_box(std::fs::read(work.join("note.txt")).unwrap());
    });
    (each, read + 4 * floor)
}
