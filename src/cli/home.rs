//! What the environment says: the only place that reads it.

use std::{
    io::{BufRead, BufReader, Read as _},
    path::{Path, PathBuf},
};

use super::complaint::Complaint;
use crate::{journal::Store, planner::Effort};

/// The value of an environment variable, if it is set, not empty and text.
#[expect(clippy::disallowed_methods, reason = "this is the door to the environment")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder of the record: the given one, `$LAMASSU_HOME`, or `lamassu` in the state folder.
pub(super) fn folder(given: Option<&Path>) -> Result<PathBuf, Complaint> {
    let state = || variable("XDG_STATE_HOME").map(PathBuf::from);
    let home = || variable("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    given
        .map(Path::to_path_buf)
        .or_else(|| variable("LAMASSU_HOME").map(PathBuf::from))
        .or_else(|| Some(state().or_else(home)?.join("lamassu")))
        .ok_or_else(|| {
            Complaint::usage("there is no place for the record; set `LAMASSU_HOME` or give `--record FOLDER`")
        })
}

/// The folder of signed-in sessions, beside the record.
pub(super) fn sessions(given: Option<&Path>) -> Result<PathBuf, Complaint> {
    Ok(folder(given)?.join("sessions"))
}

/// Where the rules are by which this user has agreed to things beforehand, beside the record.
pub(super) fn consents(given: Option<&Path>) -> Result<PathBuf, Complaint> {
    Ok(folder(given)?.join("consents.cedar"))
}

/// The table of what models cost, beside the record.
pub(super) fn prices(given: Option<&Path>) -> Result<PathBuf, Complaint> {
    Ok(folder(given)?.join("prices.toml"))
}

/// The folder of skills: the given one, or `skills` beside the record.
pub(super) fn skills(given: Option<&Path>, record: Option<&Path>) -> Result<PathBuf, Complaint> {
    given.map_or_else(|| Ok(folder(record)?.join("skills")), |given| Ok(given.to_path_buf()))
}

/// The text of the file at `path`; none if it is not there.
pub(super) fn kept(path: &Path) -> Result<String, Complaint> {
    if path.exists() { read(path) } else { Ok(String::new()) }
}

/// Keeps `text` in the file at `path`, at once and whole, for this user alone.
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the user names the file, or it lies beside the record"
)]
pub(super) fn keep(path: &Path, text: &str) -> std::io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let draft = path.with_extension("part");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&draft, path)
}

/// The record of this user's runs.
pub(super) fn store(given: Option<&Path>) -> Result<Store, Complaint> {
    Store::open(&folder(given)?).map_err(Complaint::failed)
}

/// Who is at the terminal, for the record.
pub(super) fn user() -> String {
    variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "user".to_owned())
}

/// How much processor time this program has used, and how much energy the machine's processors, as far as that
/// can be read. Source of the energy: the counters of RAPL, which Linux has under `powercap`.
#[expect(clippy::disallowed_methods, reason = "the system's own counters are files")]
pub(super) fn effort() -> Effort {
    let inside = |folder: &str, file: &str| -> Vec<u64> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let own = entries.filter(|entry| file != "energy_uj" || is_package(&entry.file_name().to_string_lossy()));
        let text = own.filter_map(|entry| std::fs::read_to_string(entry.path().join(file)).ok());
        text.filter_map(|text| text.split_whitespace().next()?.parse().ok()).collect()
    };
    let sum = |counts: Vec<u64>| (!counts.is_empty()).then(|| counts.iter().sum::<u64>());
    Effort {
        micros: 0,
        processor: sum(inside("/proc/self/task", "schedstat")).map(|nanos| nanos / 1000),
        energy: sum(inside("/sys/class/powercap", "energy_uj")),
    }
}

/// Whether a counter is of a whole processor, such as `intel-rapl:0`, and of no part of one.
fn is_package(counter: &str) -> bool {
    counter.starts_with("intel-rapl:") && counter.matches(':').count() == 1
}

/// No more than this is read of a file, in bytes; what takes the text says when it is too much.
const LARGEST: u64 = 2_000_000;

/// A text file that the user named.
#[expect(clippy::disallowed_methods, reason = "the user names task files on purpose")]
pub(super) fn read(path: &Path) -> Result<String, Complaint> {
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST).read_to_string(&mut text))
        .map_err(|error| Complaint::usage(format!("`{}` cannot be read: {error}", path.display())))?;
    Ok(text)
}

/// The names of the files in `folder` that end in `.end`, in order.
#[cfg(feature = "console")]
#[expect(clippy::disallowed_methods, reason = "the user names the folder on purpose")]
pub(super) fn names(folder: &Path, end: &str) -> Result<Vec<String>, Complaint> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Complaint::usage(format!("the folder `{}` cannot be read: {error}", folder.display())))?;
    let names = entries
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| Path::new(name).extension().is_some_and(|own| own == end));
    let mut names: Vec<_> = names.filter_map(|name| name.into_string().ok()).collect();
    names.sort_unstable();
    Ok(names)
}

/// The longest line that is read, in bytes.
const LONGEST: u64 = 16_000_000;

/// The lines of a file that the user named, or of standard input for `-`; an error for each that is no
/// text or too long.
#[expect(clippy::disallowed_methods, reason = "the user names the file on purpose")]
pub(super) fn lines(path: &Path) -> Result<impl Iterator<Item = Result<String, String>>, Complaint> {
    let mut input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        let file = std::fs::File::open(path);
        let file = file.map_err(|error| Complaint::usage(format!("`{}` cannot be read: {error}", path.display())))?;
        Box::new(BufReader::new(file))
    };
    Ok(std::iter::from_fn(move || {
        let mut line = Vec::new();
        let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        match read {
            Ok(0) => None,
            Ok(_) if line.len() as u64 == LONGEST => Some(Err("it is longer than 16 MB".to_owned())),
            Ok(_) => Some(String::from_utf8(line).map_err(|_| "it is not UTF-8 text".to_owned())),
            Err(error) => Some(Err(error.to_string())),
        }
    }))
}

/// Whether `path` is `folder` or in it, wherever links lead. What is not there lies nowhere.
pub(super) fn lies_in(path: &Path, folder: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(if path.as_os_str().is_empty() { Path::new(".") } else { path });
    matches!((real(path), real(folder)), (Ok(path), Ok(folder)) if path.starts_with(&folder))
}

/// Makes the folder `folder` with these files in it: name and text. It must not be there yet.
#[expect(clippy::disallowed_methods, reason = "the user names the folder on purpose")]
pub(super) fn write_folder(folder: &Path, files: &[(&str, &str)]) -> Result<(), Complaint> {
    let complaint = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Complaint::usage(format!("`{}` is there already; name a new folder", folder.display()))
        }
        _ => Complaint::usage(format!("`{}` cannot be written: {error}", folder.display())),
    };
    if let Some(above) = folder.parent() {
        std::fs::create_dir_all(above).map_err(complaint)?;
    }
    std::fs::create_dir(folder).map_err(complaint)?;
    files.iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text)).map_err(complaint)
}
