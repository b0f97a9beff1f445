//! A planner that asks a language model, at any endpoint that speaks chat completions.
//!
//! This is the only module that knows what a vendor is. It turns a view into a prompt and a reply
//! into a proposal; whether what is proposed may happen is decided elsewhere, so nothing here
//! trusts the model or anything it read. It never knows of policy, record or tools.

mod arguments;
mod config;
mod data;
mod dialect;
mod dual;
mod endpoint;
mod functions;
mod line;
mod picture;
mod plan;
mod probe;
mod program;
mod prompt;
mod relay;
mod reply;
mod seen;
mod sight;
#[cfg(test)]
mod tests;
mod ways;
mod wire;

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use lamassu_contract::{BoxFuture, Call};
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::{
    goal::Images,
    planner::{Offer, Planned, Planner, PlannerError, Proposal, Usage, View},
};

use self::{
    functions::{FunctionCall, Functions},
    line::{Fault, Line},
    program::{Next, Program},
    prompt::{Beside, Saying},
    wire::Message,
};

pub use self::{config::Config, dialect::Dialect, line::served, probe::Abilities, relay::Relay};

/// Why a page is opened that no model has asked for.
const BEGINS: &str = "the goal begins there";
/// How many replies in a row may make no sense.
const TRIES: usize = 3;

/// The messages to send, for a dialect and what was wrong with the last reply.
type Tell<'a> = dyn Fn(Dialect, Option<&str>) -> [Value; 2] + Sync + 'a;

/// Asks a language model what to do next.
#[derive(Debug)]
pub struct Model {
    config: Config,
    line: Line,
    /// The number of the dialect that was found to work.
    dialect: AtomicU8,
    /// Whether the endpoint was found to take no pictures.
    blind: AtomicBool,
}

impl Model {
    /// The model that `config` describes. Nothing is sent before the first proposal.
    ///
    /// # Errors
    ///
    /// [`PlannerError::Setup`] if the base URL or the key cannot be used.
    pub fn new(config: Config) -> Result<Self, PlannerError> {
        if config.model.trim().is_empty() {
            return Err(PlannerError::Setup("the model has no name; name one with `--model`".to_owned()));
        }
        let line = Line::new(&config)?;
        let dialect = AtomicU8::new(config.dialect.unwrap_or(Dialect::Tools).number());
        Ok(Self { config, line, dialect, blind: AtomicBool::new(false) })
    }

    async fn plan(&self, view: &View<'_>) -> Result<Planned, PlannerError> {
        if let Some(planned) = self.wanted(view) {
            return Ok(planned);
        }
        let functions = Functions::of(view);
        match Program::under_way(view).map(|program| program.and_then(|program| program.next(view, &functions))) {
            Some(Ok(Next::Calls(proposal, program))) => {
                let why = program.progress();
                Ok(Planned { why, memo: prompt::memo(view, &Saying::of(program)), ..proposal.into() })
            }
            Some(Ok(Next::End(reason)) | Err(reason)) => self.ask(view, &functions, Some(reason)).await,
            None => self.ask(view, &functions, None).await,
        }
    }

    /// Asks the model. `ended` is what became of its last program.
    async fn ask(
        &self,
        view: &View<'_>,
        functions: &Functions<'_>,
        ended: Option<String>,
    ) -> Result<Planned, PlannerError> {
        let tell = |dialect: Dialect, problem: Option<&str>| {
            self.messages(
                view,
                functions,
                dialect,
                &Beside { ended: ended.as_deref(), problem, room: self.config.room },
            )
        };
        let read = |message: Message, dialect: Dialect| {
            let calls = reply::calls(&message, functions, dialect)?;
            let plan = plan::written(&message.text);
            let (proposal, program) = proposed(&calls, view, functions)?;
            Ok((proposal, Saying { said: beside(message), plan, program, ended: ended.clone() }))
        };
        let ((proposal, saying), usage) = self.converse(functions, (&tell, &read)).await?;
        let proposal = if self.sees() { fitted(proposal) } else { proposal };
        let why = match &saying.program {
            Some(program) => program.progress(),
            None => data::line(&saying.said, 300),
        };
        Ok(Planned { why, usage, memo: prompt::memo(view, &saying), ..proposal.into() })
    }

    /// Sends what is told until a reply makes sense to who reads it.
    async fn converse<T>(
        &self,
        functions: &Functions<'_>,
        (tell, read): (&Tell<'_>, &(dyn Fn(Message, Dialect) -> Result<T, String> + Sync)),
    ) -> Result<(T, Usage), PlannerError> {
        let deadline = Instant::now() + self.config.patience;
        let mut usage = Usage::default();
        let mut problem: Option<String> = None;
        let mut dialect = Dialect::numbered(self.dialect.load(Ordering::Relaxed));
        let mut tries = 0;
        while tries < TRIES {
            let messages = tell(dialect, problem.as_deref());
            let reply = match self.line.send(&self.request(&messages, dialect, functions), deadline).await {
                Err(Fault::End(error)) if picture::stands_in(&messages) && picture::is_refused_by(&error) => {
                    self.blind.store(true, Ordering::Relaxed);
                    continue;
                }
                Err(Fault::End(error)) if self.may_change(dialect) && dialect.is_refused(&error) => {
                    dialect = dialect.next();
                    continue;
                }
                Err(Fault::End(error)) => return Err(error),
                Err(Fault::Garbled(problem)) => Err(problem),
                Ok(completion) => {
                    usage += self.priced(wire::usage(&completion));
                    wire::message(&completion)
                }
            };
            tries += 1;
            match reply.and_then(|message| read(message, dialect)) {
                Ok(understood) => {
                    self.dialect.store(dialect.number(), Ordering::Relaxed);
                    return Ok((understood, usage));
                }
                Err(wrong) => problem = Some(wrong),
            }
            // It was told once what was wrong; the last try is in another form.
            if tries + 1 == TRIES && self.may_change(dialect) {
                dialect = dialect.next();
            }
        }
        Err(PlannerError::Nonsense(problem.unwrap_or_default()))
    }

    /// What is to be done before it is asked: to open the page where the goal begins, or to take a picture if it is to
    /// have one now. A program that is under way needs none.
    fn wanted(&self, view: &View<'_>) -> Option<Planned> {
        if Program::under_way(view).is_some() {
            return None;
        }
        let (proposal, why) = match begun(view) {
            Some(proposal) => (proposal, BEGINS),
            None => (picture::wanted(self.images(), view)?, picture::WHY),
        };
        Some(Planned { why: why.to_owned(), ..proposal.into() })
    }

    fn images(&self) -> Images {
        if self.blind.load(Ordering::Relaxed) { Images::Never } else { self.config.images }
    }

    /// Whether it gets to see pictures at all.
    fn sees(&self) -> bool {
        self.images() != Images::Never
    }

    /// The messages that show `view`.
    fn messages(
        &self,
        view: &View<'_>,
        functions: &Functions<'_>,
        dialect: Dialect,
        beside: &Beside<'_>,
    ) -> [Value; 2] {
        let [mut rules, mut story] = prompt::messages(view, functions, dialect, beside);
        if self.sees() {
            picture::rule(&mut rules);
            picture::show(&mut story, view.pictures);
        }
        [rules, story]
    }

    /// `usage` with what it costs.
    fn priced(&self, usage: Usage) -> Usage {
        Usage { money: self.config.prices.map(|prices| prices.of(usage)), ..usage }
    }

    /// Whether another dialect than this one may be tried.
    fn may_change(&self, dialect: Dialect) -> bool {
        self.config.dialect.is_none() && dialect.next() != dialect
    }

    fn request(&self, messages: &[Value], dialect: Dialect, functions: &Functions<'_>) -> Value {
        let mut request = Map::new();
        request.insert("model".to_owned(), self.config.model.as_str().into());
        dialect.constrain(&mut request, functions);
        request.insert("messages".to_owned(), messages.into());
        Value::Object(request)
    }
}

impl Planner for Model {
    fn name(&self) -> &'static str {
        "model"
    }

    fn takes_other_ways(&self) -> bool {
        true
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        Box::pin(self.plan(view))
    }
}

/// The proposal to open the page where the goal begins, if nothing has been done yet. No model needs to be asked for that.
fn begun(view: &View<'_>) -> Option<Proposal> {
    let at = view.at.filter(|_| view.turns.is_empty())?;
    let open = Call::new("browser", "open").with("url", at);
    let opens = |offer: &&Offer| offer.tool == open.tool && offer.verbs.iter().any(|verb| verb.name == open.verb);
    view.tools.iter().find(opens)?;
    Some(Proposal::Act(vec![open]))
}

/// What `message` says beside its calls. Where these were found in the text, it is said already what it says.
fn beside(message: Message) -> String {
    if message.calls.is_empty() { String::new() } else { message.text }
}

/// `proposal` with pictures as a model can make use of them.
fn fitted(proposal: Proposal) -> Proposal {
    match proposal {
        Proposal::Act(calls) => Proposal::Act(calls.into_iter().map(picture::fitted).collect()),
        other => other,
    }
}

/// What `calls` propose, with the program that they begin, if they do.
fn proposed(
    calls: &[FunctionCall],
    view: &View<'_>,
    functions: &Functions<'_>,
) -> Result<(Proposal, Option<Program>), String> {
    let Some(program) = Program::asked(calls, view)? else {
        return Ok((functions.read(calls)?, None));
    };
    match program.next(view, functions)? {
        Next::Calls(proposal, program) => Ok((proposal, Some(program))),
        Next::End(reason) => Err(format!("`{}` would do nothing: {reason}", program::REPEAT)),
    }
}
