//! What is typed at the terminal, read in one place: the one line that ends a demonstration, and
//! then the answers.

use std::io::{BufRead as _, IsTerminal as _};

use tokio::sync::mpsc;

/// The lines that come from the keyboard.
pub(super) struct Lines(mpsc::UnboundedReceiver<String>);

impl Lines {
    /// Reads from now on; nothing if nobody is there.
    pub(super) fn open() -> Option<Self> {
        if !Self::there() {
            return None;
        }
        let (found, lines) = mpsc::unbounded_channel();
        // A read of the terminal cannot be given up, so it has a thread of its own.
        tokio::task::spawn_blocking(move || {
            let lines = std::io::stdin().lock().lines();
            lines.map_while(Result::ok).try_for_each(|line| found.send(line))
        });
        Some(Self(lines))
    }

    /// Whether a person is there.
    pub(super) fn there() -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// The next line; nothing at the end of input.
    pub(super) async fn next(&mut self) -> Option<String> {
        self.0.recv().await
    }
}

/// The next line, or its end; never if nobody is there.
pub(super) async fn next(lines: Option<&mut Lines>) -> Option<String> {
    match lines {
        Some(lines) => lines.next().await,
        None => std::future::pending().await,
    }
}

/// Waits for Ctrl-C.
pub(super) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
