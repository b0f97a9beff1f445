//! The embedded model on a goal that no skill fits, with what was shown for goals like it.

use lamassu_contract::BoxFuture;

use super::Player;
use crate::planner::{Planned, Planner, PlannerError, View, local::Local};

/// Plans with the embedded model and with what the demonstrations of a skill have taught, where most of the words of
/// that skill are in the goal and it may run at the site. Where there is none, it is the embedded model alone.
#[derive(Debug, Clone)]
pub struct Taught {
    local: Local,
    player: Player,
}

impl Taught {
    /// The embedded model beside the skills that `player` knows.
    #[must_use]
    pub fn new(player: Player) -> Self {
        Self { local: Local::new(), player }
    }
}

impl Planner for Taught {
    fn name(&self) -> &'static str {
        "local"
    }

    fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
        let local = self.local.clone();
        let local = match self.player.taught(view) {
            Some(adapter) => local.with(adapter),
            None => local,
        };
        Box::pin(async move { local.propose(view).await })
    }
}
