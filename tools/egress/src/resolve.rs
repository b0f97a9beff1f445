//! Names and who knows their addresses.

use std::{fmt, io, net::IpAddr};

use lamassu_contract::BoxFuture;

/// Finds the addresses of a name.
pub trait Resolve: Send + Sync + fmt::Debug {
    /// All addresses of `name`, best first. An empty list means that it has none.
    ///
    /// # Errors
    ///
    /// Whatever went wrong on the way; the name is then not dialled.
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// Asks the operating system, its hosts file included.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect()) })
    }
}
