//! What a run heeds from outside: an interruption, and the wish that it reads its pack again.

use std::io::IsTerminal as _;

use super::assemble;
use crate::{Agent, Pack, Report, RunError, goal::Task};

/// Watches over a run.
pub(super) struct Watch<'a> {
    agent: &'a Agent,
    pack: Pack,
    /// Whether somebody sits at a terminal, which may go away.
    seated: bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(agent: &'a Agent, task: &Task) -> Self {
        Self { agent, pack: assemble::pack(task), seated: std::io::stderr().is_terminal() }
    }

    /// Waits for the end of `run`.
    ///
    /// Ctrl-C ends it in an orderly way: the record is whole at every moment, and dropping the run closes
    /// the browser. A hangup makes it read its pack again, unless the terminal that it was started from is
    /// gone: then nobody watches any more, and it ends as by Ctrl-C.
    pub(super) async fn over(&self, run: impl Future<Output = Result<Report, RunError>>) -> Result<Report, String> {
        let mut run = std::pin::pin!(run);
        let mut hangups = Hangups::new();
        loop {
            tokio::select! {
                report = &mut run => return report.map_err(|error| error.to_string()),
                _ = tokio::signal::ctrl_c() => return Err(interrupted()),
                () = hangups.next() => {
                    if self.seated && !std::io::stderr().is_terminal() {
                        return Err(interrupted());
                    }
                    // Observers are told what became of it.
                    let _ = self.agent.reload(self.pack.clone());
                }
            }
        }
    }
}

fn interrupted() -> String {
    "interrupted; `lamassu runs ls` shows the run and `lamassu resume RUN` goes on from here".to_owned()
}

/// The signal SIGHUP, where there is one.
struct Hangups(#[cfg(unix)] Option<tokio::signal::unix::Signal>);

impl Hangups {
    #[cfg(unix)]
    fn new() -> Self {
        Self(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok())
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        Self()
    }

    /// Waits for the next one; for ever, if there can be none.
    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.0
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}
