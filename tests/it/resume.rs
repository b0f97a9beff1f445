//! Crashes, doubts, and two processes on one run.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    process::Child,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::support::command::Desk;

/// A server that takes a request and answers only after the first one was never answered.
struct Tarpit {
    address: String,
    taken: Arc<AtomicU32>,
}

impl Tarpit {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let taken = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&taken);
        thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                if count.fetch_add(1, Ordering::SeqCst) == 0 {
                    open.push(stream);
                } else {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
                }
            }
        });
        Self { address, taken }
    }

    fn taken(&self) -> u32 {
        self.taken.load(Ordering::SeqCst)
    }

    /// Waits until a request has arrived.
    fn wait(&self) {
        let patience = Instant::now() + Duration::from_secs(60);
        while self.taken() == 0 {
            assert!(Instant::now() < patience, "no request came");
            thread::yield_now();
        }
    }
}

fn desk(tarpit: &Tarpit) -> Desk {
    let desk = Desk::new();
    let task = format!(
        r#"
goal = "Write, send, write"

[policy]
pack = "./packs/open"
private = ["127.0.0.1"]

[files]
workspace = "work"

[[steps]]
append = {{ file = "log.txt", text = "before" }}
[[steps]]
post = {{ url = "http://{}/orders", json = {{ item = "mug" }} }}
[[steps]]
append = {{ file = "log.txt", text = "after" }}
"#,
        tarpit.address
    );
    desk.write("task.toml", &task);
    desk
}

/// A run that was killed with SIGKILL while its request was on the wire.
fn killed(desk: &Desk, tarpit: &Tarpit) {
    let mut child = desk.start(&["run", "task.toml"]);
    tarpit.wait();
    kill(&mut child);
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn an_action_that_was_cut_off_is_in_doubt_and_not_repeated() {
    let tarpit = Tarpit::new();
    let desk = desk(&tarpit);
    killed(&desk, &tarpit);
    let ran = desk.run(&["resume", "last"]);
    assert_eq!((ran.code, tarpit.taken(), desk.read("work/log.txt").as_str()), (5, 1, "before"), "{}", ran.err);
    assert!(ran.err.contains("nobody can tell whether"), "{}", ran.err);
}

#[test]
fn a_doubt_stays_until_someone_settles_it_and_finished_steps_are_not_repeated() {
    let tarpit = Tarpit::new();
    let desk = desk(&tarpit);
    killed(&desk, &tarpit);
    let doubts = [desk.run(&["resume", "last"]).code, desk.run(&["resume", "last"]).code];
    let ran = desk.run(&["resume", "last", "--landed"]);
    assert_eq!((doubts, ran.code, tarpit.taken()), ([5, 5], 0, 1), "{}", ran.err);
    assert_eq!(desk.read("work/log.txt"), "beforeafter");
    assert_eq!(desk.run(&["runs", "verify", "last"]).code, 0);
}

#[test]
fn what_certainly_did_not_happen_is_done_once_more() {
    let tarpit = Tarpit::new();
    let desk = desk(&tarpit);
    killed(&desk, &tarpit);
    let ran = desk.run(&["resume", "last", "--not-landed"]);
    assert_eq!((ran.code, tarpit.taken(), desk.read("work/log.txt").as_str()), (0, 2, "beforeafter"), "{}", ran.err);
}

#[test]
fn a_second_process_on_one_run_is_refused() {
    let tarpit = Tarpit::new();
    let desk = desk(&tarpit);
    let mut first = desk.start(&["run", "task.toml"]);
    tarpit.wait();
    let second = desk.run(&["resume", "last"]);
    let listed = desk.run(&["runs", "ls"]).out;
    kill(&mut first);
    assert_eq!((second.code, second.err.contains(&format!("process {}", first.id()))), (1, true), "{}", second.err);
    assert!(listed.contains("running"), "{listed}");
}

#[test]
fn taking_up_a_run_that_has_ended_tells_how_it_ended_and_does_nothing() {
    let desk = Desk::new();
    let task = "goal = \"log\"\n[policy]\npack = \"./packs/open\"\n[files]\nworkspace = \"work\"\n[[steps]]\n";
    desk.write("t.toml", &format!("{task}append = {{ file = \"log.txt\", text = \"once\" }}\n"));
    let first = desk.run(&["run", "t.toml", "--json"]).json();
    let again = desk.run(&["resume", "last", "--json"]).json();
    assert_eq!((&first, desk.read("work/log.txt").as_str()), (&again, "once"));
}
