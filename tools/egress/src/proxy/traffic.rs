//! What went through the proxy, for whoever wants to know what an action set off.

use std::sync::{Mutex, PoisonError};

use http::{Method, StatusCode};
use lamassu_contract::Refusal;

use super::{asked::Asked, headers::Wanted};

/// The most requests of [`Traffic::changing`].
const MOST_CHANGING: usize = 64;
/// The most entries of [`Traffic::refused`].
const MOST_REFUSED: usize = 32;

/// What happened since it was last asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many requests, WebSockets and tunnels of closed TLS were permitted. What could be
    /// opened is not counted twice.
    pub requests: usize,
    /// What was sent and may have changed something: every method but GET, HEAD and OPTIONS.
    /// What closed TLS holds is not known, and not here.
    pub changing: Vec<Sent>,
    /// How many more there were than `changing` holds.
    pub more_changing: usize,
    /// What was refused, equal ones together, in the order of the first.
    pub refused: Vec<Denied>,
    /// How many more there were than `refused` holds.
    pub more_refused: usize,
    /// Why servers could not be reached, one line each. There may have been more.
    pub unreached: Vec<String>,
}

/// A request on its way to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The method, as it was sent.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The origin that asked for it, if it is known.
    pub initiator: Option<String>,
    /// The status of the answer, if that has come.
    pub status: Option<u16>,
}

/// A refusal, and how often it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// What was refused, and by which rules.
    pub refusal: Refusal,
    /// Whether a whole page was asked for, as far as the browser said so.
    pub page: bool,
    /// How often.
    pub count: usize,
}

/// Writes down what happens until somebody takes it.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Traffic>);

impl Ledger {
    pub(super) fn permitted(&self) {
        self.with(|traffic| traffic.requests += 1);
    }

    /// Notes that the server has answered `asked`.
    pub(super) fn answered(&self, asked: &Asked, status: StatusCode) {
        self.with(|traffic| {
            let same = |sent: &&mut Sent| {
                sent.status.is_none() && sent.method == asked.method.as_str() && sent.url == asked.url.as_str()
            };
            if let Some(sent) = traffic.changing.iter_mut().find(same) {
                sent.status = Some(status.as_u16());
            }
        });
    }

    /// Notes `asked` if it may change something.
    pub(super) fn sent(&self, asked: &Asked) {
        if [Method::GET, Method::HEAD, Method::OPTIONS].contains(&asked.method) {
            return;
        }
        self.with(|traffic| {
            if traffic.changing.len() == MOST_CHANGING {
                traffic.more_changing += 1;
                return;
            }
            traffic.changing.push(Sent {
                method: asked.method.to_string(),
                url: asked.url.to_string(),
                initiator: asked.initiator.clone(),
                status: None,
            });
        });
    }

    pub(super) fn refused(&self, refusal: &Refusal, wanted: Wanted) {
        let page = wanted == Wanted::Page;
        self.with(|traffic| {
            if let Some(known) = traffic.refused.iter_mut().find(|known| known.refusal == *refusal) {
                known.count += 1;
                known.page |= page;
            } else if traffic.refused.len() == MOST_REFUSED {
                traffic.more_refused += 1;
            } else {
                traffic.refused.push(Denied { refusal: refusal.clone(), page, count: 1 });
            }
        });
    }

    pub(super) fn unreached(&self, why: &str) {
        self.with(|traffic| {
            if traffic.unreached.len() < MOST_REFUSED && !traffic.unreached.iter().any(|known| known == why) {
                traffic.unreached.push(why.to_owned());
            }
        });
    }

    pub(super) fn take(&self) -> Traffic {
        self.with(std::mem::take)
    }

    fn with<T>(&self, change: impl FnOnce(&mut Traffic) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
