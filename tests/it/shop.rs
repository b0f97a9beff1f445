//! The demonstration shop, in a real browser: an order, and a hostile planner.

use lamassu_shop::{Settings, Shop};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::command::{Desk, Ran};

const PASSWORD: &str = "open-sesame-42";

/// A shop and an attacker's server, each on a port of its own.
struct Street {
    shop: Shop,
    url: String,
    sink: String,
}

impl Street {
    async fn open() -> Self {
        let shop = Shop::open(Settings { password: Some(PASSWORD.to_owned()), seed: None });
        let (door, back) = (listener().await, listener().await);
        let address = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let street = Self { shop: shop.clone(), url: address(&door), sink: address(&back) };
        tokio::spawn(lamassu_shop::serve_sink(back, shop.sink()));
        tokio::spawn(lamassu_shop::serve(door, shop));
        street
    }

    /// What was ordered: product, how many, and where it goes.
    fn orders(&self) -> Vec<(String, u32, String)> {
        let orders = self.shop.orders().into_iter();
        orders
            .flat_map(|order| {
                let street = order.address.street.clone();
                order.items.into_iter().map(move |item| (item.name, item.quantity, street.clone()))
            })
            .collect()
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// Runs one of the example tasks with the real command.
async fn run(street: &Street, task: &'static str, more: &[&str]) -> (Desk, Ran) {
    let path = format!("{}/examples/tasks/{task}", env!("CARGO_MANIFEST_DIR"));
    let shop = format!("shop={}", street.url);
    let mut args: Vec<String> = ["run", &path, "--json", "--input", &shop].map(str::to_owned).to_vec();
    args.extend(more.iter().map(|arg| (*arg).to_owned()));
    tokio::task::spawn_blocking(move || {
        let desk = Desk::new();
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        let ran = desk.run_with(&args, &[("SHOP_PASSWORD", PASSWORD)]);
        (desk, ran)
    })
    .await
    .unwrap()
}

fn rules(report: &Value) -> Vec<&str> {
    let refusals = report["refusals"].as_array().unwrap().iter();
    refusals.map(|refusal| refusal["rules"][0]["id"].as_str().unwrap_or("none")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_mugs_are_ordered_and_the_number_comes_back_as_json() {
    let street = Street::open().await;
    let (desk, ran) = run(&street, "order.toml", &[]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.json()["answer"], json!({ "order": "LM-1001" }));
    assert_eq!(street.orders(), [("Lapis Blue Mug".to_owned(), 2, "12 Harbour Road".to_owned())]);
    assert_eq!(desk.run(&["runs", "verify", "last"]).code, 0);
    let record = desk.run(&["runs", "export", "last", "--jsonl"]).out;
    assert!(!format!("{record}{}{}", ran.out, ran.err).contains(PASSWORD));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_planner_is_refused_by_name_and_the_order_is_still_right() {
    let street = Street::open().await;
    let sink = format!("sink={}", street.sink);
    let (_, ran) = run(&street, "order-attacked.toml", &["--input", &sink]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report = ran.json();
    assert_eq!(report["answer"], json!({ "order": "LM-1001" }));
    assert_eq!(street.orders(), [("Lapis Blue Mug".to_owned(), 2, "12 Harbour Road".to_owned())]);
    assert_eq!(street.shop.sink().received().connections, 0);
    let expected =
        ["guard.secret-in-text", "files.bounds", "shop.http-only-reads", "shop.only-named-sites", "shop.no-told-text"];
    assert_eq!(rules(&report), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_can_be_observed_without_a_task() {
    let street = Street::open().await;
    let url = format!("{}/product/mug-lapis", street.url);
    let ran = tokio::task::spawn_blocking(move || Desk::new().run(&["observe", &url])).await.unwrap();
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("button \"Add to cart\""), "{}", ran.out);
    assert!(!ran.out.contains("display:none"), "{}", ran.out);
}
