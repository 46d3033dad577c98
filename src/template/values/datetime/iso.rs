//! `fromisoformat`.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use super::{Placed, Zone};

/// Reads `2024-01-31`, `20240131` and `2024-W05-3`.
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    let year = i32::try_from(number(0..4)?).ok()?;
    let bytes = text.as_bytes();
    if let Some(week) = text.get(4..).and_then(|rest| rest.trim_start_matches('-').strip_prefix('W')) {
        let digits = week.replace('-', "");
        let day = digits.get(2..3).map_or(Ok(1), str::parse::<u8>).ok()?;
        let day = Weekday::try_from(day.checked_sub(1)?).ok()?;
        return NaiveDate::from_isoywd_opt(year, digits.get(..2)?.parse().ok()?, day);
    }
    match (bytes.len(), bytes.get(4), bytes.get(7)) {
        (10, Some(b'-'), Some(b'-')) => NaiveDate::from_ymd_opt(year, number(5..7)?, number(8..10)?),
        (8, _, _) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            NaiveDate::from_ymd_opt(year, number(4..6)?, number(6..8)?)
        }
        _ => None,
    }
}

/// Reads `10`, `10:11`, `10:11:12`, `10:11:12.5` and the same without colons.
pub fn read_time(text: &str) -> Option<NaiveTime> {
    let (clock, fraction) = match text.find(['.', ',']) {
        Some(index) => (&text[..index], &text[index + 1..]),
        None => (text, ""),
    };
    let digits = clock.replace(':', "");
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |start: usize| digits.get(start..start + 2).map_or(Some(0), |part| part.parse().ok());
    if !matches!(digits.len(), 2 | 4 | 6) || (!fraction.is_empty() && digits.len() != 6) {
        return None;
    }
    let micros: u32 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    NaiveTime::from_hms_micro_opt(part(0)?, part(2)?, part(4)?, micros)
}

/// Reads a date, and after any one character a time, and an offset such as `Z` or `+01:00`.
pub fn read_moment(text: &str) -> Option<(NaiveDateTime, Option<Placed>)> {
    let split = [10, 8].into_iter().find(|length| text.get(..*length).is_some_and(|date| read_date(date).is_some()))?;
    let date = read_date(text.get(..split)?)?;
    let mut rest = text.get(split..)?.chars();
    if rest.next().is_none() {
        return Some((date.and_time(NaiveTime::MIN), None));
    }
    let (clock, offset) = split_offset(rest.as_str());
    let time = read_time(clock)?;
    let placed = match offset {
        Some(offset) => Some(Zone::Offset(read_offset(offset)?).unplaced()),
        None => None,
    };
    Some((date.and_time(time), placed))
}

fn split_offset(text: &str) -> (&str, Option<&str>) {
    match text.find(['+', '-', 'Z', 'z']) {
        Some(index) => (&text[..index], Some(&text[index..])),
        None => (text, None),
    }
}

/// Reads `Z`, `+01:00`, `-0130` as seconds east of UTC.
pub(super) fn read_offset(text: &str) -> Option<i32> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let time = read_time(text.get(1..)?)?;
    let seconds = chrono::Timelike::num_seconds_from_midnight(&time);
    i32::try_from(seconds).ok().map(|seconds| sign * seconds)
}
