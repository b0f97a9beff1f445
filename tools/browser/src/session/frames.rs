//! Frames of another origin that a session has entered, and where the mouse is while it is in one.

use serde_json::json;

use super::{Reach, Session};
use crate::{fault::Fault, hands::Point};

impl Session {
    /// Whether a frame was entered.
    pub(crate) fn framed(&self) -> bool {
        !self.entered.is_empty()
    }

    /// Whether the mouse is moved by the DevTools protocol, in pixels of the top window. Else it is
    /// moved by WebDriver, in pixels of the frame.
    pub(crate) fn mouse_by_devtools(&self) -> bool {
        self.entered.len() <= 1 && self.knows_devtools()
    }

    /// Where a point of the page, or of the frame that was entered, lies for the mouse. `None` if
    /// the page around the frame has something over it there.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the page around has gone.
    pub(crate) async fn outward(&self, at: Point) -> Result<Option<Point>, Fault> {
        let ([index], Reach::World { world: Some(world), .. }) = (self.entered.as_slice(), &self.reach) else {
            return Ok(Some(at));
        };
        let args = json!({ "index": index, "x": at.x, "y": at.y });
        let question = format!("window[\"{}\"]?.frame_spot({args})", self.key);
        let answer = self.wire.evaluate(*world, &question).await?;
        Ok(serde_json::from_value(answer).ok())
    }

    /// Goes into a frame of the current document, by its number.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if it is gone.
    pub(crate) async fn enter_frame(&mut self, index: u16) -> Result<(), Fault> {
        self.bounded(self.client().enter_frame(index)).await?;
        self.entered.push(index);
        Ok(())
    }

    /// Goes back to the page around all frames.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the driver does not answer.
    pub(crate) async fn leave_frames(&mut self) -> Result<(), Fault> {
        if !self.entered.is_empty() {
            // The tab as a whole, since the frame may have gone meanwhile.
            let tab = self.bounded(self.client().window()).await?;
            self.bounded(self.client().switch_to_window(tab)).await?;
            self.entered.clear();
        }
        Ok(())
    }
}
