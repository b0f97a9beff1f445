//! The port on both engines, the protocol above it, and every way of tampering with a record.

use std::{path::PathBuf, sync::Arc, time::Duration};

use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{folder::Folder, schema, sqlite::Sqlite, *};

/// A store in a folder of its own.
struct Lab {
    folder: TempDir,
    store: Store,
}

impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("home")).unwrap();
        Self { folder, store }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("home").join(name)
    }

    /// Changes the record behind the store's back.
    fn tamper(&self, sql: &str) {
        let connection = Connection::open(self.path(schema::FILE)).unwrap();
        connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "the test looks at the files of the record")]
    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    #[expect(clippy::disallowed_methods, reason = "the test changes the files of the record")]
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "the test changes the files of the record")]
    fn remove(&self, name: &str) {
        std::fs::remove_file(self.path(name)).unwrap();
    }

    /// A finished run of six records.
    async fn finished(&self) -> String {
        let mut journal = self.store.begin("order a mug", &json!({ "place": "shop" })).await.unwrap();
        let _ = play(&mut journal, "shop").await.unwrap();
        journal.run().to_owned()
    }

    fn finding(&self, run: &str) -> Option<Finding> {
        self.store.verify(run, None).unwrap().finding
    }

    /// What is found wrong with a finished run after `sql`, in which `RUN` stands for its id.
    async fn found(&self, sql: &str) -> Option<Finding> {
        let run = self.finished().await;
        self.tamper(&sql.replace("RUN", &format!("'{run}'")));
        self.finding(&run)
    }
}

/// Six records, as the runtime makes them.
async fn play(journal: &mut Journal, place: &str) -> Result<Effected<Value>, JournalError> {
    let begin = json!({ "goal": "order a mug", "place": place });
    journal.step(Kind::Begin, "begin", async move { begin }).await?;
    journal.step(Kind::Look, "look-1", async { json!({ "price": 12.1, "text": "a mug" }) }).await?;
    journal.step(Kind::Proposal, "proposal-1", async { json!("click") }).await?;
    let intent = journal.step(Kind::Judgement, "judgement-1", async { json!("go") }).await?;
    let effected = journal.effect(&intent, "outcome-1", async { json!("landed") }).await?;
    if matches!(effected, Effected::Done(_)) {
        journal.step(Kind::End, "end", async { json!({ "status": "budget_spent" }) }).await?;
    }
    Ok(effected)
}

/// A job that must not run.
async fn never() -> Value {
    panic!("this job must not run")
}

/// Makes a later attempt at the same run.
type Again = Box<dyn Fn() -> Arc<dyn Durable>>;

/// Every engine: the first attempt at a run, and the later ones.
fn engines(lab: &Lab) -> Vec<(Arc<dyn Durable>, Again)> {
    let memory = Memory::default();
    let later = memory.again();
    let folder = Folder::open(&lab.path("")).unwrap();
    lab.tamper("INSERT INTO runs VALUES ('a-run', 0, '', 'null')");
    let sqlite: Arc<dyn Durable> = Arc::new(Sqlite::claim(&folder, "a-run").unwrap());
    vec![
        (Arc::new(memory), Box::new(move || Arc::new(later.again()))),
        (sqlite, Box::new(move || Arc::new(Sqlite::claim(&folder, "a-run").unwrap()))),
    ]
}

fn job(value: Value) -> Job {
    Box::pin(async move { Some(value) })
}

#[tokio::test]
async fn on_every_engine_a_recorded_step_is_replayed_and_its_job_does_not_run() {
    let lab = Lab::new();
    for (first, again) in engines(&lab) {
        assert_eq!(first.step("one".into(), job(json!(1))).await.unwrap(), Stepped::Fresh(json!(1)));
        drop(first);
        let second = again();
        let replayed = second.step("one".into(), Box::pin(async { Some(never().await) })).await.unwrap();
        let fresh = second.step("two".into(), job(json!(2))).await.unwrap();
        assert_eq!((replayed, fresh), (Stepped::Replayed(json!(1)), Stepped::Fresh(json!(2))));
    }
}

#[tokio::test]
async fn on_every_engine_a_job_that_gives_up_leaves_nothing() {
    let lab = Lab::new();
    for (first, again) in engines(&lab) {
        let gave_up = first.step("one".into(), Box::pin(async { None })).await.unwrap();
        let tried_again = first.step("one".into(), job(json!(1))).await.unwrap();
        drop(first);
        let replayed = again().step("one".into(), job(json!(2))).await.unwrap();
        let expected = (Stepped::Abandoned, Stepped::Fresh(json!(1)), Stepped::Replayed(json!(1)));
        assert_eq!((gave_up, tried_again, replayed), expected);
    }
}

#[tokio::test]
async fn on_every_engine_another_name_than_the_recorded_one_stops_the_run() {
    let lab = Lab::new();
    for (first, again) in engines(&lab) {
        first.step("one".into(), job(json!(1))).await.unwrap();
        drop(first);
        let error = again().step("two".into(), Box::pin(async { Some(never().await) })).await.unwrap_err();
        assert!(
            matches!(&error, JournalError::Mismatch { seq: 1, recorded, asked, .. } if recorded == "one" && asked == "two")
        );
    }
}

#[tokio::test]
async fn on_every_engine_a_nap_that_is_over_is_not_taken_again() {
    let lab = Lab::new();
    for (first, again) in engines(&lab) {
        first.sleep(Duration::from_millis(1)).await.unwrap();
        drop(first);
        // The first attempt set the alarm, so an hour more does not matter.
        let nap = tokio::time::timeout(Duration::from_secs(10), again().sleep(Duration::from_secs(3600))).await;
        assert!(nap.is_ok());
    }
}

#[tokio::test]
async fn a_question_parks_until_it_is_answered_and_the_first_answer_stays() {
    let lab = Lab::new();
    let mut journal = lab.store.begin("ask", &Value::Null).await.unwrap();
    let parked = journal.signal("colour").await.unwrap();
    let run = journal.run().to_owned();
    let elsewhere = Store::open(&lab.path("")).unwrap();
    elsewhere.answer(&run, "colour", &json!("blue")).unwrap();
    let second = elsewhere.answer(&run, "colour", &json!("red"));
    let given = journal.signal("colour").await.unwrap().unwrap();
    assert!(matches!(second, Err(JournalError::Answered { .. })));
    assert_eq!((parked, given.value, given.fresh), (None, json!("blue"), true));
}

#[tokio::test]
async fn in_memory_a_question_parks_too() {
    let memory = Memory::default();
    let mut journal = Journal::new("a-run", Arc::new(memory.again()));
    let parked = journal.signal("colour").await.unwrap();
    memory.answer("colour", json!("blue"));
    let given = journal.signal("colour").await.unwrap().map(|entry| entry.value);
    assert_eq!((parked, given), (None, Some(json!("blue"))));
}

#[tokio::test]
async fn a_run_that_is_resumed_gets_the_same_values_and_the_same_head() {
    let lab = Lab::new();
    let mut first = lab.store.begin("order a mug", &json!({ "place": "shop" })).await.unwrap();
    let (done, head, run) = (play(&mut first, "shop").await.unwrap(), first.head(), first.run().to_owned());
    drop(first);
    let mut second = lab.store.resume(&run).await.unwrap();
    let replayed = play(&mut second, "another shop").await.unwrap();
    let Effected::Done(entry) = done else { panic!("it was done") };
    assert_eq!((replayed, second.head()), (Effected::Done(Entry { fresh: false, ..entry }), head));
}

#[tokio::test]
async fn another_kind_of_step_than_the_recorded_one_stops_the_run() {
    let memory = Memory::default();
    let mut journal = Journal::new("a-run", Arc::new(memory.again()));
    journal.step(Kind::Note, "one", async { 1 }).await.unwrap();
    let mut later = Journal::new("a-run", Arc::new(memory.again()));
    let error = later.step(Kind::Look, "one", async { 1 }).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "record 1 of run `a-run` is `note one` where `look one` was expected; \
         resume it with the version, task and settings it began with"
    );
}

#[tokio::test]
async fn an_intent_without_an_outcome_is_in_doubt_until_it_is_resolved() {
    let memory = Memory::default();
    let intent = |journal: Journal| async move {
        let mut journal = journal;
        let intent = journal.step(Kind::Judgement, "judgement-1", async { json!("go") }).await.unwrap();
        (journal, intent)
    };
    let attempt = || Journal::new("a-run", Arc::new(memory.again()));
    drop(intent(attempt()).await);
    let (mut second, seen) = intent(attempt()).await;
    let doubt = second.effect(&seen, "outcome-1", never()).await.unwrap();
    let unknown = second.resolve("outcome-1", async { Err::<Value, _>("nobody knows") }).await.unwrap();
    let (mut third, seen) = intent(attempt()).await;
    let still = third.effect(&seen, "outcome-1", never()).await.unwrap();
    let found = third.resolve("outcome-1", async { Ok::<_, ()>(json!("it landed")) }).await.unwrap().unwrap();
    let (mut fourth, seen) = intent(attempt()).await;
    let known = fourth.effect(&seen, "outcome-1", never()).await.unwrap();
    assert_eq!((doubt, unknown, still), (Effected::InDoubt, Err("nobody knows"), Effected::InDoubt));
    assert_eq!(known, Effected::Done(Entry { fresh: false, ..found }));
}

#[tokio::test]
async fn one_intent_does_not_serve_twice() {
    let mut journal = Journal::in_memory();
    let intent = journal.step(Kind::Judgement, "judgement-1", async { json!("go") }).await.unwrap();
    let _ = journal.effect(&intent, "outcome-1", async { json!("landed") }).await.unwrap();
    let error = journal.effect(&intent, "outcome-2", never()).await.unwrap_err();
    assert!(matches!(error, JournalError::NoIntent { .. }));
}

#[tokio::test]
async fn an_effect_that_was_dropped_in_the_middle_stops_the_run() {
    let mut journal = Journal::in_memory();
    let intent = journal.step(Kind::Judgement, "judgement-1", async { json!("go") }).await.unwrap();
    {
        let hangs = journal.effect(&intent, "outcome-1", std::future::pending::<Value>());
        let mut hangs = std::pin::pin!(hangs);
        std::future::poll_fn(|context| {
            assert!(hangs.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
    }
    let error = journal.effect(&intent, "outcome-1", never()).await.unwrap_err();
    assert!(matches!(error, JournalError::Stopped { .. }));
}

#[tokio::test]
async fn what_could_not_be_read_again_is_not_recorded_and_stops_the_run() {
    let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
    let mut journal = Journal::in_memory();
    let error = journal.step(Kind::Note, "deep", async move { deep }).await.unwrap_err();
    let after = journal.step(Kind::Note, "after", never()).await.unwrap_err();
    assert!(matches!(error, JournalError::Unfit { .. }), "{error}");
    assert!(matches!(after, JournalError::Stopped { .. }), "{after}");
}

#[tokio::test]
async fn numbers_come_back_from_the_disk_as_they_were() {
    let lab = Lab::new();
    let mut journal = lab.store.begin("numbers", &Value::Null).await.unwrap();
    // A generator of the kind Knuth describes; any wide spread of doubles will do.
    let mut seed = 1_u64;
    let mut number = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from_bits(seed)
    };
    let numbers: Vec<_> = std::iter::repeat_with(&mut number).filter(|number| number.is_finite()).take(2000).collect();
    let run = journal.run().to_owned();
    journal.step(Kind::Note, "numbers", async move { numbers }).await.unwrap();
    drop(journal);
    assert_eq!(lab.finding(&run), None);
}

#[tokio::test]
async fn a_second_owner_in_this_process_is_refused_until_the_first_lets_go() {
    let lab = Lab::new();
    let journal = lab.store.begin("mine", &Value::Null).await.unwrap();
    let run = journal.run().to_owned();
    let refused = lab.store.resume(&run).await.unwrap_err();
    let (me, running) = (std::process::id(), lab.store.runs().unwrap()[0].status.clone());
    drop(journal);
    let granted = lab.store.resume(&run).await;
    assert_eq!(
        refused.to_string(),
        format!("run `{run}` is being worked on by process {me}; wait until it ends, or stop it")
    );
    assert_eq!((running.as_str(), granted.is_ok()), ("running", true));
}

#[tokio::test]
async fn an_owner_that_was_superseded_cannot_append() {
    let lab = Lab::new();
    let mut journal = lab.store.begin("mine", &Value::Null).await.unwrap();
    lab.tamper("UPDATE owners SET epoch = epoch + 1");
    let error = journal.step(Kind::Note, "one", async { 1 }).await.unwrap_err();
    assert!(matches!(error, JournalError::Fenced { .. }), "{error}");
}

const CHILD_FOLDER: &str = "LAMASSU_JOURNAL_TEST_FOLDER";

/// The other process of the test below: it begins an effect and never ends.
#[tokio::test]
#[ignore = "runs in a process of its own, which is killed"]
#[expect(clippy::disallowed_methods, reason = "the test that starts this process says where")]
async fn child_that_hangs_in_an_effect() {
    let Ok(folder) = std::env::var(CHILD_FOLDER) else { return };
    let store = Store::open(folder.as_ref()).unwrap();
    let mut journal = store.begin("hang", &Value::Null).await.unwrap();
    let intent = journal.step(Kind::Judgement, "judgement-1", async { json!("go") }).await.unwrap();
    let hangs = async {
        println!("\nhanging");
        std::future::pending::<Value>().await
    };
    let _ = journal.effect(&intent, "outcome-1", hangs).await;
}

#[tokio::test]
#[expect(clippy::disallowed_types, reason = "only another process can be killed")]
async fn after_kill_9_the_run_is_free_and_its_effect_in_doubt() {
    use std::io::BufRead as _;
    let lab = Lab::new();
    let module = module_path!().split_once("::").unwrap().1;
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture", &format!("{module}::child_that_hangs_in_an_effect")])
        .env(CHILD_FOLDER, lab.path(""))
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "hanging"));
    let refused = lab.store.resume("last").await.unwrap_err();
    let refused_by = matches!(refused, JournalError::Owned { pid, .. } if pid == child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    let mut journal = lab.store.resume("last").await.unwrap();
    let intent = journal.step(Kind::Judgement, "judgement-1", never()).await.unwrap();
    let effected = journal.effect(&intent, "outcome-1", never()).await.unwrap();
    assert_eq!((refused_by, effected), (true, Effected::InDoubt));
}

#[tokio::test]
async fn a_whole_record_is_found_whole_and_knows_its_head() {
    let lab = Lab::new();
    let mut journal = lab.store.begin("order a mug", &json!({ "place": "shop" })).await.unwrap();
    let _ = play(&mut journal, "shop").await.unwrap();
    let (run, head) = (journal.run().to_owned(), journal.head());
    let verified = lab.store.verify(&run, Some(&head)).unwrap();
    assert_eq!(verified, Verified { run, records: 6, head, finding: None });
}

#[tokio::test]
async fn a_flipped_byte_is_found() {
    let sql = r#"UPDATE records SET value = replace(value, 'a mug"', 'a jug"') WHERE run = RUN AND seq = 2"#;
    assert_eq!(Lab::new().found(sql).await, Some(Finding::Changed { seq: 2 }));
}

#[tokio::test]
async fn a_byte_that_is_no_text_any_more_is_found() {
    let sql = "UPDATE records SET value = CAST(replace(CAST(value AS BLOB), 'mug', x'ff') AS TEXT)
        WHERE run = RUN AND seq = 2";
    assert_eq!(Lab::new().found(sql).await, Some(Finding::Garbled { seq: 2 }));
}

#[tokio::test]
async fn a_deleted_line_is_found() {
    assert_eq!(
        Lab::new().found("DELETE FROM records WHERE run = RUN AND seq = 3").await,
        Some(Finding::Missing { seq: 3 })
    );
}

#[tokio::test]
async fn a_deleted_line_whose_gap_was_closed_is_found() {
    let sql = "DELETE FROM records WHERE run = RUN AND seq = 3;
        UPDATE records SET seq = 3 WHERE run = RUN AND seq = 4;
        UPDATE records SET seq = 4 WHERE run = RUN AND seq = 5;
        UPDATE records SET seq = 5 WHERE run = RUN AND seq = 6;";
    assert_eq!(Lab::new().found(sql).await, Some(Finding::Misplaced { seq: 3, claims: 4 }));
}

#[tokio::test]
async fn two_swapped_lines_are_found() {
    let sql = "UPDATE records SET seq = 99 WHERE run = RUN AND seq = 3;
        UPDATE records SET seq = 3 WHERE run = RUN AND seq = 4;
        UPDATE records SET seq = 4 WHERE run = RUN AND seq = 99;";
    assert_eq!(Lab::new().found(sql).await, Some(Finding::Misplaced { seq: 3, claims: 4 }));
}

#[tokio::test]
async fn a_changed_kind_is_found() {
    let sql =
        r#"UPDATE records SET value = replace(value, '"kind":"look"', '"kind":"note"') WHERE run = RUN AND seq = 2"#;
    assert_eq!(Lab::new().found(sql).await, Some(Finding::Changed { seq: 2 }));
}

#[tokio::test]
async fn a_changed_time_is_found() {
    let sql = "UPDATE records SET value = json_set(value, '$.at', 7) WHERE run = RUN AND seq = 2";
    assert_eq!(Lab::new().found(sql).await, Some(Finding::Changed { seq: 2 }));
}

#[tokio::test]
async fn a_changed_name_is_found() {
    let sql = "UPDATE records SET name = 'other' WHERE run = RUN AND seq = 2";
    assert_eq!(Lab::new().found(sql).await, Some(Finding::Renamed { seq: 2 }));
}

#[tokio::test]
async fn a_changed_origin_is_found_and_not_given_out() {
    let lab = Lab::new();
    let run = lab.finished().await;
    lab.tamper(r#"UPDATE runs SET origin = '{"place":"elsewhere"}'"#);
    let given = lab.store.origin(&run).unwrap_err();
    assert!(matches!(given, JournalError::Broken { finding: Finding::Origin, .. }), "{given}");
    assert_eq!(lab.finding(&run), Some(Finding::Origin));
}

#[tokio::test]
async fn a_signature_of_someone_else_is_found() {
    let sql = "UPDATE records SET value = json_set(value, '$.signature', 'aa') WHERE run = RUN AND seq = 6";
    assert_eq!(Lab::new().found(sql).await, Some(Finding::Unsigned { seq: 6 }));
}

#[tokio::test]
async fn a_cut_tail_is_found() {
    assert_eq!(
        Lab::new().found("DELETE FROM records WHERE run = RUN AND seq > 4").await,
        Some(Finding::Cut { records: 4, head: 6 })
    );
}

#[tokio::test]
async fn a_cut_tail_is_found_even_if_the_head_went_with_it() {
    let lab = Lab::new();
    let run = lab.finished().await;
    lab.tamper("DELETE FROM records WHERE seq > 4");
    lab.remove(&format!("heads/{run}.json"));
    assert_eq!(lab.finding(&run), Some(Finding::NoHead));
}

#[tokio::test]
async fn a_run_whose_rows_are_all_gone_is_still_found_by_its_head() {
    let lab = Lab::new();
    let run = lab.finished().await;
    lab.tamper("DELETE FROM records; DELETE FROM owners; DELETE FROM runs;");
    assert_eq!(lab.store.find(&run).unwrap(), run);
    assert_eq!(lab.finding(&run), Some(Finding::Cut { records: 0, head: 6 }));
}

#[tokio::test]
async fn a_record_replaced_by_a_shorter_valid_one_is_found_by_a_head_kept_elsewhere() {
    let lab = Lab::new();
    let mut journal = lab.store.begin("order a mug", &json!({ "place": "shop" })).await.unwrap();
    let run = journal.run().to_owned();
    journal.step(Kind::Begin, "begin", async { json!({}) }).await.unwrap();
    let old = lab.read(&format!("heads/{run}.json"));
    journal.step(Kind::End, "end", async { json!({ "status": "done" }) }).await.unwrap();
    let head = journal.head();
    drop(journal);
    // The old head goes with the old record, so the folder alone agrees with itself.
    lab.tamper("DELETE FROM records WHERE seq > 1");
    lab.write(&format!("heads/{run}.json"), &old);
    let alone = lab.store.verify(&run, None).unwrap().finding;
    let beside = lab.store.verify(&run, Some(&head)).unwrap().finding;
    assert_eq!((alone, beside), (None, Some(Finding::Replaced { expected: head })));
}

#[tokio::test]
async fn the_records_of_another_run_do_not_pass_for_this_one() {
    let lab = Lab::new();
    let (one, other) = (lab.finished().await, lab.finished().await);
    lab.tamper(&format!(
        "DELETE FROM records WHERE run = '{one}'; UPDATE records SET run = '{one}' WHERE run = '{other}'"
    ));
    assert_eq!(lab.finding(&one), Some(Finding::Changed { seq: 1 }));
}

#[tokio::test]
async fn a_forged_head_is_found() {
    let lab = Lab::new();
    let run = lab.finished().await;
    let head = format!("heads/{run}.json");
    let forged = lab.read(&head).replace("\"seq\":6", "\"seq\":4");
    lab.tamper("DELETE FROM records WHERE seq > 4");
    lab.write(&head, &forged);
    assert_eq!(lab.finding(&run), Some(Finding::ForgedHead));
}

#[tokio::test]
async fn a_record_that_was_tampered_with_is_not_built_upon() {
    let lab = Lab::new();
    let run = lab.finished().await;
    lab.tamper("DELETE FROM records WHERE seq > 4");
    let error = lab.store.resume(&run).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the record of run `{run}` is broken and cannot be built upon: the tail was cut off: \
             4 records are left of at least 6; see `lamassu runs verify {run}`"
        )
    );
}

#[tokio::test]
async fn what_is_kept_beside_the_record_is_verified_with_it() {
    let lab = Lab::new();
    let mut journal = lab.store.begin("look", &Value::Null).await.unwrap();
    let run = journal.run().to_owned();
    let blobs = journal.blobs();
    let look = async move { blobs.keep_base64("aGVsbG8=").unwrap() };
    let name = journal.step(Kind::Look, "look-1", look).await.unwrap().value;
    let hash = name.strip_prefix("blob:").unwrap();
    let (bytes, whole) = (lab.store.blobs().read(&name).unwrap(), lab.finding(&run));
    let file = format!("blobs/{}/{hash}", &hash[..2]);
    lab.write(&file, "hullo");
    let changed = lab.finding(&run);
    lab.remove(&file);
    let missing = lab.finding(&run);
    let found = |problem: &str| Some(Finding::Blob { seq: 1, problem: format!("`{name}` {problem}") });
    assert_eq!((bytes, whole), (b"hello".to_vec(), None));
    assert_eq!((changed, missing), (found("was changed"), found("is missing")));
}

#[tokio::test]
async fn a_page_that_speaks_of_a_blob_does_not_break_the_record() {
    let lab = Lab::new();
    let mut journal = lab.store.begin("look", &Value::Null).await.unwrap();
    let text = format!("blob:{}", "0".repeat(64));
    journal.step(Kind::Look, "look-1", async move { text }).await.unwrap();
    assert_eq!(lab.finding(journal.run()), None);
}

#[test]
fn a_blob_is_not_a_path() {
    let lab = Lab::new();
    let error = lab.store.blobs().read("blob:../../key").unwrap_err();
    assert_eq!(error.to_string(), "`blob:../../key` is not the name of anything kept");
}

#[tokio::test]
async fn a_full_disk_stops_the_run_and_leaves_the_record_whole() {
    let lab = Lab::new();
    let mut journal = lab.store.begin("fill", &Value::Null).await.unwrap();
    let run = journal.run().to_owned();
    journal.step(Kind::Begin, "begin", async { json!({}) }).await.unwrap();
    drop(journal);
    let engine = Sqlite::claim(lab.store.folder(), &run).unwrap();
    engine.desk().connection.lock().unwrap().execute_batch("PRAGMA max_page_count = 20").unwrap();
    let mut journal = lab.store.journal_on(&run, engine, lab.store.key().unwrap()).unwrap();
    journal.step(Kind::Begin, "begin", never()).await.unwrap();
    let big = "x".repeat(1_000_000);
    let error = journal.step(Kind::Look, "look-1", async move { big }).await.unwrap_err();
    let after = journal.step(Kind::Note, "after", never()).await.unwrap_err();
    drop(journal);
    let home = lab.path("").components().collect::<PathBuf>();
    assert_eq!(
        error.to_string(),
        format!("the disk under `{}` is full; free some space and `lamassu resume {run}`", home.display())
    );
    assert!(matches!(after, JournalError::Stopped { .. }), "{after}");
    assert_eq!(lab.store.verify(&run, None).unwrap().records, 1);
    assert_eq!(lab.finding(&run), None);
}

#[tokio::test]
async fn a_damaged_file_is_said_to_be_damaged() {
    let lab = Lab::new();
    lab.write(schema::FILE, &"this is no database ".repeat(100));
    let error = Store::open(&lab.path("")).unwrap_err();
    assert!(matches!(error, JournalError::Corrupt { .. }), "{error}");
}

#[test]
fn a_newer_record_is_left_alone() {
    let lab = Lab::new();
    lab.tamper("PRAGMA user_version = 7");
    let error = Store::open(&lab.path("")).unwrap_err();
    assert!(matches!(error, JournalError::Newer { found: 7, known: 1, .. }), "{error}");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let lab = Lab::new();
    let error = Store::open(&lab.path("key/inside")).unwrap_err();
    assert!(error.to_string().contains("key/inside` cannot be used: "), "{error}");
}

#[tokio::test]
async fn without_its_key_nothing_is_built_upon() {
    let lab = Lab::new();
    let run = lab.finished().await;
    lab.remove("key");
    let store = Store::open(&lab.path("")).unwrap();
    let errors = [store.resume(&run).await.unwrap_err(), store.verify(&run, None).unwrap_err()];
    assert!(errors.iter().all(|error| error.to_string().contains("/key` is missing; put it back")), "{errors:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn everything_is_made_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let lab = Lab::new();
    let run = lab.finished().await;
    let mode = |name: &str| std::fs::metadata(lab.path(name)).unwrap().permissions().mode() & 0o777;
    let folders = ["", "heads", "blobs", "locks"].map(mode);
    let files = ["record.db", "key", &format!("heads/{run}.json"), &format!("locks/{run}.lock")].map(mode);
    assert_eq!((folders, files), ([0o700; 4], [0o600; 4]));
}

#[tokio::test]
async fn an_export_holds_the_whole_record_and_can_be_checked_without_the_folder() {
    let lab = Lab::new();
    let run = lab.finished().await;
    let mut out = Vec::new();
    lab.store.export(&run, &mut out).unwrap();
    let mut chain = chain::Chain::new(&run, lab.store.origin_hash(&run).unwrap(), Some(lab.store.key().unwrap()));
    let lines: Vec<Record> = String::from_utf8(out)
        .unwrap()
        .lines()
        .map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            assert_eq!(line.as_object_mut().unwrap().remove("run"), Some(json!(run)));
            let record = serde_json::from_value(line).unwrap();
            chain.accept(&record).unwrap();
            record
        })
        .collect();
    assert_eq!(lines, lab.store.records(&run).unwrap());
}

#[tokio::test]
async fn a_list_tells_how_runs_ended_and_where_they_came_from() {
    let lab = Lab::new();
    let ended = lab.finished().await;
    let interrupted = lab.store.begin("stop", &Value::Null).await.unwrap().run().to_owned();
    let rows = lab.store.runs().unwrap().into_iter().map(|row| (row.id, row.title, row.status, row.steps));
    let mut expected = vec![
        (ended.clone(), "order a mug".to_owned(), "budget spent".to_owned(), 1),
        (interrupted, "stop".to_owned(), "interrupted".to_owned(), 0),
    ];
    expected.sort();
    assert_eq!(rows.collect::<Vec<_>>(), expected);
    assert_eq!(lab.store.origin(&ended).unwrap(), json!({ "place": "shop" }));
}

#[test]
fn a_run_is_found_by_either_end_of_its_id_and_as_the_last() {
    let lab = Lab::new();
    lab.tamper("INSERT INTO runs VALUES ('01aaaaaaaab2k', 0, '', 'null'), ('01aaaaaaaac3m', 1, '', 'null')");
    let find = |asked: &str| lab.store.find(asked).map_err(|error| error.to_string());
    assert_eq!(
        ["last", "01aaaaaaaab", "OlAAAAAAAAC3M", "b2k", "01", "zz", ""].map(find),
        [
            Ok("01aaaaaaaac3m".to_owned()),
            Ok("01aaaaaaaab2k".to_owned()),
            Ok("01aaaaaaaac3m".to_owned()),
            Ok("01aaaaaaaab2k".to_owned()),
            Err("`01` could be `01aaaaaaaab2k` or `01aaaaaaaac3m`; type more of it".to_owned()),
            Err("there is no run `zz`; see `lamassu runs ls`".to_owned()),
            Err("there is no run ``; see `lamassu runs ls`".to_owned()),
        ]
    );
}

#[test]
fn ids_are_short_and_in_the_order_of_time() {
    let (one, other) = (id::mint(), id::mint());
    assert_eq!((one.len(), other.len(), id::typed(&one)), (13, 13, Some(one.clone())));
    assert!(one[..9] <= other[..9]);
}
