//! What an unquoted scalar means by the rules of YAML 1.1 as PyYAML applies them, and what an explicit tag makes of one.

use super::YamlValue;

/// Returns the value of an unquoted scalar. Dates and times stay text.
pub(super) fn plain(text: &str) -> YamlValue {
    if is_null(text) {
        return YamlValue::Null;
    }
    if let Some(truth) = truth(text) {
        return YamlValue::Bool(truth);
    }
    if text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
        if let Some(number) = float(text) {
            return YamlValue::Float(number);
        }
        if let Some(number) = integer(text) {
            return YamlValue::Integer(number);
        }
    }
    YamlValue::String(text.to_owned())
}

/// Returns a day with a time as YAML 1.1 knows them, such as `2024-1-31T8:00:00.5 +2`; none for any other text.
pub(super) fn timestamp(text: &str) -> Option<YamlValue> {
    let (day, rest) = text.split_at_checked(text.find(['T', 't', ' ', '\t'])?)?;
    let mut parts = day.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || !consists_of(year, |c| c.is_ascii_digit()) {
        return None;
    }
    let (month, day) = (place(month, 12)?, place(day, 31)?);
    if month == 0 || day == 0 {
        return None;
    }
    let rest = rest.strip_prefix(['T', 't']).unwrap_or_else(|| rest.trim_start_matches([' ', '\t']));
    let end = rest.find(|c: char| !c.is_ascii_digit() && !":.".contains(c)).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(end)?;
    let zone = zone_text(zone.trim_start_matches([' ', '\t']))?;
    Some(YamlValue::Timestamp(format!("{year}-{month:02}-{day:02} {}{zone}", clock_text(clock)?)))
}

/// Reads `8:00:00.5` as `08:00:00.500000`.
fn clock_text(clock: &str) -> Option<String> {
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || minute.len() != 2 || second.len() != 2 || fraction.contains(['.', ':']) {
        return None;
    }
    let whole = format!("{:02}:{minute}:{second}", place(hour, 23)?);
    place(minute, 59).and(place(second, 59))?;
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    Some(if micros == "000000" { whole } else { format!("{whole}.{micros}") })
}

/// Reads nothing, `Z`, `+2` and `-05:30` as Python prints them.
fn zone_text(zone: &str) -> Option<String> {
    if zone.is_empty() || zone == "Z" {
        return Some(if zone.is_empty() { String::new() } else { "+00:00".to_owned() });
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':').unwrap_or((zone.get(1..)?, "00"));
    let (hours, minutes) = (place(hours, 23)?, place(minutes, 59).filter(|_| minutes.len() == 2)?);
    let sign = if zone.starts_with('+') || hours + minutes == 0 { '+' } else { '-' };
    zone.starts_with(['+', '-']).then(|| format!("{sign}{hours:02}:{minutes:02}"))
}

/// Reads one or two digits up to a greatest number.
fn place(text: &str, greatest: u8) -> Option<u8> {
    let fits = (1..=2).contains(&text.len()) && consists_of(text, |c| c.is_ascii_digit());
    text.parse().ok().filter(|number| fits && *number <= greatest)
}

/// Returns the value of a scalar with a tag of YAML's own, such as `!!int`; none when the text does not fit the tag.
pub(super) fn tagged(text: &str, tag: &str) -> Option<YamlValue> {
    match tag {
        "str" | "timestamp" | "binary" => Some(YamlValue::String(text.to_owned())),
        "null" => Some(YamlValue::Null),
        "bool" => truth(&text.to_lowercase()).map(YamlValue::Bool),
        "int" => integer(text).map(YamlValue::Integer),
        "float" => float(text)
            .or_else(|| text.replace('_', "").parse().ok().filter(|_| text.starts_with(|c: char| !c.is_alphabetic())))
            .map(YamlValue::Float),
        _ => None,
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// Splits the sign off: whether it is a minus, and the rest.
fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Returns whether a text has only these characters, and at least one.
fn consists_of(text: &str, is_allowed: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(is_allowed)
}

fn is_digit_or_underscore(character: char) -> bool {
    character.is_ascii_digit() || character == '_'
}

/// Reads decimal, `0b1`, `017`, `0x1f` and `1:30`. A number beyond 64 bits stays text, so that no digit is lost.
fn integer(text: &str) -> Option<i64> {
    let (negative, digits) = sign(text);
    if digits.contains(':') {
        let number = sexagesimal(digits)?;
        return Some(if negative { -number } else { number });
    }
    let (digits, radix) = if let Some(binary) = digits.strip_prefix("0b") {
        (Some(binary).filter(|rest| consists_of(rest, |c| "01_".contains(c)))?, 2)
    } else if let Some(hexadecimal) = digits.strip_prefix("0x") {
        (Some(hexadecimal).filter(|rest| consists_of(rest, |c| c.is_ascii_hexdigit() || c == '_'))?, 16)
    } else if let Some(octal) = digits.strip_prefix('0').filter(|rest| !rest.is_empty()) {
        (Some(octal).filter(|rest| consists_of(rest, |c| "01234567_".contains(c)))?, 8)
    } else {
        let is_decimal =
            digits.starts_with(|c: char| c.is_ascii_digit()) && consists_of(digits, is_digit_or_underscore);
        (Some(digits).filter(|_| is_decimal)?, 10)
    };
    let digits = digits.replace('_', "");
    let digits = if digits.is_empty() && radix == 8 { "0" } else { &digits };
    let signed = if negative { format!("-{digits}") } else { digits.to_owned() };
    i64::from_str_radix(&signed, radix).ok()
}

/// Reads `h:mm` and `h:mm:ss` as one number in base 60.
fn sexagesimal(digits: &str) -> Option<i64> {
    let mut parts = digits.split(':');
    let first = parts.next()?;
    if !first.starts_with(|c: char| ('1'..='9').contains(&c)) || !consists_of(first, is_digit_or_underscore) {
        return None;
    }
    let mut number: i64 = first.replace('_', "").parse().ok()?;
    for part in parts {
        number = number.checked_mul(60)?.checked_add(sixty(part)?)?;
    }
    Some(number)
}

/// Reads one place of a number in base 60: one or two digits below 60.
fn sixty(part: &str) -> Option<i64> {
    let fits = part.len() <= 2 && consists_of(part, |c| c.is_ascii_digit());
    part.parse().ok().filter(|number| fits && *number < 60)
}

/// Reads what has a point (`1.5`, `.5`, `1.`, `1.5e+3`), `.inf`, `.nan` and `1:30.5`. `1e3` is text, as in PyYAML.
fn float(text: &str) -> Option<f64> {
    let (negative, unsigned) = sign(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" => return Some(if negative { f64::NEG_INFINITY } else { f64::INFINITY }),
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN).filter(|_| unsigned.len() == text.len()),
        _ => {}
    }
    let (whole, rest) = unsigned.split_once('.')?;
    if whole.contains(':') {
        let number = sexagesimal_float(whole, rest)?;
        return Some(if negative { -number } else { number });
    }
    let (fraction, exponent) = match rest.find(['e', 'E']) {
        Some(index) => (&rest[..index], Some(&rest[index + 1..])),
        None => (rest, None),
    };
    let fraction_fits = fraction.chars().all(is_digit_or_underscore);
    let exponent_fits =
        exponent.is_none_or(|text| text.starts_with(['+', '-']) && consists_of(&text[1..], |c| c.is_ascii_digit()));
    let whole_fits = if whole.is_empty() {
        unsigned.len() == text.len() && fraction.starts_with(|c: char| c.is_ascii_digit())
    } else {
        whole.starts_with(|c: char| c.is_ascii_digit()) && consists_of(whole, is_digit_or_underscore)
    };
    if !(fraction_fits && exponent_fits && whole_fits) {
        return None;
    }
    text.replace('_', "").parse().ok()
}

fn sexagesimal_float(whole: &str, fraction: &str) -> Option<f64> {
    let mut parts = whole.split(':');
    let first = parts.next().filter(|first| consists_of(first, is_digit_or_underscore))?;
    let mut number: f64 = first.replace('_', "").parse().ok()?;
    for part in parts {
        let place = u8::try_from(sixty(part)?).ok()?;
        number = number.mul_add(60.0, f64::from(place));
    }
    if !fraction.chars().all(is_digit_or_underscore) {
        return None;
    }
    let fraction: f64 = format!("0.{}", fraction.replace('_', "")).parse().ok()?;
    Some(number + fraction)
}
