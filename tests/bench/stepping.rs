//! A whole step with a planner that answers at once: look, judge, record, act, settle. Beside it, the
//! bare driver walking the page and clicking.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use lamassu::{Agent, Call, Event, Goal, Pack, Script, Store, browser::BrowserTool};

use crate::{
    Figure,
    bare::{Bare, Driver},
    clocked,
    lab::{beside, call},
    median,
    pages::{self, Page, READER, SHOW},
    table::millis,
};

/// Steps on each page.
const STEPS: usize = 20;

pub(crate) async fn figures() -> Vec<Figure> {
    let site = pages::serve().await;
    let driver = Driver::start().await;
    let (login, shop) = (pages::login(), pages::shop());
    // On the login a fill follows each click, so that no two steps are the same.
    let show = login.named(SHOW).1.target();
    let fill = |round: usize| call("fill").with("target", READER).with("text", format!("reader {round}"));
    let entries = (0..STEPS / 2).flat_map(|round| [call("click").with("target", show.as_str()), fill(round)]);
    let takes = pages::takes(STEPS);
    let buys = takes.iter().map(|name| call("click").with("target", shop.named(name).1.target()));
    let bare = Bare::start(&driver).await;
    let floors = [
        floor(&bare, &format!("{site}/a"), &login, &vec![SHOW.to_owned(); STEPS]).await,
        floor(&bare, &format!("{site}/b"), &shop, &takes).await,
    ];
    bare.close().await;
    let steps =
        [steps(&driver, &site, "/a", entries.collect()).await, steps(&driver, &site, "/b", buys.collect()).await];
    let lines = [("a step on page a", 60), ("a step on page b", 100)].into_iter().zip(steps).zip(floors);
    lines
        .map(|(((name, limit), step), floor)| {
            Figure::at_most(name, millis(step), millis(Duration::from_millis(limit))).beside(millis(floor))
        })
        .collect()
}

/// The bare driver walks the page and clicks.
async fn floor(bare: &Bare, url: &str, page: &Page, buttons: &[String]) -> Duration {
    bare.open(url).await;
    let mut samples = Vec::new();
    for button in buttons {
        let (number, _) = page.named(button);
        let step = async {
            bare.walk().await;
            bare.control(number).await.click().await.unwrap();
        };
        samples.push(clocked(step).await.0);
    }
    median(samples)
}

/// An agent does `calls`; the time from the end of one act to the end of the next.
async fn steps(driver: &Driver, site: &str, path: &str, calls: Vec<Call>) -> Duration {
    let folder = tempfile::tempdir_in(concat!(env!("CARGO_MANIFEST_DIR"), "/target")).unwrap();
    let times = Arc::new(Mutex::new(Vec::new()));
    let clock = Arc::clone(&times);
    let open = call("open").with("url", format!("{site}{path}"));
    let agent = Agent::builder()
        .planner(Script::calls(std::iter::once(open).chain(calls).collect::<Vec<_>>()))
        .tool(BrowserTool::new(beside(driver)))
        .pack(Pack::ready("web-forms").with("sites", [site]).with("private", ["127.0.0.1"]))
        .journal(Store::open(folder.path()).unwrap())
        .events(move |event| {
            if let Event::Acted { outcome: "landed", .. } = event {
                clock.lock().unwrap().push(Instant::now());
            }
        })
        .build()
        .unwrap();
    let report = agent.run(Goal::new("see how long a step takes")).await.unwrap();
    let times = times.lock().unwrap();
    assert_eq!((times.len(), report.refusals.len()), (STEPS + 1, 0), "every step is done: {report:?}");
    median(times.iter().zip(times.iter().skip(1)).map(|(last, next)| next.duration_since(*last)).collect())
}
