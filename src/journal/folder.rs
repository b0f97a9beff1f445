//! The folder a record lives in: the one door of this room to the disk, SQLite aside.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use super::JournalError;

/// How often a lock is tried for. A reader that only looks whether a run is alive may hold it for
/// a moment.
const TRIES: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(20);

/// A folder that only its owner may enter.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

/// What written bytes must survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// A loss of power.
    Power,
    /// The end of this process.
    Process,
}

impl Folder {
    /// The folder at `path`, made with mode 700 if it is not there. The mode of a folder that is
    /// there is left alone; everything in it is made for the owner only.
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let folder = Self { path: std::path::absolute(path).map_err(|error| JournalError::io(path, &error))? };
        let parts = ["heads", "blobs", "locks"].map(|part| folder.path.join(part));
        for path in std::iter::once(folder.path.clone()).chain(parts) {
            private_folder().create(&path).map_err(|error| JournalError::io(&path, &error))?;
        }
        Ok(folder)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file `name` in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// What the file `name` holds; `None` if there is none.
    #[expect(clippy::disallowed_methods, reason = "this is the door to the files beside the record")]
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, JournalError> {
        let path = self.file(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(JournalError::io(&path, &error)),
        }
    }

    /// Makes `bytes` what the file `name` holds; a reader sees the old or the new, never a mixture.
    #[expect(clippy::disallowed_methods, reason = "this is the door to the files beside the record")]
    pub(super) fn replace(&self, name: &str, bytes: &[u8], durability: Durability) -> Result<(), JournalError> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let path = self.file(name);
        let draft = self.file(&format!("{name}.{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        let write = || -> io::Result<()> {
            let parent = path.parent().unwrap_or(&self.path);
            if !parent.is_dir() {
                private_folder().create(parent)?;
            }
            let mut file = private_file().create_new(true).write(true).open(&draft)?;
            file.write_all(bytes)?;
            if durability == Durability::Power {
                file.sync_all()?;
            }
            fs::rename(&draft, &path)?;
            if durability == Durability::Power {
                File::open(parent)?.sync_all()?;
            }
            Ok(())
        };
        write().map_err(|error| {
            let _ = fs::remove_file(&draft);
            JournalError::io(&path, &error)
        })
    }

    /// The file `name`, made for its owner only if it is not there.
    pub(super) fn touch(&self, name: &str) -> Result<File, JournalError> {
        let path = self.file(name);
        let file = private_file().create(true).truncate(false).read(true).write(true).open(&path);
        file.map_err(|error| JournalError::io(&path, &error))
    }

    /// Waits for the lock `name`. It is held until the file is dropped, and the system frees it
    /// when the process dies, however it dies.
    pub(super) fn wait_for(&self, name: &str) -> Result<File, JournalError> {
        let file = self.touch(name)?;
        file.lock().map_err(|error| JournalError::io(&self.file(name), &error))?;
        Ok(file)
    }

    /// The lock `name`; `None` if somebody else holds it.
    pub(super) fn lock(&self, name: &str) -> Result<Option<File>, JournalError> {
        let file = self.touch(name)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::WouldBlock) => std::thread::sleep(BETWEEN),
                Err(TryLockError::Error(error)) => return Err(JournalError::io(&self.file(name), &error)),
            }
        }
        Ok(None)
    }

    /// Whether somebody holds the lock `name`.
    #[expect(clippy::disallowed_methods, reason = "this is the door to the files beside the record")]
    pub(super) fn is_locked(&self, name: &str) -> bool {
        File::open(self.file(name)).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// The names in the folder `part`.
    #[expect(clippy::disallowed_methods, reason = "this is the door to the files beside the record")]
    pub(super) fn names(&self, part: &str) -> Vec<String> {
        let entries = fs::read_dir(self.file(part)).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    /// Whether others than the owner may do anything with the file `name`.
    #[cfg(unix)]
    pub(super) fn is_open_to_others(&self, name: &str) -> bool {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(self.file(name)).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
    }

    /// Whether others than the owner may do anything with the file `name`; only Unix says.
    #[cfg(not(unix))]
    pub(super) fn is_open_to_others(&self, _: &str) -> bool {
        false
    }
}

fn private_folder() -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

#[expect(clippy::disallowed_types, reason = "this is the door to the files beside the record")]
fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
