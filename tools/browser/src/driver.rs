//! ChromeDriver or geckodriver as a child that never outlives us.
//!
//! A small shell script stands between: it starts the driver in a folder of its own, as root under
//! an account without rights, and waits for the end of a pipe that we hold. However we end, the
//! pipe ends too, and the script kills all that was started and removes the folder. This file is
//! a door: it starts processes. It knows nothing of pages.

use std::{
    collections::VecDeque,
    ffi::OsString,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lamassu_contract::{Failure, FailureKind};
use lamassu_files::{Limits, Workspace};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::{Engine, Options};

const GUARD: &str = include_str!("guard.sh");
const CHROMIUM_HINT: &str = "on Debian and Ubuntu: `apt-get install chromium chromium-driver`; elsewhere install Chromium and the ChromeDriver of the same version and put both on PATH";
const LOG_LINES: usize = 40;
/// Where many start at once, one finds the port it chose taken now and then, and ends.
const ATTEMPTS: usize = 3;

const FIREFOX_HINT: &str = "on Debian: `apt-get install firefox-esr` and `cargo install geckodriver`; elsewhere install Firefox and geckodriver and put both on PATH";

/// A running driver. Dropping it ends the driver and its browser.
#[derive(Debug)]
pub(crate) struct Driver {
    /// The port it listens on, on the loopback address.
    pub(crate) port: u16,
    /// Its folder, which is also the browser's home.
    pub(crate) home: String,
    /// The browser it is to start.
    pub(crate) browser: String,
    /// Its folder, opened before any page could lay a trap there.
    pub(crate) folder: Workspace,
    guard: Child,
    // INVARIANT: open for as long as the driver may live; never written to.
    leash: ChildStdin,
    log: Log,
}

/// The last lines that the driver and the browser have written.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<VecDeque<String>>>);

impl Driver {
    /// Starts the driver on a free port.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Lost`] if something is missing or does not start; says what to install.
    pub(crate) async fn start(options: &Options) -> Result<Self, Failure> {
        let mut log = Log::default();
        for _ in 0..ATTEMPTS {
            log = Log::default();
            if let Some(driver) = Self::attempt(options, &log).await? {
                return Ok(driver);
            }
        }
        Err(lost(&format!("the driver ended at once, {ATTEMPTS} times: {}", log.lines().join(" / "))))
    }

    /// Nothing if the driver ended before it listened.
    async fn attempt(options: &Options, log: &Log) -> Result<Option<Self>, Failure> {
        let mut guard = spawn(options)?;
        let (Some(leash), Some(output)) = (guard.stdin.take(), guard.stdout.take()) else {
            return Err(lost("the driver's pipes are missing"));
        };
        let mut lines = BufReader::new(output).lines();
        let started = tokio::time::timeout(options.limits.start, started(&mut lines, log, options.engine)).await;
        let Some((port, home, browser)) = started.map_err(|_| late(options.limits.start, log))?? else {
            return Ok(None);
        };
        let folder = Workspace::open(&home, Limits { file_bytes: u64::MAX, ..Limits::default() })
            .map_err(|error| lost(&error.to_string()))?;
        let keep = log.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                keep.add(&line);
            }
        });
        Ok(Some(Self { port, home, browser, folder, guard, leash, log: log.clone() }))
    }

    /// Whether the browser said that it has no usable sandbox.
    pub(crate) fn lacks_sandbox(&self) -> bool {
        let words = ["No usable sandbox", "without --no-sandbox", "Failed to move to new namespace", "setuid sandbox"];
        self.log.lines().iter().any(|line| words.iter().any(|word| line.contains(word)))
    }

    /// Ends the driver and its browser and waits until both are gone.
    pub(crate) async fn close(self, limit: Duration) {
        let Self { mut guard, leash, .. } = self;
        drop(leash);
        // The guard goes on by itself if this takes too long.
        let _ = tokio::time::timeout(limit, guard.wait()).await;
    }
}

fn spawn(options: &Options) -> Result<Child, Failure> {
    let path = |path: &Option<std::path::PathBuf>| path.clone().map_or_else(OsString::new, OsString::from);
    Command::new("sh")
        .args(["-c", GUARD, "lamassu-guard"])
        .arg(match options.engine {
            Engine::Chromium => "chromium",
            Engine::Firefox => "firefox",
        })
        .arg(path(&options.driver))
        .arg(path(&options.browser))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // A terminal's Ctrl-C is for us; the guard notices when we go.
        .process_group(0)
        .spawn()
        .map_err(|error| lost(&format!("`sh` does not start: {error}")))
}

/// Reads until the driver listens: its port, its folder, and the browser's path. Nothing if it ends
/// before that.
async fn started(
    lines: &mut Lines<BufReader<ChildStdout>>,
    log: &Log,
    engine: Engine,
) -> Result<Option<(u16, String, String)>, Failure> {
    let (mut home, mut browser) = (String::new(), String::new());
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(reason) = line.strip_prefix("guard: fail ") {
            return Err(missing(reason, engine));
        } else if let Some(path) = line.strip_prefix("guard: home ") {
            path.clone_into(&mut home);
        } else if let Some(path) = line.strip_prefix("guard: browser ") {
            path.clone_into(&mut browser);
        } else if let Some(port) = ["started successfully on port ", "Listening on 127.0.0.1:"]
            .iter()
            .find_map(|words| line.split(words).nth(1))
        {
            let port = port.trim_end_matches('.').parse();
            return port.map(|port| Some((port, home, browser))).map_err(|_| lost("the driver names no port"));
        } else {
            log.add(&line);
        }
    }
    Ok(None)
}

impl Log {
    fn add(&self, line: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LOG_LINES {
            lines.pop_front();
        }
        lines.push_back(line.chars().take(300).collect());
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

fn missing(reason: &str, engine: Engine) -> Failure {
    let (driver, browser, hint) = match engine {
        Engine::Chromium => ("ChromeDriver", "Chromium", CHROMIUM_HINT),
        Engine::Firefox => ("geckodriver", "Firefox", FIREFOX_HINT),
    };
    lost(&match reason {
        "driver" => format!("{driver} is not installed; {hint}"),
        "browser" => format!("{browser} is not installed; {hint}"),
        "driver-path" => format!("there is no {driver} at the given path; correct it, or leave it out; {hint}"),
        "browser-path" => format!("there is no browser at the given path; correct it, or leave it out; {hint}"),
        "setpriv" => "as root the browser runs under another account, and `setpriv` is not there for that; install util-linux, or do not run as root".to_owned(),
        "nobody" => "as root the browser runs under the account `nobody`, which does not exist; create it, or do not run as root".to_owned(),
        _ => "no temporary folder can be made; free some space or set TMPDIR".to_owned(),
    })
}

fn late(limit: Duration, log: &Log) -> Failure {
    let (seconds, said) = (limit.as_secs(), log.lines().join(" / "));
    lost(&format!("the driver did not start within {seconds} seconds; it said: {said:?}"))
}

fn lost(message: &str) -> Failure {
    Failure::new(FailureKind::Lost, message)
}
