//! Finding products: words, filters, order, pages.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Kind, PRODUCTS, Product};
use crate::Price;

/// How many products stand on one page.
const PER_PAGE: usize = 8;

/// The order in which results are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sort {
    #[default]
    Featured,
    Cheapest,
    Dearest,
    Name,
}

impl Sort {
    pub(crate) const ALL: [Self; 4] = [Self::Featured, Self::Cheapest, Self::Dearest, Self::Name];

    /// As addresses write it.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Featured => "featured",
            Self::Cheapest => "price-up",
            Self::Dearest => "price-down",
            Self::Name => "name",
        }
    }

    /// As people read it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Featured => "Featured",
            Self::Cheapest => "Price, low to high",
            Self::Dearest => "Price, high to low",
            Self::Name => "Name",
        }
    }

    fn named(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.slug() == slug)
    }
}

/// What a customer looks for.
#[derive(Debug, Default)]
pub(crate) struct Search {
    pub(crate) words: String,
    pub(crate) kind: Option<Kind>,
    /// As typed; it may be nonsense, in which case it filters nothing and the page says so.
    pub(crate) max_price: String,
    pub(crate) in_stock: bool,
    pub(crate) sort: Sort,
    page: usize,
}

/// One page of results.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    pub(crate) products: Vec<&'static Product>,
    pub(crate) total: usize,
    pub(crate) page: usize,
    pub(crate) pages: usize,
}

impl Search {
    /// Reads the query of an address. What it does not understand it leaves out.
    pub(crate) fn read(query: &BTreeMap<String, String>) -> Self {
        let text = |name: &str| query.get(name).map_or("", |text| text.trim());
        Self {
            words: text("q").chars().take(100).collect(),
            kind: Kind::named(text("category")),
            max_price: text("max_price").chars().take(20).collect(),
            in_stock: !text("in_stock").is_empty(),
            sort: Sort::named(text("sort")).unwrap_or_default(),
            page: text("page").parse().unwrap_or(1),
        }
    }

    /// The highest price as money, or `None` if it is not one.
    pub(crate) fn limit(&self) -> Option<Price> {
        Price::read(&self.max_price)
    }

    /// The products that match, one page of them.
    pub(crate) fn run(&self) -> Found {
        let mut products: Vec<_> = PRODUCTS.iter().filter(|product| self.matches(product)).collect();
        match self.sort {
            Sort::Featured => {}
            Sort::Cheapest => products.sort_by_key(|product| product.price),
            Sort::Dearest => products.sort_by_key(|product| std::cmp::Reverse(product.price)),
            Sort::Name => products.sort_by_key(|product| product.name),
        }
        let total = products.len();
        let pages = total.div_ceil(PER_PAGE).max(1);
        let page = self.page.clamp(1, pages);
        let products = products.into_iter().skip((page - 1) * PER_PAGE).take(PER_PAGE).collect();
        Found { products, total, page, pages }
    }

    /// The address of page `page` of the same search.
    pub(crate) fn address(&self, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::for_suffix(String::from("/search?"), "/search?".len());
        query.append_pair("q", &self.words);
        if let Some(kind) = self.kind {
            query.append_pair("category", kind.slug());
        }
        if !self.max_price.is_empty() {
            query.append_pair("max_price", &self.max_price);
        }
        if self.in_stock {
            query.append_pair("in_stock", "on");
        }
        query.append_pair("sort", self.sort.slug());
        query.append_pair("page", &page.to_string()).finish()
    }

    fn matches(&self, product: &Product) -> bool {
        let shelf = format!("{} {} {}", product.name, product.kind.name(), product.glaze.name).to_lowercase();
        let words = self.words.to_lowercase();
        // `vase` and `vases`, `mug` and `mugs` are the same to whoever searches.
        let has = |word: &str| shelf.contains(word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word));
        words.split_whitespace().all(has)
            && self.kind.is_none_or(|kind| kind == product.kind)
            && self.limit().is_none_or(|limit| product.price <= limit)
            && (product.in_stock || !self.in_stock)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(query: &[(&str, &str)]) -> Search {
        Search::read(&query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn names(query: &[(&str, &str)]) -> Vec<&'static str> {
        search(query).run().products.into_iter().map(|product| product.name).collect()
    }

    #[test]
    fn every_filter_narrows_the_result() {
        let found = names(&[("q", "mugs"), ("max_price", "19"), ("in_stock", "on"), ("sort", "price-down")]);
        let expected = ["Lapis Blue Mug", "Moss Green Mug", "Terracotta Mug", "Desert Sand Mug", "Ivory Espresso Cup"];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_page_past_the_end_is_the_last_page() {
        let found = search(&[("page", "99")]).run();
        assert_eq!((found.page, found.pages, found.total, found.products.len()), (3, 3, 24, 8));
    }

    #[test]
    fn a_page_address_repeats_the_search() {
        let address =
            search(&[("q", "a&b <"), ("category", "bowls"), ("max_price", "9"), ("in_stock", "on")]).address(2);
        assert_eq!(address, "/search?q=a%26b+%3C&category=bowls&max_price=9&in_stock=on&sort=featured&page=2");
    }
}
