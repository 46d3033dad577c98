//! Windows of event time: what a microbatch model is built by, and what `--sample` cuts out.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};

/// A span of time; its end does not belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventWindow {
    /// Its first moment.
    pub start: DateTime<Utc>,
    /// The first moment after it.
    pub end: DateTime<Utc>,
}

impl EventWindow {
    /// Returns what both windows hold; it ends before it starts when that is nothing.
    #[must_use]
    pub fn within(self, other: Self) -> Self {
        Self { start: self.start.max(other.start), end: self.end.min(other.end) }
    }
}

/// The length of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchSize {
    /// From full hour to full hour.
    Hour,
    /// A day of UTC.
    Day,
    /// A month of the calendar.
    Month,
    /// A year of the calendar.
    Year,
}

impl BatchSize {
    /// All of them, the shortest first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Month, Self::Year];

    /// Returns its name in configs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// Returns the size of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.as_str() == name)
    }

    /// Returns the start of the batch that a moment lies in.
    pub fn floor(self, moment: DateTime<Utc>) -> DateTime<Utc> {
        let day = moment.date_naive();
        let day = match self {
            Self::Hour | Self::Day => Some(day),
            Self::Month => day.with_day(1),
            Self::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
        };
        let hour = if self == Self::Hour { moment.hour() } else { 0 };
        day.and_then(|day| day.and_hms_opt(hour, 0, 0)).map_or(moment, |start| start.and_utc())
    }

    /// Returns the end of the batch that a moment lies in; the moment itself when a batch starts with it.
    pub fn ceiling(self, moment: DateTime<Utc>) -> DateTime<Utc> {
        let floor = self.floor(moment);
        if floor == moment { floor } else { self.shifted(floor, 1) }
    }

    /// Returns the start of the batch that lies `number` batches after the one of a moment; before it when negative.
    pub fn offset(self, moment: DateTime<Utc>, number: i64) -> DateTime<Utc> {
        self.shifted(self.floor(moment), number)
    }

    /// Returns the moment that lies so many lengths later or earlier. The last day of a longer month becomes that of a shorter one;
    /// what no calendar can hold stays where it is.
    pub fn shifted(self, moment: DateTime<Utc>, number: i64) -> DateTime<Utc> {
        let months = |number: i64| {
            let amount = Months::new(u32::try_from(number.unsigned_abs()).unwrap_or(u32::MAX));
            if number < 0 { moment.checked_sub_months(amount) } else { moment.checked_add_months(amount) }
        };
        let shifted = match self {
            Self::Hour => TimeDelta::try_hours(number).and_then(|hours| moment.checked_add_signed(hours)),
            Self::Day if number < 0 => moment.checked_sub_days(Days::new(number.unsigned_abs())),
            Self::Day => moment.checked_add_days(Days::new(number.unsigned_abs())),
            Self::Month => months(number),
            Self::Year => number.checked_mul(12).and_then(months),
        };
        shifted.unwrap_or(moment)
    }

    /// Returns the name of the batch that starts then, as messages and files have it: `2024-09-17`, `2024-09-17T16`.
    pub fn name(self, start: DateTime<Utc>) -> String {
        let format = match self {
            Self::Hour => "%Y-%m-%dT%H",
            Self::Day => "%Y-%m-%d",
            Self::Month => "%Y-%m",
            Self::Year => "%Y",
        };
        start.format(format).to_string()
    }

    /// Divides a window into batches; the last one ends with the window. There is always one.
    pub fn batches(self, window: EventWindow) -> Vec<Batch> {
        let mut batches = Vec::new();
        let mut start = window.start;
        loop {
            let end = self.offset(start, 1);
            if end >= window.end || end <= start {
                batches.push(Batch { size: self, window: EventWindow { start, end: window.end } });
                return batches;
            }
            batches.push(Batch { size: self, window: EventWindow { start, end } });
            start = end;
        }
    }
}

/// One batch of a microbatch model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its length.
    pub size: BatchSize,
    /// Its window.
    pub window: EventWindow,
}

impl Batch {
    /// Returns its name in messages and files.
    pub fn name(&self) -> String {
        self.size.name(self.window.start)
    }

    /// Returns what templates see as `model.batch.id`.
    pub fn id(&self) -> String {
        self.name().replace('-', "")
    }
}

/// Reads a moment as ISO 8601 has it, a date or a date with a time; one without a zone is of UTC.
pub fn read_moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.with_timezone(&Utc));
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let moment = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    moment.or_else(day).map(|moment| moment.and_utc())
}

#[cfg(test)]
mod tests {
    use super::{BatchSize, EventWindow, read_moment};

    fn at(text: &str) -> chrono::DateTime<chrono::Utc> {
        read_moment(text).unwrap()
    }

    #[test]
    fn batches_begin_and_end_on_the_bounds_of_their_size() {
        let cases = [
            (BatchSize::Hour, "2024-09-17 16:00", "2024-09-17 17:00", "2024-09-17 15:00", "2024-09-17T16"),
            (BatchSize::Day, "2024-09-17", "2024-09-18", "2024-09-16", "2024-09-17"),
            (BatchSize::Month, "2024-09-01", "2024-10-01", "2024-08-01", "2024-09"),
            (BatchSize::Year, "2024-01-01", "2025-01-01", "2023-01-01", "2024"),
        ];
        let moment = at("2024-09-17 16:06:00");
        for (size, floor, ceiling, before, name) in cases {
            assert_eq!(size.floor(moment), at(floor));
            assert_eq!(size.ceiling(moment), at(ceiling));
            assert_eq!(size.ceiling(at(floor)), at(floor));
            assert_eq!(size.offset(moment, -1), at(before));
            assert_eq!(size.name(size.floor(moment)), name);
        }
    }

    #[test]
    fn the_last_batch_ends_with_the_window() {
        let window = EventWindow { start: at("2020-01-01"), end: at("2020-01-03 12:00") };
        let batches = BatchSize::Day.batches(window);
        assert_eq!(batches.iter().map(super::Batch::id).collect::<Vec<_>>(), ["20200101", "20200102", "20200103"]);
        assert_eq!(batches[2].window.end, window.end);
        let empty = EventWindow { start: at("2020-01-01"), end: at("2020-01-01") };
        assert_eq!(BatchSize::Day.batches(empty).len(), 1);
    }

    #[test]
    fn months_of_other_lengths_keep_to_their_last_day() {
        assert_eq!(BatchSize::Month.shifted(at("2024-01-31 16:06:00"), 1), at("2024-02-29 16:06:00"));
        assert_eq!(BatchSize::Year.shifted(at("2024-02-29"), 1), at("2025-02-28"));
    }
}
