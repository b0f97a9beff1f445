//! A real browser behind the gate: what a person could see and do, one judged action at a time.
//!
//! [`BrowserTool`] drives Chromium by WebDriver. A look is one injected script, not a walk of round
//! trips; every action runs on exactly the element that was judged, or not at all.
//!
//! The browser is pinned to a proxy (`lamassu-egress`): whatever a page sends by itself is judged
//! by the same policy, below the page, before a name is resolved.

mod act;
mod address;
mod after;
mod candidates;
mod carry;
mod deed;
mod describe;
mod devtools;
mod download;
mod driver;
mod effect;
mod escape;
mod extract;
mod fault;
mod frame;
mod hands;
mod keys;
mod lens;
mod options;
mod page;
mod picture;
mod read;
mod recording;
mod session;
mod signin;
mod start;
mod suggest;
mod tap;
mod target;
mod tool;
mod traffic;
mod transfer;
mod verbs;
mod visit;
mod wait;
mod watch;
mod wire;

pub use lens::{Beyond, Frame, Lens};
pub use options::{Engine, Limits, Options};
pub use recording::{Act, Recording, Told};
pub use tool::BrowserTool;
