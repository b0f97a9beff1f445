//! What can be typed after `lamassu policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Home, pair};

#[derive(Debug, Args)]
pub(in crate::cli) struct Policy {
    #[command(subcommand)]
    pub(in crate::cli) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PolicyCommand {
    /// Parse and validate a pack, and run its cases
    Check {
        /// The pack's folder, or the name of a ready pack
        path: String,
    },
    /// Judge the sessions of any agent, one verdict for each call: allow, ask or deny
    Eval(Eval),
    /// Run a pack's cases, and look for rules that never matter and consents that do harm
    Test {
        /// The pack's folder, or the name of a ready pack
        path: String,
    },
    /// Prove what holds for every request that a pack may be asked about, or show an action for which it does not
    Prove {
        /// The pack's folder, or the name of a ready pack
        path: String,
        /// A pack to compare with: that nothing is permitted which this one denies
        #[arg(long, value_name = "PACK")]
        against: Option<String>,
    },
    /// Say in words which rules decided a step, on which facts
    Explain {
        /// The run: its id, the beginning of it, or `last`
        run: String,
        /// The step's number
        step: u64,
        #[command(flatten)]
        home: Home,
    },
    /// Judge recorded runs again by another pack, and list the decisions that fall otherwise
    Backtest(Backtest),
    /// Say what would have to be different for the verdict of a step to be another
    Why(Why),
    /// Write the smallest pack that permits what recorded runs did
    Learn(Learn),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Learn {
    /// A run: its id, the beginning of it, or `last`; may be given again
    #[arg(required = true)]
    pub(in crate::cli) runs: Vec<String>,
    /// The folder of the new pack, which must not be there yet
    #[arg(long, short, value_name = "FOLDER")]
    pub(in crate::cli) out: PathBuf,
    /// What the pack is called; the folder's name if not given
    #[arg(long)]
    pub(in crate::cli) name: Option<String>,
    /// How far what was done is taken for what may be done
    #[arg(long, value_enum, default_value_t = General::Site)]
    pub(in crate::cli) general: General,
    #[command(flatten)]
    pub(in crate::cli) home: Home,
}

/// How far a learned pack goes beyond what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum General {
    /// These elements by role and name, these paths, these files
    Exact,
    /// Any element of these forms, addresses below the same first part of the path
    Form,
    /// These verbs anywhere at these origins, forms and links no further than they led
    Site,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Why {
    /// The run: its id, the beginning of it, or `last`
    pub(in crate::cli) run: String,
    /// The step's number
    pub(in crate::cli) step: u64,
    /// A pack to judge by: its folder, or the name of a ready one. The run's own if not given
    #[arg(long)]
    pub(in crate::cli) pack: Option<String>,
    /// A site that the pack may allow; may be given again
    #[arg(long = "site", value_name = "URL")]
    pub(in crate::cli) sites: Vec<String>,
    /// An entry of a parameter of the pack; may be given again
    #[arg(long = "with", value_name = "NAME=ENTRY", value_parser = pair)]
    pub(in crate::cli) with: Vec<(String, String)>,
    #[command(flatten)]
    pub(in crate::cli) home: Home,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 every decision stays, 1 some fall otherwise, 2 usage.")]
pub(in crate::cli) struct Backtest {
    #[command(flatten)]
    pub(in crate::cli) pack: Filled,
    /// A run: its id, the beginning of it, or `last`; may be given again. All runs if not given
    #[arg(long = "run", value_name = "RUN")]
    pub(in crate::cli) runs: Vec<String>,
    /// Print one JSON result on standard output
    #[arg(long)]
    pub(in crate::cli) json: bool,
    #[command(flatten)]
    pub(in crate::cli) home: Home,
}

/// A pack, and what is filled in. A parameter that is not given here is as it was in each run.
#[derive(Debug, Args)]
pub(in crate::cli) struct Filled {
    /// The pack: its folder, or the name of a ready one
    #[arg(long)]
    pub(in crate::cli) pack: String,
    /// A site that the pack may allow; may be given again
    #[arg(long = "site", value_name = "URL")]
    pub(in crate::cli) sites: Vec<String>,
    /// An entry of a parameter of the pack; may be given again
    #[arg(long = "with", value_name = "NAME=ENTRY", value_parser = pair)]
    pub(in crate::cli) with: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Eval {
    /// The pack's folder, or the name of a ready pack; `tools-guarded` and `tools-strict` are made for
    /// tools of others
    #[arg(long, default_value = "tools-guarded")]
    pub(in crate::cli) pack: String,
    /// What a parameter of the pack holds, as NAME=ENTRY; may be given again
    #[arg(long = "with", value_name = "NAME=ENTRY", value_parser = pair)]
    pub(in crate::cli) with: Vec<(String, String)>,
    /// The sessions, one in a line of JSON; `-` for standard input
    pub(in crate::cli) sessions: PathBuf,
}
