//! Which addresses are dialled: those that were judged, and no others.

use std::net::SocketAddr;

use lamassu_contract::{Failure, FailureKind, Gate, Outcome, Refusal, Tool, Vault, Verdict};
use lamassu_egress::targets;
use lamassu_http::HttpTool;

use crate::support::{Names, Opens, Site, end, get, limits, message, ok, run, short};

/// What came of asking for `url`, whose host leads to `ips`, where only the public internet is open.
async fn asked_in_public(url: &str, ips: &str) -> Outcome {
    let tool = HttpTool::new(limits()).resolving_with(Names::always(ips));
    run(&tool, &Opens::zone("public"), &get(url)).await
}

fn refused(action: &str) -> Outcome {
    Outcome::NotSent(Failure::refused(Refusal { action: action.to_owned(), rules: Vec::new() }))
}

#[tokio::test]
async fn every_disguise_of_this_machine_is_refused_and_not_a_byte_arrives() {
    let trap = Site::trap("127.0.0.1:0").await;
    let hosts = [
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "0",
        "[::]",
        "[::1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "127.0.0.1",
        "\u{ff11}27.0.0.1",
    ];
    for host in hosts {
        let outcome = asked_in_public(&format!("http://{host}:{}/", trap.port), "").await;
        assert_eq!(end(&outcome), ("not sent", Some(FailureKind::Refused)), "`{host}`: {outcome:?}");
    }
    for name in ["localhost", "localtest.me", "127.0.0.1.nip.io", "a.localhost"] {
        let outcome = asked_in_public(&format!("http://{name}:{}/", trap.port), "127.0.0.1").await;
        assert_eq!(outcome, refused(&format!("connect to {name} at 127.0.0.1:{}", trap.port)));
    }
    assert_eq!(trap.visits(), 0);
}

#[tokio::test]
async fn closed_networks_are_refused_whatever_name_leads_there() {
    let addresses = [
        "169.254.169.254",
        "100.64.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "::ffff:169.254.169.254",
        "fd00::1",
        "fe80::1",
        "0.0.0.0",
        "::",
        "2002:7f00:1::",
        "224.0.0.1",
    ];
    for ip in addresses {
        let outcome = asked_in_public("http://metadata.test/", ip).await;
        assert_eq!(end(&outcome), ("not sent", Some(FailureKind::Refused)), "`{ip}`: {outcome:?}");
    }
}

#[tokio::test]
async fn a_mapped_address_is_judged_as_what_it_maps() {
    let outcome = asked_in_public("http://shop.test/", "::ffff:10.0.0.1").await;
    assert_eq!(outcome, refused("connect to shop.test at 10.0.0.1:80"));
}

#[tokio::test]
async fn a_name_is_resolved_once_so_that_it_cannot_change_its_mind() {
    let site = Site::saying(ok("hello")).await;
    let trap = Site::trap(&format!("127.0.0.2:{}", site.port)).await;
    let names = Names::in_turn(&["127.0.0.1", "127.0.0.2"]);
    let tool = HttpTool::new(limits()).resolving_with(names.clone());
    let outcome = run(&tool, &Opens::zone("loopback"), &get(&format!("http://shop.test:{}/", site.port))).await;
    let seen = (end(&outcome).0, names.asked(), site.visits(), trap.visits());
    assert_eq!(seen, ("landed", vec!["shop.test".to_owned()], 1, 0));
}

#[tokio::test]
async fn of_several_addresses_only_those_that_are_allowed_are_dialled() {
    let site = Site::saying(ok("hello")).await;
    let trap = Site::trap(&format!("127.0.0.2:{}", site.port)).await;
    let tool = HttpTool::new(limits()).resolving_with(Names::always("127.0.0.2 127.0.0.1"));
    let url = format!("http://shop.test:{}/", site.port);
    let outcome = run(&tool, &Opens::address("127.0.0.1"), &get(&url)).await;
    assert_eq!((end(&outcome).0, site.visits(), trap.visits()), ("landed", 1, 0));
}

#[tokio::test]
async fn the_request_is_judged_before_its_name_and_each_address_after_it() {
    let rules = Opens::zone("public");
    let tool = HttpTool::new(limits()).resolving_with(Names::always("10.0.0.1 ::1 10.0.0.1"));
    let _ = run(&tool, &rules, &get("https://shop.test:8443/a")).await;
    let expected = [
        "http.request: https://shop.test:8443/a",
        "egress.connect: shop.test at 10.0.0.1 port 8443",
        "egress.connect: shop.test at ::1 port 8443",
    ];
    assert_eq!(rules.asked(), expected);
}

#[tokio::test]
async fn a_name_without_an_address_sends_nothing() {
    let outcome = asked_in_public("http://nowhere.test/", "").await;
    let expected = "`nowhere.test` cannot be resolved: it has no address; check the name";
    assert_eq!((end(&outcome), message(&outcome)), (("not sent", Some(FailureKind::Remote)), expected));
}

#[tokio::test]
async fn a_silent_name_server_sends_nothing() {
    let tool = HttpTool::new(short()).resolving_with(Names::never());
    let outcome = run(&tool, &Opens::zone("public"), &get("http://shop.test/")).await;
    let expected = "`shop.test` was not resolved in time; try again later";
    assert_eq!((end(&outcome), message(&outcome)), (("not sent", Some(FailureKind::Limit)), expected));
}

#[tokio::test]
async fn others_may_ask_for_the_addresses_they_may_dial() {
    let tool = HttpTool::new(limits()).resolving_with(Names::nowhere());
    let action = tool.describe(&get("https://shop.test/")).await.unwrap();
    let gate = Gate::new(Opens::zone("public"), Vault::default().into());
    let Verdict::Go(permit) = gate.judge(action, &crate::support::standing()) else { panic!("not allowed") };
    let names = Names::always("93.184.216.34 127.0.0.1 ::ffff:93.184.216.34");
    let judged = targets(permit.judge(), &url::Host::Domain("shop.test"), 443, names.as_ref()).await;
    assert_eq!(judged.unwrap().any(), Ok(vec![SocketAddr::from(([93, 184, 216, 34], 443))]));
}
