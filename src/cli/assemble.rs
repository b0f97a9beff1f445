//! From a task to an agent that can run it.

use std::path::{Path, PathBuf};

#[cfg(feature = "console")]
use super::prompt::{Sight, present};
use super::{args::Window, complaint::Complaint, home, progress::Progress, prompt::Prompt, secrets, skills::Choice};
use crate::{
    Agent, Cascade, Event, Local, Mode, Pack, Script, Store,
    goal::{Answers, BrowserChoice, BrowserKind, ModelChoice, PlannerKind, Task, recorded},
    planner::skill::Taught,
    runtime::{AgentBuilder, Settled},
};

/// What a run needs beside its task.
pub(super) struct Means {
    pub(super) window: Window,
    pub(super) store: Store,
    pub(super) settled: Option<Settled>,
    /// The folder of the record, with signed-in sessions, pictures, the table of what models cost, and the rules by
    /// which the user has agreed to things beforehand.
    pub(super) record: PathBuf,
    /// Which skills may be played.
    pub(super) skills: Choice,
    /// Who watches.
    pub(super) mode: Mode,
    /// Where people watch and answer, if not at the terminal.
    pub(super) seat: Place,
    /// What `lamassu resume` will need to make the same agent again.
    pub(super) origin: serde_json::Value,
}

/// A place at a console.
#[cfg(feature = "console")]
pub(super) type Place = Option<crate::console::Seat>;

/// There is no console in this build.
#[cfg(not(feature = "console"))]
pub(super) type Place = Option<std::convert::Infallible>;

/// The agent that `task` asks for.
pub(super) fn agent(task: &Task, means: Means) -> Result<Agent, Complaint> {
    let user = home::user();
    out_of_reach(task)?;
    let (sessions, consents) = (home::sessions(Some(&means.record))?, home::consents(Some(&means.record))?);
    let prompt = Prompt {
        user: user.clone(),
        settled: means.settled,
        #[cfg(feature = "console")]
        sight: sight(&means),
    };
    let builder = Agent::builder()
        .user(&user)
        .mode(means.mode)
        .autonomy(task.autonomy)
        .pack(pack(task))
        .vault(secrets::vault(&task.secrets)?)
        .consents(home::kept(&consents)?, move |text| home::keep(&consents, text))
        .journal(means.store)
        .origin(means.origin)
        .meter(home::effort);
    let builder = planner(builder, task, &means.skills, &home::prices(Some(&means.record))?)?;
    let watched = Watched {
        closed: closed(&means.seat),
        #[cfg(feature = "console")]
        lens: means.seat.as_ref().map(crate::console::Seat::lens).or(prompt.sight.as_ref().map(|sight| sight.lens())),
    };
    let builder = tools(builder, task, (means.window, sessions), watched)?;
    let builder = answered(builder, prompt, &means.seat);
    builder.build().map_err(Complaint::usage)
}

/// Somebody is told what happens and asked about what is held: at the console if there is one, else at the terminal.
fn answered(builder: AgentBuilder, prompt: Prompt, seat: &Place) -> AgentBuilder {
    let progress = Progress::default();
    #[cfg(feature = "console")]
    if let Some(seat) = seat.clone() {
        let own = seat.clone();
        let builder =
            builder.reins(seat.reins()).hands(seat.hands()).approver(Seated { seat, settled: prompt.settled });
        return builder.events(move |event: &Event| {
            progress.show(event);
            own.tell(event);
        });
    }
    let _ = seat;
    #[cfg(feature = "console")]
    if let Some(sight) = prompt.sight.clone() {
        return builder.approver(prompt).events(move |event: &Event| {
            progress.show(event);
            sight.note(event);
        });
    }
    builder.approver(prompt).events(move |event: &Event| progress.show(event))
}

/// What a person at the terminal sees, if there is one and they can be asked.
#[cfg(feature = "console")]
fn sight(means: &Means) -> Option<std::sync::Arc<Sight>> {
    let asked = means.seat.is_none() && present();
    asked.then(|| std::sync::Arc::new(Sight::new(crate::console::Album::beside(&means.record))))
}

/// What of this machine the tools are kept from, and what somebody watches through.
struct Watched {
    closed: Vec<u16>,
    #[cfg(feature = "console")]
    lens: Option<crate::browser::Lens>,
}

fn closed(seat: &Place) -> Vec<u16> {
    #[cfg(feature = "console")]
    return seat.iter().map(crate::console::Seat::port).collect();
    #[cfg(not(feature = "console"))]
    seat.iter().map(|never| match *never {}).collect()
}

/// People at a console, who need not say again what was said on the command line.
#[cfg(feature = "console")]
struct Seated {
    seat: crate::console::Seat,
    settled: Option<Settled>,
}

#[cfg(feature = "console")]
impl crate::Approver for Seated {
    fn rule<'a>(&'a self, request: &'a crate::Request) -> crate::BoxFuture<'a, crate::Ruling> {
        self.seat.rule(request)
    }

    fn answer<'a>(&'a self, question: &'a str) -> crate::BoxFuture<'a, Option<String>> {
        self.seat.answer(question)
    }

    fn settle<'a>(&'a self, action: &'a serde_json::Value) -> crate::BoxFuture<'a, Option<Settled>> {
        Box::pin(async move {
            match self.settled {
                Some(settled) => Some(settled),
                None => self.seat.settle(action).await,
            }
        })
    }
}

/// That the planner cannot write to the pack it is judged by, which a reload or the next run would take up.
fn out_of_reach(task: &Task) -> Result<(), Complaint> {
    let pack = pack(task);
    match (pack.place(), &task.workspace) {
        (Some(folder), Some(workspace)) if home::lies_in(folder, workspace) => Err(Complaint::usage(format!(
            "the pack `{}` lies in the workspace, where the planner could rewrite it; move one of them",
            pack.name()
        ))),
        _ => Ok(()),
    }
}

/// The pack that `task` names, filled in.
pub(super) fn pack(task: &Task) -> Pack {
    let name = task.policy.pack.as_deref().unwrap_or("deny-all");
    let parameters = task.policy.parameters.iter();
    parameters.fold(Pack::find(name, &task.folder), |pack, (name, entries)| pack.with(name, entries.clone()))
}

fn planner(builder: AgentBuilder, task: &Task, skills: &Choice, prices: &Path) -> Result<AgentBuilder, Complaint> {
    match &task.planner {
        PlannerKind::Script => Ok(builder.planner(Script::new(task))),
        PlannerKind::Replay(path) => {
            let calls = recorded(&home::read(path)?, path, &task.goal.inputs).map_err(Complaint::usage)?;
            Ok(builder.planner(Script::calls(calls)))
        }
        PlannerKind::Local => Ok(builder.planner(Cascade::new(Local::new()))),
        PlannerKind::Model => model(builder, task, prices, None),
        PlannerKind::Cascade => {
            let player = skills.player()?;
            let cascade = match player.is_empty() {
                true => Cascade::new(Local::new()),
                false => Cascade::new(player.clone()).then(Taught::new(player)),
            };
            if model_name(task).is_some() {
                model(builder, task, prices, Some(cascade))
            } else {
                Ok(builder.planner(cascade))
            }
        }
    }
}

/// The model that the task or the environment names.
fn model_name(task: &Task) -> Option<String> {
    task.model.name.clone().or_else(|| home::variable("LAMASSU_MODEL"))
}

/// Whether looks are to gather what planners want to know beside the table.
fn wants_detail(task: &Task) -> bool {
    !matches!(task.planner, PlannerKind::Script | PlannerKind::Replay(_))
}

#[cfg(feature = "model")]
fn model(
    builder: AgentBuilder,
    task: &Task,
    prices: &Path,
    before: Option<Cascade>,
) -> Result<AgentBuilder, Complaint> {
    use crate::{goal::PriceTable, planner::model::Relay};
    if model_name(task).is_none() {
        return Err(Complaint::usage(
            "the model planner needs a model: give `--model NAME`, or `name` under `[model]` in the task file",
        ));
    }
    let table = PriceTable::parse(&home::kept(prices)?, prices).map_err(Complaint::usage)?;
    let choice = table.fill(ModelChoice { name: model_name(task), ..task.model.clone() });
    let limited = task.goal.budget.limits.money.is_some();
    let priced = |choice: &ModelChoice| choice.price_in.is_some() && choice.price_out.is_some();
    let others: Vec<_> = task.model.then.iter().map(|choice| table.fill(choice.clone())).collect();
    if let Some(choice) = std::iter::once(&choice).chain(&others).find(|choice| limited && !priced(choice)) {
        return Err(Complaint::usage(format!(
            "the budget limits `money`, so what a million tokens of `{}` cost has to be known: give `price_in` and \
             `price_out` beside its name, or in `{}`",
            choice.name.as_deref().unwrap_or_default(),
            prices.display()
        )));
    }
    let first = Relay::new(endpoint(&choice, &home::variable)?);
    let model = others.iter().try_fold(first, |relay, choice| Ok(relay.then(endpoint(choice, &|_| None)?)))?;
    let model = if task.model.dual { model.dual() } else { model };
    Ok(match before {
        Some(cascade) => builder.planner(cascade.then(model)),
        None => builder.planner(model),
    })
}

/// The model that `choice` names; `usual` knows what the environment says of endpoint and key.
#[cfg(feature = "model")]
fn endpoint(choice: &ModelChoice, usual: &dyn Fn(&str) -> Option<String>) -> Result<crate::Model, Complaint> {
    crate::Model::new(config(choice, usual)).map_err(Complaint::usage)
}

/// How the model that `choice` names is reached.
#[cfg(feature = "model")]
pub(super) fn config(choice: &ModelChoice, usual: &dyn Fn(&str) -> Option<String>) -> crate::planner::model::Config {
    use crate::planner::{
        Prices,
        model::{Config, Dialect},
    };
    let mut config = Config::new(choice.name.clone().unwrap_or_default());
    if let Some(base_url) = choice.base_url.as_ref().map(ToString::to_string).or_else(|| usual("OPENAI_BASE_URL")) {
        config = config.base_url(base_url);
    }
    if let Some(key) = choice.key_env.as_deref().map_or_else(|| usual("OPENAI_API_KEY"), home::variable) {
        config = config.api_key(key);
    }
    if choice.price_in.is_some() || choice.price_out.is_some() {
        config = config.prices(Prices {
            input: choice.price_in.unwrap_or(0),
            cached: choice.price_cached,
            output: choice.price_out.unwrap_or(0),
        });
    }
    if let Some(seconds) = choice.seconds {
        let limit = std::time::Duration::from_secs(seconds);
        config = config.timeout(limit).patience(limit.saturating_mul(2));
    }
    if let Some(tokens) = choice.context {
        config = config.context(usize::try_from(tokens).unwrap_or(usize::MAX));
    }
    config = config.images(choice.images).roles(choice.roles.iter().copied());
    if let Some(answers) = choice.answers {
        config = config.dialect(match answers {
            Answers::Tools => Dialect::Tools,
            Answers::Schema => Dialect::Schema,
            Answers::Lines => Dialect::Lines,
        });
    }
    config
}

#[cfg(not(feature = "model"))]
fn model(_: AgentBuilder, _: &Task, _: &Path, _: Option<Cascade>) -> Result<AgentBuilder, Complaint> {
    Err(Complaint::usage("this build has no model planner; build it with the feature `model`"))
}

fn tools(
    builder: AgentBuilder,
    task: &Task,
    how: (Window, PathBuf),
    watched: Watched,
) -> Result<AgentBuilder, Complaint> {
    let mut builder = builder.tool(crate::http::HttpTool::new(crate::http::Limits::default()).closing(&watched.closed));
    let open = |workspace| crate::files::FilesTool::open(workspace, crate::files::Limits::default());
    let files = task.workspace.as_ref().map(open).transpose().map_err(Complaint::usage)?;
    #[cfg(feature = "browser")]
    {
        let (window, sessions) = how;
        let workspace = files.as_ref().map(crate::files::FilesTool::workspace);
        let options = crate::browser::Options {
            workspace,
            sessions: Some(sessions),
            detail: wants_detail(task),
            #[cfg(feature = "console")]
            lens: watched.lens,
            closed: watched.closed,
            ..browser(window, &task.browser)
        };
        builder = builder.tool(crate::browser::BrowserTool::new(options));
    }
    #[cfg(not(feature = "browser"))]
    let _ = how;
    if let Some(files) = files {
        builder = builder.tool(files);
    }
    Ok(builder)
}

/// The browser that a task asks for; what was given on the command line comes first.
#[cfg(feature = "browser")]
pub(super) fn browser(window: Window, choice: &BrowserChoice) -> crate::browser::Options {
    use crate::browser::{Engine, Options};
    let firefox = window.firefox || choice.engine == BrowserKind::Firefox;
    Options {
        engine: if firefox { Engine::Firefox } else { Engine::Chromium },
        headless: !window.headed,
        inspect: window.inspect || choice.inspect,
        remote: window.remote.or_else(|| choice.remote.clone()),
        proxy: window.proxy.or(choice.proxy),
        attach: window.attach,
        unsafe_no_sandbox: window.unsafe_no_sandbox,
        ..Options::default()
    }
}
