//! Waiting for what an act has set off, and for nothing else.

use crate::lab::{Lab, call, landed, not_sent, shared};

/// What the page says after a press, and what the press reported.
async fn pressed(lab: &Lab, button: &str) -> (String, String) {
    let clicked = landed(lab.on("click", &format!("button \"{button}\"")).await);
    (lab.text().await.lines().next().unwrap_or_default().to_owned(), clicked.content)
}

#[test]
fn what_a_press_sets_off_is_done_before_the_next_look() {
    shared(async |lab| {
        lab.open("/work").await;
        let presses = [
            ("Timer", "timer"),
            ("Fetch", "fetched"),
            ("Ask", "asked"),
            ("Draw", "drawn"),
            ("Script", "loaded"),
            ("Fade", "shown"),
        ];
        for (button, word) in presses {
            let clicked = format!("clicked button \"{button}\"");
            assert_eq!(pressed(&lab, button).await, (word.to_owned(), clicked));
        }
    });
}

#[test]
fn a_search_as_one_types_has_answered() {
    shared(async |lab| {
        lab.open("/work").await;
        landed(lab.run(call("fill").with("target", "Search").with("text", "mug")).await);
        assert_eq!(lab.text().await.lines().next(), Some("found 39"));
    });
}

#[test]
fn what_goes_on_by_itself_is_not_waited_for() {
    shared(async |lab| {
        lab.open("/work").await;
        let seen = pressed(&lab, "Far").await;
        // The page has a request that is never answered, timers and frames without end; whoever waits
        // for them says in the end that it is still busy.
        assert_eq!(seen, ("nothing".to_owned(), "clicked button \"Far\"".to_owned()));
    });
}

#[test]
fn a_request_that_is_never_answered_is_waited_for_within_bounds() {
    shared(async |lab| {
        lab.open("/work").await;
        let (_, report) = pressed(&lab, "Hang").await;
        assert_eq!(report, "clicked button \"Hang\"; the page is still busy");
    });
}

#[test]
fn an_address_and_an_end_can_be_waited_for() {
    shared(async |lab| {
        lab.open("/work#here").await;
        let there = landed(lab.run(call("wait").with("address", "#here")).await).content;
        let gone = landed(lab.run(call("wait").with("text", "no such words").with("gone", true)).await).content;
        let stays = lab.run(call("wait").with("text", "nothing").with("gone", true).with("seconds", 1)).await;
        assert_eq!(
            (there.as_str(), gone.as_str(), not_sent(stays).1.as_str()),
            (
                "there is `#here` in the address",
                "\"no such words\" is gone",
                "waited 1 seconds for \"nothing\" to go in vain; look at the page"
            )
        );
    });
}
