//! Teaching: a person shows an order in the demonstration shop. Their hands are a second run, which
//! acts in the browser that is watched.

use std::{
    fs,
    io::Read as _,
    path::Path,
    process::{Child, Command},
    time::Duration,
};

use lamassu_shop::{Settings, Shop};
use tokio::net::TcpListener;

use crate::support::command::Desk;

const PASSWORD: &str = "open-sesame-42";
/// What the hands do. A person presses a field before they type into it.
const TASK: &str = r#"
goal = "Search for Lapis Blue Mug as customer@shop.test"
at = "@SHOP/login"
[secrets.shop_password]
env = "SHOP_PASSWORD"
at = ["@SHOP"]
[policy]
pack = "shop"
sites = ["@SHOP"]
private = ["127.0.0.1"]
[[steps]]
click = "Email"
[[steps]]
fill = { field = "Email", with = "customer@shop.test" }
[[steps]]
click = "Password"
[[steps]]
fill = { field = "Password", secret = "shop_password" }
[[steps]]
click = 'button "Sign in"'
[[steps]]
click = "Search products"
[[steps]]
fill = { field = "Search products", with = "Lapis Blue Mug" }
[[steps]]
click = 'button "Search"'
[[steps]]
check = "In stock only"
[[steps]]
click = 'button "Apply filters"'
[[steps]]
click = 'link "Lapis Blue Mug"'
"#;
/// How long a browser may take to start.
const PATIENCE: u32 = 300;

async fn shop() -> String {
    let shop = Shop::open(Settings { password: Some(PASSWORD.to_owned()), seed: None });
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", door.local_addr().unwrap());
    tokio::spawn(lamassu_shop::serve(door, shop));
    url
}

/// The debugging address of the browser below `ancestor`, once it is there.
fn browser_of(ancestor: u32) -> String {
    for _ in 0..PATIENCE {
        if let Some(port) = processes().iter().filter(|(pid, ..)| below(*pid, ancestor)).find_map(|(.., line)| {
            let folder = line.split("--user-data-dir=").nth(1)?.split([' ', '\0']).next()?;
            let said = fs::read_to_string(Path::new(folder).join("DevToolsActivePort")).ok()?;
            said.lines().next().map(str::to_owned)
        }) {
            return format!("127.0.0.1:{port}");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no browser starts");
}

fn processes() -> Vec<(u32, u32, String)> {
    let pids = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let one = |pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        Some((pid, parent, String::from_utf8_lossy(&line).into_owned()))
    };
    pids.filter_map(one).collect()
}

fn below(mut pid: u32, ancestor: u32) -> bool {
    let all = processes();
    while let Some((_, parent, _)) = all.iter().find(|(known, ..)| *known == pid) {
        if *parent == ancestor {
            return true;
        }
        pid = *parent;
    }
    false
}

/// Ends it as Ctrl-C does; what it said, and its exit code.
fn end(mut child: Child) -> (String, Option<i32>) {
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (said, child.wait().unwrap().code())
}

/// Every file below `folder` that has `text` in it.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if fs::read(&path).unwrap().windows(text.len()).any(|part| part == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_shown_becomes_a_skill_without_the_password() {
    let url = shop().await;
    let shown = tokio::task::spawn_blocking(move || {
        let (desk, hands) = (Desk::new(), Desk::new());
        let at = format!("{url}/login");
        let goal = "Order 2 of Lapis Blue Mug";
        let args = ["teach", "order", goal, "--at", &at, "--headless", "--save", "--secret", "shop_password"];
        let teach = desk.start_heard(&args);
        let browser = browser_of(teach.id());
        hands.write("order.toml", &TASK.replace("@SHOP", &url));
        let args = ["run", "order.toml", "--attach", &browser, "--yes"];
        let ran = hands.run_with(&args, &[("SHOP_PASSWORD", PASSWORD)]);
        let (said, code) = end(teach);
        let leaks = files_with(&desk.path("record"), PASSWORD);
        let skill = fs::read_to_string(desk.path("record/skills/order.skill.toml")).unwrap_or_default();
        let runs = desk.run(&["runs", "ls"]).out;
        (ran, said, code, leaks, skill, runs)
    });
    let (ran, said, code, leaks, skill, runs) = shown.await.unwrap();
    assert_eq!(ran.code, 0, "{ran:?}\n{said}");
    assert_eq!((code, leaks), (Some(0), Vec::<String>::new()), "{said}");
    for words in [
        "fill textbox \"Email\" with customer@shop.test",
        "fill textbox \"Password\" with the secret `shop_password`",
        "click button \"Sign in\"",
        "check checkbox \"In stock only\"",
    ] {
        assert!(said.contains(words), "no `{words}` in\n{said}");
    }
    assert!(skill.contains("shop_password"), "{skill}\n{said}");
    assert!(runs.contains("teach order: Order 2 of Lapis Blue Mug"), "{runs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demonstration_of_nothing_is_not_kept() {
    let url = shop().await;
    let shown = tokio::task::spawn_blocking(move || {
        let desk = Desk::new();
        let teach = desk.start_heard(&["teach", "order", "Order a mug", "--at", &url, "--headless", "--save"]);
        browser_of(teach.id());
        let (said, code) = end(teach);
        (said, code, desk.path("record/skills").exists())
    });
    let (said, code, kept) = shown.await.unwrap();
    assert_eq!((code, kept), (Some(1), false), "{said}");
    assert!(said.contains("there is nothing to learn; show it again") || said.contains("gone"), "{said}");
}

#[test]
fn a_pack_that_allows_nothing_is_not_gone_around() {
    let desk = Desk::new();
    let ran = desk.run(&[
        "teach",
        "a",
        "Buy it",
        "--at",
        "http://127.0.0.1:9/",
        "--headless",
        "--pack",
        "read-only",
        "--json",
    ]);
    let none = desk.run(&["teach", "a", "Buy it", "--at", "http://127.0.0.1:9/", "--headless", "--pack", "deny-all"]);
    assert_eq!((ran.code, ran.json()["saved"].as_bool(), none.code), (1, Some(false), 2), "{ran:?}\n{none:?}");
}

#[test]
fn what_cannot_be_shown_is_said_before_a_browser_starts() {
    let desk = Desk::new();
    let run = |args: &[&str]| {
        let ran = desk.run_with(args, &[("DISPLAY", ""), ("WAYLAND_DISPLAY", "")]);
        (ran.code, ran.err)
    };
    let (code, said) = run(&["teach", "order", "Order a mug", "--at", "https://shop.test/"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("there is no screen to show the browser on; set `DISPLAY`"), "{said}");
    let (code, said) = run(&["teach", "../order", "Order a mug", "--at", "https://shop.test/", "--headless"]);
    assert!(code == 2 && said.contains("cannot be a skill's name"), "{said}");
    let (code, said) = run(&["teach", "order", " ", "--at", "https://shop.test/", "--headless"]);
    assert!(code == 2 && said.contains("say what is to be reached"), "{said}");
    let (code, said) = run(&["teach", "order", "Order a mug", "--at", "file:///etc/passwd", "--headless"]);
    assert!(code == 2 && said.contains("is no web address"), "{said}");
}
