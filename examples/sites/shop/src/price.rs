//! Money, in euro cents.

use std::{fmt, iter::Sum};

use serde::{Serialize, Serializer};

/// An amount in euro. It shows and serialises as people read it: `€18.50`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(u32);

impl Price {
    /// So many cents.
    #[must_use]
    pub const fn cents(cents: u32) -> Self {
        Self(cents)
    }

    /// The price of `count` of these.
    #[must_use]
    pub const fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Reads what a customer types: `20`, `19.50`, `€ 20`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('€').trim_start();
        let (euros, cents) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| (1..=6).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(euros) || !digits(cents) || cents.len() > 2 {
            return None;
        }
        let tens: u32 = if cents.len() == 1 { 10 } else { 1 };
        let cents: u32 = cents.parse().ok()?;
        let euros: u32 = euros.parse().ok()?;
        Some(Self(euros * 100 + cents * tens))
    }
}

impl Sum for Price {
    fn sum<I: Iterator<Item = Self>>(prices: I) -> Self {
        prices.fold(Self::default(), Self::plus)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "€{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Price;

    #[test]
    fn a_price_is_read_as_people_type_it() {
        let read = ["20", "19.5", " € 19.05", "-1", "1e9", "19.555", "", "."].map(Price::read);
        let prices = [Some(2000), Some(1950), Some(1905), None, None, None, None, None];
        assert_eq!(read, prices.map(|cents| cents.map(Price::cents)));
    }
}
