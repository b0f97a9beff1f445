//! The policy as a whole, asked through the gate as the runtime asks.

mod abuse;
mod approval;
mod consent;
mod hostile;
mod learned;
mod loading;
mod pages;
mod trial;
mod turned;

use std::{collections::BTreeMap, sync::Arc};

use lamassu_contract::{
    Action, Call, Effect, Element, Form, Gate, Mode, Observation, Provenance, Resource, Secret, Standing, Vault,
    Verdict,
};
use url::Url;

use super::{CedarPolicy, Pack};

/// A verdict with the ids of the rules that decided.
fn told(verdict: Verdict) -> (&'static str, Vec<String>) {
    let (word, rules) = match verdict {
        Verdict::Go(permit) => ("go", permit.rules().to_vec()),
        Verdict::Hold(held) => ("hold", held.rules().to_vec()),
        Verdict::Stop(refusal) => ("stop", refusal.rules),
    };
    (word, rules.into_iter().map(|rule| rule.id).collect())
}

fn loaded(pack: &Pack) -> CedarPolicy {
    CedarPolicy::load(pack, &[]).unwrap_or_else(|error| panic!("{error}"))
}

fn gate(pack: &Pack) -> Gate {
    let vault = Vault::default().with("pin", Secret::new("s3cret!").at("https://example.com"));
    Gate::new(Arc::new(loaded(pack)), Arc::new(vault))
}

/// The ready pack `name` with `https://example.com` as its only site.
fn example(name: &str) -> Pack {
    Pack::ready(name).with("sites", ["https://example.com"])
}

fn standing() -> Standing {
    Standing { steps: 3, seconds: 9, now: 1_700_000_000_000, ..Standing::new("run-1", "lamassu", "ann", Mode::Script) }
}

fn url(text: &str) -> Url {
    text.parse().unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

fn open(address: &str) -> Action {
    let url = url(address);
    Action::new(&Call::new("browser", "open"), Effect::Egress, Resource::Url(url.clone())).arg("url", url.as_str())
}

fn request(method: &str, address: &str) -> Action {
    Action::new(&Call::new("http", "request"), Effect::Egress, Resource::Url(url(address))).fact("method", method)
}

/// What a page loads by itself, where it can be seen.
fn load(method: &str, destination: &str, address: &str) -> Action {
    let call = Call::new("browser", "subresource");
    let action = Action::new(&call, Effect::Egress, Resource::Url(url(address)));
    action.fact("method", method).fact("destination", destination).fact("inspected", true)
}

/// A small generator, so that the same texts come up in every test run.
fn random(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap_or(0) % below
}

/// A text field on `page` in a form that is sent to `target`.
fn field(page: &str, target: &str) -> Resource {
    Resource::Element(Box::new(Element {
        page: url(page),
        origin: url(page).origin().ascii_serialization(),
        role: "textbox".to_owned(),
        name: "Address".to_owned(),
        link: None,
        form: Some(Form { action: url(target), method: "post".to_owned() }),
        secret_field: false,
        field: None,
    }))
}

fn fill(field: Resource, text: &str) -> Action {
    Action::new(&Call::new("browser", "fill").with("text", text), Effect::Write, field)
}

/// What a run knows that was told "ship to 1 Ziggurat Street" and has read `seen` at the site.
fn knows(seen: &str) -> Provenance {
    let mut run = Provenance::new("ship to 1 Ziggurat Street", &BTreeMap::new());
    run.witness(&Observation::from_page("https://example.com", seen), 1);
    run
}
