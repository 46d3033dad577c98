//! Python's `time`: a time of day without a zone.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime, Timelike};
use minijinja::value::{DynObject, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::super::{to_text, value_error};
use super::{field, format, in_range};
use crate::template::arguments::Arguments;

/// A time of day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    time: NaiveTime,
}

/// Makes a time of day from hour, minute, second and microsecond; what is not given is taken from `base`.
///
/// # Errors
/// When there is no such time.
pub fn clock_time(parts: [Option<&Value>; 4], base: NaiveTime) -> Result<NaiveTime, Error> {
    let hour = in_range("hour", field(parts[0], base.hour())?, 0, 23)?;
    let minute = in_range("minute", field(parts[1], base.minute())?, 0, 59)?;
    let second = in_range("second", field(parts[2], base.second())?, 0, 59)?;
    let microsecond = in_range("microsecond", field(parts[3], base.nanosecond() / 1000)?, 0, 999_999)?;
    NaiveTime::from_hms_micro_opt(hour, minute, second, microsecond).ok_or_else(|| value_error("there is no such time"))
}

/// Writes a time of day as `isoformat` does.
pub(super) fn iso(time: NaiveTime, precision: Option<&str>) -> Result<String, Error> {
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let micros = time.nanosecond() / 1000 % 1_000_000;
    Ok(match precision.unwrap_or("auto") {
        "hours" => format!("{hour:02}"),
        "minutes" => format!("{hour:02}:{minute:02}"),
        "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", micros / 1000),
        "auto" if micros == 0 => format!("{hour:02}:{minute:02}:{second:02}"),
        "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
        "auto" | "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{micros:06}"),
        other => return Err(value_error(format!("Unknown timespec value: {other}"))),
    })
}

/// The attributes of a time of day, which a moment has too.
pub(super) fn attribute(time: NaiveTime, name: &str) -> Option<Value> {
    match name {
        "hour" => Some(Value::from(time.hour())),
        "minute" => Some(Value::from(time.minute())),
        "second" => Some(Value::from(time.second())),
        "microsecond" => Some(Value::from(time.nanosecond() / 1000 % 1_000_000)),
        "fold" => Some(Value::from(0)),
        _ => None,
    }
}

impl Time {
    /// Makes a time of day.
    pub fn new(time: NaiveTime) -> Self {
        Self { time }
    }

    /// Builds one from the arguments of `time(…)`.
    ///
    /// # Errors
    /// When there is no such time.
    pub fn build(arguments: &Arguments) -> Result<Self, Error> {
        let [hour, minute, second, microsecond] = arguments.options(["hour", "minute", "second", "microsecond"])?;
        let parts = [hour.as_ref(), minute.as_ref(), second.as_ref(), microsecond.as_ref()];
        clock_time(parts, NaiveTime::MIN).map(Self::new)
    }

    /// Returns the plain time.
    pub fn time(&self) -> NaiveTime {
        self.time
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&iso(self.time, None).unwrap_or_default())
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "datetime.time({})", clock_arguments(self.time))
    }
}

/// The hour, minute and what else is not zero, as `repr` lists them.
pub(super) fn clock_arguments(time: NaiveTime) -> String {
    let micros = time.nanosecond() / 1000 % 1_000_000;
    let mut text = format!("{}, {}", time.hour(), time.minute());
    if time.second() != 0 || micros != 0 {
        text = format!("{text}, {}", time.second());
    }
    if micros != 0 {
        text = format!("{text}, {micros}");
    }
    text
}

impl Object for Time {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "tzinfo" => Some(Value::from(())),
            name => attribute(self.time, name),
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        other.downcast_ref::<Self>().map(|other| self.as_ref().cmp(other))
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(method, args);
        match method {
            "strftime" => {
                let [pattern] = arguments.options(["format"])?;
                let pattern = to_text(&pattern.ok_or_else(|| arguments.missing("format"))?);
                // Python formats a time of day as one of the first day of 1900.
                let day = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
                Ok(Value::from(format::moment(&day.and_time(self.time), None, &pattern)))
            }
            "isoformat" => {
                let [precision] = arguments.options(["timespec"])?;
                iso(self.time, precision.as_ref().and_then(Value::as_str)).map(Value::from)
            }
            "replace" => {
                let [hour, minute, second, microsecond] =
                    arguments.options(["hour", "minute", "second", "microsecond"])?;
                let parts = [hour.as_ref(), minute.as_ref(), second.as_ref(), microsecond.as_ref()];
                clock_time(parts, self.time).map(|time| Value::from_object(Self::new(time)))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_ref(), formatter)
    }
}
