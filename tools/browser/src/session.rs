//! One browser session, and a world of our own in each document.
//!
//! In Chromium the library of `page` lives in an isolated world, where it shares the document with
//! the page's scripts but none of their objects: a page can neither see it nor change what it
//! calls. By WebDriver alone there is no such world; then it lives among the page's own scripts.

mod files;
mod frames;
mod network;

use std::{
    hash::{BuildHasher as _, RandomState},
    net::SocketAddr,
    time::{Duration, Instant},
};

use fantoccini::{Client, error::CmdError, wd::WindowHandle};
use futures_util::future::try_join;
use lamassu_egress::Proxy;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    Lens, Limits,
    deed::Answer,
    devtools::DevTools,
    driver::Driver,
    fault::Fault,
    page::{Place, Prints, Settled, hook, library},
    wire::Wire,
};

/// One browser session.
#[derive(Debug)]
pub(crate) struct Session {
    wire: Wire,
    driver: Option<Driver>,
    /// The only way to the network, unless the browser is not ours.
    proxy: Option<Proxy>,
    /// What the proxy has refused and nobody has been told of yet.
    refused: Vec<String>,
    /// How many pages had not come when that was last asked.
    dropped: usize,
    limits: Limits,
    /// The name of the library, which no page can guess.
    key: String,
    reach: Reach,
    /// The numbers of the frames that were entered, each in the one before.
    entered: Vec<u16>,
    /// Whether downloads may come through.
    admits: bool,
    /// What the references of the last looks stood for.
    pub(crate) prints: Prints,
    /// Whether looks gather details for programs.
    pub(crate) detail: bool,
    /// What a person watches through, and what takes the pictures; it ends with the session.
    lens: Option<Lens>,
    camera: JoinSet<()>,
    /// The tabs that are known, in the order they came.
    pub(crate) tabs: Vec<WindowHandle>,
    /// Where the tab was last seen.
    pub(crate) place: Place,
}

/// What a driver understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Commands of the DevTools protocol too.
    DevTools,
    /// WebDriver alone.
    WebDriver,
}

/// How the library is reached.
#[derive(Debug)]
enum Reach {
    /// By the DevTools protocol, in an isolated world of the main frame.
    World { frame: Option<String>, world: Option<i64> },
    /// By WebDriver alone, in the page's own world.
    Page,
}

/// How long to wait for a page to come to rest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience<'a> {
    /// For the work that an act has set off. A page that loads has [`Limits::load`] besides.
    pub(crate) limit: Duration,
    /// The epoch of a document that is about to go away.
    pub(crate) from: Option<&'a str>,
    /// So many frames are drawn first.
    pub(crate) frames: u32,
}

/// How long a command that waits in the page may take beyond what it was told.
const SLACK: Duration = Duration::from_secs(2);
/// How long a page that is to come is waited for before the proxy is asked whether it still will.
const GLANCE: Duration = Duration::from_millis(250);

impl Session {
    /// A session that the driver, if there is one of ours, has started, with its proxy.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the first commands are not answered.
    pub(crate) async fn new(
        client: Client,
        (driver, proxy): (Option<Driver>, Option<Proxy>),
        limits: Limits,
        protocol: Protocol,
    ) -> Result<Self, Fault> {
        // A browser on another machine keeps its debugging port to itself.
        let browser = driver.as_ref().filter(|_| protocol == Protocol::DevTools).and_then(|_| debugging(&client));
        if let (Some(proxy), Some(browser)) = (&proxy, browser) {
            proxy.close_port(browser.port());
        }
        let admits = proxy.is_none() && protocol == Protocol::DevTools;
        let random = || RandomState::new().hash_one(0_u8);
        let mut session = Self {
            wire: Wire::new(client, browser, limits),
            driver,
            proxy,
            refused: Vec::new(),
            dropped: 0,
            limits,
            key: format!("l{:016x}{:016x}", random(), random()),
            reach: match protocol {
                Protocol::DevTools => Reach::World { frame: None, world: None },
                Protocol::WebDriver => Reach::Page,
            },
            entered: Vec::new(),
            // A browser of ours begins without; another one has to be told.
            admits,
            prints: Prints::default(),
            detail: false,
            lens: None,
            camera: JoinSet::new(),
            tabs: Vec::new(),
            place: Place::default(),
        };
        let tab = session.bounded(session.client().window()).await?;
        session.connect(tab).await?;
        session.shut().await?;
        Ok(session)
    }

    /// From now on a person may watch it through `lens`, if it is a Chromium of this machine.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the driver does not answer.
    pub(crate) async fn watched_through(&mut self, lens: &Lens) -> Result<(), Fault> {
        if self.wire.browser().is_none() {
            return Ok(());
        }
        let tab = self.bounded(self.client().window()).await?;
        self.lens = Some(lens.clone());
        self.point(&tab);
        self.camera.spawn(lens.clone().run(self.limits));
        Ok(())
    }

    /// Lets whoever watches see `tab`.
    fn point(&self, tab: &WindowHandle) {
        if let (Some(lens), Some(browser)) = (&self.lens, self.wire.browser()) {
            lens.point(browser, &String::from(tab.clone()), &self.key);
        }
    }

    /// What a person watches through.
    pub(crate) fn lens(&self) -> Option<&Lens> {
        self.lens.as_ref()
    }

    /// The ports of this machine that lead to the driver and to the browser.
    pub(crate) fn ports(&self) -> impl Iterator<Item = u16> {
        self.driver
            .as_ref()
            .map(|driver| driver.port)
            .into_iter()
            .chain(self.wire.browser().map(|browser| browser.port()))
    }

    /// Where the browser can be reached by the DevTools protocol, if it is one of ours.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.wire.browser()
    }

    /// The limits it was started with.
    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether the page can be reached by the DevTools protocol. A frame of another origin that was
    /// entered cannot.
    pub(crate) fn devtools(&self) -> bool {
        self.entered.is_empty() && self.knows_devtools()
    }

    fn knows_devtools(&self) -> bool {
        matches!(self.reach, Reach::World { .. })
    }

    /// Gives up waiting for a page that does not come.
    ///
    /// # Errors
    ///
    /// [`Fault::Lost`] if the browser is gone.
    pub(crate) async fn stop_loading(&mut self) -> Result<(), Fault> {
        let stopped = if self.devtools() {
            self.cdp("Page.stopLoading", json!({})).await.map(drop)
        } else {
            self.wire.execute("window.stop()").await.map(drop)
        };
        match stopped {
            Err(Fault::Lost(why)) => Err(Fault::Lost(why)),
            _ => Ok(()),
        }
    }

    /// Waits for one command of the driver.
    pub(crate) async fn bounded<T>(&self, command: impl Future<Output = Result<T, CmdError>>) -> Result<T, Fault> {
        self.wire.bounded(command).await
    }

    /// The WebDriver client, for commands that go through [`Self::bounded`].
    pub(crate) fn client(&self) -> &Client {
        self.wire.client()
    }

    /// A picture of the visible part, as PNG in Base64.
    pub(crate) async fn visible(&self) -> Result<Value, Fault> {
        self.wire.picture().await
    }

    /// Runs a command of the DevTools protocol.
    pub(crate) async fn cdp(&self, command: &'static str, params: Value) -> Result<Value, Fault> {
        self.wire.cdp(command, params).await
    }

    /// Connects to `tab`, which the driver shows, and sees to it that every document of it gets the
    /// library and the hook from its beginning.
    async fn connect(&mut self, tab: WindowHandle) -> Result<(), Fault> {
        self.point(&tab);
        self.wire.connect(tab).await?;
        if !self.devtools() {
            return Ok(());
        }
        let hook = json!({ "source": hook(&self.key), "runImmediately": true });
        let library = format!("if(window===window.top){}", library(&self.key));
        let library = json!({ "source": library, "worldName": "lamassu" });
        let add = |script| self.cdp("Page.addScriptToEvaluateOnNewDocument", script);
        try_join(add(hook), add(library)).await.map(drop)
    }

    /// Gets to know the tabs that there are, if none is known yet.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the driver does not answer.
    pub(crate) async fn know_tabs(&mut self) -> Result<(), Fault> {
        if self.tabs.is_empty() {
            self.tabs = self.bounded(self.client().windows()).await?;
        }
        Ok(())
    }

    /// Goes on in another tab.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the tab is gone.
    pub(crate) async fn switch(&mut self, tab: WindowHandle) -> Result<(), Fault> {
        self.bounded(self.client().switch_to_window(tab.clone())).await?;
        self.entered.clear();
        if let Reach::World { frame, world } = &mut self.reach {
            (*frame, *world) = (None, None);
        }
        self.connect(tab).await
    }

    /// Asks the library in the current document, which is put there first if need be. What is
    /// asked must change nothing, since it is asked again if the document changes meanwhile.
    pub(crate) async fn ask<T: DeserializeOwned>(&mut self, name: &str, args: Value) -> Result<T, Fault> {
        let end = Instant::now() + self.limits.settle;
        for attempt in 0..8 {
            match self.ask_once(name, &args).await {
                // A page that goes on moving is not followed for ever.
                Err(Fault::Moved) if Instant::now() < end => self.enter(attempt).await?,
                answer => return answer,
            }
        }
        Err(Fault::Moved)
    }

    /// Asks the library once. [`Fault::Moved`] says that there is none, or that the document went
    /// away before it had answered.
    pub(crate) async fn ask_once<T: DeserializeOwned>(&self, name: &str, args: &Value) -> Result<T, Fault> {
        let key = &self.key;
        let script = format!(
            "(async()=>{{\"use strict\";const l=window[\"{key}\"];if(!l)return null;\
             return JSON.stringify(await l.{name}({args}))}})()"
        );
        match self.evaluate(&script).await? {
            Value::String(answer) => serde_json::from_str(&answer)
                .map_err(|error| Fault::Answer(format!("`{name}` answered oddly: {error}"))),
            _ => Err(Fault::Moved),
        }
    }

    async fn evaluate(&self, script: &str) -> Result<Value, Fault> {
        match &self.reach {
            _ if self.framed() => self.wire.execute(script).await,
            Reach::World { world: Some(world), .. } => self.wire.evaluate(*world, script).await,
            Reach::World { world: None, .. } => Err(Fault::Moved),
            Reach::Page => self.wire.execute(script).await,
        }
    }

    /// Finds the library's world in the current document, and puts the library there if it lacks;
    /// the browser does that by itself, so only the second attempt has a look.
    async fn enter(&mut self, attempt: usize) -> Result<(), Fault> {
        if self.devtools() {
            self.find_world().await?;
            if attempt == 0 {
                return Ok(());
            }
        }
        let known = format!("Boolean(window[\"{}\"])", self.key);
        let put = match self.evaluate(&known).await {
            Ok(Value::Bool(true)) => return Ok(()),
            Ok(_) if self.devtools() => self.evaluate(&library(&self.key)).await,
            Ok(_) => self.evaluate(&format!("[{},{}]&&null", hook(&self.key), library(&self.key))).await,
            Err(fault) => Err(fault),
        };
        match put {
            // The next question will find that there is no library.
            Ok(_) | Err(Fault::Moved) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    async fn find_world(&mut self) -> Result<(), Fault> {
        let Reach::World { frame, world } = &mut self.reach else { return Ok(()) };
        *world = None;
        if let Some(frame) = frame {
            match isolate(&self.wire, frame).await {
                Ok(number) => {
                    *world = Some(number);
                    return Ok(());
                }
                // A tab's main frame changes with its process.
                Err(Fault::Answer(_) | Fault::Moved) => {}
                Err(fault) => return Err(fault),
            }
        }
        let tree = self.wire.cdp("Page.getFrameTree", json!({})).await?;
        let main = tree.pointer("/frameTree/frame/id").and_then(Value::as_str).unwrap_or_default().to_owned();
        *world = Some(isolate(&self.wire, &main).await?);
        *frame = Some(main);
        Ok(())
    }

    /// Where the tab is now.
    pub(crate) async fn locate(&mut self) -> Result<Place, Fault> {
        let place: Place = self.ask("place", json!({})).await?;
        self.place = place.clone();
        Ok(place)
    }

    /// Where the tab is now. Where nothing has been seen of it yet, it is nowhere.
    pub(crate) async fn locate_again(&mut self) -> Result<Place, Fault> {
        if self.place.epoch.is_empty() { Ok(Place::default()) } else { self.locate().await }
    }

    /// Waits until what the page has been set off to do is done, and the page has loaded if another
    /// one is on its way.
    ///
    /// # Errors
    ///
    /// A [`Fault`]: a dialog has come, the tab or the browser has gone.
    pub(crate) async fn settle(&mut self, patience: Patience<'_>) -> Result<Settled, Fault> {
        let end = Instant::now() + self.limits.load;
        let longest = self.limits.command.saturating_sub(SLACK);
        let mut left = false;
        let mut entered = 0;
        let mut press = None;
        loop {
            let rest = end.saturating_duration_since(Instant::now());
            let millis = |time: Duration| time.min(longest).as_millis() as u64;
            let args = json!({
                "limit": millis(patience.limit), "load": millis(rest.min(GLANCE)), "from": patience.from,
                "frames": patience.frames, "dropped": self.dropped()
            });
            match self.ask_once::<Settled>("settle", &args).await {
                Ok(settled) => {
                    press = press.or(settled.press);
                    if settled.over && settled.coming && !rest.is_zero() {
                        continue;
                    }
                    self.place = settled.place.clone();
                    return Ok(Settled { press, ..settled });
                }
                // One document after another comes; where the tab is by now can be told all the same.
                Err(Fault::Moved) if rest.is_zero() && left => {
                    let place = self.locate().await?;
                    return Ok(Settled { place, over: true, coming: false, press });
                }
                Err(Fault::Moved) => left = true,
                Err(fault) => return Err(fault),
            }
            entered += 1;
            match self.enter(entered - 1).await {
                // Between two documents there is none to enter for a moment.
                Err(Fault::Moved | Fault::Answer(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
                entered => entered?,
            }
        }
    }

    /// Whether a page that was on its way has not come, since this was last asked.
    fn dropped(&mut self) -> bool {
        // The proxy sees that even where the browser tells nothing of it.
        let dropped = self.wire.tab().map_or(0, DevTools::stayed) + self.proxy.as_ref().map_or(0, Proxy::dropped);
        std::mem::replace(&mut self.dropped, dropped) != dropped
    }

    /// What the open dialog says; [`Fault::Answer`] if there is none.
    pub(crate) async fn dialog(&self) -> Result<String, Fault> {
        self.wire.dialog().await
    }

    /// Answers the open dialog.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if there is none, or the driver does not answer.
    pub(crate) async fn answer_dialog(&mut self, answer: Answer) -> Result<(), Fault> {
        if let Some(tab) = self.wire.tab() {
            tab.answered();
        }
        if answer == Answer::Accept {
            self.bounded(self.client().accept_alert()).await?;
        } else {
            self.bounded(self.client().dismiss_alert()).await?;
        }
        if self.wire.tab().is_some() {
            return Ok(());
        }
        let tab = self.bounded(self.client().window()).await?;
        match self.connect(tab).await {
            // The next one is open already.
            Err(Fault::Dialog(_)) => Ok(()),
            connected => connected,
        }
    }

    /// Ends the session, the driver and the browser.
    pub(crate) async fn close(self) {
        match self.driver {
            // The driver takes everything with it.
            Some(driver) => driver.close(Duration::from_secs(10)).await,
            None => {
                let _ = tokio::time::timeout(Duration::from_secs(5), self.wire.client().clone().close()).await;
            }
        }
    }
}

/// Where the browser of this machine can be reached by the DevTools protocol.
fn debugging(client: &Client) -> Option<SocketAddr> {
    let address = client.capabilities()?.get("goog:chromeOptions")?.get("debuggerAddress")?.as_str()?;
    address.replace("localhost", "127.0.0.1").parse().ok()
}

async fn isolate(wire: &Wire, frame: &str) -> Result<i64, Fault> {
    let made = wire.cdp("Page.createIsolatedWorld", json!({ "frameId": frame, "worldName": "lamassu" })).await?;
    made.get("executionContextId").and_then(Value::as_i64).ok_or(Fault::Moved)
}
