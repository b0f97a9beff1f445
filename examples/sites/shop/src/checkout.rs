//! The checkout form: what was typed, what is wrong with it, and the order it makes.

use serde::Serialize;

use crate::{Address, Delivery, visit::Posted};

/// Where the shop delivers to: the code that the form sends, and the name.
const COUNTRIES: [(&str, &str); 10] = [
    ("AT", "Austria"),
    ("BE", "Belgium"),
    ("FR", "France"),
    ("DE", "Germany"),
    ("IQ", "Iraq"),
    ("IE", "Ireland"),
    ("IT", "Italy"),
    ("NL", "Netherlands"),
    ("ES", "Spain"),
    ("GB", "United Kingdom"),
];

/// One field of a form: what was typed and what is wrong with it.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) error: Option<&'static str>,
}

impl Field {
    /// An empty field.
    pub(crate) fn new(name: &'static str, label: &'static str) -> Self {
        Self { name, label, ..Self::default() }
    }

    fn typed(self, posted: &Posted) -> Self {
        let value = posted.text(self.name).to_owned();
        Self { value, ..self }
    }

    /// The same field, wrong for the reason `error` unless `fits` holds.
    fn unless(self, fits: impl FnOnce(&str) -> bool, error: &'static str) -> Self {
        if fits(&self.value) { self } else { Self { error: self.error.or(Some(error)), ..self } }
    }
}

/// The checkout form.
#[derive(Debug, Serialize)]
pub(crate) struct Checkout {
    pub(crate) form: String,
    name: Field,
    street: Field,
    city: Field,
    postcode: Field,
    country: Field,
    delivery: Field,
    terms: Field,
}

impl Checkout {
    /// An empty form; `form` tells it from every other.
    pub(crate) fn blank(form: String) -> Self {
        let mut delivery = Field::new("delivery", "Delivery");
        delivery.value = Delivery::Standard.slug().to_owned();
        Self {
            form,
            name: Field::new("name", "Full name"),
            street: Field::new("street", "Street"),
            city: Field::new("city", "City"),
            postcode: Field::new("postcode", "Postcode"),
            country: Field::new("country", "Country"),
            delivery,
            terms: Field::new("terms", "I accept the terms"),
        }
    }

    /// What was sent, checked.
    pub(crate) fn read(posted: &Posted) -> Self {
        let blank = Self::blank(posted.text("form").to_owned());
        let line = |field: Field, missing| {
            let fits = "Use at most 80 characters in one line";
            field.typed(posted).unless(|text| !text.is_empty(), missing).unless(is_line, fits)
        };
        let known = |code: &str| country_named(code).is_some();
        let offered = |slug: &str| Delivery::named(slug).is_some();
        Self {
            form: blank.form,
            name: line(blank.name, "Enter the full name"),
            street: line(blank.street, "Enter the street and number"),
            city: line(blank.city, "Enter the city"),
            postcode: line(blank.postcode, "Enter the postcode")
                .unless(is_postcode, "Enter a postcode of 3 to 10 letters and digits"),
            country: blank.country.typed(posted).unless(known, "Choose a country"),
            delivery: blank.delivery.typed(posted).unless(offered, "Choose a way of delivery"),
            terms: blank.terms.typed(posted).unless(|text| text == "on", "Accept the terms to place the order"),
        }
    }

    /// The fields that are wrong, in the order of the page.
    pub(crate) fn wrong(&self) -> Vec<&Field> {
        let fields = [&self.name, &self.street, &self.city, &self.postcode, &self.country, &self.delivery, &self.terms];
        fields.into_iter().filter(|field| field.error.is_some()).collect()
    }

    /// Where and how to deliver, or `None` if a field is wrong.
    pub(crate) fn accepted(&self) -> Option<(Address, Delivery)> {
        if !self.wrong().is_empty() {
            return None;
        }
        let address = Address {
            name: self.name.value.clone(),
            street: self.street.value.clone(),
            city: self.city.value.clone(),
            postcode: self.postcode.value.clone(),
            country: country_named(&self.country.value)?.to_owned(),
        };
        Some((address, self.delivery()))
    }

    /// The delivery that is chosen now.
    pub(crate) fn delivery(&self) -> Delivery {
        Delivery::named(&self.delivery.value).unwrap_or(Delivery::Standard)
    }

    /// The countries to choose from.
    pub(crate) fn countries() -> [(&'static str, &'static str); 10] {
        COUNTRIES
    }
}

fn country_named(code: &str) -> Option<&'static str> {
    COUNTRIES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

fn is_line(text: &str) -> bool {
    text.chars().count() <= 80 && !text.chars().any(char::is_control)
}

fn is_postcode(text: &str) -> bool {
    (3..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -".contains(&byte))
}
