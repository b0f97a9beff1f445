//! The files of a pack, from the program itself or from a folder. The policy's one door to files.

use std::path::Path;

use lamassu_contract::Digest;
use serde_json::json;

use super::{
    fault::{Fault, PackError},
    manifest::Parameters,
};

/// The largest file that is read.
const LARGEST: u64 = 1024 * 1024;

/// One file: what errors call it, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) name: String,
    pub(super) body: String,
}

impl Text {
    fn embedded(&(name, body): &(&str, &str)) -> Self {
        Self { name: format!("policies/{name}"), body: body.to_owned() }
    }
}

/// All files of one pack.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pub(super) manifest: Text,
    pub(super) rules: Vec<Text>,
    pub(super) cases: Text,
}

impl Files {
    /// A digest of all that decides: the rules, the guards, the words they are written in, and what was
    /// filled in.
    pub(super) fn mark(&self, parameters: &Parameters) -> Digest {
        let (defaults, guards) = base();
        let schema = schema();
        let fixed = [&defaults, &schema, &self.manifest];
        let texts = fixed.into_iter().chain(&guards).chain(&self.rules).map(|text| text.body.as_str());
        Digest::of(&json!([texts.collect::<Vec<_>>(), parameters]))
    }
}

/// The words of every policy.
pub(super) fn schema() -> Text {
    Text::embedded(&("lamassu.cedarschema", include_str!("../../policies/lamassu.cedarschema")))
}

/// The guards that stand beside every pack: what may be filled in, and the rules.
pub(super) fn base() -> (Text, Vec<Text>) {
    let manifest = Text::embedded(&("base/pack.toml", include_str!("../../policies/base/pack.toml")));
    let guards = Text::embedded(&("base/guards.cedar", include_str!("../../policies/base/guards.cedar")));
    (manifest, vec![guards])
}

/// What a pack can say of itself in `proves`: name, what it says, the rules that bound it.
const CLAIMS: &[(&str, &str, &str)] = &[
    (
        "changes-nothing",
        "it changes nothing, as far as the method of a request tells",
        include_str!("../../policies/claims/changes-nothing.cedar"),
    ),
    (
        "named-sites",
        "only sites that the user named are touched",
        include_str!("../../policies/claims/named-sites.cedar"),
    ),
    (
        "asks-before-irreversible",
        "what cannot be undone waits for a person",
        include_str!("../../policies/claims/asks-before-irreversible.cedar"),
    ),
    (
        "asks-before-consequences",
        "what commits the user waits for a person",
        include_str!("../../policies/claims/asks-before-consequences.cedar"),
    ),
    (
        "changes-no-site",
        "sites are only read, as far as the method of a request tells",
        include_str!("../../policies/claims/changes-no-site.cedar"),
    ),
    ("no-network", "nothing leaves this machine", include_str!("../../policies/claims/no-network.cedar")),
];

/// The names of all claims.
pub(super) fn claims() -> impl Iterator<Item = &'static str> {
    CLAIMS.iter().map(|(name, ..)| *name)
}

/// What the claim `name` says, and its rules.
#[cfg(feature = "prove")]
pub(super) fn claim(name: &str) -> Option<(&'static str, Text)> {
    let (name, says, rules) = CLAIMS.iter().find(|(known, ..)| *known == name)?;
    Some((says, Text { name: format!("policies/claims/{name}.cedar"), body: (*rules).to_owned() }))
}

/// What the runtime sees to, and a proof takes for granted.
#[cfg(feature = "prove")]
pub(super) fn given() -> Text {
    Text::embedded(&("claims/given.cedar", include_str!("../../policies/claims/given.cedar")))
}

macro_rules! ready {
    ($($name:literal),* $(,)?) => {
        /// The ready packs: name, manifest, rules, cases.
        const READY: &[(&str, [(&str, &str); 3])] = &[$((
            $name,
            [
                (concat!($name, "/pack.toml"), include_str!(concat!("../../policies/", $name, "/pack.toml"))),
                (concat!($name, "/rules.cedar"), include_str!(concat!("../../policies/", $name, "/rules.cedar"))),
                (concat!($name, "/cases.toml"), include_str!(concat!("../../policies/", $name, "/cases.toml"))),
            ],
        )),*];
    };
}

ready!(
    "deny-all",
    "read-only",
    "look-dont-touch",
    "research",
    "files-only",
    "web-forms",
    "shop",
    "payments-ask",
    "mail",
    "tools-guarded",
    "tools-strict",
);

/// The names of the ready packs.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    READY.iter().map(|(name, _)| *name)
}

/// The ready pack `name`.
pub(super) fn ready(name: &str) -> Result<Files, PackError> {
    let Some((_, [manifest, rules, cases])) = READY.iter().find(|(known, _)| *known == name) else {
        let ready = names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        return Err(PackError::Unknown { name: name.to_owned(), ready });
    };
    Ok(Files { manifest: Text::embedded(manifest), rules: vec![Text::embedded(rules)], cases: Text::embedded(cases) })
}

/// The pack in `folder`.
pub(super) fn folder(folder: &Path) -> Result<Files, PackError> {
    let mut rules = Vec::new();
    for name in file_names(folder)? {
        if Path::new(&name).extension().is_some_and(|end| end.eq_ignore_ascii_case("cedar")) {
            rules.push(read(&folder.join(name))?);
        }
    }
    if rules.is_empty() {
        return Err(unreadable(folder, "has no `*.cedar` file; a pack without rules says nothing"));
    }
    Ok(Files { manifest: read(&folder.join("pack.toml"))?, rules, cases: read(&folder.join("cases.toml"))? })
}

#[expect(clippy::disallowed_methods, reason = "a pack of the user's own is a folder")]
fn file_names(folder: &Path) -> Result<Vec<String>, PackError> {
    let entries = std::fs::read_dir(folder).map_err(|error| refused(folder, &error))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| refused(folder, &error))?;
        names.push(entry.file_name().into_string().map_err(|_| unreadable(folder, "has a name that is not text"))?);
    }
    names.sort_unstable();
    Ok(names)
}

#[expect(clippy::disallowed_methods, reason = "a pack of the user's own is a folder")]
fn read(path: &Path) -> Result<Text, PackError> {
    // Asked before it is opened: opening a FIFO would wait for ever.
    let about = std::fs::metadata(path).map_err(|error| refused(path, &error))?;
    if !about.is_file() {
        return Err(unreadable(path, "is not a file"));
    }
    if about.len() > LARGEST {
        return Err(unreadable(path, "is larger than 1 MiB"));
    }
    let bytes = std::fs::read(path).map_err(|error| refused(path, &error))?;
    let name = path.display().to_string();
    String::from_utf8(bytes).map(|body| Text { name: name.clone(), body }).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let body = String::from_utf8_lossy(error.as_bytes()).into_owned();
        Fault::at(&Text { name, body }, valid, "this is not UTF-8 text").into()
    })
}

fn refused(path: &Path, error: &std::io::Error) -> PackError {
    match error.kind() {
        std::io::ErrorKind::NotFound => unreadable(path, "is not there"),
        _ => unreadable(path, &format!("cannot be opened: {error}")),
    }
}

fn unreadable(path: &Path, problem: &str) -> PackError {
    PackError::Unreadable { path: path.display().to_string(), problem: problem.to_owned() }
}
