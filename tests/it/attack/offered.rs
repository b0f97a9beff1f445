//! What the policy would refuse is not offered, and what it would hold is marked.

use std::sync::Arc;

use lamassu::{Pack, Vault, browser::Options};

use super::{
    Names, call, limits, open,
    server::{Answer, Server, page},
    tour,
};

const PAGE: &str = r#"<!doctype html><title>Offers</title>
    <a href="/inside">Inside</a> <a href="https://partner.test/">Partner</a>
    <form method="post" action="/orders"><label>Name <input name="name"></label><button>Place order</button></form>
    <form method="post" action="https://partner.test/"><label>Mail <input name="mail"></label><button>Join</button></form>
    <label>Size <select><option>S<option>M</select></label>"#;

/// The rows of the page's table under `pack`.
async fn rows(pack: &str) -> Vec<String> {
    let pages: Answer = Arc::new(|_| page(PAGE));
    let site = Server::start([127, 0, 0, 1], None, pages).await;
    let home = site.named("shop.test");
    let pack = Pack::ready(pack).with("sites", [home.as_str()]).with("private", ["shop.test"]);
    let options =
        Options { resolver: Names::new([("shop.test", &["127.0.0.1"])]), limits: limits(), ..Options::default() };
    let ran = tour(pack, options, Vault::default(), vec![open(format!("{home}/")), call("read")]).await;
    ran.shown[0].lines().filter(|line| line.starts_with('[')).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_refused_has_no_number_and_what_would_be_held_is_marked() {
    let expected = [
        "[1] link \"Inside\"",
        "[-] link \"Partner\"",
        "[3] textbox \"Name\"",
        "[4] button \"Place order\" asks",
        "[-] textbox \"Mail\"",
        "[-] button \"Join\"",
        "[7] combobox \"Size\" = \"S\" of S | M",
    ];
    assert_eq!(rows("web-forms").await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_read_is_offered_what_only_reads() {
    let numbered: Vec<_> = rows("look-dont-touch").await.into_iter().filter(|row| !row.starts_with("[-]")).collect();
    assert_eq!(numbered, ["[1] link \"Inside\""]);
}
