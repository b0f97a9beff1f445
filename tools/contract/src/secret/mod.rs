//! Secrets that a planner never sees.
//!
//! What is kept here is overwritten when it is dropped, and so is what a permit lends out. Copies
//! that others need are out of reach: the header of a request on its way, what is typed into a
//! browser, and the process's own environment.

mod code;
mod echo;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    ops::Range,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;
use zeroize::Zeroizing;

use crate::{Field, SecretUse, observation::map_value};
use code::Codes;
use echo::Echoes;

/// Secrets with fewer characters stand in every text by chance, so that they could not be redacted.
const SHORTEST: usize = 4;

/// A value that only a tool with a permit may read, and only where it is bound to.
pub struct Secret {
    value: Zeroizing<String>,
    /// What makes one-time codes of it, if that is what is lent out.
    codes: Option<Codes>,
    /// Everything that was lent out or could be, as it may come back.
    echoes: Mutex<Vec<Echoes>>,
    origins: Vec<String>,
    field: Option<Field>,
    header: Option<String>,
}

/// Why a secret cannot be used. It never holds any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It is too short to be told from other text.
    #[error("it has fewer than {SHORTEST} characters, which stand in every text by chance; use a longer one")]
    Short,
    /// No one-time codes can be made of it.
    #[error("no one-time codes can be made of it: {0}")]
    Seed(&'static str),
}

impl Secret {
    /// A secret that may be used at no place yet. It takes over `value` without a copy.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        let value = Zeroizing::new(value.into());
        let echoes = if is_short(&value) { Vec::new() } else { vec![Echoes::of(&value)] };
        Self { value, codes: None, echoes: Mutex::new(echoes), origins: Vec::new(), field: None, header: None }
    }

    /// A secret of which only one-time codes are lent out (TOTP, RFC 6238), each made when it is
    /// used. `seed` is in base32, or an `otpauth://` address.
    ///
    /// # Errors
    ///
    /// [`SecretError::Seed`] if it is neither.
    pub fn one_time(seed: impl Into<String>) -> Result<Self, SecretError> {
        let mut secret = Self::new(seed);
        let codes = Codes::read(&secret.value)?;
        secret.remember(&codes.seed);
        secret.codes = Some(codes);
        Ok(secret)
    }

    /// The same secret, whose codes are those of the time that `clock` tells, in seconds since 1970.
    #[must_use]
    pub fn timed_by(mut self, clock: fn() -> u64) -> Self {
        if let Some(codes) = &mut self.codes {
            codes.clock = clock;
        }
        self
    }

    /// The same secret, which may also be used at `origin`, such as `https://shop.test`.
    #[must_use]
    pub fn at(mut self, origin: impl Into<String>) -> Self {
        self.origins.push(origin.into());
        self
    }

    /// The same secret, which may only go into this kind of field of a page.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.field = Some(field);
        self
    }

    /// The same secret, which may only go into this header of a request.
    #[must_use]
    pub fn header(mut self, name: &str) -> Self {
        self.header = Some(name.to_lowercase());
        self
    }

    /// The origins it may be used at.
    #[must_use]
    pub fn origins(&self) -> &[String] {
        &self.origins
    }

    /// The only kind of field it may go into, if it is bound to one.
    #[must_use]
    pub fn bound_field(&self) -> Option<Field> {
        self.field
    }

    /// The only header it may go into, in lower case, if it is bound to one.
    #[must_use]
    pub fn bound_header(&self) -> Option<&str> {
        self.header.as_deref()
    }

    /// What is lent out now: the value, or the code of this moment. It is redacted from here on.
    pub(crate) fn expose(&self) -> Zeroizing<String> {
        let Some(codes) = &self.codes else { return self.value.clone() };
        let code = codes.current();
        self.remember(&code);
        code
    }

    fn remember(&self, text: &str) {
        let mut echoes = self.echoes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = Vec::new();
        echoes.iter().for_each(|echoes| echoes.find(text, &mut known));
        if !known.contains(&(0..text.len())) {
            echoes.push(Echoes::of(text));
        }
    }
}

fn is_short(value: &str) -> bool {
    value.chars().nth(SHORTEST - 1).is_none()
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("origins", &self.origins).finish_non_exhaustive()
    }
}

/// The secrets of a run, by name.
#[derive(Debug, Default)]
pub struct Vault {
    secrets: BTreeMap<String, Secret>,
}

impl Vault {
    /// The same vault with one more secret.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, secret: Secret) -> Self {
        self.secrets.insert(name.into(), secret);
        self
    }

    /// The names, in order; a planner may know them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.secrets.keys().map(String::as_str)
    }

    /// The first secret that cannot be used, and why.
    #[must_use]
    pub fn unfit(&self) -> Option<(&str, SecretError)> {
        let short = self.secrets.iter().find(|(_, secret)| is_short(&secret.value))?;
        Some((short.0, SecretError::Short))
    }

    /// What the secret `name` is bound to, as it would be used for `argument`; none if there is no
    /// such secret.
    #[must_use]
    pub fn would_use(&self, argument: &str, name: &str) -> Option<SecretUse> {
        let secret = self.get(name)?;
        Some(SecretUse {
            argument: argument.to_owned(),
            name: name.to_owned(),
            origins: secret.origins().to_vec(),
            field: secret.bound_field(),
            header: secret.bound_header().map(str::to_owned),
        })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(name)
    }

    /// `value` with every text in it redacted, see [`Vault::redact`].
    #[must_use]
    pub fn redact_value(&self, mut value: Value) -> Value {
        map_value(&mut value, &|text| self.redact(text));
        value
    }

    /// `text` with every echo of a secret replaced by `{secret NAME}`: as it is, in lower or upper
    /// case, percent-encoded, in base64 at any alignment, in hexadecimal digits, escaped as in JSON or
    /// HTML; also with white space or soft hyphens in between. Secrets of fewer than four characters
    /// are left, see [`Vault::unfit`].
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        replaced(text, &self.found(text))
    }

    /// Where `text` holds such an echo; what overlaps is one.
    pub(crate) fn echoes_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut whole: Vec<Range<usize>> = Vec::new();
        for (range, _) in self.found(text) {
            match whole.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => whole.push(range),
            }
        }
        whole
    }

    /// Every echo in `text` with the name of its secret, in order.
    fn found(&self, text: &str) -> Vec<(Range<usize>, &str)> {
        let mut found: Vec<(Range<usize>, &str)> = Vec::new();
        let mut ranges = Vec::new();
        for (name, secret) in &self.secrets {
            let echoes = secret.echoes.lock().unwrap_or_else(PoisonError::into_inner);
            echoes.iter().for_each(|echoes| echoes.find(text, &mut ranges));
            found.extend(ranges.drain(..).map(|range| (range, name.as_str())));
        }
        found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        found
    }
}

/// `text` with each of `found` replaced, in order. What overlaps is replaced as one.
fn replaced(text: &str, found: &[(Range<usize>, &str)]) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut end = 0;
    for (range, name) in found {
        if range.start >= end {
            shown.push_str(text.get(end..range.start).unwrap_or_default());
            shown.push_str(&format!("{{secret {name}}}"));
        }
        end = end.max(range.end);
    }
    shown.push_str(text.get(end..).unwrap_or_default());
    shown
}
