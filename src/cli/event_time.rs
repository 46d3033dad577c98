//! `--event-time-start`, `--event-time-end` and `--sample` into windows.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::{CommandError, Line, flags};
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{BatchSize, EventWindow, read_moment};

/// The forms of a moment on the command line.
const FORMATS: [&str; 3] = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"];

/// What the command line says about event time.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventTime {
    /// What microbatch models are built for.
    pub window: Option<EventWindow>,
    /// What all models read.
    pub sample: Option<EventWindow>,
}

impl EventTime {
    /// Reads a command line and the environment.
    ///
    /// # Errors
    /// When something is no moment or no window, or one end of the window is missing.
    pub fn read(line: &Line) -> Result<Self, CommandError> {
        let bound = |name: &'static str| given(line, name).map(|text| moment(name, &text)).transpose();
        let window = window(bound("event-time-start")?, bound("event-time-end")?)?;
        let sample = match given(line, "sample") {
            Some(text) => Some(sample(&text, line.started_at).map_err(|why| invalid("sample", &why))?),
            None => None,
        };
        Ok(Self { window, sample })
    }
}

fn given(line: &Line, name: &'static str) -> Option<String> {
    let typed = line.matches.try_get_one::<String>(name);
    // A command without the option does not read its variable either.
    let typed = typed.ok()?;
    typed.or_else(|| flags::variable(&line.environment, name)).cloned()
}

fn usage(title: String) -> CommandError {
    Diagnostic::error(Kind::Usage, "E0180", title).into()
}

fn invalid(name: &str, why: &str) -> CommandError {
    usage(format!("Invalid value for '--{name}': {why}"))
}

fn moment(name: &str, text: &str) -> Result<DateTime<Utc>, CommandError> {
    let read = |format: &&str| {
        let day = || NaiveDate::parse_from_str(text, format).ok()?.and_hms_opt(0, 0, 0);
        NaiveDateTime::parse_from_str(text, format).ok().or_else(day)
    };
    let moment = FORMATS.iter().find_map(read).map(|moment| moment.and_utc());
    moment.ok_or_else(|| {
        let formats: Vec<String> = FORMATS.iter().map(|format| format!("'{format}'")).collect();
        invalid(name, &format!("'{text}' does not match the formats {}.", formats.join(", ")))
    })
}

fn window(start: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> Result<Option<EventWindow>, CommandError> {
    let missing = |given: &str, missing: &str| {
        usage(format!(
            "The flag `{given}` was specified, but `{missing}` was not. \
             When specifying `{given}`, `{missing}` must also be present."
        ))
    };
    match (start, end) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(missing("--event-time-end", "--event-time-start")),
        (Some(_), None) => Err(missing("--event-time-start", "--event-time-end")),
        (Some(start), Some(end)) if start >= end => {
            Err(usage("Value for `--event-time-start` must be less than `--event-time-end`".to_owned()))
        }
        (Some(start), Some(end)) => Ok(Some(EventWindow { start, end })),
    }
}

/// Reads `3 days`, counted back from now, or `{start: …, end: …}`.
fn sample(text: &str, now: DateTime<Utc>) -> Result<EventWindow, String> {
    if text.trim_start().starts_with('{') {
        return between(text);
    }
    let parts: Vec<&str> = text.split(' ').collect();
    let [number, grain] = parts.as_slice() else {
        return Err(format!(
            "Runtime Error\n  Cannot load SAMPLE_WINDOW from '{text}'. Must be of form 'DAYS_INT GRAIN_SIZE'."
        ));
    };
    let Ok(number) = number.trim().parse::<i64>() else {
        return Err(format!("Runtime Error\n  Unable to convert '{number}' to an integer."));
    };
    let Some(size) = BatchSize::from_name(grain.to_lowercase().trim_end_matches('s')) else {
        let names = BatchSize::ALL.iter().map(|size| format!("'{}'", size.as_str()));
        let plurals = BatchSize::ALL.iter().map(|size| format!("'{}s'", size.as_str()));
        let names: Vec<String> = names.chain(plurals).collect();
        return Err(format!("Runtime Error\n  Invalid grain size '{grain}'. Must be one of [{}].", names.join(", ")));
    };
    Ok(EventWindow { start: size.shifted(now, number.saturating_neg()), end: now })
}

fn between(text: &str) -> Result<EventWindow, String> {
    let read = crate::project::parse_vars(text, std::path::Path::new("."));
    let map = read.map_err(|_| format!("'{text}' is no mapping of `start` and `end`"))?;
    let bound = |key: &str| {
        let value = map
            .get(key)
            .ok_or_else(|| format!("Field \"{key}\" of type datetime is missing in SampleWindow instance"))?;
        let moment = value.as_str().and_then(read_moment);
        moment.ok_or_else(|| format!("Field \"{key}\" of type datetime in SampleWindow has invalid value {value}"))
    };
    Ok(EventWindow { start: bound("start")?, end: bound("end")? })
}
