//! The tool `files`: one workspace, and no way out of it.
//!
//! A path is looked up once, when an action is described: name by name from the open workspace
//! folder, and no link is followed at any step. The action keeps the folder it ended in, open,
//! and the identity of what stood there. Running it starts from that open folder and checks the
//! identity again, so that what was judged is what runs, whatever happened to the path since.
//!
//! A file with more than one hard link may also stand outside. That is a fact for the policy
//! (`links`): this tool reads it, appends to it in place, and otherwise replaces or removes only
//! the name that is inside. What a privileged user mounts in the workspace belongs to it. Where
//! the file system ignores case, two spellings name one file, and a rule must allow for that.
//!
//! Another tool that moves files, such as the browser, goes through the same door: a [`Workspace`]
//! hands out a [`Source`] to read from and a [`Target`] to write to, under the same rules.
//!
//! This crate knows nothing of planners, rules or the record. It runs on Unix.

mod change;
mod describe;
mod door;
mod draft;
mod failure;
mod look;
mod name;
mod origin;
mod path;
mod place;
mod reconcile;
mod tool;

pub use door::{Content, Source, Target, WorkspaceError};
pub use failure::Mishap;
pub use place::{Folder, Workspace};
pub use tool::{FilesTool, Limits};
