//! The tool `files` as the runtime uses it: described, judged, run.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up must fail")]
#![expect(clippy::disallowed_methods, reason = "tests look at the workspace from outside the tool")]

mod changes;
mod crash;
mod door;
mod hostile;
mod lab;
mod looks;
mod races;
