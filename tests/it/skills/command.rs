//! `lamassu skills`, with a browser and a small shop.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    Router,
    extract::{RawQuery, State},
    response::Html,
    routing::get,
};

use crate::support::command::{Desk, Ran};

/// A shop that can be built anew, with other names for everything.
#[derive(Clone, Default)]
struct Shop(Arc<AtomicBool>);

impl Shop {
    async fn open(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().route("/", get(front)).route("/cart", get(cart)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        url
    }
}

async fn front(State(shop): State<Shop>) -> Html<String> {
    let (id, button) = if shop.0.load(Ordering::SeqCst) { ("x9", "Add to basket") } else { ("add", "Add to cart") };
    Html(format!(
        "<!doctype html><title>Shop</title><h1>Mugs</h1><form action='/cart'><label for='{id}q'>Quantity</label>\
         <input id='{id}q' name='quantity'><button id='{id}' class='{id}-button'>{button}</button></form>\
         <a href='/'>Help</a>"
    ))
}

async fn cart(RawQuery(query): RawQuery) -> Html<String> {
    let count = query.unwrap_or_default().replace("quantity=", "");
    Html(format!("<!doctype html><title>Cart</title><h1>Your cart</h1><p>{count} mugs are in it</p>"))
}

const TASK: &str = r#"
goal = "put {{count}} mugs into the cart"
at = "SHOP/"
[inputs]
count = 2
[policy]
pack = "web-forms"
sites = ["SHOP"]
private = ["127.0.0.1"]
[[steps]]
fill = { field = "Quantity", with = "{{count}}" }
[[steps]]
click = 'button "Add to cart"'
"#;

/// A desk where a run at `shop` has become the skill `fill-cart`.
fn learned(shop: &str) -> Desk {
    let desk = Desk::new();
    desk.write("task.toml", &TASK.replace("SHOP", shop));
    let ran = desk.run(&["run", "task.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = desk.run(&["skills", "learn", "fill-cart", "last"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    desk
}

async fn at_desk<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn with_input(desk: &Desk, more: &[&str]) -> Ran {
    desk.run(&[&["skills", "run", "fill-cart", "--input", "count=5"], more].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_becomes_a_skill_that_does_the_same_with_other_values_under_its_own_rules() {
    let shop = Shop::default();
    let url = shop.open().await;
    at_desk(move || {
        let desk = learned(&url);
        let ran = with_input(&desk, &["--json"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let line = "all steps are done, and the page says \"5 mugs are in it\"";
        assert_eq!(ran.json()["reason"], line);
        let shown = desk.run(&["runs", "show", "last"]).out;
        assert!(shown.contains("skill fill-cart: 4 proposals in"), "{shown}");
        assert!(desk.run(&["skills", "ls"]).out.contains("worked 1 of 1 times"));
        assert_eq!(desk.run(&["policy", "check", "record/skills/fill-cart.pack"]).code, 0);
        let tested = desk.run(&["skills", "test", "fill-cart"]);
        assert_eq!((tested.code, tested.out.matches("2 of 2 steps").count()), (0, 2), "{}", tested.out);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_goal_in_the_words_of_a_skill_is_reached_by_it() {
    let shop = Shop::default();
    let url = shop.open().await;
    at_desk(move || {
        let desk = learned(&url);
        let ran = desk.run(&["do", "put 7 mugs into the cart", "--at", &url]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("the page says \"7 mugs are in it\""), "{}", ran.err);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_was_built_anew_is_survived_and_learned() {
    let shop = Shop::default();
    let url = shop.open().await;
    at_desk(move || {
        let desk = learned(&url);
        shop.0.store(true, Ordering::SeqCst);
        let ran = with_input(&desk, &[]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("healed: \"Add to cart\" is \"Add to basket\" now"), "{}", ran.err);
        let file = desk.read("record/skills/fill-cart.skill.toml");
        assert!(file.contains("names = [\"Add to basket\", \"Add to cart\"]"), "{file}");
        let again = with_input(&desk, &[]);
        assert!(again.code == 0 && !again.err.contains("healed"), "{}", again.err);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_wrong_is_said() {
    let shop = Shop::default();
    let url = shop.open().await;
    at_desk(move || {
        let desk = learned(&url);
        let said = |args: &[&str]| {
            let ran = desk.run(args);
            (ran.code, ran.err.trim().trim_start_matches("error: ").to_owned())
        };
        let needs = "the skill `fill-cart` needs `count`; add `--input count=\"2\"`";
        assert_eq!(said(&["skills", "run", "fill-cart"]), (2, needs.to_owned()));
        let none = "there is no skill `none`; there is `fill-cart`";
        assert_eq!(said(&["skills", "show", "none"]), (2, none.to_owned()));
        let (code, words) = said(&["skills", "run", "fill-cart", "--input", "count=1", "--at", "https://example.com/"]);
        assert!(code == 2 && words.contains("teach it at"), "{words}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_skill_is_given_away_and_taken_only_when_confirmed() {
    let shop = Shop::default();
    let url = shop.open().await;
    at_desk(move || {
        let desk = learned(&url);
        assert_eq!(desk.run(&["skills", "export", "fill-cart", "-o", "cart.json"]).code, 0);
        let there = desk.run(&["skills", "import", "cart.json"]);
        assert!(there.code == 2 && there.err.contains("give `--replace`"), "{}", there.err);
        assert_eq!(desk.run(&["skills", "forget", "fill-cart"]).code, 0);
        let asked = desk.run(&["skills", "import", "cart.json"]);
        assert!(asked.code == 2 && asked.out.contains("may") && asked.err.contains("`--yes`"), "{asked:?}");
        assert_eq!(desk.run(&["skills", "import", "cart.json", "--yes"]).code, 0);
        assert_eq!(with_input(&desk, &[]).code, 0);
        desk.write("odd.json", "{\"skill\": 3}");
        assert!(desk.run(&["skills", "import", "odd.json"]).err.contains("is no exported skill"));
    })
    .await;
}
