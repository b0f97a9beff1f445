//! Files in and out of the browser.

use std::{fs, os::unix::fs::symlink, time::Duration};

use lamassu_browser::{Limits, Options};
use lamassu_contract::{FailureKind, Outcome};
use serde_json::json;

use crate::{
    depot::{Depot, content, names},
    lab::{Lab, alone, call, landed, limits, not_sent},
};

fn in_doubt(outcome: Outcome) -> FailureKind {
    match outcome {
        Outcome::MayHaveLanded(failure) => failure.kind,
        other => panic!("it is not in doubt: {other:?}"),
    }
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

#[test]
fn an_upload_arrives_byte_for_byte_under_its_name() {
    alone(async {
        let depot = Depot::new().await;
        fs::write(depot.path("work/my photo.png"), content()).unwrap();
        depot.open("/form").await;
        let upload = call("upload").with("target", "Receipt").with("path", "my photo.png");
        let action = depot.lab.describe(upload.clone()).await.unwrap();
        let said = landed(depot.lab.run(upload).await).content;
        landed(depot.lab.on("click", "Send").await);
        let received = depot.received();
        assert_eq!(
            (
                said.as_str(),
                action.facts()["bytes"].as_u64(),
                contains(&received, b"name=\"a\"; filename=\"my photo.png\""),
                contains(&received, &content())
            ),
            ("put my photo.png (70000 bytes) into file \"Receipt\"", Some(70_000), true, true)
        );
    });
}

#[test]
fn a_hidden_field_is_found_by_its_label_and_by_the_button_that_opens_it() {
    alone(async {
        let depot = Depot::new().await;
        fs::write(depot.path("work/a.txt"), "12345").unwrap();
        depot.open("/form").await;
        for target in ["Picture", "Choose a file"] {
            landed(depot.lab.run(call("upload").with("target", target).with("path", "a.txt")).await);
        }
        let text = depot.lab.text().await;
        landed(depot.lab.on("click", "Send").await);
        let sent = contains(&depot.received(), b"name=\"c\"; filename=\"a.txt\"");
        assert!(text.contains("a.txt 5") && sent, "{text}");
    });
}

#[test]
fn what_is_no_file_or_no_field_is_not_uploaded() {
    alone(async {
        let depot = Depot::new().await;
        fs::write(depot.path("secret.txt"), "secret").unwrap();
        fs::write(depot.path("work/a.txt"), "a").unwrap();
        symlink(depot.path("secret.txt"), depot.path("work/link")).unwrap();
        depot.open("/form").await;
        let tries = [
            ("Receipt", "../secret.txt"),
            ("Receipt", "/etc/passwd"),
            ("Receipt", "link"),
            ("Receipt", "absent.txt"),
            ("Comment", "a.txt"),
            ("Nowhere", "a.txt"),
            ("Closed", "a.txt"),
        ];
        let mut kinds = Vec::new();
        for (target, path) in tries {
            kinds.push(not_sent(depot.lab.run(call("upload").with("target", target).with("path", path)).await).0);
        }
        let (out, absent, wrong) = (FailureKind::OutOfBounds, FailureKind::NotFound, FailureKind::Invalid);
        assert_eq!(kinds, [out, out, out, absent, wrong, absent, wrong]);
    });
}

#[test]
fn a_file_that_changed_after_the_judgement_is_not_uploaded() {
    alone(async {
        let depot = Depot::new().await;
        fs::write(depot.path("work/a.txt"), "judged").unwrap();
        depot.open("/form").await;
        let action = depot.lab.describe(call("upload").with("target", "Receipt").with("path", "a.txt")).await.unwrap();
        fs::write(depot.path("work/a.txt"), "another").unwrap();
        assert_eq!(not_sent(depot.lab.spend(action, |_| true).await).0, FailureKind::Stale);
    });
}

#[test]
fn a_download_arrives_byte_for_byte() {
    alone(async {
        let depot = Depot::new().await;
        depot.open("/page").await;
        let by_link = landed(depot.download("link \"Report\"").await);
        let by_tab = landed(depot.download("Report elsewhere").await).data["path"].clone();
        let by_address = landed(depot.lab.run(depot.fetching("/file?report.bin").with("path", "mine.pdf")).await).data
            ["type"]
            .clone();
        let same = depot.kept().iter().all(|name| fs::read(depot.path("work").join(name)).unwrap() == content());
        assert_eq!(
            (by_link.data["name"].clone(), by_link.data["path"].clone(), by_tab, by_address, same, depot.kept()),
            (
                json!("report.bin"),
                json!("report.bin"),
                json!("file"),
                json!("application/pdf"),
                true,
                ["file", "mine.pdf", "report.bin"].map(str::to_owned).to_vec()
            )
        );
    });
}

#[test]
fn an_address_is_saved_even_if_it_would_be_shown() {
    alone(async {
        let depot = Depot::new().await;
        let seen = landed(depot.fetch("/text").await);
        let kept = fs::read_to_string(depot.path("work/text.txt")).unwrap();
        assert_eq!((kept.as_str(), seen.data["type"].clone()), ("plain text", json!("text/plain")));
    });
}

#[test]
fn a_suggested_name_leads_nowhere() {
    alone(async {
        let depot = Depot::new().await;
        depot.open("/page").await;
        for target in ["Climbing", "Hidden", "Hidden"] {
            landed(depot.download(target).await);
        }
        landed(depot.fetch(&format!("/file?{}.pdf", "x".repeat(400))).await);
        let kept = depot.kept();
        let plain = |name: &String| !name.starts_with('.') && name.len() <= 120;
        assert!(kept.len() == 4 && kept.iter().all(plain), "{kept:?}");
        assert_eq!(names(&depot.path("")), ["work"]);
    });
}

#[test]
fn a_download_goes_where_it_was_judged_to_go() {
    alone(async {
        let depot = Depot::new().await;
        fs::create_dir(depot.path("work/in")).unwrap();
        fs::write(depot.path("work/old.bin"), "old").unwrap();
        depot.open("/page").await;
        let to = |path: &str| call("download").with("target", "link \"Report\"").with("path", path);
        let replaced = depot.lab.describe(to("old.bin")).await.unwrap().effect().as_str();
        let new = depot.lab.describe(to("new.bin")).await.unwrap().effect().as_str();
        let folder = landed(depot.lab.run(to("in/")).await).data["path"].clone();
        let mut refused = Vec::new();
        for path in ["../x", "/tmp/x", "absent/", "in"] {
            refused.push(not_sent(depot.lab.run(to(path)).await).0);
        }
        let out = FailureKind::OutOfBounds;
        assert_eq!(
            (replaced, new, folder, refused),
            (
                "consequential",
                "write",
                json!("in/report.bin"),
                vec![out, out, FailureKind::NotFound, FailureKind::Invalid]
            )
        );
    });
}

#[test]
fn a_page_downloads_nothing_by_itself() {
    alone(async {
        let depot = Depot::new().await;
        depot.open("/sneak").await;
        // The press on a link is an act like any other, and opens no way for a file.
        depot.open("/page").await;
        let pressed = landed(depot.lab.on("click", "link \"Report\"").await).content;
        landed(depot.download("Hidden").await);
        landed(depot.lab.on("click", "link \"Report\"").await);
        landed(depot.lab.run(call("wait").with("target", "Hidden")).await);
        let homes = fs::read_dir("/tmp").unwrap().map(|entry| entry.unwrap().path());
        let mut found = Vec::new();
        for home in homes.filter(|path| path.to_string_lossy().contains("lamassu-browser-")) {
            walk(&home, &mut |path| {
                if path.contains("sneaked") || path.contains("report.bin") {
                    found.push(path.to_owned());
                }
            });
        }
        // Nothing is waited for either.
        let says = "clicked link \"Report\"";
        assert_eq!((pressed.as_str(), depot.kept(), found), (says, vec!["bashrc".to_owned()], Vec::new()));
    });
}

fn walk(folder: &std::path::Path, each: &mut dyn FnMut(&str)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        each(&entry.path().to_string_lossy());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), each);
        }
    }
}

#[test]
fn a_file_that_is_too_large_is_stopped() {
    alone(async {
        let depot = Depot::with(Limits { download: Duration::from_secs(20), ..limits() }, 1000).await;
        depot.open("/page").await;
        let pressed = in_doubt(depot.download("Endless").await);
        let asked = not_sent(depot.fetch("/endless").await).0;
        let whole = not_sent(depot.fetch("/file?report.bin").await).0;
        assert_eq!(
            (pressed, asked, whole, depot.kept()),
            (FailureKind::Limit, FailureKind::Limit, FailureKind::Limit, vec![])
        );
    });
}

#[test]
fn where_no_single_file_comes_none_is_kept() {
    alone(async {
        let depot = Depot::with(Limits { download: Duration::from_secs(2), ..limits() }, 1 << 20).await;
        depot.open("/page").await;
        let mut kinds = Vec::new();
        for target in ["Nothing", "Missing", "Two", "Asking"] {
            kinds.push(in_doubt(depot.download(target).await));
        }
        let missing = not_sent(depot.fetch("/missing").await).0;
        let remote = FailureKind::Remote;
        assert_eq!((kinds, missing, depot.kept()), (vec![FailureKind::Limit, remote, remote, remote], remote, vec![]));
    });
}

#[test]
fn a_refused_address_is_not_downloaded() {
    alone(async {
        let depot = Depot::new().await;
        let outcome = depot.lab.run_under(depot.fetching("/text"), |action| action.call().name() != "egress.connect");
        assert_eq!((not_sent(outcome.await).0, depot.kept()), (FailureKind::Refused, vec![]));
    });
}

#[test]
fn a_page_is_printed_as_pdf() {
    alone(async {
        let depot = Depot::new().await;
        depot.open("/page").await;
        landed(depot.lab.run(call("print")).await);
        landed(depot.lab.run(call("print").with("path", "b.pdf")).await);
        let pdf = depot.kept().iter().all(|name| fs::read(depot.path("work").join(name)).unwrap().starts_with(b"%PDF"));
        assert_eq!((depot.kept(), pdf), (["Depot_ all_files.pdf", "b.pdf"].map(str::to_owned).to_vec(), true));
    });
}

#[test]
fn without_a_workspace_no_file_moves() {
    alone(async {
        let lab = Lab::with(Options::default()).await;
        lab.open("/form").await;
        let calls = [
            call("upload").with("target", "Receipt").with("path", "a"),
            call("download").with("url", "http://127.0.0.1/"),
            call("print"),
            call("save_session").with("name", "a"),
        ];
        let mut told = Vec::new();
        for call in calls {
            let (kind, message) = not_sent(lab.run(call).await);
            told.push((kind, message.contains("options")));
        }
        assert_eq!(told, [(FailureKind::Invalid, true); 4]);
    });
}

#[test]
fn a_saved_session_is_signed_in_in_another_browser_and_its_cookies_are_never_told() {
    alone(async {
        let depot = Depot::new().await;
        let mut said = String::new();
        depot.open("/login").await;
        said += &landed(depot.lab.run(call("save_session").with("name", "shop")).await).content;
        let file = fs::read_to_string(depot.path("sessions/shop.json")).unwrap();
        let depot = depot.again().await;
        let unknown = not_sent(depot.lab.run(call("restore_session").with("name", "other")).await);
        said += &landed(depot.lab.run(call("restore_session").with("name", "shop")).await).content;
        depot.open("/who").await;
        let who = depot.lab.text().await;
        let hidden = !format!("{said}{unknown:?}").contains("c00kie");
        let kept = file.contains("c00kie-value");
        assert_eq!((who.as_str(), unknown.0, hidden, kept), ("signed in", FailureKind::NotFound, true, true));
        assert!(said.contains("1 cookie(s) of 127.0.0.1 as `shop`") && said.contains("took up `shop`"), "{said}");
    });
}

#[test]
fn a_session_that_is_none_or_has_expired_is_not_taken_up() {
    alone(async {
        let depot = Depot::new().await;
        let old = json!({ "saved": 1, "cookies": [{ "name": "a", "value": "c00kie", "url": "http://a.test/", "expires": 2 }] });
        fs::create_dir(depot.path("sessions")).unwrap();
        fs::set_permissions(depot.path("sessions"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        fs::write(depot.path("sessions/old.json"), old.to_string()).unwrap();
        fs::write(depot.path("sessions/odd.json"), "c00kie").unwrap();
        let mut told = Vec::new();
        for name in ["old", "odd", "../old"] {
            let (kind, message) = not_sent(depot.lab.run(call("restore_session").with("name", name)).await);
            told.push((kind, message.contains("c00kie")));
        }
        let expected = [FailureKind::Stale, FailureKind::Invalid, FailureKind::Invalid].map(|kind| (kind, false));
        assert_eq!(told, expected);
    });
}
