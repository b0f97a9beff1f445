//! A workspace with a world around it, and a gate that lets everything through.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use lamassu_contract::{
    Action, Call, Decision, Failure, FailureKind, Gate, Mode, Observation, Outcome, Permit, Policy, PolicyError,
    Question, Standing, Tool as _, Vault, Verdict,
};
use lamassu_files::{FilesTool, Limits};
use tempfile::TempDir;

/// What stands outside and must never be seen or changed.
pub(crate) const SECRET: &str = "outside: do not touch";

#[derive(Debug)]
struct Everything;

impl Policy for Everything {
    fn decide(&self, _: &Question<'_>) -> Result<Decision, PolicyError> {
        Ok(Decision { allowed: true, rules: Vec::new() })
    }
}

pub(crate) struct Lab {
    world: TempDir,
    pub(crate) tool: FilesTool,
}

impl Lab {
    /// `world/work` is the workspace; beside it stand `secret.txt` and `work-evil/a.txt`.
    pub(crate) fn new() -> Self {
        Self::with(Limits::default())
    }

    pub(crate) fn with(limits: Limits) -> Self {
        let world = tempfile::tempdir().unwrap();
        for folder in ["work", "work-evil"] {
            fs::create_dir(world.path().join(folder)).unwrap();
        }
        for file in ["secret.txt", "work-evil/a.txt"] {
            fs::write(world.path().join(file), SECRET).unwrap();
        }
        let tool = FilesTool::open(world.path().join("work"), limits).unwrap();
        Self { world, tool }
    }

    /// The same lab with one more file.
    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Where `path` of the workspace is for the rest of the world.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.world.path().join("work").join(path)
    }

    /// Where `path` outside the workspace is.
    pub(crate) fn outside(&self, path: &str) -> PathBuf {
        self.world.path().join(path)
    }

    pub(crate) fn content(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// The names in the workspace folder `path`.
    pub(crate) fn names(&self, path: &str) -> Vec<String> {
        names(&self.path(path))
    }

    /// Everything that stands outside, with its content.
    pub(crate) fn world(&self) -> [(Vec<String>, String); 2] {
        [("", "secret.txt"), ("work-evil", "work-evil/a.txt")]
            .map(|(folder, file)| (names(&self.outside(folder)), fs::read_to_string(self.outside(file)).unwrap()))
    }

    pub(crate) async fn describe(&self, call: &Call) -> Result<Action, Failure> {
        self.tool.describe(call).await
    }

    /// Describes and judges `call`, but does not run it.
    pub(crate) async fn permit(&self, call: &Call) -> Permit {
        permit(self.describe(call).await.unwrap())
    }

    /// Describes, judges and runs `call`. A failure to describe it is one to run it.
    pub(crate) async fn play(&self, call: &Call) -> Outcome {
        play(&self.tool, call).await
    }

    pub(crate) async fn landed(&self, call: &Call) -> Observation {
        match self.play(call).await {
            Outcome::Landed(observation) => observation,
            other => panic!("{call:?}: {other:?}"),
        }
    }

    /// Why `call` did not happen; that it did not is certain.
    pub(crate) async fn failed(&self, call: &Call) -> Failure {
        not_sent(self.play(call).await)
    }

    pub(crate) async fn kind(&self, call: &Call) -> FailureKind {
        self.failed(call).await.kind
    }
}

pub(crate) async fn play(tool: &FilesTool, call: &Call) -> Outcome {
    match tool.describe(call).await {
        Ok(action) => permit(action).spend(tool).await,
        Err(failure) => Outcome::NotSent(failure),
    }
}

pub(crate) fn not_sent(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::NotSent(failure) => failure,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn permit(action: Action) -> Permit {
    let gate = Gate::new(Arc::new(Everything), Arc::new(Vault::default()));
    let standing = Standing::new("run", "agent", "user", Mode::Script);
    match gate.judge(action, &standing) {
        Verdict::Go(permit) => permit,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn call(verb: &str) -> Call {
    Call::new("files", verb)
}

pub(crate) fn on(verb: &str, path: &str) -> Call {
    call(verb).with("path", path)
}

pub(crate) fn write(path: &str, text: &str) -> Call {
    on("write", path).with("text", text)
}

pub(crate) fn append(path: &str, text: &str) -> Call {
    on("append", path).with("text", text)
}

pub(crate) fn relocate(from: &str, to: &str) -> Call {
    call("move").with("from", from).with("to", to)
}

/// Every verb, aimed at `path`.
pub(crate) fn every_verb(path: &str) -> Vec<Call> {
    vec![
        on("list", path),
        on("read", path),
        write(path, "overwritten"),
        append(path, "appended"),
        on("make_folder", path),
        relocate(path, "moved-here"),
        relocate("mine.txt", path),
        on("delete", path),
    ]
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
