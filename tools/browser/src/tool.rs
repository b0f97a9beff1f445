//! The browser as the contract's `Tool`: one session, which starts with the first address opened.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};

use lamassu_contract::{
    Action, BoxFuture, Call, Candidate, Effect, Failure, FailureKind, Observation, Outcome, Page, Permit, Reconciled,
    Tool, Verb,
};
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use crate::{
    Options, act, address, candidates, carry,
    deed::Deed,
    describe,
    download::Origin,
    extract, frame, picture, read,
    recording::Listener,
    session::Session,
    signin, start,
    transfer::{self, Transfer},
    verbs, visit, wait, watch,
};

/// Characters of a goal that tell a look what to choose by.
const LONGEST_GOAL: usize = 500;

/// A browser that acts by permit alone.
pub struct BrowserTool {
    options: Options,
    life: Mutex<Life>,
    /// Whether a page is open, so that there is something to look at.
    open: AtomicBool,
}

/// What there is of a browser.
enum Life {
    /// None yet.
    Fresh,
    /// One that answers.
    Live(Box<Session>),
    /// One that has died, and how. It is not replaced silently: what it held is gone.
    Lost(String),
}

impl BrowserTool {
    /// A browser that will be started as `options` say.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, life: Mutex::new(Life::Fresh), open: AtomicBool::new(false) }
    }

    /// Starts the browser and lets it go again, to see whether that works here; says what was started.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Lost`] with what is missing and how to get it.
    pub async fn probe(&self) -> Result<String, Failure> {
        let session = start::start(&self.options).await?;
        let capabilities = session.client().capabilities();
        let word =
            |name: &str| capabilities.and_then(|all| all.get(name)).and_then(Value::as_str).unwrap_or("?").to_owned();
        let words = format!("{} {}", word("browserName"), word("browserVersion"));
        session.close().await;
        Ok(words)
    }

    async fn describe_call(&self, call: &Call) -> Result<Action, Failure> {
        let mut life = self.life.lock().await;
        let described = match &mut *life {
            Life::Fresh => self.describe_in(None, call).await,
            Life::Live(session) => self.describe_in(Some(session), call).await,
            Life::Lost(why) => Err(Failure::new(FailureKind::Lost, why.clone())),
        };
        self.note(&mut life, described.as_ref().err());
        // Somebody may be signed in anywhere in a browser that was running before.
        let attached = self.options.attach.is_some();
        described.map(|action| if attached { action.fact("attached", true) } else { action })
    }

    async fn describe_in(&self, session: Option<&mut Session>, call: &Call) -> Result<Action, Failure> {
        match call.verb.as_str() {
            "upload" | "download" | "print" => transfer::describe(session, call, &self.options).await,
            "watch" => watch::describe(call, self.options.recording.as_ref()),
            "save_session" | "restore_session" => signin::describe(session, call, &self.options).await,
            _ => describe::describe(session, call, self.options.limits).await,
        }
    }

    async fn run_permit(&self, permit: Permit) -> Outcome {
        let Some(deed) = permit.handle::<Deed>().cloned() else {
            return Outcome::NotSent(Failure::invalid("this action was not described by the browser"));
        };
        let _working = self.options.lens.as_ref().map(|lens| lens.working(permit.judge()));
        let mut life = self.life.lock().await;
        let outcome = match (&mut *life, deed) {
            (Life::Lost(why), _) => Outcome::NotSent(Failure::new(FailureKind::Lost, why.clone())),
            (life, Deed::Open(url)) => match self.reach(life, &permit, &url).await {
                Ok(session) => visit::open(session, &url).await,
                Err(failure) => Outcome::NotSent(failure),
            },
            (life, Deed::Transfer(Transfer::Download { from: Origin::Address(url), into })) => {
                match self.reach(life, &permit, &url).await {
                    Ok(session) => carry::download(session, &Origin::Address(url), &into).await,
                    Err(failure) => Outcome::NotSent(failure),
                }
            }
            (life @ Life::Fresh, Deed::SignIn(deed)) => match self.begin(life, &permit).await {
                Ok(session) => signin::run(session, deed).await,
                Err(failure) => Outcome::NotSent(failure),
            },
            (Life::Fresh, _) => Outcome::Landed(read::blank()),
            (Life::Live(session), Deed::Watch) => match &self.options.recording {
                Some(recording) => {
                    session.under(permit.judge());
                    watch::next(session, &permit, recording).await
                }
                None => Outcome::NotSent(Failure::invalid("nobody is to be watched")),
            },
            (Life::Live(session), deed) => {
                session.under(permit.judge());
                perform(session, &permit, deed).await
            }
        };
        let outcome = with_refusals(&mut life, outcome);
        let failure = match &outcome {
            Outcome::NotSent(failure) | Outcome::MayHaveLanded(failure) => Some(failure),
            Outcome::Landed(_) => None,
        };
        self.note(&mut life, failure);
        outcome
    }

    /// The session that may ask for `url`. Where no proxy does so later, every address of its host is
    /// judged now.
    async fn reach<'a>(&self, life: &'a mut Life, permit: &Permit, url: &Url) -> Result<&'a mut Session, Failure> {
        let session = self.begin(life, permit).await?;
        if !session.pinned() {
            self.judge_addresses(session, permit, url).await?;
        }
        Ok(session)
    }

    /// The session, which starts now if there is none yet.
    async fn begin<'a>(&self, life: &'a mut Life, permit: &Permit) -> Result<&'a mut Session, Failure> {
        if let Life::Fresh = life {
            let session = start::start(&self.options).await?;
            if let Some(recording) = &self.options.recording {
                let address = self.options.attach.or(session.address());
                let Some(address) = address else {
                    let why = "a browser can be watched only if it is a Chromium of this machine";
                    return Err(Failure::new(FailureKind::Lost, why));
                };
                Listener::start(recording, address, self.options.limits).await?;
            }
            *life = Life::Live(Box::new(session));
        }
        match life {
            Life::Live(session) => {
                session.under(permit.judge());
                Ok(session)
            }
            Life::Lost(why) => Err(Failure::new(FailureKind::Lost, why.clone())),
            Life::Fresh => Err(Failure::new(FailureKind::Lost, "no browser was started")),
        }
    }

    /// Judges the addresses of `url` for a browser that resolves names and dials by itself.
    async fn judge_addresses(&self, session: &Session, permit: &Permit, url: &Url) -> Result<(), Failure> {
        let addresses = address::judge(permit, url, self.options.resolver.as_ref()).await?;
        let attached = self.options.attach.map(|address| address.port());
        let closed = self.options.closed.iter().copied();
        let controls =
            session.ports().chain(attached).chain(closed).any(|port| Some(port) == url.port_or_known_default());
        if controls && addresses.iter().any(|address| address.ip().is_loopback()) {
            return Err(address::forbidden("this port of this machine is closed to the agent".to_owned()));
        }
        Ok(())
    }

    /// Keeps in mind that the browser is gone, or whether a page is open.
    fn note(&self, life: &mut Life, failure: Option<&Failure>) {
        if let Some(failure) = failure.filter(|failure| failure.kind == FailureKind::Lost)
            && let Life::Live(_) = life
        {
            // Dropping the session ends what is left of the browser.
            *life = Life::Lost(failure.message.clone());
        }
        let open = matches!(life, Life::Live(session) if session.place.page().is_some());
        self.open.store(open, Ordering::Relaxed);
    }
}

/// Tells with an observation what was refused on the network meanwhile, or since it was last told.
fn with_refusals(life: &mut Life, outcome: Outcome) -> Outcome {
    match (life, outcome) {
        (Life::Live(session), Outcome::Landed(mut observation)) => {
            for line in session.untold() {
                observation.content = format!("{}\n{line}", observation.content.trim_end());
            }
            Outcome::Landed(observation)
        }
        (_, outcome) => outcome,
    }
}

/// Does one thing in a living session.
async fn perform(session: &mut Session, permit: &Permit, deed: Deed) -> Outcome {
    let reads = permit.action().effect() == Effect::Read;
    // A download that was broken off may have left the way open. A dialog has to be answered first.
    if !matches!(deed, Deed::Dialog { .. })
        && let Err(fault) = session.shut().await
    {
        return Outcome::NotSent(fault.into());
    }
    let outcome = match deed {
        Deed::Look { about } => read::outcome(read::look(session, permit, &about).await),
        Deed::Find(sought) => read::outcome(read::find(session, permit, &sought).await),
        Deed::Read { aim, offset, limit } => {
            read::outcome(read::read(session, permit, aim.as_ref(), (offset, limit)).await)
        }
        Deed::Extract(extraction) => read::outcome(extract::extract(session, permit, &extraction).await),
        Deed::Screenshot { extent, frame } => read::outcome(picture::screenshot(session, permit, &extent, frame).await),
        Deed::Wait { until, limit } => wait::wait(session, permit, &until, limit).await,
        Deed::Open(url) => visit::open(session, &url).await,
        Deed::Travel(way) => visit::travel(session, way).await,
        Deed::Frame(wanted) => frame::frame(session, wanted.as_deref()).await,
        Deed::Tabs(tabs) => visit::tabs(session, tabs).await,
        Deed::Dialog { answer, text } => visit::dialog(session, answer, &text).await,
        Deed::Click { aim, times } => act::click(session, &aim, times).await,
        Deed::Hover(aim) => act::hover(session, &aim).await,
        Deed::Drag { aim, onto } => act::drag(session, &aim, &onto).await,
        Deed::Fill { aim, with } => act::fill(session, permit, &aim, &with).await,
        Deed::Select { aim, option } => act::select(session, &aim, &option).await,
        Deed::Check { aim, wanted } => act::check(session, &aim, wanted).await,
        Deed::Press { aim, chord } => act::press(session, aim.as_ref(), &chord).await,
        Deed::Scroll { aim, to } => act::scroll(session, aim.as_ref(), &to).await,
        Deed::Transfer(transfer) => carry::run(session, transfer).await,
        Deed::SignIn(deed) => signin::run(session, deed).await,
        Deed::Watch => Outcome::NotSent(Failure::invalid("nobody is to be watched")),
    };
    match outcome {
        // There is no effect whose landing could be in doubt.
        Outcome::MayHaveLanded(failure) if reads => Outcome::NotSent(failure),
        outcome => outcome,
    }
}

impl Tool for BrowserTool {
    fn name(&self) -> &str {
        "browser"
    }

    fn verbs(&self) -> Vec<Verb> {
        let mut verbs = verbs::verbs();
        verbs.extend(self.options.recording.as_ref().map(|_| watch::verb()));
        verbs
    }

    fn describe<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Action, Failure>> {
        Box::pin(self.describe_call(call))
    }

    fn run(&self, permit: Permit) -> BoxFuture<'_, Outcome> {
        Box::pin(self.run_permit(permit))
    }

    fn look(&self, goal: &str) -> Option<Call> {
        if self.options.recording.is_some() {
            return None;
        }
        let about: String = goal.chars().take(LONGEST_GOAL).collect();
        self.open.load(Ordering::Relaxed).then(|| Call::new("browser", "look").with("about", about))
    }

    fn candidates<'a>(&'a self, page: &'a Page) -> BoxFuture<'a, Vec<Candidate>> {
        Box::pin(async move {
            match &*self.life.lock().await {
                Life::Live(session) => candidates::candidates(session, page),
                Life::Fresh | Life::Lost(_) => Vec::new(),
            }
        })
    }

    fn restore(&self, last: &Observation) -> Option<Call> {
        let page = last.page.as_ref().filter(|_| !self.open.load(Ordering::Relaxed))?;
        Some(Call::new("browser", "open").with("url", page.url.as_str()))
    }

    fn reconcile<'a>(&'a self, action: &'a Value) -> BoxFuture<'a, Reconciled> {
        let reads = action.get("effect").and_then(Value::as_str) == Some(Effect::Read.as_str());
        Box::pin(async move {
            if reads {
                Reconciled::NotSent("it only reads; it can be done again".to_owned())
            } else {
                Reconciled::Unknown
            }
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.open.store(false, Ordering::Relaxed);
            let life = std::mem::replace(&mut *self.life.lock().await, Life::Fresh);
            if let Life::Live(session) = life {
                session.close().await;
            }
        })
    }
}

impl fmt::Debug for BrowserTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserTool").field("options", &self.options).finish_non_exhaustive()
    }
}
