//! What a person does in a browser, told act by act: each as a call that would do the same, with the
//! page as it was right before.
//!
//! Nothing here acts. The browser's own connection tells what happens (`listen`), a script in a world of
//! its own what it was done to (`page/record.js`), and [`watch`](crate::watch) passes one act after the
//! other on, judged like anything that is read.

mod listen;
mod moves;
mod told;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use lamassu_contract::{Call, Page, Row};
use tokio::sync::{mpsc, watch};

pub(crate) use listen::Listener;
use told::Hidden;

/// One thing that a person did.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// The page right before, with details of its rows.
    pub page: Page,
    /// What would do the same. Its `target` is the number of a row of `page`, such as `[7]`, if it was done to one. What
    /// was typed into a field that hides it is never there: the name of a secret stands for it.
    pub call: Call,
}

impl Act {
    /// The act in words, such as `fill textbox "Quantity" with 2`.
    #[must_use]
    pub fn words(&self) -> String {
        let with = match (self.text("secret"), self.text("text")) {
            (Some(secret), _) => format!(" with the secret `{secret}`"),
            (None, Some(text)) => format!(" with {}", if text.is_empty() { "nothing" } else { text }),
            (None, None) => String::new(),
        };
        self.kept() + &with
    }

    /// The same without what was typed.
    #[must_use]
    pub fn kept(&self) -> String {
        let word = match self.call.verb.as_str() {
            "check" if self.call.args.get("on").is_some_and(|on| on == false) => "clear",
            "tabs" => "go to tab",
            "frame" if self.text("target").is_none() => "leave the frame",
            verb => verb,
        };
        let mut words = vec![word.replace('_', " ")];
        words.extend(["url", "key", "path"].iter().filter_map(|name| self.text(name).map(str::to_owned)));
        words.extend(self.text("option").map(|option| format!("\"{option}\" in")));
        words.extend(self.call.args.get("tab").map(ToString::to_string));
        match (self.row("target"), self.text("target")) {
            (Some(row), _) => words.push(named(row)),
            (None, Some(name)) => words.push(name.to_owned()),
            (None, None) => {}
        }
        words.extend(self.row("to").map(|row| format!("onto {}", named(row))));
        words.join(" ")
    }

    /// The row that the argument `name` refers to.
    #[must_use]
    pub fn row(&self, name: &str) -> Option<&Row> {
        let number: u32 = self.text(name)?.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
        self.page.table.rows.iter().chain(&self.page.more).find(|row| row.reference == number)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.call.args.get(name)?.as_str()
    }
}

fn named(row: &Row) -> String {
    let context = if row.context.is_empty() { String::new() } else { format!(" ({})", row.context) };
    format!("{} \"{}\"{context}", row.role, row.name)
}

/// What is told while somebody is watched.
#[derive(Debug)]
pub enum Told<'a> {
    /// This is recorded, as the act of this number, from 1.
    Act(usize, &'a Act),
    /// This happened and is not recorded, and why.
    Left(&'a str),
    /// A field hides what is typed, and none of the declared secrets is for it: it was given this name.
    Unnamed(&'a str),
}

type Tell = Box<dyn Fn(&Told<'_>) + Send + Sync>;

/// A record of what a person does, for [`Options`](crate::Options) and for whoever reads it; a clone is the same one.
#[derive(Clone)]
pub struct Recording(Arc<Shared>);

struct Shared {
    goal: String,
    /// Names of secrets.
    declared: Vec<String>,
    tell: Tell,
    kept: Mutex<Kept>,
    /// What was heard and nobody has passed on yet.
    heard: (mpsc::UnboundedSender<Heard>, tokio::sync::Mutex<mpsc::UnboundedReceiver<Heard>>),
    begun: AtomicBool,
    stop: watch::Sender<bool>,
}

#[derive(Default)]
struct Kept {
    acts: Vec<Act>,
    /// What is not recorded.
    left: BTreeSet<String>,
    end: Option<Page>,
    /// Which secret is for which field: by origin and name of the field.
    secrets: BTreeMap<(String, String), String>,
    /// What fields that hide what is typed call themselves in addresses.
    parameters: BTreeSet<String>,
}

/// What the browser has told.
#[derive(Debug)]
pub(crate) enum Heard {
    /// What was done.
    Act(Box<Act>, Done),
    /// Something is not recorded, and why.
    Left(String),
    /// There is nothing more to come, and why. The page is as it was at the end.
    Over(String, Option<Box<Page>>),
}

/// What is to be known of an act beside the act.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// The field hides what is typed.
    hidden: Option<Hidden>,
    /// It takes the place of the one before.
    again: bool,
}

impl Recording {
    /// Looks are made with `goal` in mind. `secrets` are names of secrets that hidden fields may be for. `tell` hears
    /// of everything as it happens; it must not block.
    #[must_use]
    pub fn new(
        goal: impl Into<String>,
        secrets: Vec<String>,
        tell: impl Fn(&Told<'_>) + Send + Sync + 'static,
    ) -> Self {
        let (heard, waiting) = mpsc::unbounded_channel();
        Self(Arc::new(Shared {
            goal: goal.into(),
            declared: secrets,
            tell: Box::new(tell),
            kept: Mutex::default(),
            heard: (heard, tokio::sync::Mutex::new(waiting)),
            begun: AtomicBool::new(false),
            stop: watch::Sender::new(false),
        }))
    }

    /// Ends it: what is typed at this moment is still recorded.
    pub fn stop(&self) {
        self.0.stop.send_replace(true);
    }

    /// Whether what happens counts by now: nothing does before somebody is watched.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.begun.load(Ordering::Relaxed)
    }

    /// What was recorded so far, and how the page was at the end; nothing if nobody saw the end.
    #[must_use]
    pub fn so_far(&self) -> (Vec<Act>, Option<Page>) {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.acts.clone(), kept.end.clone())
    }

    /// What the browser tells next. From the first time on, what happens counts.
    pub(crate) async fn next(&self) -> Heard {
        self.0.begun.store(true, Ordering::Relaxed);
        let next = self.0.heard.1.lock().await.recv().await;
        next.unwrap_or_else(|| Heard::Over("nobody listens".to_owned(), None))
    }

    /// Records what was done; says what, without what was typed.
    pub(crate) fn keep(&self, mut act: Act, done: &Done) -> String {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hidden) = &done.hidden {
            let secret = self.secret_for(&mut kept, &act, hidden);
            act.call = act.call.with("secret", secret);
        }
        act.page.url = kept.without(&act.page.url);
        let same = |last: &mut Act| last.call.args.get("target") == act.call.args.get("target");
        if done.again {
            kept.acts.pop_if(|last| last.call.verb == "click" && same(last));
        }
        kept.acts.push(act.clone());
        (self.0.tell)(&Told::Act(kept.acts.len(), &act));
        act.kept()
    }

    /// Says that something is not recorded, once. Whether it was news.
    pub(crate) fn leave_out(&self, what: &str) -> bool {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let news = kept.left.insert(what.to_owned());
        if news {
            (self.0.tell)(&Told::Left(what));
        }
        news
    }

    /// Keeps how the page was at the end.
    pub(crate) fn close(&self, end: Option<Page>) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.end = end.map(|end| Page { url: kept.without(&end.url), ..end });
    }

    /// The name of the secret that goes into a field: the declared one whose name is like the field's, else the first
    /// declared one that is for no field yet, else one made from the field's name.
    fn secret_for(&self, kept: &mut Kept, act: &Act, hidden: &Hidden) -> String {
        kept.parameters.extend((!hidden.field.is_empty()).then(|| hidden.field.clone()));
        let place = (act.page.url.origin().ascii_serialization(), hidden.name.clone());
        if let Some(known) = kept.secrets.get(&place) {
            return known.clone();
        }
        let free = |name: &&String| !kept.secrets.values().any(|used| used == *name);
        let like = |name: &&String| hidden.is_like(name);
        let declared = self.0.declared.iter();
        let found = declared.clone().find(|name| like(name) && free(name)).or_else(|| declared.clone().find(free));
        let name = found.cloned().unwrap_or_else(|| {
            let mut name = hidden.made_name();
            while kept.secrets.values().any(|used| *used == name) {
                name.push_str("-2");
            }
            (self.0.tell)(&Told::Unnamed(&name));
            name
        });
        kept.secrets.insert(place, name.clone());
        name
    }
}

impl Kept {
    /// `url` without what a form has put there that hides it.
    fn without(&self, url: &url::Url) -> url::Url {
        if !url.query_pairs().any(|(name, _)| self.parameters.contains(name.as_ref())) {
            return url.clone();
        }
        let mut bare = url.clone();
        let pairs = url.query_pairs().filter(|(name, _)| !self.parameters.contains(name.as_ref()));
        bare.query_pairs_mut().clear().extend_pairs(pairs);
        bare
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").field("goal", &self.0.goal).finish_non_exhaustive()
    }
}
