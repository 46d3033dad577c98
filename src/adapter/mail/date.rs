//! Dates of messages: RFC 5322 and what mail programs write in its place.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

const MONTHS: [(&str, u32); 16] = [
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("mär", 3),
    ("apr", 4),
    ("may", 5),
    ("mai", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("okt", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
];

/// Zones that RFC 5322 names, in hours from UTC. Other letters say nothing.
const ZONES: [(&str, i64); 8] =
    [("est", -5), ("edt", -4), ("cst", -6), ("cdt", -5), ("mst", -7), ("mdt", -6), ("pst", -8), ("pdt", -7)];

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// What has been found of a date, word by word.
#[derive(Default)]
struct Found {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i32>,
    time: Option<NaiveTime>,
    offset_minutes: i64,
}

/// Returns the moment that a `Date` header names, in microseconds since 1970 UTC; one without a zone is in UTC. Nothing when it
/// is no date, such as the 30th of February or one whose order of day and month cannot be known.
pub(super) fn moment(value: &str) -> Option<i64> {
    let value = without_comments(value);
    if let Some(moment) = iso_8601(value.trim()) {
        return Some(moment);
    }
    let mut found = Found::default();
    for word in value.split(|mark: char| mark.is_whitespace() || mark == ',') {
        for word in pieces(word) {
            found.add(word)?;
        }
    }
    found.moment()
}

/// Returns the moment in the `From ` line of a mailbox, as C's `asctime` writes it: `ada@x.example Thu Jan  2 10:00:00 2025`.
pub(super) fn envelope_moment(envelope: &str) -> Option<i64> {
    moment(&envelope[weekday(envelope)?..])
}

/// Whether a `From ` line ends in a date as C's `asctime` writes it.
pub(super) fn ends_in_asctime(line: &str) -> bool {
    weekday(line).is_some_and(|at| line[..at].trim().contains(|mark: char| !mark.is_whitespace()))
        && envelope_moment(line).is_some()
}

/// Where the last weekday of a line stands.
fn weekday(line: &str) -> Option<usize> {
    let places = WEEKDAYS.iter().filter_map(|day| line.rfind(&format!(" {day} ")).map(|at| at + 1));
    places.chain(WEEKDAYS.iter().filter_map(|day| line.starts_with(&format!("{day} ")).then_some(0))).max()
}

impl Found {
    /// Takes in a word. Words of letters that are no month or zone, such as weekdays, are passed over.
    fn add(&mut self, word: &str) -> Option<()> {
        let first = word.chars().next()?;
        if first.is_ascii_digit() {
            return self.add_number(word);
        }
        if matches!(first, '+' | '-') {
            self.offset_minutes = offset(word)?;
            return Some(());
        }
        let lower = word.to_lowercase();
        if let Some(rest) = lower.strip_prefix("gmt").or_else(|| lower.strip_prefix("utc")) {
            self.offset_minutes = offset(rest).unwrap_or(0);
        } else if matches!(&*lower, "am" | "pm") {
            self.time = Some(half_day(self.time?, lower == "pm")?);
        } else if let Some((_, hours)) = ZONES.iter().find(|(zone, _)| *zone == lower) {
            self.offset_minutes = hours * 60;
        } else if let Some((_, month)) = MONTHS.iter().find(|(name, _)| lower.starts_with(name)) {
            let _ = self.month.get_or_insert(*month);
        }
        Some(())
    }

    fn add_number(&mut self, word: &str) -> Option<()> {
        if let Some(time) = time(word) {
            self.time = Some(time?);
            return Some(());
        }
        let number: u32 = word.trim_end_matches('.').parse().ok()?;
        if self.day.is_none() && number <= 31 {
            self.day = Some(number);
        } else if self.year.is_none() {
            self.year = Some(year(number)?);
        } else {
            return None;
        }
        Some(())
    }

    fn moment(self) -> Option<i64> {
        let date = NaiveDate::from_ymd_opt(self.year?, self.month?, self.day?)?;
        let local = date.and_time(self.time.unwrap_or_default()).and_utc().timestamp_micros();
        local.checked_sub(self.offset_minutes * 60_000_000)
    }
}

/// `2-Jan-2025` as three words; any other word as it stands.
fn pieces(word: &str) -> Vec<&str> {
    let is_date = word.starts_with(|mark: char| mark.is_ascii_digit()) && word.contains(char::is_alphabetic);
    if is_date && word.matches('-').count() == 2 {
        word.split('-').collect()
    } else {
        vec![word; usize::from(!word.is_empty())]
    }
}

/// The time of day that a word is, if it is one: `10:00`, `10:00:00`, `10.00.00`, `10:00:00.5`. A leap second is the second before.
#[expect(clippy::option_option, reason = "a word that is no time is no mistake; a time that does not exist is one")]
fn time(word: &str) -> Option<Option<NaiveTime>> {
    let mark = if word.contains(':') { ':' } else { '.' };
    let parts: Vec<&str> = word.trim_end_matches(['Z', 'z']).split(mark).collect();
    if parts.len() < if mark == ':' { 2 } else { 3 } || parts.len() > 3 {
        return None;
    }
    let number = |at: usize| parts.get(at).map_or(Some(0), |part| part.split('.').next()?.parse::<u32>().ok());
    let (Some(hours), Some(minutes), Some(seconds)) = (number(0), number(1), number(2)) else { return Some(None) };
    let seconds = if seconds == 60 { 59 } else { seconds };
    Some(NaiveTime::from_hms_opt(hours, minutes, seconds))
}

fn half_day(time: NaiveTime, is_afternoon: bool) -> Option<NaiveTime> {
    use chrono::Timelike as _;
    match (time.hour(), is_afternoon) {
        (12, false) => time.with_hour(0),
        (hour, true) if hour < 12 => time.with_hour(hour + 12),
        _ => Some(time),
    }
}

/// Minutes of `+0130` and `+01:30`. One that cannot be is 0.
fn offset(word: &str) -> Option<i64> {
    let sign = match word.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits: String = word[1..].chars().filter(|mark| *mark != ':').collect();
    let number: i64 = digits.parse().ok()?;
    let minutes = if digits.len() <= 2 { number * 60 } else { number / 100 * 60 + number % 100 };
    Some(if minutes <= 15 * 60 { sign * minutes } else { 0 })
}

/// A year of two or three digits is one of mail's own time (RFC 5322, 4.3).
fn year(number: u32) -> Option<i32> {
    let year = match number {
        0..=49 => number + 2000,
        50..=999 => number + 1900,
        1000..=9999 => number,
        _ => return None,
    };
    i32::try_from(year).ok()
}

fn iso_8601(value: &str) -> Option<i64> {
    let with_zone = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f %#z", "%Y-%m-%d %H:%M:%S%.f%#z"];
    if let Some(moment) = with_zone.iter().find_map(|form| chrono::DateTime::parse_from_str(value, form).ok()) {
        return Some(moment.timestamp_micros());
    }
    let without_zone = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let local = without_zone.iter().find_map(|form| NaiveDateTime::parse_from_str(value, form).ok())?;
    Some(local.and_utc().timestamp_micros())
}

/// A date may name its zone in brackets behind it: `+0000 (UTC)`.
fn without_comments(value: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::with_capacity(value.len());
    for mark in value.chars() {
        match mark {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(mark),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{ends_in_asctime, envelope_moment, moment};

    /// The second of January 2025, 10:00 UTC.
    const TEN: i64 = 1_735_812_000_000_000;

    #[test]
    fn dates_of_all_mail_programs_are_read() {
        for date in [
            "Thu, 2 Jan 2025 10:00:00 +0000",
            "Thu, 02 Jan 2025 10:00:00 -0000 (UTC)",
            "2 Jan 25 10:00 GMT",
            "Thu, 2 Jan 2025 15:30:00 +0530",
            "Thu, 2 Jan 2025 02:00:00 PST",
            "Thu, 2 Jan 2025 11:00:00 +01:00",
            "Thu, 2 Jan 2025 11:00:00 GMT+0100 (CET)",
            "Thu, 2-Jan-2025 10:00:00 Z",
            "Thu Jan  2 10:00:00 2025",
            "Thursday, 2 January 2025 10:00 AM +0000",
            "Do, 2 Jan 2025 10:00:00",
            "Thu, 2 Jan 2025 10:00:00.123 +0000",
            "Thu, 2 Jan 2025 10.00.00 +0000",
            "Thu, 2 Jan 125 10:00:00 +0000",
            "2025-01-02T10:00:00Z",
            "2025-01-02 12:00:00 +0200",
            "2025-01-02 10:00:00",
        ] {
            assert_eq!(moment(date), Some(TEN), "{date}");
        }
        assert_eq!(moment("Thu, 2 Jan 2025 10:00:60 +0000"), Some(TEN + 59_000_000));
        assert_eq!(moment("Fri, 31 Dec 9999 23:59:59 +0000"), Some(253_402_300_799_000_000));
        assert_eq!(moment("Mon, 1 Jan 1900 00:00:00 +0000"), Some(-2_208_988_800_000_000));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for date in [
            "",
            "tomorrow",
            "Thu, 30 Feb 2025 10:00:00 +0000",
            "01/02/2025 10:00",
            "Thu, 2 Jan 2025 24:00:00 +0000",
            "32 Foo 2025 99:99:99 +9999",
            "Thu, 2 Jan 99999999999 10:00:00 +0000",
        ] {
            assert_eq!(moment(date), None, "{date}");
        }
    }

    #[test]
    fn envelopes_of_mailboxes_and_of_list_archives_have_a_date() {
        assert_eq!(envelope_moment("a@x.example Thu Jan  2 10:00:00 2025"), Some(TEN));
        assert_eq!(envelope_moment("ann at x.example  Thu Jan  2 10:00:00 2025"), Some(TEN));
        assert_eq!(envelope_moment("- Thu Jan 02 10:00:00 +0000 2025"), Some(TEN));
        assert!(ends_in_asctime("a@x.example Thu Jan  2 10:00:00 2025"));
        assert!(!ends_in_asctime("Thu Jan  2 10:00:00 2025"));
        assert!(!ends_in_asctime("the Mon at 10:00 we wait"));
    }
}
