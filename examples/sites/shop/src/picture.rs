//! Pictures of the products, drawn from their outline and glaze.

use serde_json::json;

use crate::{Shop, catalogue::Product};

impl Shop {
    /// The picture of `product` as SVG.
    pub(crate) fn picture(&self, product: &Product) -> Option<String> {
        let facts = json!({ "shape": product.shape, "glaze": product.glaze, "large": product.id.ends_with("-large") });
        self.pages().text("picture.html", &facts).ok()
    }
}
