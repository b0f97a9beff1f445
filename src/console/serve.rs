//! The server: where it listens, what leads where, and what stands before every request. This file is a
//! door: it listens.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{Path, Query, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use tokio::net::TcpListener;

use super::{Desk, api, page};

/// Bytes of one request.
const LARGEST: usize = 4_000_000;

pub(super) async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Serves until the console is closed.
pub(super) async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    let mut end = desk.end.clone();
    let closed = async move {
        let _ = end.wait_for(|end| *end).await;
    };
    // Whoever is not answered sees that, and the console's user sees it by the page.
    let _ = axum::serve(listener, router(desk)).with_graceful_shutdown(closed).await;
}

fn router(desk: Arc<Desk>) -> Router {
    let inside = Router::new()
        .route("/api/state", get(api::state::state))
        .route("/api/events", get(api::events::events))
        .route("/api/links", post(api::state::link))
        .route("/api/runs", get(api::runs::list).post(api::runs::begin))
        .route("/api/runs/{run}", get(api::runs::show))
        .route("/api/runs/{run}/frame", get(api::runs::frame))
        .route("/api/runs/{run}/album/{step}", get(api::runs::album))
        .route("/api/runs/{run}/report", get(api::runs::report))
        .route("/api/runs/{run}/export", get(api::runs::export))
        .route("/api/runs/{run}/resume", post(api::runs::resume))
        .route("/api/runs/{run}/example", get(api::runs::example))
        .route("/api/runs/{run}/learn", post(api::runs::learn))
        .route("/api/runs/{run}/pull", post(api::runs::pull))
        .route("/api/runs/{run}/hand", post(api::runs::hand))
        .route("/api/tasks", get(api::runs::tasks))
        .route("/api/tasks/plan", post(api::runs::plan))
        .route("/api/pictures/{hash}", get(api::runs::picture))
        .route("/api/questions/{id}", post(api::answers::answer))
        .route("/api/policies", get(api::policies::list))
        .route("/api/policies/try", post(api::policies::attempt))
        .route("/api/policies/backtest", post(api::policies::backtest))
        .route("/", get(async || page::file("")))
        .route("/{*name}", get(async |Path(name): Path<String>| page::file(&name)))
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), admitted));
    Router::new()
        .route("/enter", get(enter))
        .merge(inside)
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), guarded))
        .layer(axum::extract::DefaultBodyLimit::max(LARGEST))
        .with_state(desk)
}

/// Every answer says what may be done with it; every request calls the server by its name.
async fn guarded(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let mut response = match desk.entry.called(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(outside) => (StatusCode::MISDIRECTED_REQUEST, Html(page::outside(&outside.to_string()))).into_response(),
    };
    let rules: [(HeaderName, HeaderValue); 6] = [
        (header::CONTENT_SECURITY_POLICY, page::RULES),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    for (name, value) in rules {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// Nobody gets further who has not come in.
async fn admitted(State(desk): State<Arc<Desk>>, mut request: Request, next: Next) -> Response {
    match desk.entry.admit(request.method(), request.headers()) {
        Ok(user) => {
            request.extensions_mut().insert(user);
            next.run(request).await
        }
        Err(outside) => (StatusCode::UNAUTHORIZED, Html(page::outside(&outside.to_string()))).into_response(),
    }
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

/// Lets somebody in who has a link.
async fn enter(State(desk): State<Arc<Desk>>, Query(Key { key }): Query<Key>) -> Response {
    match desk.entry.enter(&key) {
        Some(cookie) => ([(header::SET_COOKIE, cookie)], Html(page::DOOR)).into_response(),
        None => {
            let why = "this link has been used, or is none; a new one is printed when the console starts, and anybody \
                who is in can make one";
            (StatusCode::UNAUTHORIZED, Html(page::outside(why))).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    #[test]
    fn the_interface_that_is_described_is_the_one_that_is_served() {
        let described: Value = serde_json::from_str(include_str!("page/openapi.json")).unwrap();
        let mut described: Vec<_> = described["paths"].as_object().unwrap().keys().cloned().collect();
        let routes = include_str!("serve.rs").split("#[cfg(test)]").next().unwrap();
        let served = routes.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
        let mut served: Vec<_> =
            served.filter(|path| path.starts_with("/api") || *path == "/enter").map(str::to_owned).collect();
        described.sort();
        served.sort();
        assert_eq!(described, served);
    }
}
