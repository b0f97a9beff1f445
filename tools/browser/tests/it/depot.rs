//! A server of files, forms and cookies, and a browser with a workspace.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use lamassu_browser::{Limits, Options};
use lamassu_contract::{Call, Observation, Outcome};
use lamassu_files::Workspace;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::lab::{Lab, call, landed, limits};

/// What every file of the server holds: not text, and every byte.
pub(crate) fn content() -> Vec<u8> {
    (0..=255).cycle().take(70_000).collect()
}

/// A browser with a workspace, and a server of files.
pub(crate) struct Depot {
    pub(crate) lab: Lab,
    world: TempDir,
    port: u16,
    received: Arc<Mutex<Vec<u8>>>,
}

impl Depot {
    pub(crate) async fn new() -> Self {
        Self::with(Limits { download: Duration::from_secs(20), ..limits() }, 1 << 20).await
    }

    /// A depot with these limits, whose workspace takes files of so many bytes.
    pub(crate) async fn with(limits: Limits, file_bytes: u64) -> Self {
        let world = tempfile::tempdir().unwrap();
        fs::create_dir(world.path().join("work")).unwrap();
        let files = lamassu_files::Limits { file_bytes, ..lamassu_files::Limits::default() };
        let options = Options {
            limits,
            workspace: Some(Workspace::open(world.path().join("work"), files).unwrap()),
            sessions: Some(world.path().join("sessions")),
            ..Options::default()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&received);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&keep)));
            }
        });
        Self { lab: Lab::with(options).await, world, port, received }
    }

    /// Another browser with the same server and folders.
    pub(crate) async fn again(self) -> Self {
        let work = Workspace::open(self.world.path().join("work"), lamassu_files::Limits::default()).unwrap();
        let sessions = Some(self.world.path().join("sessions"));
        let options = Options { limits: limits(), workspace: Some(work), sessions, ..Options::default() };
        Self { lab: Lab::with(options).await, ..self }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) async fn open(&self, path: &str) -> Observation {
        landed(self.lab.run(call("open").with("url", self.url(path))).await)
    }

    pub(crate) async fn download(&self, target: &str) -> Outcome {
        self.lab.run(call("download").with("target", target)).await
    }

    pub(crate) async fn fetch(&self, path: &str) -> Outcome {
        self.lab.run(self.fetching(path)).await
    }

    pub(crate) fn fetching(&self, path: &str) -> Call {
        call("download").with("url", self.url(path))
    }

    /// Where `path` of the world around the workspace `work` is.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.world.path().join(path)
    }

    /// Everything in the workspace, by name.
    pub(crate) fn kept(&self) -> Vec<String> {
        names(&self.path("work"))
    }

    /// The last request that had a body.
    pub(crate) fn received(&self) -> Vec<u8> {
        self.received.lock().unwrap().clone()
    }
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const PAGE: &str = r#"<title>Depot: all/files</title>
<a href="/file?report.bin">Report</a> <a href="/file?report.bin" target="_blank">Report elsewhere</a>
<a href="/file?../../x">Climbing</a> <a href="/file?.bashrc">Hidden</a> <a href="/endless">Endless</a>
<a href="/missing" download>Missing</a> <button>Nothing</button>
<button onclick="hidden_a.click();setTimeout(()=>hidden_b.click(),50)">Two</button>
<a id=hidden_a hidden download href="/file?a">a</a><a id=hidden_b hidden download href="/file?b">b</a>
<button onclick="confirm('Really?')&&(location.href='/file?report.bin')">Asking</button>"#;

const FORM: &str = r#"<title>form</title><form method=post action=/send enctype=multipart/form-data>
<label for=a>Receipt</label><input type=file id=a name=a><input id=b name=b aria-label="Comment">
<label>Picture <input type=file name=c style="display:none"></label>
<button>Send</button></form>
<div><input type=file id=d style="display:none" onchange="said.textContent=this.files[0].name+' '+this.files[0].size">
<button onclick="d.click()">Choose a file</button><p id=said></p></div>
<div><div><div><div><input type=file disabled aria-label="Closed"></div></div></div></div>"#;

async fn serve(mut stream: TcpStream, received: Arc<Mutex<Vec<u8>>>) {
    let Some((head, body)) = request(&mut stream).await else { return };
    let mut words = head.split(' ').skip(1);
    let target = words.next().unwrap().to_owned();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    if !body.is_empty() {
        *received.lock().unwrap() = body;
    }
    let (kind, more, body) = match path {
        "/page" => ("text/html", String::new(), PAGE.into()),
        "/form" => ("text/html", String::new(), FORM.into()),
        "/sneak" => ("text/html", String::new(), b"<script>location.href='/file?sneaked'</script><p>sneaky".to_vec()),
        "/send" => ("text/html", String::new(), b"<p>sent".to_vec()),
        "/text" => ("text/plain", String::new(), b"plain text".to_vec()),
        "/login" => ("text/html", "Set-Cookie: sid=c00kie-value; HttpOnly\r\n".into(), b"<p>welcome".to_vec()),
        "/who" if head.contains("sid=c00kie-value") => ("text/html", String::new(), b"<p>signed in".to_vec()),
        "/who" => ("text/html", String::new(), b"<p>stranger".to_vec()),
        "/file" => ("application/octet-stream", attached(query), content()),
        "/endless" => return endless(stream).await,
        _ => return drop(stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{more}Connection: close\r\n\r\n"
    );
    let _ = stream.write_all(&[head.into_bytes(), body].concat()).await;
}

fn attached(name: &str) -> String {
    format!("Content-Disposition: attachment; filename=\"{name}\"\r\n")
}

async fn endless(mut stream: TcpStream) {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n{}\r\n", attached("endless"));
    let _ = stream.write_all(head.as_bytes()).await;
    while stream.write_all(&[0; 65536]).await.is_ok() {}
}

async fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 65536];
        let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
        let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if bytes.len() - end - 4 >= length.unwrap_or(0) {
            return Some((head, bytes[end + 4..].to_vec()));
        }
    }
}
