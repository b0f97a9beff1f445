//! What a task file says about its secrets: where each is kept, and what it is bound to.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use lamassu_contract::Field;
use serde::{Deserialize, Serialize};
use url::Origin;

use super::{
    document::{Entry, Section},
    error::TaskError,
    inputs::Inputs,
};

/// Where one secret is kept, and where it may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretSource {
    /// Where its value is found.
    pub from: SecretPlace,
    /// The origins it may be used at, such as `https://shop.test`; at least one.
    pub at: Vec<String>,
    /// Whether the value is a seed of which only one-time codes are used.
    #[serde(default)]
    pub totp: bool,
    /// The only kind of field it may go into.
    #[serde(default)]
    pub field: Option<Field>,
    /// The only header of a request it may go into.
    #[serde(default)]
    pub header: Option<String>,
}

/// Where the value of a secret is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretPlace {
    /// In the environment variable of this name.
    Env(String),
    /// In this file.
    File(PathBuf),
    /// In the system's keyring.
    Keyring {
        /// The service, such as `shop.test`.
        service: String,
        /// The name of the entry, such as `ann`.
        name: String,
    },
}

/// Reads `[secrets]`; paths are relative to `folder`.
pub(super) fn read(
    root: &Section<'_>,
    inputs: &Inputs,
    folder: &Path,
) -> Result<BTreeMap<String, SecretSource>, TaskError> {
    let secret = |entry: Entry<'_>| {
        entry.check_name()?;
        Ok((entry.name.to_owned(), source(&entry.section()?, inputs, folder)?))
    };
    root.section("secrets")?.iter().flat_map(Section::entries).map(secret).collect()
}

fn source(section: &Section<'_>, inputs: &Inputs, folder: &Path) -> Result<SecretSource, TaskError> {
    section.allow(&["env", "file", "keyring", "at", "totp", "field", "header"])?;
    let from = match (section.get("env"), section.get("file"), section.get("keyring")) {
        (Some(name), None, None) => SecretPlace::Env(name.plain()?.to_owned()),
        (None, Some(file), None) => SecretPlace::File(folder.join(file.plain()?)),
        (None, None, Some(entry)) => keyring(&entry)?,
        _ => {
            return Err(
                section.blame("expected one of `env`, `file` and `keyring`, which says where its value is kept")
            );
        }
    };
    let at = section.need("at", "the origins it may be used at, such as `[\"https://shop.test\"]`")?;
    let origins: Vec<_> = at.items().iter().map(|item| origin(item, inputs)).collect::<Result<_, _>>()?;
    if origins.is_empty() {
        return Err(at.blame("expected at least one origin, such as `https://shop.test`"));
    }
    Ok(SecretSource {
        from,
        at: origins,
        totp: section.get("totp").map(|entry| entry.flag()).transpose()?.unwrap_or_default(),
        field: section.get("field").map(|entry| field(&entry)).transpose()?,
        header: section.get("header").map(|entry| header(&entry)).transpose()?,
    })
}

fn keyring(entry: &Entry<'_>) -> Result<SecretPlace, TaskError> {
    let text = entry.plain()?;
    match text.split_once('/').filter(|(service, name)| !service.is_empty() && !name.is_empty()) {
        Some((service, name)) => Ok(SecretPlace::Keyring { service: service.to_owned(), name: name.to_owned() }),
        None => Err(entry.blame(format!("expected a service and a name such as `shop.test/ann`, found `{text}`"))),
    }
}

fn field(entry: &Entry<'_>) -> Result<Field, TaskError> {
    let text = entry.plain()?;
    let expected = || entry.blame(format!("expected `password`, `one-time-code` or `text`, found `{text}`"));
    Field::named(text).ok_or_else(expected)
}

fn header(entry: &Entry<'_>) -> Result<String, TaskError> {
    let text = entry.plain()?;
    // What RFC 9110, 5.6.2 calls a token.
    if text.chars().all(|letter| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter)) {
        return Ok(text.to_lowercase());
    }
    Err(entry.blame(format!("expected the name of a header such as `authorization`, found `{text}`")))
}

fn origin(entry: &Entry<'_>, inputs: &Inputs) -> Result<String, TaskError> {
    let text = inputs.text(entry)?;
    let url = entry.address(&text)?;
    match url.origin() {
        // An origin written as an address has nothing but the final slash.
        origin @ Origin::Tuple(..) if format!("{}/", origin.ascii_serialization()) == url.as_str() => {
            Ok(origin.ascii_serialization())
        }
        _ => Err(entry.blame(format!("expected an origin such as `https://shop.test`, found `{text}`"))),
    }
}
