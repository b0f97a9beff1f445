//! Which model is asked about a view, and what comes after a way that leads nowhere.
//!
//! All of it follows from the view: what a planner was told of its circles, who proposed them, and what people said since.

use crate::{
    goal::{Images, Role},
    planner::{Proposal, Reply, Turn, View},
};

use super::{Model, config::Config};

/// So many turns after it was told that it is stuck, a run goes on as before.
const RECENT: usize = 12;
/// How often a person is asked about what is stuck.
const QUESTIONS: usize = 3;
/// How the question begins.
const QUESTION: &str = "I am stuck";

/// What is known of a run's circles since a person has said something.
#[derive(Debug, Default)]
pub(super) struct Circles<'a> {
    /// How often it was told so.
    times: usize,
    /// Which models led there.
    by: Vec<&'a str>,
    /// What was tried last.
    tried: &'a str,
}

impl<'a> Circles<'a> {
    pub(super) fn of(view: &View<'a>) -> Self {
        let mut circles = Self::default();
        for turn in view.turns.iter().rev().take(RECENT).take_while(|turn| !is_answered(turn)) {
            for words in turn.results.iter().filter_map(stuck) {
                circles.times += 1;
                circles.by.extend(turn.planned.memo.get("model").and_then(|name| name.as_str()));
                if circles.tried.is_empty() {
                    circles.tried = words;
                }
            }
        }
        circles
    }

    /// Whether another model is to be asked in the place of `model`. The first time it is only told, and shown a
    /// picture if it reads them.
    fn passes_over(&self, model: &Config) -> bool {
        self.times > 1 && self.by.contains(&model.model.as_str())
    }

    /// The question to a person, when all of `models` were led nowhere and words alone did not help.
    pub(super) fn question(&self, models: &[Model], view: &View<'_>) -> Option<Proposal> {
        let asks = |turn: &&Turn| matches!(&turn.planned.proposal, Proposal::Ask(words) if words.starts_with(QUESTION));
        let asked = view.turns.iter().filter(asks).count();
        let spent = models.iter().all(|model| self.passes_over(&model.config));
        // A picture that was just taken is looked at first.
        let due = view.turns.last().is_some_and(|turn| turn.results.iter().any(|reply| stuck(reply).is_some()));
        (due && spent && asked < QUESTIONS)
            .then(|| Proposal::Ask(format!("{QUESTION}: {}. What is to be done next?", self.tried)))
    }

    /// Why another model than usual is asked; nothing if it is the usual one.
    pub(super) fn reason(&self) -> Option<String> {
        (self.times > 1).then(|| format!("another model, since {}", self.tried))
    }
}

fn stuck(reply: &Reply) -> Option<&str> {
    match reply {
        Reply::Stuck(words) => Some(words),
        _ => None,
    }
}

/// Whether a person was asked in `turn` and has said something.
fn is_answered(turn: &Turn) -> bool {
    let said = |reply: &Reply| matches!(reply, Reply::Said(words) if !words.trim().is_empty());
    matches!(turn.planned.proposal, Proposal::Ask(_)) && turn.results.iter().any(said)
}

/// What the next proposal is about.
pub(super) fn role(view: &View<'_>) -> Role {
    let sent_back = |turn: &Turn| matches!(turn.planned.proposal, Proposal::Done { .. });
    match view.turns.last() {
        _ if !view.pictures.is_empty() => Role::See,
        Some(turn) if !sent_back(turn) && !turn.results.iter().any(|reply| stuck(reply).is_some()) => Role::Act,
        _ => Role::Plan,
    }
}

/// `models` in the order in which they are asked: who has the role before who has none, and who has others last;
/// who led nowhere after all of them.
pub(super) fn order<'m>(models: &'m [Model], role: Role, circles: &Circles<'_>) -> Vec<&'m Model> {
    let rank = |model: &Model| {
        let Config { roles, images, .. } = &model.config;
        let fit = match (roles.contains(&role), roles.is_empty()) {
            (true, _) => 0,
            (_, true) => 1,
            _ => 2,
        };
        (circles.passes_over(&model.config), role == Role::See && *images == Images::Never, fit)
    };
    let mut order: Vec<_> = models.iter().collect();
    order.sort_by_key(|model| rank(model));
    order
}
