//! Python's `date`.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta as ChronoDelta};
use minijinja::value::{DynObject, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::super::{to_text, tuple, value_error};
use super::{field, format, in_range};
use crate::template::arguments::Arguments;

/// A day of the calendar, of the years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    date: NaiveDate,
}

/// Makes a day from numbers.
///
/// # Errors
/// When there is no such day.
pub fn calendar_date(year: i64, month: i64, day: i64) -> Result<NaiveDate, Error> {
    let Some(year) = i32::try_from(year).ok().filter(|year| (1..=9999).contains(year)) else {
        return Err(value_error(format!("year {year} is out of range")));
    };
    let month = in_range("month", month, 1, 12)?;
    let date = u32::try_from(day).ok().and_then(|day| NaiveDate::from_ymd_opt(year, month, day));
    date.ok_or_else(|| value_error("day is out of range for month"))
}

/// Checks that a day is in a year that Python knows.
pub(super) fn checked(date: Option<NaiveDate>) -> Result<NaiveDate, Error> {
    date.filter(|date| (1..=9999).contains(&date.year())).ok_or_else(|| value_error("date value out of range"))
}

impl Date {
    /// Makes a day.
    pub fn new(date: NaiveDate) -> Self {
        Self { date }
    }

    /// Builds one from the arguments of `date(…)`.
    ///
    /// # Errors
    /// When there is no such day.
    pub fn build(arguments: &Arguments) -> Result<Self, Error> {
        let [year, month, day] = arguments.options(["year", "month", "day"])?;
        let (Some(year), Some(month), Some(day)) = (year, month, day) else { return Err(arguments.missing("day")) };
        let [year, month, day] = [field(Some(&year), 0)?, field(Some(&month), 0)?, field(Some(&day), 0)?];
        calendar_date(year, month, day).map(Self::new)
    }

    /// Reads `2024-01-31`.
    pub fn parse(text: &str) -> Option<Self> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Self::new)
    }

    /// Returns the plain date.
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    pub(super) fn day_number(self) -> i64 {
        i64::from(self.date.num_days_from_ce())
    }

    pub(super) fn plus_days(self, days: i64) -> Result<Self, Error> {
        let span = ChronoDelta::try_days(days);
        checked(span.and_then(|span| self.date.checked_add_signed(span))).map(Self::new)
    }
}

/// The attributes of a date, which a moment has too.
pub(super) fn attribute(date: NaiveDate, name: &str) -> Option<Value> {
    match name {
        "year" => Some(Value::from(date.year())),
        "month" => Some(Value::from(date.month())),
        "day" => Some(Value::from(date.day())),
        _ => None,
    }
}

/// The methods of a date that a moment has too.
pub(super) fn method(date: NaiveDate, method: &str, arguments: &Arguments) -> Result<Value, Error> {
    let value = match method {
        "weekday" => Value::from(date.weekday().num_days_from_monday()),
        "isoweekday" => Value::from(date.weekday().number_from_monday()),
        "toordinal" => Value::from(date.num_days_from_ce()),
        "isocalendar" => {
            let week = date.iso_week();
            let weekday = date.weekday().number_from_monday();
            tuple(vec![Value::from(week.year()), Value::from(week.week()), Value::from(weekday)])
        }
        _ => return Err(Error::from(ErrorKind::UnknownMethod)),
    };
    arguments.options([])?;
    Ok(value)
}

/// Replaces the parts of a date that keyword or positional arguments give.
pub(super) fn replaced(date: NaiveDate, parts: [Option<&Value>; 3]) -> Result<NaiveDate, Error> {
    let year = match parts[0] {
        Some(year) => super::super::integer(year)?,
        None => i64::from(date.year()),
    };
    calendar_date(year, field(parts[1], date.month())?, field(parts[2], date.day())?)
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.date.year(), self.date.month(), self.date.day())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "datetime.date({}, {}, {})", self.date.year(), self.date.month(), self.date.day())
    }
}

impl Object for Date {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        attribute(self.date, key.as_str()?)
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        other.downcast_ref::<Self>().map(|other| self.as_ref().cmp(other))
    }

    fn call_method(self: &Arc<Self>, _: &mut State, name: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(name, args);
        match name {
            "strftime" | "__format__" => {
                let [pattern] = arguments.options(["format"])?;
                let pattern = to_text(&pattern.ok_or_else(|| arguments.missing("format"))?);
                Ok(Value::from(format::moment(&self.date.and_time(NaiveTime::MIN), None, &pattern)))
            }
            "isoformat" => {
                arguments.options([])?;
                Ok(Value::from(self.to_string()))
            }
            "ctime" => Ok(Value::from(format::moment(&self.date.and_time(NaiveTime::MIN), None, "%c"))),
            "replace" => {
                let [year, month, day] = arguments.options(["year", "month", "day"])?;
                let parts = [year.as_ref(), month.as_ref(), day.as_ref()];
                Ok(Value::from_object(Self::new(replaced(self.date, parts)?)))
            }
            _ => method(self.date, name, &arguments),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_ref(), formatter)
    }
}
