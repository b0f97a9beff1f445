//! From a call to an action: what would happen, to what. It looks and changes nothing.

use lamassu_contract::{Action, Call, Effect, Failure, FailureKind, FileKind, Kind, Label, Permit, Resource, Verb};

use crate::{
    change::check_size,
    look::{Span, not_a_file},
    name::quoted,
    path::WorkspacePath,
    place::{Folder, Place, Workspace},
    tool::{Limits, NAME},
};

/// What an action keeps open for its run.
#[derive(Debug)]
pub(crate) enum Plan {
    /// List this folder.
    List(Folder),
    /// Read this file.
    Read(Place),
    /// Write this file.
    Write(Place),
    /// Append to this file.
    Append(Place),
    /// Make this folder.
    MakeFolder(Place),
    /// Move the first to the second.
    Move(Box<(Place, Place)>),
    /// Delete this.
    Delete(Place),
}

/// What the tool can be asked for.
pub(crate) fn verbs() -> Vec<Verb> {
    const PATH: &str = "where, from the workspace down, with / between names";
    let text = |verb: Verb, about: &str| verb.needs("path", Kind::Text, PATH).needs("text", Kind::Text, about);
    vec![
        Verb::new("list", Effect::Read, "Lists a folder.").takes(
            "path",
            Kind::Text,
            "the folder; the workspace if left out",
        ),
        Verb::new("read", Effect::Read, "Reads a text file or a part of it.")
            .needs("path", Kind::Text, PATH)
            .takes("offset", Kind::Integer, "the first byte to read; 0 if left out")
            .takes("limit", Kind::Integer, "the most bytes to read"),
        text(
            Verb::new("write", Effect::Write, "Writes a text file, replacing the one that is there."),
            "all that the file shall hold",
        ),
        text(
            Verb::new("append", Effect::Write, "Adds text at the end of a file, which is made if it is not there."),
            "what to add",
        ),
        Verb::new("make_folder", Effect::Write, "Makes a folder inside one that is there.").needs(
            "path",
            Kind::Text,
            PATH,
        ),
        Verb::new("move", Effect::Write, "Moves or renames a file or folder.").needs("from", Kind::Text, PATH).needs(
            "to",
            Kind::Text,
            "its new path, with its name",
        ),
        Verb::new("delete", Effect::Irreversible, "Deletes a file or an empty folder for good.").needs(
            "path",
            Kind::Text,
            PATH,
        ),
    ]
}

/// Resolves `call`.
pub(crate) fn action(workspace: &Workspace, call: &Call) -> Result<Action, Failure> {
    check_names(call)?;
    let scene = Scene { workspace, limits: workspace.limits, call };
    match call.verb.as_str() {
        "list" => scene.list(),
        "read" => scene.read(),
        "write" => scene.write(),
        "append" => scene.append(),
        "make_folder" => scene.make_folder(),
        "move" => scene.relocate(),
        "delete" => scene.delete(),
        _ => Err(unknown_verb(call)),
    }
}

fn check_names(call: &Call) -> Result<(), Failure> {
    if call.tool != NAME {
        return Err(Failure::invalid(format!("{} is not a call of `{NAME}`", quoted(&call.name()))));
    }
    let verbs = verbs();
    let verb = verbs.iter().find(|verb| verb.name == call.verb).ok_or_else(|| unknown_verb(call))?;
    let known = |name: &str| verb.schema.get("properties").is_some_and(|properties| properties.get(name).is_some());
    match call.args.keys().find(|name| !known(name)) {
        Some(name) => Err(Failure::invalid(format!("`{}` takes no {}; leave it out", call.name(), quoted(name)))),
        None => Ok(()),
    }
}

fn unknown_verb(call: &Call) -> Failure {
    let names: Vec<_> = verbs().into_iter().map(|verb| verb.name).collect();
    Failure::invalid(format!("`{NAME}` has no verb {}; it has {}", quoted(&call.verb), names.join(", ")))
}

/// A call and where it is looked up.
struct Scene<'a> {
    workspace: &'a Workspace,
    limits: Limits,
    call: &'a Call,
}

impl Scene<'_> {
    fn list(&self) -> Result<Action, Failure> {
        let path = WorkspacePath::parse(self.call.optional_text("path")?.unwrap_or("."))?;
        let folder = self.workspace.enter(&path)?;
        let what = if folder.path.is_empty() { "the workspace".to_owned() } else { quoted(&folder.path) };
        let file = lamassu_contract::File { path: folder.path.clone(), kind: FileKind::Folder, size: 0, links: 1 };
        Ok(Action::new(self.call, Effect::Read, Resource::File(file))
            .arg("path", folder.path.as_str())
            .summary(format!("list {what}"))
            .handle(Plan::List(folder)))
    }

    fn read(&self) -> Result<Action, Failure> {
        let place = self.present("path")?;
        if place.kind() == FileKind::Folder {
            return Err(not_a_file(&place.path));
        }
        let offset = self.call.optional_integer("offset")?.unwrap_or(0);
        let limit = self.call.optional_integer("limit")?.unwrap_or(u64::MAX).min(self.limits.read_bytes);
        let summary = format!("read {} ({} bytes)", quoted(&place.path), place.size());
        let action = self.upon(Effect::Read, &place).arg("offset", offset).arg("limit", limit);
        Ok(action.summary(summary).handle(Plan::Read(place)))
    }

    fn write(&self) -> Result<Action, Failure> {
        let place = self.file_to_write()?;
        let size = self.size_with(0, &place)?;
        let replaces = place.seen.is_some();
        let (effect, summary) = if replaces {
            let was = place.size();
            (Effect::Consequential, format!("replace {} ({size} bytes, was {was})", quoted(&place.path)))
        } else {
            (Effect::Write, format!("write {} ({size} bytes)", quoted(&place.path)))
        };
        let action = self.upon(effect, &place).fact("replaces", replaces);
        Ok(action.summary(summary).handle(Plan::Write(place)))
    }

    fn append(&self) -> Result<Action, Failure> {
        let place = self.file_to_write()?;
        let size = self.size_with(place.size(), &place)? - place.size();
        let summary = format!("append {size} bytes to {}", quoted(&place.path));
        Ok(self.upon(Effect::Write, &place).summary(summary).handle(Plan::Append(place)))
    }

    fn make_folder(&self) -> Result<Action, Failure> {
        let place = self.place("path")?;
        if place.seen.is_some() {
            return Err(Failure::invalid(format!(
                "{} is already there; go on, or take another name",
                quoted(&place.path)
            )));
        }
        let summary = format!("make the folder {}", quoted(&place.path));
        Ok(self.upon(Effect::Write, &place).summary(summary).handle(Plan::MakeFolder(place)))
    }

    fn relocate(&self) -> Result<Action, Failure> {
        let (from, to) = (self.present("from")?, self.place("to")?);
        self.check_move(&from, &to)?;
        let replaces = to.seen.is_some();
        let (effect, end) =
            if replaces { (Effect::Consequential, ", replacing what is there") } else { (Effect::Write, "") };
        let summary = format!("move {} to {}{end}", quoted(&from.path), quoted(&to.path));
        Ok(Action::new(self.call, effect, from.resource())
            .arg("from", from.path.as_str())
            .arg("to", to.path.as_str())
            .fact("to", to.path.as_str())
            .fact("replaces", replaces)
            .summary(summary)
            .handle(Plan::Move(Box::new((from, to)))))
    }

    fn check_move(&self, from: &Place, to: &Place) -> Result<(), Failure> {
        let (source, target) = (quoted(&from.path), quoted(&to.path));
        if self.path("to")?.is_inside(&self.path("from")?) {
            return Err(Failure::invalid(format!("{target} is inside {source}; move it elsewhere")));
        }
        let (Some(one), Some(other)) = (&from.seen, &to.seen) else {
            return Ok(());
        };
        if one.is_same_node(other) {
            return Err(Failure::invalid(format!("{source} and {target} are the same; there is nothing to move")));
        }
        if (from.kind(), to.kind()) != (FileKind::Regular, FileKind::Regular) {
            return Err(Failure::invalid(format!("{target} is already there; only a file can replace a file")));
        }
        check_unprotected(to)
    }

    fn delete(&self) -> Result<Action, Failure> {
        let place = self.present("path")?;
        let summary = match place.kind() {
            FileKind::Folder => format!("delete the empty folder {}", quoted(&place.path)),
            _ => format!("delete {} ({} bytes)", quoted(&place.path), place.size()),
        };
        Ok(self.upon(Effect::Irreversible, &place).summary(summary).handle(Plan::Delete(place)))
    }

    /// An action upon `place`, with its canonical path.
    fn upon(&self, effect: Effect, place: &Place) -> Action {
        Action::new(self.call, effect, place.resource()).arg("path", place.path.as_str())
    }

    fn path(&self, name: &str) -> Result<WorkspacePath, Failure> {
        WorkspacePath::parse(self.call.text(name)?)
    }

    fn place(&self, name: &str) -> Result<Place, Failure> {
        self.workspace.place(&self.path(name)?)
    }

    fn present(&self, name: &str) -> Result<Place, Failure> {
        let place = self.place(name)?;
        if place.seen.is_none() {
            return Err(missing(&place));
        }
        Ok(place)
    }

    fn file_to_write(&self) -> Result<Place, Failure> {
        let place = self.place("path")?;
        check_writable(&place)?;
        Ok(place)
    }

    /// How large the file gets when the text joins `kept` bytes.
    fn size_with(&self, kept: u64, place: &Place) -> Result<u64, Failure> {
        let size = kept.saturating_add(self.call.text("text")?.len() as u64);
        check_size(place, size, self.limits.file_bytes)?;
        Ok(size)
    }
}

/// Nothing stands at `place`.
pub(crate) fn missing(place: &Place) -> Failure {
    Failure::new(FailureKind::NotFound, format!("there is no {}; list the folder", quoted(&place.path)))
}

/// Makes sure that a file may be put at `place`.
pub(crate) fn check_writable(place: &Place) -> Result<(), Failure> {
    if place.kind() == FileKind::Folder {
        return Err(Failure::invalid(format!("{} is a folder; name a file in it", quoted(&place.path))));
    }
    check_unprotected(place)
}

fn check_unprotected(place: &Place) -> Result<(), Failure> {
    if place.seen.is_some_and(|seen| seen.is_protected()) {
        let message = format!("{} is marked read-only; write to another file", quoted(&place.path));
        return Err(Failure::new(FailureKind::OutOfBounds, message));
    }
    Ok(())
}

/// The text that was judged, and where it comes from.
pub(crate) fn text(permit: &Permit) -> Result<(&str, &Label), Failure> {
    let argument = permit.action().args().get("text").ok_or_else(not_described)?;
    Ok((argument.value.as_str().ok_or_else(not_described)?, &argument.label))
}

/// The part of the file that was judged.
pub(crate) fn span(permit: &Permit) -> Result<Span, Failure> {
    let number = |name: &str| permit.action().args().get(name).and_then(|argument| argument.value.as_u64());
    match (number("offset"), number("limit")) {
        (Some(offset), Some(limit)) => Ok(Span { offset, limit }),
        _ => Err(not_described()),
    }
}

/// The action did not come from here.
pub(crate) fn not_described() -> Failure {
    Failure::invalid(format!("this action was not described by `{NAME}`; ask for it again"))
}
