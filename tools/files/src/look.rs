//! The verbs that only look: what stands in a file, and what is in a folder.

use std::io::{Read as _, Seek as _, SeekFrom};

use cap_std::fs::{DirEntry, OpenOptions};
use lamassu_contract::{Failure, FailureKind, FileKind, Observation};
use serde_json::{Value, json};

use crate::{
    failure::explain,
    name::{quoted, shown},
    origin,
    place::{Folder, Place, Seen},
};

/// Which bytes of a file to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// The first byte.
    pub(crate) offset: u64,
    /// The most bytes.
    pub(crate) limit: u64,
}

/// Reads the part `span` of the file at `place`, which must be text.
pub(crate) fn read(place: &Place, span: Span) -> Result<Observation, Failure> {
    let broken = |error: std::io::Error| explain(&place.path, &error);
    let (mut file, now) = place.open(OpenOptions::new().read(true))?;
    if span.offset > now.size {
        let message = format!("{} has only {} bytes; start before that", quoted(&place.path), now.size);
        return Err(Failure::invalid(message));
    }
    file.seek(SeekFrom::Start(span.offset)).map_err(broken)?;
    let before = origin::read(&file);
    let mut bytes = Vec::new();
    file.take(span.limit.saturating_add(1)).read_to_end(&mut bytes).map_err(broken)?;
    let more = bytes.len() as u64 > span.limit;
    if more {
        cut(&mut bytes, span.limit);
        if bytes.is_empty() {
            let path = quoted(&place.path);
            return Err(Failure::invalid(format!("the next character of {path} is longer than the limit; raise it")));
        }
    }
    let text = text(&place.path, bytes, now.size)?;
    let read = text.len() as u64;
    let next = span.offset + read;
    let data = json!({
        "path": place.path, "size": now.size, "offset": span.offset, "bytes": read, "truncated": more,
        "next": more.then_some(next),
    });
    let content = if more {
        let (from, size) = (span.offset, now.size);
        format!("{text}\n(cut: this was bytes {from} to {next} of {size}; read on with offset {next})")
    } else {
        text
    };
    let seen = Observation::from_file(&place.path, content).with_data(data);
    Ok(match before {
        Some(label) => seen.from_before(&label),
        None => seen,
    })
}

/// Cuts `bytes` after `limit`, or a little earlier so that no character is cut in two.
fn cut(bytes: &mut Vec<u8>, limit: u64) {
    bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    if let Err(error) = std::str::from_utf8(bytes)
        && error.error_len().is_none()
    {
        bytes.truncate(error.valid_up_to());
    }
}

/// `bytes` of a file that has `size` of them, as text.
fn text(path: &str, bytes: Vec<u8>, size: u64) -> Result<String, Failure> {
    let path = quoted(path);
    // A byte that only continues a character is where no character begins.
    let inside = bytes.first().is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        Err(_) if inside => Err(Failure::invalid(format!(
            "the offset is not at the beginning of a character of {path}, or it is not text ({size} bytes); \
             start one byte earlier"
        ))),
        _ => Err(Failure::invalid(format!("{path} is not text ({size} bytes); only UTF-8 text can be read"))),
    }
}

/// Lists `folder`, at most `most` entries.
pub(crate) fn list(folder: &Folder, most: usize) -> Result<Observation, Failure> {
    let path = if folder.path.is_empty() { "." } else { &folder.path };
    let broken = |error: std::io::Error| explain(path, &error);
    let mut entries = Vec::new();
    let mut more = false;
    for entry in folder.dir.entries().map_err(broken)? {
        if entries.len() == most {
            more = true;
            break;
        }
        entries.extend(Entry::of(&entry.map_err(broken)?));
    }
    entries.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let mut content: String = entries.iter().map(Entry::line).collect();
    if entries.is_empty() {
        content.push_str("(the folder is empty)\n");
    }
    if more {
        content.push_str("(there is more; only some of it is shown)\n");
    }
    let entries: Vec<_> = entries.iter().map(Entry::data).collect();
    let data = json!({ "path": folder.path, "entries": entries, "truncated": more });
    Ok(Observation::from_file(path, content).with_data(data))
}

/// One entry of a folder, its name already escaped.
struct Entry {
    name: String,
    seen: Seen,
}

impl Entry {
    /// What `entry` is; nothing, if it has just gone.
    fn of(entry: &DirEntry) -> Option<Self> {
        let seen = Seen::of(&entry.metadata().ok()?);
        Some(Self { name: shown(&entry.file_name().to_string_lossy()), seen })
    }

    /// The name stands last, where it cannot pass for anything else.
    fn line(&self) -> String {
        match self.seen.kind {
            FileKind::Regular => format!("file {} {}\n", self.seen.size, self.name),
            FileKind::Link => format!("link (never followed) {}\n", self.name),
            kind => format!("{} {}\n", kind.as_str(), self.name),
        }
    }

    fn data(&self) -> Value {
        json!({ "name": self.name, "kind": self.seen.kind, "size": self.seen.size })
    }
}

/// Folders are listed, files are read.
pub(crate) fn not_a_file(path: &str) -> Failure {
    Failure::new(FailureKind::Invalid, format!("{} is a folder; use `list`", quoted(path)))
}
