//! The date in a model's name, as far as it is written: `2024-07-18`, `20250929`, `250615`, `0528`, `2507`, `08-2024`.

use std::fmt;

/// A day, a month, or a day of an unsaid year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    pub year: Option<u16>,
    pub month: u8,
    pub day: Option<u8>,
}

/// Years of which there are models; two digits beyond them are months or days.
const YEARS: std::ops::RangeInclusive<u16> = 2020..=2039;

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(year) = self.year {
            write!(f, "{year}-")?;
        }
        write!(f, "{:02}", self.month)?;
        self.day.map_or(Ok(()), |day| write!(f, "-{day:02}"))
    }
}

/// The date at the beginning of `words`, and how many of them it takes.
pub(super) fn read(words: &[&str]) -> Option<(Date, usize)> {
    let number = |at: usize, length: usize| {
        let word = words.get(at).filter(|word| word.len() == length && word.bytes().all(|byte| byte.is_ascii_digit()))?;
        word.parse::<u32>().ok()
    };
    if let (Some(year), Some(month), Some(day)) = (number(0, 4), number(1, 2), number(2, 2)) {
        return Some((date(Some(year), month, Some(day))?, 3));
    }
    if let (Some(month), Some(year)) = (number(0, 2), number(1, 4)) {
        return Some((date(Some(year), month, None)?, 2));
    }
    if let (Some(month), Some(day)) = (number(0, 2), number(1, 2)) {
        return Some((date(None, month, Some(day))?, 2));
    }
    if let Some(number) = number(0, 8) {
        return Some((date(Some(number / 10_000), number / 100 % 100, Some(number % 100))?, 1));
    }
    if let Some(number) = number(0, 6) {
        return Some((date(Some(2000 + number / 10_000), number / 100 % 100, Some(number % 100))?, 1));
    }
    let number = number(0, 4)?;
    // `2507` is July 2025, for there is no 25th month; `0528` is a day in May.
    let date = date(None, number / 100, Some(number % 100)).or_else(|| date(Some(2000 + number / 100), number % 100, None));
    Some((date?, 1))
}

fn date(year: Option<u32>, month: u32, day: Option<u32>) -> Option<Date> {
    let year = match year {
        Some(year) => Some(u16::try_from(year).ok().filter(|year| YEARS.contains(year))?),
        None => None,
    };
    let month = u8::try_from(month).ok().filter(|month| (1..=12).contains(month))?;
    let day = match day {
        Some(day) => Some(u8::try_from(day).ok().filter(|day| (1..=31).contains(day))?),
        None => None,
    };
    Some(Date { year, month, day })
}
