//! Who may come in: a link that opens once, then a cookie that only this page sends; and no request that
//! another page, another name of this machine or a form could have made.
//!
//! The cookie says who somebody is and until when, signed with a key that lies beside the record, so that
//! it outlives a restart.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use axum::http::{HeaderMap, Method, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    hmac,
    rand::{SecureRandom as _, SystemRandom},
};

/// The cookie's name.
const COOKIE: &str = "lamassu_console";
/// How long somebody stays in, in seconds.
const LIFE: u64 = 12 * 60 * 60;

/// Somebody who has come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User(pub(super) String);

/// What keeps the door.
#[derive(Debug)]
pub(super) struct Entry {
    key: hmac::Key,
    /// How the browser may name this server, such as `127.0.0.1:4499`.
    hosts: BTreeSet<String>,
    /// What opens once, and for whom.
    links: Mutex<BTreeMap<String, String>>,
}

/// Why somebody stays outside.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Outside {
    #[error("this console is not called that; open it by the link that was printed")]
    Host,
    #[error("another page asked for this; only the console's own page may")]
    Origin,
    #[error("open the console by the link that was printed when it started")]
    Stranger,
}

impl Entry {
    /// A door with the signing key `key` to a server that is called `hosts`.
    pub(super) fn new(key: &[u8], hosts: BTreeSet<String>) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key), hosts, links: Mutex::default() }
    }

    /// The path of a link that lets `user` in, once.
    pub(super) fn link(&self, user: &str) -> String {
        let key = random();
        self.links.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), user.to_owned());
        format!("/enter?key={key}")
    }

    /// Uses a link up. The value of the header `set-cookie` comes back.
    pub(super) fn enter(&self, key: &str) -> Option<String> {
        let user = self.links.lock().unwrap_or_else(PoisonError::into_inner).remove(key)?;
        let token = self.token(&user, now() + LIFE);
        Some(format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age={LIFE}"))
    }

    /// Who sends a request with these headers.
    pub(super) fn admit(&self, method: &Method, headers: &HeaderMap) -> Result<User, Outside> {
        self.called(headers)?;
        let user = self.user(headers).ok_or(Outside::Stranger)?;
        self.own(method, headers, &user)?;
        Ok(user)
    }

    /// That the server was called by a name of its own: a name that resolves here by a trick is none.
    pub(super) fn called(&self, headers: &HeaderMap) -> Result<(), Outside> {
        let host = text(headers, header::HOST.as_str()).ok_or(Outside::Host)?;
        if self.hosts.contains(&host.to_ascii_lowercase()) { Ok(()) } else { Err(Outside::Host) }
    }

    /// What a page that `user` has opened must send with all that changes something.
    pub(super) fn proof(&self, user: &User) -> String {
        self.sign(&format!("proof {}", user.0))
    }

    /// That the console's own page asks.
    fn own(&self, method: &Method, headers: &HeaderMap, user: &User) -> Result<(), Outside> {
        let foreign = text(headers, "sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
        let origin = text(headers, header::ORIGIN.as_str());
        let other = origin.is_some_and(|origin| !self.is_own(origin));
        if foreign || other {
            return Err(Outside::Origin);
        }
        if method == Method::GET || method == Method::HEAD {
            return Ok(());
        }
        let proven = text(headers, "x-lamassu-proof").is_some_and(|proof| proof == self.proof(user));
        if proven && origin.is_some() { Ok(()) } else { Err(Outside::Origin) }
    }

    fn is_own(&self, origin: &str) -> bool {
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        host.is_some_and(|host| self.hosts.contains(&host.to_ascii_lowercase()))
    }

    fn user(&self, headers: &HeaderMap) -> Option<User> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find_map(|(name, token)| (name == COOKIE).then(|| self.read(token))?)
    }

    fn token(&self, user: &str, until: u64) -> String {
        let said = URL_SAFE_NO_PAD.encode(format!("{until} {user}"));
        let mark = self.sign(&format!("cookie {said}"));
        format!("{said}.{mark}")
    }

    fn read(&self, token: &str) -> Option<User> {
        let (said, mark) = token.split_once('.')?;
        let mark = URL_SAFE_NO_PAD.decode(mark).ok()?;
        hmac::verify(&self.key, format!("cookie {said}").as_bytes(), &mark).ok()?;
        let said = String::from_utf8(URL_SAFE_NO_PAD.decode(said).ok()?).ok()?;
        let (until, user) = said.split_once(' ')?;
        (until.parse::<u64>().ok()? > now()).then(|| User(user.to_owned()))
    }

    fn sign(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, text.as_bytes()))
    }
}

/// A text that nobody can guess.
pub(super) fn random() -> String {
    let mut bytes = [0; 32];
    // Without randomness there is no link, and so nobody gets in.
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => URL_SAFE_NO_PAD.encode(bytes),
        Err(_) => String::new(),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|time| time.as_secs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::http::{HeaderMap, HeaderName, Method};

    use super::{Entry, Outside, User};

    const HOST: &str = "127.0.0.1:4499";

    fn entry() -> Entry {
        Entry::new(b"a key for a test", BTreeSet::from([HOST.to_owned()]))
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let parsed = pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()));
        parsed.collect()
    }

    fn cookie(entry: &Entry) -> String {
        let link = entry.link("ada");
        let cookie = entry.enter(link.split_once('=').unwrap().1).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    #[test]
    fn a_link_opens_once_and_the_cookie_says_who_came_in() {
        let entry = entry();
        let link = entry.link("ada");
        let key = link.split_once('=').unwrap().1;
        let (first, second) = (entry.enter(key), entry.enter(key));
        let first = first.unwrap();
        assert!(first.contains("HttpOnly; SameSite=Strict") && second.is_none());
        let sent = headers(&[("host", HOST), ("cookie", first.split(';').next().unwrap())]);
        assert_eq!(entry.admit(&Method::GET, &sent), Ok(User("ada".to_owned())));
    }

    #[test]
    fn a_name_that_resolves_here_by_a_trick_is_turned_away() {
        let entry = entry();
        let cookie = cookie(&entry);
        let hosts = ["evil.test:4499", "127.0.0.1", "127.0.0.1:4499.evil.test", ""];
        let answers = hosts.map(|host| entry.admit(&Method::GET, &headers(&[("host", host), ("cookie", &cookie)])));
        assert_eq!(answers, [const { Err(Outside::Host) }; 4]);
    }

    #[test]
    fn what_changes_something_needs_the_page_s_own_proof_and_origin() {
        let entry = entry();
        let cookie = cookie(&entry);
        let proof = entry.proof(&User("ada".to_owned()));
        let own = format!("http://{HOST}");
        let sent = |origin: &str, proof: &str| {
            let sent = [("host", HOST), ("cookie", &cookie), ("origin", origin), ("x-lamassu-proof", proof)];
            entry.admit(&Method::POST, &headers(&sent)).is_ok()
        };
        let answers = [sent(&own, &proof), sent("http://evil.test", &proof), sent(&own, "guess"), sent("null", &proof)];
        assert_eq!(answers, [true, false, false, false]);
        let bare = headers(&[("host", HOST), ("cookie", &cookie), ("x-lamassu-proof", &proof)]);
        assert_eq!(entry.admit(&Method::POST, &bare), Err(Outside::Origin));
    }

    #[test]
    fn a_cookie_that_was_changed_or_is_of_another_key_is_none() {
        let entry = entry();
        let cookie = cookie(&entry);
        let other = Entry::new(b"another key", BTreeSet::from([HOST.to_owned()]));
        let sent = headers(&[("host", HOST), ("cookie", &cookie)]);
        let changed = headers(&[("host", HOST), ("cookie", &cookie.replace("lamassu_console=", "lamassu_console=x"))]);
        let answers = [other.admit(&Method::GET, &sent), entry.admit(&Method::GET, &changed)];
        assert_eq!(answers, [const { Err(Outside::Stranger) }; 2]);
    }
}
