//! Files between the workspace and a page, on their way.
//!
//! The workspace and the browser's own folder are both reached through `lamassu-files`: a page, or
//! a browser that a page has taken over, leads to no other file.

use std::{
    io::{self, Cursor, Read},
    sync::Arc,
};

use fantoccini::wd::PrintConfiguration;
use lamassu_contract::{Failure, FailureKind, Observation, Outcome};
use lamassu_files::{Mishap, Source, Target, Workspace};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::task::spawn_blocking;

use crate::{
    act,
    after::report,
    deed::Aim,
    download::{self, Origin},
    escape,
    fault::{Fault, in_doubt, not_sent},
    page::Place,
    session::Session,
    suggest::kind,
    target::stale,
    transfer::{Destination, Transfer},
};

/// Access rights in a folder that is closed to all but the browser, which may run under another account.
const ENTERED: u32 = 0o755;
const READ: u32 = 0o644;

/// Moves what is to be moved.
pub(crate) async fn run(session: &mut Session, transfer: Transfer) -> Outcome {
    match transfer {
        Transfer::Upload { aim, source } => upload(session, &aim, source).await,
        Transfer::Download { from, into } => download(session, &from, &into).await,
        Transfer::Print { place, target } => print(session, &place, target).await,
    }
}

/// Works on files where waiting for the disk holds nobody up.
async fn apart<T: Send + 'static>(job: impl FnOnce() -> Result<T, Mishap> + Send + 'static) -> Result<T, Mishap> {
    let broke_off = || Failure::new(FailureKind::Lost, "the work on a file broke off; look at what is there");
    spawn_blocking(job).await.unwrap_or_else(|_| Err(Mishap::During(broke_off())))
}

/// Puts a file into a field. The page gets a copy, which goes away with the browser.
async fn upload(session: &mut Session, aim: &Aim, source: Arc<Source>) -> Outcome {
    let before = session.place.clone();
    let (name, size) = (escape::line(source.name()), source.size());
    let (home, folder) = match session.own_folder() {
        Ok(own) => own,
        Err(failure) => return not_sent(failure),
    };
    let copy = match apart(move || lend(&folder, &source)).await {
        Ok(path) => format!("{home}/{path}"),
        // The workspace is as it was, and no page has seen anything.
        Err(Mishap::Before(failure) | Mishap::During(failure)) => return not_sent(failure),
    };
    if let Err(outcome) = act::prepare(session, "grasp", aim, &aim.args()).await {
        return outcome;
    }
    match session.put_file(&copy).await {
        Ok(None) | Err(Fault::Moved) => not_sent(stale(&aim.label, "it is not what it was")),
        Ok(Some(())) => report(session, &before, &format!("put {name} ({size} bytes) into {}", aim.label)).await,
        Err(fault @ Fault::Answer(_)) => not_sent(fault),
        Err(fault) => in_doubt(fault),
    }
}

/// Copies `source` into a folder of its own, so that the page sees its name; says where it is.
fn lend(folder: &Workspace, source: &Source) -> Result<String, Mishap> {
    let inner = format!("uploads/{}", download::next());
    folder.make_folder("uploads", ENTERED)?;
    folder.make_folder(&inner, ENTERED)?;
    let path = format!("{inner}/{}", source.name());
    folder.target(&path)?.with_mode(READ).put(&mut source.content()?)?;
    Ok(path)
}

/// Lets one file come, and moves it into the workspace.
pub(crate) async fn download(session: &mut Session, from: &Origin, into: &Destination) -> Outcome {
    let own = session.needs_devtools("a download").and_then(|()| session.own_folder());
    let (_, own) = match own {
        Ok(own) => own,
        Err(failure) => return not_sent(failure),
    };
    let arrived = match download::receive(session, from, into.largest()).await {
        Ok(arrived) => arrived,
        Err(outcome) => return outcome,
    };
    let (name, changes) = (arrived.name.clone(), arrived.changes);
    let (into, label) = (into.clone(), from.label(&session.place));
    let kept = apart(move || {
        let folder = own.folder(&arrived.folder)?;
        let target = into.target(&arrived.name)?;
        let source = folder.source(&arrived.file)?;
        let mut content = Hashed { content: source.content()?, hash: Sha256::new() };
        let size = target.put_from(&label, &mut content)?;
        let hash = content.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        // What stays here goes away with the browser.
        let _ = folder.remove(&arrived.file);
        Ok((target, size, hash))
    });
    let (target, size, hash) = match kept.await {
        Ok(kept) => kept,
        Err(Mishap::Before(failure)) => return from.failed(failure),
        Err(Mishap::During(failure)) => return Outcome::MayHaveLanded(failure),
    };
    let (path, kind) = (target.path(), kind(target.path()));
    let (shown, name) = (escape::line(path), escape::quoted(&name));
    let did = format!("downloaded \"{name}\" to {shown} ({size} bytes, {kind}, SHA-256 {hash})");
    let data = json!({ "path": path, "name": name, "bytes": size, "type": kind, "sha256": hash });
    match changes.landed(session, &did) {
        Outcome::Landed(seen) => Outcome::Landed(seen.with_data(data)),
        outcome => outcome,
    }
}

/// A reader that takes the hash of what goes through it.
struct Hashed<R> {
    content: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(buffer)?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// Prints the page that was judged.
async fn print(session: &mut Session, judged: &Place, target: Arc<Target>) -> Outcome {
    let printed = async {
        still(session, judged).await?;
        let pdf = session.bounded(session.client().print(PrintConfiguration::default())).await?;
        still(session, judged).await?;
        Ok::<_, Failure>(pdf)
    };
    let pdf = match printed.await {
        Ok(pdf) => pdf,
        Err(failure) => return not_sent(failure),
    };
    let path = target.path().to_owned();
    match apart(move || target.put(&mut Cursor::new(pdf))).await {
        Ok(size) => {
            let did = format!("printed {} to {} ({size} bytes)", escape::line(&judged.url), escape::line(&path));
            let data = json!({ "path": path, "bytes": size });
            Outcome::Landed(Observation::from_page(&judged.source(), did).with_data(data))
        }
        Err(Mishap::Before(failure)) => Outcome::NotSent(failure),
        Err(Mishap::During(failure)) => Outcome::MayHaveLanded(failure),
    }
}

/// Makes sure that the tab still shows what was judged.
async fn still(session: &mut Session, judged: &Place) -> Result<(), Failure> {
    let place = session.locate().await?;
    if (&place.url, &place.epoch) == (&judged.url, &judged.epoch) { Ok(()) } else { Err(Fault::Moved.into()) }
}
