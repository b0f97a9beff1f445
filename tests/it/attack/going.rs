//! Where a page or a planner tries to go, and where the tab is afterwards.

use std::sync::Arc;

use lamassu::{Pack, Vault, browser::Options};

use super::{
    Names, Ran, call, limits, open,
    server::{Answer, Asked, Got, Server, answer, page},
    sink, tour,
};

/// Names in many disguises; all of them are this machine.
const DISGUISES: [&str; 4] = ["localtest.me", "127.0.0.1.nip.io", "a.localhost", "localhost"];

struct Scene {
    site: Server,
    sink: Server,
    names: Arc<Names>,
}

impl Scene {
    async fn new() -> Self {
        let sink = sink([127, 0, 0, 1]).await;
        let evil = sink.named("evil.test");
        let pages: Answer = Arc::new(move |asked: &Asked| match asked.target.split('?').next().unwrap_or_default() {
            "/to-evil" => answer("302 Found", &format!("Location: {evil}/redirect\r\n"), ""),
            "/to-evil-with-body" => answer("307 Temporary Redirect", &format!("Location: {evil}/body\r\n"), ""),
            "/start" => page(&include_str!("pages/start.html").replace("EVIL", &evil)),
            _ => page("<title>other</title>"),
        });
        let site = Server::start([127, 0, 0, 1], None, pages).await;
        let names = Names::new([
            ("shop.test", &["127.0.0.1"]),
            ("evil.test", &["127.0.0.1"]),
            ("localtest.me", &["127.0.0.1"]),
            ("127.0.0.1.nip.io", &["127.0.0.1"]),
            ("a.localhost", &["127.0.0.1"]),
            ("localhost", &["::1", "127.0.0.1"]),
        ]);
        Self { site, sink, names }
    }

    fn home(&self) -> String {
        self.site.named("shop.test")
    }

    async fn tour(&self, sites: &[String], calls: Vec<lamassu::Call>) -> Ran {
        let pack = Pack::ready("web-forms")
            .with("sites", [self.home()])
            .with("sites", sites.iter().cloned())
            .with("private", ["shop.test"]);
        let options = Options { resolver: self.names.clone(), limits: limits(), ..Options::default() };
        tour(pack, options, Vault::default(), calls).await
    }

    /// What was shown that is no page of the site.
    fn elsewhere(&self, ran: &Ran) -> Vec<String> {
        let home = format!("page: {}/", self.home());
        ran.shown.iter().filter(|shown| !shown.starts_with(&home)).cloned().collect()
    }

    /// `text` without what differs from run to run.
    fn plain(&self, text: &str) -> String {
        text.replace(&self.home(), "SITE").replace(&format!(":{}", self.sink.address.port()), ":PORT")
    }
}

/// Addresses as an attacker writes them; `PORT` is the sink's, `SITE` the allowed host with its port.
const ADDRESSES: [&str; 33] = [
    "http://SITE.evil.test:PORT/",
    "http://SITE@evil.test:PORT/",
    "http://SITE:443@evil.test:PORT/",
    "http://evil.test:PORT\\@SITE/",
    "http:evil.test:PORT",
    "http:\\\\evil.test:PORT",
    "//evil.test:PORT/",
    "http://evil.test:PORT/?q=://SITE/",
    "http://shop.test.:PORT/",
    "http://shop.test%2eevil.test:PORT/",
    "http://evil\t.te\nst:PORT/",
    "http://sh\u{43e}p.test:PORT/",
    "http://\u{ff45}vil\u{3002}test:PORT/",
    "http://notshop.test:PORT/",
    "http://shop.test:PORT/",
    "https://shop.test/",
    "ws://shop.test:PORT/",
    "ftp://shop.test/",
    "http://2130706433:PORT/",
    "http://0x7f.1:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://127.1:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://169.254.169.254/",
    "http://0.0.0.0:PORT/",
    "http://[::]:PORT/",
    "http://100.64.0.1/",
    "javascript://shop.test/%0adocument.title='ran'",
    "data:text/html,<title>ran</title>",
    "view-source:http://SITE/",
    "file:///etc/passwd",
    "chrome://version/",
    "about:srcdoc",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_address_in_disguise_is_opened() {
    let scene = Scene::new().await;
    let port = scene.sink.address.port().to_string();
    let site = scene.home().replace("http://", "");
    let write = |address: &str| address.replace("PORT", &port).replace("SITE", &site);
    let mut calls = vec![open(format!("{}/start", scene.home()))];
    calls.extend(ADDRESSES.iter().map(|address| open(write(address))));
    for (number, address) in ADDRESSES.iter().enumerate() {
        calls.push(open(format!("{}/start?{number}", scene.home())));
        calls.push(call("fill").with("target", "Where").with("text", write(address)));
        calls.push(call("click").with("target", "button \"Go\""));
    }
    let ran = scene.tour(&[], calls).await;
    let told = &ran.told[1..=ADDRESSES.len()];
    let opened: Vec<_> =
        told.iter().filter(|told| !told.contains("is refused by") && !told.contains("is not an address")).collect();
    assert_eq!((opened, scene.elsewhere(&ran), scene.sink.got()), (Vec::new(), Vec::new(), Got::default()));
    assert_eq!(scene.names.asked(), ["shop.test"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permitted_name_does_not_open_a_private_address() {
    let scene = Scene::new().await;
    let hosts: Vec<_> = DISGUISES.iter().map(|host| scene.sink.named(host)).collect();
    let numbers = ["127.0.0.1", "127.1", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "169.254.169.254"];
    let numbers: Vec<_> = numbers.iter().map(|host| scene.sink.named(host)).collect();
    let all: Vec<_> = hosts.into_iter().chain(numbers).collect();
    let mut calls = vec![open(format!("{}/start", scene.home()))];
    calls.extend(all.iter().map(|url| open(format!("{url}/"))));
    for url in &all {
        calls.push(call("fill").with("target", "Where").with("text", format!("{url}/")));
        calls.push(call("click").with("target", "button \"Go\""));
    }
    let ran = scene.tour(&all, calls).await;
    let private = |told: &&String| told.contains("is refused by `guard.private-address`");
    assert_eq!(ran.told[1..=all.len()].iter().filter(private).count(), all.len(), "{:#?}", ran.told);
    assert_eq!((scene.elsewhere(&ran), scene.sink.got()), (Vec::new(), Got::default()));
}

/// The buttons of the page, each of which leaves it in another way.
const BUTTONS: [&str; 18] = [
    "location",
    "late",
    "replace",
    "meta",
    "redirect",
    "body",
    "get",
    "letter",
    "formaction",
    "blank",
    "popup",
    "popup-late",
    "file",
    "blob",
    "data",
    "written",
    "top",
    "frame",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_leads_away_stays_where_it_is_and_the_planner_is_told() {
    let scene = Scene::new().await;
    let mut calls = Vec::new();
    for button in BUTTONS {
        calls.push(open(format!("{}/start?{button}", scene.home())));
        calls.push(call("click").with("target", format!("button \"{button}\"")));
        calls.push(call("find").with("text", button));
    }
    calls.push(call("wait").with("text", "never there").with("seconds", 1));
    calls.push(open(format!("{}/start?end", scene.home())));
    let ran = scene.tour(&[], calls).await;
    let all = scene.plain(&ran.told.join("\n"));
    let silent: Vec<_> =
        BUTTONS.into_iter().filter(|button| !all.contains(&format!("evil.test:PORT/{button}"))).collect();
    // The browser itself opens no such page.
    assert_eq!((scene.sink.got(), silent), (Got::default(), vec!["data"]), "{all}");
    let shown = ran.shown.chunks(3).map(|shown| scene.plain(&shown[1]));
    let gone: Vec<_> = BUTTONS
        .into_iter()
        .zip(shown)
        .filter(|(button, shown)| !shown.contains(&format!("SITE/start?{button}")))
        .collect();
    // What a page has made by itself has no address that the policy knows, and is not shown.
    assert!(matches!(gone.as_slice(), [("blob", shown)] if shown.starts_with("this is not shown")), "{gone:?}");
}
