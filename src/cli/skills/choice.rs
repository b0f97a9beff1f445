//! Which skills a run may play, and what becomes of them when it has ended.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    super::{complaint::Complaint, home, run::aside},
    open,
};
use crate::{
    Report, Status,
    journal::Kind,
    planner::skill::{Description, Player, Position, rehearse::positions},
    visible,
};

/// The skills of a folder, or one of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::cli) struct Choice {
    folder: PathBuf,
    only: Option<String>,
}

impl Choice {
    pub(in crate::cli) fn new(folder: PathBuf, only: Option<String>) -> Self {
        Self { folder, only }
    }

    /// The planner that plays them. Skills that cannot be read are told of and left out, unless one of them is
    /// the one that is named.
    pub(in crate::cli) fn player(&self) -> Result<Player, Complaint> {
        let skills = open(&self.folder)?;
        if let Some(name) = &self.only {
            let kept = skills.read(name).map_err(Complaint::usage)?;
            kept.note.iter().for_each(|note| aside(&visible(note), ""));
            return Ok(Player::default().with(kept.skill, kept.adapter).only(name));
        }
        let (player, problems) = skills.player().map_err(Complaint::failed)?;
        problems.iter().for_each(|problem| aside(&format!("left out: {}", visible(&problem.to_string())), ""));
        Ok(player)
    }

    /// Counts the run for the skill that was played, and keeps what of it was healed if the run succeeded.
    pub(in crate::cli) fn settle(&self, record: &Path, ended: &Result<Report, String>) -> Result<(), Complaint> {
        let Ok(report) = ended else { return Ok(()) };
        if matches!(report.status, Status::Waiting | Status::InDoubt) {
            return Ok(());
        }
        let records = home::store(Some(record))?.records(&report.run).map_err(Complaint::failed)?;
        let memos: Vec<_> = records.iter().filter(|record| record.kind == Kind::Proposal).filter_map(memo).collect();
        let played = positions(memos.iter().copied());
        let Some(name) = played.first().map(|position| position.skill.clone()) else { return Ok(()) };
        let by_skill = memos.last().is_some_and(|memo| !positions(std::iter::once(*memo)).is_empty());
        let worked = report.status == Status::Done && by_skill;
        self.count(&name, worked.then_some(&played))
    }

    /// Counts a run of the skill `name`; `played` is how it went, if it worked.
    fn count(&self, name: &str, played: Option<&Vec<Position>>) -> Result<(), Complaint> {
        let skills = open(&self.folder)?;
        // Whoever has removed it meanwhile does not want it counted.
        let Ok(mut kept) = skills.read(name) else { return Ok(()) };
        kept.skill.ran += 1;
        kept.skill.worked += u64::from(played.is_some());
        for position in played.into_iter().flatten() {
            let step = kept.skill.steps.get_mut(position.step);
            if let (Some(step), Some(healed)) = (step, &position.healed)
                && let Some(element) = &mut step.element
            {
                aside(
                    &format!("healed and kept: step {} of `{name}`, {}", position.step + 1, visible(&element.told())),
                    "",
                );
                element.mend(&Description::from(healed));
            }
        }
        skills.save(&kept.skill).map_err(Complaint::failed)
    }
}

/// The note beside a proposal; null if there is none.
fn memo(record: &crate::journal::Record) -> Option<&Value> {
    const NONE: &Value = &Value::Null;
    record.value.get("proposal").map(|_| record.value.get("memo").unwrap_or(NONE))
}
