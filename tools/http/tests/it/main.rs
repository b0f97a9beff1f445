//! What the tool `http` promises, seen from outside the crate. Every server is a few lines on
//! 127.0.0.1, every name is made up, and nobody is asked on the network.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod addresses;
mod certificates;
mod describe;
mod headers;
mod limits;
mod observe;
mod outcome;
mod proxy;
mod support;
