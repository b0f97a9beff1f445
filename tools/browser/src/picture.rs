//! Pictures of the page: what a person would see, with numbers that match the table, and without
//! what is a secret, in a field or in the text.

use lamassu_contract::{Failure, FailureKind, Observation, Permit, Picture};
use serde_json::{Value, json};

use crate::{
    deed::{Extent, Frame, Marks},
    escape,
    fault::Fault,
    lens::parts,
    page::{Area, Framed, Place},
    read::{Seen, still},
    session::Session,
    target::stale,
};

/// Pixels of a picture of a whole page, from top to bottom.
const TALLEST: f64 = 16_000.0;

/// Takes a picture.
pub(crate) async fn screenshot(session: &mut Session, permit: &Permit, extent: &Extent, frame: Frame) -> Seen {
    let before = session.locate().await?;
    still(permit, &before)?;
    let shown = if frame.marks == Marks::Shown { session.prints.references() } else { Vec::new() };
    let (reference, print) = match extent {
        Extent::Element(aim) => (Some(aim.reference()), Some(aim.args())),
        Extent::Visible | Extent::Whole => (None, None),
    };
    let framed: Framed = session.ask("frame_picture", json!({ "marks": shown, "of": print })).await?;
    if let (Extent::Element(aim), Some(why)) = (extent, &framed.stale) {
        return Err(stale(&aim.label, why));
    }
    let taken = covered(session, permit, extent, (&framed, frame.widest)).await;
    // What was drawn over the page is taken away whatever came of it.
    let after: Place = session.ask("unframe_picture", json!({})).await?;
    let png = taken?;
    session.place = after.clone();
    if (&after.url, &after.epoch) != (&before.url, &before.epoch) {
        return Err(Fault::Moved.into());
    }
    let what = match extent {
        Extent::Element(aim) => aim.label.clone(),
        Extent::Visible => "the visible part".to_owned(),
        Extent::Whole => "the whole page".to_owned(),
    };
    let about = format!("{what} of {}", escape::line(&after.url));
    let mut content = format!("took a picture of {about}");
    if !framed.drawn.is_empty() {
        let numbers: Vec<_> = framed.drawn.iter().map(u32::to_string).collect();
        content.push_str(&format!("; the numbers in it are those of the table: {}", numbers.join(" ")));
    }
    let data = json!({ "reference": reference, "marks": framed.drawn });
    Ok(Observation::from_page(&after.source(), content).with_picture(Picture { about, png }).with_data(data))
}

/// The picture, in which everything is covered that holds a secret of the run.
async fn covered(
    session: &mut Session,
    permit: &Permit,
    extent: &Extent,
    (framed, widest): (&Framed, Option<u32>),
) -> Result<String, Failure> {
    let area = match extent {
        Extent::Element(_) => {
            json!({ "x": framed.area.x, "y": framed.area.y, "width": framed.area.width, "height": framed.area.height })
        }
        Extent::Visible | Extent::Whole => Value::Null,
    };
    let before = cover(session, permit, &area).await?;
    let taken = capture(session, extent, framed, widest).await;
    let stood: bool = session.ask("uncover", json!({})).await?;
    // What has changed meanwhile may have stood elsewhere when the picture was taken.
    let after = cover(session, permit, &area).await?;
    let _: bool = session.ask("uncover", json!({})).await?;
    if before != after || stood == before.is_empty() {
        let message = "what the page shows of a secret changed while the picture was taken; try again when it is quiet";
        return Err(Failure::new(FailureKind::Stale, message));
    }
    taken
}

/// Covers what is a secret in `area`; says what is covered.
async fn cover(session: &mut Session, permit: &Permit, area: &Value) -> Result<Vec<[i32; 4]>, Failure> {
    if !permit.judge().keeps_secrets() {
        return Ok(Vec::new());
    }
    let words: Vec<String> = session.ask("words", area.clone()).await?;
    let parts = parts(&words, |text| permit.judge().secrets_in(text));
    let parts = parts.ok_or_else(|| Failure::invalid("there is too much text on the page to take a picture of it"))?;
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let covered: Option<Vec<[i32; 4]>> = session.ask("cover", json!({ "parts": parts, "mark": null })).await?;
    covered.ok_or_else(|| Failure::new(FailureKind::Stale, "the page changes all the time; try again when it is quiet"))
}

/// The picture as PNG in Base64, no wider than `widest` where the browser makes pictures smaller.
async fn capture(session: &Session, extent: &Extent, framed: &Framed, widest: Option<u32>) -> Result<String, Failure> {
    if !session.devtools() {
        if *extent != Extent::Visible {
            let message = "this driver takes pictures of the visible part only; leave out `full` and `target`";
            return Err(Failure::new(FailureKind::Invalid, message));
        }
        return Ok(session.visible().await?.as_str().unwrap_or_default().to_owned());
    }
    let clip = match extent {
        Extent::Visible => framed.view,
        Extent::Whole | Extent::Element(_) => Area { height: framed.area.height.min(TALLEST), ..framed.area },
    };
    let wide = clip.width * framed.density;
    let scale = widest.map_or(1.0, |widest| f64::from(widest) / wide).min(1.0);
    let mut params = json!({ "format": "png", "captureBeyondViewport": *extent != Extent::Visible });
    if let Some(params) = params.as_object_mut().filter(|_| *extent != Extent::Visible || scale < 1.0) {
        let Area { x, y, width, height } = clip;
        let clip = json!({ "x": x, "y": y, "width": width, "height": height, "scale": scale });
        params.insert("clip".to_owned(), clip);
    }
    let shot = session.cdp("Page.captureScreenshot", params).await?;
    Ok(shot.get("data").and_then(Value::as_str).unwrap_or_default().to_owned())
}
