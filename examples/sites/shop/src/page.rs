//! Templates into HTML. Everything a visitor typed is escaped, because every template is `.html`.

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};
use minijinja::{Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};

/// The templates by name; they are part of the program.
const TEMPLATES: &[(&str, &str)] = &[
    ("base.html", include_str!("../templates/base.html")),
    ("parts.html", include_str!("../templates/parts.html")),
    ("home.html", include_str!("../templates/home.html")),
    ("search.html", include_str!("../templates/search.html")),
    ("product.html", include_str!("../templates/product.html")),
    ("login.html", include_str!("../templates/login.html")),
    ("cart.html", include_str!("../templates/cart.html")),
    ("checkout.html", include_str!("../templates/checkout.html")),
    ("order.html", include_str!("../templates/order.html")),
    ("orders.html", include_str!("../templates/orders.html")),
    ("support.html", include_str!("../templates/support.html")),
    ("problem.html", include_str!("../templates/problem.html")),
    ("picture.html", include_str!("../templates/picture.svg")),
];

/// The templates, compiled.
#[derive(Debug)]
pub(crate) struct Pages {
    templates: Environment<'static>,
}

impl Pages {
    pub(crate) fn new() -> Self {
        let mut templates = Environment::new();
        templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default());
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in TEMPLATES {
            add(&mut templates, name, source);
        }
        Self { templates }
    }

    /// The text that the template `name` makes of `facts`.
    pub(crate) fn text(&self, name: &str, facts: &serde_json::Value) -> Result<String, minijinja::Error> {
        self.templates.get_template(name)?.render(Serde(facts))
    }

    /// The page that the template `name` makes of `facts`.
    pub(crate) fn html(&self, status: StatusCode, name: &str, facts: &serde_json::Value) -> Response {
        match self.text(name, facts) {
            Ok(text) => (status, Html(text)).into_response(),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
        }
    }
}

#[expect(clippy::expect_used, reason = "the templates are part of the program, and every test loads them all")]
fn add(templates: &mut Environment<'static>, name: &'static str, source: &'static str) {
    templates.add_template(name, source).expect("a built-in template is well-formed");
}
