//! Floats in C's fixed, exponent and general forms.

use crate::template::values::float_text;

/// Writes `inf` and `nan`; none for other numbers.
fn special(number: f64) -> Option<String> {
    (!number.is_finite()).then(|| float_text(number))
}

/// Writes digits after the point: `%.2f`.
pub(super) fn fixed(number: f64, precision: usize) -> String {
    special(number).unwrap_or_else(|| format!("{number:.precision$}"))
}

/// Writes with an exponent of at least two digits: `%.2e`.
pub(super) fn exponent(number: f64, precision: usize) -> String {
    if let Some(text) = special(number) {
        return text;
    }
    let text = format!("{number:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// Whether trailing zeros stay.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zeros {
    /// They go: `%g`.
    Cut,
    /// They stay: `%#g`.
    Keep,
    /// They go, but one digit after the point stays: a format without a type.
    CutToOne,
}

/// Writes significant digits, with an exponent when the number is very large or small: `%g`.
pub(super) fn general(number: f64, precision: usize, zeros: Zeros) -> String {
    if let Some(text) = special(number) {
        return text;
    }
    let precision = precision.max(1);
    let scientific = exponent(number, precision - 1);
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i64 = power.parse().unwrap_or(0);
    let limit = i64::try_from(precision).unwrap_or(i64::MAX);
    let is_fixed = (-4..if zeros == Zeros::CutToOne { limit.max(1) } else { limit }).contains(&power);
    if is_fixed {
        let digits = usize::try_from(limit - 1 - power).unwrap_or(0);
        let text = fixed(number, digits);
        let text = if zeros == Zeros::Keep { text } else { cut(&text).to_owned() };
        return if zeros == Zeros::CutToOne && !text.contains('.') { format!("{text}.0") } else { text };
    }
    let mantissa = if zeros == Zeros::Keep { mantissa } else { cut(mantissa) };
    let (sign, digits) = if power < 0 { ('-', -power) } else { ('+', power) };
    format!("{mantissa}e{sign}{digits:02}")
}

fn cut(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
