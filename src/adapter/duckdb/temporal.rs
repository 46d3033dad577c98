//! DuckDB's days, times, timestamps and intervals, which are counts, as the text that DuckDB prints.

use std::fmt::Write as _;

/// Returns a date from its days since 1970-01-01.
pub(super) fn date(days: i32) -> String {
    match days {
        i32::MAX => "infinity".to_owned(),
        _ if days == -i32::MAX => "-infinity".to_owned(),
        _ => civil(i64::from(days)),
    }
}

/// Returns a time of day from its count of `per_second`ths since midnight.
pub(super) fn time(count: i64, per_second: i64) -> String {
    let seconds = count.div_euclid(per_second);
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    push_fraction(&mut text, count.rem_euclid(per_second), per_second);
    text
}

/// Returns a timestamp from its count of `per_second`ths since 1970-01-01 00:00:00.
pub(super) fn timestamp(count: i64, per_second: i64) -> String {
    match count {
        i64::MAX => "infinity".to_owned(),
        _ if count == -i64::MAX => "-infinity".to_owned(),
        _ => {
            let per_day = per_second * 86_400;
            format!("{} {}", civil(count.div_euclid(per_day)), time(count.rem_euclid(per_day), per_second))
        }
    }
}

/// Returns an interval, such as `1 year 2 months 3 days 04:05:06.7`.
pub(super) fn interval(months: i32, days: i32, micros: i64) -> String {
    let mut parts = Vec::new();
    for (count, unit) in [(months / 12, "year"), (months % 12, "month"), (days, "day")] {
        if count != 0 {
            let plural = if count.abs() == 1 { "" } else { "s" };
            parts.push(format!("{count} {unit}{plural}"));
        }
    }
    if micros != 0 || parts.is_empty() {
        let sign = if micros < 0 { "-" } else { "" };
        // Saturates at the one number that has no positive counterpart.
        parts.push(format!("{sign}{}", time(micros.saturating_abs(), 1_000_000)));
    }
    parts.join(" ")
}

fn push_fraction(text: &mut String, fraction: i64, per_second: i64) {
    if fraction == 0 {
        return;
    }
    let width = per_second.ilog10() as usize;
    // Writing into a text cannot fail.
    let _ = write!(text, ".{fraction:0width$}");
    text.truncate(text.trim_end_matches('0').len());
}

/// Returns the day of the proleptic Gregorian calendar, counted in eras of 400 years that begin in March.
fn civil(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if year > 0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{:04}-{month:02}-{day:02} (BC)", 1 - year)
    }
}
