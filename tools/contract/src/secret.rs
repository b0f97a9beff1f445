//! Secrets that a planner never sees.

use std::{collections::BTreeMap, fmt};

use base64::Engine as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::observation::map_value;

/// A value that only a tool with a permit may read, and only where it is bound to.
pub struct Secret {
    value: Zeroizing<String>,
    // INVARIANT: every form in which `value` may be echoed, longest first; empty if it is too
    // short to be told from other text.
    echoes: Vec<Zeroizing<String>>,
    origins: Vec<String>,
}

impl Secret {
    /// A secret that may be used at no place yet.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        let value = Zeroizing::new(value.into());
        let echoes = if value.len() < 4 { Vec::new() } else { forms(&value) };
        Self { value, echoes, origins: Vec::new() }
    }

    /// The same secret, which may also be used at `origin`, such as `https://shop.test`.
    #[must_use]
    pub fn at(mut self, origin: impl Into<String>) -> Self {
        self.origins.push(origin.into());
        self
    }

    /// The origins it may be used at.
    #[must_use]
    pub fn origins(&self) -> &[String] {
        &self.origins
    }

    pub(crate) fn expose(&self) -> &str {
        &self.value
    }
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

    /// The origins that the secret `name` may be used at; none if there is no such secret.
    #[must_use]
    pub fn origins(&self, name: &str) -> Option<&[String]> {
        self.get(name).map(Secret::origins)
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

    /// `text` with every echo of a secret replaced by `{secret NAME}`: raw, percent-encoded, in
    /// base64 at any alignment, JSON- and HTML-escaped. Secrets under four bytes are left, since
    /// they stand in every text by chance.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, secret) in &self.secrets {
            for form in &secret.echoes {
                if text.contains(form.as_str()) {
                    text = text.replace(form.as_str(), &format!("{{secret {name}}}"));
                }
            }
        }
        text
    }
}

/// The forms in which `value` may come back, longest first.
fn forms(value: &str) -> Vec<Zeroizing<String>> {
    let percent = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    let json = serde_json::Value::from(value).to_string();
    let html = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut forms = vec![
        value.to_owned(),
        url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
        percent.to_lowercase(),
        percent,
        json.trim_matches('"').to_owned(),
        html.replace('"', "&quot;").replace('\'', "&#39;"),
        html.replace('"', "&quot;").replace('\'', "&#x27;"),
        html,
    ];
    forms.extend(base64_forms(value.as_bytes()));
    forms.sort_unstable_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    forms.into_iter().map(Zeroizing::new).collect()
}

/// What base64 of any text around `value` must contain, for each of the three alignments.
fn base64_forms(value: &[u8]) -> impl Iterator<Item = String> {
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    (0..3_usize).flat_map(move |lead| {
        let mut bytes = vec![0; lead];
        bytes.extend_from_slice(value);
        // Characters that also depend on the bytes around the value are dropped.
        let from = [0, 2, 3].get(lead).copied().unwrap_or(0);
        let until = bytes.len() * 8 / 6;
        [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)]
            .map(|text| text.get(from..until).unwrap_or_default().to_owned())
            .into_iter()
            .filter(|text| text.len() >= 6)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    fn vault() -> Vault {
        Vault::default().with("pin", Secret::new("s3cr&t \"wörd\""))
    }

    #[test]
    fn every_echo_is_redacted() {
        let value = "s3cr&t \"wörd\"";
        let echoes = [
            value.to_owned(),
            utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
            serde_json::Value::from(value).to_string(),
            "s3cr&amp;t &quot;wörd&quot;".to_owned(),
            STANDARD.encode(value),
            STANDARD.encode(format!("user:{value}")),
            STANDARD.encode(format!("me:{value}!")),
        ];
        for echo in echoes {
            let shown = vault().redact(&format!("<{echo}>"));
            assert!(shown.contains("{secret pin}"), "`{echo}` became `{shown}`");
        }
    }

    #[test]
    fn debug_output_is_blind() {
        assert!(!format!("{:?}", vault()).contains("s3cr"));
    }
}
