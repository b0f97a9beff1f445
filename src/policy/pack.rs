//! Which pack to judge by, and with what filled in.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    fault::PackError,
    manifest::Parameters,
    text::{self, Files, Text},
};

/// A pack of rules by name or folder, with its parameters. It is read when a policy is made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    #[serde(flatten)]
    place: Place,
    #[serde(default)]
    parameters: Parameters,
    /// Rules instead of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    Ready(String),
    Folder(PathBuf),
}

impl Pack {
    /// The ready pack `name`; see [`Pack::names`].
    #[must_use]
    pub fn ready(name: impl Into<String>) -> Self {
        Self::at(Place::Ready(name.into()))
    }

    /// The pack in `folder`.
    #[must_use]
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self::at(Place::Folder(folder.into()))
    }

    fn at(place: Place) -> Self {
        Self { place, parameters: Parameters::new(), rules: None }
    }

    /// What a user means by `name`: a ready pack, or a folder if it has a `/` or `.` in it, which
    /// is then relative to `base`.
    #[must_use]
    pub fn find(name: &str, base: &Path) -> Self {
        if name.contains(['/', '\\', '.']) { Self::folder(base.join(name)) } else { Self::ready(name) }
    }

    /// The names of the ready packs.
    pub fn names() -> impl Iterator<Item = &'static str> {
        text::names()
    }

    /// The same pack with more entries for the parameter `name`, such as `sites`.
    #[must_use]
    pub fn with<S: Into<String>>(mut self, name: impl Into<String>, entries: impl IntoIterator<Item = S>) -> Self {
        self.parameters.entry(name.into()).or_default().extend(entries.into_iter().map(Into::into));
        self
    }

    /// The same pack with `rules`, Cedar's text, in place of its own: a change that is tried before it is made.
    /// Its manifest and its cases stay.
    #[must_use]
    pub fn ruled(self, rules: impl Into<String>) -> Self {
        Self { rules: Some(rules.into()), ..self }
    }

    /// The text of its rules.
    ///
    /// # Errors
    ///
    /// [`PackError`] if they cannot be read.
    pub fn rules(&self) -> Result<String, PackError> {
        let files = self.files()?.rules;
        Ok(files.into_iter().map(|text| text.body).collect::<Vec<_>>().join("\n"))
    }

    /// The name or folder, as it was given.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.place {
            Place::Ready(name) => name.clone(),
            Place::Folder(folder) => folder.display().to_string(),
        }
    }

    /// The folder, if it is one's own.
    #[must_use]
    pub fn place(&self) -> Option<&Path> {
        match &self.place {
            Place::Ready(_) => None,
            Place::Folder(folder) => Some(folder),
        }
    }

    /// The same pack with nothing filled in.
    #[must_use]
    pub fn unfilled(&self) -> Self {
        Self { parameters: Parameters::new(), ..self.clone() }
    }

    /// What was filled in.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    pub(super) fn files(&self) -> Result<Files, PackError> {
        let own = match &self.place {
            Place::Ready(name) => text::ready(name),
            Place::Folder(folder) => text::folder(folder),
        }?;
        let changed = self.rules.clone().map(|body| vec![Text { name: "the changed rules".to_owned(), body }]);
        Ok(Files { rules: changed.unwrap_or(own.rules), ..own })
    }
}
