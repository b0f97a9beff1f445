//! Endpoints that are slow, busy, wrong or gone.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::planner::{PlannerError, Proposal, Usage};

/// What became of a proposal, and how many requests it took.
async fn outcome(answers: Vec<Answer>) -> (Result<Proposal, PlannerError>, usize) {
    let endpoint = Endpoint::start(answers).await;
    let planned = endpoint.propose(&view(&tools(), &[], &[])).await;
    let plain = |text: String| text.replace(&endpoint.url, "URL");
    let planned = planned.map(|planned| planned.proposal).map_err(|error| match error {
        PlannerError::Unreachable(message) => PlannerError::Unreachable(plain(message)),
        PlannerError::Endpoint { status, message } => PlannerError::Endpoint { status, message: plain(message) },
        other => other,
    });
    (planned, endpoint.bodies().len())
}

fn passed() -> Result<Proposal, PlannerError> {
    Ok(Proposal::Pass("no way".to_owned()))
}

fn refused(status: u16, message: &str) -> (Result<Proposal, PlannerError>, usize) {
    (Err(PlannerError::Endpoint { status, message: message.to_owned() }), 1)
}

fn error(status: u16, message: &str) -> Answer {
    send(status, &json!({ "error": { "message": message, "type": "t" } }))
}

#[tokio::test]
async fn the_key_is_sent_as_bearer_token_and_the_model_is_named() {
    let endpoint = Endpoint::start([says(&give_up())]).await;
    endpoint.propose(&view(&tools(), &[], &[])).await.unwrap();
    let head = endpoint.heads().remove(0);
    assert!(head.starts_with("POST /v1/chat/completions HTTP/1.1"), "{head}");
    assert!(head.contains("authorization: Bearer sk-test-key"), "{head}");
    assert_eq!(endpoint.bodies()[0]["model"], "m");
}

#[tokio::test]
async fn the_next_model_is_asked_when_one_does_not_answer() {
    let broken = Endpoint::start((0..2).map(|_| error(401, "bad key"))).await;
    let sound = Endpoint::start([says(&click("7"))]).await;
    let model = |endpoint: &Endpoint| Model::new(endpoint.config()).unwrap();
    let relay = Relay::new(model(&broken)).then(model(&sound));
    let planned = relay.propose(&view(&tools(), &[], &[])).await.unwrap();
    assert!(planned.why.starts_with("m in place of `m`: the model endpoint answered 401"), "{}", planned.why);
    let error = relay.propose(&view(&tools(), &[], &[])).await.unwrap_err().to_string();
    assert!(error.starts_with("no model has answered; `m`: ") && error.contains("; `m`: "), "{error}");
}

#[tokio::test]
async fn what_a_server_offers_is_listed() {
    let answer =
        Answer::Send(200, String::new(), json!({ "data": [{ "id": "small" }, { "id": "large" }] }).to_string());
    let endpoint = Endpoint::start([answer]).await;
    let listed = served(&endpoint.url, Duration::from_secs(5)).await;
    assert_eq!(listed, Some(vec!["small".to_owned(), "large".to_owned()]));
}

#[tokio::test]
async fn errors_that_waiting_does_not_cure_end_at_once_and_say_what_to_do() {
    let outcomes = [
        outcome(vec![error(401, "bad key `sk-test-key`")]).await,
        outcome(vec![error(403, "not yours")]).await,
        outcome(vec![send(404, &json!({ "detail": "Not Found" }))]).await,
        outcome(vec![error(400, "too long")]).await,
        outcome(vec![send(429, &json!({ "error": { "message": "no credit", "code": "insufficient_quota" } }))]).await,
        outcome(vec![Answer::Send(307, "location: https://evil.test/\r\n".to_owned(), String::new())]).await,
    ];
    assert_eq!(
        outcomes,
        [
            refused(401, "bad key `{api key}`; set `OPENAI_API_KEY` to a key that this endpoint takes"),
            refused(403, "not yours; this key may not use `m`; check `OPENAI_API_KEY` and the model's name"),
            refused(404, "Not Found; check the base URL `URL`, most end in `/v1`, and the model's name `m`"),
            refused(400, "too long; check that `m` exists there and can call functions"),
            refused(429, "no credit; the account behind `OPENAI_API_KEY` has nothing left to spend"),
            refused(
                307,
                "no reason given; it redirects to `https://evil.test/`; set the base URL to where it really is"
            ),
        ]
    );
}

#[tokio::test]
async fn a_busy_endpoint_is_asked_again() {
    let busy = Answer::Send(429, "retry-after: 0\r\n".to_owned(), String::new());
    let answers = vec![busy, error(503, "starting"), Answer::Break, says(&give_up())];
    assert_eq!(outcome(answers).await, (passed(), 4));
}

#[tokio::test]
async fn an_endpoint_that_stays_broken_is_given_up_with_its_status() {
    let answers = (0..9).map(|_| Answer::Send(500, String::new(), "<h1>oops</h1>".to_owned())).collect();
    let message = "<h1>oops</h1>; gave up after 5 tries, try later".to_owned();
    assert_eq!(outcome(answers).await, (Err(PlannerError::Endpoint { status: 500, message }), 5));
}

#[tokio::test]
async fn a_wait_longer_than_the_patience_ends_at_once() {
    let later = Answer::Send(429, "retry-after: 3600\r\n".to_owned(), "slow down".to_owned());
    let message = "slow down; the next try would be in 3600 s, and waiting ends after 300 s; try later";
    assert_eq!(outcome(vec![later]).await, refused(429, message));
}

#[tokio::test]
async fn an_endpoint_that_hangs_is_named() {
    let endpoint = Endpoint::start([Answer::Hang]).await;
    let config = endpoint.config().timeout(Duration::from_millis(50));
    let error = Model::new(config).unwrap().propose(&view(&tools(), &[], &[])).await.unwrap_err();
    let words = format!("the model endpoint `{}` did not answer within 0.05 s; is it busy or stuck?", endpoint.url);
    assert_eq!(error, PlannerError::Unreachable(words));
}

#[tokio::test]
async fn patience_bounds_all_tries_together() {
    let endpoint = Endpoint::start([error(500, "oops"), Answer::Hang]).await;
    let config = endpoint.config().patience(Duration::from_millis(200));
    let started = std::time::Instant::now();
    let error = Model::new(config).unwrap().propose(&view(&tools(), &[], &[])).await.unwrap_err();
    assert!(matches!(error, PlannerError::Unreachable(_)), "{error}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[tokio::test]
async fn nobody_there_is_said_with_the_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let mut config = Config::new("m").base_url(&url).retries(1);
    config.pause = Duration::from_millis(1);
    let error = Model::new(config).unwrap().propose(&view(&tools(), &[], &[])).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("the model endpoint `{url}` cannot be reached: ")), "{error}");
    assert!(error.ends_with("is it running, and is the base URL right?; gave up after 2 tries, try later"), "{error}");
}

#[tokio::test]
async fn what_is_no_completion_at_all_is_said_so() {
    let raw = |body: &str| Answer::Send(200, String::new(), body.to_owned());
    let outcomes = [
        outcome(vec![raw("<html>\n<title>Router</title>")]).await,
        outcome(vec![raw("")]).await,
        outcome(vec![raw("[1, 2]")]).await,
        outcome(vec![raw(r#"{"error":{"message":"no such model","code":404}}"#)]).await,
        outcome(vec![raw(&"x".repeat(5 << 20))]).await,
    ];
    let check = "check the base URL `URL`, most end in `/v1`";
    assert_eq!(
        outcomes,
        [
            refused(200, &format!("not a chat completion but `<html> <title>Router</title>`; {check}")),
            refused(200, &format!("not a chat completion but ``; {check}")),
            refused(200, &format!("not a chat completion but `[1, 2]`; {check}")),
            refused(404, &format!("no such model; {check}, and the model's name `m`")),
            refused(200, "its reply is larger than 4 MiB"),
        ]
    );
}

#[tokio::test]
async fn usage_is_summed_over_all_tries() {
    let endpoint = Endpoint::start([says(&json!({ "content": "well" })), says(&give_up())]).await;
    let planned = endpoint.propose(&view(&tools(), &[], &[])).await.unwrap();
    assert_eq!(planned.usage, Usage { input: 200, cached: 128, output: 20, reasoning: 0, money: None });
}

#[test]
fn a_setup_that_cannot_work_is_refused_before_anything_is_sent() {
    let setup = |base_url: &str, key: &str| {
        let error = Model::new(Config::new("m").base_url(base_url).api_key(key)).unwrap_err();
        error.to_string()
    };
    let like = "give one like `http://127.0.0.1:11434/v1`";
    assert_eq!(
        [
            setup("localhost", ""),
            setup("ftp://a.test", ""),
            setup("https://me:pw@a.test/v1", ""),
            setup("https://a.test/v1", "a\nb")
        ],
        [
            format!("the base URL `localhost` is none: relative URL without a base; {like}"),
            format!("the base URL `ftp://a.test` is neither `http` nor `https`; {like}"),
            format!("the base URL may not hold a user or a password; {like}"),
            "the API key holds characters that no key has; check `OPENAI_API_KEY`".to_owned(),
        ]
    );
}

#[test]
fn the_key_does_not_show_in_debug_output() {
    let model = Model::new(Config::new("m").api_key("sk-test-key")).unwrap();
    assert!(!format!("{model:?}").contains("sk-test"), "{model:?}");
}
