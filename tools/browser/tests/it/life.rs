//! The browser's life and death: nothing outlives us, and nothing dies unnoticed.

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use lamassu_browser::{BrowserTool, Options};
use lamassu_contract::{FailureKind, Outcome, Tool as _};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
};

use crate::{
    depot::Depot,
    lab::{Lab, alone, call, landed, limits, not_sent},
};

/// Waits until `done` is so, at most twenty seconds.
pub(crate) async fn until(what: &str, done: impl Fn() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{what} does not come to pass");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Every process: its parent and its command line.
pub(crate) fn processes() -> BTreeMap<u32, (u32, String)> {
    let entries = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let one = |pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        Some((pid, (parent, String::from_utf8_lossy(&line).replace('\0', " "))))
    };
    entries.filter_map(one).collect()
}

/// The browsers' folders that processes below `ancestor` work in.
pub(crate) fn homes(ancestor: u32) -> Vec<String> {
    let all = processes();
    let below = |mut pid: u32| loop {
        match all.get(&pid) {
            Some((parent, _)) if *parent == ancestor => return true,
            Some((parent, _)) => pid = *parent,
            None => return false,
        }
    };
    let lines = all.iter().filter(|(pid, _)| below(**pid)).map(|(_, (_, line))| line.as_str());
    let mut homes: Vec<_> = lines
        .filter_map(|line| {
            let folder = line.split("--user-data-dir=").nth(1)?.split([' ', '\0']).next()?;
            let own = folder.find("lamassu-browser-")?;
            let end = folder.get(own..)?.find('/').map_or(folder.len(), |length| own + length);
            folder.get(..end).map(str::to_owned)
        })
        .collect();
    homes.sort();
    homes.dedup();
    homes
}

pub(crate) fn nothing_left(home: &str) -> bool {
    !processes().values().any(|(_, line)| line.contains(home)) && !Path::new(home).exists()
}

/// The process that is killed by the next test; on its own it does nothing.
#[test]
#[ignore = "run by `a_killed_process_leaves_no_browser_behind`"]
fn opens_a_page_and_waits_to_be_killed() {
    alone(async {
        let lab = Lab::new(limits()).await;
        lab.open("/words").await;
        println!("open");
        std::future::pending::<()>().await;
    });
}

#[test]
fn a_killed_process_leaves_no_browser_behind() {
    alone(async {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "life::opens_a_page_and_waits_to_be_killed", "--ignored", "--nocapture"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.ends_with("open") {
                break;
            }
        }
        let homes = homes(child.id().unwrap());
        // This is SIGKILL: the child can do nothing about it.
        child.kill().await.unwrap();
        assert_eq!(homes.len(), 1);
        until("the end of everything", || nothing_left(&homes[0])).await;
    });
}

#[test]
fn closing_or_dropping_leaves_nothing_behind() {
    alone(async {
        for close in [true, false] {
            let lab = Lab::new(limits()).await;
            let before = homes(std::process::id());
            lab.open("/words").await;
            let new: Vec<_> = homes(std::process::id()).into_iter().filter(|home| !before.contains(home)).collect();
            if close {
                lab.tool.close().await;
            }
            drop(lab);
            // Another test may have started a browser meanwhile; ours is among them.
            until("the end of a browser", || new.iter().any(|home| nothing_left(home))).await;
        }
    });
}

/// A lab whose browser has a profile folder of its own, by which its processes can be told.
async fn marked() -> (Lab, tempfile::TempDir) {
    let folder = tempfile::Builder::new().prefix("profile-").tempdir().unwrap();
    // As root the browser runs under the account `nobody`.
    let _ = std::os::unix::fs::chown(folder.path(), Some(65534), Some(65534));
    let options = Options { profile: Some(folder.path().to_owned()), limits: limits(), ..Options::default() };
    (Lab::with(options).await, folder)
}

async fn kill_browser(folder: &Path) {
    let mark = format!("--user-data-dir={}", folder.display());
    let all = processes();
    let own = all.iter().filter(|(_, (_, line))| line.contains(&mark) && !line.contains("--type="));
    for (pid, _) in own {
        Command::new("kill").args(["-9", &pid.to_string()]).status().await.unwrap();
    }
}

#[test]
fn a_browser_that_dies_is_lost_and_not_replaced_silently() {
    alone(async {
        let (lab, folder) = marked().await;
        lab.see("/words").await;
        kill_browser(folder.path()).await;
        let kinds = [
            not_sent(lab.run(call("look")).await).0,
            not_sent(lab.on("click", "Part").await).0,
            not_sent(lab.run(call("open").with("url", lab.site.url("/words"))).await).0,
        ];
        assert_eq!(kinds, [FailureKind::Lost; 3]);
    });
}

#[test]
fn a_browser_that_dies_in_mid_press_leaves_the_press_in_doubt() {
    alone(async {
        let (lab, folder) = marked().await;
        lab.see("/busy").await;
        let requests = lab.site.requests();
        let killed = async {
            // The page tells the server that it is being pressed, and then hangs.
            until("the press", || lab.site.requests() > requests).await;
            kill_browser(folder.path()).await;
        };
        let (outcome, ()) = tokio::join!(lab.on("click", "Work"), killed);
        let doubt = matches!(&outcome, Outcome::MayHaveLanded(failure) if failure.kind == FailureKind::Lost);
        let next = not_sent(lab.run(call("look")).await).0;
        assert_eq!((doubt, next), (true, FailureKind::Lost), "{outcome:?}");
    });
}

#[test]
fn what_is_missing_is_named_with_the_way_to_get_it() {
    alone(async {
        let driver = BrowserTool::new(Options { driver: Some("/nowhere/chromedriver".into()), ..Options::default() });
        let browser = BrowserTool::new(Options { browser: Some("/nowhere/chromium".into()), ..Options::default() });
        let failures = [driver.probe().await.unwrap_err(), browser.probe().await.unwrap_err()];
        let told = failures
            .map(|failure| (failure.kind, failure.message.contains("apt-get install chromium chromium-driver")));
        assert_eq!(told, [(FailureKind::Lost, true); 2]);
    });
}

/// As ChromeDriver does when the port that it chose is taken.
#[test]
fn a_driver_that_ends_at_once_is_started_again() {
    alone(async {
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        let path = folder.path().join("driver");
        let script = |lives: &str| {
            let tries = folder.path().join("tries").display().to_string();
            format!(
                "#!/bin/sh\necho x >>{tries}\n[ $(wc -l <{tries}) -gt {lives} ] || {{ echo no port; exit 1; }}\nexec chromedriver \"$@\"\n"
            )
        };
        let probe = async |lives: &str| {
            fs::write(&path, script(lives)).unwrap();
            for (path, mode) in [(folder.path(), 0o777), (&path, 0o755)] {
                fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
            }
            BrowserTool::new(Options { driver: Some(path.clone()), ..Options::default() }).probe().await
        };
        assert!(probe("2").await.unwrap().starts_with("chrom"));
        let failure = probe("9").await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Lost);
        assert!(failure.message.ends_with("the driver ended at once, 3 times: no port"), "{}", failure.message);
    });
}

#[test]
fn a_probe_says_what_there_is() {
    alone(async {
        let words = BrowserTool::new(Options::default()).probe().await.unwrap();
        assert!(words.starts_with("chrom"), "{words}");
    });
}

/// There the DevTools protocol goes through the driver.
#[test]
fn a_driver_elsewhere_serves_a_whole_task() {
    alone(async {
        let mut driver = Command::new("chromedriver");
        let mut driver = driver.arg("--port=0").stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next_line().await.unwrap().expect("the driver starts");
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').parse::<u16>().unwrap();
            }
        };
        let remote = url::Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
        // Without an account of its own, root's browser would not start in its sandbox.
        let lab = Lab::with(Options { remote: Some(remote), unsafe_no_sandbox: true, ..Options::default() }).await;
        lab.open("/dialogs").await;
        let clicked = landed(lab.on("click", "Ask me").await).content;
        landed(lab.run(call("dialog").with("accept", false)).await);
        let rows = lab.rows().await;
        // One page after another, each of which is left as soon as it has come.
        for path in ["/tabs", "/act", "/words", "/tabs"] {
            lab.open(path).await;
        }
        let left = landed(lab.on("click", "New tab").await).content;
        lab.tool.close().await;
        assert!(clicked.contains("Really"), "{clicked}");
        assert_eq!(rows, ["[1] button \"Ask me\""]);
        assert_eq!(left, "clicked link \"New tab\"; 1 new tab(s) opened, see `tabs`");
    });
}

/// Such a browser goes its own way to the network: no proxy sees what becomes of a press.
#[test]
fn a_browser_that_runs_already_is_used_and_left_running() {
    alone(async {
        let profile = tempfile::tempdir().unwrap();
        let folder = format!("--user-data-dir={}", profile.path().display());
        let mut browser = Command::new("chromium");
        browser.args(["--headless=new", "--no-sandbox", "--remote-debugging-port=0", &folder, "about:blank"]);
        let mut browser = browser.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(browser.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next_line().await.unwrap().expect("the browser starts");
            if let Some((_, address)) = line.split_once("listening on ws://") {
                break address.split('/').next().unwrap().parse().unwrap();
            }
        };
        let depot = Depot::new().await;
        let lab = Lab::with(Options { attach: Some(address), limits: limits(), ..Options::default() }).await;
        landed(lab.run(call("open").with("url", depot.url("/page"))).await);
        let clicked = landed(lab.on("click", "link \"Report\"").await).content;
        let page = lab.look().await.page.unwrap();
        lab.tool.close().await;
        let running = browser.try_wait().unwrap().is_none();
        browser.kill().await.unwrap();
        // The link led to a file, and files do not come through unless they are asked for.
        assert_eq!((clicked.as_str(), page.title.as_str()), ("clicked link \"Report\"", "Depot: all/files"));
        assert!(running);
    });
}

#[test]
fn a_driver_elsewhere_that_does_not_answer_is_lost() {
    alone(async {
        let remote = url::Url::parse("http://127.0.0.1:9/").unwrap();
        let lab = Lab::with(Options { remote: Some(remote), ..Options::default() }).await;
        let (kind, _) = not_sent(lab.run(call("open").with("url", lab.site.url("/words"))).await);
        assert_eq!((kind, lab.site.visits()), (FailureKind::Lost, 0));
    });
}
