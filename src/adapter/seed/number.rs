//! Numbers as agate reads them: `1,000`, `$5`, `50%`, `1e5`, and the SQL type that a column of them gets.

use super::cell::is_white;

/// The currency signs that agate takes off a number.
pub(crate) const CURRENCY_SIGNS: &str = "؋$ƒ៛¥₡₱£€¢﷼₪₩₭₮₦฿₤₫";

/// Python's precision of decimal numbers.
const PRECISION: i64 = 28;

/// One number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Places before the decimal point, as Python counts them.
    whole_places: i64,
    /// Places after the decimal point without trailing zeros; negative for round numbers.
    decimal_places: i64,
    value: Value,
    is_plain: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    /// A whole number.
    Whole(i128),
    /// A number with decimals, or one too large to count.
    Other,
    /// Not a number, or infinite.
    Special,
}

/// Reads a number; `text` is the field as written, `trimmed` without the white space around it.
pub(super) fn read(text: &str, trimmed: &str) -> Option<Number> {
    if is_plain(text)
        && let Some(number) = decimal(text, true)
    {
        return Some(number);
    }
    let unsigned_percent = trimmed.trim_matches('%');
    let (negative, rest) = match unsigned_percent.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, unsigned_percent),
    };
    let rest = CURRENCY_SIGNS.chars().fold(rest, |rest, sign| rest.trim_matches(sign));
    let digits: String =
        rest.trim_matches(is_white).chars().filter(|each| !matches!(each, ',' | '_')).map(ascii_digit).collect();
    decimal(&digits, false).map(|number| match number.value {
        Value::Whole(value) if negative => Number { value: Value::Whole(-value), ..number },
        _ => number,
    })
}

/// Returns whether a database reads the text as agate does: a sign, digits with a point, an exponent.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'e' | b'E'))
}

/// The digits of other scripts that agate reads and that we know of.
pub(crate) const OTHER_DIGITS: [char; 4] = ['\u{ff10}', '\u{660}', '\u{6f0}', '\u{966}'];

fn ascii_digit(character: char) -> char {
    let value = OTHER_DIGITS.iter().find_map(|zero| {
        let value = u32::from(character).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    });
    value.unwrap_or(character)
}

/// Reads what Python's `Decimal` reads.
fn decimal(text: &str, is_plain: bool) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if ["inf", "infinity", "nan"].iter().any(|word| unsigned.eq_ignore_ascii_case(word)) {
        return Some(Number { whole_places: 1, decimal_places: 0, value: Value::Special, is_plain: false });
    }
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], exponent(&unsigned[at + 1..])?),
        None => (unsigned, 0),
    };
    let digits = Digits::read(mantissa)?;
    let Some(magnitude) = digits.magnitude else {
        return Some(Number { whole_places: 1, decimal_places: 0, value: Value::Whole(0), is_plain });
    };
    // Python rounds to its precision before it counts.
    let kept = digits.significant.min(PRECISION);
    let exact_places = digits.fraction - exponent - digits.trailing_zeros;
    let decimal_places = exact_places - (digits.significant - kept);
    let value = match whole(magnitude, digits.fraction - exponent) {
        Some(magnitude) if text.starts_with('-') => Value::Whole(-magnitude),
        Some(magnitude) => Value::Whole(magnitude),
        None => Value::Other,
    };
    Some(Number { whole_places: kept - decimal_places, decimal_places, value, is_plain })
}

/// The digits of a number without its exponent.
struct Digits {
    /// All of them as one number, when it can be counted; none for zero.
    #[expect(clippy::option_option, reason = "nothing, too much to count and a number are three different answers")]
    magnitude: Option<Option<i128>>,
    /// How many stand after the point.
    fraction: i64,
    /// How many there are from the first to the last that is not zero.
    significant: i64,
    /// How many zeros follow those.
    trailing_zeros: i64,
}

impl Digits {
    fn read(mantissa: &str) -> Option<Self> {
        let (mut all, mut fraction, mut counted, mut trailing_zeros) = (0, 0, 0, 0);
        let mut magnitude = Some(0_i128);
        let mut has_point = false;
        for byte in mantissa.bytes() {
            match byte {
                b'.' if !has_point => has_point = true,
                b'0'..=b'9' => {
                    all += 1;
                    fraction += i64::from(has_point);
                    if byte != b'0' || counted > 0 {
                        counted += 1;
                        trailing_zeros = if byte == b'0' { trailing_zeros + 1 } else { 0 };
                        let digit = i128::from(byte - b'0');
                        magnitude = magnitude.and_then(|sum| sum.checked_mul(10)?.checked_add(digit));
                    }
                }
                _ => return None,
            }
        }
        let magnitude = (counted > 0).then_some(magnitude);
        (all > 0).then_some(Self { magnitude, fraction, significant: counted - trailing_zeros, trailing_zeros })
    }
}

/// Returns the whole number that is `magnitude` with so many digits after the point.
fn whole(magnitude: Option<i128>, decimals: i64) -> Option<i128> {
    let power = |exponent: i64| 10_i128.checked_pow(u32::try_from(exponent).ok()?);
    let magnitude = magnitude?;
    if decimals <= 0 {
        return magnitude.checked_mul(power(-decimals)?);
    }
    let divisor = power(decimals)?;
    (magnitude % divisor == 0).then_some(magnitude / divisor)
}

fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Beyond this, only the sign matters.
    let magnitude = digits.parse::<i64>().unwrap_or(i64::MAX).min(1_000_000);
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// What a column of numbers has in it.
#[derive(Debug)]
pub(super) struct Numbers {
    whole_places: i64,
    decimal_places: i64,
    least: i128,
    greatest: i128,
    /// A number that is not whole, or too large to be.
    has_other: bool,
    has_special: bool,
    has_loose: bool,
}

impl Default for Numbers {
    fn default() -> Self {
        Self {
            whole_places: 1,
            decimal_places: 0,
            least: 0,
            greatest: 0,
            has_other: false,
            has_special: false,
            has_loose: false,
        }
    }
}

impl Numbers {
    /// Takes a number into account.
    pub(super) fn add(&mut self, number: &Number) {
        self.has_loose |= !number.is_plain;
        match number.value {
            Value::Special => {
                self.has_special = true;
                return;
            }
            Value::Other => self.has_other = true,
            Value::Whole(value) => {
                self.least = self.least.min(value);
                self.greatest = self.greatest.max(value);
            }
        }
        self.whole_places = self.whole_places.max(number.whole_places);
        self.decimal_places = self.decimal_places.max(number.decimal_places);
    }

    /// Returns whether some number needs agate's rules to be read.
    pub(super) fn are_loose(&self) -> bool {
        self.has_loose
    }

    /// Returns dbt's type for the column: `float8` with decimals, else `integer`, or a wider one where dbt would fail.
    pub(super) fn sql_type(&self) -> &'static str {
        let decimals = self.decimal_places.min(PRECISION - self.whole_places);
        if decimals != 0 || self.has_other || self.has_special {
            return "float8";
        }
        let within = |least: i128, greatest: i128| self.least >= least && self.greatest <= greatest;
        if within(i32::MIN.into(), i32::MAX.into()) {
            "integer"
        } else if within(i64::MIN.into(), i64::MAX.into()) {
            "bigint"
        } else {
            "hugeint"
        }
    }

    /// Returns whether the numbers can be read as a declared type without looking at each.
    pub(super) fn fit(&self, word: &str) -> bool {
        let within = |least: i128, greatest: i128| {
            !self.has_other && !self.has_special && self.least >= least && self.greatest <= greatest
        };
        match word {
            "tinyint" => within(i8::MIN.into(), i8::MAX.into()),
            "smallint" | "int2" => within(i16::MIN.into(), i16::MAX.into()),
            "integer" | "int" | "int4" => within(i32::MIN.into(), i32::MAX.into()),
            "bigint" | "int8" => within(i64::MIN.into(), i64::MAX.into()),
            "hugeint" => within(i128::MIN, i128::MAX),
            // Whether the digits fit is known after the cast only.
            "decimal" | "numeric" => false,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Numbers, read};

    #[test]
    fn numbers_are_read_as_python_and_agate_read_them() {
        // Each text with the type of a column that holds only it; none when agate takes it for text.
        let table = [
            ("0", Some("integer")),
            ("-0.00", Some("integer")),
            ("1.0", Some("integer")),
            ("100e-2", Some("integer")),
            ("1e9", Some("integer")),
            ("1e10", Some("bigint")),
            ("1e20", Some("hugeint")),
            ("1e30", Some("float8")),
            ("1e400", Some("float8")),
            ("0.5", Some("float8")),
            ("5.", Some("integer")),
            (".5", Some("float8")),
            ("9999999999999999999999999999", Some("hugeint")),
            ("12345678901234567890123456789", Some("float8")),
            ("1234567890123456789012345678.5", Some("float8")),
            ("$ 5", Some("integer")),
            ("--5", Some("integer")),
            ("-$-5", Some("integer")),
            ("%-5", Some("integer")),
            (" $5% ", Some("integer")),
            ("1,", Some("integer")),
            ("1__0", Some("integer")),
            ("\u{ff15}", Some("integer")),
            ("-inf", Some("float8")),
            ("", None),
            (".", None),
            ("-", None),
            ("1e", None),
            ("1.2.3", None),
            ("-%5", None),
            ("5-", None),
            ("+-5", None),
            ("1 000", None),
            ("0x1", None),
            ("$", None),
            ("(5)", None),
        ];
        for (text, expected) in table {
            let found = read(text, text.trim()).map(|number| {
                let mut numbers = Numbers::default();
                numbers.add(&number);
                numbers.sql_type()
            });
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
