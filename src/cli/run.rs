//! `lamassu run`, `lamassu do` and `lamassu resume`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

#[cfg(feature = "console")]
use super::console::Beside;
use super::{
    args::{self, How, Window},
    assemble::{self, Means},
    complaint::Complaint,
    home,
    progress::{CYAN, DIM, paint},
    prompt::{confirmed, present},
    say,
    signals::Watch,
    skills::Choice,
};
use crate::{
    Goal, Mode, Report, Status,
    goal::{PlannerKind, PolicyChoice, Task},
    runtime::Settled,
};

/// What is kept with a run so that `lamassu resume` can make the same agent again. It holds no
/// secret, only where each is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Origin {
    pub(super) task: Task,
    pub(super) window: Window,
    pub(super) mode: Mode,
    #[serde(default)]
    pub(super) skills: Choice,
}

pub(super) async fn run(args: args::Run) -> Result<u8, Complaint> {
    let given = args.inputs.into_iter().collect();
    let mut task = Task::parse(&home::read(&args.task)?, &args.task, &given).map_err(Complaint::usage)?;
    if let Some(planner) = &args.planner {
        task.planner = planner_named(planner, &task)?;
    }
    begin(task, args.how, args.skill).await
}

pub(super) async fn do_goal(args: args::Do) -> Result<u8, Complaint> {
    let task = wished(args.goal, &args.at, args.planner.as_deref())?;
    begin(task, args.how, args.skill).await
}

/// The task of somebody who says what is to be reached and where to begin.
pub(super) fn wished(goal: String, at: &str, planner: Option<&str>) -> Result<Task, Complaint> {
    let at = address(at)?;
    let mut task = Task::for_goal(
        Goal::new(goal).at(at.clone()),
        PolicyChoice { pack: Some("web-forms".to_owned()), parameters: named_by_user(&at) },
    );
    if let Some(planner) = planner {
        task.planner = planner_named(planner, &task)?;
    }
    Ok(task)
}

/// What a person may act on who typed this address: its origin, even if it is a private one.
pub(super) fn named_by_user(at: &Url) -> BTreeMap<String, Vec<String>> {
    let host = at.host_str().unwrap_or_default().to_owned();
    BTreeMap::from([("sites".to_owned(), vec![at.origin().ascii_serialization()]), ("private".to_owned(), vec![host])])
}

/// An address that a person typed.
pub(super) fn address(text: &str) -> Result<Url, Complaint> {
    let url = Url::parse(text).map_err(|error| {
        Complaint::usage(format!("`{text}` is no address: {error}; write it like `https://example.com/`"))
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Complaint::usage(format!("`{text}` is no web address; only http and https can be opened")));
    }
    Ok(url)
}

fn planner_named(name: &str, task: &Task) -> Result<PlannerKind, Complaint> {
    match name.split_once(':') {
        None if name == "local" => Ok(PlannerKind::Local),
        None if name == "model" => Ok(PlannerKind::Model),
        None if name == "cascade" => Ok(PlannerKind::Cascade),
        None if name == "script" && !task.steps.is_empty() => Ok(PlannerKind::Script),
        None if name == "script" => Err(Complaint::usage("the task has no steps for the script planner")),
        Some(("replay", file)) => Ok(PlannerKind::Replay(PathBuf::from(file))),
        _ => Err(Complaint::usage(format!(
            "there is no planner `{name}`; there is `script`, `local`, `model`, `cascade` and `replay:FILE`"
        ))),
    }
}

/// Begins a run of `task`, in which `skill` alone may be played if one is named.
pub(super) async fn begin(mut task: Task, how: How, skill: Option<String>) -> Result<u8, Complaint> {
    apply(&mut task, &how)?;
    if how.supervise && !how.is_served() && !present() {
        return Err(Complaint::usage("`--supervise` needs a terminal, where somebody can be asked, or `--console`"));
    }
    confirm(&how.window).await?;
    let skills = Choice::new(home::skills(how.skills.as_deref(), how.home.record.as_deref())?, skill);
    let origin = Origin { task, window: how.window.clone(), mode: how.mode(), skills: skills.clone() };
    let store = home::store(how.home.record.as_deref())?;
    let folder = home::folder(how.home.record.as_deref())?;
    #[cfg(feature = "console")]
    let desk = Beside::open(&how.watched, how.home.record.as_deref()).await?;
    #[cfg(not(feature = "console"))]
    let desk = Beside;
    let means = Means {
        window: how.window,
        store,
        settled: None,
        record: folder.clone(),
        skills: skills.clone(),
        mode: origin.mode,
        seat: desk.place(),
        origin: serde_json::to_value(&origin).map_err(Complaint::failed)?,
    };
    let agent = assemble::agent(&origin.task, means)?;
    let told = if how.json { Told::Json } else { Told::Words };
    let watch = Watch::new(&agent, &origin.task);
    let ended = watch.over(agent.run(origin.task.goal.clone())).await;
    desk.close().await;
    skills.settle(&folder, &ended)?;
    told.finish(ended, &folder)
}

pub(super) async fn resume(args: args::Resume) -> Result<u8, Complaint> {
    let store = home::store(args.home.record.as_deref())?;
    let run = store.find(&args.run).map_err(Complaint::usage)?;
    let origin = store.origin(&run).map_err(Complaint::failed)?;
    let origin: Origin = serde_json::from_value(origin).map_err(|_| {
        Complaint::usage(format!(
            "run `{run}` was not begun from the command line; the app that began it must resume it"
        ))
    })?;
    let settled = match (args.landed, args.not_landed) {
        (true, _) => Some(Settled::Landed),
        (_, true) => Some(Settled::NotSent),
        _ => None,
    };
    let window = args.window.or(origin.window);
    confirm(&window).await?;
    let folder = home::folder(args.home.record.as_deref())?;
    let skills = origin.skills.clone();
    #[cfg(feature = "console")]
    let desk = Beside::open(&args.watched, args.home.record.as_deref()).await?;
    #[cfg(not(feature = "console"))]
    let desk = Beside;
    let (mode, seat) = (origin.mode, desk.place());
    let record = folder.clone();
    let means = Means { window, store, settled, record, skills, mode, seat, origin: Value::Null };
    let agent = assemble::agent(&origin.task, means)?;
    let told = if args.json { Told::Json } else { Told::Words };
    let watch = Watch::new(&agent, &origin.task);
    let ended = watch.over(agent.resume(&run, origin.task.goal.clone())).await;
    desk.close().await;
    origin.skills.settle(&folder, &ended)?;
    told.finish(ended, &folder)
}

/// Whoever lets an agent into a browser of their own has to say that they know what it means.
pub(super) async fn confirm(window: &Window) -> Result<(), Complaint> {
    let Some(address) = window.attach.filter(|_| !window.yes) else { return Ok(()) };
    let means = format!(
        "the browser at {address} is yours: all that it is signed in to can be reached. Every action is judged, but \
         what its pages send by themselves is not"
    );
    match confirmed(&means).await {
        Some(true) => Ok(()),
        Some(false) => Err(Complaint::usage("not confirmed; nothing was done")),
        None => Err(Complaint::usage(format!("{means}; confirm that with `--yes`"))),
    }
}

/// What was given on the command line comes before what the task file says.
fn apply(task: &mut Task, how: &How) -> Result<(), Complaint> {
    if let Some(pack) = &how.pack {
        task.policy.pack = Some(pack.clone());
        task.folder = PathBuf::from(".");
    }
    task.autonomy = how.level().unwrap_or(task.autonomy);
    if let Some(model) = &how.model {
        task.model.name = Some(model.clone());
    }
    for site in &how.sites {
        for (parameter, values) in named_by_user(&address(site)?) {
            task.policy.parameters.entry(parameter).or_default().extend(values);
        }
    }
    Ok(())
}

/// How the end of a run is told.
#[derive(Debug, Clone, Copy)]
enum Told {
    /// As one JSON value.
    Json,
    /// In words.
    Words,
}

impl Told {
    /// Tells the run's end.
    fn finish(self, ended: Result<Report, String>, folder: &Path) -> Result<u8, Complaint> {
        match (self, ended) {
            (Self::Json, Ok(report)) => show_json(&report, folder),
            (Self::Words, Ok(report)) => show_words(&report, folder),
            (Self::Json, Err(reason)) => {
                say(json!({ "status": Status::Failed, "reason": reason, "answer": null, "record": folder }));
                Err(Complaint::failed(reason))
            }
            (Self::Words, Err(reason)) => Err(Complaint::failed(reason)),
        }
    }
}

/// The report as one JSON value, with where its record is.
fn show_json(report: &Report, folder: &Path) -> Result<u8, Complaint> {
    let mut shown = json!(report);
    if let Value::Object(map) = &mut shown {
        map.insert("record".to_owned(), json!(folder));
    }
    say(shown);
    Ok(report.status.exit_code())
}

/// The answer on standard output, and the rest beside it.
fn show_words(report: &Report, folder: &Path) -> Result<u8, Complaint> {
    let Report { run, answer, head, .. } = report;
    if !answer.is_null() {
        say(serde_json::to_string_pretty(answer).unwrap_or_default());
    }
    let steps = format!("{} steps, {} refused, {} ms", report.steps, report.refusals.len(), report.millis);
    aside(&format!("{steps}; record {} head {head}", folder.display()), "");
    aside("look at it with", &format!("lamassu runs show {run}"));
    if matches!(report.status, Status::InDoubt | Status::Waiting) {
        aside("go on with", &format!("lamassu resume {run}"));
    }
    Ok(report.status.exit_code())
}

/// A line beside the answer, and a command to type.
pub(super) fn aside(line: &str, command: &str) {
    use std::io::Write as _;
    let _ = writeln!(anstream::stderr(), "{} {}", paint(DIM, line), paint(CYAN, command));
}

/// There is no console in this build.
#[cfg(not(feature = "console"))]
struct Beside;

#[cfg(not(feature = "console"))]
impl Beside {
    fn place(&self) -> assemble::Place {
        None
    }

    async fn close(self) {}
}
