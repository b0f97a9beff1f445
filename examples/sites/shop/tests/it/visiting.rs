use lamassu_shop::{Shop, serve};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::browser::{Browser, between};

#[tokio::test]
async fn signing_in_leads_on_and_keeps_a_cookie_for_a_month() {
    let got = Browser::new().sign_in().await;
    let (_, traits) = got.cookie.split_once("; ").unwrap();
    assert_eq!(
        (got.status, got.location.as_str(), traits),
        (303, "/cart", "Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax")
    );
}

#[tokio::test]
async fn a_wrong_password_is_an_alert_and_never_comes_back() {
    let mut browser = Browser::new();
    let got = browser.post("/login", &[("email", "a@b.test"), ("password", "hunter2hunter2")]).await;
    let alerts = between(&got.text, "role=\"alert\" id=\"login-error\">", "<");
    assert_eq!(
        (got.status, alerts, got.text.contains("hunter2")),
        (422, vec!["This email and password do not match."], false)
    );
}

#[tokio::test]
async fn signing_in_leads_to_no_other_site() {
    let mut browser = Browser::new();
    let fields = [("email", "customer@shop.test"), ("password", "it's <secret>"), ("next", "//evil.test/")];
    assert_eq!(browser.post("/login", &fields).await.location, "/");
}

#[tokio::test]
async fn signing_in_ends_the_old_session_and_keeps_the_cart() {
    let mut browser = Browser::new();
    browser.post("/cart", &[("product", "bowl-sand"), ("quantity", "2")]).await;
    let mut thief = Browser::at(&browser.shop);
    thief.cookie = browser.cookie.clone();
    browser.sign_in().await;
    let carts = [browser.get("/cart").await, thief.get("/cart").await];
    assert_eq!(carts.map(|cart| cart.text.contains("Desert Sand Breakfast Bowl")), [true, false]);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let mut browser = Browser::new();
    browser.sign_in().await;
    let inside = browser.cookie.clone();
    browser.post("/logout", &[]).await;
    browser.cookie = inside;
    assert_eq!(browser.get("/orders").await.location, "/login?next=%2Forders");
}

#[tokio::test]
async fn what_belongs_to_a_customer_asks_for_sign_in() {
    let mut browser = Browser::new();
    let mut leads = Vec::new();
    for path in ["/orders", "/checkout", "/orders/LM-1001"] {
        leads.push(browser.get(path).await.location);
    }
    assert_eq!(leads, ["/login?next=%2Forders", "/login?next=%2Fcheckout", "/login?next=%2Forders%2FLM-1001"]);
}

#[tokio::test]
async fn a_form_without_the_token_of_its_visit_is_refused() {
    let mut browser = Browser::new();
    let mut other = Browser::at(&browser.shop);
    let foreign = crate::browser::value_of(&other.get("/support").await.text, "csrf");
    browser.get("/").await;
    let mut statuses = Vec::new();
    for path in ["/cart", "/cart/update", "/cart/remove", "/login", "/logout", "/checkout", "/support"] {
        let fields = [("product", "mug-lapis"), ("quantity", "1"), ("message", "hello")];
        statuses.push(browser.post_raw(path, &fields).await.status);
        statuses.push(browser.post_raw(path, &[("csrf", &foreign), ("message", "hello")]).await.status);
    }
    let cart = browser.get("/cart").await.text;
    assert_eq!((statuses, cart.contains("Your cart is empty")), (vec![403; 14], true));
}

#[tokio::test]
async fn support_answers_and_escapes() {
    let mut browser = Browser::new();
    let sent = browser.post("/support", &[("message", "<i>Can you ship it</i>?")]).await;
    let page = browser.get("/support").await.text;
    let said = [page.contains("&lt;i&gt;Can you ship it"), page.contains("<i>"), page.contains("and to no other")];
    assert_eq!((sent.location.as_str(), said), ("/support", [true, false, true]));
}

#[tokio::test]
async fn it_is_served_on_a_socket() {
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = door.local_addr().unwrap();
    tokio::spawn(serve(door, Shop::new()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!((answer.lines().next().unwrap(), answer.contains("Featured products")), ("HTTP/1.1 200 OK", true));
}
