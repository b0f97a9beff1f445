//! From a request to the question that the policy is asked.

use http::{
    HeaderMap, Method, Request,
    header::{HOST, HeaderName, ORIGIN, REFERER},
};
use lamassu_contract::{Action, Call, Effect, Resource};
use url::Url;

use super::{headers::wants_websocket, site::Site, trouble::Trouble};

/// How much of an address is shown to people.
const SHOWN: usize = 300;

const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// The request destinations of the Fetch standard; `empty` is fetch, XHR and beacons.
const DESTINATIONS: [&str; 24] = [
    "audio",
    "audioworklet",
    "document",
    "embed",
    "empty",
    "fencedframe",
    "font",
    "frame",
    "iframe",
    "image",
    "json",
    "manifest",
    "object",
    "paintworklet",
    "report",
    "script",
    "serviceworker",
    "sharedworker",
    "style",
    "track",
    "video",
    "webidentity",
    "worker",
    "xslt",
];

/// Where a request was said: to the proxy itself, or inside a tunnel.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// To the proxy, with the whole address.
    Open,
    /// Inside a tunnel to this site, and to nowhere else.
    Tunnel(Site),
}

/// Everything about a request that is judged. The action is made from this and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    // INVARIANT: `url` is canonical, `http` or `https`, without user and fragment, and `site` is
    // its site. Both constructors see to that through `canonical`.
    pub(super) url: Url,
    pub(super) site: Site,
    pub(super) method: Method,
    pub(super) initiator: Option<String>,
    destination: &'static str,
    inspected: bool,
}

impl Asked {
    /// What `request`, said at `place`, asks for. `page` is the origin that is taken to have asked
    /// if the request does not say.
    pub(super) fn read<B>(request: &Request<B>, place: &Place, page: Option<String>) -> Result<Self, Trouble> {
        if [Method::TRACE, Method::CONNECT].contains(request.method()) {
            let line = format!("{} {}", request.method(), short(&request.uri().to_string()));
            return Err(Trouble::bounds(&line, "this method is not for browsers"));
        }
        let (url, site) = match place {
            Place::Open => whole(request)?,
            Place::Tunnel(site) => inside(request, site)?,
        };
        let destination = if wants_websocket(request) { "websocket" } else { destination(request.headers()) };
        let initiator = initiator(request.headers(), page);
        Ok(Self { url, site, method: request.method().clone(), initiator, destination, inspected: true })
    }

    /// What a CONNECT asks for: a tunnel whose inside will be seen, or not.
    pub(super) fn tunnel<B>(request: &Request<B>, page: Option<String>, inside: Inside) -> Result<Self, Trouble> {
        let authority = request.uri().authority().filter(|authority| authority.port_u16().is_some());
        let authority = authority.ok_or_else(|| Trouble::Malformed("a tunnel needs a host and a port".to_owned()))?;
        let (url, site) = canonical(&Method::CONNECT, &format!("https://{authority}/"))?;
        Ok(Self {
            url,
            site,
            method: Method::CONNECT,
            initiator: initiator(request.headers(), page),
            destination: "tunnel",
            inspected: inside == Inside::Seen,
        })
    }

    pub(super) fn is_websocket(&self) -> bool {
        self.destination == "websocket"
    }

    /// One line for people.
    pub(super) fn line(&self) -> String {
        let what = if self.method == Method::CONNECT { self.site.to_string() } else { short(self.url.as_str()) };
        match &self.initiator {
            Some(origin) => format!("{} {what} for {origin}", self.method),
            None => format!("{} {what}", self.method),
        }
    }

    pub(super) fn action(&self) -> Action {
        let call = Call::new("browser", "subresource");
        let action = Action::new(&call, Effect::Egress, Resource::Url(self.url.clone()))
            .fact("method", self.method.as_str())
            .fact("destination", self.destination)
            .fact("inspected", self.inspected)
            .summary(self.line());
        match &self.initiator {
            Some(origin) => action.fact("initiator", origin.as_str()),
            None => action,
        }
    }
}

/// Whether the proxy will see what is said inside a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    Seen,
    Hidden,
}

/// The origin of `text`, unless it is opaque.
pub(super) fn origin(text: &str) -> Option<String> {
    let origin = Url::parse(text).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

/// The address of a request that was said to the proxy itself. Its `Host` header is not looked at:
/// the address counts, and the server is told the address's host.
fn whole<B>(request: &Request<B>) -> Result<(Url, Site), Trouble> {
    let text = request.uri().to_string();
    if request.uri().scheme().is_none() {
        return Err(Trouble::Malformed("this is a proxy; ask it for a whole address".to_owned()));
    }
    let (url, site) = canonical(request.method(), &text)?;
    if site.is_secure() {
        return Err(Trouble::bounds(&shown(request.method(), &url), "`https` needs a tunnel"));
    }
    Ok((url, site))
}

/// The address of a request that was said inside a tunnel to `site`.
fn inside<B>(request: &Request<B>, site: &Site) -> Result<(Url, Site), Trouble> {
    let path = request.uri().path_and_query().map_or("", |path| path.as_str());
    if request.uri().authority().is_some() || !path.starts_with('/') {
        return Err(Trouble::Malformed("inside a tunnel only a path can be asked for".to_owned()));
    }
    let url = site.at(path).ok_or_else(|| Trouble::Malformed("the path cannot be read".to_owned()))?;
    if !names(request.headers(), site) {
        return Err(Trouble::bounds(&shown(request.method(), &url), "the `Host` header is not the tunnel's host"));
    }
    Ok((url, site.clone()))
}

/// Whether the one `Host` header is that of `site`.
fn names(headers: &HeaderMap, site: &Site) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let scheme = if site.is_secure() { "https" } else { "http" };
    let url = host.to_str().ok().and_then(|host| Url::parse(&format!("{scheme}://{host}/")).ok());
    url.is_some_and(|url| Site::of(&url).as_ref() == Some(site) && url.path() == "/" && !has_user(&url))
}

fn canonical(method: &Method, text: &str) -> Result<(Url, Site), Trouble> {
    let mut url = Url::parse(text).map_err(|error| {
        // What stands before an `@` may be a password.
        let shown = text.rsplit('@').next().unwrap_or_default();
        Trouble::bounds(&format!("{method} {}", short(shown)), &format!("it is no address: {error}"))
    })?;
    url.set_fragment(None);
    if has_user(&url) {
        // A user that cannot be taken out stays unseen too: only the scheme's addresses have one.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        return Err(Trouble::bounds(&shown(method, &url), "the address names a user"));
    }
    match Site::of(&url) {
        Some(site) => Ok((url, site)),
        None => Err(Trouble::bounds(&shown(method, &url), "only `http` and `https` can be reached")),
    }
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn shown(method: &Method, url: &Url) -> String {
    format!("{method} {}", short(url.as_str()))
}

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Pages cannot set this header; plain `http` to another machine comes without it.
fn destination(headers: &HeaderMap) -> &'static str {
    let said = headers.get(SEC_FETCH_DEST).map_or(&b""[..], |value| value.as_bytes());
    DESTINATIONS.iter().find(|known| known.as_bytes() == said).copied().unwrap_or("unknown")
}

/// An opaque origin is nobody's: neither the referrer nor the page is taken in its place.
fn initiator(headers: &HeaderMap, page: Option<String>) -> Option<String> {
    match headers.get(ORIGIN).or_else(|| headers.get(REFERER)) {
        Some(said) => origin(said.to_str().ok()?),
        None => page,
    }
}
