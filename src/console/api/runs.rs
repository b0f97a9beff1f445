//! Runs: listed, told, begun, taken up, held.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Desk, Trouble, aside};
use crate::{
    console::{Course, Errand, Example, Lesson, Plan, Seat, album::Caption, entry::User, seat::Deed, waiting},
    runtime::Gait,
    story::{Pictures, Story, page},
};

#[derive(Deserialize)]
pub(in crate::console) struct Sought {
    /// What must stand in the id, the goal or the state.
    #[serde(default)]
    find: String,
}

/// The runs of the record, the newest first.
pub(in crate::console) async fn list(
    State(desk): State<Arc<Desk>>,
    Query(Sought { find }): Query<Sought>,
) -> Result<Json<Value>, Trouble> {
    let standing = desk.standing();
    let runs = aside(move || Ok(waiting::list(&desk.store, &find, &standing)?)).await?;
    Ok(Json(json!({ "runs": runs })))
}

/// A run as its record tells it, with what it waits for and the pictures that somebody saw.
pub(in crate::console) async fn show(
    State(desk): State<Arc<Desk>>,
    Path(run): Path<String>,
) -> Result<Json<Value>, Trouble> {
    let told = aside(move || {
        let run = desk.store.find(&run)?;
        let story = Story::of(&desk.store, &run, Pictures::Beside)?;
        let live = desk.room.hub.seat(&run).filter(|seat| !seat.live().is_over()).map(|seat| seat.state());
        let question = match live {
            None => waiting::question(&desk.store, &run, &desk.room.tools)?,
            Some(_) => None,
        };
        let seen = story.numbers().filter_map(|step| Some((step.to_string(), desk.room.album.caption(&run, step)?)));
        let album: std::collections::BTreeMap<String, Caption> = seen.collect();
        Ok(json!({ "story": story, "live": live, "question": question, "album": album }))
    });
    told.await.map(Json)
}

#[derive(Deserialize)]
pub(in crate::console) struct Part {
    /// Whether what is asked about is wanted, which stands outside of what is in view.
    #[serde(default)]
    beyond: bool,
}

/// The newest picture of the page of a run that is watched.
pub(in crate::console) async fn frame(
    State(desk): State<Arc<Desk>>,
    Path(run): Path<String>,
    Query(Part { beyond }): Query<Part>,
) -> Result<Response, Trouble> {
    let seat = desk.room.hub.seat(&run).ok_or_else(|| Trouble::missing("this console does not watch that run"))?;
    let frame = seat.frames().borrow().clone().filter(|frame| !frame.jpeg.is_empty());
    let picture = frame.and_then(|frame| match beyond {
        true => Some(frame.beyond.as_ref()?.jpeg.clone()),
        false => Some(frame.jpeg.clone()),
    });
    let picture = picture.ok_or_else(|| Trouble::missing("there is no picture"))?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], picture).into_response())
}

/// What somebody saw at a step.
pub(in crate::console) async fn album(
    State(desk): State<Arc<Desk>>,
    Path((run, step)): Path<(String, u64)>,
) -> Result<Response, Trouble> {
    let picture =
        aside(move || desk.room.album.picture(&run, step).ok_or_else(|| Trouble::missing("nobody watched this step")));
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], picture.await?).into_response())
}

/// A picture of the record.
pub(in crate::console) async fn picture(
    State(desk): State<Arc<Desk>>,
    Path(hash): Path<String>,
) -> Result<Response, Trouble> {
    let picture = aside(move || Ok(desk.store.blobs().read(&hash)?)).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], picture).into_response())
}

/// The run as one page that needs nothing beside it.
pub(in crate::console) async fn report(
    State(desk): State<Arc<Desk>>,
    Path(run): Path<String>,
) -> Result<Response, Trouble> {
    let (run, text) = aside(move || {
        let run = desk.store.find(&run)?;
        let story = Story::of(&desk.store, &run, Pictures::Inside)?;
        let text = page(&story).map_err(|error| Trouble(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        Ok((run, text))
    })
    .await?;
    Ok(([(header::CONTENT_DISPOSITION, attachment(&run, "html"))], Html(text)).into_response())
}

/// The record of a run, one JSON value a line.
pub(in crate::console) async fn export(
    State(desk): State<Arc<Desk>>,
    Path(run): Path<String>,
) -> Result<Response, Trouble> {
    let (run, lines) = aside(move || {
        let run = desk.store.find(&run)?;
        let mut lines = Vec::new();
        desk.store.export(&run, &mut lines)?;
        Ok((run, lines))
    })
    .await?;
    let kinds = [
        (header::CONTENT_TYPE, "application/jsonl".to_owned()),
        (header::CONTENT_DISPOSITION, attachment(&run, "jsonl")),
    ];
    Ok((kinds, lines).into_response())
}

fn attachment(run: &str, kind: &str) -> String {
    format!("attachment; filename=\"{run}.{kind}\"")
}

/// Begins a run: of a task file if one is named, else of what is wished for.
pub(in crate::console) async fn begin(
    State(desk): State<Arc<Desk>>,
    Json(order): Json<Value>,
) -> Result<Json<Value>, Trouble> {
    let seat = desk.seat();
    let (own, place) = (Arc::clone(&desk), seat.clone());
    let course = aside(move || match order.get("task") {
        Some(_) => Ok(own.host.send(read(order)?, place)?),
        None => Ok(own.host.begin(read(order)?, place)?),
    });
    let course = course.await?;
    let run = drive(course, &seat).await?;
    Ok(Json(json!({ "run": run })))
}

/// What was sent, in the form that is meant by it.
fn read<T: serde::de::DeserializeOwned>(sent: Value) -> Result<T, Trouble> {
    serde_json::from_value(sent).map_err(Trouble::unfit)
}

/// The task files that a run can be begun from.
pub(in crate::console) async fn tasks(State(desk): State<Arc<Desk>>) -> Result<Json<Value>, Trouble> {
    aside(move || Ok(json!({ "tasks": desk.host.tasks() }))).await.map(Json)
}

/// What a run of a task file would do, as it is filled in.
pub(in crate::console) async fn plan(
    State(desk): State<Arc<Desk>>,
    Json(errand): Json<Errand>,
) -> Result<Json<Plan>, Trouble> {
    aside(move || Ok(desk.host.plan(&errand)?)).await.map(Json)
}

/// What a run did that a skill can be learned from.
pub(in crate::console) async fn example(
    State(desk): State<Arc<Desk>>,
    Path(run): Path<String>,
) -> Result<Json<Example>, Trouble> {
    aside(move || Ok(desk.host.example(&desk.store.find(&run)?)?)).await.map(Json)
}

/// Learns a skill from what somebody has chosen of a run.
pub(in crate::console) async fn learn(
    State(desk): State<Arc<Desk>>,
    Path(run): Path<String>,
    Json(lesson): Json<Lesson>,
) -> Result<Json<Value>, Trouble> {
    aside(move || Ok(json!({ "does": desk.host.learn(&desk.store.find(&run)?, lesson)? }))).await.map(Json)
}

/// Takes up a run that lies aside.
pub(in crate::console) async fn resume(
    State(desk): State<Arc<Desk>>,
    Path(run): Path<String>,
) -> Result<Json<Value>, Trouble> {
    let run = take_up(&desk, &run, |_| ()).await?;
    Ok(Json(json!({ "run": run })))
}

/// Takes up `run`, with what `prepare` does to its seat before.
pub(super) async fn take_up(desk: &Arc<Desk>, run: &str, prepare: impl FnOnce(&Seat)) -> Result<String, Trouble> {
    let run = desk.store.find(run)?;
    if desk.room.hub.seat(&run).is_some_and(|seat| !seat.live().is_over()) {
        return Err(Trouble::gone("this run is under way"));
    }
    let step = waiting::question(&desk.store, &run, &[])?.map_or(0, |question| question.step);
    let seat = desk.seat().again(&run, step);
    prepare(&seat);
    let (own, place, asked) = (Arc::clone(desk), seat.clone(), run.clone());
    let course = aside(move || Ok(own.host.resume(&asked, place)?)).await?;
    desk.room.hub.add(seat.clone());
    drive(course, &seat).await
}

/// Lets a run go its course, and says its id as soon as it has begun.
async fn drive(course: Course, seat: &Seat) -> Result<String, Trouble> {
    let (own, (failed, failure)) = (seat.clone(), tokio::sync::oneshot::channel());
    tokio::spawn(async move {
        if let Err(reason) = course.await {
            own.fail(&reason);
            let _ = failed.send(reason);
        }
    });
    tokio::select! {
        biased;
        Ok(reason) = failure => Err(Trouble::unfit(reason)),
        run = seat.begun() => run.ok_or_else(|| Trouble::gone("the run ended before it had begun")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct Wanted {
    gait: Gait,
}

/// Lets a run pause, go on, take one step, or end.
pub(in crate::console) async fn pull(
    State(desk): State<Arc<Desk>>,
    Extension(User(by)): Extension<User>,
    Path(run): Path<String>,
    Json(Wanted { gait }): Json<Wanted>,
) -> Result<Json<Value>, Trouble> {
    let seat = desk.room.hub.seat(&run).filter(|seat| !seat.live().is_over());
    let seat = seat.ok_or_else(|| Trouble::missing("this run is not under way here"))?;
    seat.pull(gait, &by);
    Ok(Json(json!({ "gait": gait })))
}

/// Lets somebody take over, act in the planner's place, or hand back.
pub(in crate::console) async fn hand(
    State(desk): State<Arc<Desk>>,
    Extension(User(by)): Extension<User>,
    Path(run): Path<String>,
    Json(deed): Json<Deed>,
) -> Result<Json<Value>, Trouble> {
    let seat = desk.room.hub.seat(&run).filter(|seat| !seat.live().is_over());
    let seat = seat.ok_or_else(|| Trouble::missing("this run is not under way here"))?;
    seat.by_hand(deed, &by).map_err(Trouble::gone)?;
    Ok(Json(json!({ "run": run })))
}
