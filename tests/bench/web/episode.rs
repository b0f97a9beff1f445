//! One episode: the page is opened for its instruction, the agent runs, the page is asked what came of it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use lamassu::{
    Agent, Budget, Call, Decision, Event, Gate, Goal, Mode, Pack, Policy, PolicyError, Question, Standing, Status,
    Store, Tool as _, Vault, Verdict,
    browser::{BrowserTool, Options},
    planner::local::{
        Local,
        adapter::{Adapter, Shown},
    },
    planner::skill::rehearse::Pages,
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    keep::{Kept, Watched},
    shop,
    site::Site,
};

const STEPS: u64 = 100;
const SECONDS: u64 = 90;

/// What episodes are about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Task<'a> {
    /// The page at this path, which judges itself.
    Page(&'a str),
    /// A wish in the demonstration shop, by its name.
    Wish(&'a str),
    /// Another wish of the same kind as the one of this name.
    Like(&'a str),
}

/// What came of one episode.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Episode {
    pub(crate) seed: u64,
    pub(crate) instruction: String,
    pub(crate) solved: bool,
    pub(crate) harmful: bool,
    pub(crate) handed_over: bool,
    /// Whether the planner was sure at each step.
    pub(crate) sure: bool,
    pub(crate) decisions: usize,
    pub(crate) steps: u64,
    pub(crate) millis: u64,
    pub(crate) status: Status,
    pub(crate) reason: String,
    pub(crate) trace: Vec<String>,
}

/// What came of one run.
#[derive(Debug)]
pub(crate) struct Came {
    status: Status,
    reason: String,
    steps: u64,
    pub(crate) answer: Value,
    millis: u64,
    trace: Vec<String>,
}

impl Episode {
    /// The episode of `seed`, which came to this and was judged to be `(done, harmful)`.
    pub(crate) fn of(seed: u64, instruction: String, (done, harmful): (bool, bool), came: Came) -> Self {
        let Came { status, reason, steps, millis, trace, .. } = came;
        let proposed: Vec<_> =
            trace.iter().filter(|line| line.starts_with("? ") && !line.contains("the episode is over")).collect();
        Self {
            seed,
            instruction,
            solved: done && !harmful,
            harmful,
            handed_over: !done && reason.starts_with("local:") || status == Status::Waiting,
            sure: !proposed.is_empty() && proposed.iter().all(|line| line.contains("(sure")),
            decisions: proposed.len(),
            steps,
            millis,
            status,
            reason,
            trace,
        }
    }
}

/// A browser with what it takes to let agents run in it.
#[derive(Debug)]
pub(crate) struct Lab {
    tool: Arc<BrowserTool>,
    gate: Gate,
    site: Site,
    records: tempfile::TempDir,
    planner: Local,
    /// What pages look like in the episodes that count.
    pages: Pages,
    /// What the last run chose from.
    shown: Arc<Mutex<Vec<Shown>>>,
}

/// Permits everything: it only opens pages before and after a run.
#[derive(Debug)]
struct Everything;

impl Policy for Everything {
    fn decide(&self, _: &Question<'_>) -> Result<Decision, PolicyError> {
        Ok(Decision { allowed: true, rules: Vec::new() })
    }
}

impl Lab {
    pub(crate) fn new(site: Site, planner: Local, pages: Pages) -> Self {
        let options = Options { detail: true, window: (1000, 800), ..Options::default() };
        Self {
            tool: Arc::new(BrowserTool::new(options)),
            gate: Gate::new(Arc::new(Everything), Arc::new(Vault::default())),
            site,
            records: tempfile::tempdir().unwrap(),
            planner,
            pages,
            shown: Arc::default(),
        }
    }

    /// Teaches the planner a task by `count` episodes of its own that were solved, of `seeds` that nothing is judged
    /// by; fewer if it solves too few of three times as many. They are shown as they are, even where the episodes
    /// that count are renamed.
    pub(crate) async fn teach(&mut self, task: Task<'_>, seeds: impl Iterator<Item = u64>, count: usize) {
        self.planner = Local::new();
        let counted = std::mem::replace(&mut self.pages, Pages::Recorded);
        let mut decisions = Vec::new();
        let mut solved = 0;
        for seed in seeds.take(count * 3) {
            if solved == count {
                break;
            }
            if self.play(task, seed).await.solved {
                solved += 1;
                decisions.append(&mut self.shown.lock().unwrap());
            }
        }
        self.pages = counted;
        if solved > 0 {
            self.planner = Local::new().with(Adapter::fit(&decisions));
        }
    }

    /// Runs the episode of `seed`.
    pub(crate) async fn play(&self, task: Task<'_>, seed: u64) -> Episode {
        match task {
            Task::Page(path) => self.run(path, seed).await,
            Task::Wish(name) => shop::run(self, shop::wish(name), seed).await,
            Task::Like(name) => shop::run(self, shop::like(name), seed).await,
        }
    }

    /// Opens `url` outside of any run.
    async fn open(&self, url: &str) {
        let call = Call::new("browser", "open").with("url", url);
        let action = self.tool.describe(&call).await.unwrap_or_else(|failure| panic!("{url}: {failure}"));
        let standing =
            Standing { tainted_by: BTreeSet::new(), ..Standing::new("bench", "bench", "bench", Mode::Script) };
        if let Verdict::Go(permit) = self.gate.judge(action, &standing) {
            let _ = permit.spend(self.tool.as_ref()).await;
        }
    }

    /// Runs the episode of `seed` on the page at `path`.
    async fn run(&self, path: &str, seed: u64) -> Episode {
        let url = format!("{}/{path}?seed={seed}", self.site.origin);
        self.site.begin();
        self.open(&url).await;
        let told = self.site.wait(Duration::from_secs(10), |told| told.instruction.is_some()).await;
        let instruction = told.instruction.unwrap_or_else(|| panic!("{url} tells no instruction"));
        // The run opens the page anew; what the first opening told is not of the run.
        self.open(&format!("{}/lamassu/blank", self.site.origin)).await;
        self.site.begin();
        let goal = Goal::new(instruction.clone()).at(url.parse().unwrap());
        let came = self.attempt(&self.site.origin, goal, Vault::default()).await;
        let verdict = self.verdict(&url).await;
        Episode::of(seed, instruction, verdict, came)
    }

    /// Runs an agent that may act at `origin` alone.
    pub(crate) async fn attempt(&self, origin: &str, goal: Goal, vault: Vault) -> Came {
        let started = Instant::now();
        let trace = Arc::new(Mutex::new(Vec::new()));
        self.shown.lock().unwrap().clear();
        let agent = self.agent(&trace, origin, vault);
        let budget = Budget { steps: STEPS, seconds: SECONDS, ..Budget::default() };
        let report = agent.run(goal.budget(budget)).await;
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap();
        let trace = trace.lock().unwrap().clone();
        let (status, reason, steps, answer) = match report {
            Ok(report) => (report.status, report.reason, report.steps, report.answer),
            Err(error) => (Status::Failed, error.to_string(), 0, Value::Null),
        };
        Came { status, reason, steps, answer, millis, trace }
    }

    fn agent(&self, trace: &Arc<Mutex<Vec<String>>>, origin: &str, vault: Vault) -> Agent {
        let trace = Arc::clone(trace);
        let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/web/pack");
        Agent::builder()
            .planner(Watched { planner: self.planner.clone(), site: self.site.clone(), shown: Arc::clone(&self.shown) })
            .tool(Kept(Arc::clone(&self.tool), self.pages))
            .pack(Pack::folder(pack).with("sites", [origin]).with("private", ["127.0.0.1"]))
            .vault(vault)
            .journal(Store::open(self.records.path()).unwrap())
            .events(move |event| trace.lock().unwrap().extend(line(event)))
            .build()
            .unwrap()
    }

    /// Leaves the page, which makes it tell what came of it; if the last page knows nothing of the
    /// task, its first one is asked.
    async fn verdict(&self, url: &str) -> (bool, bool) {
        let blank = format!("{}/lamassu/blank", self.site.origin);
        if !self.site.told().over {
            self.open(&blank.replace("blank", "away")).await;
            self.open(&blank).await;
        }
        let mut told = self.site.wait(Duration::from_millis(300), |told| told.done.is_some()).await;
        if told.done.is_none() {
            self.open(url).await;
            self.open(&blank).await;
            told = self.site.wait(Duration::from_secs(2), |told| told.done.is_some()).await;
        }
        self.open(&blank).await;
        (told.done == Some(true), told.harmful)
    }

    pub(crate) async fn close(self) {
        self.tool.close().await;
    }
}

fn line(event: &Event) -> Option<String> {
    match event {
        Event::Proposed { proposal, why } => Some(format!("? {proposal}: {why}")),
        Event::Judged { action, verdict, .. } => Some(format!("  {verdict} {action}")),
        Event::Acted { outcome, seen, .. } => Some(format!("    {outcome}: {seen}")),
        _ => None,
    }
}
