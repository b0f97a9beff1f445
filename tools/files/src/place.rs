//! The workspace, and places in it: an open folder, a name, and what stood there.

use std::sync::Arc;

use cap_fs_ext::{DirExt as _, FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _};
use cap_std::fs::{Dir, File, Metadata, MetadataExt as _, OpenOptions};
use lamassu_contract::{Failure, FailureKind, FileKind, Resource};
use rustix::io::Errno;

use crate::{
    failure::{explain, stale},
    name::quoted,
    path::WorkspacePath,
    tool::Limits,
};

/// One folder, open, with everything in it and no way out of it. A clone is the same folder.
///
/// It is what `files` works in, and how another tool reaches files under the same rules: every
/// path is looked up from the open folder, and no link is followed.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: Arc<Dir>,
    pub(crate) limits: Limits,
}

impl Workspace {
    pub(crate) fn new(root: Dir, limits: Limits) -> Self {
        Self { root: Arc::new(root), limits }
    }

    /// Finds where `path` leads, without following any link. The last name may be absent.
    pub(crate) fn place(&self, path: &WorkspacePath) -> Result<Place, Failure> {
        let (folders, leaf) = path.split()?;
        Place::find(self.walk(folders)?, path.to_string(), leaf.to_owned())
    }

    /// Opens the folder at `path`, without following any link.
    pub(crate) fn enter(&self, path: &WorkspacePath) -> Result<Folder, Failure> {
        Ok(Folder { dir: self.walk(path.names())?, path: path.to_string(), largest: self.limits.file_bytes })
    }

    fn walk(&self, names: &[String]) -> Result<Dir, Failure> {
        let mut dir = self.root.try_clone().map_err(|error| explain(".", &error))?;
        for (index, name) in names.iter().enumerate() {
            // One name at a time, never `..`: each step can only go further in.
            dir = match dir.open_dir_nofollow(name) {
                Ok(inner) => inner,
                Err(error) => {
                    let walked = names.get(..=index).unwrap_or(names).join("/");
                    return Err(no_way(&dir, name, &walked, &error));
                }
            };
        }
        Ok(dir)
    }
}

/// Why the folder `name` in `dir` could not be opened. This only finds the words.
fn no_way(dir: &Dir, name: &str, walked: &str, error: &std::io::Error) -> Failure {
    match dir.symlink_metadata(name).map(|metadata| Seen::of(&metadata).kind) {
        Ok(FileKind::Link) => is_a_link(walked),
        Ok(FileKind::Regular | FileKind::Special) => {
            Failure::new(FailureKind::Invalid, format!("{} is not a folder", quoted(walked)))
        }
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            Failure::new(FailureKind::NotFound, format!("there is no folder {}; make it first", quoted(walked)))
        }
        _ => explain(walked, error),
    }
}

fn is_a_link(path: &str) -> Failure {
    let message = format!("{} is a link, and links are never followed", quoted(path));
    Failure::new(FailureKind::OutOfBounds, message)
}

/// An open folder of a workspace.
#[derive(Debug)]
pub struct Folder {
    /// The open folder itself.
    pub(crate) dir: Dir,
    /// Its canonical path; empty for the workspace.
    pub(crate) path: String,
    /// How large a file in it may get, in bytes.
    pub(crate) largest: u64,
}

/// Where an action takes place: the folder is open, so that nobody can swap it.
#[derive(Debug)]
pub(crate) struct Place {
    /// The canonical path.
    pub(crate) path: String,
    /// The open folder it stands in.
    pub(crate) parent: Dir,
    /// Its name there.
    pub(crate) leaf: String,
    /// What stood there when it was described; nothing, if it was absent.
    pub(crate) seen: Option<Seen>,
}

impl Place {
    /// The place `leaf` in the open folder `parent`, which must not be a link or a device.
    pub(crate) fn find(parent: Dir, path: String, leaf: String) -> Result<Self, Failure> {
        let mut place = Self { path, parent, leaf, seen: None };
        place.seen = place.look()?;
        match place.kind() {
            FileKind::Link => Err(is_a_link(&place.path)),
            FileKind::Special => Err(Failure::new(
                FailureKind::OutOfBounds,
                format!("{} is a device, socket or FIFO; only files and folders are touched", quoted(&place.path)),
            )),
            FileKind::Absent | FileKind::Regular | FileKind::Folder => Ok(place),
        }
    }

    /// What stands there now.
    pub(crate) fn look(&self) -> Result<Option<Seen>, Failure> {
        match self.parent.symlink_metadata(&self.leaf) {
            Ok(metadata) => Ok(Some(Seen::of(&metadata))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(explain(&self.path, &error)),
        }
    }

    /// What kind of thing was described.
    pub(crate) fn kind(&self) -> FileKind {
        self.seen.map_or(FileKind::Absent, |seen| seen.kind)
    }

    /// Its size when it was described.
    pub(crate) fn size(&self) -> u64 {
        self.seen.map_or(0, |seen| seen.size)
    }

    /// It, as policies see it.
    pub(crate) fn resource(&self) -> Resource {
        let links = self.seen.map_or(0, |seen| seen.links);
        Resource::File(lamassu_contract::File { path: self.path.clone(), kind: self.kind(), size: self.size(), links })
    }

    /// Makes sure that the same thing stands there, though it may have been written to since.
    pub(crate) fn still_there(&self) -> Result<(), Failure> {
        self.check(|then, now| then.is_same(now))
    }

    /// Makes sure that the same thing stands there with the content that was judged.
    pub(crate) fn still_unchanged(&self) -> Result<(), Failure> {
        self.check(|then, now| then.is_unchanged(now))
    }

    fn check(&self, agree: fn(&Seen, &Seen) -> bool) -> Result<(), Failure> {
        let agrees = match (&self.seen, self.look()?) {
            (None, None) => true,
            (Some(then), Some(now)) => agree(then, &now),
            _ => false,
        };
        if agrees { Ok(()) } else { Err(stale(&self.path)) }
    }

    /// Opens the very file that was judged, or fails. It never waits, whatever stands there now.
    pub(crate) fn open(&self, options: &mut OpenOptions) -> Result<(File, Seen), Failure> {
        self.still_there()?;
        let options = options.follow(FollowSymlinks::No).nonblock(true);
        let file = self.parent.open_with(&self.leaf, options).map_err(|error| self.unopened(&error))?;
        let now = file.metadata().map(|metadata| Seen::of(&metadata)).map_err(|error| explain(&self.path, &error))?;
        match &self.seen {
            Some(then) if then.is_same(&now) => Ok((file, now)),
            _ => Err(stale(&self.path)),
        }
    }

    /// Why it could not be opened. It was right a moment ago, so a link, a FIFO or nothing at all
    /// has just been put there.
    fn unopened(&self, error: &std::io::Error) -> Failure {
        const SWAPPED: [Errno; 5] = [Errno::LOOP, Errno::NXIO, Errno::NOENT, Errno::NOTDIR, Errno::ISDIR];
        let swapped = SWAPPED.iter().any(|cause| error.raw_os_error() == Some(cause.raw_os_error()));
        if swapped { stale(&self.path) } else { explain(&self.path, error) }
    }
}

/// What stood at a place, and which one it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// What kind of thing.
    pub(crate) kind: FileKind,
    /// Its size in bytes; zero for what is not a file.
    pub(crate) size: u64,
    /// How many names it has; always one for what is not a file.
    pub(crate) links: u64,
    /// Who may do what with it, in the nine bits of Unix.
    pub(crate) mode: u32,
    device: u64,
    inode: u64,
    /// When it last changed in any way: seconds and nanoseconds.
    changed: (i64, i64),
}

impl Seen {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let file_type = metadata.file_type();
        let kind = if file_type.is_file() {
            FileKind::Regular
        } else if file_type.is_dir() {
            FileKind::Folder
        } else if file_type.is_symlink() {
            FileKind::Link
        } else {
            FileKind::Special
        };
        let (size, links) = if kind == FileKind::Regular { (metadata.len(), metadata.nlink()) } else { (0, 1) };
        Self {
            kind,
            size,
            links,
            mode: metadata.mode() & 0o777,
            device: metadata.dev(),
            inode: metadata.ino(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Whether it is marked as read-only.
    pub(crate) fn is_protected(&self) -> bool {
        self.mode & 0o222 == 0
    }

    /// Whether `now` is the same file or folder, with as many names.
    pub(crate) fn is_same(&self, now: &Self) -> bool {
        self.is_same_node(now) && self.links == now.links
    }

    /// Whether `now` is the same file or folder under whatever name.
    pub(crate) fn is_same_node(&self, now: &Self) -> bool {
        (self.kind, self.device, self.inode) == (now.kind, now.device, now.inode)
    }

    /// Whether `now` is the same file with the same content, or the same folder.
    pub(crate) fn is_unchanged(&self, now: &Self) -> bool {
        let content = |seen: &Self| (seen.size, seen.changed);
        self.is_same(now) && (self.kind == FileKind::Folder || content(self) == content(now))
    }
}
