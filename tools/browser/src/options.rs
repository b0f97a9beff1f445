//! How a browser is started and how long it may take.

use std::{path::PathBuf, sync::Arc, time::Duration};

use lamassu_egress::{Resolve, SystemResolver};
use lamassu_files::Workspace;
use url::Url;

/// How a browser is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// ChromeDriver; looked for on `PATH` and in the usual places if absent.
    pub driver: Option<PathBuf>,
    /// Chromium; looked for on `PATH` and in the usual places if absent.
    pub browser: Option<PathBuf>,
    /// A WebDriver that is running already, such as a Selenium Grid. Nothing is started then.
    pub remote: Option<Url>,
    /// Whether the browser stays invisible.
    pub headless: bool,
    /// Whether Chromium may run without its own sandbox. A hostile page can then take over the
    /// account that the browser runs under.
    pub unsafe_no_sandbox: bool,
    /// A folder that keeps cookies and settings; a temporary one if absent. As root the browser
    /// runs under the account `nobody`, which must be able to write there.
    pub profile: Option<PathBuf>,
    /// Width and height of the window in pixels.
    pub window: (u32, u32),
    /// Where uploads come from, and where downloads and printed pages go; none of these without one.
    pub workspace: Option<Workspace>,
    /// A folder for signed-in sessions, made if absent, which only its owner may enter; none can be
    /// saved or taken up without one.
    pub sessions: Option<PathBuf>,
    /// How long things may take.
    pub limits: Limits,
    /// How names are turned into addresses before those are judged.
    pub resolver: Arc<dyn Resolve>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            driver: None,
            browser: None,
            remote: None,
            headless: true,
            unsafe_no_sandbox: false,
            profile: None,
            window: (1280, 900),
            workspace: None,
            sessions: None,
            limits: Limits::default(),
            resolver: Arc::new(SystemResolver),
        }
    }
}

/// How long things may take, and how much may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until the driver and the browser have started.
    pub start: Duration,
    /// For one command; a browser that takes longer is given up.
    pub command: Duration,
    /// Until a page has come and is quiet.
    pub load: Duration,
    /// Until what an action set off is done: requests, short timers, changes, animations.
    pub settle: Duration,
    /// Until a download begins, and then until more of it comes.
    pub download: Duration,
    /// Rows of a table.
    pub rows: usize,
    /// Characters of the digest of visible text.
    pub digest: usize,
    /// Characters of one page of `read`.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(30),
            command: Duration::from_secs(30),
            load: Duration::from_secs(20),
            settle: Duration::from_secs(4),
            download: Duration::from_secs(60),
            rows: 150,
            digest: 2000,
            text: 8000,
        }
    }
}
