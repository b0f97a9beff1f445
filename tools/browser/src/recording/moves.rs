//! What a person does outside a page: changing tabs, going into frames of another origin, typing an address, going
//! back, answering a dialog.

use std::time::Duration;

use lamassu_contract::{Call, Page, Table};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::listen::{CALM, Listener};
use crate::{escape, page::Frames};

/// A page that moves so soon after an act was moved by it.
const CAUSE: Duration = Duration::from_millis(1500);
/// How often, and how long after another, a page is asked that is taking the place of another one.
const TRIES: u32 = 20;
const SWAP: Duration = Duration::from_millis(50);
/// How the browser calls what was typed or chosen outside the page.
const BY_HAND: [&str; 5] = ["typed", "address_bar", "generated", "keyword", "auto_bookmark"];

impl Listener {
    /// Somebody goes on in another tab.
    pub(super) fn go_to(&mut self, target: &str) {
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
    pub(super) async fn enter(&mut self, target: &str, address: Option<&str>) {
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

    /// A tab shows another address: because somebody typed it, went back or forward, or loaded it anew, or because of
    /// what was done in the page.
    pub(super) async fn moved(&mut self, session: &str) {
        let Some(history) = self.history(session).await else { return };
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
        let page = tab.page.clone().or_else(|| bare(entries.get(from)?));
        let (Some(page), true) = (page, verb == "open" || !caused) else { return };
        self.go_to(&target);
        let call = Call::new("browser", verb);
        self.done(page, if verb == "open" { call.with("url", entry("url").unwrap_or_default()) } else { call });
    }

    /// What a tab can go back and forward to. A page that is just taking the place of another one does not
    /// answer yet.
    async fn history(&self, session: &str) -> Option<Value> {
        for _ in 0..TRIES {
            match self.tap.ask(session, "Page.getNavigationHistory", json!({})).await {
                Ok(history) => return Some(history),
                Err(_) => tokio::time::sleep(SWAP).await,
            }
        }
        None
    }

    pub(super) fn asks(&mut self, session: &str) {
        let Some((target, _)) = self.sessions.get(session).cloned() else { return };
        if let Some(tab) = self.tab_mut(&target) {
            (tab.asks, tab.due) = (true, None);
        }
    }

    /// Somebody answered a dialog.
    pub(super) fn answered(&mut self, session: &str, params: &Value) {
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
}

/// A page of which nobody has seen more than an entry of the history tells.
fn bare(entry: &Value) -> Option<Page> {
    let text = |name: &str| entry.get(name)?.as_str();
    Some(Page {
        url: text("url")?.parse().ok()?,
        title: escape::quoted(text("title")?),
        table: Table::default(),
        text: String::new(),
        more: Vec::new(),
    })
}
