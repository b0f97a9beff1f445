//! What was ordered. Plain values, so that a test can compare them whole.

use serde::Serialize;

use crate::Price;

/// An order as it was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Order {
    /// `LM-1001`, `LM-1002`, and so on.
    pub number: String,
    /// The email of who was signed in.
    pub user: String,
    /// What was ordered.
    pub items: Vec<Item>,
    /// Where it goes.
    pub address: Address,
    /// How it gets there.
    pub delivery: Delivery,
    /// What it costs, delivery included.
    pub total: Price,
    /// Which checkout form it came from; each look at the checkout page is a new form.
    pub form: String,
    /// 1 if it was the first order from that form, 2 if the same form was sent again, and so on.
    pub submission: u32,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The product's id, such as `mug-lapis`.
    pub product: String,
    /// Its name as people read it.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub price: Price,
    /// What they cost together.
    pub total: Price,
}

/// Where an order goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Address {
    /// Who takes it.
    pub name: String,
    /// Street and number.
    pub street: String,
    /// The city.
    pub city: String,
    /// The postcode.
    pub postcode: String,
    /// The country's name.
    pub country: String,
}

/// How an order gets there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// In three to five days.
    Standard,
    /// The next day.
    Express,
}

impl Delivery {
    pub(crate) const ALL: [Self; 2] = [Self::Standard, Self::Express];

    /// What it costs.
    #[must_use]
    pub const fn price(self) -> Price {
        match self {
            Self::Standard => Price::cents(490),
            Self::Express => Price::cents(1200),
        }
    }

    /// As forms write it.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Express => "express",
        }
    }

    /// As people read it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Standard => "Standard delivery",
            Self::Express => "Express delivery",
        }
    }

    /// How long it takes.
    pub(crate) fn time(self) -> &'static str {
        match self {
            Self::Standard => "3 to 5 working days",
            Self::Express => "the next working day",
        }
    }

    pub(crate) fn named(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|delivery| delivery.slug() == slug)
    }
}
