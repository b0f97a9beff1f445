//! The tool `http`: one request, to an address that was judged.
//!
//! An address is brought into its one canonical form when a call is described; nothing is sent
//! and no name is resolved until the request is permitted. Then the name is resolved once, every
//! address it has is judged (`egress.connect`), and exactly those that are permitted are dialled.
//! Nothing else reaches the network: redirects are not followed but told, there are no cookies,
//! no proxies, no second tries, and the environment has no say, not even in whom to trust.
//!
//! What a server may cost is bounded in time and size, before and after decompression.
//!
//! This crate knows nothing of planners, rules or the record.

mod address;
mod answer;
mod body;
mod describe;
mod exchange;
mod headers;
mod text;
mod tool;

pub use tool::{HttpTool, Limits, TrustError};
