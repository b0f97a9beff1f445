//! Browsers that know nothing but WebDriver: the same verbs, the same checks.

use lamassu_browser::{Engine, Options};
use lamassu_contract::FailureKind;

use crate::lab::{Lab, alone, call, landed, limits, not_sent};

/// One of everything, and what the page says of it.
async fn everything(lab: &Lab) -> Vec<String> {
    let mut seen = Vec::new();
    lab.see("/act").await;
    landed(lab.on("click", "button \"Press me\"").await);
    seen.push(first_line(lab).await);
    landed(lab.run(call("fill").with("target", "Name").with("text", "Ann")).await);
    landed(lab.run(call("select").with("target", "Size").with("option", "large")).await);
    seen.push(first_line(lab).await);
    seen.push(lab.rows().await[0].clone());
    lab.open("/hands").await;
    landed(lab.on("double_click", "Open twice").await);
    seen.push(first_line(lab).await);
    landed(lab.run(call("drag").with("target", "Card").with("to", "Slot")).await);
    seen.push(first_line(lab).await);
    landed(lab.on("hover", "button \"Menu\"").await);
    seen.push(lab.rows().await.iter().any(|row| row.contains("\"Settings\"")).to_string());
    lab.open("/work").await;
    landed(lab.on("click", "button \"Timer\"").await);
    seen.push(first_line(lab).await);
    landed(lab.run(call("back")).await);
    seen.push(lab.look().await.page.unwrap().url.path().to_owned());
    let picture = landed(lab.run(call("screenshot").with("marks", true)).await);
    seen.push(picture.pictures[0].png[..8].to_owned());
    seen
}

const EXPECTED: [&str; 9] = [
    "pressed true",
    "chose Large",
    "[1] textbox \"Name\" = \"Ann\"",
    "twice true",
    "slotted",
    "true",
    "timer",
    "/hands",
    "iVBORw0K",
];

async fn first_line(lab: &Lab) -> String {
    lab.text().await.lines().next().unwrap_or_default().to_owned()
}

/// A reference that has become another element's, and what a press on it comes to.
async fn stale(lab: &Lab) -> FailureKind {
    let table = lab.see("/stale").await.page.unwrap().table;
    let reference = table.rows.iter().find(|row| row.name == "Delete").map_or(1, |row| row.reference);
    landed(lab.on("click", "Replace").await);
    not_sent(lab.on("click", &format!("[{reference}]")).await).0
}

/// What a page says of a file that is put into its field.
async fn uploaded(options: Options) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "seven words").unwrap();
    let workspace = lamassu_files::Workspace::open(folder.path(), lamassu_files::Limits::default()).unwrap();
    let lab = Lab::with(Options { workspace: Some(workspace), limits: limits(), ..options }).await;
    lab.open("/chooser").await;
    landed(lab.run(call("upload").with("target", "Papers").with("path", "notes.txt")).await);
    first_line(&lab).await
}

#[test]
fn chromium_is_driven_by_webdriver_alone() {
    alone(async {
        let options = Options { webdriver_only: true, limits: limits(), ..Options::default() };
        let lab = Lab::with(options).await;
        assert_eq!(everything(&lab).await, EXPECTED);
        assert_eq!(stale(&lab).await, FailureKind::Stale);
        let said = uploaded(Options { webdriver_only: true, ..Options::default() }).await;
        assert_eq!(said, "notes.txt 11");
    });
}

#[test]
fn firefox_is_driven_where_there_is_a_geckodriver() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|folder| folder.join("geckodriver").is_file()) {
        // Debian has none; `cargo install geckodriver` builds one.
        return;
    }
    alone(async {
        let lab = Lab::with(Options { engine: Engine::Firefox, limits: limits(), ..Options::default() }).await;
        assert_eq!(everything(&lab).await, EXPECTED);
        assert_eq!(stale(&lab).await, FailureKind::Stale);
        let said = uploaded(Options { engine: Engine::Firefox, ..Options::default() }).await;
        assert_eq!(said, "notes.txt 11");
    });
}
