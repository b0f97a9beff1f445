//! A planner that asks a language model, at any endpoint that speaks chat completions.
//!
//! This is the only module that knows what a vendor is. It turns a view into a prompt and a reply
//! into a proposal; whether what is proposed may happen is decided elsewhere, so nothing here
//! trusts the model or anything it read. It never knows of policy, record or tools.

mod arguments;
mod config;
mod data;
mod dialect;
mod endpoint;
mod functions;
mod line;
mod plan;
mod program;
mod prompt;
mod relay;
mod reply;
mod sight;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::atomic::{AtomicU8, Ordering};

use lamassu_contract::BoxFuture;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::planner::{Planned, Planner, PlannerError, Proposal, Usage, View};

use self::{
    functions::{FunctionCall, Functions},
    line::{Fault, Line},
    program::{Next, Program},
    prompt::{Beside, Saying},
};

pub use self::{config::Config, dialect::Dialect, line::served, relay::Relay};

/// How many replies in a row may make no sense.
const TRIES: usize = 3;

/// Asks a language model what to do next.
#[derive(Debug)]
pub struct Model {
    config: Config,
    line: Line,
    /// The number of the dialect that was found to work.
    dialect: AtomicU8,
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
        Ok(Self { config, line, dialect })
    }

    async fn plan(&self, view: &View<'_>) -> Result<Planned, PlannerError> {
        let functions = Functions::of(view);
        match Program::under_way(view).map(|program| program.and_then(|program| program.next(view, &functions))) {
            Some(Ok(Next::Calls(proposal, program))) => {
                let why = program.progress();
                return Ok(Planned { why, memo: prompt::memo(view, &Saying::of(program)), ..proposal.into() });
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
        let deadline = Instant::now() + self.config.patience;
        let mut usage = Usage::default();
        let mut problem: Option<String> = None;
        let mut dialect = Dialect::numbered(self.dialect.load(Ordering::Relaxed));
        let mut tries = 0;
        while tries < TRIES {
            let messages = prompt::messages(
                view,
                functions,
                dialect,
                &Beside { ended: ended.as_deref(), problem: problem.as_deref() },
            );
            let reply = match self.line.send(&self.request(&messages, dialect, functions), deadline).await {
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
            let understood = reply.and_then(|message| {
                let calls = reply::calls(&message, functions, dialect)?;
                let plan = plan::written(&message.text);
                // Where the calls were found in the text, it is said already what it says.
                let said = if message.calls.is_empty() { String::new() } else { message.text };
                let (proposal, program) = proposed(&calls, view, functions)?;
                Ok((proposal, Saying { said, plan, program, ended: ended.clone() }))
            });
            match understood {
                Ok((proposal, saying)) => {
                    self.dialect.store(dialect.number(), Ordering::Relaxed);
                    let why = match &saying.program {
                        Some(program) => program.progress(),
                        None => data::line(&saying.said, 300),
                    };
                    return Ok(Planned { why, usage, memo: prompt::memo(view, &saying), ..proposal.into() });
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

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        Box::pin(self.plan(view))
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
