//! Signed-in sessions: the browser's cookies, kept for another run and taken up again.
//!
//! Whoever has a cookie is signed in, so the files are in a folder of their own that no planner
//! can read, and no value of a cookie is ever told.

use std::{
    collections::BTreeSet,
    io::Read as _,
    sync::Arc,
    time::{Duration, SystemTime},
};

use lamassu_contract::{Action, Call, Effect, Failure, FailureKind, Observation, Outcome};
use lamassu_files::{Limits, Mishap, Source, Target, Workspace};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    Options,
    deed::{Deed, whole},
    escape,
    fault::{Fault, in_doubt, not_sent},
    page::Place,
    session::Session,
    verbs,
};

/// The longest name of a session.
const LONGEST: usize = 64;
/// Sites that are told by name.
const TOLD: usize = 20;
/// What of a cookie is kept beside its name, value and where it belongs.
const KEPT: [&str; 8] = ["name", "value", "path", "secure", "httpOnly", "sameSite", "priority", "partitionKey"];

/// What to do with a session.
#[derive(Debug, Clone)]
pub(crate) enum SignIn {
    Save { name: String, target: Arc<Target> },
    Restore { name: String, source: Arc<Source> },
}

/// A session as it is kept.
#[derive(Serialize, Deserialize)]
struct Saved {
    /// When, in seconds since 1970.
    saved: u64,
    /// As `Storage.setCookies` takes them.
    cookies: Vec<Map<String, Value>>,
}

/// Describes `save_session` or `restore_session`.
///
/// # Errors
///
/// A [`Failure`] that tells the planner what to ask for instead.
pub(crate) async fn describe(session: Option<&mut Session>, call: &Call, options: &Options) -> Result<Action, Failure> {
    verbs::check(call)?;
    let name = plain(call.text("name")?)?;
    let path = options.sessions.as_ref().ok_or_else(|| {
        Failure::invalid("the browser has no folder for sessions; name one with `sessions` in the browser's options")
    })?;
    let folder = Workspace::private(path, Limits::default())
        .map_err(|error| Failure::new(FailureKind::OutOfBounds, error.to_string()))?;
    let place = match session {
        Some(session) => session.locate().await?,
        None if call.verb == "save_session" => {
            return Err(Failure::new(
                FailureKind::NotFound,
                "no page is open, so there is no session; `open` an address first",
            ));
        }
        None => Place::default(),
    };
    let file = format!("{name}.json");
    let (summary, deed) = if call.verb == "save_session" {
        let target = Arc::new(folder.target(&file)?.with_mode(0o600));
        (format!("save the signed-in session as `{name}`"), SignIn::Save { name, target })
    } else {
        let source = Arc::new(folder.source(&file).map_err(|failure| unknown(&folder, &name, failure))?);
        (format!("take up the signed-in session `{name}`"), SignIn::Restore { name, source })
    };
    let action = Action::new(call, Effect::Write, whole(&place)).summary(summary).handle(Deed::SignIn(deed));
    Ok(if place.page().is_some() { action.fact("origin", place.source()) } else { action })
}

fn plain(name: &str) -> Result<String, Failure> {
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '-' || character == '_';
    if name.is_empty() || name.len() > LONGEST || !name.chars().all(plain) {
        return Err(Failure::invalid(format!(
            "the name of a session has letters, digits, `-` and `_` only, at most {LONGEST} of them"
        )));
    }
    Ok(name.to_owned())
}

/// Which sessions there are instead.
fn unknown(folder: &Workspace, name: &str, failure: Failure) -> Failure {
    if failure.kind != FailureKind::NotFound {
        return failure;
    }
    let files = folder.folder(".").and_then(|folder| folder.names()).unwrap_or_default();
    let mut names: Vec<_> = files.iter().filter_map(|(file, _)| file.strip_suffix(".json")).collect();
    names.retain(|name| plain(name).is_ok());
    names.sort_unstable();
    let there = if names.is_empty() { "there is none".to_owned() } else { format!("there is {}", names.join(", ")) };
    Failure::new(FailureKind::NotFound, format!("no session is saved as `{name}`; {there}"))
}

/// Saves a session or takes one up.
pub(crate) async fn run(session: &mut Session, deed: SignIn) -> Outcome {
    if let Err(failure) = session.needs_devtools("a saved session") {
        return not_sent(failure);
    }
    match deed {
        SignIn::Save { name, target } => save(session, &name, &target).await,
        SignIn::Restore { name, source } => restore(session, &name, &source).await,
    }
}

async fn save(session: &mut Session, name: &str, target: &Target) -> Outcome {
    let cookies = match session.cdp("Storage.getCookies", json!({})).await {
        Ok(answer) => answer.get("cookies").and_then(Value::as_array).cloned().unwrap_or_default(),
        Err(fault) => return not_sent(fault),
    };
    let saved = now();
    let cookies: Vec<_> = cookies.iter().filter_map(Value::as_object).map(portable).collect();
    let cookies: Vec<_> = cookies.into_iter().filter(|cookie| lasts(cookie, saved)).collect();
    if cookies.is_empty() {
        return not_sent(Failure::new(FailureKind::NotFound, "there are no cookies, so there is no session to save"));
    }
    let told = told(&cookies);
    let text = json!(Saved { saved, cookies }).to_string();
    match target.put(&mut text.as_bytes()) {
        Ok(_) => Outcome::Landed(Observation::from_tool("browser", format!("saved {told} as `{name}`"))),
        Err(Mishap::Before(failure)) => Outcome::NotSent(failure),
        Err(Mishap::During(failure)) => Outcome::MayHaveLanded(failure),
    }
}

async fn restore(session: &mut Session, name: &str, source: &Source) -> Outcome {
    let kept = match read(source) {
        Ok(kept) => kept,
        Err(failure) => return not_sent(failure),
    };
    let now = now();
    let all = kept.cookies.len();
    let cookies: Vec<_> = kept.cookies.into_iter().filter(|cookie| lasts(cookie, now)).collect();
    let age = age(now.saturating_sub(kept.saved));
    if cookies.is_empty() {
        let message = format!("the session `{name}` was saved {age} ago, and all of it has expired; sign in again");
        return not_sent(Failure::new(FailureKind::Stale, message));
    }
    let told = told(&cookies);
    let expired = match all - cookies.len() {
        0 => String::new(),
        gone => format!("; {gone} more had expired"),
    };
    match session.cdp("Storage.setCookies", json!({ "cookies": cookies })).await {
        Ok(_) => {
            let words = format!(
                "took up `{name}`, saved {age} ago: {told}{expired}; `open` or `reload` a page to be signed in"
            );
            Outcome::Landed(Observation::from_tool("browser", words))
        }
        // What a driver says of cookies may repeat them.
        Err(Fault::Answer(_)) => {
            let message = format!("the browser did not take the session `{name}`; sign in and save it again");
            Outcome::MayHaveLanded(Failure::new(FailureKind::Remote, message))
        }
        Err(fault) => in_doubt(fault),
    }
}

fn read(source: &Source) -> Result<Saved, Failure> {
    let mut text = String::new();
    let odd = || Failure::invalid(format!("{} is not a saved session; save it again", source.name()));
    source.content()?.read_to_string(&mut text).map_err(|_| odd())?;
    serde_json::from_str(&text).map_err(|_| odd())
}

/// A cookie as it can be set again.
fn portable(cookie: &Map<String, Value>) -> Map<String, Value> {
    let kept = |name: &&str| Some(((*name).to_owned(), cookie.get(*name)?.clone()));
    let mut out: Map<_, _> = KEPT.iter().filter_map(kept).collect();
    let text = |name: &str| cookie.get(name).and_then(Value::as_str).unwrap_or_default();
    let domain = text("domain");
    if domain.starts_with('.') {
        out.insert("domain".to_owned(), domain.into());
    } else {
        // A cookie of one host alone has no domain; an address says which host.
        let secure = cookie.get("secure").and_then(Value::as_bool) == Some(true);
        let scheme = if secure { "https" } else { "http" };
        out.insert("url".to_owned(), format!("{scheme}://{domain}{}", text("path")).into());
    }
    // One without a date lasts as long as the browser.
    if let Some(expires) = cookie.get("expires").filter(|expires| expires.as_f64().is_some_and(|at| at > 0.0)) {
        out.insert("expires".to_owned(), expires.clone());
    }
    out
}

/// Whether a cookie has not expired.
fn lasts(cookie: &Map<String, Value>, now: u64) -> bool {
    cookie.get("expires").and_then(Value::as_f64).is_none_or(|expires| expires > now as f64)
}

/// How many cookies there are and of which sites; never what is in them.
fn told(cookies: &[Map<String, Value>]) -> String {
    let site = |cookie: &Map<String, Value>| {
        let text = |name: &str| cookie.get(name).and_then(Value::as_str);
        let host = || url::Url::parse(text("url")?).ok()?.host_str().map(str::to_owned);
        let domain = text("domain").map(|domain| domain.trim_start_matches('.').to_owned());
        domain.or_else(host).map(|site| escape::quoted(&site))
    };
    let sites: BTreeSet<_> = cookies.iter().filter_map(site).collect();
    let mut names: Vec<_> = sites.iter().take(TOLD).cloned().collect();
    if sites.len() > TOLD {
        names.push(format!("{} more sites", sites.len() - TOLD));
    }
    format!("{} cookie(s) of {}", cookies.len(), names.join(", "))
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

fn age(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..120 => (seconds, "seconds"),
        120..7200 => (seconds / 60, "minutes"),
        7200..172_800 => (seconds / 3600, "hours"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{number} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_cookie_of_one_host_stays_with_that_host() {
        let cookie = json!({
            "name": "sid", "value": "v", "domain": "shop.test", "path": "/a", "expires": -1, "size": 4,
            "httpOnly": true, "secure": true, "session": true, "sourcePort": 443
        });
        let wide =
            json!({ "name": "w", "value": "v", "domain": ".shop.test", "path": "/", "expires": 20.5, "secure": false });
        let expected = [
            json!({ "name": "sid", "value": "v", "path": "/a", "httpOnly": true, "secure": true, "url": "https://shop.test/a" }),
            json!({ "name": "w", "value": "v", "path": "/", "secure": false, "domain": ".shop.test", "expires": 20.5 }),
        ];
        assert_eq!([cookie, wide].map(|cookie| portable(&object(&cookie))), expected.map(|cookie| object(&cookie)));
    }

    #[test]
    fn a_cookie_lasts_until_its_date() {
        let cookies = [json!({ "expires": 20.5 }), json!({ "expires": 19 }), json!({})];
        assert_eq!(cookies.map(|cookie| lasts(&object(&cookie), 20)), [true, false, true]);
    }

    #[test]
    fn a_name_that_could_be_a_path_is_refused() {
        let long = "x".repeat(65);
        let names = ["", "..", "a/b", "a.json", "ä", "a b", &long, "shop-1_A"];
        assert_eq!(names.map(|name| plain(name).is_ok()), [false, false, false, false, false, false, false, true]);
    }

    #[test]
    fn an_age_is_told_in_words() {
        let ages = [5, 300, 7200, 90_000, 200_000].map(age);
        assert_eq!(ages, ["5 seconds", "5 minutes", "2 hours", "25 hours", "2 days"].map(str::to_owned));
    }
}
