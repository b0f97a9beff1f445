//! A real browser behind the gate: what a person could see and do, one judged action at a time.
//!
//! [`BrowserTool`] drives Chromium by WebDriver. A look is one injected script, not a walk of round
//! trips; every action runs on exactly the element that was judged, or not at all.
//!
//! What it does not do yet: requests that a page makes by itself are not judged, and the browser
//! resolves a name again after its addresses were judged. Both need a proxy that the browser is
//! pinned to. Frames of another origin are named but not entered.

mod act;
mod address;
mod after;
mod carry;
mod deed;
mod describe;
mod download;
mod driver;
mod effect;
mod escape;
mod fault;
mod hands;
mod keys;
mod options;
mod page;
mod read;
mod session;
mod signin;
mod start;
mod suggest;
mod target;
mod tool;
mod transfer;
mod verbs;
mod visit;
mod wire;

pub use options::{Limits, Options};
pub use tool::BrowserTool;
