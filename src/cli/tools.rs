//! `lamassu tools`: what there is and what it can be asked for.

use std::path::Path;

use serde_json::{Value, json};

use super::{
    args,
    complaint::Complaint,
    progress::{CYAN, DIM, paint},
    say,
};
use crate::{Tool, Verb, files, http};

pub(super) fn tools(args: &args::Tools) -> Result<u8, Complaint> {
    let tools = all()?;
    if args.json {
        let shown: Vec<_> = tools.iter().map(|(tool, verbs)| json!({ "tool": tool, "verbs": verbs })).collect();
        say(Value::Array(shown));
        return Ok(0);
    }
    for (tool, verbs) in tools {
        for verb in verbs {
            let name = format!("{tool}.{}", verb.name);
            say(format!(
                "{} {}  {}",
                paint(CYAN, &format!("{name:20}")),
                paint(DIM, &format!("{:13}", verb.effect)),
                verb.about
            ));
            let arguments = arguments(&verb);
            if !arguments.is_empty() {
                say(format!("{:36}{}", "", paint(DIM, &arguments)));
            }
        }
    }
    Ok(0)
}

pub(super) fn all() -> Result<Vec<(String, Vec<Verb>)>, Complaint> {
    // A folder that certainly exists: only the verbs are asked for.
    let files = files::FilesTool::open(Path::new("."), files::Limits::default()).map_err(Complaint::failed)?;
    let http = http::HttpTool::new(http::Limits::default());
    let tools: Vec<Box<dyn Tool>> = vec![
        #[cfg(feature = "browser")]
        Box::new(crate::browser::BrowserTool::new(crate::browser::Options::default())),
        Box::new(files),
        Box::new(http),
    ];
    Ok(tools.iter().map(|tool| (tool.name().to_owned(), tool.verbs())).collect())
}

/// `url, headers?`: the arguments, those that may be left out with a question mark.
fn arguments(verb: &Verb) -> String {
    let required = verb.schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let properties = verb.schema.get("properties").and_then(Value::as_object);
    let names = properties.into_iter().flat_map(|map| map.keys());
    let names = names.map(|name| if required.contains(&json!(name)) { name.clone() } else { format!("{name}?") });
    names.collect::<Vec<_>>().join(", ")
}
