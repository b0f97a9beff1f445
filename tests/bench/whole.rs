//! Whole sessions, from nothing: the start, and eight at once. Beside them, bare sessions of the same
//! length. Both start a driver of their own.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::{
    Figure,
    bare::{Bare, Driver},
    clocked,
    lab::{Lab, call},
    median, pages,
    table::millis,
};

const STARTS: usize = 5;
const SESSIONS: usize = 8;
/// How often eight sessions are started of each kind.
const CROWDS: usize = 3;
/// Clicks of each of the eight.
const CLICKS: usize = 3;

pub(crate) async fn figures() -> Vec<Figure> {
    let site = pages::serve().await;
    let (mut floors, mut times) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (time, (driver, bare)) = clocked(start_bare(format!("{site}/a"))).await;
        floors.push(time);
        bare.close().await;
        drop(driver);
        let (time, lab) = clocked(start(format!("{site}/a"))).await;
        times.push(time);
        lab.close().await;
    }
    let (mut crowds, mut bare_crowds) = (Vec::new(), Vec::new());
    for _ in 0..CROWDS {
        bare_crowds.push(bare_crowd(&site).await);
        crowds.push(crowd(&site).await);
    }
    vec![
        figure("from the start to the first look", times, floors),
        figure("eight sessions at once, three clicks each", crowds, bare_crowds),
    ]
}

fn figure(name: &str, times: Vec<Duration>, floors: Vec<Duration>) -> Figure {
    let floor = median(floors);
    Figure::at_most(name, millis(median(times)), millis(floor.mul_f64(1.15))).beside(millis(floor))
}

/// Starts a session, opens the page and looks.
async fn start(url: String) -> Lab {
    let lab = Lab::new();
    lab.open(&url).await;
    lab.look("see what is here").await;
    lab
}

async fn start_bare(url: String) -> (Driver, Bare) {
    let driver = Driver::start().await;
    let bare = Bare::start(&driver).await;
    bare.open(&url).await;
    bare.walk().await;
    (driver, bare)
}

/// Until the last of eight sessions is done; ending them is not counted.
async fn crowd(site: &str) -> Duration {
    let mut sessions = JoinSet::new();
    for _ in 0..SESSIONS {
        let url = format!("{site}/b");
        sessions.spawn(async move {
            let lab = start(url).await;
            for button in pages::takes(CLICKS) {
                lab.run(&call("click").with("target", format!("button \"{button}\""))).await;
            }
            lab
        });
    }
    let (time, labs) = clocked(sessions.join_all()).await;
    for lab in labs {
        lab.close().await;
    }
    time
}

async fn bare_crowd(site: &str) -> Duration {
    let page = pages::shop();
    let numbers: Vec<_> = pages::takes(CLICKS).iter().map(|button| page.named(button).0).collect();
    let mut sessions = JoinSet::new();
    for _ in 0..SESSIONS {
        let (url, numbers) = (format!("{site}/b"), numbers.clone());
        sessions.spawn(async move {
            let (driver, bare) = start_bare(url).await;
            for number in numbers {
                bare.control(number).await.click().await.unwrap();
            }
            (driver, bare)
        });
    }
    let (time, all) = clocked(sessions.join_all()).await;
    for (driver, bare) in all {
        bare.close().await;
        drop(driver);
    }
    time
}
