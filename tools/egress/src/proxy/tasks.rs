//! Work that ends with the proxy.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::watch;

/// Starts work that does not outlive whoever holds the other end.
#[derive(Debug, Clone)]
pub(super) struct Tasks {
    // Nothing is ever sent: the end of the channel is the end of the work.
    alive: watch::Receiver<()>,
}

impl Tasks {
    /// Dropping the sender ends whatever was started.
    pub(super) fn new() -> (watch::Sender<()>, Self) {
        let (life, alive) = watch::channel(());
        (life, Self { alive })
    }

    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut alive = self.alive.clone();
        tokio::spawn(async move {
            tokio::select! {
                // The end first: no work may go on to tell of the end of other work.
                biased;
                _ = alive.changed() => {}
                () = work => {}
            }
        });
    }
}

/// How many requests are under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Count(Arc<AtomicUsize>);

impl Count {
    pub(super) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// One more, until what is given back is dropped.
    pub(super) fn begin(&self) -> UnderWay {
        self.0.fetch_add(1, Ordering::SeqCst);
        UnderWay(self.clone())
    }
}

/// One request that is under way.
#[derive(Debug)]
pub(super) struct UnderWay(Count);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}
