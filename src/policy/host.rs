//! Hosts and origins in the one form in which policies compare them.

use std::net::IpAddr;

use url::{Host, Url};

/// An origin's id and parts, such as `https://shop.test`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Origin {
    pub(super) id: String,
    pub(super) scheme: String,
    pub(super) host: String,
    pub(super) port: u16,
}

/// The origin of `url`; none unless its scheme is of the web. The scheme comes first: a
/// `javascript:` address may well have a host.
pub(super) fn origin(url: &Url) -> Option<Origin> {
    let scheme = url.scheme();
    if !matches!(scheme, "http" | "https" | "ws" | "wss") {
        return None;
    }
    let host = canonical(&url.host()?);
    if host.is_empty() {
        return None;
    }
    let bracketed = if host.contains(':') { format!("[{host}]") } else { host.clone() };
    // `Url::port` leaves the scheme's own port out.
    let end = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let port = url.port_or_known_default()?;
    Some(Origin { id: format!("{scheme}://{bracketed}{end}"), scheme: scheme.to_owned(), host, port })
}

/// The origin that `text` spells, such as the frame of an element; none for an opaque one.
pub(super) fn spelled(text: &str) -> Option<Origin> {
    origin(&Url::parse(text).ok()?)
}

/// The canonical form of the host that `text` spells: lower-case punycode without a dot at the
/// end, or an IP address without brackets.
pub(super) fn host(text: &str) -> Option<String> {
    let address = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    if let Ok(address) = address.parse::<IpAddr>() {
        return Some(address.to_string());
    }
    let host = canonical(&Host::parse(text).ok()?);
    (!host.is_empty()).then_some(host)
}

fn canonical(host: &Host<impl AsRef<str>>) -> String {
    match host {
        Host::Domain(name) => name.as_ref().trim_end_matches('.').to_ascii_lowercase(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    }
}

/// The registrable domain of `host` by the public suffix list; none for an address, a public
/// suffix or a name without dots.
pub(crate) fn site(host: &str) -> Option<&str> {
    if host.parse::<IpAddr>().is_ok() {
        return None;
    }
    psl::domain_str(host)
}

/// Whether anybody can register a name below `host`, as below `co.uk`.
pub(super) fn is_public_suffix(host: &str) -> bool {
    host.parse::<IpAddr>().is_err()
        && psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == host.as_bytes())
}

/// The host above `host` within its site.
pub(super) fn parent(host: &str) -> Option<&str> {
    let site = site(host)?;
    let (_, above) = host.split_once('.')?;
    (above.len() >= site.len()).then_some(above)
}
