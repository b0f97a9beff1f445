//! A console with runs of a bell in it, and people who look at it in real browsers.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use lamassu::{
    Agent, BoxFuture, Call, Effect, Goal, Planned, Planner, Proposal, Question, Store, Verb, View,
    browser::{BrowserTool, Options as Browser},
    console::{Console, Course, Host, HostError, Options, Seat, Wish},
    planner::{PlannerError, Reply},
    runtime::AgentBuilder,
};
use tempfile::TempDir;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::support::{Bell, Listed, Rules};

/// How long a page may take to show something on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

type Rule = fn(&Question<'_>) -> Option<bool>;

/// A console, and what its runs ring.
pub(crate) struct Booth {
    pub(crate) folder: Arc<TempDir>,
    pub(crate) bell: Bell,
    pub(crate) console: Console,
    calls: Vec<Call>,
    rules: Rule,
}

/// Makes agents that ring the bell as often as they are told.
struct Ringers {
    folder: Arc<TempDir>,
    bell: Bell,
    calls: Vec<Call>,
    rules: Rule,
}

impl Ringers {
    fn agent(&self, seat: &Seat) -> Agent {
        let planner = Listed::new([Proposal::Act(self.calls.clone())]);
        let store = Store::open(&self.folder.path().join("record")).unwrap();
        let told = seat.clone();
        Agent::builder()
            .planner(Steady(planner))
            .tool(self.bell.clone())
            .policy(Rules(self.rules))
            .journal(store)
            .approver(seat.clone())
            .reins(seat.reins())
            .hands(seat.hands())
            .events(move |event| told.tell(event))
            .build()
            .unwrap()
    }
}

/// Proposes the first of a list, then says that it is done: the same in every attempt.
struct Steady(Listed);

impl Planner for Steady {
    fn name(&self) -> &'static str {
        "steady"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        match view.turns.is_empty() {
            true => self.0.propose(view),
            false => Box::pin(async {
                Ok(Proposal::Done { answer: serde_json::Value::Null, evidence: "rung".to_owned() }.into())
            }),
        }
    }
}

impl Host for Ringers {
    fn begin(&self, wish: Wish, seat: Seat) -> Result<Course, HostError> {
        let agent = self.agent(&seat);
        Ok(Box::pin(async move { agent.run(Goal::new(wish.goal)).await.map_err(|error| error.to_string()) }))
    }

    fn resume(&self, run: &str, seat: Seat) -> Result<Course, HostError> {
        let (agent, run) = (self.agent(&seat), run.to_owned());
        Ok(Box::pin(
            async move { agent.resume(&run, Goal::new("ring the bell")).await.map_err(|error| error.to_string()) },
        ))
    }

    fn tools(&self) -> Vec<(String, Vec<Verb>)> {
        vec![("bell".to_owned(), lamassu::Tool::verbs(&self.bell))]
    }
}

/// Ringing is held, listening is free.
pub(crate) fn held(question: &Question<'_>) -> Option<bool> {
    Some(question.action.effect() == Effect::Read)
}

impl Booth {
    /// A console whose runs make `calls`.
    pub(crate) async fn open(calls: impl IntoIterator<Item = Call>) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::at(("127.0.0.1:0".parse().unwrap(), None), (folder, Bell::default()), calls.into_iter().collect()).await
    }

    /// The same console, which tells `webhook` when a run waits.
    pub(crate) async fn telling(webhook: &str, calls: impl IntoIterator<Item = Call>) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let place = ("127.0.0.1:0".parse().unwrap(), Some(webhook.parse().unwrap()));
        Self::at(place, (folder, Bell::default()), calls.into_iter().collect()).await
    }

    async fn at(
        (bind, webhook): (SocketAddr, Option<url::Url>),
        (folder, bell): (Arc<TempDir>, Bell),
        calls: Vec<Call>,
    ) -> Self {
        let rules: Rule = held;
        let record = folder.path().join("record");
        let host = Ringers { folder: Arc::clone(&folder), bell: bell.clone(), calls: calls.clone(), rules };
        let options = Options {
            bind,
            remote: false,
            hosts: Vec::new(),
            users: vec!["ada".to_owned(), "ben".to_owned()],
            key: vec![7; 32],
            webhook,
            store: Store::open(&record).unwrap(),
            folder: record,
            host: Arc::new(host),
        };
        let console = Console::open(options).await.unwrap();
        Self { folder, bell, console, calls, rules }
    }

    /// Lets a run begin that the console did not begin itself.
    pub(crate) fn run(&self) -> JoinHandle<lamassu::Report> {
        let host = Ringers {
            folder: Arc::clone(&self.folder),
            bell: self.bell.clone(),
            calls: self.calls.clone(),
            rules: self.rules,
        };
        let agent = host.agent(&self.console.seat());
        tokio::spawn(async move { agent.run(Goal::new("ring the bell")).await.unwrap() })
    }

    /// The console ends, and another one opens in its place.
    pub(crate) async fn again(self) -> Self {
        let Self { folder, bell, console, calls, .. } = self;
        let address = console.address();
        console.close().await;
        Self::at((address, None), (folder, bell), calls).await
    }

    /// The link for `user`.
    pub(crate) fn link(&self, user: &str) -> String {
        let links: BTreeMap<_, _> = self.console.links().into_iter().collect();
        links[user].clone()
    }

    /// What the record says of the only run: who ruled, and what.
    pub(crate) fn rulings(&self) -> Vec<String> {
        let store = Store::open(&self.folder.path().join("record")).unwrap();
        let run = store.find("last").unwrap();
        let records = store.records(&run).unwrap().into_iter();
        let rulings = records.filter(|record| record.kind == lamassu::journal::Kind::Approval);
        rulings.map(|record| serde_json::from_value::<lamassu::Ruling>(record.value).unwrap().to_string()).collect()
    }
}

/// Somebody with a browser, who does one thing after the other. It is an agent of ours, driven by hand.
pub(crate) struct Person {
    orders: mpsc::UnboundedSender<Call>,
    replies: mpsc::UnboundedReceiver<String>,
    /// How often the page was read: what is asked for again and again in the same words ends a run.
    reads: u64,
    _life: JoinHandle<()>,
}

/// Proposes what it is told, and passes on what came of it.
struct Puppet {
    orders: tokio::sync::Mutex<mpsc::UnboundedReceiver<Call>>,
    replies: Mutex<mpsc::UnboundedSender<String>>,
}

impl Planner for Puppet {
    fn name(&self) -> &'static str {
        "puppet"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        if let Some(reply) = view.turns.last().and_then(|turn| turn.results.first()) {
            let words = match reply {
                Reply::Landed(seen) => seen.content.clone(),
                Reply::Failed(failure) => format!("failed: {}", failure.message),
                other => format!("{other:?}"),
            };
            let _ = self.replies.lock().unwrap().send(words);
        }
        Box::pin(async {
            let next = self.orders.lock().await.recv().await;
            Ok(next
                .map_or(Proposal::Done { answer: serde_json::Value::Null, evidence: "told".to_owned() }, |call| {
                    Proposal::Act(vec![call])
                })
                .into())
        })
    }
}

fn all(_: &Question<'_>) -> Option<bool> {
    Some(true)
}

/// An agent with a browser that may do anything.
pub(crate) fn browsing(options: Browser) -> AgentBuilder {
    Agent::builder().tool(BrowserTool::new(options)).policy(Rules(all))
}

impl Person {
    /// Somebody who opens `url`.
    pub(crate) async fn at(url: &str) -> Self {
        let (orders, taken) = mpsc::unbounded_channel();
        let (told, replies) = mpsc::unbounded_channel();
        let planner = Puppet { orders: tokio::sync::Mutex::new(taken), replies: Mutex::new(told) };
        let agent = browsing(Browser::default()).planner(planner).build().unwrap();
        let budget = lamassu::Budget { steps: 10_000, seconds: 600, ..lamassu::Budget::default() };
        let life = tokio::spawn(async move { drop(agent.run(Goal::new("look").budget(budget)).await) });
        let mut person = Self { orders, replies, reads: 0, _life: life };
        person.does(Call::new("browser", "open").with("url", url)).await;
        person
    }

    /// Does something; says what came of it.
    pub(crate) async fn does(&mut self, call: Call) -> String {
        self.orders.send(call).unwrap();
        tokio::time::timeout(PATIENCE * 3, self.replies.recv()).await.unwrap().unwrap()
    }

    /// Fills in a field.
    pub(crate) async fn fills(&mut self, target: &str, text: &str) {
        let did = self.does(Call::new("browser", "fill").with("target", target).with("text", text)).await;
        assert!(did.starts_with("filled"), "{did}");
    }

    /// What stands on the page.
    pub(crate) async fn reads(&mut self) -> String {
        self.reads += 1;
        self.does(Call::new("browser", "read").with("limit", 8_000 + self.reads)).await
    }

    /// Presses `target` until the page reads `words`: what is pressed too soon after a question came does not count.
    pub(crate) async fn clicks_until(&mut self, target: &str, words: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let target = format!("{target}{}", " ".repeat(usize::try_from(self.reads).unwrap()));
            let did = self.does(Call::new("browser", "click").with("target", target)).await;
            let page = self.reads().await;
            if page.contains(words) || Instant::now() > end {
                assert!(page.contains(words), "{did}; no `{words}` in\n{page}");
                return page;
            }
        }
    }

    /// Presses `target` once, however often that has to be tried, and waits until the page reads `words`.
    pub(crate) async fn clicks(&mut self, target: &str, words: &str) -> String {
        let end = Instant::now() + PATIENCE;
        let mut spaces = String::new();
        loop {
            let press = Call::new("browser", "click").with("target", format!("{target}{spaces}"));
            let did = self.does(press).await;
            if did.starts_with("clicked") {
                return self.sees(words).await;
            }
            assert!(Instant::now() < end, "{did}");
            // What is asked for again and again in the same words ends a run.
            spaces.push(' ');
        }
    }

    /// Waits until the page reads `words`.
    pub(crate) async fn sees(&mut self, words: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let page = self.reads().await;
            if page.contains(words) || Instant::now() > end {
                assert!(page.contains(words), "no `{words}` in\n{page}");
                return page;
            }
        }
    }
}
