//! Files between the workspace and a page, described: uploading, downloading, printing.
//!
//! A file is opened, and a place for one looked up, when the action is described; so the file that
//! was judged is the one that goes.

use std::sync::Arc;

use lamassu_contract::{Action, Call, Effect, Failure, FailureKind, Resource};
use lamassu_files::{Folder, Source, Target, Workspace};
use url::Url;

use crate::{
    Options, address,
    deed::{Aim, Deed, whole},
    describe::upon,
    download::Origin,
    effect, escape,
    fault::Fault,
    page::{Described, Place, Resolved},
    session::Session,
    suggest::clean,
    target::{Among, Target as Name, stale},
    verbs,
};

/// What goes from where to where.
#[derive(Debug, Clone)]
pub(crate) enum Transfer {
    /// A file of the workspace into a field.
    Upload { aim: Aim, source: Arc<Source> },
    /// What comes of a press or an address, into the workspace.
    Download { from: Origin, into: Destination },
    /// The page as it was judged, into the workspace.
    Print { place: Place, target: Arc<Target> },
}

/// Where a file will be put.
#[derive(Debug, Clone)]
pub(crate) enum Destination {
    /// Here.
    Place(Arc<Target>),
    /// In this folder, under the name it comes with, unless that is taken.
    Folder(Arc<Folder>),
}

/// Describes `upload`, `download` or `print`. Without a session no page is open.
///
/// # Errors
///
/// A [`Failure`] that tells the planner what to ask for instead.
pub(crate) async fn describe(session: Option<&mut Session>, call: &Call, options: &Options) -> Result<Action, Failure> {
    verbs::check(call)?;
    let workspace = options.workspace.as_ref().ok_or_else(no_workspace)?;
    let nothing = || Failure::new(FailureKind::NotFound, "no page is open; `open` an address first");
    match (call.verb.as_str(), session) {
        ("upload", Some(session)) => upload(session, call, workspace).await,
        ("print", Some(session)) => print(session, call, workspace).await,
        ("download", session) => match (call.optional_text("target")?, call.optional_text("url")?) {
            (Some(target), None) => press(session.ok_or_else(nothing)?, call, (target, workspace)).await,
            (None, Some(url)) => fetch(session, call, (url, workspace)).await,
            _ => Err(Failure::invalid("`browser.download` needs either `target` or `url`")),
        },
        _ => Err(nothing()),
    }
}

fn no_workspace() -> Failure {
    Failure::invalid(
        "the browser has no workspace for files; name a folder with `workspace` in the task file, or in the browser's options",
    )
}

async fn upload(session: &mut Session, call: &Call, workspace: &Workspace) -> Result<Action, Failure> {
    let source = workspace.source(call.text("path")?)?;
    let name = Name::parse(call.text("target")?)?;
    let named = match name.resolve(session, Among::Fields).await {
        // Buttons and labels have names too.
        Err(failure) if failure.kind == FailureKind::NotFound => name.resolve(session, Among::Anything).await?,
        named => named?,
    };
    let asked = Aim::at(&named.0, &named.1);
    let found = chooser(session, &asked).await?;
    let mut aim = Aim::at(&found.0, &found.1);
    if found.1.name.is_empty() {
        aim.label = asked.label;
    }
    let (path, size) = (source.path().to_owned(), source.size());
    let summary = format!("upload {} ({size} bytes) into {} on {}", escape::line(&path), aim.label, found.1.origin);
    let deed = Deed::Transfer(Transfer::Upload { aim, source: Arc::new(source) });
    let action = upon(call, Effect::Write, &found, deed)?;
    Ok(action.arg("path", path).fact("bytes", size).summary(summary))
}

/// The field for files that `asked` is or stands for.
async fn chooser(session: &mut Session, asked: &Aim) -> Result<(Place, Described), Failure> {
    let resolved: Resolved = session.ask("chooser", asked.args()).await?;
    if let Some(why) = &resolved.stale {
        return Err(stale(&asked.label, why));
    }
    let none = || Failure::invalid(format!("{} takes no file; name the field for it", asked.label));
    Ok((resolved.place, resolved.one.ok_or_else(none)?))
}

async fn print(session: &mut Session, call: &Call, workspace: &Workspace) -> Result<Action, Failure> {
    let place = session.locate().await?;
    let target = match destination(call, workspace)? {
        Destination::Place(target) => target,
        Destination::Folder(folder) => {
            let title = clean(&place.title).unwrap_or_else(|| "page".to_owned());
            Arc::new(folder.vacant(&format!("{title}.pdf"))?)
        }
    };
    let summary = format!("print {} into {}", escape::line(&place.url), escape::line(target.path()));
    let action = Action::new(call, writing(&target), whole(&place)).fact("replaces", target.replaces());
    let action = action.arg("path", target.path()).fact("origin", place.source()).summary(summary);
    Ok(action.handle(Deed::Transfer(Transfer::Print { place, target })))
}

/// A download by a press is at least what the press would be, and puts a file here besides.
async fn press(session: &mut Session, call: &Call, what: (&str, &Workspace)) -> Result<Action, Failure> {
    let found = Name::parse(what.0)?.resolve(session, Among::Everything).await?;
    let page = found.0.page().ok_or(Fault::Moved)?;
    let into = destination(call, what.1)?;
    let effect = effect::of_click(&found.1, &page).max(into.effect());
    let aim = Aim::at(&found.0, &found.1);
    let summary = format!("download what {} on {} brings into {}", aim.label, found.1.origin, into.shown());
    let hint = Url::parse(&found.1.link).ok();
    let deed = Transfer::Download { from: Origin::Press { aim, hint }, into: into.clone() };
    let action = upon(call, effect, &found, Deed::Transfer(deed))?.fact("submits", found.1.submits);
    Ok(into.told(action).summary(summary))
}

async fn fetch(session: Option<&mut Session>, call: &Call, what: (&str, &Workspace)) -> Result<Action, Failure> {
    let place = match session {
        Some(session) => session.locate().await?,
        None => Place::default(),
    };
    let base = place.page().filter(|page| matches!(page.scheme(), "http" | "https"));
    let url = address::canonical(what.0, base.as_ref())?;
    let into = destination(call, what.1)?;
    let action = Action::new(call, into.effect(), Resource::Url(url.clone()))
        .arg("url", url.as_str())
        .fact("host", url.host_str().unwrap_or_default())
        .fact("has_query", url.query().is_some());
    let action = into.told(action).summary(format!("download {url} into {}", into.shown()));
    Ok(action.handle(Deed::Transfer(Transfer::Download { from: Origin::Address(url), into })))
}

/// Where the call wants the file: a place, or a folder if `path` ends in `/` or is left out.
fn destination(call: &Call, workspace: &Workspace) -> Result<Destination, Failure> {
    match call.optional_text("path")? {
        None => Ok(Destination::Folder(Arc::new(workspace.folder(".")?))),
        Some(path) => match path.strip_suffix('/') {
            Some(folder) => Ok(Destination::Folder(Arc::new(workspace.folder(folder)?))),
            None => Ok(Destination::Place(Arc::new(workspace.target(path)?))),
        },
    }
}

/// To replace a file is more than to put one where there is none.
fn writing(target: &Target) -> Effect {
    if target.replaces() { Effect::Consequential } else { Effect::Write }
}

impl Destination {
    fn effect(&self) -> Effect {
        match self {
            Self::Place(target) => writing(target),
            Self::Folder(_) => Effect::Write,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Place(target) => escape::line(target.path()),
            Self::Folder(folder) if folder.path().is_empty() => "the workspace".to_owned(),
            Self::Folder(folder) => format!("{}/", escape::line(folder.path())),
        }
    }

    /// `action` with where the file goes.
    fn told(&self, action: Action) -> Action {
        match self {
            Self::Place(target) => action.arg("path", target.path()).fact("replaces", target.replaces()),
            Self::Folder(folder) => {
                let path = if folder.path().is_empty() { "." } else { folder.path() };
                action.arg("path", format!("{path}/")).fact("replaces", false)
            }
        }
    }

    /// How large the file may be, in bytes.
    pub(crate) fn largest(&self) -> u64 {
        match self {
            Self::Place(target) => target.largest(),
            Self::Folder(folder) => folder.largest(),
        }
    }

    /// The place for a file that came as `suggested`.
    pub(crate) fn target(&self, suggested: &str) -> Result<Arc<Target>, Failure> {
        match self {
            Self::Place(target) => Ok(Arc::clone(target)),
            Self::Folder(folder) => {
                let name = clean(suggested).unwrap_or_else(|| "download".to_owned());
                folder.vacant(&name).map(Arc::new)
            }
        }
    }
}
