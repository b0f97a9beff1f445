//! What the tokens of models cost, from a table that the user keeps.

use std::{collections::BTreeMap, path::Path};

use super::{
    document::{Document, Section},
    error::TaskError,
    task::ModelChoice,
};

/// Prices by the name of the model: what a million tokens that are read, cached or written cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceTable(BTreeMap<String, ModelChoice>);

impl PriceTable {
    /// Reads the `text` of the file `file`, which has a table for each model:
    ///
    /// ```toml
    /// ["gpt-large"]
    /// price_in = "2.00"
    /// price_cached = "0.50"
    /// price_out = "8.00"
    /// ```
    ///
    /// # Errors
    ///
    /// A [`TaskError`] that says what was expected, and where.
    pub fn parse(text: &str, file: &Path) -> Result<Self, TaskError> {
        let document = Document::new(text, file)?;
        let table = document.parse()?;
        let root = document.root(&table);
        let priced = root.entries().map(|entry| {
            let section = entry.section()?;
            section.allow(&["price_in", "price_cached", "price_out"])?;
            section.need("price_in", "what a million tokens that are read cost, such as `\"0.40\"`")?;
            section.need("price_out", "what a million tokens that are written cost, such as `\"1.60\"`")?;
            Ok((entry.name.to_owned(), priced(&section)?))
        });
        Ok(Self(priced.collect::<Result<_, TaskError>>()?))
    }

    /// `choice` with the prices of its model, unless it says them itself.
    #[must_use]
    pub fn fill(&self, choice: ModelChoice) -> ModelChoice {
        let known = choice.name.as_ref().and_then(|name| self.0.get(name));
        match known.filter(|_| choice.price_in.is_none() && choice.price_out.is_none()) {
            None => choice,
            Some(known) => ModelChoice {
                price_in: known.price_in,
                price_cached: choice.price_cached.or(known.price_cached),
                price_out: known.price_out,
                ..choice
            },
        }
    }
}

/// The prices that `section` tells.
pub(super) fn priced(section: &Section<'_>) -> Result<ModelChoice, TaskError> {
    let price = |key| section.get(key).map(|entry| entry.money()).transpose();
    Ok(ModelChoice {
        price_in: price("price_in")?,
        price_cached: price("price_cached")?,
        price_out: price("price_out")?,
        ..ModelChoice::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<PriceTable, String> {
        PriceTable::parse(text, Path::new("prices.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_model_that_says_nothing_of_its_price_has_that_of_the_table() {
        let table =
            parse("[\"gpt large\"]\nprice_in = \"2.00\"\nprice_cached = \"0.50\"\nprice_out = \"8\"\n").unwrap();
        let named = |name: &str| ModelChoice { name: Some(name.to_owned()), ..ModelChoice::default() };
        let prices = |choice: ModelChoice| {
            let filled = table.fill(choice);
            (filled.price_in, filled.price_cached, filled.price_out)
        };
        assert_eq!(prices(named("gpt large")), (Some(2_000_000), Some(500_000), Some(8_000_000)));
        assert_eq!(prices(named("gpt small")), (None, None, None));
        let own = ModelChoice { price_in: Some(1), ..named("gpt large") };
        assert_eq!(prices(own), (Some(1), None, None));
    }

    #[test]
    fn what_is_wrong_in_the_table_is_said_with_its_place() {
        let cases = [
            ("[a]\nprice_in = \"1\"\n", "prices.toml:1:1: `a.price_out`: missing"),
            ("[a]\nprice_in = 1\nprice_out = \"1\"\n", "prices.toml:2:12: `a.price_in`"),
            ("[a]\ncost = \"1\"\n", "`a.cost`: unknown key"),
            ("a = 3\n", "expected a table"),
        ];
        for (text, expected) in cases {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
