//! Points in time by ISO 8601, in the forms that a database can be told to read.
//!
//! Week dates, ordinal dates and decimal fractions of hours and minutes, which dbt's library reads and DuckDB refuses, are
//! text here.

use super::cell::{Fit, digits, is_day};

/// Tests `<date>T<time>[zone]`.
pub(super) fn fit(trimmed: &str) -> Fit {
    let Some((date, rest)) = trimmed.split_once('T') else { return Fit::No };
    if !trimmed.is_ascii() || rest.contains('T') {
        return Fit::No;
    }
    let Some(date_fit) = date_fit(date) else { return Fit::No };
    let Some((time, zone_fit)) = without_zone(rest) else { return Fit::No };
    let Some(time_fit) = time_fit(time) else { return Fit::No };
    if [date_fit, zone_fit, time_fit].contains(&Fit::Loose) { Fit::Loose } else { Fit::Plain }
}

/// `2024-01-31` is plain, `20240131` is not.
fn date_fit(date: &str) -> Option<Fit> {
    let (parts, fits) = match date.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _] => ([&date[..4], &date[5..7], &date[8..]], Fit::Plain),
        [_, _, _, _, _, _, _, _] => ([&date[..4], &date[4..6], &date[6..]], Fit::Loose),
        _ => return None,
    };
    let [year, month, day] = parts;
    is_day(digits(year, 4..=4)?, digits(month, 2..=2)?, digits(day, 2..=2)?).then_some(fits)
}

/// Takes `Z`, `+02`, `+0200` or `+02:00` off.
fn without_zone(text: &str) -> Option<(&str, Fit)> {
    if let Some(time) = text.strip_suffix('Z') {
        return Some((time, Fit::Plain));
    }
    let Some(sign) = text.rfind(['+', '-']) else { return Some((text, Fit::Plain)) };
    let zone = &text[sign + 1..];
    let hour = zone.get(..2)?;
    let minute = zone.get(2..)?.trim_start_matches(':');
    digits(hour, 2..=2)?;
    if !minute.is_empty() {
        digits(minute, 2..=2)?;
    }
    (zone.len() != 3).then_some((&text[..sign], Fit::Loose))
}

/// `10:00:00.5` is plain; `100000`, `10:00`, `10` and a decimal comma are not.
fn time_fit(time: &str) -> Option<Fit> {
    let (clock, fraction) = match time.find(['.', ',']) {
        Some(at) => (&time[..at], Some(&time[at + 1..])),
        None => (time, None),
    };
    let bytes = clock.as_bytes();
    let (parts, mut fits): (Vec<&str>, Fit) = match bytes {
        [_, _, b':', _, _, b':', _, _] => (vec![&clock[..2], &clock[3..5], &clock[6..]], Fit::Plain),
        [_, _, _, _, _, _] => (vec![&clock[..2], &clock[2..4], &clock[4..]], Fit::Loose),
        [_, _, b':', _, _] => (vec![&clock[..2], &clock[3..]], Fit::Loose),
        [_, _, _, _] => (vec![&clock[..2], &clock[2..]], Fit::Loose),
        [_, _] => (vec![clock], Fit::Loose),
        _ => return None,
    };
    for (part, limit) in parts.iter().zip([24, 60, 60]) {
        digits(part, 2..=2).filter(|value| *value < limit)?;
    }
    if let Some(fraction) = fraction {
        if parts.len() != 3 || fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if time.contains(',') || fraction.len() > 6 {
            fits = Fit::Loose;
        }
    }
    Some(fits)
}
