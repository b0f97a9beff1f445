//! What can be typed about the console.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use url::Url;

use super::{Home, Window};

#[derive(Debug, Args)]
pub(crate) struct Console {
    /// Where it listens
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4499")]
    pub(crate) bind: SocketAddr,
    /// Let other machines reach it, as plain text: put something that speaks TLS before it. Needs `--user`
    #[arg(long, requires = "users")]
    pub(crate) unencrypted: bool,
    /// Somebody who may come in, by the name that is to stand on record; may be given again. You, if not given
    #[arg(long = "user", value_name = "NAME")]
    pub(crate) users: Vec<String>,
    /// A name under which browsers reach it beside its address; may be given again
    #[arg(long = "host", value_name = "NAME:PORT")]
    pub(crate) hosts: Vec<String>,
    /// An address that is told, by a POST of JSON, when a run waits for a person
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<Url>,
    /// The pack of runs that are begun on the page and name none: a ready one by name, or a folder
    #[arg(long, default_value = "web-forms")]
    pub(crate) pack: String,
    /// A folder of task files, `*.toml`, that runs can be begun from on the page
    #[arg(long, value_name = "FOLDER")]
    pub(crate) tasks: Option<PathBuf>,
    /// The model's name, for runs that are begun on the page
    #[arg(long)]
    pub(crate) model: Option<String>,
    #[command(flatten)]
    pub(crate) home: Home,
    #[command(flatten)]
    pub(crate) window: Window,
}

/// Whether a run is watched while it goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Console")]
pub(crate) struct Watched {
    /// Serve a page while the run goes, on which it is watched and what is held is answered
    #[arg(long)]
    pub(crate) console: bool,
    /// Where that page listens; any free port of this machine if not given
    #[arg(long, value_name = "ADDRESS:PORT", requires = "console")]
    pub(crate) bind: Option<SocketAddr>,
}
