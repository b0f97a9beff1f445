//! What stands in pictures, and what is covered there.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lamassu_browser::{Frame, Lens, Options};
use tokio::sync::watch;

use crate::{
    lab::{Lab, alone, call, landed, limits},
    person::Person,
};

/// In which of the first lines of a picture, 60 pixels high each, there is red ink.
async fn inked(person: &Person, kind: &str, picture: &str, lines: u32) -> Vec<bool> {
    let script = format!(
        "(async () => {{ const image = new Image(); image.src = 'data:image/{kind};base64,{picture}'; await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0);
          return Array.from({{ length: {lines} }}, (_, line) => {{
            const {{ data }} = pen.getImageData(0, 60 * line, 700, 60);
            for (let at = 0; at < data.length; at += 4) if (data[at] > 180 && data[at + 1] < 90 && data[at + 2] < 90) return true;
            return false; }}); }})()"
    );
    let found = person.script(&script).await;
    found.as_array().unwrap().iter().map(|line| line.as_bool().unwrap()).collect()
}

/// The next picture that is as it should be.
async fn frame(frames: &mut watch::Receiver<Option<Arc<Frame>>>, fits: fn(&Frame) -> bool) -> Arc<Frame> {
    let found = frames.wait_for(|frame| frame.as_deref().is_some_and(fits));
    tokio::time::timeout(Duration::from_secs(20), found).await.unwrap().unwrap().clone().unwrap()
}

#[test]
fn a_secret_that_a_page_shows_in_its_text_is_covered_in_a_picture() {
    alone(async {
        let lab = Lab::new(limits()).await;
        lab.open("/echo").await;
        let taken = landed(lab.run(call("screenshot")).await);
        let whole = landed(lab.run(call("screenshot").with("full", true)).await);
        let person = Person::at("/echo").await;
        let lines = inked(&person, "png", &taken.pictures[0].png, 3).await;
        let all = inked(&person, "png", &whole.pictures[0].png, 55).await;
        assert_eq!(lines, [false, true, false]);
        assert_eq!(all.iter().filter(|inked| **inked).count(), 1);
        assert_eq!(person.script("document.documentElement.children.length").await, 2);
    });
}

#[test]
fn whoever_watches_sees_what_is_asked_about_wherever_it_stands_and_no_secret() {
    alone(async {
        let lens = Lens::new();
        let lab = Lab::with(Options { limits: limits(), lens: Some(lens.clone()), ..Options::default() }).await;
        lab.open("/echo").await;
        let far = lab.describe(call("click").with("target", "Far away")).await.unwrap();
        let mut frames = lens.frames();
        let seen = frame(&mut frames, |frame| !frame.jpeg.is_empty()).await;
        let person = Person::at("/echo").await;
        assert_eq!(inked(&person, "jpeg", &STANDARD.encode(&seen.jpeg), 3).await, [false, true, false]);
        assert!(lens.about(Some(far.resource())).is_some());
        let seen = frame(&mut frames, |frame| frame.beyond.is_some()).await;
        let beyond = seen.beyond.as_ref().unwrap();
        let [left, top, width, height] = beyond.area;
        assert!(left >= 0 && top >= 0 && width > 0 && height > 0, "{:?}", beyond.area);
        assert!(top.unsigned_abs() < beyond.size.1, "{:?}", beyond.area);
        let lines = beyond.size.1 / 60;
        assert!(!inked(&person, "jpeg", &STANDARD.encode(&beyond.jpeg), lines).await.contains(&true));
        // The page has noticed none of it.
        assert_eq!(person.script("document.title").await, "0");
    });
}
