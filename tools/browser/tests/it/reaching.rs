//! What no page and no planner reaches: the browser's own ports, and an address that a name has
//! turned to since.

use std::{
    collections::VecDeque,
    fs, io,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use lamassu_browser::Options;
use lamassu_contract::{Action, BoxFuture, FailureKind};
use lamassu_egress::Resolve;

use crate::{
    lab::{Lab, alone, call, landed, limits, not_sent},
    life::{homes, processes},
    rogue::Rogue,
};

/// The port on which the process listens, if it does.
fn listening(pid: u32) -> Option<u16> {
    let links =
        fs::read_dir(format!("/proc/{pid}/fd")).ok()?.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let sockets: Vec<_> = links.map(|link| link.to_string_lossy().into_owned()).collect();
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    table.lines().find_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let own = fields.get(9).is_some_and(|inode| sockets.contains(&format!("socket:[{inode}]")));
        // 0A says that it listens.
        if own && fields[3] == "0A" { u16::from_str_radix(fields[1].split(':').nth(1)?, 16).ok() } else { None }
    })
}

#[test]
fn the_ports_of_browser_driver_and_proxy_are_closed_to_pages_and_planners() {
    alone(async {
        let lab = Lab::new(limits()).await;
        let before = homes(std::process::id());
        lab.open("/words").await;
        let home = homes(std::process::id()).into_iter().find(|home| !before.contains(home)).unwrap();
        let all = processes();
        let browser = all.iter().find(|(_, (_, line))| line.contains(&home) && line.contains("--proxy-server="));
        let (mut pid, (_, line)) = browser.unwrap();
        let proxy = line.split("--proxy-server=http://127.0.0.1:").nth(1).unwrap().split(' ').next().unwrap();
        let debugging = listening(*pid).expect("the browser listens").to_string();
        let driver = loop {
            pid = &all[pid].0;
            if let Some(port) = listening(*pid) {
                break port.to_string();
            }
        };
        let mut seen = Vec::new();
        for port in [proxy, &driver, &debugging] {
            for host in ["127.0.0.1", "localhost", "0.0.0.0", "[::ffff:7f00:1]"] {
                let url = format!("http://{host}:{port}/json/version");
                let (kind, message) = not_sent(lab.run(call("open").with("url", url)).await);
                seen.push((kind, message.contains("this port of this machine is closed")));
            }
        }
        assert_eq!(seen, vec![(FailureKind::Refused, true); 12]);
    });
}

/// A name that has another address each time it is asked for.
#[derive(Debug)]
struct Turning(Mutex<VecDeque<&'static str>>);

impl Resolve for Turning {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let next = || Some(self.0.lock().unwrap().pop_front()?.parse().unwrap());
        let next = if name == "rebind.test" { next() } else { None };
        Box::pin(async move { Ok(next.into_iter().collect()) })
    }
}

fn not_home(action: &Action) -> bool {
    action.call().name() != "egress.connect" || action.resource().to_string().contains("127.0.0.66")
}

#[test]
fn a_name_that_turns_to_a_closed_address_is_followed_no_further() {
    alone(async {
        let names = ["127.0.0.66", "127.0.0.1", "::ffff:127.0.0.1", "127.0.0.1", "::ffff:127.0.0.1"];
        let names = Turning(Mutex::new(VecDeque::from(names)));
        let options = Options { resolver: Arc::new(names), limits: limits(), ..Options::default() };
        let lab = Lab::with(options).await;
        let port = lab.site.port();
        let _rogue = Rogue::at(&format!("127.0.0.66:{port}")).await;
        let open = |path: &str| call("open").with("url", format!("http://rebind.test:{port}/{path}"));
        let first = landed(lab.run_under(open("fine"), not_home).await).content;
        let first = first.lines().next().unwrap_or_default().to_owned();
        let later = [lab.run_under(open("words"), not_home).await, lab.run_under(open("form"), not_home).await];
        let kinds = later.map(|outcome| not_sent(outcome).0);
        let opened = format!("opened http://rebind.test:{port}/fine");
        assert_eq!((first, kinds, lab.site.visits()), (opened, [FailureKind::Refused; 2], 0));
    });
}
