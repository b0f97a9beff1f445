//! The command line: one face of the runtime. Of the other faces it knows how to open the console.

mod args;
mod assemble;
mod complaint;
#[cfg(feature = "console")]
mod console;
mod doctor;
mod home;
mod observe;
mod policy;
mod progress;
mod prompt;
mod report;
mod run;
mod runs;
mod secrets;
mod signals;
mod skills;
#[cfg(feature = "browser")]
mod teach;
mod tools;

use std::{io::Write as _, process::ExitCode};

use args::{Cli, Command};
use clap::{CommandFactory as _, Parser as _};
use complaint::Complaint;

/// Parses the command line, does what it says, and answers with the exit code of the public
/// table: 0 done, 1 failed, 2 usage, 3 refused by policy, 4 budget spent, 5 in doubt, 6 waiting
/// for a person.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Complaint::failed(format!("no threads to be had: {error}")).show(),
    };
    let code = runtime.block_on(dispatch(cli));
    // A blocking read of the terminal must not hold the exit up.
    runtime.shutdown_background();
    code
}

async fn dispatch(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Run(args) => run::run(args).await,
        Command::Do(args) => run::do_goal(args).await,
        #[cfg(feature = "browser")]
        Command::Teach(args) => teach::teach(args).await,
        #[cfg(not(feature = "browser"))]
        Command::Teach(_) => Err(Complaint::usage("this build has no browser; build it with the feature `browser`")),
        Command::Resume(args) => run::resume(args).await,
        Command::Observe(args) => observe::observe(args).await,
        #[cfg(feature = "console")]
        Command::Console(args) => console::console(args).await,
        Command::Runs(args) => runs::runs(&args),
        Command::Report(args) => report::report(&args),
        Command::Skills(args) => skills::skills(args).await,
        Command::Policy(args) => policy::policy(&args),
        Command::Tools(args) => tools::tools(&args),
        Command::Doctor(args) => doctor::doctor(&args).await,
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "lamassu", &mut std::io::stdout());
            Ok(0)
        }
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(complaint) => complaint.show(),
    }
}

/// Writes a line to standard output. A reader that has gone away is no error.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(anstream::stdout(), "{line}");
}
