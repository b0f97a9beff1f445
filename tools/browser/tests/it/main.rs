//! The browser against a real Chromium. Without one these tests fail and say what to install.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on says where, and looks into /proc by itself"
)]

mod acting;
mod depot;
mod handling;
mod judging;
mod lab;
mod life;
mod looking;
mod moving;
mod person;
mod picturing;
mod reaching;
mod recording;
mod rogue;
mod settling;
mod transfer;
mod webdriver;
