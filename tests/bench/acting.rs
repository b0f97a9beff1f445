//! Clicking and filling, beside the bare driver's own click and keys.

use std::time::Duration;

use crate::{
    Figure,
    bare::{Bare, Driver},
    clocked,
    lab::{Lab, call},
    median,
    pages::{self, Page, READER, SEARCH, SHOW},
    table::millis,
};

/// Acts of each kind on each page.
const ACTS: usize = 20;
const LIMIT: Duration = Duration::from_millis(25);

pub(crate) async fn figures() -> Vec<Figure> {
    let site = pages::serve().await;
    let driver = Driver::start().await;
    let pair = Pair { bare: Bare::start(&driver).await, lab: Lab::new() };
    let mut figures = Vec::new();
    pair.open(&format!("{site}/a")).await;
    figures.push(pair.click("a click on page a", &pages::login(), vec![SHOW.to_owned(); ACTS]).await);
    figures.push(pair.fill("a fill on page a", &pages::login(), READER).await);
    pair.open(&format!("{site}/b")).await;
    figures.push(pair.click("a click on page b", &pages::shop(), pages::takes(ACTS)).await);
    figures.push(pair.fill("a fill on page b", &pages::shop(), SEARCH).await);
    pair.bare.close().await;
    pair.lab.close().await;
    figures
}

/// A bare session and one of ours on the same page, which act in turn.
struct Pair {
    bare: Bare,
    lab: Lab,
}

impl Pair {
    async fn open(&self, url: &str) {
        self.bare.open(url).await;
        self.lab.open(url).await;
    }

    async fn click(&self, name: &str, page: &Page, buttons: Vec<String>) -> Figure {
        let (mut floors, mut times) = (Vec::new(), Vec::new());
        for button in buttons {
            let (number, control) = page.named(&button);
            let element = self.bare.control(number).await;
            let (time, clicked) = clocked(element.click()).await;
            clicked.unwrap();
            floors.push(time);
            times.push(clocked(self.lab.run(&call("click").with("target", control.target()))).await.0);
        }
        figure(name, times, floors)
    }

    async fn fill(&self, name: &str, page: &Page, field: &str) -> Figure {
        let (number, control) = page.named(field);
        let element = self.bare.control(number).await;
        let (mut floors, mut times) = (Vec::new(), Vec::new());
        for round in 0..ACTS {
            let text = format!("Enheduanna {round}");
            element.clear().await.unwrap();
            let (time, sent) = clocked(element.send_keys(&text)).await;
            sent.unwrap();
            floors.push(time);
            let fill = call("fill").with("target", control.target()).with("text", text);
            times.push(clocked(self.lab.run(&fill)).await.0);
        }
        figure(name, times, floors)
    }
}

fn figure(name: &str, times: Vec<Duration>, floors: Vec<Duration>) -> Figure {
    Figure::at_most(name, millis(median(times)), millis(LIMIT)).beside(millis(median(floors)))
}
