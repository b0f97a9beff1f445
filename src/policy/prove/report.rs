//! What `lamassu policy prove` tells.

use std::fmt;

/// What became of the claims about a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The pack's name.
    pub pack: String,
    /// How many kinds of request there are: an action upon a type of thing.
    pub kinds: usize,
    /// How many rules it has, the guards included.
    pub rules: usize,
    /// One for each claim.
    pub findings: Vec<Finding>,
}

/// What became of one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The claim's name.
    pub claim: String,
    /// What it says.
    pub says: String,
    /// Whether it is so.
    pub outcome: Outcome,
}

/// Whether a claim holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// For every request that fits the schema.
    Proved,
    /// Not for this one.
    Refuted {
        /// The action in words.
        action: String,
        /// The rules that fail on it.
        failed: Vec<String>,
        /// The rules that allow it.
        allowed_by: Vec<String>,
        /// The rules of the other side that deny it; empty if none of them allows it.
        denied_by: Vec<String>,
    },
    /// Nobody can tell, and why.
    Unknown(String),
}

impl Proof {
    /// Whether every claim is proved.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings.iter().all(|finding| finding.outcome == Outcome::Proved)
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let proved = self.findings.iter().filter(|finding| finding.outcome == Outcome::Proved).count();
        write!(
            f,
            "{}: {proved} of {} claims are proved, for {} rules and all requests of {} kinds",
            self.pack,
            self.findings.len(),
            self.rules,
            self.kinds
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { claim, says, outcome } = self;
        match outcome {
            Outcome::Proved => write!(f, "proved   {claim}: {says}"),
            Outcome::Unknown(problem) => write!(f, "unknown  {claim}: {says}\n         {problem}"),
            Outcome::Refuted { action, failed, allowed_by, denied_by } => {
                write!(f, "refuted  {claim}: {says}\n         {action}")?;
                if !failed.is_empty() {
                    return write!(f, "\n         on which {} fails", listed(failed));
                }
                write!(f, "\n         allowed by {}", listed(allowed_by))?;
                match denied_by.is_empty() {
                    true => write!(f, "; no rule on the other side allows it"),
                    false => write!(f, "; denied by {}", listed(denied_by)),
                }
            }
        }
    }
}

fn listed(ids: &[String]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}
