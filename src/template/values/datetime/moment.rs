//! Python's `datetime`, with or without a zone.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use chrono::{
    DateTime as ChronoDateTime, Local, NaiveDateTime, NaiveTime, TimeDelta as ChronoDelta, TimeZone, Timelike, Utc,
};
use minijinja::value::{DynObject, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::super::to_text;
use super::zone::offset_text;
use super::{Date, Placed, Time, TimeDelta, Zone, clock_time, date, field, format, time};
use crate::template::arguments::{Arguments, type_error};

/// A moment: a local date and time, and the zone if it is known.
#[derive(Clone)]
pub struct DateTime {
    naive: NaiveDateTime,
    placed: Option<Placed>,
}

impl DateTime {
    /// Makes a moment; anything finer than microseconds is cut off.
    pub fn new(naive: NaiveDateTime, placed: Option<Placed>) -> Self {
        let micros = naive.nanosecond() / 1000 * 1000 % 1_000_000_000;
        Self { naive: naive.with_nanosecond(micros).unwrap_or(naive), placed }
    }

    /// Makes a moment of UTC as dbt gives it.
    pub fn utc(moment: ChronoDateTime<Utc>) -> Self {
        Self::new(moment.naive_utc(), Some(Zone::Utc.unplaced()))
    }

    /// Returns the present moment, in a zone or in local time without one.
    pub fn now(zone: Option<Zone>) -> Self {
        match zone {
            Some(zone) => Self::from_utc(Utc::now().naive_utc(), zone),
            None => Self::new(Local::now().naive_local(), None),
        }
    }

    /// Builds one from the arguments of `datetime(…)`.
    ///
    /// # Errors
    /// When there is no such moment.
    pub fn build(arguments: &Arguments) -> Result<Self, Error> {
        let names = ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"];
        let parts = arguments.options(names)?;
        let [Some(year), Some(month), Some(day)] = &parts[..3] else { return Err(arguments.missing("day")) };
        let day = super::calendar_date(field(Some(year), 0)?, field(Some(month), 0)?, field(Some(day), 0)?)?;
        let clock = [parts[3].as_ref(), parts[4].as_ref(), parts[5].as_ref(), parts[6].as_ref()];
        let time = clock_time(clock, NaiveTime::MIN)?;
        Ok(Self::new(day.and_time(time), tzinfo(parts[7].as_ref())?))
    }

    /// Reads what the database writes: `2024-01-31 10:30:00.5`, with `+00` when there is a zone.
    pub fn parse(text: &str) -> Option<Self> {
        let (moment, is_utc) = match text.strip_suffix("+00") {
            Some(moment) => (moment, true),
            None => (text, false),
        };
        let naive = NaiveDateTime::parse_from_str(moment, "%Y-%m-%d %H:%M:%S%.f").ok()?;
        Some(Self::new(naive, is_utc.then(|| Zone::Named(chrono_tz::Etc::UTC).at_utc(naive))))
    }

    /// Makes the moment that is `moment` in UTC, in the time of a zone.
    pub fn from_utc(moment: NaiveDateTime, zone: Zone) -> Self {
        let placed = zone.at_utc(moment);
        Self::new(moment + ChronoDelta::seconds(i64::from(placed.offset)), Some(placed))
    }

    /// Returns the local date and time.
    pub fn naive(&self) -> NaiveDateTime {
        self.naive
    }

    /// Returns the zone at this moment.
    pub fn placed(&self) -> Option<&Placed> {
        self.placed.as_ref()
    }

    /// Returns the moment in UTC; local time is that of this computer.
    fn utc_moment(&self) -> NaiveDateTime {
        match &self.placed {
            Some(placed) => self.naive - ChronoDelta::seconds(i64::from(placed.offset)),
            None => Local.from_local_datetime(&self.naive).earliest().map_or(self.naive, |moment| moment.naive_utc()),
        }
    }

    pub(super) fn in_zone(&self, zone: Zone) -> Result<Self, Error> {
        let made = Self::from_utc(self.utc_moment(), zone);
        date::checked(Some(made.naive.date())).map(|_| made)
    }

    pub(super) fn plus(&self, span: TimeDelta) -> Result<Self, Error> {
        let span = i64::try_from(span.microseconds()).ok().map(ChronoDelta::microseconds);
        let naive = span.and_then(|span| self.naive.checked_add_signed(span));
        date::checked(naive.map(|naive| naive.date()))?;
        Ok(Self::new(naive.unwrap_or(self.naive), self.placed.clone()))
    }

    pub(super) fn minus(&self, other: &Self) -> Result<TimeDelta, Error> {
        if self.placed.is_some() != other.placed.is_some() {
            return Err(type_error("can't subtract offset-naive and offset-aware datetimes"));
        }
        let (left, right) =
            if self.placed.is_some() { (self.utc_moment(), other.utc_moment()) } else { (self.naive, other.naive) };
        Ok(TimeDelta::from_microseconds((left - right).num_microseconds().unwrap_or(i64::MAX)))
    }

    /// Returns whether the two can be compared: both have a zone, or neither.
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.placed.is_some() == other.placed.is_some()
    }

    fn iso(&self, separator: &str, precision: Option<&str>) -> Result<String, Error> {
        let offset = self.placed.as_ref().map(|placed| offset_text(placed.offset, ":")).unwrap_or_default();
        let clock = time::iso(self.naive.time(), precision)?;
        Ok(format!("{}{separator}{clock}{offset}", Date::new(self.naive.date())))
    }

    #[expect(clippy::cast_precision_loss, reason = "Python gives a float too")]
    fn timestamp(&self) -> f64 {
        self.utc_moment().and_utc().timestamp_micros() as f64 / 1e6
    }

    fn replaced(&self, arguments: &Arguments) -> Result<Self, Error> {
        let names = ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"];
        let parts = arguments.options(names)?;
        let day = date::replaced(self.naive.date(), [parts[0].as_ref(), parts[1].as_ref(), parts[2].as_ref()])?;
        let clock = [parts[3].as_ref(), parts[4].as_ref(), parts[5].as_ref(), parts[6].as_ref()];
        let clock = clock_time(clock, self.naive.time())?;
        let placed = match &parts[7] {
            Some(zone) => tzinfo(Some(zone))?,
            None => self.placed.clone(),
        };
        Ok(Self::new(day.and_time(clock), placed))
    }

    fn of_zone(&self, method: &str) -> Value {
        let Some(placed) = &self.placed else { return Value::from(()) };
        match method {
            "utcoffset" => Value::from_object(TimeDelta::from_seconds(i64::from(placed.offset))),
            "dst" => Value::from_object(TimeDelta::from_seconds(i64::from(placed.summer))),
            _ => Value::from(placed.name.as_str()),
        }
    }
}

/// Reads the argument `tzinfo`.
pub(super) fn tzinfo(value: Option<&Value>) -> Result<Option<Placed>, Error> {
    let Some(value) = value.filter(|value| !value.is_none() && !value.is_undefined()) else { return Ok(None) };
    let placed = value.downcast_object_ref::<Placed>();
    placed.cloned().map(Some).ok_or_else(|| {
        type_error(format!(
            "tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
            super::super::type_name(value)
        ))
    })
}

impl fmt::Display for DateTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.iso(" ", None).unwrap_or_default())
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        use chrono::Datelike as _;
        let day = self.naive.date();
        let clock = time::clock_arguments(self.naive.time());
        write!(formatter, "datetime.datetime({}, {}, {}, {clock}", day.year(), day.month(), day.day())?;
        match &self.placed {
            Some(placed) => write!(formatter, ", tzinfo={placed:?})"),
            None => formatter.write_str(")"),
        }
    }
}

impl Object for DateTime {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        if name == "tzinfo" {
            return Some(self.placed.clone().map_or_else(|| Value::from(()), Value::from_object));
        }
        date::attribute(self.naive.date(), name).or_else(|| time::attribute(self.naive.time(), name))
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        if self.placed.is_some() && other.placed.is_some() {
            return Some(self.utc_moment().cmp(&other.utc_moment()));
        }
        Some(self.placed.is_some().cmp(&other.placed.is_some()).then(self.naive.cmp(&other.naive)))
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(method, args);
        match method {
            "strftime" | "__format__" => {
                let [pattern] = arguments.options(["format"])?;
                let pattern = to_text(&pattern.ok_or_else(|| arguments.missing("format"))?);
                Ok(Value::from(format::moment(&self.naive, self.placed.as_ref(), &pattern)))
            }
            "isoformat" => {
                let [separator, precision] = arguments.options(["sep", "timespec"])?;
                let separator = separator.as_ref().map_or_else(|| "T".to_owned(), to_text);
                self.iso(&separator, precision.as_ref().and_then(Value::as_str)).map(Value::from)
            }
            "date" => Ok(Value::from_object(Date::new(self.naive.date()))),
            "time" | "timetz" => Ok(Value::from_object(Time::new(self.naive.time()))),
            "timestamp" => Ok(Value::from(self.timestamp())),
            "replace" => self.replaced(&arguments).map(Value::from_object),
            "astimezone" => {
                let [zone] = arguments.options(["tz"])?;
                let zone =
                    tzinfo(zone.as_ref())?.map_or(Zone::Offset(local_offset(self.utc_moment())), |placed| placed.zone);
                self.in_zone(zone).map(Value::from_object)
            }
            "utcoffset" | "dst" | "tzname" => Ok(self.of_zone(method)),
            "ctime" => Ok(Value::from(format::moment(&self.naive, None, "%c"))),
            "timetuple" | "utctimetuple" => Err(Error::new(
                ErrorKind::InvalidOperation,
                "timetuple() is not offered; use strftime() or the attributes year, month, day …",
            )),
            _ => date::method(self.naive.date(), method, &arguments),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_ref(), formatter)
    }
}

/// Seconds that this computer's clock is east of UTC at a moment.
fn local_offset(moment: NaiveDateTime) -> i32 {
    use chrono::Offset as _;
    Local.offset_from_utc_datetime(&moment).fix().local_minus_utc()
}
