//! Parts of a record in words and signs.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::Value;

use crate::visible;

/// A word with the colour that it is shown in: `good`, `warn`, `bad` or `plain`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Sign {
    tone: &'static str,
    word: String,
}

/// One argument of an action, and where it came from.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Argument {
    name: String,
    value: String,
    sources: Vec<String>,
    trusted: bool,
}

/// A place that actions reached.
#[derive(Debug, Serialize)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) actions: u64,
    /// Those of them that do more than read.
    pub(crate) changes: u64,
    pub(crate) bytes: u64,
}

impl Place {
    /// One action more.
    pub(crate) fn add(&mut self, changes: u64, bytes: u64) {
        self.actions += 1;
        self.changes += changes;
        self.bytes += bytes;
    }
}

impl Sign {
    pub(crate) fn new(tone: &'static str, word: &str) -> Self {
        Self { tone, word: word.to_owned() }
    }

    /// Whether it is a verdict that lets an action run.
    pub(crate) fn allows(&self) -> bool {
        self.word.starts_with("allowed")
    }

    /// Whether nothing is known.
    pub(crate) fn is_missing(&self) -> bool {
        self.word.is_empty()
    }

    /// Whether it says that something reached the world, or may have.
    pub(crate) fn reached(&self) -> bool {
        matches!(self.word.as_str(), "landed" | "in doubt")
    }
}

/// A text of the record, with nothing in it that cannot be seen.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    visible(value.pointer(pointer).and_then(Value::as_str).unwrap_or_default())
}

/// What the beginning of a run says of who, how and under which rules.
pub(crate) fn about(value: &Value) -> Vec<(&'static str, String)> {
    let pack = value.get("pack").map_or(String::new(), |pack| {
        let name = pack.get("ready").or_else(|| pack.get("folder")).and_then(Value::as_str).unwrap_or("none");
        let parameters = pack.get("parameters").and_then(Value::as_object).into_iter().flatten();
        let filled = parameters.map(|(name, entries)| {
            let entries = entries.as_array().into_iter().flatten().filter_map(Value::as_str);
            format!("{name}: {}", entries.collect::<Vec<_>>().join(", "))
        });
        visible(&std::iter::once(name.to_owned()).chain(filled).collect::<Vec<_>>().join("; "))
    });
    let rows = [
        ("planned by", text(value, "/planner")),
        ("acting for", text(value, "/user")),
        ("judged by", pack),
        ("autonomy", text(value, "/autonomy")),
    ];
    rows.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// The page that a look shows.
pub(crate) fn page(value: &Value) -> Option<String> {
    let glances = value.get("glances")?.as_array()?;
    let page = glances.iter().find_map(|glance| glance.pointer("/seen/Ok/page"))?;
    Some(format!("{} \u{2014} {}", text(page, "/title"), text(page, "/url")))
}

/// What was judged, or what was asked for if that is no action.
pub(crate) fn summary(value: &Value) -> String {
    let line = text(value, "/action/summary");
    if !line.is_empty() {
        return line;
    }
    let asked = format!("{}.{}", text(value, "/call/tool"), text(value, "/call/verb"));
    match text(value, "/failure/message") {
        problem if problem.is_empty() => asked,
        problem => format!("{asked}: {problem}"),
    }
}

pub(crate) fn verdict(word: &str) -> Sign {
    match word {
        "go" => Sign::new("good", "allowed"),
        "hold" => Sign::new("warn", "held"),
        "stop" => Sign::new("bad", "refused"),
        _ => Sign::new("warn", "makes no sense"),
    }
}

pub(crate) fn end(status: &str) -> Sign {
    let tone = match status {
        "done" => "good",
        "failed" | "refused" => "bad",
        _ => "warn",
    };
    Sign::new(tone, &status.replace('_', " "))
}

/// The arguments with their sources. One without a source is the planner's own.
pub(crate) fn arguments(value: &Value) -> Vec<Argument> {
    let args = value.pointer("/action/args").and_then(Value::as_object).into_iter().flatten();
    args.map(|(name, argument)| {
        let labels: Vec<_> = argument.get("label").and_then(Value::as_array).into_iter().flatten().collect();
        let value = argument.get("value").unwrap_or(&Value::Null);
        Argument {
            name: visible(name),
            value: visible(&value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
            sources: labels.iter().map(|label| source(label)).collect(),
            trusted: labels.iter().all(|label| matches!(text(label, "/kind").as_str(), "goal" | "input" | "secret")),
        }
    })
    .collect()
}

fn source(label: &Value) -> String {
    match (text(label, "/kind").as_str(), text(label, "/of")) {
        ("goal", _) => "the goal".to_owned(),
        ("model", _) => "the planner".to_owned(),
        ("input", of) => format!("your input {of}"),
        (kind, of) => format!("the {kind} {of}"),
    }
}

/// What came of an action, and what was seen.
pub(crate) fn outcome(value: &Value) -> (Sign, String) {
    let at = |path: &str| value.pointer(path).and_then(Value::as_str).map(visible);
    let outcome = "/tried/outcome";
    if let Some(seen) = at(&format!("{outcome}/landed/content")) {
        return (Sign::new("good", "landed"), seen);
    }
    if let Some(why) = at(&format!("{outcome}/not_sent/message")) {
        return (Sign::new("warn", "not done"), why);
    }
    let why = at(&format!("{outcome}/may_have_landed/message")).or_else(|| at("/found/words"));
    (Sign::new("bad", "in doubt"), why.unwrap_or_default())
}

/// Where an action leads: an origin, an address, a folder.
pub(crate) fn target(value: &Value) -> Option<String> {
    let resource = value.pointer("/action/resource")?;
    let origin = |url: &Value| Some(url::Url::parse(url.as_str()?).ok()?.origin().ascii_serialization());
    if let Some(url) = resource.get("url") {
        return origin(url);
    }
    if let Some(element) = resource.get("element") {
        let form = element.pointer("/form/action").filter(|_| effect_sends(value));
        return form.or_else(|| element.get("link")).or_else(|| element.get("page")).and_then(origin);
    }
    None
}

/// Whether the action sends what is in a form.
fn effect_sends(value: &Value) -> bool {
    matches!(text(value, "/action/effect").as_str(), "egress" | "consequential" | "irreversible")
}

/// The pictures of an outcome, by hash.
pub(crate) fn pictures(value: &Value) -> Vec<String> {
    let pictures = value.pointer("/tried/outcome/landed/pictures").and_then(Value::as_array).into_iter().flatten();
    pictures.map(|picture| text(picture, "/png")).collect()
}

/// A picture as an address that needs no other file.
pub(crate) fn drawn(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(png))
}

pub(crate) fn moment(millis: u64) -> String {
    let at = jiff::Timestamp::from_millisecond(i64::try_from(millis).unwrap_or(0)).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[expect(clippy::cast_precision_loss, reason = "a run does not last 285,000 years")]
pub(crate) fn seconds(millis: u64) -> String {
    format!("{:.1} s", millis as f64 / 1000.0)
}
