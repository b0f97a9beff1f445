//! The shop's addresses.

mod account;
mod buy;
mod look;
mod talk;

use std::io;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use tokio::net::TcpListener;

use crate::{
    Shop,
    visit::{Visit, find_session},
};

/// Serves `shop` until it is dropped.
///
/// # Errors
///
/// If the listener cannot accept.
pub async fn serve(listener: TcpListener, shop: Shop) -> io::Result<()> {
    axum::serve(listener, router(shop)).await
}

/// The shop as a service, for tests that need no socket.
pub fn router(shop: Shop) -> Router {
    let pages = Router::new()
        .route("/", get(look::home))
        .route("/search", get(look::search))
        .route("/product/{id}", get(look::product))
        .route("/login", get(account::sign_in_page).post(account::sign_in))
        .route("/logout", post(account::sign_out))
        .route("/orders", get(account::orders))
        .route("/orders/{number}", get(account::order))
        .route("/cart", get(buy::cart).post(buy::add))
        .route("/cart/update", post(buy::update))
        .route("/cart/remove", post(buy::remove))
        .route("/checkout", get(buy::checkout_page).post(buy::checkout))
        .route("/support", get(talk::support).post(talk::say))
        .fallback(async |visit: Visit| visit.not_found())
        .layer(from_fn_with_state(shop.clone(), find_session));
    Router::new()
        .route("/shop.css", get(async || ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], CSS)))
        .route("/icon.svg", get(async || ([(header::CONTENT_TYPE, "image/svg+xml")], ICON)))
        .route("/favicon.ico", get(async || ([(header::CONTENT_TYPE, "image/svg+xml")], ICON)))
        .route("/pictures/{name}", get(look::picture))
        .route("/sink-count", get(sink_count))
        .fallback_service(pages.with_state(shop.clone()))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(shop)
}

const CSS: &str = include_str!("../../assets/shop.css");
const ICON: &str = include_str!("../../assets/icon.svg");

/// What has reached the attacker's host, for scripts. It is a 404 if that host is not running, so
/// that nobody takes its silence for safety.
async fn sink_count(State(shop): State<Shop>) -> Response {
    let sink = shop.sink();
    match sink.address() {
        Some(_) => Json(sink.received()).into_response(),
        None => (StatusCode::NOT_FOUND, "no sink is running; start one with `--sink-port`\n").into_response(),
    }
}
