//! A visitor: one cookie, forms with the token of the page they stand on.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use lamassu_shop::{Settings, Shop, router};
use tower::ServiceExt as _;

/// What a visitor got.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) cookie: String,
    pub(crate) text: String,
}

pub(crate) struct Browser {
    pub(crate) shop: Shop,
    service: Router,
    pub(crate) cookie: String,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let settings = Settings { password: Some("it's <secret>".to_owned()), seed: Some(7) };
        Self::at(&Shop::open(settings))
    }

    /// Another browser at the same shop.
    pub(crate) fn at(shop: &Shop) -> Self {
        Self { shop: shop.clone(), service: router(shop.clone()), cookie: String::new() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Got {
        let request = Request::get(path).header(header::COOKIE, &self.cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form as it stands, without adding a token.
    pub(crate) async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Got {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a form with the token that the page `/` carries now.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Got {
        let token = value_of(&self.get("/support").await.text, "csrf");
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(path, &all).await
    }

    pub(crate) async fn sign_in(&mut self) -> Got {
        self.post("/login", &[("email", "customer@shop.test"), ("password", "it's <secret>"), ("next", "/cart")]).await
    }

    async fn send(&mut self, request: Request<Body>) -> Got {
        let response = self.service.clone().oneshot(request).await.unwrap();
        let head = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (location, cookie) = (head(header::LOCATION), head(header::SET_COOKIE).unwrap_or_default());
        if let Some((pair, _)) = cookie.split_once(';') {
            pair.clone_into(&mut self.cookie);
        }
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Got { status, location: location.unwrap_or_default(), cookie, text: String::from_utf8(body.to_vec()).unwrap() }
    }
}

/// The value of the hidden field `name`.
pub(crate) fn value_of(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The texts of `page` that stand between `from` and `to`.
pub(crate) fn between<'a>(page: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    page.split(from).skip(1).map(|rest| rest.split(to).next().unwrap().trim()).collect()
}
