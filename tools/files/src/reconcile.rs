//! After a crash between intent and outcome: what the workspace tells about a recorded action.
//!
//! It answers only what is certain. A file that holds neither the old nor the new content was
//! changed by someone else, and then nobody can tell.

use std::io::{Read as _, Seek as _, SeekFrom};

use cap_std::fs::OpenOptions;
use lamassu_contract::{FileKind, Reconciled};
use serde_json::Value;

use crate::{
    name::quoted,
    path::WorkspacePath,
    place::{Place, Workspace},
};

/// Looks whether the recorded `action` has happened.
pub(crate) fn reconcile(workspace: &Workspace, action: &Value) -> Reconciled {
    let record = Record { workspace, action };
    let found = match record.text("/call/verb") {
        Some("list" | "read") => Some(Reconciled::NotSent("a look changes nothing".to_owned())),
        Some("write") => record.write(),
        Some("append") => record.append(),
        Some("make_folder") => record.make_folder(),
        Some("move") => record.relocate(),
        Some("delete") => record.delete(),
        _ => None,
    };
    found.unwrap_or(Reconciled::Unknown)
}

/// A recorded action and the workspace as it is now.
struct Record<'a> {
    workspace: &'a Workspace,
    action: &'a Value,
}

impl Record<'_> {
    fn write(&self) -> Option<Reconciled> {
        let (place, text) = (self.place("path")?, self.written()?);
        match place.kind() {
            FileKind::Absent if self.was("absent") => Some(not_sent(&place, "is not there")),
            FileKind::Regular if self.tail(&place, 0)? == text.as_bytes() => Some(landed(&place, "holds the text")),
            FileKind::Regular if self.has_old_size(&place) => {
                Some(not_sent(&place, "has its old size and another text"))
            }
            _ => None,
        }
    }

    fn append(&self) -> Option<Reconciled> {
        let (place, text) = (self.place("path")?, self.written()?);
        let (before, added) = (self.size()?, text.len() as u64);
        match place.kind() {
            FileKind::Absent if self.was("absent") => Some(not_sent(&place, "is not there")),
            FileKind::Regular if place.size() == before.checked_add(added)? => {
                (self.tail(&place, before)? == text.as_bytes()).then(|| landed(&place, "ends with the text"))
            }
            FileKind::Regular if self.has_old_size(&place) => Some(not_sent(&place, "has its old size")),
            _ => None,
        }
    }

    fn make_folder(&self) -> Option<Reconciled> {
        let place = self.place("path")?;
        match place.kind() {
            FileKind::Folder => Some(landed(&place, "is there")),
            FileKind::Absent => Some(not_sent(&place, "is not there")),
            _ => None,
        }
    }

    fn relocate(&self) -> Option<Reconciled> {
        let (from, to) = (self.place("from")?, self.place("to")?);
        let replaces = self.action.pointer("/facts/replaces")?.as_bool()?;
        match (from.seen.is_some(), to.seen.is_some()) {
            (false, true) => Some(landed(&to, "is there and its old name is gone")),
            (true, there) if there == replaces => Some(not_sent(&from, "is still there")),
            _ => None,
        }
    }

    fn delete(&self) -> Option<Reconciled> {
        let place = self.place("path")?;
        match place.kind() {
            FileKind::Absent => Some(landed(&place, "is gone")),
            FileKind::Folder if self.was("folder") => Some(not_sent(&place, "is still there")),
            FileKind::Regular if self.has_old_size(&place) => Some(not_sent(&place, "is still there")),
            _ => None,
        }
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.action.pointer(pointer)?.as_str()
    }

    /// The text that was to be written, unless the record hides a part of it.
    fn written(&self) -> Option<&str> {
        self.text("/args/text/value").filter(|text| !text.contains("{secret "))
    }

    fn place(&self, name: &str) -> Option<Place> {
        let path = WorkspacePath::parse(self.text(&format!("/args/{name}/value"))?).ok()?;
        self.workspace.place(&path).ok()
    }

    /// Whether a `kind` stood there before.
    fn was(&self, kind: &str) -> bool {
        self.text("/resource/file/kind") == Some(kind)
    }

    /// How large the file was before.
    fn size(&self) -> Option<u64> {
        self.action.pointer("/resource/file/size")?.as_u64()
    }

    fn has_old_size(&self, place: &Place) -> bool {
        self.was("regular") && self.size() == Some(place.size())
    }

    /// What stands in the file from `offset` on; nothing, if it is larger than any written here.
    fn tail(&self, place: &Place, offset: u64) -> Option<Vec<u8>> {
        let (mut file, now) = place.open(OpenOptions::new().read(true)).ok()?;
        if now.size > self.workspace.limits.file_bytes {
            return None;
        }
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(offset)).ok()?;
        file.take(self.workspace.limits.file_bytes).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

fn landed(place: &Place, why: &str) -> Reconciled {
    Reconciled::Landed(format!("{} {why}", quoted(&place.path)))
}

fn not_sent(place: &Place, why: &str) -> Reconciled {
    Reconciled::NotSent(format!("{} {why}", quoted(&place.path)))
}
