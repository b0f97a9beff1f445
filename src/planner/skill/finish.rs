//! The end of a skill: what the page has to show is shown, or it is not done.

use lamassu_contract::{Call, Page};
use serde_json::Value;

use super::{
    induce::{is_at, is_line},
    player::{Play, WAITS, memo, pass},
    position::Position,
};
use crate::planner::{Planned, Proposal};

impl Play<'_> {
    /// What to say once all steps are done.
    pub(super) fn finish(&self, page: &Page, position: &Position) -> Planned {
        let missing = self.missing(page);
        match missing {
            Some(missing) if position.waited < WAITS => {
                let call = Call::new("browser", "wait").with("seconds", 1);
                self.act(call, &missing, &position.aside())
            }
            Some(missing) => pass(Some(self.skill), &format!("all steps are done, and {missing}")),
            None if self.view.output.is_some() => {
                pass(Some(self.skill), "all steps are done; what is asked for has to be read off the page")
            }
            None => {
                let evidence = match self.line(page) {
                    Some(line) => format!("all steps are done, and the page says \"{line}\""),
                    None => "all steps are done".to_owned(),
                };
                let why = format!("skill {}: all {} steps are done", self.skill.name, self.skill.steps.len());
                Planned { why, memo: memo(position), ..Proposal::Done { answer: Value::Null, evidence }.into() }
            }
        }
    }

    /// The line of the page that the skill ends with.
    fn line<'p>(&self, page: &'p Page) -> Option<&'p str> {
        let wanted = self.skill.end.line.as_ref()?.fill(&self.values)?;
        page.text.lines().find(|line| is_line(line, &wanted))
    }

    /// What the page does not show although it should.
    fn missing(&self, page: &Page) -> Option<String> {
        if let Some(wanted) = self.skill.end.address.as_ref().filter(|wanted| !is_at(page.url.path(), wanted)) {
            return Some(format!("the page is at `{}`, not at `{wanted}`", page.url.path()));
        }
        let wanted = self.skill.end.line.as_ref()?;
        let line = wanted.fill(&self.values).unwrap_or_default();
        self.line(page).is_none().then(|| format!("\"{line}\" is nowhere to be seen"))
    }
}
