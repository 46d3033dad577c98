//! `strptime`: moments from text by the C library's codes, in English.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta as ChronoDelta};
use minijinja::Error;

use super::super::value_error;
use super::format::{MONTHS, WEEKDAYS};
use super::iso::read_offset;
use super::{DateTime, Placed, Zone, calendar_date};

#[derive(Default)]
struct Fields {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    ordinal: Option<i64>,
    hour: Option<u32>,
    hour12: Option<u32>,
    is_afternoon: Option<bool>,
    minute: u32,
    second: u32,
    micros: u32,
    zone: Option<Placed>,
}

/// Reads a moment by a pattern.
///
/// # Errors
/// When the text does not fit the pattern or names no moment.
pub fn parse_moment(text: &str, pattern: &str) -> Result<DateTime, Error> {
    let mut fields = Fields::default();
    let rest = fields.read(text, pattern).ok_or_else(|| {
        let (text, pattern) = (super::super::repr(&text.into()), super::super::repr(&pattern.into()));
        value_error(format!("time data {text} does not match format {pattern}"))
    })?;
    if !rest.is_empty() {
        return Err(value_error(format!("unconverted data remains: {rest}")));
    }
    let naive = fields.moment()?;
    Ok(DateTime::new(naive, fields.zone))
}

impl Fields {
    /// Reads as much as the pattern asks for and returns what is left over.
    fn read<'a>(&mut self, text: &'a str, pattern: &str) -> Option<&'a str> {
        let mut rest = text;
        let mut codes = pattern.chars();
        while let Some(character) = codes.next() {
            if character.is_whitespace() {
                let trimmed = rest.trim_start();
                (trimmed.len() < rest.len()).then_some(())?;
                rest = trimmed;
            } else if character == '%' {
                rest = self.code(codes.next()?, rest)?;
            } else {
                let mut characters = rest.chars();
                let found = characters.next()?;
                (found == character || found.to_lowercase().eq(character.to_lowercase())).then_some(())?;
                rest = characters.as_str();
            }
        }
        Some(rest)
    }

    fn code<'a>(&mut self, code: char, text: &'a str) -> Option<&'a str> {
        let composite = match code {
            'c' => "%a %b %d %H:%M:%S %Y",
            'x' | 'D' => "%m/%d/%y",
            'X' | 'T' => "%H:%M:%S",
            'F' => "%Y-%m-%d",
            'R' => "%H:%M",
            _ => "",
        };
        if !composite.is_empty() {
            return self.read(text, composite);
        }
        match code {
            'Y' => digits(text, 4, 4).map(|(number, rest)| (self.year = Some(number.into()), rest).1),
            'y' => digits(text, 2, 2).map(|(number, rest)| {
                self.year = Some(i64::from(number) + if number < 69 { 2000 } else { 1900 });
                rest
            }),
            'm' => bounded(text, 1, 12).map(|(number, rest)| (self.month = Some(number.into()), rest).1),
            'd' | 'e' => {
                bounded(text.trim_start(), 1, 31).map(|(number, rest)| (self.day = Some(number.into()), rest).1)
            }
            'j' => digits(text, 1, 3).filter(|(number, _)| (1..=366).contains(number)).map(|(number, rest)| {
                self.ordinal = Some(number.into());
                rest
            }),
            'B' | 'b' | 'h' => name(text, &MONTHS).map(|(index, rest)| (self.month = Some(index + 1), rest).1),
            'A' | 'a' => name(text, &WEEKDAYS).map(|(_, rest)| rest),
            'w' | 'u' => digits(text, 1, 1).map(|(_, rest)| rest),
            'U' | 'W' => digits(text, 1, 2).map(|(_, rest)| rest),
            '%' => text.strip_prefix('%'),
            _ => self.clock(code, text),
        }
    }

    fn clock<'a>(&mut self, code: char, text: &'a str) -> Option<&'a str> {
        match code {
            'H' => bounded(text, 0, 23).map(|(number, rest)| (self.hour = Some(number), rest).1),
            'I' => bounded(text, 1, 12).map(|(number, rest)| (self.hour12 = Some(number), rest).1),
            'M' => bounded(text, 0, 59).map(|(number, rest)| (self.minute = number, rest).1),
            'S' => bounded(text, 0, 61).map(|(number, rest)| (self.second = number.min(59), rest).1),
            'f' => {
                let length = text.bytes().take(6).take_while(u8::is_ascii_digit).count();
                self.micros =
                    format!("{:0<6}", text.get(..length).filter(|digits| !digits.is_empty())?).parse().ok()?;
                text.get(length..)
            }
            'p' => {
                let half = text.get(..2)?.to_lowercase();
                self.is_afternoon = Some(match half.as_str() {
                    "am" => false,
                    "pm" => true,
                    _ => return None,
                });
                text.get(2..)
            }
            'z' => {
                let length = if text.starts_with(['Z', 'z']) {
                    1
                } else {
                    1 + text.bytes().skip(1).take_while(|byte| byte.is_ascii_digit() || *byte == b':').count()
                };
                let offset = read_offset(text.get(..length)?)?;
                self.zone = Some(Zone::Offset(offset).unplaced());
                text.get(length..)
            }
            'Z' => {
                let length = ["UTC", "GMT"].iter().find(|name| text.starts_with(**name)).map_or(0, |name| name.len());
                text.get(length..).filter(|_| length > 0)
            }
            _ => None,
        }
    }

    fn moment(&self) -> Result<NaiveDateTime, Error> {
        let year = self.year.unwrap_or(1900);
        let date = match self.ordinal {
            Some(ordinal) if self.month.is_none() => calendar_date(year, 1, 1)? + ChronoDelta::days(ordinal - 1),
            _ => calendar_date(year, self.month.unwrap_or(1), self.day.unwrap_or(1))?,
        };
        let hour = match (self.hour, self.hour12, self.is_afternoon) {
            (Some(hour), _, _) => hour,
            (None, Some(hour), Some(true)) => hour % 12 + 12,
            (None, Some(hour), _) => hour % 12,
            (None, None, _) => 0,
        };
        let time = NaiveTime::from_hms_micro_opt(hour, self.minute, self.second, self.micros);
        Ok(NaiveDate::and_time(&date, time.unwrap_or_default()))
    }
}

/// Reads a number of so many digits.
fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    (length >= least).then(|| Some((text[..length].parse().ok()?, &text[length..])))?
}

/// Reads one or two digits within limits: the second digit is left when both together are too large.
fn bounded(text: &str, low: u32, high: u32) -> Option<(u32, &str)> {
    [2, 1].into_iter().find_map(|most| digits(text, most, most).filter(|(number, _)| (low..=high).contains(number)))
}

/// Reads a name or its first three letters.
fn name<'a>(text: &'a str, names: &[&str]) -> Option<(i64, &'a str)> {
    let starts_with = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let (index, length) = names
        .iter()
        .position(|name| starts_with(name))
        .map(|index| (index, names[index].len()))
        .or_else(|| names.iter().position(|name| starts_with(&name[..3])).map(|index| (index, 3)))?;
    Some((i64::try_from(index).ok()?, &text[length..]))
}
