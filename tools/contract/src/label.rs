//! Where a value came from.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

/// One place that text can come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind", content = "of")]
pub enum Source {
    /// The user's goal or task file.
    Goal,
    /// The input of this name.
    Input(String),
    /// The secret of this name.
    Secret(String),
    /// A page of this origin.
    Page(String),
    /// What this address answered.
    Url(String),
    /// A file of the workspace.
    File(String),
    /// What this tool said.
    Tool(String),
    /// The planner alone.
    Model,
}

impl Source {
    /// Whether the user put it there.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        matches!(self, Self::Goal | Self::Input(_) | Self::Secret(_))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Goal => f.write_str("goal"),
            Self::Input(name) => write!(f, "input:{name}"),
            Self::Secret(name) => write!(f, "secret:{name}"),
            Self::Page(origin) => write!(f, "page:{origin}"),
            Self::Url(url) => write!(f, "url:{url}"),
            Self::File(path) => write!(f, "file:{path}"),
            Self::Tool(name) => write!(f, "tool:{name}"),
            Self::Model => f.write_str("model"),
        }
    }
}

/// All the places a value came from. Labels only ever grow.
///
/// `Deserialize` is there for the record alone: whatever an observation claims,
/// [`Provenance`](crate::Provenance) never believes that it is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Label {
    sources: BTreeSet<Source>,
}

impl Label {
    pub(crate) fn of(source: Source) -> Self {
        Self { sources: BTreeSet::from([source]) }
    }

    pub(crate) fn model() -> Self {
        Self::of(Source::Model)
    }

    /// The places of it that are neither the user nor the planner; `None` if there is none.
    #[must_use]
    pub fn outside(&self) -> Option<Self> {
        let outside = |source: &&Source| !source.is_trusted() && **source != Source::Model;
        let sources: BTreeSet<_> = self.sources.iter().filter(outside).cloned().collect();
        (!sources.is_empty()).then_some(Self { sources })
    }

    /// This label and all of `other`.
    #[must_use]
    pub fn join(mut self, other: &Self) -> Self {
        self.sources.extend(other.sources.iter().cloned());
        self
    }

    /// The same label with the names of the places changed by `change`; redaction uses it.
    pub(crate) fn map_text(&self, change: &dyn Fn(&str) -> String) -> Self {
        let changed = |source: &Source| match source {
            Source::Page(origin) => Source::Page(change(origin)),
            Source::Url(url) => Source::Url(change(url)),
            Source::File(path) => Source::File(change(path)),
            Source::Tool(name) => Source::Tool(change(name)),
            kept @ (Source::Goal | Source::Input(_) | Source::Secret(_) | Source::Model) => kept.clone(),
        };
        Self { sources: self.sources.iter().map(changed).collect() }
    }

    /// The places, in a fixed order.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter()
    }

    /// Whether everything in it was put there by the user.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.sources.iter().all(Source::is_trusted)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, source) in self.sources.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{source}")?;
        }
        Ok(())
    }
}
