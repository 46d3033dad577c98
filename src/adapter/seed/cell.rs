//! Single values by agate's rules: dates, times and truth values.

use chrono::NaiveDate;

use super::{AgateType, iso};

/// How a value fits a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// A database reads it as agate does.
    Plain,
    /// It is of the type by agate's rules only.
    Loose,
    /// It is not of the type.
    No,
}

/// Returns whether Python's `strip` takes the character off.
pub(super) fn is_white(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// Takes white space off both ends.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_white)
}

/// Tests a value that is not NULL for a type other than number and text.
pub(super) fn fit(tested: AgateType, text: &str, trimmed: &str) -> Fit {
    let fits = match tested {
        AgateType::Date => date(trimmed),
        AgateType::DateTime => date_time(trimmed),
        AgateType::IsoDateTime => iso::fit(trimmed),
        AgateType::Boolean => boolean(trimmed),
        AgateType::Integer | AgateType::Number | AgateType::Text => Fit::No,
    };
    // White space around the value is no matter to agate only.
    if fits == Fit::Plain && text.len() != trimmed.len() { Fit::Loose } else { fits }
}

/// `true` and `false` in any case; agate passes over commas in them.
fn boolean(trimmed: &str) -> Fit {
    let is_word = |text: &str| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
    if is_word(trimmed) {
        return Fit::Plain;
    }
    let without = trimmed.replace(',', "");
    if is_word(strip(&without)) { Fit::Loose } else { Fit::No }
}

/// `%Y-%m-%d`: four digits, then one or two each.
fn date(trimmed: &str) -> Fit {
    if is_date(trimmed) { Fit::Plain } else { Fit::No }
}

fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4..=4), digits(month, 1..=2), digits(day, 1..=2)) else {
        return false;
    };
    is_day(year, month, day)
}

/// `%Y-%m-%d %H:%M:%S`: any white space between date and time.
fn date_time(trimmed: &str) -> Fit {
    let Some((date, rest)) = trimmed.split_once(is_white) else { return Fit::No };
    let time = rest.trim_start_matches(is_white);
    let mut parts = time.split(':');
    let (Some(hour), Some(minute), Some(second), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Fit::No;
    };
    let part = |text: &str, limit: u32| digits(text, 1..=2).is_some_and(|value| value < limit);
    if !is_date(date) || !part(hour, 24) || !part(minute, 60) || !part(second, 60) {
        return Fit::No;
    }
    if trimmed.len() == date.len() + 1 + time.len() && trimmed.contains(' ') { Fit::Plain } else { Fit::Loose }
}

/// Returns whether there is such a day; Python's years begin with 1.
pub(super) fn is_day(year: u32, month: u32, day: u32) -> bool {
    year >= 1 && i32::try_from(year).is_ok_and(|year| NaiveDate::from_ymd_opt(year, month, day).is_some())
}

/// Reads so many digits.
pub(super) fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let are_digits = count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if are_digits { text.parse().ok() } else { None }
}
