//! Pictures of what a person saw at each step, kept beside the record: this file is a door to the disk.
//!
//! They are no part of the record. A step has one only if somebody watched it.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use lamassu_browser::Frame;
use serde::{Deserialize, Serialize};

/// The pictures of all runs.
#[derive(Debug, Clone)]
pub(crate) struct Album {
    folder: PathBuf,
}

/// What goes with a picture.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Caption {
    /// What `target` is measured in.
    size: (u32, u32),
    /// Where the row stands that was acted on: left, top, width, height.
    target: Option<[i32; 4]>,
}

impl Album {
    /// The pictures beside the record in `record`.
    pub(crate) fn beside(record: &Path) -> Self {
        Self { folder: record.join("album") }
    }

    /// Keeps `frame` for the step `step` of `run`, where the row `target` was acted on. It is written on
    /// another thread; one that cannot be kept is left out.
    pub(crate) fn keep(&self, run: &str, step: u64, frame: &Arc<Frame>, target: Option<u32>) {
        if frame.jpeg.is_empty() {
            return;
        }
        let (album, run, frame) = (self.clone(), run.to_owned(), Arc::clone(frame));
        tokio::task::spawn_blocking(move || album.write(&run, step, &frame, target));
    }

    /// The same at once; says where the picture is. If the row stood outside of what was in view, it is the
    /// picture of its surroundings.
    pub(crate) fn write(&self, run: &str, step: u64, frame: &Frame, target: Option<u32>) -> std::io::Result<PathBuf> {
        let (picture, caption) = (self.file(run, step, "jpg"), self.file(run, step, "json"));
        let beyond = frame.beyond.as_ref().filter(|beyond| Some(beyond.row) == target);
        let (jpeg, about) = match beyond {
            Some(beyond) => (&beyond.jpeg, Caption { size: beyond.size, target: Some(beyond.area) }),
            None => {
                let area = target.and_then(|row| frame.areas.get(&row).copied());
                (&frame.jpeg, Caption { size: frame.size, target: area })
            }
        };
        write(&picture, jpeg)?;
        write(&caption, &serde_json::to_vec(&about).unwrap_or_default())?;
        Ok(picture)
    }

    /// The picture of a step, if there is one.
    pub(crate) fn picture(&self, run: &str, step: u64) -> Option<Vec<u8>> {
        read(&self.file(run, step, "jpg"))
    }

    /// What goes with it.
    pub(crate) fn caption(&self, run: &str, step: u64) -> Option<Caption> {
        serde_json::from_slice(&read(&self.file(run, step, "json"))?).ok()
    }

    /// `run` is the id of a run, which is made of letters, digits and `-`.
    fn file(&self, run: &str, step: u64, kind: &str) -> PathBuf {
        let name: String = run.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '-').collect();
        self.folder.join(name).join(format!("{step}.{kind}"))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the door to the pictures beside the record")]
fn read(path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

#[expect(
    clippy::disallowed_types,
    reason = "this is the door to the pictures beside the record, which are for its owner alone"
)]
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    if let Some(folder) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)
}
