//! Which pack to judge by, and with what filled in.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    fault::PackError,
    manifest::Parameters,
    text::{self, Files},
};

/// A pack of rules by name or folder, with its parameters. It is read when a policy is made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    #[serde(flatten)]
    place: Place,
    #[serde(default)]
    parameters: Parameters,
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
        Self { place: Place::Ready(name.into()), parameters: Parameters::new() }
    }

    /// The pack in `folder`.
    #[must_use]
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self { place: Place::Folder(folder.into()), parameters: Parameters::new() }
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
        Self { place: self.place.clone(), parameters: Parameters::new() }
    }

    /// What was filled in.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    pub(super) fn files(&self) -> Result<Files, PackError> {
        match &self.place {
            Place::Ready(name) => text::ready(name),
            Place::Folder(folder) => text::folder(folder),
        }
    }
}
