//! Every verb as a function that a model can call, and its calls read back as a proposal.
//!
//! A tool of few verbs has a function for each. A tool of many is one function whose `do` names the verb, since the
//! list of functions is part of every request. A name is only ever compared as a whole: what is not exactly a
//! function's name is not it.

use std::fmt::Write as _;

use lamassu_contract::{Call, Verb};
use serde_json::{Map, Value, json};

use crate::planner::{Proposal, View};

use super::{arguments, program, seen::Seen};

pub(super) const DONE: &str = "done";
pub(super) const ASK: &str = "ask";
pub(super) const GIVE_UP: &str = "give_up";

/// The argument that names the verb, in the function of a tool of many verbs.
const VERB: &str = "do";
/// The argument that holds what a verb takes that is seldom needed.
const MORE: &str = "more";
/// A tool with more verbs than this is one function.
const FEW: usize = 12;
/// Function names may be no longer than this.
const LONGEST_NAME: usize = 64;

/// One call of a function, not yet understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FunctionCall {
    /// The function's name, exactly as written.
    pub(super) name: String,
    /// The arguments, as JSON text.
    pub(super) arguments: String,
}

/// What a name stands for.
#[derive(Debug)]
enum Meaning<'a> {
    /// One verb of a tool.
    Verb(&'a str, &'a Verb),
    /// A tool of many verbs.
    Tool(&'a str, &'a [Verb]),
    /// The end of the run, or a question.
    Control,
}

/// A function as a model is offered it.
#[derive(Debug)]
pub(super) struct Function<'a> {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) schema: Value,
    meaning: Meaning<'a>,
}

/// The functions of one view.
#[derive(Debug)]
pub(super) struct Functions<'a> {
    // INVARIANT: the names are unique.
    all: Vec<Function<'a>>,
    seen: Seen<'a>,
}

/// What one call of a function asks for.
enum Asked {
    Act(Call),
    End(Proposal),
}

impl<'a> Functions<'a> {
    /// The functions for what `view` offers.
    pub(super) fn of(view: &View<'a>) -> Self {
        let mut all: Vec<Function<'a>> = Vec::new();
        let free = |all: &[Function<'_>], name: &str| {
            unique(name, |name| {
                ![DONE, ASK, GIVE_UP, program::REPEAT].contains(&name) && all.iter().all(|other| other.name != name)
            })
        };
        for offer in view.tools {
            if offer.verbs.len() > FEW {
                let name = free(&all, &plain(&offer.tool));
                all.push(Function {
                    name,
                    about: signatures(&offer.verbs),
                    schema: joined(&offer.verbs),
                    meaning: Meaning::Tool(&offer.tool, &offer.verbs),
                });
                continue;
            }
            for verb in &offer.verbs {
                let name = free(&all, &plain(&format!("{}_{}", offer.tool, verb.name)));
                let meaning = Meaning::Verb(&offer.tool, verb);
                all.push(Function { name, about: verb.about.clone(), schema: verb.schema.clone(), meaning });
            }
        }
        if program::is_of_use(view.goal) {
            all.push(control(program::REPEAT, program::ABOUT, program::schema()));
        }
        all.extend(controls(view.output));
        Self { all, seen: Seen::of(view) }
    }

    /// The functions, in the order in which they are offered.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Function<'a>> {
        self.all.iter()
    }

    /// The function and the arguments that stand for `call`.
    pub(super) fn retold(&self, call: &Call) -> String {
        let known = self.all.iter().find_map(|function| match &function.meaning {
            Meaning::Verb(tool, verb) if *tool == call.tool && verb.name == call.verb => Some((function, false)),
            Meaning::Tool(tool, _) if *tool == call.tool => Some((function, true)),
            _ => None,
        });
        let mut arguments = Map::new();
        if let Some((_, true)) = known {
            arguments.insert(VERB.to_owned(), call.verb.as_str().into());
        }
        arguments.extend(call.args.clone());
        let name =
            known.map_or_else(|| plain(&format!("{}_{}", call.tool, call.verb)), |(known, _)| known.name.clone());
        format!("{name} {}", Value::Object(arguments))
    }

    /// The function that a line may name by `word`: its own name, or a verb of a tool of many, with the schema of
    /// the arguments that follow.
    pub(super) fn spoken(&self, word: &str) -> Option<(&str, Option<&'a str>, &Value)> {
        if let Some(function) = self.all.iter().find(|function| function.name == word) {
            return Some((&function.name, None, &function.schema));
        }
        let mut verbs = self.all.iter().filter_map(|function| match &function.meaning {
            Meaning::Tool(_, verbs) => {
                let verb = verbs.iter().find(|verb| verb.name == word)?;
                Some((function.name.as_str(), Some(verb.name.as_str()), &verb.schema))
            }
            _ => None,
        });
        verbs.next().filter(|_| verbs.next().is_none())
    }

    /// What `calls` propose. Everything in them must make sense, or nothing of it is taken. If they
    /// act, then they do only that: whether the goal is reached shows afterwards.
    ///
    /// # Errors
    ///
    /// What is wrong, for the model to read.
    pub(super) fn read(&self, calls: &[FunctionCall]) -> Result<Proposal, String> {
        let mut acts = Vec::new();
        let mut end: Option<Proposal> = None;
        for asked in calls {
            match self.understood(asked)? {
                Asked::Act(call) => acts.push(call),
                Asked::End(proposal) if end.as_ref().is_some_and(|end| *end != proposal) => {
                    return Err("it gives two answers that differ; give one".to_owned());
                }
                Asked::End(proposal) => end = Some(proposal),
            }
        }
        match end {
            _ if !acts.is_empty() => Ok(Proposal::Act(acts)),
            Some(end) => Ok(end),
            None => Err("it calls no function".to_owned()),
        }
    }

    fn understood(&self, asked: &FunctionCall) -> Result<Asked, String> {
        let wrong = |problem| format!("`{}`: {problem}", asked.name);
        if let Some((name, Some(verb), _)) = self.spoken(&asked.name) {
            let mut args = arguments::parse(&asked.arguments).map_err(wrong)?;
            args.insert(VERB.to_owned(), verb.into());
            return self
                .understood(&FunctionCall { name: name.to_owned(), arguments: Value::Object(args).to_string() });
        }
        let function = self.all.iter().find(|function| function.name == asked.name);
        let function = function.ok_or_else(|| self.unknown(&asked.name))?;
        let call =
            |tool: &str, verb: &Verb, args| Asked::Act(Call { tool: tool.to_owned(), verb: verb.name.clone(), args });
        match &function.meaning {
            Meaning::Verb(tool, verb) => {
                let args = arguments::parse(&asked.arguments).and_then(|args| arguments::fit(args, &verb.schema));
                Ok(call(tool, verb, args.map_err(|problem| wrong(like(&problem, &signature(verb))))?))
            }
            Meaning::Tool(tool, verbs) => {
                let mut args = arguments::parse(&asked.arguments).map_err(wrong)?;
                let name = args.shift_remove(VERB).unwrap_or_default();
                if let Some(Value::Object(more)) = args.shift_remove(MORE) {
                    args.extend(more);
                }
                let verb = verbs.iter().find(|verb| name == *verb.name).ok_or_else(|| wrong(no_verb(&name, verbs)))?;
                let args = arguments::fit(args, &verb.schema);
                Ok(call(tool, verb, args.map_err(|problem| wrong(like(&problem, &signature(verb))))?))
            }
            Meaning::Control => {
                let args = arguments::parse(&asked.arguments)
                    .map(|args| answering(args, &function.schema))
                    .and_then(|args| arguments::fit(args, &function.schema))
                    .map_err(|problem| wrong(like(&problem, &arguments::shape(&function.schema))));
                ended(&function.name, args?, self.seen).map_err(wrong).map(Asked::End)
            }
        }
    }

    fn unknown(&self, name: &str) -> String {
        let names: Vec<_> = self.all.iter().map(|function| function.name.as_str()).collect();
        format!("there is no function `{}`; names must match exactly: `{}`", escaped(name), names.join("`, `"))
    }
}

/// What is wrong, and what would be right.
fn like(problem: &str, right: &str) -> String {
    format!("{problem}, as in `{right}`")
}

/// `args` with the answer in its place: models write its parts beside the evidence, or the one part alone.
fn answering(mut args: Map<String, Value>, schema: &Value) -> Map<String, Value> {
    let answer = schema.pointer("/properties/answer").unwrap_or(&Value::Null);
    let parts: Vec<_> = arguments::names(answer).into_iter().filter(|name| *name != "evidence").collect();
    let inner = match (args.shift_remove("answer"), parts.as_slice()) {
        (None, parts) => parts.iter().filter_map(|name| args.shift_remove_entry(*name)).collect(),
        (Some(part @ (Value::Number(_) | Value::Bool(_))), [name]) => Map::from_iter([((*name).to_owned(), part)]),
        (Some(Value::String(text)), [name]) if !text.trim_start().starts_with('{') => {
            Map::from_iter([((*name).to_owned(), text.into())])
        }
        (Some(answer), _) => {
            args.insert("answer".to_owned(), answer);
            return args;
        }
    };
    if !inner.is_empty() {
        args.insert("answer".to_owned(), inner.into());
    }
    args
}

/// The proposal of the control `name`. What has been `seen` is quoted, also if it stands there without marks.
fn ended(name: &str, mut args: Map<String, Value>, seen: Seen<'_>) -> Result<Proposal, String> {
    let mut take = |name: &str| args.shift_remove(name).unwrap_or_default();
    let text = |value: Value| value.as_str().unwrap_or_default().trim().to_owned();
    match name {
        DONE => match text(take("evidence")) {
            evidence if evidence.contains(['"', '\u{201c}', '`']) => {
                Ok(Proposal::Done { answer: take("answer"), evidence })
            }
            evidence if seen.holds(&evidence) => {
                Ok(Proposal::Done { answer: take("answer"), evidence: format!("\"{evidence}\"") })
            }
            _ => Err("`evidence` must quote what you have seen, in quotation marks: it says \"..\"".to_owned()),
        },
        ASK => match text(take("question")) {
            question if question.is_empty() => Err("the question is empty".to_owned()),
            question => Ok(Proposal::Ask(question)),
        },
        GIVE_UP => Ok(Proposal::Pass(text(take("why")))),
        _ => Err("it cannot stand in a list of steps".to_owned()),
    }
}

fn no_verb(name: &Value, verbs: &[Verb]) -> String {
    let names: Vec<_> = verbs.iter().map(|verb| verb.name.as_str()).collect();
    let names = names.join("`, `");
    match name {
        Value::Null => format!("`{VERB}` is missing; it is one of `{names}`"),
        Value::String(name) => format!("it cannot do `{}`, only `{names}`", escaped(name)),
        _ => format!("`{VERB}` must be one of `{names}`"),
    }
}

/// Escaped, so that a look-alike or a blank at the end can be seen.
fn escaped(name: &str) -> String {
    name.chars().take(80).flat_map(char::escape_default).collect()
}

/// The verbs with their arguments, such as `fill(target,text?,secret?)`, without those that are seldom needed.
fn signatures(verbs: &[Verb]) -> String {
    let mut out = String::from("One step:");
    for verb in verbs.iter().filter(|verb| !verb.rare) {
        let _ = write!(out, " {}", signature(verb));
    }
    if verbs.iter().any(|verb| verb.rare) {
        let _ = write!(out, "; rarer ones take theirs in `{MORE}`");
    }
    out
}

/// A verb with its arguments.
fn signature(verb: &Verb) -> String {
    let required = arguments::required(&verb.schema);
    let names = arguments::names(&verb.schema).into_iter();
    let names: Vec<_> =
        names.map(|name| if required.contains(&name) { name.to_owned() } else { format!("{name}?") }).collect();
    format!("{}({})", verb.name, names.join(","))
}

/// One schema for all of `verbs`. What each of them takes is checked once it is known which one it is.
fn joined(verbs: &[Verb]) -> Value {
    let names: Vec<_> = verbs.iter().map(|verb| verb.name.as_str()).collect();
    let mut properties = Map::from_iter([(VERB.to_owned(), json!({ "type": "string", "enum": names }))]);
    let common = verbs.iter().filter(|verb| !verb.rare);
    for (name, schema) in common.flat_map(|verb| arguments::properties(&verb.schema)) {
        let bare = schema.get("type").map_or_else(|| json!({}), |kind| json!({ "type": kind }));
        match properties.get_mut(name) {
            None => drop(properties.insert(name.clone(), bare)),
            Some(known) if *known != bare => *known = json!({}),
            Some(_) => {}
        }
    }
    if verbs.iter().any(|verb| verb.rare) {
        properties.insert(MORE.to_owned(), json!({ "type": "object" }));
    }
    json!({ "type": "object", "properties": properties, "required": [VERB] })
}

/// `name` in the characters that function names may have.
fn plain(name: &str) -> String {
    let allowed = |character: char| character.is_ascii_alphanumeric() || character == '_' || character == '-';
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

fn control(name: &str, about: &str, schema: Value) -> Function<'static> {
    Function { name: name.to_owned(), about: about.to_owned(), schema, meaning: Meaning::Control }
}

fn controls(output: Option<&Value>) -> [Function<'static>; 3] {
    [
        control(DONE, "The goal is reached, as seen. Alone.", done_schema(output)),
        control(ASK, "Asks the user. Alone.", one_text("question")),
        control(GIVE_UP, "It cannot be reached. Alone.", one_text("why")),
    ]
}

fn one_text(name: &str) -> Value {
    json!({ "type": "object", "properties": { name: { "type": "string" } }, "required": [name] })
}

/// The schema of `done`. Definitions move to its root, where references to them point.
fn done_schema(output: Option<&Value>) -> Value {
    let mut answer = output.cloned().unwrap_or_else(|| json!({ "type": "string" }));
    let definitions = ["$defs", "definitions"].map(|name| {
        let found = answer.as_object_mut().and_then(|answer| answer.remove(name));
        (name, found)
    });
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("$schema");
    }
    let evidence = json!({ "type": "string", "description": "what shows it, quoted" });
    let mut schema = json!({
        "type": "object",
        "properties": { "answer": answer, "evidence": evidence },
        "required": ["answer", "evidence"]
    });
    for (name, found) in definitions {
        if let (Some(found), Some(schema)) = (found, schema.as_object_mut()) {
            schema.insert(name.to_owned(), found);
        }
    }
    schema
}
