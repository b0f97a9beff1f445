use lamassu_shop::{Address, Delivery, Item, Order, Price};

use crate::browser::{Browser, between, value_of};

const ADDRESS: [(&str, &str); 7] = [
    ("name", "Ada <b>Ur</b>"),
    ("street", "Canal 7"),
    ("postcode", "1011 AB"),
    ("city", "Amsterdam"),
    ("country", "NL"),
    ("delivery", "express"),
    ("terms", "on"),
];

/// A visitor who is signed in, with two blue mugs in the cart.
async fn buyer() -> Browser {
    let mut browser = Browser::new();
    browser.sign_in().await;
    browser.post("/cart", &[("product", "mug-lapis"), ("quantity", "2")]).await;
    browser
}

/// The fields of the checkout form as the page offers it, filled in.
async fn filled(browser: &mut Browser) -> Vec<(String, String)> {
    let page = browser.get("/checkout").await.text;
    let mut fields = vec![("csrf".to_owned(), value_of(&page, "csrf")), ("form".to_owned(), value_of(&page, "form"))];
    fields.extend(ADDRESS.map(|(name, value)| (name.to_owned(), value.to_owned())));
    fields
}

async fn place(browser: &mut Browser, fields: &[(String, String)]) -> crate::browser::Got {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post_raw("/checkout", &fields).await
}

#[tokio::test]
async fn an_order_is_what_was_typed() {
    let mut browser = buyer().await;
    let fields = filled(&mut browser).await;
    let form = fields[1].1.clone();
    let got = place(&mut browser, &fields).await;
    let text = |text: &str| text.to_owned();
    let order = Order {
        number: text("LM-1001"),
        user: text("customer@shop.test"),
        items: vec![Item {
            product: text("mug-lapis"),
            name: text("Lapis Blue Mug"),
            quantity: 2,
            price: Price::cents(1800),
            total: Price::cents(3600),
        }],
        address: Address {
            name: text("Ada <b>Ur</b>"),
            street: text("Canal 7"),
            city: text("Amsterdam"),
            postcode: text("1011 AB"),
            country: text("Netherlands"),
        },
        delivery: Delivery::Express,
        total: Price::cents(4800),
        form,
        submission: 1,
    };
    assert_eq!((got.status, got.location.as_str(), browser.shop.orders()), (303, "/orders/LM-1001", vec![order]));
}

#[tokio::test]
async fn the_order_page_says_its_number_and_escapes_the_name() {
    let mut browser = buyer().await;
    let fields = filled(&mut browser).await;
    let location = place(&mut browser, &fields).await.location;
    let page = browser.get(&location).await.text;
    let status = between(&page, "role=\"status\">", "</p>");
    assert_eq!(
        (status, page.contains("<address>Ada &lt;b&gt;Ur&lt;&#x2f;b&gt;<br>")),
        (vec!["Thank you. Order number: <strong>LM-1001</strong>"], true)
    );
}

#[tokio::test]
async fn the_history_shows_the_newest_first() {
    let mut browser = buyer().await;
    let fields = filled(&mut browser).await;
    place(&mut browser, &fields).await;
    browser.post("/cart", &[("product", "vase-sand"), ("quantity", "1")]).await;
    let fields = filled(&mut browser).await;
    place(&mut browser, &fields).await;
    let page = browser.get("/orders").await.text;
    assert_eq!(between(&page, "<a href=\"/orders/", "\""), ["LM-1002", "LM-1001"]);
}

#[tokio::test]
async fn a_form_sent_twice_orders_twice() {
    let mut browser = buyer().await;
    let fields = filled(&mut browser).await;
    place(&mut browser, &fields).await;
    place(&mut browser, &fields).await;
    let orders = browser.shop.orders();
    let seen: Vec<_> =
        orders.iter().map(|order| (order.number.as_str(), order.items[0].quantity, order.submission)).collect();
    assert_eq!(seen, [("LM-1001", 2, 1), ("LM-1002", 2, 2)]);
}

#[tokio::test]
async fn each_wrong_field_is_named_and_nothing_is_ordered() {
    let mut browser = buyer().await;
    let mut fields = filled(&mut browser).await;
    for (name, value) in &mut fields {
        match name.as_str() {
            "street" => "\n".clone_into(value),
            "postcode" => "!!".clone_into(value),
            "country" => "XX".clone_into(value),
            "terms" => value.clear(),
            _ => {}
        }
    }
    let got = place(&mut browser, &fields).await;
    let wrong = between(&got.text, "aria-invalid=\"true\" aria-describedby=\"", "\"");
    let expected = vec!["street-error", "postcode-error", "country-error", "terms-error"];
    assert_eq!((got.status, wrong, browser.shop.orders()), (422, expected, vec![]));
}

#[tokio::test]
async fn a_quantity_that_is_none_is_refused() {
    let mut browser = Browser::new();
    let mut statuses = Vec::new();
    for quantity in ["0", "-1", "21", "1e3", "two", ""] {
        statuses.push(browser.post("/cart", &[("product", "mug-lapis"), ("quantity", quantity)]).await.status);
    }
    assert_eq!((statuses, browser.get("/cart").await.text.contains("Your cart is empty")), (vec![422; 6], true));
}

#[tokio::test]
async fn what_is_sold_out_cannot_be_bought() {
    let mut browser = Browser::new();
    let page = browser.get("/product/mug-basalt").await.text;
    let got = browser.post("/cart", &[("product", "mug-basalt"), ("quantity", "1")]).await;
    assert_eq!((page.contains("<button disabled>Add to cart"), got.status), (true, 409));
}

#[tokio::test]
async fn the_cart_follows_update_and_remove() {
    let mut browser = buyer().await;
    browser.post("/cart", &[("product", "plate-moss"), ("quantity", "1")]).await;
    browser.post("/cart/update", &[("quantity-mug-lapis", "5"), ("quantity-plate-moss", "2")]).await;
    let updated = browser.get("/cart").await.text;
    browser.post("/cart/remove", &[("product", "mug-lapis")]).await;
    let removed = browser.get("/cart").await.text;
    let total = |page: &str| between(page, "Total without delivery</th><td class=\"number\">", "<").concat();
    assert_eq!((total(&updated), total(&removed)), ("€130.00".to_owned(), "€40.00".to_owned()));
}

#[tokio::test]
async fn an_empty_cart_cannot_be_checked_out() {
    let mut browser = Browser::new();
    browser.sign_in().await;
    assert_eq!(browser.get("/checkout").await.location, "/cart");
}
