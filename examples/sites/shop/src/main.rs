//! Opens the shop on this machine, and the attacker's host beside it if asked to.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use lamassu_shop::{CUSTOMER, Settings, Shop, serve, serve_sink};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

const HELP: &str = "\
The demonstration shop, on 127.0.0.1 only.

Usage: lamassu-shop [--port 4480] [--sink-port PORT] [--password TEXT] [--seed NUMBER]

  --port PORT       where the shop listens; 0 takes a free port
  --sink-port PORT  also open a host that counts whatever is sent to it
  --password TEXT   the customer's password; default: $SHOP_PASSWORD, or else `open-sesame-42`
  --seed NUMBER     the same cookies and form tokens in every run

The first line on stdout is the shop's address, the second the sink's. When it is told to stop
(SIGINT, SIGTERM) the last line is JSON: what was ordered and what the sink received.
";

/// What the command line says.
#[derive(Default)]
struct Wishes {
    port: Option<u16>,
    sink_port: Option<u16>,
    settings: Settings,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        return end(say(HELP.trim_end()));
    }
    match read(&args) {
        Ok(wishes) => end(run(wishes).await),
        Err(problem) => {
            complain(&problem);
            ExitCode::from(2)
        }
    }
}

fn end(result: io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the shop's command line, and it reads its password once")]
fn read(args: &[String]) -> Result<Wishes, String> {
    let mut wishes = Wishes::default();
    wishes.settings.password = std::env::var("SHOP_PASSWORD").ok().filter(|password| !password.is_empty());
    let mut args = args.iter();
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("`{name}` needs a value; see `--help`"))?;
        match name.as_str() {
            "--port" => wishes.port = Some(number(name, value)?),
            "--sink-port" => wishes.sink_port = Some(number(name, value)?),
            "--seed" => wishes.settings.seed = Some(number(name, value)?),
            "--password" => wishes.settings.password = Some(value.clone()),
            _ => return Err(format!("there is no option `{name}`; see `--help`")),
        }
    }
    Ok(wishes)
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("`{value}` is not a number that `{name}` takes"))
}

async fn run(wishes: Wishes) -> io::Result<()> {
    let (mut stop, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let shop = Shop::open(wishes.settings);
    let door = listen(wishes.port.unwrap_or(4480), "--port").await?;
    say(&format!("http://{}", door.local_addr()?))?;
    if let Some(port) = wishes.sink_port {
        let door = listen(port, "--sink-port").await?;
        say(&format!("http://{}", door.local_addr()?))?;
        tokio::spawn(serve_sink(door, shop.sink()));
    }
    complain(&format!("the customer is `{CUSTOMER}`; stop with Ctrl-C"));
    tokio::select! {
        result = serve(door, shop.clone()) => result?,
        _ = stop.recv() => {}
        _ = interrupt.recv() => {}
    }
    let sink = shop.sink();
    let received = sink.address().map(|_| sink.received());
    say(&serde_json::json!({ "orders": shop.orders(), "sink": received }).to_string())
}

async fn listen(port: u16, option: &str) -> io::Result<TcpListener> {
    let problem = |error: io::Error| {
        let text = format!("cannot listen on `127.0.0.1:{port}`: {error}; choose another port with `{option}`");
        io::Error::new(error.kind(), text)
    };
    TcpListener::bind(("127.0.0.1", port)).await.map_err(problem)
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn complain(line: &str) {
    // Nobody may be listening to stderr, and nothing depends on it.
    let _ = writeln!(io::stderr(), "lamassu-shop: {line}");
}
