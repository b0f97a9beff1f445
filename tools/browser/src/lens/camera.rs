//! Taking one picture: what the page says goes with it, and what of it is covered.

use std::{collections::BTreeMap, ops::Range};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lamassu_contract::Judge;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Known, View};
use crate::{devtools::DevTools, fault::Fault};

/// The quality of pictures, of 100.
const QUALITY: u32 = 62;
/// Milliseconds that a picture of what is not in view takes at most, and after which the page has been told of the
/// window's own size again.
const MOMENT: u32 = 10_000;
const AFTER: u32 = 300;
/// Bytes of text in which secrets are looked for. Of what has more there is no picture.
const LONGEST: usize = 2_000_000;

/// The library in its own world of a page.
pub(super) struct Camera<'a> {
    tab: &'a DevTools,
    key: &'a str,
    world: Value,
    /// Who knows what a secret is.
    judge: Option<Judge>,
    /// What is marked.
    mark: Option<Known>,
}

/// What the page says of itself.
#[derive(Debug, Deserialize)]
pub(super) struct Watched {
    /// The part of the page that is to be seen.
    pub(super) view: Clip,
    /// Where the rows of the table stand in it.
    pub(super) areas: BTreeMap<u32, [i32; 4]>,
    /// Whether a field that holds a secret shows it.
    pub(super) open: bool,
    /// Where the row stands that was asked about, if it is not in view.
    pub(super) beyond: Option<Spot>,
}

/// A part of a page, and where in it something stands.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Spot {
    pub(super) clip: Clip,
    pub(super) area: [i32; 4],
}

/// Which part of a page a picture is of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reach {
    /// What is in view.
    View,
    /// Something else.
    Beyond,
}

/// A part of a page, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Clip {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Clip {
    /// Its width and height.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the size of a window, rounded")]
    pub(super) fn size(&self) -> (u32, u32) {
        (self.width.round() as u32, self.height.round() as u32)
    }
}

/// What is covered or marked, as the page says.
type Covered = Vec<[i32; 4]>;

impl<'a> Camera<'a> {
    pub(super) async fn at(
        tab: &'a DevTools,
        view: &'a View,
        judge: Option<Judge>,
        mark: Option<Known>,
    ) -> Result<Self, Fault> {
        let tree = tab.call("Page.getFrameTree", json!({})).await?;
        let main = tree.pointer("/frameTree/frame/id").cloned().unwrap_or_default();
        let made = json!({ "frameId": main, "worldName": "lamassu" });
        let world = tab.call("Page.createIsolatedWorld", made).await?;
        let world = world.get("executionContextId").cloned().unwrap_or_default();
        let judge = judge.filter(Judge::keeps_secrets);
        Ok(Self { tab, key: &view.key, world, judge, mark })
    }

    /// What is to be seen, and where the element `about` is.
    pub(super) async fn watched(&self, about: Option<&Known>) -> Result<Watched, Fault> {
        self.ask("watched", &json!(about)).await
    }

    /// A picture of `clip`, with every secret in it covered. `None` if it cannot be told that they are.
    pub(super) async fn picture(&self, clip: &Clip, reach: Reach) -> Result<Option<Vec<u8>>, Fault> {
        let Some(before) = self.cover(clip).await? else { return Ok(None) };
        let shot = match reach {
            Reach::View => self.shot(json!({})).await,
            Reach::Beyond => self.shot_beyond(clip).await,
        };
        // What has changed meanwhile may have stood elsewhere when the picture was taken.
        let stood = before.is_empty() || self.ask::<bool>("uncover", &Value::Null).await?;
        let after = self.cover(clip).await?;
        if after.as_ref().is_some_and(|after| !after.is_empty()) {
            self.ask::<bool>("uncover", &Value::Null).await?;
        }
        let jpeg = shot?;
        Ok((stood && after == Some(before)).then_some(jpeg))
    }

    /// A picture of what is not in view, of which the page hears nothing.
    async fn shot_beyond(&self, clip: &Clip) -> Result<Vec<u8>, Fault> {
        self.ask::<bool>("hush", &MOMENT.into()).await?;
        let Clip { x, y, width, height } = clip;
        let clip = json!({ "scale": 1, "x": x, "y": y, "width": width, "height": height });
        let shot = self.shot(json!({ "captureBeyondViewport": true, "clip": clip })).await;
        self.ask::<bool>("hush", &AFTER.into()).await?;
        shot
    }

    async fn shot(&self, mut how: Value) -> Result<Vec<u8>, Fault> {
        if let Some(how) = how.as_object_mut() {
            let usual = [("format", json!("jpeg")), ("quality", json!(QUALITY)), ("optimizeForSpeed", json!(true))];
            how.extend(usual.map(|(name, value)| (name.to_owned(), value)));
        }
        let shot = self.tab.call("Page.captureScreenshot", how).await?;
        let data = shot.get("data").and_then(Value::as_str).unwrap_or_default();
        STANDARD.decode(data).map_err(|_| Fault::Answer("the picture is none".to_owned()))
    }

    /// Covers what is a secret in `clip`, and marks what is to be marked; says what that is.
    async fn cover(&self, clip: &Clip) -> Result<Option<Covered>, Fault> {
        let parts = match &self.judge {
            Some(judge) => {
                let words: Vec<String> = self.ask("words", &json!(clip)).await?;
                parts(&words, |text| judge.secrets_in(text))
            }
            None => Some(Vec::new()),
        };
        match parts {
            Some(parts) if parts.is_empty() && self.mark.is_none() => Ok(Some(Vec::new())),
            Some(parts) => self.ask("cover", &json!({ "parts": parts, "mark": self.mark })).await,
            None => Ok(None),
        }
    }

    async fn ask<T: DeserializeOwned>(&self, what: &str, with: &Value) -> Result<T, Fault> {
        let script = format!("JSON.stringify(window[\"{}\"]?.{what}({with})??null)", self.key);
        let asked = json!({ "expression": script, "contextId": self.world, "returnByValue": true });
        let answer = self.tab.call("Runtime.evaluate", asked).await?;
        let text = answer.pointer("/result/value").and_then(Value::as_str).unwrap_or("null");
        serde_json::from_str::<Option<T>>(text)
            .map_err(|error| Fault::Answer(format!("`{what}` answered oddly: {error}")))?
            .ok_or(Fault::Moved)
    }
}

/// Which parts of `words` are a secret: the number of the text, from where to where in UTF-16. One that goes
/// over several texts, as where a page sets some letters in bold, is found too. `None` if it is too much to look through.
pub(crate) fn parts(words: &[String], find: impl Fn(&str) -> Vec<Range<usize>>) -> Option<Vec<(usize, usize, usize)>> {
    let whole = words.concat();
    if whole.len() > LONGEST {
        return None;
    }
    let found = find(&whole);
    let (mut parts, mut begin) = (Vec::new(), 0);
    for (number, text) in words.iter().enumerate() {
        let end = begin + text.len();
        for range in found.iter().filter(|range| range.start < end && range.end > begin) {
            let (from, to) = (range.start.max(begin) - begin, range.end.min(end) - begin);
            let units = |at: usize| text.get(..at).unwrap_or(text).encode_utf16().count();
            parts.push((number, units(from), units(to)));
        }
        begin = end;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn what_goes_over_several_texts_is_found_in_each_of_them() {
        let words = ["€ the key is hun".to_owned(), "ter2".to_owned(), " and no other".to_owned()];
        let find = |text: &str| text.match_indices("hunter2").map(|(at, found)| at..at + found.len()).collect();
        assert_eq!(parts(&words, find), Some(vec![(0, 13, 16), (1, 0, 4)]));
    }
}
