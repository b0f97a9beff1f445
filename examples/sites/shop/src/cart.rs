//! What a customer means to buy.

use crate::{Item, Price, catalogue::Product};

/// The most of one product that a cart takes.
pub(crate) const MOST: u32 = 20;

/// Products with their quantities, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cart {
    // INVARIANT: no product twice; quantities from 1 to `MOST`.
    lines: Vec<(&'static Product, u32)>,
}

impl Cart {
    /// Puts `count` more of `product` in.
    pub(crate) fn add(&mut self, product: &'static Product, count: u32) {
        let had = self.lines.iter().find(|(held, _)| held.id == product.id).map_or(0, |(_, count)| *count);
        self.set(product, had.saturating_add(count));
    }

    /// Makes it `count` of `product`; none takes it out.
    pub(crate) fn set(&mut self, product: &'static Product, count: u32) {
        let count = count.min(MOST);
        match self.lines.iter_mut().find(|(held, _)| held.id == product.id) {
            Some((_, held)) => *held = count,
            None => self.lines.push((product, count)),
        }
        self.lines.retain(|(_, count)| *count > 0);
    }

    /// Takes everything out.
    pub(crate) fn clear(&mut self) {
        self.lines.clear();
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many pieces are in it.
    pub(crate) fn pieces(&self) -> u32 {
        self.lines.iter().map(|(_, count)| count).sum()
    }

    /// Its lines, as an order keeps them.
    pub(crate) fn items(&self) -> Vec<Item> {
        let item = |(product, quantity): &(&'static Product, u32)| Item {
            product: product.id.to_owned(),
            name: product.name.to_owned(),
            quantity: *quantity,
            price: product.price,
            total: product.price.times(*quantity),
        };
        self.lines.iter().map(item).collect()
    }

    /// What it costs, without delivery.
    pub(crate) fn total(&self) -> Price {
        self.lines.iter().map(|(product, count)| product.price.times(*count)).sum()
    }
}
