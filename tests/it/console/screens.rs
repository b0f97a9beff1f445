//! Pictures of the console's main states, to be looked at, and what axe-core says of them. Run by
//! `make screenshots` and `make accessibility`.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::Child,
};

use lamassu_shop::{Settings, Shop};
use tokio::net::TcpListener;

use super::studio::Studio;
use crate::support::command::Desk;

const PASSWORD: &str = "open-sesame-42";

/// What is done in each state.
enum Look {
    Picture(PathBuf),
    Axe(String, Vec<String>),
}

impl Look {
    async fn at(&mut self, studio: &Studio, state: &str) {
        match self {
            Self::Picture(folder) => studio.pictures(folder, state).await,
            Self::Axe(axe, found) => {
                for window in [super::studio::WINDOWS[0], super::studio::WINDOWS[3]] {
                    studio.window(window).await;
                    studio.asks(axe).await;
                    let serious = "axe.run().then(({ violations }) => violations.filter(one => ['serious', 'critical'].includes(one.impact)) \
                        .map(one => one.id + ': ' + one.nodes.map(node => node.target.join(' ') + ' ' + node.failureSummary).join(' | ')))";
                    let faults = studio.asks(serious).await;
                    let faults = faults.as_array().unwrap().iter().filter_map(|fault| fault.as_str());
                    found.extend(faults.map(|fault| format!("{state}, {}: {fault}", window.name)));
                }
            }
        }
    }
}

/// A command that ends with the test, whatever comes of that.
pub(super) struct Running(pub(super) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The first link that a command prints.
pub(super) fn link(child: &mut Child) -> String {
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    let found =
        lines.by_ref().find_map(|line| line.find("http://").and_then(|begin| Some(line.get(begin..)?.to_owned())));
    // The rest must be read, or the command stops when the pipe is full.
    std::thread::spawn(move || lines.for_each(drop));
    found.unwrap().trim().to_owned()
}

async fn tour(mut look: Look) -> Look {
    let shop = Shop::open(Settings { password: Some(PASSWORD.to_owned()), seed: None });
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", door.local_addr().unwrap());
    tokio::spawn(lamassu_shop::serve(door, shop));
    let desk = Desk::new();
    let task = format!("{}/examples/tasks/order.toml", env!("CARGO_MANIFEST_DIR"));
    let input = format!("shop={url}");
    let order = ["run", &task, "--input", &input, "--pack", "web-forms", "--console"];
    let mut run = desk.start_heard_with(&order, &[("SHOP_PASSWORD", PASSWORD)]);
    let studio = Studio::open(&link(&mut run)).await;
    let held = "Boolean(document.querySelector('.question'))";
    let painted =
        "Boolean(document.querySelector('.picture img')?.src) && !document.querySelector('.picture img').hidden";
    studio.waits("!document.querySelector('#asks')?.hidden && Boolean(document.querySelector('.wait'))").await;
    look.at(&studio, "runs-waiting").await;
    studio.asks("document.querySelector('#asks').click()").await;
    studio.waits(&format!("{held} && {painted}")).await;
    look.at(&studio, "held").await;
    studio.presses(".ways button", "Edit").await;
    look.at(&studio, "edit").await;
    studio.presses(".stage button", "Back").await;
    studio.presses(".ways button", "Always").await;
    look.at(&studio, "always").await;
    studio.presses(".stage button", "Back").await;
    studio.presses(".reins button", "Pause").await;
    studio.presses(".ways button", "Approve").await;
    studio.waits("document.querySelector('p.now').textContent.startsWith('Paused')").await;
    look.at(&studio, "live-paused").await;
    studio.presses(".reins button", "Take over").await;
    studio.waits("document.querySelectorAll('.pick').length > 3").await;
    look.at(&studio, "take-over").await;
    studio.presses(".hand button", "Hand back").await;
    studio.waits("!document.querySelector('.hand')").await;
    let line =
        |words: &str| format!("document.querySelector('.question .line')?.textContent.includes({words:?}) ?? false");
    for words in ["Add to cart", "I accept the terms", "Place order"] {
        studio.waits(&line(words)).await;
        if words == "Place order" {
            // The button is further down than the window shows.
            studio.waits("document.querySelector('.beyond-view img')?.complete ?? false").await;
            look.at(&studio, "held-order").await;
        }
        studio.presses(".ways button", "Approve").await;
    }
    assert!(run.wait().unwrap().success());
    drop(studio);
    let again = ["run", &task, "--input", &input, "--input", "quantity=3", "--pack", "shop"];
    assert_eq!(desk.run_with(&again, &[("SHOP_PASSWORD", PASSWORD)]).code, 0);
    let refused = ["run", &task, "--input", &input, "--pack", "read-only"];
    assert_eq!(desk.run_with(&refused, &[("SHOP_PASSWORD", PASSWORD)]).code, 3);
    past(&desk, &mut look).await;
    look
}

/// What there is of runs that are over.
async fn past(desk: &Desk, look: &mut Look) {
    let tasks = format!("{}/examples/tasks", env!("CARGO_MANIFEST_DIR"));
    let mut console = Running(desk.start_heard(&["console", "--bind", "127.0.0.1:0", "--tasks", &tasks]));
    let link = link(&mut console.0);
    let home = link.split("/enter").next().unwrap().to_owned();
    let studio = Studio::open(&link).await;
    studio.waits("document.querySelectorAll('.row').length === 3").await;
    look.at(&studio, "runs").await;
    let runs = studio.asks("[...document.querySelectorAll('.row')].map(row => row.href.split('/').pop())").await;
    let runs: Vec<_> = runs.as_array().unwrap().iter().map(|run| run.as_str().unwrap().to_owned()).collect();
    studio.presses(".head button", "New run").await;
    studio.waits("Boolean(document.querySelector('dialog[open]'))").await;
    look.at(&studio, "new-run").await;
    studio
        .asks(
            "{ const list = document.querySelector('dialog select'); list.value = 'order.toml'; list.dispatchEvent(new Event('change')); }",
        )
        .await;
    studio.waits("Boolean(document.querySelector('.plan dl'))").await;
    look.at(&studio, "new-run-task").await;
    let report = desk.path("report.html");
    assert_eq!(desk.run(&["report", &runs[2], "-o", report.to_str().unwrap()]).code, 0);
    studio.goes(&format!("file://{}", report.display())).await;
    look.at(&studio, "report").await;
    studio.goes(&format!("{home}/#/run/{}", runs[2])).await;
    studio.asks("location.reload()").await;
    studio.waits("document.querySelectorAll('.steps summary').length >= 20").await;
    look.at(&studio, "timeline").await;
    studio
        .asks(
            "{ const step = document.querySelectorAll('.steps details')[3]; step.open = true; step.scrollIntoView(); }",
        )
        .await;
    studio.waits("Boolean(document.querySelector('.inside dl'))").await;
    look.at(&studio, "timeline-step").await;
    studio.presses(".aside button", "Make a skill").await;
    studio.waits("Boolean(document.querySelector('.acts'))").await;
    look.at(&studio, "skill").await;
    for (page, shown, name) in [
        (format!("/#/compare/{}/{}", runs[2], runs[1]), ".beside", "compare"),
        ("/#/policies".to_owned(), ".pack", "policies"),
    ] {
        studio.goes(&format!("{home}{page}")).await;
        studio.waits(&format!("Boolean(document.querySelector({shown:?}))")).await;
        look.at(&studio, name).await;
    }
    studio.asks("document.querySelector('#trial-pack').value = 'read-only'; document.querySelector('#trial-pack').dispatchEvent(new Event('change')); document.querySelector('.trial details').open = true").await;
    studio.presses(".trial button", "Judge them again").await;
    studio.waits("Boolean(document.querySelector('.flips'))").await;
    studio.asks("document.querySelector('.trial').scrollIntoView()").await;
    look.at(&studio, "backtest").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes pictures to be looked at: `make screenshots`"]
async fn pictures_of_the_main_states() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    tour(Look::Picture(folder)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it needs axe-core: `make accessibility`"]
async fn no_state_has_a_serious_fault_of_accessibility() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/axe/package/axe.min.js");
    let axe = std::fs::read_to_string(path).unwrap();
    let Look::Axe(_, found) = tour(Look::Axe(axe, Vec::new())).await else { return };
    assert_eq!(found, Vec::<String>::new());
}
