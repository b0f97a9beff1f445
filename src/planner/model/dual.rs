//! Planning without reading: a planner that sees no text of others, and readers that have no tools.
//!
//! The planner knows the goal, what it did, and how that went in the runtime's own words. What it wants to know of a
//! page it asks a reader, who can do nothing but answer, with one value of the kind that was asked for. Numbers, choices
//! and the like come back to the planner; a text does not. The planner writes its name, `{{name}}`, and the text itself
//! stands in the call that is judged, where it is traced to its page like any other. Text is only taken if it stands
//! there word for word. The idea is from Willison's dual model pattern and from CaMeL (arXiv 2503.18813).

use std::{collections::BTreeMap, fmt::Write as _};

use lamassu_contract::{Call, Effect, FailureKind, Kind as Taken, Verb};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::planner::{Offer, Planned, Planner as _, PlannerError, Proposal, Reply, Turn, Usage, View};

use super::{
    Model, arguments, data,
    dialect::Dialect,
    functions::Functions,
    prompt::{self, Saying},
    reply,
    seen::Seen,
    wire::Message,
};

/// What is asked of readers, as a tool is.
const READER: &str = "reader";
/// So often may be read for one proposal.
const ROUNDS: usize = 6;
/// The rules of a planner that does not read.
const SYSTEM: &str = include_str!("dual.md");

static NOTHING: BTreeMap<String, String> = BTreeMap::new();

/// What a reader found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Known {
    /// What was asked.
    question: String,
    kind: Kind,
    /// Nothing, if it does not stand there.
    value: Value,
    /// Where it stands.
    from: String,
}

/// A kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Text,
    Number,
    Flag,
    Element,
}

impl Kind {
    const NAMES: [(&str, Self); 4] =
        [("text", Self::Text), ("number", Self::Number), ("flag", Self::Flag), ("element", Self::Element)];

    fn named(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find_map(|(known, kind)| (known == name).then_some(kind))
    }

    fn name(self) -> &'static str {
        Self::NAMES.into_iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// The JSON type of an answer, and what a reader is told of it.
    fn form(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("string", "Answer with the words exactly as they stand there"),
            Self::Number => ("number", "Answer with the number alone"),
            Self::Flag => ("boolean", "Answer with true or false"),
            Self::Element => ("integer", "Answer with the number in brackets before the element"),
        }
    }

    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Flag => value.is_boolean(),
            Self::Element => value.is_u64(),
        }
    }
}

/// Everything that was read so far, by name.
type Values = BTreeMap<String, Known>;

/// What `planner` proposes without having read what `readers` read for it.
pub(super) async fn plan(planner: &Model, readers: &[&Model], view: &View<'_>) -> Result<Planned, PlannerError> {
    let tools: Vec<_> = view.tools.iter().map(named).chain([offer()]).collect();
    let output = view.output.map(relaxed);
    let open = View { tools: &tools, output: output.as_ref(), pictures: &[], ..*view };
    // `repeat` goes by the words of rows, so a planner that reads none is not offered it.
    let functions = Functions::of(&View { goal: "", ..open });
    let (mut values, mut usage, mut problem) = (known(view), Usage::default(), None::<String>);
    for _ in 0..ROUNDS {
        let tell = |dialect: Dialect, wrong: Option<&str>| {
            messages(&open, &functions, dialect, &values, wrong.or(problem.as_deref()))
        };
        let read_calls = |message: Message, dialect: Dialect| {
            let calls = reply::calls(&message, &functions, dialect)?;
            Ok((functions.read(&calls)?, super::beside(message)))
        };
        let ((proposal, said), spent) = planner.converse(&functions, (&tell, &read_calls)).await?;
        usage += spent;
        let (questions, rest) = parted(proposal);
        for question in &questions {
            problem = match Wanted::of(question) {
                Ok(wanted) => {
                    let (found, spent) = read(readers, view, &wanted).await?;
                    usage += spent;
                    values.insert(wanted.name, found);
                    None
                }
                Err(wrong) => Some(wrong),
            };
        }
        let Some(proposal) = rest.filter(|_| problem.is_none() || questions.is_empty()) else { continue };
        match filled(&proposal, &values, view.tools) {
            Ok(filled) => {
                let wrote = wrote(&proposal, &functions);
                let mut memo = prompt::memo(view, &Saying::default());
                if let Value::Object(memo) = &mut memo {
                    memo.insert("values".to_owned(), json!(values));
                    memo.insert("wrote".to_owned(), json!(wrote));
                }
                return Ok(Planned { why: data::line(&said, 300), usage, memo, ..filled.into() });
            }
            Err(wrong) => problem = Some(wrong),
        }
    }
    Err(PlannerError::Nonsense(problem.unwrap_or_else(|| format!("it has read {ROUNDS} times and done nothing"))))
}

/// `offer` with verbs that take the name of a value in place of a number and the like.
fn named(offer: &Offer) -> Offer {
    let mut offer = offer.clone();
    for verb in &mut offer.verbs {
        let properties = verb.schema.get_mut("properties").and_then(Value::as_object_mut);
        for property in properties.into_iter().flat_map(|properties| properties.values_mut()) {
            if let Some(kind) = property.get_mut("type").filter(|kind| kind.is_string() && *kind != "string") {
                *kind = json!([kind, "string"]);
            }
        }
    }
    offer
}

/// The reader, as a tool of one verb.
fn offer() -> Offer {
    let about = "Has somebody read what stands on the page or came back last, for one value. Write {{name}} to use it.";
    let verb = Verb::new("read", Effect::Read, about)
        .needs("name", Taken::Text, "what the value is to be called, in small letters")
        .needs("question", Taken::Text, "what is wanted, such as the price of the blue mug")
        .needs("kind", Taken::Text, "text, number, flag or element");
    Offer { tool: READER.to_owned(), verbs: vec![verb] }
}

/// A question to a reader.
struct Wanted {
    name: String,
    question: String,
    kind: Kind,
}

impl Wanted {
    fn of(call: &Call) -> Result<Self, String> {
        let text = |name: &str| call.args.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let (name, question) = (text("name"), text("question"));
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            return Err("the `name` of a value is made of letters, digits and `_`".to_owned());
        }
        let kind =
            Kind::named(&text("kind")).ok_or("the `kind` of a value is `text`, `number`, `flag` or `element`")?;
        Ok(Self { name, question, kind })
    }
}

/// The questions at the front of `proposal`, and what is left of it. What comes after a later question waits for it.
fn parted(proposal: Proposal) -> (Vec<Call>, Option<Proposal>) {
    let Proposal::Act(calls) = proposal else { return (Vec::new(), Some(proposal)) };
    let asks = |call: &Call| call.tool == READER;
    let questions: Vec<_> = calls.iter().take_while(|call| asks(call)).cloned().collect();
    let acts: Vec<_> = calls.into_iter().skip(questions.len()).take_while(|call| !asks(call)).collect();
    (questions, Some(acts).filter(|acts| !acts.is_empty()).map(Proposal::Act))
}

/// What the first of `readers` that answers finds.
async fn read(readers: &[&Model], view: &View<'_>, wanted: &Wanted) -> Result<(Known, Usage), PlannerError> {
    let (kind, how) = wanted.kind.form();
    let goal = format!("Tell {}. {how}; give up if it does not stand there.", wanted.question);
    let output = json!({ "type": kind });
    let open = View {
        goal: &goal,
        at: None,
        inputs: &NOTHING,
        output: Some(&output),
        tools: &[],
        rules: "",
        secrets: &[],
        ..*view
    };
    let mut last = PlannerError::Setup("there is no model to read".to_owned());
    for reader in readers {
        match reader.propose(&open).await {
            Ok(planned) => return Ok((found(planned.proposal, view, wanted), planned.usage)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// What `proposal` of a reader comes to: a value of the kind that was asked for, and nothing else.
fn found(proposal: Proposal, view: &View<'_>, wanted: &Wanted) -> Known {
    let Wanted { question, kind, .. } = wanted;
    let answer = match proposal {
        Proposal::Done { answer, .. } if kind.fits(&answer) => Some(answer),
        _ => None,
    };
    let place = answer.as_ref().and_then(|answer| match answer {
        Value::String(text) => Seen::of(view).place(text),
        _ => view.now.first().map(|look| look.label().to_string()).or_else(|| Some("what came back".to_owned())),
    });
    let value = answer.filter(|_| place.is_some()).unwrap_or_default();
    Known { question: question.clone(), kind: *kind, value, from: place.unwrap_or_default() }
}

/// What is known from earlier turns. Elements hold until the page moves.
fn known(view: &View<'_>) -> Values {
    let kept = |turn: &Turn| Values::deserialize(turn.planned.memo.get("values")?).ok();
    let newest = view.turns.iter().enumerate().rev().find_map(|(index, turn)| Some((index, kept(turn)?)));
    let (index, mut values) = newest.unwrap_or_default();
    let moves = |reply: &Reply| matches!(reply, Reply::Landed(seen) if seen.moved);
    if view.turns.iter().skip(index).flat_map(|turn| &turn.results).any(moves) {
        values.retain(|_, known| known.kind != Kind::Element);
    }
    values
}

/// `output` with whatever value in each property: the planner writes names, and what they stand for is checked later.
fn relaxed(output: &Value) -> Value {
    let mut output = output.clone();
    match output.get_mut("properties").and_then(Value::as_object_mut) {
        Some(properties) => properties.values_mut().for_each(|property| *property = json!({})),
        None => output = json!({}),
    }
    output
}

/// `proposal` with the values in the place of their names, each in the type that `tools` ask for.
fn filled(proposal: &Proposal, values: &Values, tools: &[Offer]) -> Result<Proposal, String> {
    let text = |text: &str| match put(text, values)? {
        Value::String(text) => Ok(text),
        other => Ok::<_, String>(other.to_string()),
    };
    Ok(match proposal {
        Proposal::Act(calls) => {
            let put = |call: &Call| {
                let args = call.args.iter().map(|(name, value)| {
                    let value = match deep(value, values)? {
                        // A number in the place of a text is meant as one; what is to be a number is made one below.
                        number @ Value::Number(_) if value.is_string() => number.to_string().into(),
                        other => other,
                    };
                    Ok((name.clone(), value))
                });
                let args = args.collect::<Result<Map<_, _>, String>>()?;
                let offer = tools.iter().find(|offer| offer.tool == call.tool);
                let verb = offer.and_then(|offer| offer.verbs.iter().find(|verb| verb.name == call.verb));
                let args = match verb {
                    Some(verb) => arguments::fit(args, &verb.schema)
                        .map_err(|problem| format!("`{}`, as filled in: {problem}", call.name()))?,
                    None => args,
                };
                Ok::<_, String>(Call { args, ..call.clone() })
            };
            Proposal::Act(calls.iter().map(put).collect::<Result<_, _>>()?)
        }
        Proposal::Ask(question) => Proposal::Ask(text(question)?),
        Proposal::Done { answer, evidence } => {
            Proposal::Done { answer: deep(answer, values)?, evidence: text(evidence)? }
        }
        Proposal::Pass(why) => Proposal::Pass(why.clone()),
    })
}

fn deep(value: &Value, values: &Values) -> Result<Value, String> {
    match value {
        Value::String(text) => put(text, values),
        Value::Array(items) => items.iter().map(|item| deep(item, values)).collect(),
        Value::Object(map) => map.iter().map(|(name, value)| Ok((name.clone(), deep(value, values)?))).collect(),
        other => Ok(other.clone()),
    }
}

/// `text` with the values in the place of their names; the value itself, if it is nothing but a name. What was filled in
/// is not looked at again.
fn put(text: &str, values: &Values) -> Result<Value, String> {
    let mut parts = text.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").ok_or("a name in `{{` is not closed")?;
        let known = values.get(name.trim()).map(|known| &known.value).filter(|value| !value.is_null());
        let value = known.ok_or_else(|| format!("nothing is known as `{}`; read it first", data::line(name, 40)))?;
        if out.is_empty() && rest.is_empty() && text.matches("{{").count() == 1 {
            return Ok(value.clone());
        }
        match value {
            Value::String(text) => out.push_str(text),
            other => out.push_str(&other.to_string()),
        }
        out.push_str(rest);
    }
    Ok(out.into())
}

/// What the planner wrote, call by call, with names and not with what they stand for.
fn wrote(proposal: &Proposal, functions: &Functions<'_>) -> Vec<String> {
    match proposal {
        Proposal::Act(calls) => calls.iter().map(|call| functions.retold(call)).collect(),
        Proposal::Ask(question) => vec![format!("ask {}", json!({ "question": question }))],
        Proposal::Done { answer, .. } => vec![format!("done {}", json!({ "answer": answer }))],
        Proposal::Pass(_) => Vec::new(),
    }
}

/// The messages for the planner: nothing in them was written by others.
fn messages(
    view: &View<'_>,
    functions: &Functions<'_>,
    dialect: Dialect,
    values: &Values,
    problem: Option<&str>,
) -> [Value; 2] {
    let system = format!("{}{}", SYSTEM.trim_end(), dialect.rules(functions));
    let mut story = prompt::task(view);
    for (number, turn) in (1..).zip(view.turns) {
        let _ = write!(story, "\n\n{number}. {}", retold(turn));
    }
    for (name, Known { question, kind, value, .. }) in values {
        let told = match value {
            Value::Null => "not found".to_owned(),
            Value::String(_) => "a text".to_owned(),
            other => other.to_string(),
        };
        let _ = write!(story, "\n\n{{{{{name}}}}} ({}: {}): {told}", kind.name(), data::line(question, 200));
    }
    for look in view.now {
        let told = match &look.page {
            Some(page) => format!("a page with {} elements", page.table.rows.len()),
            None => "no page".to_owned(),
        };
        let _ = write!(story, "\n\nNow: {told}");
    }
    if let Some(problem) = problem {
        let _ = write!(story, "\n\nYour last reply was not used, and nothing of it was done: {problem}\nReply again.");
    }
    [json!({ "role": "system", "content": system }), json!({ "role": "user", "content": story })]
}

/// One turn in words that nobody else has a say in.
fn retold(turn: &Turn) -> String {
    let wrote = turn.planned.memo.get("wrote").and_then(|wrote| Vec::<String>::deserialize(wrote).ok());
    let calls = wrote.unwrap_or_else(|| match &turn.planned.proposal {
        // What another planner wrote may hold what it read.
        Proposal::Act(calls) => calls.iter().map(Call::name).collect(),
        _ => vec!["something else".to_owned()],
    });
    let results = turn.results.iter().map(|reply| came(reply, &turn.planned.proposal));
    calls.into_iter().chain(results).collect::<Vec<_>>().join("\n")
}

/// What came of `proposal`.
fn came(reply: &Reply, proposal: &Proposal) -> String {
    match reply {
        Reply::Landed(seen) if seen.moved => "done; it has moved the page".to_owned(),
        Reply::Landed(_) => "done".to_owned(),
        Reply::Failed(failure) => match failure.kind {
            FailureKind::Invalid => "not done: the call was wrong".to_owned(),
            FailureKind::NotFound | FailureKind::Stale => "not done: there is no such thing on the page now".to_owned(),
            FailureKind::Refused | FailureKind::OutOfBounds => "refused, which is final".to_owned(),
            FailureKind::Limit | FailureKind::Remote | FailureKind::Lost => "not done".to_owned(),
        },
        Reply::InDoubt(_) => "it may have happened, nobody can tell; have it looked at before you go on".to_owned(),
        Reply::Refused(refusal) => {
            let rules: Vec<_> = refusal.rules.iter().map(|rule| rule.id.as_str()).collect();
            format!("refused by `{}`, which is final", rules.join("`, `"))
        }
        Reply::Said(words) if matches!(proposal, Proposal::Ask(_)) => {
            format!("the user answers: {}", data::line(words, 2_000))
        }
        Reply::Said(_) => "not accepted: nothing that was seen bears it out, or it has the wrong shape".to_owned(),
        Reply::Stuck(_) => "this leads nowhere new; go another way".to_owned(),
    }
}
