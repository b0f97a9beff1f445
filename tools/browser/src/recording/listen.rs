//! Hears what happens in every tab and frame of a browser.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    net::SocketAddr,
    time::Duration,
};

use lamassu_contract::{Call, Page};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::{
    Act, Done, Heard, Recording,
    told::{Deed, Message},
};
use crate::{
    Limits, escape,
    fault::Fault,
    page::{Looked, hook, recorder},
    tap::{Said, Tap},
};

/// The world in which a page's scripts cannot see ours.
const WORLD: &str = "lamassu-record";
/// How long after an act a page is looked at, in case nobody sees its end.
pub(super) const CALM: Duration = Duration::from_millis(700);

/// Listens to a browser on behalf of a recording.
pub(crate) struct Listener {
    pub(super) tap: Tap,
    pub(super) said: mpsc::UnboundedReceiver<Said>,
    pub(super) recording: Recording,
    /// The name of the script, which no page can guess.
    pub(super) key: String,
    pub(super) tokens: usize,
    pub(super) tabs: Vec<Tab>,
    /// The tab that each session belongs to, and the frame that is its outermost.
    pub(super) sessions: HashMap<String, (String, String)>,
    /// The tab in which something was done last.
    pub(super) current: String,
    /// How the page was in the last tab that was closed.
    pub(super) left: Option<Page>,
    /// When something was done last.
    pub(super) acted: Option<Instant>,
}

/// A tab as it is known.
pub(super) struct Tab {
    /// What the browser calls it, and its outermost frame.
    pub(super) target: String,
    pub(super) session: String,
    /// The numbers of what can be gone back and forward to, and which of them is shown.
    pub(super) entries: Vec<i64>,
    pub(super) index: usize,
    /// How the page was last seen.
    pub(super) page: Option<Page>,
    /// When it is to be looked at.
    pub(super) due: Option<Instant>,
    /// The frame of another origin that somebody acts in.
    pub(super) frame: Option<String>,
    /// Whether a dialog is open. Until it is answered, the page answers nothing.
    pub(super) asks: bool,
}

impl Listener {
    /// Begins to listen; when this is done, no page of the tabs that there are can be first.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the browser does not answer.
    pub(crate) async fn start(recording: &Recording, browser: SocketAddr, limits: Limits) -> Result<(), Fault> {
        let (tap, said) = Tap::connect(browser, limits).await?;
        let random = || RandomState::new().hash_one(0_u8);
        let mut listener = Self {
            tap,
            said,
            recording: recording.clone(),
            key: format!("r{:016x}{:016x}", random(), random()),
            tokens: limits.tokens,
            tabs: Vec::new(),
            sessions: HashMap::new(),
            current: String::new(),
            left: None,
            acted: None,
        };
        listener.tap.ask("", "Target.setAutoAttach", follow()).await?;
        while let Ok(said) = listener.said.try_recv() {
            listener.hear(said).await;
        }
        if let Some(tab) = listener.tabs.first() {
            listener.current.clone_from(&tab.target);
            // Commands are done in their order.
            listener.tap.ask(&tab.session, "Page.getFrameTree", json!({})).await?;
        }
        tokio::spawn(listener.listen());
        Ok(())
    }

    async fn listen(mut self) {
        let mut stop = self.recording.0.stop.subscribe();
        if *stop.borrow() {
            stop.mark_changed();
        }
        let why = loop {
            let due = self.tabs.iter().filter_map(|tab| tab.due).min();
            tokio::select! {
                _ = stop.changed() => break self.finish().await,
                said = self.said.recv() => match said {
                    Some(said) => self.hear(said).await,
                    None => break "the browser has gone".to_owned(),
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => self.glance_at_due().await,
            }
            if self.tabs.is_empty() {
                break "the window was closed".to_owned();
            }
        };
        let end = self.tab(&self.current).and_then(|tab| tab.page.clone()).or(self.left.take());
        self.pass(Heard::Over(why, end.map(Box::new)));
    }

    /// Has told what waits for more, and looks at the end.
    async fn finish(&mut self) -> String {
        let settle = format!("window[\"{}d\"]?.settle()", self.key);
        let answers = |tab: &String| self.tab(tab).is_some_and(|tab| !tab.asks);
        for (session, (_, frame)) in self.sessions.iter().filter(|(_, (tab, _))| answers(tab)) {
            // A page that has gone has told all.
            let _ = self.evaluate(session, frame, &settle).await;
        }
        while let Ok(said) = self.said.try_recv() {
            self.hear(said).await;
        }
        if let Some(page) = self.glance(&self.current).await
            && let Some(tab) = self.tab_mut(&self.current.clone())
        {
            tab.page = Some(page);
        }
        "it was ended".to_owned()
    }

    fn pass(&self, heard: Heard) {
        if self.recording.has_begun() || matches!(heard, Heard::Over(..)) {
            let _ = self.recording.0.heard.0.send(heard);
        }
    }

    pub(super) fn done(&self, page: Page, call: Call) {
        self.pass(Heard::Act(Box::new(Act { page, call }), Done::default()));
    }

    pub(super) fn tab(&self, target: &str) -> Option<&Tab> {
        self.tabs.iter().find(|tab| tab.target == target)
    }

    pub(super) fn tab_mut(&mut self, target: &str) -> Option<&mut Tab> {
        self.tabs.iter_mut().find(|tab| tab.target == target)
    }

    async fn hear(&mut self, said: Said) {
        let Said { session, event, params } = said;
        let text = |path: &str| params.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let own = |frame: &str| self.sessions.get(&session).is_some_and(|(tab, _)| tab == frame);
        match event.as_str() {
            "Target.attachedToTarget" => self.attach(&session, &params),
            "Target.detachedFromTarget" => self.detach(text("/sessionId")),
            "Runtime.bindingCalled" => self.told(&session, text("/payload")).await,
            "Page.frameNavigated" if own(text("/frame/id")) => self.moved(&session).await,
            "Page.navigatedWithinDocument" if own(text("/frameId")) => self.moved(&session).await,
            "Page.documentOpened" => {
                let listen = format!("window[\"{}l\"]?.()", self.key);
                let _ = self.evaluate(&session, text("/frame/id"), &listen).await;
            }
            "Page.javascriptDialogOpening" => self.asks(&session),
            "Page.javascriptDialogClosed" => self.answered(&session, &params),
            "Inspector.targetCrashed" => self.pass(Heard::Left("a page has crashed".to_owned())),
            _ => {}
        }
    }

    /// Sets a new tab or frame up, before anything of it runs.
    fn attach(&mut self, parent: &str, params: &Value) {
        let text = |path: &str| params.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (session, target) = (text("/sessionId"), text("/targetInfo/targetId"));
        let kind = text("/targetInfo/type");
        let tell = |command, params| self.tap.tell(&session, command, params);
        if kind == "page" || kind == "iframe" {
            tell("Page.enable", json!({}));
            tell("Inspector.enable", json!({}));
            tell("Runtime.enable", json!({}));
            tell("Runtime.addBinding", json!({ "name": format!("{}b", self.key), "executionContextName": WORLD }));
            let script = |source: String| json!({ "source": source, "runImmediately": true });
            tell("Page.addScriptToEvaluateOnNewDocument", script(hook(&self.key)));
            let mut watching = script(recorder(&self.key, &self.recording.0.goal, self.tokens));
            if let Value::Object(map) = &mut watching {
                map.insert("worldName".to_owned(), WORLD.into());
            }
            tell("Page.addScriptToEvaluateOnNewDocument", watching);
            tell("Target.setAutoAttach", follow());
        }
        tell("Runtime.runIfWaitingForDebugger", json!({}));
        if kind == "page" {
            self.sessions.insert(session.clone(), (target.clone(), target.clone()));
            self.tabs.push(Tab {
                target,
                session,
                entries: Vec::new(),
                index: 0,
                page: None,
                due: None,
                frame: None,
                asks: false,
            });
        } else if let (true, Some((tab, _))) = (kind == "iframe", self.sessions.get(parent)) {
            self.sessions.insert(session, (tab.clone(), target));
        }
    }

    fn detach(&mut self, session: &str) {
        self.sessions.remove(session);
        let gone = self.tabs.iter().position(|tab| tab.session == session);
        let Some(gone) = gone.map(|index| self.tabs.remove(index)) else { return };
        if gone.target != self.current {
            return;
        }
        // The browser goes on with its first one.
        if let Some(first) = self.tabs.first() {
            self.current.clone_from(&first.target);
        }
        self.left = gone.page.or(self.left.take());
    }

    // ---- What the script tells.

    async fn told(&mut self, session: &str, payload: &str) {
        let Some((target, _)) = self.sessions.get(session).cloned() else { return };
        match serde_json::from_str::<Message>(payload) {
            Ok(Message::Deed(deed)) => self.deed(&target, *deed).await,
            Ok(Message::Trouble { trouble }) => {
                self.pass(Heard::Left(format!("something could not be recorded: {}", escape::line(&trouble))));
            }
            Err(error) => self.pass(Heard::Left(format!("something could not be recorded: {error}"))),
        }
    }

    async fn deed(&mut self, target: &str, deed: Deed) {
        let Some(page) = deed.page(self.tokens) else { return };
        if deed.verb.is_empty() {
            if deed.frame.is_none() {
                self.saw(target, page);
            }
            return;
        }
        if deed.nested {
            return self.pass(Heard::Left("it was done in a frame of another site within such a frame".to_owned()));
        }
        self.go_to(target);
        self.enter(target, deed.frame.as_deref()).await;
        if deed.frame.is_none() {
            self.saw(target, page.clone());
        }
        self.acted = Some(Instant::now());
        if let Some(tab) = self.tab_mut(target) {
            tab.due = Some(Instant::now() + CALM);
        }
        let (act, done) = deed.act(page);
        self.pass(Heard::Act(Box::new(act), done));
    }

    fn saw(&mut self, target: &str, page: Page) {
        if let Some(tab) = self.tab_mut(target) {
            tab.page = Some(page);
        }
    }

    // ---- Looking.

    async fn glance_at_due(&mut self) {
        let now = Instant::now();
        let due: Vec<_> = self.tabs.iter().filter(|tab| tab.due.is_some_and(|due| due <= now)).collect();
        for target in due.into_iter().map(|tab| tab.target.clone()).collect::<Vec<_>>() {
            let page = self.glance(&target).await;
            if let Some(tab) = self.tab_mut(&target) {
                tab.due = None;
                tab.page = page.or_else(|| tab.page.take());
            }
        }
    }

    /// The page of a tab as it is now.
    pub(super) async fn glance(&self, target: &str) -> Option<Page> {
        let tab = self.tab(target).filter(|tab| !tab.asks)?;
        let seen = self.evaluate(&tab.session, target, &format!("window[\"{}d\"]?.seen()", self.key)).await.ok()?;
        serde_json::from_str::<Looked>(seen.as_str()?).ok()?.page(self.tokens)
    }

    /// What `script` comes to in our world of `frame`.
    pub(super) async fn evaluate(&self, session: &str, frame: &str, script: &str) -> Result<Value, Fault> {
        let world = json!({ "frameId": frame, "worldName": WORLD });
        let made = self.tap.ask(session, "Page.createIsolatedWorld", world).await?;
        let context = made.get("executionContextId").cloned().unwrap_or_default();
        let params = json!({ "expression": script, "contextId": context, "returnByValue": true });
        let answer = self.tap.ask(session, "Runtime.evaluate", params).await?;
        Ok(answer.pointer("/result/value").cloned().unwrap_or_default())
    }
}

/// That what belongs to a session gets one too, and waits until it is set up.
fn follow() -> Value {
    json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true })
}
