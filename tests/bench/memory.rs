//! The memory of this process with one whole session in it: agent, policy, record, browser tool.

use std::sync::{Arc, Mutex};

use lamassu::{
    Agent, Goal, Pack, Script, Store,
    browser::{BrowserTool, Options},
};

use crate::{
    Figure,
    lab::call,
    pages,
    table::{Amount, amount},
};

/// Megabytes.
const LIMIT: f64 = 30.0;

pub(crate) async fn figures() -> Vec<Figure> {
    let Some(floor) = resident() else {
        println!("memory cannot be measured: this system has no `/proc/self/status`");
        return Vec::new();
    };
    let most = session(&pages::serve().await).await;
    vec![
        Figure::at_most("one session that looks at page c", megabytes(most), amount(LIMIT, "MB"))
            .beside(megabytes(floor)),
    ]
}

/// The most that was resident, in kilobytes, whenever something happened in a run that opens page
/// c, looks at it and acts on it.
async fn session(site: &str) -> u64 {
    let folder = tempfile::tempdir_in(concat!(env!("CARGO_MANIFEST_DIR"), "/target")).unwrap();
    let most = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&most);
    let calls = vec![
        call("open").with("url", format!("{site}/c")),
        call("click").with("target", "button \"Edit Amber Trading\""),
        call("fill").with("target", "Search the ledger").with("text", "Raven Salt"),
    ];
    let agent = Agent::builder()
        .planner(Script::calls(calls))
        .tool(BrowserTool::new(Options::default()))
        .pack(Pack::ready("web-forms").with("sites", [site]).with("private", ["127.0.0.1"]))
        .journal(Store::open(folder.path()).unwrap())
        .events(move |_| {
            let mut most = seen.lock().unwrap();
            *most = resident().unwrap_or_default().max(*most);
        })
        .build()
        .unwrap();
    let report = agent.run(Goal::new("Edit Amber Trading")).await.unwrap();
    assert_eq!((report.steps, report.refusals.len()), (3, 0), "every step is done: {report:?}");
    *most.lock().unwrap()
}

/// What this process has in memory, in kilobytes.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok())
}

fn megabytes(kilobytes: u64) -> Amount {
    amount(kilobytes as f64 / 1024.0, "MB")
}
