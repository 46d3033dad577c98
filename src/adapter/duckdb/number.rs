//! DuckDB's numbers as text and as wider numbers.

/// Writes a scaled whole number with its decimal point: `150` of scale 2 is `1.50`.
pub(super) fn decimal(value: i128, scale: u8) -> String {
    if scale == 0 {
        return value.to_string();
    }
    let sign = if value < 0 { "-" } else { "" };
    let width = usize::from(scale) + 1;
    let digits = format!("{:0width$}", value.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    format!("{sign}{whole}.{fraction}")
}
