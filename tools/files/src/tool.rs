//! The tool itself: opens the workspace, describes, and runs what has a permit.

use std::path::Path;

use lamassu_contract::{
    Action, BoxFuture, Call, Failure, FailureKind, Observation, Outcome, Permit, Reconciled, Tool, Verb,
};
use serde_json::Value;
use tokio::task::spawn_blocking;

use crate::{
    change,
    describe::{self, Plan},
    door::WorkspaceError,
    failure::Mishap,
    look,
    place::Workspace,
    reconcile::reconcile,
};

/// The name that calls use.
pub(crate) const NAME: &str = "files";

/// How much one action may read, write or list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes that one `read` returns; a call may ask for less.
    pub read_bytes: u64,
    /// The size in bytes to which `write` and `append` may bring a file.
    pub file_bytes: u64,
    /// The most entries that one `list` shows.
    pub entries: usize,
}

impl Default for Limits {
    /// 64 KiB a read, 16 MiB a file, 1000 entries a list.
    fn default() -> Self {
        Self { read_bytes: 64 * 1024, file_bytes: 16 * 1024 * 1024, entries: 1000 }
    }
}

/// The tool `files`: `list`, `read`, `write`, `append`, `make_folder`, `move` and `delete`, all
/// inside one workspace.
///
/// A clone shares the workspace.
#[derive(Debug, Clone)]
pub struct FilesTool {
    workspace: Workspace,
}

impl FilesTool {
    /// Opens the folder `path` as the workspace. It stays this folder even if it is renamed.
    ///
    /// # Errors
    ///
    /// [`WorkspaceError::Unopened`] if it is not a folder that can be opened.
    pub fn open(path: impl AsRef<Path>, limits: Limits) -> Result<Self, WorkspaceError> {
        Ok(Self { workspace: Workspace::open(path, limits)? })
    }

    /// The workspace, for another tool that takes files from it or puts files into it.
    #[must_use]
    pub fn workspace(&self) -> Workspace {
        self.workspace.clone()
    }

    fn act(&self, permit: &Permit) -> Result<Observation, Mishap> {
        let limits = self.workspace.limits;
        match permit.handle::<Plan>().ok_or_else(describe::not_described)? {
            Plan::List(folder) => Ok(look::list(folder, limits.entries)?),
            Plan::Read(place) => Ok(look::read(place, describe::span(permit)?)?),
            Plan::Write(place) => {
                let (text, label) = describe::text(permit)?;
                change::write(place, text, label)
            }
            Plan::Append(place) => change::append(place, describe::text(permit)?, limits.file_bytes),
            Plan::MakeFolder(place) => change::make_folder(place),
            Plan::Move(places) => change::relocate(&places.0, &places.1),
            Plan::Delete(place) => change::delete(place),
        }
    }
}

impl Tool for FilesTool {
    fn name(&self) -> &str {
        NAME
    }

    fn verbs(&self) -> Vec<Verb> {
        describe::verbs()
    }

    fn describe<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Action, Failure>> {
        let (tool, call) = (self.clone(), call.clone());
        let job = move || describe::action(&tool.workspace, &call);
        Box::pin(async move { spawn_blocking(job).await.unwrap_or_else(|_| Err(broke_off())) })
    }

    fn run(&self, permit: Permit) -> BoxFuture<'_, Outcome> {
        let tool = self.clone();
        let job = move || match tool.act(&permit) {
            Ok(observation) => Outcome::Landed(observation),
            Err(Mishap::Before(failure)) => Outcome::NotSent(failure),
            Err(Mishap::During(failure)) => Outcome::MayHaveLanded(failure),
        };
        Box::pin(async move { spawn_blocking(job).await.unwrap_or_else(|_| Outcome::MayHaveLanded(broke_off())) })
    }

    fn reconcile<'a>(&'a self, action: &'a Value) -> BoxFuture<'a, Reconciled> {
        let (tool, action) = (self.clone(), action.clone());
        let job = move || reconcile(&tool.workspace, &action);
        Box::pin(async move { spawn_blocking(job).await.unwrap_or(Reconciled::Unknown) })
    }
}

fn broke_off() -> Failure {
    Failure::new(FailureKind::Lost, "the work on the files broke off; look at what is there before going on")
}
