//! The folder of skills: for each its file, what its demonstrations taught, the demonstrations, and its pack.
//!
//! `NAME.skill.toml`, `NAME.adapter`, `NAME.demos/1.json`, `NAME.pack/`. Only their owner can read them.

use std::{
    io::{Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Demonstration, Player, Skill, SkillError, file::is_name, induce, lesson};
use crate::planner::local::adapter::Adapter;

/// The version of what was learned: it fits the features of this program alone.
const LEARNED: u32 = 2;
/// No larger file is read, in bytes.
const LARGEST: u64 = 64_000_000;

/// A folder of skills.
#[derive(Debug, Clone)]
pub struct Skills {
    folder: PathBuf,
}

/// A skill as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The skill.
    pub skill: Skill,
    /// What its demonstrations taught; nothing if that is missing or of another version.
    pub adapter: Option<Adapter>,
    /// Why there is no adapter.
    pub note: Option<String>,
}

/// What demonstrations taught, as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Learned {
    version: u32,
    checksum: String,
    adapter: serde_json::Value,
}

/// A skill in one file, to be given to somebody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parcel {
    /// The skill file.
    pub skill: String,
    /// The demonstrations; they have what was typed in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demonstrations: Vec<Demonstration>,
    /// What the demonstrations taught.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapter: Option<Adapter>,
}

impl Skills {
    /// The skills in `folder`, which is made when something is put in it.
    ///
    /// # Errors
    ///
    /// [`SkillError::Folder`] if there is something else of that name.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, SkillError> {
        let folder = folder.into();
        if folder.exists() && !folder.is_dir() {
            return Err(SkillError::Folder { path: folder, problem: "it is no folder".to_owned() });
        }
        Ok(Self { folder })
    }

    /// The names of all skills, in order.
    ///
    /// # Errors
    ///
    /// [`SkillError::Folder`] if the folder cannot be read.
    #[expect(clippy::disallowed_methods, reason = "this is the door to the folder of skills")]
    pub fn names(&self) -> Result<Vec<String>, SkillError> {
        if !self.folder.exists() {
            return Ok(Vec::new());
        }
        let entries = std::fs::read_dir(&self.folder).map_err(|error| trouble(&self.folder, &error))?;
        let name = |entry: std::fs::DirEntry| {
            let name = entry.file_name().to_string_lossy().strip_suffix(".skill.toml")?.to_owned();
            is_name(&name).then_some(name)
        };
        let mut names: Vec<_> = entries.flatten().filter_map(name).collect();
        names.sort();
        Ok(names)
    }

    /// The skill `name`.
    ///
    /// # Errors
    ///
    /// [`SkillError::Unknown`] if it is not there; else what is wrong with its file.
    pub fn read(&self, name: &str) -> Result<Kept, SkillError> {
        if !is_name(name) {
            return Err(SkillError::Name(name.to_owned()));
        }
        let path = self.file(name);
        if !path.exists() {
            let names = self.names()?;
            let known = if names.is_empty() {
                format!("there are none in `{}`; `lamassu teach` makes one", self.folder.display())
            } else {
                format!("there is {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
            };
            return Err(SkillError::Unknown { name: name.to_owned(), known });
        }
        let shown = path.display().to_string();
        let skill = Skill::read(&text(&path)?, &shown)?;
        if skill.name != name {
            let problem =
                format!("the skill in it is called `{}`; call the file so, or the skill `{name}`", skill.name);
            return Err(SkillError::File { file: shown, line: 2, problem });
        }
        let (adapter, note) = match self.adapter(name) {
            Ok(adapter) => (Some(adapter), None),
            Err(problem) => (None, Some(format!("what demonstrations of `{name}` taught is left out: {problem}"))),
        };
        Ok(Kept { skill, adapter, note })
    }

    /// All skills that can be read, and what is wrong with the others.
    ///
    /// # Errors
    ///
    /// [`SkillError::Folder`] if the folder cannot be read.
    pub fn all(&self) -> Result<(Vec<Kept>, Vec<SkillError>), SkillError> {
        let (mut kept, mut problems) = (Vec::new(), Vec::new());
        for name in self.names()? {
            match self.read(&name) {
                Ok(skill) => kept.push(skill),
                Err(problem) => problems.push(problem),
            }
        }
        Ok((kept, problems))
    }

    /// Learns the skill `name` from `demonstrations` and from those that are kept of it already.
    ///
    /// # Errors
    ///
    /// [`SkillError`] if they show nothing, want different things or contradict each other; then nothing is kept.
    pub fn learn(&self, name: &str, demonstrations: Vec<Demonstration>) -> Result<Skill, SkillError> {
        if !is_name(name) {
            return Err(SkillError::Name(name.to_owned()));
        }
        let known = if self.file(name).exists() { Some(self.read(name)?.skill) } else { None };
        let mut all = self.demonstrations(name)?;
        if let Some(known) = &known {
            at_home(known, &demonstrations)?;
        }
        all.extend(demonstrations);
        let mut skill = induce::induce(name, &all)?;
        if let Some(known) = known {
            (skill.ran, skill.worked) = (known.ran, known.worked);
        }
        self.keep(&skill, &all, &lesson::fit(&all))?;
        Ok(skill)
    }

    /// Keeps `skill` as it is now, such as after a run.
    ///
    /// # Errors
    ///
    /// [`SkillError::Folder`] if it cannot be written.
    pub fn save(&self, skill: &Skill) -> Result<(), SkillError> {
        self.write(&self.file(&skill.name), &skill.to_string())
    }

    /// The demonstrations that are kept of the skill `name`, the oldest first.
    ///
    /// # Errors
    ///
    /// [`SkillError::File`] if one of them cannot be read.
    pub fn demonstrations(&self, name: &str) -> Result<Vec<Demonstration>, SkillError> {
        let folder = self.folder.join(format!("{name}.demos"));
        let paths = (1..).map(|number: u32| folder.join(format!("{number}.json"))).take_while(|path| path.exists());
        paths
            .map(|path| {
                serde_json::from_str(&text(&path)?).map_err(|error| SkillError::File {
                    file: path.display().to_string(),
                    line: error.line(),
                    problem: format!("it is no demonstration: {error}"),
                })
            })
            .collect()
    }

    /// Removes all that is kept of the skill `name`.
    ///
    /// # Errors
    ///
    /// [`SkillError::Unknown`] if it is not there, [`SkillError::Folder`] if it cannot be removed.
    #[expect(clippy::disallowed_methods, reason = "this is the door to the folder of skills")]
    pub fn forget(&self, name: &str) -> Result<(), SkillError> {
        let known = self.names()?;
        if !known.iter().any(|known| known == name) {
            self.read(name)?;
        }
        // The file goes last, so that what is left can be forgotten again.
        for folder in [self.folder.join(format!("{name}.demos")), self.pack(name)] {
            if folder.exists() {
                std::fs::remove_dir_all(&folder).map_err(|error| trouble(&folder, &error))?;
            }
        }
        for path in [self.folder.join(format!("{name}.adapter")), self.file(name)] {
            if path.exists() {
                std::fs::remove_file(&path).map_err(|error| trouble(&path, &error))?;
            }
        }
        Ok(())
    }

    /// The folder of the pack of the skill `name`.
    #[must_use]
    pub fn pack(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.pack"))
    }

    /// Keeps the files of a pack for the skill `name`: for each its name and text.
    ///
    /// # Errors
    ///
    /// [`SkillError::Folder`] if they cannot be written.
    pub fn keep_pack(&self, name: &str, files: &[(&str, &str)]) -> Result<(), SkillError> {
        files.iter().try_for_each(|(file, text)| self.write(&self.pack(name).join(file), text))
    }

    /// The skill `name` for somebody else, without its demonstrations.
    ///
    /// # Errors
    ///
    /// As for [`Skills::read`].
    pub fn parcel(&self, name: &str) -> Result<Parcel, SkillError> {
        let kept = self.read(name)?;
        let fresh = Skill { ran: 0, worked: 0, ..kept.skill };
        Ok(Parcel { skill: fresh.to_string(), demonstrations: Vec::new(), adapter: kept.adapter })
    }

    /// Takes the skill out of a parcel, which is called `file` in complaints. It must be new.
    ///
    /// # Errors
    ///
    /// [`SkillError::Exists`] if there is one of its name; else what is wrong with it.
    pub fn unpack(&self, parcel: &Parcel, file: &str) -> Result<Skill, SkillError> {
        let skill = Skill::read(&parcel.skill, file)?;
        if self.file(&skill.name).exists() {
            return Err(SkillError::Exists(skill.name));
        }
        let adapter = match (&parcel.adapter, parcel.demonstrations.is_empty()) {
            (_, false) => lesson::fit(&parcel.demonstrations),
            (Some(adapter), true) => adapter.clone(),
            (None, true) => Adapter::fit(&[]),
        };
        self.keep(&skill, &parcel.demonstrations, &adapter)?;
        Ok(skill)
    }

    /// A planner that plays all skills that can be read.
    ///
    /// # Errors
    ///
    /// As for [`Skills::all`].
    pub fn player(&self) -> Result<(Player, Vec<SkillError>), SkillError> {
        let (kept, problems) = self.all()?;
        let player = kept.into_iter().fold(Player::default(), |player, kept| player.with(kept.skill, kept.adapter));
        Ok((player, problems))
    }

    fn keep(&self, skill: &Skill, demonstrations: &[Demonstration], adapter: &Adapter) -> Result<(), SkillError> {
        let demos = self.folder.join(format!("{}.demos", skill.name));
        for (number, shown) in (1..).zip(demonstrations) {
            let text = serde_json::to_string(shown).map_err(|error| unfit(&demos, &error))?;
            self.write(&demos.join(format!("{number}.json")), &text)?;
        }
        let path = self.folder.join(format!("{}.adapter", skill.name));
        let adapter = serde_json::to_value(adapter).map_err(|error| unfit(&path, &error))?;
        let learned = Learned { version: LEARNED, checksum: checksum(&adapter), adapter };
        self.write(&path, &serde_json::to_string(&learned).map_err(|error| unfit(&path, &error))?)?;
        self.save(skill)
    }

    fn adapter(&self, name: &str) -> Result<Adapter, String> {
        let path = self.folder.join(format!("{name}.adapter"));
        if !path.exists() {
            return Err("there is no file for it".to_owned());
        }
        let text = text(&path).map_err(|error| error.to_string())?;
        let learned: Learned = serde_json::from_str(&text).map_err(|error| format!("it cannot be read: {error}"))?;
        if learned.version != LEARNED {
            return Err(format!("it is of version {}, and {LEARNED} is read here", learned.version));
        }
        if learned.checksum != checksum(&learned.adapter) {
            return Err("it is damaged".to_owned());
        }
        serde_json::from_value(learned.adapter).map_err(|error| format!("it cannot be read: {error}"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.skill.toml"))
    }

    /// Writes a file at once and whole, for its owner alone.
    #[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "this is the door to the folder of skills")]
    fn write(&self, path: &Path, text: &str) -> Result<(), SkillError> {
        let write = || -> std::io::Result<()> {
            if let Some(folder) = path.parent() {
                std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            }
            let draft = path.with_extension("part");
            let mut file =
                std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&draft, path)
        };
        write().map_err(|error| trouble(path, &error))
    }
}

/// That all of it was done where the skill may run.
fn at_home(known: &Skill, demonstrations: &[Demonstration]) -> Result<(), SkillError> {
    let begins = demonstrations.iter().filter_map(|shown| url::Url::parse(&shown.at).ok());
    let elsewhere = begins.map(|url| url.origin().ascii_serialization()).find(|origin| !known.sites.contains(origin));
    elsewhere.map_or(Ok(()), |found| Err(SkillError::Elsewhere { found, known: known.sites.join(", ") }))
}

/// SHA-256 of what was learned, in hexadecimal.
fn checksum(adapter: &serde_json::Value) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, adapter.to_string().as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text of a file.
#[expect(clippy::disallowed_methods, reason = "this is the door to the folder of skills")]
fn text(path: &Path) -> Result<String, SkillError> {
    let mut text = String::new();
    let file = std::fs::File::open(path);
    file.and_then(|file| file.take(LARGEST).read_to_string(&mut text)).map_err(|error| trouble(path, &error))?;
    Ok(text)
}

fn trouble(path: &Path, error: &std::io::Error) -> SkillError {
    SkillError::Folder { path: path.to_owned(), problem: error.to_string() }
}

fn unfit(path: &Path, error: &serde_json::Error) -> SkillError {
    SkillError::Folder { path: path.to_owned(), problem: error.to_string() }
}
