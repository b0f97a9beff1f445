//! Pages that misbehave: what comes of it is bounded and clear, and the session goes on.

use std::time::{Duration, Instant};

use lamassu_browser::{Limits, Options};
use lamassu_contract::{Call, FailureKind, Outcome};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    process::Command,
};

use crate::{
    lab::{Lab, alone, call, landed, not_sent},
    life::{homes, nothing_left, processes, until},
};

/// A server of pages that do harm, on a port of its own.
pub(crate) struct Rogue(u16);

impl Rogue {
    async fn start() -> Self {
        Self::at("127.0.0.1:0").await
    }

    pub(crate) async fn at(address: &str) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
        Self(port)
    }

    fn open(&self, path: &str) -> Call {
        call("open").with("url", format!("http://127.0.0.1:{}/{path}", self.0))
    }
}

/// Each page, with how many dialogs it gets to show.
const PAGES: [(&str, usize); 21] = [
    ("never", 0),
    ("endless", 0),
    ("pending", 0),
    ("redirect", 0),
    ("alerts", 20),
    ("asks", 20),
    ("stays", 0),
    ("crowd", 0),
    ("wordy", 0),
    ("states", 0),
    ("hashes", 0),
    ("windows", 0),
    ("windows-pressed", 0),
    ("prints", 0),
    ("removes", 0),
    ("rewrites", 0),
    ("fullscreen", 0),
    ("file", 0),
    ("clobbers", 0),
    ("reloads", 0),
    ("closes", 0),
];

async fn answer(mut stream: TcpStream) -> Option<()> {
    let mut buffer = vec![0; 65536];
    let read = stream.read(&mut buffer).await.ok()?;
    let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
    let path = text.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let begin = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<!doctype html>";
    match path.as_str() {
        "never" => while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {},
        "endless" => {
            stream.write_all(begin.as_bytes()).await.ok()?;
            // As fast as it is read: a page without an end.
            while stream.write_all(&b"<p>more and more</p>".repeat(1000)).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        "redirect" => {
            let head = "HTTP/1.1 302 Found\r\nLocation: /redirect\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.write_all(head.as_bytes()).await.ok()?;
        }
        path => stream.write_all(format!("{begin}<title>{path}</title>{}", body(path)).as_bytes()).await.ok()?,
    }
    Some(())
}

fn body(path: &str) -> String {
    let script = |text: &str| format!("<p>words</p><script>{text}</script>");
    let button = |text: &str| format!("<button onclick=\"{text}\">Press</button>");
    match path {
        "pending" => "<p>before</p><script src=/never></script><p>after</p>".to_owned(),
        "alerts" => script("for (let n = 0; n < 1000; n++) alert(n)"),
        "asks" => script("for (let n = 0; n < 1000; n++) { confirm(n); prompt(n) }"),
        "stays" => format!("{}<script>onbeforeunload = event => event.preventDefault()</script>", button("1")),
        "crowd" => "<p>x".repeat(200_000),
        "wordy" => format!("<p>{}</p>", "word ".repeat(2_000_000)),
        "states" => script("let n = 0; setInterval(() => { for (let i = 0; i < 50; i++) history.pushState(0, '', '?' + n++) })"),
        "hashes" => script("let n = 0; setInterval(() => { location.hash = n++ })"),
        "windows" => script("for (let n = 0; n < 1000; n++) window.open('/fine')"),
        "windows-pressed" => button("for (let n = 0; n < 1000; n++) window.open('/fine')"),
        "prints" => script("print()"),
        "closes" => script("setTimeout(() => window.close())"),
        "removes" => script("document.documentElement.remove()"),
        "rewrites" => script("setInterval(() => { document.open(); document.write('<p>' + Math.random()) }, 1)"),
        "reloads" => script("setTimeout(() => location.reload(), 200)"),
        "fullscreen" => button("document.documentElement.requestFullscreen(); this.requestPointerLock()"),
        "file" => "<a href=file:///etc/passwd>File</a>".to_owned(),
        "clobbers" => {
            "<form name=body></form><img name=documentElement><form id=f><input name=action><input name=id><button>Go\
             </button></form><script>document.querySelectorAll=null;Array.prototype.map=null;JSON.stringify=null</script>"
                .to_owned()
        }
        "spins" => script("setTimeout(() => { for (;;); }, 300)"),
        "spins-pressed" => button("for (;;);"),
        _ => "<p>fine</p>".to_owned(),
    }
}

/// Limits that let a test end soon.
fn limits() -> Limits {
    Limits {
        command: Duration::from_secs(30),
        load: Duration::from_secs(2),
        settle: Duration::from_secs(1),
        ..Limits::default()
    }
}

/// What is done on each page, and whether that may be in vain.
fn deeds(page: &str) -> Vec<Call> {
    let press = |name: &str| call("click").with("target", name);
    match page {
        "stays" | "fullscreen" | "windows-pressed" => vec![press("Press")],
        "file" => vec![press("File")],
        _ => vec![call("find").with("text", "word"), call("read").with("limit", 100), call("screenshot")],
    }
}

#[test]
fn a_page_that_misbehaves_ends_neither_the_session_nor_the_patience() {
    alone(async {
        let lab = Lab::with(Options { limits: limits(), ..Options::default() }).await;
        let rogue = Rogue::start().await;
        let mut seen = Vec::new();
        for (page, _) in PAGES {
            let begin = Instant::now();
            let mut told = vec![in_short(lab.run(rogue.open(page)).await, page)];
            for deed in deeds(page).into_iter().chain([call("look"), call("tabs")]) {
                told.push(in_short(lab.run(deed).await, page));
            }
            // A page that asks in a loop can be left when it has asked often enough.
            let mut asked = 0;
            while let Outcome::Landed(_) = lab.run(call("dialog").with("accept", false)).await {
                asked += 1;
                assert!(asked < 30, "{page} asks and asks");
            }
            let next = in_short(lab.run(rogue.open("fine")).await, "fine");
            println!("{page}: {:.1} s, {asked} dialogs, {told:?}", begin.elapsed().as_secs_f64());
            seen.push((page, asked, next));
        }
        let expected = PAGES.map(|(page, asked)| (page, asked, "opened".to_owned()));
        assert_eq!(seen, expected);
        // All those windows were asked for by pages; one press has opened one.
        assert_eq!(landed(lab.run(call("tabs")).await).content.lines().count(), 2);
    });
}

/// The first words of what came of it; all must be short.
fn in_short(outcome: Outcome, page: &str) -> String {
    let text = match outcome {
        Outcome::Landed(seen) => seen.content,
        Outcome::NotSent(failure) => format!("not sent: {:?}", failure.kind),
        Outcome::MayHaveLanded(failure) => format!("in doubt: {:?}", failure.kind),
    };
    assert!(text.len() < 20_000 && !text.contains("Lost"), "{page}: {text:.300}");
    text.split(' ').next().unwrap_or_default().split(':').next().unwrap_or_default().to_owned()
}

/// Ends what draws the pages of the browser that works in `home`.
async fn kill_renderers(home: &str) {
    let drawing = |line: &str| line.contains("--type=renderer") && line.contains(home);
    for (pid, _) in processes().into_iter().filter(|(_, (_, line))| drawing(line)) {
        Command::new("kill").args(["-9", &pid.to_string()]).status().await.unwrap();
    }
}

#[test]
fn a_page_that_ends_its_browser_is_told_so_and_leaves_nothing_behind() {
    alone(async {
        let limits = Limits { command: Duration::from_secs(5), ..limits() };
        for page in ["spins", "spins-pressed", "killed"] {
            let (lab, rogue) = (Lab::with(Options { limits, ..Options::default() }).await, Rogue::start().await);
            let before = homes(std::process::id());
            // A page may hang before it is said to be open.
            let opened = lab.run(rogue.open(page)).await;
            let new: Vec<_> = homes(std::process::id()).into_iter().filter(|home| !before.contains(home)).collect();
            match page {
                "spins-pressed" => {
                    let pressed = lab.on("click", "Press").await;
                    assert!(matches!(&pressed, Outcome::MayHaveLanded(failure) if failure.kind == FailureKind::Lost));
                }
                "killed" => kill_renderers(&new[0]).await,
                _ => assert!(!matches!(opened, Outcome::MayHaveLanded(_))),
            }
            let mut kinds = Vec::new();
            for next in [call("wait").with("text", "never").with("seconds", 1), call("look"), rogue.open("fine")] {
                kinds.push(not_sent(lab.run(next).await).0);
            }
            assert_eq!(kinds[1..], [FailureKind::Lost; 2], "{page}");
            until("the end of everything", || new.iter().all(|home| nothing_left(home))).await;
        }
    });
}
