//! The tools by name, and the first look at a call: does it make sense at all?

use std::{collections::BTreeMap, sync::Arc};

use jsonschema::Validator;
use lamassu_contract::{Call, Effect, Failure, Tool, visible};
use serde_json::Value;

use super::BuildError;
use crate::planner::Offer;

/// The tools of an agent.
#[derive(Default)]
pub(crate) struct Toolbox {
    tools: BTreeMap<String, Arc<dyn Tool>>,
    offers: Vec<Offer>,
    schemas: BTreeMap<String, Validator>,
}

impl Toolbox {
    pub(crate) fn new(tools: Vec<Arc<dyn Tool>>) -> Result<Self, BuildError> {
        let mut toolbox = Self::default();
        for tool in tools {
            toolbox.add(tool)?;
        }
        Ok(toolbox)
    }

    fn add(&mut self, tool: Arc<dyn Tool>) -> Result<(), BuildError> {
        let offer = Offer { tool: tool.name().to_owned(), verbs: tool.verbs() };
        for verb in &offer.verbs {
            let name = format!("{}.{}", offer.tool, verb.name);
            let validator = jsonschema::validator_for(&verb.schema)
                .map_err(|error| BuildError::Tool { name: name.clone(), problem: error.to_string() })?;
            self.schemas.insert(name, validator);
        }
        if self.tools.insert(offer.tool.clone(), tool).is_some() {
            return Err(BuildError::Tool { name: offer.tool, problem: "two tools have this name".to_owned() });
        }
        self.offers.push(offer);
        Ok(())
    }

    pub(crate) fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// The effect that the verb of `call` has at least, if it is offered.
    pub(crate) fn effect(&self, call: &Call) -> Option<Effect> {
        let offer = self.offers.iter().find(|offer| offer.tool == call.tool)?;
        offer.verbs.iter().find(|verb| verb.name == call.verb).map(|verb| verb.effect)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<dyn Tool>> {
        self.tools.values()
    }

    /// The tool that `call` is for, if the call names an offered verb exactly and its arguments
    /// fit the verb's schema.
    pub(crate) fn find(&self, call: &Call) -> Result<Arc<dyn Tool>, Failure> {
        let name = call.name();
        let (Some(tool), Some(schema)) = (self.tools.get(&call.tool), self.schemas.get(&name)) else {
            return Err(self.unknown(&name));
        };
        let args = Value::Object(call.args.clone());
        if let Some(error) = schema.iter_errors(&args).next() {
            return Err(Failure::invalid(format!("`{name}` was asked for wrongly: {error}")));
        }
        Ok(Arc::clone(tool))
    }

    /// What to ask for instead of `name`: the verb that is spelled nearly like it, or any.
    fn unknown(&self, name: &str) -> Failure {
        let alike = |known: &&String| strsim::jaro_winkler(&known.to_lowercase(), &name.trim().to_lowercase());
        let nearest = self.schemas.keys().max_by(|one, other| alike(one).total_cmp(&alike(other)));
        let hint = match nearest.filter(|known| alike(known) > 0.9) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("there is {}", self.schemas.keys().cloned().collect::<Vec<_>>().join(", ")),
        };
        Failure::invalid(format!("there is no `{}`; {hint}", visible(name)))
    }
}
