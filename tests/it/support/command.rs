//! Running the real command.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with tasks, packs and a record, and the command to run there.
pub(crate) struct Desk {
    folder: TempDir,
}

/// Rules that allow everything: what is tested is not the policy.
const OPEN: &str = "@id(\"open.all\")\n@because(\"a test\")\npermit (principal, action, resource);\n";

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(desk.path("work")).unwrap();
        desk.write("packs/open/rules.cedar", OPEN);
        desk.write("packs/open/pack.toml", "name = \"open\"\nabout = \"for a test\"\n");
        desk.write("packs/open/cases.toml", CASE);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_lamassu")));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("LAMASSU_HOME", self.path("record"))
            .env("USER", "ada")
            .env_remove("OPENAI_BASE_URL")
            .env_remove("OPENAI_API_KEY")
            .stdin(Stdio::null());
        command
    }

    /// Runs the command to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::from(self.command(args).output().unwrap())
    }

    /// Runs the command with more in its environment.
    pub(crate) fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Ran {
        Ran::from(self.command(args).envs(environment.iter().copied()).output().unwrap())
    }

    /// Starts the command and lets it run.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Starts the command and lets it run; what it says on standard error can be read.
    pub(crate) fn start_heard(&self, args: &[&str]) -> Child {
        self.start_heard_with(args, &[])
    }

    /// The same with more in its environment.
    pub(crate) fn start_heard_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Child {
        let mut command = self.command(args);
        command.envs(environment.iter().copied());
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

const CASE: &str = r#"
[[case]]
name = "anything goes"
call = "files.read"
on.file = "notes.txt"
expect = "allow"
"#;

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// The one JSON value on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
