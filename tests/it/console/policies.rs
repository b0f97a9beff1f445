//! What somebody tries on the page of policies.

use lamassu::Call;

use super::booth::{Booth, Person};
use crate::support::ring;

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_pack_is_held_against_what_recorded_runs_did() {
    let booth = Booth::open([ring()]).await;
    let run = booth.run();
    let mut ada = Person::at(&booth.link("ada")).await;
    ada.sees("1 run asks").await;
    run.abort();
    ada.does(Call::new("browser", "click").with("target", "link \"Policies\"")).await;
    ada.sees("Judge them again").await;
    let page = ada.clicks_until("button \"Judge them again\"", "would fall otherwise").await;
    assert!(page.contains("1 of 1 judgements in 1 of 1 runs") && page.contains("no rule allows it"), "{page}");
    ada.clicks_until("Change its rules", "Only tried here").await;
    let rule = "@id(\"all\") @because(\"whatever it is\") permit (principal, action, resource);";
    let field = "textbox \"Rules Only tried here; nothing is saved.\"";
    ada.fills(field, rule).await;
    let page = ada.clicks_until("button \"Judge them again\"", "whatever it is").await;
    assert!(page.contains("Cases of the pack that these rules fail"), "{page}");
}
