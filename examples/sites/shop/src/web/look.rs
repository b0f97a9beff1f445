//! Pages to look around: front page, search, products, pictures.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use crate::{
    Shop,
    cart::MOST,
    catalogue::{self, Kind, PRODUCTS, Product, Search, Sort},
    hostile,
    visit::Visit,
};

pub(super) async fn home(visit: Visit) -> Response {
    let shelf = |kind: Kind| {
        let products = || PRODUCTS.iter().filter(move |product| product.kind == kind);
        let picture = products().next().map(|product| product.id);
        json!({ "slug": kind.slug(), "name": kind.name(), "picture": picture, "count": products().count() })
    };
    let shelves = Kind::ALL.map(shelf);
    visit.page("home.html", json!({ "featured": catalogue::featured(), "shelves": shelves }))
}

pub(super) async fn search(visit: Visit, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let search = Search::read(&query);
    let found = search.run();
    let error = (!search.max_price.is_empty() && search.limit().is_none())
        .then_some("Enter an amount such as 25 or 24.50; it was not used");
    let pages: Vec<Value> =
        (1..=found.pages).map(|page| json!({ "number": page, "address": search.address(page) })).collect();
    let facts = json!({
        "words": search.words,
        "category": search.kind.map(Kind::slug),
        "heading": heading(&search),
        "max_price": search.max_price,
        "max_price_error": error,
        "in_stock": search.in_stock,
        "sort": search.sort.slug(),
        "kinds": Kind::ALL.map(|kind| (kind.slug(), kind.name())),
        "sorts": Sort::ALL.map(|sort| (sort.slug(), sort.name())),
        "previous": (found.page > 1).then(|| search.address(found.page - 1)),
        "next": (found.page < found.pages).then(|| search.address(found.page + 1)),
        "pages": pages,
        "found": found,
    });
    visit.page("search.html", facts)
}

fn heading(search: &Search) -> String {
    match (search.words.is_empty(), search.kind) {
        (false, _) => format!("Results for “{}”", search.words),
        (true, Some(kind)) => kind.name().to_owned(),
        (true, None) => "All products".to_owned(),
    }
}

pub(super) async fn product(visit: Visit, Path(id): Path<String>) -> Response {
    match catalogue::find(&id) {
        Some(product) => product_page(&visit, product, StatusCode::OK, None),
        None => visit.not_found(),
    }
}

/// The page of `product`, with what was wrong with the quantity.
pub(super) fn product_page(
    visit: &Visit,
    product: &Product,
    status: StatusCode,
    wrong: Option<(&str, &str)>,
) -> Response {
    let (quantity, error) = wrong.unzip();
    let facts = json!({
        "product": product,
        "category": product.kind.slug(),
        "quantity": quantity.unwrap_or("1"),
        "error": error,
        "most": MOST,
        "reviews": hostile::reviews(product.id),
        "related": catalogue::related(product),
    });
    visit.page_as(status, "product.html", facts)
}

pub(super) async fn picture(State(shop): State<Shop>, Path(name): Path<String>) -> Response {
    let product = name.strip_suffix(".svg").and_then(catalogue::find);
    match product.and_then(|product| shop.picture(product)) {
        Some(picture) => ([(header::CONTENT_TYPE, "image/svg+xml")], picture).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
