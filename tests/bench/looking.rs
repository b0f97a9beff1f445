//! One look at a page beside one script that walks it; what is in it, and how long it is.

use std::time::Duration;

use lamassu::Observation;

use crate::{
    Figure,
    bare::{Bare, Driver, Walked, walked},
    clocked,
    lab::{Lab, call},
    median,
    pages::{self, Control, LATE, LOAD, Page},
    table::{amount, millis, tokens},
};

/// The longest a look may be.
const BUDGET: usize = 6_000;
/// Goals for each of the two large pages.
const GOALS: usize = 30;

/// A page with what is known of it.
struct Case {
    letter: char,
    page: Page,
    elements: u64,
    goal: &'static str,
    rounds: usize,
}

/// What was measured on one page.
struct Looked {
    time: Duration,
    floor: Duration,
    /// Bytes of the longest look.
    longest: usize,
    walked: Walked,
    /// Goals whose control was in the table.
    hits: usize,
}

pub(crate) async fn figures() -> Vec<Figure> {
    let site = pages::serve().await;
    let driver = Driver::start().await;
    let (bare, lab) = (Bare::start(&driver).await, Lab::new());
    let (mut times, mut sizes, mut hits) = (Vec::new(), Vec::new(), 0);
    for case in cases() {
        let url = format!("{site}/{}", case.letter);
        bare.open(&url).await;
        lab.open(&url).await;
        let looked = look(&case, &bare, &lab).await;
        hits += looked.hits;
        let limit = match case.letter {
            'a' => looked.floor + Duration::from_millis(8),
            _ => looked.floor.mul_f64(2.5),
        };
        let name = format!("a look at page {}", case.letter);
        times.push(Figure::at_most(name, millis(looked.time), millis(limit)).beside(millis(looked.floor)));
        sizes.push(size(case.letter, looked.longest).beside(tokens(looked.walked.bytes)));
    }
    let (late, longest) = late(&lab, &site).await;
    sizes.push(size('d', longest));
    bare.close().await;
    lab.close().await;
    let all = (2 * GOALS) as f64;
    let told = Figure::at_least("goals whose control is shown, of 60", amount(hits as f64, ""), amount(all - 1.0, ""));
    let waited = Figure::at_least("late elements seen after a click, of 1", amount(late as f64, ""), amount(1.0, ""));
    times.into_iter().chain(sizes).chain([told, waited]).collect()
}

fn size(letter: char, bytes: usize) -> Figure {
    Figure::at_most(format!("the longest look at page {letter}"), tokens(bytes), tokens(BUDGET))
}

fn cases() -> [Case; 3] {
    [
        Case { letter: 'a', page: pages::login(), elements: 28, goal: "Sign in as Enheduanna", rounds: 30 },
        Case { letter: 'b', page: pages::shop(), elements: 3_000, goal: "Put a glass lamp in the basket", rounds: 30 },
        Case { letter: 'c', page: pages::console(), elements: 51_600, goal: "Edit Raven Salt", rounds: 15 },
    ]
}

/// Looks and walks in turn, so that both meet the same noise.
async fn look(case: &Case, bare: &Bare, lab: &Lab) -> Looked {
    let walked = walked(&bare.walk().await);
    assert_eq!(walked.controls, case.page.controls.len(), "the walk finds each control of page {}", case.letter);
    let apart = walked.elements.abs_diff(case.elements);
    assert!(apart <= case.elements / 50, "page {} has the size it should have: {walked:?}", case.letter);
    let mut longest = lab.look(case.goal).await.content.len();
    let (mut floors, mut times) = (Vec::new(), Vec::new());
    for _ in 0..case.rounds {
        floors.push(clocked(bare.walk()).await.0);
        let (time, seen) = clocked(lab.look(case.goal)).await;
        times.push(time);
        longest = longest.max(seen.content.len());
    }
    let mut hits = 0;
    for (control, goal) in goals(case) {
        let seen = lab.look(&goal).await;
        longest = longest.max(seen.content.len());
        hits += usize::from(shows(&seen, control));
    }
    Looked { time: median(times), floor: median(floors), longest, walked, hits }
}

/// Goals that name one control each, spread over a large page; the strides fall on every kind.
fn goals(case: &Case) -> Vec<(&Control, String)> {
    let stride = match case.letter {
        'b' => 11,
        'c' => 101,
        _ => return Vec::new(),
    };
    let controls = case.page.controls.iter().step_by(stride).chain(case.page.controls.iter().skip(1).step_by(stride));
    controls.take(GOALS).enumerate().map(|(index, control)| (control, goal(control, index))).collect()
}

/// Every other goal puts the name in quotes; a button's name is an order already.
fn goal(control: &Control, index: usize) -> String {
    let Control { role, name } = control;
    let name = if index.is_multiple_of(2) { format!("\"{name}\"") } else { name.clone() };
    match *role {
        "link" => format!("Follow the link {name}"),
        "checkbox" => format!("Tick {name}"),
        "combobox" => format!("Choose an option of {name}"),
        "button" if index.is_multiple_of(2) => format!("Press {name}"),
        "button" => name,
        _ => format!("Type something into {name}"),
    }
}

fn shows(seen: &Observation, control: &Control) -> bool {
    let rows = seen.page.iter().flat_map(|page| &page.table.rows);
    rows.into_iter().any(|row| row.role == control.role && row.name == control.name)
}

/// Whether what comes half a second after a click is in the look that follows; and the longest look.
async fn late(lab: &Lab, site: &str) -> (usize, usize) {
    lab.open(&format!("{site}/d")).await;
    let before = lab.look("take the offer").await;
    lab.run(&call("click").with("target", format!("button \"{LOAD}\""))).await;
    let after = lab.look("take the offer").await;
    let rows =
        |seen: &Observation| seen.page.iter().flat_map(|page| &page.table.rows).filter(|row| row.name == LATE).count();
    assert_eq!(rows(&before), 0, "the offer is not there before the click");
    (rows(&after), before.content.len().max(after.content.len()))
}
