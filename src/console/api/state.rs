//! How things stand when a page is opened, and links for others.

use std::sync::Arc;

use axum::{Extension, Json, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Desk, Trouble};
use crate::{console::entry::User, policy::Pack};

/// Who has opened the page, what it has to send, and the runs under way.
pub(in crate::console) async fn state(State(desk): State<Arc<Desk>>, Extension(user): Extension<User>) -> Json<Value> {
    // The number first: what is said meanwhile comes twice rather than never.
    let last = desk.room.hub.last();
    let live: Vec<_> = desk.room.hub.seats().iter().map(super::super::Seat::state).collect();
    Json(json!({
        "user": user.0, "proof": desk.entry.proof(&user), "after": format!("{}-{last}", desk.room.hub.boot), "live": live,
        "packs": Pack::names().collect::<Vec<_>>(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct Guest {
    /// Who is to come in; whoever asks if absent.
    #[serde(default)]
    user: Option<String>,
}

/// A link that lets somebody in, once.
pub(in crate::console) async fn link(
    State(desk): State<Arc<Desk>>,
    Extension(user): Extension<User>,
    Json(guest): Json<Guest>,
) -> Result<Json<Value>, Trouble> {
    let name = guest.user.unwrap_or(user.0);
    if name.trim().is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err(Trouble::unfit("a name has 1 to 60 characters"));
    }
    Ok(Json(json!({ "path": desk.entry.link(name.trim()) })))
}
