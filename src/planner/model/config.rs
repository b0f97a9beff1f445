//! How a model is reached, and how long to wait for it.

use std::time::Duration;

use secrecy::SecretString;

use super::Dialect;
use crate::{
    goal::{Images, Role},
    planner::Prices,
};

/// So many bytes make about a token.
const BYTES: usize = 4;

/// Which model to ask, where, and with how much patience.
///
/// Nothing is read from the environment; whoever makes it says everything.
#[derive(Debug, Clone)]
pub struct Config {
    pub(super) model: String,
    pub(super) base_url: String,
    pub(super) key: SecretString,
    pub(super) timeout: Duration,
    pub(super) patience: Duration,
    pub(super) retries: usize,
    pub(super) dialect: Option<Dialect>,
    pub(super) images: Images,
    /// In bytes.
    pub(super) room: usize,
    pub(super) roles: Vec<Role>,
    pub(super) prices: Option<Prices>,
    /// The first pause between two tries; each later one is up to twice as long.
    pub(super) pause: Duration,
}

impl Config {
    /// The model called `model`, at `https://api.openai.com/v1` and without a key.
    #[must_use]
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            base_url: "https://api.openai.com/v1".to_owned(),
            key: SecretString::default(),
            timeout: Duration::from_secs(120),
            patience: Duration::from_secs(300),
            retries: 4,
            dialect: None,
            images: Images::Never,
            room: 25_000 * BYTES,
            roles: Vec::new(),
            prices: None,
            pause: Duration::from_millis(500),
        }
    }

    /// The address that `/chat/completions` is appended to; most end in `/v1`.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// The key that is sent as bearer token; an empty one is not sent.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.key = SecretString::from(key.into());
        self
    }

    /// How long one request may take, from the first byte sent to the last byte read.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long one proposal may take in all, with every further try and the pauses between them.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How often a request is sent again when the endpoint is busy or out of reach.
    #[must_use]
    pub fn retries(mut self, retries: usize) -> Self {
        self.retries = retries;
        self
    }

    /// When it gets to see a picture of the page; never if never called. Only a model that takes images can.
    #[must_use]
    pub fn images(mut self, images: Images) -> Self {
        self.images = images;
        self
    }

    /// About how many tokens of the run and its pages one request may tell; the rules and functions add some 1,500.
    /// Beyond that, what lies far back is told more briefly. 25,000 if never called; fewer than 1,000 leave no room for
    /// a page.
    #[must_use]
    pub fn context(mut self, tokens: usize) -> Self {
        self.room = tokens.saturating_mul(BYTES);
        self
    }

    /// What it is asked about before other models of a [`Relay`](super::Relay); everything if never called.
    #[must_use]
    pub fn roles(mut self, roles: impl IntoIterator<Item = Role>) -> Self {
        self.roles = roles.into_iter().collect();
        self
    }

    /// What its tokens cost; a goal whose budget limits money needs it.
    #[must_use]
    pub fn prices(mut self, prices: Prices) -> Self {
        self.prices = Some(prices);
        self
    }

    /// In which form it is to answer; if never called, that is found out.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }
}
