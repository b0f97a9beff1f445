//! What is told to everybody who watches, in order, with numbers so that nobody misses anything.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::Seat;

/// How many messages are kept for those who come back.
const KEPT: usize = 2000;

/// The one place that all runs of a console tell of themselves.
#[derive(Debug)]
pub(super) struct Hub {
    /// Tells this console from the one before it, whose numbers mean nothing here.
    pub(super) boot: String,
    log: Mutex<Log>,
    news: watch::Sender<u64>,
    seats: Mutex<Vec<Seat>>,
}

#[derive(Debug, Default)]
struct Log {
    last: u64,
    kept: VecDeque<Arc<Message>>,
}

/// One message.
#[derive(Debug)]
pub(super) struct Message {
    /// Its number, from 1.
    pub(super) number: u64,
    /// What it says, as JSON.
    pub(super) text: String,
}

impl Hub {
    /// A hub that was told nothing yet.
    pub(super) fn new(boot: String) -> Self {
        Self { boot, log: Mutex::default(), news: watch::Sender::new(0), seats: Mutex::default() }
    }

    /// Tells everybody `value`, an object, as a message of this `kind`.
    pub(super) fn say(&self, kind: &str, mut value: Value) {
        if let Some(map) = value.as_object_mut() {
            map.insert("kind".to_owned(), json!(kind));
        }
        let mut log = self.log();
        log.last += 1;
        let message = Message { number: log.last, text: value.to_string() };
        log.kept.push_back(Arc::new(message));
        if log.kept.len() > KEPT {
            log.kept.pop_front();
        }
        self.news.send_replace(log.last);
    }

    /// The number of the newest message.
    pub(super) fn last(&self) -> u64 {
        self.log().last
    }

    /// What was said after the message `number`; `None` if that is no longer known.
    pub(super) fn since(&self, number: u64) -> Option<Vec<Arc<Message>>> {
        let log = self.log();
        let first = log.kept.front().map_or(log.last + 1, |message| message.number);
        if number > log.last || number + 1 < first {
            return None;
        }
        Some(log.kept.iter().filter(|message| message.number > number).cloned().collect())
    }

    /// Tells when there is something new.
    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// Takes a run in. One that has ended gives way to the next attempt at it.
    pub(super) fn add(&self, seat: Seat) {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        let run = seat.run();
        seats.retain(|other| other.run().is_none() || other.run() != run);
        seats.push(seat);
    }

    /// The runs that this console has seen.
    pub(super) fn seats(&self) -> Vec<Seat> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The run called `run`, if this console has seen it.
    pub(super) fn seat(&self, run: &str) -> Option<Seat> {
        self.seats().into_iter().find(|seat| seat.run().as_deref() == Some(run))
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Hub, KEPT};

    fn heard(hub: &Hub, after: u64) -> Option<Vec<u64>> {
        Some(hub.since(after)?.iter().map(|message| message.number).collect())
    }

    #[test]
    fn who_comes_back_hears_what_was_missed_and_nothing_twice() {
        let hub = Hub::new("boot".to_owned());
        (0..3).for_each(|_| hub.say("note", json!({})));
        assert_eq!((heard(&hub, 1), heard(&hub, 3)), (Some(vec![2, 3]), Some(vec![])));
    }

    #[test]
    fn who_was_away_too_long_or_comes_from_another_time_is_told_so() {
        let hub = Hub::new("boot".to_owned());
        (0..=KEPT).for_each(|_| hub.say("note", json!({})));
        assert_eq!((heard(&hub, 0), heard(&hub, KEPT as u64 + 2)), (None, None));
    }
}
