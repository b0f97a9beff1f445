//! Addresses: their canonical form, what may be opened at all, and where a name leads.

use std::net::SocketAddr;

use lamassu_contract::{Failure, FailureKind, Permit};
use lamassu_egress::{Resolve, targets};
use url::{Host, ParseError, Url};

/// The longest address that is opened.
const LONGEST: usize = 8192;

/// The canonical form of `text`, read against `page` if it is relative.
///
/// # Errors
///
/// [`FailureKind::OutOfBounds`] for other schemes than `http` and `https` and for addresses with
/// credentials, [`FailureKind::Invalid`] for what is no address.
pub(crate) fn canonical(text: &str, page: Option<&Url>) -> Result<Url, Failure> {
    let text = text.trim();
    if text.len() > LONGEST {
        return Err(Failure::invalid(format!("the address is longer than {LONGEST} bytes")));
    }
    let parsed = match (Url::parse(text), page) {
        (Err(ParseError::RelativeUrlWithoutBase), Some(page)) => page.join(text),
        (Err(ParseError::RelativeUrlWithoutBase), None) => {
            return Err(Failure::invalid(format!("`{text}` is not a whole address; begin it with `https://`")));
        }
        (parsed, _) => parsed,
    };
    let mut url = parsed.map_err(|error| Failure::invalid(format!("`{text}` is not an address: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(forbidden(format!("`{}:` addresses are not opened; only http and https are", url.scheme())));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let host = url.host_str().unwrap_or_default();
        return Err(forbidden(format!("an address with a user name is not opened; this one leads to `{host}`")));
    }
    undot(&mut url)?;
    Ok(url)
}

/// A host with a dot at its end is the same host under another name.
fn undot(url: &mut Url) -> Result<(), Failure> {
    let Some(Host::Domain(host)) = url.host() else { return Ok(()) };
    let bare = host.trim_end_matches('.').to_owned();
    if bare != host {
        url.set_host(Some(&bare)).map_err(|_| Failure::invalid("the address has no host"))?;
    }
    Ok(())
}

/// Judges every address that the host of `url` has, before anything is sent to one of them. The
/// browser resolves the name again, so all of them must be permitted.
///
/// # Errors
///
/// The first refusal; [`FailureKind::Remote`] if the name has no address.
pub(crate) async fn judge(permit: &Permit, url: &Url, resolver: &dyn Resolve) -> Result<Vec<SocketAddr>, Failure> {
    let host = url.host().ok_or_else(|| Failure::invalid("the address has no host"))?;
    targets(permit.judge(), &host, url.port_or_known_default().unwrap_or(80), resolver).await?.all()
}

/// What the tool's own walls forbid.
pub(crate) fn forbidden(message: String) -> Failure {
    Failure::new(FailureKind::OutOfBounds, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn against(text: &str) -> Result<String, FailureKind> {
        let page = Url::parse("https://example.com/shop/list?x=1").unwrap();
        canonical(text, Some(&page)).map(String::from).map_err(|failure| failure.kind)
    }

    #[test]
    fn an_address_is_judged_in_its_canonical_form() {
        let seen = [
            ("https://example.com.evil.test/", "https://example.com.evil.test/"),
            (r"https://evil.test\@example.com/", "https://evil.test/@example.com/"),
            ("https:evil.test", "https://evil.test/"),
            (r"https:\\evil.test", "https://evil.test/"),
            ("//evil.test/", "https://evil.test/"),
            ("https://evil.test/?q=://example.com/", "https://evil.test/?q=://example.com/"),
            ("https://example.com./", "https://example.com/"),
            ("https://ex\tample.com/", "https://example.com/"),
            ("https://ехample.com/", "https://xn--ample-ywe6i.com/"),
            ("https://ｅｘａｍｐｌｅ。com/", "https://example.com/"),
            ("http://2130706433/", "http://127.0.0.1/"),
            ("http://0x7f.1/", "http://127.0.0.1/"),
            ("http://127.1/", "http://127.0.0.1/"),
            ("cart", "https://example.com/shop/cart"),
        ];
        let expected = seen.map(|(_, canonical)| Ok(canonical.to_owned()));
        assert_eq!(seen.map(|(text, _)| against(text)), expected);
    }

    #[test]
    fn what_is_not_the_web_is_out_of_bounds() {
        let refused = [
            "javascript:alert(1)",
            "javascript://example.com/%0aalert(1)",
            "data:text/html,x",
            "blob:https://example.com/1",
            "file:///etc/passwd",
            "chrome://settings",
            "view-source:https://example.com/",
            "about:blank",
            "https://example.com@evil.test/",
            "https://example.com:443@evil.test/",
        ];
        assert_eq!(refused.map(against), refused.map(|_| Err(FailureKind::OutOfBounds)));
    }

    #[test]
    fn what_is_no_address_is_invalid() {
        let refused = ["https://", "http://[::1", "https://exa mple.com/"];
        assert_eq!(refused.map(against), refused.map(|_| Err(FailureKind::Invalid)));
    }
}
