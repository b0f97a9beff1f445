//! A secret that has been filled in stays out of everything that is shown.

use std::sync::Arc;

use lamassu::{Pack, Secret, Vault, browser::Options};

use super::{
    Names, call, limits, open,
    server::{Answer, Server, page},
    tour,
};

/// As long as each other, so that a picture can only tell them apart by their letters.
const SECRETS: [(&str, &str); 2] = [("pin", "hunter2!"), ("pan", "WWWWmmmm")];

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_shows_a_secret_shows_it_to_nobody() {
    let pages: Answer = Arc::new(|_| page(include_str!("pages/echo.html")));
    let site = Server::start([127, 0, 0, 1], None, pages).await;
    let home = site.named("shop.test");
    let pack = Pack::ready("web-forms").with("sites", [home.as_str()]).with("private", ["shop.test"]);
    let mut vault = Vault::default();
    for (name, value) in SECRETS {
        vault = vault.with(name, Secret::new(value).at(&home));
    }
    let options =
        Options { resolver: Names::new([("shop.test", &["127.0.0.1"])]), limits: limits(), ..Options::default() };
    let picture = || call("screenshot").with("target", "Password");
    let fill = |field: &str, how: &str, what: &str| call("fill").with("target", field).with(how, what);
    let calls = vec![
        open(format!("{home}/?q={{{{secret.pin}}}}")),
        open(format!("{home}/")),
        fill("Name", "text", "{{secret.pin}}"),
        fill("Name", "text", "hunter2!"),
        fill("Password", "secret", "pan"),
        picture(),
        fill("Password", "secret", "pin"),
        picture().with("marks", false),
        call("read"),
        call("find").with("text", "hunter"),
        call("extract").with("fields", serde_json::json!({ "echo": "Echo" })),
        fill("Name", "text", "first"),
        call("screenshot").with("target", "Name"),
        fill("Name", "text", "other"),
        call("screenshot").with("target", "Name").with("marks", false),
    ];
    let ran = tour(pack, options, vault, calls).await;
    let all = format!("{:?}{:?}{:?}", ran.told, ran.shown, ran.report);
    let hidden = !SECRETS.iter().any(|(_, value)| all.contains(value));
    let pictures = [5, 7, 12, 14].map(|index| ran.pictures[index][0].png.as_str());
    assert_eq!((hidden, pictures[0] == pictures[1], pictures[2] == pictures[3]), (true, true, false));
}
