//! `strftime`: dates and times by the C library's codes, in English.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDateTime, Timelike};

use super::Placed;
use super::zone::offset_text;

/// English names of the months.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// English names of the days of the week, from Monday.
pub(super) const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Writes a moment by a pattern; what is no code stays as it is.
pub(super) fn moment(moment: &NaiveDateTime, placed: Option<&Placed>, pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern.chars().peekable();
    while let Some(character) = rest.next() {
        if character != '%' {
            out.push(character);
            continue;
        }
        let flag = rest.next_if(|next| matches!(next, '-' | '_' | '0' | '^' | '#'));
        let Some(code) = rest.next() else {
            out.push('%');
            out.extend(flag);
            break;
        };
        if let Some(text) = value(moment, placed, code) {
            out.push_str(&flagged(text, flag));
        } else {
            out.push('%');
            out.extend(flag);
            out.push(code);
        }
    }
    out
}

/// Applies a flag: `-` no padding, `_` spaces, `0` zeros, `^` upper case.
fn flagged(text: String, flag: Option<char>) -> String {
    let is_number = text.trim_start().bytes().all(|byte| byte.is_ascii_digit()) && !text.trim().is_empty();
    match flag {
        Some('-') if is_number => {
            let bare = text.trim_start_matches(['0', ' ']);
            if bare.is_empty() { "0".to_owned() } else { bare.to_owned() }
        }
        Some('_') if is_number => {
            let bare = text.trim_start_matches(['0', ' ']);
            let bare = if bare.is_empty() { "0" } else { bare };
            format!("{bare:>width$}", width = text.len())
        }
        Some('0') if is_number => text.replace(' ', "0"),
        Some('^') => text.to_uppercase(),
        _ => text,
    }
}

fn value(moment: &NaiveDateTime, placed: Option<&Placed>, code: char) -> Option<String> {
    let again = |pattern: &str| Some(self::moment(moment, placed, pattern));
    match code {
        'c' => again("%a %b %e %H:%M:%S %Y"),
        'x' | 'D' => again("%m/%d/%y"),
        'X' | 'T' => again("%H:%M:%S"),
        'R' => again("%H:%M"),
        'F' => again("%Y-%m-%d"),
        'r' => again("%I:%M:%S %p"),
        'h' => again("%b"),
        'n' => Some("\n".to_owned()),
        't' => Some("\t".to_owned()),
        '%' => Some("%".to_owned()),
        'Z' => Some(placed.map(|placed| placed.name.clone()).unwrap_or_default()),
        'z' => Some(placed.map(|placed| offset_text(placed.offset, "")).unwrap_or_default()),
        _ => calendar(moment, code).or_else(|| clock(moment, placed, code)),
    }
}

fn calendar(moment: &NaiveDateTime, code: char) -> Option<String> {
    let date = moment.date();
    let weekday = WEEKDAYS[date.weekday().num_days_from_monday() as usize];
    let month = MONTHS[date.month0() as usize];
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = match code {
        'Y' => write!(text, "{}", date.year()),
        'y' => write!(text, "{:02}", date.year().rem_euclid(100)),
        'C' => write!(text, "{}", date.year().div_euclid(100)),
        'G' => write!(text, "{}", date.iso_week().year()),
        'g' => write!(text, "{:02}", date.iso_week().year().rem_euclid(100)),
        'V' => write!(text, "{:02}", date.iso_week().week()),
        'm' => write!(text, "{:02}", date.month()),
        'B' => write!(text, "{month}"),
        'b' => write!(text, "{}", &month[..3]),
        'd' => write!(text, "{:02}", date.day()),
        'e' => write!(text, "{:2}", date.day()),
        'j' => write!(text, "{:03}", date.ordinal()),
        'A' => write!(text, "{weekday}"),
        'a' => write!(text, "{}", &weekday[..3]),
        'u' => write!(text, "{}", date.weekday().number_from_monday()),
        'w' => write!(text, "{}", date.weekday().num_days_from_sunday()),
        'U' => write!(text, "{:02}", (date.ordinal() + 6 - date.weekday().num_days_from_sunday()) / 7),
        'W' => write!(text, "{:02}", (date.ordinal() + 6 - date.weekday().num_days_from_monday()) / 7),
        _ => return None,
    };
    Some(text)
}

fn clock(moment: &NaiveDateTime, placed: Option<&Placed>, code: char) -> Option<String> {
    let (_, hour) = moment.hour12();
    let half = if moment.hour() < 12 { "am" } else { "pm" };
    Some(match code {
        'H' => format!("{:02}", moment.hour()),
        'k' => format!("{:2}", moment.hour()),
        'I' => format!("{hour:02}"),
        'l' => format!("{hour:2}"),
        'M' => format!("{:02}", moment.minute()),
        'S' => format!("{:02}", moment.second()),
        'f' => format!("{:06}", moment.nanosecond() / 1000 % 1_000_000),
        'p' => half.to_uppercase(),
        'P' => half.to_owned(),
        's' => (moment.and_utc().timestamp() - i64::from(placed.map_or(0, |placed| placed.offset))).to_string(),
        _ => return None,
    })
}
