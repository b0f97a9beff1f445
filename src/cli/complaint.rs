//! What went wrong, for a person, with the exit code that goes with it.

use std::{fmt, io::Write as _, process::ExitCode};

use anstyle::{AnsiColor, Style};

use crate::visible;

/// An error message and its exit code.
#[derive(Debug)]
pub(super) struct Complaint {
    message: String,
    code: u8,
}

impl Complaint {
    /// The user asked wrongly: exit code 2.
    pub(super) fn usage(message: impl fmt::Display) -> Self {
        Self { message: message.to_string(), code: 2 }
    }

    /// It could not be done: exit code 1.
    pub(super) fn failed(message: impl fmt::Display) -> Self {
        Self { message: message.to_string(), code: 1 }
    }

    /// Shows it on standard error.
    pub(super) fn show(&self) -> ExitCode {
        let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
        // A complaint may have several lines; nothing else in it is for the terminal to obey.
        let lines: Vec<_> = self.message.split('\n').map(visible).collect();
        let _ = writeln!(anstream::stderr(), "{red}error{red:#}: {}", lines.join("\n"));
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
