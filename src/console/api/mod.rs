//! What the page asks for. The same interface serves apps; `openapi.json` describes it.

pub(super) mod answers;
pub(super) mod events;
pub(super) mod policies;
pub(super) mod runs;
pub(super) mod state;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{Desk, HostError};
use crate::journal::JournalError;

/// Why something was not done.
#[derive(Debug)]
pub(super) struct Trouble(StatusCode, String);

impl Trouble {
    fn unfit(why: impl std::fmt::Display) -> Self {
        Self(StatusCode::BAD_REQUEST, why.to_string())
    }

    fn gone(why: impl std::fmt::Display) -> Self {
        Self(StatusCode::CONFLICT, why.to_string())
    }

    fn missing(why: impl std::fmt::Display) -> Self {
        Self(StatusCode::NOT_FOUND, why.to_string())
    }
}

impl From<JournalError> for Trouble {
    fn from(error: JournalError) -> Self {
        let status = match error {
            JournalError::NoRun { .. } | JournalError::Blob { .. } => StatusCode::NOT_FOUND,
            JournalError::Owned { .. } => StatusCode::CONFLICT,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self(status, error.to_string())
    }
}

impl From<HostError> for Trouble {
    fn from(error: HostError) -> Self {
        Self::unfit(error)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

/// Does what waits for the disk on a thread of its own.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Trouble> + Send + 'static) -> Result<T, Trouble> {
    let failed = |error| Trouble(StatusCode::INTERNAL_SERVER_ERROR, format!("it broke off: {error}"));
    tokio::task::spawn_blocking(work).await.map_err(failed)?
}
