//! Where a request goes: scheme, host and port, in canonical form.

use std::fmt;

use url::{Host, Url};

/// Scheme, host and port of an `http` or `https` address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Site {
    // INVARIANT: `host` is canonical, as `Url` writes it; `of` is where it comes from.
    secure: bool,
    host: Host<String>,
    port: u16,
}

impl Site {
    /// The site of `url`, if it is `http` or `https`.
    pub(super) fn of(url: &Url) -> Option<Self> {
        let secure = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        Some(Self { secure, host: url.host()?.to_owned(), port: url.port_or_known_default()? })
    }

    /// The same host and port without TLS.
    pub(super) fn plain(&self) -> Self {
        Self { secure: false, ..self.clone() }
    }

    pub(super) fn is_secure(&self) -> bool {
        self.secure
    }

    pub(super) fn host(&self) -> Host<&str> {
        match &self.host {
            Host::Domain(name) => Host::Domain(name),
            Host::Ipv4(ip) => Host::Ipv4(*ip),
            Host::Ipv6(ip) => Host::Ipv6(*ip),
        }
    }

    /// The host as certificates write it: no brackets, no dot at the end.
    pub(super) fn name(&self) -> String {
        match &self.host {
            Host::Domain(name) => name.trim_end_matches('.').to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// `path` at this site; `path` begins with a slash.
    pub(super) fn at(&self, path: &str) -> Option<Url> {
        let scheme = if self.secure { "https" } else { "http" };
        Url::parse(&format!("{scheme}://{self}{path}")).ok()
    }

    /// What the `Host` header says for this site.
    pub(super) fn authority(&self) -> String {
        let usual = if self.secure { 443 } else { 80 };
        if self.port == usual { self.host.to_string() } else { self.to_string() }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
