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
    page::{Frames, Looked, hook, recorder},
    tap::{Said, Tap},
};

/// The world in which a page's scripts cannot see ours.
const WORLD: &str = "lamassu-record";
/// A page that moves so soon after an act was moved by it.
const CAUSE: Duration = Duration::from_millis(1500);
/// How long after an act a page is looked at, in case nobody sees its end.
const CALM: Duration = Duration::from_millis(700);
/// How the browser calls what was typed or chosen outside the page.
const BY_HAND: [&str; 5] = ["typed", "address_bar", "generated", "keyword", "auto_bookmark"];

/// Listens to a browser on behalf of a recording.
pub(crate) struct Listener {
    tap: Tap,
    said: mpsc::UnboundedReceiver<Said>,
    recording: Recording,
    /// The name of the script, which no page can guess.
    key: String,
    tokens: usize,
    tabs: Vec<Tab>,
    /// The tab that each session belongs to, and the frame that is its outermost.
    sessions: HashMap<String, (String, String)>,
    /// The tab in which something was done last.
    current: String,
    /// How the page was in the last tab that was closed.
    left: Option<Page>,
    /// When something was done last.
    acted: Option<Instant>,
}

struct Tab {
    /// What the browser calls it, and its outermost frame.
    target: String,
    session: String,
    /// The numbers of what can be gone back and forward to, and which of them is shown.
    entries: Vec<i64>,
    index: usize,
    /// How the page was last seen.
    page: Option<Page>,
    /// When it is to be looked at.
    due: Option<Instant>,
    /// The frame of another origin that somebody acts in.
    frame: Option<String>,
    /// Whether a dialog is open. Until it is answered, the page answers nothing.
    asks: bool,
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
        if self.recording.0.begun.load(std::sync::atomic::Ordering::Relaxed) || matches!(heard, Heard::Over(..)) {
            let _ = self.recording.0.heard.0.send(heard);
        }
    }

    fn done(&self, page: Page, call: Call) {
        self.pass(Heard::Act(Box::new(Act { page, call }), Done::default()));
    }

    fn tab(&self, target: &str) -> Option<&Tab> {
        self.tabs.iter().find(|tab| tab.target == target)
    }

    fn tab_mut(&mut self, target: &str) -> Option<&mut Tab> {
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

    /// Somebody goes on in another tab.
    fn go_to(&mut self, target: &str) {
        if self.current == target {
            return;
        }
        let from = self.tab(&self.current).and_then(|tab| tab.page.clone()).or_else(|| self.left.clone());
        let number = self.tabs.iter().position(|tab| tab.target == target).map(|index| index + 1);
        target.clone_into(&mut self.current);
        if let (Some(page), Some(number)) = (from, number) {
            self.done(page, Call::new("browser", "tabs").with("tab", number));
        }
    }

    /// Somebody goes on in another frame of another origin, or in none.
    async fn enter(&mut self, target: &str, address: Option<&str>) {
        let Some(tab) = self.tab(target) else { return };
        if tab.frame.as_deref() == address {
            return;
        }
        let was_in = tab.frame.is_some();
        let Some(page) = self.glance(target).await.or_else(|| self.tab(target)?.page.clone()) else { return };
        if was_in {
            self.done(page.clone(), Call::new("browser", "frame"));
        }
        if let Some(address) = address {
            let name = self.frame_name(target, address).await;
            self.done(page, Call::new("browser", "frame").with("target", name));
        }
        if let Some(tab) = self.tab_mut(target) {
            tab.frame = address.map(str::to_owned);
        }
    }

    /// What the page around calls the frame that has come to `address`.
    async fn frame_name(&self, target: &str, address: &str) -> String {
        let script = format!("JSON.stringify(window[\"{}\"].frames_like({{\"text\":\"\"}}))", self.key);
        let frames = match self.tab(target) {
            Some(tab) => self.evaluate(&tab.session, target, &script).await.ok(),
            None => None,
        };
        let frames: Vec<_> = frames
            .and_then(|answer| serde_json::from_str::<Frames>(answer.as_str()?).ok())
            .map(|frames| frames.all.into_iter().map(|frame| frame.address).collect())
            .unwrap_or_default();
        let exact = frames.iter().find(|known| *known == address);
        let only = frames.first().filter(|_| frames.len() == 1);
        exact.or(only).map_or_else(|| address.to_owned(), Clone::clone)
    }

    // ---- What happens outside a page.

    /// A tab shows another address: because somebody typed it, went back or forward, or loaded it anew, or because of
    /// what was done in the page.
    async fn moved(&mut self, session: &str) {
        let Ok(history) = self.tap.ask(session, "Page.getNavigationHistory", json!({})).await else { return };
        let Some((target, _)) = self.sessions.get(session).cloned() else { return };
        let entries = history.get("entries").and_then(Value::as_array).cloned().unwrap_or_default();
        let index = history.get("currentIndex").and_then(Value::as_u64).unwrap_or_default() as usize;
        let caused = self.acted.is_some_and(|acted| acted.elapsed() < CAUSE);
        let ids = entries.iter().filter_map(|entry| entry.get("id")?.as_i64()).collect();
        let Some(tab) = self.tab_mut(&target) else { return };
        let old = std::mem::replace(&mut tab.entries, ids);
        let from = std::mem::replace(&mut tab.index, index);
        (tab.frame, tab.due) = (None, Some(Instant::now() + CALM));
        let known = tab.entries.get(index).and_then(|id| old.iter().position(|old| old == id));
        let entry = |name: &str| entries.get(index)?.get(name)?.as_str();
        let verb = match known {
            Some(place) if place + 1 == from => "back",
            Some(place) if place == from + 1 => "forward",
            Some(place) if place == from && entry("transitionType") == Some("reload") => "reload",
            None if entry("transitionType").is_some_and(|way| BY_HAND.contains(&way)) => "open",
            _ => return,
        };
        let page = tab.page.clone().or_else(|| self.left.clone());
        let (Some(page), true) = (page, verb == "open" || !caused) else { return };
        self.go_to(&target);
        let call = Call::new("browser", verb);
        self.done(page, if verb == "open" { call.with("url", entry("url").unwrap_or_default()) } else { call });
    }

    fn asks(&mut self, session: &str) {
        let Some((target, _)) = self.sessions.get(session).cloned() else { return };
        if let Some(tab) = self.tab_mut(&target) {
            (tab.asks, tab.due) = (true, None);
        }
    }

    /// Somebody answered a dialog.
    fn answered(&mut self, session: &str, params: &Value) {
        let Some((target, _)) = self.sessions.get(session).cloned() else { return };
        if let Some(tab) = self.tab_mut(&target) {
            (tab.asks, tab.due) = (false, Some(Instant::now() + CALM));
        }
        let Some(page) = self.tab(&target).and_then(|tab| tab.page.clone()) else { return };
        let accepted = params.get("result").and_then(Value::as_bool).unwrap_or_default();
        self.acted = Some(Instant::now());
        self.go_to(&target);
        self.done(page, Call::new("browser", "dialog").with("accept", accepted));
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
    async fn glance(&self, target: &str) -> Option<Page> {
        let tab = self.tab(target).filter(|tab| !tab.asks)?;
        let seen = self.evaluate(&tab.session, target, &format!("window[\"{}d\"]?.seen()", self.key)).await.ok()?;
        serde_json::from_str::<Looked>(seen.as_str()?).ok()?.page(self.tokens)
    }

    /// What `script` comes to in our world of `frame`.
    async fn evaluate(&self, session: &str, frame: &str, script: &str) -> Result<Value, Fault> {
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
