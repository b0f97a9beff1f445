//! A page on which people watch runs, answer what is held, hold the reins and look into the record: one
//! face of the runtime. It knows the runtime, and no other face.
//!
//! [`Console::open`] serves the page and its interface (`/api/openapi.json`) on an address of this machine.
//! A [`Seat`] ties one agent to it: the seat is the agent's approver, its observer, its reins and its lens. What
//! begins and takes up runs is a [`Host`], which whoever opens the console brings along.
//!
//! Whoever comes in does so by a link that opens once (see `entry.rs`). Text of pages and planners is text
//! wherever it is shown, and the page forbids itself everything that it does not need.

mod album;
mod api;
mod entry;
mod host;
mod hub;
mod live;
mod page;
mod question;
mod seat;
mod serve;
mod waiting;
mod webhook;

use std::{
    collections::{BTreeSet, HashMap},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio::{sync::watch, task::JoinHandle};
use url::Url;

#[cfg(feature = "cli")]
pub(crate) use self::album::Album;
#[cfg(not(feature = "cli"))]
use self::album::Album;
use self::{entry::Entry, hub::Hub, seat::Room, webhook::Webhook};
pub use self::{
    host::{Act, Course, Errand, Example, Host, HostError, Lesson, Plan, TaskFile, Wish},
    seat::Seat,
};
use crate::Store;

/// How long the page may take to hear the last news when the console ends.
const FAREWELL: Duration = Duration::from_millis(300);

/// How a console is opened.
pub struct Options {
    /// Where it listens; port 0 is any free one.
    pub bind: SocketAddr,
    /// Whether it may be reached from other machines. What goes over the network is then as open as the
    /// network is, unless something before it speaks TLS.
    pub remote: bool,
    /// Names and ports under which browsers know it beside its address, such as `console.example:443`.
    pub hosts: Vec<String>,
    /// Who may come in; each gets a link. Their names stand on record with what they say.
    pub users: Vec<String>,
    /// What cookies are signed with: at least 32 bytes that nobody else knows, the same after a restart.
    pub key: Vec<u8>,
    /// Who is told that a run waits for a person.
    pub webhook: Option<Url>,
    /// The record.
    pub store: Store,
    /// The folder that the record is in; pictures are kept beside it.
    pub folder: PathBuf,
    /// Who begins runs and takes them up.
    pub host: Arc<dyn Host>,
}

/// A console that is open.
#[derive(Debug)]
pub struct Console {
    desk: Arc<Desk>,
    address: SocketAddr,
    users: Vec<String>,
    server: JoinHandle<()>,
    end: watch::Sender<bool>,
}

/// What everything behind the page shares.
struct Desk {
    room: Room,
    entry: Entry,
    store: Store,
    host: Arc<dyn Host>,
    end: watch::Receiver<bool>,
}

/// Why a console does not open.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// Other machines could reach it, and nobody said that they may.
    #[error(
        "`{0}` can be reached from other machines, and what is shown and said would go over the network as plain \
         text; listen on 127.0.0.1 (and come by `ssh -L`), or say `--unencrypted` and name who may come in with `--user NAME`"
    )]
    Remote(SocketAddr),
    /// Browsers on other machines would not be believed.
    #[error("`{0}` is no name that a browser can use; say under which one it is reached with `--host NAME:PORT`")]
    Nameless(SocketAddr),
    /// Nobody may come in.
    #[error("nobody is named who may come in; name somebody with `--user NAME`")]
    Nobody,
    /// The address cannot be listened on.
    #[error("`{0}` cannot be listened on: {1}; give another one with `--bind ADDRESS:PORT`")]
    Listen(SocketAddr, std::io::Error),
    /// The webhook's address cannot be used.
    #[error("the webhook `{0}` cannot be used; it must be an http or https address")]
    Webhook(Url),
}

impl Console {
    /// Opens a console.
    ///
    /// # Errors
    ///
    /// [`ConsoleError`] says what to change.
    pub async fn open(options: Options) -> Result<Self, ConsoleError> {
        let Options { bind, remote, hosts, users, key, webhook, store, folder, host } = options;
        if !bind.ip().is_loopback() && !remote {
            return Err(ConsoleError::Remote(bind));
        }
        if bind.ip().is_unspecified() && hosts.is_empty() {
            return Err(ConsoleError::Nameless(bind));
        }
        if users.is_empty() {
            return Err(ConsoleError::Nobody);
        }
        let listener = serve::bind(bind).await.map_err(|error| ConsoleError::Listen(bind, error))?;
        let address = listener.local_addr().map_err(|error| ConsoleError::Listen(bind, error))?;
        let webhook = match webhook {
            Some(url) => {
                let made = Webhook::new(url.clone(), format!("http://{address}/"));
                Some(made.ok_or(ConsoleError::Webhook(url))?)
            }
            None => None,
        };
        let (end, ends) = watch::channel(false);
        let room = Room {
            hub: Arc::new(Hub::new(entry::random())),
            tools: Arc::new(host.tools()),
            album: Album::beside(&folder),
            webhook,
            port: address.port(),
        };
        let entry = Entry::new(&key, names(address, hosts));
        let desk = Arc::new(Desk { room, entry, store, host, end: ends });
        let server = tokio::spawn(serve::serve(listener, Arc::clone(&desk)));
        Ok(Self { desk, address, users, server, end })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// For each who may come in, a link that opens once.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        let link = |user: &String| (user.clone(), format!("http://{}{}", self.address, self.desk.entry.link(user)));
        self.users.iter().map(link).collect()
    }

    /// A place for the agent of a run that is begun elsewhere.
    #[must_use]
    pub fn seat(&self) -> Seat {
        self.desk.seat()
    }

    /// Waits for the end of the server, which is the end of the program.
    pub async fn served(&mut self) {
        let _ = (&mut self.server).await;
    }

    /// Closes it, once the pages have heard the last news.
    pub async fn close(self) {
        tokio::time::sleep(FAREWELL).await;
        self.end.send_replace(true);
        let _ = tokio::time::timeout(FAREWELL, self.server).await;
    }
}

impl Desk {
    fn seat(&self) -> Seat {
        Seat::new(self.room.clone())
    }

    /// How the runs of this console stand: by id, the state and what each asks.
    fn standing(&self) -> HashMap<String, (String, Option<String>)> {
        let one = |seat: Seat| {
            let question = seat.question();
            let live = seat.live();
            let status = if question.is_some() { "waiting".to_owned() } else { live.status.clone() };
            (!live.is_over()).then_some((seat.run()?, (status, question.map(|question| question.line))))
        };
        self.room.hub.seats().into_iter().filter_map(one).collect()
    }
}

/// How browsers may call the server at `address`.
fn names(address: SocketAddr, hosts: Vec<String>) -> BTreeSet<String> {
    let port = address.port();
    let near = address.ip().is_loopback().then(|| format!("localhost:{port}"));
    let own = [address.to_string()].into_iter().chain(near).chain(hosts);
    own.map(|host| host.to_ascii_lowercase()).collect()
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("hub", &self.room.hub).field("entry", &self.entry).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("bind", &self.bind).field("users", &self.users).finish_non_exhaustive()
    }
}
