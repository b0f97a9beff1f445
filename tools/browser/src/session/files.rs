//! What a session does for files: the folder that it shares with the browser, and the way in.

use lamassu_contract::Failure;
use lamassu_files::Workspace;
use serde_json::{Value, json};

use super::{Reach, Session};
use crate::{devtools::DevTools, fault::Fault};

impl Session {
    /// Where the browser's own folder is, and the folder itself.
    ///
    /// # Errors
    ///
    /// A [`Failure`] for a browser that was not started here: it shares no disk with us.
    pub(crate) fn own_folder(&self) -> Result<(String, Workspace), Failure> {
        let driver = self.driver.as_ref().ok_or_else(|| {
            Failure::invalid("this browser runs elsewhere and shares no folder; start one here to move files")
        })?;
        Ok((driver.home.clone(), driver.folder.clone()))
    }

    /// Lets downloads come into the folder at `path`, until [`Self::shut`].
    pub(crate) async fn admit(&mut self, path: &str) -> Result<(), Fault> {
        self.admits = true;
        let params = json!({ "behavior": "allowAndName", "downloadPath": path });
        self.cdp("Browser.setDownloadBehavior", params).await.map(drop)
    }

    /// Sees to it that no download comes through.
    pub(crate) async fn shut(&mut self) -> Result<(), Fault> {
        if self.admits {
            self.cdp("Browser.setDownloadBehavior", json!({ "behavior": "deny" })).await?;
            self.admits = false;
        }
        Ok(())
    }

    /// What the browser has said of downloads since it was last asked.
    pub(crate) fn downloads(&self) -> Vec<Value> {
        self.wire.tab().map(DevTools::downloads).unwrap_or_default()
    }

    /// Puts the file at `path`, which the browser can read, into the field that was made ready.
    /// `None` if that is not what it was.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the driver does not do it.
    pub(crate) async fn put_file(&self, path: &str) -> Result<Option<()>, Fault> {
        let held = format!("window[\"{}\"]?.held()", self.key);
        match &self.reach {
            Reach::World { world: Some(world), .. } if !self.framed() => {
                let Some(node) = self.wire.node(*world, &held).await? else { return Ok(None) };
                let params = json!({ "files": [path], "objectId": node });
                self.cdp("DOM.setFileInputFiles", params).await.map(|_| Some(()))
            }
            _ => self.wire.type_into(&held, path).await,
        }
    }

    /// The driver's knowledge of the DevTools protocol, without which `what` cannot be done.
    ///
    /// # Errors
    ///
    /// A [`Failure`] where there is none.
    pub(crate) fn needs_devtools(&self, what: &str) -> Result<(), Failure> {
        if self.knows_devtools() {
            return Ok(());
        }
        Err(Failure::invalid(format!("{what} needs Chromium and its DevTools protocol; run it without `firefox`")))
    }
}
