//! Signing in and out, and the orders of who is signed in.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde_json::json;

use crate::{
    CUSTOMER, Order,
    visit::{Posted, Visit, forget, remember},
};

pub(super) async fn sign_in_page(visit: Visit, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let next = query.get("next").map_or("/", |next| local(next));
    visit.page("login.html", json!({ "next": next, "email": "", "error": null }))
}

pub(super) async fn sign_in(posted: Posted) -> Response {
    let (email, next) = (posted.text("email"), local(posted.text("next")));
    if posted.visit.shop.knows(email, posted.raw("password")) {
        let id = posted.visit.shop.sign_in(&posted.visit.id, CUSTOMER);
        let mut response = Redirect::to(next).into_response();
        remember(&mut response, &id);
        return response;
    }
    let facts = json!({ "next": next, "email": email, "error": "This email and password do not match." });
    posted.visit.page_as(StatusCode::UNPROCESSABLE_ENTITY, "login.html", facts)
}

pub(super) async fn sign_out(posted: Posted) -> Response {
    posted.visit.shop.sign_out(&posted.visit.id);
    let mut response = Redirect::to("/").into_response();
    forget(&mut response);
    response
}

pub(super) async fn orders(visit: Visit) -> Response {
    let Some(user) = visit.user() else { return Visit::to_sign_in("/orders") };
    let mut orders = visit.shop.orders();
    orders.retain(|order| order.user == user);
    orders.reverse();
    visit.page("orders.html", json!({ "orders": orders }))
}

pub(super) async fn order(visit: Visit, Path(number): Path<String>) -> Response {
    let Some(user) = visit.user() else { return Visit::to_sign_in(&format!("/orders/{number}")) };
    let mine = |order: &Order| order.number == number && order.user == user;
    let Some(order) = visit.shop.orders().into_iter().find(mine) else { return visit.not_found() };
    let delivery = json!({
        "name": order.delivery.name(), "price": order.delivery.price(), "time": order.delivery.time(),
    });
    visit.page("order.html", json!({ "order": order, "delivery": delivery }))
}

/// `next` if it is a path of this shop, or else the front page: nobody is sent elsewhere.
fn local(next: &str) -> &str {
    let elsewhere = next.starts_with("//") || next.contains(['\\', '\r', '\n', '\t']);
    if next.starts_with('/') && !elsewhere && next.is_ascii() { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn signing_in_leads_nowhere_else() {
        let nexts = ["/cart", "//evil.test", "/\\evil.test", "https://evil.test", "/\t/evil.test", ""].map(local);
        assert_eq!(nexts, ["/cart", "/", "/", "/", "/", "/"]);
    }
}
