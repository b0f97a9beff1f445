//! Tasks on pages that judge themselves, through the whole runtime: `make bench-miniwob` and `make bench-pages`.
//!
//! `web miniwob FOLDER` runs tasks of MiniWoB++, whose pages lie in FOLDER; `web pages FOLDER` runs each
//! `NAME/index.html` of FOLDER, which defines `window.__task = { instruction, done(), harmful() }`; `web shop` asks
//! the demonstration shop for what its customers want. `--renamed` shows the planner other words in place of all ids,
//! classes and the like.
//! `--tasks`, `--seeds` and `--demos` choose; results go to `target/miniwob.json`, `target/pages.json` or
//! `target/shop.json`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should stop, and its output is a table"
)]

mod episode;
mod keep;
mod shop;
mod site;

use std::path::PathBuf;

use lamassu::planner::{local::Local, skill::rehearse::Pages};
use serde_json::{Value, json};

use episode::{Episode, Lab, Task};

/// The tasks that are run when none is named: those that the planner's making has looked at.
const TASKS: &str = "book-flight-nodelay choose-list click-collapsible-nodelay click-collapsible-2-nodelay \
    click-scroll-list daily-calendar email-inbox email-inbox-delete email-inbox-forward email-inbox-forward-nl \
    email-inbox-forward-nl-turk email-inbox-important email-inbox-nl-turk email-inbox-noscroll email-inbox-reply \
    email-inbox-star-reply navigate-tree odd-or-even stock-market text-transform use-spinner choose-date-easy \
    choose-date-nodelay click-button click-button-sequence click-checkboxes click-checkboxes-large \
    click-checkboxes-soft click-checkboxes-transfer click-color click-option click-test click-test-2 \
    click-test-transfer click-widget enter-date enter-time find-word guess-number search-engine sign-agreement \
    unicode-test";

/// The first seed of demonstrations, where a page has one goal.
const DEMONSTRATED: u64 = 900_001;
/// Seeds as far apart have the same goal with other values, on pages that go through their goals seed by seed: it is a
/// multiple of each number up to 16, and of most up to 30.
const ROUND: u64 = 720_720;

/// What was asked for on the command line.
#[derive(Debug)]
struct Asked {
    kind: Kind,
    folder: PathBuf,
    tasks: Vec<String>,
    seeds: Vec<u64>,
    demos: usize,
    pages: Pages,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Miniwob,
    Pages,
    Shop,
}

fn main() {
    let asked = asked();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (name, lines) = runtime.block_on(measure(&asked));
    let path = format!("{}/target/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(path, serde_json::to_string_pretty(&lines).unwrap()).unwrap();
    println!("\nwritten to target/{name}.json");
}

fn asked() -> Asked {
    // Cargo itself passes `--bench`.
    let words: Vec<_> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let pages = if words.iter().any(|word| word == "--renamed") { Pages::Renamed } else { Pages::Recorded };
    let option = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1).filter(|value| !value.trim().is_empty()).cloned()
    };
    let kind = match words.first().map(String::as_str) {
        Some("miniwob") => Kind::Miniwob,
        Some("pages") => Kind::Pages,
        Some("shop") => Kind::Shop,
        _ => panic!("say `miniwob FOLDER`, `pages FOLDER` or `shop`"),
    };
    let folder = match kind {
        Kind::Shop => PathBuf::from("."),
        _ => words.get(1).map_or_else(|| panic!("say in which folder the pages are"), PathBuf::from),
    };
    let tasks = match option("--tasks") {
        Some(tasks) => tasks,
        None if kind == Kind::Miniwob => TASKS.to_owned(),
        None if kind == Kind::Shop => shop::names().join(" "),
        None => names(&folder).join(" "),
    };
    let seeds = option("--seeds").unwrap_or_else(|| if kind == Kind::Shop { "1" } else { "101-110" }.to_owned());
    Asked {
        kind,
        folder,
        tasks: tasks.split([' ', ',']).filter(|task| !task.is_empty()).map(str::to_owned).collect(),
        seeds: seeds.split([' ', ',']).flat_map(range).collect(),
        demos: option("--demos").map_or(0, |demos| demos.parse().unwrap_or_else(|_| panic!("`{demos}` is no number"))),
        pages,
    }
}

/// `101-110`, or one number.
fn range(text: &str) -> std::ops::RangeInclusive<u64> {
    let number = |text: &str| text.trim().parse().unwrap_or_else(|_| panic!("`{text}` is no seed; write `101-110`"));
    match text.split_once('-') {
        Some((first, last)) => number(first)..=number(last),
        None => number(text)..=number(text),
    }
}

/// The pages of a folder, in the order of their names.
fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let pages = entries.flatten().filter(|entry| entry.path().join("index.html").is_file());
    let mut names: Vec<_> = pages.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

async fn measure(asked: &Asked) -> (&'static str, Vec<Value>) {
    let (name, scripts): (_, &[&str]) = match asked.kind {
        Kind::Miniwob => ("miniwob", &[include_str!("tell.js"), include_str!("wob.js")]),
        Kind::Pages => ("pages", &[include_str!("tell.js")]),
        Kind::Shop => ("shop", &[]),
    };
    let site = site::serve(&asked.folder, scripts).await;
    let mut lab = Lab::new(site, Local::new(), asked.pages);
    let mut lines = Vec::new();
    println!("{:32} {:>6} {:>6} {:>6} {:>6} {:>6}", "task", "solved", "over", "harm", "steps", "ms");
    for task in &asked.tasks {
        let path = match asked.kind {
            Kind::Miniwob => format!("miniwob/{task}.html"),
            Kind::Pages => format!("{task}/index.html"),
            Kind::Shop => task.clone(),
        };
        let (counted, shown) = match asked.kind {
            Kind::Shop => (Task::Wish(&path), Task::Like(&path)),
            _ => (Task::Page(&path), Task::Page(&path)),
        };
        let mut episodes = Vec::new();
        for (number, seed) in asked.seeds.iter().enumerate() {
            // A page of MiniWoB++ has one goal, as a wish has; other pages have one after the other.
            match asked.kind {
                _ if asked.demos == 0 => {}
                Kind::Pages => lab.teach(shown, (1..).map(|round| seed + round * ROUND), asked.demos).await,
                _ if number == 0 => lab.teach(shown, DEMONSTRATED.., asked.demos).await,
                _ => {}
            }
            episodes.push(lab.play(counted, *seed).await);
        }
        print(task, &episodes);
        lines.push(summary(asked, task, &episodes));
    }
    lab.close().await;
    total(&lines);
    (name, lines)
}

fn print(task: &str, episodes: &[Episode]) {
    let count = |test: fn(&Episode) -> bool| episodes.iter().filter(|episode| test(episode)).count();
    let steps: u64 = episodes.iter().map(|episode| episode.steps).sum();
    let millis: u64 = episodes.iter().map(|episode| episode.millis).sum();
    let tried = u64::try_from(episodes.len().max(1)).unwrap();
    let solved = format!("{}/{tried}", count(|episode| episode.solved));
    let (over, harm) = (count(|episode| episode.handed_over), count(|episode| episode.harmful));
    println!("{task:32} {solved:>6} {over:>6} {harm:>6} {:>6} {:>6}", steps / tried, millis / tried);
}

fn summary(asked: &Asked, task: &str, episodes: &[Episode]) -> Value {
    let seeds = |test: fn(&Episode) -> bool| -> Vec<u64> {
        episodes.iter().filter(|episode| test(episode)).map(|episode| episode.seed).collect()
    };
    json!({
        "task": task,
        "demonstrations": asked.demos,
        "renamed": asked.pages == Pages::Renamed,
        "seeds": seeds(|_| true),
        "solved": seeds(|episode| episode.solved),
        "handed_over": seeds(|episode| episode.handed_over),
        "harmful": seeds(|episode| episode.harmful),
        "sure": seeds(|episode| episode.sure),
        "sure_and_solved": seeds(|episode| episode.sure && episode.solved),
        "decisions": episodes.iter().map(|episode| episode.decisions).sum::<usize>(),
        "steps": episodes.iter().map(|episode| episode.steps).sum::<u64>(),
        "episodes": episodes,
    })
}

fn total(lines: &[Value]) {
    let sum = |name: &str| lines.iter().filter_map(|line| line[name].as_array().map(Vec::len)).sum::<usize>();
    let (tried, sure) = (sum("seeds"), sum("sure"));
    let share = |part: usize, whole: usize| {
        100.0 * f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole.max(1)).unwrap())
    };
    println!(
        "\n{} of {tried} solved ({:.1} %), {} handed over, {} harmful; sure of {sure} ({:.0} %), of which {:.1} % solved",
        sum("solved"),
        share(sum("solved"), tried),
        sum("handed_over"),
        sum("harmful"),
        share(sure, tried),
        share(sum("sure_and_solved"), sure),
    );
}
