//! The shop as a visitor meets it, without a socket or a browser.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod browser;
mod buying;
mod looking;
mod sink;
mod visiting;
