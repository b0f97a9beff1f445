//! Repetition as data: what a model may reply with in place of the same calls over and over, or of code.
//!
//! A program is a list of calls, done once for each row that matches, or again and again until a text shows. It is gone
//! through call by call, each a proposal like any other, and ends at the first surprise. Where it stands is kept in the
//! memo of each of its proposals, so that it follows from the view.

use lamassu_contract::{Advice, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::planner::{Proposal, Reply, Turn, View};

use super::{
    arguments, data,
    functions::{FunctionCall, Functions},
};

/// The name of its function.
pub(super) const REPEAT: &str = "repeat";
/// So often at most, and so many rows.
const MOST: usize = 50;
/// So many calls at most in one round.
const LONGEST: usize = 12;
/// What goals say that speak of more than a few things. Others are spared a function that every request has to tell.
const MANY: [&str; 20] = [
    "each",
    "every",
    "everything",
    "all",
    "until",
    "repeat",
    "alle",
    "allen",
    "jede",
    "jeden",
    "jedes",
    "jeder",
    "bis",
    "solange",
    "cada",
    "todos",
    "todas",
    "chaque",
    "tous",
    "toutes",
];

/// A repetition under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Program {
    /// The words of the rows that it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    rows: String,
    /// The text that ends it; it goes from row to row if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    until: String,
    /// The calls of one round.
    steps: Vec<(String, Map<String, Value>)>,
    /// The rows that are left, the one at hand first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left: Vec<Key>,
    /// How many calls of this round are done.
    #[serde(default)]
    at: usize,
    /// How many rounds are done.
    #[serde(default)]
    rounds: usize,
}

/// What a row is known by when its number has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Key {
    role: String,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    context: String,
}

/// What comes next of a program.
pub(super) enum Next {
    /// These calls; then it stands like that.
    Calls(Proposal, Program),
    /// Nothing, and why.
    End(String),
}

/// Whether `goal` speaks of so many things that a program may help.
pub(super) fn is_of_use(goal: &str) -> bool {
    let lower = goal.to_lowercase();
    let mut words = lower.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| MANY.contains(&word))
        || ["모든", "모두", "까지", "마다", "각각"].iter().any(|word| lower.contains(word))
}

/// What the function takes.
pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "rows": { "type": "string" },
            "until": { "type": "string" },
            "steps": { "type": "array", "items": { "type": "object" } }
        },
        "required": ["steps"]
    })
}

/// What the function is for.
pub(super) const ABOUT: &str = "Does `steps`, [{\"name\", \"arguments\"}], for each row with the words of `rows`, or again \
    until the text `until` shows. In arguments {row} is the row's number, {name} and {context} its words. Alone.";

impl Program {
    /// The program that `calls` ask for, if they do.
    ///
    /// # Errors
    ///
    /// What is wrong with it, for the model to read.
    pub(super) fn asked(calls: &[FunctionCall], view: &View<'_>) -> Result<Option<Self>, String> {
        let [call] = calls else {
            let among = calls.iter().any(|call| call.name == REPEAT);
            return if among { Err(format!("`{REPEAT}` must be the only call of its reply")) } else { Ok(None) };
        };
        if call.name != REPEAT || !is_of_use(view.goal) {
            return Ok(None);
        }
        let program = arguments::parse(&call.arguments)
            .and_then(|args| arguments::fit(args, &schema()))
            .and_then(|args| Self::read(&args))
            .and_then(|program| program.among(view));
        program.map(Some).map_err(|problem| format!("`{REPEAT}`: {problem}"))
    }

    fn read(args: &Map<String, Value>) -> Result<Self, String> {
        let text = |name: &str| args.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let steps = args.get("steps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if steps.is_empty() || steps.len() > LONGEST {
            return Err(format!("`steps` must be 1 to {LONGEST} calls"));
        }
        let steps = steps.iter().map(|step| read_step(step).ok_or("a step needs a `name`, and `arguments`".to_owned()));
        let steps = steps.collect::<Result<_, _>>()?;
        let (rows, until) = (text("rows"), text("until"));
        if rows.is_empty() && until.is_empty() {
            return Err("say for which `rows`, or `until` what shows".to_owned());
        }
        Ok(Self { rows, until, steps, left: Vec::new(), at: 0, rounds: 0 })
    }

    /// The program with the rows of `view` that it goes through.
    fn among(mut self, view: &View<'_>) -> Result<Self, String> {
        if !self.until.is_empty() {
            return Ok(self);
        }
        self.left = matching(view, &self.rows).map(Key::of).collect();
        let twice = |key: &Key| self.left.iter().filter(|other| *other == key).count() > 1;
        // Errors are the runtime's own words, so they quote no row.
        match self.left.len() {
            0 => Err(format!("no row has the words `{}`", data::line(&self.rows, 80))),
            count if count > MOST => Err(format!("{count} rows have these words; at most {MOST} can be gone through")),
            _ if self.left.iter().any(twice) => {
                Err("some of these rows cannot be told apart; give `until`, so that the first is taken each time"
                    .to_owned())
            }
            _ => Ok(self),
        }
    }

    /// What comes next, as `view` shows how things stand. Whether `until` shows is asked between rounds alone.
    ///
    /// # Errors
    ///
    /// What is wrong with its calls, for the model to read; only the first round can tell.
    pub(super) fn next(self, view: &View<'_>, functions: &Functions<'_>) -> Result<Next, String> {
        if self.at == 0
            && let Some(end) = self.end(view)
        {
            return Ok(Next::End(end));
        }
        let steps = self.steps.get(self.at..).unwrap_or_default();
        let numbered = steps.iter().any(|(_, args)| args.values().any(|value| mentions(value, "{row}")));
        let key = self.left.first().cloned();
        let row = match &key {
            Some(key) => {
                only(view.now.iter().filter_map(|look| look.page.as_ref()).flat_map(|page| &page.table.rows), key)
            }
            None => matching(view, &self.rows).next(),
        };
        if numbered && row.is_none() {
            let name = key.map_or_else(|| self.rows.clone(), |key| key.to_string());
            return Ok(Next::End(format!(
                "the row `{}` is not there any more, or is there twice",
                data::line(&name, 80)
            )));
        }
        let key = key.or_else(|| row.map(Key::of));
        let calls: Vec<_> = steps.iter().map(|(name, args)| filled(name, args, row, key.as_ref())).collect();
        match functions.read(&calls)? {
            proposal @ Proposal::Act(_) => Ok(Next::Calls(proposal, self)),
            _ => Err("its steps can only act, not end or ask".to_owned()),
        }
    }

    /// Why it is at its end, if it is.
    fn end(&self, view: &View<'_>) -> Option<String> {
        let rounds = self.rounds;
        if self.until.is_empty() {
            return self.left.is_empty().then(|| format!("all {rounds} rows are done"));
        }
        let lower = self.until.to_lowercase();
        if view.now.iter().any(|look| look.everything().to_lowercase().contains(&lower)) {
            return Some(format!("`{}` shows, after {rounds} rounds", data::line(&self.until, 80)));
        }
        if !self.rows.is_empty() && matching(view, &self.rows).next().is_none() {
            return Some(format!(
                "no row has the words `{}` any more, after {rounds} rounds",
                data::line(&self.rows, 80)
            ));
        }
        (rounds >= MOST)
            .then(|| format!("{rounds} rounds are done, and `{}` does not show", data::line(&self.until, 80)))
    }

    /// The program of the latest turn of `view` with what came of its calls; `None` if there is none, `Err` with what
    /// stopped it.
    pub(super) fn under_way(view: &View<'_>) -> Option<Result<Self, String>> {
        let turn = view.turns.last()?;
        let program: Self = serde_json::from_value(turn.planned.memo.get("program")?.clone()).ok()?;
        Some(program.after(turn))
    }

    fn after(mut self, turn: &Turn) -> Result<Self, String> {
        let Proposal::Act(calls) = &turn.planned.proposal else { return Err("it was broken off".to_owned()) };
        let (landed, rest): (Vec<_>, Vec<_>) = turn.results.iter().partition(|reply| matches!(reply, Reply::Landed(_)));
        let moved = matches!(landed.last(), Some(Reply::Landed(seen)) if seen.moved);
        if !rest.is_empty() || landed.len() < calls.len() && !moved {
            return Err(format!("a call did not go through, after {} whole rounds", self.rounds));
        }
        self.at += landed.len();
        if self.at >= self.steps.len() {
            self.at = 0;
            self.rounds += 1;
            if !self.left.is_empty() {
                self.left.remove(0);
            }
        }
        Ok(self)
    }

    /// How far it is, in a few words.
    pub(super) fn progress(&self) -> String {
        match self.left.len() {
            0 => format!("{REPEAT}, round {}", self.rounds + 1),
            left => format!("{REPEAT}, row {} of {}", self.rounds + 1, self.rounds + left),
        }
    }
}

impl Key {
    fn of(row: &Row) -> Self {
        Self { role: row.role.clone(), name: row.name.clone(), context: row.context.clone() }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} \"{}\"", self.role, self.name)?;
        if self.context.is_empty() { Ok(()) } else { write!(f, " ({})", self.context) }
    }
}

/// A step, however its name and arguments are spelled.
fn read_step(step: &Value) -> Option<(String, Map<String, Value>)> {
    let mut rest = step.as_object()?.clone();
    let name = ["name", "function", "do"].iter().find_map(|place| rest.shift_remove(*place))?;
    let inner = ["arguments", "parameters", "args", "input"].iter().find_map(|place| rest.shift_remove(*place));
    let args = match inner {
        None => rest,
        Some(Value::String(text)) => serde_json::from_str(&text).ok()?,
        Some(Value::Object(args)) => args,
        Some(_) => return None,
    };
    Some((name.as_str()?.to_owned(), args))
}

/// The rows of `view` that have all of `words` and would not be refused; none without words.
fn matching<'a>(view: &View<'a>, words: &str) -> impl Iterator<Item = &'a Row> {
    let words: Vec<_> = words.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let rows = view.now.iter().filter_map(|look| look.page.as_ref()).flat_map(|page| &page.table.rows);
    rows.filter(move |row| {
        let text = Key::of(row).to_string().to_lowercase();
        row.advice != Some(Advice::Refused)
            && !words.is_empty()
            && words.iter().all(|word| text.contains(word.as_str()))
    })
}

/// The one row of `rows` that is known by `key`.
fn only<'a>(rows: impl Iterator<Item = &'a Row>, key: &Key) -> Option<&'a Row> {
    let mut same = rows.filter(|row| Key::of(row) == *key);
    same.next().filter(|_| same.next().is_none())
}

fn mentions(value: &Value, place: &str) -> bool {
    match value {
        Value::String(text) => text.contains(place),
        Value::Array(values) => values.iter().any(|value| mentions(value, place)),
        Value::Object(map) => map.values().any(|value| mentions(value, place)),
        _ => false,
    }
}

/// The call of a step for a row.
fn filled(name: &str, args: &Map<String, Value>, row: Option<&Row>, key: Option<&Key>) -> FunctionCall {
    let number = row.map(|row| row.reference.to_string());
    let places = [
        ("{row}", number.as_deref()),
        ("{name}", key.map(|key| key.name.as_str())),
        ("{context}", key.map(|key| key.context.as_str())),
    ];
    let mut args = Value::Object(args.clone());
    fill(&mut args, &places);
    FunctionCall { name: name.to_owned(), arguments: args.to_string() }
}

fn fill(value: &mut Value, places: &[(&str, Option<&str>)]) {
    match value {
        Value::String(text) => *text = placed(text, places),
        Value::Array(values) => values.iter_mut().for_each(|value| fill(value, places)),
        Value::Object(map) => map.values_mut().for_each(|value| fill(value, places)),
        _ => {}
    }
}

/// `text` with each place filled in once, from left to right, so that what a page says is not filled in again.
fn placed(text: &str, places: &[(&str, Option<&str>)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let known = places.iter().find_map(|(place, value)| Some((from.strip_prefix(place)?, (*value)?)));
        let (value, left) = match known {
            Some((left, value)) => (value, left),
            None => from.split_at(1),
        };
        out.push_str(value);
        rest = left;
    }
    out + rest
}
