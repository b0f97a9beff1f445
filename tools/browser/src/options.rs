//! How a browser is started and how long it may take.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use lamassu_egress::{Resolve, SystemResolver};
use lamassu_files::Workspace;
use url::Url;

use crate::{Lens, Recording};

/// A kind of browser.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Engine {
    /// Chromium, Chrome or Edge, by ChromeDriver.
    #[default]
    Chromium,
    /// Firefox, by geckodriver. The look is injected among the page's own scripts here.
    Firefox,
}

/// How a browser is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// What kind of browser it is.
    pub engine: Engine,
    /// Whether Chromium is driven by WebDriver's own commands alone, as other browsers are.
    pub webdriver_only: bool,
    /// The driver; looked for on `PATH` and in the usual places if absent.
    pub driver: Option<PathBuf>,
    /// The browser; looked for on `PATH` and in the usual places if absent.
    pub browser: Option<PathBuf>,
    /// A WebDriver that is running already, such as a Selenium Grid. Nothing is started then. The
    /// browser goes through the proxy of this machine all the same; see `proxy`.
    pub remote: Option<Url>,
    /// The debugging address of a Chromium that is running already. Every action is judged as ever,
    /// but its pages go their own way to the network, and it stays when the run has ended. Whoever
    /// gives this address has to know that, and that all it is signed in to can be reached.
    pub attach: Option<SocketAddr>,
    /// The address of this machine under which a browser on another one reaches the proxy; the
    /// loopback address if absent. Whoever else reaches it is held to the same policy.
    pub proxy: Option<IpAddr>,
    /// Whether the proxy opens TLS, so that method and path are judged and not the host alone.
    pub inspect: bool,
    /// Certificates of further authorities, in PEM form, that may vouch for servers when TLS is
    /// opened.
    pub trust: Vec<String>,
    /// Whether the browser stays invisible.
    pub headless: bool,
    /// Whether Chromium may run without its own sandbox. A hostile page can then take over the
    /// account that the browser runs under.
    pub unsafe_no_sandbox: bool,
    /// A folder that keeps cookies and settings; a temporary one if absent. As root the browser
    /// runs under the account `nobody`, which must be able to write there.
    pub profile: Option<PathBuf>,
    /// Whether a look also gathers what only a program wants to know of each control, see
    /// [`Detail`](lamassu_contract::Detail), and controls that are far away.
    pub detail: bool,
    /// Where it is recorded what a person does; then the browser can be asked to `watch`, and is not looked at besides.
    pub recording: Option<Recording>,
    /// What a person watches through; Chromium on this machine alone can be watched.
    pub lens: Option<Lens>,
    /// Ports of this machine that the browser must never reach, such as that of a page on which its own
    /// actions are consented to.
    pub closed: Vec<u16>,
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
            engine: Engine::default(),
            webdriver_only: false,
            driver: None,
            browser: None,
            remote: None,
            attach: None,
            proxy: None,
            inspect: false,
            trust: Vec::new(),
            headless: true,
            unsafe_no_sandbox: false,
            profile: None,
            detail: false,
            recording: None,
            lens: None,
            closed: Vec::new(),
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
    /// How much of a page one look shows, in tokens of four bytes.
    pub tokens: usize,
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
            tokens: 1500,
            text: 8000,
        }
    }
}
