//! `lamassu console`, and the page that is served while a run goes.

mod lesson;
mod shelf;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lamassu_contract::Verb;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::Value;

use self::shelf::Shelf;
use super::{
    args::{self, Watched, Window},
    assemble::{self, Means, Place},
    complaint::Complaint,
    home,
    run::{self, Origin, aside},
    skills::Choice,
    tools,
};
use crate::{
    Mode,
    console::{
        Console, ConsoleError, Course, Errand, Example, Host, HostError, Lesson, Options, Plan, Seat, TaskFile, Wish,
    },
    goal::Task,
};

/// Serves the console until Ctrl-C.
pub(super) async fn console(args: args::Console) -> Result<u8, Complaint> {
    let folder = home::folder(args.home.record.as_deref())?;
    let users = if args.users.is_empty() { vec![home::user()] } else { args.users };
    let shelf = args.tasks.map(Shelf::open).transpose()?;
    let office = Office { shelf, ..Office::new(&folder, args.window, (args.pack, args.model)) };
    let options = Options {
        remote: args.unencrypted,
        hosts: args.hosts,
        users,
        webhook: args.webhook,
        ..options(args.bind, &folder, Arc::new(office))?
    };
    let mut console = open(options).await?;
    tokio::select! {
        () = console.served() => Err(Complaint::failed("the console broke off")),
        _ = tokio::signal::ctrl_c() => {
            console.close().await;
            Ok(0)
        }
    }
}

/// A console that is open while one run goes, if it is wanted.
pub(super) struct Beside(Option<(Console, Seat)>);

impl Beside {
    pub(super) async fn open(watched: &Watched, record: Option<&Path>) -> Result<Self, Complaint> {
        if !watched.console {
            return Ok(Self(None));
        }
        let folder = home::folder(record)?;
        let bind = watched.bind.unwrap_or(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0));
        let office = Office::new(&folder, Window::default(), ("web-forms".to_owned(), None));
        let console = open(options(bind, &folder, Arc::new(office))?).await?;
        let seat = console.seat();
        Ok(Self(Some((console, seat))))
    }

    /// The place of the run's agent.
    pub(super) fn place(&self) -> Place {
        self.0.as_ref().map(|(_, seat)| seat.clone())
    }

    pub(super) async fn close(self) {
        if let Some((console, _)) = self.0 {
            console.close().await;
        }
    }
}

/// Opens it and prints the links.
async fn open(options: Options) -> Result<Console, Complaint> {
    let console = Console::open(options).await.map_err(|error| match error {
        ConsoleError::Listen(..) => Complaint::failed(error),
        _ => Complaint::usage(error),
    })?;
    for (user, link) in console.links() {
        aside(&format!("console for {user}, opens once:"), &link);
    }
    Ok(console)
}

fn options(bind: SocketAddr, folder: &Path, host: Arc<dyn Host>) -> Result<Options, Complaint> {
    Ok(Options {
        bind,
        remote: false,
        hosts: Vec::new(),
        users: vec![home::user()],
        key: key(folder)?,
        webhook: None,
        store: home::store(Some(folder))?,
        folder: folder.to_owned(),
        host,
    })
}

/// What cookies are signed with: kept beside the record, made if it is not there.
fn key(folder: &Path) -> Result<Vec<u8>, Complaint> {
    let path = folder.join("console.key");
    if let Ok(key) = STANDARD.decode(home::kept(&path)?.trim())
        && key.len() >= 32
    {
        return Ok(key);
    }
    // The folder is made with the record.
    home::store(Some(folder))?;
    let mut key = [0; 32];
    SystemRandom::new().fill(&mut key).map_err(|_| Complaint::failed("there is no randomness to be had"))?;
    home::keep(&path, &STANDARD.encode(key)).map_err(Complaint::failed)?;
    Ok(key.to_vec())
}

/// Makes agents for the console, as `do` and `resume` make them.
struct Office {
    folder: PathBuf,
    window: Window,
    pack: String,
    model: Option<String>,
    /// Task files that runs can be begun from.
    shelf: Option<Shelf>,
}

impl Office {
    fn new(folder: &Path, window: Window, (pack, model): (String, Option<String>)) -> Self {
        Self { folder: folder.to_owned(), window, pack, model, shelf: None }
    }

    fn wished(&self, wish: Wish) -> Result<Origin, Complaint> {
        let mut task = run::wished(wish.goal, &wish.at, wish.planner.as_deref())?;
        task.autonomy = wish.autonomy;
        task.policy.pack = Some(wish.pack.unwrap_or_else(|| self.pack.clone()));
        task.folder = PathBuf::from(".");
        for (name, entries) in wish.parameters {
            task.policy.parameters.entry(name).or_default().extend(entries);
        }
        task.model.name.clone_from(&self.model);
        self.origin(task)
    }

    fn taken(&self, errand: &Errand) -> Result<Task, Complaint> {
        let shelf = self.shelf.as_ref();
        let shelf = shelf
            .ok_or_else(|| Complaint::usage("no task files were given; begin the console with `--tasks FOLDER`"))?;
        let mut task = shelf.task(&errand.task, &errand.inputs)?;
        task.autonomy = errand.autonomy.unwrap_or(task.autonomy);
        task.model.name = task.model.name.or_else(|| self.model.clone());
        Ok(task)
    }

    fn origin(&self, task: Task) -> Result<Origin, Complaint> {
        let skills = Choice::new(home::skills(None, Some(&self.folder))?, None);
        Ok(Origin { task, window: self.window.clone(), mode: Mode::Supervised, skills })
    }

    fn begun(&self, origin: Result<Origin, Complaint>, seat: Seat) -> Result<Course, HostError> {
        let origin = origin.map_err(|complaint| HostError(complaint.to_string()))?;
        let kept = serde_json::to_value(&origin).map_err(|error| HostError(error.to_string()))?;
        let agent = self.agent(&origin, seat, kept)?;
        let (folder, Origin { task, skills, .. }) = (self.folder.clone(), origin);
        Ok(Box::pin(async move { settled(agent.run(task.goal).await, &skills, &folder) }))
    }

    fn means(&self, origin: &Origin, seat: Seat, kept: Value) -> Result<Means, Complaint> {
        Ok(Means {
            window: origin.window.clone(),
            store: home::store(Some(&self.folder))?,
            settled: None,
            record: self.folder.clone(),
            skills: origin.skills.clone(),
            mode: origin.mode,
            seat: Some(seat),
            origin: kept,
        })
    }

    fn agent(&self, origin: &Origin, seat: Seat, kept: Value) -> Result<crate::Agent, HostError> {
        let made = self.means(origin, seat, kept).and_then(|means| assemble::agent(&origin.task, means));
        made.map_err(|complaint| HostError(complaint.to_string()))
    }
}

impl Host for Office {
    fn begin(&self, wish: Wish, seat: Seat) -> Result<Course, HostError> {
        self.begun(self.wished(wish), seat)
    }

    fn tasks(&self) -> Vec<TaskFile> {
        self.shelf.as_ref().map(Shelf::list).unwrap_or_default()
    }

    fn plan(&self, errand: &Errand) -> Result<Plan, HostError> {
        self.taken(errand).map(|task| shelf::plan(&task)).map_err(|complaint| HostError(complaint.to_string()))
    }

    fn send(&self, errand: Errand, seat: Seat) -> Result<Course, HostError> {
        self.begun(self.taken(&errand).and_then(|task| self.origin(task)), seat)
    }

    fn resume(&self, run: &str, seat: Seat) -> Result<Course, HostError> {
        let origin = home::store(Some(&self.folder)).and_then(|store| store.origin(run).map_err(Complaint::failed));
        let origin = origin.map_err(|complaint| HostError(complaint.to_string()))?;
        let origin: Origin = serde_json::from_value(origin)
            .map_err(|_| HostError(format!("run `{run}` was begun by an app; the app that began it must resume it")))?;
        let agent = self.agent(&origin, seat, Value::Null)?;
        let (run, folder, Origin { task, skills, .. }) = (run.to_owned(), self.folder.clone(), origin);
        Ok(Box::pin(async move { settled(agent.resume(&run, task.goal).await, &skills, &folder) }))
    }

    fn example(&self, run: &str) -> Result<Example, HostError> {
        lesson::example(&self.folder, run).map_err(|complaint| HostError(complaint.to_string()))
    }

    fn learn(&self, run: &str, lesson: Lesson) -> Result<Vec<String>, HostError> {
        lesson::learn(&self.folder, run, lesson).map_err(|complaint| HostError(complaint.to_string()))
    }

    fn tools(&self) -> Vec<(String, Vec<Verb>)> {
        tools::all().unwrap_or_default()
    }
}

/// What came of a run; what its skill learned by it is kept.
fn settled(
    ended: Result<crate::Report, crate::RunError>,
    skills: &Choice,
    folder: &Path,
) -> Result<crate::Report, String> {
    let ended = ended.map_err(|error| error.to_string());
    skills.settle(folder, &ended).map_err(|complaint| complaint.to_string())?;
    ended
}
