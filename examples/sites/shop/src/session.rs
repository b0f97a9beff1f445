//! Who is visiting: sessions by cookie, each with its cart. Tokens nobody can guess.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::cart::Cart;

/// The most sessions that are kept; a browser without cookies makes one for each page.
const MOST: usize = 10_000;

/// What the shop remembers of one browser.
#[derive(Debug)]
pub(crate) struct Session {
    /// Must come back with every form.
    pub(crate) csrf: String,
    /// The email of who is signed in.
    pub(crate) user: Option<String>,
    /// What is in the cart.
    pub(crate) cart: Cart,
    /// What was said at the support desk.
    pub(crate) chat: Vec<Line>,
    /// What the next page says at its top, once.
    pub(crate) notice: Option<String>,
}

/// One message at the support desk.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    /// Who says it.
    pub(crate) from: &'static str,
    /// What they say.
    pub(crate) text: String,
}

impl Session {
    fn new(csrf: String) -> Self {
        Self { csrf, user: None, cart: Cart::default(), chat: Vec::new(), notice: None }
    }
}

/// All sessions.
#[derive(Debug)]
pub(crate) struct Sessions {
    open: HashMap<String, Session>,
    tokens: Tokens,
}

impl Sessions {
    pub(crate) fn new(tokens: Tokens) -> Self {
        Self { open: HashMap::new(), tokens }
    }

    /// The session called `id`, if it is open.
    pub(crate) fn get(&mut self, id: &str) -> Option<&mut Session> {
        self.open.get_mut(id)
    }

    /// Opens a session and says what it is called.
    pub(crate) fn open(&mut self) -> String {
        let session = Session::new(self.tokens.next());
        self.keep(session)
    }

    /// Ends the session called `id` and opens one that goes on with its cart and its talk, under
    /// a name that nobody knew before: whoever planted the old cookie is left with nothing.
    pub(crate) fn renew(&mut self, id: &str, user: String) -> String {
        let mut session = Session::new(self.tokens.next());
        if let Some(old) = self.open.remove(id) {
            session.cart = old.cart;
            session.chat = old.chat;
        }
        session.user = Some(user);
        self.keep(session)
    }

    /// Ends the session called `id`.
    pub(crate) fn close(&mut self, id: &str) {
        self.open.remove(id);
    }

    /// A token that was never given out before.
    pub(crate) fn token(&mut self) -> String {
        self.tokens.next()
    }

    /// A session that is forgotten at once.
    pub(crate) fn passing(&mut self) -> Session {
        Session::new(self.tokens.next())
    }

    fn keep(&mut self, session: Session) -> String {
        if self.open.len() >= MOST {
            self.open.retain(|_, session| session.user.is_some() || !session.cart.is_empty());
        }
        let id = self.tokens.next();
        self.open.insert(id.clone(), session);
        id
    }
}

/// A source of tokens: SHA-256 over a key and a counter.
pub(crate) struct Tokens {
    key: [u8; 32],
    given: u64,
}

impl Tokens {
    /// Tokens nobody can foretell, or always the same ones if there is a seed.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let mut hash = Sha256::new();
        match seed {
            Some(seed) => hash.update(seed.to_be_bytes()),
            // The standard library keys each `RandomState` from the operating system's randomness.
            None => (0..4_u8).for_each(|part| hash.update(RandomState::new().hash_one(part).to_be_bytes())),
        }
        Self { key: hash.finalize().into(), given: 0 }
    }

    fn next(&mut self) -> String {
        self.given += 1;
        let hash = Sha256::new().chain_update(self.key).chain_update(self.given.to_be_bytes()).finalize();
        hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("given", &self.given).finish_non_exhaustive()
    }
}
