//! The workspace as other tools meet it: files to take out of it, and places to put files at.
//!
//! A tool looks a path up when it describes an action and keeps what it got for the run, as `files`
//! does itself. This file is a door: it opens a folder by its path.

use std::{
    fs::DirBuilder,
    io::{self, Read, Seek as _, SeekFrom},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use cap_std::{
    ambient_authority,
    fs::{Dir, File, OpenOptions, Permissions, PermissionsExt as _},
};
use lamassu_contract::{Failure, FailureKind, FileKind, Label};

use crate::{
    describe::{check_writable, missing},
    draft::{self, Terms},
    failure::{Mishap, explain, stale},
    look::not_a_file,
    name::quoted,
    path::WorkspacePath,
    place::{Folder, Place, Seen, Workspace},
    tool::Limits,
};

/// How many names are tried beside one that is taken.
const TRIES: u32 = 1000;

/// Why there is no workspace.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkspaceError {
    /// It is not there, not a folder, or closed to this program.
    #[error("the workspace `{}` cannot be opened: {cause}; make the folder first", path.display())]
    Unopened {
        /// The folder that was named.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// A folder for what is private lets others in.
    #[error("the folder `{}` lets others in (mode {mode:o}); `chmod 700` it", path.display())]
    Shared {
        /// The folder that was named.
        path: PathBuf,
        /// Who may do what with it, in the nine bits of Unix.
        mode: u32,
    },
}

impl Workspace {
    /// Opens the folder `path`. It stays this folder even if it is renamed.
    ///
    /// # Errors
    ///
    /// [`WorkspaceError::Unopened`] if it is not a folder that can be opened.
    pub fn open(path: impl AsRef<Path>, limits: Limits) -> Result<Self, WorkspaceError> {
        let path = path.as_ref();
        let root = Dir::open_ambient_dir(path, ambient_authority()).map_err(|cause| unopened(path, cause))?;
        Ok(Self::new(root, limits))
    }

    /// Opens the folder `path`, which only its owner may enter; it is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`WorkspaceError::Shared`] if others may enter it, [`WorkspaceError::Unopened`] if it cannot
    /// be made or opened.
    pub fn private(path: impl AsRef<Path>, limits: Limits) -> Result<Self, WorkspaceError> {
        let path = path.as_ref();
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|cause| unopened(path, cause))?;
        let root = Dir::open_ambient_dir(path, ambient_authority()).map_err(|cause| unopened(path, cause))?;
        let mode = root.dir_metadata().map_err(|cause| unopened(path, cause))?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(WorkspaceError::Shared { path: path.to_owned(), mode });
        }
        Ok(Self::new(root, limits))
    }

    /// Opens the regular file `path` for reading.
    ///
    /// # Errors
    ///
    /// What `files.read` would say of it; [`FailureKind::Limit`] if it is larger than a file of the
    /// workspace may be.
    pub fn source(&self, path: &str) -> Result<Source, Failure> {
        Source::new(self.place(&WorkspacePath::parse(path)?)?, self.limits.file_bytes)
    }

    /// The place `path` for a file, which is absent there or will be replaced.
    ///
    /// # Errors
    ///
    /// What `files.write` would say of it.
    pub fn target(&self, path: &str) -> Result<Target, Failure> {
        Target::new(self.place(&WorkspacePath::parse(path)?)?, self.limits.file_bytes)
    }

    /// Opens the folder `path`; `.` is the workspace itself.
    ///
    /// # Errors
    ///
    /// What `files.list` would say of it.
    pub fn folder(&self, path: &str) -> Result<Folder, Failure> {
        self.enter(&WorkspacePath::parse(path)?)
    }

    /// Makes the folder `path` inside one that is there, with the access rights `mode`. One that
    /// is there already is left as it is.
    ///
    /// # Errors
    ///
    /// What `files.make_folder` would say of it.
    pub fn make_folder(&self, path: &str, mode: u32) -> Result<(), Failure> {
        let place = self.place(&WorkspacePath::parse(path)?)?;
        if place.kind() == FileKind::Folder {
            return Ok(());
        }
        let made = place.parent.create_dir(&place.leaf);
        let made = made.and_then(|()| place.parent.set_permissions(&place.leaf, Permissions::from_mode(mode)));
        made.map_err(|error| explain(&place.path, &error))
    }
}

fn unopened(path: &Path, cause: io::Error) -> WorkspaceError {
    WorkspaceError::Unopened { path: path.to_owned(), cause }
}

impl Folder {
    /// Its path in the workspace; empty for the workspace itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How large a file in it may get, in bytes.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.largest
    }

    /// The names of what is in it, each with its size, which is zero for what is not a file.
    ///
    /// # Errors
    ///
    /// A [`Failure`] if it cannot be read.
    pub fn names(&self) -> Result<Vec<(String, u64)>, Failure> {
        let broken = |error: io::Error| explain(&self.path, &error);
        let mut names = Vec::new();
        for entry in self.dir.entries().map_err(broken)? {
            let entry = entry.map_err(broken)?;
            // What has just gone has no size any more.
            let size = entry.metadata().map_or(0, |metadata| Seen::of(&metadata).size);
            names.push((entry.file_name().to_string_lossy().into_owned(), size));
        }
        Ok(names)
    }

    /// Opens the regular file `name` in it for reading.
    ///
    /// # Errors
    ///
    /// See [`Workspace::source`].
    pub fn source(&self, name: &str) -> Result<Source, Failure> {
        Source::new(self.place(name)?, self.largest)
    }

    /// The place for a new file called `name` or, where that is taken, `name-2` and so on. Nothing
    /// is ever replaced there.
    ///
    /// # Errors
    ///
    /// [`FailureKind::OutOfBounds`] if `name` is not plain.
    pub fn vacant(&self, name: &str) -> Result<Target, Failure> {
        only_name(name)?;
        let (stem, end) = match name.rsplit_once('.') {
            Some((stem, end)) if !stem.is_empty() => (stem, format!(".{end}")),
            _ => (name, String::new()),
        };
        for number in 1..=TRIES {
            let name = if number == 1 { name.to_owned() } else { format!("{stem}-{number}{end}") };
            match self.place(&name) {
                Ok(place) if place.seen.is_none() => return Target::new(place, self.largest),
                Ok(_) => {}
                // A link or a device has that name.
                Err(failure) if failure.kind == FailureKind::OutOfBounds => {}
                Err(failure) => return Err(failure),
            }
        }
        Err(Failure::invalid(format!("there are too many files called like {}; give another name", quoted(name))))
    }

    /// Removes the file `name`.
    ///
    /// # Errors
    ///
    /// A [`Failure`] if it is not there or stays.
    pub fn remove(&self, name: &str) -> Result<(), Failure> {
        let place = self.place(name)?;
        place.parent.remove_file(&place.leaf).map_err(|error| explain(&place.path, &error))
    }

    fn place(&self, name: &str) -> Result<Place, Failure> {
        let leaf = only_name(name)?;
        let parent = self.dir.try_clone().map_err(|error| explain(&self.path, &error))?;
        let path = if self.path.is_empty() { leaf.clone() } else { format!("{}/{leaf}", self.path) };
        Place::find(parent, path, leaf)
    }
}

/// `name`, if it is one plain name.
fn only_name(name: &str) -> Result<String, Failure> {
    match WorkspacePath::parse(name)?.split()? {
        ([], leaf) => Ok(leaf.to_owned()),
        _ => Err(Failure::new(FailureKind::OutOfBounds, format!("{} is more than one name", quoted(name)))),
    }
}

/// A regular file, open for reading. It is this file whatever happens to its path.
#[derive(Debug)]
pub struct Source {
    path: String,
    name: String,
    file: File,
    seen: Seen,
}

impl Source {
    fn new(place: Place, largest: u64) -> Result<Self, Failure> {
        match place.kind() {
            FileKind::Regular => {}
            FileKind::Folder => return Err(not_a_file(&place.path)),
            _ => return Err(missing(&place)),
        }
        let (file, seen) = place.open(OpenOptions::new().read(true))?;
        if seen.size > largest {
            let (path, size) = (quoted(&place.path), seen.size);
            let message = format!("{path} has {size} bytes, and the limit is {largest}; take a smaller file");
            return Err(Failure::new(FailureKind::Limit, message));
        }
        Ok(Self { path: place.path, name: place.leaf, file, seen })
    }

    /// Its path in the workspace.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its name in its folder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.seen.size
    }

    /// What it holds, from the beginning. Reading fails once it is not what it was when it was opened.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Stale`] if it has changed already.
    pub fn content(&self) -> Result<Content<'_>, Failure> {
        self.still_unchanged()?;
        (&self.file).seek(SeekFrom::Start(0)).map_err(|error| explain(&self.path, &error))?;
        Ok(Content { source: self })
    }

    fn still_unchanged(&self) -> Result<(), Failure> {
        let now = self.file.metadata().map_err(|error| explain(&self.path, &error))?;
        if self.seen.is_unchanged(&Seen::of(&now)) { Ok(()) } else { Err(stale(&self.path)) }
    }
}

/// What a [`Source`] holds, as a reader.
#[derive(Debug)]
pub struct Content<'a> {
    source: &'a Source,
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = (&self.source.file).read(buffer)?;
        if read == 0 {
            // Whoever has read it all has read what was judged, or learns that it was not.
            self.source.still_unchanged().map_err(|failure| io::Error::other(failure.message))?;
        }
        Ok(read)
    }
}

/// A place for a file.
#[derive(Debug)]
pub struct Target {
    place: Place,
    terms: Terms,
}

impl Target {
    fn new(place: Place, largest: u64) -> Result<Self, Failure> {
        check_writable(&place)?;
        let mode = place.seen.map(|seen| seen.mode);
        Ok(Self { place, terms: Terms { largest, mode } })
    }

    /// The same place for a file with the access rights `mode`, in the nine bits of Unix.
    #[must_use]
    pub fn with_mode(mut self, mode: u32) -> Self {
        self.terms.mode = Some(mode);
        self
    }

    /// Its path in the workspace.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.place.path
    }

    /// Whether a file stands there that will be replaced.
    #[must_use]
    pub fn replaces(&self) -> bool {
        self.place.seen.is_some()
    }

    /// How large the file may be, in bytes.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.terms.largest
    }

    /// Puts all of `content` there, whole and at once, and says how many bytes it has. What stood
    /// there must still be what it was.
    ///
    /// # Errors
    ///
    /// A [`Mishap`], which tells whether something may have changed.
    pub fn put(&self, content: &mut dyn Read) -> Result<u64, Mishap> {
        draft::put(&self.place, self.terms, None, content)
    }

    /// The same for `content` that comes from `label`, which whoever reads the file will know.
    ///
    /// # Errors
    ///
    /// As for [`Target::put`].
    pub fn put_from(&self, label: &Label, content: &mut dyn Read) -> Result<u64, Mishap> {
        draft::put(&self.place, self.terms, Some(label), content)
    }
}
