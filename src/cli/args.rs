//! What can be typed.

#[cfg(feature = "console")]
mod console;
mod policy;

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand};
use serde::{Deserialize, Serialize};
use url::Url;

#[cfg(feature = "console")]
pub(super) use console::{Console, Watched};
pub(super) use policy::{Backtest, Eval, Filled, General, Learn, Policy, PolicyCommand, Why};

use crate::{Autonomy, Mode};

/// No action runs that the policy has not judged.
#[derive(Debug, Parser)]
#[command(name = "lamassu", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 usage, 3 refused by policy, 4 budget spent, \
    5 in doubt, 6 waiting for a person, 7 unverified.")]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a task file
    Run(Run),
    /// Reach a goal by the embedded action model, and by a model where that does not know
    Do(Do),
    /// Show how something is done in a browser, so that it can be done again
    Teach(Teach),
    /// Take up a run where its record ends
    Resume(Resume),
    /// Print what a planner would see of a page
    Observe(Observe),
    /// Serve a page to watch runs, answer what is held, and look into the record
    #[cfg(feature = "console")]
    Console(Console),
    /// List, show, verify and export the record of past runs
    Runs(Runs),
    /// Write what a run did as one page that needs nothing beside it
    Report(Report),
    /// List, show, run, test, give away and forget what was learned from demonstrations
    Skills(Skills),
    /// Check a policy pack, or explain a verdict
    Policy(Policy),
    /// List the tools and what they can be asked for
    Tools(Tools),
    /// Say what is installed, what is missing, and how to get it
    Doctor(Doctor),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The task file
    pub(super) task: PathBuf,
    /// An input of the task, as NAME=VALUE; may be given again
    #[arg(long = "input", short = 'i', value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) inputs: Vec<(String, String)>,
    /// Who plans: `script`, `local`, `model`, `cascade`, or `replay:FILE`; the task file's choice if not given
    #[arg(long)]
    pub(super) planner: Option<String>,
    /// The one skill that may be played; all that there are if not given
    #[arg(long, value_name = "NAME")]
    pub(super) skill: Option<String>,
    #[command(flatten)]
    pub(super) how: How,
}

#[derive(Debug, Args)]
pub(super) struct Do {
    /// What is to be reached
    pub(super) goal: String,
    /// Where to begin; its site is the one that may be acted on
    #[arg(long, value_name = "URL")]
    pub(super) at: String,
    /// Who plans: `local`, `model`, or `cascade`: skills, then both of these, then a person
    #[arg(long)]
    pub(super) planner: Option<String>,
    /// The one skill that may be played; all that there are if not given
    #[arg(long, value_name = "NAME")]
    pub(super) skill: Option<String>,
    #[command(flatten)]
    pub(super) how: How,
}

#[derive(Debug, Args)]
pub(super) struct Teach {
    /// What it is called: letters, digits, `-` and `_`. Teaching it again adds a demonstration
    pub(super) name: String,
    /// What is reached by it, in words
    pub(super) goal: String,
    /// Where to begin; its site may be visited
    #[arg(long, value_name = "URL")]
    pub(super) at: String,
    /// A further site that may be visited; may be given again
    #[arg(long = "site", value_name = "URL")]
    pub(super) sites: Vec<String>,
    /// What is filled in this time, as NAME=VALUE; may be given again
    #[arg(long = "input", short = 'i', value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) inputs: Vec<(String, String)>,
    /// The name of a secret that is typed into a field which hides it; may be given again
    #[arg(long = "secret", value_name = "NAME")]
    pub(super) secrets: Vec<String>,
    /// The policy pack that the pages' requests are judged by: a ready one by name, or a folder
    #[arg(long)]
    pub(super) pack: Option<String>,
    /// An entry of a parameter of the pack, such as `assets=cdn.example.com`; may be given again
    #[arg(long = "with", value_name = "NAME=ENTRY", value_parser = pair)]
    pub(super) with: Vec<(String, String)>,
    /// The folder of skills; `skills` beside the record if not given
    #[arg(long, value_name = "FOLDER")]
    pub(super) skills: Option<PathBuf>,
    /// Keep what was recorded as it is where nobody can be asked
    #[arg(long)]
    pub(super) save: bool,
    /// Print one JSON result on standard output
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) home: Home,
    /// Show no window; somebody acts in the browser by other means
    #[arg(long, help_heading = "Browser")]
    pub(super) headless: bool,
    /// Open TLS between browser and server, so that method and path of every request are judged
    #[arg(long, help_heading = "Browser")]
    pub(super) inspect: bool,
    /// Watch in a Chromium that is running with `--remote-debugging-port`. Its own requests are not judged
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "inspect", help_heading = "Browser")]
    pub(super) attach: Option<SocketAddr>,
    /// Confirm `--attach` without being asked
    #[arg(long, requires = "attach", help_heading = "Browser")]
    pub(super) yes: bool,
    /// Run Chromium without its own sandbox. A hostile page can then take over this account
    #[arg(long, help_heading = "Browser")]
    pub(super) unsafe_no_sandbox: bool,
}

/// How a run is done, whatever it is.
#[derive(Debug, Args)]
pub(super) struct How {
    /// The policy pack: a ready one by name, or a folder
    #[arg(long)]
    pub(super) pack: Option<String>,
    /// A site the pack may allow, besides those of the task; may be given again
    #[arg(long = "site", value_name = "URL")]
    pub(super) sites: Vec<String>,
    /// The model's name
    #[arg(long)]
    pub(super) model: Option<String>,
    /// The folder of skills; `skills` beside the record if not given
    #[arg(long, value_name = "FOLDER")]
    pub(super) skills: Option<PathBuf>,
    /// How much is done without asking: `suggest` judges every action but does only those that merely read, `ask`
    /// asks about every action, `guard` about what the policy holds, `auto` refuses that; `guard` if nothing says
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub(super) autonomy: Option<Autonomy>,
    /// The same as `--autonomy suggest`
    #[arg(long, conflicts_with = "autonomy")]
    pub(super) dry_run: bool,
    /// Ask the person at this terminal about every action; with `--autonomy` about what that level leaves open
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) supervise: bool,
    /// Print one JSON result on standard output
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) home: Home,
    #[command(flatten)]
    pub(super) window: Window,
    #[cfg(feature = "console")]
    #[command(flatten)]
    pub(super) watched: Watched,
}

impl How {
    /// How much is done without asking, if the command line says so.
    pub(super) fn level(&self) -> Option<Autonomy> {
        let meant = [(self.dry_run, Autonomy::Suggest), (self.supervise, Autonomy::Ask)];
        self.autonomy.or_else(|| meant.into_iter().find_map(|(flag, level)| flag.then_some(level)))
    }

    /// Who watches.
    pub(super) fn mode(&self) -> Mode {
        if self.supervise || self.is_served() { Mode::Supervised } else { Mode::Script }
    }

    /// Whether people watch and answer on a page.
    #[cfg(feature = "console")]
    pub(super) fn is_served(&self) -> bool {
        self.watched.console
    }

    /// Whether people watch and answer on a page.
    #[cfg(not(feature = "console"))]
    pub(super) fn is_served(&self) -> bool {
        false
    }
}

/// Which browser, and how it is started. Kept with a run, so that it can be resumed.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[command(next_help_heading = "Browser")]
pub(super) struct Window {
    /// Show the browser's window
    #[arg(long)]
    pub(super) headed: bool,
    /// Drive Firefox, by geckodriver
    #[arg(long)]
    pub(super) firefox: bool,
    /// Open TLS between browser and server, so that method and path of every request are judged
    #[arg(long)]
    pub(super) inspect: bool,
    /// A WebDriver that is running already, such as a Selenium Grid
    #[arg(long, value_name = "URL")]
    pub(super) remote: Option<Url>,
    /// This machine's address under which a browser on another machine reaches its proxy
    #[arg(long, value_name = "ADDRESS")]
    pub(super) proxy: Option<IpAddr>,
    /// Act in a Chromium that is running with `--remote-debugging-port`. Its own requests are not judged
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with_all = ["firefox", "inspect", "remote", "proxy"])]
    pub(super) attach: Option<SocketAddr>,
    /// Confirm `--attach` without being asked
    #[arg(long, requires = "attach")]
    pub(super) yes: bool,
    /// Run Chromium without its own sandbox. A hostile page can then take over this account
    #[arg(long)]
    pub(super) unsafe_no_sandbox: bool,
}

impl Window {
    /// These settings, and those of `other` where there are none.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            headed: self.headed || other.headed,
            firefox: self.firefox || other.firefox,
            inspect: self.inspect || other.inspect,
            remote: self.remote.or(other.remote),
            proxy: self.proxy.or(other.proxy),
            attach: self.attach.or(other.attach),
            // Who resumes a run is asked again.
            yes: self.yes,
            unsafe_no_sandbox: self.unsafe_no_sandbox || other.unsafe_no_sandbox,
        }
    }
}

/// Where the record is.
#[derive(Debug, Args)]
pub(super) struct Home {
    /// The folder of the record; by default `$LAMASSU_HOME`, else `lamassu` in the state folder
    #[arg(long, value_name = "FOLDER", global = true)]
    pub(super) record: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Resume {
    /// The run: its id, the beginning of it, or `last`
    pub(super) run: String,
    /// Say that the action in doubt happened
    #[arg(long, conflicts_with = "not_landed")]
    pub(super) landed: bool,
    /// Say that the action in doubt did not happen
    #[arg(long)]
    pub(super) not_landed: bool,
    /// Print one JSON result on standard output
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) home: Home,
    #[command(flatten)]
    pub(super) window: Window,
    #[cfg(feature = "console")]
    #[command(flatten)]
    pub(super) watched: Watched,
}

#[derive(Debug, Args)]
pub(super) struct Observe {
    /// The page
    pub(super) url: String,
    /// Print the observation as JSON
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) window: Window,
}

#[derive(Debug, Args)]
pub(super) struct Report {
    /// The run: its id, the beginning of it, or `last`
    pub(super) run: String,
    /// The file, which is overwritten; the run's id with `.html` in this folder if not given
    #[arg(long, short, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) home: Home,
}

#[derive(Debug, Args)]
pub(super) struct Runs {
    #[command(subcommand)]
    pub(super) command: RunsCommand,
    #[command(flatten)]
    pub(super) home: Home,
}

#[derive(Debug, Subcommand)]
pub(super) enum RunsCommand {
    /// List the runs, newest last
    Ls,
    /// Show a run step by step
    Show {
        /// The run: its id, the beginning of it, or `last`
        run: String,
    },
    /// Check that a run's record is whole and unchanged
    Verify {
        /// The run: its id, the beginning of it, or `last`
        run: String,
        /// The head that was printed when the run ended
        #[arg(long)]
        head: Option<String>,
    },
    /// Write a run's record to standard output
    Export {
        /// The run: its id, the beginning of it, or `last`
        run: String,
        /// As JSON, one record a line
        #[arg(long, required = true)]
        jsonl: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct Skills {
    #[command(subcommand)]
    pub(super) command: SkillsCommand,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one, and it is taken apart at once")]
pub(super) enum SkillsCommand {
    /// List the skills, with how often each ran and worked
    Ls {
        #[command(flatten)]
        place: Place,
    },
    /// Show what a skill does, where it may run, and under which rules
    Show {
        /// The skill
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Run a skill under its own rules
    Run(RunSkill),
    /// Go through the demonstrations without a browser: does the skill choose what the person chose?
    Test {
        /// The skill
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Learn a skill from recorded runs that were successful, or refine one that there is
    Learn {
        /// The skill
        name: String,
        /// A run: its id, the beginning of it, or `last`; may be given again
        #[arg(required = true)]
        runs: Vec<String>,
        #[command(flatten)]
        part: Part,
        #[command(flatten)]
        place: Place,
    },
    /// Write a skill into one file, for somebody else
    Export {
        /// The skill
        name: String,
        /// The file
        #[arg(long, short, value_name = "FILE")]
        out: PathBuf,
        /// Put the demonstrations into it too, with all that was typed and seen
        #[arg(long)]
        demonstrations: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Check a skill in such a file, show what it may do, and keep it
    Import {
        /// The file
        file: PathBuf,
        /// Put it in the place of a skill of the same name
        #[arg(long)]
        replace: bool,
        /// Confirm it without being asked
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Remove a skill with its demonstrations and its rules
    Forget {
        /// The skill
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Which part of a run shows how something is done, whatever became of the run.
#[derive(Debug, Args)]
pub(super) struct Part {
    /// Only what somebody did by hand, or put in the place of what was asked for
    #[arg(long)]
    pub(super) by_hand: bool,
    /// Go through what was done first, to leave out what was not part of it
    #[arg(long)]
    pub(super) trim: bool,
    /// What it reaches, if that is not what the run was to reach
    #[arg(long)]
    pub(super) goal: Option<String>,
}

impl Part {
    /// Whether a part of a run is meant at all.
    pub(super) fn is_meant(&self) -> bool {
        self.by_hand || self.trim || self.goal.is_some()
    }
}

/// Where skills are.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The folder of skills; `skills` beside the record if not given
    #[arg(long, value_name = "FOLDER")]
    pub(super) skills: Option<PathBuf>,
    #[command(flatten)]
    pub(super) home: Home,
}

#[derive(Debug, Args)]
pub(super) struct RunSkill {
    /// The skill
    pub(super) name: String,
    /// What is filled in, as NAME=VALUE; may be given again
    #[arg(long = "input", short = 'i', value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) inputs: Vec<(String, String)>,
    /// Where to begin, at one of its sites; where it was learned if not given
    #[arg(long, value_name = "URL")]
    pub(super) at: Option<String>,
    /// An environment variable that holds a secret of the skill, as NAME=VARIABLE; may be given again
    #[arg(long = "secret", value_name = "NAME=VARIABLE", value_parser = pair)]
    pub(super) secrets: Vec<(String, String)>,
    #[command(flatten)]
    pub(super) how: How,
}

#[derive(Debug, Args)]
pub(super) struct Tools {
    /// Print them as JSON, with the schemas of their arguments
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    pub(super) home: Home,
    /// A model to find out about, at `OPENAI_BASE_URL`: it is asked four short questions
    #[arg(long, value_name = "NAME")]
    pub(super) model: Option<String>,
}

fn level(text: &str) -> Result<Autonomy, String> {
    Autonomy::named(text).ok_or_else(|| "it is `suggest`, `ask`, `guard` or `auto`".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}
