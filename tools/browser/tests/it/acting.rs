//! Acting on what was judged, and on nothing else.

use lamassu_contract::{FailureKind, Outcome};

use crate::lab::{Lab, call, landed, not_sent, shared};

/// What the page itself noted last.
async fn log(lab: &Lab) -> String {
    lab.text().await.lines().next().unwrap_or_default().to_owned()
}

/// Looks, lets `change` happen by pressing that button, and uses the reference that was shown for
/// `target` before.
async fn after(lab: &Lab, change: &str, target: &str) -> (FailureKind, String) {
    let table = lab.see("/stale").await.page.unwrap().table;
    let reference = table.rows.iter().find(|row| row.name == target).unwrap().reference;
    landed(lab.on("click", change).await);
    not_sent(lab.on("click", &format!("[{reference}]")).await)
}

#[test]
fn a_press_is_a_real_one() {
    shared(async |lab| {
        lab.open("/act").await;
        let clicked = landed(lab.on("click", "button \"Press me\"").await);
        assert_eq!(
            (log(&lab).await, lab.site.hide(&clicked.content), clicked.moved),
            ("pressed true".to_owned(), "clicked button \"Press me\"".to_owned(), false)
        );
    });
}

#[test]
fn every_kind_of_field_can_be_filled() {
    shared(async |lab| {
        lab.see("/act").await;
        for (field, text) in [("Amount", "12"), ("Day", "2026-12-31"), ("Editor", "neu"), ("name", "Ann \"x\" ✓")] {
            landed(lab.run(call("fill").with("target", field).with("text", text)).await);
        }
        let rows = lab.rows().await;
        let fixed = not_sent(lab.run(call("fill").with("target", "Fixed").with("text", "x")).await);
        assert_eq!((rows[..5].join(", "), log(&lab).await, fixed), (
            "[1] textbox \"Name\" = \"Ann \\\"x\\\" ✓\", [2] spinbutton \"Amount\" = \"12\", [3] textbox \"Day\" = \"2026-12-31\", \
             [4] textbox \"Fixed\" = \"no\" readonly, [5] textbox \"Editor\" = \"neu\"".to_owned(),
            "typed true Ann \"x\" ✓".to_owned(),
            (FailureKind::Invalid, "textbox \"Fixed\" is read-only".to_owned())
        ));
    });
}

#[test]
fn an_option_is_chosen_by_what_it_is_called() {
    shared(async |lab| {
        lab.open("/act").await;
        landed(lab.run(call("select").with("target", "Size").with("option", "large")).await);
        let chosen = log(&lab).await;
        let (kind, message) = not_sent(lab.run(call("select").with("target", "Size").with("option", "tiny")).await);
        assert_eq!(
            (chosen.as_str(), kind, message.as_str()),
            (
                "chose Large",
                FailureKind::Invalid,
                "combobox \"Size\" has no single option of that name; it has Small | Large | Extra large"
            )
        );
    });
}

#[test]
fn a_box_is_ticked_and_cleared() {
    shared(async |lab| {
        lab.open("/act").await;
        let mut said = Vec::new();
        for on in [true, true, false] {
            let outcome = lab.run(call("check").with("target", "Box").with("on", on)).await;
            said.push(landed(outcome).content.split(';').next().unwrap().to_owned());
        }
        let expected =
            ["checked checkbox \"Box\"", "checkbox \"Box\" is checked already", "unchecked checkbox \"Box\""];
        assert_eq!(said, expected);
    });
}

#[test]
fn keys_go_to_the_element_or_to_what_has_the_focus() {
    shared(async |lab| {
        lab.open("/act").await;
        landed(lab.run(call("press").with("key", "Enter").with("target", "Name")).await);
        let first = log(&lab).await;
        landed(lab.run(call("press").with("key", "Control+b")).await);
        assert_eq!((first, log(&lab).await), ("key Enter".to_owned(), "key b with control".to_owned()));
    });
}

#[test]
fn what_is_disabled_or_covered_is_not_pressed() {
    shared(async |lab| {
        lab.open("/act").await;
        let disabled = not_sent(lab.on("click", "Sleeping").await);
        lab.open("/covered").await;
        let covered = not_sent(lab.on("click", "Under").await);
        let title = lab.look().await.page.unwrap().title;
        assert_eq!(
            (disabled, covered, title),
            (
                (FailureKind::Invalid, "button \"Sleeping\" is disabled; do first what it waits for".to_owned()),
                (
                    FailureKind::NotFound,
                    "button \"Under\" is covered by what says \"We use cookies\"; close that first, or look again"
                        .to_owned()
                ),
                "Covered".to_owned()
            )
        );
    });
}

#[test]
fn an_ambiguous_name_lists_the_candidates_with_their_rows() {
    shared(async |lab| {
        lab.open("/twins").await;
        let ambiguous = not_sent(lab.on("click", "\"add to CART\"").await);
        landed(lab.on("click", "\"Add to cart\" (red mug)").await);
        let title = lab.look().await.page.unwrap().title;
        let message = "`\"add to CART\"` fits 2 elements; say which one: [1] button \"Add to cart\" (Blue mug), \
            [2] button \"Add to cart\" (Red mug)";
        assert_eq!((ambiguous, title), ((FailureKind::Invalid, message.to_owned()), "red".to_owned()));
    });
}

#[test]
fn a_name_that_is_not_there_lists_the_nearest() {
    shared(async |lab| {
        lab.open("/twins").await;
        let missing = not_sent(lab.on("click", "Add to wisch list").await);
        let message = "there is no `\"Add to wisch list\"` on this page; nearest: button \"Add to wish list\", \
            button \"Add to cart\", button \"Add to cart\"; look again";
        assert_eq!(missing, (FailureKind::NotFound, message.to_owned()));
    });
}

#[test]
fn a_reference_to_a_replaced_element_is_stale() {
    shared(async |lab| {
        let stale = after(&lab, "Replace it", "Go").await;
        assert_eq!(stale, (FailureKind::Stale, "`[1]`: it has been taken off the page; look again".to_owned()));
    });
}

#[test]
fn a_reference_to_a_renamed_element_is_stale() {
    shared(async |lab| {
        let stale = after(&lab, "Rename it", "Go").await;
        assert_eq!(stale, (FailureKind::Stale, "`[1]`: it is not what it was; look again".to_owned()));
    });
}

#[test]
fn a_reference_of_another_document_is_stale() {
    shared(async |lab| {
        lab.see("/stale").await;
        lab.open("/act").await;
        let stale = not_sent(lab.on("click", "[1]").await);
        assert_eq!(stale, (FailureKind::Stale, "`[1]`: the page has changed; look again".to_owned()));
    });
}

#[test]
fn a_form_target_swapped_between_the_check_and_the_press_stops_the_press() {
    shared(async |lab| {
        lab.open("/stale").await;
        let judged = lab.describe(call("click").with("target", "Save")).await.unwrap();
        landed(lab.on("click", "Swap target").await);
        let (kind, _) = not_sent(lab.spend(judged, |_| true).await);
        let place = lab.look().await.page.unwrap().url;
        assert_eq!((kind, place.path()), (FailureKind::Stale, "/stale"));
    });
}

#[test]
fn a_form_target_swapped_under_the_press_stops_the_click() {
    shared(async |lab| {
        lab.open("/stale").await;
        let outcome = lab.on("click", "Trap").await;
        let place = lab.look().await.page.unwrap().url;
        let doubt = matches!(&outcome, Outcome::MayHaveLanded(failure) if failure.kind == FailureKind::Stale);
        assert_eq!((doubt, place.path()), (true, "/stale"), "{outcome:?}");
    });
}

#[test]
fn a_dialog_is_reported_and_never_answered_by_itself() {
    shared(async |lab| {
        lab.open("/dialogs").await;
        let asked = landed(lab.on("click", "Ask me").await).content;
        let blocked = not_sent(lab.run(call("look")).await);
        let judged = lab.describe(call("dialog").with("accept", true)).await.unwrap();
        let (effect, line) = (judged.effect().as_str(), judged.line().to_owned());
        landed(lab.spend(judged, |_| true).await);
        let title = lab.look().await.page.unwrap().title;
        let says = "the page shows a dialog that says \"Really \\\"go\\\"?\"; answer it with `dialog`";
        assert_eq!(
            (lab.site.hide(&asked), blocked, effect, line.as_str(), title.as_str()),
            (
                format!("clicked button \"Ask me\"; {says}"),
                (FailureKind::Invalid, says.to_owned()),
                "consequential",
                "accept the dialog \"Really \\\"go\\\"?\"",
                "true"
            )
        );
    });
}
