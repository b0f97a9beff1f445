//! Where a text came from is known in the next run too.

use lamassu::{
    Agent, Call, Goal, Question,
    files::{FilesTool, Limits},
};

use crate::support::{Bell, Listed, Rules, act};

/// Nothing that the bell has said is written to `copy`.
fn rules(question: &Question<'_>) -> Option<bool> {
    let action = question.action;
    let copies = action.call().args.get("path").is_some_and(|path| path == "copy");
    let from_bell = action.args().get("text").is_some_and(|text| text.label.to_string().contains("tool:bell"));
    (!copies || !from_bell).then_some(true)
}

/// How many of `calls` were refused in a run of their own.
async fn refused(workspace: &std::path::Path, calls: Vec<Call>) -> usize {
    let agent = Agent::builder()
        .planner(Listed::new(calls.into_iter().map(|call| act([call]))))
        .tool(Bell::default())
        .tool(FilesTool::open(workspace, Limits::default()).unwrap())
        .policy(Rules(rules));
    agent.build().unwrap().run(Goal::new("take notes")).await.unwrap().refusals.len()
}

#[tokio::test]
async fn what_was_written_in_one_run_is_known_by_its_origin_in_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str| Call::new("files", "write").with("path", path).with("text", "dong");
    let add = Call::new("files", "append").with("path", "notes").with("text", " said the bell");
    let go = Call::new("files", "move").with("from", "notes").with("to", "moved");
    let read = |path: &str| Call::new("files", "read").with("path", path);
    let first = refused(folder.path(), vec![Call::new("bell", "listen"), write("notes"), add, go]).await;
    let second = refused(folder.path(), vec![read("moved"), write("copy")]).await;
    assert_eq!((first, second, folder.path().join("copy").exists()), (0, 1, false));
}

#[tokio::test]
async fn what_the_user_said_leaves_no_mark() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str| Call::new("files", "write").with("path", path).with("text", "take notes");
    let first = refused(folder.path(), vec![Call::new("bell", "listen"), write("notes")]).await;
    let second = refused(folder.path(), vec![Call::new("files", "read").with("path", "notes"), write("copy")]).await;
    assert_eq!((first, second), (0, 0));
}
