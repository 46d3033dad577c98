//! `modules.pytz`.

use minijinja::{Error, ErrorKind, Value};

use super::{Member, Module};
use crate::diagnostic::nearest;
use crate::template::values::datetime::Zone;
use crate::template::values::{integer, list, to_text, value_error};

pub(super) fn module() -> Value {
    let utc = || Member::Value(Value::from_object(Zone::Utc.unplaced()));
    let names = || {
        let mut names: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
        names.sort_unstable();
        Member::Value(list(names.into_iter().map(Value::from).collect()))
    };
    let members = vec![
        ("utc", utc()),
        ("all_timezones", names()),
        ("all_timezones_set", names()),
        ("common_timezones", names()),
        ("common_timezones_set", names()),
        (
            "timezone",
            Member::Function(|_, arguments| {
                let [name] = arguments.options(["zone"])?;
                let name = to_text(&name.ok_or_else(|| arguments.missing("zone"))?);
                let zone = Zone::find(&name).ok_or_else(|| unknown(&name))?;
                Ok(Value::from_object(zone.unplaced()))
            }),
        ),
        (
            "FixedOffset",
            Member::Function(|_, arguments| {
                let [minutes] = arguments.options(["offset"])?;
                let minutes = integer(&minutes.ok_or_else(|| arguments.missing("offset"))?)?;
                let seconds =
                    i32::try_from(minutes).ok().filter(|minutes| minutes.abs() < 1440).map(|minutes| minutes * 60);
                let seconds = seconds.ok_or_else(|| value_error("absolute offset is too large"))?;
                let zone = if seconds == 0 { Zone::Utc } else { Zone::Fixed(seconds) };
                Ok(Value::from_object(zone.unplaced()))
            }),
        ),
    ];
    Value::from_object(Module { name: "pytz", members })
}

fn unknown(name: &str) -> Error {
    let near = nearest(name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Error::new(ErrorKind::InvalidOperation, format!("there is no time zone `{name}`{hint}"))
}
