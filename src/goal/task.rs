//! A task file: a goal with all that a run of it needs.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    path::{Path, PathBuf},
};

use lamassu_contract::{Autonomy, Limits};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{
    Budget, Goal, Step,
    document::{Document, Entry, Section},
    error::TaskError,
    inputs::{self, Input, Inputs},
    model::{Images, Role},
    output,
    prices::priced,
    secrets::{self, SecretSource},
    steps::Reader,
};

const KEYS: [&str; 14] = [
    "goal",
    "at",
    "planner",
    "autonomy",
    "keep_going",
    "inputs",
    "secrets",
    "policy",
    "budget",
    "files",
    "model",
    "browser",
    "output",
    "steps",
];

/// A task file, parsed and checked. It holds no value of a secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// What the user wants.
    pub goal: Goal,
    /// The script; empty if there is none.
    pub steps: Vec<Step>,
    /// Whether a script goes on after a step that was refused or failed.
    pub keep_going: bool,
    /// Who decides what to do: what the file says, else the script if there are steps, else the cascade.
    pub planner: PlannerKind,
    /// How much is done without asking.
    #[serde(default)]
    pub autonomy: Autonomy,
    /// The policy it asks for.
    pub policy: PolicyChoice,
    /// Where its secrets are kept, by name.
    pub secrets: BTreeMap<String, SecretSource>,
    /// The folder that `files` works in.
    pub workspace: Option<PathBuf>,
    /// The model it asks for.
    pub model: ModelChoice,
    /// The browser it asks for.
    pub browser: BrowserChoice,
    /// The folder of the task file; every path above is already relative to it.
    pub folder: PathBuf,
}

/// Who decides what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannerKind {
    /// The steps of the file.
    Script,
    /// The embedded action model alone.
    Local,
    /// A model.
    Model,
    /// The embedded action model, then a model if one is named, then a person.
    Cascade,
    /// A recorded list of calls, see [`recorded`](super::recorded). Its text is not the user's.
    Replay(PathBuf),
}

/// Which policy a task asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyChoice {
    /// The name of a ready pack, or a folder relative to the task file; none if the caller chooses.
    pub pack: Option<String>,
    /// The pack's parameters.
    pub parameters: BTreeMap<String, Vec<String>>,
}

/// Which model a task asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoice {
    /// Its name.
    pub name: Option<String>,
    /// The endpoint's base address.
    pub base_url: Option<Url>,
    /// What a million tokens that are read cost, in millionths of the currency.
    #[serde(default)]
    pub price_in: Option<u64>,
    /// What a million tokens cost that the endpoint had cached; as the others if absent.
    #[serde(default)]
    pub price_cached: Option<u64>,
    /// What a million tokens that are written cost, in millionths of the currency.
    #[serde(default)]
    pub price_out: Option<u64>,
    /// In which form it is to answer; found out if absent.
    #[serde(default)]
    pub answers: Option<Answers>,
    /// When it gets to see a picture of the page.
    #[serde(default)]
    pub images: Images,
    /// What it is asked about before others; about everything if empty.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// How many seconds one request may take.
    #[serde(default)]
    pub seconds: Option<u64>,
    /// About how many tokens of the run one request may tell.
    #[serde(default)]
    pub context: Option<u64>,
    /// The environment variable that holds the key; `OPENAI_API_KEY` if absent, but for a model of `then`, which gets
    /// none: what one endpoint is trusted with is not another one's.
    #[serde(default)]
    pub key_env: Option<String>,
    /// Whether the model that plans is kept from all text of others.
    #[serde(default)]
    pub dual: bool,
    /// The models that are asked in its place, in this order, when it cannot be reached or makes no sense.
    #[serde(default)]
    pub then: Vec<ModelChoice>,
}

/// A form of answer that a model is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// Calls of functions.
    Tools,
    /// JSON that fits a schema.
    Schema,
    /// Lines of text.
    Lines,
}

/// Which browser a task asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserChoice {
    /// The kind of browser.
    pub engine: BrowserKind,
    /// Whether TLS is opened, so that the method and path of every request are judged.
    pub inspect: bool,
    /// A WebDriver that is running already.
    pub remote: Option<Url>,
    /// The address of this machine under which a browser on another one reaches the proxy.
    pub proxy: Option<IpAddr>,
}

/// A kind of browser.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrowserKind {
    /// Chromium, Chrome or Edge.
    #[default]
    Chromium,
    /// Firefox.
    Firefox,
}

impl Task {
    /// Parses the `text` of the task file `file`, with the inputs that were `given` beside it.
    /// Nothing is read from disk or from the environment.
    ///
    /// # Errors
    ///
    /// A [`TaskError`] that says what was expected, and where.
    pub fn parse(text: &str, file: &Path, given: &BTreeMap<String, String>) -> Result<Self, TaskError> {
        let document = Document::new(text, file)?;
        let table = document.parse()?;
        let root = document.root(&table);
        root.allow(&KEYS)?;
        let folder = folder(file);
        let inputs = Inputs::read(&root, given)?;
        let secrets = secrets::read(&root, &inputs, &folder)?;
        let steps = Reader { inputs: &inputs, secrets: &secrets }.steps(&root)?;
        Ok(Self {
            keep_going: root.get("keep_going").map(|entry| entry.flag()).transpose()?.unwrap_or_default(),
            planner: planner(&root, &steps, &folder)?,
            autonomy: autonomy(&root)?,
            policy: policy(&root, &inputs)?,
            workspace: workspace(&root, &folder)?,
            model: model(&root)?,
            browser: browser(&root)?,
            goal: goal(&root, inputs, &steps)?,
            steps,
            secrets,
            folder,
        })
    }

    /// What is to be filled in of the task file `file`, whose `text` this is. Nothing else of it is checked.
    ///
    /// # Errors
    ///
    /// A [`TaskError`] if it is no TOML, or its inputs are wrong.
    pub fn inputs(text: &str, file: &Path) -> Result<Vec<Input>, TaskError> {
        let document = Document::new(text, file)?;
        inputs::declared(&document.root(&document.parse()?))
    }

    /// A task without a file: `goal` for the cascade to reach, under the policy that `policy` names.
    #[must_use]
    pub fn for_goal(goal: Goal, policy: PolicyChoice) -> Self {
        Self {
            goal,
            policy,
            steps: Vec::new(),
            keep_going: false,
            planner: PlannerKind::Cascade,
            autonomy: Autonomy::default(),
            secrets: BTreeMap::new(),
            workspace: None,
            model: ModelChoice::default(),
            browser: BrowserChoice::default(),
            folder: PathBuf::from("."),
        }
    }
}

fn folder(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn goal(root: &Section<'_>, inputs: Inputs, steps: &[Step]) -> Result<Goal, TaskError> {
    let text = root.need("goal", "what you want done, such as `goal = \"Order two blue mugs\"`")?;
    let mut goal = Goal::new(inputs.text(&text)?).budget(budget(root)?);
    if goal.text.trim().is_empty() {
        return Err(text.blame("expected what you want done, found nothing"));
    }
    if let Some(entry) = root.get("at") {
        let at = inputs.text(&entry)?;
        goal.tell(&at);
        goal = goal.at(entry.address(&at)?);
    }
    goal.output = root.section("output")?.map(|section| output::read(&section)).transpose()?;
    goal.inputs = inputs.into_values();
    steps.iter().flat_map(|step| step.call.args.values()).for_each(|value| tell(&mut goal, value));
    Ok(goal)
}

fn tell(goal: &mut Goal, value: &Value) {
    match value {
        Value::String(text) => goal.tell(text),
        Value::Array(values) => values.iter().for_each(|value| tell(goal, value)),
        Value::Object(map) => map.values().for_each(|value| tell(goal, value)),
        other => goal.tell(&other.to_string()),
    }
}

fn budget(root: &Section<'_>) -> Result<Budget, TaskError> {
    let default = Budget::default();
    let Some(section) = root.section("budget")? else { return Ok(default) };
    section.allow(&["steps", "seconds", "tokens", "money", "bytes_sent", "requests_per_host", "consequential"])?;
    let count = |key, default| section.get(key).map_or(Ok(default), |entry| entry.count());
    let limit = |key| section.get(key).map(|entry| entry.count()).transpose();
    Ok(Budget {
        steps: count("steps", default.steps)?,
        seconds: count("seconds", default.seconds)?,
        tokens: count("tokens", default.tokens)?,
        limits: Limits {
            money: section.get("money").map(|entry| entry.money()).transpose()?,
            bytes_sent: limit("bytes_sent")?,
            requests_per_host: limit("requests_per_host")?,
            consequential: section.get("consequential").map(|entry| entry.tally()).transpose()?,
        },
    })
}

fn planner(root: &Section<'_>, steps: &[Step], folder: &Path) -> Result<PlannerKind, TaskError> {
    let expected = "`script`, `local`, `model`, `cascade` or `{ replay = \"calls.json\" }`";
    match root.get("planner") {
        None if steps.is_empty() => Ok(PlannerKind::Cascade),
        None => Ok(PlannerKind::Script),
        Some(entry) if entry.is_table() => {
            let section = entry.section()?;
            section.allow(&["replay"])?;
            let file = section.need("replay", "a file with a list of calls")?;
            Ok(PlannerKind::Replay(folder.join(file.plain()?)))
        }
        Some(entry) => match entry.raw() {
            Ok("script") if steps.is_empty() => Err(entry.blame("a script needs at least one `[[steps]]`")),
            Ok("script") => Ok(PlannerKind::Script),
            Ok("local") => Ok(PlannerKind::Local),
            Ok("model") => Ok(PlannerKind::Model),
            Ok("cascade") => Ok(PlannerKind::Cascade),
            Ok(other) => Err(entry.blame(format!("expected {expected}, found `{other}`"))),
            Err(_) => Err(entry.wrong(expected)),
        },
    }
}

fn autonomy(root: &Section<'_>) -> Result<Autonomy, TaskError> {
    let expected = "`suggest`, `ask`, `guard` or `auto`";
    let Some(entry) = root.get("autonomy") else { return Ok(Autonomy::default()) };
    let word = entry.raw().map_err(|_| entry.wrong(expected))?;
    Autonomy::named(word).ok_or_else(|| entry.blame(format!("expected {expected}, found `{word}`")))
}

fn policy(root: &Section<'_>, inputs: &Inputs) -> Result<PolicyChoice, TaskError> {
    let Some(section) = root.section("policy")? else { return Ok(PolicyChoice::default()) };
    let pack = section.get("pack").map(|entry| entry.plain().map(str::to_owned)).transpose()?;
    let parameter = |entry: Entry<'_>| Ok((entry.name.to_owned(), texts(&entry, inputs)?));
    let parameters = section.entries().filter(|entry| entry.name != "pack").map(parameter);
    Ok(PolicyChoice { pack, parameters: parameters.collect::<Result<_, _>>()? })
}

fn texts(entry: &Entry<'_>, inputs: &Inputs) -> Result<Vec<String>, TaskError> {
    entry.items().iter().map(|item| inputs.text(item)).collect()
}

fn workspace(root: &Section<'_>, folder: &Path) -> Result<Option<PathBuf>, TaskError> {
    let Some(section) = root.section("files")? else { return Ok(None) };
    section.allow(&["workspace"])?;
    section.get("workspace").map(|entry| Ok(folder.join(entry.plain()?))).transpose()
}

/// What can be said of a model.
const MODEL: [&str; 11] = [
    "name",
    "base_url",
    "answers",
    "images",
    "roles",
    "seconds",
    "context",
    "key_env",
    "price_in",
    "price_cached",
    "price_out",
];

fn model(root: &Section<'_>) -> Result<ModelChoice, TaskError> {
    let Some(section) = root.section("model")? else { return Ok(ModelChoice::default()) };
    section.allow(&[&MODEL[..], &["dual", "then"]].concat())?;
    let then = section.get("then").map(|entry| entry.sections()).transpose()?.unwrap_or_default();
    let then = then.iter().map(|section| {
        section.allow(&MODEL)?;
        section.need("name", "the name of the model")?;
        reached(section)
    });
    let then = then.collect::<Result<_, _>>()?;
    let dual = section.get("dual").map(|entry| entry.flag()).transpose()?.unwrap_or_default();
    Ok(ModelChoice { dual, then, ..reached(&section)? })
}

/// Which model, and how it is reached.
fn reached(section: &Section<'_>) -> Result<ModelChoice, TaskError> {
    let text = |key| section.get(key).map(|entry| entry.plain().map(str::to_owned)).transpose();
    let answers = |entry: Entry<'_>| match entry.plain()? {
        "tools" => Ok(Answers::Tools),
        "schema" => Ok(Answers::Schema),
        "lines" => Ok(Answers::Lines),
        other => Err(entry.blame(format!("expected `tools`, `schema` or `lines`, found `{other}`"))),
    };
    let role = |entry: &Entry<'_>| {
        let word = entry.plain()?;
        Role::named(word).ok_or_else(|| entry.blame(format!("expected `plan`, `act`, `read` or `see`, found `{word}`")))
    };
    let roles = |entry: Entry<'_>| entry.items().iter().map(role).collect::<Result<Vec<_>, _>>();
    let images = |entry: Entry<'_>| {
        let word = entry.plain()?;
        let expected = "`never`, `demand`, `stagnation` or `always`";
        Images::named(word).ok_or_else(|| entry.blame(format!("expected {expected}, found `{word}`")))
    };
    let context = |entry: Entry<'_>| match entry.count()? {
        few @ ..1_000 => {
            Err(entry.blame(format!("expected at least 1000 tokens, since a page needs so many; found `{few}`")))
        }
        tokens => Ok(tokens),
    };
    Ok(ModelChoice {
        roles: section.get("roles").map(roles).transpose()?.unwrap_or_default(),
        images: section.get("images").map(images).transpose()?.unwrap_or_default(),
        name: text("name")?,
        base_url: section.get("base_url").map(|entry| entry.address(entry.plain()?)).transpose()?,
        answers: section.get("answers").map(answers).transpose()?,
        seconds: section.get("seconds").map(|entry| entry.count()).transpose()?,
        context: section.get("context").map(context).transpose()?,
        key_env: text("key_env")?,
        ..priced(section)?
    })
}

fn browser(root: &Section<'_>) -> Result<BrowserChoice, TaskError> {
    let Some(section) = root.section("browser")? else { return Ok(BrowserChoice::default()) };
    section.allow(&["engine", "inspect", "remote", "proxy"])?;
    let engine = |entry: Entry<'_>| match entry.plain()? {
        "chromium" => Ok(BrowserKind::Chromium),
        "firefox" => Ok(BrowserKind::Firefox),
        other => Err(entry.blame(format!("expected `chromium` or `firefox`, found `{other}`"))),
    };
    let proxy = |entry: Entry<'_>| {
        let text = entry.plain()?;
        text.parse().map_err(|_| entry.blame(format!("expected an IP address of this machine, found `{text}`")))
    };
    Ok(BrowserChoice {
        engine: section.get("engine").map(engine).transpose()?.unwrap_or_default(),
        inspect: section.get("inspect").map(|entry| entry.flag()).transpose()?.unwrap_or_default(),
        remote: section.get("remote").map(|entry| entry.address(entry.plain()?)).transpose()?,
        proxy: section.get("proxy").map(proxy).transpose()?,
    })
}
