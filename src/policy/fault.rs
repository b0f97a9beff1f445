//! Why a pack does not load, shown at the place where it is wrong.

use std::fmt;

use miette::Diagnostic;

use super::text::Text;

/// Why a pack does not load. Nothing of it is used then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// There is no ready pack of this name.
    #[error("there is no pack `{name}`; take one of {ready}, or name a folder such as `./{name}`")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The names there are.
        ready: String,
    },
    /// A folder or file cannot be read.
    #[error("the pack cannot be read: `{path}` {problem}")]
    Unreadable {
        /// The folder or file.
        path: String,
        /// What is wrong with it, and the next move if there is one.
        problem: String,
    },
    /// Something in its files is wrong; one entry for each mistake.
    #[error("{}", join(.0))]
    Faulty(Vec<Fault>),
    /// A parameter was given that does not fit the pack.
    #[error("the parameter `{name}` of the pack `{pack}` {problem}")]
    Parameter {
        /// The pack.
        pack: String,
        /// The parameter.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A tool's verb does not fit the schema.
    #[error("the policy cannot judge `{verb}`: {problem}")]
    Verb {
        /// The verb, as `tool.verb`.
        verb: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// One mistake, with the line it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line itself.
    pub source: String,
    /// What is wrong.
    pub problem: String,
}

/// How much of a long source line is shown.
const SHOWN: usize = 160;

impl Fault {
    /// A mistake at the byte `offset` of `text`.
    pub(super) fn at(text: &Text, offset: usize, problem: impl Into<String>) -> Self {
        let offset = (0..=offset.min(text.body.len())).rev().find(|at| text.body.is_char_boundary(*at)).unwrap_or(0);
        let (before, after) = text.body.split_at(offset);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let head = before.get(start..).unwrap_or_default();
        let rest = after.lines().next().filter(|_| !after.starts_with('\n')).unwrap_or_default();
        Self {
            file: text.name.clone(),
            line: before.matches('\n').count() + 1,
            column: head.chars().count() + 1,
            source: format!("{head}{rest}").chars().take(SHOWN).collect(),
            problem: problem.into(),
        }
    }

    /// A mistake that Cedar found in `text`.
    pub(super) fn cedar(text: &Text, error: &dyn Diagnostic) -> Self {
        let offset = error.labels().and_then(|mut labels| labels.next()).map_or(0, |label| label.offset());
        let mut problem = error.to_string().replace('\n', " ");
        if let Some(help) = error.help() {
            problem.push_str(&format!("; {}", help.to_string().replace('\n', " ")));
        }
        Self::at(text, offset, problem)
    }

    /// A mistake that the TOML reader found in `text`.
    pub(super) fn toml(text: &Text, error: &toml::de::Error) -> Self {
        Self::at(text, error.span().map_or(0, |span| span.start), error.message().replace('\n', " "))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        // Tabs stay tabs, so that the caret stands below what it points at.
        let lead: String = self.source.chars().take(self.column - 1).map(|c| if c == '\t' { c } else { ' ' }).collect();
        writeln!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.problem)?;
        writeln!(f, "{gutter} |")?;
        writeln!(f, "{number} | {}", self.source)?;
        write!(f, "{gutter} | {lead}^")
    }
}

impl From<Fault> for PackError {
    fn from(fault: Fault) -> Self {
        Self::Faulty(vec![fault])
    }
}

fn join(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n\n")
}
