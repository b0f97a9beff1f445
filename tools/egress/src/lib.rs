//! The door to the network: names resolved once, every address judged before it is dialled.
//!
//! - [`targets`] turns a host into the addresses that may be dialled for it. Whatever dials on
//!   behalf of an action goes through it, so that a name cannot lead where the policy would not
//!   let its address be dialled.
//! - [`Proxy`] stands between a browser and the network. Every request, whoever in the browser made
//!   it, is judged before its name is resolved; then its address is, and exactly that is dialled.
//!
//! Nothing here knows what a page is, or what a policy says.

mod proxy;
mod resolve;
mod targets;

pub use proxy::{Denied, Proxy, ProxyError, ProxyLimits, ProxyOptions, Sent, Traffic, elsewhere};
pub use resolve::{Resolve, SystemResolver};
pub use targets::{Targets, targets};
