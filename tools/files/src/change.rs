//! The verbs that change something. Each begins at the open folder that was judged.

use std::io::Write as _;

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _};
use cap_std::fs::{File, OpenOptions};
use lamassu_contract::{Failure, FailureKind, FileKind, Label, Observation};
use serde_json::json;

use crate::{
    draft::{Terms, put, rename_new, sync},
    failure::{Mishap, explain, stale},
    name::quoted,
    origin,
    place::Place,
    tool::NAME,
};

/// Puts `text`, which comes from `label`, at `place`, in the place of what was judged to stand there.
pub(crate) fn write(place: &Place, text: &str, label: &Label) -> Result<Observation, Mishap> {
    // The text is no larger than was judged, and what it replaces keeps its access rights.
    let terms = Terms { largest: u64::MAX, mode: place.seen.map(|seen| seen.mode) };
    put(place, terms, Some(label), &mut text.as_bytes())?;
    let said = format!("wrote {} ({} bytes)", quoted(&place.path), text.len());
    let data = json!({ "path": place.path, "bytes": text.len(), "replaced": place.seen.is_some() });
    Ok(Observation::from_tool(NAME, said).with_data(data))
}

/// Puts `text`, which comes from `label`, at the end of the file at `place`, which may grow to
/// `largest` bytes.
pub(crate) fn append(place: &Place, (text, label): (&str, &Label), largest: u64) -> Result<Observation, Mishap> {
    let added = text.len() as u64;
    check_size(place, added, largest)?;
    let (mut file, before) = open_end(place)?;
    let size = before.saturating_add(added);
    check_size(place, size, largest)?;
    origin::note(&file, label).map_err(|error| explain(&place.path, &error))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written {
        let mut failure = explain(&place.path, &error);
        if place.seen.is_some() && file.metadata().is_ok_and(|now| now.len() == before) {
            return Err(Mishap::Before(failure));
        }
        failure.message.push_str("; a part of the text may be there");
        return Err(Mishap::During(failure));
    }
    if place.seen.is_none() {
        sync(&place.parent).map_err(|error| Mishap::During(explain(&place.path, &error)))?;
    }
    let said = format!("appended {} bytes to {}", text.len(), quoted(&place.path));
    Ok(Observation::from_tool(NAME, said).with_data(json!({ "path": place.path, "bytes": text.len(), "size": size })))
}

/// The file at `place`, made if it was absent, ready to be appended to, with its size.
fn open_end(place: &Place) -> Result<(File, u64), Failure> {
    let mut options = OpenOptions::new();
    options.append(true);
    if place.seen.is_some() {
        let (file, now) = place.open(&mut options)?;
        return Ok((file, now.size));
    }
    options.create_new(true).follow(FollowSymlinks::No);
    let file = place.parent.open_with(&place.leaf, &options).map_err(|error| explain(&place.path, &error))?;
    Ok((file, 0))
}

/// Makes the folder `place`.
pub(crate) fn make_folder(place: &Place) -> Result<Observation, Mishap> {
    place.parent.create_dir(&place.leaf).map_err(|error| explain(&place.path, &error))?;
    sync(&place.parent).map_err(|error| Mishap::During(explain(&place.path, &error)))?;
    let said = format!("made the folder {}", quoted(&place.path));
    Ok(Observation::from_tool(NAME, said).with_data(json!({ "path": place.path })))
}

/// Moves what stands at `from` to `to`, in the place of what was judged to stand there.
pub(crate) fn relocate(from: &Place, to: &Place) -> Result<Observation, Mishap> {
    from.still_there()?;
    to.still_unchanged()?;
    let moved = match to.seen {
        Some(_) => from.parent.rename(&from.leaf, &to.parent, &to.leaf),
        None => rename_new((&from.parent, &from.leaf), (&to.parent, &to.leaf)),
    };
    if let Err(error) = moved {
        let failure = explain(&to.path, &error);
        return Err(if from.still_there().is_ok() { Mishap::Before(failure) } else { Mishap::During(failure) });
    }
    let landed = to.look().map_err(Mishap::During)?;
    let same = matches!((&from.seen, &landed), (Some(then), Some(now)) if then.is_same_node(now));
    if !same {
        return Err(Mishap::During(stale(&from.path)));
    }
    for place in [from, to] {
        sync(&place.parent).map_err(|error| Mishap::During(explain(&place.path, &error)))?;
    }
    let said = format!("moved {} to {}", quoted(&from.path), quoted(&to.path));
    let data = json!({ "from": from.path, "to": to.path, "replaced": to.seen.is_some() });
    Ok(Observation::from_tool(NAME, said).with_data(data))
}

/// Deletes the file or empty folder at `place`.
pub(crate) fn delete(place: &Place) -> Result<Observation, Mishap> {
    place.still_unchanged()?;
    let deleted = match place.kind() {
        FileKind::Folder => place.parent.remove_dir(&place.leaf),
        _ => place.parent.remove_file(&place.leaf),
    };
    if let Err(error) = deleted {
        let failure = explain(&place.path, &error);
        return Err(if place.still_there().is_ok() { Mishap::Before(failure) } else { Mishap::During(failure) });
    }
    sync(&place.parent).map_err(|error| Mishap::During(explain(&place.path, &error)))?;
    let said = format!("deleted {}", quoted(&place.path));
    Ok(Observation::from_tool(NAME, said).with_data(json!({ "path": place.path })))
}

/// Makes sure that `place` may get `size` bytes.
pub(crate) fn check_size(place: &Place, size: u64, largest: u64) -> Result<(), Failure> {
    if size <= largest {
        return Ok(());
    }
    let path = quoted(&place.path);
    let message = format!("{path} would have {size} bytes, and the limit is {largest}; split it");
    Err(Failure::new(FailureKind::Limit, message))
}
