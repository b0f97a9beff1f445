//! Days and times of day as people write them.

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The year.
    pub year: i32,
    /// The month, from 1.
    pub month: u32,
    /// The day of the month, from 1.
    pub day: u32,
}

const MONTHS: &[&str] = &[
    "jan january januar",
    "feb february februar",
    "mar march märz maerz mär",
    "apr april",
    "may mai",
    "jun june juni",
    "jul july juli",
    "aug august",
    "sep sept september",
    "oct october okt oktober",
    "nov november",
    "dec december dez dezember",
];

/// The month that a word names, from 1.
#[must_use]
pub(super) fn month(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    if let Some(number) = lower.strip_suffix('월') {
        return number.parse().ok().filter(|month| (1..=12).contains(month));
    }
    let index = MONTHS.iter().position(|names| names.split(' ').any(|name| name == lower))?;
    u32::try_from(index + 1).ok()
}

impl Day {
    /// A day that there is.
    #[must_use]
    pub(super) fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        ((1..=last).contains(&day) && (1..=9999).contains(&year)).then_some(Self { year, month, day })
    }

    /// Reads a day from numbers with signs between them: `10/05/2016`, `2016-05-10`, `10.5.2016`.
    #[must_use]
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('.');
        for (sign, order) in [('/', "mdy"), ('-', "ymd"), ('.', "dmy")] {
            let parts: Vec<_> = text.split(sign).collect();
            let [one, two, three] = parts.as_slice() else { continue };
            let (Ok(first), Ok(second), Ok(third)) = (one.parse::<u32>(), two.parse::<u32>(), three.parse::<u32>())
            else {
                continue;
            };
            let century = |year: u32| i32::try_from(if year < 100 { year + 2000 } else { year }).ok();
            return match order {
                _ if one.len() == 4 => Self::new(century(first)?, second, third),
                "dmy" => Self::new(century(third)?, second, first),
                _ => Self::new(century(third)?, first, second).or_else(|| Self::new(century(third)?, second, first)),
            };
        }
        None
    }

    /// As a field for dates wants it.
    #[must_use]
    pub(super) fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// The months from the beginning of time, for counting.
    #[must_use]
    pub(super) fn months(self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.month)
    }

    /// The day so many days later.
    #[must_use]
    pub(super) fn plus(self, days: i64) -> Option<Self> {
        // Days are counted from a March, so that a leap day is the last of its year.
        // Source: "chrono-compatible low-level date algorithms", Howard Hinnant.
        let shifted = if self.month > 2 {
            (i64::from(self.year), self.month - 3)
        } else {
            (i64::from(self.year) - 1, self.month + 9)
        };
        let (year, month) = (shifted.0, i64::from(shifted.1));
        let count = year * 365 + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + (153 * month + 2) / 5
            + i64::from(self.day)
            - 1
            + days;
        let era = count.div_euclid(146_097);
        let of_era = count.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        Self::new(
            i32::try_from(year_of_era + era * 400 + later).ok()?,
            u32::try_from(month).ok()?,
            u32::try_from(day).ok()?,
        )
    }
}

/// Reads a time of day and gives it as `15:05`; what follows it in the text may say `PM`.
#[must_use]
pub(super) fn clock(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase().replace(' ', "");
    let (digits, half) = match lower.strip_suffix("pm").or_else(|| lower.strip_suffix("p.m.")) {
        Some(rest) => (rest, Some(12)),
        None => match lower.strip_suffix("am").or_else(|| lower.strip_suffix("a.m.")) {
            Some(rest) => (rest, Some(0)),
            None => (lower.as_str(), None),
        },
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours.parse::<u32>().ok()?, minutes.parse::<u32>().ok()?),
        None if half.is_some() => (digits.parse::<u32>().ok()?, 0),
        None => return None,
    };
    let hours = half.map_or(hours, |half| hours % 12 + half);
    (hours < 24 && minutes < 60).then(|| format!("{hours:02}:{minutes:02}"))
}

/// The month that a line of text is the heading of, such as `December 2016`.
#[must_use]
pub(super) fn month_of(line: &str) -> Option<i64> {
    let cut = super::words::cut(line);
    let month = cut.iter().find_map(|(_, word)| month(word))?;
    let year = cut.iter().find_map(|(_, word)| {
        word.trim_end_matches('년').parse::<i64>().ok().filter(|year| (1900..2200).contains(year))
    })?;
    Some(year * 12 + i64::from(month))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_the_orders_of_their_signs() {
        let day = Day::new(2016, 5, 10);
        let found = ["05/10/2016", "2016-05-10", "10.5.2016", "5/10/16", "10.05.2016."].map(Day::parse);
        assert_eq!(found, [day; 5]);
    }

    #[test]
    fn adding_days_crosses_months_and_leap_years() {
        let days = [(2024, 2, 28, 2), (2023, 12, 31, 1), (2024, 3, 1, -1)];
        let later = days.map(|(year, month, day, more)| Day::new(year, month, day).unwrap().plus(more).unwrap().iso());
        assert_eq!(later, ["2024-03-01", "2024-01-01", "2024-02-29"]);
    }

    #[test]
    fn times_are_read_with_and_without_halves() {
        let found = ["3:05 PM", "12am", "12:30 pm", "15:00", "9"].map(clock);
        let expected = [Some("15:05"), Some("00:00"), Some("12:30"), Some("15:00"), None];
        assert_eq!(
            found.map(|time| time.unwrap_or_default()),
            expected.map(|time| time.unwrap_or_default().to_owned())
        );
    }
}
