//! The environment has no say in where a request goes.

use crate::support::{Site, get, landed, ok};

#[tokio::test]
async fn a_request_goes_straight_to_its_host() {
    let site = Site::saying(ok("hello")).await;
    let _ = landed(&get(&site.url("/"))).await;
    assert_eq!(site.visits(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_in_the_environment_is_not_used() {
    let trap = Site::trap("127.0.0.1:0").await;
    let proxy = trap.url("");
    let child = tokio::task::spawn_blocking(move || straight_request_with(&proxy)).await.unwrap();
    assert_eq!((child.contains("1 passed"), trap.visits()), (true, 0), "{child}");
}

/// Runs the test above in a process whose environment names `proxy`, and returns what it printed.
#[expect(clippy::disallowed_types, reason = "the environment of this process belongs to every test in it")]
fn straight_request_with(proxy: &str) -> String {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "proxy::a_request_goes_straight_to_its_host"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        child.env(name, proxy);
    }
    child.env_remove("NO_PROXY").env_remove("no_proxy");
    String::from_utf8(child.output().unwrap().stdout).unwrap()
}
