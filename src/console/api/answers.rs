//! Answers to questions.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
};
use lamassu_contract::Autonomy;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Desk, Trouble, aside, runs};
use crate::console::{
    entry::User,
    question::{Matter, Question, Said},
    seat::Void,
    waiting,
};

#[derive(Deserialize)]
pub(in crate::console) struct Answer {
    /// When the question was asked, as it says itself: an answer to an earlier one of the same words does not count.
    since: u64,
    #[serde(flatten)]
    said: Said,
}

/// Takes an answer. The first one counts; who comes later is told whose.
pub(in crate::console) async fn answer(
    State(desk): State<Arc<Desk>>,
    Extension(user): Extension<User>,
    Path(id): Path<String>,
    Json(Answer { since, said }): Json<Answer>,
) -> Result<Json<Value>, Trouble> {
    let run = id.split('.').next().unwrap_or_default().to_owned();
    let live = desk.room.hub.seat(&run).filter(|seat| !seat.live().is_over());
    let Some(seat) = live else { return beforehand(&desk, &run, (&id, since), said, user).await };
    let question = seat.question().filter(|question| question.id == id);
    question.as_ref().map_or(Ok(()), |question| fits(question, &said))?;
    match seat.answer((&id, since), said, &user.0) {
        Ok(()) => Ok(Json(json!({ "run": run }))),
        Err(Void::Answered(by, word)) => Err(Trouble::gone(format!("{by} was quicker and {word}"))),
        Err(Void::Gone) => Err(Trouble::gone("this is not asked any more")),
    }
}

/// Takes up a run that lies aside and answers what it asks, if it asks the same then.
async fn beforehand(
    desk: &Arc<Desk>,
    run: &str,
    (id, since): (&str, u64),
    said: Said,
    User(by): User,
) -> Result<Json<Value>, Trouble> {
    let (own, of) = (Arc::clone(desk), run.to_owned());
    let question = aside(move || Ok(waiting::question(&own.store, &of, &own.room.tools)?)).await?;
    let asked = question.filter(|question| question.id == id && question.since == since);
    let question = asked.ok_or_else(|| Trouble::gone("this is not asked any more"))?;
    fits(&question, &said)?;
    let run = runs::take_up(desk, run, |seat| seat.beforehand(id, said, &by)).await?;
    Ok(Json(json!({ "run": run })))
}

/// That the answer is one to this question.
fn fits(question: &Question, said: &Said) -> Result<(), Trouble> {
    let fits = match said {
        Said::Approve | Said::Reject { .. } => question.matter == Matter::Hold,
        Said::Edit { .. } => question.matter == Matter::Hold && question.call.is_some(),
        Said::Level { autonomy } => {
            let suggests = |level| level == Autonomy::Suggest;
            question.autonomy.is_some_and(|level| suggests(level) == suggests(*autonomy))
        }
        Said::Plan => question.plan.is_some(),
        Said::Always => question.always.is_some(),
        Said::Stop => question.matter != Matter::Settle,
        Said::Answer { .. } => question.matter == Matter::Ask,
        Said::Settle { .. } => question.matter == Matter::Settle,
    };
    if fits { Ok(()) } else { Err(Trouble::unfit("that is no answer to this question")) }
}
