//! A run is begun from a task file of the folder that the console was given.

use lamassu::Call;

use super::{
    booth::Person,
    screens::{Running, link},
};
use crate::support::command::Desk;

const NOTE: &str = r#"
goal = "Note down {{words}}"

[inputs]
words = { about = "what is to be remembered" }

[policy]
pack = "../packs/open"

[files]
workspace = "../work"

[[steps]]
write = { file = "note.txt", text = "{{words}}" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_task_file_is_filled_in_shown_and_begun_and_a_wrong_one_says_where() {
    let desk = Desk::new();
    desk.write("tasks/note.toml", NOTE);
    desk.write("tasks/wrong.toml", &NOTE.replace("workspace =", "workspcae ="));
    let mut console = Running(desk.start_heard(&["console", "--bind", "127.0.0.1:0", "--tasks", "tasks"]));
    let mut ada = Person::at(&link(&mut console.0)).await;
    ada.sees("No runs yet").await;
    ada.does(Call::new("browser", "click").with("target", "button \"New run\"")).await;
    ada.sees("Begin from").await;
    let choose = |option: &str| Call::new("browser", "select").with("target", "Begin from").with("option", option);
    ada.does(choose("wrong.toml")).await;
    ada.fills("words what is to be remembered", "milk").await;
    ada.sees("did you mean `workspace`").await;
    ada.does(choose("note.toml")).await;
    ada.sees("no value was given (what is to be remembered)").await;
    ada.fills("words what is to be remembered", "milk").await;
    let page = ada.sees("Note down milk").await;
    assert!(page.contains("judged by: tasks/../packs/open") && page.contains("Step by step"), "{page}");
    ada.does(Call::new("browser", "click").with("target", "button \"Begin\"")).await;
    ada.sees("landed").await;
    assert_eq!(desk.read("work/note.txt"), "milk");
}
