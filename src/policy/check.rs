//! What `lamassu policy check` tells about a pack.

use std::fmt;

use lamassu_contract::{Rule, Verb};

use super::{cedar, fault::PackError, pack::Pack};

/// What is in a pack that loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// The ready pack that it says it is no wider than; `lamassu policy prove` holds it to that.
    pub narrows: Option<String>,
    /// What else it says of itself, to be proved.
    pub proves: Vec<String>,
    /// What the user fills in: name, and what it is.
    pub parameters: Vec<(String, String)>,
    /// Its rules, the guards that always stand included.
    pub rules: Vec<Rule>,
    /// How many cases it passed.
    pub cases: usize,
    /// What is odd about it, though not wrong.
    pub warnings: Vec<String>,
}

/// Parses and validates `pack` and runs its cases; its parameters need not be filled in. `verbs`
/// are those of the tools that its rules may name besides the built-in ones.
///
/// # Errors
///
/// [`PackError`] with the file, the line and the line's text of every mistake.
pub fn check(pack: &Pack, verbs: &[(String, Vec<Verb>)]) -> Result<Report, PackError> {
    let (_, report) = cedar::read(pack, verbs)?;
    Ok(report)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.name, self.about)?;
        if let Some(wider) = &self.narrows {
            writeln!(f, "  permits nothing that `{wider}` denies; to be proved by `lamassu policy prove`")?;
        }
        for claim in &self.proves {
            writeln!(f, "  claim `{claim}`; to be proved by `lamassu policy prove`")?;
        }
        for (name, about) in &self.parameters {
            writeln!(f, "  parameter `{name}`: {about}")?;
        }
        for rule in &self.rules {
            writeln!(f, "  rule `{}`: {}", rule.id, rule.because)?;
        }
        for warning in &self.warnings {
            writeln!(f, "  note: {warning}")?;
        }
        write!(f, "{} rules are valid, {} cases pass", self.rules.len(), self.cases)
    }
}
