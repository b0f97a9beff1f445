//! Every verb as a function that a model can call, and its calls read back as a proposal.
//!
//! A name is only ever compared as a whole: what is not exactly a function's name is not it.

use lamassu_contract::{Call, Verb};
use serde_json::{Value, json};

use crate::planner::{Proposal, View};

use super::{arguments, data, wire::Message};

pub(super) const DONE: &str = "done";
pub(super) const ASK: &str = "ask";
pub(super) const GIVE_UP: &str = "give_up";

/// Function names may be no longer than this.
const LONGEST_NAME: usize = 64;

/// The functions of one view.
pub(super) struct Functions<'a> {
    /// Name, tool and verb; names are unique.
    verbs: Vec<(String, &'a str, &'a Verb)>,
    /// How the run is ended or a person asked: name, description and schema.
    controls: Vec<(&'static str, &'static str, Value)>,
}

/// Whether `name` is a function that ends the run or asks a person.
pub(super) fn is_control(name: &str) -> bool {
    [DONE, ASK, GIVE_UP].contains(&name)
}

impl<'a> Functions<'a> {
    /// The functions for what `view` offers.
    pub(super) fn of(view: &View<'a>) -> Self {
        let mut verbs: Vec<(String, &str, &Verb)> = Vec::new();
        for offer in view.tools {
            for verb in &offer.verbs {
                let name = unique(&plain(&offer.tool, &verb.name), |name| {
                    !is_control(name) && !verbs.iter().any(|(other, ..)| other == name)
                });
                verbs.push((name, &offer.tool, verb));
            }
        }
        Self { verbs, controls: controls(view.output) }
    }

    /// The functions in the form of the `tools` parameter.
    pub(super) fn offers(&self) -> Vec<Value> {
        let verbs = self.verbs.iter().map(|(name, _, verb)| offer(name, &verb.about, &verb.schema));
        let controls = self.controls.iter().map(|(name, about, schema)| offer(name, about, schema));
        verbs.chain(controls).collect()
    }

    /// The function that stands for `call`.
    pub(super) fn name_of(&self, call: &Call) -> String {
        let known = self.verbs.iter().find(|(_, tool, verb)| *tool == call.tool && verb.name == call.verb);
        known.map_or_else(|| plain(&call.tool, &call.verb), |(name, ..)| name.clone())
    }

    /// What `message` proposes. Everything in it must make sense, or nothing of it is taken. If it
    /// acts, then it does only that: whether the goal is reached shows afterwards.
    ///
    /// # Errors
    ///
    /// What is wrong, for the model to read.
    pub(super) fn read(&self, message: &Message) -> Result<Proposal, String> {
        let mut calls = Vec::new();
        let mut control = None;
        for asked in &message.calls {
            let wrong = |problem| format!("`{}`: {problem}", asked.name);
            if let Some((_, tool, verb)) = self.verbs.iter().find(|(name, ..)| *name == asked.name) {
                let args = arguments::read(&asked.arguments, &verb.schema).map_err(wrong)?;
                calls.push(Call { tool: (*tool).to_owned(), verb: verb.name.clone(), args });
            } else if let Some((name, _, schema)) = self.controls.iter().find(|(name, ..)| *name == asked.name) {
                let args = arguments::read(&asked.arguments, schema).map_err(wrong)?;
                control.get_or_insert((*name, args));
            } else {
                return Err(self.unknown(&asked.name));
            }
        }
        if !calls.is_empty() {
            return Ok(Proposal::Act(calls));
        }
        let Some((name, mut args)) = control else {
            let text = data::line(&message.text, 200);
            return Err(format!("it calls no function; text alone does nothing (`{text}`)"));
        };
        let mut take = |name: &str| args.remove(name).unwrap_or_default();
        let text = |value: Value| value.as_str().unwrap_or_default().trim().to_owned();
        Ok(match name {
            DONE => Proposal::Done { answer: take("answer"), evidence: text(take("evidence")) },
            ASK => Proposal::Ask(text(take("question"))),
            _ => Proposal::Pass(text(take("why"))),
        })
    }

    fn unknown(&self, name: &str) -> String {
        let verbs = self.verbs.iter().map(|(name, ..)| name.as_str());
        let names: Vec<_> = verbs.chain(self.controls.iter().map(|(name, ..)| *name)).collect();
        // Escaped, so that a look-alike or a blank at the end can be seen.
        let name: String = name.chars().take(80).flat_map(char::escape_default).collect();
        format!("there is no function `{name}`; names must match exactly: `{}`", names.join("`, `"))
    }
}

fn offer(name: &str, about: &str, schema: &Value) -> Value {
    json!({ "type": "function", "function": { "name": name, "description": about, "parameters": schema } })
}

/// `tool_verb` in the characters that function names may have.
fn plain(tool: &str, verb: &str) -> String {
    let allowed = |character: char| character.is_ascii_alphanumeric() || character == '_' || character == '-';
    let name = format!("{tool}_{verb}");
    name.chars().map(|character| if allowed(character) { character } else { '_' }).take(LONGEST_NAME).collect()
}

/// `name`, or with a number at its end if it is not `free`.
fn unique(name: &str, free: impl Fn(&str) -> bool) -> String {
    let numbered = |number: u32| {
        let end = format!("_{number}");
        let head: String = name.chars().take(LONGEST_NAME - end.len()).collect();
        head + &end
    };
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !free(&candidate) {
        candidate = numbered(number);
        number += 1;
    }
    candidate
}

fn controls(output: Option<&Value>) -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (DONE, "The goal is reached, and you have seen that it is. Call it alone.", done_schema(output)),
        (
            ASK,
            "Ask the user for what only they can know or decide. Call it alone.",
            one_text("question", "one question, with what they need to answer it"),
        ),
        (GIVE_UP, "The goal cannot be reached. Call it alone.", one_text("why", "what stands in the way")),
    ]
}

fn one_text(name: &str, about: &str) -> Value {
    json!({
        "type": "object", "properties": { name: { "type": "string", "description": about } },
        "required": [name], "additionalProperties": false
    })
}

/// The schema of `done`. Definitions move to its root, where references to them point.
fn done_schema(output: Option<&Value>) -> Value {
    let plain = json!({ "type": "string", "description": "what the user wants to know or have confirmed" });
    let mut answer = output.cloned().unwrap_or(plain);
    let definitions = ["$defs", "definitions"].map(|name| {
        let found = answer.as_object_mut().and_then(|answer| answer.remove(name));
        (name, found)
    });
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("$schema");
    }
    let mut schema = json!({
        "type": "object",
        "properties": {
            "answer": answer,
            "evidence": { "type": "string", "description": "one sentence: what you saw, and where" }
        },
        "required": ["answer", "evidence"], "additionalProperties": false
    });
    for (name, found) in definitions {
        if let (Some(found), Some(schema)) = (found, schema.as_object_mut()) {
            schema.insert(name.to_owned(), found);
        }
    }
    schema
}
