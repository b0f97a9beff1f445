//! Where requests go and with which headers.
//!
//! It stands in for the configuration that comes with async-openai, which reads the environment.

use async_openai::config::Config as Target;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::planner::PlannerError;

/// An address, checked, and what is sent along with every request.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    // INVARIANT: an `http` or `https` address without user, query, fragment or slash at its end.
    base: String,
    query: Vec<(String, String)>,
    key: SecretString,
    headers: HeaderMap,
}

impl Endpoint {
    /// The endpoint at `base_url`, which takes `key`.
    ///
    /// # Errors
    ///
    /// [`PlannerError::Setup`] if either cannot be used.
    pub(super) fn new(base_url: &str, key: &SecretString) -> Result<Self, PlannerError> {
        let wrong =
            |why: &str| PlannerError::Setup(format!("the base URL {why}; give one like `http://127.0.0.1:11434/v1`"));
        let mut url = Url::parse(base_url.trim()).map_err(|error| wrong(&format!("`{base_url}` is none: {error}")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("may not hold a user or a password"));
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong(&format!("`{base_url}` is neither `http` nor `https`")));
        }
        let query = url.query_pairs().into_owned().collect();
        url.set_query(None);
        url.set_fragment(None);
        let base = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { base, query, key: key.clone(), headers: headers(key)? })
    }

    /// `text` without the key, should an endpoint repeat it.
    pub(super) fn redact(&self, text: &str) -> String {
        match self.key.expose_secret().trim() {
            key if key.len() < 4 => text.to_owned(),
            key => text.replace(key, "{api key}"),
        }
    }
}

impl Target for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn api_base(&self) -> &str {
        &self.base
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

fn headers(key: &SecretString) -> Result<HeaderMap, PlannerError> {
    let mut headers = HeaderMap::new();
    let key = key.expose_secret().trim();
    if key.is_empty() {
        return Ok(headers);
    }
    let mut bearer = HeaderValue::try_from(format!("Bearer {key}")).map_err(|_| {
        PlannerError::Setup("the API key holds characters that no key has; check `OPENAI_API_KEY`".to_owned())
    })?;
    bearer.set_sensitive(true);
    headers.insert(AUTHORIZATION, bearer);
    Ok(headers)
}
