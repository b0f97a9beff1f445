//! Small pages and what somebody did on them, without a browser.

use std::collections::BTreeMap;

use lamassu::{
    Call, Detail, Observation, Page, Planner, Proposal, Row, Table, View,
    planner::{
        Planned, Reply, Turn,
        skill::{Demonstration, Moment},
    },
};

pub(crate) const SHOP: &str = "https://shop.test";

/// A row of a page: `[1] button "Add"`, of this tag and with these marks.
pub(crate) fn row(reference: u32, role: &str, name: &str, tag: &str, marks: &str) -> Row {
    let detail = Detail { order: reference, tag: tag.to_owned(), marks: marks.to_owned(), ..Detail::default() };
    Row { reference, role: role.to_owned(), name: name.to_owned(), detail: Some(Box::new(detail)), ..Row::default() }
}

/// The same row in a record that says this.
pub(crate) fn within(row: Row, record: u32, around: &str) -> Row {
    let mut row = row;
    if let Some(detail) = &mut row.detail {
        detail.record = record;
        detail.around = around.to_owned();
    }
    row
}

pub(crate) fn page(path: &str, rows: Vec<Row>, text: &str) -> Page {
    Page {
        url: format!("{SHOP}{path}").parse().unwrap(),
        title: "Shop".to_owned(),
        table: Table { rows, notes: Vec::new() },
        text: text.to_owned(),
        more: Vec::new(),
    }
}

pub(crate) fn call(verb: &str, reference: u32) -> Call {
    Call::new("browser", verb).with("target", format!("[{reference}]"))
}

pub(crate) fn shown(goal: &str, moments: Vec<(Page, Call)>, end: Page) -> Demonstration {
    Demonstration {
        goal: goal.to_owned(),
        at: format!("{SHOP}/"),
        inputs: BTreeMap::new(),
        moments: moments.into_iter().map(|(page, call)| Moment { page, call }).collect(),
        end: Some(end),
    }
}

/// The list of products: each with its name as a link, in a card.
pub(crate) fn products() -> Page {
    let cards = [("Lapis Blue Mug", "12.00"), ("Coral Red Mug", "14.00"), ("Desk Lamp", "40.00")];
    let card = |(number, (name, price)): (u32, (&str, &str))| {
        within(row(number, "link", name, "a", "product link"), number, &format!("{name} {price}"))
    };
    let rows = (1..).zip(cards).map(card).collect();
    page("/", rows, "# Products\nLapis Blue Mug\nCoral Red Mug\nDesk Lamp")
}

/// The page of one product.
pub(crate) fn product(name: &str) -> Page {
    let rows = vec![
        row(1, "link", "Cart", "a", "nav cart"),
        row(2, "textbox", "Quantity", "input/number", "qty quantity"),
        row(3, "button", "Add to cart", "button", "add cart primary"),
    ];
    page("/product", rows, &format!("# {name}"))
}

/// The cart with one thing in it.
pub(crate) fn cart(count: &str, name: &str) -> Page {
    page("/cart", vec![row(1, "button", "Check out", "button", "checkout")], &format!("# Your cart\n{count} {name}"))
}

/// Somebody puts `count` of the product at `reference` into the cart.
pub(crate) fn ordering(count: &str, (reference, name): (u32, &str)) -> Demonstration {
    let moments = vec![
        (products(), call("click", reference)),
        (product(name), call("fill", 2).with("text", count)),
        (product(name), call("click", 3)),
    ];
    shown(&format!("put {count} of {name} into the cart"), moments, cart(count, name))
}

/// What the player proposes on each of `pages`, one after the other; each act lands.
pub(crate) fn play(player: &impl Planner, goal: &str, pages: &[Page]) -> Vec<Planned> {
    let inputs = BTreeMap::new();
    let at = format!("{SHOP}/");
    let view = |turns: &[Turn], now: &[Observation]| {
        let view = View {
            goal,
            at: Some(&at),
            inputs: &inputs,
            output: None,
            tools: &[],
            rules: "",
            secrets: &[],
            turns,
            now,
            pictures: &[],
        };
        futures_util::FutureExt::now_or_never(player.propose(&view)).unwrap().unwrap()
    };
    let landed = |planned| Turn { planned, results: vec![Reply::Landed(Observation::from_tool("browser", ""))] };
    let mut turns = Vec::new();
    let mut all = vec![view(&[], &[])];
    turns.push(landed(all[0].clone()));
    for page in pages {
        let now = [Observation::from_page(SHOP, "").with_page(page.clone())];
        let planned = view(&turns, &now);
        all.push(planned.clone());
        turns.push(landed(planned));
    }
    all
}

/// A proposal in a line.
pub(crate) fn line(planned: &Planned) -> String {
    match &planned.proposal {
        Proposal::Act(calls) => {
            let call = &calls[0];
            let text = |name: &str| call.args.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
            format!("{} {} {}", call.verb, text("target"), text("text")).trim().to_owned()
        }
        Proposal::Ask(question) => format!("ask: {question}"),
        Proposal::Done { evidence, .. } => format!("done: {evidence}"),
        Proposal::Pass(why) => format!("pass: {why}"),
    }
}

pub(crate) fn lines(planned: &[Planned]) -> Vec<String> {
    planned.iter().map(line).collect()
}
