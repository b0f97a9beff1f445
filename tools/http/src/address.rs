//! From the text of an address to the one canonical form that is judged, shown and asked for.

use lamassu_contract::Failure;
use url::{Host, Url};

use crate::text::quoted;

/// The longest address, in bytes. RFC 9110 asks everybody to support 8000.
const LONGEST: usize = 16 * 1024;

/// The canonical form of the address `text`: no fragment, no dot at the end of its host.
///
/// The URL standard is generous: it takes out tabs and line ends, reads `\` as `/`, and reads
/// `0x7f.1` as an address of IPv4. Whatever it makes of `text` is what is judged.
pub(crate) fn parse(text: &str) -> Result<Url, Failure> {
    if text.len() > LONGEST {
        return Err(Failure::invalid(format!("the address is longer than {LONGEST} bytes; shorten it")));
    }
    let mut url = Url::parse(text).map_err(|error| {
        let message = format!("{} is no address ({error}); give one such as `https://example.com/`", quoted(text));
        Failure::invalid(message)
    })?;
    check_scheme(&url)?;
    check_bare(&url)?;
    url.set_fragment(None);
    without_dot(&mut url)?;
    check_host(&url)?;
    Ok(url)
}

fn check_scheme(url: &Url) -> Result<(), Failure> {
    match url.scheme() {
        "http" | "https" => Ok(()),
        other => {
            Err(Failure::invalid(format!("`http` cannot open `{other}:`; give an address of `http:` or `https:`")))
        }
    }
}

/// A user or password hides the real host from people and ends up in logs.
fn check_bare(url: &Url) -> Result<(), Failure> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    let message = format!("the address has a user or password before its real host {}; take it out", quoted(host));
    Err(Failure::invalid(message))
}

/// `example.com.` is the same host as `example.com` under another name.
fn without_dot(url: &mut Url) -> Result<(), Failure> {
    let Some(bare) = url.domain().and_then(|name| name.strip_suffix('.')).map(str::to_owned) else {
        return Ok(());
    };
    url.set_host(Some(&bare)).map_err(|_| odd_host(&bare))
}

/// The URL standard allows more in a host than any name server does.
fn check_host(url: &Url) -> Result<(), Failure> {
    let Some(Host::Domain(name)) = url.host() else {
        return if url.has_host() { Ok(()) } else { Err(odd_host("")) };
    };
    let is_label = |label: &str| {
        let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        plain && (1..=63).contains(&label.len())
    };
    if name.len() <= 253 && name.split('.').all(is_label) { Ok(()) } else { Err(odd_host(name)) }
}

fn odd_host(host: &str) -> Failure {
    Failure::invalid(format!("{} is not the name of a host; check the address", quoted(host)))
}
