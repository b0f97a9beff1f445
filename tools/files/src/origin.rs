//! Where the text of a file came from: kept with the file, so that the next run knows it too.
//!
//! It is an extended attribute, which moves with the file and goes with it. A program that replaces
//! the file leaves it behind; so does a file system without such attributes. Then what is read is known
//! as text of the file, and no further.

use std::os::fd::AsFd;

use lamassu_contract::{Label, Observation};
use rustix::{
    fs::{XattrFlags, fgetxattr, fsetxattr},
    io::Errno,
};

/// The attribute. It holds the sources as JSON, as the record does.
const NAME: &str = "user.lamassu.sources";
/// File systems keep about one block of 4096 bytes.
const LARGEST: usize = 3_500;

/// Notes that text of `label` is in `file` now, beside what is noted already.
///
/// # Errors
///
/// What the operating system said; nothing if the file system keeps no attributes.
pub(crate) fn note(file: impl AsFd, label: &Label) -> std::io::Result<()> {
    let Some(label) = label.outside() else { return Ok(()) };
    let label = read(&file).map_or_else(|| label.clone(), |noted| noted.join(&label));
    let label = if written(&label).len() > LARGEST { many() } else { label };
    match fsetxattr(file, NAME, written(&label).as_bytes(), XattrFlags::empty()) {
        Err(Errno::NOTSUP) => Ok(()),
        other => other.map_err(Into::into),
    }
}

/// What is noted of `file`; nothing if nothing is, or it makes no sense.
pub(crate) fn read(file: impl AsFd) -> Option<Label> {
    let mut bytes = vec![0; LARGEST];
    let size = fgetxattr(file, NAME, bytes.as_mut_slice()).ok()?;
    serde_json::from_slice(bytes.get(..size)?).ok()
}

fn written(label: &Label) -> String {
    serde_json::to_string(label).unwrap_or_default()
}

/// What stands for more sources than can be kept.
fn many() -> Label {
    Observation::from_tool("many places", "").label().clone()
}
