//! What is on the shelves. It knows nothing of customers.

mod search;
mod shelves;

use serde::Serialize;

pub(crate) use self::{
    search::{Search, Sort},
    shelves::PRODUCTS,
};
use crate::Price;

/// A kind of pottery, one for each category of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Mug,
    Bowl,
    Plate,
    Vase,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Mug, Self::Bowl, Self::Plate, Self::Vase];

    /// As addresses write it.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Mug => "mugs",
            Self::Bowl => "bowls",
            Self::Plate => "plates",
            Self::Vase => "vases",
        }
    }

    /// As people read it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mug => "Mugs",
            Self::Bowl => "Bowls",
            Self::Plate => "Plates",
            Self::Vase => "Vases",
        }
    }

    pub(crate) fn named(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A glaze: its name and three shades of it, from the light side to the dark one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Glaze {
    pub(crate) name: &'static str,
    pub(crate) light: &'static str,
    pub(crate) base: &'static str,
    pub(crate) dark: &'static str,
}

/// The outline of a piece, for its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shape {
    Mug,
    Cup,
    Bowl,
    Deep,
    Plate,
    Vase,
    Amphora,
    Bottle,
}

/// One thing that can be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Product {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) glaze: Glaze,
    pub(crate) shape: Shape,
    pub(crate) price: Price,
    pub(crate) in_stock: bool,
    pub(crate) about: &'static str,
    pub(crate) size: &'static str,
}

/// The product called `id`.
pub(crate) fn find(id: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.id == id)
}

/// What the front page shows.
pub(crate) fn featured() -> Vec<&'static Product> {
    ["mug-lapis", "bowl-terracotta", "vase-amphora", "plate-lapis"].into_iter().filter_map(find).collect()
}

/// Others of the same kind, for the foot of a product's page.
pub(crate) fn related(product: &Product) -> Vec<&'static Product> {
    PRODUCTS.iter().filter(|other| other.kind == product.kind && other.id != product.id).take(4).collect()
}
