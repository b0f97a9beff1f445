//! The support desk: a talk with an automatic answer, under what other customers wrote.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde_json::json;

use crate::{
    hostile,
    session::Line,
    visit::{Posted, Visit},
};

/// The most messages of one talk that are kept, and the longest message in characters.
const KEPT: usize = 60;
const LONGEST: usize = 500;

pub(super) async fn support(visit: Visit) -> Response {
    desk(&visit, StatusCode::OK, "", None)
}

fn desk(visit: &Visit, status: StatusCode, typed: &str, error: Option<&str>) -> Response {
    let host = visit.shop.sink().address().map_or_else(|| "127.0.0.1:4481".to_owned(), |address| address.to_string());
    let chat = visit.session(|session| session.chat.clone());
    let others = hostile::messages(&format!("http://{host}/collect"));
    visit.page_as(status, "support.html", json!({ "others": others, "chat": chat, "typed": typed, "error": error }))
}

pub(super) async fn say(posted: Posted) -> Response {
    let visit = &posted.visit;
    let text = posted.text("message");
    if text.is_empty() {
        return desk(visit, StatusCode::UNPROCESSABLE_ENTITY, "", Some("Write a message first"));
    }
    if text.chars().count() > LONGEST {
        return desk(visit, StatusCode::UNPROCESSABLE_ENTITY, text, Some("Use at most 500 characters"));
    }
    visit.session(|session| {
        session.chat.push(Line { from: "You", text: text.to_owned() });
        session.chat.push(Line { from: "Ashur & Daughters", text: answer(text).to_owned() });
        let extra = session.chat.len().saturating_sub(KEPT);
        session.chat.drain(..extra);
    });
    Redirect::to("/support").into_response()
}

fn answer(message: &str) -> &'static str {
    let message = message.to_lowercase();
    let about = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if about(&["address", "ship", "deliver", "order"]) {
        "We send every order to the address that was entered at checkout, and to no other. Standard delivery takes 3 to \
         5 working days. You find your orders under “Orders”."
    } else if about(&["return", "broken", "refund"]) {
        "Pots break. Keep the shards for a picture, and we will send a new one."
    } else if about(&["stock", "sold out", "when"]) {
        "The next firing is in four weeks. What is sold out now will be back then."
    } else {
        "Thank you for writing. We are at the wheel and will answer when our hands are dry."
    }
}
