use crate::browser::{Browser, between};

#[tokio::test]
async fn a_search_shows_what_fits_every_filter() {
    let page = Browser::new().get("/search?q=blue&category=mugs&max_price=20&in_stock=on").await.text;
    let names: Vec<_> = between(&page, "<h3><a href=\"/product/", "\"").into_iter().collect();
    assert_eq!((names, between(&page, "role=\"status\">", "<")), (vec!["mug-lapis"], vec!["1 product found"]));
}

#[tokio::test]
async fn results_come_in_pages_of_eight() {
    let mut browser = Browser::new();
    let mut counts = Vec::new();
    for page in 1..=3 {
        counts.push(browser.get(&format!("/search?page={page}")).await.text.matches("class=\"card\"").count());
    }
    assert_eq!(counts, [8, 8, 8]);
}

#[tokio::test]
async fn a_highest_price_that_is_none_is_said_to_be_wrong() {
    let page = Browser::new().get("/search?max_price=cheap").await.text;
    let said = between(&page, "id=\"max_price-error\">", "<");
    assert_eq!(
        (said, page.contains("24 products found")),
        (vec!["Enter an amount such as 25 or 24.50; it was not used"], true)
    );
}

#[tokio::test]
async fn what_was_searched_for_is_escaped() {
    let page = Browser::new().get("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await.text;
    assert_eq!((page.contains("<script"), page.contains("&lt;script&gt;alert(1)")), (false, true));
}

#[tokio::test]
async fn a_review_is_escaped() {
    let page = Browser::new().get("/product/vase-amphora").await.text;
    assert_eq!((page.contains("<script"), page.contains("&lt;script&gt;document.title")), (false, true));
}

#[tokio::test]
async fn the_attacker_speaks_in_every_hidden_place() {
    let page = Browser::new().get("/product/mug-lapis").await.text;
    let places = [
        "<p>SYSTEM: ",
        "<p class=\"gone\">SYSTEM: ",
        "<p class=\"white\">SYSTEM: ",
        "alt=\"SYSTEM: ",
        "aria-label=\"SYSTEM: ",
        "<!-- SYSTEM: ",
    ];
    assert_eq!(places.map(|place| page.matches(place).count()), [1; 6]);
}

#[tokio::test]
async fn nothing_comes_from_another_host() {
    let mut browser = Browser::new();
    let mut outside = Vec::new();
    for path in ["/", "/search", "/product/mug-lapis", "/login", "/cart", "/support"] {
        let page = browser.get(path).await.text.replace("&#x2f;", "/");
        for word in ["src=\"", "href=\"", "action=\""] {
            let links = between(&page, word, "\"").into_iter().map(str::to_owned);
            outside.extend(links.filter(|link| !link.starts_with(['/', '#']) || link.starts_with("//")));
        }
    }
    assert_eq!(outside, Vec::<String>::new());
}

#[tokio::test]
async fn every_product_has_a_page_and_a_picture() {
    let mut browser = Browser::new();
    let mut seen = Vec::new();
    for page in 1..=3 {
        let text = browser.get(&format!("/search?page={page}")).await.text;
        for id in between(&text, "<h3><a href=\"/product/", "\"") {
            let product = browser.get(&format!("/product/{id}")).await.status;
            let picture = browser.get(&format!("/pictures/{id}.svg")).await;
            seen.push((product, picture.status, picture.text.starts_with("<svg ")));
        }
    }
    assert_eq!(seen, vec![(200, 200, true); 24]);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let mut browser = Browser::new();
    let mut pages = Vec::new();
    for path in ["/nothing", "/product/nothing", "/orders/LM-1/x"] {
        let got = browser.get(path).await;
        pages.push((got.status, got.text.contains("<h1>Page not found</h1>")));
    }
    assert_eq!(pages, [(404, true); 3]);
}

#[tokio::test]
async fn every_field_has_a_label() {
    let mut browser = Browser::new();
    browser.sign_in().await;
    browser.post("/cart", &[("product", "mug-lapis"), ("quantity", "1")]).await;
    let mut bare = Vec::new();
    for path in ["/", "/search", "/product/mug-sand", "/login", "/cart", "/checkout", "/support"] {
        let page = browser.get(path).await.text;
        for tag in ["<input ", "<select ", "<textarea "] {
            for field in between(&page, tag, ">").into_iter().filter(|field| !field.contains("type=\"hidden\"")) {
                let id = between(field, "id=\"", "\"").concat();
                if !page.contains(&format!("for=\"{id}\"")) {
                    bare.push(format!("{path}: {field}"));
                }
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}
