//! What another tool gets from the workspace.

use std::{
    fs,
    io::Read as _,
    os::unix::fs::{PermissionsExt as _, symlink},
};

use lamassu_contract::FailureKind;
use lamassu_files::{Limits, Mishap, Target, Workspace, WorkspaceError};

use crate::lab::Lab;

fn put(target: &Target, mut content: &[u8]) -> Result<u64, FailureKind> {
    target.put(&mut content).map_err(|mishap| match mishap {
        Mishap::Before(failure) => failure.kind,
        Mishap::During(failure) => panic!("{failure:?}"),
    })
}

#[test]
fn a_source_is_read_as_it_was_when_it_was_opened() {
    let lab = Lab::new().file("in/a.bin", [0, 255, 10]);
    let source = lab.tool.workspace().source("./in/a.bin").unwrap();
    fs::rename(lab.path("in/a.bin"), lab.path("in/b.bin")).unwrap();
    fs::write(lab.path("in/a.bin"), "another").unwrap();
    // A rename counts as a change of the file itself; another one under its name does not.
    let renamed = source.content().unwrap_err().kind;
    let source = lab.tool.workspace().source("in/b.bin").unwrap();
    let mut bytes = Vec::new();
    source.content().unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(
        (renamed, bytes, source.path(), source.name(), source.size()),
        (FailureKind::Stale, vec![0, 255, 10], "in/b.bin", "b.bin", 3)
    );
}

#[test]
fn a_source_that_changes_while_it_is_read_fails() {
    let lab = Lab::new().file("a.txt", "before");
    let source = lab.tool.workspace().source("a.txt").unwrap();
    let mut content = source.content().unwrap();
    fs::write(lab.path("a.txt"), "after!").unwrap();
    assert!(content.read_to_end(&mut Vec::new()).is_err());
}

#[test]
fn what_is_no_file_of_the_workspace_is_neither_source_nor_target() {
    let lab = Lab::new().file("a/b.txt", "");
    symlink(lab.outside("secret.txt"), lab.path("link")).unwrap();
    symlink(lab.outside("work-evil"), lab.path("folder-link")).unwrap();
    let workspace = lab.tool.workspace();
    let paths = ["../secret.txt", "/etc/passwd", "link", "folder-link/a.txt", "a", "%2e%2e/x"];
    let seen = paths.map(|path| (workspace.source(path).unwrap_err().kind, workspace.target(path).unwrap_err().kind));
    let (out, wrong) = (FailureKind::OutOfBounds, FailureKind::Invalid);
    assert_eq!(seen, [(out, out), (out, out), (out, out), (out, out), (wrong, wrong), (out, out)]);
}

#[test]
fn a_file_is_put_whole_or_not_at_all() {
    let lab = Lab::with(Limits { file_bytes: 4, ..Limits::default() }).file("old.txt", "old");
    let workspace = lab.tool.workspace();
    let [new, old, late] = ["new.txt", "old.txt", "late.txt"].map(|path| workspace.target(path).unwrap());
    fs::write(lab.path("late.txt"), "mine").unwrap();
    let seen = [put(&new, b"four"), put(&old, b"large"), put(&late, b"x")];
    let left = ["new.txt", "old.txt", "late.txt"].map(|path| lab.content(path));
    assert_eq!(
        (seen, left, lab.names("")),
        (
            [Ok(4), Err(FailureKind::Limit), Err(FailureKind::Stale)],
            ["four", "old", "mine"].map(str::to_owned),
            ["late.txt", "new.txt", "old.txt"].map(str::to_owned).to_vec()
        )
    );
}

#[test]
fn a_source_larger_than_the_limit_is_refused() {
    let lab = Lab::with(Limits { file_bytes: 4, ..Limits::default() }).file("big.txt", "large");
    assert_eq!(lab.tool.workspace().source("big.txt").unwrap_err().kind, FailureKind::Limit);
}

#[test]
fn a_taken_name_is_passed_over() {
    let lab = Lab::new().file("in/report.pdf", "1").file("in/plain", "");
    symlink(lab.outside("secret.txt"), lab.path("in/report-2.pdf")).unwrap();
    let folder = lab.tool.workspace().folder("in").unwrap();
    let seen = ["report.pdf", "plain", "new.txt"].map(|name| folder.vacant(name).unwrap().path().to_owned());
    let refused = ["../x", "a/b", "..", ""].map(|name| folder.vacant(name).is_err());
    assert_eq!((seen, refused), (["in/report-3.pdf", "in/plain-2", "in/new.txt"].map(str::to_owned), [true; 4]));
}

#[test]
fn a_private_folder_lets_nobody_else_in() {
    let world = tempfile::tempdir().unwrap();
    let (own, open) = (world.path().join("a/own"), world.path().join("open"));
    let workspace = Workspace::private(&own, Limits::default()).unwrap();
    put(&workspace.target("x").unwrap().with_mode(0o600), b"x").unwrap();
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let shared =
        matches!(Workspace::private(&open, Limits::default()), Err(WorkspaceError::Shared { mode: 0o755, .. }));
    assert_eq!((mode(&own), mode(&own.join("x")), shared), (0o700, 0o600, true));
}
