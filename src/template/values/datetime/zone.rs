//! Time zones: those of `pytz` and `datetime.timezone`.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use chrono::{LocalResult, NaiveDate, NaiveDateTime, Offset, TimeDelta as ChronoDelta, TimeZone};
use chrono_tz::{OffsetComponents, OffsetName, Tz};
use minijinja::value::{DynObject, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::super::value_error;
use super::{DateTime, TimeDelta};
use crate::template::arguments::Arguments;

/// A time zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Zone {
    /// `pytz.utc`.
    Utc,
    /// A zone of the time zone database.
    Named(Tz),
    /// `pytz.FixedOffset(minutes)`, kept in seconds.
    Fixed(i32),
    /// `datetime.timezone(…)`, kept in seconds.
    Offset(i32),
}

/// A zone as it is at one moment.
#[derive(Clone, PartialEq, Eq)]
pub struct Placed {
    /// The zone.
    pub zone: Zone,
    /// Seconds east of UTC.
    pub offset: i32,
    /// Seconds of summer time in it.
    pub summer: i32,
    /// What the zone is called then: `CEST`.
    pub name: String,
}

impl Zone {
    /// Finds a zone by its name, in whatever case.
    pub fn find(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("utc") {
            return Some(Self::Utc);
        }
        chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)).map(|zone| Self::Named(*zone))
    }

    /// Returns the zone at a moment of UTC.
    pub fn at_utc(self, moment: NaiveDateTime) -> Placed {
        match self {
            Self::Named(zone) => self.placed(&zone.offset_from_utc_datetime(&moment)),
            _ => self.steady(),
        }
    }

    /// Returns the zone as it is without a moment: for named zones the oldest time known, as in `pytz`.
    pub fn unplaced(self) -> Placed {
        let Self::Named(zone) = self else { return self.steady() };
        let oldest = NaiveDate::from_ymd_opt(1, 1, 2).unwrap_or_default().and_time(chrono::NaiveTime::MIN);
        let mut placed = self.placed(&zone.offset_from_utc_datetime(&oldest));
        // `pytz` rounds local mean time to minutes.
        placed.offset = (placed.offset + 30).div_euclid(60) * 60;
        placed
    }

    /// Returns the zone at a local moment; where the clock is set, summer or winter time as asked.
    pub fn at_local(self, moment: NaiveDateTime, is_summer: bool) -> Placed {
        let Self::Named(zone) = self else { return self.steady() };
        let day = ChronoDelta::days(1);
        let around = [moment - day, moment + day].map(|moment| self.placed(&zone.offset_from_utc_datetime(&moment)));
        let candidates = match zone.offset_from_local_datetime(&moment) {
            LocalResult::Single(offset) => return self.placed(&offset),
            LocalResult::Ambiguous(first, second) => [self.placed(&first), self.placed(&second)],
            LocalResult::None => around,
        };
        let fitting = candidates.iter().find(|placed| (placed.summer != 0) == is_summer);
        fitting.unwrap_or(&candidates[usize::from(!is_summer)]).clone()
    }

    fn placed(self, offset: &<Tz as TimeZone>::Offset) -> Placed {
        Placed {
            zone: self,
            offset: offset.fix().local_minus_utc(),
            summer: i32::try_from(offset.dst_offset().num_seconds()).unwrap_or(0),
            name: offset.abbreviation().unwrap_or_default().to_owned(),
        }
    }

    fn steady(self) -> Placed {
        let (offset, name) = match self {
            Self::Fixed(offset) => (offset, String::new()),
            Self::Offset(0) | Self::Utc | Self::Named(_) => (0, "UTC".to_owned()),
            Self::Offset(offset) => (offset, format!("UTC{}", offset_text(offset, ":"))),
        };
        Placed { zone: self, offset, summer: 0, name }
    }

    fn localize(self, arguments: &Arguments) -> Result<Value, Error> {
        let [moment, is_summer] = arguments.options(["dt", "is_dst"])?;
        let moment = moment.as_ref().and_then(|moment| moment.downcast_object_ref::<DateTime>());
        let moment = moment.ok_or_else(|| arguments.missing("dt"))?;
        if moment.placed().is_some() {
            return Err(value_error("Not naive datetime (tzinfo is already set)"));
        }
        let placed = self.at_local(moment.naive(), is_summer.is_some_and(|is_summer| is_summer.is_true()));
        Ok(Value::from_object(DateTime::new(moment.naive(), Some(placed))))
    }

    fn call(self, method: &str, arguments: &Arguments) -> Result<Value, Error> {
        let moment = || {
            let [moment] = arguments.options(["dt"])?;
            let moment = moment.as_ref().and_then(|moment| moment.downcast_object_ref::<DateTime>()).cloned();
            moment.ok_or_else(|| arguments.missing("dt"))
        };
        match method {
            "localize" => self.localize(arguments),
            "normalize" | "fromutc" => moment()?.in_zone(self).map(Value::from_object),
            "utcoffset" | "dst" | "tzname" => {
                let placed = match moment() {
                    Ok(moment) => self.at_local(moment.naive(), false),
                    Err(_) => self.unplaced(),
                };
                Ok(match method {
                    "utcoffset" => Value::from_object(TimeDelta::from_seconds(i64::from(placed.offset))),
                    "dst" => Value::from_object(TimeDelta::from_seconds(i64::from(placed.summer))),
                    _ => Value::from(placed.name),
                })
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// Writes an offset as `+01:00`, with the given text between hours and minutes.
pub(super) fn offset_text(offset: i32, separator: &str) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let (minutes, seconds) = (offset.unsigned_abs() / 60, offset.unsigned_abs() % 60);
    let mut text = format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60);
    if seconds != 0 {
        text = format!("{text}{separator}{seconds:02}");
    }
    text
}

impl fmt::Debug for Placed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.zone {
            Zone::Utc => formatter.write_str("<UTC>"),
            Zone::Fixed(offset) => write!(formatter, "pytz.FixedOffset({})", offset / 60),
            Zone::Offset(0) => formatter.write_str("datetime.timezone.utc"),
            Zone::Offset(offset) => {
                write!(formatter, "datetime.timezone({:?})", TimeDelta::from_seconds(i64::from(offset)))
            }
            Zone::Named(zone) => {
                if zone.name().ends_with("UTC") || zone.name().starts_with("Etc/") {
                    return write!(formatter, "<StaticTzInfo '{}'>", zone.name());
                }
                let plus = if self.offset < 0 { "" } else { "+" };
                let kind = if self.summer == 0 { "STD" } else { "DST" };
                let offset = TimeDelta::from_seconds(i64::from(self.offset));
                write!(formatter, "<DstTzInfo '{}' {}{plus}{offset} {kind}>", zone.name(), self.name)
            }
        }
    }
}

impl Object for Placed {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match (key.as_str()?, self.zone) {
            ("zone", Zone::Named(zone)) => Some(Value::from(zone.name())),
            ("zone", Zone::Utc) => Some(Value::from("UTC")),
            ("zone", _) => Some(Value::from(())),
            _ => None,
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        let key = |placed: &Self| (format!("{:?}", placed.zone), placed.offset);
        Some(key(self).cmp(&key(other)))
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        self.zone.call(method, &Arguments::new(method, args))
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.zone {
            Zone::Utc => formatter.write_str("UTC"),
            Zone::Named(zone) => formatter.write_str(zone.name()),
            Zone::Offset(_) => formatter.write_str(&self.name),
            Zone::Fixed(_) => fmt::Debug::fmt(self.as_ref(), formatter),
        }
    }
}
