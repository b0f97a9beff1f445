//! Why there is no skill to be had.

use std::path::PathBuf;

/// What is wrong with a skill, or with the demonstrations for one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SkillError {
    /// A file or folder cannot be used.
    #[error("`{}` cannot be used: {problem}", path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
    /// A skill file makes no sense.
    #[error("{file}:{line}: {problem}; mend the line, or `lamassu skills forget` the skill and teach it anew")]
    File {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
    /// A skill file was written by another version.
    #[error(
        "{file} is of version {found}, and version {known} is read here; teach the skill anew, or use the program that wrote it"
    )]
    Version {
        /// The file.
        file: String,
        /// Its version.
        found: String,
        /// The version that is read.
        known: u64,
    },
    /// No skill can be called so.
    #[error("`{0}` cannot be a skill's name; take letters, digits, `-` and `_`")]
    Name(String),
    /// There is no such skill.
    #[error("there is no skill `{name}`; {known}")]
    Unknown {
        /// The name.
        name: String,
        /// What there is.
        known: String,
    },
    /// A skill of this name is there already.
    #[error("there is a skill `{0}` already; give `--replace` to put this one in its place")]
    Exists(String),
    /// A demonstration shows nothing.
    #[error("the demonstration shows nothing that was done; do it once more, from the beginning to the end")]
    Empty,
    /// Something was done that no skill can do.
    #[error(
        "step {step} of the demonstration is a `{verb}`, which cannot be learned; leave it out, or write a task file for it"
    )]
    Unlearnable {
        /// The step, from 1.
        step: usize,
        /// The verb.
        verb: String,
    },
    /// A demonstration does not fit the page it was recorded on.
    #[error("step {step} of the demonstration is done to `{target}`, which is not on the page it was recorded with")]
    Torn {
        /// The step, from 1.
        step: usize,
        /// The target.
        target: String,
    },
    /// A demonstration was on other sites than those before it.
    #[error("this was done at {found}, and the skill is for {known}; teach it under another name")]
    Elsewhere {
        /// Where it was done.
        found: String,
        /// Where the skill may run.
        known: String,
    },
    /// Two demonstrations want different things.
    #[error("`{one}` and `{other}` want different things; teach the second under another name")]
    Intent {
        /// One goal.
        one: String,
        /// The other.
        other: String,
    },
    /// Two demonstrations of the same goal differ in a way that the goal does not explain.
    #[error(
        "one demonstration has `{one}` and another one `{other}` to {step}, and neither goal says which; name it in the goal, or give it as an input"
    )]
    Contradiction {
        /// The step in words.
        step: String,
        /// What one has.
        one: String,
        /// What the other has.
        other: String,
    },
    /// A parameter is missing or unknown.
    #[error("the skill `{name}` {problem}")]
    Unfilled {
        /// The skill.
        name: String,
        /// What is missing or unknown.
        problem: String,
    },
}
