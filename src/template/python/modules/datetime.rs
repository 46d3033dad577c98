//! `modules.datetime`.

use chrono::{DateTime as ChronoDateTime, Local, NaiveDate, NaiveTime};
use minijinja::{Error, State, Value};

use super::{Member, Module};
use crate::template::arguments::{Arguments, type_error};
use crate::template::values::datetime::{
    Date, DateTime, Placed, Time, TimeDelta, Zone, parse_moment, read_date, read_moment, read_time,
};
use crate::template::values::{Decimal, integer, repr, value_error};

pub(super) fn module() -> Value {
    let class = |name: &'static str, members: Vec<(&'static str, Member)>| {
        Member::Value(Value::from_object(Module { name, members }))
    };
    let members = vec![
        ("date", class("datetime.date", date_members())),
        ("datetime", class("datetime.datetime", datetime_members())),
        ("time", class("datetime.time", time_members())),
        ("timedelta", class("datetime.timedelta", delta_members())),
        ("tzinfo", class("datetime.tzinfo", Vec::new())),
    ];
    Value::from_object(Module { name: "datetime", members })
}

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default()
}

fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default()
}

fn last_time() -> NaiveTime {
    NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap_or_default()
}

fn text(arguments: &Arguments, value: Option<&Value>, name: &str) -> Result<String, Error> {
    let value = value.ok_or_else(|| arguments.missing(name))?;
    value.as_str().map(ToOwned::to_owned).ok_or_else(|| type_error(format!("{name} must be str")))
}

fn not_iso(text: &str) -> Error {
    value_error(format!("Invalid isoformat string: {}", repr(&Value::from(text))))
}

/// Seconds since 1970 as a moment of UTC.
fn moment_of(arguments: &Arguments, seconds: Option<&Value>) -> Result<chrono::NaiveDateTime, Error> {
    let seconds = seconds.and_then(Decimal::of).ok_or_else(|| arguments.missing("timestamp"))?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of a float saturates, and what is too large is refused"
    )]
    let micros = (seconds.to_f64() * 1e6).round_ties_even() as i64;
    let moment = ChronoDateTime::from_timestamp_micros(micros).map(|moment| moment.naive_utc());
    moment
        .filter(|moment| moment.date() >= first_day() && moment.date() <= last_day())
        .ok_or_else(|| value_error("timestamp out of range"))
}

fn zone_of(value: Option<&Value>) -> Result<Option<Zone>, Error> {
    let Some(value) = value.filter(|value| !value.is_none() && !value.is_undefined()) else { return Ok(None) };
    let placed = value.downcast_object_ref::<Placed>();
    placed
        .map(|placed| Some(placed.zone))
        .ok_or_else(|| type_error("tzinfo argument must be None or of a tzinfo subclass"))
}

fn date_members() -> Vec<(&'static str, Member)> {
    let value = |date: NaiveDate| Member::Value(Value::from_object(Date::new(date)));
    vec![
        ("__init__", Member::Function(|_, arguments| Date::build(arguments).map(Value::from_object))),
        ("today", Member::Function(|_, _| Ok(Value::from_object(Date::new(Local::now().date_naive()))))),
        (
            "fromisoformat",
            Member::Function(|_, arguments| {
                let [date] = arguments.options(["date_string"])?;
                let date = text(arguments, date.as_ref(), "date_string")?;
                read_date(&date).map(|date| Value::from_object(Date::new(date))).ok_or_else(|| not_iso(&date))
            }),
        ),
        ("fromordinal", Member::Function(from_ordinal)),
        (
            "fromtimestamp",
            Member::Function(|_, arguments| {
                let [seconds] = arguments.options(["timestamp"])?;
                let moment = moment_of(arguments, seconds.as_ref())?.and_utc().with_timezone(&Local);
                Ok(Value::from_object(Date::new(moment.date_naive())))
            }),
        ),
        ("min", value(first_day())),
        ("max", value(last_day())),
        ("resolution", Member::Value(Value::from_object(TimeDelta::from_days(1)))),
    ]
}

fn from_ordinal(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [ordinal] = arguments.options(["ordinal"])?;
    let ordinal = integer(&ordinal.ok_or_else(|| arguments.missing("ordinal"))?)?;
    let date = i32::try_from(ordinal).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
    let date = date.filter(|date| *date >= first_day() && *date <= last_day());
    date.map(|date| Value::from_object(Date::new(date))).ok_or_else(|| value_error("ordinal must be >= 1"))
}

fn datetime_members() -> Vec<(&'static str, Member)> {
    let value = |moment: DateTime| Member::Value(Value::from_object(moment));
    vec![
        ("__init__", Member::Function(|_, arguments| DateTime::build(arguments).map(Value::from_object))),
        (
            "now",
            Member::Function(|_, arguments| {
                let [zone] = arguments.options(["tz"])?;
                Ok(Value::from_object(DateTime::now(zone_of(zone.as_ref())?)))
            }),
        ),
        ("today", Member::Function(|_, _| Ok(Value::from_object(DateTime::now(None))))),
        (
            "utcnow",
            Member::Function(|_, _| Ok(Value::from_object(DateTime::new(chrono::Utc::now().naive_utc(), None)))),
        ),
        (
            "strptime",
            Member::Function(|_, arguments| {
                let [date, pattern] = arguments.options(["date_string", "format"])?;
                let date = text(arguments, date.as_ref(), "strptime() argument 1")?;
                let pattern = text(arguments, pattern.as_ref(), "strptime() argument 2")?;
                parse_moment(&date, &pattern).map(Value::from_object)
            }),
        ),
        (
            "fromisoformat",
            Member::Function(|_, arguments| {
                let [date] = arguments.options(["date_string"])?;
                let date = text(arguments, date.as_ref(), "fromisoformat: argument")?;
                let (naive, zone) = read_moment(&date).ok_or_else(|| not_iso(&date))?;
                Ok(Value::from_object(DateTime::new(naive, zone)))
            }),
        ),
        ("combine", Member::Function(combine)),
        (
            "fromtimestamp",
            Member::Function(|_, arguments| {
                let [seconds, zone] = arguments.options(["timestamp", "tz"])?;
                let moment = moment_of(arguments, seconds.as_ref())?;
                Ok(Value::from_object(match zone_of(zone.as_ref())? {
                    Some(zone) => DateTime::from_utc(moment, zone),
                    None => DateTime::new(moment.and_utc().with_timezone(&Local).naive_local(), None),
                }))
            }),
        ),
        (
            "utcfromtimestamp",
            Member::Function(|_, arguments| {
                let [seconds] = arguments.options(["timestamp"])?;
                Ok(Value::from_object(DateTime::new(moment_of(arguments, seconds.as_ref())?, None)))
            }),
        ),
        (
            "fromordinal",
            Member::Function(|state, arguments| {
                let date = from_ordinal(state, arguments)?;
                let date = date.downcast_object_ref::<Date>().map(Date::date).unwrap_or_default();
                Ok(Value::from_object(DateTime::new(date.and_time(NaiveTime::MIN), None)))
            }),
        ),
        ("min", value(DateTime::new(first_day().and_time(NaiveTime::MIN), None))),
        ("max", value(DateTime::new(last_day().and_time(last_time()), None))),
        ("resolution", Member::Value(Value::from_object(TimeDelta::from_microseconds(1)))),
    ]
}

fn combine(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [date, time, zone] = arguments.options(["date", "time", "tzinfo"])?;
    let date = date.as_ref().and_then(|value| {
        let moment = value.downcast_object_ref::<DateTime>().map(|moment| moment.naive().date());
        moment.or_else(|| value.downcast_object_ref::<Date>().map(Date::date))
    });
    let date = date.ok_or_else(|| type_error("combine() argument 1 must be datetime.date"))?;
    let time = time.as_ref().and_then(|value| value.downcast_object_ref::<Time>());
    let time = time.ok_or_else(|| type_error("combine() argument 2 must be datetime.time"))?;
    let naive = date.and_time(time.time());
    let placed = zone_of(zone.as_ref())?.map(Zone::unplaced);
    Ok(Value::from_object(DateTime::new(naive, placed)))
}

fn time_members() -> Vec<(&'static str, Member)> {
    vec![
        ("__init__", Member::Function(|_, arguments| Time::build(arguments).map(Value::from_object))),
        (
            "fromisoformat",
            Member::Function(|_, arguments| {
                let [time] = arguments.options(["time_string"])?;
                let time = text(arguments, time.as_ref(), "time_string")?;
                read_time(&time).map(|time| Value::from_object(Time::new(time))).ok_or_else(|| not_iso(&time))
            }),
        ),
        ("min", Member::Value(Value::from_object(Time::new(NaiveTime::MIN)))),
        ("max", Member::Value(Value::from_object(Time::new(last_time())))),
    ]
}

fn delta_members() -> Vec<(&'static str, Member)> {
    vec![
        ("__init__", Member::Function(|_, arguments| TimeDelta::build(arguments).map(Value::from_object))),
        ("min", Member::Value(Value::from_object(TimeDelta::MIN))),
        ("max", Member::Value(Value::from_object(TimeDelta::MAX))),
        ("resolution", Member::Value(Value::from_object(TimeDelta::from_microseconds(1)))),
    ]
}
