//! One-time codes (TOTP, RFC 6238).

use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use totp_rs::{Algorithm, Builder, Totp};
use url::Url;
use zeroize::Zeroizing;

use super::SecretError;

/// What makes the codes, and what tells it the time in seconds since 1970.
pub(super) struct Codes {
    totp: Totp,
    /// The seed as it was written, so that it can be found again in a text.
    pub(super) seed: Zeroizing<String>,
    pub(super) clock: fn() -> u64,
}

impl Codes {
    /// The codes of `text`: a seed in base32, or an `otpauth://` address. Six digits every thirty
    /// seconds by SHA-1, unless the address says otherwise.
    pub(super) fn read(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if text.starts_with("otpauth:") { Self::from_address(text) } else { Self::from_seed(text, Builder::new()) }
    }

    fn from_address(text: &str) -> Result<Self, SecretError> {
        let wrong = SecretError::Seed("it is not an address as `otpauth://totp/NAME?secret=...`");
        let url = Url::parse(text).map_err(|_| wrong)?;
        if url.host_str() != Some("totp") {
            return Err(wrong);
        }
        let (mut builder, mut seed) = (Builder::new(), Zeroizing::new(String::new()));
        for (name, value) in url.query_pairs() {
            let number = value.parse().ok();
            builder = match &*name {
                "secret" => {
                    seed = Zeroizing::new(value.into_owned());
                    builder
                }
                "digits" => builder.with_digits(number.filter(|digits| (6..=8).contains(digits)).ok_or(wrong)?),
                "period" => builder.with_step_duration(number.filter(|step| *step > 0).ok_or(wrong)?.into()),
                "algorithm" => builder.with_algorithm(match value.to_uppercase().as_str() {
                    "SHA1" => Algorithm::SHA1,
                    "SHA256" => Algorithm::SHA256,
                    "SHA512" => Algorithm::SHA512,
                    _ => return Err(wrong),
                }),
                _ => builder,
            };
        }
        Self::from_seed(&seed, builder)
    }

    fn from_seed(text: &str, builder: Builder) -> Result<Self, SecretError> {
        // Sites show it in groups and in either case, with the padding or without.
        let kept = text.chars().filter(|character| !character.is_whitespace() && !"-=".contains(*character));
        let plain = Zeroizing::new(kept.collect::<String>().to_uppercase());
        let bytes = totp_rs::Secret::try_from_base32(&*plain)
            .map_err(|_| SecretError::Seed("it is not in base32, the letters A to Z and the digits 2 to 7"))?;
        // Some sites give out 80 bits, fewer than the 128 that the standard asks for.
        if bytes.as_ref().len() < 10 {
            return Err(SecretError::Seed("it is shorter than 80 bits, which is 16 characters"));
        }
        let totp = builder.with_secret(bytes).build_noncompliant();
        Ok(Self { totp, seed: Zeroizing::new(text.to_owned()), clock: now })
    }

    /// The code of this moment.
    pub(super) fn current(&self) -> Zeroizing<String> {
        Zeroizing::new(self.totp.generate((self.clock)()).to_string())
    }
}

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codes")
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
