//! What a task says of how its models are used.

use serde::{Deserialize, Serialize};

/// When a model gets to see a picture of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Images {
    /// Never: it cannot read pictures, or is not to.
    #[default]
    Never,
    /// When it asks for one.
    Demand,
    /// Then, and when what it has tried leads nowhere.
    Stagnation,
    /// Before each of its proposals.
    Always,
}

impl Images {
    /// What `word` means in a task file.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let known = [
            ("never", Self::Never),
            ("demand", Self::Demand),
            ("stagnation", Self::Stagnation),
            ("always", Self::Always),
        ];
        known.into_iter().find_map(|(name, images)| (name == word).then_some(images))
    }
}
