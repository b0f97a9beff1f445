//! A whole step with a planner that answers at once: look, judge, record, act, settle. Beside it, the
//! bare driver walking the page and clicking.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use lamassu::{
    Agent, Call, Event, Goal, Pack, Script, Store,
    browser::{BrowserTool, Options},
};

use crate::{
    Figure,
    bare::{Bare, Driver},
    clocked,
    lab::call,
    median,
    pages::{self, Page, READER, SHOW},
    table::millis,
};

/// Steps on each page.
const STEPS: usize = 20;

pub(crate) async fn figures() -> Vec<Figure> {
    let site = pages::serve().await;
    let driver = Driver::start().await;
    let mut figures = Vec::new();
    for Case { letter, page, buttons, calls, limit } in cases() {
        let floor = floor(&driver, &format!("{site}/{letter}"), &page, &buttons).await;
        let step = steps(&site, letter, calls).await;
        figures.push(
            Figure::at_most(format!("a step on page {letter}"), millis(step), millis(limit)).beside(millis(floor)),
        );
    }
    figures
}

/// What is done on one page.
struct Case {
    letter: char,
    page: Page,
    /// What the bare driver clicks.
    buttons: Vec<String>,
    /// What the agent does.
    calls: Vec<Call>,
    limit: Duration,
}

/// The same call never finds the page as it found it before: a run that goes round in circles is
/// ended.
fn cases() -> [Case; 2] {
    let (login, shop) = (pages::login(), pages::shop());
    let show = login.named(SHOW).1.target();
    let fill = |round: usize| call("fill").with("target", READER).with("text", format!("reader {round}"));
    let entries = (0..STEPS / 2).flat_map(|round| [call("click").with("target", show.as_str()), fill(round)]).collect();
    let buttons = pages::takes(STEPS);
    let takes = buttons.iter().map(|name| call("click").with("target", shop.named(name).1.target())).collect();
    let limit = Duration::from_millis;
    [
        Case { letter: 'a', page: login, buttons: vec![SHOW.to_owned(); STEPS], calls: entries, limit: limit(60) },
        Case { letter: 'b', page: shop, buttons, calls: takes, limit: limit(100) },
    ]
}

/// The bare driver walks the page and clicks.
async fn floor(driver: &Driver, url: &str, page: &Page, buttons: &[String]) -> Duration {
    let bare = Bare::start(driver).await;
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
    bare.close().await;
    median(samples)
}

/// An agent does `calls`; the time from the end of one act to the end of the next.
async fn steps(site: &str, letter: char, calls: Vec<Call>) -> Duration {
    let folder = tempfile::tempdir_in(concat!(env!("CARGO_MANIFEST_DIR"), "/target")).unwrap();
    let times = Arc::new(Mutex::new(Vec::new()));
    let clock = Arc::clone(&times);
    let open = call("open").with("url", format!("{site}/{letter}"));
    let agent = Agent::builder()
        .planner(Script::calls(std::iter::once(open).chain(calls).collect::<Vec<_>>()))
        .tool(BrowserTool::new(Options::default()))
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
