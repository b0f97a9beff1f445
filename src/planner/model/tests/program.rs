//! Repetition that a model asks for once.

use lamassu_contract::{Call, Failure, FailureKind, Page, Row, Table};
use serde_json::json;
use url::Url;

use super::*;
use crate::planner::{Planned, Proposal, Reply, Turn};

const SHOP: &str = "https://shop.test";

/// A look at a page with a button for each of `names`, numbered from `first`, and `text`.
fn look(first: u32, names: &[&str], text: &str) -> [Observation; 1] {
    let rows = names.iter().zip(first..).map(|(name, reference)| Row {
        reference,
        role: "button".to_owned(),
        name: "Delete".to_owned(),
        context: (*name).to_owned(),
        ..Row::default()
    });
    let page = Page {
        url: Url::parse(SHOP).unwrap(),
        title: "Mail".to_owned(),
        table: Table { rows: rows.collect(), notes: Vec::new() },
        text: text.to_owned(),
        more: Vec::new(),
    };
    [Observation::from_page(SHOP, page.to_string()).with_page(page)]
}

fn repeat(rows: &str, until: &str, steps: &Value) -> Value {
    calls(&[("repeat", json!({ "rows": rows, "until": until, "steps": steps }))])
}

fn click_row() -> Value {
    json!([{ "name": "browser_click", "arguments": { "target": "{row}" } }])
}

/// A run of the planner at `endpoint` towards deleting many things.
struct Course<'a> {
    endpoint: &'a Endpoint,
    tools: Vec<Offer>,
    turns: Vec<Turn>,
}

impl<'a> Course<'a> {
    fn new(endpoint: &'a Endpoint) -> Self {
        Self { endpoint, tools: tools(), turns: Vec::new() }
    }

    /// What is proposed at `now`; each of its calls comes back as `reply`.
    async fn step(&mut self, now: &[Observation], reply: Reply) -> Planned {
        let view = View { goal: "delete all mails of Bob", ..view(&self.tools, &self.turns, now) };
        let planned = self.endpoint.propose(&view).await.unwrap();
        let count = if let Proposal::Act(calls) = &planned.proposal { calls.len() } else { 0 };
        self.turns.push(Turn { planned: planned.clone(), results: vec![reply; count] });
        planned
    }

    async fn targets(&mut self, now: &[Observation], reply: Reply) -> Vec<String> {
        let Proposal::Act(calls) = self.step(now, reply).await.proposal else { return Vec::new() };
        calls.iter().map(|call| call.args["target"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

fn landed() -> Reply {
    Reply::Landed(Observation::from_page(SHOP, ""))
}

#[tokio::test]
async fn a_program_goes_from_row_to_row_without_asking_again() {
    let endpoint = Endpoint::start([says(&repeat("delete bob", "", &click_row())), says(&give_up())]).await;
    let mut course = Course::new(&endpoint);
    let first = course.targets(&look(1, &["Alice: hi", "Bob: one", "Bob: two"], ""), landed()).await;
    // The numbers are others now.
    let second = course.targets(&look(7, &["Alice: hi", "Bob: two"], ""), landed()).await;
    assert_eq!((first, second, endpoint.bodies().len()), (vec!["2".to_owned()], vec!["8".to_owned()], 1));
    course.step(&look(9, &["Alice: hi"], ""), landed()).await;
    let story = endpoint.bodies()[1]["messages"][1]["content"].as_str().unwrap().to_owned();
    assert!(story.contains("2. browser_click {\"target\":\"8\"}\ndone\n"), "{story}");
    assert!(story.ends_with("\n\n`repeat` has ended:\n| all 2 rows are done"), "{story}");
    assert_eq!(course.turns[2].planned.memo["ended"], "all 2 rows are done");
}

#[tokio::test]
async fn a_program_ends_when_its_text_shows() {
    let endpoint = Endpoint::start([says(&repeat("delete", "no mails", &click_row())), says(&give_up())]).await;
    let mut course = Course::new(&endpoint);
    // These two look the same; the first is taken each time.
    let first = course.targets(&look(1, &["Bob", "Bob"], ""), landed()).await;
    let second = course.targets(&look(2, &["Bob"], ""), landed()).await;
    assert_eq!((first, second), (vec!["1".to_owned()], vec!["2".to_owned()]));
    course.step(&look(3, &[], "There are no mails."), landed()).await;
    assert_eq!(course.turns[2].planned.memo["ended"], "`no mails` shows, after 2 rounds");
}

#[tokio::test]
async fn a_round_goes_on_where_a_call_moved_the_page() {
    let steps = json!([
        { "name": "browser_click", "arguments": { "target": "{row}" } },
        { "name": "browser_fill", "target": "note", "text": "read {context} {other}" }
    ]);
    let endpoint = Endpoint::start([says(&repeat("bob", "", &steps))]).await;
    let mut course = Course::new(&endpoint);
    course.step(&look(1, &["Bob: {name}"], ""), landed()).await;
    course.turns[0].results = vec![Reply::Landed(Observation::from_page(SHOP, "").after_move())];
    let planned = course.step(&[Observation::from_page(SHOP, "the mail")], landed()).await;
    // What a row says is not filled in again, and what is no place stays.
    let fill = Call::new("browser", "fill").with("target", "note").with("text", "read Bob: {name} {other}");
    assert_eq!(planned.proposal, Proposal::Act(vec![fill]));
}

#[tokio::test]
async fn a_program_ends_at_the_first_surprise() {
    let failure = || Reply::Failed(Failure::new(FailureKind::NotFound, "it is covered"));
    let gone = "the row `button \"Delete\" (Bob: two)` is not there any more, or is there twice";
    for (reply, names, why) in [
        (failure(), ["Bob: one", "Bob: two"], "a call did not go through, after 0 whole rounds"),
        (landed(), ["Bob: two", "Bob: two"], gone),
    ] {
        let endpoint = Endpoint::start([says(&repeat("bob", "", &click_row())), says(&give_up())]).await;
        let mut course = Course::new(&endpoint);
        course.step(&look(1, &["Bob: one", "Bob: two"], ""), reply).await;
        course.step(&look(1, &names, ""), landed()).await;
        assert_eq!((endpoint.bodies().len(), &course.turns[1].planned.memo["ended"]), (2, &json!(why)));
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_program_is_said_and_nothing_of_it_is_done() {
    let ends = json!([{ "name": "done", "arguments": { "answer": "x", "evidence": "\"x\"" } }]);
    let asked = ("repeat", json!({ "rows": "bob", "steps": click_row() }));
    let twice = calls(&[asked, ("file_read", json!({ "path": "a" }))]);
    for (reply, problem) in [
        (repeat("carol", "", &click_row()), "no row has the words `carol`"),
        (repeat("", "", &click_row()), "say for which `rows`, or `until` what shows"),
        (repeat("bob", "", &json!([])), "`steps` must be 1 to 12 calls"),
        (repeat("two", "", &ends), "its steps can only act"),
        (repeat("two", "", &json!([{ "name": "fly" }])), "there is no function `fly`"),
        (repeat("delete", "delete", &click_row()), "`repeat` would do nothing: `delete` shows"),
        (repeat("bob: one", "", &click_row()), "some of these rows cannot be told apart"),
        (twice, "`repeat` must be the only call of its reply"),
    ] {
        let endpoint = Endpoint::start([says(&reply), says(&give_up())]).await;
        let mut course = Course::new(&endpoint);
        course.step(&look(1, &["Bob: one", "Bob: two", "Bob: one"], ""), landed()).await;
        let story = endpoint.bodies()[1]["messages"][1]["content"].as_str().unwrap().to_owned();
        assert!(story.contains(problem), "{problem}: {story}");
    }
}

#[tokio::test]
async fn the_function_is_offered_where_the_goal_speaks_of_many() {
    let endpoint = Endpoint::start([says(&give_up()), says(&give_up())]).await;
    let tools = tools();
    for goal in ["delete every mail", "buy two mugs"] {
        endpoint.propose(&View { goal, ..view(&tools, &[], &[]) }).await.unwrap();
    }
    let offered = |body: &Value| body["tools"].to_string().contains("\"repeat\"");
    assert_eq!(endpoint.bodies().iter().map(offered).collect::<Vec<_>>(), [true, false]);
}
