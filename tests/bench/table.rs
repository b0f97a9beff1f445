//! The table of figures, for people and as JSON.

use std::time::Duration;

use serde::Serialize;

/// A number with its unit.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Amount {
    number: f64,
    unit: &'static str,
}

/// One line of the table.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    /// What the same work comes to without Lamassu; absent where there is no such work.
    floor: Option<f64>,
    bound: Bound,
    limit: f64,
    holds: bool,
}

/// Which side of its limit a figure has to be on.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Bound {
    AtMost,
    AtLeast,
}

/// A line of `target/bench.json`.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    area: &'static str,
    #[serde(flatten)]
    figure: Figure,
}

/// An amount, to one digit after the point.
pub(crate) fn amount(number: f64, unit: &'static str) -> Amount {
    Amount { number: (number * 10.0).round() / 10.0, unit }
}

/// A time in microseconds.
pub(crate) fn micros(time: Duration) -> Amount {
    amount(time.as_secs_f64() * 1e6, "µs")
}

/// A time in milliseconds.
pub(crate) fn millis(time: Duration) -> Amount {
    amount(time.as_secs_f64() * 1e3, "ms")
}

/// A text of so many bytes in tokens, four bytes each.
pub(crate) fn tokens(bytes: usize) -> Amount {
    amount(bytes.div_ceil(4) as f64, "tokens")
}

impl Figure {
    /// A figure that may be at most `limit`, which has the same unit.
    pub(crate) fn at_most(name: impl Into<String>, value: Amount, limit: Amount) -> Self {
        Self::new(name.into(), value, Bound::AtMost, limit)
    }

    /// A figure that has to be at least `limit`, which has the same unit.
    pub(crate) fn at_least(name: impl Into<String>, value: Amount, limit: Amount) -> Self {
        Self::new(name.into(), value, Bound::AtLeast, limit)
    }

    fn new(name: String, value: Amount, bound: Bound, limit: Amount) -> Self {
        let (Amount { number: value, unit }, limit) = (value, limit.number);
        let holds = match bound {
            Bound::AtMost => value <= limit,
            Bound::AtLeast => value >= limit,
        };
        Self { name, value, unit, floor: None, bound, limit, holds }
    }

    /// The same figure beside its floor.
    pub(crate) fn beside(mut self, floor: Amount) -> Self {
        self.floor = Some(floor.number);
        self
    }
}

/// Prints what came of one area. All numbers of a line have the unit at its end.
pub(crate) fn print(area: &str, figures: &[Figure]) {
    println!("\n{area:44} {:>9} {:>9}  {:>19}", "value", "floor", "limit");
    for Figure { name, value, unit, floor, bound, limit, holds } in figures {
        let floor = floor.map_or_else(|| "-".to_owned(), |floor| format!("{floor:.1}"));
        let sign = match bound {
            Bound::AtMost => "<=",
            Bound::AtLeast => ">=",
        };
        let verdict = if *holds { "holds" } else { "DOES NOT HOLD" };
        println!("  {name:42} {value:>9.1} {floor:>9}  {sign} {limit:>9.1} {unit:6}  {verdict}");
    }
}

/// The figures of an area as lines of `target/bench.json`.
pub(crate) fn lines(area: &'static str, figures: Vec<Figure>) -> impl Iterator<Item = Line> {
    figures.into_iter().map(move |figure| Line { area, figure })
}
