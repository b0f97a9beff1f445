//! The embedded model's decision on pages of 60 and of 300 controls, beside finding the wanted control by its exact
//! name, which is all that a script has to do that was told it.

use std::{collections::BTreeMap, hint::black_box, time::Duration};

use lamassu::{Detail, Observation, Page, Planner as _, Row, Table, View, planner::local::Local};
use tokio::runtime::Handle;

use crate::{Figure, table::micros, timed};

const GOAL: &str = "Press Publish in the row of the folding umbrella.";
const TIMES: usize = 300;

pub(crate) fn figures() -> Vec<Figure> {
    [(60, Duration::from_micros(500)), (300, Duration::from_millis(3))].into_iter().map(of).collect()
}

fn of((count, limit): (u32, Duration)) -> Figure {
    let page = page(count);
    let wanted = "Publish";
    let found = timed(TIMES, || {
        black_box(page.table.rows.iter().filter(|row| row.name == wanted).count());
    });
    let now = [Observation::from_page("https://page.test", "").with_page(page)];
    let inputs = BTreeMap::new();
    let view = View {
        goal: GOAL,
        at: None,
        inputs: &inputs,
        output: None,
        tools: &[],
        rules: "",
        secrets: &[],
        turns: &[],
        now: &now,
        pictures: &[],
    };
    let local = Local::new();
    let decided = timed(TIMES, || {
        let planned = tokio::task::block_in_place(|| Handle::current().block_on(local.propose(&view))).unwrap();
        black_box(planned);
    });
    let name = format!("of {count} candidates (floor: found by its name)");
    Figure::at_most(name, micros(decided), micros(limit)).beside(micros(found))
}

/// A page of rows with a link, two buttons and a box each.
fn page(count: u32) -> Page {
    let row = |index: u32| {
        let (record, kind) = (index / 4, index % 4);
        let thing = if record == count / 8 { "Folding umbrella".to_owned() } else { format!("Thing number {record}") };
        let (role, tag, name) = match kind {
            0 => ("link", "a", thing.as_str()),
            1 => ("button", "button", "Publish"),
            2 => ("button", "button", "Archive"),
            _ => ("checkbox", "input/checkbox", "Choose"),
        };
        let place = [10, i32::try_from(index).unwrap() * 20, 120, 20];
        let detail = Detail {
            order: index,
            tag: tag.to_owned(),
            marks: "item row small".to_owned(),
            record: record + 1,
            around: format!("{thing} €{}.50 Publish Archive Choose", record * 3),
            place,
            ..Detail::default()
        };
        Row {
            reference: index + 1,
            role: role.to_owned(),
            name: name.to_owned(),
            detail: Some(Box::new(detail)),
            ..Row::default()
        }
    };
    Page {
        url: "https://page.test/".parse().unwrap(),
        title: "Page".to_owned(),
        table: Table { rows: (0..count).map(row).collect(), notes: Vec::new() },
        text: "Things".to_owned(),
        more: Vec::new(),
    }
}
