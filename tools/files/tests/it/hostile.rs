//! Paths and things that try to lead out of the workspace or to hang the tool.

use std::{
    fs,
    os::unix::fs::symlink,
    time::{Duration, Instant},
};

use lamassu_contract::{FailureKind, FileKind, Resource};
use rustix::fs::{CWD, FileType, Mode};

use crate::lab::{Lab, SECRET, append, every_verb, not_sent, on, relocate, write};

#[tokio::test]
async fn no_spelling_of_a_path_leads_out() {
    let lab = Lab::new().file("mine.txt", "mine").file("a/x", "x");
    let before = (lab.world(), lab.names(""), lab.names("a"));
    let absolute = lab.outside("secret.txt");
    let paths = [
        "../secret.txt",
        "../work-evil/a.txt",
        "a/../../secret.txt",
        "a/../../work-evil/a.txt",
        "../../etc/passwd",
        absolute.to_str().unwrap(),
        "/etc/passwd",
        "/proc/self/root/etc/passwd",
        "/proc/self/cwd",
        "/dev/fd/0",
        "/dev/stdin",
        "/dev/zero",
        r"..\secret.txt",
        r"..\..\secret.txt",
        "%2e%2e/secret.txt",
        "%2e%2e%2fsecret.txt",
        "..%2fsecret.txt",
        "%252e%252e/secret.txt",
        "a\0/../../secret.txt",
        "a/\n../x",
        "a//x",
        "a/",
        "",
        "../work/mine.txt",
        "a/../mine.txt",
        "{secret pin}",
    ];
    let mut let_through = Vec::new();
    for call in paths.into_iter().flat_map(every_verb) {
        match lab.describe(&call).await {
            Err(failure) if failure.kind == FailureKind::OutOfBounds => {}
            other => let_through.push((call, other)),
        }
    }
    let after = (lab.world(), lab.names(""), lab.names("a"));
    assert!(let_through.is_empty(), "{let_through:?}");
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_folder_whose_name_begins_like_the_workspace_is_outside() {
    let lab = Lab::new();
    symlink(lab.outside("work-evil"), lab.path("evil")).unwrap();
    let seen = [lab.kind(&on("read", "../work-evil/a.txt")).await, lab.kind(&on("read", "evil/a.txt")).await];
    assert_eq!(seen, [FailureKind::OutOfBounds; 2]);
}

#[tokio::test]
async fn no_link_is_followed_wherever_it_stands() {
    let lab = Lab::new().file("mine.txt", "mine").file("real/x", "x");
    for (target, link) in [
        (lab.outside("secret.txt"), "leaf"),
        (lab.outside("work-evil"), "parent"),
        (lab.outside("nothing"), "dangling"),
        ("mine.txt".into(), "inner"),
        ("real".into(), "inside"),
        ("/proc/self/root".into(), "root"),
        ("/proc/self/fd".into(), "fd"),
        ("/dev/zero".into(), "device"),
        ("loop".into(), "loop"),
        ("../..".into(), "real/up"),
    ] {
        symlink(target, lab.path(link)).unwrap();
    }
    let before = (lab.world(), lab.names(""), lab.names("real"));
    let paths = [
        "leaf",
        "parent",
        "parent/a.txt",
        "parent/new.txt",
        "dangling",
        "inner",
        "inside",
        "inside/x",
        "inside/new.txt",
        "root",
        "root/etc/passwd",
        "fd/0",
        "device",
        "loop",
        "loop/x",
        "real/up",
        "real/up/secret.txt",
    ];
    let mut let_through = Vec::new();
    for call in paths.into_iter().flat_map(every_verb) {
        match lab.describe(&call).await {
            Err(failure) if failure.kind == FailureKind::OutOfBounds && failure.message.contains("is a link") => {}
            other => let_through.push((call, other)),
        }
    }
    let after = (lab.world(), lab.names(""), lab.names("real"));
    assert!(let_through.is_empty(), "{let_through:?}");
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_fifo_or_socket_is_refused_and_nobody_waits() {
    let lab = Lab::new().file("mine.txt", "mine");
    rustix::fs::mknodat(CWD, lab.path("pipe"), FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(lab.path("socket")).unwrap();
    let begun = Instant::now();
    let mut let_through = Vec::new();
    for call in ["pipe", "socket"].into_iter().flat_map(every_verb) {
        match lab.describe(&call).await {
            Err(failure) if matches!(failure.kind, FailureKind::OutOfBounds | FailureKind::Invalid) => {}
            other => let_through.push((call, other)),
        }
    }
    assert!(let_through.is_empty() && begun.elapsed() < Duration::from_secs(5), "{let_through:?}");
}

#[tokio::test]
async fn a_fifo_that_took_the_place_of_a_file_is_stale_and_nobody_waits() {
    let lab = Lab::new().file("a", "x");
    let permits = [lab.permit(&on("read", "a")).await, lab.permit(&append("a", "y")).await];
    fs::remove_file(lab.path("a")).unwrap();
    rustix::fs::mknodat(CWD, lab.path("a"), FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    for permit in permits {
        assert_eq!(not_sent(permit.spend(&lab.tool).await).kind, FailureKind::Stale);
    }
}

#[tokio::test]
async fn a_hard_link_to_the_outside_is_told_to_the_policy() {
    let lab = Lab::new();
    fs::hard_link(lab.outside("secret.txt"), lab.path("a")).unwrap();
    let action = lab.describe(&on("read", "a")).await.unwrap();
    let size = SECRET.len() as u64;
    let file = lamassu_contract::File { path: "a".to_owned(), kind: FileKind::Regular, size, links: 2 };
    assert_eq!(action.resource(), &Resource::File(file));
}

#[tokio::test]
async fn what_changed_between_the_judgement_and_the_act_is_not_touched() {
    let calls = [
        on("read", "a"),
        write("a", "new"),
        append("a", "new"),
        relocate("a", "b"),
        relocate("b", "a"),
        on("delete", "a"),
    ];
    let swaps: [fn(&Lab); 3] = [
        |lab| symlink(lab.outside("secret.txt"), lab.path("a")).unwrap(),
        |lab| fs::hard_link(lab.outside("secret.txt"), lab.path("a")).unwrap(),
        |lab| fs::create_dir(lab.path("a")).unwrap(),
    ];
    for swap in swaps {
        for call in &calls {
            let lab = Lab::new().file("a", "old").file("b", "b");
            let outside = lab.world();
            // Moving to `a` is judged while nothing stands there.
            if call == &relocate("b", "a") {
                fs::remove_file(lab.path("a")).unwrap();
            }
            let permit = lab.permit(call).await;
            let _ = fs::remove_file(lab.path("a"));
            swap(&lab);
            let before = lab.names("");
            let kind = not_sent(permit.spend(&lab.tool).await).kind;
            assert_eq!((kind, lab.names(""), lab.world()), (FailureKind::Stale, before, outside), "{call:?}");
        }
    }
}

#[tokio::test]
async fn content_that_nobody_judged_is_not_destroyed() {
    for call in [write("a", "new"), on("delete", "a"), relocate("b", "a")] {
        let lab = Lab::new().file("a", "old").file("b", "b");
        let permit = lab.permit(&call).await;
        fs::write(lab.path("a"), "work of the last minute").unwrap();
        let kind = not_sent(permit.spend(&lab.tool).await).kind;
        assert_eq!((kind, lab.content("a")), (FailureKind::Stale, "work of the last minute".to_owned()), "{call:?}");
    }
}

#[tokio::test]
async fn a_file_that_appeared_since_is_not_replaced() {
    for call in [write("a", "new"), append("a", "new"), on("make_folder", "a"), relocate("b", "a")] {
        let lab = Lab::new().file("b", "b");
        let permit = lab.permit(&call).await;
        fs::write(lab.path("a"), "theirs").unwrap();
        let kind = not_sent(permit.spend(&lab.tool).await).kind;
        let names = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(
            (kind, lab.content("a"), lab.names("")),
            (FailureKind::Stale, "theirs".to_owned(), names),
            "{call:?}"
        );
    }
}

#[tokio::test]
async fn a_parent_that_became_a_link_does_not_lead_the_act_astray() {
    let lab = Lab::new().file("folder/a.txt", "old");
    let outside = lab.world();
    let permits = [
        lab.permit(&write("folder/new.txt", "new")).await,
        lab.permit(&write("folder/a.txt", "new")).await,
        lab.permit(&on("delete", "folder/a.txt")).await,
    ];
    fs::rename(lab.path("folder"), lab.path("renamed")).unwrap();
    symlink(lab.outside("work-evil"), lab.path("folder")).unwrap();
    for permit in permits {
        // It acts in the folder that was judged or not at all.
        let _ = permit.spend(&lab.tool).await;
    }
    assert_eq!((lab.world(), lab.names("renamed")), (outside, vec!["a.txt".to_owned(), "new.txt".to_owned()]));
}
