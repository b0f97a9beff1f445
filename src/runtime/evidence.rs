//! Whether what a planner says of the end is borne out by what the runtime itself has seen.
//!
//! A page can say that an order was placed, and a model can believe it, or make it up. So the end is held against the
//! requests that were seen on the way to their servers and against everything that was observed.

use std::net::IpAddr;

use lamassu_contract::{Exchange, Observation, Provenance, Source};
use serde_json::Value;
use url::Url;

use super::{
    counts::contradiction,
    run::Run,
    state::State,
    wording::{MARKS, asks_for_deeds, plain},
};
use crate::planner::{Proposal, Reply};

/// What speaks against an end, or beside it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// What is not so, or that nothing shows it; one sentence each.
    pub(super) against: Vec<String>,
    /// Numbers of the answer, and sums in the evidence, that stand nowhere; they may have been counted or added up.
    pub(super) reckoned: Vec<String>,
}

impl Run {
    /// What speaks against the end that is claimed by `answer` and `evidence`.
    pub(super) fn examine(&self, answer: &Value, evidence: &str) -> Findings {
        let state = &self.state;
        let mut findings = Findings::default();
        findings.against.extend(state.failed.iter().map(refused));
        let quotes = quotes(evidence);
        for quote in quotes.iter().filter(|quote| !seen(state, quote)) {
            findings.against.push(format!("the evidence quotes `{quote}`, which was never seen"));
        }
        let believed = findings.against.is_empty() && !quotes.is_empty();
        if believed && anything(state) && !quotes.iter().any(|quote| shown(state, quote)) {
            findings.against.push("the evidence quotes what the user said, and nothing that was seen".to_owned());
        }
        if quotes.is_empty() && state.doubted.is_some() {
            findings.against.push("the evidence quotes nothing that was seen".to_owned());
        }
        for value in values(answer).into_iter().filter(|value| !seen(state, value)) {
            if is_number(&value) {
                findings.reckoned.push(value);
            } else {
                findings.against.push(format!("`{value}` in the answer was never seen"));
            }
        }
        let spoken = spoken(answer);
        findings.against.extend(contradiction(&spoken, &quotes));
        self.examine_words(&spoken, &plain(evidence), &mut findings);
        findings
    }

    /// What speaks against the plain words of the end: of the answer, and of the evidence beside what it quotes.
    fn examine_words(&self, answer: &str, evidence: &str, findings: &mut Findings) {
        let state = &self.state;
        for value in telling(evidence).filter(|value| !seen(state, value)) {
            match is_number(&value) {
                false => findings.against.push(format!("`{value}` in the evidence was never seen")),
                // Steps and things are counted in small numbers.
                true if value.len() > 2 && !findings.reckoned.contains(&value) => findings.reckoned.push(value),
                true => {}
            }
        }
        for (text, place) in [(answer, "answer"), (evidence, "evidence")] {
            let unknown = state.heard.unknown_names(text);
            findings.against.extend(unknown.iter().map(|name| format!("`{name}` in the {place} was never seen")));
        }
        let deed = [evidence, answer].into_iter().find_map(|text| state.heard.unknown_deed(text));
        if let Some(deed) = deed.filter(|_| asks_for_deeds(&self.goal.text) && !state.has_acted) {
            findings.against.push(format!("it says `{deed}`, but this run has done nothing except look"));
        }
    }
}

/// Takes note in `failed` of what `observation` says was sent and not accepted. The same request accepted later makes
/// that good; what pages report to others, such as counters of visits, is not what anybody wanted.
pub(super) fn weigh(failed: &mut Vec<Exchange>, observation: &Observation) {
    for request in &observation.requests {
        let place = place(&request.url);
        failed.retain(|other| other.method != request.method || self::place(&other.url) != place);
        let error = request.status.is_some_and(|status| status >= 400);
        if error && observation.label().sources().any(|source| concerns(source, &request.url)) {
            failed.push(request.clone());
        }
    }
}

/// An address without what is asked of it.
fn place(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// Whether a request to `url` is an affair of the page at `source`: its host, or one that shares its last two names.
fn concerns(source: &Source, url: &str) -> bool {
    let Source::Page(page) = source else { return true };
    let site = |url: &str| {
        let host = Url::parse(url).ok()?.host_str()?.to_owned();
        let names: Vec<_> = host.rsplit('.').take(2).map(str::to_owned).collect();
        Some(if host.parse::<IpAddr>().is_ok() { vec![host] } else { names })
    };
    site(page) == site(url)
}

/// That a server did not take what was sent to it.
fn refused(request: &Exchange) -> String {
    let Exchange { method, url, status } = request;
    let status = status.unwrap_or_default();
    format!("`{method} {url}` was answered with {status}, so it was not accepted, whatever the page says")
}

/// Whether `text` stands in anything that was seen, or that the user has said.
fn seen(state: &State, text: &str) -> bool {
    let mut pieces =
        text.split('\u{2026}').flat_map(|piece| piece.split("...")).filter(|piece| !piece.trim().is_empty());
    pieces.all(|piece| stands(&state.provenance, piece) || said(state, piece))
}

/// Whether anything was observed at all.
fn anything(state: &State) -> bool {
    state.provenance.taints().next().is_some()
}

/// Whether `text` stands in something that was observed, wherever else it may stand too.
fn shown(state: &State, text: &str) -> bool {
    let told = |source: &Source| matches!(source, Source::Goal | Source::Input(_) | Source::Model);
    if state.provenance.traces(&Value::from(text)).iter().any(|trace| !told(&trace.source)) {
        return true;
    }
    let results = state.turns.iter().flat_map(|turn| &turn.results).filter_map(|reply| match reply {
        Reply::Landed(seen) => Some(seen),
        _ => None,
    });
    let text = text.to_lowercase();
    state.now.iter().chain(results).any(|seen| seen.everything().to_lowercase().contains(&text))
}

fn stands(provenance: &Provenance, text: &str) -> bool {
    let traces = provenance.traces(&Value::from(text.trim()));
    !traces.is_empty() && traces.iter().all(|trace| trace.source != Source::Model)
}

/// Whether a person has said it when asked.
fn said(state: &State, text: &str) -> bool {
    let asked = state.turns.iter().filter(|turn| matches!(turn.planned.proposal, Proposal::Ask(_)));
    asked.flat_map(|turn| &turn.results).any(|reply| matches!(reply, Reply::Said(words) if words.contains(text.trim())))
}

/// What `evidence` quotes, within a line.
fn quotes(evidence: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in evidence.lines() {
        let mut parts = line.split(MARKS).skip(1);
        while let (Some(quote), Some(_)) = (parts.next(), parts.next()) {
            if quote.chars().any(char::is_alphanumeric) {
                found.push(quote.trim().to_owned());
            }
        }
    }
    found
}

/// The parts of an answer that say something of their own: numbers, codes and addresses.
fn values(answer: &Value) -> Vec<String> {
    match answer {
        Value::Array(values) => values.iter().flat_map(self::values).collect(),
        Value::Object(map) => map.values().flat_map(self::values).collect(),
        Value::Number(number) => vec![number.to_string()],
        Value::String(text) => telling(text).collect(),
        Value::Null | Value::Bool(_) => Vec::new(),
    }
}

/// The words of `text` that are numbers, codes or addresses.
fn telling(text: &str) -> impl Iterator<Item = String> {
    let bare = |word: &str| word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_owned();
    let telling = |word: &String| word.chars().any(char::is_numeric) || word.contains('@');
    text.split_whitespace().map(bare).filter(telling)
}

/// The texts in `answer`, a line each.
fn spoken(answer: &Value) -> String {
    match answer {
        Value::Array(values) => values.iter().map(spoken).collect::<Vec<_>>().join("\n"),
        Value::Object(map) => map.values().map(spoken).collect::<Vec<_>>().join("\n"),
        Value::String(text) => text.clone(),
        _ => String::new(),
    }
}

/// Whether `text` is a number as it may come out of counting or adding.
fn is_number(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ',' | '-'))
        && text.chars().filter(char::is_ascii_digit).count() <= 9
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quotations_end_with_their_line() {
        let evidence = "the page says \"Order LM-7 placed\" and `2 items`, 5\" wide\nnothing \"\"";
        assert_eq!(quotes(evidence), ["Order LM-7 placed", "2 items"]);
    }

    #[test]
    fn numbers_codes_and_addresses_of_an_answer_are_looked_for() {
        let answer = json!({ "order": "it is LM-7.", "total": 30.5, "mail": ["a@shop.test"], "paid": true });
        let mut found = values(&answer);
        found.sort();
        assert_eq!(found, ["30.5", "LM-7", "a@shop.test"]);
    }

    /// The requests that stand as failed after these, on a page of `https://shop.test`.
    fn left(requests: &[(&str, Option<u16>)]) -> Vec<String> {
        let mut failed = Vec::new();
        for (url, status) in requests {
            let request = Exchange { method: "POST".to_owned(), url: (*url).to_owned(), status: *status };
            weigh(&mut failed, &Observation::from_page("https://shop.test", "").with_requests([request]));
        }
        failed.into_iter().map(|request| request.url).collect()
    }

    #[test]
    fn a_request_that_failed_stands_until_the_same_one_is_accepted() {
        let (order, other) = ("https://shop.test/order", "https://shop.test/other");
        let found = [
            left(&[(order, None), (other, Some(302))]),
            left(&[(order, Some(500)), (other, Some(200))]),
            left(&[("https://api.shop.test/order?n=1", Some(422))]),
            left(&[(order, Some(500)), ("https://shop.test/order?again", Some(200))]),
            left(&[("https://counter.test/visit", Some(404))]),
        ];
        assert_eq!(found, [vec![], vec![order], vec!["https://api.shop.test/order?n=1"], vec![], vec![]]);
    }
}
