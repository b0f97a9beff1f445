//! New content on its way to a place: written beside it first, so that the old content stays
//! whole until the new one is, and never changed in place.
//!
//! A draft that is dropped is removed. Only a process that is killed leaves one behind, as
//! `.lamassu-*.part`.

use std::{
    io::{self, Error, ErrorKind, Read},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _};
use cap_std::fs::{Dir, File, OpenOptions, Permissions, PermissionsExt as _};
use lamassu_contract::{Failure, FailureKind, Label};
use rustix::{
    fs::{Mode, OFlags, RenameFlags},
    io::Errno,
};

use crate::{
    failure::{Mishap, explain},
    name::quoted,
    origin,
    place::Place,
};

/// How many names are tried before giving up.
const TRIES: u32 = 100;

/// What a new file may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Its size in bytes at most.
    pub(crate) largest: u64,
    /// Who may do what with it, in the nine bits of Unix; as usual if absent.
    pub(crate) mode: Option<u32>,
}

/// Puts `content` at `place`, whole and at once, in the place of what was judged to stand there.
/// Says how many bytes it has. `label` tells where it comes from, if that is known.
pub(crate) fn put(place: &Place, terms: Terms, label: Option<&Label>, content: &mut dyn Read) -> Result<u64, Mishap> {
    place.still_unchanged()?;
    let draft = Draft::new(place, terms, label, content)?;
    place.still_unchanged()?;
    let size = draft.size;
    draft.publish()?;
    Ok(size)
}

/// Complete content beside the place it is meant for.
#[derive(Debug)]
struct Draft<'a> {
    place: &'a Place,
    name: String,
    size: u64,
}

impl<'a> Draft<'a> {
    /// Writes `content` beside `place`, down to the disk.
    fn new(place: &'a Place, terms: Terms, label: Option<&Label>, content: &mut dyn Read) -> Result<Self, Failure> {
        let broken = |error: Error| {
            let mut failure = explain(&place.path, &error);
            failure.message.push_str("; nothing was changed");
            failure
        };
        let (name, mut file) = create(&place.parent).map_err(broken)?;
        let mut draft = Self { place, name, size: 0 };
        if let Some(mode) = terms.mode {
            // Before the content: a private file has no public moment.
            file.set_permissions(Permissions::from_mode(mode)).map_err(broken)?;
        }
        if let Some(label) = label {
            origin::note(&file, label).map_err(broken)?;
        }
        // One byte more than it may have tells that it is too large.
        let mut content = content.take(terms.largest.saturating_add(1));
        draft.size = io::copy(&mut content, &mut file).map_err(broken)?;
        if draft.size > terms.largest {
            let path = quoted(&place.path);
            let message = format!("{path} would have more than {} bytes, which is the limit", terms.largest);
            return Err(Failure::new(FailureKind::Limit, message));
        }
        file.sync_all().map_err(broken)?;
        Ok(draft)
    }

    /// Puts the content in its place, at once and whole.
    fn publish(self) -> Result<(), Mishap> {
        let Place { parent, leaf, path, seen } = self.place;
        let moved = match seen {
            Some(_) => parent.rename(&self.name, parent, leaf),
            None => rename_new((parent, &self.name), (parent, leaf)),
        };
        if let Err(error) = moved {
            let failure = explain(path, &error);
            // If the draft is still there, it cannot also be in its place.
            let untouched = parent.symlink_metadata(&self.name).is_ok();
            return Err(if untouched { Mishap::Before(failure) } else { Mishap::During(failure) });
        }
        sync(parent).map_err(|error| Mishap::During(explain(path, &error)))
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // After publishing there is nothing by this name; otherwise there is nobody to tell.
        let _ = self.place.parent.remove_file(&self.name);
    }
}

fn create(dir: &Dir) -> std::io::Result<(String, File)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).follow(FollowSymlinks::No);
    for _ in 0..TRIES {
        let name = format!(".lamassu-{}-{}.part", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        match dir.open_with(&name, &options) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            other => return other.map(|file| (name, file)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Renames, and fails if anything stands at the new name.
pub(crate) fn rename_new(from: (&Dir, &str), to: (&Dir, &str)) -> std::io::Result<()> {
    match rustix::fs::renameat_with(from.0, from.1, to.0, to.1, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => rename_new_in_two_steps(from, to),
        other => other.map_err(Error::from),
    }
}

/// The same for file systems that cannot do it in one step. Neither step can replace a file.
fn rename_new_in_two_steps(from: (&Dir, &str), to: (&Dir, &str)) -> std::io::Result<()> {
    if from.0.symlink_metadata(from.1)?.is_dir() {
        // A folder never takes the place of a file, nor of a folder that holds anything.
        return from.0.rename(from.1, to.0, to.1);
    }
    from.0.hard_link(from.1, to.0, to.1)?;
    from.0.remove_file(from.1)
}

/// Brings the folder's own entries down to the disk.
pub(crate) fn sync(dir: &Dir) -> std::io::Result<()> {
    // The open folder may be good for lookups only, so it is opened once more for syncing.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = rustix::fs::openat(dir, ".", flags, Mode::empty())?;
    match rustix::fs::fsync(&dir) {
        // Some file systems keep no folders to sync.
        Err(Errno::INVAL) => Ok(()),
        other => other.map_err(Error::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cap_std::ambient_authority;

    #[test]
    fn two_steps_move_a_file_or_folder_and_replace_nothing() {
        let temp = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(temp.path(), ambient_authority()).unwrap();
        for name in ["a", "b", "full"] {
            dir.write(name, name).unwrap();
        }
        dir.create_dir("folder").unwrap();
        let seen = [("a", "full"), ("a", "new"), ("folder", "full"), ("folder", "other")]
            .map(|(from, to)| rename_new_in_two_steps((&dir, from), (&dir, to)).is_ok());
        let mut names: Vec<_> =
            dir.entries().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(
            (seen, names.join(" "), dir.read_to_string("full").unwrap()),
            ([false, true, false, true], "b full new other".to_owned(), "full".to_owned())
        );
    }
}
