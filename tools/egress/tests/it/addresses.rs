//! Where a permitted request may lead.

use lamassu_egress::ProxyOptions;

use crate::support::{Lab, Names, Rules, Site, connect, get, short};

#[tokio::test]
async fn a_name_is_resolved_once_and_its_address_judged_and_dialled() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    lab.ask(&get(&site.url("/"))).await;
    let address = format!("connect to shop.test at 127.0.0.1:{} zone=loopback", site.port);
    assert_eq!((lab.names.asked(), lab.rules.asked().last()), (vec!["shop.test".to_owned()], Some(&address)));
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_the_second_time_is_judged_again() {
    let names = Names::in_turn(&["127.0.0.1", "127.0.0.2"]);
    let lab = Lab::start(Rules::addresses(|ip| ip == "127.0.0.1"), ProxyOptions::default(), names).await;
    let site = Site::saying("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
    let first = lab.ask(&get(&site.url("/"))).await.status;
    let second = lab.ask(&get(&site.url("/"))).await.status;
    assert_eq!((first, second, site.visits()), (200, 403, 1));
}

#[tokio::test]
async fn of_several_addresses_only_a_permitted_one_is_dialled() {
    let names = Names::always("10.0.0.1 127.0.0.1 169.254.169.254");
    let lab = Lab::start(Rules::addresses(|ip| ip == "127.0.0.1"), ProxyOptions::default(), names).await;
    let site = Site::new().await;
    assert_eq!((lab.ask(&get(&site.url("/"))).await.status, site.visits()), (200, 1));
}

#[tokio::test]
async fn every_spelling_of_an_address_is_judged_as_what_it_is() {
    let lab = Lab::under(Rules::addresses(|ip| ip != "127.0.0.1")).await;
    let mut seen = Vec::new();
    for host in ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "shop.test"] {
        seen.push(lab.ask(&get(&format!("http://{host}/"))).await.status);
        seen.push(lab.ask(&connect(&format!("{host}:443"))).await.status);
    }
    assert_eq!(seen, [403; 12]);
}

#[tokio::test]
async fn the_proxy_does_not_reach_itself() {
    let lab = Lab::under(Rules::open()).await;
    let port = lab.proxy.address().port();
    let mut seen = Vec::new();
    for host in ["127.0.0.1", "127.1.2.3", "0.0.0.0", "[::ffff:127.0.0.1]", "shop.test"] {
        seen.push(lab.ask(&get(&format!("http://{host}:{port}/"))).await.status);
        seen.push(lab.ask(&connect(&format!("{host}:{port}"))).await.status);
    }
    assert_eq!(seen, [403; 10]);
}

#[tokio::test]
async fn a_closed_port_is_not_reached_by_a_connection_that_stands_either() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let before = lab.ask(&get(&site.url("/"))).await.status;
    lab.proxy.close_port(site.port);
    let after = lab.ask(&get(&site.url("/"))).await;
    assert_eq!((before, after.status, site.requests().len()), (200, 403, 1));
    assert!(after.body.contains("this port of this machine is closed"), "{}", after.body);
}

#[tokio::test]
async fn a_connection_that_stands_is_not_used_where_another_judge_refuses_its_address() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let before = lab.ask(&get(&site.url("/"))).await.status;
    lab.proxy.under(Rules::addresses(|_| false).judge());
    assert_eq!((before, lab.ask(&get(&site.url("/"))).await.status, site.requests().len()), (200, 403, 1));
}

#[tokio::test]
async fn a_connection_is_used_again_for_the_same_host_and_for_no_other() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    for host in ["shop.test", "shop.test", "other.test"] {
        lab.ask(&get(&format!("http://{host}:{}/", site.port))).await;
    }
    assert_eq!((site.requests().len(), site.visits()), (3, 2));
}

#[tokio::test]
async fn a_server_that_is_not_there_and_a_name_that_is_not_known_are_told_apart_from_a_refusal() {
    let names = Names::in_turn(&["127.0.0.1", ""]);
    let lab = Lab::start(Rules::open(), ProxyOptions::default(), names).await;
    // Nobody listens at port 1.
    let gone = lab.ask(&get("http://shop.test:1/")).await;
    let unknown = lab.ask(&get("http://shop.test:1/")).await;
    assert_eq!((gone.status, unknown.status), (502, 502));
    assert!(gone.body.contains("nothing was sent") && unknown.body.contains("cannot be resolved"));
}

#[tokio::test]
async fn a_name_server_that_is_silent_is_given_up_on() {
    let options = ProxyOptions { limits: short(), ..ProxyOptions::default() };
    let lab = Lab::start(Rules::open(), options, Names::silent()).await;
    let plain = lab.ask(&get("http://shop.test/")).await.status;
    assert_eq!((plain, lab.ask(&connect("shop.test:443")).await.status), (504, 504));
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_costs_a_request_nothing_if_it_changes_nothing() {
    let site = Site::answering_once().await;
    let lab = Lab::under(Rules::open()).await;
    let mut browser = lab.browser().await;
    let mut seen = Vec::new();
    for method in ["GET", "GET", "POST"] {
        let request = format!("{method} {} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", site.url("/"));
        seen.push(browser.ask(&request).await.status);
    }
    // The second request of a connection is read and then hung up on. A GET is said again on a new
    // one; a POST that may have been heard is not.
    let expected = ["GET / HTTP/1.1", "GET / HTTP/1.1", "GET / HTTP/1.1", "POST / HTTP/1.1"];
    assert_eq!((seen, site.requests(), site.visits()), (vec![200, 200, 502], expected.map(str::to_owned).to_vec(), 2));
}
