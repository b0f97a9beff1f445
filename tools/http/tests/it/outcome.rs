//! What is certain when an exchange does not go well.

use lamassu_contract::{Action, Effect, FailureKind, Gate, Outcome, Resource, Vault, Verdict};
use tokio::net::TcpListener;

use crate::support::{Opens, Site, call, end, get, message, ok, send, send_in_haste, standing, tool};

#[tokio::test]
async fn a_closed_port_means_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let outcome = send(&call("POST", &format!("http://127.0.0.1:{port}/"))).await;
    assert_eq!(end(&outcome), ("not sent", Some(FailureKind::Remote)), "{outcome:?}");
}

#[tokio::test]
async fn a_lost_reply_leaves_a_change_in_doubt() {
    let site = Site::saying("").await;
    let url = site.url("/orders");
    let outcome = send(&call("POST", &url).with("body", "two mugs")).await;
    let next = "look whether it took effect before asking again";
    assert_eq!(end(&outcome), ("in doubt", Some(FailureKind::Remote)));
    assert!(message(&outcome).starts_with(&format!("`POST {url}` has no answer: ")), "{outcome:?}");
    assert!(message(&outcome).ends_with(next), "{outcome:?}");
}

#[tokio::test]
async fn a_lost_reply_to_a_safe_request_says_that_it_may_be_asked_again() {
    let site = Site::saying("").await;
    let outcome = send(&get(&site.url("/"))).await;
    assert_eq!(end(&outcome), ("in doubt", Some(FailureKind::Remote)));
    assert!(message(&outcome).ends_with("it changes nothing, so it may be asked again"), "{outcome:?}");
}

#[tokio::test]
async fn a_lost_reply_is_not_asked_for_again() {
    let site = Site::saying("").await;
    let _ = send(&call("PUT", &site.url("/"))).await;
    assert_eq!(site.visits(), 1);
}

#[tokio::test]
async fn a_silent_site_leaves_a_change_in_doubt() {
    let site = Site::hanging_after("").await;
    let outcome = send_in_haste(&call("DELETE", &site.url("/orders/7"))).await;
    assert_eq!(end(&outcome), ("in doubt", Some(FailureKind::Limit)), "{outcome:?}");
}

#[tokio::test]
async fn an_error_status_is_an_answer() {
    let site = Site::saying("HTTP/1.1 503 Oh No\r\nretry-after: 9\r\ncontent-length: 0\r\n\r\n").await;
    let Outcome::Landed(observation) = send(&call("POST", &site.url("/"))).await else { panic!("no answer") };
    assert_eq!(observation.content, "HTTP 503 Service Unavailable\n(no body)\nretry-after: 9");
}

#[tokio::test]
async fn a_body_that_breaks_off_does_not_undo_the_status() {
    let site = Site::saying("HTTP/1.1 201 Created\r\ncontent-length: 10\r\n\r\nabc").await;
    let Outcome::Landed(observation) = send(&call("POST", &site.url("/"))).await else { panic!("no answer") };
    assert_eq!(observation.content, "HTTP 201 Created\n(the body is left out: it broke off after 3 bytes)");
}

#[tokio::test]
async fn an_action_that_this_tool_did_not_describe_is_not_run() {
    let site = Site::saying(ok("hello")).await;
    let resource = Resource::Url(site.url("/").parse().unwrap());
    let action = Action::new(&get(&site.url("/")), Effect::Egress, resource);
    let gate = Gate::new(Opens::zone("loopback"), Vault::default().into());
    let Verdict::Go(permit) = gate.judge(action, &standing()) else { panic!("not allowed") };
    let outcome = permit.spend(&tool()).await;
    assert_eq!((end(&outcome), site.visits()), (("not sent", Some(FailureKind::Invalid)), 0));
}
