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

/// What a model is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The first step, and steps after something did not work: a circle, an end that was not accepted.
    Plan,
    /// Every other step.
    Act,
    /// What stands in text of others, where the model that plans is not to read it.
    Read,
    /// Steps with a picture.
    See,
}

impl Role {
    const ALL: [(&str, Self); 4] = [("plan", Self::Plan), ("act", Self::Act), ("read", Self::Read), ("see", Self::See)];

    /// What `word` means in a task file.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find_map(|(name, role)| (name == word).then_some(role))
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = Self::ALL.into_iter().find(|(_, role)| role == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}
