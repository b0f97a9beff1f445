//! What went over the network, in words for whoever reads an observation.

use lamassu_contract::Exchange;
use lamassu_egress::{Denied, Sent, Traffic};

use crate::escape;

/// So many requests or refusals are told one by one.
const TOLD: usize = 4;
/// Characters of one of them.
const LONGEST: usize = 240;

/// What may have changed something, such as `sent POST https://shop.test/cart`, and that it failed if it did.
pub(crate) fn sent(traffic: &Traffic) -> Vec<String> {
    let all = traffic.changing.iter().map(|sent| match sent.status {
        Some(status) if status >= 400 => format!("sent {} {}, answered {status}", sent.method, cut(&sent.url)),
        _ => format!("sent {} {}", sent.method, sent.url),
    });
    some(all.collect(), traffic.more_changing, "such requests")
}

/// The same for programs.
pub(crate) fn exchanges(traffic: &Traffic) -> Vec<Exchange> {
    let exchange = |sent: &Sent| Exchange { method: sent.method.clone(), url: sent.url.clone(), status: sent.status };
    traffic.changing.iter().map(exchange).collect()
}

/// What was refused, and by which rules; without what the browser asks for by itself.
pub(crate) fn refused(traffic: &Traffic) -> Vec<String> {
    let told = traffic.refused.iter().filter(|denied| !own(denied));
    let all = told.map(|denied| match denied.count {
        1 => format!("refused: {}", denied.refusal),
        count => format!("refused {count} times: {}", denied.refusal),
    });
    some(all.collect(), traffic.more_refused, "refusals")
}

/// Whether the browser had asked by itself, for nobody.
pub(crate) fn own(denied: &Denied) -> bool {
    denied.refusal.action.contains(" browser.invalid")
}

fn some(mut lines: Vec<String>, beyond: usize, what: &str) -> Vec<String> {
    let more = lines.len().saturating_sub(TOLD) + beyond;
    lines.truncate(TOLD);
    lines = lines.iter().map(|line| cut(&escape::line(line))).collect();
    if more > 0 {
        lines.push(format!("{more} more {what}"));
    }
    lines
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamassu_contract::{Refusal, Rule};

    #[test]
    fn what_is_too_much_is_counted() {
        let one = |n: usize| Denied {
            refusal: Refusal { action: format!("GET http://a.test/{n}"), rules: vec![Rule::new("site", "")] },
            page: false,
            count: n,
        };
        let post = Sent {
            method: "POST".into(),
            url: format!("http://a.test/{}", "x".repeat(400)),
            initiator: None,
            status: Some(500),
        };
        let traffic = Traffic {
            changing: vec![post],
            refused: (1..=6).map(one).collect(),
            more_refused: 10,
            ..Traffic::default()
        };
        let (told, sent) = (refused(&traffic), sent(&traffic));
        assert_eq!(
            (told.first().map(String::as_str), told.get(1).map(String::as_str), told.last().map(String::as_str)),
            (
                Some("refused: `GET http://a.test/1` is refused by `site`"),
                Some("refused 2 times: `GET http://a.test/2` is refused by `site`"),
                Some("12 more refusals")
            )
        );
        assert_eq!((sent.len(), sent[0].chars().count()), (1, LONGEST + 1));
    }
}
