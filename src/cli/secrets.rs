//! The values of a task's secrets. None of them is ever written anywhere.

use std::{collections::BTreeMap, fs::File, io::Read as _, os::unix::fs::MetadataExt as _, path::Path};

use rustix::fs::{Mode, OFlags};

use super::{complaint::Complaint, home};
use crate::{
    Secret, Vault,
    goal::{SecretPlace, SecretSource},
};

/// The largest file that a secret is read from, in bytes.
const LARGEST: usize = 64 * 1024;

/// The vault of `secrets`, each bound to what the task says.
pub(super) fn vault(secrets: &BTreeMap<String, SecretSource>) -> Result<Vault, Complaint> {
    let mut vault = Vault::default();
    for (name, source) in secrets {
        let value = value(name, &source.from)?;
        let secret = if source.totp { Secret::one_time(value) } else { Ok(Secret::new(value)) };
        let secret =
            secret.map_err(|error| Complaint::usage(format!("the secret `{name}` cannot be used: {error}")))?;
        let secret = source.at.iter().fold(secret, |secret, origin| secret.at(origin));
        let secret = source.field.iter().fold(secret, |secret, field| secret.field(*field));
        let secret = source.header.iter().fold(secret, |secret, header| secret.header(header));
        vault = vault.with(name, secret);
    }
    match vault.unfit() {
        Some((name, error)) => Err(Complaint::usage(format!("the secret `{name}` cannot be used: {error}"))),
        None => Ok(vault),
    }
}

fn value(secret: &str, place: &SecretPlace) -> Result<String, Complaint> {
    match place {
        SecretPlace::Env(variable) => home::variable(variable).ok_or_else(|| {
            let what = format!("the secret `{secret}` is to come from `{variable}`, which is not set");
            Complaint::usage(format!("{what}; set it and run again"))
        }),
        SecretPlace::File(path) => file(path),
        SecretPlace::Keyring { service, name } => keyring(secret, service, name),
    }
}

/// The value in a file that only its owner may read; one line end at the end is not part of it.
fn file(path: &Path) -> Result<String, Complaint> {
    let complaint = |problem: &str| Complaint::usage(format!("the secret file `{}` {problem}", path.display()));
    // What is looked at is what is read: a link is not followed, and a FIFO does not wait for a writer.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::LOOP) => return Err(complaint("is a link; name the file itself")),
        Err(error) => return Err(complaint(&format!("cannot be read: {error}"))),
    };
    let metadata = file.metadata().map_err(|error| complaint(&format!("cannot be read: {error}")))?;
    if !metadata.is_file() {
        return Err(complaint("is no regular file; put the value into one"));
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(complaint(&format!("belongs to another user; `chown` it, then `chmod 600 {}`", path.display())));
    }
    let mode = metadata.mode() & 0o7777;
    if ![0o600, 0o400].contains(&mode) {
        return Err(complaint(&format!("has the mode {mode:o}; `chmod 600 {}`", path.display())));
    }
    let text = read(file).ok_or_else(|| complaint(&format!("is not text of at most {LARGEST} bytes")))?;
    if text.is_empty() { Err(complaint("is empty; put the value into it")) } else { Ok(text) }
}

/// The text of `file` in memory that was never moved, so that no copy of it is left behind.
fn read(file: File) -> Option<String> {
    let mut text = String::with_capacity(LARGEST + 1);
    file.take(LARGEST as u64 + 1).read_to_string(&mut text).ok()?;
    if text.len() > LARGEST {
        return None;
    }
    let kept = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line)).len();
    text.truncate(kept);
    Some(text)
}

#[cfg(feature = "keyring")]
fn keyring(secret: &str, service: &str, name: &str) -> Result<String, Complaint> {
    let entry = keyring::v1::Entry::new(service, name).and_then(|entry| entry.get_password());
    entry.map_err(|error| {
        let what = format!("the secret `{secret}` is to come from the keyring as `{service}/{name}`: {error}");
        Complaint::usage(format!("{what}; unlock the keyring and store it there, or use `env` or `file`"))
    })
}

#[cfg(not(feature = "keyring"))]
fn keyring(secret: &str, service: &str, name: &str) -> Result<String, Complaint> {
    let what = format!("the secret `{secret}` is to come from the keyring as `{service}/{name}`");
    Err(Complaint::usage(format!(
        "{what}, and this build has none; build it with the feature `keyring`, or use `env` or `file`"
    )))
}
