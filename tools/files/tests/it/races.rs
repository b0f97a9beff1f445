//! A stranger who swaps links in while the tool works.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use lamassu_contract::{Call, Outcome};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::lab::{Lab, SECRET, append, on, play, relocate, write};

const SWAPS: u32 = 100_000;

/// Runs `stranger` in a thread and plays `calls` over and over until it is done. Gives back how
/// many landed, and all that was ever seen.
async fn against(lab: &Lab, calls: &[Call], stranger: impl FnOnce() + Send + 'static) -> (u64, bool) {
    let done = Arc::new(AtomicBool::new(false));
    let thread = {
        let done = Arc::clone(&done);
        thread::spawn(move || {
            stranger();
            done.store(true, Ordering::Release);
        })
    };
    let (mut landed, mut leaked) = (0, false);
    while !done.load(Ordering::Acquire) {
        for call in calls {
            let outcome = play(&lab.tool, call).await;
            landed += u64::from(matches!(outcome, Outcome::Landed(_)));
            leaked |= format!("{outcome:?}").contains(SECRET);
        }
    }
    thread.join().unwrap();
    (landed, leaked)
}

/// Swaps what stands at `one` and `other`, over and over.
fn exchange(one: PathBuf, other: PathBuf) -> impl FnOnce() + Send + 'static {
    move || {
        for _ in 0..SWAPS {
            swap(&one, &other).unwrap();
        }
    }
}

/// The same for a file that the tool takes away and a link to `target` that it writes over: both
/// are put back as they wear out.
fn exchange_worn(file: PathBuf, link: PathBuf, target: PathBuf) -> impl FnOnce() + Send + 'static {
    let ready = target.with_file_name("ready");
    move || {
        for index in 0..SWAPS {
            if index % 50 == 0 {
                put(&ready, &link, |ready| symlink(&target, ready).unwrap());
                put(&ready, &file, |ready| fs::write(ready, "mine").unwrap());
            }
            // Until then the tool may have taken one of them away.
            let _ = swap(&file, &link);
        }
    }
}

fn swap(one: &Path, other: &Path) -> rustix::io::Result<()> {
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)
}

fn put(ready: &Path, path: &Path, make: impl FnOnce(&Path)) {
    make(ready);
    fs::rename(ready, path).unwrap();
}

#[tokio::test]
async fn a_link_swapped_in_for_a_file_100_000_times_never_shows_the_outside() {
    let lab = Lab::new().file("a", "mine");
    symlink(lab.outside("secret.txt"), lab.path("link")).unwrap();
    let swap = exchange(lab.path("a"), lab.path("link"));
    let (landed, leaked) = against(&lab, &[on("read", "a")], swap).await;
    assert!(landed > 0 && !leaked, "{landed} reads landed");
}

#[tokio::test]
async fn a_link_swapped_in_for_a_folder_100_000_times_never_leads_out() {
    let lab = Lab::new().file("folder/a.txt", "mine");
    symlink(lab.outside("work-evil"), lab.path("link")).unwrap();
    let before = lab.world();
    let swap = exchange(lab.path("folder"), lab.path("link"));
    let calls = [
        on("read", "folder/a.txt"),
        write("folder/a.txt", "mine"),
        write("folder/b.txt", "mine"),
        append("folder/b.txt", "mine"),
        on("delete", "folder/b.txt"),
    ];
    let (landed, leaked) = against(&lab, &calls, swap).await;
    assert!(landed > 0 && !leaked, "{landed} calls landed");
    assert_eq!(lab.world(), before);
}

#[tokio::test]
async fn a_link_swapped_in_for_a_file_100_000_times_never_carries_a_write_outside() {
    let lab = Lab::new().file("a", "mine");
    let before = lab.world();
    let calls = [write("a", "mine"), append("a", "mine"), relocate("a", "b"), on("delete", "b")];
    let swap = exchange_worn(lab.path("a"), lab.path("link"), lab.outside("secret.txt"));
    let (landed, leaked) = against(&lab, &calls, swap).await;
    assert!(landed > 0 && !leaked, "{landed} calls landed");
    assert_eq!(lab.world(), before);
}
