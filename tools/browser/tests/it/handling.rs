//! The mouse beyond a press: twice, over, held; and the wheel.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::lab::{Lab, call, landed, not_sent, shared};

async fn first_line(lab: &Lab) -> String {
    lab.text().await.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn two_presses_in_a_row_are_a_double_click() {
    shared(async |lab| {
        lab.open("/hands").await;
        let did = landed(lab.on("double_click", "Open twice").await).content;
        assert_eq!(
            (first_line(&lab).await.as_str(), did.as_str()),
            ("twice true", "double-clicked button \"Open twice\"")
        );
    });
}

#[test]
fn what_shows_under_the_mouse_is_in_the_next_look() {
    shared(async |lab| {
        lab.open("/hands").await;
        landed(lab.on("hover", "button \"Menu\"").await);
        assert!(lab.rows().await.iter().any(|row| row.contains("\"Settings\"")));
    });
}

#[test]
fn an_element_is_dragged_onto_another() {
    shared(async |lab| {
        lab.open("/hands").await;
        landed(lab.run(call("drag").with("target", "Blue mug").with("to", "Drop here")).await);
        let native = first_line(&lab).await;
        landed(lab.run(call("drag").with("target", "Card").with("to", "Slot")).await);
        assert_eq!((native.as_str(), first_line(&lab).await.as_str()), ("dropped mug", "slotted"));
    });
}

#[test]
fn the_box_around_an_element_is_scrolled_by_itself() {
    shared(async |lab| {
        lab.open("/hands").await;
        let inside = call("scroll").with("target", "In the box").with("to", "end");
        let did = landed(lab.run(inside.clone()).await).content;
        let again = landed(lab.run(inside).await).content;
        let page = landed(lab.run(call("scroll").with("by", 200)).await).content;
        let back = landed(lab.run(call("scroll").with("to", "up").with("by", 900)).await).content;
        let up = landed(lab.run(call("scroll").with("to", "top")).await).content;
        assert_eq!(
            [did, again, page, back, up],
            [
                "scrolled end inside its box",
                "cannot scroll end inside its box any further",
                "scrolled down",
                "scrolled up",
                "cannot scroll top any further"
            ]
        );
    });
}

#[test]
fn forward_and_reload_are_like_a_persons() {
    shared(async |lab| {
        lab.open("/act").await;
        lab.open("/late").await;
        let moves = ["back", "forward", "reload", "forward"].map(|verb| lab.run(call(verb)));
        let mut seen = Vec::new();
        for outcome in moves {
            let (said, place) = (format!("{:?}", outcome.await), lab.look().await.page.unwrap().url.path().to_owned());
            seen.push((said.starts_with("Landed"), place));
        }
        let wants = [(true, "/act"), (true, "/late"), (true, "/late"), (false, "/late")];
        assert_eq!(seen, wants.map(|(landed, path)| (landed, path.to_owned())));
    });
}

#[test]
fn a_picture_shows_one_element_or_the_numbers_of_the_table() {
    shared(async |lab| {
        lab.see("/hands").await;
        let one = landed(lab.run(call("screenshot").with("target", "button \"Menu\"")).await);
        let marked = landed(lab.run(call("screenshot").with("marks", true)).await);
        let size = |png: &str| {
            let bytes = png.as_bytes();
            (bytes.len() > 100, png.starts_with("iVBORw0KGgo"))
        };
        assert_eq!(
            (
                lab.site.hide(&one.content),
                marked.content.contains("; the numbers in it are those of the table: 1 2 "),
                size(&one.pictures[0].png),
                size(&marked.pictures[0].png),
                one.pictures[0].png.len() < marked.pictures[0].png.len()
            ),
            ("took a picture of button \"Menu\" of SITE/hands".to_owned(), true, (true, true), (true, true), true)
        );
        let text = lab.text().await;
        assert!(!text.contains("\n1\n"), "the numbers are gone again: {text}");
    });
}

#[test]
fn a_picture_is_made_as_narrow_as_is_asked_for() {
    shared(async |lab| {
        lab.see("/hands").await;
        let all = [call("screenshot"), call("screenshot").with("full", true)];
        let mut seen = Vec::new();
        for call in all {
            let plain = landed(lab.run(call.clone()).await);
            let wide = size_of(&plain.pictures[0].png).0;
            let half = landed(lab.run(call.clone().with("width", wide / 2)).await);
            let more = landed(lab.run(call.with("width", wide * 2)).await);
            let sizes = [&plain, &half, &more].map(|seen| size_of(&seen.pictures[0].png));
            // A scrollbar may come and go between two pictures.
            let about = |length: u32, wanted: u32| length.abs_diff(wanted) <= wanted / 20;
            let narrow = about(sizes[1].0, wide / 2) && about(sizes[1].1, sizes[0].1 / 2);
            seen.push((narrow, sizes[0].1 == sizes[2].1));
        }
        assert_eq!(seen, [(true, true), (true, true)]);
    });
}

/// Width and height of a PNG file in Base64.
fn size_of(png: &str) -> (u32, u32) {
    let bytes = STANDARD.decode(png).unwrap();
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn a_frame_of_another_origin_is_entered_and_judged_as_its_own() {
    shared(async |lab| {
        let around = lab.see("/across").await;
        let inside = landed(lab.run(call("frame").with("target", "localhost")).await);
        let origin = lab.describe(call("click").with("target", "Press me")).await.unwrap().facts()["origin"].clone();
        landed(lab.on("click", "Press me").await);
        let said = first_line(&lab).await;
        let back = landed(lab.run(call("frame")).await).content;
        let missing = not_sent(lab.run(call("frame").with("target", "elsewhere")).await).1;
        let there = lab.site.url("").replace("127.0.0.1", "localhost");
        assert_eq!(
            (
                around.content.contains(&format!("a frame of another origin, `frame` goes into it: {there}/act")),
                inside.content,
                origin.as_str().map(str::to_owned),
                said.as_str(),
                lab.site.hide(&back),
                missing
            ),
            (
                true,
                format!("in the frame {there}/act"),
                Some(there.clone()),
                "pressed true",
                "back in the page SITE/across".to_owned(),
                format!("no frame is called `elsewhere`; there is `{there}/act`")
            )
        );
    });
}
