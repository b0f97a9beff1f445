//! One visit: whose session a request belongs to, and the form it brings.

use std::{collections::BTreeMap, convert::Infallible};

use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use serde_json::{Value, json};

use crate::{Shop, session::Session};

const COOKIE: &str = "ashur_session";

/// How long a session cookie lives, in seconds: thirty days, so that it outlives the browser.
const MONTH: u32 = 30 * 24 * 60 * 60;

/// The session of a request.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) shop: Shop,
    pub(crate) id: String,
}

impl Visit {
    /// Lets `job` look at and change the session.
    pub(crate) fn session<R>(&self, job: impl FnOnce(&mut Session) -> R) -> R {
        self.shop.session(&self.id, job)
    }

    /// The email of who is signed in.
    pub(crate) fn user(&self) -> Option<String> {
        self.session(|session| session.user.clone())
    }

    /// A page made of `facts` and what every page shows.
    pub(crate) fn page(&self, name: &str, facts: Value) -> Response {
        self.page_as(StatusCode::OK, name, facts)
    }

    /// A page with another status than 200.
    pub(crate) fn page_as(&self, status: StatusCode, name: &str, facts: Value) -> Response {
        let mut all = self.session(|session| {
            json!({
                "csrf": session.csrf, "user": session.user, "pieces": session.cart.pieces(),
                "notice": session.notice.take(), "words": "",
            })
        });
        if let (Some(all), Value::Object(facts)) = (all.as_object_mut(), facts) {
            all.extend(facts);
        }
        self.shop.pages().html(status, name, &all)
    }

    /// A page that says what went wrong.
    pub(crate) fn problem(&self, status: StatusCode, title: &str, text: &str) -> Response {
        self.page_as(status, "problem.html", json!({ "title": title, "text": text }))
    }

    /// The page for what is not there.
    pub(crate) fn not_found(&self) -> Response {
        self.problem(StatusCode::NOT_FOUND, "Page not found", "There is nothing at this address.")
    }

    /// To the sign-in page, and from there to `next`.
    pub(crate) fn to_sign_in(next: &str) -> Response {
        let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        Redirect::to(&format!("/login?next={next}")).into_response()
    }
}

impl FromRequestParts<Shop> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Self, Infallible> {
        let visit = parts.extensions.get::<Self>().cloned();
        Ok(visit.unwrap_or_else(|| Self { shop: shop.clone(), id: String::new() }))
    }
}

/// A form that carried the token of its session. Nothing that changes anything takes another.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) visit: Visit,
    fields: BTreeMap<String, String>,
}

impl Posted {
    /// The field `name` without blanks around it; empty if it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The field `name` as it was sent; empty if it is missing.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

impl FromRequest<Shop> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, shop: &Shop) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, shop).await;
        let form = Form::<BTreeMap<String, String>>::from_request(Request::from_parts(parts, body), shop).await;
        let Form(fields) = form.map_err(|refused| {
            visit.problem(refused.status(), "We could not read this form", "Go back and send it again.")
        })?;
        let posted = Self { visit, fields };
        if posted.visit.session(|session| posted.raw("csrf") == session.csrf) {
            return Ok(posted);
        }
        let text =
            "It was not sent from a page of this visit. Nothing was changed. Go back, reload the page and try again.";
        Err(posted.visit.problem(StatusCode::FORBIDDEN, "This form has expired", text))
    }
}

/// Finds or opens the session of every request, and says its name to the browser if it is new.
pub(crate) async fn find_session(State(shop): State<Shop>, mut request: Request, next: Next) -> Response {
    let (id, is_new) = shop.visit(cookie(request.headers()));
    request.extensions_mut().insert(Visit { shop, id: id.clone() });
    let mut response = next.run(request).await;
    if is_new && !response.headers().contains_key(header::SET_COOKIE) {
        remember(&mut response, &id);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Tells the browser to call its session `id`.
pub(crate) fn remember(response: &mut Response, id: &str) {
    set_cookie(response, id, MONTH);
}

/// Tells the browser to forget its session.
pub(crate) fn forget(response: &mut Response) {
    set_cookie(response, "", 0);
}

fn set_cookie(response: &mut Response, id: &str, seconds: u32) {
    let cookie = format!("{COOKIE}={id}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax");
    // Ids are hexadecimal, so this is always a valid header.
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, id)| id)
}
