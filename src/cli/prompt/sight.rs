//! Pictures of what is asked about, for a person at the terminal. They lie beside the record, where the console
//! shows them too.

use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{Event, Resource, browser::Lens, console::Album};

/// How long a picture may take; a person does not wait longer for one.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is seen of a run.
#[derive(Debug)]
pub(in crate::cli) struct Sight {
    lens: Lens,
    album: Album,
    now: Mutex<Now>,
}

/// Where the run is.
#[derive(Debug, Default)]
struct Now {
    run: String,
    step: u64,
}

impl Sight {
    /// What is seen through a lens of its own, with pictures kept in `album`.
    pub(in crate::cli) fn new(album: Album) -> Self {
        Self { lens: Lens::marking(), album, now: Mutex::default() }
    }

    /// What the run's browser is to be watched through.
    pub(in crate::cli) fn lens(&self) -> Lens {
        self.lens.clone()
    }

    /// Takes note of what happens in the run.
    pub(in crate::cli) fn note(&self, event: &Event) {
        let mut now = self.now();
        match event {
            Event::Began { run, .. } => run.clone_into(&mut now.run),
            Event::Judged { step, .. } => now.step = *step,
            _ => {}
        }
    }

    /// Keeps a picture of the page with `resource` marked in it; says where it is. Nothing if it is
    /// no element of a page, or cannot be shown.
    pub(super) async fn picture(&self, resource: &Resource) -> Option<PathBuf> {
        let row = self.lens.about(Some(resource))?;
        let (run, step) = {
            let now = self.now();
            (now.run.clone(), now.step)
        };
        let mut frames = self.lens.frames();
        let shown = frames.wait_for(|frame| {
            let frame = frame.as_deref().filter(|frame| !frame.jpeg.is_empty());
            frame.is_some_and(|frame| {
                frame.areas.contains_key(&row) || frame.beyond.as_ref().is_some_and(|beyond| beyond.row == row)
            })
        });
        let shown = tokio::time::timeout(PATIENCE, shown).await;
        let frame = shown.ok().and_then(Result::ok).and_then(|frame| frame.clone());
        self.lens.about(None);
        let (album, frame) = (self.album.clone(), frame?);
        tokio::task::spawn_blocking(move || album.write(&run, step, &frame, Some(row)).ok()).await.ok().flatten()
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
