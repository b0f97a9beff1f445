//! The cart and the checkout.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde_json::json;

use super::look::product_page;
use crate::{
    Delivery,
    cart::MOST,
    catalogue,
    checkout::Checkout,
    visit::{Posted, Visit},
};

pub(super) async fn cart(visit: Visit) -> Response {
    cart_page(&visit, StatusCode::OK, None)
}

fn cart_page(visit: &Visit, status: StatusCode, error: Option<&str>) -> Response {
    let (items, total) = visit.session(|session| (session.cart.items(), session.cart.total()));
    visit.page_as(status, "cart.html", json!({ "items": items, "total": total, "most": MOST, "error": error }))
}

pub(super) async fn add(posted: Posted) -> Response {
    let visit = &posted.visit;
    let Some(product) = catalogue::find(posted.text("product")) else { return visit.not_found() };
    if !product.in_stock {
        let text = "The next firing is in four weeks. Nothing was added to your cart.";
        return visit.problem(StatusCode::CONFLICT, "This is sold out", text);
    }
    let typed = posted.text("quantity");
    let Some(count) = quantity(typed).filter(|count| *count > 0) else {
        let wrong = (typed, "Enter a whole number from 1 to 20");
        return product_page(visit, product, StatusCode::UNPROCESSABLE_ENTITY, Some(wrong));
    };
    visit.session(|session| {
        session.cart.add(product, count);
        session.notice = Some(format!("Added to your cart: {count} × {}", product.name));
    });
    Redirect::to("/cart").into_response()
}

pub(super) async fn update(posted: Posted) -> Response {
    let visit = &posted.visit;
    let items = visit.session(|session| session.cart.items());
    let mut changes = Vec::new();
    for item in &items {
        let typed = posted.text(&format!("quantity-{}", item.product));
        match quantity(typed) {
            Some(count) => changes.push((item.product.as_str(), count)),
            None if typed.is_empty() => {}
            None => {
                let error = "Enter whole numbers from 0 to 20. Nothing was changed.";
                return cart_page(visit, StatusCode::UNPROCESSABLE_ENTITY, Some(error));
            }
        }
    }
    visit.session(|session| {
        for (product, count) in changes {
            if let Some(product) = catalogue::find(product) {
                session.cart.set(product, count);
            }
        }
        session.notice = Some("Your cart is up to date.".to_owned());
    });
    Redirect::to("/cart").into_response()
}

pub(super) async fn remove(posted: Posted) -> Response {
    let visit = &posted.visit;
    let Some(product) = catalogue::find(posted.text("product")) else { return visit.not_found() };
    visit.session(|session| {
        session.cart.set(product, 0);
        session.notice = Some(format!("Removed from your cart: {}", product.name));
    });
    Redirect::to("/cart").into_response()
}

pub(super) async fn checkout_page(visit: Visit) -> Response {
    if visit.user().is_none() {
        return Visit::to_sign_in("/checkout");
    }
    if visit.session(|session| session.cart.is_empty()) {
        return Redirect::to("/cart").into_response();
    }
    let checkout = Checkout::blank(visit.shop.token());
    show(&visit, StatusCode::OK, &checkout)
}

pub(super) async fn checkout(posted: Posted) -> Response {
    let visit = &posted.visit;
    if visit.user().is_none() {
        return Visit::to_sign_in("/checkout");
    }
    let checkout = Checkout::read(&posted);
    let Some(to) = checkout.accepted() else {
        return show(visit, StatusCode::UNPROCESSABLE_ENTITY, &checkout);
    };
    match visit.shop.place(&visit.id, &checkout.form, to) {
        Some(number) => Redirect::to(&format!("/orders/{number}")).into_response(),
        None => Redirect::to("/cart").into_response(),
    }
}

fn show(visit: &Visit, status: StatusCode, checkout: &Checkout) -> Response {
    let (items, total) = visit.session(|session| (session.cart.items(), session.cart.total()));
    let way = |delivery: Delivery| {
        json!({
            "slug": delivery.slug(), "name": delivery.name(),
            "price": delivery.price(), "time": delivery.time(),
        })
    };
    let facts = json!({
        "checkout": checkout,
        "wrong": checkout.wrong(),
        "countries": Checkout::countries(),
        "deliveries": Delivery::ALL.map(way),
        "items": items,
        "goods": total,
        "postage": checkout.delivery().price(),
        "total": total.plus(checkout.delivery().price()),
    });
    visit.page_as(status, "checkout.html", facts)
}

fn quantity(typed: &str) -> Option<u32> {
    typed.parse().ok().filter(|count| *count <= MOST)
}
